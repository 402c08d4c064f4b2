"""Answers about what was earned: of an account's book, or of a column of NAV, and what a hedge is worth."""

import datetime as dt
from dataclasses import replace

from trimtab.desk.answers.inputs import Inputs
from trimtab.desk.answers.reading import Reader
from trimtab.desk.ask.learn import review_performance as run_performance
from trimtab.desk.ask.learned import BookHeld, HedgeHeld, HedgeRecord, HedgeTerms, Performance, Trials
from trimtab.desk.ask.present import Worth, worth_now
from trimtab.desk.questions.performance import PerformanceQuestion
from trimtab.errors import InputError, UsageError
from trimtab.market.daycount import as_moment

__all__ = ["performance_of", "performance_of_nav", "worth_of"]


def performance_of(question: PerformanceQuestion, inputs: Inputs) -> Performance:
    """Take apart what a portfolio earned: of a workspace's book, or of a column of NAV among prices."""
    mandate, measuring = question.mandate.mandate(), question.measuring
    if inputs.past is None:
        return performance_of_nav(question, inputs)
    past = inputs.past(start=None if question.start is None else dt.date.fromisoformat(str(question.start)))
    name = f"portfolio {inputs.name}" if inputs.name in inputs.prices else inputs.name
    found = run_performance(
        inputs.reader.prices([past.history.index(name), past.prices]).until(as_moment(measuring.as_of)), portfolio=name,
        benchmark=mandate.benchmark, risk_free=inputs.risk_free, base=inputs.base,
        fx=inputs.fx, benchmark_returns=measuring.benchmark_returns, method=measuring.method or "default",
        periods_per_year=question.periods_per_year, trials=Trials(count=question.trials, spread=question.trials_spread),
        held=BookHeld(weights=past.weights, beta=mandate.target if question.beta_held is None else question.beta_held),
    )  # fmt: skip
    return replace(found, notes=(*past.notes, *found.notes))


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
    return run_performance(
        inputs.prices.until(as_moment(measuring.as_of)),
        portfolio=question.nav or _only_other(inputs.prices.symbols, benchmark), benchmark=benchmark,
        risk_free=inputs.risk_free, base=measuring.base, fx=inputs.fx, benchmark_returns=measuring.benchmark_returns,
        method=measuring.method or "default", periods_per_year=question.periods_per_year,
        trials=Trials(count=question.trials, spread=question.trials_spread),
        hedge=None if hedge is None or terms is None else HedgeHeld(record=hedge, terms=terms),
        held=BookHeld(
            weights=None if question.weights is None else inputs.reader.weights(question.weights),
            beta=1.0 if question.beta_held is None else question.beta_held,
            trades=None if question.transactions is None else inputs.reader.trades(question.transactions),
        ),
    )  # fmt: skip


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
    others = [s for s in symbols if s != benchmark]
    if len(others) != 1:
        raise UsageError(
            expected="nav (--nav): one column of NAV beside the benchmark, or its name",
            found=f"{len(others)} others: {', '.join(others[:8])}{', ...' if len(others) > 8 else ''}",
            try_next="name the column",
        )
    return others[0]
