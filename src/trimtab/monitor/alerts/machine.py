"""The alert state machine: pure, one step at a time, the same whether a process lives on or restarts between steps.

    quiet --trips--> pending --held long enough--> firing --calm--> clearing --calm long enough--> quiet
                        |                            ^                 |
                        +--not tripping--> quiet     +--not calm-------+

Beside the phase there are three things: whether somebody acknowledged it, until when it is snoozed, and whether
channels were told. Snoozing and quiet hours only hold words back: phases go on. When they end, whatever is still
firing is said, and whatever was said before and has cleared meanwhile is cleared; what came and went is not said.

A reading that was not observed moves nothing, and the time around it counts for nothing.
"""

import datetime as dt
from dataclasses import dataclass, replace
from enum import StrEnum

from trimtab.errors import InputError
from trimtab.monitor.alerts.observation import as_utc
from trimtab.monitor.alerts.quiet import Severity
from trimtab.monitor.alerts.readings import Reading, Signal
from trimtab.monitor.alerts.rules import Rule
from trimtab.monitor.alerts.state import AlertEvent, AlertState, EventKind, Owed, Phase

__all__ = ["Order", "Stepped", "Verb", "obey", "retire", "step"]

_NONE = dt.timedelta(0)

Stepped = tuple[AlertState, tuple[AlertEvent, ...]]


class Verb(StrEnum):
    """What somebody does to an alert by hand."""

    ACKNOWLEDGE = "acknowledge"  # takes an open alert on: it is neither repeated nor escalated any more
    SNOOZE = "snooze"  # nothing is said until a moment
    UNSNOOZE = "unsnooze"  # ends a snooze early; what it held back comes with the next step
    RESOLVE = "resolve"  # closes an open alert; if its condition still holds it fires again after the rule's duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One deed on an alert, by hand.

    Parameters
    ----------
    verb
        What is done.
    by, note
        Who does it, and why; None where nobody says.
    until
        Where a snooze ends.
    """

    verb: Verb
    by: str | None = None
    note: str | None = None
    until: dt.datetime | None = None


def step(
    state: AlertState, rule: Rule, reading: Reading | None, now: dt.datetime, *, subject: str = ""
) -> tuple[AlertState, tuple[AlertEvent, ...]]:
    """Take one step.

    Parameters
    ----------
    state, rule
        What is remembered, and the rule.
    reading
        What the rule read; None if nothing new was observed and only time has passed.
    now
        The moment. It may stand still or jump; if it goes back, no time is taken to have passed.
    subject
        The contract, for rules that watch each by itself.

    Returns
    -------
    The state after, and what happened, in order.

    Examples
    --------
    >>> from trimtab.monitor.alerts.rules import StatedRule, rule_of
    >>> rule = rule_of(StatedRule(name="beta out", kind="band", portfolio="growth", hold=dt.timedelta(minutes=5)))
    >>> out = Reading(signal=Signal.TRIP, value=0.97, words="beta is outside")
    >>> noon = dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC)
    >>> state, said = step(AlertState(), rule, out, noon)
    >>> state.status.value, said
    ('pending', ())
    >>> state, said = step(state, rule, out, noon + dt.timedelta(minutes=5))
    >>> state.status.value, [event.kind.value for event in said]
    ('firing', ['raised'])
    >>> step(state, rule, out, noon + dt.timedelta(days=5))[1]
    ()
    """
    now = as_utc(now)
    elapsed = _NONE if state.stepped_at is None else max(_NONE, now - state.stepped_at)
    was = state
    until = state.snoozed_until
    state = replace(
        state,
        stepped_at=now,
        since_said=state.since_said + elapsed,
        snoozed_until=None if until is None or now >= until else until,
    )
    if reading is not None:
        state = _take(state, rule, reading, now)
    kept_firing = was.phase is Phase.FIRING and state.phase is Phase.FIRING
    if kept_firing and not was.acknowledged and was.snoozed_until is None:
        state = replace(state, unanswered=state.unanswered + elapsed)
    return _speak(state, rule, now, subject)


def obey(state: AlertState, rule: Rule, order: Order, now: dt.datetime, *, subject: str = "") -> Stepped:
    """Do what somebody orders; nothing happens where it changes nothing.

    Raises
    ------
    InputError
        If a snooze is not to end ahead.

    Examples
    --------
    >>> from trimtab.monitor.alerts.rules import Kind
    >>> at, rule = (
    ...     dt.datetime(2024, 1, 2, tzinfo=dt.UTC),
    ...     Rule(portfolio="growth", name="band", kind=Kind.BAND, threshold=0.05, clear=0.04),
    ... )
    >>> obey(AlertState(), rule, Order(verb=Verb.RESOLVE), at)[1]
    ()
    """
    return _ACTS[order.verb](state, rule, order, as_utc(now), subject)


def _acknowledge(state: AlertState, rule: Rule, order: Order, now: dt.datetime, subject: str) -> Stepped:
    if not state.is_open or state.acknowledged:
        return state, ()
    state = replace(state, acknowledged=True, acknowledged_by=order.by)
    return state, (_ordered(EventKind.ACKNOWLEDGED, state, rule, order, now, subject),)


def _snooze(state: AlertState, rule: Rule, order: Order, now: dt.datetime, subject: str) -> Stepped:
    until = None if order.until is None else as_utc(order.until)
    if until is None or until <= now:
        raise InputError(
            expected="a moment ahead to snooze until",
            found="none" if until is None else f"{until.isoformat()}, and it is {now.isoformat()}",
            try_next="give a later one, or a length of time such as 2h",
        )
    state = replace(state, snoozed_until=until)
    words = f"until {until:%Y-%m-%d %H:%M} UTC"
    return state, (_ordered(EventKind.SNOOZED, state, rule, order, now, subject, words=words),)


def _unsnooze(state: AlertState, rule: Rule, order: Order, now: dt.datetime, subject: str) -> Stepped:
    if state.snoozed_until is None:
        return state, ()
    state = replace(state, snoozed_until=None)
    return state, (_ordered(EventKind.UNSNOOZED, state, rule, order, now, subject),)


def _resolve(state: AlertState, rule: Rule, order: Order, now: dt.datetime, subject: str) -> Stepped:
    if not state.is_open:
        return state, ()
    event = _ordered(EventKind.RESOLVED, state, rule, order, now, subject)
    words = "resolved by hand" if order.by is None else f"resolved by {order.by}"
    state, more_events = _speak(_close(state, rule, words, by=order.by), rule, now, subject)
    return state, (event, *more_events)


_ACTS = {
    Verb.ACKNOWLEDGE: _acknowledge, Verb.SNOOZE: _snooze, Verb.UNSNOOZE: _unsnooze, Verb.RESOLVE: _resolve,
}  # fmt: skip


def retire(state: AlertState, *, portfolio: str, name: str, now: dt.datetime, subject: str = "") -> Stepped:
    """Close the alert of a rule that is no more: whoever was told that it fired is told that it will not clear."""
    end_owed = (
        [Owed(trigger=state.trigger, severity=Severity.INFO, told=state.told, words="")] if state.announced else []
    )
    events = tuple(
        AlertEvent(
            kind=EventKind.CLEARED, portfolio=portfolio, rule=name, subject=subject, trigger=owed.trigger,
            severity=owed.severity, at=as_utc(now), words="the rule is no more; nothing watches this now",
            channels=owed.told,
        )
        for owed in [*([] if state.owed is None else [state.owed]), *end_owed]
    )  # fmt: skip
    return AlertState(fired=state.fired), events


def _take(state: AlertState, rule: Rule, reading: Reading, now: dt.datetime) -> AlertState:  # noqa: PLR0911 - one way out for each arrow
    """Let a reading move the phase."""
    same = state.reading is not None and state.reading.signal is reading.signal
    lasted = max(_NONE, now - state.read_at) if same and state.read_at is not None else _NONE
    state = replace(state, reading=reading, read_at=now)
    if reading.signal is Signal.UNKNOWN:
        return state
    trips, calm = reading.signal is Signal.TRIP, reading.signal is Signal.CALM
    match state.phase:
        case Phase.QUIET:
            return _fire_if_due(replace(state, phase=Phase.PENDING, held=_NONE), rule, now) if trips else state
        case Phase.PENDING:
            if not trips:
                return replace(state, phase=Phase.QUIET, held=_NONE)
            return _fire_if_due(replace(state, held=state.held + lasted), rule, now)
        case Phase.FIRING:
            return _close_if_due(replace(state, phase=Phase.CLEARING, held=_NONE), rule) if calm else state
        case Phase.CLEARING:
            if not calm:
                return replace(state, phase=Phase.FIRING, held=_NONE)
            return _close_if_due(replace(state, held=state.held + lasted), rule)


def _fire_if_due(state: AlertState, rule: Rule, now: dt.datetime) -> AlertState:
    if state.held < rule.hold:
        return state
    fired = state.fired + 1
    # The moment makes the name differ from those of an alert whose count began anew; the count, from those of a
    # clock that went back.
    return replace(
        state, phase=Phase.FIRING, held=_NONE, fired=fired, trigger=f"{now:%Y%m%dT%H%M%S.%fZ}-{fired}", opened_at=now
    )


def _close_if_due(state: AlertState, rule: Rule) -> AlertState:
    if state.held < rule.clear_hold:
        return state
    return _close(state, rule, "" if state.reading is None else state.reading.words)


def _close(state: AlertState, rule: Rule, words: str, *, by: str | None = None) -> AlertState:
    """End a trigger, and owe an all-clear to whoever was told of it."""
    owed = state.owed
    if state.announced:
        owed = Owed(trigger=state.trigger, severity=_severity(state, rule), told=state.told, words=words, by=by)
    return AlertState(
        fired=state.fired,
        snoozed_until=state.snoozed_until,
        owed=owed,
        read_at=state.read_at,
        stepped_at=state.stepped_at,
        reading=state.reading,
    )


def _speak(state: AlertState, rule: Rule, now: dt.datetime, subject: str) -> Stepped:
    """Say what is to be said: an all-clear owed, then the trigger, its escalation, or a reminder."""
    if state.snoozed_until is not None:
        return state, ()
    quiet = rule.quiet if rule.quiet is not None and rule.quiet.covers(now) else None
    # An alert is heard with what it is about to become: one that escalates past the quiet hours breaks them.
    due = _escalation_due(state, rule)
    level = rule.escalate_severity if due else _severity(state, rule)
    heard = quiet is None or level >= quiet.passes
    speaks = state.phase is Phase.FIRING and not state.acknowledged and heard
    events: list[AlertEvent] = []
    if state.owed is not None and (speaks or quiet is None or state.owed.severity >= quiet.passes):
        events.append(_all_clear(state.owed, state, rule, now, subject))
        state = replace(state, owed=None)
    if not speaks:
        return state, tuple(events)
    if not state.announced:
        events.append(_event(EventKind.RAISED, state, rule, now, subject, channels=rule.channels))
        state = replace(state, announced=True, told=rule.channels, since_said=_NONE)
    elif not due and rule.repeat is not None and state.since_said >= rule.repeat:
        state = replace(state, reminders=state.reminders + 1, since_said=_NONE)
        events.append(
            _event(EventKind.REMINDED, state, rule, now, subject, channels=state.told, number=state.reminders)
        )
    if due:
        channels = tuple(dict.fromkeys((*state.told, *rule.channels, *rule.escalate_channels)))
        state = replace(state, escalated=True, told=channels, since_said=_NONE)
        events.append(_event(EventKind.ESCALATED, state, rule, now, subject, channels=channels))
    return state, tuple(events)


def _escalation_due(state: AlertState, rule: Rule) -> bool:
    waiting = state.phase is Phase.FIRING and not state.acknowledged and not state.escalated
    return waiting and rule.escalate_after is not None and state.unanswered >= rule.escalate_after


def _severity(state: AlertState, rule: Rule) -> Severity:
    return rule.escalate_severity if state.escalated else rule.severity


def _all_clear(owed: Owed, state: AlertState, rule: Rule, now: dt.datetime, subject: str) -> AlertEvent:
    return AlertEvent(
        kind=EventKind.CLEARED, portfolio=rule.portfolio, rule=rule.name, subject=subject, trigger=owed.trigger,
        severity=owed.severity, at=now, value=None if state.reading is None else state.reading.value,
        words=owed.words, channels=owed.told, by=owed.by,
    )  # fmt: skip


def _ordered(
    kind: EventKind,
    state: AlertState,
    rule: Rule,
    order: Order,
    now: dt.datetime,
    subject: str,
    *,
    words: str | None = None,
) -> AlertEvent:
    return _event(kind, state, rule, now, subject, by=order.by, note=order.note, words=words)


def _event(
    kind: EventKind,
    state: AlertState,
    rule: Rule,
    now: dt.datetime,
    subject: str,
    *,
    channels: tuple[str, ...] = (),
    number: int = 1,
    by: str | None = None,
    note: str | None = None,
    words: str | None = None,
) -> AlertEvent:
    read = state.reading
    sentence = words
    if sentence is None:
        sentence = "" if read is None else read.words
    return AlertEvent(
        kind=kind, portfolio=rule.portfolio, rule=rule.name, subject=subject, trigger=state.trigger,
        severity=_severity(state, rule), at=now, number=number, value=None if read is None else read.value,
        words=sentence, channels=channels, by=by, note=note,
    )  # fmt: skip
