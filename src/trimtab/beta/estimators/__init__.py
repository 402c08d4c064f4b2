"""Estimators, one file each: equation, assumption, errors, source, and when not to use it."""
