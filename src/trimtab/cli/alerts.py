"""Alerts: see them, answer them, check the rules, deliver what waits."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
import datetime as dt
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import click

from trimtab.cli.output import Output, console, leave
from trimtab.cli.records import ACCOUNT, PLACE, folder_of
from trimtab.desk.questions.fields import check as check_fields
from trimtab.desk.questions.fields import needed, option
from trimtab.desk.questions.groups.source import Source
from trimtab.desk.questions.values import Switch, Text, Whole
from trimtab.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trimtab.cli.draw import Group
    from trimtab.desk.watch.alerting import Evaluated
    from trimtab.desk.watch.outbox import Delivered
    from trimtab.monitor.alerts.machine import Verb
    from trimtab.wiring.workspace import Workspace

__all__ = ["add_commands"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An alert, and who answers it why."""

    name: str = needed(
        Text("NAME", "the name of a rule", "'beta out'"), "Name of the rule, or rule/contract.", place=True
    )
    by: str | None = option(Text("NAME", "who", "desk"), "Who.", otherwise="none")
    note: str | None = option(Text("TEXT", "why", "hedge goes in at the close"), "Why.", otherwise="none")

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """Whether what follows is delivered."""

    send: bool = option(Switch(), "Deliver what follows.", off="--no-send", default=True)

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """For how long nothing is said."""

    length: str | None = option(
        Text("TIME", "a length of time", "2h"), "For how long: 30m, 2h, 1d.", flags=("--for",), otherwise="none"
    )
    until: str | None = option(
        Text("MOMENT", "a moment", "2026-01-05T18:00"), "Until when: 2026-01-05T18:00 (UTC).", otherwise="none"
    )
    off: bool = option(Switch(), "End the snooze.", default=False)

    def __post_init__(self) -> None:
        check_fields(self)
        if (self.length is not None) + (self.until is not None) + self.off != 1:
            raise UsageError(
                expected="one of length (--for), until (--until) and off (--off)", found="none, or several",
                try_next="give for example --for 2h",
            )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """How many are shown."""

    limit: int = option(Whole("COUNT", least=1, example="20"), "How many, newest first.", default=20)

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelName:
    """A channel."""

    channel: str = needed(Text("CHANNEL", "the name of a channel", "terminal"), "Name of the channel.", place=True)

    def __post_init__(self) -> None:
        check_fields(self)


def add_commands(app: "Group") -> None:
    """Add `trimtab alerts` and what is under it."""
    alerts = app.group_of(
        "alerts",
        "Alerts: see them, answer them, check the rules, deliver what waits.\n\nExample: trimtab alerts list",
        default="list",
    )
    alerts.draw(list_alerts, "list")
    alerts.draw(check)
    alerts.draw(ack)
    alerts.draw(snooze)
    alerts.draw(resolve)
    alerts.draw(history)
    alerts.draw(send_test, "test")
    alerts.draw(deliver)


def list_alerts(source: Annotated[Source, ACCOUNT], output: Output) -> None:
    """Show every rule and where its alert stands.

    What is not delivered stands below.

    Example: trimtab alerts list
    """
    from trimtab.report import documents
    from trimtab.report.documents.alerts import alerts_document
    from trimtab.report.tables.alerts import show_alerts
    from trimtab.wiring.alarming import alert_view
    from trimtab.wiring.workspace import open_workspace

    view = alert_view(open_workspace(folder_of(source)), source.account)
    if output.json:
        click.echo(documents.dumps(alerts_document(view.rules, view.books, view.outbox)))
    else:
        show_alerts(view.rules, view.books, view.outbox, console())


def check(sending: Sending, source: Annotated[Source, ACCOUNT], output: Output) -> None:
    """Measure, and let every rule take one step.

    What follows is delivered. For a timetable where no `watch` runs.

    Exit code 69 if a message was not taken and waits, or was given up on.

    Example: trimtab alerts check --no-send
    """
    from trimtab.report import documents
    from trimtab.report.documents.alerts import evaluated_document
    from trimtab.report.tables.alerts import show_evaluated
    from trimtab.wiring.alarming import check_alerts, deliver_alerts
    from trimtab.wiring.workspace import open_workspace

    opened = open_workspace(folder_of(source))
    evaluated = check_alerts(opened, _now(), source.account)
    # On a terminal the channel `terminal` says the same on standard error: what it printed is not said twice.
    is_seen_twice = not output.json and sending.send and sys.stdout.isatty() and sys.stderr.isatty()
    if output.json:
        click.echo(documents.dumps(evaluated_document(evaluated)))
    elif not is_seen_twice:
        show_evaluated(evaluated, console())
    done = deliver_alerts(opened, now=_now) if sending.send else None
    if is_seen_twice and done is not None and not _was_shown(opened, evaluated, done):
        show_evaluated(evaluated, console())
    if done is not None:
        for title in (waiting := _not_taken(done)):
            click.echo(f"not delivered: {title}", err=True)
        leave(69 if waiting else 0)


def ack(named: Named, source: Annotated[Source, ACCOUNT], output: Output) -> None:
    """Take an alert on.

    It is neither repeated nor escalated until it clears.

    Example: trimtab alerts ack "beta out" --by "the desk" --note "hedge goes in at the close"
    """
    from trimtab.monitor.alerts.machine import Verb

    nothing = "{} has nothing open that is not acknowledged yet."
    _by_hand(named, source, output, nothing, verb=Verb.ACKNOWLEDGE, now=_now())


def snooze(named: Named, quiet: Quiet, source: Annotated[Source, ACCOUNT], output: Output) -> None:
    """Say nothing of an alert for a while.

    What is still firing then is said.

    Example: trimtab alerts snooze "beta out" --for 2h
    """
    from trimtab.monitor.alerts.machine import Verb

    now = _now()
    until = None if quiet.off else _end(now, quiet.length, quiet.until)
    verb = Verb.UNSNOOZE if until is None else Verb.SNOOZE
    _by_hand(named, source, output, "{} is not snoozed.", verb=verb, now=now, until=until)


def resolve(named: Named, source: Annotated[Source, ACCOUNT], output: Output) -> None:
    """Close an open alert by hand.

    It fires again if its condition still holds.

    Example: trimtab alerts resolve "beta out" --by "the desk"
    """
    from trimtab.monitor.alerts.machine import Verb

    _by_hand(named, source, output, "{} has nothing open.", verb=Verb.RESOLVE, now=_now())


def history(newest: Newest, source: Annotated[Source, ACCOUNT], output: Output) -> None:
    """Show what happened to alerts, newest first.

    Example: trimtab alerts history --limit 5
    """
    from trimtab.report import documents
    from trimtab.report.documents.alerts import history_document
    from trimtab.report.tables.alerts import show_history
    from trimtab.wiring.alarming import alert_history
    from trimtab.wiring.workspace import open_workspace

    past = alert_history(open_workspace(folder_of(source)), source.account, limit=newest.limit)
    if output.json:
        click.echo(documents.dumps(history_document(past)))
    else:
        show_history(past, console())


def send_test(named: ChannelName, source: Annotated[Source, PLACE]) -> None:
    """Send a test message to a channel. Exit code 69 if it does not take it.

    Example: trimtab alerts test terminal
    """
    from trimtab.wiring import alarming
    from trimtab.wiring.workspace import open_workspace

    alarming.send_test(open_workspace(folder_of(source)), named.channel, _now())
    click.echo(f"{named.channel} took a test message")


def deliver(source: Annotated[Source, PLACE], output: Output) -> None:
    """Send what waits and is due. Exit code 69 if something was not taken and waits, or was given up on.

    Example: trimtab alerts deliver
    """
    from trimtab.report import documents
    from trimtab.report.documents.alerts import delivered_document
    from trimtab.report.tables.alerts import show_delivered
    from trimtab.wiring.alarming import deliver_alerts
    from trimtab.wiring.workspace import open_workspace

    done = deliver_alerts(open_workspace(folder_of(source)), now=_now)
    if output.json:
        click.echo(documents.dumps(delivered_document(done)))
    else:
        show_delivered(done, console())
    leave(69 if _not_taken(done) else 0)


def _was_shown(workspace: "Workspace", evaluated: "Sequence[Evaluated]", done: "Delivered") -> bool:
    """Tell whether a channel has just printed every event of a step on the terminal."""
    channels = workspace.config.alerts.channels
    printing = {name for name, written in channels.items() if written.kind == "terminal"} if channels else {"terminal"}
    printed = {
        (a.message.portfolio, a.message.rule, a.message.subject, a.message.event)
        for a in done.attempts
        if a.outcome == "sent" and a.message.channel in printing
    }
    events = {(x.portfolio, x.rule, x.subject, x.kind.value) for one in evaluated for x in one.events}
    return bool(events) and events <= printed


def _not_taken(done: "Delivered") -> tuple[str, ...]:
    """Name the messages that no channel has after a pass: those that failed in it, and those that still wait."""
    waiting = {p.message.key: f"{p.message.channel}: {p.message.title}" for p in done.outbox.pending.values()}
    failed = {a.message.key: f"{a.message.channel}: {a.message.title}" for a in done.attempts if a.outcome != "sent"}
    return tuple({**waiting, **failed}.values())


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _end(now: dt.datetime, length: str | None, until: str | None) -> dt.datetime:
    from trimtab.config.durations import read_duration

    text = length if length is not None else until or ""
    try:
        if length is not None:
            return now + read_duration(length)
        end = dt.datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise InputError(
            expected="--for with a length of time, or --until with a moment",
            found=repr(text),
            try_next="write for example --for 2h, or --until 2026-01-05T18:00",
        ) from None
    return end if end.tzinfo is not None else end.replace(tzinfo=dt.UTC)


def _by_hand(
    named: Named,
    source: Source,
    output: Output,
    nothing: str,
    *,
    verb: "Verb",
    now: dt.datetime,
    until: dt.datetime | None = None,
) -> None:
    from trimtab.desk.watch.alerting import order_alert
    from trimtab.monitor.alerts.machine import Order
    from trimtab.wiring.alarming import portfolio_of_rule
    from trimtab.wiring.workspace import open_workspace

    opened = open_workspace(folder_of(source))
    whose = portfolio_of_rule(opened.config, named.name, source.account)
    order = Order(verb=verb, by=named.by, note=named.note, until=until)
    done = order_alert(opened.journal, opened.config.rules, whose, named.name, order, now)
    _say(done, output, nothing.format(f"{named.name} of {whose}"))


def _say(done: "Evaluated", output: Output, nothing: str) -> None:
    from trimtab.report import documents
    from trimtab.report.documents.alerts import evaluated_document
    from trimtab.report.tables.alerts import show_evaluated

    if output.json:
        click.echo(documents.dumps(evaluated_document([done])))
    elif done.events:
        show_evaluated([done], console())
    else:
        click.echo(nothing)
