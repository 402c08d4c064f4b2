"""Learn: performance, stress and risk."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

from trimtab.desk.ask.learn import review_performance as run_performance
from trimtab.desk.ask.learned import HedgeTerms, Performance
from trimtab.desk.ask.present import Worth, worth_now
from trimtab.desk.ask.risk_parts import Risk
from trimtab.desk.ask.risks import review_risk as run_risk
from trimtab.desk.ask.stress import Stress, run_stress
from trimtab.desk.questions.instruments import Instruments
from trimtab.desk.questions.mandate import MandateTerms
from trimtab.desk.questions.performance import PerformanceQuestion
from trimtab.desk.questions.stress import RiskQuestion, StressQuestion
from trimtab.errors import UsageError
from trimtab.feeds.prices import read_prices
from trimtab.feeds.records import read_cash_flows, read_fields, read_hedge, read_trades, read_weights
from trimtab.feeds.returns import read_returns
from trimtab.model.mandate import Mandate
from trimtab.risk.episodes import EPISODES
from trimtab.risk.hidden import Role
from trimtab.wiring.inputs import as_fx, as_moment, as_risk_free
from trimtab.wiring.settling import Inputs, files_of, measuring_of, open_inputs, settle

__all__ = [
    "performance_of", "review_performance", "review_risk", "risk_of", "stress", "stress_of", "worth_of",
]  # fmt: skip


def stress_of(question: StressQuestion, inputs: Inputs) -> Stress:
    """Put the book through episodes and shocks."""
    mandate = question.mandate.mandate(reading=question.measuring.reading)
    settled = settle(inputs, mandate, question.measuring)
    return run_stress(
        settled.held, settled.setting, shocks=question.shocks,
        episodes=EPISODES if question.episodes is None else question.episodes,
        vol_shift=question.vol_shift, fields=_fields(question.fields, inputs), margin_rate=question.margin_rate,
        margin_factor=question.margin_factor,
    )  # fmt: skip


def risk_of(question: RiskQuestion, inputs: Inputs) -> Risk:
    """Say what beta misses."""
    mandate = question.mandate.mandate(reading=question.measuring.reading)
    settled = settle(inputs, mandate, question.measuring)
    return run_risk(
        settled.held, settled.setting, role=question.role, fields=_fields(question.fields, inputs),
        participation=question.participation, half_spread=question.half_spread,
        target_volatility=question.target_volatility, exit_of=question.exit_of, exit_days=question.exit_days,
        episodes=EPISODES if question.episodes is None else question.episodes,
    )  # fmt: skip


def _fields(source: Any, inputs: Inputs) -> Any:
    """Give what is known of holdings: a file of it, or such columns in the holdings file itself."""
    if source is None and isinstance(inputs.holdings, str | Path) and Path(inputs.holdings).is_file():
        source = inputs.holdings
    return {} if source is None else read_fields(source)


def performance_of(question: PerformanceQuestion, inputs: Inputs) -> Performance:
    """Take apart what a portfolio earned: of a workspace's book, or of a column of NAV among prices."""
    mandate, measuring = question.mandate.mandate(), question.measuring
    shared: dict[str, Any] = {
        "benchmark": mandate.benchmark, "method": measuring.method or "default",
        "benchmark_returns": measuring.benchmark_returns, "periods_per_year": question.periods_per_year,
        "trials": question.trials, "trials_spread": question.trials_spread, "fx": inputs.fx,
    }  # fmt: skip
    if inputs.past is None:
        return _of_nav(question, inputs, shared)
    past = inputs.past(start=None if question.start is None else dt.date.fromisoformat(str(question.start)))
    prices = inputs.prices
    name = f"portfolio {inputs.name}" if inputs.name in prices else inputs.name
    found = run_performance(
        read_prices([past.history.index(name), past.prices]), portfolio=name, as_of=as_moment(measuring.as_of),
        risk_free=as_risk_free(inputs.interest, inputs.base), base=inputs.base, weights=past.weights,
        beta_held=mandate.target if question.beta_held is None else question.beta_held, **shared,
    )  # fmt: skip
    return replace(found, notes=(*past.notes, *found.notes))


def _of_nav(question: PerformanceQuestion, inputs: Inputs, shared: dict[str, Any]) -> Performance:
    measuring, hedge = question.measuring, question.hedge
    terms = None
    if hedge.file is not None:
        terms = HedgeTerms(
            instrument=hedge.instrument or shared["benchmark"], book_beta=hedge.book_beta or 0.0, target=hedge.target,
            tolerance=hedge.tolerance, instrument_beta=hedge.instrument_beta, yearly_cost=hedge.yearly_cost,
        )  # fmt: skip
    return run_performance(
        inputs.prices,
        portfolio=question.nav or _only_other(inputs.prices.symbols, shared["benchmark"]),
        as_of=as_moment(measuring.as_of),
        risk_free=as_risk_free(measuring.risk_free, measuring.base),
        base=measuring.base,
        hedge=None if hedge.file is None else read_hedge(hedge.file),
        hedge_terms=terms,
        weights=None if question.weights is None else read_weights(question.weights),
        beta_held=1.0 if question.beta_held is None else question.beta_held,
        trades=None if question.transactions is None else read_trades(question.transactions),
        **shared,
    )


def worth_of(question: PerformanceQuestion, done: Performance) -> Worth | None:
    """Value flows to come and the hedge; None where no rate is stated."""
    asked = question.worth
    if asked.rate is None:
        return None
    return worth_now(
        done, flows=None if asked.flows is None else read_cash_flows(asked.flows), nav=asked.money, rate=asked.rate,
        compounding=asked.compounding, years=asked.years, risk_aversion=asked.risk_aversion,
    )  # fmt: skip


def _only_other(symbols: tuple[str, ...], benchmark: str) -> str:
    others = [s for s in symbols if s != benchmark]
    if len(others) != 1:
        raise UsageError(
            expected="nav (--nav): one column of NAV beside the benchmark, or its name",
            found=f"{len(others)} others: {', '.join(others[:8])}{', ...' if len(others) > 8 else ''}",
            try_next="name the column",
        )
    return others[0]


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
    groups = _groups(benchmark, rest)
    question = StressQuestion(**groups, fields=fields, **asked)
    return stress_of(question, open_inputs(prices, holdings, question.measuring, question.instruments))


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
    groups = _groups(benchmark, rest)
    question = RiskQuestion(**groups, role=role, fields=fields, **asked)
    return risk_of(question, open_inputs(prices, holdings, question.measuring, question.instruments))


def _groups(benchmark: str, rest: dict[str, Any]) -> dict[str, Any]:
    """Make the groups that every question has of arguments side by side."""
    instruments = Instruments(
        contracts=files_of(rest.pop("contracts", None)), funds=files_of(rest.pop("funds", None)),
        chain=rest.pop("chain", None),
    )  # fmt: skip
    names = ("method", "window", "as_of", "risk_free", "base", "fx")
    plain = {name: rest.pop(name, None) for name in names}
    measuring = measuring_of(
        plain["method"] or "default", plain["window"], plain["as_of"], plain["risk_free"], plain["base"], plain["fx"],
        rest,
    )  # fmt: skip
    mandate = MandateTerms.of(Mandate(benchmark=benchmark, target=1.0, band=0.05))
    return {"mandate": mandate, "measuring": measuring, "instruments": instruments}
