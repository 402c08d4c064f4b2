"""Formats that are no table of text: one module each, with its layout facts and generation in its docstring."""
