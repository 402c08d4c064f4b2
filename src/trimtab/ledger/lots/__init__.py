"""Lots: how they open and close, and which losses wait."""
