"""Which files of holdings go down the road of statements: all that are no plain table of our own columns."""

import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from trimtab.errors import FileFormatError, InputError
from trimtab.feeds.statements.books import holdings_records
from trimtab.feeds.statements.cells.shapes import Shape
from trimtab.feeds.statements.columns.layout import lay_out
from trimtab.feeds.statements.columns.mapping import find_saved, read_mapping
from trimtab.feeds.statements.columns.roles import Role
from trimtab.feeds.statements.columns.tables import Table
from trimtab.feeds.statements.opened import Opened
from trimtab.feeds.statements.read import read_statement
from trimtab.feeds.statements.road import Settings
from trimtab.feeds.statements.telling import doubts_of, left_out_note
from trimtab.market.reading.numbers import read_cell
from trimtab.model.contract import ContractTable
from trimtab.model.names.aliases import Aliases

__all__ = ["Hints", "StatedRows", "has_odd_numbers", "holds_rows", "is_statement", "stated_rows"]

#: Columns that change what a row means, whatever they are called.
_TELLING = frozenset(
    [
        Role.SIDE, Role.CURRENCY, Role.MULTIPLIER, Role.UNIT, Role.KIND, Role.VALUE, Role.BASE_VALUE, Role.ACTION,
        Role.FEE, Role.NET, Role.SETTLE, Role.GROSS,
    ]
)  # fmt: skip
#: What a statement can say of a thing under our own names; files with more columns of ours are ours.
_SHARED = frozenset(
    ["symbol", "quantity", "kind", "currency", "multiplier", "expiry", "price", "underlying", "right", "strike"]
)
#: What no plain number has: brackets, a sign behind or of another kind, an apostrophe, a currency.
_ODD = re.compile(r"[()\u2212'’$€£¥]|\d-$|^[A-Z]{3} ")
#: Positions may be dated so many days behind the last price: a file is downloaded after the close, or at a weekend.
_DAYS_AHEAD = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What somebody says of files that they do not say themselves.

    Parameters
    ----------
    mapping
        What columns are: ``Stück=quantity,ISIN=isin``; empty if nothing is said.
    saved
        What was said before: mappings by the fingerprint of a header.
    aliases
        Other names by the names that files use: tickers by security codes, ``^GSPC`` for ``SPX``.
    sheet
        Name of the sheet of a workbook; empty: all of them are read as one file.
    """

    mapping: str = ""
    saved: Mapping[str, str] = field(default_factory=dict)
    aliases: Aliases = field(default_factory=Aliases)
    sheet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedRows:
    """Rows of a statement under the names of a holdings file, the day that it states, and what to know of them."""

    rows: tuple[tuple[int, Mapping[str, str]], ...]
    day: dt.date | None
    notes: tuple[str, ...] = ()


def is_statement(
    data: bytes | Opened, *, name: str, own: Mapping[str, Collection[str]], saved: Mapping[str, str] | None = None
) -> bool:
    r"""Tell a statement from a plain table of our own columns.

    Parameters
    ----------
    data
        The file's bytes, or the file as it was opened.
    name
        For messages.
    own
        How our own columns may be called.
    saved
        What was said of headers before: a file with one of them is a statement.

    Raises
    ------
    FileFormatError
        If a table with columns that only our own reader knows has one beside them that changes what a row means.

    Examples
    --------
    >>> own = {"symbol": ("symbol",), "quantity": ("quantity",), "lots": ("lots",)}
    >>> is_statement(b"symbol,quantity,note\nA,5,x\n", name="a", own=own)
    False
    >>> is_statement(b"symbol,quantity,Long/Short\nA,5,short\n", name="a", own=own)
    True
    """
    try:
        file = data if isinstance(data, Opened) else Opened(data, name=name)
        if file.shape is not Shape.DELIMITED:
            return True
        rows, _ = file.rows()
    except FileFormatError:
        return False  # The plain reader says what is wrong with it.
    if find_saved([row.cells for row in rows], saved or {}):
        return True
    sheet = file.sheet()
    if not any(holds_rows(t) for t in sheet.tables):
        return False
    first = next((row for row in rows if not row.is_blank), None)
    spelled = {way: word for word, ways in own.items() for way in ways}
    ours = {spelled.get(cell.strip().lower(), "") for cell in first.cells} if first is not None else set()
    if {"symbol", "quantity"} <= ours and first is not None and sheet.tables[0].line == first.line:
        return _has_other_columns(sheet.tables[0], name, spelled)
    return True


def holds_rows(table: Table) -> bool:
    """Tell whether a table can hold positions or transactions at all.

    Examples
    --------
    >>> holds_rows(Table(header=("Symbol", "Qty"), line=1, rows=()))
    True
    """
    layout = lay_out(table)
    return layout.has(Role.QUANTITY) or (layout.has(Role.DATE) and layout.has(Role.ACTION, Role.AMOUNT, Role.NET))


def _has_other_columns(table: Table, name: str, spelled: Mapping[str, str]) -> bool:
    ours = {spelled[h.strip().lower()] for h in table.header if h.strip().lower() in spelled}
    telling = [
        c for c in lay_out(table).columns if c.role in _TELLING and c.header.strip().lower() not in spelled
    ]  # fmt: skip
    if telling and ours - _SHARED:
        raise FileFormatError(
            expected="columns of one kind of file",
            found=f"{telling[0].header!r}, which is a {telling[0].role.value}, beside "
            f"{', '.join(sorted(ours - _SHARED))} in {name}",
            try_next=f"call it {telling[0].role.value} as in a holdings file, or leave it out",
        )
    return bool(telling) or has_odd_numbers(table)


def has_odd_numbers(table: Table) -> bool:
    """Tell whether quantities or prices are written in a way that only this road reads: (50), 50-, $80.00, 1'000.

    Examples
    --------
    >>> from trimtab.feeds.statements.cells.sheets import Row
    >>> row = Row(2, ("AAPL", "(50)"))
    >>> has_odd_numbers(Table(header=("symbol", "quantity"), line=1, rows=(row,)))
    True
    """
    for column in lay_out(table).columns:
        if column.role in {Role.QUANTITY, Role.PRICE, Role.AMOUNT, Role.STRIKE}:
            cells = dict.fromkeys(row.cells[column.at] for row in table.rows if column.at < len(row.cells))
            if any(_ODD.search(cell) and read_cell(cell, column.sign) is not None for cell in cells):
                return True
    return False


def stated_rows(
    path: Path,
    *,
    own: Mapping[str, Collection[str]],
    contracts: ContractTable,
    as_of: dt.date | None,
    base: str,
    hints: Hints | None = None,
) -> StatedRows | None:
    """Read a statement's positions; None if the file is a plain table of our own.

    Parameters
    ----------
    path
        The file.
    own
        How our own columns may be called.
    contracts
        Families of futures that are known.
    as_of
        The day asked about.
    base
        Base currency: that of money whose currency the file does not state.
    hints
        What somebody says of its columns and names.

    Raises
    ------
    FileFormatError
        If it is a statement that cannot be read whole, or holds no positions.
    InputError
        If its positions are of a later day than the one asked about.
    """
    if path.exists() and not path.is_file():
        return None  # A pipe would be waited for.
    try:
        data = path.read_bytes()
    except OSError:
        return None  # The plain reader says what is wrong with it.
    given = hints or Hints()
    if data[:4] == b"PAR1":
        return None
    try:
        file = Opened(data, name=path.name)
    except FileFormatError:
        if given.mapping or given.sheet:
            raise
        return None  # The plain reader says what is wrong with it.
    if not (given.mapping or given.sheet) and not is_statement(file, name=path.name, own=own, saved=given.saved):
        return None
    settings = Settings(
        contracts=contracts, mapped=read_mapping(given.mapping), saved=given.saved, aliases=given.aliases,
        sheet=given.sheet,
    )  # fmt: skip
    read = read_statement(file, name=path.name, settings=settings)
    records, _ = holdings_records(read, day=read.as_of or as_of or dt.date.max, currency=base)
    if read.as_of is not None and as_of is not None and (read.as_of - as_of).days > _DAYS_AHEAD:
        raise InputError(
            expected=f"positions of {as_of}, the day asked about, or before",
            found=f"positions of {read.as_of} in {path.name}",
            try_next="give prices up to that day, or a statement of the day asked about",
        )
    # Whose a file is, and its day, the question says itself.
    open_ones = replace(read, asks=tuple(ask for ask in read.asks if ask.what not in {"account", "day"}))
    notes = tuple(f"{path.name}: {note}" for note in (*doubts_of(open_ones), *left_out_note(read)))
    return StatedRows(rows=tuple(zip(records.lines, records.rows, strict=True)), day=read.as_of, notes=notes)
