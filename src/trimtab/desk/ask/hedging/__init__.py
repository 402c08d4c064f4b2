"""What every answer about hedging stands on: the rule, measured for a book, and the whole book before and after."""
