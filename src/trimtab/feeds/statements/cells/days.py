"""Days as files write them, the order of day and month decided by all dates of a table together.

The day is kept as written, whatever it is in another zone. Reading itself is that of price tables
(`trimtab.market.reading.stamps`); here cells are brought into what it takes.
"""

import datetime as dt
import re
from collections.abc import Iterable

import numpy as np
import polars as pl

from trimtab.errors import FileFormatError
from trimtab.market.daycount import date_of
from trimtab.market.reading.stamps import read_stamps
from trimtab.market.reading.written import plain_moment

__all__ = ["Days", "day_in_prose", "read_days"]

_BOTH = re.compile(r"(.+?)\s+as of\s+(.+)", re.IGNORECASE)
_SHORT_YEAR = re.compile(r"^(\d{1,2})([/.\-])(\d{1,2})\2(\d{2})(?!\d)")
_NAMED_YEAR = re.compile(r"^(\d{1,2})[- ]([^\W\d]{3,9})\.?[- ]'?(\d{2})(?!\d)")
_OFFSET = re.compile(r"\s*(?:[+-]\d{2}:?\d{2}|Z|UTC|GMT|E[SD]?T|P[SD]?T|C[ES]*T)$")
#: Year first and a clock: nothing to decide.
_TIMED = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ]|, ?)(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,6})?)?(?:Z| UTC)?", re.ASCII)
_TIMED_STUCK = re.compile(r"(\d{4})(\d\d)(\d\d)[;, T](\d\d):?(\d\d):?(\d\d)", re.ASCII)
_EPOCH = dt.date(1970, 1, 1)
_NUMBERED = re.compile(r"^(\d{1,2})([/.\-])(\d{1,2})\2(\d{4})")
_PROSE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4}|[A-Z][^\W\d_]{2,8}\.?[- ]\d{1,2},?[- ]+\d{4}"
    r"|\d{1,2}\.?[- ][A-Z][^\W\d_]{2,8}\.?[- ]\d{4}"
)


class Days:
    """Day and second of each distinct text of a table's date columns.

    Parameters
    ----------
    texts
        All cells of all date columns.
    where
        For messages.
    date_format
        How dates are written, if the user says so.
    month_first
        What the format is known to write where nothing in the file tells; None if nothing is known.

    Examples
    --------
    >>> days = Days(["06/12/2026 as of 06/11/2026", "6/30/26", "2026-06-11, 11:02:33"], where="t.csv")
    >>> days.day("06/12/2026 as of 06/11/2026"), days.booked("06/12/2026 as of 06/11/2026")
    (datetime.date(2026, 6, 11), datetime.date(2026, 6, 12))
    """

    def __init__(
        self, texts: Iterable[str], *, where: str, date_format: str | None = None, month_first: bool | None = None
    ) -> None:
        halves = {text: _halves(text) for text in dict.fromkeys(texts)}
        distinct = list(dict.fromkeys(half for parts in halves.values() for half in parts))
        moments, note = _moments(distinct, where, date_format, month_first)
        self._cells = {text: _of_halves(parts, moments) for text, parts in halves.items() if parts}
        #: How the order of day and month was decided where the dates do not tell.
        self.notes: tuple[str, ...] = (note,) if note else ()

    def day(self, text: str) -> dt.date | None:
        """Give the day a cell means: of two in one cell, the one on which it happened."""
        return self._cells.get(text, _NEVER)[0]

    def second(self, text: str) -> int | None:
        """Give seconds since 1970 on the file's own clock."""
        return self._cells.get(text, _NEVER)[1]

    def booked(self, text: str) -> dt.date | None:
        """Give the first of two days in one cell: the one on which it was booked."""
        return self._cells.get(text, _NEVER)[2]


#: Day, second and day of booking of a cell that says no day.
_NEVER: tuple[None, None, None] = (None, None, None)


def _of_halves(
    halves: list[str], moments: dict[str, tuple[dt.date, int]]
) -> tuple[dt.date | None, int | None, dt.date | None]:
    day, second = moments.get(halves[-1], (None, None))
    booked = moments.get(halves[0], (None, None))[0] if len(halves) == 2 else None
    return day, second, booked


def _halves(text: str) -> list[str]:
    plain = text.strip()
    match = _BOTH.fullmatch(plain) if "f" in plain or "F" in plain else None
    if match is not None:
        return [match[1], match[2]]
    return [plain] if plain else []


def _plain(text: str) -> str:
    """Bring a cell into a way of writing that the reader of price tables takes."""
    if re.fullmatch(r"[34]\d{4}(?:\.\d+)?", text):
        return (dt.date(1899, 12, 30) + dt.timedelta(days=int(float(text)))).isoformat()
    plain = plain_moment(text)
    plain = _OFFSET.sub("", plain) if re.search(r"\d:\d\d", plain) else plain.removesuffix("Z")
    return _NAMED_YEAR.sub(r"\1-\2-20\3", _SHORT_YEAR.sub(r"\1\g<2>\3\g<2>20\4", plain))


def _moments(
    distinct: list[str], where: str, date_format: str | None, month_first: bool | None
) -> tuple[dict[str, tuple[dt.date, int]], str]:
    timed = {} if date_format is not None else _year_first(distinct)
    # One of them stays: what a column holds beside other dates says how those are meant.
    kept = next(iter(timed), None)
    plain = {text: _plain(text) for text in distinct if text == kept or text not in timed}
    read, note = _in_order(plain, where, date_format, month_first)
    return read | timed, note


def _year_first(distinct: list[str]) -> dict[str, tuple[dt.date, int]]:
    """Read moments that can mean one thing only, year first and with a clock: nearly every one is another text."""
    read: dict[str, tuple[dt.date, int]] = {}
    days: dict[tuple[str, str, str], tuple[dt.date, int] | None] = {}
    for text in distinct:
        match = _TIMED.fullmatch(text) or _TIMED_STUCK.fullmatch(text)
        if match is None:
            continue
        *written, hour, minute, second = match.groups()
        named = (written[0], written[1], written[2])
        if named not in days:
            days[named] = _calendar_day(*named)
        start, seconds = days[named], (int(hour), int(minute), int(second or 0))
        if start is not None and seconds[0] < 24 and seconds[1] < 60 and seconds[2] < 60:
            read[text] = (start[0], start[1] + 3_600 * seconds[0] + 60 * seconds[1] + seconds[2])
    return read


def _calendar_day(year: str, month: str, day: str) -> tuple[dt.date, int] | None:
    """Give a day and the second since 1970 with which it begins."""
    try:
        date = dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
    return date, (date - _EPOCH).days * 86_400


def _in_order(
    plain: dict[str, str], where: str, date_format: str | None, month_first: bool | None
) -> tuple[dict[str, tuple[dt.date, int]], str]:
    """Read texts of which all together say which number is the month."""
    if not plain:
        return {}, ""
    note = ""
    column = pl.Series(list(plain.values()), dtype=pl.String)
    try:
        stamps = read_stamps(column, where=where, date_format=date_format)
    except FileFormatError:
        if month_first is None or date_format is not None:
            raise
        ordered = r"\4-\1-\3" if month_first else r"\4-\3-\1"
        column = pl.Series([_NUMBERED.sub(ordered, text) for text in plain.values()], dtype=pl.String)
        stamps = read_stamps(column, where=where)
        note = f"dates read {'month' if month_first else 'day'} first, as files of this sort write them: none tells"
    read = {
        text: (date_of(np.datetime64(int(stamps.wall[i]), "s")), int(stamps.wall[i]))
        for i, text in enumerate(plain)
        if stamps.ok[i]
    }
    return read, note


def read_days(text: str, *, where: str, month_first: bool | None = None) -> dt.date | None:
    """Read one day that stands alone; None if it is none.

    Examples
    --------
    >>> read_days("20260630;160000", where="t"), read_days("Jun-01-2026", where="t"), read_days("soon", where="t")
    (datetime.date(2026, 6, 30), datetime.date(2026, 6, 1), None)
    """
    return Days([text], where=where, month_first=month_first).day(text)


def day_in_prose(text: str, *, month_first: bool | None = None) -> dt.date | None:
    """Give the last day that a line of prose names; None if it names none.

    Examples
    --------
    >>> day_in_prose("June 1, 2026 - June 30, 2026"), day_in_prose("Terms apply.")
    (datetime.date(2026, 6, 30), None)
    """
    days_written = _PROSE.findall(text)
    for written in reversed(days_written):
        try:
            day = read_days(written, where="the title", month_first=month_first)
        except FileFormatError:
            continue
        if day is not None:
            return day
    return None
