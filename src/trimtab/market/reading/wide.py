"""Prices side by side, a column for each symbol: numbers, and the session of each row or cell."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from trimtab.errors import FileFormatError, Reason
from trimtab.market.checks.findings import Findings, Origin
from trimtab.market.prices import PRESENT, Flag, absence, code_of
from trimtab.market.reading.cells import Cells, Grid, mark_unusable, to_grid
from trimtab.market.reading.layout import Layout
from trimtab.market.reading.numerals import find_decimal, read_numbers
from trimtab.market.reading.returns_told import spoilt_by_returns
from trimtab.market.reading.sessions import Sessions, read_sessions
from trimtab.market.reading.stamps import Stamps
from trimtab.market.reading.unusable import report_cells
from trimtab.stats.arrays import Floats

__all__ = ["read_wide"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """Prices of symbols side by side: what stands in the rows that have a date.

    Parameters
    ----------
    symbols
        Their names.
    values, codes
        Prices, and why there is none, shape (n_rows, n_symbols).
    rows
        Where each row stands in the frame, shape (n_rows,).
    """

    symbols: list[str]
    values: Floats
    codes: NDArray[np.uint8]
    rows: NDArray[np.intp]


def read_wide(
    frame: pl.DataFrame, layout: Layout, stamps: Stamps, decimal: str | None, origin: Origin, findings: Findings
) -> tuple[list[str], Grid, Sessions]:
    """Give symbols, prices and sessions of a frame with a column of prices for each symbol.

    Parameters
    ----------
    frame, layout
        The table, and which of its columns are what.
    stamps
        Of each row; rows whose stamp is no date are left out.
    decimal
        The sign of decimals in texts; None finds it.
    origin, findings
        Where it came from, and what takes the flags and failures.

    Raises
    ------
    FileFormatError
        If a symbol stands over two columns, or over none, or the signs of numbers differ.
    """
    columns = _columns(frame, layout, np.flatnonzero(stamps.ok), decimal, origin, findings)
    own = stamps.only(columns.rows)
    by_row = _are_days_once(own)
    grid, sessions = (_row_by_row if by_row else _cell_by_cell)(columns, own, origin, findings)
    return columns.symbols, grid, sessions


def _columns(
    frame: pl.DataFrame,
    layout: Layout,
    rows: NDArray[np.intp],
    decimal: str | None,
    origin: Origin,
    findings: Findings,
) -> _Columns:
    """Read the numbers of all columns, in the rows that have a date."""
    symbols = [name.strip() for name in layout.prices]
    _check_symbols(symbols, origin)
    columns = [frame[name] for name in layout.prices]
    sign = find_decimal([c for c in columns if c.dtype == pl.String], where=origin.name, decimal=decimal)
    values = np.empty((frame.height, len(columns)))
    bad = np.zeros(values.shape, dtype=bool)
    for i, column in enumerate(columns):
        values[:, i], bad[:, i] = read_numbers(column, sign)
    spoilt = spoilt_by_returns(values, symbols, origin, findings)
    values, codes = mark_unusable(np.where(spoilt, np.nan, values) if spoilt.any() else values, bad)
    if rows.size < frame.height:
        values, codes = values[rows], codes[rows]
    report_cells(codes, symbols, findings, lambda r, c: (
        f"{origin.row(int(rows[r]))}, column {symbols[c]}", frame[int(rows[r]), layout.prices[c]]
    ))  # fmt: skip
    codes[spoilt[rows]] = code_of(Reason.NOT_POSITIVE)
    return _Columns(symbols=symbols, values=values, codes=codes, rows=rows)


def _are_days_once(stamps: Stamps) -> bool:
    """Tell whether the stamps are days without a clock, none of them twice."""
    wall = stamps.wall
    step = np.diff(wall)
    return (
        not (wall % 86_400).any()
        and not stamps.aware.any()
        and bool((step != 0).all())
        and np.unique(wall).size == wall.size
    )


def _row_by_row(columns: _Columns, stamps: Stamps, origin: Origin, findings: Findings) -> tuple[Grid, Sessions]:
    """Take each row as one day of all symbols."""
    symbols, values, codes, rows = columns.symbols, columns.values, columns.codes, columns.rows
    rising = (np.diff(stamps.wall) > 0).all()
    order = slice(None) if rising else np.argsort(stamps.wall, kind="stable")
    if not rising:
        findings.flag_all(symbols, Flag.OUT_OF_ORDER)
    sessions = read_sessions(
        stamps,
        np.zeros(len(rows), dtype=np.int64),
        ["the table"],
        where=origin.name,
        findings=findings,
        row=lambda i: origin.row(int(rows[i])),
    )
    values, codes = np.ascontiguousarray(values[order]), codes[order]
    grid = Grid(
        dates=stamps.wall[order].astype("datetime64[s]"),
        values=values,
        why=np.where(codes == PRESENT, absence(values), codes),
    )
    hours, aware = np.full(len(symbols), np.nan), np.zeros(len(symbols), dtype=bool)
    return grid, Sessions(seconds=sessions.seconds, intraday=False, hours=hours, aware=aware)


def _cell_by_cell(columns: _Columns, stamps: Stamps, origin: Origin, findings: Findings) -> tuple[Grid, Sessions]:
    """Take stamps with a clock, or dates that repeat: each column may have its own week."""
    symbols, values, codes, rows = columns.symbols, columns.values, columns.codes, columns.rows
    at, column_of = np.nonzero(~np.isnan(values) | (codes != PRESENT))
    if at.size == 0:
        at, column_of = np.arange(len(rows)), np.zeros(len(rows), dtype=np.intp)
    columns_at = column_of.astype(np.int64)
    sessions = read_sessions(
        stamps.only(at),
        columns_at,
        symbols,
        where=origin.name,
        findings=findings,
        row=lambda i: origin.row(int(rows[at[i]])),
    )
    cells = Cells(
        seconds=sessions.seconds,
        columns=columns_at,
        values=values[at, column_of],
        codes=codes[at, column_of],
        rows=rows[at],
    )
    return to_grid(cells, symbols, origin=origin, findings=findings), sessions


def _check_symbols(symbols: Sequence[str], origin: Origin) -> None:
    seen: set[str] = set()
    for symbol in symbols:
        if not symbol or symbol in seen:
            raise FileFormatError(
                expected="a different symbol over each column of prices",
                found=f"{symbol!r} over two columns in {origin.name}"
                if symbol
                else f"a column without a name in {origin.name}",
                try_next="rename or drop columns",
            )
        seen.add(symbol)
