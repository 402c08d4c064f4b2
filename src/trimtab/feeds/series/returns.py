"""Reading returns in place of prices: they become an index that starts at 100, one period before the first return."""

from typing import Any

import numpy as np
import polars as pl

from trimtab.errors import FileFormatError
from trimtab.feeds.series.prices import read_frame_file
from trimtab.market.checks.findings import Findings
from trimtab.market.prices import PriceTable, absence
from trimtab.market.reading.frames import to_polars
from trimtab.market.reading.stamps import read_stamps

__all__ = ["read_returns"]

_START = 100.0
#: Daily returns that are all whole hundredths, with so many different ones, are per cent with two decimals.
_MANY, _DIFFERENT = 20, 10


def read_returns(source: Any) -> PriceTable:
    """Read simple returns per period (decimal; 0.01 is 1%) as an index.

    Parameters
    ----------
    source
        A path or frame: a date column (the end of each period) first, then one column of returns for each symbol. An
        empty cell is a missing return: the index goes on, and the step over it is no return.

    Raises
    ------
    FileFormatError
        If dates or returns cannot be read, a return is -100% or less, or the returns look like per cent.

    Examples
    --------
    >>> table = read_returns(pl.DataFrame({"date": ["2024-01-31", "2024-02-29"], "FUND": [0.10, -0.10]}))
    >>> table.values[:, 0].round(6).tolist(), str(table.dates[0])[:10]
    ([100.0, 110.0, 99.0], '2023-12-31')
    """
    if isinstance(source, str) or hasattr(source, "__fspath__"):
        from pathlib import Path  # noqa: PLC0415 - only where there is a path

        frame, origin, _ = read_frame_file(Path(source), findings=Findings())
        where = origin.name
    else:
        frame, where = to_polars(source), "the frame"
    if frame.width < 2 or frame.height == 0:
        raise FileFormatError(
            expected="a date column and one column of returns for each symbol",
            found=f"{frame.width} columns and {frame.height} rows in {where}",
            try_next="write for example date,FUND",
        )
    stamps = read_stamps(frame[frame.columns[0]], where=f"{where}, column {frame.columns[0]}")
    days = stamps.wall // 86_400
    if not stamps.ok.all() or (np.diff(days) <= 0).any():
        raise FileFormatError(
            expected="dates in increasing order, each once",
            found=f"others in {where}, column {frame.columns[0]}",
            try_next="sort the rows by date",
        )
    names = frame.columns[1:]
    daily = len(days) > 1 and float(np.median(np.diff(days))) < 4
    returns = np.column_stack([_numbers(frame[name], where, daily=daily) for name in names])
    return _as_index(days.astype("datetime64[D]"), tuple(names), returns)


def _numbers(column: pl.Series, where: str, *, daily: bool) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    text = column.cast(pl.String).str.strip_chars()
    # An empty cell is a missing return; anything else must be a number.
    blank = (text.is_null() | (text.str.to_lowercase().is_in(["", "nan", "na", "n/a", "null"]))).to_numpy()
    values = text.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy().astype(np.float64)
    wrong = np.flatnonzero(~blank & ~(np.isfinite(values) & (values > -1.0)))
    if wrong.size:
        raise FileFormatError(
            expected="returns as decimals above -1 (0.01 is 1%)",
            found=f"{text[int(wrong[0])]!r} in {where}, column {column.name}, row {int(wrong[0]) + 1}",
            try_next="correct it, or leave the cell empty if the return is not known",
        )
    stated = values[~blank]
    if stated.size and float(np.median(np.abs(stated))) > 0.2:
        raise FileFormatError(
            expected="returns as decimals (0.01 is 1%)",
            found=f"half of those in {where}, column {column.name}, are larger than 20% in size",
            try_next="divide per cent by 100; give prices or NAV without --returns",
        )
    if daily and stated.size >= _MANY and _are_hundredths(stated):
        raise FileFormatError(
            expected="daily returns as decimals (0.01 is 1%)",
            found=f"whole hundredths only in {where}, column {column.name}, such as {stated[0]:g}: these look like per "
            "cent with two decimals",
            try_next="divide per cent by 100",
        )
    return np.where(blank, np.nan, values)


def _are_hundredths(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> bool:
    """Tell whether all are multiples of 0.01, ten different ones among them.

    Examples
    --------
    >>> _are_hundredths(np.arange(-6, 7) / 100), _are_hundredths(np.arange(-6, 7) / 1000)
    (True, False)
    """
    times = values * 100.0
    whole = bool((np.abs(times - np.round(times)) < 1e-9).all())
    return whole and np.unique(np.round(times)).size >= _DIFFERENT


def _as_index(
    days: np.ndarray[tuple[int], np.dtype[np.datetime64]],
    names: tuple[str, ...],
    returns: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> PriceTable:
    has_return = np.isfinite(returns)
    levels = _START * np.cumprod(np.where(has_return, 1.0 + returns, 1.0), axis=0)
    values = np.vstack([np.full((1, len(names)), _START), levels])
    rows, columns = np.nonzero(~has_return)
    dates = np.concatenate([[_before(days)], days])
    return PriceTable(
        dates=dates.astype("datetime64[s]"),
        symbols=names,
        values=values,
        why=absence(values),
        currencies=(None,) * len(names),
        breaks=np.column_stack([rows + 1, columns]).astype(np.intp),
    )


def _before(days: np.ndarray[tuple[int], np.dtype[np.datetime64]]) -> np.datetime64:
    """Give the day on which the first period began: the weekday, week, month end or quarter end before."""
    spacing = int(np.median(np.diff(days).astype(np.int64))) if len(days) > 1 else 1
    day: np.datetime64 = days[0]
    if spacing < 4:
        weekends = not bool(np.is_busday(days).all())
        day = day - np.timedelta64(1, "D") if weekends else np.busday_offset(day, -1, roll="forward")
    elif spacing <= 20:
        day = day - np.timedelta64(spacing, "D")
    else:
        months = max(1, round(spacing / 30.4))
        month = day.astype("datetime64[M]") - np.timedelta64(months - 1, "M")
        day = month.astype("datetime64[D]") - np.timedelta64(1, "D")
    return day
