"""Reading risk-free rates and exchange rates from files and frames."""

import re
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from trimtab.errors import FileFormatError, InputError, Reason
from trimtab.feeds.series.prices import read_frame_file
from trimtab.market.checks.findings import Findings, Origin
from trimtab.market.rates.fx import FxRates
from trimtab.market.rates.risk_free import RiskFree
from trimtab.market.reading.cells import Cells, mark_unusable, to_grid
from trimtab.market.reading.fields import spelling
from trimtab.market.reading.frames import frame_kind, to_polars
from trimtab.market.reading.numerals import find_decimal, read_numbers
from trimtab.market.reading.stamps import is_datelike, read_stamps
from trimtab.stats.arrays import Floats

__all__ = ["open_rates", "rates_of_frame", "read_fx", "read_rates"]

_PAIR = re.compile(r"([A-Z]{3})[/_\-. ]?([A-Z]{3})(=X| Curncy)?")
_DATES = ("date", "datetime", "timestamp", "day", "time", "observationdate", "dates")
_PERCENT = re.compile(r"pct|percent|%", re.IGNORECASE)


def read_rates(source: Any, *, date_format: str | None = None) -> RiskFree:
    """Read a risk-free rate.

    Parameters
    ----------
    source
        A yearly rate as a decimal (0.05 or "0.05" is 5%); or a file or frame with a date and one rate column, in
        decimals or in percent. Percent is recognised by a header with "pct", "percent" or "%", or by size: a column
        that reaches 0.5 is percent, one that never exceeds 0.1 in size is decimals, and what lies between is refused.
        An empty cell means that the rate before it still holds.
    date_format
        As for `trimtab.feeds.series.prices.read_prices`.

    Raises
    ------
    InputError
        If a rate looks like percent where decimals are expected, or the column could be either.

    Examples
    --------
    >>> read_rates("0.0425").note
    '4.2500% a year'
    """
    number = _as_number(source)
    if number is not None:
        return RiskFree.constant(number)
    frame, origin, _ = open_rates(source)
    return rates_of_frame(frame, origin, date_format=date_format)


def open_rates(source: Any) -> tuple[pl.DataFrame, Origin, str]:
    """Open a file or frame of rates: its cells, where they come from, and which column holds the dates."""
    frame, origin = _open(source)
    return frame, origin, _date_column(frame, origin)


def rates_of_frame(frame: pl.DataFrame, origin: Origin, *, date_format: str | None = None) -> RiskFree:
    """Take one rate from a frame that was opened: a column of dates and one of rates, as `read_rates` says.

    Parameters
    ----------
    frame, origin
        From `open_rates`, or a part of it.
    date_format
        As for `trimtab.feeds.series.prices.read_prices`.
    """
    date = _date_column(frame, origin)
    columns = [c for c in frame.columns if c != date]
    if len(columns) != 1:
        raise FileFormatError(
            expected="a date column and one column of rates",
            found=f"{len(columns)} columns beside the date in {origin.name}: {', '.join(columns[:6])}",
            try_next="keep the one that is the risk-free rate",
        )
    stamps = read_stamps(frame[date], where=f"{origin.name}, column {date}", date_format=date_format)
    _demand_days(frame, date, stamps.ok, origin)
    values = _numbers(frame, columns, origin)[:, 0]
    has_rate = stamps.ok & ~np.isnan(values)
    if not has_rate.any():
        raise FileFormatError(expected="dates with rates", found=f"none in {origin.name}", try_next="check the file")
    percent = _is_percent(columns[0], values[has_rate], origin)
    days, annual = stamps.wall[has_rate] // 86_400, values[has_rate] / (100.0 if percent else 1.0)
    order = np.argsort(days, kind="stable")
    days, annual = days[order], annual[order]
    again = np.flatnonzero(np.diff(days) == 0)
    clash = again[annual[again] != annual[again + 1]]
    if clash.size:
        raise FileFormatError(
            expected="one rate for each date",
            found=f"two different ones on {np.datetime64(int(days[clash[0]]), 'D')} in {origin.name}",
            try_next="keep one of them",
        )
    keep = np.diff(days, prepend=days[0] - 1) != 0
    unit = "percent" if percent else "decimals"
    return RiskFree(
        dates=days[keep].astype("datetime64[D]"),
        annual=annual[keep],
        note=f"{origin.name}, column {columns[0]}, read as {unit}; between its dates the last known rate holds",
    )


def read_fx(source: Any, *, per: str | None = None, date_format: str | None = None) -> FxRates:
    """Read dated exchange rates.

    Parameters
    ----------
    source
        A file or frame: wide with a column for each pair (EURUSD, EUR/USD, EURUSD=X: dollars for one euro), long
        (date, pair, rate), or wide with a column for each currency (USD, JPY, ...) if `per` is given; or `FxRates`.
    per
        The currency whose unit the columns price, such as "EUR" for the European Central Bank's table.
    date_format
        As for `trimtab.feeds.series.prices.read_prices`.

    Raises
    ------
    FileFormatError
        If columns cannot be read as pairs.

    Examples
    --------
    >>> import polars as pl
    >>> read_fx(pl.DataFrame({"date": ["2024-01-02"], "USD": [1.0956], "JPY": [155.65]}), per="EUR").pairs
    (('EUR', 'USD'), ('EUR', 'JPY'))
    """
    if isinstance(source, FxRates):
        return source
    frame, origin = _open(source)
    date = _date_column(frame, origin)
    stamps = read_stamps(frame[date], where=f"{origin.name}, column {date}", date_format=date_format)
    _demand_days(frame, date, stamps.ok, origin)
    names = {spelling(c): c for c in frame.columns}
    pair = next((names[n] for n in ("pair", "symbol", "ticker", "currencypair") if n in names), None)
    rate = next((names[n] for n in ("rate", "close", "price", "value", "mid", "last") if n in names), None)
    if pair is not None and rate is not None:
        labels = frame[pair].cast(pl.String).fill_null("").to_list()
        pairs = list(dict.fromkeys(labels))
        place = {label: i for i, label in enumerate(pairs)}
        columns = np.array([place[label] for label in labels], dtype=np.int64)
        values, rows = _numbers(frame, [rate], origin)[:, 0], np.arange(frame.height)
    else:
        pairs = [c for c in frame.columns if c != date]
        block = _numbers(frame, pairs, origin)
        rows, columns = (a.ravel() for a in np.indices(block.shape))
        values = block.ravel()
    pairs_read = [_pair_of(name, per, origin) for name in pairs]
    use = stamps.ok[rows]
    clean, codes = mark_unusable(values[use], np.zeros(int(use.sum()), dtype=bool))
    findings = Findings()
    cells = Cells(
        seconds=stamps.wall[rows[use]] // 86_400 * 86_400,
        columns=columns[use].astype(np.int64),
        values=clean,
        codes=codes,
        rows=rows[use],
    )
    grid = to_grid(cells, pairs, origin=origin, findings=findings)
    clash = [f for f in findings.failures() if f.reason is Reason.CONFLICT]
    if clash:
        raise FileFormatError(
            expected="one rate for each pair and date", found=str(clash[0]), try_next="keep one of them"
        )
    return FxRates(dates=grid.dates.astype("datetime64[D]"), pairs=tuple(pairs_read), values=grid.values)


def _as_number(source: Any) -> float | None:
    if isinstance(source, int | float) and not isinstance(source, bool):
        return float(source)
    if isinstance(source, str):
        try:
            return float(source)
        except ValueError:
            if re.fullmatch(r"\s*[\d.,]+\s*%\s*", source):
                raise InputError(
                    expected="a yearly rate as a decimal", found=f"{source!r}", try_next="write 5% as 0.05"
                ) from None
    return None


def _open(source: Any) -> tuple[pl.DataFrame, Origin]:
    if isinstance(source, str | PathLike):
        frame, origin, _ = read_frame_file(Path(source), findings=Findings())
        return frame, origin
    return to_polars(source), Origin(name=f"{frame_kind(source)} frame")


def _date_column(frame: pl.DataFrame, origin: Origin) -> str:
    named = [c for c in frame.columns if spelling(c) in _DATES] or [
        c for c in frame.columns[:1] if is_datelike(frame[c])
    ]
    if not named or frame.height == 0:
        raise FileFormatError(
            expected="a column named date, and rows",
            found=f"columns {', '.join(frame.columns[:8])} in {origin.name}",
            try_next="name it",
        )
    return named[0]


def _demand_days(frame: pl.DataFrame, date: str, readable: NDArray[np.bool_], origin: Origin) -> None:
    """Refuse a rate whose day cannot be read: passed over, the rate of another day would hold in its place."""
    beside = frame.drop(date)
    for at in np.flatnonzero(~readable):
        # A line of words under the table has nothing beside it.
        if any(cell is not None and str(cell).strip() for cell in beside.row(int(at))):
            raise FileFormatError(
                expected="a day in each row",
                found=f"{frame[date][int(at)]!r} in {origin.row(int(at))}, column {date}",
                try_next="correct it, or take the row out",
            )


def _numbers(frame: pl.DataFrame, names: list[str], origin: Origin) -> Floats:
    columns = [frame[n] for n in names]
    sign = find_decimal([c for c in columns if c.dtype == pl.String], where=origin.name)
    read = [read_numbers(c.cast(pl.String) if c.dtype == pl.Object else c, sign) for c in columns]
    for name, (_, bad) in zip(names, read, strict=True):
        if bad.any():
            at = int(np.flatnonzero(bad)[0])
            raise FileFormatError(
                expected="numbers, or empty cells",
                found=f"{frame[name][at]!r} in {origin.row(at)}, column {name}",
                try_next="correct it, or leave the cell empty",
            )
    return np.column_stack([values for values, _ in read])


def _is_percent(name: str, values: Floats, origin: Origin) -> bool:
    if _PERCENT.search(name):
        return True
    largest = float(np.abs(values).max())
    if largest > 0.5:
        return True
    # Percent near zero (2009-2015, 2020-2021) comes in steps of 0.01; decimals have finer steps.
    in_cents = (
        values.size >= 20 and np.unique(values).size >= 3 and bool(np.allclose(values * 100, np.round(values * 100)))
    )
    if largest <= 0.1 and not in_cents:
        return False
    raise InputError(
        expected="rates that are clearly decimals or clearly percent",
        found=f"at most {largest:.6g} in column {name} of {origin.name}: {largest:.0%} or {largest:.2f}% a year?",
        try_next="put 'percent' into the column's name, or give decimals below 0.1 with four places",
    )


def _pair_of(name: str, per: str | None, origin: Origin) -> tuple[str, str]:
    text = name.strip().upper()
    match = _PAIR.fullmatch(text)
    if match:
        return match[1], match[2]
    if per is not None and re.fullmatch(r"[A-Z]{3}", text):
        return per, text
    code = text if re.fullmatch(r"[A-Z]{3}", text) and text != "EUR" else "USD"
    raise FileFormatError(
        expected="pairs such as EURUSD or EUR/USD",
        found=f"{name!r} in {origin.name}",
        try_next=f"rename the column: EUR{code}, if it holds the {code} for one euro (in Python also per='EUR')",
    )
