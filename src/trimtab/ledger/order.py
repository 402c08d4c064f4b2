"""The order of facts: by day, then by kind, then by stated time, and never by row or file.

Within a day
    1. dividends and coupons per unit held the evening before, then dividends in stock
    2. splits
    3. dividends per new unit
    4. spin-offs, then mergers
    5. changes of symbol (all at once), then of contract terms
    6. transfers that arrive; deposits, withdrawals, conversions, interest, fees, taxes, funding
    7. trades, rolls, and options exercised, assigned or ended: by stated time; those without one first (trades) or
       last (options' ends), purchases before sales
    8. transfers that leave
    9. settlement of futures, delivery, delistings
    10. snapshots: a book at the end of its day
What still ties is ordered by what it says, its id last. So the same facts give the same book in whatever order they
arrive, and an id that is only a row number decides nothing.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from enum import IntEnum
from itertools import groupby
from operator import itemgetter
from typing import Any

from trimtab.ledger.facts.amendments import Event
from trimtab.ledger.facts.contracts import Delivery, OptionEnd, Roll, Settlement
from trimtab.ledger.facts.corporate import Delisting, Merger, MultiplierChange, SpinOff, Split, SymbolChange
from trimtab.ledger.facts.income import Payout, StockDividend
from trimtab.ledger.facts.money import CashItem, CashKind, Conversion, Deposit, Direction, Transfer, Withdrawal
from trimtab.ledger.facts.snapshots import Snapshot
from trimtab.ledger.facts.trades import Side, Trade

__all__ = ["Phase", "by_day", "in_order", "phase_of"]


class Phase(IntEnum):
    """Where in its day a fact stands."""

    PAYOUT = 10
    STOCK_DIVIDEND = 12
    SPLIT = 20
    PAYOUT_NEW = 25
    SPIN_OFF = 30
    MERGER = 32
    NAME = 40
    TERMS = 42
    ARRIVAL = 45
    MONEY = 50
    TRADING = 60
    DEPARTURE = 65
    GAIN = 70
    SETTLEMENT = 80
    DELIVERY = 85
    DELISTING = 90
    SNAPSHOT = 100


_PHASES: dict[type, Phase] = {
    Payout: Phase.PAYOUT,
    StockDividend: Phase.STOCK_DIVIDEND,
    Split: Phase.SPLIT,
    SpinOff: Phase.SPIN_OFF,
    Merger: Phase.MERGER,
    SymbolChange: Phase.NAME,
    MultiplierChange: Phase.TERMS,
    Deposit: Phase.MONEY,
    Withdrawal: Phase.MONEY,
    Conversion: Phase.MONEY,
    CashItem: Phase.MONEY,
    Trade: Phase.TRADING,
    Roll: Phase.TRADING,
    OptionEnd: Phase.TRADING,
    Transfer: Phase.ARRIVAL,
    Settlement: Phase.SETTLEMENT,
    Delivery: Phase.DELIVERY,
    Delisting: Phase.DELISTING,
    Snapshot: Phase.SNAPSHOT,
}
_EARLIEST, _LATEST = dt.time.min, dt.time.max
_NOT_CONTENT = frozenset(["id", "source"])


def phase_of(fact: Event) -> Phase:
    """Give the place of a fact in its day."""
    phase = _PHASES[type(fact)]
    if phase is Phase.PAYOUT and isinstance(fact, Payout) and fact.per_new_unit:
        return Phase.PAYOUT_NEW
    if phase is Phase.ARRIVAL and isinstance(fact, Transfer) and fact.direction is Direction.OUT:
        return Phase.DEPARTURE
    if phase is Phase.MONEY and isinstance(fact, CashItem) and fact.kind is CashKind.GAIN:
        # Paid on what the day's trades opened as well, and before a price settles the rest.
        return Phase.GAIN
    return phase


def in_order(facts: Iterable[Event]) -> list[Event]:
    """Give facts in the order in which they take effect.

    Examples
    --------
    >>> from decimal import Decimal
    >>> from trimtab.ledger.facts.header import about
    >>> day = dt.date(2024, 1, 5)
    >>> split = Split(day=day, of=about("ABC"), new=Decimal(4))
    >>> paid = Payout(day=day, of=about("ABC"), per_unit=Decimal(1))
    >>> [type(f).__name__ for f in in_order([split, paid])]
    ['Payout', 'Split']
    """
    days: dict[dt.date, list[Event]] = {}
    for fact in facts:
        days.setdefault(fact.day, []).append(fact)
    ordered: list[Event] = []
    for day in sorted(days):
        of_day = days[day]
        ordered += _of_one_day(of_day) if len(of_day) > 1 else of_day
    return ordered


def _of_one_day(facts: list[Event]) -> Iterator[Event]:
    for group in _tied(facts, _key):
        # What a fact says is only compared where kind and time do not decide, and all it says only where the numbers
        # do not: it costs more.
        for equal in _tied(group, _numbers) if len(group) > 1 else [group]:
            yield from sorted(equal, key=_content) if len(equal) > 1 else equal


def _tied(facts: Iterable[Event], key: Callable[[Event], Any]) -> Iterator[list[Event]]:
    """Give facts by their keys, those with equal keys together."""
    keyed = sorted(((key(fact), fact) for fact in facts), key=itemgetter(0))
    for _, group in groupby(keyed, key=itemgetter(0)):
        yield [fact for _, fact in group]


def by_day(ordered: Sequence[Event]) -> list[tuple[dt.date, tuple[Event, ...]]]:
    """Group ordered facts by their day."""
    return [(day, tuple(group)) for day, group in groupby(ordered, key=lambda fact: fact.day)]


def _key(fact: Event) -> tuple[int, dt.time]:
    time = fact.time
    if time is None:
        time = _LATEST if type(fact) is OptionEnd else _EARLIEST
    elif time.tzinfo is not None:
        # The account's clock is the one a time is written with.
        time = time.replace(tzinfo=None)
    return (phase_of(fact), time)


def _numbers(fact: Event) -> tuple[Any, ...]:
    """Give what tells facts apart quickly: of trades purchases and short sales first, then symbol, price, quantity."""
    if not isinstance(fact, Trade):
        of = getattr(fact, "of", None)
        return (type(fact).__name__, False, "" if of is None else of.symbol)
    opens = fact.side is Side.BUY or fact.side is Side.SHORT
    return (type(fact).__name__, not opens, fact.of.symbol, fact.price, fact.quantity, fact.fee)


def _content(fact: Event) -> tuple[str, ...]:
    """Say everything a fact says but its id and source; the id comes last and only tells equal facts apart."""
    contents = (repr(getattr(fact, f.name)) for f in fields(fact) if f.name not in _NOT_CONTENT)
    return (*contents, fact.id or "")
