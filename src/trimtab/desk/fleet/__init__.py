"""Many accounts, from tables of positions and mandates to a table of checks."""
