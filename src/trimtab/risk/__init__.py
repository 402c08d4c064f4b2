"""What beta misses: stress, drawdown, concentration, liquidity, flow, and how risk scales with time."""
