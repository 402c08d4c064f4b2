"""Files into a workspace: recognised, compared with what is known, and kept if they were accepted.

Each file stands alone: it is kept whole or not at all, and a file that cannot be read leaves the others as they are.
Whatever reads, decides and writes does so while no other process writes.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from trimtab.desk.books.intake import Imported, Kind, Outcome, Preview, fingerprint, format_fact
from trimtab.desk.books.intake_prices import ReadPrices, preview_prices
from trimtab.desk.books.journal import Fact, Journal
from trimtab.desk.books.snapshots import preview_actions, preview_holdings
from trimtab.desk.books.transactions import known_transactions, preview_transactions
from trimtab.errors import FileFormatError, InputError, TrimtabError
from trimtab.feeds.actions import read_actions
from trimtab.feeds.holdings import portfolio_of_records
from trimtab.feeds.price_rows import format_columns, read_price_rows
from trimtab.feeds.prices import read_frame_file
from trimtab.feeds.recognise import recognise
from trimtab.feeds.snapshots import read_snapshots
from trimtab.feeds.transactions import read_transactions
from trimtab.market.checks.findings import Findings, Origin
from trimtab.model.contract import ContractTable
from trimtab.store.prices import PriceStore
from trimtab.wiring.accounts import contracts_of_workspace
from trimtab.wiring.inputs import as_moment
from trimtab.wiring.workspace import Workspace

__all__ = ["Reading", "import_files", "import_into"]

#: What a reader should have refused by name, and did not: it concerns this file alone. Errors of the disk are not among
#: them.
_UNFORESEEN = (
    ArithmeticError, LookupError, TypeError, ValueError, AttributeError, RecursionError, MemoryError,
    pl.exceptions.PolarsError, pl.exceptions.PanicException,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How files are to be read; None finds out. See `import_files`."""

    kind: Kind | None = None
    symbol: str | None = None
    adjusted: bool = False
    date_format: str | None = None
    decimal: str | None = None
    delimiter: str | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A file opened: its rows, not yet understood."""

    path: Path
    frame: pl.DataFrame
    origin: Origin
    findings: Findings
    source: Mapping[str, Any]
    kind: Kind


def import_files(
    sources: Sequence[str | Path],
    *,
    workspace: Workspace,
    kind: Kind | str | None = None,
    portfolio: str | None = None,
    as_of: dt.date | str | None = None,
    base: str | None = None,
    source: str = "",
    accept: bool = False,
    dry_run: bool = False,
    restate: bool = False,
    progress: Callable[[Path], None] | None = None,
    **reading: Any,
) -> tuple[Imported, ...]:
    """Import files into a workspace, one after the other.

    Parameters
    ----------
    sources
        Files of prices, holdings, transactions or corporate actions (CSV, also gzip, or Parquet).
    workspace
        Where to.
    kind
        What they hold; told from their columns if None.
    portfolio
        Whose holdings or transactions they are; the workspace's default if None.
    as_of
        Day of holdings that do not say it.
    base
        Base currency of holdings; the portfolio's if None.
    source
        Where the files come from, in a word; formats are remembered for each source.
    accept
        Keep files although their format was not seen before, or something is odd.
    dry_run
        Keep nothing.
    restate
        What a file says is right, even where it was corrected since.
    progress
        Called with each file before it is read.
    **reading
        How to read: ``symbol`` of a history that does not say it, ``adjusted`` for adjusted prices that do not say
        so, ``date_format``, ``decimal``, ``delimiter``, ``currency``.

    Returns
    -------
    what became of each file, in their order
    """
    if kind is not None and kind not in list(Kind):
        raise InputError(
            expected=f"a kind among {', '.join(Kind)}", found=repr(kind), try_next="choose one, or leave it out"
        )
    how = Reading(kind=None if kind is None else Kind(kind), **reading)
    contracts = contracts_of_workspace(workspace)
    moment = as_moment(as_of)
    day = None if moment is None else dt.date.fromisoformat(str(moment))
    found = []
    for name in sources:
        if progress is not None:
            progress(Path(name))
        found.append(
            import_into(
                Path(name),
                journal=workspace.journal,
                prices=workspace.prices,
                contracts=contracts,
                whose=partial(_whose, workspace, portfolio, base),
                as_of=day,
                source=source,
                accept=accept,
                dry_run=dry_run,
                restate=restate,
                how=how,
            )
        )
    return tuple(found)


def _whose(workspace: Workspace, portfolio: str | None, base: str | None) -> tuple[str, str]:
    name = workspace.config.portfolio_name(portfolio)
    return name, base or workspace.config.base(name)


def import_into(
    path: Path,
    *,
    journal: Journal,
    prices: PriceStore,
    contracts: ContractTable,
    whose: Callable[[], tuple[str, str]],
    as_of: dt.date | None = None,
    source: str = "",
    accept: bool = False,
    dry_run: bool = False,
    restate: bool = False,
    how: Reading | None = None,
) -> Imported:
    """Import one file; `whose` gives portfolio and base currency where they are needed."""
    how = how or Reading()
    try:
        file = _open(path, how, source)
        into = _Into(journal=journal, prices=prices, accept=accept, dry_run=dry_run, restate=restate)
        match file.kind:
            case Kind.PRICES:
                return into.take_prices(file, how)
            case Kind.ACTIONS:
                return into.take_actions(file, how)
            case Kind.HOLDINGS:
                return into.take_holdings(file, how, whose(), as_of, contracts)
            case Kind.TRANSACTIONS:
                return into.take_transactions(file, how, whose()[0])
    except TrimtabError as error:
        return Imported(source=str(path), outcome=Outcome.FAILED, error=error)
    except _UNFORESEEN as error:
        broken = FileFormatError(
            expected="a file that can be read",
            found=f"{path.name}, on which reading broke with {type(error).__name__}",
            try_next="look for odd signs in it, and report it: such a file should be refused by name",
        )
        return Imported(source=str(path), outcome=Outcome.FAILED, error=broken)


def _open(path: Path, how: Reading, source: str) -> _File:
    findings = Findings()
    frame, origin, _ = read_frame_file(path, findings=findings, delimiter=how.delimiter)
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    return _File(
        path=path,
        frame=frame,
        origin=origin,
        findings=findings,
        source={"name": path.name, "sha256": sha256, "label": source},
        kind=how.kind or recognise(frame.columns, where=path.name),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Into:
    """Where files go, and what may be kept without asking."""

    journal: Journal
    prices: PriceStore
    accept: bool
    dry_run: bool
    restate: bool

    def take_prices(self, file: _File, how: Reading) -> Imported:
        read = read_price_rows(
            file.frame,
            origin=file.origin,
            findings=file.findings,
            symbol=how.symbol,
            adjusted=how.adjusted,
            date_format=how.date_format,
            decimal=how.decimal,
            currency=how.currency,
        )
        columns = format_columns(file.frame, read)
        with self.prices.writing():
            change = preview_prices(self.prices.known_about(read), read, restate=self.restate)
            stamps = read.rows["stamp"].to_numpy()
            last = np.datetime64(int(stamps.max()), "s") if stamps.size else None
            change = replace(change, preview=_to_come(change.preview, last))
            empty = not change.rows.height and not change.symbols
            outcome, formats = self._decide(file, change.preview, columns, _field(read), empty=empty)
            entries: tuple[int, ...] = ()
            if outcome is Outcome.KEPT:
                entries = tuple(
                    e.seq
                    for e in self.prices.keep(
                        change, source=file.source, intraday=read.intraday, aware=read.aware, more=formats
                    )
                )
        return Imported(source=str(file.path), outcome=outcome, preview=change.preview, entries=entries)

    def take_actions(self, file: _File, how: Reading) -> Imported:
        read = read_actions(file.frame, origin=file.origin, findings=file.findings, date_format=how.date_format)
        with self.journal.writing():
            known = self.journal.entries("action")
            preview = preview_actions(known, read, source=file.source, restate=self.restate)
            return self._write(file, preview, None)

    def take_transactions(self, file: _File, how: Reading, portfolio: str) -> Imported:
        read = read_transactions(
            file.frame,
            origin=file.origin,
            findings=file.findings,
            date_format=how.date_format,
            decimal=how.decimal,
        )
        with self.journal.writing():
            preview = preview_transactions(
                known_transactions(self.journal, portfolio),
                read,
                portfolio=portfolio,
                source=file.source,
                restate=self.restate,
            )
            last = np.datetime64(max(row.day for row in read.rows))
            return self._write(file, _to_come(preview, last), portfolio)

    def take_holdings(
        self, file: _File, how: Reading, whose: tuple[str, str], as_of: dt.date | None, contracts: ContractTable
    ) -> Imported:
        portfolio, base = whose
        read, days = read_snapshots(
            file.frame,
            origin=file.origin,
            findings=file.findings,
            as_of=as_of,
            date_format=how.date_format,
            decimal=how.decimal,
        )
        for day in sorted(set(days)):
            rows = [(line, row) for line, row, of in zip(read.lines, read.rows, days, strict=True) if of == day]
            # Only what can be read back as a portfolio is kept.
            portfolio_of_records(rows, base=base, contracts=contracts, as_of=day, where=read.name)
        with self.journal.writing():
            known = self.journal.entries("holdings", subject=portfolio)
            preview = preview_holdings(
                known, read, days, portfolio=portfolio, base=base, source=file.source, restate=self.restate
            )
            return self._write(file, _to_come(preview, np.datetime64(max(days))), portfolio)

    def _write(self, file: _File, preview: Preview, portfolio: str | None) -> Imported:
        read_as = [note for note in preview.notes if "read" in note]
        outcome, formats = self._decide(file, preview, file.frame.columns, read_as, empty=not preview.facts)
        entries: tuple[int, ...] = ()
        if outcome is Outcome.KEPT:
            entries = tuple(e.seq for e in self.journal.append([*preview.facts, *formats]))
        return Imported(source=str(file.path), outcome=outcome, preview=preview, portfolio=portfolio, entries=entries)

    def _decide(
        self, file: _File, preview: Preview, columns: Sequence[str], read_as: Sequence[str], *, empty: bool
    ) -> tuple[Outcome, tuple[Fact, ...]]:
        """Decide what becomes of a file, and give the fact that its format is accepted now, if it was not before."""
        label = str(file.source["label"])
        name = fingerprint(preview.kind, columns=columns, source=label, read_as=read_as)
        seen = bool(self.journal.entries("format", subject=name, limit=1))
        formats = () if seen else (format_fact(name, preview.kind, columns, label),)
        if self.dry_run:
            return Outcome.SHOWN, ()
        if empty:
            return Outcome.NOTHING_NEW, ()
        if not self.accept and not seen:
            return Outcome.NEW_FORMAT, ()
        if not self.accept and preview.doubts:
            return Outcome.DOUBTFUL, ()
        return Outcome.KEPT, formats


def _to_come(preview: Preview, last: np.datetime64 | None) -> Preview:
    """Doubt rows of days that are still to come anywhere: a wrong year would become the day that is answered for."""
    tomorrow = np.datetime64(dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1))
    if last is None or last.astype("datetime64[D]") <= tomorrow:
        return preview
    return replace(preview, doubts=(*preview.doubts, f"its last day, {last.astype('datetime64[D]')}, is still to come"))


def _field(read: ReadPrices) -> list[str]:
    """Give the choices that the cells of a price file decided, so that another choice is another format."""
    fields = sorted({field for facts in read.symbols.values() for field in facts.fields})
    return [*fields, *(note for note in read.notes if note.startswith("dates read as"))]
