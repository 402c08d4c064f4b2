r"""Alpha through time: the regression of `trimtab.performance.alpha` over a window that moves.

Equation
    at the end of each period t:  alpha and beta of the last `window` periods, one regression with HAC errors
Conventions
    Compounded alpha a year, decimal, with its interval at 95%. A window with fewer than nine in ten of its periods
    known has no value.
Traps
    Neighbouring windows share most of their periods: a stretch outside nothing is one finding, not many.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trimtab.errors import NotEnoughDataError
from trimtab.performance.alpha import MIN_PERIODS, jensen_alpha
from trimtab.stats.arrays import Floats

__all__ = ["AlphaLine", "AlphaPath", "alpha_path", "rolling_alpha"]

#: Most windows that are measured; share of a window's periods that must be known.
_MOST, _KNOWN = 120, 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class AlphaLine:
    """Compounded alpha a year at the end of each window, decimal; NaN where it is not known.

    Parameters
    ----------
    value, low, high
        Alpha and the ends of its 95% interval, shape (n_windows,).
    """

    value: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class AlphaPath:
    """Alpha through time.

    Parameters
    ----------
    window
        Periods in each window.
    dates
        Its last period's end, shape (n_windows,).
    whole
        Of the portfolio as it was.
    unhedged
        Of the portfolio with the hedge's result taken out again; None without a hedge.
    """

    window: int
    dates: NDArray[np.datetime64]
    whole: AlphaLine
    unhedged: AlphaLine | None = None


def rolling_alpha(
    excess: ArrayLike, market: ArrayLike, *, ends: NDArray[np.intp], window: int, periods_per_year: float
) -> AlphaLine:
    """Estimate alpha over the `window` periods up to and with each of `ends`.

    Parameters
    ----------
    excess, market
        As in `jensen_alpha`.
    ends
        Rows of the last periods of windows, shape (n_windows,).
    window
        Periods, 12 or more.
    periods_per_year
        252, 365, 52, 12 ...

    Examples
    --------
    >>> market = 0.04 * np.sin(np.arange(48.0))
    >>> line = rolling_alpha(0.002 + 0.8 * market, market, ends=np.array([35, 47]), window=36, periods_per_year=12)
    >>> line.value.round(6).tolist()
    [0.024266, 0.024266]
    """
    y, x = (np.asarray(a, dtype=np.float64) for a in (excess, market))
    least = max(MIN_PERIODS, int(np.ceil(_KNOWN * window)))
    lines = np.full((3, len(ends)), np.nan)
    for i, end in enumerate(ends.tolist()):
        rows = slice(end + 1 - window, end + 1)
        if end + 1 < window or np.count_nonzero(np.isfinite(y[rows]) & np.isfinite(x[rows])) < least:
            continue
        try:
            alpha = jensen_alpha(y[rows], x[rows], periods_per_year=periods_per_year).compounded
        except NotEnoughDataError:  # a benchmark that stood still
            continue
        lines[:, i] = alpha.value, alpha.low, alpha.high
    value, low, high = lines
    return AlphaLine(value=value, low=low, high=high)


def alpha_path(
    dates: NDArray[np.datetime64],
    excess: Floats,
    market: Floats,
    unhedged: Floats | None,
    *,
    periods_per_year: float,
) -> AlphaPath | None:
    """Give alpha through time over windows of a year; None where there is not more than one such window.

    Parameters
    ----------
    dates
        Ends of periods, shape (n_periods,).
    excess, market
        Excess returns of portfolio and benchmark.
    unhedged
        Of the portfolio without its hedge, NaN where not known; None where there was none.
    periods_per_year
        As in `jensen_alpha`; a window has as many periods, 36 at least.
    """
    window = max(36, round(periods_per_year))
    count = len(excess) - window
    if count < 1:
        return None
    ends = np.unique(np.linspace(window - 1, len(excess) - 1, min(_MOST, count + 1)).round().astype(np.intp))
    whole, without = (
        None if y is None else rolling_alpha(y, market, ends=ends, window=window, periods_per_year=periods_per_year)
        for y in (excess, unhedged)
    )
    assert whole is not None  # noqa: S101 - the portfolio is always there
    return AlphaPath(window=window, dates=dates[ends], whole=whole, unhedged=without)
