"""The dates on which forecasts are made, and how far each looks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trimtab.errors import InputError
from trimtab.market.frequency import Frequency

__all__ = ["Horizon", "forecast_rows", "horizons_of"]

#: Fewest returns from which a realised beta says anything at all.
_MIN_ROWS = 10
_STEPS = {"month-end": "datetime64[M]", "week-end": "datetime64[W]", "year-end": "datetime64[Y]"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """How far a forecast looks.

    Parameters
    ----------
    days
        In trading days, of which 252 are a year; 21 are a month on every calendar.
    rows
        The same in rows of the data: 365 rows are a year of a seven-day calendar, 52 of weeks.
    lag
        Forecast dates whose periods overlap with a later one's: how many neighbours share its luck.
    """

    days: int
    rows: int
    lag: int


def forecast_rows(dates: NDArray[np.datetime64], step: str | int) -> NDArray[np.intp]:
    """Give the rows at which forecasts are made.

    Parameters
    ----------
    dates
        Increasing stamps, shape (n_dates,).
    step
        "month-end", "week-end" or "year-end": the last row of each; or every how many rows.

    Examples
    --------
    >>> forecast_rows(np.array(["2024-01-30", "2024-01-31", "2024-02-01"], dtype="datetime64[s]"), "month-end").tolist()
    [1, 2]
    """
    if isinstance(step, int):
        if step < 1:
            raise InputError(expected="a step of at least 1 row", found=f"{step}", try_next="give 21 or 'month-end'")
        return np.arange(step - 1, len(dates), step, dtype=np.intp)
    if step not in _STEPS:
        raise InputError(
            expected=f"a step of {', '.join(_STEPS)} or a number of rows", found=f"{step!r}", try_next="month-end"
        )
    period = _period(dates, step)
    return np.flatnonzero(np.append(period[1:] != period[:-1], True)).astype(np.intp)


def _period(dates: NDArray[np.datetime64], step: str) -> NDArray[np.int64]:
    if step == "week-end":
        # 1970-01-01 was a Thursday; adding three lets weeks begin on Monday.
        return (dates.astype("datetime64[D]").astype(np.int64) + 3) // 7
    return dates.astype(_STEPS[step]).astype(np.int64)


def horizons_of(
    days: tuple[int, ...], frequency: Frequency, rows: NDArray[np.intp]
) -> tuple[tuple[Horizon, ...], tuple[str, ...]]:
    """Give the horizons in rows of the data, and in words those that are too short for it.

    Parameters
    ----------
    days
        In trading days, 252 a year.
    frequency
        Of the data.
    rows
        The rows at which forecasts are made.

    Examples
    --------
    >>> from trimtab.market.frequency import frequency_of
    >>> weekly = frequency_of(np.arange("2024-01-05", "2024-06-01", 7, dtype="datetime64[D]"))
    >>> found, left_out = horizons_of((21, 252), weekly, np.arange(0, 40, 4))
    >>> found[0].rows, found[0].lag, left_out[0]
    (52, 13, '21 days are 4 weekly returns: too few for a realised beta')
    """
    if not days or min(days) < 1:
        raise InputError(expected="horizons of at least 1 day", found=f"{days}", try_next="give 21, 63, 252")
    laid, short = [], []
    spacing = float(np.median(np.diff(rows))) if len(rows) > 1 else 1.0
    for horizon in days:
        ahead = round(horizon * frequency.periods_per_year / 252.0)
        if ahead < _MIN_ROWS:
            short.append(f"{horizon} days are {ahead} {frequency.name} returns: too few for a realised beta")
            continue
        # A hair below the ratio, so that 252 rows at month-ends of 21 rows lag by 12 months and not by 13.
        laid.append(Horizon(days=horizon, rows=ahead, lag=max(1, int(np.ceil(ahead / spacing - 1e-9)))))
    return tuple(laid), tuple(short)
