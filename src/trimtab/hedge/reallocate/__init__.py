"""Selling and buying what is held: limits, tax, risk, solver, rounding."""
