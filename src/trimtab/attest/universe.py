"""All names that a book may hold, with public prices and betas, and the sums that a proof is about, in whole numbers.

With quantities q in units, value v of a unit, beta b, and f = 1 where the value counts in NAV (0 for a future, whose
gains are settled):

    NAV = sum(q f v)        exposure = sum(q b v)
    lower NAV <= exposure   as   sum(q v (b - lower f)) >= 0
    exposure <= upper NAV   as   sum(q v (upper f - b)) >= 0
    NAV >= floor            as   sum(q f v) - floor >= 0

Every number is a decimal, so both sides times a power of ten are whole: nothing is rounded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from trimtab.errors import InputError

__all__ = ["MOST_BITS", "Bound", "Claim", "Row", "bounds_of", "least_quantity", "most_quantity", "quantities_in_units"]

MOST_BITS: Final = 64
#: Digits behind the point, and before it, beyond which a number is no price, beta or amount.
_MOST_DIGITS: Final = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A name of the universe.

    Parameters
    ----------
    symbol
        Its name, once.
    price
        Of one, in base currency, times its multiplier.
    beta
        As published.
    funded
        Whether its value counts in NAV: true for shares and cash, false for futures.
    """

    symbol: str
    price: Decimal
    beta: Decimal
    funded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What is claimed of a book that nobody shows.

    Parameters
    ----------
    context, nonce
        What the proof is for, and a word that makes it one of its kind.
    lower, upper
        Ends of the band that beta lies in.
    margin
        Room kept to both ends, for the error of the betas.
    floor
        Least net asset value, base currency.
    unit
        Step of quantities.
    bits
        Quantities in units span 2 to this power.
    shorts
        Whether they may be below zero: then from minus half of that, else from 0.
    universe
        All names.
    """

    context: str
    nonce: str
    lower: Decimal
    upper: Decimal
    margin: Decimal
    floor: Decimal
    unit: Decimal
    bits: int
    shorts: bool
    universe: tuple[Row, ...]

    def __post_init__(self) -> None:
        _check(self)


def _check(claim: Claim) -> None:
    symbols = [row.symbol for row in claim.universe]
    wrong = None
    numbers = [claim.lower, claim.upper, claim.margin, claim.floor, claim.unit]
    numbers += [number for row in claim.universe for number in (row.price, row.beta)]
    if not symbols or len(set(symbols)) != len(symbols) or not all(symbols):
        wrong = ("a universe of names, each once", "none, or one twice")
    elif not all(number.is_finite() and _is_short(number) for number in numbers):
        wrong = (f"finite numbers of at most {_MOST_DIGITS} digits", "another")
    elif not 1 <= claim.bits <= MOST_BITS:
        wrong = (f"quantities of 1 to {MOST_BITS} bits", str(claim.bits))
    elif claim.margin < 0 or Fraction(claim.upper) - Fraction(claim.lower) < 2 * Fraction(claim.margin):
        wrong = ("a band with room inside its margin", f"{claim.lower} to {claim.upper}, margin {claim.margin}")
    elif claim.floor <= 0 or claim.unit <= 0 or any(row.price < 0 for row in claim.universe):
        wrong = ("a floor and a unit above zero, and no price below", "another: an empty book would have any beta")
    if wrong is not None:
        raise InputError(expected=wrong[0], found=wrong[1], try_next="correct the universe or the options")


def _is_short(number: Decimal) -> bool:
    _, digits, exponent = number.as_tuple()
    return isinstance(exponent, int) and abs(exponent) <= _MOST_DIGITS and len(digits) <= _MOST_DIGITS


def least_quantity(claim: Claim) -> int:
    """Give the least quantity that can be held, in units."""
    return -(1 << (claim.bits - 1)) if claim.shorts else 0


def most_quantity(claim: Claim) -> int:
    """Give the most."""
    return least_quantity(claim) + (1 << claim.bits) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """One sum over quantities that must not be below zero.

    Parameters
    ----------
    what
        In words.
    weights
        Whole numbers, one for each name.
    less
        What is taken off the sum.
    bits
        The sum lies below 2 to this power whatever is held.
    most
        So much it can be away from zero at most, either way.
    """

    what: str
    weights: tuple[int, ...]
    less: int
    bits: int
    most: int


def bounds_of(claim: Claim) -> tuple[Bound, ...]:
    """Give the three sums of a claim.

    Raises
    ------
    InputError
        If one of them can never be true: no quantities within the claim reach it.
    """
    prices, betas = [row.price for row in claim.universe], [row.beta for row in claim.universe]
    money = 10 ** max(_places(*prices) + _places(claim.unit), _places(claim.floor))
    share = 10 ** _places(*betas, claim.lower, claim.upper, claim.margin)
    lower = _whole(Fraction(claim.lower) + Fraction(claim.margin), share)
    upper = _whole(Fraction(claim.upper) - Fraction(claim.margin), share)
    margin = f", with {claim.margin} to spare" if claim.margin else ""
    low, high, nav = [], [], []
    for row in claim.universe:
        value = _whole(Fraction(row.price) * Fraction(claim.unit), money)
        beta, funded = _whole(Fraction(row.beta), share), int(row.funded)
        low.append(value * (beta - funded * lower))
        high.append(value * (funded * upper - beta))
        nav.append(value * funded)
    return (
        _bound(claim, f"beta is at least {claim.lower}{margin}", low, 0),
        _bound(claim, f"beta is at most {claim.upper}{margin}", high, 0),
        _bound(claim, f"net asset value is at least {claim.floor}", nav, _whole(Fraction(claim.floor), money)),
    )


def _bound(claim: Claim, what: str, weights: Sequence[int], less: int) -> Bound:
    least, most = least_quantity(claim), most_quantity(claim)
    top = sum(max(weight * least, weight * most) for weight in weights) - less
    bottom = sum(min(weight * least, weight * most) for weight in weights) - less
    if top < 0:
        raise InputError(
            expected=f"a claim that some book can fulfil: {what}", found="none of these names and sizes can",
            try_next="correct the band or the floor, or allow more (--bits, --shorts)",
        )  # fmt: skip
    # With one bit, what hides a sum of weights nought would be nought, and the commitment the identity.
    bits = max(2, top.bit_length())
    return Bound(what=what, weights=tuple(weights), less=less, bits=bits, most=max(top, -bottom))


def _places(*numbers: Decimal) -> int:
    """Give the most digits behind the point."""
    return max(max(0, -int(number.as_tuple().exponent)) for number in numbers)


def _whole(number: Fraction, scale: int) -> int:
    """Give a number times a power of ten that makes it whole."""
    scaled = number * scale
    assert scaled.denominator == 1  # noqa: S101 - the scale has as many digits as the numbers
    return scaled.numerator


def quantities_in_units(claim: Claim, quantities: dict[str, Decimal]) -> tuple[int, ...]:
    """Give the quantity of each name of the universe in units.

    Raises
    ------
    InputError
        If something is held that the universe does not have, a quantity is no multiple of the unit, or out of range.
    """
    strange = [symbol for symbol in quantities if symbol not in {row.symbol for row in claim.universe}]
    if strange:
        raise InputError(
            expected="a book of names of the universe", found=f"also {', '.join(strange[:5])}",
            try_next="add them to the universe with price and beta; nothing was written",
        )  # fmt: skip
    return tuple(_in_units(claim, row.symbol, quantities.get(row.symbol, Decimal(0))) for row in claim.universe)


def _in_units(claim: Claim, symbol: str, quantity: Decimal) -> int:
    steps = Fraction(quantity) / Fraction(claim.unit)
    if steps.denominator != 1:
        raise InputError(
            expected=f"a quantity of {symbol} that is a multiple of the unit, {claim.unit}", found=f"{quantity}",
            try_next="give a smaller unit (--unit); nothing was written",
        )  # fmt: skip
    least, most = least_quantity(claim), most_quantity(claim)
    if not least <= steps <= most:
        raise InputError(
            expected=f"a quantity of {symbol} from {least * claim.unit} to {most * claim.unit}", found=f"{quantity}",
            try_next="allow more (--bits), or quantities below zero (--shorts); nothing was written",
        )  # fmt: skip
    return steps.numerator
