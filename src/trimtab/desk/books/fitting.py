"""What of a file would not fit the books of its account, told before anything is kept."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import cast

from trimtab.desk.books.account_ledger import account_books
from trimtab.desk.books.described import ReadPortfolio
from trimtab.desk.books.journal import Entry, Fact, Head, Journal
from trimtab.ledger.finding import Finding, FindingKind
from trimtab.model.json import JsonObject

__all__ = ["misfits"]

_MOST_SHOWN = 5
_MISFITS = frozenset([FindingKind.REFUSED, FindingKind.OVERSOLD])


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


def misfits(journal: Journal, account: str, facts: Sequence[Fact], read: ReadPortfolio) -> tuple[str, ...]:
    """Say what of some facts would not fit the books: an exercise without the option, more sold than held, ...

    Parameters
    ----------
    journal, account
        What is known.
    facts
        What would be written down.
    read
        Reads the rows of a holdings file.

    Returns
    -------
    In words; nothing for an account without a snapshot, of which nobody knows what it held.
    """
    if not facts or not journal.entries("holdings", subject=account, limit=1):
        return ()
    seq = journal.head().seq
    more = tuple(
        Entry(
            seq=seq + n, recorded="", kind=f.kind, subject=f.subject, valid=f.valid, body=cast("JsonObject", f.body),
            hash="",
        )
        for n, f in enumerate(facts, start=1)
    )  # fmt: skip
    told = _told(_Ahead(journal=journal, more=more), account, read)
    if told:
        known = frozenset(_told(journal, account, read))
        told = [f for f in told if f not in known]
    shown = [f"row would not fit the books as they are known: {f.day} {f.detail}" for f in told[:_MOST_SHOWN]]
    return (*shown, *((f"{len(told) - _MOST_SHOWN} more rows would not fit",) if len(told) > _MOST_SHOWN else ()))


def _told(journal: Journal, account: str, read: ReadPortfolio) -> list[Finding]:
    books = account_books(journal, account, read=read, base="USD")
    last = books.ledger.days[-1:]
    found = books.ledger.book_on(last[0]).findings if last else ()
    return [f for f in (*books.refused, *found) if f.kind in _MISFITS]
