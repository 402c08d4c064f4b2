"""Reading files: prices, holdings, contracts, rates."""
