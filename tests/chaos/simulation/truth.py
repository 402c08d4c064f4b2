"""What must be in a desk, told by what was acknowledged alone, and the checks that it is."""

import datetime as dt
import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import numpy as np

from trimtab.desk.books.transactions import known_transactions
from trimtab.desk.watch.alerting import STATE, read_book
from trimtab.desk.watch.outbox import read_outbox
from trimtab.monitor.alerts.book import AlertBook
from trimtab.store.verify import verify
from trimtab.wiring.accounts import held_at
from trimtab.wiring.workspace import Workspace

#: What an entry says of the machine and of files around it, and not of the desk.
_OUTSIDE = ("kept", "cursor", "owner")


@dataclass(kw_only=True)
class Truth:
    """What was acknowledged."""

    #: Cell of the price table -> what files said of it, in the order they were kept.
    cells: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    #: Trade -> its day, symbol and quantity.
    trades: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    #: Day -> symbol -> quantity.
    snapshots: dict[str, dict[str, int]] = field(default_factory=dict)
    #: Number of an entry -> its hash, as it was given out.
    heads: dict[int, str] = field(default_factory=dict)
    decisions: set[int] = field(default_factory=set)
    #: Message -> how often a channel took it, and how often nobody lived to say so.
    taken: Counter[str] = field(default_factory=Counter)
    unsaid: Counter[str] = field(default_factory=Counter)
    #: The steps of the alerts that happened, each as a change of the book.
    steps: list = field(default_factory=list)

    def kept_prices(self, rows: dict[tuple[str, str], str]) -> None:
        """Take a file of prices into account: what was said before of a cell is not said anew."""
        for cell, value in rows.items():
            if value not in self.cells[cell]:
                self.cells[cell].append(value)


def check_desk(truth: Truth, workspace: Workspace) -> None:
    """Check that nothing acknowledged is lost, nothing is there twice, and everything holds together."""
    checked = verify(workspace.journal)
    assert checked.fault is None, checked.fault
    workspace.prices.check()
    hashes = {row.seq: row.hash for row in workspace.journal.rows(after=None, limit=1_000_000)}
    for seq, value in truth.heads.items():
        assert hashes.get(seq) == value, f"entry {seq} was acknowledged, and is gone or another"
    _check_prices(truth, workspace)
    _check_book(truth, workspace)
    numbers = [int(e.body["run"]) for e in workspace.journal.entries("decision")]
    assert len(set(numbers)) == len(numbers), "a decision is there twice"
    assert truth.decisions <= set(numbers), "a decision that was acknowledged is gone"


def _check_prices(truth: Truth, workspace: Workspace) -> None:
    if not truth.cells:
        return
    table = workspace.prices.table(check=False)
    days = [str(day.astype("datetime64[D]")) for day in table.dates]
    there = {
        (day, symbol): f"{table.values[i, j]:.4f}"
        for i, day in enumerate(days)
        for j, symbol in enumerate(table.symbols)
        if not np.isnan(table.values[i, j])
    }
    assert there == {cell: values[-1] for cell, values in truth.cells.items()}


def _check_book(truth: Truth, workspace: Workspace) -> None:
    trades = {t.now.id: t for t in known_transactions(workspace.journal, "main")}
    assert set(trades) == set(truth.trades)
    if not truth.snapshots:
        return
    first = max(truth.snapshots)
    wanted = Counter(truth.snapshots[first])
    for day, symbol, quantity in truth.trades.values():
        if day > first:
            wanted[symbol] += quantity
    day = max([first, *(day for day, _, _ in truth.trades.values())])
    held = held_at(workspace, "main", dt.date.fromisoformat(day))
    there = {p.symbol: p.quantity for p in held.portfolio.positions if not p.instrument.is_money}
    assert {s: q for s, q in there.items() if q} == {s: Decimal(q) for s, q in wanted.items() if q}


def check_messages(truth: Truth, workspace: Workspace) -> None:
    """Check that each message was sent and said to be, once, or given up on in so many words."""
    journal = workspace.journal
    assert not read_outbox(journal).pending
    ends: dict[str, list[str]] = defaultdict(list)
    for entry in journal.entries("delivery"):
        if entry.body["status"] in {"sent", "dead"}:
            ends[str(entry.body["key"])].append(str(entry.body["status"]))
    keys = [str(e.body["key"]) for e in journal.entries("message")]
    assert len(set(keys)) == len(keys), "a message was written twice"
    given_up = sum(e.body["event"] == "undelivered" for e in journal.entries("alert"))
    for key in keys:
        assert len(ends[key]) == 1, f"a message ended {len(ends[key])} times"
        if ends[key] == ["sent"]:
            assert 1 <= truth.taken[key] <= 1 + truth.unsaid[key], "taken twice though it was said to be sent"
        else:
            assert truth.taken[key] <= truth.unsaid[key]
    assert given_up == sum(end == ["dead"] for end in ends.values())


def check_alerts(truth: Truth, workspace: Workspace) -> None:
    """Check that alerts stand where the same steps lead that nobody interrupted, and that the same was said."""
    book, events = AlertBook(portfolio="main"), []
    for change in truth.steps:
        after, new = change(book)
        events += new
        # what is no news is not written: the next step goes on from the state before
        book = after if new or after.is_news_after(book) else book
    stored = read_book(workspace.journal, "main")
    assert not book.is_news_after(stored)
    told = [e.body for e in workspace.journal.entries("alert") if e.body["event"] != "undelivered"]
    assert told == [json.loads(json.dumps(event.to_json())) for event in events]


def state_hash(workspace: Workspace) -> str:
    """Hash what a desk is: its entries without what the machine around it adds, and the files it keeps."""
    entries = [
        [e.kind, e.subject, e.valid, e.recorded, {k: v for k, v in e.body.items() if k not in _OUTSIDE}]
        for e in workspace.journal.entries()
    ]
    text = json.dumps(entries, sort_keys=True).replace(str(workspace.folder.parent), "HOME")
    kept = sorted(
        hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in ("prices", "inputs")
        for path in _files(workspace.folder / "data" / folder)
    )
    return hashlib.sha256("\n".join([text, *kept]).encode()).hexdigest()


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []


def states_written(workspace: Workspace) -> int:
    """Count how often alerts were written down."""
    return len(workspace.journal.entries(STATE, subject="main"))
