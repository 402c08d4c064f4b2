"""Learn: performance, stress and risk."""

import datetime as dt
from typing import Any

from trimtab.desk.ask.learn import review_performance as run_performance
from trimtab.desk.ask.learned import HedgeTerms, Performance
from trimtab.desk.ask.review import Setting
from trimtab.desk.ask.risk_parts import Risk
from trimtab.desk.ask.risks import review_risk as run_risk
from trimtab.desk.ask.stress import Stress, run_stress
from trimtab.feeds.prices import read_prices
from trimtab.feeds.records import read_fields, read_hedge, read_trades, read_weights
from trimtab.feeds.returns import read_returns
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio
from trimtab.risk.hidden import Role
from trimtab.wiring.inputs import as_fx, as_moment, as_risk_free, settle

__all__ = ["review_performance", "review_risk", "stress"]


def review_performance(
    prices: Any,
    *,
    portfolio: str,
    benchmark: str,
    returns: Any = None,
    as_of: dt.date | str | None = None,
    risk_free: Any = None,
    base: str | None = None,
    fx: Any = None,
    hedge: Any = None,
    hedge_terms: HedgeTerms | None = None,
    weights: Any = None,
    trades: Any = None,
    **rest: Any,
) -> Performance:
    """Take apart what a portfolio earned: alpha apart from beta, ratios, attribution, and whether its hedge was right.

    Parameters
    ----------
    prices
        Path, frame or `PriceTable` with the portfolio's NAV and its benchmark; or a list of these.
    portfolio, benchmark
        Their symbols.
    returns
        Path or frame of returns (decimal), joined to the prices as an index.
    as_of, risk_free, base, fx
        As in `estimate_betas`.
    hedge, hedge_terms
        What the hedge held (path or frame: date, held, cost), and what was believed of it.
    weights
        Holdings history (path or frame: date, symbol, weight).
    trades
        Path or frame: date, symbol, quantity, price, fee.
    **rest
        ``periods_per_year``, ``method``, ``trials``, ``trials_spread``, ``beta_held``, ``benchmark_returns``.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> done = tt.review_performance(sample.prices_path(), portfolio="MTUM", benchmark="SPX", method="ols")
    >>> round(done.alpha.beta.value, 2), round(done.alpha.arithmetic.value, 3)
    (1.01, 0.034)
    """
    sources = list(prices) if isinstance(prices, list | tuple) else [prices]
    table = read_prices(sources if returns is None else [read_returns(returns), *sources])
    return run_performance(
        table, portfolio=portfolio, benchmark=benchmark, as_of=as_moment(as_of),
        risk_free=as_risk_free(risk_free, base), base=base, fx=as_fx(fx),
        hedge=None if hedge is None else read_hedge(hedge), hedge_terms=hedge_terms,
        weights=None if weights is None else read_weights(weights),
        trades=None if trades is None else read_trades(trades), **rest,
    )  # fmt: skip


def stress(prices: Any, holdings: Any, *, benchmark: str, fields: Any = None, **rest: Any) -> Stress:
    """Put today's book through past episodes and shocks, and its beta under stress.

    Parameters
    ----------
    prices, holdings, benchmark
        As in `review`.
    fields
        What is known of holdings (path or frame: symbol, duration, rating, ...).
    **rest
        What `review` takes (``as_of``, ``fx``, ``method``, ...), and ``episodes``, ``shocks``, ``vol_shift``,
        ``margin_rate``, ``margin_factor``.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> done = tt.stress(sample.prices_path(), "100 AAPL, 1000 USD", benchmark="SPX", method="ols")
    >>> [e.episode.name for e in done.episodes]
    ['1998', '2000-02', '2008', '2011', '2020', '2022']
    """
    named = ("episodes", "shocks", "vol_shift", "margin_rate", "margin_factor")
    asked = {name: rest.pop(name) for name in named if name in rest}
    setting, held = _at_hand(prices, holdings, benchmark, rest)
    return run_stress(held, setting, fields=None if fields is None else read_fields(fields), **asked)


def review_risk(
    prices: Any, holdings: Any, *, benchmark: str, role: Role | None = None, fields: Any = None, **rest: Any
) -> Risk:
    """Say what beta misses: the five things it hides most, then concentration, exits, tails, horizons and flow.

    Parameters
    ----------
    prices, holdings, benchmark
        As in `review`.
    role
        "spending", "growth" or "trading".
    fields
        What is known of holdings (path or frame: symbol, sector, rating, daily_value, ...).
    **rest
        What `review` takes, and ``participation``, ``half_spread``, ``target_volatility``, ``exit_of``,
        ``exit_days``, ``episodes``.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> done = tt.review_risk(sample.prices_path(), "100 AAPL, 1000 USD", benchmark="SPX", method="ols", role="growth")
    >>> done.hidden[0].kind.value
    'drawdown of the neutral part'
    """
    named = ("participation", "half_spread", "target_volatility", "exit_of", "exit_days", "episodes")
    asked = {name: rest.pop(name) for name in named if name in rest}
    setting, held = _at_hand(prices, holdings, benchmark, rest)
    return run_risk(held, setting, role=role, fields=None if fields is None else read_fields(fields), **asked)


def _at_hand(prices: Any, holdings: Any, benchmark: str, given: dict[str, Any]) -> tuple[Setting, Portfolio]:
    names = {"base": "USD", "as_of": None, "risk_free": None, "fx": None, "contracts": None}
    mandate = Mandate(benchmark=benchmark, target=1.0, band=0.05)
    _, setting, held, _ = settle(prices, holdings, mandate, hedge=(), **{**names, **given})
    return setting, held
