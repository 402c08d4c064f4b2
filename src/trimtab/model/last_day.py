"""Last trading days of listed futures, by the rule of their exchange, moved where that day is a holiday.

| families | last day of trading | source: contract specifications of |
|---|---|---|
| S&P, Nasdaq-100, Russell 2000, MidCap 400, Dow | third Friday, else the session before | CME and CBOT |
| Euro Stoxx 50, DAX | third Friday, else the session before | Eurex |
| Nikkei 225 | the session before the second Friday | CME and JPX |
| VIX | 30 days before the third Friday of the next month, else the session before | Cboe Futures Exchange |
| Bitcoin, Ether | last Friday, else the session before | CME |

A third Friday falls on a holiday only as Good Friday, or in New York as Juneteenth (19 June from 2022 on, kept on the
18th where that is a Friday); a last Friday only as Good Friday or Christmas Day. So the rule needs no table of
holidays, and holds for years that none has.
Families that are not listed have rules with first notice days, which are not told here: their last day is not known.
"""

import calendar
import datetime as dt
from collections.abc import Callable, Mapping
from types import MappingProxyType

from trimtab.model.expiry import third_friday

__all__ = ["last_trading_day"]

_DAY = dt.timedelta(days=1)
_JUNETEENTH_SINCE = 2022


def last_trading_day(root: str, year: int, month: int) -> dt.date | None:
    """Give the last trading day of a contract; None where the family's rule is not known here.

    Parameters
    ----------
    root
        The family, such as ES.
    year, month
        Of delivery.

    Examples
    --------
    >>> str(last_trading_day("ES", 2026, 12)), str(last_trading_day("ES", 2026, 6))
    ('2026-12-18', '2026-06-18')
    >>> str(last_trading_day("VX", 2024, 3)), str(last_trading_day("BTC", 2024, 3)), last_trading_day("ZN", 2026, 12)
    ('2024-03-20', '2024-03-28', None)
    """
    rule = _RULES.get(root)
    return None if rule is None else rule(year, month)


def _third_friday_new_york(year: int, month: int) -> dt.date:
    return _session(third_friday(year, month), _closed_in_new_york)


def _third_friday_frankfurt(year: int, month: int) -> dt.date:
    return _session(third_friday(year, month), _closed_everywhere)


def _before_second_friday(year: int, month: int) -> dt.date:
    return _session(third_friday(year, month) - 8 * _DAY, _closed_everywhere)


def _vix(year: int, month: int) -> dt.date:
    following = third_friday(year + month // 12, month % 12 + 1)
    # Thirty days before the options' own last day: one that is a holiday moves the future with it.
    return _session(_session(following, _closed_in_new_york) - 30 * _DAY, _closed_in_new_york)


def _last_friday(year: int, month: int) -> dt.date:
    last = dt.date(year, month, calendar.monthrange(year, month)[1])
    return _session(last - (last.weekday() - calendar.FRIDAY) % 7 * _DAY, _closed_in_new_york)


def _session(day: dt.date, is_closed: Callable[[dt.date], bool]) -> dt.date:
    """Give a day, or the last one before it that is no weekend and no holiday."""
    while day.weekday() > calendar.FRIDAY or is_closed(day):
        day -= _DAY
    return day


def _closed_everywhere(day: dt.date) -> bool:
    return day == _good_friday(day.year) or (day.month, day.day) in {(1, 1), (12, 25)}


def _closed_in_new_york(day: dt.date) -> bool:
    # A holiday on a Saturday is kept on the Friday before it.
    juneteenth = day.year >= _JUNETEENTH_SINCE and dt.date(day.year, 6, 19) in _kept_on(day)
    return juneteenth or _closed_everywhere(day)


def _kept_on(day: dt.date) -> tuple[dt.date, ...]:
    return (day, day + _DAY) if day.weekday() == calendar.FRIDAY else (day,)


def _good_friday(year: int) -> dt.date:
    """Give the Friday before Easter Sunday of the Gregorian calendar (Meeus, Astronomical Algorithms, ch. 8)."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return dt.date(year, f // 31, f % 31 + 1) - 2 * _DAY


def _by_family() -> dict[str, Callable[[int, int], dt.date]]:
    rules = (
        (_third_friday_new_york, "ES MES NQ MNQ RTY M2K EMD YM MYM"),
        (_third_friday_frankfurt, "FESX FDAX FDXM FDXS"),
        (_before_second_friday, "NKD NIY NK"),
        (_vix, "VX VXM"),
        (_last_friday, "BTC MBT ETH MET"),
    )
    return {root: rule for rule, roots in rules for root in roots.split()}


_RULES: Mapping[str, Callable[[int, int], dt.date]] = MappingProxyType(_by_family())
