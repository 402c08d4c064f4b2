"""Files for a small desk, made up day by day, and what is in a desk once they were imported."""

import datetime as dt
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from trimtab.desk.books.transactions import known_transactions
from trimtab.store.verify import verify
from trimtab.wiring.accounts import held_at
from trimtab.wiring.creating import create_workspace
from trimtab.wiring.importing import import_files
from trimtab.wiring.workspace import Workspace

SYMBOLS = ("SPX", "AAA", "BBB", "CCC")
FIRST = "2024-01-02"
#: Days in a file of prices; files overlap by one day, which the later one corrects.
DAYS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A file to be imported, and how many new rows it brings."""

    file: Path
    kind: str
    new: int


def new_desk(folder: Path) -> Workspace:
    """Make a workspace whose portfolio is to follow SPX."""
    return create_workspace(folder, benchmark="SPX")


def write_files(folder: Path, count: int, *, seed: int = 1) -> list[Step]:
    """Write a snapshot of holdings, and so many files of prices and of trades, in the order they would come."""
    draw = random.Random(seed)  # noqa: S311 - prices, not secrets
    folder.mkdir(parents=True, exist_ok=True)
    steps: list[Step] = []
    for number in range(count):
        steps.append(_prices(folder / f"prices-{number}.csv", number, draw))
        if number == 0:
            book = folder / "book.csv"
            book.write_text("date,symbol,quantity\n" + "".join(f"{FIRST},{s},100\n" for s in SYMBOLS[1:]))
            steps.append(Step(file=book, kind="holdings", new=3))
        if number % 2:
            steps.append(_trades(folder / f"trades-{number}.csv", number, draw))
    return steps


def _business_day(number: int) -> str:
    return str(np.busday_offset(FIRST, number, roll="forward"))


def _prices(file: Path, number: int, draw: random.Random) -> Step:
    first = number * (DAYS - 1)
    lines = ["date," + ",".join(SYMBOLS)]
    for day in range(first, first + DAYS):
        market = 0.01 * ((day * 7) % 5 - 2)
        cells = [f"{100 * (1 + market * (1 + 0.2 * i)) + draw.random():.4f}" for i in range(len(SYMBOLS))]
        lines.append(f"{_business_day(day)},{','.join(cells)}")
    file.write_text("\n".join(lines) + "\n")
    return Step(file=file, kind="prices", new=len(SYMBOLS) * (DAYS if number == 0 else DAYS - 1))


def _trades(file: Path, number: int, draw: random.Random) -> Step:
    day = _business_day(number * (DAYS - 1))
    rows = [f"t{number}-{i},{day},{draw.choice(SYMBOLS[1:])},{draw.randint(-9, 9) or 1},100,1" for i in range(3)]
    file.write_text("id,date,symbol,quantity,price,fee\n" + "\n".join(rows) + "\n")
    return Step(file=file, kind="transactions", new=3)


def take(workspace: Workspace, step: Step):
    """Import a file, and give what became of it."""
    (done,) = import_files([step.file], workspace=workspace, accept=True)
    if done.error is not None:
        raise done.error
    return done


def contents(workspace: Workspace) -> dict:
    """Give what a desk knows, in a form that two desks may be compared by."""
    rows = workspace.prices.rows().sort("batch", "stamp", "symbol", "field")
    table = workspace.prices.table(check=False)
    trades = known_transactions(workspace.journal, "main")
    held = held_at(workspace, "main", dt.date.fromisoformat(str(table.dates[-1].astype("datetime64[D]"))))
    said = [e.body for e in workspace.journal.entries("prices")]
    return {
        "rows": [[str(cell) for cell in row] for row in rows.iter_rows()],
        "dates": [str(day) for day in table.dates],
        "trades": [f"{t.now} {len(t.said)}" for t in trades],
        "held": {p.symbol: str(p.quantity) for p in held.portfolio.positions},
        "new": sum(body["new"] for body in said),
        "corrected": sum(body["corrected"] for body in said),
        "snapshots": len(workspace.journal.entries("holdings")),
    }


def check_whole(workspace: Workspace) -> None:
    """Check that the journal holds and that each file of prices it names is there as it was written."""
    checked = verify(workspace.journal)
    assert checked.fault is None, checked.fault
    workspace.prices.check()


def strays(workspace: Workspace) -> set[str]:
    """Give what lies in the folder of prices and is in no journal entry."""
    folder = workspace.prices.folder
    there = {p.name for p in folder.iterdir()} if folder.is_dir() else set()
    return there - {f.name for f in workspace.prices._files()}
