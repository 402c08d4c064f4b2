"""Returns to betas, one estimator per file."""
