"""Moments of a clock that may be wrong: nothing that is added to one leads beyond the end of time."""

import datetime as dt

__all__ = ["later"]

_END = dt.datetime.max.replace(tzinfo=dt.UTC)


def later(moment: dt.datetime, length: dt.timedelta) -> dt.datetime:
    """Give the moment so much later (UTC), at most the last one there is.

    A clock that says the year 9999 is refused where something is written down; until then it must break nothing.

    Examples
    --------
    >>> later(dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC), dt.timedelta(hours=1)).hour
    13
    >>> later(dt.datetime(9999, 12, 31, 23, 59, 58, tzinfo=dt.UTC), dt.timedelta(minutes=5)).year
    9999
    """
    return _END if moment > _END - length else moment + length
