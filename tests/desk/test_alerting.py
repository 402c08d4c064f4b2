"""State, events and messages are written in one piece: a crash loses nothing and repeats nothing."""

import datetime as dt

import numpy as np
import pytest
from given import given_betas, given_market, planted

import trimtab as tt
from trimtab.desk.ask.review import Setting, review
from trimtab.desk.watch.alerting import evaluate, observe, order_alert, read_book
from trimtab.market.benchmark import Benchmark
from trimtab.market.facts import facts_at
from trimtab.model.mandate import Mandate
from trimtab.model.notation import parse_portfolio
from trimtab.monitor.alerts.machine import Order, Verb
from trimtab.monitor.alerts.observation import Observation
from trimtab.monitor.alerts.rules import StatedRule, rule_of
from trimtab.store.memory import MemoryJournal

AT = dt.datetime(2026, 1, 5, 21, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
RULES = (rule_of(StatedRule(name="seen", kind="coverage", portfolio="growth", hold=5 * MINUTE, channels=("desk",))),)


def low(at):
    return Observation(at=at, portfolio="growth", coverage=0.5)


class Crash(Exception):  # noqa: N818 - not an error of the program
    """The machine stops here."""


class Fragile(MemoryJournal):
    """A journal whose machine stops before or after a given append."""

    def __init__(self, *, at, after):
        super().__init__()
        self.left, self.after = at, after

    def append(self, facts):  # noqa: D102 - the journal says it
        self.left -= 1
        if self.left == 0 and not self.after:
            raise Crash
        written = super().append(facts)
        if self.left == 0:
            raise Crash
        return written


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(1, 5))
def test_a_crash_at_any_append_loses_nothing_and_repeats_nothing(at, after):
    """Whichever write the machine stops before or after, the same alert is raised once, with one message."""
    journal = Fragile(at=at, after=after)
    for minute in range(12):
        now = AT + minute * MINUTE
        seen = low(now) if minute < 8 else Observation(at=now, portfolio="growth", coverage=1.0)
        try:
            evaluate(journal, RULES, seen, now)
        except Crash:
            evaluate(journal, RULES, seen, now)
    assert [e.body["event"] for e in journal.entries("alert")] == ["raised", "cleared"]
    keys = [e.body["key"] for e in journal.entries("message")]
    assert len(keys) == len(set(keys)) == 2


def test_a_step_in_which_only_time_passed_is_not_written():
    """The journal does not grow while nothing happens, and the duration still adds up."""
    journal = MemoryJournal()
    written = [evaluate(journal, RULES, low(AT + m * MINUTE), AT + m * MINUTE).written for m in range(8)]
    assert written == [True, False, False, False, False, True, False, False]


def test_commands_are_written_down_with_who_and_why():
    """Acknowledge, snooze and resolve change the state that the next step starts from."""
    journal, rules = (
        MemoryJournal(),
        (rule_of(StatedRule(name="seen", kind="coverage", portfolio="growth", channels=("desk",))),),
    )
    evaluate(journal, rules, low(AT), AT)
    order_alert(journal, rules, "growth", "seen", Order(verb=Verb.ACKNOWLEDGE, by="the desk", note="on it"), AT)
    assert read_book(journal, "growth").states["seen"].status.value == "acknowledged"
    again = order_alert(journal, rules, "growth", "seen", Order(verb=Verb.ACKNOWLEDGE), AT)
    assert (again.events, again.written) == ((), False)
    order_alert(journal, rules, "growth", "seen", Order(verb=Verb.SNOOZE, until=AT + 60 * MINUTE), AT)
    order_alert(journal, rules, "growth", "seen", Order(verb=Verb.UNSNOOZE), AT)
    order_alert(journal, rules, "growth", "seen", Order(verb=Verb.RESOLVE, by="the desk"), AT)
    entries = journal.entries("alert")
    kinds = [e.body["event"] for e in entries]
    assert kinds == ["raised", "acknowledged", "snoozed", "unsnoozed", "resolved", "cleared"]
    assert (entries[1].body["by"], entries[1].body["note"]) == ("the desk", "on it")
    assert [e.body["event"] for e in journal.entries("message")] == ["raised", "cleared"]


def test_the_book_can_be_read_as_it_was_known():
    """What was open before it was resolved is still there to be asked for."""
    journal, rules = MemoryJournal(), (rule_of(StatedRule(name="seen", kind="coverage", portfolio="growth")),)
    evaluate(journal, rules, low(AT), AT)
    then = journal.head().seq
    order_alert(journal, rules, "growth", "seen", Order(verb=Verb.RESOLVE), AT)
    assert read_book(journal, "growth", known=then).states["seen"].is_open
    assert not read_book(journal, "growth").states["seen"].is_open


def reviewed(text, betas, prices):
    market = given_market({"M": 100.0, **prices})
    held = parse_portfolio(text, base="USD")
    setting = Setting(
        portfolio=held, market=market, betas=given_betas("M", betas), facts=facts_at(market, "M"),
        benchmark=Benchmark(symbol="M", currency="USD", returns="unknown", calendar="daily", periods_per_year=252.0),
        converted=given_market({"M": 100.0}).prices,
        risk_free=None, failures=(), notes=(),
    )  # fmt: skip
    return review(held, Mandate(benchmark="M", target=1.0, band=0.05), setting), held


def test_an_observation_says_what_the_review_says():
    """Beta, error, band and coverage are the review's own; the age of prices is counted in sessions."""
    made, held = reviewed("10 A, 10 B", {"A": (1.2, 0.1), "B": (0.8, 0.2)}, {"A": 10.0, "B": 10.0})
    # Prices are of Friday, 1 March 2024; on Tuesday evening Monday's session was missed, and Tuesday's is not over.
    seen = observe(made, name="growth", at=dt.datetime(2024, 3, 5, 20, tzinfo=dt.UTC), portfolio=held)
    assert (seen.beta, seen.stderr) == (made.exposure.beta.value, made.exposure.beta.stderr)
    assert (seen.lower, seen.upper, seen.coverage) == (0.95, 1.05, 1.0)
    assert seen.probability_outside == pytest.approx(1.0 - made.verdict.probability_inside)
    assert seen.price_sessions == 1
    assert [a.asset for a in seen.assets] == ["A", "B"]
    assert seen.expiries == ()
    assert seen.methods is None


def test_a_beta_of_unknown_nav_is_not_observed():
    """A position without a price could be any size, so the rules on beta are silent, and that on coverage is not."""
    made, held = reviewed("10 A, 10 B, 5 M", {"A": (1.2, 0.1)}, {"A": 10.0})
    seen = observe(made, name="growth", at=AT, portfolio=held, methods={"ols": 1.1})
    assert (seen.beta, seen.stderr, seen.methods) == (None, None, None)
    assert seen.coverage < 1.0


def test_the_length_of_data_behind_a_beta_is_that_of_its_estimates():
    """A book that holds one asset remembers as long as that asset's estimate."""
    made = tt.review(
        planted({"A": 1.1}), "10 A", tt.Mandate(benchmark="M", target=1.0, band=0.05), method="ols", window=252
    )
    seen = observe(made, name="growth", at=AT)
    estimate = made.betas["A"]
    days = (estimate.last - estimate.first) / np.timedelta64(1, "D")
    assert seen.memory / dt.timedelta(days=1) == pytest.approx(float(days), rel=0.01)
