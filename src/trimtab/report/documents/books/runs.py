"""Runs, replays and holdings of a workspace, as documents."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, TypedDict, cast

from trimtab.desk.books.changes import Why
from trimtab.desk.books.holdings_at import HeldAt
from trimtab.desk.books.runs import Difference, Replay, Run
from trimtab.ledger.rows import plain
from trimtab.model.json import Json

__all__ = [
    "HoldingsDocument", "ReplayDocument", "RunsDocument", "answer_words", "holdings_csv", "holdings_document",
    "replay_document", "runs_document",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """One answer as it was given.

    Parameters
    ----------
    run, recorded
        Its number in the journal, and when it was written down, UTC.
    command, portfolio, as_of, known
        What was asked, whose, of which day, and the last journal entry it knew.
    settings, inputs
        Everything that decides the answer beside the data, and what it was computed from.
    made_with, method
        Versions of all that computes, and the method.
    schema, answer
        Schema of its document, and the answer in a few words.
    """

    run: int
    recorded: str
    command: str
    portfolio: str
    as_of: str
    known: int
    settings: Mapping[str, Json]
    inputs: Mapping[str, Json]
    made_with: Mapping[str, str]
    method: str
    schema: str | None
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsDocument:
    """Answers as they were given.

    Parameters
    ----------
    runs
        Newest first.
    """

    SCHEMA: ClassVar = "trimtab.runs/1"

    runs: tuple[RunLine, ...]


def runs_document(runs: tuple[Run, ...]) -> RunsDocument:
    """Document of `trimtab runs`: schema trimtab.runs/1."""
    return RunsDocument(runs=tuple(_run(r) for r in runs))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayDocument:
    """A run asked again.

    Parameters
    ----------
    run
        As it was.
    same
        Whether the answer is the same, byte for byte.
    count, reasons
        How many values differ, and how many of them for each reason.
    differences
        The first 200 of them.
    """

    SCHEMA: ClassVar = "trimtab.replay/1"

    run: RunLine
    same: bool
    count: int
    reasons: Mapping[Why, int]
    differences: tuple[Difference, ...]


def replay_document(replay: Replay) -> ReplayDocument:
    """Document of `trimtab replay`: schema trimtab.replay/1."""
    return ReplayDocument(
        run=_run(replay.run),
        same=replay.same,
        count=replay.count,
        reasons=dict(replay.reasons),
        differences=replay.differences,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPosition:
    """One position.

    Parameters
    ----------
    asset, quantity
        Symbol, and units as an exact decimal.
    """

    asset: str
    quantity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldingsDocument:
    """What is held at the end of a day, as known at a journal entry.

    Parameters
    ----------
    portfolio, as_of, known, base_currency
        Whose, of which day, knowing up to which entry, in which money.
    positions
        What is held.
    entries, notes
        The journal entries used, and what was decided.
    """

    SCHEMA: ClassVar = "trimtab.holdings/1"

    portfolio: str
    as_of: str
    known: int
    base_currency: str
    positions: tuple[HeldPosition, ...]
    entries: tuple[int, ...]
    notes: tuple[str, ...]


def holdings_document(portfolio: str, as_of: str, known: int, holdings: HeldAt) -> HoldingsDocument:
    """Document of `trimtab holdings`: schema trimtab.holdings/1."""
    return HoldingsDocument(
        portfolio=portfolio,
        as_of=as_of,
        known=known,
        base_currency=holdings.portfolio.base,
        positions=tuple(HeldPosition(asset=p.symbol, quantity=str(p.quantity)) for p in holdings.portfolio.positions),
        entries=holdings.entries,
        notes=holdings.notes,
    )


def holdings_csv(holdings: HeldAt) -> str:
    """Give what is held as comma-separated values, under the names of the document."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(["asset", "quantity"])
    lines.writerows([p.symbol, plain(p.quantity)] for p in holdings.portfolio.positions)
    return out.getvalue()


def _run(run: Run) -> RunLine:
    return RunLine(
        run=run.seq,
        recorded=run.recorded,
        command=run.command,
        portfolio=run.portfolio,
        as_of=run.as_of,
        known=run.known,
        settings=run.settings,
        inputs=run.inputs,
        made_with=run.made_with,
        method=run.made_with.get("method", run.method),
        schema=None if "schema" not in run.result else str(run.result["schema"]),
        answer=answer_words(run),
    )


class _Beta(TypedDict):
    value: float | None


class _Status(TypedDict):
    status: str


class _Review(TypedDict):
    """What is read of a review as it was answered."""

    beta: _Beta
    mandate: _Status


class _Order(TypedDict):
    side: str
    quantity: float
    asset: str


class _Plan(TypedDict):
    """What is read of a plan as it was answered."""

    orders: list[_Order]
    status: str


def answer_words(run: Run) -> str:
    """Say what a run answered, in a few words."""
    if run.command == "review":
        review = cast("_Review", run.result)
        return f"beta {_number(review['beta']['value'])}, {review['mandate']['status']}"
    if run.command == "plan":
        plan = cast("_Plan", run.result)
        orders = ", ".join(f"{o['side']} {o['quantity']} {o['asset']}" for o in plan["orders"])
        return f"{plan['status']}: {orders}" if orders else plan["status"]
    return str(run.result.get("schema", ""))


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}"
