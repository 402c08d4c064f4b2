"""Documents that are made of other documents."""
