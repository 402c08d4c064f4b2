"""The state machine of alerts, against a reference that works everything out anew, and by its laws."""

# ruff: noqa: D102, S311 - a machine of hypothesis; random steps need no cryptography
import datetime as dt
import json
import random

import pytest
from alert_reference import History
from effort import effort
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from trimtab.errors import InputError
from trimtab.monitor.alerts.machine import Order, Verb, obey, retire, step
from trimtab.monitor.alerts.quiet import QuietHours, Severity
from trimtab.monitor.alerts.readings import Reading, Signal
from trimtab.monitor.alerts.rules import StatedRule, rule_of
from trimtab.monitor.alerts.state import AlertState, EventKind, Phase

START = dt.datetime(2026, 3, 28, 12, tzinfo=dt.UTC)  # the night after, clocks go forward in Zurich
MINUTE = dt.timedelta(minutes=1)
NIGHT = QuietHours(start=dt.time(22), end=dt.time(7), zone="Europe/Zurich")
TELLING = {EventKind.RAISED, EventKind.ESCALATED, EventKind.REMINDED, EventKind.CLEARED}


def a_rule(**given):
    return rule_of(StatedRule(name="out", kind="band", portfolio="growth", **{"channels": ("desk",), **given}))


def reading(signal):
    return Reading(signal=Signal(signal), value=0.5, words=str(signal))


def apply(state, rule_, item):
    """Do one item of a history."""
    what, now = item[:2]
    if what == "read":
        return step(state, rule_, reading(item[2]), now)
    if what == "tick":
        return step(state, rule_, None, now)
    if what == "snooze":
        return by_hand(state, rule_, "snooze", now, until=item[2])
    return by_hand(state, rule_, {"ack": "acknowledge"}.get(what, what), now)


def by_hand(state, rule_, verb, now, **more):
    return obey(state, rule_, Order(verb=Verb(verb), **more), now)


def restarted(state):
    """Write the state down as text, and read it back."""
    back = AlertState.from_json(json.loads(json.dumps(state.to_json(), allow_nan=False)))
    assert back == state
    return back


def random_rule(rng):
    def minutes(*choices):
        chosen = rng.choice(choices)
        return None if chosen is None else chosen * MINUTE

    return a_rule(
        hold=minutes(0, 0, 5, 30),
        clear_hold=minutes(0, 0, 5, 30),
        repeat=minutes(None, 20, 120),
        escalate_after=minutes(None, 10, 60, 600),
        severity=rng.choice(["info", "warning", "critical"]),
        escalate_severity=rng.choice(["warning", "critical"]),
        quiet=rng.choice(
            [None, NIGHT, QuietHours(start=dt.time(9), end=dt.time(17), zone="UTC", passes=Severity.WARNING)]
        ),
    )


def random_history(rng, length):
    now, items, signal = START, [], "calm"
    for _ in range(length):
        now += rng.choice([0, 1, 1, 3, 7, 7, 20, 60, 60, 300, 1500, 5000, -1, -90]) * MINUTE
        kind = rng.choices(["read", "tick", "ack", "snooze", "unsnooze", "resolve"], [70, 12, 5, 5, 3, 3])[0]
        if kind == "read":
            signal = signal if rng.random() < 0.6 else rng.choice(["trip", "trip", "between", "calm", "unknown"])
            items.append(("read", now, signal))
        elif kind == "snooze":
            items.append(("snooze", now, now + rng.choice([5, 60, 600, 3000]) * MINUTE))
        else:
            items.append((kind, now))
    return items


@pytest.mark.slow
def test_the_machine_says_what_the_reference_says_over_random_steps_with_restarts():
    """Events, their triggers and the status agree with sums over the whole history: 100,000 steps in `make long`."""
    rng = random.Random(20260328)
    counted: dict[str, int] = {}
    steps, most = 0, effort(30_000, 100_000)
    while steps < most:
        rule_, items = random_rule(rng), random_history(rng, rng.randint(5, 45))
        state, got = AlertState(), []
        for place, item in enumerate(items):
            if rng.random() < 0.2:
                state = restarted(state)
            state, events = apply(state, rule_, item)
            got.append([(e.kind.value, int(e.trigger.rpartition("-")[2] or 0)) for e in events])
            if rng.random() < 0.02:
                assert state.status.value == History(rule_, items[: place + 1]).status()
        reference = History(rule_, items)
        assert got == reference.said(), (rule_, items)
        assert state.status.value == reference.status(), (rule_, items)
        steps += len(items)
        for kind, _ in (event for events in got for event in events):
            counted[kind] = counted.get(kind, 0) + 1
    # The histories reach every event often enough to mean something.
    assert min(counted[kind.value] for kind in EventKind) > most // 333, counted


class Alerts(RuleBasedStateMachine):
    """Any order of readings, times, commands and restarts keeps the laws."""

    def __init__(self):
        super().__init__()
        self.now, self.state, self.open, self.seen = START, AlertState(), None, set()
        self.tripping = self.raised_at = None

    @initialize(seed=st.integers(0, 10_000))
    def choose(self, seed):
        self.rule = random_rule(random.Random(seed))

    def take(self, outcome):
        self.state, events = outcome
        for event in events:
            if event.kind is EventKind.RAISED:
                assert event.trigger not in self.seen, "one raise per trigger"
                self.seen.add(event.trigger)
                self.open = event.trigger
            if event.kind in {EventKind.ESCALATED, EventKind.REMINDED}:
                assert event.trigger == self.open
                assert not self.state.acknowledged
            if event.kind is EventKind.CLEARED:
                assert event.trigger in self.seen, "no clear without a raise"
                assert event.trigger == self.open, "one clear per raise"
                self.open = None
            if event.kind in TELLING:
                assert self.state.snoozed_until is None, "snoozed says nothing"
                assert event.channels

    @rule(signal=st.sampled_from(["trip", "trip", "between", "calm", "unknown"]), minutes=st.integers(-5, 90))
    def read(self, signal, minutes):
        fired = self.state.fired
        self.now += minutes * MINUTE
        # The longest that the condition can have held, by the clock, since it was last seen not to.
        if signal in {"between", "calm"}:
            self.tripping = None
        elif signal == "trip":
            self.tripping = ZERO if self.tripping is None else self.tripping + max(0, minutes) * MINUTE
        elif self.tripping is not None:
            self.tripping += max(0, minutes) * MINUTE
        self.take(step(self.state, self.rule, reading(signal), self.now))
        if self.state.fired > fired:
            assert signal == "trip", "fires on nothing but a trip"
            assert self.tripping >= self.rule.hold, "never in less than its duration"

    @rule(minutes=st.integers(-5, 3000))
    def wait(self, minutes):
        self.now += minutes * MINUTE
        if self.tripping is not None:
            self.tripping += max(0, minutes) * MINUTE
        self.take(step(self.state, self.rule, None, self.now))

    @rule()
    def answer(self):
        self.take(by_hand(self.state, self.rule, "acknowledge", self.now))

    @rule(minutes=st.integers(1, 600))
    def sleep(self, minutes):
        self.take(by_hand(self.state, self.rule, "snooze", self.now, until=self.now + minutes * MINUTE))

    @rule()
    def wake(self):
        self.take(by_hand(self.state, self.rule, "unsnooze", self.now))

    @rule()
    def close(self):
        self.take(by_hand(self.state, self.rule, "resolve", self.now))

    @rule()
    def restart(self):
        self.state = restarted(self.state)

    @invariant()
    def whole(self):
        assert (self.state.trigger != "") == self.state.is_open
        assert self.state.held >= ZERO


ZERO = dt.timedelta(0)
TestAlerts = Alerts.TestCase
TestAlerts.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


def run(rule_, *items):
    """Run a history of (minutes since the start, what, ...), and list (minutes, event)."""
    state, said = AlertState(), []
    for minutes, what, *rest in items:
        now = START + minutes * MINUTE
        if what in {"trip", "between", "calm", "unknown"}:
            item = ("read", now, what)
        elif what == "snooze":
            item = ("snooze", now, START + rest[0] * MINUTE)
        else:
            item = (what, now)
        state, events = apply(state, rule_, item)
        said += [(minutes, event.kind.value) for event in events]
    return state, said


def test_a_short_excursion_is_no_news():
    """What passes before the duration is over is never said."""
    _, said = run(a_rule(hold=10 * MINUTE), (0, "trip"), (9, "trip"), (10, "between"), (11, "trip"), (15, "calm"))
    assert said == []


def test_it_fires_once_and_clears_once():
    """A value that stays beyond its threshold, or wavers between the thresholds, is said once."""
    _, said = run(a_rule(hold=10 * MINUTE), (0, "trip"), (10, "trip"), (20, "between"), (30, "trip"), (40, "calm"))
    assert said == [(10, "raised"), (40, "cleared")]


def test_time_that_was_not_observed_does_not_count():
    """A gap in the data neither fires nor clears, and does not count towards a duration."""
    _, said = run(
        a_rule(hold=10 * MINUTE), (0, "trip"), (5, "trip"), (6, "unknown"), (60, "trip"), (64, "trip"), (65, "trip")
    )
    assert said == [(65, "raised")]
    state, said = run(a_rule(), (0, "trip"), (1, "unknown"), (99, "unknown"))
    assert (said, state.status, state.is_unobserved) == ([(0, "raised")], "firing", True)


def test_what_a_snooze_held_back_is_said_at_its_end_unless_it_cleared():
    """Firing through the end of a snooze is said then; what came and went is not."""
    _, said = run(a_rule(), (0, "snooze", 60), (10, "trip"), (59, "trip"), (60, "tick"))
    assert said == [(0, "snoozed"), (60, "raised")]
    _, said = run(a_rule(), (0, "snooze", 60), (10, "trip"), (50, "calm"), (60, "tick"))
    assert said == [(0, "snoozed")]


def test_an_all_clear_held_back_is_said_before_the_next_alarm():
    """Channels hear that the first alert cleared before they hear of the second."""
    _, said = run(a_rule(), (0, "trip"), (1, "snooze", 60), (10, "calm"), (20, "trip"), (61, "trip"))
    assert said == [(0, "raised"), (1, "snoozed"), (61, "cleared"), (61, "raised")]


def test_quiet_hours_hold_back_until_their_end():
    """Raised at eleven at night in Zurich, it is said at seven, the clocks having gone forward."""
    eleven, seven = 10 * 60, 17 * 60
    _, said = run(a_rule(quiet=NIGHT), (eleven, "trip"), (seven - 1, "trip"), (seven, "trip"))
    assert said == [(seven, "raised")]
    _, said = run(a_rule(quiet=NIGHT, severity="critical"), (eleven, "trip"))
    assert said == [(eleven, "raised")]


def test_an_escalation_to_critical_breaks_quiet_hours():
    """What nobody answers becomes critical, and is then said at night."""
    night = a_rule(quiet=NIGHT, escalate_after=60 * MINUTE)
    _, said = run(night, (600, "trip"), (659, "trip"), (660, "trip"))
    assert said == [(660, "raised"), (660, "escalated")]


def test_an_acknowledged_alert_neither_repeats_nor_escalates_and_still_clears():
    """Whoever took it on is left alone until it is over."""
    rule_ = a_rule(repeat=30 * MINUTE, escalate_after=60 * MINUTE)
    _, said = run(rule_, (0, "trip"), (30, "trip"), (31, "ack"), (500, "trip"), (501, "calm"))
    assert said == [(0, "raised"), (30, "reminded"), (31, "acknowledged"), (501, "cleared")]


def test_a_restart_after_days_repeats_nothing():
    """Days later the same alert is still the same alert."""
    rule_ = a_rule(hold=10 * MINUTE)
    state, _ = run(rule_, (0, "trip"), (10, "trip"))
    state, events = step(restarted(state), rule_, reading("trip"), START + 5000 * MINUTE)
    assert events == ()


def test_a_state_that_only_grew_older_need_not_be_kept():
    """From the state before some uneventful steps, the next step says the same as from the state after them."""
    rule_ = a_rule(hold=30 * MINUTE, escalate_after=60 * MINUTE)
    kept, _ = run(rule_, (0, "trip"))
    later, _ = run(rule_, (0, "trip"), (10, "trip"), (20, "trip"))
    assert not later.is_news_after(kept)
    assert step(kept, rule_, reading("trip"), START + 30 * MINUTE) == step(
        later, rule_, reading("trip"), START + 30 * MINUTE
    )


@given(st.lists(st.sampled_from(["trip", "between", "calm", "unknown"]), max_size=30), st.integers(0, 29))
def test_splitting_a_run_by_a_restart_changes_nothing(signals, place):
    """The same readings give the same events whether or not the process restarted among them."""
    rule_ = a_rule(hold=3 * MINUTE, clear_hold=2 * MINUTE, repeat=5 * MINUTE)

    def go(cut):
        state, said = AlertState(), []
        for i, signal in enumerate(signals):
            if i == cut:
                state = restarted(state)
            state, events = step(state, rule_, reading(signal), START + i * MINUTE)
            said += events
        return state, said

    assert go(None) == go(place)


def test_the_clear_goes_to_everyone_who_was_told():
    """Channels added by an escalation hear the end too."""
    rule_ = a_rule(escalate_after=10 * MINUTE, escalate_channels=("phone",))
    state, _ = run(rule_, (0, "trip"), (10, "trip"))
    _, (event,) = step(state, rule_, reading("calm"), START + 20 * MINUTE)
    assert (event.kind.value, event.channels, str(event.severity)) == ("cleared", ("desk", "phone"), "critical")


def test_a_rule_that_is_no_more_says_so_to_those_it_told():
    """An alert whose rule was deleted does not stay open in anybody's mind."""
    state, _ = run(a_rule(), (0, "trip"))
    state, (event,) = retire(state, portfolio="growth", name="out", now=START + MINUTE)
    assert (event.kind, event.channels, state.phase) == (EventKind.CLEARED, ("desk",), Phase.QUIET)


def test_a_snooze_into_the_past_is_refused():
    """A moment that is over snoozes nothing."""
    with pytest.raises(InputError, match="a moment ahead"):
        by_hand(AlertState(), a_rule(), "snooze", START, until=START)
