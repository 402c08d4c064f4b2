r"""Risk over other horizons: variance ratios, how wrong the square root of time is, and sizing to a volatility.

Equations, n returns, q periods, overlapping sums
    VR(q)  = var(q-period return) / (q var(one-period return)),   divisor q (n - q + 1)(1 - q / n)
    z      = (VR - 1) / sqrt(2 (2q - 1)(q - 1) / (3 q n))                                    equal variances
    z*     = (VR - 1) / sqrt(sum_j (2 (q - j) / q)^2 d_j),  d_j = sum e_t^2 e_{t-j}^2 / (sum e_t^2)^2
    square root of time: sd(q) = sqrt(q) sd(1) is wrong by the factor sqrt(VR(q))
    beta over q periods: slope of q-period on q-period sums
    volatility targeting  w = target sd / actual sd               brings the standard deviation to target
    variance targeting    w = target variance / actual variance   Moreira and Muir's rule; overshoots both ways
Sources
    Lo and MacKinlay (1988), "Stock market prices do not follow random walks", Review of Financial Studies 1; Diebold,
    Hickman, Inoue and Schuermann (1997), "Converting 1-day volatility to h-day volatility"; Moreira and Muir (2017),
    "Volatility-managed portfolios", Journal of Finance 72.
Traps
    Log returns here, since they add up. d_j is written without the factor n that some printings carry twice. To *hit* a
    target variance the position is scaled by the square root of the ratio of variances, not by the ratio.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.risk.series import complete_rows
from trimtab.stats.arrays import Floats

__all__ = [
    "HorizonBeta",
    "VarianceRatio",
    "ar1_variance_ratio",
    "horizon_beta",
    "scale_to_target",
    "variance_ratio",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class VarianceRatio:
    """Variance over q periods beside q times the variance of one.

    Parameters
    ----------
    periods
        q.
    ratio
        VR; 1 for a random walk, above for trends, below for reversals.
    z
        Test of 1 under equal variances.
    z_robust
        The same under changing variances: the one to trust with returns.
    sd_one, sd_periods
        Standard deviations over one and over q periods, by the test's own divisors.
    root_time_sd
        sqrt(q) sd_one.
    root_time_error
        root_time_sd / sd_periods - 1: by how much the square root of time overstates (+) or understates (-).
    n_obs
        One-period returns.
    """

    periods: int
    ratio: float
    z: float
    z_robust: float
    sd_one: float
    sd_periods: float
    root_time_sd: float
    root_time_error: float
    n_obs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HorizonBeta:
    """Beta over q periods.

    Parameters
    ----------
    periods
        q.
    beta
        Slope of overlapping q-period sums.
    stderr
        Newey-West with q lags or more, since overlapping sums share q - 1 periods.
    n_obs
        One-period returns.
    """

    periods: int
    beta: float
    stderr: float
    n_obs: int


def variance_ratio(returns: ArrayLike, *, periods: int) -> VarianceRatio:
    """Test a random walk by its variance over q periods.

    Parameters
    ----------
    returns
        Log returns, shape (n_periods,); missing ones may not be skipped, since then days far apart become neighbours.
    periods
        q, from 2 to a third of the sample.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> result = variance_ratio(rng.normal(0, 0.01, 2000), periods=5)
    >>> abs(result.ratio - 1) < 0.1, abs(result.z) < 1.96
    (True, True)
    """
    r = _whole(returns)
    n, q = len(r), periods
    if not 2 <= q <= n // 3:
        raise InputError(
            expected=f"2 to {n // 3} periods", found=f"{periods}", try_next="the sample must hold three such spans"
        )
    mean = r.mean()
    e = r - mean
    squares = e**2
    total = float(squares.sum())
    if total <= n * (1e-14 * float(np.abs(r).max())) ** 2:
        raise NotEnoughDataError(expected="returns that vary", found="constant ones", try_next="check the prices")
    one = total / (n - 1)
    sums = np.convolve(r, np.ones(q), mode="valid") - q * mean
    many = float(sums @ sums) / (q * (n - q + 1) * (1.0 - q / n))
    ratio = many / one
    lags = np.arange(1, q)
    shares = np.array([squares[j:] @ squares[:-j] for j in lags]) / total**2
    robust = float(np.sum((2.0 * (q - lags) / q) ** 2 * shares))
    plain = 2.0 * (2 * q - 1) * (q - 1) / (3.0 * q * n)
    sd_one, sd_many = sqrt(one), sqrt(many * q)
    return VarianceRatio(
        periods=q,
        ratio=ratio,
        z=(ratio - 1.0) / sqrt(plain),
        z_robust=(ratio - 1.0) / sqrt(robust),
        sd_one=sd_one,
        sd_periods=sd_many,
        root_time_sd=sqrt(q) * sd_one,
        root_time_error=sqrt(q) * sd_one / sd_many - 1.0 if sd_many > 0 else np.inf,
        n_obs=n,
    )


def ar1_variance_ratio(rho: float, periods: int) -> float:
    """Give the variance ratio of an autoregression, 1 + 2 sum (1 - j/q) rho^j.

    Examples
    --------
    >>> [round(ar1_variance_ratio(0.3, q), 4) for q in (2, 4, 12)]
    [1.3, 1.5535, 1.7551]
    """
    if not -1 < rho < 1 or periods < 1:
        raise InputError(
            expected="an autocorrelation between -1 and 1, and one period or more",
            found=f"{rho}, {periods}",
            try_next="0.3 and 12",
        )
    lags = np.arange(1, periods)
    return float(1.0 + 2.0 * np.sum((1.0 - lags / periods) * rho**lags))


def horizon_beta(returns: ArrayLike, market: ArrayLike, *, periods: int) -> HorizonBeta:
    """Estimate beta over q periods from overlapping sums.

    Parameters
    ----------
    returns, market
        Log returns, shape (n_periods,), without gaps.
    periods
        q, 1 or more.

    Examples
    --------
    A price that follows its market a day late shows its beta only over longer horizons:

    >>> market = np.random.default_rng(0).normal(0, 0.01, 2000)
    >>> late = np.concatenate([[0.0], market[:-1]])
    >>> [abs(round(horizon_beta(late, market, periods=q).beta, 1)) for q in (1, 5, 20)]
    [0.0, 0.8, 0.9]
    """
    y, x = _whole(returns), _whole(market)
    if len(y) != len(x) or not 1 <= periods <= len(x) // 3:
        raise InputError(
            expected=f"two series of one length, and 1 to {len(x) // 3} periods",
            found=f"{len(y)} and {len(x)} returns, {periods} periods",
            try_next="pair the series first",
        )
    ones = np.ones(periods)
    long_y, long_x = np.convolve(y, ones, mode="valid"), np.convolve(x, ones, mode="valid")
    x_dev, y_dev = long_x - long_x.mean(), long_y - long_y.mean()
    spread = float(x_dev @ x_dev)
    if not spread > 0:
        raise NotEnoughDataError(expected="a market that moves", found="a constant one", try_next="check the prices")
    beta = float(x_dev @ y_dev) / spread
    scores = x_dev * (y_dev - beta * x_dev) / spread
    # Lags beyond the overlap catch what dependence there is besides it; Bartlett weights need twice the overlap.
    lags = min(2 * periods, len(scores) - 1)
    variance = float(scores @ scores)
    for lag in range(1, lags + 1):
        variance += 2.0 * (1.0 - lag / (lags + 1.0)) * float(scores[lag:] @ scores[:-lag])
    n = len(scores)
    return HorizonBeta(periods=periods, beta=beta, stderr=sqrt(max(variance, 0.0) * n / (n - 2)), n_obs=len(x))


def scale_to_target(
    *,
    target_sd: float,
    actual_sd: float,
    convention: Literal["volatility", "variance"] = "volatility",
    most: float | None = None,
) -> float:
    """Give the multiple of the position.

    Parameters
    ----------
    target_sd, actual_sd
        Standard deviations over the same horizon; the actual one forecast from what was known before.
    convention
        "volatility": target / actual, hits the target. "variance": its square, Moreira and Muir's mean-variance rule.
    most
        Largest multiple allowed; None for no limit.

    Examples
    --------
    >>> scale_to_target(target_sd=0.10, actual_sd=0.20)
    0.5
    >>> scale_to_target(target_sd=0.10, actual_sd=0.20, convention="variance")
    0.25
    """
    if not (target_sd >= 0 and actual_sd > 0) or convention not in ("volatility", "variance"):
        raise InputError(
            expected="a target of zero or more, a positive actual, convention volatility or variance",
            found=f"{target_sd}, {actual_sd}, {convention}",
            try_next="give yearly standard deviations, for example 0.10 and 0.16",
        )
    ratio = target_sd / actual_sd
    multiple = ratio if convention == "volatility" else ratio**2
    return multiple if most is None else min(multiple, most)


def _whole(returns: ArrayLike) -> Floats:
    """Take a series without gaps; leading and trailing missing values are cut, one in between is refused."""
    r = np.asarray(returns, dtype=np.float64)
    finite_rows = np.flatnonzero(np.isfinite(r)) if r.ndim == 1 else np.empty(0, dtype=np.intp)
    r = r[finite_rows[0] : finite_rows[-1] + 1] if finite_rows.size else np.empty(0)
    if not np.isfinite(r).all():
        raise InputError(
            expected="a series without gaps",
            found=f"{np.count_nonzero(~np.isfinite(r))} missing inside",
            try_next="join prices over the gap, or test the stretches apart",
        )
    (checked,) = complete_rows(20, returns=r)
    return checked
