"""Rolls, orders and their fills, as tables."""
