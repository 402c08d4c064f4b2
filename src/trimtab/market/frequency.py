"""How often prices come, how many periods make a year, and how many days a period has.

Spans that are stated in trading days (a half-life of 63, a horizon of 21) mean 1/252 of a year each on every calendar:
`Frequency.rows` turns them into rows of the prices at hand. What is about a *session* (volume of a day, the volatility
that an order meets) counts days with prices, of which a seven-day calendar has 365 a year: `Frequency.sessions`.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from trimtab.market.daycount import YEAR_DAYS

__all__ = ["SEVEN_DAY_YEAR", "TRADING_YEAR", "Frequency", "frequency_of", "slow_frequencies"]

#: Trading days of a year, in which spans are stated.
TRADING_YEAR = 252.0
#: Days with prices in a year of a market that never rests.
SEVEN_DAY_YEAR = 365.0
_DAY = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Frequency:
    """The spacing of observations.

    Parameters
    ----------
    name
        intraday, daily, daily-7 (every calendar day), weekly, monthly or quarterly.
    periods_per_year
        For annualisation and for scaling half-lives that are stated in trading days.
    max_gap_days
        Longest interval between two prices that still counts as one return, in calendar days.
    """

    name: str
    periods_per_year: float
    max_gap_days: float

    def rows(self, days: float, *, least: int = 1) -> int:
        """Give the rows that cover a span of trading days (252 make a year), no fewer than `least`.

        Examples
        --------
        >>> week = Frequency(name="weekly", periods_per_year=52.0, max_gap_days=24.5)
        >>> week.rows(252), week.rows(21), week.rows(1), week.rows(252, least=60)
        (52, 4, 1, 60)
        """
        return max(least, round(days * self.periods_per_year / TRADING_YEAR))

    @property
    def sessions(self) -> float:
        """Days with prices in one period: 1 for daily prices of either calendar, 21 for monthly ones.

        Examples
        --------
        >>> Frequency(name="monthly", periods_per_year=12.0, max_gap_days=106.5).sessions
        21.0
        """
        return self.days_per_year / self.periods_per_year

    @property
    def days_per_year(self) -> float:
        """Days with prices in a year: 365 if there are prices on weekends, else 252."""
        seven = self.name == "daily-7" or (self.name == "intraday" and self.periods_per_year % SEVEN_DAY_YEAR == 0.0)
        return SEVEN_DAY_YEAR if seven else TRADING_YEAR

    def per_session(self, deviation: float) -> float:
        """Turn a standard deviation per period into one per day with prices, by the square root of time.

        Examples
        --------
        >>> Frequency(name="monthly", periods_per_year=12.0, max_gap_days=106.5).per_session(21.0**0.5)
        1.0
        """
        return deviation / sqrt(self.sessions)

    def per_year(self, deviation: float) -> float:
        """Turn a standard deviation per period into one per year, by the square root of time.

        Examples
        --------
        >>> Frequency(name="quarterly", periods_per_year=4.0, max_gap_days=319.375).per_year(0.08)
        0.16
        """
        return deviation * sqrt(self.periods_per_year)

    @property
    def period(self) -> str:
        """The word for one period: day, week, month ...; "period" where there is none.

        Examples
        --------
        >>> Frequency(name="daily-7", periods_per_year=365.0, max_gap_days=15.0).period
        'day'
        """
        return _WORDS.get(self.name, "period")


_WORDS = {
    "daily": "day",
    "daily-7": "day",
    "weekly": "week",
    "monthly": "month",
    "quarterly": "quarter",
    "yearly": "year",
}
_DAILY = Frequency(name="daily", periods_per_year=TRADING_YEAR, max_gap_days=15.0)


def frequency_of(dates: NDArray[np.datetime64]) -> Frequency:
    """Read the frequency from the median spacing of dates.

    Parameters
    ----------
    dates
        Increasing stamps, shape (n_dates,). Fewer than three count as daily.

    Examples
    --------
    >>> frequency_of(np.arange("2024-01-05", "2024-06-01", 7, dtype="datetime64[D]")).name
    'weekly'
    """
    if len(dates) < 3:
        return _DAILY
    seconds = dates.astype("datetime64[s]").astype(np.int64)
    spacing = float(np.median(np.diff(seconds))) / _DAY
    if spacing < 0.9:
        per_day = float(np.median(np.unique(seconds // int(_DAY), return_counts=True)[1]))
        weekend = _weekend_share(dates)
        days = SEVEN_DAY_YEAR if weekend > 0.15 else TRADING_YEAR
        return Frequency(name="intraday", periods_per_year=days * per_day, max_gap_days=15.0)
    if spacing < 4:
        # Two of seven days are weekend days; a five-day market has none of them.
        if _weekend_share(dates) > 0.15:
            return Frequency(name="daily-7", periods_per_year=SEVEN_DAY_YEAR, max_gap_days=15.0)
        return _DAILY
    for name, per_year, limit in (("weekly", 52.0, 16.0), ("monthly", 12.0, 62.0), ("quarterly", 4.0, 184.0)):
        if spacing <= limit:
            return Frequency(name=name, periods_per_year=per_year, max_gap_days=3.5 * YEAR_DAYS / per_year)
    return Frequency(name="yearly", periods_per_year=1.0, max_gap_days=3.5 * YEAR_DAYS)


#: A series may be slow if it has prices on no more than this share of the sessions in its span.
_SHARE, _FEWEST = 0.3, 3
#: Days between two prices of a slow series, but for this share of its intervals.
_LONG, _STRAY = 4, 0.05


def slow_frequencies(dates: NDArray[np.datetime64], there: NDArray[np.bool_]) -> dict[int, Frequency]:
    """Give the columns of daily stamps whose prices are all a week or more apart, with their frequency.

    A series that was monthly and became daily is none of them.

    Parameters
    ----------
    dates
        Increasing stamps, shape (n_dates,).
    there
        Where a price is, shape (n_dates, n_columns).

    Examples
    --------
    >>> days = np.arange("2024-01-01", "2024-04-01", dtype="datetime64[D]")
    >>> there = np.ones((91, 2), dtype=bool)
    >>> there[:, 1] = np.arange(91) % 7 == 4
    >>> {column: frequency.name for column, frequency in slow_frequencies(days, there).items()}
    {1: 'weekly'}
    """
    if len(dates) < _FEWEST or (dates.astype("datetime64[s]").astype(np.int64) % int(_DAY)).any():
        return {}
    count = there.sum(axis=0)
    span = len(there) - np.argmax(there, axis=0) - np.argmax(there[::-1], axis=0)
    slow = {}
    for column in np.flatnonzero((count >= _FEWEST) & (count <= _SHARE * span)).tolist():
        own = dates[there[:, column]]
        frequency = frequency_of(own)
        short = np.diff(own.astype("datetime64[D]").astype(np.int64)) < _LONG
        if frequency.periods_per_year <= 52 and short.mean() <= _STRAY:
            slow[column] = frequency
    return slow


def _weekend_share(dates: NDArray[np.datetime64]) -> float:
    # 1970-01-01 was a Thursday; adding three makes Monday 0.
    weekday = (dates.astype("datetime64[D]").astype(np.int64) + 3) % 7
    return float(np.mean(weekday >= 5))
