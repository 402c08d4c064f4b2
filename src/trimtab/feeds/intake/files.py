"""One file into a journal: opened, told by its columns, read by the reader of its kind, and handed to the keeper.

A file that cannot be read leaves the others as they are. What becomes of one that was read is decided by
`trimtab.desk.books.keeping`.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from trimtab.desk.books.intake import Imported, Kind, Outcome, Records
from trimtab.desk.books.journal import Journal
from trimtab.desk.books.keeping import FileRead, Keeper, PriceKeeper
from trimtab.desk.books.transactions import Transaction
from trimtab.errors import DefectError, FileFormatError, TrimtabError, printable
from trimtab.feeds.actions import read_actions
from trimtab.feeds.holdings import portfolio_of_records
from trimtab.feeds.intake.statements import goes_by_statement, settings_of, take_statement
from trimtab.feeds.recognise import has_a_day, recognise
from trimtab.feeds.series.price_rows import format_columns, read_price_rows
from trimtab.feeds.series.prices import read_frame_file
from trimtab.feeds.snapshots import read_snapshots
from trimtab.feeds.statements.columns.mapping import suggest
from trimtab.feeds.statements.doorway import Hints
from trimtab.feeds.statements.opened import Opened
from trimtab.feeds.transactions import read_transactions
from trimtab.market.checks.findings import Findings, Origin
from trimtab.model.contract import ContractTable
from trimtab.model.names.aliases import Aliases
from trimtab.model.portfolio import Portfolio

__all__ = ["Reading", "import_into"]

#: What a reader should have refused by name, and did not: it concerns this file alone. Errors of the disk are not among
#: them.
_UNFORESEEN = (
    ArithmeticError, LookupError, TypeError, ValueError, AttributeError, RecursionError, MemoryError,
    pl.exceptions.PolarsError, pl.exceptions.PanicException,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How files are to be read that do not say it themselves; None finds out.

    Parameters
    ----------
    kind
        What they hold.
    symbol
        Of a price history.
    adjusted
        Prices are adjusted.
    date_format, decimal, delimiter
        How days and numbers are written, and what stands between fields.
    currency
        Of prices.
    keep_rest
        Keep the transactions that are right where others of the file are not.
    """

    kind: Kind | None = None
    symbol: str | None = None
    adjusted: bool = False
    date_format: str | None = None
    decimal: str | None = None
    delimiter: str | None = None
    currency: str | None = None
    hints: Hints = field(default_factory=Hints)
    keep_rest: bool = False


_NO_REST = (
    "--keep-rest (keep_rest) is for tables of transactions in our own columns and changes nothing here: correct the "
    "rows, or take them out of the file if they may be left out"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A file opened: its rows, not yet understood."""

    path: Path
    frame: pl.DataFrame
    origin: Origin
    findings: Findings
    source: Mapping[str, str]
    kind: Kind

    def of(self, columns: Sequence[str]) -> FileRead:
        """Give what is written down of it, with the columns that make its format."""
        return FileRead(path=str(self.path), source=self.source, columns=columns)


def import_into(
    path: Path,
    *,
    journal: Journal,
    prices: PriceKeeper,
    contracts: ContractTable,
    whose: Callable[..., tuple[str, str]],
    as_of: dt.date | None = None,
    source: str = "",
    accept: bool = False,
    dry_run: bool = False,
    restate: bool = False,
    how: Reading | None = None,
) -> Imported:
    """Import one file; `whose` gives portfolio and base currency: of the file, or of an account it names."""
    how = how or Reading()
    today = dt.datetime.now(dt.UTC).date()

    def read(records: Sequence[Mapping[str, str]], base: str, day: dt.date) -> Portfolio:
        return portfolio_of_records(list(enumerate(records, start=1)), base=base, contracts=contracts, as_of=day)

    keeper = Keeper(
        journal=journal, prices=prices, today=today, accept=accept, dry_run=dry_run, restate=restate, read=read
    )  # fmt: skip
    try:
        taken = _statement(path, how, keeper, whose, as_of, contracts, source)
        return _own_table(path, how, source, keeper, whose, as_of, contracts) if taken is None else taken
    except TrimtabError as error:
        return Imported(source=str(path), outcome=Outcome.FAILED, error=error)
    except _UNFORESEEN as error:
        broken = DefectError(
            expected="a file that can be read, or a reason why not",
            found=f"{path.name}, on which reading broke with {type(error).__name__}",
            try_next="look for odd signs in it, and report it: such a file should be refused by name",
        )
        broken.__cause__ = error
        return Imported(source=str(path), outcome=Outcome.FAILED, error=broken)


def _own_table(
    path: Path,
    how: Reading,
    source: str,
    keeper: Keeper,
    whose: Callable[..., tuple[str, str]],
    as_of: dt.date | None,
    contracts: ContractTable,
) -> Imported:
    """Take a table of our own columns; one that is no such is refused with a mapping to fill in."""
    file = _open(path, how, source)
    try:
        kind = how.kind or recognise(file.frame.columns, where=path.name)
        with _kept_whole(how, kind):
            return _table(replace(file, kind=kind), how, keeper, whose, as_of, contracts)
    except FileFormatError as error:
        if how.kind is not None or how.symbol is not None or has_a_day(file.frame.columns):
            raise
        way = f"or, if it is a statement, say what its columns are: --map '{suggest(file.frame.columns)}'"
        raise FileFormatError(
            expected=error.expected, found=error.found, try_next=f"{error.try_next}; {way}"
        ) from error


def _table(
    file: _File,
    how: Reading,
    keeper: Keeper,
    whose: Callable[..., tuple[str, str]],
    as_of: dt.date | None,
    contracts: ContractTable,
) -> Imported:
    """Take a table of our own columns by its kind."""
    match file.kind:
        case Kind.PRICES:
            return _prices(file, how, keeper)
        case Kind.ACTIONS:
            return _actions(file, how, keeper)
        case Kind.HOLDINGS:
            return _holdings(file, how, keeper, whose(), as_of, contracts)
        case Kind.TRANSACTIONS:
            return _transactions(file, how, keeper, whose())


def _statement(
    path: Path,
    how: Reading,
    keeper: Keeper,
    whose: Callable[..., tuple[str, str]],
    as_of: dt.date | None,
    contracts: ContractTable,
    source: str,
) -> Imported | None:
    """Take a statement of a broker; None if the file is one of our own columns, or of prices or actions."""
    opened = _opened(path, how)
    if opened is None:
        return None
    settings = settings_of(
        contracts=contracts, as_of=as_of, currency=how.currency, date_format=how.date_format, decimal=how.decimal,
        delimiter=how.delimiter, hints=how.hints,
    )  # fmt: skip
    with _kept_whole(how, None):
        return take_statement(
            path, opened, keeper=keeper, settings=settings, kind=how.kind, source=source, whose=whose
        )  # fmt: skip


@contextmanager
def _kept_whole(how: Reading, kind: Kind | None) -> Iterator[None]:
    """Say, where a file is refused that is kept whole or not at all, that keep_rest does not change that."""
    try:
        yield
    except FileFormatError as error:
        if not how.keep_rest or kind is Kind.TRANSACTIONS:
            raise
        raise FileFormatError(
            expected=error.expected, found=error.found, try_next=f"{error.try_next}; {_NO_REST}"
        ) from error


def _opened(path: Path, how: Reading) -> Opened | None:
    """Open a statement; None if the file is none, or none can be read from it: the plain reader says what is wrong."""
    if how.kind in {Kind.PRICES, Kind.ACTIONS} or how.symbol is not None or (path.exists() and not path.is_file()):
        return None  # A pipe would be waited for.
    mapped = bool(how.hints.mapping or how.hints.sheet)
    try:
        data = path.read_bytes()
        opened = None if data[:4] == b"PAR1" else Opened(data, name=path.name)
    except OSError:
        return None
    except FileFormatError:
        if mapped:
            raise
        return None
    if opened is None or mapped or goes_by_statement(opened, name=path.name, saved=how.hints.saved):
        return opened
    return None


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
        source={"name": printable(path.name), "sha256": sha256, "label": source},
        kind=how.kind or Kind.PRICES,
    )


def _prices(file: _File, how: Reading, keeper: Keeper) -> Imported:
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
    return keeper.take_prices(file.of(format_columns(file.frame, read)), read)


def _actions(file: _File, how: Reading, keeper: Keeper) -> Imported:
    read = read_actions(file.frame, origin=file.origin, findings=file.findings, date_format=how.date_format)
    return keeper.take_actions(file.of(file.frame.columns), read)


def _transactions(file: _File, how: Reading, keeper: Keeper, owner: tuple[str, str]) -> Imported:
    read = read_transactions(
        file.frame, origin=file.origin, findings=file.findings, date_format=how.date_format, decimal=how.decimal,
        keep_rest=how.keep_rest,
    )  # fmt: skip
    rows = read.rows
    if how.hints.aliases:
        rows = tuple(_renamed_row(row, how.hints.aliases) for row in rows)
    return keeper.take_transactions(file.of(file.frame.columns), replace(read, rows=rows), owner[0], base=owner[1])


def _renamed_row(row: Transaction, aliases: Aliases) -> Transaction:
    return replace(row, symbol=aliases.on(row.day).get(row.symbol, row.symbol))


def _renamed(read: Records, days: Sequence[dt.date], aliases: Aliases) -> Records:
    """Give rows the names that the workspace has for theirs."""
    named = ("symbol", "underlying")
    rows = tuple(
        {k: aliases.on(day).get(v, v) if k in named else v for k, v in row.items()}
        for row, day in zip(read.rows, days, strict=True)
    )
    return replace(read, rows=rows)


def _holdings(
    file: _File,
    how: Reading,
    keeper: Keeper,
    whose: tuple[str, str],
    as_of: dt.date | None,
    contracts: ContractTable,
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
    read = _renamed(read, days, how.hints.aliases)
    for day in sorted(set(days)):
        rows = [(line, row) for line, row, of in zip(read.lines, read.rows, days, strict=True) if of == day]
        # Only what can be read back as a portfolio is kept.
        portfolio_of_records(rows, base=base, contracts=contracts, as_of=day, where=read.name)
    return keeper.take_holdings(file.of(file.frame.columns), read, days, portfolio=portfolio, base=base)
