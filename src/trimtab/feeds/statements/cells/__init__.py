"""Cells: bytes into text, text into rows, and what one cell says as a number, a day or a word."""
