"""Kills, full disks, flipped bytes, simulated faults and damaged inputs, counted."""

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from reliability_parts.pieces import ROOT, Rows, piece, sure

CHAOS = ROOT / "tests/chaos"
_SEEDS, _AT_ONCE, _STEPS = 500, 10, 30
_FLIPS = 600


def kills() -> Rows:
    """Kill importers at random moments, and commands before each step on the disk."""
    moments = piece("kills-moments", lambda: _chaos("kill_moments.py", "moments", _HERE, 80, 20260105))
    strides = (("init", 1), ("import", 1), ("review", 2), ("backup", 3), ("sample", 9))
    steps = {
        what: piece(f"kills-{what}", lambda what=what, stride=stride: _chaos("kill_steps.py", _HERE, what, stride))
        for what, stride in strides
    }
    counted = ", ".join(f"{what} {done['kills']}" for what, done in steps.items())
    return [
        (
            "importers killed at random moments (seed 20260105)", "nothing acknowledged lost",
            f"{moments['kills']} kills, 0 lost",
        ),
        (
            "commands killed before steps on the disk", "the same command ends as if never killed",
            f"{sum(done['kills'] for done in steps.values())} kills ({counted}), 0 lost",
        ),
    ]  # fmt: skip


def disks() -> Rows:
    """Write with less and less room: under a limit of file sizes, and, where one may be mounted, on a small disk."""
    results = [piece("disks-limit", lambda: _chaos("full_disk.py", "limit", _HERE))]
    small = piece("disks-small", _small_disk)
    if small is not None:
        results.append(small)
    said = sum((Counter(result["said"]) for result in results), Counter())
    refused = sum(times for what, times in said.items() if what.endswith("refused"))
    sure(refused > 0)
    where = "files that may not grow, and a small disk" if small is not None else "files that may not grow"
    return [
        (
            f"points of a full disk ({where})", "refused with 74, or done; nothing half written",
            f"{said.total()} points, {refused} refused in three parts, 0 damaged",
        )
    ]  # fmt: skip


def flips() -> Rows:
    """Flip single bytes of price files, kept files and the journal."""
    done = Counter(piece("flips", lambda: _chaos("flips.py", _HERE, _FLIPS, 1)))
    idle = done.pop("journal idle", 0)
    kinds = ", ".join(f"{kind.removesuffix(' found')} {count}" for kind, count in sorted(done.items()))
    return [
        (
            "bytes flipped in price files, kept files and the journal", "`verify` finds it, or nothing reads it",
            f"{_FLIPS} flips, {done.total()} found ({kinds}), {idle} in idle space of the journal, 0 missed",
        )
    ]  # fmt: skip


def seeds() -> Rows:
    """Simulate faults: five hundred seeds of thirty steps, each twice, ten at a time."""
    counts: Counter[str] = Counter()
    for first in range(0, _SEEDS, _AT_ONCE):
        counts += Counter(piece(f"seeds-{first:03d}", lambda first=first: _ten_seeds(first)))
    parts = ("kills", "full disks", "mad clocks", "between", "imports", "watches")
    did = ", ".join(f"{counts[part]:,} {part}" for part in parts).replace("between", "steps of another between two")
    aim = "the same desk twice; nothing acknowledged lost or doubled; each message sent or given up on in words"
    said = f"{counts['seeds']} of {_SEEDS} held: {did}"
    return [("seeds of the fault simulation, each run twice", aim, said)]


def damage() -> Rows:
    """Count what `make test` damages: readers, and inputs to them."""
    rounds = piece("damage", _damage)
    aim = "the same answer twice, or a refusal in three parts"
    what = f"damaged inputs to {len(rounds)} readers and layouts in `make test`"
    return [(what, aim, f"{sum(rounds):,} inputs, each read or refused")]


def _damage() -> list[int]:
    with tempfile.TemporaryDirectory() as place:
        noted = Path(place, "rounds")
        tests = ("tests/feeds/test_reader_fuzz.py", "tests/config/test_words_fuzz.py")
        subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests], check=True, cwd=ROOT,
            capture_output=True, env={**_environment(), "TRIMTAB_FUZZ_COUNT": str(noted)},
        )  # fmt: skip
        return [int(line) for line in noted.read_text().split()]


#: Stands for a new folder in the words of a script.
_HERE = object()


def _chaos(script: str, *words: object) -> dict[str, Any]:
    """Run a script that breaks things in a new folder; what it says."""
    with tempfile.TemporaryDirectory() as place:
        given = [f"{place}/work" if word is _HERE else str(word) for word in words]
        Path(place, "work").mkdir() if script == "full_disk.py" else None
        return _said([sys.executable, CHAOS / script, *given])


def _small_disk() -> dict[str, Any] | None:
    """Fill a disk of 6 MB that this command alone sees; None where none may be mounted."""
    with tempfile.TemporaryDirectory() as place:
        mount = f'mount -t tmpfs -o size=6m tmpfs "{place}"'
        if subprocess.run(["unshare", "-m", "sh", "-c", mount], capture_output=True, check=False).returncode:
            return None
        script = str(CHAOS / "full_disk.py")
        return _said(["unshare", "-m", "sh", "-c", f'{mount} && "$0" "$1" disk "$2"', sys.executable, script, place])


def _ten_seeds(first: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as place:
        return _said([sys.executable, "-m", "simulation.run", place, first, _AT_ONCE, _STEPS])


def _said(command: list[Any]) -> dict[str, Any]:
    """Run a command, and read what it says as JSON; what went wrong is shown."""
    done = subprocess.run(
        [str(word) for word in command], stdout=subprocess.PIPE, text=True, check=True, env=_environment()
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def _environment() -> dict[str, str]:
    path = os.pathsep.join([str(CHAOS), str(ROOT / "tests"), *sys.path])
    return {**os.environ, "POLARS_MAX_THREADS": "1", "PYTHONPATH": path}
