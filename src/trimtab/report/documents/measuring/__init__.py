"""What Python's measuring functions give, as documents: betas, histories, partial betas, two series, exposures."""
