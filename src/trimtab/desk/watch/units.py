"""New units for old ones, of a book that is made again while it is watched."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from trimtab.desk.books.actions import Action, ActionKind
from trimtab.model.portfolio import Portfolio

__all__ = ["units_since"]


def units_since(
    actions: Sequence[Action], watched: Portfolio, *, after: int, day: str, until: dt.date
) -> dict[str, Decimal]:
    """Give new units for one old one, of what was split since a book was made, and of options on it.

    Parameters
    ----------
    actions
        All corporate actions that are known.
    watched
        What the book held.
    after, day
        The journal number and the day, YYYY-MM-DD, of which the book was made: a split written down later, or in
        effect later, is news to it.
    until
        The day of which it is made again.

    Examples
    --------
    >>> split = Action(seq=7, kind=ActionKind.SPLIT, symbol="A", effective=dt.date(2024, 1, 4), ratio=Decimal(4))
    >>> nothing = Portfolio(positions=(), base="USD")
    >>> units_since([split], nothing, after=6, day="2024-01-03", until=dt.date(2024, 1, 5))
    {'A': Decimal('4')}
    >>> units_since([split], nothing, after=7, day="2024-01-04", until=dt.date(2024, 1, 5))
    {}
    """
    units: dict[str, Decimal] = {}
    for action in actions:
        news = action.seq > after or str(action.effective) > day
        if action.kind is ActionKind.SPLIT and action.ratio is not None and news and action.effective <= until:
            units[action.symbol] = units.get(action.symbol, Decimal(1)) * action.ratio
    for position in watched.positions:
        # The terms of an option change with what it is written on; its number does not.
        if units.keys() & position.instrument.written_on[:1]:
            units[position.symbol] = Decimal(1)
    return units
