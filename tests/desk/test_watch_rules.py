"""Rules at work: whose rule a name means, a rehearsal that tells nobody, an alert in one line, news of a book."""

import datetime as dt

import pytest

from trimtab.desk.watch.rules import account_of_rule, rehearsed, title_of
from trimtab.errors import InputError, UnknownSymbolError
from trimtab.monitor.alerts.quiet import Severity
from trimtab.monitor.alerts.rules import StatedRule, rule_of
from trimtab.monitor.alerts.state import AlertEvent, EventKind

RULES = (
    rule_of(StatedRule(name="seen", kind="coverage", portfolio="growth")),
    rule_of(StatedRule(name="off", kind="coverage", portfolio="growth")),
    rule_of(StatedRule(name="off", kind="coverage", portfolio="income")),
)


def test_a_name_means_the_only_account_that_has_such_a_rule():
    """One account: that; several: the names are listed; none: the rules there are."""
    assert account_of_rule(RULES, "seen") == "growth"
    assert account_of_rule(RULES, "seen/AAPL") == "growth"
    with pytest.raises(InputError, match="growth, income"):
        account_of_rule(RULES, "off")
    with pytest.raises(UnknownSymbolError, match="seen, off"):
        account_of_rule(RULES, "of")


def test_a_rehearsal_has_its_own_name_and_tells_nobody():
    """The account's own alerts are untouched: another name, and no channel."""
    for rule in rehearsed(RULES, "rehearsal of growth"):
        assert rule.portfolio == "rehearsal of growth"
        assert (rule.channels, rule.escalate_channels) == ((), ())


def test_an_alert_in_one_line_names_rule_subject_and_what_happened():
    """Without a subject there is none."""
    at = dt.datetime(2024, 3, 5, tzinfo=dt.UTC)
    event = AlertEvent(
        kind=EventKind.RAISED, portfolio="growth", rule="seen", trigger="t", severity=Severity.INFO, at=at, words="low"
    )
    assert title_of(event) == "seen: raised. low"
