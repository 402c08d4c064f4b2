"""Getting out: how long it takes to sell, and what haste and delay cost."""
