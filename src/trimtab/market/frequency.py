"""How often prices come, and how many periods make a year."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Frequency", "frequency_of"]

_DAY = 86_400.0
_SESSION_SECONDS = 6.5 * 3600


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


_DAILY = Frequency(name="daily", periods_per_year=252.0, max_gap_days=15.0)


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
        days = 365.0 if weekend > 0.15 else 252.0
        return Frequency(name="intraday", periods_per_year=days * per_day, max_gap_days=15.0)
    if spacing < 4:
        # Two of seven days are weekend days; a five-day market has none of them.
        if _weekend_share(dates) > 0.15:
            return Frequency(name="daily-7", periods_per_year=365.0, max_gap_days=15.0)
        return _DAILY
    for name, per_year, limit in (("weekly", 52.0, 16.0), ("monthly", 12.0, 62.0), ("quarterly", 4.0, 184.0)):
        if spacing <= limit:
            return Frequency(name=name, periods_per_year=per_year, max_gap_days=3.5 * 365.0 / per_year)
    return Frequency(name="yearly", periods_per_year=1.0, max_gap_days=3.5 * 365.0)


def _weekend_share(dates: NDArray[np.datetime64]) -> float:
    # 1970-01-01 was a Thursday; adding three makes Monday 0.
    weekday = (dates.astype("datetime64[D]").astype(np.int64) + 3) % 7
    return float(np.mean(weekday >= 5))
