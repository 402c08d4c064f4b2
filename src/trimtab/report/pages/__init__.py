"""A report as people read it: its parts in order, and one renderer for each form."""
