"""Learn: performance, stress and risk."""

from typing import Any, Unpack

from trimtab.desk.answers.performance import performance_of_nav
from trimtab.desk.answers.stress import risk_of, stress_of
from trimtab.desk.ask.learned import Performance
from trimtab.desk.ask.risk_parts import Risk
from trimtab.desk.ask.stress.lines import Stress
from trimtab.desk.questions.fields import usual
from trimtab.desk.questions.groups.mandate import MandateTerms
from trimtab.desk.questions.performance import PerformanceQuestion
from trimtab.desk.questions.stress import RiskQuestion, StressQuestion
from trimtab.feeds.records import read_hedge
from trimtab.feeds.series.returns import read_returns
from trimtab.python.how import PerformanceHow, RiskHow, StressHow, groups_of, how_of
from trimtab.risk.hidden import Role
from trimtab.wiring.files import open_inputs, open_prices

__all__ = ["review_performance", "review_risk", "stress"]


def review_performance(prices: Any, *, portfolio: str, benchmark: str, **how: Unpack[PerformanceHow]) -> Performance:
    """Take apart what a portfolio earned: alpha apart from beta, ratios, attribution, and whether its hedge was right.

    Parameters
    ----------
    prices
        Path, frame or `PriceTable` with the portfolio's NAV and its benchmark; or a list of these.
    portfolio, benchmark
        Their symbols.
    **how
        How it is measured, as in `estimate_betas` (``method``, ``as_of``, ``risk_free``, ``base``, ``fx``,
        ``benchmark_returns``); ``returns``, a path or frame of returns (decimal), joined to the prices as an index;
        ``hedge``, what the hedge held (path or frame: date, held, cost), and ``hedge_terms``, what was believed of it;
        ``weights``, what was held (path or frame: date, symbol, weight); ``trades`` (path or frame: date, symbol,
        quantity, price, fee); ``periods_per_year``, ``trials``, ``trials_spread``, ``beta_held``.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> done = tt.review_performance(sample.prices_path(), portfolio="MTUM", benchmark="SPX", method="ols")
    >>> round(done.alpha.beta.value, 2), round(done.alpha.arithmetic.value, 3)
    (1.01, 0.034)
    """
    measuring, _ = groups_of(how_of(how))
    question = PerformanceQuestion(
        mandate=MandateTerms(benchmark=benchmark), measuring=measuring, nav=portfolio,
        periods_per_year=how.get("periods_per_year"), trials=how.get("trials", 1),
        trials_spread=how.get("trials_spread"), beta_held=how.get("beta_held"), transactions=how.get("trades"),
        weights=how.get("weights"),
    )  # fmt: skip
    sources = list(prices) if isinstance(prices, list | tuple) else [prices]
    returns = how.get("returns")
    inputs = open_prices(sources if returns is None else [read_returns(returns), *sources], measuring)
    hedge = how.get("hedge")
    return performance_of_nav(
        usual(question), inputs, hedge=None if hedge is None else read_hedge(hedge), terms=how.get("hedge_terms")
    )


def stress(prices: Any, holdings: Any, *, benchmark: str, fields: Any = None, **how: Unpack[StressHow]) -> Stress:
    """Put today's book through past episodes and shocks, and its beta under stress.

    Parameters
    ----------
    prices, holdings, benchmark
        As in `review`.
    fields
        What is known of holdings (path or frame: symbol, duration, rating, ...).
    **how
        What `review` takes (``as_of``, ``fx``, ``method``, ...), and ``episodes``, ``shocks``, ``vol_shift``,
        ``margin_rate``, ``margin_factor``, ``sigmas``, ``sigma_days``.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> done = tt.stress(sample.prices_path(), "100 AAPL, 1000 USD", benchmark="SPX", method="ols")
    >>> [e.episode.name for e in done.episodes]
    ['1998', '2000-02', '2008', '2011', '2020', '2022']
    """
    measuring, instruments = groups_of(how_of(how))
    question = StressQuestion(
        mandate=MandateTerms(benchmark=benchmark), measuring=measuring, instruments=instruments, fields=fields,
        shocks=how.get("shocks"), episodes=how.get("episodes"), vol_shift=how.get("vol_shift", 0.0),
        margin_rate=how.get("margin_rate", 0.06), margin_factor=how.get("margin_factor", 1.5),
        sigmas=how.get("sigmas", 3.0), sigma_days=how.get("sigma_days", 5),
    )  # fmt: skip
    return stress_of(usual(question), open_inputs(prices, holdings, measuring, instruments))


def review_risk(
    prices: Any,
    holdings: Any,
    *,
    benchmark: str,
    role: Role | None = None,
    fields: Any = None,
    **how: Unpack[RiskHow],
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
    **how
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
    measuring, instruments = groups_of(how_of(how))
    question = RiskQuestion(
        mandate=MandateTerms(benchmark=benchmark), measuring=measuring, instruments=instruments, role=role,
        fields=fields, participation=how.get("participation", 0.2), half_spread=how.get("half_spread", 0.0005),
        target_volatility=how.get("target_volatility"), exit_of=how.get("exit_of"),
        exit_days=how.get("exit_days", 5), episodes=how.get("episodes"),
    )  # fmt: skip
    return risk_of(usual(question), open_inputs(prices, holdings, measuring, instruments))
