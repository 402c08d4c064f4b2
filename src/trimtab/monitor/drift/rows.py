"""The rows of a drift: the same position at two points, and what one unit of it is worth between them.

An option is a model of spot, day and volatility plus what its quote adds to the model; everything else is valued as it
is in `trimtab.exposure.value`. A row knows its unit value and exposures when each kind of number is of the start or of
the end.
"""

import datetime as dt
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import NamedTuple

from trimtab.errors import NotEnoughDataError, Reason
from trimtab.exposure.carry import settle_forward
from trimtab.exposure.valuation import Leg, Valuation
from trimtab.exposure.value import value_position
from trimtab.market.daycount import date_of
from trimtab.model.decimals import exact
from trimtab.model.instrument import Instrument
from trimtab.model.portfolio import DeltaConvention, Portfolio, Position, Stated
from trimtab.monitor.drift.blend import Blend

__all__ = ["Levels", "Row", "Unit", "UnitLeg", "currencies_of", "merged", "pair_rows"]

_ONE = Decimal(1)


class Levels(NamedTuple):
    """For each cause whether it is still as at the start (0) or already as at the end (1)."""

    price: int = 0
    gamma: int = 0
    time: int = 0
    volatility: int = 0
    currency: int = 0
    estimates: int = 0
    trades: int = 0
    roll: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLeg:
    """Exposure of one unit to one thing: names best first, base currency per unit relative move."""

    follows: tuple[str, ...]
    stand_ins: tuple[str, ...]
    exposure: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One unit of a position: value and exposures, base currency."""

    value: float
    legs: tuple[UnitLeg, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _OptionEnd:
    """What an option has at one end besides spot, day and rates."""

    stated: Stated
    basis: float
    delta_basis: float


@dataclass(slots=True, kw_only=True)
class Row:
    """One position at both points.

    Parameters
    ----------
    asset, kind
        Symbol, and kind of instrument.
    ends
        The position at start and end; None where it is not held, or has expired.
    values
        Its valuation at start and end; None where it is not held.
    rolled
        Part of the change of quantity that is roll or expiry.
    """

    asset: str
    kind: str
    ends: tuple[Position | None, Position | None]
    values: tuple[Valuation | None, Valuation | None]
    rolled: float = 0.0
    modelled: bool = True
    _options: tuple[_OptionEnd, _OptionEnd] | None = field(default=None, repr=False)
    _units: dict[tuple[int, ...], Unit] = field(default_factory=dict, repr=False)
    _models: dict[tuple[Instrument, int, int, int, int], Valuation] = field(default_factory=dict, repr=False)

    @property
    def quantities(self) -> tuple[float, float]:
        """Signed quantities at start and end."""
        first, last = self.ends
        return (0.0 if first is None else float(first.quantity), 0.0 if last is None else float(last.quantity))

    @property
    def whole(self) -> bool:
        """Tell whether it is held at both points."""
        return self.ends[0] is not None and self.ends[1] is not None

    @property
    def instrument(self) -> Instrument:
        """The instrument, as at the end where it is held then."""
        position = self.ends[1] or self.ends[0]
        assert position is not None  # noqa: S101 - a row is made from a position
        return position.instrument

    def quantity(self, levels: Levels) -> float:
        """Give the quantity at some levels."""
        first, last = self.quantities
        if levels.trades and levels.roll:
            return last
        return first + (self.rolled if levels.roll else 0.0) + (last - first - self.rolled if levels.trades else 0.0)

    def unit(self, levels: Levels, blend: Blend) -> Unit:
        """Give value and exposures of one unit; for a position held at both points."""
        key = self._key(levels)
        if key not in self._units:
            option = self.instrument.written_on
            self._units[key] = self._option(levels, blend) if option else self._plain(levels, blend)
        return self._units[key]

    def _key(self, at: Levels) -> tuple[int, ...]:
        if self.instrument.written_on:
            return (at.price, at.gamma, at.time, at.volatility, at.currency, at.roll)
        if self.instrument.keeps_entry:
            return (at.price, at.currency, at.roll, at.trades)
        return (at.price, at.currency, at.roll)

    def _plain(self, at: Levels, blend: Blend) -> Unit:
        pair = self._both()
        stated = replace(pair[at.price].stated, entry=pair[at.trades].stated.entry)
        position = Position(instrument=pair[at.roll].instrument, quantity=_ONE, stated=stated)
        valuation = self._valued(position, blend, price=at.price, fx=at.currency, day=at.roll)
        return Unit(value=valuation.value or 0.0, legs=_legs(valuation))

    def _option(self, at: Levels, blend: Blend) -> Unit:
        pair = self._both()
        if self._options is None:
            self._options = self._freeze(blend)
        end = self._options[at.volatility]
        instrument = _of_terms(pair[at.roll].instrument, blend, at.roll)
        position = Position(instrument=instrument, quantity=_ONE, stated=end.stated)
        worth = self._model(position, at, blend, spot=at.price)
        moved = self._model(position, at, blend, spot=at.gamma)
        assert worth.option is not None  # noqa: S101 - it is an option that was valued
        assert worth.fx is not None  # noqa: S101
        spot = worth.option.underlying_price
        money = worth.multiplier * worth.fx.value
        coin = spot if position.instrument.premium_in_coin else 1.0
        delta = (moved.delta or 0.0) + end.delta_basis
        value = (worth.value or 0.0) + money * coin * end.basis

        def exposed(leg: Leg) -> float:
            return money * delta * spot if leg.money is None else value

        return Unit(
            value=value,
            legs=tuple(
                UnitLeg(follows=leg.follows, stand_ins=leg.stand_ins, exposure=exposed(leg)) for leg in worth.legs or ()
            ),
        )

    def _model(self, position: Position, at: Levels, blend: Blend, *, spot: int) -> Valuation:
        """Value an option by its model, once for each spot, day, volatility, rate and contract that it is asked at."""
        key = (position.instrument, at.volatility, spot, at.currency, at.time)
        if key not in self._models:
            self._models[key] = self._valued(position, blend, price=spot, fx=at.currency, day=at.time)
        return self._models[key]

    def _freeze(self, blend: Blend) -> tuple[_OptionEnd, _OptionEnd]:
        pair = self._both()
        values = tuple(v for v in self.values if v is not None)
        # On its last day an option stands on exercise and on how far its quote and delta lie from that.
        self.modelled = all(
            v.option is not None and (v.option.vol is not None or v.option.deviation is not None) for v in values
        )
        ends = []
        for end, (position, value) in enumerate(zip(pair, values, strict=True)):
            if not self.modelled:
                price = None if value.price is None else exact(value.price.value)
                kept = replace(
                    position.stated, price=price, bid=None, ask=None, vol=None, delta=value.delta,
                    delta_convention=DeltaConvention.SPOT,
                )  # fmt: skip
                ends.append(_OptionEnd(stated=kept, basis=0.0, delta_basis=0.0))
                continue
            stated = _model_terms(position, value, date_of(blend.ends[end].as_of))
            bare = Position(instrument=_of_terms(position.instrument, blend, end), quantity=_ONE, stated=stated)
            model = self._valued(bare, blend, price=end, fx=end, day=end)
            quoted = 0.0 if value.price is None else value.price.value
            ends.append(
                _OptionEnd(
                    stated=stated,
                    basis=quoted - (0.0 if model.price is None else model.price.value),
                    delta_basis=(value.delta or 0.0) - (model.delta or 0.0),
                )
            )
        return ends[0], ends[1]

    def _both(self) -> tuple[Position, Position]:
        first, last = self.ends
        assert first is not None  # noqa: S101 - callers ask only for positions held at both points
        assert last is not None  # noqa: S101
        return first, last

    def _valued(self, position: Position, blend: Blend, *, price: int, fx: int, day: int) -> Valuation:
        valuation = value_position(position, blend.market(price=price, fx=fx, day=day))
        if valuation.reason is not None or valuation.legs is None:
            raise NotEnoughDataError(
                expected=f"{self.asset} to have a value when prices, rates and day are part start and part end",
                found=f"none ({(valuation.reason or Reason.MODEL_UNDEFINED).value})",
                try_next="compare two points that lie nearer together",
            )
        return valuation


def pair_rows(
    start: Portfolio, end: Portfolio, valuations: tuple[dict[int, Valuation], dict[int, Valuation]]
) -> list[Row]:
    """Join the positions of two portfolios by kind and symbol; several with one name are joined in their order.

    Parameters
    ----------
    start, end
        Merged portfolios (`merged`).
    valuations
        By place in `positions`; a place that is not there is not held (it has expired).
    """
    places: dict[tuple[str, str, int], list[int | None]] = {}
    for side, portfolio in enumerate((start, end)):
        seen: dict[tuple[str, str], int] = {}
        for place, position in enumerate(portfolio.positions):
            if place not in valuations[side]:
                continue
            name = (position.instrument.kind, position.symbol)
            seen[name] = seen.get(name, -1) + 1
            places.setdefault((*name, seen[name]), [None, None])[side] = place
    rows = []
    for (kind, asset, _), (first, last) in places.items():
        ends = (None if first is None else start.positions[first], None if last is None else end.positions[last])
        values = (None if first is None else valuations[0][first], None if last is None else valuations[1][last])
        rows.append(Row(asset=asset, kind=kind, ends=ends, values=values))
    return rows


def merged(portfolio: Portfolio) -> Portfolio:
    """Give the portfolio with parts of one position joined: same instrument, same statements. Lots are dropped."""
    kept: list[Position] = []
    for position in portfolio.positions:
        for place, other in enumerate(kept):
            if other.instrument == position.instrument and other.stated == position.stated:
                kept[place] = replace(other, quantity=other.quantity + position.quantity, lots=())
                break
        else:
            kept.append(replace(position, lots=()))
    return replace(portfolio, positions=tuple(p for p in kept if p.quantity != 0))


def currencies_of(*portfolios: Portfolio) -> tuple[str, ...]:
    """List the currencies whose rates the positions need."""
    instruments = (position.instrument for portfolio in portfolios for position in portfolio.positions)
    return tuple(dict.fromkeys(currency for instrument in instruments for currency in instrument.moneys))


def _legs(valuation: Valuation) -> tuple[UnitLeg, ...]:
    return tuple(
        UnitLeg(follows=leg.follows, stand_ins=leg.stand_ins, exposure=leg.delta_exposure)
        for leg in valuation.legs or ()
    )


def _model_terms(position: Position, value: Valuation, day: dt.date) -> Stated:
    """Keep what the model needs: the volatility used, and a forward as the yield that it implies at its own end."""
    option = value.option
    assert option is not None  # noqa: S101 - the caller has looked
    stated = settle_forward(position, option.underlying_price, day).stated
    vol = 0.0 if option.deviation is not None else option.vol
    return Stated(vol=vol, rate=stated.rate, dividend_yield=stated.dividend_yield, dividends=stated.dividends)


def _of_terms(instrument: Instrument, blend: Blend, end: int) -> Instrument:
    """Fix an option's contract terms to those of one end, and hide its own price behind a name no table has."""
    if not instrument.written_on:
        return instrument
    day = date_of(blend.ends[end].as_of)
    terms = replace(instrument.terms_on(day), valid_from=None)
    return instrument.with_terms((terms,)).renamed({instrument.symbol: f"{instrument.symbol} (model)"})
