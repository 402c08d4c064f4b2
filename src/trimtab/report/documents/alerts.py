"""Alerts, their history, what was delivered, and what a channel is sent, as documents."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Literal

from trimtab.desk.books.journal import Entry
from trimtab.desk.watch.alerting import Evaluated
from trimtab.desk.watch.outbox import Delivered, Message, Outbox
from trimtab.monitor.alerts.book import AlertBook
from trimtab.monitor.alerts.rules import KINDS, Kind, Rule
from trimtab.monitor.alerts.state import AlertEvent, AlertState, EventJson, EventKind, Status

__all__ = [
    "AlertDocument", "AlertEventsDocument", "AlertHistoryDocument", "AlertsDocument", "DeliveryDocument",
    "alert_document", "alert_rows", "alerts_document", "delivered_document", "evaluated_document",
    "history_document",
]  # fmt: skip


class SeverityWord(StrEnum):
    """How much an alert matters."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertLine:
    """One alert rule, and where it stands.

    Parameters
    ----------
    portfolio, rule, subject, kind, meaning
        Whose, which, of what (a contract, or empty), and what it looks at.
    threshold, clear, fires
        Where it fires and clears, and on which side.
    for_seconds, clear_for_seconds
        How long the condition must last before it fires, and be gone before it clears.
    severity, channels
        How much it matters now, and where it is sent.
    status, since
        Where it stands, and since when it is open.
    acknowledged_by, snoozed_until
        What somebody did about it.
    read_at, observed, value, words
        What was read last, and whether it could be.
    """

    portfolio: str
    rule: str
    subject: str
    kind: Kind
    meaning: str
    threshold: float
    clear: float
    fires: Literal["at or above", "at or below"]
    for_seconds: float
    clear_for_seconds: float
    severity: SeverityWord
    channels: tuple[str, ...]
    status: Status
    since: str | None
    acknowledged_by: str | None
    snoozed_until: str | None
    read_at: str | None
    observed: bool
    value: float | None
    words: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered:
    """A message that was not delivered yet.

    Parameters
    ----------
    channel, title
        Where to, and what about.
    failures, error
        How often it failed, and what the last failure said.
    """

    channel: str
    title: str
    failures: int
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsDocument:
    """Every alert rule, where it stands, and what is not delivered.

    Parameters
    ----------
    alerts
        One for each rule and each thing it looks at.
    undelivered, given_up
        Messages under way, and how many were given up on.
    """

    SCHEMA: ClassVar = "trimtab.alerts/1"

    alerts: tuple[AlertLine, ...]
    undelivered: tuple[Undelivered, ...]
    given_up: int


def alerts_document(rules: Sequence[Rule], books: Sequence[AlertBook], outbox: Outbox) -> AlertsDocument:
    """Document of `trimtab alerts`: schema trimtab.alerts/1."""
    return AlertsDocument(
        alerts=tuple(_alert(rule, subject, state) for rule, subject, state in alert_rows(rules, books)),
        undelivered=tuple(
            Undelivered(channel=p.message.channel, title=p.message.title, failures=p.failures, error=p.error)
            for p in outbox.pending.values()
        ),
        given_up=len(outbox.dead),
    )


def _alert(rule: Rule, subject: str, state: AlertState) -> AlertLine:
    reading = state.reading
    return AlertLine(
        portfolio=rule.portfolio,
        rule=rule.name,
        subject=subject,
        kind=rule.kind,
        meaning=KINDS[rule.kind].meaning,
        threshold=rule.threshold,
        clear=rule.clear,
        fires="at or above" if rule.above else "at or below",
        for_seconds=rule.hold.total_seconds(),
        clear_for_seconds=rule.clear_hold.total_seconds(),
        severity=SeverityWord(str(rule.escalate_severity if state.escalated else rule.severity)),
        channels=rule.channels,
        status=state.status,
        since=_iso(state.opened_at),
        acknowledged_by=state.acknowledged_by,
        snoozed_until=_iso(state.snoozed_until),
        read_at=_iso(state.read_at),
        observed=reading is not None and not state.is_unobserved,
        value=None if reading is None else reading.value,
        words=None if reading is None else reading.words,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFigures:
    """Something that happened to an alert.

    Parameters
    ----------
    event
        What.
    portfolio, rule, subject
        Whose alert; subject is a contract, or empty.
    trigger, number
        Which time it fired (empty if it has not), and which of its kind within that.
    severity, at
        How much it matters, and when, UTC.
    value, words
        What was read.
    channels
        Who is told.
    by, note
        Who did it, and what they said.
    """

    event: EventKind
    portfolio: str
    rule: str
    subject: str
    trigger: str
    number: int
    severity: SeverityWord
    at: str
    value: float | None
    words: str
    channels: tuple[str, ...]
    by: str | None
    note: str | None


def _event(event: AlertEvent) -> EventFigures:
    return EventFigures(
        event=event.kind,
        portfolio=event.portfolio,
        rule=event.rule,
        subject=event.subject,
        trigger=event.trigger,
        number=event.number,
        severity=SeverityWord(str(event.severity)),
        at=event.at.isoformat(),
        value=event.value,
        words=event.words,
        channels=event.channels,
        by=event.by,
        note=event.note,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptEvent:
    """An event as the journal keeps it.

    Parameters
    ----------
    seq, recorded
        Its number, and when it was written down.
    at, event
        When it happened, UTC, and what; undelivered: a message was given up on.
    portfolio, rule, subject
        Whose alert; subject is a contract, or empty.
    trigger, number
        Which time it fired (empty if it has not), and which of its kind within that.
    severity, channels
        How much it mattered, and who was told.
    value, words
        What was read.
    by, note
        Who did it, and what they said.
    """

    seq: int
    recorded: str
    at: str
    by: str | None
    channels: tuple[str, ...]
    event: EventKind | Literal["undelivered"]
    note: str | None
    number: int
    portfolio: str
    rule: str
    severity: SeverityWord
    subject: str
    trigger: str
    value: float | None
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertHistoryDocument:
    """What happened to alerts.

    Parameters
    ----------
    events
        Newest first.
    """

    SCHEMA: ClassVar = "trimtab.alert-history/1"

    events: tuple[KeptEvent, ...]


def history_document(entries: Sequence[Entry]) -> AlertHistoryDocument:
    """Document of `trimtab alerts history`: schema trimtab.alert-history/1."""
    return AlertHistoryDocument(events=tuple(_kept(e) for e in entries))


def _kept(entry: Entry) -> KeptEvent:
    b = entry.read_as(EventJson)
    return KeptEvent(
        seq=entry.seq,
        recorded=entry.recorded,
        at=b["at"],
        by=b["by"],
        channels=tuple(b["channels"]),
        event="undelivered" if b["event"] == "undelivered" else EventKind(b["event"]),
        note=b["note"],
        number=b["number"],
        portfolio=b["portfolio"],
        rule=b["rule"],
        severity=SeverityWord(b["severity"]),
        subject=b["subject"],
        trigger=b["trigger"],
        value=b["value"],
        words=b["words"],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertEventsDocument:
    """What a step or a command did to alerts.

    Parameters
    ----------
    portfolios
        Whose alerts were looked at.
    events
        What happened.
    """

    SCHEMA: ClassVar = "trimtab.alert-events/1"

    portfolios: tuple[str, ...]
    events: tuple[EventFigures, ...]


def evaluated_document(steps: Sequence[Evaluated]) -> AlertEventsDocument:
    """Document of the commands that change alerts: schema trimtab.alert-events/1."""
    return AlertEventsDocument(
        portfolios=tuple(step.book.portfolio for step in steps),
        events=tuple(_event(event) for step in steps for event in step.events),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptFigures:
    """One attempt to deliver a message.

    Parameters
    ----------
    channel, title
        Where to, and what about.
    outcome, error
        sent, failed or dead; and why.
    """

    channel: str
    title: str
    outcome: str
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryDocument:
    """What one pass over the outbox did.

    Parameters
    ----------
    attempts
        In order.
    waiting, given_up
        Messages left, and messages given up on.
    """

    SCHEMA: ClassVar = "trimtab.delivery/1"

    attempts: tuple[AttemptFigures, ...]
    waiting: int
    given_up: int


def delivered_document(done: Delivered) -> DeliveryDocument:
    """Document of `trimtab alerts deliver`: schema trimtab.delivery/1."""
    return DeliveryDocument(
        attempts=tuple(
            AttemptFigures(channel=a.message.channel, title=a.message.title, outcome=a.outcome, error=a.error)
            for a in done.attempts
        ),
        waiting=len(done.outbox.pending),
        given_up=len(done.outbox.dead),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertDocument:
    """What a channel is sent.

    Parameters
    ----------
    key
        Same for the same message: a receiver can tell that it came twice.
    channel, portfolio, rule, subject, trigger, event
        By which channel, and what it is about.
    title, text, value
        What to say, and the number behind it.
    severity, at
        How much it matters, and when it happened, UTC.
    """

    SCHEMA: ClassVar = "trimtab.alert/1"

    key: str
    channel: str
    portfolio: str
    rule: str
    subject: str
    trigger: str
    event: str
    title: str
    text: str
    value: float | None
    severity: SeverityWord
    at: str


def alert_document(message: Message) -> AlertDocument:
    """Document that a web address is sent: schema trimtab.alert/1."""
    return AlertDocument(
        key=message.key,
        channel=message.channel,
        portfolio=message.portfolio,
        rule=message.rule,
        subject=message.subject,
        trigger=message.trigger,
        event=message.event,
        title=message.title,
        text=message.text,
        value=message.value,
        severity=SeverityWord(str(message.severity)),
        at=message.at.isoformat(),
    )


def alert_rows(rules: Sequence[Rule], books: Sequence[AlertBook]) -> list[tuple[Rule, str, AlertState]]:
    """List every rule with each thing it looks at and where that stands."""
    states = {book.portfolio: book.states for book in books}
    rows = []
    for rule in rules:
        own = states.get(rule.portfolio, {})
        rows.append((rule, "", own.get(rule.name, AlertState())))
        start = f"{rule.name}/"
        rows += [(rule, key.removeprefix(start), state) for key, state in own.items() if key.startswith(start)]
    return rows


def _iso(moment: dt.datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
