"""Commit a book, show parts of it, check what was shown, state it, and prove a bound on its beta."""
