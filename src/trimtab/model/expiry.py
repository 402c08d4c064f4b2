"""Month codes and expiry dates of listed contracts."""

import calendar
import datetime as dt
from collections.abc import Callable

__all__ = ["MONTH_CODES", "ROLL_BEFORE", "front_month", "resolve_year", "third_friday"]

#: Futures month letters in calendar order.
MONTH_CODES = "FGHJKMNQUVXZ"
#: Index futures are rolled on the Thursday eight days before their third Friday: from then on the next month trades.
ROLL_BEFORE = dt.timedelta(days=8)


def third_friday(year: int, month: int) -> dt.date:
    """Give the third Friday of a month, the usual expiry of equity-index futures and monthly options.

    Examples
    --------
    >>> third_friday(2026, 12)
    datetime.date(2026, 12, 18)
    """
    first_weekday, _ = calendar.monthrange(year, month)
    return dt.date(year, month, 1 + (calendar.FRIDAY - first_weekday) % 7 + 14)


def resolve_year(digits: str, month: int, as_of: dt.date | None) -> int | None:
    """Give the full year of a contract written with one, two or four digits.

    A single digit names ten possible decades apart; it means the first such year in which the contract has not yet
    expired on `as_of`, and cannot be resolved without that date.

    Examples
    --------
    >>> resolve_year("6", 12, dt.date(2026, 11, 21)), resolve_year("5", 12, dt.date(2026, 11, 21))
    (2026, 2035)
    >>> resolve_year("26", 12, None), resolve_year("6", 12, None)
    (2026, None)
    """
    if len(digits) == 4:
        return int(digits)
    if len(digits) == 2:
        return 2000 + int(digits)
    if as_of is None:
        return None
    year = as_of.year - as_of.year % 10 + int(digits)
    for candidate in (year - 10, year, year + 10):
        # Days of grace: a contract that has just expired is still meant, not one ten years away. Contracts that end
        # with their month end up to fourteen days after its third Friday.
        if third_friday(candidate, month) + dt.timedelta(days=24) >= as_of:
            return candidate
    return year + 10


def front_month(
    as_of: dt.date, months: str, *, last_day: Callable[[int, int], dt.date] = third_friday
) -> tuple[int, int]:
    """Give (year, month) of the first contract of a cycle that has not expired on a day.

    Parameters
    ----------
    as_of
        The day asked about.
    months
        Month letters of the cycle, for example HMUZ.
    last_day
        Gives the last day of a month's contract.

    Examples
    --------
    >>> front_month(dt.date(2022, 12, 28), "HMUZ")
    (2023, 3)
    """
    for offset in range(25):
        year, month = as_of.year + (as_of.month - 1 + offset) // 12, (as_of.month - 1 + offset) % 12 + 1
        if MONTH_CODES[month - 1] in months and last_day(year, month) >= as_of:
            return year, month
    raise ValueError(months)
