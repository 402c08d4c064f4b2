"""What the watch asks of a feed: quotes in batches, each with the place to go on from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from trimtab.model.json import JsonObject

__all__ = ["Batch", "Cursor", "Feed", "Rejected", "Tick", "row_of"]

#: Where a feed stands: JSON values that the feed itself understands.
Cursor = JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """One quote as it came.

    Parameters
    ----------
    symbol
        As in the price table; a pair such as EURUSD for a rate of exchange.
    price
        Of one unit; anything a source may send, so it may be negative or NaN.
    at
        Microseconds since 1970, UTC.
    fault
        Why it cannot be read; None if it can. Its place among the others is kept, so that nothing is counted twice.
    """

    symbol: str
    price: float
    at: int
    fault: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A quote that was set aside.

    Parameters
    ----------
    symbol
        As it came; empty if it could not be read.
    reason
        A short word to count by: "unknown_symbol", "not_a_price", "late", "jump", "future", "unreadable".
    detail
        What was found.
    """

    symbol: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Quotes in their order.

    Parameters
    ----------
    ticks
        The quotes.
    after
        Gives the cursor after the first k of them.
    """

    ticks: tuple[Tick, ...]
    after: Callable[[int], Cursor]


def row_of(cursor: Cursor) -> int:
    """Give how many quotes were taken, of a feed that counts them.

    Examples
    --------
    >>> row_of({"row": 3})
    3
    """
    return int(str(cursor["row"]))


class Feed(Protocol):
    """Where quotes come from."""

    #: True once there will never be more.
    ended: bool

    def read(self, cursor: Cursor | None) -> Batch | None:
        """Give the next quotes after a cursor (None = from the beginning); None if there are none now."""
        ...
