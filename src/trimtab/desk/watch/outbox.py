"""The outbox: messages wait in the journal until they were delivered, or given up on in so many words.

A message is written in the same append as what it tells of, so neither exists without the other. Delivering it is a
series of entries: claimed, then sent or failed, and after the last attempt dead.

Guarantees
----------
- at least once: a message is sent until a channel takes it, or its attempts are used up.
- de-duplicated: one message per key (rule, trigger, event, number, channel), whatever is evaluated twice.
- one sender at a time: a message is claimed under `Journal.writing()` before it is sent; another process leaves it
  alone until the claim runs out. If a process dies between sending and writing that it sent, the message is sent
  once more after that; the key goes along, so that a receiver can tell.
- in order: on a channel, what concerns one trigger is sent in the order it happened.
- never silent: a message that was given up on becomes an alert entry of its own, and a message to the other channels.
- apart: a channel that fails delays no other; within one pass it is not tried again. A pass may serve one channel
  alone, so that passes of several channels go on beside each other.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import NotRequired, Protocol, TypedDict

from trimtab.desk.books.journal import Entry, Fact, Journal
from trimtab.errors import TrimtabError, printable
from trimtab.model.moments import later
from trimtab.monitor.alerts.quiet import Severity, severity_of
from trimtab.monitor.alerts.state import AlertEvent

__all__ = [
    "Attempt", "Channel", "Delivered", "DeliveryError", "Message", "Outbox", "Pending", "Retry", "deliver",
    "due_channels", "facts_of", "message_fact", "message_key", "messages_of", "read_outbox",
]  # fmt: skip

MESSAGE, DELIVERY, ALERT = "message", "delivery", "alert"
_UNDELIVERED = "undelivered"


class DeliveryError(TrimtabError):
    """A channel did not take a message."""

    exit_code = 69


class MessageJson(TypedDict):
    """A message as it is kept; `paper` is there where it brings a file."""

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
    severity: str
    at: str
    paper: NotRequired[str]


class Delivery(TypedDict, total=False):
    """What became of a message, as it is kept: what is written depends on the status."""

    key: str
    status: str
    until: str
    attempt: int
    next: str
    error: str | None
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Something to tell somebody.

    Parameters
    ----------
    key
        Same for the same message, whoever makes it: SHA-256 of portfolio, rule, contract, trigger, event, number and
        channel.
    channel
        By which channel.
    portfolio, rule, subject, trigger, event
        What it is about; subject is a contract, or empty.
    severity
        How much it matters.
    at
        When it happened, UTC.
    title, text
        What to say.
    value
        The number behind it.
    paper
        Path of a file that goes with it where a channel can take one; empty if there is none.
    """

    key: str
    channel: str
    portfolio: str
    rule: str
    trigger: str
    event: str
    severity: Severity
    at: dt.datetime
    title: str
    text: str
    subject: str = ""
    value: float | None = None
    paper: str = ""

    def __post_init__(self) -> None:
        # Names of rules, accounts and symbols reach subjects of mails and terminals.
        object.__setattr__(self, "title", printable(self.title))
        object.__setattr__(self, "text", printable(self.text))

    def to_json(self) -> MessageJson:
        """Write it as JSON values."""
        body: MessageJson = {
            "key": self.key,
            "channel": self.channel,
            "portfolio": self.portfolio,
            "rule": self.rule,
            "subject": self.subject,
            "trigger": self.trigger,
            "event": self.event,
            "title": self.title,
            "text": self.text,
            "value": self.value,
            "severity": str(self.severity),
            "at": self.at.isoformat(),
        }
        if self.paper:
            body["paper"] = self.paper
        return body

    @classmethod
    def from_json(cls, body: MessageJson) -> "Message":
        """Read what `to_json` wrote."""
        return cls(
            key=body["key"],
            channel=body["channel"],
            portfolio=body["portfolio"],
            rule=body["rule"],
            subject=body["subject"],
            trigger=body["trigger"],
            event=body["event"],
            title=body["title"],
            text=body["text"],
            value=body["value"],
            severity=severity_of(body["severity"]),
            at=dt.datetime.fromisoformat(body["at"]),
            paper=body.get("paper", ""),
        )


class Channel(Protocol):
    """A way by which messages leave the house."""

    def send(self, message: Message) -> None:
        """Send a message; when this returns the other side has taken it.

        Raises
        ------
        DeliveryError
            If it has not. What the error says is written down, so it holds no address and no secret.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How often and how long a message is tried.

    Parameters
    ----------
    first
        Wait after the first failure; it doubles with each.
    longest
        The wait never exceeds this.
    attempts
        After so many failures the message is given up on.
    claim
        How long a sender has a message to itself; longer than any channel takes.
    """

    first: dt.timedelta = dt.timedelta(seconds=30)
    longest: dt.timedelta = dt.timedelta(hours=1)
    attempts: int = 12
    claim: dt.timedelta = dt.timedelta(minutes=5)

    def wait(self, failures: int) -> dt.timedelta:
        """Give the wait after so many failures.

        Examples
        --------
        >>> [int(Retry().wait(n).total_seconds()) for n in (1, 2, 3, 12)]
        [30, 60, 120, 3600]
        """
        doubled = self.first.total_seconds() * 2.0 ** min(failures - 1, 64)
        return dt.timedelta(seconds=min(self.longest.total_seconds(), doubled))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A message that was not delivered yet.

    Parameters
    ----------
    seq
        Number of its entry: its place in line.
    message
        The message.
    failures
        How often it failed.
    not_before
        When it may be tried next: after a failure, or when somebody's claim runs out.
    error
        What the last failure said.
    """

    seq: int
    message: Message
    failures: int = 0
    not_before: dt.datetime | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """What is known of messages up to an entry.

    Parameters
    ----------
    seen
        The last entry taken into account.
    pending
        Messages under way, by key.
    done
        Keys of messages delivered or given up on.
    dead
        Messages given up on.
    """

    seen: int = 0
    pending: Mapping[str, Pending] = field(default_factory=dict)
    done: frozenset[str] = frozenset()
    dead: tuple[Pending, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt: sent, failed or dead, and why."""

    message: Message
    outcome: str
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What one pass did, and the outbox after it."""

    attempts: tuple[Attempt, ...]
    outbox: Outbox


def messages_of(event: AlertEvent) -> tuple[Message, ...]:
    """Turn an event into a message for each of its channels; none if channels are not told of such events."""
    if not event.kind.is_sent:
        return ()
    about = f"{event.rule} {event.subject}".strip()
    who = "" if event.by is None else f" (by {event.by})"
    return tuple(
        Message(
            key=message_key(
                event.portfolio, event.rule, event.subject, event.trigger, event.kind, str(event.number), channel
            ),
            channel=channel, portfolio=event.portfolio, rule=event.rule, subject=event.subject, trigger=event.trigger,
            event=event.kind.value, severity=event.severity, at=event.at, value=event.value,
            title=f"[{event.severity}] {event.portfolio}: {about} {event.kind.value}", text=event.words + who,
        )
        for channel in event.channels
    )  # fmt: skip


def facts_of(events: Sequence[AlertEvent]) -> tuple[Fact, ...]:
    """Turn events into facts: one for each event, and one for each message."""
    alert_facts = [
        Fact(kind=ALERT, subject=event.portfolio, valid=event.at.isoformat(), body=event.to_json()) for event in events
    ]
    return (*alert_facts, *(message_fact(message) for event in events for message in messages_of(event)))


def read_outbox(journal: Journal, before: Outbox | None = None) -> Outbox:
    """Read the outbox, or what was added since it was last read."""
    outbox = Outbox() if before is None else before
    last = journal.head().seq
    if last == outbox.seen:
        return outbox
    fresh = [e for kind in (MESSAGE, DELIVERY) for e in journal.entries(kind, after=outbox.seen, known=last)]
    pending, done, dead = dict(outbox.pending), set(outbox.done), list(outbox.dead)
    for entry in sorted(fresh, key=lambda e: e.seq):
        key = str(entry.body["key"])
        if entry.kind == MESSAGE:
            if key not in done:
                pending.setdefault(key, Pending(seq=entry.seq, message=Message.from_json(entry.read_as(MessageJson))))
        elif key in pending:
            _follow(entry, pending, done, dead)
    return Outbox(seen=last, pending=pending, done=frozenset(done), dead=tuple(dead))


def _follow(entry: Entry, pending: dict[str, Pending], done: set[str], dead: list[Pending]) -> None:
    """Take one delivery entry into account."""
    body = entry.read_as(Delivery)
    key = body["key"]
    match body["status"]:
        case "claimed":
            pending[key] = replace(pending[key], not_before=dt.datetime.fromisoformat(body["until"]))
        case "failed":
            pending[key] = replace(
                pending[key],
                failures=body["attempt"],
                not_before=dt.datetime.fromisoformat(body["next"]),
                error=body["error"],
            )
        case status:
            item = pending.pop(key)
            done.add(key)
            if status == "dead":
                dead.append(replace(item, failures=body["attempt"], error=body["error"]))


def deliver(
    journal: Journal,
    channels: Mapping[str, Channel],
    now: Callable[[], dt.datetime],
    *,
    retry: Retry | None = None,
    owner: str = "",
    outbox: Outbox | None = None,
    only: str | None = None,
) -> Delivered:
    """Send what is due.

    Parameters
    ----------
    journal
        Where messages wait.
    channels
        By name.
    now
        Gives the moment; asked anew before each message, because sending takes time.
    retry
        How often and how long; the default otherwise.
    owner
        Who sends, for the journal: a process number, say.
    outbox
        What the last pass gave back, to read only what is new.
    only
        Serve this channel alone; None for all, one after the other.

    Returns
    -------
    What was attempted, and the outbox after it.
    """
    plan = Retry() if retry is None else retry
    attempts: list[Attempt] = []
    failing: set[str] = set()
    tried: set[str] = set()
    while True:
        with journal.writing():
            outbox = read_outbox(journal, outbox)
            item = next(iter(_due(outbox, now(), failing, tried, only, plan)), None)
            if item is None:
                return Delivered(attempts=tuple(attempts), outbox=outbox)
            until = later(now(), plan.claim)
            claim: Delivery = {
                "status": "claimed",
                "attempt": item.failures + 1,
                "owner": owner,
                "until": until.isoformat(),
            }
            journal.append([_delivery(item.message, claim)])
        tried.add(item.message.key)
        error = _try(item.message, channels)
        if error is None:
            attempts.append(Attempt(message=item.message, outcome="sent"))
            journal.append([_delivery(item.message, {"status": "sent", "attempt": item.failures + 1})])
            continue
        failing.add(item.message.channel)
        failed = replace(item, failures=item.failures + 1, error=error)
        outcome, facts = _after_failure(failed, plan, now(), tuple(channels))
        journal.append(facts)
        attempts.append(Attempt(message=item.message, outcome=outcome, error=error))


def due_channels(outbox: Outbox, now: dt.datetime) -> tuple[str, ...]:
    """Name the channels for which a message is due, in the order of their first."""
    return tuple(dict.fromkeys(item.message.channel for item in _due(outbox, now)))


def _due(
    outbox: Outbox,
    now: dt.datetime,
    failing: Collection[str] = (),
    tried: Collection[str] = (),
    only: str | None = None,
    retry: Retry | None = None,
) -> Iterator[Pending]:
    """Give the messages in line that may be sent; one waits for those before it on the same matter."""
    plan = Retry() if retry is None else retry
    # A wait that ends later than any wait lasts was written by a clock that was wrong: it is over.
    latest = later(now, max(plan.longest, plan.claim))
    waiting: set[tuple[str, str, str, str]] = set()
    for item in sorted(outbox.pending.values(), key=lambda p: p.seq):
        m = item.message
        if only is not None and m.channel != only:
            continue
        matter = (m.channel, m.portfolio, f"{m.rule}/{m.subject}", m.trigger)
        is_early = item.not_before is not None and now < item.not_before <= latest
        if is_early or m.channel in failing or m.key in tried or matter in waiting:
            waiting.add(matter)
            continue
        yield item


def _try(message: Message, channels: Mapping[str, Channel]) -> str | None:
    """Send a message; give what went wrong, in words that hold no secret."""
    channel = channels.get(message.channel)
    if channel is None:
        return f"no channel is called {message.channel}"
    try:
        channel.send(message)
    except DeliveryError as error:
        return error.found
    except Exception as error:  # noqa: BLE001 - whatever a channel does, the others are to be served
        # Only its kind: the text of an unknown error may hold an address with a token in it.
        return f"the channel broke with {type(error).__name__}"
    return None


def _after_failure(
    item: Pending, plan: Retry, now: dt.datetime, channels: tuple[str, ...]
) -> tuple[str, tuple[Fact, ...]]:
    """Give the outcome, and what to write: when to try again, or that it is given up on and who is told of that."""
    failed: Delivery = {"attempt": item.failures, "error": item.error}
    if item.failures < plan.attempts:
        again = later(now, plan.wait(item.failures))
        return "failed", (_delivery(item.message, {"status": "failed", **failed, "next": again.isoformat()}),)
    gone = _delivery(item.message, {"status": "dead", **failed})
    m = item.message
    words = f"{m.title}: not delivered to {m.channel} in {item.failures} attempts, the last: {item.error}"
    line = Fact(
        kind=ALERT,
        subject=m.portfolio,
        valid=now.isoformat(),
        body={
            "event": _UNDELIVERED, "portfolio": m.portfolio, "rule": m.rule, "subject": m.subject,
            "trigger": m.trigger, "number": 1, "severity": str(Severity.CRITICAL), "at": now.isoformat(),
            "value": None, "words": words, "channels": [], "by": None, "note": None,
        },
    )  # fmt: skip
    if m.event == _UNDELIVERED:
        # News of a failure that itself fails is written down, and not sent round once more.
        return "dead", (gone, line)
    notices = (
        Message(
            key=message_key(_UNDELIVERED, m.key, other), channel=other, portfolio=m.portfolio, rule=m.rule,
            subject=m.subject, trigger=m.trigger, event=_UNDELIVERED, severity=Severity.CRITICAL, at=now,
            title=f"[critical] {m.portfolio}: an alert did not reach {m.channel}", text=f"{words}. {m.text}",
        )
        for other in channels
        if other != m.channel
    )  # fmt: skip
    return "dead", (gone, line, *(message_fact(notice) for notice in notices))


def message_fact(message: Message) -> Fact:
    """Give a message as a fact: written down, it waits to be delivered."""
    return Fact(kind=MESSAGE, subject=message.portfolio, valid=message.at.isoformat(), body=message.to_json())


def _delivery(message: Message, body: Delivery) -> Fact:
    return Fact(kind=DELIVERY, subject=message.channel, body={"key": message.key, **body})


def message_key(*parts: str) -> str:
    """Give the key of a message: the same for the same parts."""
    # The length before each part keeps ("ab", "c") apart from ("a", "bc").
    return sha256("".join(f"{len(part)}:{part}" for part in parts).encode()).hexdigest()
