"""Rules for hedging folded over past days: what each would have cost, and how well it would have held beta."""
