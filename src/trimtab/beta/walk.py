"""Any estimator through time: compiled where its equations allow it, and otherwise estimated anew at each date.

Both ways give the same numbers, those of `estimate` on the data up to each date. The compiled way covers least squares
with equal and with decaying weights (``ols``, ``ewma``, ``welch``), the two-speed beta, and any shrinkage after these;
everything else (steps such as ``weekly``, Newey-West errors, a user's own estimator) is walked forward.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trimtab.beta.estimate import BetaEstimate, Betas
from trimtab.beta.estimators.auto import Auto
from trimtab.beta.estimators.mixture import Mixture
from trimtab.beta.estimators.vasicek import Vasicek, draw, prior_among
from trimtab.beta.history import BetaHistory, refusal_code
from trimtab.beta.method import Chain, Estimator, Shrinker, written
from trimtab.beta.pace import Pace, lean_market, paced
from trimtab.beta.population import population_of
from trimtab.beta.sample import are_seasoned
from trimtab.errors import InputError, NotEnoughDataError, Reason
from trimtab.market.prices import Flag
from trimtab.market.returns import PairedReturns
from trimtab.progress import each
from trimtab.stats.arrays import Floats

__all__ = ["Progress", "until_row", "walk"]

#: Told (done, total) as the work goes on.
Progress = Callable[[int, int], None]


class Values(NamedTuple):
    """What is walked, each (n_rows, n_assets)."""

    beta: Floats
    stderr: Floats
    alpha: Floats
    n_obs: NDArray[np.int32]
    n_eff: Floats
    reason: NDArray[np.uint8]
    noise: Floats
    """As `Betas.noises`."""


def walk(
    pairs: PairedReturns,
    estimator: Estimator,
    *,
    rows: NDArray[np.intp] | None = None,
    progress: Progress | None = None,
    frame: str = "polars",
) -> BetaHistory:
    """Give what the estimator says at each row, with the returns up to that row only.

    Parameters
    ----------
    pairs
        Paired returns.
    estimator
        From `parse_method`, or any object with `estimate`.
    rows
        Increasing row numbers of `pairs`; all by default.
    progress
        Called with (done, total) while walking forward.
    frame
        The kind of frame that `BetaHistory.to_frame` gives.

    Examples
    --------
    >>> from trimtab.beta.estimators.ols import Ols
    >>> from trimtab.market.prices import PriceTable
    >>> from trimtab.market.returns import pair_returns
    >>> days = np.arange("2024-01-01", "2024-03-01", dtype="datetime64[D]")
    >>> market = np.exp(0.01 * np.sin(np.arange(60.0)))
    >>> pairs = pair_returns(PriceTable.of({"A": market**2, "M": market}, dates=days), benchmark="M")
    >>> history = walk(pairs, Ols(window=40))
    >>> history.beta[-1].round(2).tolist(), history.why(10, "A").value
    ([2.0, 1.0], 'too_few_pairs')
    """
    at = np.arange(len(pairs.dates), dtype=np.intp) if rows is None else np.asarray(rows, dtype=np.intp)
    if at.size and not (at[0] >= 0 and at[-1] < len(pairs.dates) and (np.diff(at) > 0).all()):
        raise InputError(
            expected=f"increasing rows from 0 to {len(pairs.dates) - 1}",
            found=f"rows from {at.min()} to {at.max()}",
            try_next="give each date once, in order",
        )
    single = estimator.single if isinstance(estimator, Auto) else None
    if single is not None and single.window is None:
        values = _walk_auto(pairs, single, at)
    else:
        chain = _plainly(estimator)
        pace = None if single is not None or chain.before else paced(pairs, chain.first, at)
        if pace is None:
            values = _estimated(pairs, estimator, at, progress)
        else:
            values = _refused(pairs, pace, at)
            for shrinker in chain.then:
                values = _shrunk(pairs, values, shrinker, at)
    return BetaHistory(
        benchmark=pairs.benchmark,
        method=_text(estimator),
        dates=pairs.dates[at],
        symbols=pairs.symbols,
        beta=values.beta,
        stderr=values.stderr,
        alpha=values.alpha,
        n_obs=values.n_obs,
        reason=values.reason,
        frequency=pairs.frequency,
        risk_free=pairs.risk_free,
        frame=frame,
    )


def _plainly(estimator: Estimator) -> Chain:
    """Give a method as a chain; a default that was asked for welch throughout is that chain."""
    if isinstance(estimator, Auto):
        welch, vasicek = estimator.plain
        return Chain(first=welch, then=(vasicek,))
    return estimator if isinstance(estimator, Chain) else Chain(first=estimator)


def _walk_auto(pairs: PairedReturns, single: Mixture, rows: NDArray[np.intp]) -> Values:
    """Walk the default's filters and mix their answers at each row."""
    speeds, _ = single.run(pairs, pairs.asset, pairs.market, slice(0, len(pairs.dates)), rows)
    value, stderr, _ = speeds.mixed()
    n_obs = np.cumsum(~np.isnan(pairs.asset), axis=0, dtype=np.int32)[rows]
    nothing = np.full(value.shape, np.nan)
    return _refused(pairs, Pace(value, stderr, nothing, n_obs, n_obs.astype(np.float64), single.min_obs), rows)


def until_row(pairs: PairedReturns, row: int) -> PairedReturns:
    """Give the paired returns as they stood at the end of a row: nothing later is in them."""
    rows = slice(0, row + 1)
    market = pairs.market[rows]
    market_returns = market[~np.isnan(market)]
    return replace(
        pairs,
        dates=pairs.dates[rows],
        asset=pairs.asset[rows],
        market=market,
        joined=pairs.joined[rows],
        gaps=pairs.gaps[rows],
        # Before the first return nothing is known to stand still: there are too few pairs.
        market_moves=market_returns.size == 0 or bool((market_returns != 0.0).any()),
    )


def _text(estimator: Estimator) -> str:
    try:
        return written(estimator)
    except (TypeError, ValueError):  # a user's own: not a dataclass, or one that holds arrays
        return estimator.name


def _refused(pairs: PairedReturns, pace: Pace, rows: NDArray[np.intp]) -> Values:
    """Put refusals and the benchmark's own beta where `estimate` has them."""
    beta, stderr, alpha, n_obs = pace.beta, pace.stderr, pace.alpha, pace.n_obs
    reason = np.zeros(beta.shape, dtype=np.uint8)
    reason[np.isnan(beta)] = refusal_code(Reason.NO_BENCHMARK_VARIANCE)
    reason[n_obs < pace.min_obs] = refusal_code(Reason.TOO_FEW_PAIRS)
    market = lean_market(pairs).reshape(len(pairs.dates), -1)
    has_market = ~np.isnan(market)
    seen = np.logical_or.accumulate(has_market.any(axis=1))
    moved = (np.logical_or.accumulate((has_market & (market != 0.0)).any(axis=1)) | ~seen)[rows]
    reason[~moved] = refusal_code(Reason.NO_BENCHMARK_VARIANCE)
    refused = reason != 0
    for values in (beta, stderr, alpha):
        np.copyto(values, np.nan, where=refused)
    if pairs.benchmark in pairs.symbols:
        own = pairs.symbols.index(pairs.benchmark)
        given = n_obs[:, own] >= pace.min_obs
        given &= moved
        reason[given, own] = 0
        for values, constant in ((beta, 1.0), (stderr, 0.0), (alpha, 0.0)):
            values[given, own] = constant
    noise = stderr if pace.noise is None else np.where(reason == 0, pace.noise, np.nan)
    return Values(beta, stderr, alpha, n_obs, pace.n_eff, reason, noise)


def _estimated(pairs: PairedReturns, estimator: Estimator, rows: NDArray[np.intp], progress: Progress | None) -> Values:
    shape = (len(rows), len(pairs.symbols))
    beta, stderr, alpha = (np.full(shape, np.nan) for _ in range(3))
    n_obs, n_eff, reason = np.zeros(shape, dtype=np.int32), np.zeros(shape), np.zeros(shape, dtype=np.uint8)
    noise = np.full(shape, np.nan)
    for k, row in enumerate(each(rows.tolist(), "estimating anew at each date")):
        if progress is not None:
            progress(k + 1, len(rows))
        try:
            betas = estimator.estimate(until_row(pairs, row))
        except NotEnoughDataError:
            # Not one whole week or month yet: early rows of a history are refused, not an error.
            reason[k] = refusal_code(Reason.TOO_FEW_PAIRS)
            continue
        beta[k], stderr[k], noise[k] = betas.values(), betas.stderrs(), betas.noises()
        n_obs[k] = [e.n_obs for e in betas.estimates]
        n_eff[k] = [e.n_eff for e in betas.estimates]
        reason[k] = [0 if e.reason is None else refusal_code(e.reason) for e in betas.estimates]
    return Values(beta, stderr, alpha, n_obs, n_eff, reason, noise)


def _shrunk(pairs: PairedReturns, values: Values, shrinker: Shrinker, rows: NDArray[np.intp]) -> Values:
    own = np.array([s == pairs.benchmark for s in pairs.symbols])
    split = population_of(pairs.symbols, pairs.benchmark, pairs.facts, pairs.outside)
    beta, stderr, noise = values.beta, values.stderr, values.noise.copy()
    seasoned = are_seasoned(~np.isnan(pairs.asset), rows, round(pairs.frequency.periods_per_year))
    for k in range(len(rows)):
        free = (values.reason[k] == 0) & ~own
        if isinstance(shrinker, Vasicek):
            drawn = draw(
                beta[k], noise[k],
                prior_among(
                    beta[k], noise[k], values.n_eff[k], free, split, seasoned[k], mean=shrinker.mean, sd=shrinker.sd
                ),
            )  # fmt: skip
            beta[k] = drawn.value
            stderr[k] = np.sqrt((drawn.keep * stderr[k]) ** 2 + drawn.from_mean**2 + drawn.own**2)
        else:
            betas = shrinker.shrink(_as_betas(pairs, values, k, rows[k], seasoned[k]))
            beta[k], stderr[k] = betas.values(), betas.stderrs()
    # A second shrinkage knows the error as a whole.
    return values._replace(noise=stderr)


def _as_betas(pairs: PairedReturns, values: Values, k: int, row: int, seasoned: NDArray[np.bool_]) -> Betas:
    """Give one date's betas as a shrinker takes them, with errors that no two assets share."""
    stderr = values.stderr
    estimates = tuple(
        _as_estimate(pairs, symbol, i, row, Values(*(v[k] for v in values))) for i, symbol in enumerate(pairs.symbols)
    )
    return Betas(
        benchmark=pairs.benchmark,
        as_of=pairs.dates[row],
        method="walk",
        estimates=estimates,
        scores=np.zeros((1, len(estimates))),
        own_variance=np.nan_to_num(stderr[k]) ** 2,
        noise=values.noise[k],
        seasoned=seasoned,
        risk_free=pairs.risk_free,
        facts=pairs.facts,
        outside=pairs.outside,
    )


def _as_estimate(pairs: PairedReturns, symbol: str, i: int, row: int, values: Values) -> BetaEstimate:
    refused = values.reason[i] != 0
    return BetaEstimate(
        asset=symbol,
        value=None if refused else float(values.beta[i]),
        stderr=None if refused else float(values.stderr[i]),
        n_obs=int(values.n_obs[i]),
        n_eff=float(values.n_eff[i]),
        first=None,
        last=pairs.dates[row],
        method="walk",
        flags=(Flag.IDENTITY,) if symbol == pairs.benchmark and not refused else (),
        reason=Reason.TOO_FEW_PAIRS if refused else None,
    )
