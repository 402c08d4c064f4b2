"""Rolls of a book as a document."""

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from trimtab.hedge.roll.records import RollCost, RollLine, Rolls

__all__ = ["RollDocument", "roll_document"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RollCostRecord:
    """What one way to roll costs.

    Parameters
    ----------
    commission, half_spread, total
        Base currency, positive = paid.
    basis_points
        Of what is rolled; null where it has no price.
    """

    commission: float
    half_spread: float
    total: float
    basis_points: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RollRecord:
    """One contract that is held, and its roll.

    Parameters
    ----------
    contract, into
        What is held, and the month that follows; null where the contract table does not know it.
    quantity
        Contracts held, with sign.
    last_day, last_day_from
        When it trades for the last time; exchange (by rule), holdings (stated) or assumed (third Friday).
    days_left
        Calendar days to it; less than 0 once it has ended.
    window_opens, due
        From which day on it is to be rolled; later, open, last_day or expired.
    order
        The calendar-spread order in words; empty if there is none.
    lots
        Contracts to roll.
    into_held
        Contracts already held in the month that follows, with sign.
    near_price, far_price
        Own prices of both; null where not known.
    years
        Between the two last days, act/365.
    carry, dividend_yield, implied_financing, rate
        A year, continuous: ln(far / near) over the years; of the underlying; carry plus yield; the given one.
    rich_basis_points, tick_basis_points
        Implied less given, a year, and what one tick of the spread is in it.
    dearness
        rich, cheap, fair (less than one tick) or not_known.
    notional
        What is rolled, base currency.
    advantage
        What the roll gains against the given rate until the next month ends, base currency; a gain is plus.
    outright, spread
        Cost by two orders, and by one calendar-spread order.
    near_volume, far_volume
        Contracts traded on the last day with prices.
    notes
        What a reader should know.
    """

    contract: str
    into: str | None
    quantity: float
    last_day: dt.date
    last_day_from: str
    days_left: int
    window_opens: dt.date
    due: str
    order: str
    lots: float
    into_held: float
    near_price: float | None
    far_price: float | None
    years: float | None
    carry: float | None
    dividend_yield: float | None
    implied_financing: float | None
    rate: float | None
    rich_basis_points: float | None
    tick_basis_points: float | None
    dearness: str
    notional: float | None
    advantage: float | None
    outright: RollCostRecord | None
    spread: RollCostRecord | None
    near_volume: float | None
    far_volume: float | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedOptionRecord:
    """An option that is held.

    Parameters
    ----------
    asset, quantity
        Which, and how many with sign.
    expiry, days_left
        Its last day, and calendar days to it.
    """

    asset: str
    quantity: float
    expiry: dt.date
    days_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RollDocument:
    """What held contracts end when, what follows them, and what changing costs.

    Parameters
    ----------
    as_of, base
        Day of the prices, and the currency of money.
    window_days
        Days before the last trading day from which on a contract is to be rolled.
    due
        How many are to be rolled now.
    rolls
        Futures, the soonest to end first.
    options
        Options: they end and are not rolled here.
    notes
        What a reader should know.
    """

    SCHEMA: ClassVar = "trimtab.roll/1"

    as_of: dt.date
    base: str
    window_days: int
    due: int
    rolls: tuple[RollRecord, ...]
    options: tuple[DatedOptionRecord, ...]
    notes: tuple[str, ...]


def roll_document(rolls: Rolls) -> RollDocument:
    """Document of `trimtab roll`: schema trimtab.roll/1."""
    return RollDocument(
        as_of=rolls.as_of,
        base=rolls.base,
        window_days=rolls.window,
        due=len(rolls.due),
        rolls=tuple(_roll(line, rolls.as_of) for line in rolls.lines),
        options=tuple(
            DatedOptionRecord(
                asset=o.symbol, quantity=float(o.quantity), expiry=o.expiry, days_left=(o.expiry - rolls.as_of).days
            )
            for o in rolls.options
        ),
        notes=rolls.notes,
    )


def _roll(line: RollLine, today: dt.date) -> RollRecord:
    need, financing = line.need, line.financing
    return RollRecord(
        contract=need.near.symbol, into=None if need.far is None else need.far.symbol, quantity=float(need.quantity),
        last_day=need.last_day, last_day_from=need.day_from.value, days_left=(need.last_day - today).days,
        window_opens=need.window_opens, due=need.due.value, order=need.order, lots=float(need.lots),
        into_held=float(need.far_held), near_price=financing.near_price, far_price=financing.far_price,
        years=financing.years, carry=financing.carry, dividend_yield=financing.dividend_yield,
        implied_financing=financing.implied, rate=financing.rate, rich_basis_points=financing.rich,
        tick_basis_points=financing.tick, dearness=financing.dearness.value, notional=line.notional,
        advantage=line.advantage,
        outright=_cost(line.outright), spread=_cost(line.spread), near_volume=line.near_volume,
        far_volume=line.far_volume, notes=line.notes,
    )  # fmt: skip


def _cost(cost: RollCost | None) -> RollCostRecord | None:
    if cost is None:
        return None
    return RollCostRecord(
        commission=cost.commission, half_spread=cost.half_spread, total=cost.total, basis_points=cost.basis_points
    )
