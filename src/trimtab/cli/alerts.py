"""Alerts: see them, answer them, check the rules, deliver what waits."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer

from trimtab.cli import given as g
from trimtab.cli import options as o
from trimtab.cli import reading as r
from trimtab.errors import InputError

if TYPE_CHECKING:
    from trimtab.desk.watch.alerting import Evaluated
    from trimtab.desk.watch.outbox import Delivered

__all__ = ["add_commands"]

_Name = Annotated[str, typer.Argument(help="Name of the rule, or rule/contract.", show_default=False)]
_By = Annotated[str | None, typer.Option("--by", help="Who.")]
_Note = Annotated[str | None, typer.Option("--note", help="Why.")]
_Portfolio = Annotated[str | None, typer.Option("--portfolio", "-p", help="Only of this portfolio of the workspace.")]


def add_commands(app: typer.Typer) -> None:
    """Add `trimtab alerts` and what is under it."""
    alerts = typer.Typer(
        help="Alerts: see them, answer them, check the rules, deliver what waits.\n\nExample: trimtab alerts list",
        invoke_without_command=True,
    )
    alerts.callback()(_list_by_default)
    alerts.command("list")(list_alerts)
    alerts.command("check")(check)
    alerts.command("ack")(ack)
    alerts.command("snooze")(snooze)
    alerts.command("resolve")(resolve)
    alerts.command("history")(history)
    alerts.command("test")(send_test)
    alerts.command("deliver")(deliver)
    app.add_typer(alerts, name="alerts")


def _list_by_default(
    ctx: typer.Context, workspace: g.WorkspaceFolder = None, portfolio: _Portfolio = None, json: o.Json = False
) -> None:
    if ctx.invoked_subcommand is None:
        list_alerts(workspace, portfolio, json)


def list_alerts(workspace: g.WorkspaceFolder = None, portfolio: _Portfolio = None, json: o.Json = False) -> None:
    """Show every rule with where its alert stands, and what is not delivered.

    Example: trimtab alerts list
    """
    from trimtab.report import documents
    from trimtab.report.documents.alerts import alerts_document
    from trimtab.report.tables.alerts import show_alerts
    from trimtab.wiring.alarming import alert_view
    from trimtab.wiring.workspace import open_workspace

    view = alert_view(open_workspace(workspace), portfolio)
    if json:
        typer.echo(documents.dumps(alerts_document(view.rules, view.books, view.outbox)))
    else:
        show_alerts(view.rules, view.books, view.outbox, r.console())


def check(
    workspace: g.WorkspaceFolder = None,
    portfolio: _Portfolio = None,
    send: Annotated[bool, typer.Option("--send/--no-send", help="Deliver what follows.")] = True,
    json: o.Json = False,
) -> None:
    """Measure, let every rule take one step, and deliver what follows; for a timetable where no `watch` runs.

    Exit code 69 if a message was not taken and waits, or was given up on.

    Example: trimtab alerts check --no-send
    """
    from trimtab.report import documents
    from trimtab.report.documents.alerts import evaluated_document
    from trimtab.report.tables.alerts import show_evaluated
    from trimtab.wiring.alarming import check_alerts, deliver_alerts
    from trimtab.wiring.desk import Desk

    desk = Desk(workspace)
    found = check_alerts(desk, _now(), portfolio)
    if json:
        typer.echo(documents.dumps(evaluated_document(found)))
    else:
        show_evaluated(found, r.console())
    if send:
        done = deliver_alerts(desk.workspace, now=_now)
        for title in (waiting := _not_taken(done)):
            typer.echo(f"not delivered: {title}", err=True)
        if waiting:
            raise typer.Exit(69)


def ack(
    name: _Name,
    workspace: g.WorkspaceFolder = None,
    portfolio: _Portfolio = None,
    by: _By = None,
    note: _Note = None,
    json: o.Json = False,
) -> None:
    """Take an alert on: it is neither repeated nor escalated until it clears.

    Example: trimtab alerts ack "beta out" --by "the desk" --note "hedge goes in at the close"
    """
    from trimtab.desk.watch.alerting import acknowledge_alert
    from trimtab.wiring.alarming import portfolio_of_rule, rules_of
    from trimtab.wiring.workspace import open_workspace

    opened = open_workspace(workspace)
    whose = portfolio_of_rule(opened.config, name, portfolio)
    done = acknowledge_alert(opened.journal, rules_of(opened.config), whose, name, _now(), by=by, note=note)
    _say(done, json, f"{name} of {whose} has nothing open that is not acknowledged yet.")


def snooze(
    name: _Name,
    workspace: g.WorkspaceFolder = None,
    portfolio: _Portfolio = None,
    length: Annotated[str | None, typer.Option("--for", help="For how long: 30m, 2h, 1d.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="Until when: 2026-01-05T18:00 (UTC).")] = None,
    off: Annotated[bool, typer.Option("--off", help="End the snooze.")] = False,
    by: _By = None,
    note: _Note = None,
    json: o.Json = False,
) -> None:
    """Say nothing of an alert for a while; what is still firing then is said.

    Example: trimtab alerts snooze "beta out" --for 2h
    """
    from trimtab.desk.watch.alerting import snooze_alert
    from trimtab.wiring.alarming import portfolio_of_rule, rules_of
    from trimtab.wiring.workspace import open_workspace

    if (length is not None) + (until is not None) + off != 1:
        raise typer.BadParameter("give one of --for, --until and --off")
    now = _now()
    end = None if off else _end(now, length, until)
    opened = open_workspace(workspace)
    whose = portfolio_of_rule(opened.config, name, portfolio)
    done = snooze_alert(opened.journal, rules_of(opened.config), whose, name, now, until=end, by=by, note=note)
    _say(done, json, f"{name} of {whose} is not snoozed.")


def resolve(
    name: _Name,
    workspace: g.WorkspaceFolder = None,
    portfolio: _Portfolio = None,
    by: _By = None,
    note: _Note = None,
    json: o.Json = False,
) -> None:
    """Close an open alert by hand; it fires again if its condition still holds.

    Example: trimtab alerts resolve "beta out" --by "the desk"
    """
    from trimtab.desk.watch.alerting import resolve_alert
    from trimtab.wiring.alarming import portfolio_of_rule, rules_of
    from trimtab.wiring.workspace import open_workspace

    opened = open_workspace(workspace)
    whose = portfolio_of_rule(opened.config, name, portfolio)
    done = resolve_alert(opened.journal, rules_of(opened.config), whose, name, _now(), by=by, note=note)
    _say(done, json, f"{name} of {whose} has nothing open.")


def history(
    workspace: g.WorkspaceFolder = None,
    portfolio: _Portfolio = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many, newest first.")] = 20,
    json: o.Json = False,
) -> None:
    """Show what happened to alerts, newest first.

    Example: trimtab alerts history --limit 5
    """
    from trimtab.report import documents
    from trimtab.report.documents.alerts import history_document
    from trimtab.report.tables.alerts import show_history
    from trimtab.wiring.alarming import alert_history
    from trimtab.wiring.workspace import open_workspace

    found = alert_history(open_workspace(workspace), portfolio, limit=limit)
    if json:
        typer.echo(documents.dumps(history_document(found)))
    else:
        show_history(found, r.console())


def send_test(
    channel: Annotated[str, typer.Argument(help="Name of the channel.", show_default=False)],
    workspace: g.WorkspaceFolder = None,
) -> None:
    """Send a test message to a channel. Exit code 69 if it does not take it.

    Example: trimtab alerts test terminal
    """
    from trimtab.wiring import alarming
    from trimtab.wiring.workspace import open_workspace

    alarming.send_test(open_workspace(workspace), channel, _now())
    typer.echo(f"{channel} took a test message")


def deliver(workspace: g.WorkspaceFolder = None, json: o.Json = False) -> None:
    """Send what waits and is due. Exit code 69 if something was not taken and waits, or was given up on.

    Example: trimtab alerts deliver
    """
    from trimtab.report import documents
    from trimtab.report.documents.alerts import delivered_document
    from trimtab.report.tables.alerts import show_delivered
    from trimtab.wiring.alarming import deliver_alerts
    from trimtab.wiring.workspace import open_workspace

    done = deliver_alerts(open_workspace(workspace), now=_now)
    if json:
        typer.echo(documents.dumps(delivered_document(done)))
    else:
        show_delivered(done, r.console())
    if _not_taken(done):
        raise typer.Exit(69)


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


def _say(done: "Evaluated", json: bool, nothing: str) -> None:
    from trimtab.report import documents
    from trimtab.report.documents.alerts import evaluated_document
    from trimtab.report.tables.alerts import show_evaluated

    if json:
        typer.echo(documents.dumps(evaluated_document([done])))
    elif done.events:
        show_evaluated([done], r.console())
    else:
        typer.echo(nothing)
