"""When prices are to be expected: weekdays or every day, but for holidays, from the close on."""

import datetime as dt
from dataclasses import dataclass

__all__ = ["Calendar"]

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Days with prices.

    Parameters
    ----------
    seven_days
        Whether Saturday and Sunday have prices.
    holidays
        Days without.
    time_zone
        Of the close.
    close
        Local time from which a day's price is due; None: from the end of the day.

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

    seven_days: bool = False
    holidays: tuple[dt.date, ...] = ()
    time_zone: dt.tzinfo = dt.UTC
    close: dt.time | None = None

    def is_session(self, day: dt.date) -> bool:
        """Tell whether a day has prices."""
        return (self.seven_days or day.weekday() < 5) and day not in self.holidays

    def missed(self, last: dt.date, now: dt.datetime) -> int:
        """Count the sessions after a day whose prices are due by a moment (with its zone)."""
        local = now.astimezone(self.time_zone)
        due = local.date() if self.close is not None and local.time() >= self.close else local.date() - _DAY
        return sum(self.is_session(last + i * _DAY) for i in range(1, (due - last).days + 1))
