"""Prices and greeks of options and crypto contracts: numbers in, numbers out.

Nothing here knows a position, a currency or an instrument. Every function takes floats or arrays, broadcasts them like
NumPy does, and returns arrays. What a number means (per share, per contract, in coin) is said where it is returned.

    inputs            broadcasting, and why a price may be undefined
    normalised        the dimensionless Black function, accurate in its tails
    black             European options: value and greeks
    european_kernel   the same, compiled, for many options at once
    implied           volatility from a price, and from bid and ask
    parity            forward and discount factor from a chain
    american          American exercise with a continuous dividend yield
    american_kernel   its exercise boundary, compiled
    grid              American exercise with cash dividends
    coin              inverse, quanto and linear contracts, coin-premium options, funding
    reprice           a whole book of options over many scenarios

Imports inside this package go only upward in that list, except that `american` also uses `grid`.
"""
