"""What may be traded, gathered from portfolio, market and betas, and laid out in arrays for the solver."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from trimtab.exposure.expose import Exposure, PositionExposure
from trimtab.exposure.kinds.of import spot_in
from trimtab.exposure.measured import MeasuredBook
from trimtab.hedge.reallocate.risk import PastOnce
from trimtab.hedge.reallocate.tax import LotTax, lot_taxes
from trimtab.hedge.reallocate.terms import Liquidity, ReallocationLimits, RiskModel
from trimtab.model.decimals import exact
from trimtab.model.instrument import Spot
from trimtab.model.portfolio import Position, TaxLot

__all__ = ["Book", "Line", "gather"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One instrument that may be traded.

    Parameters
    ----------
    instrument
        What it is.
    quantity
        Held now, signed, over all its positions.
    lots
        Tax lots over all its positions, in order; empty if they are not known.
    taxes
        Runs of units taxed alike, in the order they would go.
    mark, fx
        Price in the quotation it has, and base currency per unit of its currency.
    unit
        Worth of one unit, base currency.
    beta, stderr
        Of its return to the benchmark.
    lot
        Units that can be traded.
    daily_value, volatility
        As in `Liquidity`; None if not known.
    half_spread
        Share of the price.
    commission
        Share of the money traded, per-unit commissions included.
    """

    instrument: Spot
    quantity: Decimal
    lots: tuple[TaxLot, ...]
    taxes: tuple[LotTax, ...]
    mark: float
    fx: float
    unit: float
    beta: float
    stderr: float
    lot: Decimal
    daily_value: float | None
    volatility: float | None
    half_spread: float
    commission: float

    @property
    def symbol(self) -> str:
        """The instrument's symbol."""
        return self.instrument.symbol


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """Everything that may be traded, with its risk.

    Parameters
    ----------
    lines
        In the portfolio's order, then those that may be bought though they are not held.
    risk
        Rows in the order of `lines`.
    left_out
        (symbol, why) of what may not be traded.
    notes
        Assumptions in words.
    """

    lines: tuple[Line, ...]
    risk: RiskModel
    left_out: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


def gather(
    book: MeasuredBook,
    limits: ReallocationLimits,
    *,
    also: tuple[Spot, ...] = (),
    risk: RiskModel | None = None,
    liquidity: tuple[Liquidity, ...] | None = None,
    past: PastOnce | None = None,
) -> Book:
    """Collect what may be traded, and say why the rest may not.

    Parameters
    ----------
    book
        The portfolio, measured.
    limits
        No-trade list, lots, costs and taxes.
    also
        Instruments that may be bought though they are not held.
    risk, liquidity
        Measured from the market's prices unless given.
    past
        What measures them, if several books of the same moment are gathered.
    """
    portfolio = book.portfolio
    past = past or PastOnce(book.market, book.betas.benchmark)
    instruments = {p.instrument for p in portfolio.positions if p.quantity != 0}
    new = tuple(dict.fromkeys(s for s in also if s not in instruments))
    probes = tuple(Position(instrument=s, quantity=limits.lot_of(s.symbol)) for s in new)
    measured = book.exposure
    if probes:
        measured = book.holding(replace(portfolio, positions=(*portfolio.positions, *probes))).exposure
    positions = tuple(p for p in (*portfolio.positions, *probes) if p.quantity != 0)
    groups: dict[Spot, list[tuple[Position, PositionExposure]]] = {}
    left_out: list[tuple[str, str]] = []
    for position, figures in zip(positions, measured.positions, strict=True):
        owned = spot_in(position.instrument)
        if owned is not None:
            groups.setdefault(owned, []).append((position, figures))
    symbols = Counter(s.symbol for s in groups)
    kept: list[Spot] = []
    for spot, members in groups.items():
        why = _refusal(spot, members, symbols, limits)
        if why:
            left_out.append((spot.symbol, why))
        else:
            kept.append(spot)
    names = tuple(s.symbol for s in kept)
    model = risk or past.risk(names)
    unknown = set(names) - set(model.symbols)
    left_out += [(s, "it has too few returns for a risk estimate") for s in names if s in unknown]
    kept = [s for s in kept if s.symbol not in unknown]
    rates = {s.symbol: _rate(groups[s][0][1]) for s in kept}
    trading = {q.symbol: q for q in past.liquidity(tuple(rates), rates)}
    trading |= {q.symbol: _merged(q, trading.get(q.symbol)) for q in liquidity or ()}
    day = book.market.day
    lines = tuple(
        _line(s, groups[s], limits, trading.get(s.symbol), day, fresh=s in new) for s in kept
    )  # fmt: skip
    return Book(
        lines=lines,
        risk=_rows(model, [line.symbol for line in lines]),
        left_out=tuple(left_out),
        notes=tuple(_notes(lines, limits, model, measured)),
    )


def _refusal(
    spot: Spot, members: list[tuple[Position, PositionExposure]], symbols: Counter[str], limits: ReallocationLimits
) -> str | None:
    if spot.symbol in limits.no_trade:
        return "it is on the no-trade list"
    if symbols[spot.symbol] > 1:
        return "two different instruments carry its symbol"
    if len({position.stated for position, _ in members}) > 1:
        return "its positions state different prices"
    first = members[0][1]
    if first.reason is not None or first.beta is None or first.stderr is None:
        return f"it was not measured ({first.reason.value})" if first.reason else "it has no beta"
    if first.price is None or not first.price > 0:
        return "it has no price above zero"
    return None


def _rate(figures: PositionExposure) -> float:
    assert figures.fx is not None  # noqa: S101 - a measured position has a rate
    return figures.fx * figures.multiplier


def _merged(given: Liquidity, measured: Liquidity | None) -> Liquidity:
    if measured is None:
        return given
    return replace(
        given,
        daily_value=measured.daily_value if given.daily_value is None else given.daily_value,
        volatility=measured.volatility if given.volatility is None else given.volatility,
    )


def _line(
    spot: Spot,
    members: list[tuple[Position, PositionExposure]],
    limits: ReallocationLimits,
    trading: Liquidity | None,
    day: dt.date,
    *,
    fresh: bool,
) -> Line:
    figures = members[0][1]
    assert figures.price is not None  # noqa: S101 - checked before
    assert figures.fx is not None  # noqa: S101
    assert figures.beta is not None  # noqa: S101
    assert figures.stderr is not None  # noqa: S101
    quantity = Decimal(0) if fresh else sum((p.quantity for p, _ in members), Decimal(0))
    lots_known = not fresh and all(p.lots for p, _ in members)
    lots = tuple(lot for p, _ in members for lot in p.lots) if lots_known else ()
    # Lots of both signs net out in nobody's books: then nothing is known of the cost.
    lots = lots if all(lot.quantity * quantity > 0 for lot in lots) else ()
    price = exact(figures.price) * spot.scale
    taxes = () if limits.taxes is None else lot_taxes(spot.symbol, lots, price, day, limits.taxes)
    costs = limits.costs
    spread = None if trading is None else trading.half_spread
    return Line(
        instrument=spot,
        quantity=quantity,
        lots=lots,
        taxes=taxes,
        mark=figures.price,
        fx=figures.fx,
        unit=float(spot.scale) * figures.price * figures.fx,
        beta=figures.beta,
        stderr=figures.stderr,
        lot=limits.lot_of(spot.symbol),
        daily_value=None if trading is None else trading.daily_value,
        volatility=None if trading is None else trading.volatility,
        half_spread=costs.half_spread if spread is None else spread,
        commission=costs.commission_rate + costs.commission_per_unit / (float(spot.scale) * figures.price),
    )


def _rows(model: RiskModel, names: list[str]) -> RiskModel:
    row = {s: i for i, s in enumerate(model.symbols)}
    order = [row[s] for s in names]
    return replace(model, symbols=tuple(names), loadings=model.loadings[order], own_variance=model.own_variance[order])


def _notes(lines: tuple[Line, ...], limits: ReallocationLimits, model: RiskModel, measured: Exposure) -> Iterable[str]:
    costs = limits.costs
    yield (
        f"costs assume a half-spread of {costs.half_spread:.2%} unless stated, commission {costs.commission_rate:.2%} "
        f"plus {costs.commission_per_unit:g} per unit, and impact {costs.impact:g} x daily volatility x "
        f"(share of daily volume)^{costs.exponent:g}"
    )
    silent = [x.symbol for x in lines if not x.daily_value or x.volatility is None]
    if silent and costs.impact > 0:
        yield f"impact is left out where daily volume is not known: {_some(silent)}"
    if limits.taxes is None:
        yield "taxes are left out: no rates were given"
    else:
        bare = [x.symbol for x in lines if x.quantity != 0 and not x.lots]
        if bare:
            yield f"no tax lots are known, so no tax is counted, for {_some(bare)}"
        if any(x.lots and x.instrument.currency != measured.base for x in lines):
            yield "gains on foreign lots are converted at today's exchange rate"
    yield model.note


def _some(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
