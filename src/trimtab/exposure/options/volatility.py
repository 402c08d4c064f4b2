"""Which price and which volatility an option is valued with.

The price comes from the first of these that is there: the middle of a stated bid and ask; the option's own price in the
table; a stated price; the middle between what exercise is worth and an ask without a bid. The volatility comes from a
stated volatility; the stated quote's middle, with the interval that both sides allow; the price. A bid of 0 is a bid:
nothing is offered for the option, and it is worth something between exercise and the ask.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import exp, inf

from trimtab.errors import Reason
from trimtab.exposure.options.model import OptionTerms, implied_each
from trimtab.market.prices import Flag
from trimtab.market.snapshot import Market, Quote
from trimtab.model.portfolio import Position, Stated

__all__ = ["OptionVol", "Sides", "find_price", "find_price_alone", "find_vol", "quoted_sides", "worth_ends"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """What a stated quote says about the price of one unit, in what the premium is paid in.

    Parameters
    ----------
    low, high
        Ends of the price that it allows; None without any.
    middle
        Between them; None where none can be taken.
    bid
        Whether something is bid.
    flags
        What was decided.
    reason
        Why no middle can be taken; None if it can, or if there is no quote.
    """

    low: float | None = None
    high: float | None = None
    middle: float | None = None
    bid: bool = False
    flags: tuple[Flag, ...] = ()
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionVol:
    """A volatility with where it came from, or the reason why there is none.

    Parameters
    ----------
    value
        Per square-root year.
    low, high
        What the quote allows; `high` may be infinite.
    flags, reason
        What was decided, or why there is none.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    flags: tuple[Flag, ...] = ()
    reason: Reason | None = None


def worth_ends(terms: OptionTerms) -> tuple[float, float]:
    """Least and most that one unit can be worth, in what its premium is paid in."""
    carry = terms.carry
    # the bounds of `value_bounds` for one option
    spot, strike = carry.lognormal, terms.strike
    legs = spot * carry.yield_factor, strike * exp(-carry.rate * terms.years)
    least = max(terms.right * (legs[0] - legs[1]), 0.0)
    most = legs[0] if terms.right > 0 else legs[1]
    if terms.american:
        most = max(most, spot if terms.right > 0 else strike)
        # before a dividend goes ex an American option may still be exercised at the whole spot
        least = max(least, terms.right * (spot - strike), terms.exercise)
        most = max(most, terms.spot) if terms.right > 0 else most
    if terms.coin == 0.0:
        return 0.0, inf  # of a coin that is worth nothing any number may be paid
    return least / terms.coin, most / terms.coin


def quoted_sides(terms: OptionTerms, stated: Stated) -> Sides:
    """Read a stated bid and ask. A bid of nothing is a bid; an ask above what the option can be worth is that bound."""
    bid, ask = _positive(stated.bid), _positive(stated.ask)
    if ask is None:
        one = None if bid is None else float(bid)
        return Sides() if one is None else Sides(
            low=one, bid=True, flags=(Flag.ONE_SIDED_QUOTE,), reason=Reason.ONE_SIDED_QUOTE
        )  # fmt: skip
    floor, ceiling = worth_ends(terms)
    high = min(float(ask), ceiling)
    flags = (Flag.ABOVE_BOUND,) if float(ask) > ceiling else ()
    if bid is None:
        low = min(floor, high)
        return Sides(low=low, high=high, middle=(low + high) / 2.0, flags=(Flag.ZERO_BID, *flags))
    low = float(bid)
    if bid > ask:
        return Sides(low=float(ask), high=low, bid=True, flags=(Flag.CROSSED_QUOTE,), reason=Reason.CROSSED_QUOTE)
    if low >= ceiling:
        return Sides(low=low, high=float(ask), bid=True, flags=flags, reason=Reason.ABOVE_BOUND)
    middle = (low + high) / 2.0 if flags else float(bid + ask) / 2.0
    return Sides(low=low, high=high, middle=middle, bid=True, flags=flags)


def find_price(position: Position, market: Market, sides: Sides) -> tuple[Quote | None, tuple[Flag, ...]]:
    """Give the price of one unit, and where it came from.

    A middle over nothing bid stands before the table only if the bid of 0 was stated: an ask alone is no price.
    """
    stated = position.stated
    middle = None if sides.middle is None else Quote(value=sides.middle, date=market.as_of)
    if middle is not None and (sides.bid or stated.bid is not None):
        return middle, (Flag.PRICE_STATED,)
    own = _own_price(position, market)
    if own is not None:
        return own, ()
    if stated.price is not None:
        return Quote(value=float(stated.price), date=market.as_of), (Flag.PRICE_STATED,)
    return (None, (Flag.MODEL_PRICE,)) if middle is None else (middle, (Flag.PRICE_STATED,))


def find_price_alone(position: Position, market: Market) -> tuple[Quote | None, tuple[Flag, ...]]:
    """Give the price of one unit where nothing is known of the underlying: the middle of a quote, its own, a stated."""
    stated = position.stated
    bid, ask = _positive(stated.bid), _positive(stated.ask)
    if bid is not None and ask is not None and bid <= ask:
        return Quote(value=float(bid + ask) / 2.0, date=market.as_of), (Flag.PRICE_STATED,)
    own = _own_price(position, market)
    if own is not None:
        return own, ()
    if stated.price is None:
        return None, ()
    return Quote(value=float(stated.price), date=market.as_of), (Flag.PRICE_STATED,)


def _own_price(position: Position, market: Market) -> Quote | None:
    """Give the price in the option's own column: in the money of its strike, or in coin."""
    option = position.instrument
    if option.premium_in_coin:
        return market.price(position.symbol)
    return market.price_in(position.symbol, option.currency, minor=option.minor)


def find_vol(terms: OptionTerms, stated: Stated, sides: Sides, quote: Quote | None) -> OptionVol:
    """Give the volatility to value one option with."""
    given_prices = [p for p in (sides.low, sides.high) if p is not None]
    wanted = [quote.value] if quote is not None and stated.vol is None else []
    solved = implied_each(terms, [p * terms.coin for p in (*given_prices, *wanted)]) if given_prices or wanted else ()
    low, high = _ends(sides, dict(zip(given_prices, solved, strict=False)))
    if stated.vol is not None:
        return OptionVol(value=stated.vol, low=low, high=high, flags=(Flag.VOL_STATED, *sides.flags))
    if quote is None:
        return OptionVol(low=low, high=high, flags=sides.flags, reason=sides.reason or Reason.NO_VOLATILITY)
    last_vol = solved[-1]
    if last_vol is Reason.BELOW_INTRINSIC:
        # Worth exercise and no more: any volatility would be invented, and delta is that of exercise.
        return OptionVol(value=0.0, low=low, high=high, flags=(*sides.flags, Flag.BELOW_INTRINSIC))
    if isinstance(last_vol, Reason):
        return OptionVol(low=low, high=high, flags=sides.flags, reason=last_vol)
    return OptionVol(value=last_vol, low=low, high=high, flags=(*sides.flags, Flag.VOL_IMPLIED))


def _ends(sides: Sides, solved: Mapping[float, float | Reason]) -> tuple[float | None, float | None]:
    """Give the volatilities at both ends of a quote: 0 below what no volatility gives, infinite at the bound."""
    if sides.low is None and sides.high is None:
        return None, None
    if sides.reason is Reason.ABOVE_BOUND:
        return None, inf
    low = 0.0 if sides.low is None else _end(solved[sides.low])
    return low, inf if sides.high is None else _end(solved[sides.high])


def _end(vol: float | Reason) -> float:
    if isinstance(vol, Reason):
        return inf if vol is Reason.ABOVE_BOUND else 0.0
    return vol


def _positive(price: Decimal | None) -> Decimal | None:
    return price if price is not None and price > 0 else None
