"""An option as it is held: its quote, volatility, value and bounds."""
