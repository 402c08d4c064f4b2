"""Charts of documents: one definition for a page, a notebook, print and a file.

They draw figures that a document holds, and compute none. Altair and what renders without a browser come with the extra
`trimtab[report]`.
"""
