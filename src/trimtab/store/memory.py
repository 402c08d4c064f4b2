"""A journal that lives as long as its process: the same rules, no file. For tests, notebooks and dry runs."""

import threading
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from trimtab.desk.books.journal import Entry, Fact, Head
from trimtab.store.chain import EMPTY, Row, checked, entry_of, moment_text, read_moment, seal

__all__ = ["MemoryJournal"]


def _now() -> datetime:
    return datetime.now(UTC)


class MemoryJournal:
    """Fill `trimtab.desk.books.journal.Journal` in memory.

    Parameters
    ----------
    clock
        Gives the moment of recording; the system's clock by default.

    Examples
    --------
    >>> journal = MemoryJournal()
    >>> journal.append([Fact(kind="plan", subject="growth", body={"lots": -3})])[0].seq
    1
    >>> journal.entries("plan")[0].body
    {'lots': -3}
    """

    def __init__(self, *, clock: Callable[[], datetime] = _now) -> None:
        self._clock = clock
        self._rows: list[Row] = []
        self._lock = threading.RLock()

    def append(self, facts: Sequence[Fact]) -> tuple[Entry, ...]:
        """Write facts, all or none."""
        prepared = checked(facts)
        if not prepared:
            return ()
        with self._lock:
            recorded = moment_text(self._clock())
            if self._rows:
                recorded = max(recorded, self._rows[-1].recorded)
            rows = seal(self.head(), recorded, prepared)
            self._rows.extend(rows)
        return tuple(entry_of(row, fact) for row, (fact, _) in zip(rows, prepared, strict=True))

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
        """Give entries in order of `seq`, newest first if asked."""
        with self._lock:
            rows = self._rows[max(after, 0) : len(self._rows) if known is None else max(known, 0)]
        chosen = (
            row
            for row in (reversed(rows) if newest else rows)
            if (kind is None or row.kind == kind)
            and (subject is None or row.subject == subject)
            and (valid_until is None or (row.valid is not None and row.valid <= valid_until))
        )
        entries_read: list[Entry] = []
        for row in chosen:
            if limit is not None and len(entries_read) >= limit:
                break
            entries_read.append(entry_of(row))
        return tuple(entries_read)

    def head(self) -> Head:
        """Give the last number and hash."""
        with self._lock:
            return Head(seq=self._rows[-1].seq, hash=self._rows[-1].hash) if self._rows else EMPTY

    def known_at(self, moment: str) -> int:
        """Give the last number recorded at or before a UTC moment."""
        with self._lock:
            return bisect_right(self._rows, read_moment(moment), key=lambda row: row.recorded)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Keep every other writer out; may be nested."""
        with self._lock:
            yield

    def rows(self, *, after: int | None, limit: int) -> tuple[Row, ...]:
        """Give the next entries as they are stored, for checking and copying."""
        start = 0 if after is None else max(after, 0)
        with self._lock:
            return tuple(self._rows[start : start + limit])

    def damage(self) -> str | None:
        """Say what the storage itself finds wrong: memory has nothing to say."""
        return None
