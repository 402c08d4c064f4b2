"""Days and years between dates: one day count for everything that discounts, expires or accrues.

Times between dates are actual days / 365. How many *returns* make a year is another question, which the prices answer:
see `trimtab.market.frequency`.
"""

import datetime as dt

import numpy as np

from trimtab.errors import InputError

__all__ = ["YEAR_DAYS", "as_moment", "date_of", "years_between"]

#: Days of a year for times between dates (actual/365).
YEAR_DAYS = 365.0


def as_moment(as_of: dt.date | str | None) -> np.datetime64 | None:
    """Read a day; None stays None.

    Raises
    ------
    InputError
        If it is no day.

    Examples
    --------
    >>> as_moment("2024-01-05")
    np.datetime64('2024-01-05')
    """
    if as_of is None:
        return None
    try:
        return np.datetime64(as_of, "D")
    except ValueError:
        raise InputError(
            expected="a date like 2022-12-28", found=f"{as_of!r}", try_next="write --as-of YYYY-MM-DD"
        ) from None


def date_of(moment: np.datetime64) -> dt.date:
    """Give the day of a moment.

    Examples
    --------
    >>> date_of(np.datetime64("2024-01-05T21:00:00"))
    datetime.date(2024, 1, 5)
    """
    day: dt.date = moment.astype("datetime64[D]").item()
    return day


def years_between(first: dt.date, last: dt.date) -> float:
    """Give the years from one day to another, actual/365; negative if the last comes first.

    Examples
    --------
    >>> years_between(dt.date(2024, 1, 5), dt.date(2024, 3, 18))
    0.2
    """
    return (last - first).days / YEAR_DAYS
