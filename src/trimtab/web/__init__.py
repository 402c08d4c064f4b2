"""The desk over HTTP and in a browser: the questions of the command line, asked by address, and the same documents.

It only reads: nothing is written down, so nothing can be lost. `gate` answers before anything is worked out.
"""
