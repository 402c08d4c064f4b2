"""Rows into tables: where a header stands, what belongs under it, and what stands beside the tables.

Brokers write titles above a table, several tables into one file, totals and disclaimers below, and sections whose name
stands in the first column. A header is a row of words of which most mean something (`roles.candidates`).
"""

import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field

from trimtab.feeds.statements.cells.sheets import Row
from trimtab.feeds.statements.columns.mapping import header_key
from trimtab.feeds.statements.columns.roles import candidates
from trimtab.market.reading.numbers import is_empty, looks_numeric

__all__ = ["Sheet", "Table", "split_tables"]

_DAY = re.compile(r"\d{4}[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.]\d{2,4}|\d\d?[-. ][A-Za-z]{3}[-. ]\d{2,4}|\d{8}")
_CODE = re.compile(r"[A-Z]{2}[A-Z0-9]{9}\d")
_MARKERS = {"header", "data", "total", "subtotal", "notes"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A header and the rows under it.

    Parameters
    ----------
    header
        Names of its columns; an empty text for a column without a name.
    line
        Where the header stands.
    rows
        What stands under it.
    section
        What the file calls the table; empty if it has no name.
    totals
        Rows that the file itself marks as totals.
    """

    header: tuple[str, ...]
    line: int
    rows: tuple[Row, ...]
    section: str = ""
    totals: tuple[Row, ...] = ()
    #: What its columns were found to be, for each way of asking: a long table is laid out once.
    laid: dict[Hashable, object] = field(default_factory=dict, init=False, repr=False, compare=False)

    def columns(self, rows: Sequence[Row]) -> list[list[str]]:
        """Give what stands in each column of some of its rows; rows may be shorter than others."""
        width = max((len(self.header), *(len(r.cells) for r in rows)), default=0)
        if all(len(r.cells) == width for r in rows):
            return [list(cells) for cells in zip(*(r.cells for r in rows), strict=True)] or [[] for _ in range(width)]
        return [[r.cells[i] for r in rows if i < len(r.cells)] for i in range(width)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A file taken apart: its tables, and the lines that belong to none."""

    tables: tuple[Table, ...]
    loose: tuple[Row, ...]


@dataclass(slots=True)
class _Open:
    header: tuple[str, ...]
    line: int
    section: str = ""
    rows: list[Row] = field(default_factory=list)
    totals: list[Row] = field(default_factory=list)

    def closed(self) -> Table:
        return Table(
            header=self.header, line=self.line, rows=tuple(self.rows), section=self.section, totals=tuple(self.totals)
        )


def split_tables(rows: Sequence[Row], *, mapped: Iterable[str] = ()) -> Sheet:
    """Find the tables of a file.

    Parameters
    ----------
    rows
        Of the file.
    mapped
        Keys of headers whose meaning the user told.

    Examples
    --------
    >>> texts = [("Positions as of 2026-06-30",), ("Symbol", "Quantity"), ("A", "5"), (), ("Terms apply.",)]
    >>> sheet = split_tables([Row(i + 1, cells) for i, cells in enumerate(texts)])
    >>> sheet.tables[0].header, len(sheet.tables[0].rows), [row.line for row in sheet.loose]
    (('Symbol', 'Quantity'), 1, [1, 5])
    """
    marked = _marker_column(rows)
    if marked is not None:
        return _sections(rows, marked)
    mapped_keys = frozenset(mapped)
    tables: list[_Open] = []
    loose: list[Row] = []
    for row in rows:
        if row.is_blank:
            continue
        if _is_header(row, mapped_keys):
            tables.append(_Open(header=_cut(row.cells), line=row.line))
        elif tables and _belongs(row, tables[-1]):
            tables[-1].rows.append(row)
        else:
            loose.append(row)
    if not any(t.rows for t in tables):
        fallback = _unnamed_table(rows)
        if fallback is not None:
            return fallback
    return Sheet(tables=tuple(t.closed() for t in tables if t.rows), loose=tuple(loose))


def _cut(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out empty cells at the end: a comma ends the line."""
    width = max((i + 1 for i, c in enumerate(cells) if c), default=0)
    return cells[:width]


def _is_header(row: Row, mapped_keys: frozenset[str]) -> bool:
    filled = row.filled
    if len(filled) < 2 or any(looks_numeric(c) or _DAY.match(c) or _CODE.fullmatch(c) or is_empty(c) for c in filled):
        return False
    meant = sum(bool(candidates(c)) or header_key(c) in mapped_keys for c in filled)
    return meant >= 2 and 2 * meant >= len(filled) and all(len(c) < 80 for c in filled)


def _belongs(row: Row, table: _Open) -> bool:
    """Tell whether a row stands in a table: about as wide, and more than a line of prose."""
    width = len(table.header)
    filled = len(row.cells) - row.cells.count("")
    if len(row.cells) == width and filled > 1:
        return True
    if filled == 1 and (width > 2 or len(row.cells) < width or looks_numeric(row.filled[0])):
        return False
    return len(_cut(row.cells)) <= width + 1 and (len(row.cells) >= width - 2 or 2 * filled >= width)


def _marker_column(rows: Sequence[Row]) -> int | None:
    """Find the column that says of each row whether it is a header or data; None if there is none."""
    for at in (0, 1):
        words = [row.cells[at].lower() for row in rows if len(row.cells) > at + 1]
        if words.count("header") >= 1 and sum(w in _MARKERS for w in words) >= 0.8 * max(len(words), 1):
            return at
    return None


def _sections(rows: Sequence[Row], at: int) -> Sheet:
    """Part a file whose rows name their section and say whether they are header, data or total."""
    latest: dict[str, _Open] = {}
    tables: list[_Open] = []
    loose: list[Row] = []
    for row in rows:
        if row.is_blank:
            continue
        if len(row.cells) <= at + 1:
            loose.append(row)
            continue
        section = row.cells[0] if at == 1 else row.cells[1]
        start = 2 if at == 1 or len(section) <= 5 else 1
        mark, cells = row.cells[at].lower(), row.cells[start:]
        table = latest.get(section)
        if mark == "header":
            latest[section] = _Open(header=_cut(cells), line=row.line, section=section)
            tables.append(latest[section])
        elif table is None or mark not in _MARKERS or mark == "notes":
            loose.append(row)
        elif mark == "data":
            table.rows.append(Row(row.line, cells))
        else:
            table.totals.append(Row(row.line, cells))
    return Sheet(tables=tuple(t.closed() for t in tables if t.rows or t.totals), loose=tuple(loose))


def _unnamed_table(rows: Sequence[Row]) -> Sheet | None:
    """Take the first row of words with rows of numbers under it as a table whose columns mean nothing yet."""
    for at, row in enumerate(rows[:-1]):
        words = row.filled
        below = rows[at + 1]
        if (
            len(words) >= 3
            and not any(looks_numeric(c) or _DAY.match(c) for c in words)
            and len(below.cells) >= len(words)
            and any(looks_numeric(c) for c in below.cells)
        ):
            under = tuple(r for r in rows[at + 1 :] if not r.is_blank)
            return Sheet(
                tables=(Table(header=_cut(row.cells), line=row.line, rows=under),),
                loose=tuple(r for r in rows[:at] if not r.is_blank),
            )
    return None
