"""Desks, measured: many rows again, a crowd at one desk, wide files."""

import datetime as dt
import multiprocessing
import os
import statistics
import tempfile
import time
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from reliability_parts.pieces import Rows, piece, sure
from trimtab.cli.app import app
from trimtab.desk.books.journal import Fact
from trimtab.feeds.series.prices import read_prices
from trimtab.store.journal import open_journal
from trimtab.store.lock import FolderLock
from trimtab.store.verify import verify
from trimtab.wiring.creating import create_workspace
from trimtab.wiring.importing import import_files
from trimtab.wiring.workspace import open_workspace


def known_rows() -> Rows:
    """Import 1.26 million rows of prices, then the same file again."""
    return [tuple(row) for row in piece("known-rows", _known_rows)]


def _known_rows() -> Rows:
    with tempfile.TemporaryDirectory() as place:
        workspace = _desk(Path(place))
        file = Path(place, "p.parquet")
        _prices(500, 2_520).write_parquet(file)
        seconds = []
        with _timed_locks() as locks:
            for _ in range(2):
                locks.clear()
                began = time.monotonic()
                (done,) = import_files([file], workspace=workspace, accept=True)
                seconds.append(
                    (str(done.outcome), time.monotonic() - began, max((held for _, held in locks), default=0.0))
                )
    (_, first, first_lock), (outcome, again, lock) = seconds
    sure(outcome == "nothing_new")
    return [
        ("1.26 million new rows: what the lock is held for", "", f"{first_lock * 1e3:.0f} ms of {first:.1f} s"),
        ("1.26 million known rows again", "lock under 100 ms", f"{lock * 1e3:.1f} ms of {again:.1f} s"),
    ]


def crowd() -> Rows:
    """Let four writers, two readers and a watch work on one desk, and time how long each waits for its turn."""
    return [tuple(row) for row in piece("crowd", lambda: _crowd(60.0))]


def _crowd(seconds: float) -> Rows:
    with tempfile.TemporaryDirectory() as place:
        workspace = _desk(Path(place))
        file = Path(place, "p.parquet")
        _prices(50, 1_000).write_parquet(file)
        import_files([file], workspace=workspace, accept=True)
        book = Path(place, "book.csv")
        book.write_text("symbol,quantity\nS0000,100\nS0001,50\n")
        import_files([book], workspace=workspace, accept=True, as_of="2020-01-01")
        roles = ("prices", "holdings", "trades", "decisions", "reader", "reader", "watch")
        context, queue = multiprocessing.get_context("spawn"), multiprocessing.get_context("spawn").Queue()
        crew = [
            context.Process(target=_work, args=(role, k, Path(place), seconds, queue)) for k, role in enumerate(roles)
        ]
        for one in crew:
            one.start()
        results = [queue.get(timeout=seconds + 240) for _ in crew]
        for one in crew:
            one.join()
        with open_journal(workspace.folder / "journal.db") as journal:
            sure(verify(journal).ok)
    waits = [wait for role, waited, _, _ in results if role not in {"reader", "watch"} for wait in waited]
    holds = [held for _, _, held_times, _ in results for held in held_times]
    rounds = sum(count for _, _, _, count in results)
    p99 = statistics.quantiles(waits, n=100)[98] * 1e3
    return [
        (
            f"4 writers, 2 readers and a watch at one desk for {seconds:.0f} s", "p99 of a wait at most 250 ms",
            f"{p99:.0f} ms over {len(waits):,} waits, longest {max(waits) * 1e3:.0f} ms, "
            f"lock held {max(holds) * 1e3:.0f} ms at most, {rounds:,} rounds",
        )
    ]  # fmt: skip


def columns() -> Rows:
    """Read files of 5,000, 20,000 and 100,000 columns."""
    seconds = [piece(f"columns-{count}", lambda count=count: _wide_file(count)) for count in (5_000, 20_000, 100_000)]
    each = " / ".join(f"{s:.1f}" for s in seconds)
    return [("files of 5,000 / 20,000 / 100,000 columns", "linear", f"{each} s of CPU")]


def _wide_file(count: int) -> float:
    """Read a file of so many columns and five days: seconds of CPU."""
    with tempfile.TemporaryDirectory() as place:
        small = Path(place, "small.csv")
        small.write_text("date,A\n2024-01-02,1\n2024-01-03,2\n")
        read_prices(small)  # what is imported once is not counted
        file = Path(place, f"{count}.csv")
        head = "date," + ",".join(f"S{k}" for k in range(count))
        rows = (f"2024-01-{d:02d}," + ",".join(f"{100 + (k + d) % 9}" for k in range(count)) for d in range(2, 7))
        file.write_text("\n".join([head, *rows]) + "\n")
        began = time.process_time()
        sure(read_prices(file).shape == (5, count))
        return time.process_time() - began


def _work(role: str, number: int, place: Path, seconds: float, queue: Any) -> None:
    """Do one process's part of the crowd."""
    end, count = time.monotonic() + seconds, 0
    with _timed_locks() as locks:
        if role == "watch":
            _watch(place, seconds)
        while time.monotonic() < end:
            count += 1
            _round(role, number, count, open_workspace(place / "desk"), place)
        queue.put((role, [wait for wait, _ in locks], [held for _, held in locks], count))


def _watch(place: Path, seconds: float) -> None:
    """Run the command that watches, with quotes in a folder; what others import meanwhile makes its book anew."""
    quotes = place / "quotes"
    quotes.mkdir()
    now = dt.datetime.now(dt.UTC)
    (quotes / "q.csv").write_text(f"time,symbol,price\n{now:%Y-%m-%dT%H:%M:%SZ},S0000,100.5\n")
    words = ["watch", "--folder", str(quotes), "--every", "1s", "--for", f"{seconds:.0f}s", "--json", "-w"]
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        app([*words, str(place / "desk")], standalone_mode=False)


def _round(role: str, number: int, count: int, workspace: Any, place: Path) -> None:
    day = dt.date(2024, 1, 1) + dt.timedelta(days=count)
    file = place / f"{role}-{number}.csv"
    if role == "prices":
        file.write_text("date," + ",".join(f"S{k:04d}" for k in range(50)) + f"\n{day}" + ",101.5" * 50 + "\n")
        import_files([file], workspace=workspace, accept=True)
    elif role == "holdings":
        file.write_text(f"symbol,quantity\nS0000,{100 + count}\nS0001,50\n")
        import_files([file], workspace=workspace, accept=True, as_of=day, portfolio="main")
    elif role == "trades":
        file.write_text(f"id,date,symbol,kind,quantity,price\nt{number}-{count},{day},S0001,buy,1,100\n")
        import_files([file], workspace=workspace, accept=True, portfolio="main")
    elif role == "decisions":
        with workspace.journal.writing():
            workspace.journal.entries("decision", newest=True, limit=1)
            workspace.journal.append([Fact(kind="decision", subject="main", body={"run": count})])
        time.sleep(0.05)
    else:
        workspace.prices.table()
        workspace.journal.entries("decision", limit=100)
        time.sleep(0.05)


@contextmanager
def _timed_locks() -> Any:
    """Note of each outermost section of the lock how long it was waited for, and held."""
    noted: list[tuple[float, float]] = []
    depth = [0]
    original = FolderLock.held

    @contextmanager
    def held(self: FolderLock) -> Any:
        asked = time.monotonic()
        with original(self):
            depth[0] += 1
            given = time.monotonic()
            try:
                yield
            finally:
                depth[0] -= 1
                if not depth[0]:
                    noted.append((given - asked, time.monotonic() - given))

    FolderLock.held = held  # type: ignore[method-assign]
    try:
        yield noted
    finally:
        FolderLock.held = original  # type: ignore[method-assign]


def _desk(place: Path) -> Any:
    create_workspace(place / "desk", benchmark="S0000")
    return open_workspace(place / "desk")


def _prices(symbols: int, days: int) -> pl.DataFrame:
    """Make a wide frame of random prices of business days up to the end of 2023."""
    rng = np.random.default_rng(1)
    last = np.busday_offset("2023-12-29", np.arange(1 - days, 1), roll="backward")
    walk = 100.0 * np.exp(np.cumsum(rng.normal(0, 0.01, (days, symbols)), axis=0))
    return pl.DataFrame({"date": last, **{f"S{k:04d}": walk[:, k] for k in range(symbols)}})
