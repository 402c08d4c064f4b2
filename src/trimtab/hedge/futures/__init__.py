"""Futures in whole lots, and what a hedge with them costs."""
