"""From paired returns to the rows an estimator uses, and from its lines back to named betas."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trimtab.beta.estimate import BetaEstimate, BetaReading, Betas, SpeaksOf
from trimtab.errors import InputError, Reason
from trimtab.market.prices import Flag
from trimtab.market.returns import PairedReturns
from trimtab.stats.arrays import Floats
from trimtab.stats.linear import ErrorKind, Lines, error_scores

__all__ = [
    "FLAG_ROWS",
    "MIN_OBS",
    "Sample",
    "are_seasoned",
    "decay_weights",
    "name_betas",
    "name_values",
    "take_sample",
]

#: Fewest pairs that give a beta. Thirty daily pairs leave an error near 0.3 for a typical share; fewer say nothing.
MIN_OBS = 30
#: Rows before the last that flags speak of: what is older has faded from a method without a window.
FLAG_ROWS = 1260
_SHORT_SHARE = 0.5
#: Share of the last year's rows that a seasoned asset has, and rows within which its last return lies.
_PRESENT, _FRESH = 0.8, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The rows of paired returns that an estimator looks at.

    Parameters
    ----------
    pairs
        All paired returns.
    rows
        The rows kept, a slice from the end.
    asset, market
        Returns on those rows, shape (n_rows, n_assets); NaN outside each asset's window.
    age
        Sessions from each row to the last one, shape (n_rows, 1).
    """

    pairs: PairedReturns
    rows: slice
    asset: Floats
    market: Floats
    age: Floats


def take_sample(pairs: PairedReturns, window: int | None) -> Sample:
    """Take the last `window` pairs of each asset (all of them for None)."""
    if window is not None and window < 2:
        raise InputError(expected="a window of at least 2 pairs", found=f"{window}", try_next="give a larger --window")
    n_dates = len(pairs.dates)
    paired = ~np.isnan(pairs.asset)
    start = 0
    if window is not None:
        # Count pairs from the end; an asset that misses days reaches further back.
        later = np.cumsum(paired[::-1], axis=0)[::-1]
        inside = paired & (later <= window)
        used = np.flatnonzero(inside.any(axis=1))
        start = int(used[0]) if used.size else n_dates
        paired = inside
    rows = slice(start, n_dates)
    keep = paired[rows]
    complete = bool(keep.all())
    return Sample(
        pairs=pairs,
        rows=rows,
        asset=pairs.asset[rows] if complete else np.where(keep, pairs.asset[rows], np.nan),
        market=pairs.market[rows],
        age=np.arange(n_dates - start - 1, -1, -1, dtype=np.float64)[:, None],
    )


def decay_weights(sample: Sample, half_life: float) -> Floats:
    """Give weights that halve every `half_life` trading days, whatever the frequency of the data, shape (n_rows, 1)."""
    if not half_life > 0:
        raise InputError(expected="a positive half-life in days", found=f"{half_life}", try_next="give for example 84")
    sessions = half_life * sample.pairs.frequency.periods_per_year / 252.0
    weights: Floats = np.exp2(-sample.age / sessions)
    return weights


def name_betas(
    sample: Sample, lines: Lines, *, method: str, errors: ErrorKind, lags: int | None, min_obs: int, window: int | None
) -> Betas:
    """Put names, dates, errors, flags and reasons to fitted lines; see `name_values`."""
    return name_values(
        sample,
        value=lines.slope,
        scores=error_scores(lines, errors, lags=lags),
        n_eff=lines.n_eff,
        method=method,
        min_obs=min_obs,
        window=window,
    )


def name_values(
    sample: Sample,
    *,
    value: Floats,
    scores: Floats,
    n_eff: Floats,
    method: str,
    min_obs: int,
    window: int | None,
    own_variance: Floats | None = None,
    horizon: int | None = None,
) -> Betas:
    """Put names, dates, errors, flags and reasons to betas.

    An asset is refused when it has fewer than `min_obs` pairs or the benchmark did not move. The benchmark itself has
    beta 1 and error 0 by definition.

    Parameters
    ----------
    sample
        The rows that were used.
    value, n_eff
        Betas and their effective numbers of observations, shape (n_assets,); NaN where the beta is not defined.
    scores
        Shape (n_scores, n_assets): products of columns add up to error covariances.
    method
        The estimator's name.
    min_obs
        Fewest pairs that give an answer.
    window
        Most pairs looked at, if a much shorter history should be flagged.
    own_variance
        Error variance that no other asset shares, shape (n_assets,); none by default.
    horizon
        Trading days to come that the betas speak of, 0 for today's beta; None if they are the slope of the past.
    """
    pairs = sample.pairs
    own = np.zeros(len(pairs.symbols)) if own_variance is None else own_variance.copy()
    scores = np.where(np.isfinite(scores), scores, 0.0)
    own[~np.isfinite(own)] = 0.0
    stderr = np.sqrt(np.einsum("ti,ti->i", scores, scores) + own)
    has_return = ~np.isnan(sample.asset)
    counts = has_return.sum(axis=0)
    dates = pairs.dates[sample.rows]
    estimates = []
    refused = np.zeros(len(pairs.symbols), dtype=bool)
    for i, asset in enumerate(pairs.symbols):
        n_obs = int(counts[i])
        used = np.flatnonzero(has_return[:, i])
        reason = _refusal(pairs, n_obs, bool(np.isnan(value[i])), min_obs)
        is_benchmark = asset == pairs.benchmark
        refused[i] = reason is not None or is_benchmark
        flags = _flags(sample, i, used, window) if reason is None else ()
        beta, error_of_beta = (1.0, 0.0) if is_benchmark else (float(value[i]), float(stderr[i]))
        estimates.append(
            BetaEstimate(
                asset=asset,
                value=None if reason else beta,
                stderr=None if reason else error_of_beta,
                n_obs=n_obs,
                n_eff=float(n_eff[i]) if n_obs else 0.0,
                first=dates[used[0]] if n_obs else None,
                last=dates[used[-1]] if n_obs else None,
                method="identity" if is_benchmark else method,
                flags=(*flags, Flag.IDENTITY) if is_benchmark and reason is None else flags,
                reason=reason,
            )
        )
    scores[:, refused] = 0.0
    own[refused] = 0.0
    last = np.array([len(pairs.dates) - 1], dtype=np.intp)
    return Betas(
        benchmark=pairs.benchmark,
        as_of=pairs.dates[-1],
        method=method,
        estimates=tuple(estimates),
        scores=scores,
        own_variance=own,
        risk_free=pairs.risk_free,
        outside=pairs.outside,
        speaks_of=SpeaksOf() if horizon is None else SpeaksOf(reading=BetaReading.FORECAST, horizon=horizon),
        facts=pairs.facts,
        seasoned=are_seasoned(~np.isnan(pairs.asset), last, round(pairs.frequency.periods_per_year))[0],
    )


def are_seasoned(has_return: NDArray[np.bool_], rows: NDArray[np.intp], year: int) -> NDArray[np.bool_]:
    """Tell at some rows which assets have the history that a prior is estimated from.

    Parameters
    ----------
    has_return
        Where there are returns, shape (n_dates, n_assets).
    rows
        Row numbers.
    year
        Rows in a year.

    Examples
    --------
    >>> known = np.ones((20, 2), dtype=bool)
    >>> known[:10, 1] = False
    >>> are_seasoned(known, np.array([19]), 12).tolist()
    [[True, False]]
    """
    count = np.vstack(
        [np.zeros((1, has_return.shape[1]), dtype=np.int32), np.cumsum(has_return, axis=0, dtype=np.int32)]
    )
    now, before = count[rows + 1], count[np.maximum(rows + 1 - year, 0)]
    last = now - count[np.maximum(rows + 1 - _FRESH, 0)]
    seasoned: NDArray[np.bool_] = (now >= year) & (now - before >= round(_PRESENT * year)) & (last > 0)
    return seasoned


def _refusal(pairs: PairedReturns, n_obs: int, undefined: bool, min_obs: int) -> Reason | None:
    if not pairs.market_moves:
        return Reason.NO_BENCHMARK_VARIANCE
    if n_obs < min_obs:
        return Reason.TOO_FEW_PAIRS
    return Reason.NO_BENCHMARK_VARIANCE if undefined else None


def _flags(sample: Sample, i: int, used: NDArray[np.intp], window: int | None) -> tuple[Flag, ...]:
    """Say what is true of the pairs that were used, not of those before them."""
    last = sample.rows.start + int(used[-1]) + 1
    span = slice(max(sample.rows.start + int(used[0]), last - FLAG_ROWS), last)
    flags = []
    if sample.pairs.joined[span, i].any():
        flags.append(Flag.INTERVALS_JOINED)
    if sample.pairs.gaps[span, i].any():
        flags.append(Flag.GAP)
    if window is not None and used.size < _SHORT_SHARE * window:
        flags.append(Flag.SHORT_HISTORY)
    return tuple(flags)
