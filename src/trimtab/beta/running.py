"""Betas day by day: a state goes in with the new returns, and the next state comes out.

    state = begin(estimator, pairs)            from a history
    state = update(state, new_pairs)           rows that the state has seen are passed over
    read(state)                                values, errors and counts, as arrays

Rows fed one by one, in pieces or at once give the same state, and the numbers that the estimator gives on the whole
history. Only recursive estimators can do this, and only without a window, because a state cannot forget a day: `ewma`,
`welch`, `two-speed`, `mixture` and `auto`, and `kalman`, whose variances stay as the first history set them. A state
gives each asset's own error; for a portfolio's, estimate in batch, which keeps what the assets' errors have in common.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trimtab.beta.estimators.auto import Auto
from trimtab.beta.estimators.ewma import Ewma
from trimtab.beta.estimators.kalman import Kalman, likely_variances, rows_ahead
from trimtab.beta.estimators.mixture import Mixture, MixtureState
from trimtab.beta.estimators.two_speed import TwoSpeed, benchmark_series
from trimtab.beta.estimators.welch import Welch, winsorise_slopes
from trimtab.beta.speeds import SpeedsState
from trimtab.errors import InputError
from trimtab.market.frequency import Frequency
from trimtab.market.returns import PairedReturns
from trimtab.stats.arrays import Floats
from trimtab.stats.moments import RunningSums, add_row, empty_sums, read_slopes

if TYPE_CHECKING:
    from trimtab.stats.kernels import KalmanState
    from trimtab.stats.kernels.two_speed import ReferenceState

__all__ = ["Reading", "Recursive", "RunningState", "begin", "read", "update"]

Recursive = Ewma | Welch | Kalman | TwoSpeed | Mixture | Auto


class Reading(NamedTuple):
    """Betas as a state knows them, each of shape (n_assets,); NaN where there are too few pairs."""

    symbols: tuple[str, ...]
    value: Floats
    stderr: Floats
    n_obs: NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filtered:
    """Inner state of a filter.

    Parameters
    ----------
    state
        The kernel's own.
    value, stderr, n_obs
        Forecasts after the last row, shape (n_assets,).
    noise, drift
        Variances of a Kalman filter, shape (n_assets,).
    reference
        State of the benchmark's volatility, for two speeds.
    """

    state: "KalmanState | SpeedsState | MixtureState | None" = None
    value: Floats
    stderr: Floats
    n_obs: NDArray[np.intp]
    noise: Floats | None = None
    drift: Floats | None = None
    reference: "ReferenceState | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningState:
    """Everything that the past leaves behind.

    Parameters
    ----------
    estimator
        What is estimated.
    benchmark, symbols
        Names, in the order of the returns.
    frequency
        Calendar of the first history.
    last
        Date of the last row seen.
    inner
        The recursion's own state.
    raw
        Sums of raw returns, which the error is taken from where `inner` holds clipped ones; None elsewhere.
    """

    estimator: Recursive
    benchmark: str
    symbols: tuple[str, ...]
    frequency: Frequency
    last: np.datetime64
    inner: RunningSums | Filtered
    raw: RunningSums | None = None


def begin(estimator: Recursive, pairs: PairedReturns) -> RunningState:
    """Give the state after a first history.

    Raises
    ------
    InputError
        If the estimator is not recursive, or has a window.

    Examples
    --------
    >>> from trimtab import sample
    >>> from trimtab.feeds.series.prices import read_prices
    >>> from trimtab.market.returns import pair_returns
    >>> prices = read_prices(sample.prices_path())
    >>> state = begin(Ewma(window=None), pair_returns(prices.until("2022-12-27"), benchmark="SPX"))
    >>> state = update(state, pair_returns(prices, benchmark="SPX"))
    >>> str(state.last.astype("datetime64[D]")), round(float(read(state).value[1]), 2)
    ('2022-12-28', 1.34)
    """
    runs = isinstance(estimator, Ewma | Welch | Kalman | TwoSpeed | Mixture | Auto)
    if not runs or (isinstance(estimator, Auto) and estimator.single is None):
        raise InputError(
            expected="a recursive estimator: auto, mixture, two-speed, ewma, welch or kalman, as they are",
            found=f"{estimator.name}",
            try_next="estimate in batch",
        )
    if estimator.window is not None:
        raise InputError(
            expected=f"{estimator.name} without a window: a state cannot forget a day",
            found=f"window={estimator.window}",
            try_next="give window=None; weights fade by themselves",
        )
    n = len(pairs.symbols)
    inner: RunningSums | Filtered = empty_sums(n)
    if isinstance(estimator, Kalman | TwoSpeed | Mixture | Auto):
        unknown = np.full(n, np.nan)
        inner = Filtered(value=unknown, stderr=unknown, n_obs=np.zeros(n, dtype=np.intp))
    if isinstance(estimator, Kalman) and isinstance(inner, Filtered):
        scale = pairs.frequency.periods_per_year / 252.0
        start = np.full(n, estimator.start)
        noise, drift, _ = likely_variances(
            pairs.asset,
            np.where(np.isfinite(pairs.asset), pairs.market, np.nan),
            phi=1.0,
            mean=start,
            drift=None if estimator.drift is None else estimator.drift**2 / scale,
            start=start,
            fixed=estimator.start_sd**2,
        )
        inner = replace(inner, noise=noise, drift=drift)
    state = RunningState(
        estimator=estimator,
        benchmark=pairs.benchmark,
        symbols=pairs.symbols,
        frequency=pairs.frequency,
        last=pairs.dates[0] - np.timedelta64(1, "s"),
        inner=inner,
        raw=empty_sums(n) if isinstance(estimator, Welch) else None,
    )
    return update(state, pairs)


def update(state: RunningState, pairs: PairedReturns) -> RunningState:
    """Give the state after more rows; rows up to the state's last date are passed over.

    Parameters
    ----------
    state
        Before the rows.
    pairs
        Returns paired from prices that reach back to each asset's last price that the state has seen.

    Raises
    ------
    InputError
        If the assets are not those of the state.
    """
    if (pairs.benchmark, pairs.symbols) != (state.benchmark, state.symbols):
        raise InputError(
            expected=f"returns of {', '.join(state.symbols[:5])} against {state.benchmark}, as the state has them",
            found=f"{', '.join(pairs.symbols[:5])} against {pairs.benchmark}",
            try_next="pair the same symbols in the same order, or begin afresh",
        )
    rows = slice(int(np.searchsorted(pairs.dates, state.last, side="right")), len(pairs.dates))
    if rows.start == rows.stop:
        return state
    y = np.ascontiguousarray(pairs.asset[rows])
    x = np.where(np.isfinite(y), pairs.market[rows], np.nan)
    estimator, inner = state.estimator, state.inner
    raw = state.raw
    if isinstance(inner, RunningSums):
        raw = None if raw is None else _add_rows(state, raw, y, x)
        clipped = winsorise_slopes(x, y, estimator.half_width) if isinstance(estimator, Welch) else y
        inner = _add_rows(state, inner, clipped, x)
    elif isinstance(estimator, Kalman):
        inner = _filter_one_speed(state, estimator, inner, y, x)
    elif isinstance(estimator, TwoSpeed):
        inner = _filter_two_speeds(state, estimator, inner, pairs, rows)
    elif isinstance(estimator, Mixture | Auto):
        inner = _mix(state, estimator, inner, pairs, rows)
    return replace(state, last=pairs.dates[-1], inner=inner, raw=raw)


def read(state: RunningState) -> Reading:
    """Give the betas that a state knows; the benchmark's is 1, with no error."""
    if isinstance(state.inner, RunningSums):
        slopes = read_slopes(state.inner)
        value, stderr, n_obs = slopes.value, slopes.stderr, slopes.n_obs
        if state.raw is not None:
            raw = read_slopes(state.raw)
            stderr = np.hypot(raw.stderr, raw.value - value)
    else:
        value, stderr, n_obs = state.inner.value, state.inner.stderr, state.inner.n_obs
    enough = n_obs >= state.estimator.min_obs
    is_benchmark = np.array([s == state.benchmark for s in state.symbols], dtype=bool)
    value = np.where(enough, np.where(is_benchmark, 1.0, value), np.nan)
    stderr = np.where(enough, np.where(is_benchmark, 0.0, stderr), np.nan)
    return Reading(state.symbols, value, stderr, n_obs)


def _add_rows(state: RunningState, sums: RunningSums, y: Floats, x: Floats) -> RunningSums:
    estimator = state.estimator
    half_life = estimator.half_life if isinstance(estimator, Ewma | Welch) else None
    decay = 1.0 if half_life is None else float(np.exp2(-252.0 / (half_life * state.frequency.periods_per_year)))
    for t in range(len(y)):
        sums = add_row(sums, x[t], y[t], decay)
    return sums


def _filter_one_speed(state: RunningState, estimator: Kalman, inner: Filtered, y: Floats, x: Floats) -> Filtered:
    from trimtab.stats.kernels import KalmanStart, KalmanState, kalman_history  # noqa: PLC0415

    horizon = rows_ahead(estimator.horizon, state.frequency.periods_per_year / 252.0)
    past = inner.state if isinstance(inner.state, KalmanState) else None
    history = kalman_history(
        y,
        x,
        noise=np.ones(y.shape[1]) if inner.noise is None else inner.noise,
        drift=np.zeros(y.shape[1]) if inner.drift is None else inner.drift,
        start=KalmanStart(estimator.start, estimator.start_sd**2),
        clip=estimator.clip,
        horizon=horizon,
        state=past,
    )
    return replace(
        inner,
        state=history.state,
        value=history.beta[-1],
        stderr=history.stderr[-1],
        n_obs=history.n_obs[-1].astype(np.intp),
    )


def _filter_two_speeds(
    state: RunningState, estimator: TwoSpeed, inner: Filtered, pairs: PairedReturns, rows: slice
) -> Filtered:
    y, x = pairs.asset[rows], pairs.market[rows]
    before = None
    if isinstance(inner.state, SpeedsState) and inner.reference is not None:
        before = inner.state, inner.reference
    last = np.array([len(y) - 1], dtype=np.intp)
    calendar = replace(pairs, frequency=state.frequency)
    speeds, reference = estimator.run(calendar, y, x, benchmark_series(pairs)[rows], last, before)
    n_obs = inner.n_obs + np.count_nonzero(np.isfinite(y), axis=0)
    return replace(
        inner, state=speeds.state, value=speeds.value[-1], stderr=speeds.stderr[-1], n_obs=n_obs, reference=reference
    )


def _mix(
    state: RunningState, estimator: Mixture | Auto, inner: Filtered, pairs: PairedReturns, rows: slice
) -> Filtered:
    mixture = estimator if isinstance(estimator, Mixture) else estimator.single
    if mixture is None:  # pragma: no cover - `begin` lets none through
        raise AssertionError
    y, x = pairs.asset[rows], pairs.market[rows]
    last = np.array([len(y) - 1], dtype=np.intp)
    calendar = replace(pairs, frequency=state.frequency)
    before = inner.state if isinstance(inner.state, MixtureState) else None
    speeds, after = mixture.run(calendar, y, x, rows, last, before)
    value, stderr = speeds.value, speeds.stderr
    if isinstance(estimator, Auto):
        value, stderr, _ = speeds.mixed()
    n_obs = inner.n_obs + np.count_nonzero(np.isfinite(y), axis=0)
    return replace(inner, state=after, value=value[-1], stderr=stderr[-1], n_obs=n_obs)
