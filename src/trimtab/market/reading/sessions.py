"""Which session each stamp belongs to.

Daily prices: the calendar day on the stamp's own clock. Two ways in which exports go wrong are repaired and said:
midnights of a zone east of Greenwich written in UTC (a Monday becomes Sunday evening), and ends of sessions written
as the midnight after them (a Friday becomes Saturday). Both show in the weekdays of a five-day series.

Several stamps a day: intraday prices, which keep their moments (in UTC where a zone was given).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trimtab.errors import FileFormatError
from trimtab.market.checks.findings import Findings
from trimtab.market.prices import Flag
from trimtab.market.reading.stamps import Stamps
from trimtab.stats.arrays import Floats

__all__ = ["Sessions", "are_days", "flag_close_hours", "read_sessions"]

_DAY = 86_400
_NOON = 43_200
#: Midnight on a clock 13 hours ahead, as New Zealand's in summer: no market of Sunday to Thursday closes just then.
_MIDNIGHT_AT_13 = 39_600
_SUNDAY, _MONDAY, _FRIDAY, _SATURDAY = 6, 0, 4, 5
#: A five-day pattern needs this many stamps, and may be contradicted by this share of them.
_MIN_STAMPS, _STRAY = 5, 0.02
#: Clocks of one zone lie so many seconds apart at most: an hour of summer, and one by which a law moved its zone.
_SUMMER = 7_200
#: Rows that are looked at together.
_PART = 500_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """The session of each row.

    Parameters
    ----------
    seconds
        Seconds since 1970-01-01: midnight of the session date, or the moment if intraday. int64, shape (n,).
    intraday
        Whether there are several prices a day.
    hours
        Usual hour of the stamps of each column, in UTC where a zone was given; NaN where there is only a date.
    aware
        Whether the stamps of each column carry a zone.
    """

    seconds: NDArray[np.int64]
    intraday: bool
    hours: Floats
    aware: NDArray[np.bool_]


def read_sessions(
    stamps: Stamps,
    columns: NDArray[np.int64],
    symbols: Sequence[str],
    *,
    where: str,
    findings: Findings,
    row: Callable[[int], str],
) -> Sessions:
    """Assign each stamp to its session.

    Parameters
    ----------
    stamps
        Stamps of n rows, all of them dates.
    columns
        For each row the number of its symbol.
    symbols
        The symbols' names.
    where
        File or frame, for messages.
    findings
        Takes flags and notes.
    row
        Says where the stamp of a position stands.

    Raises
    ------
    FileFormatError
        If intraday stamps come partly with and partly without a zone, or the days of a symbol are of several zones.
    """
    for note in stamps.notes:
        findings.note(note)
    count = len(symbols)
    no_hours = np.full(count, np.nan)
    if are_days(stamps.wall) and not stamps.aware.any():
        _note_sunday_weeks(stamps.wall, columns, symbols, findings)
        return Sessions(seconds=stamps.wall, intraday=False, hours=no_hours, aware=np.zeros(count, dtype=bool))
    day, clock = np.divmod(stamps.wall, _DAY)
    if _is_intraday(day, clock, columns):
        return _intraday(stamps, count, where, findings)
    if stamps.zoned:
        _one_zone(stamps, columns, symbols, row)
        used = np.unique(columns[stamps.aware])
        findings.flag_all([symbols[c] for c in used.tolist()], Flag.TIMEZONE_DROPPED)
        findings.note("stamps with a time zone: each price belongs to the calendar day on its own clock")
    day = _shift_weeks(day, clock, columns, symbols, findings)
    hours, aware = _usual_hours(stamps, columns, count)
    flag_close_hours(symbols, hours, aware, findings)
    return Sessions(seconds=day * _DAY, intraday=False, hours=hours, aware=aware)


def _one_zone(stamps: Stamps, columns: NDArray[np.int64], symbols: Sequence[str], row: Callable[[int], str]) -> None:
    """Refuse days of one symbol on clocks further apart than summer time sets one, or where some name no zone."""
    offset = stamps.wall - stamps.utc
    lowest, highest = np.full(len(symbols), _DAY), np.full(len(symbols), -_DAY)
    np.minimum.at(lowest, columns[stamps.aware], offset[stamps.aware])
    np.maximum.at(highest, columns[stamps.aware], offset[stamps.aware])
    naive = np.bincount(columns[~stamps.aware], minlength=len(symbols)) > 0
    mixed = (highest - lowest > _SUMMER) | ((highest >= lowest) & naive)
    for zoned in np.flatnonzero(mixed)[:1].tolist():
        own = np.flatnonzero(columns == zoned)
        with_zone, without = own[stamps.aware[own]], own[~stamps.aware[own]]
        low, high = (int(with_zone[pick(offset[with_zone])]) for pick in (np.argmin, np.argmax))
        apart = int(offset[high] - offset[low])
        seen = [(low, _clock(int(offset[low]))), (high, _clock(int(offset[high])))]
        if apart <= _SUMMER:
            seen = [seen[0], (int(without[0]), "no time zone")]
        raise FileFormatError(
            expected=f"the days of {symbols[zoned]} in one time zone",
            found=" and ".join(f"{clock} ({row(at)})" for at, clock in sorted(seen)),
            try_next="write each day as the date of its session, without a clock",
        )


def _clock(seconds: int) -> str:
    """Write an offset as stamps do.

    Examples
    --------
    >>> _clock(-18_000), _clock(19_800)
    ('-05:00', '+05:30')
    """
    hours, minutes = divmod(abs(seconds) // 60, 60)
    return f"{'-' if seconds < 0 else '+'}{hours:02d}:{minutes:02d}"


def are_days(seconds: NDArray[np.int64]) -> bool:
    """Tell whether all stamps are midnights, as those of plain dates are.

    Examples
    --------
    >>> are_days(np.array([0, 86_400])), are_days(np.array([0, 3_600]))
    (True, False)
    """
    return not any((part % _DAY).any() for part in _parts(seconds))


def _parts(seconds: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Give views of a part each: a remainder of 15 million rows at once would take 120 MB."""
    return [seconds[at : at + _PART] for at in range(0, len(seconds), _PART)]


def flag_close_hours(symbols: Sequence[str], hours: Floats, aware: NDArray[np.bool_], findings: Findings) -> None:
    """Flag the columns whose stamps show another hour than most others do (more than 90 minutes apart)."""
    for zone in (True, False):
        columns = np.flatnonzero(~np.isnan(hours) & (aware == zone))
        if columns.size < 2:
            continue
        apart = np.abs(hours[columns][:, None] - hours[columns][None, :]) if columns.size <= 2000 else None
        if apart is None:
            apart = np.abs(hours[columns] - np.median(hours[columns]))[:, None]
        apart = np.minimum(apart, 24 - apart)
        near = (apart <= 1.5).sum(axis=1)
        odd = columns[near < near.max()] if near.max() * 2 > columns.size else columns[near < columns.size]
        if odd.size:
            findings.flag_all([symbols[c] for c in odd.tolist()], Flag.CLOSE_HOURS_DIFFER)
            findings.note(
                "stamps of different columns show different hours: their closes may not be at the same moment "
                "(compare betas of weekly returns)"
            )


def _weekday(day: NDArray[np.int64]) -> NDArray[np.int64]:
    return (day + 3) % 7  # 1970-01-01 was a Thursday; Monday is 0


def _is_intraday(day: NDArray[np.int64], clock: NDArray[np.int64], columns: NDArray[np.int64]) -> bool:
    """Tell whether there are, on average, at least 1.5 stamps for each symbol and day."""
    first = int(day.min())
    days = (columns * (int(day.max()) - first + 1)) + (day - first)
    return np.unique(days * _DAY + clock).size >= 1.5 * np.unique(days).size


def _intraday(stamps: Stamps, count: int, where: str, findings: Findings) -> Sessions:
    if stamps.aware.any() and not stamps.aware.all():
        raise FileFormatError(
            expected="intraday stamps all with a time zone, or all without",
            found=f"{int(stamps.aware.sum()):,} stamps with and {int((~stamps.aware).sum()):,} without one in {where}",
            try_next="write all stamps in UTC with +00:00 at the end",
        )
    zoned = bool(stamps.aware.all())
    findings.note("several prices a day: moments are kept" + (" in UTC" if zoned else " as written, without a zone"))
    return Sessions(
        seconds=stamps.utc, intraday=True, hours=np.full(count, np.nan), aware=np.full(count, zoned, dtype=bool)
    )


def _weeks(day: NDArray[np.int64], group: NDArray[np.int64], groups: int) -> NDArray[np.int64]:
    """Count the stamps of each group on each weekday, shape (groups, 7)."""
    return np.bincount(group * 7 + _weekday(day), minlength=groups * 7).reshape(groups, 7)


def _five_days_with(counts: NDArray[np.int64], inside: int, outside: tuple[int, int]) -> NDArray[np.bool_]:
    """Tell which groups have stamps on one weekday and (almost) none on the two others."""
    total = counts.sum(axis=1)
    within: NDArray[np.bool_] = (
        (total >= _MIN_STAMPS)
        & (counts[:, inside] > 0.1 * total)
        & (counts[:, list(outside)].sum(axis=1) <= _STRAY * total)
    )
    return within


def _shift_weeks(
    day: NDArray[np.int64],
    clock: NDArray[np.int64],
    columns: NDArray[np.int64],
    symbols: Sequence[str],
    findings: Findings,
) -> NDArray[np.int64]:
    """Move five-day series that lie on Sunday..Thursday evenings, or on Tuesday..Saturday, to their own days."""
    count = len(symbols)
    # A zone with summer time writes its midnights on the day before in one half of the year only: the evening stamps
    # of a column are judged apart from its morning stamps.
    evening: NDArray[np.bool_] = (clock >= _NOON) | (clock == _MIDNIGHT_AT_13)
    group = columns + count * evening
    counts = _weeks(day, group, 2 * count)
    late = np.arange(2 * count) >= count
    forward = _five_days_with(counts, _SUNDAY, (_FRIDAY, _SATURDAY)) & late
    back = _five_days_with(counts, _SATURDAY, (_SUNDAY, _MONDAY)) & ~late
    if forward.any():
        names = sorted({symbols[g % count] for g in np.flatnonzero(forward).tolist()})
        findings.note(
            f"{_listed(names)}: evening stamps from Sunday to Thursday are midnights of a zone east of UTC; "
            "moved to the next day"
        )
    if back.any():
        names = sorted({symbols[g % count] for g in np.flatnonzero(back).tolist()})
        findings.note(
            f"{_listed(names)}: stamps from Tuesday to Saturday are ends of sessions; moved to the day before"
        )
    return day + forward[group].astype(np.int64) - back[group].astype(np.int64)


def _note_sunday_weeks(
    seconds: NDArray[np.int64], columns: NDArray[np.int64], symbols: Sequence[str], findings: Findings
) -> None:
    """Say which columns have plain dates from Sunday to Thursday: that is a real week in some places."""
    if not any((_weekday(part // _DAY) == _SUNDAY).any() for part in _parts(seconds)):
        return
    day = seconds // _DAY
    odd = np.flatnonzero(_five_days_with(_weeks(day, columns, len(symbols)), _SUNDAY, (_FRIDAY, _SATURDAY)))
    if odd.size:
        findings.note(
            f"{_listed([symbols[c] for c in odd.tolist()])}: dates fall on Sunday to Thursday and are taken as they "
            "stand (some exchanges keep that week); if they were made from UTC stamps they are a day early"
        )


def _usual_hours(stamps: Stamps, columns: NDArray[np.int64], count: int) -> tuple[Floats, NDArray[np.bool_]]:
    """Give the most common hour of each column (UTC where aware) and whether it is aware."""
    aware = np.bincount(columns, weights=stamps.aware, minlength=count) * 2 > np.bincount(columns, minlength=count)
    hour = np.where(stamps.aware, stamps.utc, stamps.wall) % _DAY // 3600
    counts = np.bincount(columns * 24 + hour, minlength=count * 24).reshape(count, 24)
    usual = counts.argmax(axis=1).astype(np.float64)
    unknown = (~aware & (usual == 0)) | (counts.sum(axis=1) == 0)
    return np.where(unknown, np.nan, usual), aware


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
