"""Days and years between dates: one day count for everything that discounts, expires or accrues.

Times between dates are actual days / 365. How many *returns* make a year is another question, which the prices answer:
see `trimtab.market.frequency`.
"""

import datetime as dt

import numpy as np

__all__ = ["YEAR_DAYS", "date_of", "years_between"]

#: Days of a year for times between dates (actual/365).
YEAR_DAYS = 365.0


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
