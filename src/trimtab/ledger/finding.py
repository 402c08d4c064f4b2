"""What a ledger tells beside its numbers: doubts, gaps, and facts that were set aside."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Finding", "FindingKind"]


class FindingKind(StrEnum):
    """What sort of thing is told."""

    REFUSED = "refused"  # a fact that does not fit the book, left out as asked
    OVERSOLD = "oversold"  # more sold than held, or more covered than was short
    BEFORE_SNAPSHOT = "before_snapshot"  # a fact of or before the day on which the books open
    DIFFERENCE = "difference"  # a snapshot that disagrees
    COST_UNKNOWN = "cost_unknown"  # nobody said what it cost
    DEFERRED = "deferred"  # gains of a contract that no settlement price has turned into money
    FRACTION = "fraction"  # a fraction of a unit nobody paid out
    CHECK = "check"  # terms to compare with the clearing house or the company
    LOTS_CHOSEN = "lots_chosen"  # the method asks for named lots, and none were named
    TWICE = "twice"  # two facts that look like one
    NO_RATE = "no_rate"  # an amount that could not be counted in base currency


#: With one of these a book is not whole: a number that rests on it may be wrong.
OPEN = frozenset([FindingKind.REFUSED, FindingKind.DEFERRED, FindingKind.OVERSOLD])


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing told.

    Parameters
    ----------
    kind
        What sort.
    day
        Of the fact that gave rise to it.
    symbol
        What it is about; empty if nothing in particular.
    detail
        In words, with what to record where that would settle it.
    source
        File and row of the fact.
    """

    kind: FindingKind
    day: dt.date
    symbol: str
    detail: str
    source: str = ""

    @property
    def leaves_open(self) -> bool:
        """Whether the book is not whole because of it."""
        return self.kind in OPEN

    def __str__(self) -> str:
        """Return it as one line."""
        where = f" ({self.source})" if self.source else ""
        what = f"{self.day} {self.symbol}".rstrip()
        return f"{what}: {self.detail}{where}"
