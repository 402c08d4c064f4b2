"""A journal whose books are read under the names that the workspace gives today; what is kept stays as it was written.

An alias that is set after a file was imported is true of that file as well, and so is the ticker that a later file
states for a security code: else a book would hold one thing under two names, and the same file would count twice when
it came again. What was known at a number is read under the codes that were known then.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import cast

from trimtab.desk.books.journal import Entry, Fact, Head, Journal
from trimtab.model.json import JsonObject
from trimtab.model.names.aliases import Aliases

__all__ = ["SECURITY_CODE", "RenamedJournal"]

#: Entries that say which ticker a security code has, as a statement with both stated.
SECURITY_CODE = "security-code"
_BOOKED = frozenset(["holdings", "transactions"])


@dataclass(frozen=True, slots=True, kw_only=True)
class RenamedJournal:
    """A journal read under other names.

    Parameters
    ----------
    journal
        As it is kept.
    aliases
        Other names that the settings say, each on its days; they go before the tickers that files state for codes.
    """

    journal: Journal
    aliases: Aliases
    _read: dict[tuple[int, int], Entry] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __getattr__(self, name: str) -> object:
        """Give what only the journal itself has: its rows, its database, how it is closed."""
        if name == "journal":  # not made yet, as when a copy is being put together
            raise AttributeError(name)
        return getattr(self.journal, name)

    def append(self, facts: Sequence[Fact]) -> tuple[Entry, ...]:
        """Write facts as they are."""
        return self.journal.append(facts)

    def entries(
        self, kind: str | None = None, *, subject: str | None = None, after: int = 0, known: int | None = None,
        valid_until: str | None = None, newest: bool = False, limit: int | None = None,
    ) -> tuple[Entry, ...]:  # fmt: skip
        """Give entries, those of books under the names that hold on their days."""
        kept = self.journal.entries(
            kind, subject=subject, after=after, known=known, valid_until=valid_until, newest=newest, limit=limit
        )
        if not any(entry.kind in _BOOKED for entry in kept):
            return kept
        codes = {e.subject: str(e.body["symbol"]) for e in self.journal.entries(SECURITY_CODE, known=known)}
        if not (codes or self.aliases):
            return kept
        return tuple(self._named(entry, codes) if entry.kind in _BOOKED else entry for entry in kept)

    def head(self) -> Head:
        """Give the last number and hash."""
        return self.journal.head()

    def known_at(self, moment: str) -> int:
        """Give the last number recorded at or before a moment."""
        return self.journal.known_at(moment)

    def writing(self) -> AbstractContextManager[None]:
        """Keep other writers out."""
        return self.journal.writing()

    def _named(self, entry: Entry, codes: Mapping[str, str]) -> Entry:
        key = (entry.seq, len(codes))
        if key not in self._read:
            rows = cast("list[Mapping[str, object]]", entry.body.get("rows", []))
            named = [self._row(row, str(row.get("day") or entry.valid or "")[:10], codes) for row in rows]
            body = cast("JsonObject", {**entry.body, "rows": named})
            self._read[key] = entry if named == rows else replace(entry, body=body)
        return self._read[key]

    def _row(self, row: Mapping[str, object], day: str, codes: Mapping[str, str]) -> Mapping[str, object]:
        names = {**codes, **self.aliases.on(dt.date.fromisoformat(day) if day else None)}
        terms = cast("Mapping[str, object]", row.get("terms", row))
        changed: dict[str, object] = {}
        symbol, under = str(row.get("symbol", "")), str(terms.get("underlying", ""))
        if symbol in names:
            changed["symbol"] = names[symbol]
        if under in names:
            inner = {**terms, "underlying": names[under]}
            changed |= {"terms": inner} if "terms" in row else {"underlying": names[under]}
        return {**row, **changed} if changed else row
