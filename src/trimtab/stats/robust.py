r"""Straight lines that single wild observations cannot turn: Huber, least absolute deviations, Theil-Sen.

Each fit gives `shares`, one number per observation, whose squares add up to the squared error of the slope; they allow
errors whose size changes with x. With u = e / s the scaled residual and x~ the deviation of x from its mean:

    Huber      minimise sum rho(u); psi(u) = max(-k, min(k, u)), s = median |e| / .6745
               share = s psi(u_t) x~_t / sum psi'(u) x~^2, mean over the days that were not cut      (Huber 1964, 1973)
    LAD        minimise sum |e|;  share = sign(e_t) x~_t / (2 sum f(e) x~^2), f a kernel density at 0 (Powell 1991)
    Theil-Sen  median of (y_i - y_j) / (x_i - x_j);  share = u_t / |U'|, u_t = sum_s sgn(x_t - x_s) sgn(e_t - e_s) the
               day's part in Kendall's statistic, U' its slope in beta, read off the pairwise slopes   (Sen 1968)
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trimtab.stats.arrays import Floats
from trimtab.stats.linear import fit_lines
from trimtab.stats.normal import normal_quantile

__all__ = ["RobustLines", "huber_lines", "lad_lines", "theil_sen_line"]

_NORMAL_MAD = 0.6744897501960817
_HUBER_STEPS = 200
_BISECTIONS = 110


@dataclass(frozen=True, slots=True, kw_only=True)
class RobustLines:
    """Straight lines fitted robustly.

    Parameters
    ----------
    slope
        Shape (n_assets,); NaN where x does not vary.
    shares
        Shape (n_dates, n_assets): squares add up to the slope's squared error; 0 where there is no pair.
    n_eff
        Effective number of observations, shape (n_assets,).
    """

    slope: Floats
    shares: Floats
    n_eff: Floats


def huber_lines(x: Floats, y: Floats, k: float = 1.345) -> RobustLines:
    """Fit y = a + b x to each column by Huber's M-estimator, scale from the median absolute residual.

    Parameters
    ----------
    x, y
        Shape (n_dates, n_assets); a pair counts where both are finite.
    k
        Where residuals begin to be cut, in robust standard deviations. Infinity gives least squares.

    Examples
    --------
    >>> x = np.arange(10.0)[:, None]
    >>> y = 2.0 * x + np.tile([0.1, -0.1], 5)[:, None]
    >>> y[9] = 100.0
    >>> round(float(huber_lines(x, y).slope[0]), 1), round(float(fit_lines(x, y).slope[0]), 1)
    (2.0, 6.5)
    """
    paired = np.isfinite(x) & np.isfinite(y)
    lines = fit_lines(x, y)
    slope = lines.slope
    weights = paired.astype(np.float64)
    scale = np.zeros(x.shape[1])
    for _ in range(_HUBER_STEPS):
        scale = _scale(lines.residual, paired)
        cut = np.where(scale > 0, k * np.where(scale > 0, scale, 1.0), np.inf)
        size = np.abs(lines.residual)
        weights = np.where(
            paired, np.where(size > cut, np.minimum(cut, size) / np.where(size > 0, size, 1.0), 1.0), 0.0
        )
        lines = fit_lines(x, y, weights)
        moved = np.abs(lines.slope - slope)
        slope = lines.slope
        if not (moved > 1e-12 * (1.0 + np.abs(slope))).any():
            break
    uncut = paired & (weights >= 1.0)
    count = np.maximum(uncut.sum(axis=0), 1)
    x0 = np.where(paired, x, 0.0)
    deviation = x0 - np.where(uncut, x0, 0.0).sum(axis=0) / count
    spread = np.einsum("ti,ti->i", np.where(uncut, deviation, 0.0), deviation)
    n = paired.sum(axis=0)
    small_sample = np.sqrt(n / np.maximum(n - 2, 1))
    shares = weights * lines.residual * deviation / np.where(spread > 0, spread, 1.0) * small_sample
    return RobustLines(slope=slope, shares=shares, n_eff=lines.n_eff)


def _scale(residual: Floats, paired: NDArray[np.bool_]) -> Floats:
    """Median absolute residual, as a normal standard deviation, shape (n_assets,)."""
    size = np.where(paired, np.abs(residual), np.nan)
    empty = ~paired.any(axis=0)
    size[:, empty] = 0.0
    if not len(size):
        return np.zeros(size.shape[1])
    spread: Floats = np.nanmedian(size, axis=0) / _NORMAL_MAD
    return spread


def lad_lines(x: Floats, y: Floats) -> RobustLines:
    """Fit y = a + b x to each column by least absolute deviations.

    With the intercept at the median of y - b x, the sum of absolute residuals is convex in b alone, and the sign of
    sum x sign(e) tells on which side the least lies: bisection finds it to the last digit.

    Parameters
    ----------
    x, y
        Shape (n_dates, n_assets); a pair counts where both are finite.

    Examples
    --------
    >>> x = np.arange(9.0)[:, None]
    >>> y = 2.0 * x + 1.0
    >>> y[8] = 100.0
    >>> round(float(lad_lines(x, y).slope[0]), 9)
    2.0
    """
    paired = np.isfinite(x) & np.isfinite(y)
    lines = fit_lines(x, y)
    fitted = np.isfinite(lines.slope)
    slope = np.full(x.shape[1], np.nan)
    shares = np.zeros(x.shape)
    X, Y = np.where(paired, x, np.nan)[:, fitted], np.where(paired, y, np.nan)[:, fitted]
    if fitted.any():
        b = _bisect(X, Y, lines.slope[fitted])
        slope[fitted] = b
        shares[:, fitted] = _lad_shares(X, Y - b * X)
    return RobustLines(slope=slope, shares=shares, n_eff=lines.n_eff)


def _bisect(x: Floats, y: Floats, start: Floats) -> Floats:
    """Give the slopes at which sum x sign(y - b x - median) changes sign, shape (n_assets,)."""
    centred = x - np.nanmean(x, axis=0)
    width = 1e-3 + np.abs(start)
    low, high = start - width, start + width
    for _ in range(200):
        # The sum falls as b grows: widen until it is positive below and negative above.
        wide_low, wide_high = _side(x, y, low, centred) < 0, _side(x, y, high, centred) > 0
        if not (wide_low.any() or wide_high.any()):
            break
        width = np.where(wide_low | wide_high, 2.0 * width, width)
        low, high = np.where(wide_low, start - width, low), np.where(wide_high, start + width, high)
    for _ in range(_BISECTIONS):
        middle = 0.5 * (low + high)
        if not ((middle > low) & (middle < high)).any():
            break
        above = _side(x, y, middle, centred) > 0
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return 0.5 * (low + high)


def _side(x: Floats, y: Floats, b: Floats, centred: Floats) -> Floats:
    e = y - b * x
    total: Floats = np.nansum(centred * np.sign(e - np.nanmedian(e, axis=0)), axis=0)
    return total


def _lad_shares(x: Floats, residual: Floats) -> Floats:
    """Powell's sandwich with an Epanechnikov density and the Hall-Sheather bandwidth."""
    e = residual - np.nanmedian(residual, axis=0)
    n = np.maximum(np.isfinite(e).sum(axis=0), 1)
    # The normal density at 0 is 1 / sqrt(2 pi).
    hall = n ** (-1.0 / 3.0) * normal_quantile(0.975) ** (2.0 / 3.0) * (1.5 / (2.0 * np.pi)) ** (1.0 / 3.0)
    quartiles = np.nanpercentile(e, [25.0, 75.0], axis=0)
    spread = np.minimum(np.nanstd(e, axis=0), (quartiles[1] - quartiles[0]) / 1.34)
    band = spread * np.array([2.0 * normal_quantile(min(0.5 + h, 0.999)) for h in hall.tolist()])
    safe = np.where(band > 0, band, 1.0)
    density = 0.75 * np.maximum(1.0 - (np.nan_to_num(e, nan=np.inf) / safe) ** 2, 0.0) / safe
    total = density.sum(axis=0)
    x0 = np.nan_to_num(x)
    deviation = np.where(np.isfinite(e), x0 - (density * x0).sum(axis=0) / np.where(total > 0, total, 1.0), 0.0)
    information = np.einsum("ti,ti,ti->i", density, deviation, deviation)
    # The line passes through observations; rounding must not give them a side.
    sign = np.where(np.abs(np.nan_to_num(e)) > 1e-8 * spread, np.sign(np.nan_to_num(e)), 0.0)
    small_sample = np.sqrt(n / np.maximum(n - 2, 1))
    # A perfect fit has no spread of residuals, and no error.
    usable = (band > 0) & (information > 0)
    shares: Floats = np.where(usable, 0.5 * sign * deviation / np.where(usable, information, 1.0) * small_sample, 0.0)
    return shares


def theil_sen_line(x: Floats, y: Floats) -> tuple[float, Floats]:
    """Give the median of pairwise slopes of one series, and the shares of its error.

    Parameters
    ----------
    x, y
        Finite, shape (n,). Time and memory grow with n squared.

    Examples
    --------
    >>> x = np.arange(9.0)
    >>> slope, shares = theil_sen_line(x, np.where(x < 8, 2.0 * x, 100.0))
    >>> slope
    2.0
    """
    first, second = np.triu_indices(len(x), k=1)
    run = x[second] - x[first]
    moved = run != 0
    slopes = np.sort((y[second] - y[first])[moved] / run[moved])
    if slopes.size == 0:
        return float("nan"), np.zeros(len(x))
    slope = float(np.median(slopes))
    e = y - slope * x
    parts = (np.sign(x[:, None] - x[None, :]) * np.sign(e[:, None] - e[None, :])).sum(axis=1)
    # How fast Kendall's statistic changes with b: twice the number of slopes passed per unit of b, around the middle.
    reach = max(float(np.sqrt(parts @ parts)), 2.0)
    low = int(np.clip(round((slopes.size - 2.0 * reach) / 2.0), 0, slopes.size - 1))
    high = int(np.clip(round((slopes.size + 2.0 * reach) / 2.0), 0, slopes.size - 1))
    width = slopes[high] - slopes[low]
    rate = 2.0 * (high - low) / width if width > 0 else np.inf
    return slope, parts / rate
