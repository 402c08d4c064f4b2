"""Alerts, their history, and what was delivered, as documents."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from trimtab.desk.books.journal import Entry
from trimtab.desk.watch.alerting import Evaluated
from trimtab.desk.watch.outbox import Delivered, Outbox
from trimtab.monitor.alerts.book import AlertBook
from trimtab.monitor.alerts.rules import KINDS, Rule
from trimtab.monitor.alerts.state import AlertState

__all__ = ["alert_rows", "alerts_document", "delivered_document", "evaluated_document", "history_document"]


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
            for rule, subject, state in alert_rows(rules, books)
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
