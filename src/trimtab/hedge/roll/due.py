"""Which contracts that are held end when, what follows them, and whether it is time to roll."""

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum

from trimtab.exposure.kinds.of import future_in
from trimtab.model.contract import ContractSpec, ContractTable
from trimtab.model.expiry import ROLL_BEFORE, third_friday
from trimtab.model.instrument import Future
from trimtab.model.instruments.terms import terms_on
from trimtab.model.last_day import last_trading_day
from trimtab.model.portfolio import Portfolio

__all__ = ["DatedOption", "DayFrom", "Due", "RollNeed", "dated_options", "roll_needs", "roll_notes"]

_DAY = dt.timedelta(days=1)


class Due(StrEnum):
    """Where a contract stands in its roll."""

    LATER = "later"  # the window opens after today
    OPEN = "open"  # in the window: the next month is what trades
    LAST_DAY = "last_day"  # it trades for the last time today
    EXPIRED = "expired"  # it trades no more, and can only be settled


class DayFrom(StrEnum):
    """Where a last trading day comes from."""

    EXCHANGE = "exchange"  # the rule of its family
    HOLDINGS = "holdings"  # stated with the position
    ASSUMED = "assumed"  # the third Friday of its month: the family's own rule is not known


@dataclass(frozen=True, slots=True, kw_only=True)
class RollNeed:
    """A contract that is held, netted, and the one that follows it.

    Parameters
    ----------
    near, far
        The contract, and the next of its cycle; None where the contract table does not know the family.
    quantity
        Contracts with sign, positions in the same month added up: positive = long.
    last_day, day_from
        When it trades for the last time, and where that comes from.
    far_last_day
        Of the one that follows.
    window_opens
        From which day on it is to be rolled.
    due
        Where it stands today.
    lots
        Whole contracts to roll, 0 or more, a multiple of the lot.
    far_held
        Contracts already held in the one that follows, with sign.
    """

    near: Future
    far: Future | None
    quantity: Decimal
    last_day: dt.date
    day_from: DayFrom
    far_last_day: dt.date | None
    window_opens: dt.date
    due: Due
    lots: Decimal
    far_held: Decimal

    @property
    def is_due(self) -> bool:
        """Whether it is to be rolled now."""
        return self.due in {Due.OPEN, Due.LAST_DAY}

    @property
    def order(self) -> str:
        """The calendar-spread order in words, such as "sell 8 ESH3, buy 8 ESM3"; empty if there is none."""
        if self.far is None or self.lots == 0 or self.due is Due.EXPIRED:
            return ""
        first, second = ("sell", "buy") if self.quantity > 0 else ("buy", "sell")
        count = f"{self.lots.normalize():f}"
        return f"{first} {count} {self.near.symbol}, {second} {count} {self.far.symbol}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedOption:
    """An option that is held, which ends; a new strike is a plan of its own."""

    symbol: str
    quantity: Decimal
    expiry: dt.date


def roll_needs(
    portfolio: Portfolio, contracts: ContractTable, day: dt.date, *, window: dt.timedelta = ROLL_BEFORE
) -> tuple[RollNeed, ...]:
    """Find the futures that are held, the soonest to end first.

    Parameters
    ----------
    portfolio, contracts
        What is held, and what is known of families.
    day
        Today.
    window
        How long before the last trading day a contract is to be rolled.

    Examples
    --------
    >>> from trimtab.model.instrument import Terms
    >>> from trimtab.model.portfolio import Position
    >>> es = ContractSpec(root="ES", name="E-mini", exchange="CME", currency="USD", terms=(Terms(multiplier=50),))
    >>> held = Position(instrument=es.front(dt.date(2023, 3, 13)), quantity=Decimal(8))
    >>> book = Portfolio(positions=(held,), base="USD")
    >>> roll_needs(book, ContractTable(specs=(es,)), dt.date(2023, 3, 13))[0].order
    'sell 8 ESH3, buy 8 ESM3'
    """
    netted: dict[tuple[str, dt.date], list[tuple[Future, Decimal]]] = {}
    for position in portfolio.positions:
        future = future_in(position.instrument)
        if future is not None and future.expiry is not None and position.quantity != 0:
            netted.setdefault((future.root, _last_day(future)[0]), []).append((future, position.quantity))
    needs = [_need(lots, contracts, netted, day, window) for lots in netted.values()]
    return tuple(sorted((n for n in needs if n.quantity != 0), key=lambda n: (n.last_day, n.near.symbol)))


def _need(
    lots: list[tuple[Future, Decimal]],
    contracts: ContractTable,
    netted: dict[tuple[str, dt.date], list[tuple[Future, Decimal]]],
    day: dt.date,
    window: dt.timedelta,
) -> RollNeed:
    near = lots[0][0]
    last, day_from = _last_day(near)
    spec = contracts.spec(near.root)
    far = None if spec is None or not spec.is_dated else _following(spec, near, last)
    far_last = None if far is None else _last_day(far)[0]
    quantity = sum((count for _, count in lots), Decimal(0))
    lot = terms_on(near.terms, day).lot
    due = _due(day, last, window)
    there = () if far_last is None else netted.get((near.root, far_last), ())
    return RollNeed(
        near=near, far=far, quantity=quantity, last_day=last, day_from=day_from, far_last_day=far_last,
        window_opens=last - window, due=due, lots=(abs(quantity) / lot).to_integral_value(ROUND_FLOOR) * lot,
        far_held=sum((count for _, count in there), Decimal(0)),
    )  # fmt: skip


def _last_day(future: Future) -> tuple[dt.date, DayFrom]:
    """Give the last trading day: the earlier of the exchange's and the one that is stated, else the third Friday."""
    stated = future.expiry
    assert stated is not None  # noqa: S101 - asked of dated contracts alone
    ruled = last_trading_day(future.root, stated.year, stated.month)
    if ruled is None:
        assumed = stated == third_friday(stated.year, stated.month)
        return stated, DayFrom.ASSUMED if assumed else DayFrom.HOLDINGS
    return (ruled, DayFrom.EXCHANGE) if ruled <= stated else (stated, DayFrom.HOLDINGS)


def _following(spec: ContractSpec, near: Future, last: dt.date) -> Future:
    stated = near.expiry
    assert stated is not None  # noqa: S101 - asked of dated contracts alone
    return spec.front(max(last, spec.expiry_of(stated.year, stated.month)) + _DAY)


def _due(day: dt.date, last: dt.date, window: dt.timedelta) -> Due:
    if day > last:
        return Due.EXPIRED
    if day == last:
        return Due.LAST_DAY
    return Due.OPEN if day >= last - window else Due.LATER


def dated_options(portfolio: Portfolio) -> tuple[DatedOption, ...]:
    """Give the options that are held, the soonest to end first."""
    dated = [
        DatedOption(symbol=p.symbol, quantity=p.quantity, expiry=p.instrument.expiry)
        for p in portfolio.positions
        if p.instrument.strike is not None and p.quantity != 0
    ]
    return tuple(sorted(dated, key=lambda o: (o.expiry, o.symbol)))


def roll_notes(portfolio: Portfolio, contracts: ContractTable, day: dt.date) -> tuple[str, ...]:
    """Say in a plan's notes which contracts that are held are to be rolled now, and into what.

    Parameters
    ----------
    portfolio, contracts, day
        As for `roll_needs`; the portfolio with the plan done, so that what it closes is not rolled.
    """
    notes = []
    for need in roll_needs(portfolio, contracts, day):
        if need.due is Due.EXPIRED or not need.is_due:
            continue
        left = {0: "today", 1: "tomorrow"}.get((need.last_day - day).days, f"in {(need.last_day - day).days} days")
        into = need.order or "the contract table does not say what follows"
        notes.append(
            f"roll due: {need.quantity.normalize():f} {need.near.symbol} held end on {need.last_day}, {left}; {into} "
            "(trimtab roll)"
        )
    return tuple(notes)
