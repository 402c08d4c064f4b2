"""Several processes at one journal: a busy service, four writers and two readers; counts, lock errors and write times.

    python benchmarks/journal.py                       60 seconds on SQLite in a temporary folder
    python benchmarks/journal.py --seconds 8           a short run
    python benchmarks/journal.py --folder /some/disk   on another disk
    python benchmarks/journal.py --url postgresql://user@host/empty_database

The service appends without a pause. Each writer does what a command does: open, read the newest entry of its kind,
decide, append inside an exclusive section, close; then it waits a little. Readers ask for entries and walk the chain.
At the end every acknowledged entry is looked for, and the whole chain is verified.

A write time is from the call of `append` to its return, waiting for the others included. A lock error is any error.
"""

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from trimtab.desk.books.journal import Fact
from trimtab.errors import TrimtabError
from trimtab.store.journal import SqlJournal, create_journal, open_journal
from trimtab.store.verify import verify

_ROLES = {"service": 1, "writer": 4, "reader": 2}
#: Each process does so many rounds however slow the machine is.
_ROUNDS = 5


def work(role: str, where: str, name: str, seconds: float) -> dict[str, Any]:
    """Do one process's part, a few rounds at least, and give what happened."""
    times: list[float] = []
    errors: list[str] = []
    count = 0
    step: Callable[[int], int] = {
        "service": _Service(where, name, times).step,
        "writer": _Writer(where, name, times).step,
        "reader": _Reader(where, times).step,
    }[role]
    end = time.monotonic() + seconds
    while time.monotonic() < end or len(times) + len(errors) < _ROUNDS:
        try:
            count += step(count)
        except TrimtabError as error:
            errors.append(str(error))
    return {"role": role, "name": name, "count": count, "errors": errors, "times": times}


class _Service:
    """Appends quotes' worth of exposures without a pause."""

    def __init__(self, where: str, name: str, times: list[float]) -> None:
        self._where, self._name, self._times = where, name, times
        self._journal: SqlJournal | None = None

    def step(self, count: int) -> int:
        self._journal = self._journal or open_journal(self._where)
        facts = [
            Fact(kind="exposure", subject=self._name, body={"n": count + i, "beta": 1.0 + 1e-3 * i}) for i in (0, 1)
        ]
        start = time.perf_counter()
        self._journal.append(facts)
        self._times.append(time.perf_counter() - start)
        return len(facts)


class _Writer:
    """Opens, reads, decides, appends and closes, as a command does."""

    def __init__(self, where: str, name: str, times: list[float]) -> None:
        self._where, self._name, self._times = where, name, times
        self._pauses = random.Random(name)  # noqa: S311 - pauses, not secrets

    def step(self, count: int) -> int:
        size = 1 + count % 5
        with open_journal(self._where) as journal:
            start = time.perf_counter()
            with journal.writing():
                last = journal.entries("plan", subject=self._name, newest=True, limit=1)
                first = last[0].body["n"] + 1 if last else 0
                body = {"orders": ["sell 3 ESZ6"] * 10}
                journal.append(
                    [Fact(kind="plan", subject=self._name, body={"n": first + i, **body}) for i in range(size)]
                )
            self._times.append(time.perf_counter() - start)
        time.sleep(self._pauses.uniform(0.0, 0.02))
        return size


class _Reader:
    """Asks for the newest entries, and now and then walks the chain."""

    def __init__(self, where: str, times: list[float]) -> None:
        self._where, self._times = where, times
        self._journal: SqlJournal | None = None

    def step(self, count: int) -> int:
        self._journal = self._journal or open_journal(self._where)
        start = time.perf_counter()
        if count % 200 == 199 and not verify(self._journal).ok:
            raise SystemExit("the chain does not hold")
        self._journal.entries("plan", newest=True, limit=50)
        self._journal.known_at("2020-01-01")
        self._times.append(time.perf_counter() - start)
        time.sleep(0.002)
        return 1


def run(where: str, seconds: float) -> dict[str, Any]:
    """Make a journal, let all processes at it, and check it."""
    create_journal(where).close()
    command = [sys.executable, __file__, "--url", where, "--seconds", str(seconds)]
    running = [
        subprocess.Popen(
            [*command, "--role", role, "--name", f"{role}-{i}"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for role, many in _ROLES.items()
        for i in range(many)
    ]  # fmt: skip
    for process in running:  # all start together, once the slowest has imported what it needs
        if process.stdout is None or process.stdout.readline() != "ready\n":
            raise SystemExit("a process did not start")
    for process in running:
        if process.stdin is not None:
            process.stdin.write("go\n")
            process.stdin.flush()
    done = [json.loads(process.communicate()[0]) for process in running]
    with open_journal(where) as journal:
        checked = verify(journal)
        lost = sum(_lost(journal, part) for part in done)
    return {
        "seconds": seconds,
        "entries": checked.entries,
        "acknowledged": sum(part["count"] for part in done if part["role"] != "reader"),
        "reads": sum(part["count"] for part in done if part["role"] == "reader"),
        "lost": lost,
        "chain holds": checked.ok,
        "lock errors": [error for part in done for error in part["errors"]],
        "milliseconds": {
            role: _quantiles([t for p in done if p["role"] == role for t in p["times"]]) for role in _ROLES
        },
    }


def _lost(journal: SqlJournal, part: dict[str, Any]) -> int:
    """Count acknowledged entries that are not there, or not in their order."""
    kind = {"service": "exposure", "writer": "plan"}.get(part["role"])
    if kind is None:
        return 0
    kept = [e.body["n"] for e in journal.entries(kind, subject=part["name"])]
    return sum(n != i for i, n in enumerate(kept)) + max(part["count"] - len(kept), 0)


def _quantiles(times: list[float]) -> dict[str, float]:
    if len(times) < 2:
        return {}
    cuts = statistics.quantiles(times, n=100)
    return {"count": len(times), "p50": cuts[49] * 1e3, "p99": cuts[98] * 1e3, "max": max(times) * 1e3}


def show(found: dict[str, Any]) -> None:
    """Print it for people."""
    print(
        f"{found['entries']:,} entries in {found['seconds']:g} s ({found['entries'] / found['seconds']:,.0f} a second)"
    )
    print(f"acknowledged {found['acknowledged']:,}, lost {found['lost']}, reads {found['reads']:,}")
    print(f"lock errors {len(found['lock errors'])}, chain {'holds' if found['chain holds'] else 'DOES NOT HOLD'}")
    for error in found["lock errors"][:3]:
        print(error)
    print(f"{'':<8} {'calls':>8} {'p50 ms':>8} {'p99 ms':>8} {'max ms':>8}")
    for role, q in found["milliseconds"].items():
        if q:
            print(f"{role:<8} {q['count']:>8,} {q['p50']:>8.2f} {q['p99']:>8.2f} {q['max']:>8.1f}")


def main() -> None:
    """Read the arguments; with a role, be one of the processes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--url", help="a database without a journal")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--role", choices=_ROLES, help=argparse.SUPPRESS)
    parser.add_argument("--name", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.role:
        print("ready", flush=True)
        sys.stdin.readline()
        print(json.dumps(work(given.role, given.url, given.name, given.seconds)))
        return
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        found = run(given.url or str(Path(folder, "journal.sqlite")), given.seconds)
    if given.json:
        print(json.dumps(found))
    else:
        show(found)
    raise SystemExit(0 if found["chain holds"] and not found["lost"] and not found["lock errors"] else 1)


if __name__ == "__main__":
    main()
