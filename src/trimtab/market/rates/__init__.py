"""What money costs and earns: exchange rates between currencies, interest in each, the risk-free return."""
