"""Answers about what was earned: of an account's book, or of a column of NAV, and what a hedge is worth."""

import datetime as dt
from dataclasses import replace

import numpy as np

from trimtab.desk.accounts.past import Past
from trimtab.desk.answers.inputs import Inputs
from trimtab.desk.answers.reading import Reader
from trimtab.desk.ask.earned import Earned, earned, flows_by_day, jump_of, nav_of, without_flows
from trimtab.desk.ask.learn import review_performance as run_performance
from trimtab.desk.ask.learned import BookHeld, HedgeHeld, HedgeRecord, HedgeTerms, Performance, Trials
from trimtab.desk.ask.present import Worth, worth_now
from trimtab.desk.questions.performance import PerformanceQuestion
from trimtab.errors import InputError, UsageError
from trimtab.market.checks.slow import place_slow
from trimtab.market.daycount import as_moment, date_of
from trimtab.market.prices import PriceTable
from trimtab.market.snapshot import market_at
from trimtab.model.blend import lead_of, parts_of

__all__ = ["performance_of", "performance_of_nav", "worth_of"]


def performance_of(question: PerformanceQuestion, inputs: Inputs) -> Performance:
    """Take apart what a portfolio earned: of a workspace's book, or of a column of NAV among prices."""
    mandate, measuring = question.mandate.mandate(), question.measuring
    if inputs.past is None:
        return performance_of_nav(question, inputs)
    past = inputs.past(start=None if question.start is None else dt.date.fromisoformat(str(question.start)))
    name = f"portfolio {inputs.name}" if inputs.name in inputs.prices else inputs.name
    review = run_performance(
        # Money of constant value is no stale price, and the prices were looked at when they came.
        inputs.reader.prices([past.history.index(name), past.prices], check=False).until(as_moment(measuring.as_of)),
        portfolio=name,
        benchmark=mandate.benchmark, risk_free=inputs.risk_free, base=inputs.base,
        fx=inputs.fx, benchmark_returns=measuring.benchmark_returns, method=measuring.method or "default",
        periods_per_year=question.periods_per_year, trials=Trials(count=question.trials, spread=question.trials_spread),
        book_held=BookHeld(
            weights=past.weights, paid=past.paid,
            beta=mandate.target if question.beta_held is None else question.beta_held,
        ),
    )  # fmt: skip
    return replace(review, notes=(*past.notes, *review.notes), earned=_earned_of_book(past))


def _earned_of_book(past: Past) -> Earned | None:
    """Work out returns of a book's money; days whose value is not known are left out, their flows are not."""
    valued_rows = np.flatnonzero(np.isfinite(past.history.nav))
    if len(valued_rows) < 2:
        return None
    days = [date_of(past.history.dates[row]) for row in valued_rows]
    returns = past.history.returns[1:]
    whole = float(np.prod(1.0 + returns) - 1.0) if np.isfinite(returns).all() else None
    between = {day: amount for day, amount in past.flows.items() if days[0] < day <= days[-1]}
    flows = {day: amount for day, amount in between.items() if amount is not None}
    if len(flows) < len(between):
        return None  # what came or went is not known, so neither is the gain
    made = earned(days, past.history.nav[valued_rows].tolist(), flows, weighted=whole)
    return replace(made, change=past.change)


def performance_of_nav(
    question: PerformanceQuestion,
    inputs: Inputs,
    *,
    hedge: HedgeRecord | None = None,
    terms: HedgeTerms | None = None,
) -> Performance:
    """Take apart what a column of NAV earned; a `hedge` that Python gives opened goes before the question's file."""
    measuring, benchmark = question.measuring, question.mandate.mandate().benchmark
    asked = question.hedge
    if asked.file is not None:
        hedge = inputs.reader.hedge(asked.file)
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
    name = question.nav or _only_other(inputs.prices.symbols, benchmark)
    # What came and went is taken out beside what weighs most in a blend, before its prices are judged for good.
    prices, made, note = _of_column(question, inputs, name, lead_of(benchmark))
    done = run_performance(
        prices, portfolio=name, benchmark=benchmark,
        risk_free=inputs.risk_free, base=measuring.base, fx=inputs.fx, benchmark_returns=measuring.benchmark_returns,
        method=measuring.method or "default", periods_per_year=question.periods_per_year,
        trials=Trials(count=question.trials, spread=question.trials_spread),
        hedge=None if hedge is None or terms is None else HedgeHeld(record=hedge, terms=terms),
        book_held=BookHeld(
            weights=None if question.weights is None else inputs.reader.weights(question.weights),
            beta=1.0 if question.beta_held is None else question.beta_held,
            trades=None if question.transactions is None else inputs.reader.trades(question.transactions),
        ),
    )  # fmt: skip
    return replace(done, earned=made, notes=(*note, *done.notes))


def _of_column(
    question: PerformanceQuestion, inputs: Inputs, name: str, benchmark: str
) -> tuple[PriceTable, Earned | None, tuple[str, ...]]:
    """Take flows out of a column of NAV, or ask for them where a day looks as if something had come or gone."""
    prices = inputs.prices.until(as_moment(question.measuring.as_of))
    if name not in prices or benchmark not in prices:
        return prices, None, ()  # who reads it says what is missing
    prices = place_slow(prices, benchmark)
    days, navs, _ = nav_of(prices, name)
    if question.flows is None:
        jump = jump_of(prices, name, benchmark)
        return prices, earned(days, navs.tolist(), {}), () if jump is None else (jump,)
    currency = prices.currencies[prices.column(name)] or question.measuring.base

    def rate_of(code: str, day: dt.date) -> float | None:
        if currency is None:
            return None
        quote = market_at(prices, base=currency, as_of=np.datetime64(day, "D"), fx=inputs.fx).rate(code)
        return None if quote is None else quote.value

    flows = flows_by_day(inputs.reader.flows(question.flows), rate_of, currency)
    made = earned(days, navs.tolist(), flows)
    return without_flows(prices, name, flows), made, ()


def worth_of(question: PerformanceQuestion, done: Performance, reader: Reader) -> Worth | None:
    """Value flows to come and the hedge; None where no rate is stated."""
    asked = question.worth
    if asked.rate is None:
        return None
    return worth_now(
        done, flows=None if asked.flows is None else reader.cash_flows(asked.flows), nav=asked.money, rate=asked.rate,
        compounding=asked.compounding, years=asked.years, risk_aversion=asked.risk_aversion,
    )  # fmt: skip


def _only_other(symbols: tuple[str, ...], benchmark: str) -> str:
    others = [s for s in symbols if s not in parts_of(benchmark)]
    if len(others) != 1:
        raise UsageError(
            expected="nav (--nav): one column of NAV beside the benchmark, or its name",
            found=f"{len(others)} others: {', '.join(others[:8])}{', ...' if len(others) > 8 else ''}",
            try_next="name the column",
        )
    return others[0]
