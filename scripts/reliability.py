"""What the page on reliability states: measured one part at a time, kept, and printed as a table.

    python scripts/reliability.py measure             every part, one after the other (an hour on two cores)
    python scripts/reliability.py measure folder lock the parts named
    python scripts/reliability.py                     prints the table of what was measured, with commands and dates

Parts: folder (files of quotes), journal-day (a watch of 1,000 symbols), known-rows (1.26 million rows imported again),
crowd (four writers, two readers and a watch), hours (a watch through eight hours of market time), columns (wide files),
kills, disks and seeds (the scripts of tests/chaos), damage (what the tests damage and read).
Results stand in docs/data/reliability.json.
"""

import argparse
import datetime as dt
import gc
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager, redirect_stdout
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from trimtab.cli.app import app
from trimtab.desk.books.journal import Fact
from trimtab.desk.watch.quotes import Batch, Tick
from trimtab.desk.watch.watching import Watch
from trimtab.exposure.live.book import LiveBook
from trimtab.feeds.folder.feed import FolderFeed
from trimtab.feeds.series.prices import read_prices
from trimtab.model.instrument import Spot
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio, Position
from trimtab.runner.watch import Timing, run_watch
from trimtab.store.beside.states import StateStore
from trimtab.store.journal import create_journal, open_journal
from trimtab.store.lock import FolderLock
from trimtab.store.verify import verify
from trimtab.wiring.creating import create_workspace
from trimtab.wiring.importing import import_files
from trimtab.wiring.workspace import open_workspace

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "docs/data/reliability.json"
CHAOS = ROOT / "tests/chaos"
Found = list[tuple[str, str, str]]


def main() -> None:
    """Measure, or print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", choices=["measure"])
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    arguments = parser.parse_args()
    if arguments.what is None:
        print(table(json.loads(KEPT.read_text())))
        return
    for name in arguments.parts or PARTS:
        rows = PARTS[name]()
        kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
        kept[name] = {
            "day": dt.datetime.now(dt.UTC).date().isoformat(),
            "load": round(os.getloadavg()[1]),
            "rows": [list(row) for row in rows],
        }
        KEPT.write_text(json.dumps({part: kept[part] for part in PARTS if part in kept}, indent=1) + "\n")
        for row in rows:
            print(f"{name}: {' | '.join(row)}", file=sys.stderr)


def table(kept: dict[str, Any]) -> str:
    """Write what was measured as a table."""
    lines = ["| what | aim | measured | with |", "|---|---|---|---|"]
    for part, one in kept.items():
        load = f", load {one['load']}" if "load" in one else ""
        for what, promised, measured in one["rows"]:
            lines.append(f"| {what} | {promised} | {measured} | `measure {part}`, {one['day']}{load} |")
    return "\n".join(lines)


def folder() -> Found:
    """Read folders of 1,000, 10,000 and 100,000 files of quotes, and go on after a restart."""

    def clock() -> dt.datetime:
        return dt.datetime.now(dt.UTC)

    milliseconds, size, restart = [], 0, 0.0
    for count in (1_000, 10_000, 100_000):
        with tempfile.TemporaryDirectory() as place:
            for k in range(count):
                Path(place, f"q{k:07d}.csv").write_text(f"time,symbol,price\n{1_700_000_000 + k},A,{100 + k % 7}\n")
            feed, cursor, taken, began = FolderFeed(place, clock=clock), None, 0, time.process_time()
            while (batch := feed.read(cursor)) is not None:
                taken += len(batch.ticks)
                cursor = batch.after(len(batch.ticks))
            _sure(taken == count)
            milliseconds.append((time.process_time() - began) / count * 1e3)
            size = len(json.dumps(cursor))
            began = time.process_time()
            _sure(FolderFeed(place, clock=clock).read(json.loads(json.dumps(cursor))) is None)
            restart = time.process_time() - began
    each = ", ".join(f"{ms:.2f}" for ms in milliseconds)
    return [
        ("1,000, 10,000 and 100,000 files in a folder of quotes", "linear", f"{each} ms of CPU a file"),
        ("what is noted of 100,000 files", "of one size", f"{size / 1e3:.0f} kB; a restart looks for {restart:.1f} s"),
    ]


def journal_day() -> Found:
    """Watch 1,000 symbols for a day, each quoted every minute."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place, "journal.db")
        with create_journal(path) as journal:
            empty = path.stat().st_size
            run_watch(
                _many_symbols(1_000), _Quotes(1_000, minutes=1_441, step=60), journal, lambda _: False, _Ports(),
                source="replay", timing=Timing(every=dt.timedelta(minutes=1), by_quotes=True),
                states=StateStore(Path(place, "watch")),
            )  # fmt: skip
            entries = len(journal.entries("watch"))
        grown = (path.stat().st_size - empty) / 1e6
    return [("journal of a day of 1,000 symbols", "at most 2 MB", f"{grown:.2f} MB in {entries:,} entries")]


def hours() -> Found:
    """Watch 50 symbols through eight hours of market time, a quote of each every 5 seconds."""
    memory: dict[int, float] = {}
    files: dict[int, int] = {}

    def show(sight: Any) -> None:
        hour = (sight.at - _START).total_seconds() / 3600.0
        if int(hour) not in memory:
            gc.collect()
            memory[int(hour)] = _resident()
            files[int(hour)] = len(list(Path("/proc/self/fd").iterdir()))

    with tempfile.TemporaryDirectory() as place, create_journal(Path(place, "journal.db")) as journal:
        run_watch(
            _many_symbols(50), _Quotes(50, minutes=12 * 481, step=5), journal, lambda _: False, _Ports(),
            source="replay", timing=Timing(every=dt.timedelta(seconds=5), by_quotes=True), show=show,
            states=StateStore(Path(place, "watch")),
        )  # fmt: skip
    growth = (memory[8] - memory[1]) / 7
    return [
        (
            "memory of a watch through eight hours of market time", "at most 1 MB an hour after the first",
            f"{growth:+.2f} MB an hour, {memory[8]:.0f} MB at the end",
        ),
        ("its open files", "constant", f"{files[1]} after an hour, {files[8]} after eight"),
    ]  # fmt: skip


def known_rows() -> Found:
    """Import 1.26 million rows of prices, then the same file again."""
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
    _sure(outcome == "nothing_new")
    return [
        ("1.26 million new rows: what the lock is held for", "", f"{first_lock * 1e3:.0f} ms of {first:.1f} s"),
        ("1.26 million known rows again", "lock under 100 ms", f"{lock * 1e3:.1f} ms of {again:.1f} s"),
    ]


def crowd(seconds: float = 60.0) -> Found:
    """Let four writers, two readers and a watch work on one desk, and time how long each waits for its turn."""
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
            _sure(verify(journal).ok)
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


def columns() -> Found:
    """Read files of 5,000, 20,000 and 100,000 columns."""
    seconds = []
    with tempfile.TemporaryDirectory() as place:
        small = Path(place, "small.csv")
        small.write_text("date,A\n2024-01-02,1\n2024-01-03,2\n")
        read_prices(small)
        for count in (5_000, 20_000, 100_000):
            file = Path(place, f"{count}.csv")
            head = "date," + ",".join(f"S{k}" for k in range(count))
            rows = (f"2024-01-{d:02d}," + ",".join(f"{100 + (k + d) % 9}" for k in range(count)) for d in range(2, 7))
            file.write_text("\n".join([head, *rows]) + "\n")
            began = time.process_time()
            _sure(read_prices(file).shape == (5, count))
            seconds.append(time.process_time() - began)
    each = " / ".join(f"{s:.1f}" for s in seconds)
    return [("files of 5,000 / 20,000 / 100,000 columns", "linear", f"{each} s of CPU")]


def kills() -> Found:
    """Kill importers at random moments, and commands before each step on the disk."""
    with tempfile.TemporaryDirectory() as place:
        moments = _chaos("kill_moments.py", "moments", place + "/m", 80, 20260105)
        steps = {}
        for what, stride in (("init", 1), ("import", 1), ("review", 2), ("backup", 3), ("sample", 9)):
            steps[what] = _chaos("kill_steps.py", f"{place}/{what}", what, stride)["kills"]
    counted = ", ".join(f"{what} {count}" for what, count in steps.items())
    return [
        (
            "importers killed at random moments (seed 20260105)", "nothing acknowledged lost",
            f"{moments['kills']} kills, 0 lost",
        ),
        ("commands killed before steps on the disk", "the same command ends as if never killed", f"{counted}: 0 lost"),
    ]  # fmt: skip


def disks() -> Found:
    """Write with less and less room."""
    with tempfile.TemporaryDirectory() as place:
        refused = _chaos("full_disk.py", "limit", place)
    count = sum(times for what, times in refused["said"].items() if what.endswith("refused"))
    _sure(count > 0)
    return [
        (
            "files that may not grow (a full disk)", "refused with 74, or done; nothing half written",
            f"{count} refused in three parts, 0 damaged",
        )
    ]  # fmt: skip


def seeds() -> Found:
    """Simulate faults: five hundred seeds of thirty steps, each twice."""
    with tempfile.TemporaryDirectory() as place:
        script = ("-m", "simulation.run", place, "0", "500", "30")
        environment = {**_environment(), "PYTHONPATH": os.pathsep.join([str(CHAOS), str(ROOT / "tests"), *sys.path])}
        done = subprocess.run([sys.executable, *script], capture_output=True, text=True, check=True, env=environment)
    return simulated(json.loads(done.stdout))


def simulated(counts: dict[str, int]) -> Found:
    """Say what a simulation did."""
    parts = ("kills", "full disks", "mad clocks", "between", "imports", "watches")
    did = ", ".join(f"{counts[part]:,} {part}" for part in parts).replace("between", "steps of another between two")
    aim = "the same desk twice; nothing acknowledged lost or doubled; each message sent or given up on in words"
    return [("seeds of the fault simulation, each run twice", aim, f"{counts['seeds']} of 500 held: {did}")]


def damage() -> Found:
    """Count what `make test` damages: readers, and inputs to them."""
    with tempfile.TemporaryDirectory() as place:
        noted = Path(place, "rounds")
        tests = ("tests/feeds/test_reader_fuzz.py", "tests/config/test_words_fuzz.py")
        subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests], check=True, cwd=ROOT,
            capture_output=True, env={**_environment(), "TRIMTAB_FUZZ_COUNT": str(noted)},
        )  # fmt: skip
        rounds = [int(line) for line in noted.read_text().split()]
    aim = "the same answer twice, or a refusal in three parts"
    what = f"damaged inputs to {len(rounds)} readers and layouts in `make test`"
    return [(what, aim, f"{sum(rounds):,}, each read or refused")]


def _environment() -> dict[str, str]:
    return {**os.environ, "POLARS_MAX_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)}


def _sure(holds: object) -> None:
    if not holds:
        raise RuntimeError("what was measured is not what was to be done")


def _chaos(script: str, *words: object) -> dict[str, Any]:
    environment = {**os.environ, "POLARS_MAX_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, CHAOS / script, *map(str, words)], capture_output=True, text=True, check=True, env=environment
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


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


_START = dt.datetime(2024, 3, 1, 12, tzinfo=dt.UTC)


class _Ports:
    """Time that stands still, and no stop."""

    def now(self) -> dt.datetime:
        return _START

    def wait(self, seconds: float) -> None:
        del seconds

    def stopping(self) -> bool:
        return False


class _Quotes:
    """A quote of every symbol in every step, made when it is asked for."""

    def __init__(self, symbols: int, *, minutes: int, step: int) -> None:
        self._symbols, self._rounds, self._step, self.ended = symbols, minutes, step, False

    def read(self, cursor: Any) -> Any:
        number = 0 if cursor is None else int(cursor["row"])
        if number >= self._rounds:
            self.ended = True
            return None
        at = round((_START + dt.timedelta(seconds=self._step * (number + 1))).timestamp() * 1e6)
        ticks = tuple(
            Tick(symbol=f"SYM{k:04d}", price=100.0 + (number % 97) / 64 + k / 1024, at=at)
            for k in range(self._symbols)
        )  # fmt: skip
        # within a round the feed begins it anew, which changes nothing: the same quotes at the same time
        return Batch(ticks=ticks, after=lambda k: {"row": number + (k >= len(ticks))})


def _many_symbols(count: int) -> Any:
    """Give a watch of so many shares."""
    sys.path.insert(0, str(ROOT / "tests"))
    from given import given_betas, given_market  # noqa: PLC0415 - of the tests

    names = [f"SYM{k:04d}" for k in range(count)]
    shares = (Spot(symbol=name, currency="USD") for name in names)
    book = Portfolio(positions=tuple(Position(instrument=s, quantity=Decimal(10)) for s in shares), base="USD")
    market = given_market({"M": 500.0, **dict.fromkeys(names, 100.0)})
    betas = given_betas("M", dict.fromkeys(names, (1.0, 0.02)))
    return Watch(LiveBook(book, market, betas), book, Mandate(benchmark="M", target=1.0, band=0.1), name="main")


def _resident() -> float:
    """Give the memory of this process, MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


PARTS: dict[str, Callable[[], Found]] = {
    "folder": folder, "journal-day": journal_day, "known-rows": known_rows, "crowd": crowd, "hours": hours,
    "columns": columns, "kills": kills, "disks": disks, "seeds": seeds, "damage": damage,
}  # fmt: skip

if __name__ == "__main__":
    main()
