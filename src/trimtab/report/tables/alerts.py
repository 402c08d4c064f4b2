"""Alerts as tables."""

import datetime as dt
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from trimtab.desk.books.journal import Entry
from trimtab.desk.watch.alerting import Evaluated
from trimtab.desk.watch.outbox import Delivered, Outbox
from trimtab.monitor.alerts.book import AlertBook
from trimtab.monitor.alerts.rules import Rule
from trimtab.monitor.alerts.state import AlertState, EventJson, Status
from trimtab.report.documents.alerts import alert_rows
from trimtab.report.tables.sheet import Sheet

__all__ = ["show_alerts", "show_delivered", "show_evaluated", "show_history"]

_STYLES = {
    Status.QUIET: "green",
    Status.PENDING: "yellow",
    Status.FIRING: "bold red",
    Status.CLEARING: "yellow",
    Status.ACKNOWLEDGED: "cyan",
    Status.SNOOZED: "dim",
}


def show_alerts(rules: Sequence[Rule], books: Sequence[AlertBook], outbox: Outbox, console: Console) -> None:
    """Print alerts as a table, and what is not delivered."""
    rows = alert_rows(rules, books)
    if not rows:
        console.print("No alert rules yet: add [[alerts.rules]] to trimtab.toml.")
        return
    table = Sheet("Alerts", keys=2)
    for name in ("portfolio", "rule", "status", "since (UTC)", "fires at", "last read"):
        table.add_column(name)
    for rule, subject, state in rows:
        side = ">=" if rule.above else "<="
        table.add_row(
            rule.portfolio, f"{rule.name}/{subject}" if subject else rule.name, _status(state),
            _minute(state.opened_at), f"{side} {rule.threshold:g}",
            "never" if state.reading is None else state.reading.words,
        )  # fmt: skip
    console.print(table)
    for item in sorted(outbox.pending.values(), key=lambda p: p.seq):
        why = "" if item.error is None else f", {item.failures} failed, the last: {item.error}"
        console.print(f"Not delivered yet to {item.message.channel}: {item.message.title}{why}")
    for item in outbox.dead:
        console.print(f"Given up on {item.message.channel}: {item.message.title}; the last error: {item.error}")


def show_history(entries: Sequence[Entry], console: Console) -> None:
    """Print what happened to alerts."""
    if not entries:
        console.print("Nothing has happened to any alert yet.")
        return
    table = Sheet("What happened, newest first", keys=3)
    for name in ("when (UTC)", "portfolio", "rule", "event", "severity", "what was read", "by"):
        table.add_column(name)
    for entry in entries:
        b = entry.read_as(EventJson)
        rule = f"{b['rule']}/{b['subject']}" if b["subject"] else b["rule"]
        who = ": ".join(part for part in (b["by"], b["note"]) if part)
        table.add_row(
            _minute(dt.datetime.fromisoformat(b["at"])),
            b["portfolio"],
            rule,
            b["event"],
            b["severity"],
            b["words"],
            who,
        )
    console.print(table)


def show_evaluated(evaluated: Sequence[Evaluated], console: Console) -> None:
    """Print what happened in a step."""
    events = [event for e in evaluated for event in e.events]
    for event in events:
        rule = f"{event.rule}/{event.subject}" if event.subject else event.rule
        console.print(f"{event.portfolio}: {rule} {event.kind.value}: {event.words}")
    if not events:
        console.print("Nothing to say.")


def show_delivered(done: Delivered, console: Console) -> None:
    """Print what was delivered, and what was not."""
    for a in done.attempts:
        tail = "" if a.error is None else f": {a.error}"
        console.print(f"{a.outcome} {a.message.channel}: {a.message.title}{tail}")
    console.print(
        f"{sum(a.outcome == 'sent' for a in done.attempts)} sent, {len(done.outbox.pending)} waiting, "
        f"{len(done.outbox.dead)} given up on"
    )


def _status(state: AlertState) -> Text:
    text = Text(state.status.value, style=_STYLES[state.status])
    if state.status is Status.SNOOZED:
        text.append(f" until {_minute(state.snoozed_until)}")
    if state.status is Status.ACKNOWLEDGED and state.acknowledged_by:
        text.append(f" by {state.acknowledged_by}")
    if state.is_unobserved:
        text.append(" (not observed)")
    return text


def _minute(moment: dt.datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M}"
