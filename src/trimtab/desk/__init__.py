"""Use cases, one file each: measure betas, review a portfolio, propose trades."""
