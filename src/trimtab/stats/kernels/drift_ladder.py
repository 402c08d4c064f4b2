r"""A beta that drifts by an unknown amount, from no prior level: a ladder of filters, each with more drift.

    r_t = (c_t + d_t) m_t + e_t,    c: random walk,    d: autoregressive about 0, half-life `fast_half_life`
    rung k: drift of both parts in the proportions of the two-speed recipe, its size times lambda_k
        lambda_k = min(1, rungs[k] s / s_m)   for the lower rungs: in proportion to the residual's own size
        lambda   = 1                          for the top rung: the drift of single shares
    s^2, s_m^2: exponential averages of the residual's and the benchmark's squares

The level starts where the first `warmup` pairs put it, as uncertain as they leave it, and returns to nothing: whatever
the true beta is, -5 or 10, no rung pulls it anywhere. Each rung keeps the discounted log-likelihood of its one-step
forecasts under t(5) errors. Weighed by prior x likelihood, the lower rungs make one answer, *calm*; the top rung is the
other, *moving*; `weight` is what the evidence gives the latter.

Prior weights: an asset whose residual is small against the benchmark's (a future, an index fund, a leveraged fund)
cannot drift as shares do, or the drift alone would leave larger residuals; a share always does. Between `close` limits
of the residual ratio the prior weight of the top rung rises smoothly from `floor` to 1. With less than `season` rows
the data cannot yet tell, and the floor is higher, by up to `early`.

Surprises are cut at `clip` standard deviations in the update. Variances follow the raw squares, scaled by the share of
the surprise that is the residual's, and capped at `cap` times themselves. Beside the covariance P of the state runs M,
the part of it that the residuals' noise left: M <- (I - K h) F M F' (I - K h)' + K s^2 K'; the rest is drift. Sources:
Harvey (1989) for the filter; Magill (1965), IEEE Transactions on Automatic Control 10, 434-439, for banks of filters
weighed by their likelihood; Masreliez and Martin (1977) for the cut.
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

__all__ = [
    "DriftLadderHistory",
    "DriftLadderParameters",
    "DriftLadderState",
    "drift_ladder_histories",
    "drift_ladder_history",
]

# Rows of the state: what all rungs share, then _PER_RUNG rows for each.
N, GAP, SXX, SXY, SYY, X2, E2S, X2S, WEIGHT = range(9)
_SHARED = 9
Z, D, PZZ, PZD, PDD, MZZ, MZD, MDD, V, LIKELIHOOD = range(10)
_PER_RUNG = 10
#: Least residual variance as a share of the benchmark's: a copy of the benchmark leaves none.
_LEAST = 1e-16


class DriftLadderParameters(NamedTuple):
    """Constants, pooled over assets; half-lives and `season` in rows."""

    slow_half_life: float = 756.0
    slow_sd: float = 0.40
    fast_half_life: float = 30.0
    fast_sd: float = 0.25
    variance_half_life: float = 126.0
    memory_half_life: float = 756.0
    cap: float = 16.0
    clip: float = 2.0
    warmup: int = 21
    rungs: tuple[float, ...] = (0.0, 0.5, 2.0)
    prior: tuple[float, ...] = (0.75, 0.05, 0.20)
    floor: float = 0.15
    early: float = 0.55
    season: float = 252.0
    close: tuple[float, float] = (0.25, 0.50)

    def for_calendar(self, periods_per_year: float) -> Self:
        """Scale half-lives and season to a calendar (365 for crypto, 52 for weeks); they are stated for 252.

        Examples
        --------
        >>> DriftLadderParameters().for_calendar(504).fast_half_life
        60.0
        """
        k = periods_per_year / 252.0
        return self._replace(
            slow_half_life=self.slow_half_life * k,
            fast_half_life=self.fast_half_life * k,
            variance_half_life=self.variance_half_life * k,
            memory_half_life=self.memory_half_life * k,
            season=self.season * k,
        )


class DriftLadderState(NamedTuple):
    """Everything the past leaves behind: go on from here with the next rows."""

    values: Floats
    """(9 + 10 (n_rungs + 1), n_assets)."""


class DriftLadderHistory(NamedTuple):
    """Forecasts at the rows asked for, each (n_rows, n_assets); NaN where there is none."""

    moving: Floats
    """Expected average beta over the horizon if it drifts as a share's does."""
    moving_error: Floats
    """Standard deviation of the true average beta about it."""
    moving_measured: Floats
    """The part of the squared error that measurement left; the rest is drift."""
    calm: Floats
    """The same if it drifts less, or not at all."""
    calm_error: Floats
    """Standard deviation, with what the rungs disagree on."""
    calm_measured: Floats
    """As `moving_measured`."""
    weight: Floats
    """Probability of the first, 0 to 1."""
    n_obs: NDArray[np.int32]
    """Pairs seen so far, warm-up included."""
    state: DriftLadderState
    """State after the last row of the data."""


def drift_ladder_history(
    asset: ArrayLike,
    benchmark: ArrayLike,
    *,
    horizon: int,
    rows: NDArray[np.intp] | None = None,
    parameters: DriftLadderParameters | None = None,
    max_gap: int = 252,
    state: DriftLadderState | None = None,
    threads: int | None = None,
) -> DriftLadderHistory:
    """Filter betas of many assets under several amounts of drift, and forecast them over a horizon.

    Parameters
    ----------
    asset
        Simple returns (n_dates, n_assets); NaN or infinite is missing: the state moves forward without an update.
    benchmark
        Simple returns (n_dates,) or (n_dates, n_assets).
    horizon
        Average beta over this many rows to come; 0 gives today's.
    rows
        Increasing row numbers at which forecasts are kept; all by default.
    parameters
        Constants; None takes the defaults.
    max_gap
        No value after more than this many rows without a pair.
    state
        Where to go on from; None starts afresh.
    threads
        By default as many as the machine has.

    Examples
    --------
    >>> import numpy as np
    >>> m = np.tile([0.01, -0.01, 0.02, -0.02], 250)
    >>> noise = np.tile([0.0002, 0.0002, -0.0001, -0.0001], 250)
    >>> history = drift_ladder_history((-3.0 * m + noise)[:, None], m, horizon=63)
    >>> history.calm[-1].round(2), history.weight[-1].round(2)
    (array([-3.]), array([0.]))
    """
    return drift_ladder_histories(
        asset, benchmark, horizons=(horizon,), rows=rows, parameters=parameters, max_gap=max_gap, state=state,
        threads=threads,
    )[0]  # fmt: skip


def drift_ladder_histories(
    asset: ArrayLike,
    benchmark: ArrayLike,
    *,
    horizons: tuple[int, ...],
    rows: NDArray[np.intp] | None = None,
    parameters: DriftLadderParameters | None = None,
    max_gap: int = 252,
    state: DriftLadderState | None = None,
    threads: int | None = None,
) -> tuple[DriftLadderHistory, ...]:
    """Forecast over several horizons in one pass; each is what `drift_ladder_history` gives, which says the rest.

    Parameters
    ----------
    asset, benchmark, rows, parameters, max_gap, state, threads
        As there.
    horizons
        Average beta over so many rows to come, one history for each; they share counts and state.

    Examples
    --------
    >>> m = np.tile([0.01, -0.01, 0.02, -0.02], 250)
    >>> noise = np.tile([0.002, 0.002, -0.001, -0.001], 250)
    >>> near, far = drift_ladder_histories((2.0 * m + noise)[:, None], m, horizons=(21, 252))
    >>> bool(near.moving_error[-1, 0] < far.moving_error[-1, 0])
    True
    """
    y, x = tables(asset, benchmark)
    p = DriftLadderParameters() if parameters is None else parameters
    for horizon in horizons:
        _refuse_unfit(p, horizon)
    at = np.arange(len(y), dtype=np.intp) if rows is None else np.asarray(rows, dtype=np.intp)
    values = resumed(None if state is None else state.values, _SHARED + _PER_RUNG * (len(p.rungs) + 1), y.shape[1])
    out = np.full((len(horizons), 7, len(at), y.shape[1]), np.nan)
    count = np.zeros((len(at), y.shape[1]), np.int32)
    ahead = np.array([_constants(p, horizon)[1] for horizon in horizons])
    constants = _constants(p, horizons[0])[0]
    ladder = _Ladder(constants, ahead, np.array((*p.rungs, np.inf)), np.array((*p.prior, np.nan)))
    spread(
        lambda first, last: _advance(y, x, at, ladder, int(max_gap), values, out, count, first, last),
        y.shape[1],
        granule=64,
        threads=threads,
    )
    left = DriftLadderState(values)
    return tuple(DriftLadderHistory(o[0], o[1], o[2], o[3], o[4], o[5], o[6], count, left) for o in out)


class _Ladder(NamedTuple):
    """The filter's own constants: of the steps, of what is to come (a row a horizon), each rung's drift and weight."""

    constants: Floats
    ahead: Floats
    rungs: Floats
    prior: Floats


def _refuse_unfit(p: DriftLadderParameters, horizon: int) -> None:
    for name in ("slow_half_life", "fast_half_life", "variance_half_life", "memory_half_life", "cap", "clip", "season"):
        positive(name, getattr(p, name))
    positive("warmup", p.warmup, least=3)
    positive("horizon", horizon, least=-1e-300)
    if len(p.rungs) != len(p.prior) or not p.rungs or min(p.rungs) < 0 or min(p.prior) < 0:
        raise InputError(
            expected="one prior weight of 0 or more for each rung of 0 or more",
            found=f"rungs={p.rungs}, prior={p.prior}",
            try_next="leave both at their defaults",
        )


def _constants(p: DriftLadderParameters, horizon: int) -> tuple[Floats, Floats]:
    """Turn half-lives and deviations into the filter's own constants."""
    phi = math.exp2(-1.0 / p.fast_half_life)
    # 1 - phi^2 without cancellation
    drift_z = -(p.slow_sd**2) * math.expm1(-2.0 * math.log(2.0) / p.slow_half_life)
    drift_d = -(p.fast_sd**2) * math.expm1(-2.0 * math.log(2.0) / p.fast_half_life)
    days = np.arange(p.warmup)
    # Over the warm-up: mean correlation of the fast part with its last value, and with itself.
    with_last = float(np.mean(phi**days))
    with_itself = float(np.mean(phi ** np.abs(days[:, None] - days)))
    share = -math.expm1(-math.log(2.0) / p.variance_half_life)
    memory = math.exp2(-1.0 / p.memory_half_life)
    a_d, v_d = average_ahead(phi, horizon)
    _, v_z = average_ahead(1.0, horizon)
    speeds = (phi, drift_z, drift_d, p.fast_sd**2, with_last, with_itself)
    policy = (share, memory, p.cap, p.clip, float(p.warmup), p.floor, p.early, p.season, *p.close)
    return np.array([*speeds, *policy]), np.array([a_d, v_z * drift_z + v_d * drift_d])


@njit(nogil=True, cache=True, error_model="numpy")
def _advance(
    asset: Floats,
    benchmark: Floats,
    at: NDArray[np.intp],
    ladder: _Ladder,
    max_gap: int,
    s: Floats,
    out: Floats,
    count: NDArray[np.int32],
    first: int,
    last: int,
) -> None:
    """Move columns first..last-1 through all rows, changing the state in place."""
    constants, ahead, rungs, prior = ladder
    k = first - first  # a plain 0 is a type of its own, for which all that takes it is compiled twice
    for t in range(asset.shape[0]):
        for a in range(first, last):
            x = benchmark[t] if benchmark.ndim == 1 else benchmark[t, a]
            _update(asset[t, a], x, constants, rungs, s, a)
        if k < at.shape[0] and at[k] == t:
            for a in range(first, last):
                count[k, a] = int(s[N, a])
                if s[_SHARED + V, a] > 0.0 and s[GAP, a] <= max_gap:
                    for h in range(ahead.shape[0]):
                        _read(constants, ahead[h], rungs, prior, s, a, out[h], k)
            k += 1


@njit(nogil=True, cache=True, error_model="numpy")
def _size(rung: float, v: float, x2: float) -> float:
    """Give lambda squared; the top rung, an infinite one, has 1."""
    return min(1.0, rung * rung * v / x2) if rung < np.inf else 1.0


@njit(nogil=True, cache=True, error_model="numpy")
def _update(y: float, x: float, constants: Floats, rungs: Floats, s: Floats, a: int) -> None:
    """Take one row's pair into the state of one asset."""
    share, memory, cap, warmup = constants[6], constants[7], constants[8], constants[10]
    seen = abs(x) < np.inf and abs(y) < np.inf
    begun = s[_SHARED + V, a] > 0.0
    s[GAP, a] = 0.0 if seen else s[GAP, a] + 1.0
    if seen:
        s[N, a] += 1.0
        s[WEIGHT, a] = memory * s[WEIGHT, a] + 1.0
        s[X2S, a] += (x * x - s[X2S, a]) / s[WEIGHT, a]
        if not begun:
            s[SXX, a] += x * x
            s[SXY, a] += x * y
            s[SYY, a] += y * y
            if s[N, a] >= warmup and s[SXX, a] > 0.0:
                _begin(constants, rungs, s, a)
            return
        s[X2, a] += share * (x * x - s[X2, a])
    if begun:
        for k in range(rungs.shape[0]):
            surprise = _step(y, x, seen, constants, rungs[k], s, _SHARED + _PER_RUNG * k, a)
            if k == 0 and seen:
                s[E2S, a] += (min(surprise * surprise, cap * s[E2S, a]) - s[E2S, a]) / s[WEIGHT, a]


@njit(nogil=True, cache=True, error_model="numpy")
def _begin(constants: Floats, rungs: Floats, s: Floats, a: int) -> None:
    """Start every rung from the line through the origin of the warm-up's pairs."""
    n, s_xx = s[N, a], s[SXX, a]
    slope = s[SXY, a] / s_xx
    v = max((s[SYY, a] - slope * s[SXY, a]) / (n - 1.0), _LEAST * s_xx / n)
    s[X2, a] = s_xx / n
    s[E2S, a] = v
    # With few pairs the variance itself is uncertain: that of Student's t.
    start_variance = v / s_xx * (n - 1.0) / (n - 3.0)
    for k in range(rungs.shape[0]):
        r = _SHARED + _PER_RUNG * k
        fast = constants[3] * _size(rungs[k], v, s[X2, a])
        s[r + Z, a], s[r + D, a] = slope, 0.0
        # The line tells c plus the mean of d, so that what is not known of d is not known of c with the other sign.
        s[r + PZZ, a] = start_variance + constants[5] * fast
        s[r + PZD, a], s[r + PDD, a] = -constants[4] * fast, fast
        s[r + MZZ, a], s[r + MZD, a], s[r + MDD, a] = start_variance, 0.0, 0.0
        s[r + V, a], s[r + LIKELIHOOD, a] = v, 0.0


@njit(nogil=True, cache=True, error_model="numpy")
def _step(y: float, x: float, seen: bool, constants: Floats, rung: float, s: Floats, r: int, a: int) -> float:
    """Predict and update one rung, and give the day's surprise."""
    phi, drift_z, drift_d = constants[:3]
    share, memory, cap, clip = constants[6:10]
    v = s[r + V, a]
    size = _size(rung, v, s[X2, a])
    d = phi * s[r + D, a]
    p_zz = s[r + PZZ, a] + drift_z * size
    p_zd, p_dd = phi * s[r + PZD, a], phi * phi * s[r + PDD, a] + drift_d * size
    m_zz, m_zd, m_dd = s[r + MZZ, a], phi * s[r + MZD, a], phi * phi * s[r + MDD, a]
    surprise = 0.0
    if seen:
        z = s[r + Z, a]
        with_z, with_d = p_zz + p_zd, p_zd + p_dd  # covariance of each part with their sum
        variance = x * x * (with_z + with_d) + v
        surprise = y - (z + d) * x
        square = surprise * surprise / variance
        s[r + LIKELIHOOD, a] = memory * s[r + LIKELIHOOD, a] - 0.5 * math.log(variance) - 3.0 * math.log1p(square / 3.0)
        limit = clip * math.sqrt(variance)
        k_z, k_d = with_z * x / variance, with_d * x / variance
        clipped = min(max(surprise, -limit), limit)
        s[r + Z, a], d = z + k_z * clipped, d + k_d * clipped
        p_zz -= k_z * with_z * x
        p_zd -= k_z * with_d * x
        p_dd -= k_d * with_d * x
        m_z, m_d = m_zz + m_zd, m_zd + m_dd
        both = x * x * (m_z + m_d) + v
        m_zz += k_z * (k_z * both - 2.0 * x * m_z)
        m_zd += k_z * k_d * both - x * (k_z * m_d + k_d * m_z)
        m_dd += k_d * (k_d * both - 2.0 * x * m_d)
        # What of the surprise is the residual's: its share v / variance.
        s[r + V, a] = max(v + share * (min(square, cap) - 1.0) * v, _LEAST * s[X2, a])
    s[r + D, a] = d
    s[r + PZZ, a], s[r + PZD, a], s[r + PDD, a] = p_zz, p_zd, p_dd
    s[r + MZZ, a], s[r + MZD, a], s[r + MDD, a] = m_zz, m_zd, m_dd
    return surprise


@njit(nogil=True, cache=True, error_model="numpy")
def _read(
    constants: Floats, ahead: Floats, rungs: Floats, prior: Floats, s: Floats, a: int, out: Floats, row: int
) -> None:
    """Weigh the rungs of one asset and write its forecasts."""
    floor, early, season, low, high = constants[11:16]
    ratio = math.sqrt(s[E2S, a] / s[X2S, a])
    way = min(max((ratio - low) / (high - low), 0.0), 1.0)
    floor += early * max(0.0, 1.0 - s[N, a] / season)
    # Flat at both ends, so that no asset near a limit changes its method by a hair.
    certain = floor + (1.0 - floor) * way * way * (3.0 - 2.0 * way)
    top = -np.inf
    for k in range(rungs.shape[0]):
        top = max(top, s[_SHARED + _PER_RUNG * k + LIKELIHOOD, a])
    total = mean = second = measured = moving = 0.0
    for k in range(rungs.shape[0]):
        r = _SHARED + _PER_RUNG * k
        a_d, to_come = ahead[0], ahead[1] * _size(rungs[k], s[r + V, a], s[X2, a])
        value = s[r + Z, a] + a_d * s[r + D, a]
        variance = s[r + PZZ, a] + 2.0 * a_d * s[r + PZD, a] + a_d * a_d * s[r + PDD, a] + to_come
        part = s[r + MZZ, a] + 2.0 * a_d * s[r + MZD, a] + a_d * a_d * s[r + MDD, a]
        odds = math.exp(s[r + LIKELIHOOD, a] - top)
        if k == rungs.shape[0] - 1:
            moving = certain * odds
            out[0, row, a], out[1, row, a], out[2, row, a] = value, math.sqrt(variance), part
        else:
            odds *= (1.0 - certain) * prior[k]
            # About the first rung's value, so that no digits are lost where rungs agree.
            gap = value - s[_SHARED + Z, a]
            total += odds
            mean += odds * gap
            second += odds * (variance + gap * gap)
            measured += odds * part
    if total > 0.0:
        mean, second, measured = mean / total, second / total, measured / total
        out[3, row, a] = s[_SHARED + Z, a] + mean
        out[4, row, a] = math.sqrt(max(second - mean * mean, 0.0))
        out[5, row, a] = measured
        out[6, row, a] = moving / (moving + total)
    else:
        for j in range(3):
            out[3 + j, row, a] = out[j, row, a]
        out[6, row, a] = 1.0
