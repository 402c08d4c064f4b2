"""What one unit of a position is worth and moves with, as the factors that its quantity is multiplied by.

A book of a million accounts holds a few thousand instruments: each is valued once, and every position is a product

    value            = (((quantity a) b) c) d
    delta exposure   = (((quantity e) f) g) h        one for each leg

multiplied from the left, as `value` multiplies, so that both give the same number to the last bit.
"""

from dataclasses import dataclass

__all__ = ["MOST_FACTORS", "PerUnit"]

#: Factors of a value or an exposure at most: multiplier, rate, price or delta, and what that is a price in.
MOST_FACTORS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PerUnit:
    """The factors of one position.

    Parameters
    ----------
    value
        Of its part of NAV, base currency per unit.
    legs
        Of the delta exposure of each leg, in the order of its valuation's legs, base currency per unit.
    """

    value: tuple[float, ...]
    legs: tuple[tuple[float, ...], ...]
