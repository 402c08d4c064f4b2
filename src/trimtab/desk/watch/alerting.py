"""Use case: look at a portfolio by its alert rules, and write down what follows in one piece.

State, events and messages go into the journal in one append, made while every other writer is kept out: a crash
before it repeats the step and says the same, a crash after it loses nothing and repeats nothing.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from trimtab.beta.estimate import Betas
from trimtab.desk.ask.review import Review
from trimtab.desk.books.journal import Fact, Journal
from trimtab.desk.watch.outbox import facts_of
from trimtab.errors import InputError
from trimtab.exposure.expose import Exposure, PositionExposure
from trimtab.model.calendar import EVERY_DAY, Calendar
from trimtab.model.portfolio import Portfolio
from trimtab.monitor.alerts.book import AlertBook, BookJson, advance, command
from trimtab.monitor.alerts.machine import Order
from trimtab.monitor.alerts.observation import AssetBeta, Dated, MethodBeta, Observation
from trimtab.monitor.alerts.rules import Rule
from trimtab.monitor.alerts.state import AlertEvent

__all__ = [
    "Evaluated", "asset_betas", "evaluate", "expiries", "memory_of", "observe", "order_alert", "read_book",
    "sessions_missed",
]  # fmt: skip

STATE = "alert-state"
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """A portfolio's alerts after a step, what happened in it, and whether anything was written down."""

    book: AlertBook
    events: tuple[AlertEvent, ...]
    written: bool


def read_book(journal: Journal, portfolio: str, *, known: int | None = None) -> AlertBook:
    """Give the alerts of a portfolio as last written down, or as known up to an entry."""
    last = journal.entries(STATE, subject=portfolio, known=known, newest=True, limit=1)
    return AlertBook.from_json(last[0].read_as(BookJson)) if last else AlertBook(portfolio=portfolio)


def evaluate(
    journal: Journal, rules: Sequence[Rule], seen: Observation | None, now: dt.datetime, *, portfolio: str | None = None
) -> Evaluated:
    """Let every rule of a portfolio take a step, and write down what follows.

    Parameters
    ----------
    journal
        Where alerts stand.
    rules
        Rules as they are now; those of other portfolios are passed over.
    seen
        What was observed; None if only time has passed (then `portfolio` says whose).
    now
        The moment.

    Notes
    -----
    A step in which nothing but time passed is not written: from the state before it the next step adds up the same.
    """
    whose = portfolio if seen is None else seen.portfolio
    if whose is None:
        raise InputError(
            expected="an observation, or the name of a portfolio", found="neither", try_next="give portfolio=..."
        )
    return _change(journal, whose, now, lambda book: advance(book, rules, seen, now))


def order_alert(
    journal: Journal, rules: Sequence[Rule], portfolio: str, name: str, order: Order, now: dt.datetime
) -> Evaluated:
    """Do something to an alert by hand, and write down what follows. No event comes back if it changes nothing.

    Parameters
    ----------
    journal, rules, portfolio
        Where alerts stand, the rules as they are now, and whose alert it is.
    name
        Of the rule, or ``rule/contract`` for one contract.
    order
        What is done, by whom and why.
    now
        The moment.

    Raises
    ------
    UnknownSymbolError
        If there is no such rule or alert.
    InputError
        If a snooze is not to end ahead.
    """
    return _change(journal, portfolio, now, lambda book: command(book, rules, name, order, now))


def _change(
    journal: Journal,
    portfolio: str,
    now: dt.datetime,
    change: Callable[[AlertBook], tuple[AlertBook, tuple[AlertEvent, ...]]],
) -> Evaluated:
    with journal.writing():
        before = read_book(journal, portfolio)
        book, events = change(before)
        news = bool(events) or book.is_news_after(before)
        if news:
            state = Fact(kind=STATE, subject=portfolio, valid=now.astimezone(dt.UTC).isoformat(), body=book.to_json())
            journal.append([state, *facts_of(events)])
    return Evaluated(book=book, events=events, written=news)


def observe(
    review: Review,
    *,
    name: str,
    at: dt.datetime,
    portfolio: Portfolio | None = None,
    methods: Mapping[str, float] | None = None,
    correlation: tuple[float, int] | None = None,
    rolls: Mapping[str, dt.date] | None = None,
    liquidation_days: float | None = None,
    calendar: Calendar | None = None,
    trade: str | None = None,
) -> Observation:
    """Make an observation from a review, and whatever else was measured.

    Parameters
    ----------
    review
        The portfolio, measured and judged.
    name
        What the portfolio is called.
    at
        When this was observed.
    portfolio
        What is held; without it, expiries were not observed.
    methods
        Portfolio beta by other methods, besides the review's own.
    correlation
        Average correlation of pairs, and the number of returns behind it.
    rolls
        Day on which each contract is to be rolled.
    liquidation_days
        Trading days until the slowest position is sold.
    calendar
        When prices are to be expected.
    trade
        What a plan trades now, in words; None for nothing.

    Notes
    -----
    Sessions missed are those of the calendar after the oldest price in use whose prices are due; without a calendar
    weekdays (every day for prices dated on weekends) before the day of `at`, holidays included. The beta is not
    observed where a position has no price, because NAV itself is not known then; one whose bounds leave the verdict as
    it is does not keep it from being observed.
    """
    exposure, mandate = review.exposure, review.mandate
    is_measured = exposure.coverage.nav_known or (not exposure.coverage.unpriced and not review.verdict.deciding)
    today = at.astimezone(dt.UTC).date()
    sessions, oldest, why = _oldest(exposure.positions, at, calendar)
    own = (MethodBeta(method=review.betas.method, value=exposure.beta.value),)
    others = tuple(MethodBeta(method=m, value=b) for m, b in (methods or {}).items())
    dated = None if portfolio is None else expiries(portfolio, today)
    return Observation(
        at=at,
        portfolio=name,
        beta=exposure.beta.value if is_measured else None,
        stderr=exposure.beta.stderr if is_measured else None,
        memory=memory_of(review.exposure, review.betas),
        lower=mandate.lower,
        upper=mandate.upper,
        target=mandate.target,
        trigger=mandate.trigger,
        trade=trade,
        coverage=exposure.coverage.share,
        price_sessions=sessions,
        oldest=oldest,
        methods=(*own, *others) if others and is_measured else None,
        assets=asset_betas(review.exposure, review.betas),
        correlation=None if correlation is None else correlation[0],
        correlation_obs=None if correlation is None else correlation[1],
        expiries=dated,
        rolls=None
        if rolls is None
        else tuple(Dated(symbol=s, days=(d - today).days) for s, d in sorted(rolls.items())),
        liquidation_days=liquidation_days,
        why=why,
    )


def _oldest(
    positions: Sequence[PositionExposure], at: dt.datetime, calendar: Calendar | None
) -> tuple[int | None, str | None, str | None]:
    """Give the most sessions that a price in use has missed, whose price it is, and why that is not known."""
    most, oldest = None, None
    for p in positions:
        if p.price_date is None or p.is_money:
            continue
        missed, why = sessions_missed(p.price_date.astype("datetime64[D]"), at, calendar)
        if missed is None:
            return None, None, why
        if most is None or missed > most:
            most, oldest = missed, p.asset
    return most, oldest, None


def sessions_missed(day: np.datetime64, at: dt.datetime, calendar: Calendar | None) -> tuple[int | None, str | None]:
    """Count the sessions after a day that are over at a moment; where the calendar has ended, say so in their place.

    What has prices on a day that the calendar's week has none on (a coin) has them every day.
    """
    last, kept = dt.date.fromisoformat(str(day)), calendar or Calendar()
    try:
        own = kept if kept.is_session(last) or last.weekday() in kept.week else Calendar(week=EVERY_DAY)
        return own.missed(last, at), None
    except InputError as error:
        return None, f"{kept.name} is known up to {kept.last}, not on {error.found}"


def memory_of(exposure: Exposure, betas: Betas) -> dt.timedelta | None:
    """Give the length of the data behind the beta: that of its parts, by the size of their exposures."""
    total = weighted = 0.0
    for position in exposure.positions:
        for symbol, money in position.weights:
            if symbol not in betas:
                continue
            estimate = betas[symbol]
            if estimate.first is None or estimate.last is None or not estimate.stderr:
                continue
            # Weights that fade use less of the window than it is long.
            days = float((estimate.last - estimate.first) / np.timedelta64(1, "D"))
            weighted += abs(money) * days * estimate.n_eff / max(estimate.n_obs, 1)
            total += abs(money)
    return None if total == 0.0 else weighted / total * _DAY


def asset_betas(exposure: Exposure, betas: Betas) -> tuple[AssetBeta, ...]:
    """Give the betas of what is held, with their errors."""
    assets = dict.fromkeys(symbol for p in exposure.positions for symbol, _ in p.weights)
    estimates = (betas[symbol] for symbol in assets if symbol in betas)
    return tuple(
        AssetBeta(asset=e.asset, value=e.value, stderr=e.stderr)
        for e in estimates
        if e.value is not None and e.stderr  # the benchmark's own beta is 1 by definition, not measured
    )


def expiries(portfolio: Portfolio, today: dt.date) -> tuple[Dated, ...]:
    """Give the days until each future and option that is held expires."""
    dated = [(p.symbol, p.instrument.expiry) for p in portfolio.positions if p.quantity != 0]
    return tuple(Dated(symbol=s, days=(e - today).days) for s, e in dated if e is not None)
