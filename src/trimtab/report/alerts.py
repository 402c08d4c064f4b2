"""Alerts as tables and documents."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from trimtab.desk.alerting import Evaluated
from trimtab.desk.journal import Entry
from trimtab.desk.outbox import Delivered, Outbox
from trimtab.monitor.alert_book import AlertBook
from trimtab.monitor.alert_state import AlertState, Status
from trimtab.monitor.rules import KINDS, Rule

__all__ = [
    "alerts_document", "delivered_document", "evaluated_document", "history_document", "show_alerts", "show_delivered",
    "show_evaluated", "show_history",
]  # fmt: skip

_STYLES = {
    Status.QUIET: "green",
    Status.PENDING: "yellow",
    Status.FIRING: "bold red",
    Status.CLEARING: "yellow",
    Status.ACKNOWLEDGED: "cyan",
    Status.SNOOZED: "dim",
}


def alerts_document(rules: Sequence[Rule], books: Sequence[AlertBook], outbox: Outbox) -> dict[str, Any]:
    """Document of `trimtab alerts`: schema trimtab.alerts/1."""
    return {
        "schema": "trimtab.alerts/1",
        "alerts": [
            {
                "portfolio": rule.portfolio,
                "rule": rule.name,
                "subject": subject,
                "kind": rule.kind.value,
                "meaning": KINDS[rule.kind].meaning,
                "threshold": rule.threshold,
                "clear": rule.clear,
                "fires": "at or above" if rule.above else "at or below",
                "for_seconds": rule.hold.total_seconds(),
                "clear_for_seconds": rule.clear_hold.total_seconds(),
                "severity": str(rule.escalate_severity if state.escalated else rule.severity),
                "channels": list(rule.channels),
                "status": state.status.value,
                "since": _iso(state.opened_at),
                "acknowledged_by": state.acknowledged_by,
                "snoozed_until": _iso(state.snoozed_until),
                "read_at": _iso(state.read_at),
                "observed": state.reading is not None and not state.is_unobserved,
                "value": None if state.reading is None else state.reading.value,
                "words": None if state.reading is None else state.reading.words,
            }
            for rule, subject, state in _rows(rules, books)
        ],
        "undelivered": [
            {"channel": p.message.channel, "title": p.message.title, "failures": p.failures, "error": p.error}
            for p in outbox.pending.values()
        ],
        "given_up": len(outbox.dead),
    }


def history_document(entries: Sequence[Entry]) -> dict[str, Any]:
    """Document of `trimtab alerts history`: schema trimtab.alert-history/1."""
    return {
        "schema": "trimtab.alert-history/1",
        "events": [{"seq": e.seq, "recorded": e.recorded, **e.body} for e in entries],
    }


def evaluated_document(found: Sequence[Evaluated]) -> dict[str, Any]:
    """Document of the commands that change alerts: schema trimtab.alert-events/1."""
    return {
        "schema": "trimtab.alert-events/1",
        "portfolios": [e.book.portfolio for e in found],
        "events": [event.to_json() for e in found for event in e.events],
    }


def delivered_document(done: Delivered) -> dict[str, Any]:
    """Document of `trimtab alerts deliver`: schema trimtab.delivery/1."""
    return {
        "schema": "trimtab.delivery/1",
        "attempts": [
            {"channel": a.message.channel, "title": a.message.title, "outcome": a.outcome, "error": a.error}
            for a in done.attempts
        ],
        "waiting": len(done.outbox.pending),
        "given_up": len(done.outbox.dead),
    }


def show_alerts(rules: Sequence[Rule], books: Sequence[AlertBook], outbox: Outbox, console: Console) -> None:
    """Print alerts as a table, and what is not delivered."""
    rows = _rows(rules, books)
    if not rows:
        console.print("No alert rules yet: add [[alerts.rules]] to trimtab.toml.")
        return
    table = Table(title="Alerts", title_justify="left")
    for name in ("portfolio", "rule", "status", "since (UTC)", "fires at", "last read"):
        table.add_column(name, overflow="fold")
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
    table = Table(title="What happened, newest first", title_justify="left")
    for name in ("when (UTC)", "portfolio", "rule", "event", "severity", "what was read", "by"):
        table.add_column(name, overflow="fold")
    for entry in entries:
        b = entry.body
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


def show_evaluated(found: Sequence[Evaluated], console: Console) -> None:
    """Print what happened in a step."""
    events = [event for e in found for event in e.events]
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


def _rows(rules: Sequence[Rule], books: Sequence[AlertBook]) -> list[tuple[Rule, str, AlertState]]:
    states = {book.portfolio: book.states for book in books}
    rows = []
    for rule in rules:
        own = states.get(rule.portfolio, {})
        rows.append((rule, "", own.get(rule.name, AlertState())))
        start = f"{rule.name}/"
        rows += [(rule, key.removeprefix(start), state) for key, state in own.items() if key.startswith(start)]
    return rows


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


def _iso(moment: dt.datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
