"""What was observed: prices, paired returns, rates, exchange rates, one moment."""
