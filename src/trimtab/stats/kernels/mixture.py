"""What the learned mixture stands on, in one pass: an anchor regression and four filters for each asset.

    anchor     weighted least squares of r, cut to between -2 m and 4 m, on m with intercept; weights exp(-2 age / year)
    P K B C    r_t = (mean + z_t + d_t) m_t + e_t, the two-speed filter (`trimtab.stats.kernels.two_speed`) four times:
               P, K: mean 1, slow deviation .4 and .5;  B, C: a mean given from outside, slow deviation .4

A state takes rows and gives the next state; nothing looks ahead, and row by row gives the bits of one long run. What a
row leaves of the anchor are its sums alone: they fade and are never cut off, so that a pair of five years ago still has
e^-10 of its weight.

Choices where the recipe in words leaves room: the variance of e averages squared residuals (after the update, each cut
at 16 times the current variance) with weights that halve every 126 rows and sum to one from the first pair on, so the
first 21 pairs fade as all others do; the fast part starts at 0 with its stationary variance.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trimtab.stats.arrays import Floats
from trimtab.stats.kernels.blocks import spread
from trimtab.stats.kernels.checks import resumed
from trimtab.stats.kernels.compiling import njit
from trimtab.stats.kernels.horizon import average_ahead

__all__ = ["Anchor", "MixtureParameters", "MixtureRows", "Outlook", "add_pairs", "advance", "anchor_of", "outlook_of"]

# Rows of the state: counts, the anchor's sums with weights w and w^2, the means of B and C, then six for each filter.
N, RECENT, GAP, DEN = range(4)
W, WX, WY, WXX, WXY, WYY, W2 = range(4, 11)
MU_B, MU_C = 11, 12
_SHARED, _PER_FILTER = 13, 6
Z, D, PZZ, PZD, PDD, V = range(6)
P_, K_, B_, C_ = range(4)
ROWS = _SHARED + 4 * _PER_FILTER


class MixtureParameters(NamedTuple):
    """Constants in rows of the data; `year` rows are a year."""

    year: int = 252
    slow_half_life: float = 756.0
    slow_sd: float = 0.40
    wide_sd: float = 0.50
    start_variance: float = 0.16
    fast_half_life: float = 30.0
    fast_sd: float = 0.25
    variance_half_life: float = 126.0
    cap: float = 16.0
    clip: float = 2.0
    warmup: int = 21
    low: float = -2.0
    high: float = 4.0

    def constants(self) -> Floats:
        """Give the kernel's own constants."""
        phi_z, phi_d = math.exp2(-1.0 / self.slow_half_life), math.exp2(-1.0 / self.fast_half_life)
        lost_z = -math.expm1(-2.0 * math.log(2.0) / self.slow_half_life)
        lost_d = -math.expm1(-2.0 * math.log(2.0) / self.fast_half_life)
        return np.array(
            [
                phi_z, phi_d, self.slow_sd**2 * lost_z, self.wide_sd**2 * lost_z, self.fast_sd**2 * lost_d,
                self.start_variance, self.fast_sd**2, math.exp2(-1.0 / self.variance_half_life), self.cap, self.clip,
                float(self.warmup), self.low, self.high, math.exp(-2.0 / self.year),
            ]
        )  # fmt: skip


class MixtureRows(NamedTuple):
    """Everything that the rows seen have left behind."""

    values: Floats
    """(37, n_assets)."""
    seen: NDArray[np.uint8]
    """(year, n_assets): which of the last year's rows had a pair, in a ring."""
    n_rows: int
    """Rows seen."""

    @classmethod
    def begin(cls, n_assets: int, year: int) -> "MixtureRows":
        """Give the state before any row."""
        values = resumed(None, ROWS, n_assets)
        values[MU_B : MU_C + 1] = 1.0
        return cls(values, np.zeros((year, n_assets), np.uint8), 0)

    def copy(self) -> "MixtureRows":
        """Give a state that `advance` may change."""
        return MixtureRows(self.values.copy(), self.seen.copy(), self.n_rows)


class Anchor(NamedTuple):
    """The anchor's lines, shape (n_assets,); NaN where there is none."""

    slope: Floats
    variance: Floats
    """Squared error of the slope: [sum w e^2 / sum w * n / (n - 2)] / (n var m), n the effective number of pairs."""


class Outlook(NamedTuple):
    """The filters' forecasts over a horizon, shape (n_assets,); NaN before the warm-up is over."""

    wide: Floats
    """K: mean 1."""
    own: Floats
    """B: mean from the benchmark's volatility."""
    crowd: Floats
    """C: mean from the universe's."""
    crowd_error: Floats
    """Standard deviation of the true mean beta about C's."""


def advance(
    state: MixtureRows, y: Floats, x: Floats, parameters: MixtureParameters, *, threads: int | None = None
) -> MixtureRows:
    """Take rows into a state, in place, and give it with its new count.

    Parameters
    ----------
    state
        Before the rows; its arrays are changed.
    y, x
        Returns of the assets (n_rows, n_assets), NaN where missing, and of the benchmark (n_rows,) or the same shape.
    parameters
        Constants.
    threads
        By default as many as the machine has.
    """
    constants = parameters.constants()
    spread(
        lambda first, last: _advance(y, x, constants, state.values, state.seen, state.n_rows, first, last),
        y.shape[1],
        granule=64,
        threads=threads if y.shape[0] * y.shape[1] > 20_000 else 1,
    )
    return state._replace(n_rows=state.n_rows + len(y))


def anchor_of(state: MixtureRows) -> Anchor:
    """Read the anchor regression off a state."""
    s = state.values
    with np.errstate(divide="ignore", invalid="ignore"):
        x, y = s[WX] / s[W], s[WY] / s[W]
        s_xx = s[WXX] / s[W] - x * x
        s_xy = s[WXY] / s[W] - x * y
        s_yy = s[WYY] / s[W] - y * y
        slope = np.where(s_xx > 0, s_xy / s_xx, np.nan)
        n = s[W] ** 2 / s[W2]
        left = np.maximum(s_yy - slope * s_xy, 0.0)
        variance = np.where(n > 2.0, left / (n - 2.0) / s_xx, np.nan)
    return Anchor(slope, variance)


def log_size(state: MixtureRows, parameters: MixtureParameters) -> Floats:
    """Give ln of each asset's residual volatility by the first filter; NaN before its warm-up is over."""
    v = state.values[_SHARED + V]
    ready = (state.values[N] >= parameters.warmup) & (v > 0)
    return np.where(ready, 0.5 * np.log(np.where(ready, v, 1.0)), np.nan)


def outlook_of(
    state: MixtureRows, parameters: MixtureParameters, horizon: int, mean_own: Floats, mean_crowd: Floats
) -> Outlook:
    """Forecast over a horizon in rows, with the means that B and C return to from now on."""
    p = parameters
    phi_z, phi_d, drift, _, drift_d = p.constants()[:5]
    (a_z, v_z), (a_d, v_d) = average_ahead(phi_z, horizon), average_ahead(phi_d, horizon)
    ready = state.values[N] >= p.warmup

    def forecast(which: int, mean: Floats | float) -> Floats:
        f = state.values[_SHARED + _PER_FILTER * which :]
        return np.where(ready, mean + a_z * f[Z] + a_d * f[D], np.nan)

    c = state.values[_SHARED + _PER_FILTER * C_ :]
    spread_now = a_z * a_z * c[PZZ] + 2.0 * a_z * a_d * c[PZD] + a_d * a_d * c[PDD]
    error = np.sqrt(spread_now + v_z * drift + v_d * drift_d)
    return Outlook(forecast(K_, 1.0), forecast(B_, mean_own), forecast(C_, mean_crowd), np.where(ready, error, np.nan))


@njit(nogil=True, cache=True, error_model="numpy")
def _advance(
    asset: Floats,
    benchmark: Floats,
    constants: Floats,
    s: Floats,
    ring: NDArray[np.uint8],
    before: int,
    first: int,
    last: int,
) -> None:
    """Move columns first..last-1 through all rows, changing state and ring in place."""
    fade, warmup, low, high, weight = constants[7], constants[10], constants[11], constants[12], constants[13]
    for t in range(asset.shape[0]):
        place = (before + t) % ring.shape[0]
        for a in range(first, last):
            y = asset[t, a]
            x = benchmark[t] if benchmark.ndim == 1 else benchmark[t, a]
            seen = abs(x) < np.inf and abs(y) < np.inf
            s[RECENT, a] += (1.0 if seen else 0.0) - ring[place, a]
            ring[place, a] = 1 if seen else 0
            s[GAP, a] = 0.0 if seen else s[GAP, a] + 1.0
            for r in range(W, W2):
                s[r, a] *= weight
            s[W2, a] *= weight * weight
            if seen:
                s[N, a] += 1.0
                s[DEN, a] = fade * s[DEN, a] + 1.0
                _add(x, min(max(y, min(low * x, high * x)), max(low * x, high * x)), s, a)
            if s[N, a] > warmup or (s[N, a] == warmup and not seen):
                _filter(y, x, seen, 1.0, constants[2], constants, s, _SHARED + _PER_FILTER * P_, a)
                _filter(y, x, seen, 1.0, constants[3], constants, s, _SHARED + _PER_FILTER * K_, a)
                _filter(y, x, seen, s[MU_B, a], constants[2], constants, s, _SHARED + _PER_FILTER * B_, a)
                _filter(y, x, seen, s[MU_C, a], constants[2], constants, s, _SHARED + _PER_FILTER * C_, a)
            elif seen:
                _warm(y, x, constants, s, a)


@njit(nogil=True, cache=True, error_model="numpy")
def add_pairs(asset: Floats, benchmark: Floats, sums: Floats) -> None:
    """Add the pairs of some rows to n, sum x, sum y, sum x^2 and sum x y, shape (5, n_assets), in place."""
    for t in range(asset.shape[0]):
        for a in range(asset.shape[1]):
            y = asset[t, a]
            x = benchmark[t] if benchmark.ndim == 1 else benchmark[t, a]
            if abs(x) < np.inf and abs(y) < np.inf:
                sums[0, a] += 1.0
                sums[1, a] += x
                sums[2, a] += y
                sums[3, a] += x * x
                sums[4, a] += x * y


@njit(nogil=True, cache=True, error_model="numpy")
def _add(x: float, y: float, s: Floats, a: int) -> None:
    """Add a pair to the anchor's sums."""
    s[W, a] += 1.0
    s[WX, a] += x
    s[WY, a] += y
    s[WXX, a] += x * x
    s[WXY, a] += x * y
    s[WYY, a] += y * y
    s[W2, a] += 1.0


@njit(nogil=True, cache=True, error_model="numpy")
def _warm(y: float, x: float, constants: Floats, s: Floats, a: int) -> None:
    """Take one of the first pairs, which only set the size of residuals, and start the filters after the last."""
    for f in range(4):
        r = _SHARED + _PER_FILTER * f
        s[r + V, a] += (y - x) * (y - x)
        if s[N, a] >= constants[10]:
            s[r + V, a] /= s[N, a]
            s[r + Z, a], s[r + D, a], s[r + PZD, a] = 0.0, 0.0, 0.0
            s[r + PZZ, a], s[r + PDD, a] = constants[5], constants[6]


@njit(nogil=True, cache=True, error_model="numpy")
def _filter(
    y: float, x: float, seen: bool, mean: float, drift_z: float, constants: Floats, s: Floats, r: int, a: int
) -> None:
    """Predict and update one filter with one row."""
    phi_z, phi_d, drift_d, cap, clip = constants[0], constants[1], constants[4], constants[8], constants[9]
    z, d = phi_z * s[r + Z, a], phi_d * s[r + D, a]
    zz, zd, dd = (
        phi_z * phi_z * s[r + PZZ, a] + drift_z,
        phi_z * phi_d * s[r + PZD, a],
        phi_d * phi_d * s[r + PDD, a] + drift_d,
    )
    if seen:
        v = s[r + V, a]
        with_z, with_d = zz + zd, zd + dd  # covariance of each part with their sum
        variance = x * x * (with_z + with_d) + v
        if variance > 0.0:
            surprise = y - (mean + z + d) * x
            limit = clip * math.sqrt(variance)
            step = min(max(surprise, -limit), limit) * x / variance
            z += with_z * step
            d += with_d * step
            precision = x * x / variance
            zz -= with_z * with_z * precision
            zd -= with_z * with_d * precision
            dd -= with_d * with_d * precision
        left = y - (mean + z + d) * x
        square = left * left
        # a variance of 0 (the warm-up held copies of the benchmark) would cut itself for ever
        s[r + V, a] = v + ((min(square, cap * v) if v > 0.0 else square) - v) / s[DEN, a]
    s[r + Z, a], s[r + D, a], s[r + PZZ, a], s[r + PZD, a], s[r + PDD, a] = z, d, zz, zd, dd
