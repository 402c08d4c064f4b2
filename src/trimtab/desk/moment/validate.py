"""Use case: judge estimators on a user's own prices."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from trimtab.beta.method import Estimator
from trimtab.beta.validation.league import League, Report, hold_league
from trimtab.desk.moment.blended import with_blend
from trimtab.desk.moment.one_currency import to_base
from trimtab.market.checks.jumps import judge_jumps
from trimtab.market.prices import PriceTable
from trimtab.market.rates.fx import FxRates
from trimtab.market.rates.risk_free import RiskFree
from trimtab.market.returns import pair_returns

__all__ = ["validate"]


def validate(
    prices: PriceTable,
    *,
    benchmark: str,
    methods: Sequence[str | Estimator] | None = None,
    horizons: Sequence[int] = (21, 63, 252),
    step: str | int = "month-end",
    min_obs: int = 252,
    as_of: np.datetime64 | str | None = None,
    risk_free: RiskFree | None = None,
    base: str | None = None,
    fx: FxRates | None = None,
    seed: int = 20,
    progress: Report | None = None,
) -> League:
    """Let estimators forecast at each date with data up to it, and judge them by the betas that came.

    Parameters
    ----------
    prices
        Checked prices.
    benchmark
        Symbol of the benchmark.
    methods
        Who plays, as `parse_method` reads them, or "constant"; None takes the default field.
    horizons
        How far forecasts look, in trading days (252 a year on any calendar).
    step
        When forecasts are made: "month-end", "week-end", "year-end", or every so many rows.
    min_obs
        Paired returns that an asset needs before it is judged, in trading days.
    as_of, risk_free, base, fx
        As in `measure_betas`.
    seed
        Of the random portfolios.
    progress
        Called with (done, total, what) as the work goes on.

    Examples
    --------
    >>> from trimtab import sample
    >>> from trimtab.feeds.series.prices import read_prices
    >>> table = read_prices(sample.prices_path()).until("2018-12-31")
    >>> league = validate(table, benchmark="SPX", methods=["ewma", "constant"], horizons=[63])
    >>> league.score("ols", 63).rmse < league.score("constant", 63).rmse
    True
    """
    prices = with_blend(prices.until(as_of), benchmark, base=base, fx=fx, risk_free=risk_free)
    converted = to_base(judge_jumps(prices, benchmark), base=base, fx=fx)
    pairs = pair_returns(converted, benchmark=benchmark, risk_free=risk_free)
    league = hold_league(
        pairs, methods=methods, horizons=horizons, step=step, min_obs=min_obs, seed=seed, progress=progress
    )
    return replace(league, notes=(*converted.notes, *league.notes), frame=prices.frame)
