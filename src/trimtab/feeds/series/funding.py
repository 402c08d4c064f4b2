"""Read funding of perpetuals: rates stated by symbol, or a file of those that were paid."""

import datetime as dt
from collections.abc import Mapping, Sequence
from math import isfinite, isnan, nan
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.errors import FileFormatError, InputError
from trimtab.feeds.series.prices import read_frame_file
from trimtab.market.checks.findings import Findings
from trimtab.market.records import frame_records

if TYPE_CHECKING:
    from trimtab.desk.questions.groups.instruments import FundingLike

__all__ = ["WINDOW_DAYS", "read_funding"]

#: Paid rates of so many days up to the moment are averaged.
WINDOW_DAYS = 30
_MOST = 0.05
_COLUMNS = ("date", "symbol", "rate")


def read_funding(source: "FundingLike", as_of: dt.date) -> dict[str, float]:
    """Give the funding of perpetuals per eight hours, by symbol.

    A file has the columns date, symbol and rate, and may have hours (8 unless said): what one interval paid. The mean
    of the last thirty days up to `as_of` is taken; nothing later is read.

    Parameters
    ----------
    source
        ``XBTUSD=0.0001,ETHUSD=-0.00005``, a mapping, or a path.
    as_of
        The day of the moment.

    Raises
    ------
    InputError
        If a stated rate is no number, or larger than 5% in eight hours.
    FileFormatError
        If a column is missing, a row cannot be read, or no row of a symbol is recent enough.

    Examples
    --------
    >>> read_funding("XBTUSD=0.0001, ETHUSD=-0.00005", dt.date(2024, 3, 1))
    {'XBTUSD': 0.0001, 'ETHUSD': -5e-05}
    """
    if isinstance(source, Mapping):
        return {name: _rate(str(rate), name) for name, rate in source.items()}
    text = str(source)
    if "=" in text and not Path(text).exists():
        pairs = [word.partition("=") for word in text.split(",")]
        return {name.strip(): _rate(rate, name.strip()) for name, _, rate in pairs}
    return _of_file(Path(text), as_of)


def _rate(text: str, name: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = float("nan")
    if not (isfinite(rate) and abs(rate) <= _MOST):
        raise InputError(
            expected=f"funding of {name} per eight hours from {-_MOST} to {_MOST}", found=repr(text.strip()),
            try_next="write 0.01% as 0.0001",
        )  # fmt: skip
    return rate


def _of_file(file: Path, as_of: dt.date) -> dict[str, float]:
    frame, _, _ = read_frame_file(file, findings=Findings())
    header, rows = frame_records(frame)
    place = {name.strip().lower(): i for i, name in enumerate(header)}
    lacking = [name for name in _COLUMNS if name not in place]
    if lacking:
        raise FileFormatError(
            expected=f"columns {', '.join(_COLUMNS)} (and hours, 8 unless said) in {file.name}",
            found=f"no {', '.join(lacking)} among {', '.join(header)}",
            try_next="write one row for each interval that was paid",
        )
    paid: dict[str, list[float]] = {}
    stale: dict[str, dt.date] = {}
    for number, cells in rows:
        name, day, rate = _row(cells, place, number, file.name, as_of)
        stale[name] = min(as_of, max(day, stale.get(name, dt.date.min))) if day <= as_of else stale.get(name, day)
        if as_of - dt.timedelta(days=WINDOW_DAYS) < day <= as_of:
            paid.setdefault(name, []).append(rate)
    old = [name for name in stale if name not in paid]
    if old or not paid:
        raise FileFormatError(
            expected=f"rates paid in the {WINDOW_DAYS} days up to {as_of} in {file.name}",
            found=", ".join(f"{name} at {stale[name]}" for name in old) or "no rows",
            try_next="give newer rows, or state the rate: --funding SYMBOL=0.0001",
        )
    return {name: sum(rates) / len(rates) for name, rates in paid.items()}


def _row(
    cells: Sequence[str], place: Mapping[str, int], number: int, file: str, as_of: dt.date
) -> tuple[str, dt.date, float]:
    record = {name: cells[i].strip() for name, i in place.items()}
    try:
        hours = float(record.get("hours") or 8.0)
        rate = float(record["rate"]) * 8.0 / hours if 0 < hours <= 24 else nan
        day = dt.date.fromisoformat(record["date"][:10])
    except ValueError:
        rate, day = nan, as_of
    if isnan(rate):
        raise FileFormatError(
            expected=f"a date, a symbol and a rate (and hours above 0, at most 24) in row {number} of {file}",
            found=", ".join(record.values()),
            try_next="write dates as 2026-12-18 and rates as decimals: 0.01% is 0.0001",
        )
    return record["symbol"], day, _rate(repr(rate), record["symbol"])
