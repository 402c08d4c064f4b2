"""Alpha apart from beta: what a portfolio earned, where it came from, and whether the hedge was right."""
