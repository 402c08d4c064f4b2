"""Which units of a position go first when it shrinks, and when they were held long: one rule for books and taxes."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

__all__ = ["LotMethod", "held_long", "take_lots"]

LotMethod = Literal["average", "fifo", "lifo", "hifo", "specific"]


def take_lots(
    lots: Sequence[tuple[Decimal, Decimal]], units: Decimal, method: LotMethod
) -> tuple[tuple[int, Decimal], ...]:
    """Choose units of lots.

    Parameters
    ----------
    lots
        (signed quantity, cost per unit) of each lot, oldest first; for "specific" in the order they are to go.
    units
        How many go, positive; more than there are takes all.
    method
        fifo, average and specific: in the order given. lifo: the last first. hifo: the smallest gain first, which is
        the dearest of a long and the cheapest of a short.

    Returns
    -------
    (number of the lot from 0, units taken) pairs, units positive.

    Examples
    --------
    >>> held = [(Decimal(10), Decimal(100)), (Decimal(10), Decimal(120)), (Decimal(10), Decimal(110))]
    >>> [(i, str(u)) for i, u in take_lots(held, Decimal(15), "hifo")]
    [(1, '10'), (2, '5')]
    """
    order = list(range(len(lots)))
    if method == "lifo":
        order.reverse()
    elif method == "hifo":
        order.sort(key=lambda i: -lots[i][1] if lots[i][0] > 0 else lots[i][1])
    taken, wanted = [], units
    for i in order:
        part = min(wanted, abs(lots[i][0]))
        if part > 0:
            taken.append((i, part))
            wanted -= part
    return tuple(taken)


def held_long(acquired: dt.date, sold: dt.date) -> bool:
    """Tell whether a lot was held for more than a year.

    Examples
    --------
    >>> held_long(dt.date(2005, 1, 1), dt.date(2006, 1, 1)), held_long(dt.date(2005, 1, 1), dt.date(2006, 1, 2))
    (False, True)
    """
    # A purchase on 29 February comes of age with one on the 28th.
    day = min(acquired.day, 28) if acquired.month == 2 else acquired.day
    return sold > dt.date(acquired.year + 1, acquired.month, day)
