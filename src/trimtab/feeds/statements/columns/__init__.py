"""Columns: where a table begins, what its headers mean, and which column is what."""
