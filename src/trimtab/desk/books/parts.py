"""A portfolio of several accounts at brokers: each states itself on days of its own, and together they are one book.

A snapshot without an account states all that is held. Snapshots of accounts after it are parts: the book of a day on
which one of them speaks is what that one says, and what every other account said last, with its own transactions since.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from trimtab.desk.books.journal import Entry
from trimtab.desk.books.snapshots import SnapshotBody
from trimtab.desk.books.transactions import KnownTransaction
from trimtab.model.portfolio import Portfolio

__all__ = ["Stated", "of_part", "since_stated", "stated_books"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A snapshot as it stands in the journal.

    Parameters
    ----------
    day
        At whose end it is the book.
    seq
        Number of its entry: the last that speaks of the day.
    book
        What it says.
    part
        The broker's account that it speaks of; empty: of all that is held.
    """

    day: dt.date
    seq: int
    book: Portfolio
    part: str = ""

    @property
    def states_cash(self) -> bool:
        """Whether any money is listed."""
        return any(p.instrument.is_money for p in self.book.positions)


#: Gives what a snapshot has become by a day, with the transactions of its account.
RollForward = Callable[[Stated, Sequence[KnownTransaction], dt.date], Portfolio]


def stated_books(
    entries: Sequence[Entry], read: Callable[[SnapshotBody, dt.date], Portfolio]
) -> tuple[tuple[Stated, ...], bool]:
    """Give the newest snapshot of each account and day, by day; and whether there are accounts."""
    latest: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        latest[(str(entry.valid), entry.read_as(SnapshotBody).get("part", ""))] = entry
    books = []
    for (text, part), entry in sorted(latest.items()):
        day = dt.date.fromisoformat(text)
        book = read(entry.read_as(SnapshotBody), day)
        books.append(Stated(day=day, seq=entry.seq, book=book, part=part))
    return tuple(books), any(s.part for s in books)


def since_stated(lines: Sequence[KnownTransaction], stated: Sequence[Stated]) -> tuple[KnownTransaction, ...]:
    """Leave out what an account did before it first stated itself: until then nothing is known of it."""
    first: dict[str, dt.date] = {}
    for one in stated:
        if one.part:
            first[one.part] = min(one.day, first.get(one.part, one.day))
    return tuple(k for k in lines if k.part not in first or k.now.day > first[k.part])


def of_part(
    stated: Sequence[Stated], lines: Sequence[KnownTransaction], roll: RollForward, name: str
) -> tuple[Stated, ...]:
    """Make one book of the accounts for each day on which any of them states itself.

    Parameters
    ----------
    stated
        Snapshots of accounts and of the whole, by day.
    lines
        Transactions, with their accounts where they are known.
    roll
        Takes an account from its last snapshot to a later day.
    name
        Of the portfolio.
    """
    owners = _owners(stated, lines)
    made: list[Stated] = []
    for day in sorted({s.day for s in stated}):
        whole = max((s for s in stated if not s.part and s.day <= day), key=lambda s: s.day, default=None)
        start = dt.date.min if whole is None else whole.day
        parts: dict[str, Stated] = {}
        for one in stated:
            later = one.day > start or (whole is not None and one.day == start and one.seq > whole.seq)
            if one.part and later and one.day <= day:
                parts[one.part] = one
        if not parts and whole is not None:
            made.append(whole)
            continue
        books = [_at(one, owners.get(one.part, ()), day, roll) for one in parts.values()]
        positions = tuple(p for book in books for p in book.positions)
        seq = max(one.seq for one in parts.values())
        made.append(Stated(day=day, seq=seq, book=Portfolio(positions=positions, base=books[0].base, name=name)))
    return tuple(made)


def _at(one: Stated, lines: Sequence[KnownTransaction], day: dt.date, roll: RollForward) -> Portfolio:
    since = [k for k in lines if one.day < k.now.day <= day]
    return one.book if one.day == day else roll(one, since, day)


def _owners(stated: Sequence[Stated], lines: Sequence[KnownTransaction]) -> Mapping[str, Sequence[KnownTransaction]]:
    """Give each account its transactions; what names none goes to the account that holds the thing, or the first."""
    named = list(dict.fromkeys(s.part for s in stated if s.part))
    symbols_by_part = {part: {p.symbol for s in stated if s.part == part for p in s.book.positions} for part in named}
    owned: dict[str, list[KnownTransaction]] = {part: [] for part in named}
    for line in lines:
        owner = line.part
        if owner not in owned:
            owner = next((part for part in named if line.now.symbol in symbols_by_part[part]), named[0])
        owned[owner].append(line)
    return owned
