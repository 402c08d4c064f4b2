"""Use case: the rules of accounts looked at once, each account measured for what its rules ask, and no more."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from trimtab.desk.answers.inputs import Inputs
from trimtab.desk.answers.known import AsKnown
from trimtab.desk.answers.plan import plan_of
from trimtab.desk.answers.review import review_of
from trimtab.desk.answers.settled import settle
from trimtab.desk.ask.review import Review
from trimtab.desk.books.journal import Journal
from trimtab.desk.moment.setting import Setting
from trimtab.desk.questions.every import Question
from trimtab.desk.questions.plan import PlanQuestion
from trimtab.desk.questions.review import ReviewQuestion
from trimtab.desk.watch.alerting import Evaluated, evaluate, observe, read_book
from trimtab.desk.watch.outbox import Outbox, read_outbox
from trimtab.desk.watch.slow_measures import MomentAgain, measure
from trimtab.errors import TrimtabError
from trimtab.hedge.verdict import Status
from trimtab.model.calendar import Calendar
from trimtab.model.portfolio import Portfolio
from trimtab.monitor.alerts.book import AlertBook
from trimtab.monitor.alerts.observation import Observation
from trimtab.monitor.alerts.rules import Kind, Rule

__all__ = ["AlertView", "alert_view", "check_accounts", "moment_again", "observe_account", "settled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """Rules with their alerts, and what is not delivered yet."""

    rules: tuple[Rule, ...]
    books: tuple[AlertBook, ...]
    outbox: Outbox


def alert_view(journal: Journal, rules: Sequence[Rule], accounts: Sequence[str]) -> AlertView:
    """Give the alerts of accounts, as last written down."""
    own = tuple(rule for rule in rules if rule.portfolio in accounts)
    books = tuple(read_book(journal, name) for name in accounts)
    return AlertView(rules=own, books=books, outbox=read_outbox(journal))


def _weekdays(account: str) -> Calendar | None:
    """Name no calendar, for any account."""
    del account
    return None


def check_accounts(
    journal: Journal,
    rules: Sequence[Rule],
    gather: Callable[[str], AsKnown],
    now: dt.datetime,
    *,
    account: str | None = None,
    calendar: Callable[[str], Calendar | None] = _weekdays,
) -> tuple[Evaluated, ...]:
    """Measure each account that has rules, and let its rules take a step.

    Parameters
    ----------
    journal
        Where alerts stand.
    rules
        Every rule, one for each account it watches.
    gather
        Gives what a review of an account is answered from.
    now
        The moment.
    account
        Whose; None takes every account that has rules.
    calendar
        Gives when prices of an account are to be expected; None counts weekdays.
    """
    names = dict.fromkeys(rule.portfolio for rule in rules) if account is None else (account,)
    done = []
    for name in names:
        own = tuple(rule for rule in rules if rule.portfolio == name)
        seen = observe_account(name, gather, own, now, calendar=calendar)
        done.append(evaluate(journal, rules, seen, now))
    return tuple(done)


def observe_account(
    name: str,
    gather: Callable[[str], AsKnown],
    rules: tuple[Rule, ...],
    now: dt.datetime,
    *,
    calendar: Callable[[str], Calendar | None] = _weekdays,
) -> Observation:
    """Measure what an account's rules ask for.

    An account that cannot be measured is not observed: its rules then say so, and time passes for its alerts.
    """
    try:
        there = gather(name)
        asked = there.question
        review = ReviewQuestion(mandate=asked.mandate, measuring=asked.measuring, instruments=asked.instruments)
        reviewed = review_of(review, there.inputs)
        again = moment_again(asked, there.inputs)
        measured = measure(again, there.held.portfolio, reviewed.exposure, reviewed.betas, rules, calendar(name))
        trade = _trade(asked, there.inputs, reviewed, rules)
    except TrimtabError as error:
        return Observation(at=now, portfolio=name, why=error.found)
    own = reviewed.exposure.beta.value
    return observe(
        reviewed, name=name, at=now, portfolio=there.held.portfolio, rolls=measured.rolls,
        calendar=measured.calendar, correlation=measured.correlation, liquidation_days=measured.liquidation_days,
        methods={method: own + less for method, less in measured.differences.items()}, trade=trade,
    )  # fmt: skip


def _trade(asked: Question, inputs: Inputs, reviewed: Review, rules: tuple[Rule, ...]) -> str | None:
    """Say what a plan by the account's rule trades now, where a rule of alerts speaks of its band; None for nothing."""
    speaks = any(rule.kind in {Kind.BAND, Kind.EDGE, Kind.TRIGGER} for rule in rules)
    verdict = reviewed.verdict
    is_due = verdict.status is Status.OUTSIDE or bool(verdict.trigger_reached)
    if not (speaks and is_due and isinstance(asked, PlanQuestion) and asked.hedge):
        return None
    try:
        return plan_of(asked, inputs).in_words or None
    except TrimtabError:
        # The alert stands without it; `trimtab plan` says what is missing.
        return None


def settled(question: Question, inputs: Inputs, *, method: str | None = None) -> tuple[Setting, Portfolio]:
    """Give the moment with its betas, and what is held; another `method` answers with its own reading."""
    measuring, mandate = question.measuring, question.mandate
    if method is not None:
        measuring = replace(measuring, method=method, reading=None)
        mandate = replace(mandate, judged=None)
    done = settle(inputs, mandate.mandate(reading=measuring.reading), measuring)
    return done.setting, done.held


def moment_again(question: Question, inputs: Inputs) -> MomentAgain:
    """Give what makes the moment of a question again, by its own method or another."""

    def again(method: str | None = None) -> Setting:
        # Another method is asked for the reading that it answers with.
        return settled(question, inputs, method=method)[0]

    return again
