"""Expiry days as they stand in the names of options and futures."""

import calendar
import datetime as dt
import re
from collections.abc import Callable

from trimtab.model.expiry import third_friday

__all__ = ["DAY_WORDS", "MONTHS", "day_in", "full_year", "make_day"]

MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_LONG = {name.upper(): number for number, name in enumerate(calendar.month_name) if name}
_MONTH = "|".join((*_LONG, *MONTHS))
_YEAR = r"(?:20\d\d|'?\d\d)"

#: Each way of writing a day that is one word or several: pattern, and which groups are year, month and day.
DAY_WORDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), order)
    for pattern, order in (
        (r"(20\d\d)-(\d\d)-(\d\d)", "ymd"),  # 2026-09-18
        (r"(20\d\d)(\d\d)(\d\d)", "ymd"),  # 20260918
        (r"(\d\d)(\d\d)(\d\d)", "ymd"),  # 260918
        (rf"(\d{{1,2}})/(\d{{1,2}})/({_YEAR})", "mdy"),  # 9/18/2026, 09/18/26
        (r"(\d{1,2})\.(\d{1,2})\.((?:20)?\d\d)", "dmy"),  # 18.09.2026, 18.09.26
        (rf"(\d{{1,2}})[ -]?({_MONTH})[ -]?({_YEAR})", "dmy"),  # 18SEP26, 18 Sep 2026, 18-Sep-26
        (rf"({_MONTH}) ?(\d{{1,2}})(?:,? |(?='))({_YEAR})", "mdy"),  # Sep 18 '26, Sep18'26, Sep 18, 2026
        (rf"({_MONTH}) ?({_YEAR})", "my"),  # Sep26, Dec 2026
    )
)


def make_day(year: int, month: int, day: int) -> dt.date | None:
    """Give a day; None if there is no such day.

    Examples
    --------
    >>> make_day(2026, 2, 30) is None
    True
    """
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def full_year(text: str) -> int:
    """Read a year of two or four digits; two digits are of this century.

    Examples
    --------
    >>> full_year("'26"), full_year("2026")
    (2026, 2026)
    """
    digits = text.lstrip("'")
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def day_in(text: str) -> tuple[dt.date, bool] | None:
    """Read a whole text as an expiry day; gives it, and whether only month and year were written.

    A month alone means its third Friday. mm/dd/yyyy is how American brokers write; such a day that cannot be, or is no
    weekday while dd/mm is one, is not read.

    Examples
    --------
    >>> day_in("18SEP26"), day_in("Sep 18 '26"), day_in("9/18/2026")
    ((datetime.date(2026, 9, 18), False), (datetime.date(2026, 9, 18), False), (datetime.date(2026, 9, 18), False))
    >>> day_in("Dec26"), day_in("SPY")
    ((datetime.date(2026, 12, 18), True), None)
    """
    for pattern, order in DAY_WORDS:
        match = pattern.fullmatch(text.strip())
        if match is not None:
            return _ORDERS[order](*match.groups())
    return None


def _month(text: str) -> int:
    return int(text) if text.isdigit() else _LONG.get(text.upper()) or MONTHS[text.upper()]


def _whole(year: str, month: str, day: str) -> tuple[dt.date, bool] | None:
    day_made = make_day(full_year(year), _month(month), int(day))
    return None if day_made is None else (day_made, False)


def _american(month: str, day: str, year: str) -> tuple[dt.date, bool] | None:
    day_read = _whole(year, month, day)
    if day_read is None or day_read[0].weekday() < 5 or not month.isdigit():
        return day_read
    other = make_day(full_year(year), int(day), int(month))
    return None if other is not None and other.weekday() < 5 else day_read


def _third(month: str, year: str) -> tuple[dt.date, bool] | None:
    return third_friday(full_year(year), _month(month)), True


_ORDERS: dict[str, Callable[..., tuple[dt.date, bool] | None]] = {
    "ymd": _whole,
    "mdy": _american,
    "dmy": lambda day, month, year: _whole(year, month, day),
    "my": _third,
}
