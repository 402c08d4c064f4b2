"""Dated futures: nothing in NAV, because gains settle daily; a gain moves with the future's own price, in its currency.

With N contracts of multiplier m at price F, and FX of the contract's currency:

    exposure  N m F FX                      follows F in the contract's currency, never its converted return
    gain      N m F x FX (1 + f)            after F moved by x and FX by f

An index, a sibling or a tracker that stands in for missing prices of the future's own is taken in that currency too.
A quanto contract pays its currency for points of an index that is quoted in another: there the points stay points.
"""

import datetime as dt
from dataclasses import dataclass, replace
from math import log

from trimtab.errors import Reason
from trimtab.exposure.kinds.fixed import Fixed
from trimtab.exposure.kinds.held import Held
from trimtab.exposure.kinds.moved import Move, Moved, factor
from trimtab.exposure.kinds.per_unit import PerUnit
from trimtab.exposure.kinds.root_column import are_its_own
from trimtab.exposure.kinds.row import Row, Slots, first_slot, whole
from trimtab.exposure.kinds.upkeep import Upkeep, YearRates
from trimtab.exposure.legs import age_flags, money_leg
from trimtab.exposure.pricing import live_columns as k
from trimtab.exposure.valuation import Leg, Valuation, missing
from trimtab.market.daycount import YEAR_DAYS, years_between
from trimtab.market.prices import Flag
from trimtab.market.snapshot import Market, Quote
from trimtab.model.instrument import Future
from trimtab.model.portfolio import Position

__all__ = ["HeldFuture", "future_quote", "index_level", "leg_names"]


@dataclass(frozen=True, slots=True)
class HeldFuture(Held):
    """Contracts that are held in a future."""

    position: Position
    future: Future

    lies_between_prices = True

    def value(self, market: Market) -> Valuation:
        """Give its exposure; nothing in NAV."""
        return _value(self.position, self.future, market)

    def fix(self, valued: Valuation, market: Market) -> Fixed:
        """Fix nothing."""
        return FixedFuture(position=self.position, valued=valued, market=market)

    def mark(self, market: Market) -> Quote | None:
        """Give its own price, a sibling's, or its index's level."""
        return future_quote(self.future, market)[0]

    def upkeep(self, exposure: float, rates: YearRates, volatility: float | None) -> Upkeep:  # noqa: ARG002
        """Give the interest in its price above the yield of its index."""
        future = self.future
        return Upkeep(carry=exposure * (rates.rate_of(future.currency) - rates.yield_of(future.underlying)))

    def basis(self, mark: float, market: Market) -> float | None:
        """Give its price over its index less 1, a year; None where the index, or a price of its own, is not known."""
        future, level = self.future, index_level(self.future, market)
        own = are_its_own(future.own_names, future, market)
        if level is None or all(market.price(name) is None for name in own):
            return None
        years = None if future.expiry is None else years_between(market.day, future.expiry)
        basis = mark / level.value - 1.0
        return basis / years if years else basis

    def per_unit(self, valued: Valuation) -> PerUnit | None:
        """Give multiplier, price and rate of its exposure; it is worth nothing."""
        if valued.price is None or valued.fx is None:
            return None
        return PerUnit(value=(0.0,), legs=((valued.multiplier, valued.price.value, valued.fx.value),))

    def row(self, valued: Valuation, market: Market, slots: Slots) -> Row:
        """Lay out its units."""
        position, future = self.position, self.future
        row = Row(valuation=valued, kind=k.FUTURE, parts=whole(valued.legs or ()))
        row.floats[k.SIZE] = float(position.quantity) * valued.multiplier
        if Flag.PRICE_STATED in valued.flags:
            row.ints[k.PRICE] = slots.constant(float(position.stated.price or 0))
        else:
            row.ints[k.PRICE] = first_slot(are_its_own(future.price_names, future, market), market, slots)
        return row


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedFuture(Fixed):
    """A future: nothing of it has to be fixed."""

    @property
    def is_linear(self) -> bool:
        """Whether its gain is paid in base money; in another, that currency moves it again."""
        return self.valued.settles is None

    @property
    def closed(self) -> Fixed:
        """The same."""
        return self

    def after(self, move: Move, *, vol_shift: float = 0.0, market: Market | None = None) -> Moved:  # noqa: ARG002
        """Give the gain after its price and its currency moved, and the exposure from there on."""
        valued = self.valued
        (leg,) = valued.legs or ()
        by, rate = factor(move(leg)), 1.0 if valued.settles is None else factor(move(valued.settles))
        gain = leg.delta_exposure * (by - 1.0) * rate
        legs = [replace(leg, delta_exposure=leg.delta_exposure * by * rate)]
        if valued.settles is not None and gain != 0.0:
            legs.append(replace(valued.settles, delta_exposure=gain))
        return Moved(value=gain, legs=tuple(legs), delta=valued.delta)


def _value(position: Position, future: Future, market: Market) -> Valuation:
    day = market.day
    if future.expiry is not None and day > future.expiry:
        return missing(Reason.EXPIRED)
    stated = position.stated.price
    price, flags = future_quote(future, market, stated=None if stated is None else float(stated))
    fx = market.rate(future.currency)
    if price is None or fx is None:
        return missing(Reason.NO_PRICE if price is None else Reason.NO_RATE, price=price, fx=fx)
    multiplier = float(future.terms_on(day).multiplier)
    follows, stand_ins = leg_names(future, market)
    exposure = float(position.quantity) * multiplier * price.value * fx.value
    return Valuation(
        # Gains and losses are settled into cash every day, so holding a future adds nothing to NAV.
        value=0.0,
        legs=(Leg(follows=follows, stand_ins=stand_ins, delta_exposure=exposure),),
        carry=_carry(future, price.value, exposure, market, day),
        settles=None if future.currency == market.base else money_leg(future.currency, 0.0, market),
        multiplier=multiplier,
        price=price,
        fx=fx,
        flags=(*flags, *age_flags(market, price, fx)),
    )


def _carry(future: Future, price: float, exposure: float, market: Market, day: dt.date) -> float | None:
    """Give what a future gains per year if its index stands still: the basis to the index runs off by expiry."""
    level = index_level(future, market)
    if level is None or future.expiry is None or future.expiry <= day or not level.value > 0 or not price > 0:
        return None
    return -exposure * log(price / level.value) * YEAR_DAYS / (future.expiry - day).days


def future_quote(
    future: Future, market: Market, *, stated: float | None = None
) -> tuple[Quote | None, tuple[Flag, ...]]:
    """Find a future's price: its own column, its root's, a stated price, a sibling's, or its index's level.

    A column under a root that holds something else, a share of that name, is passed over (`root_column`).

    The level of the index differs from the future's price by the carry to expiry, about a percent a quarter; whoever
    uses it is told by a flag.
    """
    own = _first(future, are_its_own(future.own_names, future, market), market)
    if own is not None:
        return own, ()
    if stated is not None:
        moved = max(0.0, 1.0 + market.moves.get(future.symbol, market.moves.get(future.root, 0.0)))
        return Quote(value=stated * moved, date=market.as_of), (Flag.PRICE_STATED,)
    same = _first(future, are_its_own(future.sibling_names, future, market), market)
    if same is not None:
        return same, (Flag.PRICE_FROM_SIBLING,)
    level = index_level(future, market)
    return level, () if level is None else (Flag.PRICE_FROM_UNDERLYING,)


def _first(future: Future, names: tuple[str, ...], market: Market) -> Quote | None:
    quotes = (market.price_in(name, future.currency, minor=future.minor) for name in names)
    return next((q for q in quotes if q is not None), None)


def index_level(future: Future, market: Market) -> Quote | None:
    """Give the level of a future's index in the contract's points; None if no column holds it."""
    for symbol in future.underlying:
        points = future.quanto
        level = market.price(symbol) if points else market.price_in(symbol, future.currency, minor=future.minor)
        if level is not None:
            return level
    return None


def leg_names(future: Future, market: Market) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the names under which a future's own beta may stand, and those whose beta may stand in for it.

    All of them are returns in the contract's currency; of a quanto contract's index and trackers, in their own.
    """
    own = are_its_own(future.own_names, future, market)
    siblings = are_its_own(future.sibling_names, future, market)

    def named(symbols: tuple[str, ...]) -> tuple[str, ...]:
        names = (name for symbol in symbols for name in market.price_names(symbol, future.currency))
        return tuple(dict.fromkeys(names))

    beyond = (*future.underlying, *future.trackers)
    if not future.quanto:
        return named(own), named((*siblings, *beyond))
    points = (n for s in beyond for n in market.price_names(s, market.currency_of(s) or market.base))
    return named(own), (*named(siblings), *dict.fromkeys(points))
