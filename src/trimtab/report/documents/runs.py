"""Runs, replays and holdings of a workspace, as documents."""

from dataclasses import asdict
from typing import Any

from trimtab.desk.books.holdings_at import HeldAt
from trimtab.desk.books.runs import Replay, Run

__all__ = ["answer_words", "holdings_document", "replay_document", "runs_document"]


def runs_document(runs: tuple[Run, ...]) -> dict[str, Any]:
    """Document of `trimtab runs`: schema trimtab.runs/1."""
    return {"schema": "trimtab.runs/1", "runs": [_run(r) for r in runs]}


def replay_document(replay: Replay) -> dict[str, Any]:
    """Document of `trimtab replay`: schema trimtab.replay/1."""
    return {
        "schema": "trimtab.replay/1",
        "run": _run(replay.run),
        "same": replay.same,
        "count": replay.count,
        "reasons": {why.value: count for why, count in replay.reasons},
        "differences": [asdict(d) for d in replay.differences],
    }


def holdings_document(portfolio: str, as_of: str, known: int, held: HeldAt) -> dict[str, Any]:
    """Document of `trimtab holdings`: schema trimtab.holdings/1."""
    return {
        "schema": "trimtab.holdings/1",
        "portfolio": portfolio,
        "as_of": as_of,
        "known": known,
        "base_currency": held.portfolio.base,
        "positions": [{"asset": p.symbol, "quantity": str(p.quantity)} for p in held.portfolio.positions],
        "entries": list(held.entries),
        "notes": list(held.notes),
    }


def _run(run: Run) -> dict[str, Any]:
    return {
        "run": run.seq,
        "recorded": run.recorded,
        "command": run.command,
        "portfolio": run.portfolio,
        "as_of": run.as_of,
        "known": run.known,
        "settings": dict(run.settings),
        "inputs": dict(run.inputs),
        "made_with": dict(run.made_with),
        "method": run.made_with.get("method", run.method),
        "schema": run.result.get("schema"),
        "answer": answer_words(run),
    }


def answer_words(run: Run) -> str:
    """Say what a run answered, in a few words."""
    result = run.result
    if run.command == "review":
        return f"beta {_number(result['beta']['value'])}, {result['mandate']['status']}"
    if run.command == "plan":
        orders = ", ".join(f"{o['side']} {o['quantity']} {o['asset']}" for o in result["orders"])
        return f"{result['status']}: {orders}" if orders else result["status"]
    return str(result.get("schema", ""))


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}"
