"""Slopes that a few wild days do not move: ranks, medians and bounded weights."""
