"""The two-speed beta through time: a slow and a fast part, robust, with a prior mean tilted by volatility.

    r_t = (mu_t + z_t + d_t) m_t + e_t
    mu: prior mean, center + tilt (ln s_t - ref_t)
    z: slow part, autoregressive about 0, half-life `slow_half_life`, stationary deviation `slow_sd`
    d: fast part, autoregressive about 0, half-life `fast_half_life`, stationary deviation `fast_sd`
    s_t^2: variance of e, an exponential average of squared innovations, each capped at `cap` times the current variance

A filter: rows up to t only. Each row, for each asset:

1. predict: z <- phi_z z, d <- phi_d d, and the covariance of (z, d) likewise plus the drift of one row;
2. where the pair is known: innovation v = r - (mu + z + d) m of variance F = m^2 Var(z + d) + s^2; v within
   `clip` sqrt(F) enters the Kalman update; then s^2 <- s^2 + share (min(v^2, cap s^2) - s^2) with the unclipped v;
3. then, over the universe, ref_t and from it mu_t, which enters the forecast and the next row's innovation.

Choices where a recipe in words leaves room: the filter holds the slow part as its distance z from mu, so that when an
asset's volatility moves its prior mean, the estimate moves along at once (holding the level instead was worse by .003
of RMSE on the development set, at each horizon). The first `warmup` pairs only set s^2, as the plain mean of squared
r - center m; then z starts at 0 with variance `slow_sd`^2 (.16 by default) and d at 0 with `fast_start_variance`.
Names in the universe are those among `members` that are past their warm-up, were seen within the last `fresh` rows and
are no copies of the benchmark (s under a tenth of the benchmark's volatility, averaged like s^2); with fewer than
`universe_min` of them, or without a universe, ref_t is the given reference; where that is missing, mu is `center`: no
tilt. The tilt was found on single stocks: ln s - ref is held within `tilt_limit`, or an index fund, whose s is tiny,
would be given a prior mean below zero.

Forecast over h rows: mu + a_z z + a_d d, with the mean persistence a over k = 1..h. Its error holds the state's
covariance and the drift still to come, not the uncertainty of mu nor of the parameters. Not for assets whose beta is
known to lie far from `center` (inverse and leveraged funds): the prior pulls them to it.
"""

import math
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trimtab.errors import InputError
from trimtab.stats.arrays import Floats
from trimtab.stats.kernels.blocks import spread
from trimtab.stats.kernels.checks import positive, resumed, tables
from trimtab.stats.kernels.compiling import njit
from trimtab.stats.kernels.horizon import average_ahead

__all__ = ["TwoSpeedHistory", "TwoSpeedParameters", "TwoSpeedState", "benchmark_reference", "two_speed_history"]

Z, D, PZZ, PZD, PDD, V, LNS, MU, N, GAP, X2 = range(11)  # rows of the state
#: ln of the residual volatility over the benchmark's below which a name counts as a copy of the benchmark.
_COPY = math.log(0.10)


class TwoSpeedParameters(NamedTuple):
    """Constants of the recipe, pooled over assets; half-lives in rows."""

    slow_half_life: float = 756.0
    slow_sd: float = 0.40
    fast_half_life: float = 30.0
    fast_sd: float = 0.25
    fast_start_variance: float = 0.0625
    center: float = 1.0
    tilt: float = 0.3
    tilt_limit: float = 1.5
    variance_half_life: float = 126.0
    cap: float = 16.0
    clip: float = 2.0
    warmup: int = 21
    universe_min: int = 25
    fresh: int = 21

    def for_calendar(self, periods_per_year: float) -> Self:
        """Scale the half-lives to a calendar (365 for crypto, 52 for weeks); they are stated for 252.

        Examples
        --------
        >>> TwoSpeedParameters().for_calendar(504).fast_half_life
        60.0
        """
        k = periods_per_year / 252.0
        return self._replace(
            slow_half_life=self.slow_half_life * k,
            fast_half_life=self.fast_half_life * k,
            variance_half_life=self.variance_half_life * k,
        )


class TwoSpeedState(NamedTuple):
    """Everything the past leaves behind: go on from here with the next rows."""

    values: Floats
    """(11, n_assets): z, d, their variances and covariance, s^2 (a sum while warming up), ln s, mu, pairs, gap, and the
    benchmark's mean square (a sum while warming up)."""


class TwoSpeedHistory(NamedTuple):
    """Filtered forecasts, each (n_dates, n_assets); NaN where there is none."""

    beta: Floats
    """Expected average beta over the horizon, given rows up to this one."""
    stderr: Floats
    """Standard deviation of the true average beta about it, under the model."""
    n_obs: NDArray[np.int32]
    """Pairs seen so far, warm-up included."""
    state: TwoSpeedState
    """State after the last row."""


def two_speed_history(
    asset: ArrayLike,
    benchmark: ArrayLike,
    *,
    horizon: int,
    reference: ArrayLike | None = None,
    universe: bool = True,
    members: NDArray[np.bool_] | None = None,
    parameters: TwoSpeedParameters | None = None,
    max_gap: int = 252,
    state: TwoSpeedState | None = None,
    threads: int | None = None,
) -> TwoSpeedHistory:
    """Filter the two-speed beta of many assets at once and forecast it over a horizon.

    Parameters
    ----------
    asset
        Simple returns (n_dates, n_assets); NaN or infinite is missing: the state moves forward without an update.
    benchmark
        Simple returns (n_dates,) or (n_dates, n_assets).
    horizon
        Average beta over this many rows to come; 0 gives today's mu + z + d.
    reference
        ref_t (n_dates,), NaN where unknown, as from `benchmark_reference`; used where the universe is too small.
    universe
        Take ref_t as the mean ln s over the columns of this table where enough are known. Then columns are tied to each
        other, and the work runs in one thread. False uses `reference` alone.
    members
        Columns that may count in that mean, shape (n_assets,); None takes all.
    parameters
        Constants; None takes the recipe's.
    max_gap
        No value after more than this many rows without a pair.
    state
        Where to go on from; None starts afresh.
    threads
        By default as many as the machine has.

    Returns
    -------
    TwoSpeedHistory
        NaN until the warm-up is over.

    Examples
    --------
    >>> import numpy as np
    >>> m = np.tile([0.01, -0.01, 0.02, -0.02], 250)
    >>> noise = np.tile([0.002, 0.002, -0.001, -0.001], 250)
    >>> history = two_speed_history((1.5 * m + noise)[:, None], m, horizon=21)
    >>> history.beta[-1].round(2), history.n_obs[-1]
    (array([1.49]), array([1000], dtype=int32))
    """
    y, x = tables(asset, benchmark)
    p = TwoSpeedParameters() if parameters is None else parameters
    _refuse_unfit(p, horizon)
    ref = np.full(y.shape[0], np.nan) if reference is None else np.ascontiguousarray(reference, dtype=np.float64)
    if ref.shape != y.shape[:1]:
        raise InputError(
            expected=f"one reference per row, shape {y.shape[:1]}",
            found=f"shape {ref.shape}",
            try_next="use benchmark_reference on the same rows",
        )
    values = resumed(None if state is None else state.values, 11, y.shape[1])
    if state is None:
        values[MU] = p.center
    constants, ahead = _constants(p, horizon)
    if not universe:
        constants[12] = np.inf  # never enough names
    counted = np.ones(y.shape[1], dtype=np.bool_) if members is None else np.asarray(members, dtype=np.bool_)
    out = TwoSpeedHistory(np.empty_like(y), np.empty_like(y), np.empty(y.shape, np.int32), TwoSpeedState(values))
    spread(
        lambda first, last: _advance(y, x, ref, counted, constants, ahead, int(max_gap), out, first, last),
        y.shape[1],
        granule=64,
        threads=1 if universe else threads,
    )
    return out


def _refuse_unfit(p: TwoSpeedParameters, horizon: int) -> None:
    for name in ("slow_half_life", "fast_half_life", "variance_half_life", "cap", "clip", "warmup"):
        positive(name, getattr(p, name))
    for name, value in {
        "horizon": horizon,
        "slow_sd": p.slow_sd,
        "fast_sd": p.fast_sd,
        "fresh": p.fresh,
        "tilt_limit": p.tilt_limit,
    }.items():
        positive(name, value, least=-1e-300)
    positive("fast_start_variance", p.fast_start_variance, least=-1e-300)


def _constants(p: TwoSpeedParameters, horizon: int) -> tuple[Floats, Floats]:
    """Turn half-lives and stationary deviations into the filter's own constants."""
    phi_z, phi_d = math.exp2(-1.0 / p.slow_half_life), math.exp2(-1.0 / p.fast_half_life)
    # 1 - phi^2 without cancellation
    drift_z = -(p.slow_sd**2) * math.expm1(-2.0 * math.log(2.0) / p.slow_half_life)
    drift_d = -(p.fast_sd**2) * math.expm1(-2.0 * math.log(2.0) / p.fast_half_life)
    share = -math.expm1(-math.log(2.0) / p.variance_half_life)
    a_z, v_z = average_ahead(phi_z, horizon)
    a_d, v_d = average_ahead(phi_d, horizon)
    start = (p.slow_sd**2, p.fast_start_variance)
    policy = (
        p.center,
        p.tilt,
        share,
        p.cap,
        p.clip,
        float(p.warmup),
        float(p.universe_min),
        float(p.fresh),
        p.tilt_limit,
    )
    return np.array([phi_z, phi_d, drift_z, drift_d, *start, *policy]), np.array(
        [a_z, a_d, v_z * drift_z + v_d * drift_d]
    )


@njit(nogil=True, cache=True, error_model="numpy")
def _advance(
    asset: Floats,
    benchmark: Floats,
    reference: Floats,
    members: NDArray[np.bool_],
    constants: Floats,
    ahead: Floats,
    max_gap: int,
    out: TwoSpeedHistory,
    first: int,
    last: int,
) -> None:
    """Move columns first..last-1 through all rows, changing the state in place."""
    beta, stderr, count, s = out.beta, out.stderr, out.n_obs, out.state.values
    center, tilt, warmup, fresh, reach = constants[6], constants[7], constants[11], constants[13], constants[14]
    for t in range(asset.shape[0]):
        _update_row(asset[t], benchmark, t, constants, s, first, last)
        ref = reference[t]
        if constants[12] < np.inf:
            total, names = 0.0, 0
            for a in range(first, last):
                if not (members[a] and s[N, a] >= warmup and s[GAP, a] <= fresh and s[X2, a] > 0.0):
                    continue
                if s[LNS, a] > _COPY + 0.5 * np.log(s[X2, a]):
                    total += s[LNS, a]
                    names += 1
            if names >= constants[12]:
                ref = total / names
        a_z, a_d, to_come = ahead[0], ahead[1], ahead[2]
        for a in range(first, last):
            ready = s[N, a] >= warmup
            tilted = ready & (abs(ref) < np.inf) & (s[LNS, a] > -np.inf)
            mu = center + tilt * min(max(s[LNS, a] - ref, -reach), reach) if tilted else center
            s[MU, a] = mu
            defined = ready & (s[GAP, a] <= max_gap)
            spread_now = a_z * a_z * s[PZZ, a] + 2.0 * a_z * a_d * s[PZD, a] + a_d * a_d * s[PDD, a]
            beta[t, a] = mu + a_z * s[Z, a] + a_d * s[D, a] if defined else np.nan
            stderr[t, a] = np.sqrt(spread_now + to_come) if defined else np.nan
            count[t, a] = int(s[N, a])


@njit(nogil=True, cache=True, error_model="numpy")
def _update_row(
    returns: Floats,
    benchmark: Floats,
    t: int,
    constants: Floats,
    s: Floats,
    first: int,
    last: int,
) -> None:
    """Predict and update every asset's state with one row of returns."""
    phi_z, phi_d, drift_z, drift_d, start_z, start_d = constants[:6]
    center, share, cap, clip, warmup = constants[6], constants[8], constants[9], constants[10], constants[11]
    for a in range(first, last):
        y = returns[a]
        x = benchmark[t] if benchmark.ndim == 1 else benchmark[t, a]
        seen = abs(x) < np.inf and abs(y) < np.inf
        s[GAP, a] = 0.0 if seen else s[GAP, a] + 1.0
        if s[N, a] < warmup:
            if seen:
                s[N, a] += 1.0
                s[V, a] += (y - center * x) ** 2
                s[X2, a] += x * x
                if s[N, a] >= warmup:
                    s[V, a] /= s[N, a]
                    s[X2, a] /= s[N, a]
                    s[LNS, a] = 0.5 * np.log(s[V, a])
                    s[D, a], s[PZZ, a], s[PZD, a], s[PDD, a] = 0.0, start_z, 0.0, start_d
            continue
        z = phi_z * s[Z, a]
        d = phi_d * s[D, a]
        pzz = phi_z * phi_z * s[PZZ, a] + drift_z
        pzd = phi_z * phi_d * s[PZD, a]
        pdd = phi_d * phi_d * s[PDD, a] + drift_d
        v = s[V, a]
        if seen:
            s[N, a] += 1.0
            gz, gd = pzz + pzd, pzd + pdd  # covariance of each part with their sum
            variance = x * x * (gz + gd) + v
            innovation = y - (s[MU, a] + z + d) * x
            if variance > 0.0:
                limit = clip * np.sqrt(variance)
                clipped = min(max(innovation, -limit), limit) * x / variance
                z += gz * clipped
                d += gd * clipped
                shrink = x * x / variance
                pzz -= gz * gz * shrink
                pzd -= gz * gd * shrink
                pdd -= gd * gd * shrink
            square = innovation * innovation
            # a variance of 0 (the warm-up held copies of the benchmark) would cap itself for ever
            v += share * ((min(square, cap * v) if v > 0.0 else square) - v)
            s[V, a] = v
            s[X2, a] += share * (x * x - s[X2, a])
            s[LNS, a] = 0.5 * np.log(v)
        s[Z, a], s[D, a], s[PZZ, a], s[PZD, a], s[PDD, a] = z, d, pzz, pzd, pdd


class ReferenceState(NamedTuple):
    """What `benchmark_reference` carries from row to row."""

    weight: float
    mean_square: float
    n_obs: int


def benchmark_reference(
    benchmark: ArrayLike,
    *,
    half_life: float = 1260.0,
    min_obs: int = 2520,
    offset: float = 0.11,
    state: ReferenceState | None = None,
) -> tuple[Floats, ReferenceState]:
    """Give the benchmark's own reference for the two-speed prior: ln of its volatility, plus an offset.

    Volatility is the root of the exponentially weighted mean square (weights sum to one from the first row on).

    Parameters
    ----------
    benchmark
        Returns (n_dates,); NaN or infinite is missing.
    half_life
        In rows with a return; five years of 252.
    min_obs
        Returns needed before there is a value; ten years of 252. A short history biases the prior.
    offset
        Mean ln s of a broad universe above the benchmark's own, as found on S&P 500 names 1999-2017.
    state
        Where to go on from; None starts afresh.

    Examples
    --------
    >>> reference, state = benchmark_reference([0.01, -0.01, 0.01], half_life=5, min_obs=2)
    >>> reference.round(4), state.n_obs
    (array([    nan, -4.4952, -4.4952]), 3)
    """
    x = np.asarray(benchmark, dtype=np.float64)
    if x.ndim != 1:
        raise InputError(
            expected="benchmark returns of shape (n_dates,)",
            found=f"shape {x.shape}",
            try_next="give the benchmark's own returns by row, not by asset",
        )
    positive("half_life", half_life)
    weight, mean_square, count = state or ReferenceState(0.0, 0.0, 0)
    decay = math.exp2(-1.0 / half_life)
    reference = np.full(x.size, np.nan)
    for t, value in enumerate(x.tolist()):
        if math.isfinite(value):
            weight = decay * weight + 1.0
            mean_square += (value * value - mean_square) / weight
            count += 1
        if count >= min_obs and mean_square > 0.0:
            reference[t] = 0.5 * math.log(mean_square) + offset
    return reference, ReferenceState(weight, mean_square, count)
