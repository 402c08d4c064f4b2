"""What a name says: one parser for shares, options, futures, perpetuals, coins, money and security codes."""
