"""Backtests: the tape of a book and its future laid from prices, rules replayed on it."""
