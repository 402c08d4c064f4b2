"""Venue accounts of a book: collateral, initial and maintenance margin by the venue's rules, and liquidation."""
