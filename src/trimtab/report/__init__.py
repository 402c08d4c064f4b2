"""Results to documents and tables."""
