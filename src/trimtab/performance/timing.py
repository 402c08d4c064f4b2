r"""Did beta rise before the market did? Three regressions, signs stated.

Equations (r, m in excess of the risk-free rate)
    Treynor-Mazuy       r = a + b m + c m^2                        c > 0: beta was larger when the market was higher
    Henriksson-Merton   r = a + b m + g max(0, -m)                 g > 0: beta in falls is b - g, lower than b in rises
    Ferson-Schadt       r = a + b0 m + B' (z_{t-1} - zbar) m       beta moves with what was known before
Sources
    Treynor and Mazuy (1966), Harvard Business Review 44; Henriksson and Merton (1981), Journal of Business 54; Ferson
    and Schadt (1996), Journal of Finance 51.
Traps
    Long options look like timing and short ones like its opposite; Kothari and Warner (2001) find timing where there is
    none. `a` in the first two is no alpha: what timing earned stands in the other term. Libraries differ in the sign
    of the second: here a positive g is good.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from trimtab.errors import InputError
from trimtab.performance.regression import Estimate, regress
from trimtab.performance.series import known_together

__all__ = ["ConditionalAlpha", "Timing", "conditional_alpha", "henriksson_merton", "treynor_mazuy"]

#: Fewest periods for a curve.
MIN_PERIODS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """A timing regression.

    Parameters
    ----------
    model
        "treynor-mazuy" or "henriksson-merton".
    intercept
        a, per period.
    beta
        b: at a benchmark return of zero (Treynor-Mazuy), in rises (Henriksson-Merton).
    timing
        c (per unit of squared return) or g (a difference of betas); positive = good timing in both.
    r_squared, n_obs, lags
        Of the fit.
    """

    model: Literal["treynor-mazuy", "henriksson-merton"]
    intercept: Estimate
    beta: Estimate
    timing: Estimate
    r_squared: float
    n_obs: int
    lags: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionalAlpha:
    """Alpha when beta may move with what was known before.

    Parameters
    ----------
    alpha
        Conditional alpha per period.
    beta
        b0: beta when every signal is at its mean.
    sensitivities
        Change of beta per unit of each signal.
    unconditional
        Alpha of the plain regression over the same periods, for comparison.
    r_squared, n_obs, lags
        Of the conditional fit.
    """

    alpha: Estimate
    beta: Estimate
    sensitivities: tuple[Estimate, ...]
    unconditional: Estimate
    r_squared: float
    n_obs: int
    lags: int


def treynor_mazuy(excess: ArrayLike, market: ArrayLike, *, lags: int | None = None, level: float = 0.95) -> Timing:
    """Fit r = a + b m + c m^2.

    Examples
    --------
    >>> market = 0.04 * np.sin(np.arange(36.0))
    >>> fit = treynor_mazuy(0.01 + 0.8 * market + 2 * market**2, market)
    >>> [round(term.value, 10) for term in (fit.intercept, fit.beta, fit.timing)]
    [0.01, 0.8, 2.0]
    """
    r, m = known_together(MIN_PERIODS, portfolio=excess, market=market)
    fit = regress(r, np.column_stack([np.ones(len(m)), m, m**2]), lags=lags, level=level)
    return Timing(
        model="treynor-mazuy",
        intercept=fit.terms[0],
        beta=fit.terms[1],
        timing=fit.terms[2],
        r_squared=fit.r_squared,
        n_obs=fit.n_obs,
        lags=fit.lags,
    )


def henriksson_merton(excess: ArrayLike, market: ArrayLike, *, lags: int | None = None, level: float = 0.95) -> Timing:
    """Fit r = a + b m + g max(0, -m).

    Examples
    --------
    A perfect timer holds the market in rises and cash in falls:

    >>> market = 0.04 * np.sin(np.arange(36.0))
    >>> fit = henriksson_merton(np.maximum(market, 0.0), market)
    >>> [abs(round(term.value, 10)) for term in (fit.intercept, fit.beta, fit.timing)]
    [0.0, 1.0, 1.0]
    """
    r, m = known_together(MIN_PERIODS, portfolio=excess, market=market)
    fit = regress(r, np.column_stack([np.ones(len(m)), m, np.maximum(0.0, -m)]), lags=lags, level=level)
    return Timing(
        model="henriksson-merton",
        intercept=fit.terms[0],
        beta=fit.terms[1],
        timing=fit.terms[2],
        r_squared=fit.r_squared,
        n_obs=fit.n_obs,
        lags=fit.lags,
    )


def conditional_alpha(
    excess: ArrayLike, market: ArrayLike, signals: ArrayLike, *, lags: int | None = None, level: float = 0.95
) -> ConditionalAlpha:
    """Fit r = a + b0 m + B' (z - zbar) m.

    Parameters
    ----------
    excess, market
        Excess returns, shape (n_periods,).
    signals
        Shape (n_periods,) or (n_periods, n_signals). Row t must have been known **before** period t began: shift a
        signal that is dated at the end of its period by one row.
    lags, level
        See `jensen_alpha`.

    Examples
    --------
    Beta moved with a signal, and alpha is what is left:

    >>> clock = np.arange(60.0)
    >>> market, signal = 0.04 * np.sin(clock), np.cos(0.7 * clock)
    >>> fit = conditional_alpha(0.001 + (1.0 + 0.5 * (signal - signal.mean())) * market, market, signal)
    >>> round(fit.alpha.value, 10), round(fit.beta.value, 10), round(fit.sensitivities[0].value, 10)
    (0.001, 1.0, 0.5)
    """
    given = np.asarray(signals, dtype=np.float64)
    columns = given[:, None] if given.ndim == 1 else given
    if columns.ndim != 2 or columns.shape[1] == 0:
        raise InputError(
            expected="signals of shape (n_periods, n_signals)",
            found=f"shape {given.shape}",
            try_next="give one column per signal",
        )
    r, m, z = known_together(MIN_PERIODS, portfolio=excess, market=market, signals=columns)
    ones = np.ones(len(m))
    # (n_periods, n_signals): signals about their mean, so that b0 is the beta of an average period.
    moved = (z - z.mean(axis=0)) * m[:, None]
    fit = regress(r, np.column_stack([ones, m, moved]), lags=lags, level=level)
    plain = regress(r, np.column_stack([ones, m]), lags=lags, level=level)
    return ConditionalAlpha(
        alpha=fit.terms[0],
        beta=fit.terms[1],
        sensitivities=fit.terms[2:],
        unconditional=plain.terms[0],
        r_squared=fit.r_squared,
        n_obs=fit.n_obs,
        lags=fit.lags,
    )
