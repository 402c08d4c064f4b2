"""Rolls, orders and their fills, as documents."""
