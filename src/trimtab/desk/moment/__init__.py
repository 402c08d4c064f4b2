"""A moment made ready: prices, betas, rates, and a book measured in it."""
