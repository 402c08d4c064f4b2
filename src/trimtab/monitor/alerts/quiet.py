"""Quiet hours: when an alert that is not urgent waits until morning."""

import datetime as dt
from dataclasses import dataclass
from enum import IntEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from trimtab.errors import InputError

__all__ = ["QuietHours", "Severity", "severity_of"]


class Severity(IntEnum):
    """How much an alert matters; larger is more."""

    INFO = 0
    WARNING = 1
    CRITICAL = 2

    def __str__(self) -> str:
        """Return the name in small letters."""
        return self.name.lower()


def severity_of(text: "str | Severity") -> Severity:
    """Read a severity by name.

    Examples
    --------
    >>> severity_of("warning") < severity_of("critical")
    True
    """
    if isinstance(text, Severity):
        return text
    try:
        return Severity[text.strip().upper()]
    except KeyError:
        raise InputError(
            expected="a severity: info, warning or critical", found=f"{text!r}", try_next="choose one of the three"
        ) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """A part of each day, by the clock on a wall, in which less severe alerts are held back.

    Parameters
    ----------
    start, end
        Wall-clock times; the start is quiet, the end is not. An end before the start is on the next day.
    zone
        IANA name such as Europe/Zurich; daylight saving is the wall's affair.
    passes
        Alerts of this severity or above are not held back.
    days
        Weekdays on which quiet hours begin, Monday = 0; all by default.

    Examples
    --------
    >>> night = QuietHours(start=dt.time(22), end=dt.time(7), zone="Europe/Zurich")
    >>> night.covers(dt.datetime(2026, 7, 1, 20, 30, tzinfo=dt.UTC))  # half past ten in the evening in Zurich
    True
    >>> night.covers(dt.datetime(2026, 7, 1, 5, 0, tzinfo=dt.UTC))  # seven in the morning
    False
    """

    start: dt.time
    end: dt.time
    zone: str
    passes: Severity = Severity.CRITICAL
    days: frozenset[int] = frozenset(range(7))

    def __post_init__(self) -> None:
        if self.start == self.end or self.start.tzinfo is not None or self.end.tzinfo is not None:
            raise InputError(
                expected="quiet hours with a start and another end, as clock times",
                found=f"{self.start} to {self.end}",
                try_next="write for example 22:00 to 07:00, and the zone beside it",
            )
        if not self.days <= frozenset(range(7)):
            raise InputError(expected="weekdays 0 to 6", found=f"{sorted(self.days)}", try_next="Monday is 0")
        _zone(self.zone)

    def covers(self, now: dt.datetime) -> bool:
        """Tell whether a moment is in quiet hours."""
        local = now.astimezone(_zone(self.zone))
        clock, day = local.time(), local.weekday()
        if self.start < self.end:
            return self.start <= clock < self.end and day in self.days
        # Past midnight the quiet hours are those that began the day before.
        return (clock >= self.start and day in self.days) or (clock < self.end and (day - 1) % 7 in self.days)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError(
            expected="the IANA name of a time zone",
            found=f"{name!r}",
            try_next="write for example Europe/Zurich; where a system has no zone data, install tzdata",
        ) from None
