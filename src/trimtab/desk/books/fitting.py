"""What of a file would not fit the books of its account, told before anything is kept."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import cast

from trimtab.desk.books.account_ledger import AccountBooks, account_books
from trimtab.desk.books.described import ReadPortfolio
from trimtab.desk.books.far_prices import far_prices
from trimtab.desk.books.journal import Entry, Fact, Head, Journal
from trimtab.ledger.facts.amendments import Cancellation, Correction, Event
from trimtab.ledger.finding import Finding, FindingKind
from trimtab.market.prices import PriceTable
from trimtab.model.json import JsonObject

__all__ = ["Fit", "fit"]

_MOST_SHOWN = 5
_MISFITS = frozenset([FindingKind.REFUSED, FindingKind.OVERSOLD])


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """What is to be told of facts before they are kept.

    Parameters
    ----------
    notes
        What would not fit the books, and what is taken for lack of anything better; in words.
    doubts
        Prices that somebody must look at first.
    """

    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ahead:
    """A journal as it would be with some facts more; it is read only."""

    journal: Journal
    more: tuple[Entry, ...]

    def append(self, facts: Sequence[Fact]) -> tuple[Entry, ...]:
        """Refuse: nothing is kept here."""
        raise AssertionError(f"{len(facts)} facts were to be written into a journal that is only read")

    def head(self) -> Head:
        """Give the end of what is kept."""
        return self.journal.head()

    def known_at(self, moment: str) -> int:
        """Give the last number at or before a moment."""
        return self.journal.known_at(moment)

    def writing(self) -> AbstractContextManager[None]:
        """Keep writers out."""
        return self.journal.writing()

    def entries(
        self,
        kind: str | None = None,
        *,
        subject: str | None = None,
        after: int = 0,
        known: int | None = None,
        valid_until: str | None = None,
        newest: bool = False,
        limit: int | None = None,
    ) -> tuple[Entry, ...]:
        """Give entries, those to come among them."""
        there = self.journal.entries(kind, subject=subject, after=after, known=known, valid_until=valid_until)
        more = [e for e in self.more if kind in {None, e.kind} and subject in {None, e.subject}]
        both = (*there, *more)
        return (both[::-1] if newest else both)[:limit]


def fit(
    journal: Journal,
    account: str,
    facts: Sequence[Fact],
    read: ReadPortfolio,
    *,
    base: str = "USD",
    closes: PriceTable | None = None,
) -> Fit:
    """Say what of some facts would not fit the books: an exercise without the option, more sold than held, ...

    Parameters
    ----------
    journal, account
        What is known.
    facts
        What would be written down.
    read
        Reads the rows of a holdings file.
    base
        Currency of an account without a snapshot.
    closes
        As they were quoted; None knows none.
    """
    if not facts:
        return Fit()
    seq = journal.head().seq
    more = tuple(
        Entry(
            seq=seq + n, recorded="", kind=f.kind, subject=f.subject, valid=f.valid, body=cast("JsonObject", f.body),
            hash="",
        )
        for n, f in enumerate(facts, start=1)
    )  # fmt: skip
    now, then = (
        account_books(j, account, read=read, base=base, prices=closes, settled=False)
        for j in (journal, _Ahead(journal=journal, more=more))
    )
    sources_before = frozenset(f.source for f in _events(now))
    new = [f for f in _events(then) if f.source not in sources_before]
    far = far_prices(new, _events(then), then.ledger.rules.listed or {}, closes)
    notes = [note for note in then.notes if note not in now.notes]
    # Of an account without a snapshot nobody knows what it held.
    if journal.entries("holdings", subject=account, limit=1):
        before = frozenset(_misfits(now))
        new_misfits = [f for f in _misfits(then) if f not in before]
        notes += _shown([f"row would not fit the books as they are known: {f.day} {f.detail}" for f in new_misfits])
    return Fit(notes=tuple(notes), doubts=_shown(far))


def _events(books: AccountBooks) -> list[Event]:
    # Rows were matched before they were kept: none corrects another.
    return [f for f in books.ledger.facts if not isinstance(f, Correction | Cancellation)]


def _shown(sentences: Sequence[str]) -> tuple[str, ...]:
    left = len(sentences) - _MOST_SHOWN
    return (*sentences[:_MOST_SHOWN], *((f"and {left} more rows like these",) if left > 0 else ()))


def _misfits(books: AccountBooks) -> list[Finding]:
    last = books.ledger.days[-1:]
    findings = books.ledger.book_on(last[0]).findings if last else ()
    return [f for f in (*books.refused, *findings) if f.kind in _MISFITS]
