"""Options in whole contracts, from a chain or a stated volatility."""
