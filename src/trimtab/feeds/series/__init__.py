"""Reading series: prices, returns, rates, interest."""
