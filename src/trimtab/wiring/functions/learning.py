"""Learn: performance, stress and risk."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any, Unpack

from trimtab.desk.ask.learn import review_performance as run_performance
from trimtab.desk.ask.learned import BookHeld, HedgeHeld, HedgeRecord, HedgeTerms, Performance, Trials
from trimtab.desk.ask.present import Worth, worth_now
from trimtab.desk.ask.risk_parts import Risk
from trimtab.desk.ask.risks import review_risk as run_risk
from trimtab.desk.ask.stress.lines import Stress
from trimtab.desk.ask.stress.run import run_stress
from trimtab.desk.questions.fields import usual
from trimtab.desk.questions.mandate import MandateTerms
from trimtab.desk.questions.performance import PerformanceQuestion
from trimtab.desk.questions.stress import RiskQuestion, StressQuestion
from trimtab.errors import InputError, UsageError
from trimtab.feeds.records import read_cash_flows, read_fields, read_hedge, read_trades, read_weights
from trimtab.feeds.series.prices import read_prices
from trimtab.feeds.series.returns import read_returns
from trimtab.market.prices import PriceTable
from trimtab.risk.episodes import EPISODES
from trimtab.risk.hidden import Role
from trimtab.wiring.functions.how import PerformanceHow, RiskHow, StressHow, groups_of, how_of
from trimtab.wiring.inputs import as_fx, as_moment, as_risk_free
from trimtab.wiring.settling import Inputs, open_inputs, settle

__all__ = [
    "performance_of", "performance_of_nav", "review_performance", "review_risk", "risk_of", "stress", "stress_of",
    "worth_of",
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
    if inputs.past is None:
        return performance_of_nav(question, inputs.prices)
    past = inputs.past(start=None if question.start is None else dt.date.fromisoformat(str(question.start)))
    name = f"portfolio {inputs.name}" if inputs.name in inputs.prices else inputs.name
    found = run_performance(
        read_prices([past.history.index(name), past.prices]).until(as_moment(measuring.as_of)), portfolio=name,
        benchmark=mandate.benchmark, risk_free=as_risk_free(inputs.interest, inputs.base), base=inputs.base,
        fx=inputs.fx, benchmark_returns=measuring.benchmark_returns, method=measuring.method or "default",
        periods_per_year=question.periods_per_year, trials=Trials(count=question.trials, spread=question.trials_spread),
        held=BookHeld(weights=past.weights, beta=mandate.target if question.beta_held is None else question.beta_held),
    )  # fmt: skip
    return replace(found, notes=(*past.notes, *found.notes))


def performance_of_nav(
    question: PerformanceQuestion,
    prices: PriceTable,
    *,
    hedge: HedgeRecord | None = None,
    terms: HedgeTerms | None = None,
) -> Performance:
    """Take apart what a column of NAV earned; a `hedge` that Python gives opened goes before the question's file."""
    measuring, benchmark = question.measuring, question.mandate.mandate().benchmark
    asked = question.hedge
    if asked.file is not None:
        hedge = read_hedge(asked.file)
        terms = HedgeTerms(
            instrument=asked.instrument or benchmark, book_beta=asked.book_beta or 0.0, target=asked.target,
            tolerance=asked.tolerance, instrument_beta=asked.instrument_beta, yearly_cost=asked.yearly_cost,
        )  # fmt: skip
    if (hedge is None) != (terms is None):
        raise InputError(
            expected="a hedge's record and what was believed of it, both or neither",
            found="one of them",
            try_next="give --hedge-file, --instrument and --planned-book-beta",
        )
    return run_performance(
        prices.until(as_moment(measuring.as_of)), portfolio=question.nav or _only_other(prices.symbols, benchmark),
        benchmark=benchmark, risk_free=as_risk_free(measuring.risk_free, measuring.base), base=measuring.base,
        fx=as_fx(measuring.fx), benchmark_returns=measuring.benchmark_returns, method=measuring.method or "default",
        periods_per_year=question.periods_per_year,
        trials=Trials(count=question.trials, spread=question.trials_spread),
        hedge=None if hedge is None or terms is None else HedgeHeld(record=hedge, terms=terms),
        held=BookHeld(
            weights=None if question.weights is None else read_weights(question.weights),
            beta=1.0 if question.beta_held is None else question.beta_held,
            trades=None if question.transactions is None else read_trades(question.transactions),
        ),
    )  # fmt: skip


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
    table = read_prices(sources if returns is None else [read_returns(returns), *sources])
    hedge = how.get("hedge")
    return performance_of_nav(
        usual(question), table, hedge=None if hedge is None else read_hedge(hedge), terms=how.get("hedge_terms")
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
        ``margin_rate``, ``margin_factor``.

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
