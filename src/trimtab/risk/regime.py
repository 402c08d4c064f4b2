r"""Beta under stress: whether beta changes with the regime, or only seems to.

Equations
    r = a_s + b_s m + e,  one line per regime s;  difference b_stress - b_calm, its error from both lines
    conditional correlation, d = var(m | regime) / var(m):
        rho_s = rho sqrt(d) / sqrt(1 + rho^2 (d - 1))           bias by conditioning alone
        rho   = rho_s / sqrt(d + rho_s^2 (1 - d))               corrected
Explanation
    Picking the days on which the benchmark moved a lot raises its variance, and with it the correlation, though nothing
    about the asset changed. The slope has no such bias as long as days are picked by the benchmark (or by anything else
    that does not depend on the asset's own residual). Picking days on which the *asset* did badly biases the slope too:
    regimes here are made from the benchmark alone.
Sources
    Longin and Solnik (2001), "Extreme correlation of international equity markets", Journal of Finance 56; Forbes and
    Rigobon (2002), "No contagion, only interdependence", Journal of Finance 57; Boyer, Gibson and Loretan (1997).
When not to use it
    With fewer than some thirty days in a regime the difference is noise: its interval says so.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.risk.series import complete_rows
from trimtab.stats.arrays import Floats
from trimtab.stats.linear import error_scores, fit_lines
from trimtab.stats.normal import normal_quantile

__all__ = [
    "RegimeBeta",
    "RegimeReview",
    "conditional_correlation",
    "corrected_correlation",
    "falls",
    "high_volatility",
    "large_moves",
    "regime_review",
]

_Mask = NDArray[np.bool_]
#: Fewest days of a regime that give a line.
MIN_DAYS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimeBeta:
    """One regime.

    Parameters
    ----------
    beta, stderr
        Slope over its days, and heteroskedasticity-robust error.
    correlation
        As measured over its days.
    corrected
        The unconditional correlation that would show `correlation` under this conditioning.
    variance_ratio
        Variance of the benchmark over its days / over all days.
    n_obs
        Days.
    """

    beta: float
    stderr: float
    correlation: float
    corrected: float
    variance_ratio: float
    n_obs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimeReview:
    """Calm against stress.

    Parameters
    ----------
    calm, stress
        The two regimes.
    difference, stderr
        Stress beta less calm beta, and its error.
    low, high
        95% interval of the difference.
    changed
        True if the interval leaves out zero.
    unconditional_correlation
        Over all days.
    """

    calm: RegimeBeta
    stress: RegimeBeta
    difference: float
    stderr: float
    low: float
    high: float
    changed: bool
    unconditional_correlation: float


def conditional_correlation(rho: float, variance_ratio: float) -> float:
    """Give the correlation that conditioning alone produces.

    Examples
    --------
    Longin and Solnik (2001): correlation .5, over the larger half of normal moves .62, over the smaller .21.

    >>> round(conditional_correlation(0.5, 1.8573), 2), round(conditional_correlation(0.5, 0.1427), 2)
    (0.62, 0.21)
    """
    _check(rho, variance_ratio)
    return rho * sqrt(variance_ratio) / sqrt(1.0 + rho**2 * (variance_ratio - 1.0))


def corrected_correlation(conditional: float, variance_ratio: float) -> float:
    """Take the bias of conditioning out again.

    Examples
    --------
    >>> round(corrected_correlation(conditional_correlation(0.5, 3.0), 3.0), 12)
    0.5
    """
    _check(conditional, variance_ratio)
    return conditional / sqrt(variance_ratio + conditional**2 * (1.0 - variance_ratio))


def falls(market: ArrayLike, *, share: float = 0.1) -> _Mask:
    """Mark the benchmark's worst days, that share of all (over the whole history: no use for trading).

    Examples
    --------
    >>> falls([0.01, -0.05, 0.02, -0.01], share=0.25).tolist()
    [False, True, False, False]
    """
    m = np.asarray(market, dtype=np.float64)
    mask: _Mask = m <= np.nanquantile(m, share)
    return mask


def large_moves(market: ArrayLike, *, share: float = 0.1) -> _Mask:
    """Mark the benchmark's largest moves either way, that share of all.

    Examples
    --------
    >>> large_moves([0.01, -0.05, 0.02, -0.01], share=0.25).tolist()
    [False, True, False, False]
    """
    m = np.abs(np.asarray(market, dtype=np.float64))
    mask: _Mask = m >= np.nanquantile(m, 1.0 - share)
    return mask


def high_volatility(market: ArrayLike, *, window: int = 21, share: float = 0.2) -> _Mask:
    """Mark days that began with high volatility: the `window` days before, not the day itself.

    Days without a full window before them are not marked. The threshold is that of the whole history.

    Examples
    --------
    >>> high_volatility([0.0, 0.0, 0.0, 0.05, -0.05, 0.0], window=2, share=0.3).tolist()
    [False, False, False, False, False, True]
    """
    m = np.asarray(market, dtype=np.float64)
    if not 2 <= window < len(m):
        raise InputError(expected=f"a window from 2 to {len(m) - 1}", found=f"{window}", try_next="21 is a month")
    before = np.full(len(m), np.nan)
    before[window:] = np.lib.stride_tricks.sliding_window_view(m, window)[:-1].std(axis=1)
    mask: _Mask = before >= np.nanquantile(before, 1.0 - share)
    return mask


def regime_review(asset: ArrayLike, market: ArrayLike, stressed: ArrayLike) -> RegimeReview:
    """Compare beta in calm and in stress.

    Parameters
    ----------
    asset, market
        Returns, shape (n_periods,); NaN means missing.
    stressed
        True on days of stress, same shape; made from the benchmark, not from the asset.

    Examples
    --------
    >>> market = 0.02 * np.sin(np.arange(200.0) ** 1.3)
    >>> stress = np.abs(market) > 0.015
    >>> review = regime_review(np.where(stress, 1.5, 1.0) * market, market, stress)
    >>> round(review.calm.beta, 6), round(review.stress.beta, 6), review.changed
    (1.0, 1.5, True)
    """
    y, x, flag = complete_rows(2 * MIN_DAYS, asset=asset, market=market, stressed=stressed)
    mask = flag > 0.5
    spread = float(np.var(x))
    calm, stress = (_regime(y[rows], x[rows], spread) for rows in (~mask, mask))
    difference = stress.beta - calm.beta
    error = sqrt(calm.stderr**2 + stress.stderr**2)
    reach = normal_quantile(0.975) * error
    return RegimeReview(
        calm=calm,
        stress=stress,
        difference=difference,
        stderr=error,
        low=difference - reach,
        high=difference + reach,
        changed=abs(difference) > reach,
        unconditional_correlation=float(np.corrcoef(y, x)[0, 1]),
    )


def _regime(y: Floats, x: Floats, spread: float) -> RegimeBeta:
    if len(x) < MIN_DAYS or np.ptp(x) == 0.0 or np.ptp(y) == 0.0:
        raise NotEnoughDataError(
            expected=f"at least {MIN_DAYS} days in each regime, on which both series move",
            found=f"{len(x)}",
            try_next="widen the regime, or give a longer history",
        )
    lines = fit_lines(x[:, None], y[:, None])
    ratio = float(np.var(x)) / spread
    rho = float(np.corrcoef(y, x)[0, 1])
    return RegimeBeta(
        beta=float(lines.slope[0]),
        stderr=float(np.linalg.norm(error_scores(lines, "robust")[:, 0])),
        correlation=rho,
        corrected=corrected_correlation(rho, ratio),
        variance_ratio=ratio,
        n_obs=len(x),
    )


def _check(rho: float, variance_ratio: float) -> None:
    if not (-1.0 - 1e-12 <= rho <= 1.0 + 1e-12 and variance_ratio > 0):
        raise InputError(
            expected="a correlation from -1 to 1 and a positive ratio of variances",
            found=f"{rho}, {variance_ratio}",
            try_next="give the variance of the benchmark in the regime over its variance on all days",
        )
