"""Use case: what becomes of a file that was read: compared with what is known, then kept, shown, or asked about.

A file is compared while others may write, because that takes long, and kept under the lock, which does not: if
something came meanwhile that it would have been compared with, it is compared again. So what is kept follows from what
was known when it was kept. A file is kept whole or not at all.
"""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from trimtab.desk.books.described import ReadPortfolio
from trimtab.desk.books.far_prices import far_prices
from trimtab.desk.books.fitting import fit
from trimtab.desk.books.intake import Imported, Outcome, Preview, Records, fingerprint, format_fact
from trimtab.desk.books.intake_prices import KnownPrices, PriceChange, ReadPrices, preview_prices
from trimtab.desk.books.journal import Entry, Fact, Journal
from trimtab.desk.books.migration import fact_of_action
from trimtab.desk.books.snapshots import ReadActions, SnapshotBody, preview_actions, preview_holdings
from trimtab.desk.books.trading.fills import check_fills
from trimtab.desk.books.transactions import ReadTransactions, known_transactions
from trimtab.desk.books.transactions_new import preview_transactions, with_actions_taken_back
from trimtab.market.prices import PriceTable
from trimtab.model.instrument import Instrument

__all__ = ["FileRead", "Keeper", "PriceKeeper", "Ready"]

#: Kinds of entry on which it depends what is kept of a file: of prices, of actions, of what accounts hold and do.
#: (Prices that come at the same moment as a trade can only have raised a doubt about it.)
_OF_PRICES, _OF_ACTIONS, _OF_ACCOUNTS = ("prices",), ("action",), ("holdings", "transactions", "action")
#: So often a file is compared without the lock; then others wait.
_TRIES = 3


class Ready(Protocol):
    """Prices that can be kept at once."""

    def keep(self, more: Sequence[Fact] = ()) -> tuple[Entry, ...]:
        """Keep them, and further facts in the same entry of the journal."""
        ...

    def close(self) -> None:
        """Let go of them; what was not kept is removed."""
        ...


class PriceKeeper(Protocol):
    """Where prices are kept, named in a journal."""

    def known_about(self, read: ReadPrices) -> KnownPrices:
        """Give what a file is to be compared with."""
        ...

    def closes(self) -> PriceTable | None:
        """Give what was quoted, each day in its own units; None if nothing is known."""
        ...

    def ready(self, change: PriceChange, *, source: Mapping[str, str], intraday: bool, aware: bool) -> Ready:
        """Write the rows of a change to where they can be kept at once; no lock is needed for it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRead:
    """A file that was read.

    Parameters
    ----------
    path
        As it was named.
    source
        Name, SHA-256 and the word for where it comes from (label), as they are written down.
    columns
        Those that make its format.
    doubts
        What it cannot settle itself: somebody must look before it is kept.
    """

    path: str
    source: Mapping[str, str]
    columns: Sequence[str]
    doubts: tuple[str, ...] = ()


def _no_entries() -> tuple[Entry, ...]:
    """Keep nothing."""
    return ()


def _let_go() -> None:
    """Let go of nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compared:
    """A file compared with what is known: what becomes of it, how it is kept, and how to let go of it."""

    done: Imported
    keep: Callable[[], tuple[Entry, ...]] = _no_entries
    close: Callable[[], None] = _let_go

    def kept(self) -> Imported:
        """Keep it; the caller keeps other writers out."""
        return replace(self.done, entries=tuple(e.seq for e in self.keep()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """Keeps what files say, or says why not.

    Parameters
    ----------
    journal, prices
        Where to.
    today
        The day: what a file says of days that are still to come anywhere is doubted.
    accept
        Keep files although their format was not seen before, or something is odd.
    dry_run
        Keep nothing.
    restate
        What a file says is right, even where it was corrected since.
    read
        Reads the rows of a holdings file, to tell what would not fit the books; None tells nothing of it.
    """

    journal: Journal
    prices: PriceKeeper
    today: dt.date
    accept: bool = False
    dry_run: bool = False
    restate: bool = False
    read: ReadPortfolio | None = None

    def take_prices(self, file: FileRead, read: ReadPrices) -> Imported:
        """Take prices."""

        def compare() -> _Compared:
            change = preview_prices(self.prices.known_about(read), read, restate=self.restate)
            stamps = read.rows["stamp"].to_numpy()
            last = np.datetime64(int(stamps.max()), "s") if stamps.size else None
            change = replace(change, preview=self._to_come(change.preview, last))
            empty = not change.rows.height and not change.symbols
            outcome, formats = self._decide(file, change.preview, _choices(read), empty=empty)
            done = Imported(source=file.path, outcome=outcome, preview=change.preview)
            if outcome is not Outcome.KEPT:
                return _Compared(done=done)
            ready = self.prices.ready(change, source=file.source, intraday=read.intraday, aware=read.aware)
            return _Compared(done=done, keep=lambda: ready.keep(formats), close=ready.close)

        return self._take(compare, _OF_PRICES)

    def take_actions(self, file: FileRead, read: ReadActions) -> Imported:
        """Take corporate actions."""

        def compare() -> _Compared:
            entries = self.journal.entries("action")
            preview = preview_actions(entries, read, source=file.source, restate=self.restate)
            if preview.facts and self.read is not None:
                facts = [fact_of_action(row) for row in read.rows]
                far = far_prices(facts, facts, self._listed({row.symbol for row in read.rows}), self.prices.closes())
                preview = replace(preview, doubts=(*preview.doubts, *far))
            return self._compared(file, preview, None)

        return self._take(compare, _OF_ACTIONS)

    def take_transactions(
        self, file: FileRead, read: ReadTransactions, portfolio: str, *, base: str = "USD", part: str = ""
    ) -> Imported:
        """Take transactions of a portfolio, or of one of the broker's accounts that make it."""

        def compare() -> _Compared:
            kept_lines = known_transactions(self.journal, portfolio, part=part)
            rows = with_actions_taken_back(read, kept_lines, self.journal.entries("action"), portfolio)
            tied = check_fills(self.journal, portfolio, rows)
            preview = preview_transactions(
                kept_lines, rows, portfolio=portfolio, source=file.source, restate=self.restate, part=part
            )
            if rows.actions:
                # What companies do concerns prices and every account: it is kept as actions are.
                acts = ReadActions(name=rows.name, rows=rows.actions)
                preview = _with_actions(
                    preview,
                    preview_actions(self.journal.entries("action"), acts, source=file.source, restate=self.restate),
                )
            preview = self._fitted(replace(preview, notes=(*preview.notes, *tied)), portfolio, base)
            last = np.datetime64(max((*(r.day for r in rows.rows), *(a.effective for a in rows.actions))))
            return self._compared(file, self._to_come(preview, last), portfolio)

        return self._take(compare, _OF_ACCOUNTS)

    def take_holdings(
        self, file: FileRead, read: Records, days: Sequence[dt.date], *, portfolio: str, base: str, part: str = ""
    ) -> Imported:
        """Take snapshots of a portfolio's holdings, or of one account's that are part of it, with each row's day."""

        def compare() -> _Compared:
            entries = self.journal.entries("holdings", subject=portfolio)
            preview = preview_holdings(
                entries, read, days, portfolio=portfolio, base=base, source=file.source, restate=self.restate,
                part=part,
            )  # fmt: skip
            preview = self._fitted(preview, portfolio, base)
            return self._compared(file, self._to_come(preview, np.datetime64(max(days))), portfolio)

        return self._take(compare, _OF_ACCOUNTS)

    def _take(self, compare: Callable[[], "_Compared"], kinds: tuple[str, ...]) -> Imported:
        """Compare a file, and keep it if nothing came meanwhile that it would have been compared with."""
        for _ in range(_TRIES):
            seen = self.journal.head().seq
            with closing(compare()) as compared:
                if compared.done.outcome is not Outcome.KEPT:
                    if self._is_news(seen, kinds):
                        continue
                    return compared.done
                with self.journal.writing():
                    if not self._is_news(seen, kinds):
                        return compared.kept()
        with self.journal.writing(), closing(compare()) as compared:
            return compared.kept()

    def _is_news(self, seen: int, kinds: tuple[str, ...]) -> bool:
        """Tell whether entries of some kinds came after an entry."""
        if self.journal.head().seq == seen:
            return False
        return any(self.journal.entries(kind, after=seen, limit=1) for kind in kinds)

    def _fitted(self, preview: Preview, portfolio: str, base: str) -> Preview:
        """Tell what would not fit the books of a portfolio, and which prices cannot be right."""
        if self.read is None or not preview.facts:
            return preview
        fitting = fit(self.journal, portfolio, preview.facts, self.read, base=base, closes=self.prices.closes())
        return replace(preview, notes=(*preview.notes, *fitting.notes), doubts=(*preview.doubts, *fitting.doubts))

    def _listed(self, symbols: Collection[str]) -> dict[str, Instrument]:
        """Give what accounts hold under symbols, as their last snapshots describe it: it says the unit of a price."""
        instruments: dict[str, Instrument] = {}
        for entry in self.journal.entries("holdings"):
            body = entry.read_as(SnapshotBody)
            rows = [row for row in body["rows"] if row.get("symbol") in symbols]
            if rows and self.read is not None:
                book = self.read(rows, body["base"], dt.date.fromisoformat(entry.valid or entry.recorded[:10]))
                instruments.update((p.symbol, p.instrument) for p in book.positions if p.instrument.is_owned)
        return instruments

    def _compared(self, file: FileRead, preview: Preview, portfolio: str | None) -> "_Compared":
        preview = replace(preview, doubts=(*file.doubts, *preview.doubts))
        read_as = [note for note in preview.notes if "read" in note]
        outcome, formats = self._decide(file, preview, read_as, empty=not preview.facts)
        done = Imported(source=file.path, outcome=outcome, preview=preview, portfolio=portfolio)
        if outcome is not Outcome.KEPT:
            return _Compared(done=done)
        return _Compared(done=done, keep=lambda: self.journal.append([*preview.facts, *formats]))

    def _decide(
        self, file: FileRead, preview: Preview, read_as: Sequence[str], *, empty: bool
    ) -> tuple[Outcome, tuple[Fact, ...]]:
        """Decide what becomes of a file, and give the fact that its format is accepted now, if it was not before."""
        label = file.source["label"]
        name = fingerprint(preview.kind, columns=file.columns, source=label, read_as=read_as)
        seen = bool(self.journal.entries("format", subject=name, limit=1))
        formats = () if seen else (format_fact(name, preview.kind, file.columns, label),)
        if self.dry_run:
            return Outcome.SHOWN, ()
        if empty:
            return Outcome.NOTHING_NEW, ()
        if not self.accept and not seen:
            return Outcome.NEW_FORMAT, ()
        if not self.accept and preview.doubts:
            return Outcome.DOUBTFUL, ()
        return Outcome.KEPT, formats

    def _to_come(self, preview: Preview, last: np.datetime64 | None) -> Preview:
        """Doubt rows of days still to come anywhere: a wrong year would become the day that is answered for."""
        tomorrow = np.datetime64(self.today + dt.timedelta(days=1))
        if last is None or last.astype("datetime64[D]") <= tomorrow:
            return preview
        doubt = f"its last day, {last.astype('datetime64[D]')}, is still to come"
        return replace(preview, doubts=(*preview.doubts, doubt))


def _with_actions(preview: Preview, acts: Preview) -> Preview:
    """Lay what a file says of companies beside what it says of the account."""
    word = "rows are corporate actions, for prices and all accounts: "
    shown = "; ".join(" ".join(cell for cell in row if cell) for row in acts.head[1:])
    return replace(
        preview, new=preview.new + acts.new, same=preview.same + acts.same,
        corrected=preview.corrected + acts.corrected, corrections=(*preview.corrections, *acts.corrections),
        notes=(*preview.notes, f"{acts.new + acts.same + acts.corrected} {word}{shown}", *acts.notes),
        doubts=(*preview.doubts, *acts.doubts), facts=(*preview.facts, *acts.facts),
    )  # fmt: skip


def _choices(read: ReadPrices) -> list[str]:
    """Give the choices that the cells of a price file decided, so that another choice is another format."""
    fields = sorted({field for facts in read.symbols.values() for field in facts.fields})
    return [*fields, *(note for note in read.notes if note.startswith("dates read as"))]
