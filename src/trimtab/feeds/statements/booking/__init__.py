"""Booking: rows into positions, money and facts, each number held against the others."""
