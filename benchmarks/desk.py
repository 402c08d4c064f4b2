"""Several processes at one desk: a service that watches, four writers and two readers; counts, errors, write times.

    python benchmarks/desk.py                    60 seconds on the sample, the journal in SQLite
    python benchmarks/desk.py --seconds 8        a short run
    python benchmarks/desk.py --folder /some/disk
    python benchmarks/desk.py --url postgresql://user@host/empty_database

The service is `trimtab watch` on a folder in which quotes keep arriving. The writers do, again and again, what commands
do: import new prices and corrections; import trades; review and plan, written down; decide on plans and acknowledge
alerts. One reader reviews as it was known at some earlier entry, the other lists runs, holdings and alerts and walks
the chain.

At the end every entry that `append` returned to anybody is looked for with its hash, there are no others, the chain is
verified, and so are the files of prices; the newest runs are asked again.

A write time is from asking for the lock to giving it back: waiting for the others is in it, and so is what an import
has to compare before it may write.
"""

import argparse
import json
import multiprocessing
import os
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np

from trimtab.cli import main as trimtab
from trimtab.desk.questions.groups.measuring import Measuring
from trimtab.desk.questions.plan import PlanQuestion
from trimtab.desk.questions.review import ReviewQuestion
from trimtab.desk.watch.alerting import order_alert
from trimtab.monitor.alerts.machine import Order, Verb
from trimtab.python.desk import Desk
from trimtab.store.journal import SqlJournal
from trimtab.store.verify import verify
from trimtab.wiring.accounts import held_at
from trimtab.wiring.alarming import alert_view
from trimtab.wiring.creating import create_workspace
from trimtab.wiring.importing import import_files
from trimtab.wiring.workspace import open_workspace

_RULE = """
[[alerts.rules]]
name = "beta swings"
kind = "band"
threshold = 0.6
clear = 0.55

[alerts.channels.log]
kind = "file"
path = "alerts.log"
"""
_ROLES = ("service", "prices", "trades", "reviews", "decisions", "known", "lists")
_WRITERS = _ROLES[:5]
#: The day of the sample's snapshot; a future of it has no price of its own to be carried on by.
_DAY = "2022-12-28"
_ON_THE_DAY = ReviewQuestion(measuring=Measuring(as_of=_DAY))
#: Each process does so many rounds however slow the machine is.
_ROUNDS = 3
_STARTING_SECONDS = 120.0


class Record:
    """What a process did: write times, entries that were acknowledged to it, errors."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.acknowledged: list[tuple[int, str, str]] = []
        self.errors: list[str] = []
        self.rounds = 0

    def listen(self) -> None:
        """Time every section and append of this process's journals from here on."""
        append, writing, depth = SqlJournal.append, SqlJournal.writing, 0

        def timed_append(journal: SqlJournal, facts: Any) -> Any:
            with timed():
                entries = append(journal, facts)
            self.acknowledged += [(e.seq, e.kind, e.hash) for e in entries]
            return entries

        @contextmanager
        def timed_writing(journal: SqlJournal) -> Iterator[None]:
            with timed(), writing(journal):
                yield

        @contextmanager
        def timed() -> Iterator[None]:
            nonlocal depth
            start, depth = time.perf_counter(), depth + 1
            try:
                yield
            finally:
                depth -= 1
                if depth == 0:
                    self.times.append(time.perf_counter() - start)

        SqlJournal.append = timed_append  # type: ignore[method-assign]
        SqlJournal.writing = timed_writing  # type: ignore[method-assign, assignment]


class Prices:
    """Imports a day of prices at a time, and now and then a correction."""

    def __init__(self, folder: Path) -> None:

        table = open_workspace(folder).prices.table(check=False)
        self._folder, self._draw = folder, np.random.default_rng(1)
        self._day = table.dates[-1].astype("datetime64[D]")
        self._last = {s: float(p) for s, p in zip(table.symbols, table.values[-1], strict=True) if np.isfinite(p)}

    def step(self, number: int) -> None:
        """Import the next day."""
        before = self._last
        self._last = {s: p * float(np.exp(self._draw.normal(0, 0.005))) for s, p in before.items()}
        day = np.busday_offset(self._day, number + 1, roll="forward")
        lines = ["date," + ",".join(self._last)]
        if number % 5 == 4:
            corrected = np.busday_offset(self._day, number, roll="forward")
            lines.append(f"{corrected}," + ",".join(f"{p * 1.0001:.6f}" for p in before.values()))
        lines.append(f"{day}," + ",".join(f"{p:.6f}" for p in self._last.values()))
        _import(self._folder, f"prices-{number}.csv", lines)


class Trades:
    """Imports two trades at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def step(self, number: int) -> None:
        """Import the next two."""
        rows = [f"t{number}-{i},{_DAY},AAPL,{1 if i else -1},130,0" for i in range(2)]
        _import(self._folder, f"trades-{number}.csv", ["id,date,symbol,quantity,price,fee", *rows])


class Reviews:
    """Reviews and plans, written down."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        Desk(folder).review(record=False)

    def step(self, number: int) -> None:
        """Ask one of the two."""
        desk = Desk(self._folder)
        if number % 3 == 2:
            desk.plan(PlanQuestion(measuring=Measuring(as_of=_DAY)))
        else:
            desk.review(_ON_THE_DAY)


class Decisions:
    """Decides on the newest plan, and acknowledges and snoozes alerts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def step(self, number: int) -> None:
        """Decide, or answer an alert."""
        desk = Desk(self._folder)
        if number % 2:
            desk.decide(desk.runs(command="plan", limit=1)[0].seq, "accepted", by="the desk", note=f"round {number}")
            return
        journal, rules, now = desk.workspace.journal, desk.workspace.config.rules, datetime.now(UTC)
        taken_on = Order(verb=Verb.ACKNOWLEDGE, by="the desk")
        order_alert(journal, rules, "main", "beta swings", taken_on, now)
        snooze = Order(verb=Verb.SNOOZE, until=datetime.fromtimestamp(now.timestamp() + 1.0, UTC))
        order_alert(journal, rules, "main", "beta swings", snooze, now)


class Known:
    """Reviews as it was known at some earlier entry."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._draw = folder, random.Random(2)  # noqa: S311 - entries, not secrets
        self._first = Desk(folder).known()
        Desk(folder).review(record=False)

    def step(self, _number: int) -> None:
        """Ask as of one of them."""
        desk = Desk(self._folder)
        desk.review(_ON_THE_DAY, known=self._draw.randint(self._first, desk.known()), record=False)


class Lists:
    """Lists runs, holdings, prices and alerts, and now and then walks the chain."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def step(self, number: int) -> None:
        """List them."""
        desk = Desk(self._folder)
        desk.runs(limit=20)
        held_at(desk.workspace, "main", date.fromisoformat(_DAY))
        desk.workspace.prices.rows()
        alert_view(desk.workspace)
        if number % 10 == 9 and isinstance(desk.workspace.journal, SqlJournal):
            assert verify(desk.workspace.journal).ok  # noqa: S101 - a benchmark that checks


_STEPPED: dict[str, Callable[[Path], Any]] = {
    "prices": Prices, "trades": Trades, "reviews": Reviews, "decisions": Decisions, "known": Known, "lists": Lists,
}  # fmt: skip


def _import(folder: Path, name: str, lines: list[str]) -> None:

    file = folder.parent / name
    file.write_text("\n".join(lines) + "\n")
    (done,) = import_files([file], workspace=open_workspace(folder), accept=True)
    if done.error is not None:
        raise done.error
    if not done.entries:
        raise AssertionError(f"{name} was not kept: {done.outcome}")


def work(role: str, folder: Path, seconds: float, barrier: Any, results: Any) -> None:
    """Do one process's part, a few rounds at least, and report."""
    record = Record()
    try:
        if role == "service":
            record.listen()
            barrier.wait(_STARTING_SECONDS)
            _watch(folder, seconds, record)
        else:
            part = _STEPPED[role](folder)
            record.listen()
            barrier.wait(_STARTING_SECONDS)
            end = time.monotonic() + seconds
            while time.monotonic() < end or record.rounds + len(record.errors) < _ROUNDS:
                try:
                    part.step(record.rounds)
                except Exception as error:  # noqa: BLE001 - every one counts
                    record.errors.append(f"{role}: {type(error).__name__}: {error}")
                record.rounds += 1
                time.sleep(0.01)
    except BaseException as error:  # noqa: BLE001
        record.errors.append(f"{role} ended: {type(error).__name__}: {error}")
        barrier.abort()
    results.put((role, record.rounds, record.times, record.acknowledged, record.errors))


def _watch(folder: Path, seconds: float, record: Record) -> None:
    """Be `trimtab watch`."""
    sys.argv = [
        "trimtab", "watch", "-w", str(folder), "--folder", str(folder.parent / "quotes"), "--every", "1s",
        "--for", f"{max(1, round(seconds))}s", "--as-of", _DAY, "--json",
    ]  # fmt: skip
    said = folder.parent / "watch.out"
    sys.stdout.flush()
    os.dup2(os.open(said, os.O_WRONLY | os.O_CREAT), 1)
    try:
        trimtab()
    except SystemExit as end:
        if end.code:
            record.errors.append(f"watch ended with exit code {end.code}")
    sys.stdout.flush()
    record.rounds = len(said.read_text().splitlines())


def make(folder: Path, url: str | None) -> Path:
    """Make the desk of the sample, with a mandate near its beta, a rule on it, and a first plan."""
    place = folder / "desk"
    if url is not None:
        os.environ["TRIMTAB_JOURNAL_URL"] = url
    create_workspace(place, sample=True)
    settings = place / "trimtab.toml"
    text = settings.read_text() + _RULE
    if url is not None:
        del os.environ["TRIMTAB_JOURNAL_URL"]
        text = text.replace("[journal]", f'[journal]\nurl = "{url}"', 1)
    settings.write_text(text)
    beta = Desk(place).review(record=False).exposure.beta.value
    settings.write_text(text.replace("target = 1.0", f"target = {beta:.3f}", 1))
    Desk(place).plan()
    (folder / "quotes").mkdir()
    return place


def _make(folder: Path, url: str | None, made: Any) -> None:
    made.put((str(make(folder, url)), Desk(folder / "desk").known()))


def feed(folder: Path, alive: Callable[[], bool]) -> int:
    """Let quotes arrive that push the beta out of its band and back, until all are done."""
    count = 0
    while alive():
        level = 1.2 if (count // 4) % 2 else 0.85
        now = datetime.now(UTC).isoformat()
        rows = [f"{now},{s},{p * level:.2f}" for s, p in (("AAPL", 126.04), ("JPM", 133.22), ("XOM", 108.38))]
        part = folder / f"quotes-{count}.part"
        part.write_text("time,symbol,price\n" + "\n".join(rows) + "\n")
        part.rename(folder / f"quotes-{count:06d}.csv")
        count += 1
        time.sleep(0.25)
    return count


def run(folder: Path, seconds: float, url: str | None = None) -> dict[str, Any]:
    """Make a desk, let all processes at it, and check it."""
    # The server that forks them has imported everything, and never works with frames itself.
    context = multiprocessing.get_context("forkserver" if hasattr(os, "fork") else "spawn")
    with suppress(AttributeError):
        context.set_forkserver_preload(["trimtab.wiring.runs", "trimtab.wiring.alarming", "trimtab.cli.app"])
    results, made = context.Queue(), context.Queue()
    making = context.Process(target=_make, args=(folder, url, made))
    making.start()
    making.join()
    place, before = made.get(timeout=1)
    barrier = context.Barrier(len(_ROLES))
    running = [
        context.Process(target=work, args=(role, Path(place), seconds, barrier, results), name=role) for role in _ROLES
    ]
    for process in running:
        process.start()
    quotes = feed(folder / "quotes", lambda: results.qsize() < len(_ROLES) and any(p.is_alive() for p in running))
    parts = {part[0]: part for part in (results.get(timeout=60) for _ in _ROLES)}
    for process in running:
        process.join()
    checking = context.Process(target=_check, args=(Path(place), before, parts, made))
    checking.start()
    found: dict[str, Any] = made.get(timeout=_STARTING_SECONDS)
    checking.join()
    errors = [error for part in parts.values() for error in part[4]]
    return {
        "seconds": seconds,
        "journal": "PostgreSQL" if url else "SQLite",
        "quote files": quotes,
        **found,
        "rounds": {role: parts[role][1] for role in _ROLES},
        "errors": errors,
        "locked": sum("locked" in error for error in errors),
        "milliseconds": {role: _quantiles(parts[role][2]) for role in _WRITERS},
        "all writes": _quantiles([t for role in _WRITERS for t in parts[role][2]]),
    }


def _check(place: Path, before: int, parts: dict[str, Any], found: Any) -> None:
    """Compare the desk with what was acknowledged, and ask its newest runs again."""
    desk = Desk(place)
    journal = desk.workspace.journal
    checked = verify(journal)
    told = {tuple(entry) for part in parts.values() for entry in part[3]}
    kept = {(e.seq, e.kind, e.hash) for e in journal.entries(after=before)}
    files = desk.workspace.prices.check()
    desk.workspace.prices.clean()
    replayed = [desk.replay(r.seq).same for r in desk.runs(limit=6)]
    found.put(
        {
            "chain holds": checked.ok,
            "entries": len(kept),
            "acknowledged": len(told),
            "lost": len(told - kept),
            "unknown": len(kept - told),
            "by kind": dict(Counter(kind for _, kind, _ in sorted(kept))),
            "price files": files,
            "stray files": len(desk.workspace.prices.clean()),
            "replayed": len(replayed),
            "replayed the same": sum(replayed),
        }
    )


def _quantiles(times: list[float]) -> dict[str, float]:
    if len(times) < 2:
        return {}
    cuts = statistics.quantiles(times, n=100)
    return {"count": len(times), "p50": cuts[49] * 1e3, "p99": cuts[98] * 1e3, "max": max(times) * 1e3}


def whole(found: dict[str, Any]) -> bool:
    """Say whether everything is as it should be."""
    return (
        found["chain holds"]
        and not found["lost"]
        and not found["unknown"]
        and not found["errors"]
        and found["replayed"] == found["replayed the same"]
    )


def show(found: dict[str, Any]) -> None:
    """Print it for people."""
    print(f"{found['entries']:,} entries in {found['seconds']:g} s in {found['journal']}: {found['by kind']}")
    print(f"acknowledged {found['acknowledged']:,}, lost {found['lost']}, written by nobody {found['unknown']}")
    print(f"errors {len(found['errors'])}, of these locked {found['locked']}")
    print(f"chain {'holds' if found['chain holds'] else 'DOES NOT HOLD'}, {found['price files']} price files as named")
    print(f"runs asked again {found['replayed']}, the same {found['replayed the same']}")
    for error in found["errors"][:5]:
        print(error)
    print(f"{'':<10} {'rounds':>7} {'writes':>7} {'p50 ms':>8} {'p99 ms':>8} {'max ms':>8}")
    for role, rounds in {**found["rounds"], "all": sum(found["rounds"].values())}.items():
        q = found["all writes"] if role == "all" else found["milliseconds"].get(role)
        figures = f"{q['count']:>7,} {q['p50']:>8.1f} {q['p99']:>8.1f} {q['max']:>8.1f}" if q else ""
        print(f"{role:<10} {rounds:>7,} {figures}")


def main() -> None:
    """Read the arguments, and print what happened."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--url", help="a database without a journal")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        found = run(Path(folder), given.seconds, given.url)
    if given.json:
        print(json.dumps(found))
    else:
        show(found)
    raise SystemExit(0 if whole(found) else 1)


if __name__ == "__main__":
    main()
