r"""Forward and discount factor from put-call parity over a chain of European options.

    C - P = D (F - K)

so the mid prices of calls less puts are a straight line in the strike: slope -D, and F where it crosses zero. The line
is fitted by Huber regression (P. J. Huber, Annals of Statistics 1, 1973; tuning 1.345), so that a few bad quotes do
not move it. For American options parity is only an inequality: use strikes near the spot, short expiries, or a given
discount factor, and read the residual.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.stats.arrays import Floats

__all__ = ["ParityForward", "parity_forward"]

_HUBER = 1.345
_MAD_TO_SD = 1.4826
_SWEEPS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ParityForward:
    """What a chain says about its forward.

    Parameters
    ----------
    forward
        Money per share at expiry.
    forward_stderr
        Standard error of the fit; NaN with no degree of freedom left.
    discount
        Price now of 1 at expiry: fitted, or as given.
    discount_stderr
        Standard error; 0 when the discount factor was given.
    residual
        Robust standard deviation of C - P about the line, money per share.
    n_pairs
        Strikes with a call and a put price.
    n_outliers
        Pairs whose weight in the fit fell below one half.
    """

    forward: float
    forward_stderr: float
    discount: float
    discount_stderr: float
    residual: float
    n_pairs: int
    n_outliers: int


def parity_forward(
    *, strike: ArrayLike, call: ArrayLike, put: ArrayLike, discount: float | None = None
) -> ParityForward:
    """Fit forward and discount factor to one expiry of a chain.

    Parameters
    ----------
    strike, call, put
        Shape (n_strikes,): strikes, and prices (mids) of the call and the put at each; NaN where there is none.
    discount
        Price now of 1 at expiry when it is known; then one pair of quotes is enough.

    Raises
    ------
    InputError
        When the shapes differ or the given discount factor is not above zero.
    NotEnoughDataError
        When fewer than three pairs (one with `discount`) are left, or the fitted discount factor is not above zero.

    Examples
    --------
    >>> k = np.array([90.0, 100.0, 110.0, 120.0])
    >>> fit = parity_forward(strike=k, call=0.98 * (103 - k) + 8, put=np.full(4, 8.0))
    >>> round(fit.forward, 9), round(fit.discount, 9), fit.n_pairs
    (103.0, 0.98, 4)
    """
    k, c, p = (np.asarray(a, dtype=np.float64) for a in (strike, call, put))
    if not (k.ndim == 1 and k.shape == c.shape == p.shape):
        raise InputError(
            expected="strikes, call prices and put prices of one length",
            found=f"shapes {k.shape}, {c.shape} and {p.shape}",
            try_next="pass one entry per strike, NaN where a price is missing",
        )
    if discount is not None and not discount > 0.0:
        raise InputError(
            expected="a discount factor above zero", found=f"{discount}", try_next="use exp(-rate x years)"
        )
    both = np.isfinite(k) & np.isfinite(c) & np.isfinite(p)
    k, y = k[both], (c - p)[both]
    needed = 3 if discount is None else 1
    if np.unique(k).size < needed:
        raise NotEnoughDataError(
            expected=f"at least {needed} strikes with a call and a put price",
            found=f"{np.unique(k).size}",
            try_next="add strikes, or give the discount factor so that one pair is enough",
        )
    return _fit(k, y) if discount is None else _fit_given(k, y, float(discount))


def _weights(residuals: Floats, scale: float) -> Floats:
    size = np.abs(residuals)
    return np.where(size <= _HUBER * scale, 1.0, _HUBER * scale / np.maximum(size, 1e-300))


def _scale(residuals: Floats, floor: float) -> float:
    return max(float(_MAD_TO_SD * np.median(np.abs(residuals - np.median(residuals)))), floor)


def _huber_variance(residuals: Floats, scale: float, n_coefficients: int) -> float:
    """Variance that takes the place of the residual variance in a Huber fit (Huber 1981, equation 7.6.10)."""
    n = residuals.size
    inside = float(np.mean(np.abs(residuals) <= _HUBER * scale))
    pulls = np.clip(residuals, -_HUBER * scale, _HUBER * scale)
    small_sample = 1.0 + n_coefficients / n * (1.0 - inside) / inside
    return float(small_sample**2 * np.sum(pulls**2) / (n - n_coefficients) / inside**2)


def _fit(k: Floats, y: Floats) -> ParityForward:
    centre = float(k.mean())
    design = np.column_stack([np.ones_like(k), k - centre])  # (n, 2), centred so that the two estimates do not mix
    floor = 1e-12 * float(np.max(np.abs(k)))
    # start from the median of all pairwise slopes (Theil-Sen), which a third of bad quotes cannot move
    i, j = np.triu_indices(k.size, 1)
    apart = k[i] != k[j]
    slope = float(np.median((y[j] - y[i])[apart] / (k[j] - k[i])[apart]))
    beta = np.array([float(np.median(y - slope * (k - centre))), slope])
    weights = np.ones_like(k)
    scale = floor
    for _ in range(_SWEEPS):
        residuals = y - design @ beta
        scale = _scale(residuals, floor)
        weights = _weights(residuals, scale)
        root = np.sqrt(weights)
        new = np.linalg.lstsq(design * root[:, None], y * root, rcond=None)[0]
        done = bool(np.all(np.abs(new - beta) <= 1e-13 * (1.0 + np.abs(new))))
        beta = new
        if done:
            break
    level, slope = float(beta[0]), float(beta[1])
    if not slope < 0.0:
        raise NotEnoughDataError(
            expected="call less put falling as the strike rises",
            found=f"a slope of {slope:g} over {k.size} strikes",
            try_next="check that calls and puts are not exchanged, and drop stale quotes",
        )
    residuals = y - design @ beta
    covariance = _huber_variance(residuals, scale, 2) * np.linalg.inv(design.T @ design)
    forward = centre - level / slope
    # F = centre - level/slope; gradient (-1/slope, level/slope^2)
    gradient = np.array([-1.0 / slope, level / slope**2])
    return ParityForward(
        forward=forward,
        forward_stderr=float(np.sqrt(gradient @ covariance @ gradient)),
        discount=-slope,
        discount_stderr=float(np.sqrt(covariance[1, 1])),
        residual=scale,
        n_pairs=int(k.size),
        n_outliers=int(np.count_nonzero(weights < 0.5)),
    )


def _fit_given(k: Floats, y: Floats, discount: float) -> ParityForward:
    each = k + y / discount  # every pair names a forward of its own
    floor = 1e-12 * float(np.max(np.abs(k)))
    forward = float(np.median(each))
    weights = np.ones_like(each)
    for _ in range(_SWEEPS):
        weights = _weights(each - forward, _scale(each - forward, floor))
        new = float(np.sum(weights * each) / np.sum(weights))
        done = abs(new - forward) <= 1e-13 * abs(new)
        forward = new
        if done:
            break
    residuals = each - forward
    stderr = float("nan")
    if each.size > 1:
        stderr = float(np.sqrt(_huber_variance(residuals, _scale(residuals, floor), 1) / each.size))
    return ParityForward(
        forward=forward,
        forward_stderr=stderr,
        discount=discount,
        discount_stderr=0.0,
        residual=discount * _scale(each - forward, floor),
        n_pairs=int(each.size),
        n_outliers=int(np.count_nonzero(weights < 0.5)),
    )
