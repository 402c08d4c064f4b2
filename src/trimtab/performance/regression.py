r"""Linear regression with errors that stay honest when residuals are autocorrelated and of unequal size.

Equation
    y_t = x_t' b + e_t;  V = n/(n-k) (X'X)^-1 S (X'X)^-1;
    S = sum_{|l|<=L} (1 - |l|/(L+1)) sum_t u_t u_{t-l}',   u_t = x_t e_t          (Newey and West 1987)
    interval = b -+ c(B) sqrt(V_jj),  B = (L+1)/n
Critical value
    With a kernel as wide as the data need, S is itself noisy, and the normal quantile makes intervals too short.
    c(B) = a0 + a1 B + a2 B^2 + a3 B^3 is the quantile of the limit in which L grows with n (Kiefer and Vogelsang
    2005, "A new asymptotic theory for heteroskedasticity-autocorrelation robust tests", Econometric Theory 21).
    L = floor(1.3 sqrt(n)) as Lazarus, Lewis, Stock and Watson (2018), "HAR inference: recommendations for practice",
    Journal of Business & Economic Statistics 36, advise.
When not to use it
    With fewer than some fifty periods, or with dependence that lasts as long as the sample.
"""

from dataclasses import dataclass
from math import nan, sqrt

import numpy as np

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.stats.arrays import Floats
from trimtab.stats.multiple import fit_plane

__all__ = ["Estimate", "Regression", "critical_value", "default_lags", "regress"]

#: Kiefer-Vogelsang coefficients for the Bartlett kernel, by two-sided level.
_FIXED_B = {
    0.80: (1.2816, 1.3040, 0.5135, -0.3386),
    0.90: (1.6449, 2.1859, 0.3142, -0.3427),
    0.95: (1.9600, 2.9694, 0.4160, -0.5324),
    0.98: (2.3263, 4.1618, 0.5368, -0.9060),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number with its error.

    Parameters
    ----------
    value, stderr
        Same unit.
    t
        value / stderr; NaN where the error is zero.
    low, high
        Ends of the interval.
    level
        Probability that such an interval covers the truth, for example 0.95.
    """

    value: float
    stderr: float
    t: float
    low: float
    high: float
    level: float

    def scaled(self, factor: float) -> "Estimate":
        """Give the estimate in another unit, for example per year instead of per period."""
        ends = sorted((self.low * factor, self.high * factor))
        return Estimate(
            value=self.value * factor,
            stderr=self.stderr * abs(factor),
            t=self.t if factor > 0 else -self.t,
            low=ends[0],
            high=ends[1],
            level=self.level,
        )

    def covers(self, truth: float) -> bool:
        """Say whether the interval holds a number."""
        return self.low <= truth <= self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Regression:
    """A fitted regression.

    Parameters
    ----------
    terms
        One estimate per column of the design, in its order.
    covariance
        HAC covariance of the coefficients, shape (k, k).
    residual
        Shape (n_obs,).
    residual_sd
        Sample standard deviation of the residuals with n - k degrees of freedom, per period.
    r_squared
        Share of the variance of y about its mean that is explained; NaN if y does not vary.
    lags
        Newey-West lags.
    critical
        Width of the intervals in standard errors.
    n_obs
        Periods used.
    """

    terms: tuple[Estimate, ...]
    covariance: Floats
    residual: Floats
    residual_sd: float
    r_squared: float
    lags: int
    critical: float
    n_obs: int


def default_lags(n_obs: int) -> int:
    """Give floor(1.3 sqrt(n)), at most n - 1.

    Examples
    --------
    >>> default_lags(252)
    20
    """
    return min(int(1.3 * sqrt(n_obs)), max(n_obs - 1, 0))


def critical_value(n_obs: int, lags: int, level: float = 0.95) -> float:
    """Give the half-width of an interval in HAC standard errors.

    Examples
    --------
    Close to the normal 1.96 for few lags, larger for many:

    >>> round(critical_value(10_000, 0), 3), round(critical_value(252, 20), 3)
    (1.96, 2.21)
    """
    if level not in _FIXED_B:
        raise InputError(
            expected=f"a level among {', '.join(str(level_tabled) for level_tabled in _FIXED_B)}",
            found=f"{level}",
            try_next="the critical values are tabulated for these; 0.95 is usual",
        )
    share = (lags + 1) / n_obs
    a0, a1, a2, a3 = _FIXED_B[level]
    return a0 + share * (a1 + share * (a2 + share * a3))


def regress(y: Floats, design: Floats, *, lags: int | None = None, level: float = 0.95) -> Regression:
    """Fit y on the columns of a design, with HAC errors.

    Parameters
    ----------
    y
        Shape (n_obs,), finite.
    design
        Shape (n_obs, k), finite; put a column of ones where an intercept is wanted.
    lags
        Newey-West lags; None takes `default_lags`.
    level
        Of the intervals: 0.80, 0.90, 0.95 or 0.98.

    Raises
    ------
    NotEnoughDataError
        If there are not more periods than columns, or the columns are not independent.

    Examples
    --------
    >>> x = np.array([-0.02, -0.01, 0.0, 0.01, 0.02])
    >>> fit = regress(0.001 + 1.5 * x, np.column_stack([np.ones(5), x]))
    >>> [round(term.value, 12) for term in fit.terms]
    [0.001, 1.5]
    """
    n_obs, k = design.shape
    plane = fit_plane(design, y, refine=False) if n_obs > k else None
    if plane is None or np.isnan(plane.coefficients).any():
        raise NotEnoughDataError(
            expected=f"more than {k} periods and {k} independent regressors",
            found=f"{n_obs} periods" + ("" if plane is None else ", of which the regressors are combinations"),
            try_next="give a longer history, or check that the benchmark moves",
        )
    reach = default_lags(n_obs) if lags is None else lags
    if not 0 <= reach < n_obs:
        raise InputError(expected=f"lags from 0 to {n_obs - 1}", found=f"{reach}", try_next="leave lags out")
    coefficients, residual = plane.coefficients, plane.residual
    covariance = _hac(plane.leverage * residual[:, None], reach) * (n_obs / (n_obs - k))
    squares = float(residual @ residual)
    total = float(np.sum((y - y.mean()) ** 2))
    critical = critical_value(n_obs, reach, level)
    errors = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    return Regression(
        terms=tuple(
            _estimate(float(b), float(se), critical, level) for b, se in zip(coefficients, errors, strict=True)
        ),
        covariance=covariance,
        residual=residual,
        residual_sd=sqrt(squares / (n_obs - k)),
        r_squared=1.0 - squares / total if total > 0 else nan,
        lags=reach,
        critical=critical,
        n_obs=n_obs,
    )


def _hac(shares: Floats, lags: int) -> Floats:
    """Add up products of each observation's share in the errors, shape (n_obs, k), with Bartlett weights."""
    covariance = shares.T @ shares
    for lag in range(1, lags + 1):
        product = shares[lag:].T @ shares[:-lag]
        covariance += (1.0 - lag / (lags + 1.0)) * (product + product.T)
    return covariance


def _estimate(value: float, stderr: float, critical: float, level: float) -> Estimate:
    reach = critical * stderr
    t = value / stderr if stderr > 0 else nan
    return Estimate(value=value, stderr=stderr, t=t, low=value - reach, high=value + reach, level=level)
