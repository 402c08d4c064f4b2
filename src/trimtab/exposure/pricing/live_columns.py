"""Where each figure of a row of the live book stands, and what kinds of rows there are.

Apart from the loop that uses them: a position says how it is laid out, and that must not load a compiler.
"""

__all__ = [
    "AMERICAN",
    "BETA",
    "BETA_PER_EXPOSURE",
    "BETA_PER_VALUE",
    "CURRENCY",
    "DELTA",
    "ENTRY",
    "EXPOSURE",
    "FUTURE",
    "GAMMA",
    "GAMMA_TOTAL",
    "GROSS",
    "GROSS_BETA",
    "INVERSE",
    "IN_COIN",
    "KIND",
    "KNOWN",
    "LINEAR",
    "LIVE",
    "MEASURED",
    "MODE",
    "MODELLED",
    "MONEY",
    "MOST_VOL",
    "MOVED",
    "NAV",
    "NET",
    "NOTHING",
    "N_FLOATS",
    "N_INTS",
    "N_TREES",
    "OPTION",
    "OWN",
    "OWN_QUOTE",
    "OWN_SPOT",
    "PENDING",
    "PER_EXPOSURE",
    "PER_VALUE",
    "PLAIN",
    "PRICE",
    "QUANTO",
    "QUOTED",
    "RATE",
    "REFRESH",
    "RIGHT",
    "SETTLEMENT",
    "SHIFT",
    "SIZE",
    "SLOW",
    "SPOT",
    "STRIKE",
    "TOUCHED",
    "UNDERLYING",
    "UNIT",
    "VALUE",
    "VOL",
    "YEARS",
    "YIELD",
]

# Columns of the float row.
SIZE, PER_EXPOSURE, PER_VALUE, BETA_PER_EXPOSURE, BETA_PER_VALUE = range(5)
STRIKE, YEARS, RATE, YIELD, SHIFT, VOL, UNIT, DELTA, GAMMA, ENTRY = range(5, 15)
VALUE, EXPOSURE, OWN, OWN_SPOT = range(15, 19)
N_FLOATS = 19
# Columns of the integer row.
KIND, PRICE, CURRENCY, SETTLEMENT, RIGHT, AMERICAN, IN_COIN, MODE, MEASURED, LIVE = range(10)
N_INTS = 10
# Kinds.
NOTHING, MONEY, SPOT, FUTURE, LINEAR, INVERSE, QUANTO, OPTION, SLOW = range(9)
# Modes of an option: priced by its own quote, or by the model at its volatility.
QUOTED, MODELLED = 0, 1
# What a price is to a position.
PLAIN, UNDERLYING, OWN_QUOTE = range(3)
# Trees of totals.
NAV, BETA, NET, GROSS, KNOWN, GROSS_BETA, GAMMA_TOTAL = range(7)
N_TREES = 7
# Marks of a row: something changed, the underlying moved, its own quote came, its figures are wanted again.
TOUCHED, MOVED, PENDING, REFRESH = 1, 2, 4, 8
#: Volatilities from here on cannot be stated, so they are not kept.
MOST_VOL = 20.0
