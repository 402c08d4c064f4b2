r"""A position as one row of numbers, for the compiled loop of the live book.

    value_i, exposure_i     from size, price and rate, by kind
    delta exposure          A exposure_i + B value_i          summed over what the position moves with
    beta exposure           A' exposure_i + B' value_i        the same, each part times its beta

What a row is made of is read from the same valuation that `expose` uses, and each row is tried against it before it
is used. A position that one row cannot hold, or whose row disagrees, is valued by `expose`'s own path at every quote
that touches it, and is listed as such: slower, never different.
"""

from dataclasses import dataclass, field
from math import nan
from typing import assert_never

from trimtab.beta.estimate import Betas
from trimtab.errors import Reason
from trimtab.exposure.carry import Carry, derive_carry
from trimtab.exposure.expose import find_beta
from trimtab.exposure.kinds.perpetual import settling_currency
from trimtab.exposure.live.market import LiveMarket, names_of
from trimtab.exposure.pricing import live_kernel as k
from trimtab.exposure.valuation import Leg, Valuation
from trimtab.exposure.value import future_names, value_position
from trimtab.market.prices import Flag
from trimtab.model.instrument import (
    Cash,
    Exercise,
    Future,
    Option,
    OptionRight,
    Perpetual,
    PerpetualPayoff,
    Premium,
    Spot,
)
from trimtab.model.portfolio import Position

__all__ = ["Row", "compile_row", "make_slow"]

_PERPETUAL = {PerpetualPayoff.LINEAR: k.LINEAR, PerpetualPayoff.INVERSE: k.INVERSE, PerpetualPayoff.QUANTO: k.QUANTO}


@dataclass(slots=True, kw_only=True)
class Row:
    """A position, ready for the loop.

    Parameters
    ----------
    valuation
        What `expose` makes of it.
    kind
        One of the kinds of `live_kernel`.
    floats, ints
        Cells by column.
    legs
        (symbol whose beta is used, a, b): exposure to it is a exposure_i + b value_i.
    reason
        Why it is not measured; None if it is.
    slow
        Why it is valued by `expose`'s own path; None if it is not.
    """

    valuation: Valuation
    kind: int
    floats: dict[int, float] = field(default_factory=dict)
    ints: dict[int, int] = field(default_factory=dict)
    legs: tuple[tuple[str, float, float], ...] = ()
    reason: Reason | None = None
    slow: str | None = None


def compile_row(position: Position, market: LiveMarket, betas: Betas) -> Row:
    """Make the row of a position.

    Parameters
    ----------
    position
        As held; an option that is held at its volatility has it stated, and its own price hidden in `market`.
    market
        The board as it is.
    """
    valued = value_position(position, market)
    if valued.legs is None:
        waiting = isinstance(position.instrument, Option) and valued.reason is not Reason.EXPIRED
        note = f"no value: {valued.reason}" if waiting else None
        row = Row(valuation=valued, kind=k.SLOW if waiting else k.NOTHING, reason=valued.reason, slow=note)
        row.ints[k.PRICE] = _first_slot(position, market)
        return row
    row, parts = _shape(position, valued, market)
    row.reason = valued.reason
    if _is_crossed(position, market):
        row.slow = row.slow or "its price is taken from another currency or from pence"
    row.ints[k.CURRENCY] = market.board.currencies.index(position.instrument.currency)
    _weigh(row, parts, betas)
    return row


def _shape(position: Position, valued: Valuation, market: LiveMarket) -> tuple[Row, list[tuple[Leg, float, float]]]:
    """Give the row of a kind, and what it moves with as (leg, part of exposure, part of value)."""
    legs = valued.legs or ()
    plain = [(leg, 1.0, 0.0) for leg in legs[:1]]
    match position.instrument:
        case Cash():
            row = Row(valuation=valued, kind=k.MONEY, floats={k.SIZE: float(position.quantity)}, ints={k.PRICE: -1})
            return row, plain
        case Spot() as spot:
            return _spot(position, spot, valued, market)
        case Future() as future:
            row = Row(valuation=valued, kind=k.FUTURE)
            row.floats[k.SIZE] = float(position.quantity) * valued.multiplier
            row.ints[k.PRICE] = _future_slot(position, future, valued, market)
            return row, plain
        case Perpetual() as perpetual:
            return _perpetual(position, perpetual, valued, market)
        case Option() as option:
            money = [(leg, 0.0, 1.0) for leg in legs[1:]]
            return _option(position, option, valued, market), [*plain, *money]
        case _ as never:
            assert_never(never)


def make_slow(row: Row, betas: Betas, why: str) -> Row:
    """Give the row of the same valuation that is set by hand."""
    valued = row.valuation
    slow = Row(valuation=valued, kind=k.SLOW, reason=row.reason, slow=why, ints=dict(row.ints))
    total, value = valued.delta_exposure, valued.value
    parts = [
        (leg, 0.0, leg.delta_exposure / value if value else 0.0)
        if leg.money is not None and value
        else (leg, leg.delta_exposure / total if total else 0.0, 0.0)
        for leg in valued.legs or ()
    ]
    _weigh(slow, parts, betas)
    slow.floats[k.VALUE], slow.floats[k.EXPOSURE] = valued.value or 0.0, total or 0.0
    return slow


def _weigh(row: Row, parts: list[tuple[Leg, float, float]], betas: Betas) -> None:
    """Join legs with betas, as `expose` does: one leg without a beta leaves the position unmeasured."""
    legs = []
    a = b = beta_a = beta_b = 0.0
    for leg, per_exposure, per_value in parts:
        # What an option is worth is money beside its delta, and no part of it.
        counts = leg.money is None or row.valuation.option is None
        a, b = a + per_exposure, b + (per_value if counts else 0.0)
        estimate, _ = find_beta(leg.follows, leg.stand_ins, betas)
        if estimate is None or estimate.value is None:
            known = [betas[s].reason for s in leg.follows if s in betas]
            row.reason = row.reason or next((r for r in known if r is not None), Reason.NO_BETA)
            continue
        legs.append((estimate.asset, per_exposure, per_value))
        beta_a, beta_b = beta_a + estimate.value * per_exposure, beta_b + estimate.value * per_value
    row.legs = () if row.reason else tuple(legs)
    row.floats |= {k.A: a, k.B: b, k.BETA_A: beta_a, k.BETA_B: beta_b}
    row.ints[k.MEASURED] = int(row.reason is None)


def _is_crossed(position: Position, market: LiveMarket) -> bool:
    """Tell whether a price is read in another currency than its column states, or in hundredths of one unstated."""
    instrument = position.instrument
    if isinstance(instrument, Cash | Spot):
        return False
    quanto = isinstance(instrument, Future | Option) and instrument.quanto
    pence = isinstance(instrument, Future | Option) and instrument.minor
    own = instrument.symbol if isinstance(instrument, Option) and instrument.premium is Premium.COIN else None
    stated = {market.currency_of(n) for n in names_of(instrument) if n != own and market.observed(n) is not None}
    if isinstance(instrument, Perpetual):
        coin = settling_currency(instrument)
        if market.board.way(coin) != market.board.way(coin, instrument.currency):
            return True
    return (pence and None in stated) or (not quanto and bool(stated - {None, instrument.currency}))


def _stated_slot(position: Position, market: LiveMarket) -> int:
    return market.board.constant(float(position.stated.price or 0))


def _first_slot(position: Position, market: LiveMarket) -> int:
    """Give a slot that the loop may read for a row it does not value."""
    option = position.instrument
    names = (option.underlying, *option.aliases) if isinstance(option, Option) else ()
    return next((market.board.slots[n] for n in names if market.price(n) is not None), -1)


def _spot(
    position: Position, spot: Spot, valued: Valuation, market: LiveMarket
) -> tuple[Row, list[tuple[Leg, float, float]]]:
    row = Row(valuation=valued, kind=k.SPOT)
    stated = Flag.PRICE_STATED in valued.flags
    pence = spot.minor and not stated and market.currency_of(spot.symbol) is None
    row.floats[k.SIZE] = float(position.quantity) * float(spot.scale) * (0.01 if pence else 1.0)
    row.ints[k.PRICE] = _stated_slot(position, market) if stated else market.board.slots[spot.symbol]
    if not spot.constituents:
        return row, [(leg, 1.0, 0.0) for leg in valued.legs or ()]
    weights = [float(w) for _, w in spot.constituents]
    rest = 1 - sum(w for _, w in spot.constituents)
    weights += [float(rest)] if rest != 0 else []
    return row, [(leg, w, 0.0) for leg, w in zip(valued.legs or (), weights, strict=True)]


def _future_slot(position: Position, future: Future, valued: Valuation, market: LiveMarket) -> int:
    if Flag.PRICE_STATED in valued.flags:
        return _stated_slot(position, market)
    own, stand_ins = future_names(future)
    named = [n for n in (*own, *stand_ins) if n not in future.trackers or n in future.underlying]
    return next(market.board.slots[n] for n in named if market.price(n) is not None)


def _perpetual(
    position: Position, perpetual: Perpetual, valued: Valuation, market: LiveMarket
) -> tuple[Row, list[tuple[Leg, float, float]]]:
    row = Row(valuation=valued, kind=_PERPETUAL[perpetual.payoff])
    row.floats[k.SIZE] = float(position.quantity) * valued.multiplier
    entry = position.stated.entry
    row.floats[k.ENTRY] = nan if entry is None else float(entry)
    row.ints[k.SETTLEMENT] = market.board.currencies.index(settling_currency(perpetual))
    if Flag.PRICE_STATED in valued.flags:
        row.ints[k.PRICE] = _stated_slot(position, market)
    else:
        names = (perpetual.symbol, *perpetual.underlying)
        row.ints[k.PRICE] = next(market.board.slots[n] for n in names if market.price(n) is not None)
    parts = [((valued.legs or ())[0], 1.0, 0.0)]
    if valued.settles is not None and entry is not None:
        parts.append((valued.settles, 0.0, 1.0))
        if len(valued.legs or ()) == 1:
            row.slow = "its gain is exactly zero"
    return row, parts


def _option(position: Position, option: Option, valued: Valuation, market: LiveMarket) -> Row:
    row = Row(valuation=valued, kind=k.OPTION)
    stated, figures = position.stated, valued.option
    row.ints[k.PRICE] = _first_slot(position, market)
    american = option.exercise is Exercise.AMERICAN
    in_coin = option.premium is Premium.COIN
    priced = Flag.MODEL_PRICE not in valued.flags
    carry = None if figures is None else derive_carry(option, stated, figures.underlying_price, market.day)
    if figures is not None and figures.deviation is not None:
        row.slow = "it expires today"
    elif figures is None or figures.vol is None or stated.delta is not None:
        row.slow = "its delta is stated"
    elif valued.bounds is not None:
        row.slow = "its quote leaves its delta open"
    elif stated.vol is not None and priced:
        row.slow = "both its price and its volatility are given"
    elif american and in_coin:
        row.slow = "American with its premium in coin"
    elif not isinstance(carry, Carry):
        row.slow = "its carry is not known"
    elif american and carry.dividends:
        row.slow = "American with cash dividends"
    elif not figures.vol < k.MOST_VOL:
        row.slow = "its volatility is beyond belief"
    if row.slow or figures is None or figures.vol is None or not isinstance(carry, Carry):
        return row
    row.floats |= {
        k.SIZE: float(position.quantity) * valued.multiplier,
        k.STRIKE: float(option.strike),
        k.YEARS: carry.years,
        k.RATE: carry.rate,
        k.YIELD: carry.dividend_yield,
        k.SHIFT: carry.escrow,
        k.VOL: figures.vol,
        k.UNIT: valued.price.value if priced and valued.price is not None else 0.0,
    }
    row.ints |= {
        k.RIGHT: 1 if option.right is OptionRight.CALL else -1,
        k.AMERICAN: int(american),
        k.IN_COIN: int(in_coin),
        k.MODE: k.QUOTED if priced else k.MODELLED,
    }
    return row
