"""Rolling futures to their next month: what is due, what the next month costs to hold, and what changing costs."""
