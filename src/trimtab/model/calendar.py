"""When prices are to be expected: the days of the week that are sessions, but for holidays, from the close on."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from trimtab.errors import InputError

__all__ = ["EVERY_DAY", "WEEKDAYS", "Calendar"]

_DAY = dt.timedelta(days=1)
#: Days of the week as `datetime.date.weekday` counts them: Monday is 0.
WEEKDAYS = (0, 1, 2, 3, 4)
EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Days with prices.

    Parameters
    ----------
    name
        The exchange, for messages.
    week
        Days of the week that are sessions; Monday is 0.
    holidays
        Days of that week without prices.
    extra
        Other days, with prices.
    time_zone
        Of the close.
    close
        Local time from which a day's price is due; None: from the end of the day.
    early
        Local time of the close on days that close early.
    first, last
        Days between which holidays are known; None: always. Before the first, only the week is known.

    Examples
    --------
    >>> from zoneinfo import ZoneInfo
    >>> new_york = Calendar(time_zone=ZoneInfo("America/New_York"), close=dt.time(16), holidays=(dt.date(2026, 7, 3),))
    >>> friday_evening = dt.datetime(2026, 7, 3, 22, tzinfo=dt.UTC)
    >>> new_york.missed(dt.date(2026, 7, 1), friday_evening)
    1
    >>> new_york.missed(dt.date(2026, 7, 2), friday_evening)
    0
    """

    name: str = "this calendar"
    week: tuple[int, ...] = WEEKDAYS
    holidays: Collection[dt.date] = frozenset()
    extra: Collection[dt.date] = frozenset()
    time_zone: dt.tzinfo = dt.UTC
    close: dt.time | None = None
    early: Mapping[dt.date, dt.time] = field(default_factory=dict)
    first: dt.date | None = None
    last: dt.date | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "holidays", frozenset(self.holidays))
        object.__setattr__(self, "extra", frozenset(self.extra))

    def is_session(self, day: dt.date) -> bool:
        """Tell whether a day has prices.

        Raises
        ------
        InputError
            If the calendar has ended by then.
        """
        if self.last is not None and day > self.last:
            raise InputError(
                expected=f"a day up to {self.last}, the last that {self.name} is known for",
                found=f"{day}",
                try_next="install a newer trimtab, whose table goes further, or state its days under [calendars.NAME] "
                "with time_zone, close and holidays",
            )
        return day in self.extra or (day.weekday() in self.week and day not in self.holidays)

    def missed(self, last: dt.date, now: dt.datetime) -> int:
        """Count the sessions after a day whose prices are due by a moment (with its zone).

        Raises
        ------
        InputError
            If the calendar has ended by then.
        """
        local = now.astimezone(self.time_zone)
        close = self.early.get(local.date(), self.close)
        due = local.date() if close is not None and local.time() >= close else local.date() - _DAY
        return self._between(last, due)

    def left(self, day: dt.date) -> int | None:
        """Count the sessions after a day that are known; None where the calendar has no end."""
        if self.last is None:
            return None
        return self._between(day, self.last)

    def _between(self, after: dt.date, until: dt.date) -> int:
        """Count the sessions after a day up to another: by weeks, since a clock that is wrong asks for millennia."""
        days = (until - after).days
        if days <= 0:
            return 0
        if self.last is not None and until > self.last:
            self.is_session(max(after, self.last) + _DAY)  # which says that the calendar has ended
        weeks, rest = divmod(days, 7)
        usual = weeks * len(self.week) + sum((after.weekday() + i) % 7 in self.week for i in range(1, rest + 1))
        named = {day for day in {*self.holidays, *self.extra} if after < day <= until}
        return usual + sum(self.is_session(day) - (day.weekday() in self.week) for day in named)
