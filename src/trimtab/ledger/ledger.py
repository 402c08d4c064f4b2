"""One ledger: facts in, the book of any day out."""

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace

from trimtab.errors import NotEnoughDataError
from trimtab.ledger.book import Book, empty_book
from trimtab.ledger.entry.amend import standing
from trimtab.ledger.facts.amendments import Cancellation, Correction, Event, Fact
from trimtab.ledger.facts.contracts import Settlement
from trimtab.ledger.facts.corporate import MultiplierChange
from trimtab.ledger.facts.header import fact_name
from trimtab.ledger.facts.snapshots import Snapshot
from trimtab.ledger.finding import Finding, FindingKind
from trimtab.ledger.fold import Entry, OnRefused, fold
from trimtab.ledger.order import by_day, in_order
from trimtab.ledger.state import Rules

__all__ = ["Ledger"]

#: A checkpoint is kept after about so many facts: folding them takes some milliseconds.
_STEP = 400
#: Books last asked for are kept too: who walks through days asks for each, and for the one before, again.
_RECENT = 4
#: Ids of appended facts are kept in so many sets before they are made one.
_ID_SETS = 64


class Ledger:
    """Facts of one account, in order, with the book of any day.

    It never changes: `append` gives another that shares what is the same. Books once folded are kept as checkpoints,
    which changes how long a question takes and never its answer.

    Parameters
    ----------
    facts
        In any order: events, corrections, cancellations.
    rules
        Base currency, which lots go first, rates, listed instruments.
    from_nothing
        True: the facts are complete from the first on, and every snapshot is only compared. False: the first snapshot
        opens the books, and what stands before it is told and left out.
    on_refused
        What becomes of a fact that does not fit: "raise", or "set_aside" and told.

    Examples
    --------
    >>> from decimal import Decimal
    >>> from trimtab.ledger.facts.header import about
    >>> from trimtab.ledger.facts.money import Deposit
    >>> from trimtab.ledger.facts.trades import Side, Trade
    >>> from trimtab.model.instrument import Spot
    >>> day = dt.date(2024, 1, 2)
    >>> ledger = Ledger(
    ...     [
    ...         Trade(
    ...             day=day,
    ...             of=about(Spot(symbol="VOD", currency="GBP", minor=True)),
    ...             side=Side.BUY,
    ...             quantity=Decimal(100),
    ...             price=Decimal(70),
    ...         ),
    ...         Deposit(day=day, currency="GBP", amount=Decimal(1000)),
    ...     ],
    ...     Rules(base="USD"),
    ... )
    >>> f"{ledger.book_on(day).cash['GBP']:.2f}"
    '930.00'
    """

    __slots__ = (
        "_checkpoints",
        "_days",
        "_facts",
        "_first",
        "_from_nothing",
        "_ids",
        "_on_refused",
        "_recent",
        "rules",
    )

    def __init__(
        self, facts: Iterable[Fact], rules: Rules, *, from_nothing: bool = False, on_refused: OnRefused = "raise"
    ) -> None:
        self.rules = rules
        self._from_nothing, self._on_refused = from_nothing, on_refused
        self._facts: tuple[Fact, ...] = tuple(facts)
        self._days, self._first = self._laid_out(standing(self._facts))
        self._checkpoints: list[tuple[int, Book]] = [(0, self._first)]
        self._recent: tuple[tuple[int, Book], ...] = ()
        self._ids: tuple[frozenset[str], ...] = (_ids_of(self._facts),)

    def _laid_out(self, events: Sequence[Event]) -> tuple[list[tuple[dt.date, tuple[Event, ...]]], Book]:
        """Give the days to fold, and the book to start from."""
        first = empty_book(self.rules.base)
        opening = min((f.day for f in events if isinstance(f, Snapshot)), default=None)
        if opening is None or self._from_nothing:
            return by_day(in_order(events)), first
        aside = [f for f in events if f.day <= opening and not isinstance(f, Snapshot | Settlement)]
        terms = tuple(f for f in in_order(aside) if isinstance(f, MultiplierChange))
        findings = _told([f for f in aside if not isinstance(f, MultiplierChange)], opening)
        first = replace(first, terms=terms, findings=findings)
        days = by_day(in_order(f for f in events if f.day > opening))
        # The evening's settlement prices are those the contracts of the snapshot are carried at.
        snapshots = [f for f in events if f.day == opening and isinstance(f, Snapshot)]
        marks = [f for f in events if f.day == opening and isinstance(f, Settlement)]
        return [(opening, (*in_order(snapshots), *in_order(marks))), *days], first

    @property
    def days(self) -> tuple[dt.date, ...]:
        """The days on which something happened."""
        return tuple(day for day, _ in self._days)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Everything it was given."""
        return self._facts

    def book_on(self, day: dt.date) -> Book:
        """Give the book of the end of a day.

        Raises
        ------
        NotEnoughDataError
            If the books open later.
        InputError
            If a fact up to that day does not fit, unless such facts are set aside.
        """
        end = self._upto(day)
        at, book = self._nearest(end)
        while at < end:
            stop, facts = at, 0
            while stop < end and facts < _STEP:
                facts += len(self._days[stop][1])
                stop += 1
            book = fold(book, self._days[at:stop], self.rules, on_refused=self._on_refused)
            at = stop
            if at > self._checkpoints[-1][0]:
                self._checkpoints.append((at, book))
        self._recent = ((end, book), *(r for r in self._recent if r[0] != end))[:_RECENT]
        return replace(book, day=day)

    def entries(self, start: dt.date | None = None, end: dt.date | None = None) -> tuple[Entry, ...]:
        """Give what each fact did after one day up to another.

        Parameters
        ----------
        start
            Facts of this day are not among them; None: from the beginning.
        end
            Facts of this day are; None: to the end.
        """
        first = 0 if start is None else self._upto(start)
        last = len(self._days) if end is None else self._upto(end)
        book = self._first if first == 0 else self.book_on(self._days[first - 1][0])
        entries: list[Entry] = []
        fold(book, self._days[first:last], self.rules, on_refused=self._on_refused, entries=entries)
        return tuple(entries)

    def append(self, facts: Iterable[Fact]) -> "Ledger":
        """Give a ledger with more facts.

        Facts of the last day and of later ones cost no more than themselves; others, and amendments, fold anew from
        their day on.

        Raises
        ------
        InputError
            If an id is there already and says something else, or an amendment names none that is.
        """
        new = tuple(facts)
        if self._only_later(new):
            return self._extended(new)
        grown = Ledger((*self._facts, *new), self.rules, from_nothing=self._from_nothing, on_refused=self._on_refused)
        # Books up to the first day that is not the same still hold.
        same = 0
        if grown._first == self._first:
            for one, other in zip(self._days, grown._days, strict=False):
                if one != other:
                    break
                same += 1
        grown._checkpoints += [c for c in self._checkpoints[1:] if c[0] <= same]
        return grown

    def _only_later(self, new: tuple[Fact, ...]) -> bool:
        """Tell whether facts can simply be laid behind: of the last day or later ones, with ids of their own."""
        if not self._days:
            return False
        last, opened = self._days[-1][0], self._from_nothing or isinstance(self._days[0][1][0], Snapshot)
        for fact in new:
            if isinstance(fact, Correction | Cancellation) or fact.day < last:
                return False
            # The day on which a snapshot opens the books takes other facts in its own way.
            if (fact.day == last and len(self._days) == 1) or (isinstance(fact, Snapshot) and not opened):
                return False
            if fact.id is not None and any(fact.id in ids for ids in self._ids):
                return False
        return True

    def _extended(self, new: tuple[Fact, ...]) -> "Ledger":
        grown = object.__new__(Ledger)
        grown.rules, grown._from_nothing, grown._on_refused = self.rules, self._from_nothing, self._on_refused
        grown._facts = (*self._facts, *new)
        last, of_last = self._days[-1]
        later = standing(new)
        again = (
            of_last
            if all(f.day > last for f in later)
            else tuple(in_order((*of_last, *(f for f in later if f.day == last))))
        )
        grown._days = [*self._days[:-1], (last, again), *by_day(in_order(f for f in later if f.day > last))]
        kept = len(self._days) if again is of_last else len(self._days) - 1
        grown._first, grown._checkpoints = self._first, [c for c in self._checkpoints if c[0] <= kept]
        grown._recent = ()
        ids = (*self._ids, _ids_of(new))
        grown._ids = ids if len(ids) < _ID_SETS else (frozenset().union(*ids),)
        return grown

    def _upto(self, day: dt.date) -> int:
        """Give how many days with facts there are up to a day."""
        count = bisect_right(self._days, day, key=lambda item: item[0])
        if count == 0:
            first = self._days[0][0] if self._days else None
            raise NotEnoughDataError(
                expected=f"books that are open on {day}",
                found="no facts" if first is None else f"books that open on {first}",
                try_next="ask for a later day, or import holdings of an earlier one",
            )
        return count

    def _nearest(self, end: int) -> tuple[int, Book]:
        at = bisect_right(self._checkpoints, end, key=lambda item: item[0]) - 1
        near = [self._checkpoints[at], *(r for r in self._recent if r[0] <= end)]
        return max(near, key=lambda item: item[0])


def _ids_of(facts: Sequence[Fact]) -> frozenset[str]:
    return frozenset(f.id for f in facts if not isinstance(f, Cancellation) and f.id is not None)


def _told(aside: Sequence[Event], opening: dt.date) -> tuple[Finding, ...]:
    if not aside:
        return ()
    shown = "; ".join(
        f"{fact_name(f).replace('_', ' ')} of {f.day}" + (f" ({f.source})" if f.source else "") for f in aside[:5]
    )
    more = f" and {len(aside) - 5} more" if len(aside) > 5 else ""
    return (
        Finding(
            kind=FindingKind.BEFORE_SNAPSHOT,
            day=opening,
            symbol="",
            detail=f"{len(aside)} facts of or before {opening}, the day of the first snapshot, are in it already and "
            f"left out: {shown}{more}",
        ),
    )
