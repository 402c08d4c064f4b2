"""Estimators that keep pace with the data: all dates in one pass of a compiled kernel."""

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trimtab.beta.estimators.constant import Constant
from trimtab.beta.estimators.ewma import Ewma
from trimtab.beta.estimators.mixture import Mixture
from trimtab.beta.estimators.ols import Ols
from trimtab.beta.estimators.two_speed import TwoSpeed, benchmark_series
from trimtab.beta.estimators.welch import Welch
from trimtab.market.returns import PairedReturns
from trimtab.stats.arrays import Floats

if TYPE_CHECKING:
    from trimtab.stats.kernels.windowed import WindowedHistory

__all__ = ["Pace", "lean_market", "paced"]


class Pace(NamedTuple):
    """One pass over the data, each (n_rows, n_assets); arrays of its own, which the caller may change."""

    beta: Floats
    """NaN where the slope is not defined."""
    stderr: Floats
    """Its standard error."""
    alpha: Floats
    """Intercept per interval; NaN where the method has none."""
    n_obs: NDArray[np.int32]
    """Pairs used."""
    n_eff: Floats
    """Effective number of pairs."""
    min_obs: int
    """Fewest pairs that give an answer."""
    noise: Floats | None = None
    """Error by which a shrinkage weighs the slope; None where it is `stderr`."""


def paced(pairs: PairedReturns, estimator: Any, rows: NDArray[np.intp]) -> Pace | None:
    """Give an estimator's values at rows in one pass, or None if its equations need another way.

    Parameters
    ----------
    pairs
        Paired returns.
    estimator
        A part of a method, without steps and shrinkages.
    rows
        Increasing row numbers.
    """
    match estimator:
        case TwoSpeed(window=None):
            return _filtered(pairs, estimator, rows)
        case Mixture(window=None):
            return _mixed(pairs, estimator, rows)
        case Constant():
            return _constant(pairs, estimator, rows)
        case Ols(errors="classical", window=int()):
            return _rolling(pairs, estimator, rows)
        case Ols() | Ewma() | Welch():
            return None if estimator.errors == "hac" else _windowed(pairs, estimator, rows)
        case _:
            return None


def lean_market(pairs: PairedReturns) -> Floats:
    """Give the benchmark's returns as one series where all assets share it, otherwise (n_dates, n_assets)."""
    shared = pairs.market.ndim == 2 and pairs.market.shape[1] > 0 and pairs.market.strides[1] == 0
    return pairs.market[:, 0] if shared else pairs.market


def _at(values: NDArray[Any], rows: NDArray[np.intp]) -> NDArray[Any]:
    """Take rows, without a copy where they are all of them."""
    return values if len(rows) == len(values) else values[rows]


def _rolling(pairs: PairedReturns, estimator: Ols, rows: NDArray[np.intp]) -> Pace:
    from trimtab.stats.kernels.rolling import rolling_beta  # noqa: PLC0415 - numba is imported only when used

    window = estimator.window or len(pairs.dates)
    h = rolling_beta(pairs.asset, lean_market(pairs), window=window, min_obs=2)
    if h.alpha is None or h.stderr is None or h.n_obs is None:  # pragma: no cover - all four were asked for
        raise AssertionError
    n_obs = _at(h.n_obs, rows)
    pace = Pace(
        _at(h.beta, rows), _at(h.stderr, rows), _at(h.alpha, rows), n_obs, n_obs.astype(np.float64), estimator.min_obs
    )
    # That window counts rows, the estimator's counts pairs: from an asset's first hole on they differ. What came before
    # the hole keeps the bits it had before anyone knew of it.
    is_quoted = ~np.isnan(pairs.asset)
    columns = np.flatnonzero((is_quoted[1:] < is_quoted[:-1]).any(axis=0))
    if columns.size == 0:
        return pace
    started = np.logical_or.accumulate(is_quoted[:, columns], axis=0)
    broken = np.logical_or.accumulate(~is_quoted[:, columns] & started, axis=0)
    some = replace(
        pairs,
        symbols=tuple(pairs.symbols[c] for c in columns),
        asset=pairs.asset[:, columns],
        market=pairs.market[:, columns],
        joined=pairs.joined[:, columns],
        gaps=pairs.gaps[:, columns],
    )
    counted = _windowed(some, estimator, rows)
    late = broken[rows]
    for whole, part in ((pace.beta, counted.beta), (pace.stderr, counted.stderr), (pace.alpha, counted.alpha)):
        whole[:, columns] = np.where(late, part, whole[:, columns])
    pace.n_obs[:, columns] = np.where(late, counted.n_obs, pace.n_obs[:, columns])
    pace.n_eff[:, columns] = pace.n_obs[:, columns]
    return pace


def _windowed(pairs: PairedReturns, estimator: Ols | Ewma | Welch, rows: NDArray[np.intp]) -> Pace:
    from trimtab.stats.kernels.windowed import windowed_history  # noqa: PLC0415 - numba is imported only when used

    half_life, slopes = math.inf, None
    if not isinstance(estimator, Ols) and estimator.half_life is not None:
        half_life = estimator.half_life * pairs.frequency.periods_per_year / 252.0
    if isinstance(estimator, Welch) and not math.isinf(estimator.half_width):
        slopes = (1.0 - estimator.half_width, 1.0 + estimator.half_width)
    # Under decaying or winsorising weights the classical formula does not hold, and `estimate` does not use it.
    robust = not isinstance(estimator, Ols) or estimator.errors == "robust"

    def run(bounds: tuple[float, float] | None, robust: bool) -> "WindowedHistory":
        return windowed_history(
            pairs.asset, lean_market(pairs), window=estimator.window, half_life=half_life, slopes=bounds, robust=robust
        )

    h = run(slopes, robust and not isinstance(estimator, Welch))
    beta, stderr, n_eff = _at(h.beta, rows), _at(h.stderr, rows), _at(h.effective, rows)
    noise = None
    if isinstance(estimator, Welch):
        # The error is that of the line on raw returns, and the distance to it.
        raw = run(None, robust=True)
        noise, stderr = stderr, np.hypot(_at(raw.stderr, rows), _at(raw.beta, rows) - beta)
    return Pace(beta, stderr, _at(h.alpha, rows), _at(h.n_obs, rows), n_eff, estimator.min_obs, noise)


def _filtered(pairs: PairedReturns, estimator: TwoSpeed, rows: NDArray[np.intp]) -> Pace:
    h, _ = estimator.run(pairs, pairs.asset, pairs.market, benchmark_series(pairs), rows)
    n_obs = _pairs_seen(pairs, rows)
    nothing = np.full(h.value.shape, np.nan)
    return Pace(h.value, h.stderr, nothing, n_obs, n_obs.astype(np.float64), estimator.min_obs)


def _mixed(pairs: PairedReturns, estimator: Mixture, rows: NDArray[np.intp]) -> Pace:
    h, _ = estimator.run(pairs, pairs.asset, pairs.market, slice(0, len(pairs.dates)), rows)
    n_obs = _pairs_seen(pairs, rows)
    nothing = np.full(h.value.shape, np.nan)
    return Pace(h.value, h.stderr, nothing, n_obs, n_obs.astype(np.float64), estimator.min_obs)


def _constant(pairs: PairedReturns, estimator: Constant, rows: NDArray[np.intp]) -> Pace:
    shape = (len(rows), len(pairs.symbols))
    nothing = np.full(shape, np.nan)
    n_obs = _pairs_seen(pairs, rows)
    value, stderr = np.full(shape, estimator.value), np.full(shape, estimator.sd)
    return Pace(value, stderr, nothing, n_obs, n_obs.astype(np.float64), estimator.min_obs)


def _pairs_seen(pairs: PairedReturns, rows: NDArray[np.intp]) -> NDArray[np.int32]:
    return np.cumsum(~np.isnan(pairs.asset), axis=0, dtype=np.int32)[rows]
