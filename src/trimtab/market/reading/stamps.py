"""Reading dates: what moment, or what day, a cell of a date column means.

A daily price belongs to the calendar day that its own clock shows: `2024-01-02T00:00-05:00` is 2 January, whatever
day that is in UTC. So each stamp is read twice, as wall time and as UTC, and the session is chosen later
(`trimtab.market.reading.sessions`). Each distinct text is parsed once.
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from trimtab.errors import FileFormatError
from trimtab.market.reading.serials import SERIAL_NOTE, serial_seconds
from trimtab.market.reading.written import is_short, plain_moment, whole_years

__all__ = ["Stamps", "is_datelike", "read_stamps"]

_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - wall time has no zone
_UNIX = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_BLANK = ("", "nan", "nat", "null", "none", "na", "n/a")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CLOCK = r"(?:[ T]+(?P<clock>\d{1,2}:\d{2}.*))?"
_YEAR_FIRST = re.compile(rf"(?P<y>\d{{4}})[/.\-](?P<m>\d{{1,2}})[/.\-](?P<d>\d{{1,2}}){_CLOCK}")
_YEAR_LAST = re.compile(rf"(?P<a>\d{{1,2}})(?P<sep>[/.\-])(?P<b>\d{{1,2}})[/.\-](?P<y>\d{{4}}){_CLOCK}")
_NAMED = re.compile(rf"(?P<d>\d{{1,2}})\.?[ \-/]*(?P<mon>[A-Za-z]{{3}})[a-z]*[ \-/,]*(?P<y>\d{{4}}){_CLOCK}")
_NAMED_FIRST = re.compile(rf"(?P<mon>[A-Za-z]{{3}})[a-z]*[ \-]+(?P<d>\d{{1,2}}),?[ \-]+(?P<y>\d{{4}}){_CLOCK}")
_WORDS = (("YYYY", "%Y"), ("MMM", "%b"), ("Mon", "%b"), ("MM", "%m"), ("DD", "%d"), ("YY", "%y"), ("HH", "%H"))
_DIGITS = re.compile(r"(19|20)\d{6}")
_COUNTED = re.compile(r"\d{5}(?:\.\d+)?")
_SHORT_NOTE = "years of two digits read as 1970 to 2069"
#: A share of dates this small may contradict the day/month order that all the others show.
_STRAY = 0.01

_Moment = tuple[int, int, bool]  # wall seconds, UTC seconds, whether a zone was given


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamps:
    """The stamps of n rows.

    Parameters
    ----------
    wall
        Seconds since 1970-01-01 00:00 on the stamp's own clock, int64, shape (n,).
    utc
        Seconds since 1970-01-01 00:00 UTC; the same as `wall` where no zone was given.
    aware
        Whether a zone or an offset was given.
    ok
        Whether there is a date at all; the other arrays hold 0 where not.
    empty
        Whether the cell was empty.
    zoned
        Whether any stamp carried a zone that its owner wrote (not whole numbers, which count seconds in UTC).
    notes
        How the column was read, in words.
    """

    wall: NDArray[np.int64]
    utc: NDArray[np.int64]
    aware: NDArray[np.bool_]
    ok: NDArray[np.bool_]
    empty: NDArray[np.bool_]
    zoned: bool = False
    notes: tuple[str, ...] = ()

    def only(self, rows: NDArray[np.intp]) -> "Stamps":
        """Give the stamps of some rows (which may repeat)."""
        return replace(
            self,
            wall=self.wall[rows],
            utc=self.utc[rows],
            aware=self.aware[rows],
            ok=self.ok[rows],
            empty=self.empty[rows],
        )


def is_datelike(column: pl.Series) -> bool:
    """Tell whether a column without a telling header holds dates, judging by its type or its first texts."""
    if column.dtype in (pl.Date, pl.Datetime):
        return True
    if column.dtype != pl.String:
        return False
    texts = [t for t in column.head(50).to_list() if t is not None and t.strip().lower() not in _BLANK]
    shaped = [
        t
        for t in texts
        if _day_first_or_none(t.strip()) or is_short(t.strip()) or re.fullmatch(r"(19|20)\d{6}", t.strip())
    ]
    return bool(texts) and 2 * len(shaped) > len(texts)


def read_stamps(column: pl.Series, *, where: str, date_format: str | None = None) -> Stamps:
    """Read a date column.

    Parameters
    ----------
    column
        Dates, datetimes with or without a zone, whole numbers (YYYYMMDD, seconds, milliseconds, microseconds or
        nanoseconds since 1970 in UTC, or days as a spreadsheet counts them), or texts.
    where
        File or frame and column, for messages.
    date_format
        A format such as ``%d/%m/%Y`` or ``DD/MM/YYYY`` for texts; None to find out.

    Raises
    ------
    FileFormatError
        If day and month cannot be told apart, or the column holds no dates.

    Examples
    --------
    >>> import polars as pl
    >>> stamps = read_stamps(pl.Series(["2024-01-02T00:00:00-05:00", "soon"]), where="p.csv")
    >>> stamps.ok.tolist(), int(stamps.utc[0] - stamps.wall[0])
    ([True, False], 18000)
    """
    if column.dtype == pl.Date:
        return _days(column)
    if isinstance(column.dtype, pl.Datetime):
        zone = column.dtype.time_zone
        wall = column.dt.replace_time_zone(None) if zone else column
        utc = column.dt.convert_time_zone("UTC") if zone else column
        return _typed(_seconds(wall), _seconds(utc), aware=zone is not None)
    if column.dtype.is_integer():
        return _serials(column.cast(pl.Float64)) or _numbers(column.cast(pl.Int64, strict=False), where)
    if column.dtype.is_float():
        whole = column.fill_nan(None)
        return _serials(whole.cast(pl.Float64)) or _numbers(pl.Series(whole).cast(pl.Int64, strict=False), where)
    if column.dtype in (pl.String, pl.Categorical, pl.Enum):
        return _texts(column.cast(pl.String), where, date_format)
    raise FileFormatError(
        expected="dates, datetimes, whole numbers or texts",
        found=f"{column.dtype} in {where}",
        try_next="convert the date column to dates",
    )


def _seconds(column: pl.Series) -> pl.Series:
    return column.dt.epoch("us") // 1_000_000


def _days(column: pl.Series) -> Stamps:
    """Read plain dates: millions of them in one array of their own."""
    ok = column.is_not_null().to_numpy()
    wall = column.to_physical().fill_null(0).to_numpy().astype(np.int64)
    wall *= 86_400
    return Stamps(wall=wall, utc=wall, aware=np.zeros(len(ok), dtype=np.bool_), ok=ok, empty=~ok)


def _typed(wall: pl.Series, utc: pl.Series, *, aware: bool) -> Stamps:
    ok = wall.is_not_null().to_numpy()
    own = wall.fill_null(0).to_numpy().astype(np.int64, copy=False)
    return Stamps(
        wall=own,
        # Millions of rows without a zone need one array, not two.
        utc=own if utc is wall else utc.fill_null(0).to_numpy().astype(np.int64),
        aware=np.full(len(ok), aware) & ok,
        ok=ok,
        empty=~ok,
        zoned=aware,
    )


def _serials(column: pl.Series) -> Stamps | None:
    """Read days as a spreadsheet counts them; None where a column is something else."""
    empty = column.is_null().to_numpy()
    seconds = serial_seconds(column.unique(maintain_order=True).drop_nulls().to_numpy())
    if seconds is None:
        return None
    distinct = column.unique(maintain_order=True).drop_nulls().to_list()
    moments: dict[float, _Moment | None] = {
        number: (int(second), int(second), False) for number, second in zip(distinct, seconds, strict=True)
    }
    return _look_up(column, moments, empty, (SERIAL_NOTE,))


def _numbers(column: pl.Series, where: str) -> Stamps:
    empty = column.is_null().to_numpy()
    distinct = column.unique(maintain_order=True).drop_nulls()
    dayish = bool(len(distinct)) and bool(((distinct >= 1800_01_01) & (distinct <= 2200_12_31)).all())
    moments: dict[int, _Moment | None] = {int(n): _of_number(int(n)) for n in distinct.to_list()}
    if len(distinct) and not any(moments.values()):
        raise FileFormatError(
            expected="whole-number dates as YYYYMMDD or as s, ms, us or ns since 1970",
            found=f"{int(distinct[0])} in {where}",
            try_next="write dates as YYYY-MM-DD",
        )
    note = "whole-number dates read as YYYYMMDD" if dayish else "whole-number dates read as time since 1970 in UTC"
    return _look_up(column, moments, empty, (note,) if len(distinct) else ())


def _of_number(number: int) -> _Moment | None:
    if 1800_01_01 <= number <= 2200_12_31:
        return _date_of(number // 10_000, number // 100 % 100, number % 100, None)
    size = abs(number)
    for digits, per_second in ((11, 1), (14, 10**3), (17, 10**6), (20, 10**9)):
        if size < 10**digits:
            seconds = number // per_second
            return (seconds, seconds, True) if size >= 10**8 else None
    return None


def _look_up(
    column: pl.Series,
    moments: "dict[int, _Moment | None] | dict[float, _Moment | None] | dict[str, _Moment | None]",
    empty: NDArray[np.bool_],
    notes: tuple[str, ...],
) -> Stamps:
    """Spread the moments of the distinct values over all rows."""
    keys = pl.Series(list(moments), dtype=column.dtype)
    index = pl.DataFrame({"key": keys, "at": np.arange(len(keys), dtype=np.int64)})
    joined = pl.DataFrame({"key": column}).join(index, on="key", how="left", maintain_order="left")
    at = joined["at"].fill_null(len(keys)).to_numpy()
    return _spread(at, list(moments.values()), empty, notes)


def _spread(
    at: NDArray[np.int64], moments: "list[_Moment | None]", empty: NDArray[np.bool_], notes: tuple[str, ...]
) -> Stamps:
    """Give each row its moment by its number; the number behind the last one is none."""
    filled = [m or (0, 0, False) for m in (*moments, None)]
    wall, utc = (np.array([f[i] for f in filled], dtype=np.int64) for i in (0, 1))
    aware = np.array([f[2] for f in filled], dtype=np.bool_)
    ok = np.array([m is not None for m in (*moments, None)], dtype=np.bool_)
    own = wall[at]
    return Stamps(
        wall=own,
        # Millions of rows without a zone need one array, not two.
        utc=utc[at] if aware.any() else own,
        aware=aware[at],
        ok=ok[at],
        empty=empty,
        notes=notes,
    )


def _texts(column: pl.Series, where: str, date_format: str | None) -> Stamps:
    # Cells repeat: each text is looked at once, and the rows hold its number.
    written = column.unique(maintain_order=True).drop_nulls()
    stripped = written.str.strip_chars().to_list()
    distinct = [t for t in dict.fromkeys(stripped) if t.lower() not in _BLANK]
    coded = column.cast(pl.Enum(written)).to_physical().cast(pl.Int64)
    at = coded.fill_null(len(written)).to_numpy()
    empty = np.array([*(t.lower() in _BLANK for t in stripped), True], dtype=np.bool_)[at]
    if date_format is not None:
        read = _by_format(date_format)
        note: str | None = f"dates read as {date_format}"
    else:
        read, note = _by_shape(distinct, where)
    moments: dict[str, _Moment | None] = {t: read(t) for t in distinct}
    zoned = any(m is not None and m[2] and not _is_whole(t) for t, m in moments.items())
    stamps = _spread(at, [moments.get(t) for t in stripped], empty, (note,) if note else ())
    return Stamps(
        wall=stamps.wall, utc=stamps.utc, aware=stamps.aware, ok=stamps.ok, empty=empty, zoned=zoned, notes=stamps.notes
    )


def _is_whole(text: str) -> bool:
    return text.isascii() and text.lstrip("-").isdigit()


def _by_format(date_format: str) -> Callable[[str], _Moment | None]:
    pattern = date_format
    if "%" not in pattern:
        for word, code in _WORDS:
            pattern = pattern.replace(word, code)
    if "%" not in pattern:
        raise FileFormatError(
            expected="a date format such as %d/%m/%Y or DD/MM/YYYY",
            found=f"{date_format!r}",
            try_next="write the format so, or leave it out",
        )

    def read(text: str) -> _Moment | None:
        try:
            return _moment(dt.datetime.strptime(text, pattern))  # noqa: DTZ007 - a zone is read if the format has one
        except ValueError:
            return None

    return read


def _by_shape(distinct: list[str], where: str) -> tuple[Callable[[str], _Moment | None], str | None]:
    counted = _counted(distinct)
    if counted is not None:
        return counted.get, SERIAL_NOTE
    plain = {text: plain_moment(text) for text in distinct}
    short = whole_years(list(dict.fromkeys(plain.values())), where=where)
    plain = {text: short.get(written, written) for text, written in plain.items()}
    day_first, note = _day_order(list(dict.fromkeys(plain.values())), where)

    def read(given: str) -> _Moment | None:
        text = plain[given]
        if _is_whole(text):
            return _of_number(int(text)) if len(text) <= 20 else None
        if text[:4].isdigit() and (moment := _iso(text)) is not None:
            return moment
        if m := _YEAR_FIRST.fullmatch(text):
            return _date_of(int(m["y"]), int(m["m"]), int(m["d"]), m["clock"])
        if m := _YEAR_LAST.fullmatch(text):
            first, second = int(m["a"]), int(m["b"])
            day, month = (first, second) if day_first or m["sep"] == "." else (second, first)
            return _date_of(int(m["y"]), month, day, m["clock"])
        if (m := _NAMED.fullmatch(text) or _NAMED_FIRST.fullmatch(text)) and m["mon"].lower() in _MONTHS:
            return _date_of(int(m["y"]), _MONTHS.index(m["mon"].lower()) + 1, int(m["d"]), m["clock"])
        return None

    return read, "; ".join(part for part in (note, _SHORT_NOTE if short else None) if part) or None


def _counted(distinct: list[str]) -> dict[str, _Moment | None] | None:
    """Read texts that all count days as a spreadsheet does; None where they are something else."""
    if not distinct or not all(_COUNTED.fullmatch(text) for text in distinct):
        return None
    seconds = serial_seconds(np.array(distinct, dtype=np.float64))
    if seconds is None:
        return None
    return {text: (int(second), int(second), False) for text, second in zip(distinct, seconds, strict=True)}


def _day_first_or_none(text: str) -> re.Match[str] | None:
    return next((m for p in (_YEAR_FIRST, _YEAR_LAST, _NAMED, _NAMED_FIRST) if (m := p.fullmatch(text))), None)


def _day_order(distinct: list[str], where: str) -> tuple[bool, str | None]:
    """Decide whether 03/04/2024 is 3 April (True) or March 4 (False), by the numbers above 12 in the column."""
    pairs = [(int(m["a"]), int(m["b"]), t) for t in distinct if (m := _YEAR_LAST.fullmatch(t)) and m["sep"] != "."]
    if not pairs:
        return True, None
    day_first = sum(a > 12 >= b for a, b, _ in pairs)
    month_first = sum(b > 12 >= a for a, b, _ in pairs)
    if min(day_first, month_first) > _STRAY * max(day_first, month_first):
        raise FileFormatError(
            expected="one order of day and month in all dates",
            found=f"{day_first} dates that must be DD/MM and {month_first} that must be MM/DD in {where}",
            try_next="write dates as YYYY-MM-DD; trimtab import also takes --date-format DD/MM/YYYY",
        )
    if not day_first and not month_first and any(a != b for a, b, _ in pairs):
        raise FileFormatError(
            expected="dates in which day and month can be told apart",
            found=f"{pairs[0][2]!r} and others in {where}, none with a number above 12",
            try_next="write dates as YYYY-MM-DD; trimtab import also takes --date-format DD/MM/YYYY, or MM/DD/YYYY",
        )
    order = day_first > month_first
    return order, f"dates read as {'DD/MM/YYYY' if order else 'MM/DD/YYYY'} (a number above 12 shows the order)"


def _iso(text: str) -> _Moment | None:
    for suffix in (" UTC", " GMT", "UTC"):
        if text.endswith(suffix):
            text = text.removesuffix(suffix).rstrip() + "+00:00"
    try:
        return _moment(dt.datetime.fromisoformat(text))
    except ValueError:
        return None


def _date_of(year: int, month: int, day: int, clock: str | None) -> _Moment | None:
    try:
        date = dt.date(year, month, day)
    except ValueError:
        return None
    if clock is None:
        return _moment(dt.datetime(year, month, day))  # noqa: DTZ001 - wall time has no zone
    hour, _, rest = clock.partition(":")
    twelve = re.fullmatch(r"(.*?)\s*([AaPp])\.?[Mm]\.?", rest)
    if twelve:
        rest, hour = twelve[1], str(int(hour) % 12 + (12 if twelve[2].lower() == "p" else 0))
    return _iso(f"{date.isoformat()}T{hour.zfill(2)}:{rest}")


def _moment(stamp: dt.datetime) -> _Moment:
    wall = (stamp.replace(tzinfo=None) - _EPOCH) // dt.timedelta(seconds=1)
    if stamp.tzinfo is None:
        return wall, wall, False
    return wall, (stamp - _UNIX) // dt.timedelta(seconds=1), True
