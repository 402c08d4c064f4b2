"""From rows (date, symbol, price) to a grid of dates by symbols: order, repetitions and contradictions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trimtab.errors import FileFormatError, Reason
from trimtab.market.checks.findings import Findings, Origin
from trimtab.market.prices import PRESENT, Flag, absence, code_of
from trimtab.market.reading.sessions import are_days
from trimtab.model.decimals import HIGHEST, LOWEST
from trimtab.stats.arrays import Floats

__all__ = ["Cells", "Grid", "carry_quoted", "mark_unusable", "to_grid"]

_MAX_CELLS = 2_000_000_000
#: From so many contradicting cells on, when they are the greater part, the rows are several series in one.
_MANY = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Prices one by one, each array of shape (n,).

    Parameters
    ----------
    seconds
        Session of each price in seconds since 1970-01-01, int64.
    columns
        Number of its symbol.
    values
        Price, NaN where missing.
    codes
        0, or the code of what is wrong with the cell.
    rows
        Position of its row in the source.
    volumes
        Units traded, or None.
    quoted
        The close as it was quoted over the price, where both are there; or None.
    """

    seconds: NDArray[np.int64]
    columns: NDArray[np.int64]
    values: Floats
    codes: NDArray[np.uint8]
    rows: NDArray[np.int64]
    volumes: Floats | None = None
    quoted: Floats | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Prices by date and symbol: `dates` (n_dates,), the others (n_dates, n_assets)."""

    dates: NDArray[np.datetime64]
    values: Floats
    why: NDArray[np.uint8]
    volumes: Floats | None = None
    quoted: Floats | None = None


def mark_unusable(values: Floats, bad: NDArray[np.bool_]) -> tuple[Floats, NDArray[np.uint8]]:
    """Take out what cannot be a price.

    Parameters
    ----------
    values
        Numbers of any shape; NaN is empty.
    bad
        Cells that are no number at all.

    Returns
    -------
    values with NaN in place of infinite, zero and negative numbers, and the codes that say so.
    """
    codes = np.zeros(values.shape, dtype=np.uint8)
    # Too large or too small to be multiplied is as good as infinite.
    # Compared on both sides: the sizes of 15 million prices would be an array of 120 MB for a moment.
    infinite = (values >= HIGHEST) | (values <= -HIGHEST)
    infinite |= (values != 0.0) & (values < LOWEST) & (values > -LOWEST)
    unpositive = ~infinite & (values <= 0)
    codes[bad] = code_of(Reason.UNPARSABLE)
    codes[infinite] = code_of(Reason.NOT_FINITE)
    codes[unpositive] = code_of(Reason.NOT_POSITIVE)
    if infinite.any() or unpositive.any():
        values = np.where(infinite | unpositive, np.nan, values)
    return values, codes


def to_grid(cells: Cells, symbols: Sequence[str], *, origin: Origin, findings: Findings) -> Grid:
    """Lay rows out by date and symbol.

    Rows that repeat one another are dropped and flagged. Rows that contradict one another are all set aside: the
    cell is missing as a conflict. Order does not matter, but disorder is flagged.
    """
    dates, row = _rank(cells.seconds)
    count = len(symbols)
    if len(dates) * count > _MAX_CELLS:
        raise FileFormatError(
            expected=f"at most {_MAX_CELLS:,} cells of dates by symbols",
            found=f"{len(dates):,} dates by {count:,} symbols in {origin.name}",
            try_next="give daily prices, or fewer symbols at a time",
        )
    _flag_disorder(cells, row, symbols, findings)
    key = row
    key *= count
    key += cells.columns
    values = np.full(len(dates) * count, np.nan)
    why = np.zeros(len(dates) * count, dtype=np.uint8)
    volumes = None if cells.volumes is None else np.full(len(dates) * count, np.nan)
    values[key], why[key] = cells.values, cells.codes
    if volumes is not None and cells.volumes is not None:
        volumes[key] = cells.volumes
    filled = np.zeros(len(dates) * count, dtype=np.bool_)
    filled[key] = True
    if np.count_nonzero(filled) < len(key):
        last = np.full(len(dates) * count, -1, dtype=np.int64)
        last[key] = np.arange(len(key))
        repeated = np.unique(key[last[key] != np.arange(len(key))])
        _settle(cells, key, repeated, (values, why, volumes), dates, symbols, origin, findings)
    table, reasons = values.reshape(-1, count), why.reshape(-1, count)
    return Grid(
        dates=dates.astype("datetime64[s]"),
        values=table,
        why=np.where(reasons == PRESENT, absence(table), reasons),
        volumes=None if volumes is None else volumes.reshape(-1, count),
        quoted=None if cells.quoted is None else _quoted(cells, key, table),
    )


def _quoted(cells: Cells, key: NDArray[np.int64], table: Floats) -> Floats:
    """Lay out what turns each price into the close as quoted; where no close is given, the last known one stands."""
    ratio = np.full(table.size, np.nan)
    ratio[key] = np.nan if cells.quoted is None else cells.quoted
    return carry_quoted(ratio.reshape(table.shape))


def carry_quoted(ratio: Floats) -> Floats:
    """Fill what turns prices into quoted closes from the row before, or the first known; 1 in a column without any.

    Examples
    --------
    >>> carry_quoted(np.array([[np.nan, np.nan], [2.0, np.nan], [np.nan, np.nan]])).tolist()
    [[2.0, 1.0], [2.0, 1.0], [2.0, 1.0]]
    """
    there = ~np.isnan(ratio)
    if there.all():
        return ratio
    row = np.maximum.accumulate(np.where(there, np.arange(len(ratio))[:, None], -1), axis=0)
    filled = np.take_along_axis(ratio, np.where(row < 0, np.argmax(there, axis=0), row), axis=0)
    return np.where(np.isnan(filled), 1.0, filled)


def _rank(seconds: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the distinct values in order, and for each value its place among them."""
    if not are_days(seconds):
        distinct, place = np.unique(seconds, return_inverse=True)
        return distinct, place.astype(np.int64)
    day = seconds // 86_400
    # Counting days is ten times faster than sorting millions of rows. One array serves for the days and their places.
    first = int(day.min()) if day.size else 0
    day -= first
    seen = np.zeros(int(day.max()) + 1 if day.size else 0, dtype=bool)
    seen[day] = True
    place = np.cumsum(seen, dtype=np.int64) - 1
    if day.size:
        # Every place exists; "clip" only spares a second array.
        np.take(place, day, out=day, mode="clip")
    return (np.flatnonzero(seen) + first) * 86_400, day


def _flag_disorder(cells: Cells, row: NDArray[np.int64], symbols: Sequence[str], findings: Findings) -> None:
    earlier = row[1:] < row[:-1]
    if not earlier.any():
        return
    same = cells.columns[1:] == cells.columns[:-1]
    if not (earlier & same).any() and np.count_nonzero(~same) < len(symbols):
        return  # one block for each symbol, each in order
    by_symbol = np.argsort(cells.columns, kind="stable")
    back = (np.diff(row[by_symbol]) < 0) & (np.diff(cells.columns[by_symbol]) == 0)
    late = np.unique(cells.columns[by_symbol][1:][back])
    findings.flag_all([symbols[c] for c in late.tolist()], Flag.OUT_OF_ORDER)


def _settle(
    cells: Cells,
    key: NDArray[np.int64],
    repeated: NDArray[np.int64],
    grid: tuple[Floats, NDArray[np.uint8], Floats | None],
    dates: NDArray[np.int64],
    symbols: Sequence[str],
    origin: Origin,
    findings: Findings,
) -> None:
    """Decide about cells that several rows speak of; writes into the grid."""
    values, why, volumes = grid
    rows = np.flatnonzero(np.isin(key, repeated))
    rows = rows[np.argsort(key[rows], kind="stable")]
    starts = np.flatnonzero(np.diff(key[rows], prepend=-1))
    conflicts: list[tuple[int, NDArray[np.intp]]] = []
    for group in np.split(rows, starts[1:]):
        cell = int(key[group[0]])
        # An empty row beside a price says nothing against it.
        stated_rows = [r for r in group.tolist() if not (np.isnan(cells.values[r]) and cells.codes[r] == PRESENT)]
        symbol = symbols[int(cells.columns[group[0]])]
        distinct = {
            (float(cells.values[r]) if cells.codes[r] == PRESENT else None, int(cells.codes[r])) for r in stated_rows
        }
        if len(distinct) > 1:
            conflicts.append((cell, group))
            values[cell], why[cell] = np.nan, code_of(Reason.CONFLICT)
            findings.flag(symbol, Flag.CONFLICT)
            continue
        findings.flag(symbol, Flag.DUPLICATES_DROPPED)
        keep = stated_rows[0] if stated_rows else int(group[0])
        values[cell], why[cell] = cells.values[keep], cells.codes[keep]
        if volumes is not None and cells.volumes is not None:
            volumes[cell] = cells.volumes[keep]

    if len(conflicts) >= _MANY and 2 * len(conflicts) > np.unique(key).size:
        date, symbol = _named(conflicts[0][0], dates, symbols)
        raise FileFormatError(
            expected="one price for each symbol and date",
            found=f"several in more than half of the cells of {origin.name}, for example {symbol} on {date}",
            try_next="keep one series for each symbol (one venue, one currency), or name the symbol column 'symbol'",
        )

    def describe(position: int) -> tuple[str, str]:
        cell, group = conflicts[position]
        date, symbol = _named(cell, dates, symbols)
        prices = ", ".join(f"{cells.values[r]:.10g}" for r in group[:4].tolist())
        shown = " and ".join(origin.row(int(cells.rows[r])).removeprefix(origin.name + " ") for r in group[:4].tolist())
        return (
            f"{origin.name} {shown}, {symbol} on {date}",
            f"different prices {prices}; none is used",
        )

    findings.fail(Reason.CONFLICT, range(len(conflicts)), describe)


def _named(cell: int, dates: NDArray[np.int64], symbols: Sequence[str]) -> tuple[str, str]:
    """Give date and symbol of a cell."""
    row, column = divmod(cell, len(symbols))
    return str(np.datetime64(int(dates[row]), "s")).removesuffix("T00:00:00"), symbols[column]
