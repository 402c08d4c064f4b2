"""What is remembered of an alert between two steps, and the events it gives; both written as JSON and read back.

Lengths of time are kept as sums of what passed between steps, not as moments: a clock that was wrong for an hour
then leaves no alert that waits for it forever.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import TypedDict

from trimtab.monitor.alerts.quiet import Severity, severity_of
from trimtab.monitor.alerts.readings import Reading, Signal

__all__ = ["AlertEvent", "AlertState", "EventJson", "EventKind", "Owed", "Phase", "StateJson", "Status"]

_MICROSECOND = dt.timedelta(microseconds=1)
_NONE = dt.timedelta(0)


class EventJson(TypedDict):
    """An event as it is kept; see `AlertEvent`."""

    event: str
    portfolio: str
    rule: str
    subject: str
    trigger: str
    number: int
    severity: str
    at: str
    value: float | None
    words: str
    channels: list[str]
    by: str | None
    note: str | None


class OwedJson(TypedDict):
    """An all-clear held back, as it is kept; see `Owed`."""

    trigger: str
    severity: str
    told: list[str]
    words: str
    by: str | None


class ReadingJson(TypedDict):
    """What was last read, as it is kept."""

    signal: str
    value: float | None
    words: str


class StateJson(TypedDict):
    """What is remembered of an alert, as it is kept: moments as text, lengths of time in microseconds."""

    phase: str
    held: int
    fired: int
    trigger: str
    opened_at: str | None
    announced: bool
    told: list[str]
    acknowledged: bool
    acknowledged_by: str | None
    snoozed_until: str | None
    unanswered: int
    escalated: bool
    since_said: int
    reminders: int
    owed: OwedJson | None
    read_at: str | None
    stepped_at: str | None
    reading: ReadingJson | None


class Phase(StrEnum):
    """Where the condition stands."""

    QUIET = "quiet"  # nothing
    PENDING = "pending"  # holds, not yet for long enough
    FIRING = "firing"  # held for long enough
    CLEARING = "clearing"  # gone, not yet for long enough


class Status(StrEnum):
    """What is shown of an alert: where its condition stands, and what somebody did about it."""

    QUIET = "quiet"
    PENDING = "pending"
    FIRING = "firing"
    CLEARING = "clearing"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"


class EventKind(StrEnum):
    """What happened to an alert. The first four are sent to channels; the others are kept in the journal."""

    RAISED = "raised"
    ESCALATED = "escalated"
    REMINDED = "reminded"
    CLEARED = "cleared"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    UNSNOOZED = "unsnoozed"
    RESOLVED = "resolved"

    @property
    def is_sent(self) -> bool:
        """Whether channels are told."""
        return self in _SENT


_SENT = frozenset({EventKind.RAISED, EventKind.ESCALATED, EventKind.REMINDED, EventKind.CLEARED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """An all-clear that was held back: of which trigger, and to whom."""

    trigger: str
    severity: Severity
    told: tuple[str, ...]
    words: str
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertEvent:
    """Something happened to an alert.

    Parameters
    ----------
    kind
        What.
    portfolio, rule, subject
        Whose alert; subject is a contract, or empty.
    trigger
        Which time it fired; empty if it has not.
    number
        1, 2, ... of its kind within the trigger: only reminders pass 1.
    severity
        How much it matters now.
    at
        When, UTC.
    value, words
        What was read.
    channels
        Who is to be told.
    by, note
        Who did it, and what they said.
    """

    kind: EventKind
    portfolio: str
    rule: str
    trigger: str
    severity: Severity
    at: dt.datetime
    subject: str = ""
    number: int = 1
    value: float | None = None
    words: str = ""
    channels: tuple[str, ...] = ()
    by: str | None = None
    note: str | None = None

    def to_json(self) -> EventJson:
        """Write it as JSON values."""
        return {
            "event": self.kind.value,
            "portfolio": self.portfolio,
            "rule": self.rule,
            "subject": self.subject,
            "trigger": self.trigger,
            "number": self.number,
            "severity": str(self.severity),
            "at": self.at.isoformat(),
            "value": self.value,
            "words": self.words,
            "channels": list(self.channels),
            "by": self.by,
            "note": self.note,
        }

    @classmethod
    def from_json(cls, body: EventJson) -> "AlertEvent":
        """Read what `to_json` wrote."""
        return cls(
            kind=EventKind(body["event"]),
            portfolio=body["portfolio"],
            rule=body["rule"],
            subject=body["subject"],
            trigger=body["trigger"],
            number=body["number"],
            severity=severity_of(body["severity"]),
            at=dt.datetime.fromisoformat(body["at"]),
            value=body["value"],
            words=body["words"],
            channels=tuple(body["channels"]),
            by=body["by"],
            note=body["note"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertState:
    """What is remembered of one alert.

    Parameters
    ----------
    phase
        Where its condition stands.
    held
        How long the condition has held (pending), or been gone (clearing): the sum of times between two readings in
        a row that both say so.
    fired
        How often it has fired.
    trigger
        Name of the present trigger; empty if there is none.
    opened_at
        When it fired.
    announced
        Whether channels were told that it fired.
    told
        The channels that were.
    acknowledged
        Whether somebody has taken it on; ends with the trigger.
    acknowledged_by
        Who.
    snoozed_until
        Until when nothing is said; None if it is not snoozed.
    unanswered
        How long it has fired without being acknowledged or snoozed.
    escalated
        Whether it was escalated.
    since_said
        How long ago channels were last told.
    reminders
        How many were sent for this trigger.
    owed
        An all-clear held back.
    read_at, stepped_at
        When it was last read, and last looked at.
    reading
        What was last read.

    Examples
    --------
    >>> state = AlertState(phase=Phase.PENDING, held=dt.timedelta(minutes=3))
    >>> AlertState.from_json(state.to_json()) == state
    True
    """

    phase: Phase = Phase.QUIET
    held: dt.timedelta = _NONE
    fired: int = 0
    trigger: str = ""
    opened_at: dt.datetime | None = None
    announced: bool = False
    told: tuple[str, ...] = ()
    acknowledged: bool = False
    acknowledged_by: str | None = None
    snoozed_until: dt.datetime | None = None
    unanswered: dt.timedelta = _NONE
    escalated: bool = False
    since_said: dt.timedelta = _NONE
    reminders: int = 0
    owed: Owed | None = None
    read_at: dt.datetime | None = None
    stepped_at: dt.datetime | None = None
    reading: Reading | None = None

    @property
    def is_open(self) -> bool:
        """Whether it has fired and not cleared."""
        return self.phase in {Phase.FIRING, Phase.CLEARING}

    @property
    def status(self) -> Status:
        """What to show of it."""
        if self.snoozed_until is not None:
            return Status.SNOOZED
        if self.acknowledged:
            return Status.ACKNOWLEDGED
        return Status(self.phase.value)

    @property
    def is_unobserved(self) -> bool:
        """Whether the last reading had nothing to go by."""
        return self.reading is not None and self.reading.signal is Signal.UNKNOWN

    def is_news_after(self, before: "AlertState") -> bool:
        """Tell whether anything but the passing of time, and the number read, differs from an earlier state.

        A state that only grew older need not be written down: a restart from the earlier one adds up the same times.
        """
        return _standing(self) != _standing(before)

    def to_json(self) -> StateJson:
        """Write it as JSON values, exactly."""
        owed, read = self.owed, self.reading
        return {
            "phase": self.phase.value,
            "held": self.held // _MICROSECOND,
            "fired": self.fired,
            "trigger": self.trigger,
            "opened_at": _text(self.opened_at),
            "announced": self.announced,
            "told": list(self.told),
            "acknowledged": self.acknowledged,
            "acknowledged_by": self.acknowledged_by,
            "snoozed_until": _text(self.snoozed_until),
            "unanswered": self.unanswered // _MICROSECOND,
            "escalated": self.escalated,
            "since_said": self.since_said // _MICROSECOND,
            "reminders": self.reminders,
            "owed": None
            if owed is None
            else {
                "trigger": owed.trigger,
                "severity": str(owed.severity),
                "told": list(owed.told),
                "words": owed.words,
                "by": owed.by,
            },
            "read_at": _text(self.read_at),
            "stepped_at": _text(self.stepped_at),
            "reading": None
            if read is None
            else {"signal": read.signal.value, "value": read.value, "words": read.words},
        }

    @classmethod
    def from_json(cls, body: StateJson) -> "AlertState":
        """Read what `to_json` wrote."""
        owed, read = body["owed"], body["reading"]
        return cls(
            phase=Phase(body["phase"]),
            held=body["held"] * _MICROSECOND,
            fired=body["fired"],
            trigger=body["trigger"],
            opened_at=_moment(body["opened_at"]),
            announced=body["announced"],
            told=tuple(body["told"]),
            acknowledged=body["acknowledged"],
            acknowledged_by=body["acknowledged_by"],
            snoozed_until=_moment(body["snoozed_until"]),
            unanswered=body["unanswered"] * _MICROSECOND,
            escalated=body["escalated"],
            since_said=body["since_said"] * _MICROSECOND,
            reminders=body["reminders"],
            owed=None
            if owed is None
            else Owed(
                trigger=owed["trigger"],
                severity=severity_of(owed["severity"]),
                told=tuple(owed["told"]),
                words=owed["words"],
                by=owed["by"],
            ),
            read_at=_moment(body["read_at"]),
            stepped_at=_moment(body["stepped_at"]),
            reading=None
            if read is None
            else Reading(signal=Signal(read["signal"]), value=read["value"], words=read["words"]),
        )


def _text(moment: dt.datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> dt.datetime | None:
    return None if text is None else dt.datetime.fromisoformat(text)


def _standing(state: AlertState) -> tuple[object, ...]:
    """Give all of a state but times that add up and numbers that were read."""
    signal = None if state.reading is None else state.reading.signal
    return (
        state.phase, state.fired, state.trigger, state.announced, state.told, state.acknowledged,
        state.acknowledged_by, state.snoozed_until, state.escalated, state.reminders, state.owed, signal,
    )  # fmt: skip
