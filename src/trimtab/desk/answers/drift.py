"""Answers about change: why a portfolio's beta drifted, and where it is going."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from trimtab.desk.answers.inputs import Inputs
from trimtab.desk.answers.settled import last_day, read_book, settle
from trimtab.desk.ask.drift import DatedPortfolio, DriftChain, EachDay, Span, trade_through
from trimtab.desk.ask.drift import drift as run_drift
from trimtab.desk.ask.drift_ahead import Ahead, look_ahead
from trimtab.desk.moment.asset_facts import with_funds
from trimtab.desk.questions.drift import DriftQuestion
from trimtab.errors import InputError

if TYPE_CHECKING:
    from trimtab.desk.answers.reading import HoldingsLike

__all__ = ["Drifted", "ahead_of", "drift_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drifted:
    """Why beta changed, and where it is going if that was asked too."""

    chain: DriftChain
    ahead: Ahead | None


def drift_of(question: DriftQuestion, inputs: Inputs, books: Sequence[DatedPortfolio] | None = None) -> Drifted:
    """Say why beta changed, and where it is going if that is asked; `books` of Python go before the holdings."""
    mandate = question.mandate.mandate(reading=question.measuring.reading)
    measuring = question.measuring
    notes: tuple[str, ...] = ()
    if inputs.books is not None and books is None:
        between = inputs.books(None if question.start is None else str(question.start), question.by)
        books, notes = [_looked_through(book, inputs) for book in between.books], between.notes
        first = books[0].day
        last = last_day(inputs, measuring)
    else:
        first, last = _days_of_files(question, inputs)
        if first == last:
            notes = (f"why beta changed takes holdings of two days: first and last day are both {last}",)
        books = _changed(question, inputs, books or [_book(inputs, inputs.holdings, first)], last)
    if first == last and not question.ahead.asked:
        raise InputError(
            expected="an end after the start", found=f"{first} to {last}; {notes[0]}",
            try_next="give --from and --to in order, or holdings of an earlier day; --project needs one day only",
        )  # fmt: skip
    how = EachDay(
        benchmark=mandate.benchmark, method=measuring.estimator(), reading=measuring.reading or mandate.reading,
        errors=measuring.errors, risk_free=inputs.interest, fx=inputs.fx, benchmark_returns=measuring.benchmark_returns,
        stated=inputs.stated,
    )  # fmt: skip
    span = Span(start=first, end=last, by=question.by)
    chain = run_drift(
        with_funds(inputs.prices, inputs.contracts),
        books,
        how,
        span=span,
        skip=question.skip,
        orders=question.orders,
        one_day=question.ahead.asked,
    )
    chain = replace(chain, notes=(*chain.notes, *notes))
    # What was held at the end has been looked through already.
    at_the_end = replace(inputs, holdings=chain.held, funds=None)
    ahead = ahead_of(question, at_the_end) if question.ahead.asked else None
    return Drifted(chain=chain, ahead=ahead)


def ahead_of(question: DriftQuestion, inputs: Inputs) -> Ahead:
    """Say how fast the book drifts from the last day on, and when it is likely to leave its band."""
    mandate = question.mandate.mandate(reading=question.measuring.reading)
    settled = settle(inputs, mandate, question.measuring)
    asked = question.ahead
    return look_ahead(
        settled.held, mandate, settled.setting, method=question.measuring.estimator(),
        tolerance=asked.tolerance, horizons=tuple(asked.horizons), paths=asked.paths, seed=asked.seed,
    )  # fmt: skip


def _days_of_files(question: DriftQuestion, inputs: Inputs) -> tuple[dt.date, dt.date]:
    """Give the first and last day; the last alone where looking ahead from it is all that was asked."""
    if question.needs_two_days:
        first, last = question.days()
        return dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    last_one = last_day(inputs, question.measuring)
    return last_one, last_one


def _looked_through(book: DatedPortfolio, inputs: Inputs) -> DatedPortfolio:
    portfolio = read_book(inputs, book.portfolio, book.day)
    return replace(book, portfolio=portfolio)


def _book(inputs: Inputs, holdings: "HoldingsLike", day: dt.date) -> DatedPortfolio:
    return DatedPortfolio(day=day, portfolio=read_book(inputs, holdings, day))


def _changed(
    question: DriftQuestion, inputs: Inputs, books: Sequence[DatedPortfolio], last: dt.date
) -> list[DatedPortfolio]:
    """Add what transactions and a statement of the last day change."""
    if question.transactions is not None:
        trades = inputs.reader.trades(question.transactions)
        books = list(trade_through(books[0].portfolio, trades, start=books[0].day))
    if question.holdings_end is not None:
        books = [b for b in books if b.day < last] + [_book(inputs, question.holdings_end, last)]
    return list(books)
