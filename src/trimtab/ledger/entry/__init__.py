"""Rows of text become facts; corrections decide which of them stand."""
