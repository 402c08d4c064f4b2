"""Portfolio x market x betas: what each position adds to portfolio beta, with its error."""
