"""Today's book in past storms, under shocks, and with betas and correlations under stress."""
