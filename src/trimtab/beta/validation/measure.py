r"""Errors of means over overlapping periods, ratios of errors, straight lines through forecasts and outcomes.

Forecasts a month apart that look a year ahead share eleven twelfths of their luck, and all assets of one date share
that date's. So each date is one observation, its assets' mean, and errors are those of Newey and West (1987) with as
many lags as there are dates within a period. With fewer than four periods' worth of dates no error is given: NaN.
"""

import numpy as np
from numpy.typing import NDArray

from trimtab.stats.arrays import Floats

__all__ = ["long_run_error", "mincer_zarnowitz", "relative_gain", "row_means"]

_MIN_PERIODS = 4


def row_means(values: Floats, keep: NDArray[np.bool_]) -> Floats:
    """Give the mean over each row's kept cells, shape (n_dates,); rows without one are left out.

    Parameters
    ----------
    values
        Shape (n_dates, n_assets).
    keep
        Same shape.
    """
    count = keep.sum(axis=1)
    total = np.where(keep, values, 0.0).sum(axis=1)
    return np.asarray(total[count > 0] / count[count > 0])


def long_run_error(series: Floats, lag: int) -> float:
    """Give the Newey-West standard error of a series' mean; NaN with fewer than 4 x (lag + 1) dates.

    Parameters
    ----------
    series
        One value per date, shape (n_dates,).
    lag
        Bartlett lags.

    Examples
    --------
    >>> round(long_run_error(np.tile([1.0, -1.0], 50), 0), 3), long_run_error(np.ones(7), 1)
    (0.1, nan)
    """
    n = len(series)
    if n < _MIN_PERIODS * (lag + 1):
        return float("nan")
    deviation = series - series.mean()
    variance = float(deviation @ deviation)
    for k in range(1, lag + 1):
        variance += 2.0 * (1.0 - k / (lag + 1.0)) * float(deviation[k:] @ deviation[:-k])
    return float(np.sqrt(max(variance, 0.0)) / n)


def relative_gain(mse: Floats, base: Floats, lag: int) -> tuple[float, float]:
    """Give by how much the root mean squared error is below another's, as a share, with its error.

    Parameters
    ----------
    mse, base
        Mean squared error of the method and of the other at each date, shape (n_dates,).
    lag
        Bartlett lags.

    Returns
    -------
    1 - sqrt(mean(mse) / mean(base)), positive where the method is better, and its standard error (delta method).

    Examples
    --------
    >>> gain, error = relative_gain(np.full(8, 0.81), np.full(8, 1.0), 1)
    >>> round(gain, 12), error
    (0.1, 0.0)
    """
    a, b = float(mse.mean()), float(base.mean())
    if not b > 0:
        return float("nan"), float("nan")
    ratio = float(np.sqrt(a / b))
    if ratio == 0:
        return 1.0, float("nan")
    # d sqrt(a/b) = (da - (a/b) db) / (2 b ratio)
    influence = (mse - (a / b) * base) / (2.0 * b * ratio)
    return 1.0 - ratio, long_run_error(influence, lag)


def mincer_zarnowitz(
    forecast: Floats, outcome: Floats, keep: NDArray[np.bool_], lag: int
) -> tuple[float, float, float]:
    """Regress outcomes on forecasts, each date weighing the same.

    A slope below 1 says that forecasts are spread too far, above 1 that they are drawn together too much (Mincer and
    Zarnowitz 1969). Noise in the outcomes does not bias it.

    Parameters
    ----------
    forecast, outcome, keep
        Shape (n_dates, n_assets).
    lag
        Bartlett lags of the slope's date-clustered error.

    Returns
    -------
    Intercept, slope, error of the slope; NaN where forecasts do not differ.
    """
    rows = keep.any(axis=1)
    kept = keep[rows]
    weight = kept / kept.sum(axis=1, keepdims=True)
    f, y = np.where(kept, forecast[rows], 0.0), np.where(kept, outcome[rows], 0.0)
    total = weight.sum()
    f_mean, y_mean = (weight * f).sum() / total, (weight * y).sum() / total
    f_dev, y_dev = np.where(kept, f - f_mean, 0.0), np.where(kept, y - y_mean, 0.0)
    spread = float((weight * f_dev**2).sum())
    if not spread > 1e-12 * total:
        return float("nan"), float("nan"), float("nan")
    slope = float((weight * f_dev * y_dev).sum()) / spread
    scores = (weight * f_dev * (y_dev - slope * f_dev)).sum(axis=1)
    error = long_run_error(scores, lag) * len(scores) / spread
    return float(y_mean - slope * f_mean), slope, error
