"""Use case: the betas of each asset through time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trimtab.beta.history import BetaHistory
from trimtab.beta.method import Estimator, parse_method
from trimtab.beta.validation.candidate import Candidate
from trimtab.beta.validation.schedule import forecast_rows
from trimtab.beta.walk import walk
from trimtab.desk.moment.blended import with_blend
from trimtab.desk.moment.one_currency import to_base
from trimtab.errors import Failure, InputError
from trimtab.market.checks.jumps import judge_jumps
from trimtab.market.frequency import TRADING_YEAR, Frequency, frequency_of
from trimtab.market.prices import PriceTable
from trimtab.market.rates.fx import FxRates
from trimtab.market.rates.risk_free import RiskFree
from trimtab.market.returns import PairedReturns, pair_returns
from trimtab.stats.arrays import Floats

__all__ = ["Recalled", "beta_history", "history_of_returns", "pair_assets"]

#: Of returns without dates, whose rows count as trading days.
_DAILY = Frequency(name="daily", periods_per_year=TRADING_YEAR, max_gap_days=15.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """Betas through time, and what was set aside on the way to them.

    Parameters
    ----------
    history
        The betas.
    failures
        Rows and cells that were set aside while reading prices.
    """

    history: BetaHistory
    failures: tuple[Failure, ...]


def beta_history(
    prices: PriceTable,
    *,
    benchmark: str,
    method: str | Estimator = "default",
    horizon: int | None = None,
    step: str | int | None = None,
    as_of: np.datetime64 | str | None = None,
    risk_free: RiskFree | None = None,
    base: str | None = None,
    fx: FxRates | None = None,
    progress: Callable[[int, int], None] | None = None,
    outside: frozenset[str] = frozenset(),
    days: NDArray[np.datetime64] | None = None,
) -> Recalled:
    """Estimate the beta of every asset at each date of the benchmark, with data up to that date only.

    Parameters
    ----------
    prices
        Checked prices.
    benchmark
        Symbol of the benchmark.
    method
        As in `measure_betas`.
    horizon
        Trading days over which the beta is wanted, for methods that look ahead; None leaves their own.
    step
        "month-end", "week-end", "year-end", or every so many rows; None gives every date.
    as_of, risk_free, base, fx
        As in `measure_betas`.
    progress
        Called with (done, total) for methods that are estimated anew at each date.
    outside
        Symbols that enter nobody's prior: one of the others in another currency, or an exchange rate.
    days
        In place of `step`: the days on which betas are wanted, each as of the last date up to it; one before the first
        date asks for that.
    """
    prices = with_blend(prices.until(as_of), benchmark, base=base, fx=fx, risk_free=risk_free)
    judged_prices = judge_jumps(prices, benchmark)
    converted = to_base(judged_prices, base=base, fx=fx)
    pairs = replace(pair_returns(converted, benchmark=benchmark, risk_free=risk_free), outside=outside)
    estimator = looking(parse_method(method), horizon)
    rows = None if step is None else forecast_rows(pairs.dates, step)
    if days is not None:
        rows = np.unique(np.maximum(np.searchsorted(pairs.dates, days, side="right") - 1, 0))
    history = walk(pairs, estimator, rows=rows, progress=progress, frame=prices.frame)
    return Recalled(history=replace(history, notes=(*converted.notes, *history.notes)), failures=converted.failures)


def history_of_returns(
    returns: ArrayLike,
    benchmark: ArrayLike,
    *,
    method: str | Estimator = "default",
    horizon: int | None = None,
    dates: NDArray[np.datetime64] | None = None,
    symbols: Sequence[str] | None = None,
) -> BetaHistory:
    """Estimate betas through time from returns that are already paired.

    Parameters
    ----------
    returns
        Simple returns of the assets, shape (n_dates, n_assets) or (n_dates,); NaN or infinite is missing.
    benchmark
        Simple returns of the benchmark over the same intervals, shape (n_dates,), or (n_dates, n_assets).
    method, horizon
        As in `beta_history`.
    dates
        Shape (n_dates,); None numbers the rows as business days from 1970 on, and takes them to be daily.
    symbols
        Names of the assets; None numbers them.

    Examples
    --------
    >>> m = np.tile([0.01, -0.01, 0.02, -0.02], 20)
    >>> history_of_returns(np.column_stack([0.5 * m, 2.0 * m]), m, method="ols").beta[-1].round(9).tolist()
    [0.5, 2.0]
    """
    asset = np.atleast_2d(np.asarray(returns, dtype=np.float64).T).T
    market = np.asarray(benchmark, dtype=np.float64)
    if asset.ndim != 2 or market.shape not in ((asset.shape[0],), asset.shape):
        raise InputError(
            expected=f"benchmark returns of shape ({asset.shape[0]},) or {asset.shape}, to pair with the assets",
            found=f"shape {market.shape}",
            try_next="join prices by date before taking returns",
        )
    if dates is not None and len(dates) != len(asset):
        raise InputError(
            expected=f"{len(asset)} dates, one per row", found=f"{len(dates)}", try_next="give the end of each interval"
        )
    names = tuple(str(i) for i in range(asset.shape[1])) if symbols is None else tuple(symbols)
    if len(names) != asset.shape[1] or len(set(names)) != len(names):
        raise InputError(
            expected=f"{asset.shape[1]} different symbols", found=f"{len(names)}", try_next="give one name per column"
        )
    estimator = looking(parse_method(method), horizon)
    return walk(pair_assets(asset, market, dates, names), estimator)


def looking(estimator: Estimator, horizon: int | None) -> Estimator:
    """Give the estimator for a horizon in trading days; None leaves its own.

    Raises
    ------
    InputError
        If a horizon is asked for and the method has none.
    """
    if horizon is None:
        return estimator
    candidate = Candidate(name=estimator.name, estimator=estimator)
    if not candidate.by_horizon:
        raise InputError(
            expected="a method whose value depends on the horizon (two-speed, kalman-mr, or |double at the end)",
            found=f"{estimator.name} with a horizon of {horizon} days",
            try_next="leave the horizon out, or choose such a method",
        )
    return candidate.over(horizon)


def pair_assets(
    asset: Floats,
    market: Floats,
    dates: NDArray[np.datetime64] | None,
    names: tuple[str, ...],
) -> PairedReturns:
    """Pair returns that come without prices, as if each had a price on every day.

    Parameters
    ----------
    asset
        Shape (n_obs, n_assets); NaN where there is none.
    market
        Shape (n_obs,), or one column for each asset.
    dates
        Shape (n_obs,); weekdays from 1970 on where they are not told.
    names
        Of the assets.
    """
    if market.ndim == 1:
        market = np.broadcast_to(market[:, None], asset.shape)
    is_complete = np.isfinite(asset) & np.isfinite(market)
    complete = bool(is_complete.all())
    stamps = (
        np.busday_offset(np.datetime64("1970-01-01"), np.arange(len(asset)), roll="forward") if dates is None else dates
    ).astype("datetime64[s]")
    nothing = np.zeros(asset.shape, dtype=np.bool_)
    return PairedReturns(
        benchmark="benchmark",
        dates=stamps,
        symbols=names,
        asset=asset if complete else np.where(is_complete, asset, np.nan),
        market=market if complete else np.where(np.isfinite(market), market, np.nan),
        joined=nothing,
        gaps=nothing,
        market_moves=bool((market[is_complete] != 0.0).any()),
        frequency=_DAILY if dates is None else frequency_of(stamps),
        risk_free="as given",
    )
