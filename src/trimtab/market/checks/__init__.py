"""Prices judged: jumps, splits, repeated prices, and what was noticed."""
