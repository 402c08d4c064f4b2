"""Walk the hash chain and name the first entry that does not fit.

The chain alone shows any change that did not also rewrite every hash after it. Two things it cannot show by itself:
that entries are missing at the end, and that somebody with write access recomputed the whole rest. Both show as soon as
one head (number and hash) that was noted elsewhere is given: each backup prints one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, Protocol

from trimtab.desk.books.journal import Head
from trimtab.progress import each
from trimtab.store.chain import EMPTY, Row, row_hash

__all__ = ["Chained", "Fault", "Verification", "verify"]

_BATCH = 2000
#: How many removed or added entries are tried to explain numbers that were shifted to hide them.
_SHIFTS = 1000

What = Literal["changed", "missing", "inserted", "cut off", "another history", "damaged"]


class Chained(Protocol):
    """A journal that shows its rows as they are stored."""

    def rows(self, *, after: int | None, limit: int) -> tuple[Row, ...]:
        """Give the next rows in order of number; with `after` None from the very first."""
        ...

    def head(self) -> Head:
        """Give the last number and hash."""
        ...

    def damage(self) -> str | None:
        """Say what the storage itself finds wrong, None if nothing."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The first place where the journal is not what it was.

    Parameters
    ----------
    seq
        Number of the entry; 0 if it is no entry in particular.
    what
        changed, missing, inserted, cut off (entries at the end are gone), another history (all hashes are in order, but
        they are not the ones that were noted), or damaged (the database file itself).
    detail
        The same in words.
    """

    seq: int
    what: What
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a walk along the chain found.

    Parameters
    ----------
    entries
        How many entries fit.
    head
        The last entry that fits: worth noting elsewhere.
    fault
        What is wrong, None if nothing.
    """

    entries: int
    head: Head
    fault: Fault | None

    @property
    def ok(self) -> bool:
        """Say whether everything fits."""
        return self.fault is None


def verify(journal: Chained, *, head: Head | None = None) -> Verification:
    """Check every entry against the chain, and the chain against a head that was noted before.

    Parameters
    ----------
    journal
        The journal; others may append meanwhile.
    head
        Number and hash noted earlier (a backup prints them): shows entries cut off at the end, and a rewritten chain.

    Examples
    --------
    >>> from trimtab.desk.books.journal import Fact
    >>> from trimtab.store.memory import MemoryJournal
    >>> journal = MemoryJournal()
    >>> _ = journal.append([Fact(kind="plan"), Fact(kind="decision")])
    >>> verify(journal).entries
    2
    >>> verify(journal, head=Head(seq=9, hash="00")).fault.what
    'cut off'
    """
    if (damage := journal.damage()) is not None:
        fault = Fault(seq=0, what="damaged", detail=f"the database says of its file: {damage}")
        return Verification(entries=0, head=EMPTY, fault=fault)
    until = journal.head().seq
    good, recorded, before = EMPTY, "", EMPTY.hash
    for row, following in each(pairwise(_all_rows(journal, until)), "verifying the journal", until):
        if row is None:
            break
        if row.seq != good.seq + 1 or row_hash(good.hash, row) != row.hash or row.recorded < recorded:
            return Verification(entries=good.seq, head=good, fault=_explain(good, before, row, following))
        if head is not None and row.seq == head.seq and row.hash != head.hash:
            fault = Fault(
                seq=row.seq,
                what="another history",
                detail=f"entry {row.seq} has hash {row.hash}, not the {head.hash} that was noted: "
                "an entry up to here was changed and every hash after it computed anew",
            )
            return Verification(entries=good.seq, head=good, fault=fault)
        before, good, recorded = good.hash, Head(seq=row.seq, hash=row.hash), row.recorded
    return Verification(entries=good.seq, head=good, fault=_at_end(good, head))


def _all_rows(journal: Chained, until: int) -> Iterator[Row | None]:
    """Give every row in batches up to a number, and None at the end."""
    after: int | None = None
    while after is None or after < until:
        batch = journal.rows(after=after, limit=_BATCH)
        if not batch:
            break
        yield from (row for row in batch if row.seq <= until)
        after = batch[-1].seq
    yield None


def _at_end(good: Head, head: Head | None) -> Fault | None:
    if head is None or head.seq <= good.seq:
        # Hash 0 is the same for everybody; a head with another one was never given out.
        if head is not None and head.seq == 0 and head.hash != EMPTY.hash:
            return Fault(seq=0, what="another history", detail="the head of an empty journal is all zeros")
        return None
    first, last = good.seq + 1, head.seq
    gone = f"entry {last} is gone" if first == last else f"entries {first} to {last} are gone"
    return Fault(seq=first, what="cut off", detail=f"{gone} from the end")


def _explain(good: Head, before: str, row: Row, following: Row | None) -> Fault:
    """Say how the first row that does not fit came about.

    `good` is the last that fits, `before` the hash before that one.
    """
    expected = good.seq + 1
    if row.seq > expected:
        last = row.seq - 1
        which = f"entry {expected} is" if last == expected else f"entries {expected} to {last} are"
        return Fault(seq=expected, what="missing", detail=f"{which} missing")
    if row.seq < expected:
        return Fault(seq=row.seq, what="inserted", detail=f"entry {row.seq} stands before the first")
    # Would the row fit one place earlier, after the hash before? Then the one before it was pushed in.
    if good.seq and row_hash(before, row, seq=expected - 1) == row.hash:
        return _pushed_in(good.seq)
    if following is not None:
        if row_hash(good.hash, following, seq=expected) == following.hash:
            return Fault(
                seq=expected, what="inserted", detail=f"entry {expected} was pushed in; those after it moved up"
            )
        # Does the next follow this one under higher numbers? Then some before were taken out and the rest moved down.
        for gone in range(1, _SHIFTS):
            if row_hash(row.hash, following, seq=following.seq + gone) == following.hash:
                return Fault(
                    seq=expected, what="missing", detail=f"{gone} removed before entry {expected}; the rest moved down"
                )
    return Fault(
        seq=expected,
        what="changed",
        detail=f"entry {expected} is not what was sealed, or the one before it was changed and sealed anew",
    )


def _pushed_in(seq: int) -> Fault:
    return Fault(seq=seq, what="inserted", detail=f"entry {seq} was pushed in; those after it moved up")
