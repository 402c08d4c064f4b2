"""The long run: random search over every law, every kill, load and chaos test in full, and mutants. Resumable.

    python scripts/long.py                 all pieces; those that passed on this very code before are left out
    python scripts/long.py --rounds 5      so many rounds of random search, each with a seed of its own
    python scripts/long.py --only chaos    pieces with this in their name
    python scripts/long.py --list          what there is, and what has passed

Each reader of files, settings and options is damaged for four minutes (`--fuzz 240`). The table on reliability is
measured anew, and put into docs/reliability.md and the README.

A piece that passed leaves a stamp in `.long/<state of the code>/`; what a piece said is beside it. A failure prints the
command that repeats it and the example that hypothesis found: write that down as an `@example` (CONTRIBUTING.md).
"""

import argparse
import hashlib
import importlib
import os
import re
import secrets
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

HOME = Path(__file__).parents[1]
#: A piece that takes longer has hung.
MOST_SECONDS = 3600
#: In the names of tests that damage one reader for as long as they are given.
_DAMAGE = "much_damage"
_PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "--durations=5")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of the run that passes or fails as one: words for Python."""

    name: str
    words: tuple[str, ...]
    fuzz: int = 0
    most_seconds: int = MOST_SECONDS


def main() -> int:
    """Run what has not passed yet; 0 if all of it has."""
    given = _arguments()
    # Whoever ends this ends the piece that runs as well: `subprocess.run` kills its child when an exception passes.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = HOME / ".long" / state_of_the_code()
    folder.mkdir(parents=True, exist_ok=True)
    pieces = [p for p in _pieces(given.rounds, _seed(folder, given.seed), given.fuzz) if given.only in p.name]
    failed = []
    for number, piece in enumerate(pieces, start=1):
        stamp = folder / f"{piece.name}.passed"
        at = f"[{number}/{len(pieces)}] {piece.name}"
        if stamp.exists():
            print(f"{at}: passed before", flush=True)
            continue
        if given.list:
            print(f"{at}: to do", flush=True)
            continue
        print(f"{at} ...", flush=True)
        if not _passes(piece, folder, stamp):
            failed.append(piece.name)
    print(f"{len(failed)} of {len(pieces)} pieces failed: {', '.join(failed)}" if failed else "no piece failed")
    return 1 if failed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=1, help="rounds of random search")
    parser.add_argument("--seed", type=int, help="of the first round; drawn and kept if not given")
    parser.add_argument("--fuzz", type=int, default=240, help="seconds of damage to each reader")
    parser.add_argument("--only", default="", help="part of the names of pieces")
    parser.add_argument("--list", action="store_true", help="show the pieces, run none")
    return parser.parse_args()


def _pieces(rounds: int, seed: int, fuzz: int) -> list[Piece]:
    """Give the pieces: the full tests of each folder, damage to each reader, and each round of search over the laws."""
    folders = sorted(p.name for p in (HOME / "tests").iterdir() if p.is_dir() and any(p.glob("test_*.py")))
    full = [
        Piece(name=f"full-{f}", words=(*_PYTEST, f"tests/{f}", "-m", "long or slow", "-k", f"not {_DAMAGE}"))
        for f in folders
    ]
    mutants = [Piece(name="mutants", words=("scripts/mutate.py",))]
    search = [
        Piece(
            name=f"search-{f}-{seed + k}",
            words=(
                *_PYTEST,
                f"tests/{f}",
                "-m",
                "hypothesis and not slow and not long",
                f"--hypothesis-seed={seed + k}",
            ),
        )
        for k in range(rounds)
        for f in folders
    ]
    return full + _measured() + _damage(fuzz) + search + mutants


def _measured() -> list[Piece]:
    """Give a piece for each part of the table on reliability; each goes on where it was broken off."""
    parts = importlib.import_module("reliability").PARTS
    script = "scripts/reliability.py"
    return [Piece(name=f"measure-{p}", words=(script, "measure", p), most_seconds=4 * MOST_SECONDS) for p in parts]


def _damage(seconds: int) -> list[Piece]:
    """Give a piece for each reader that has a test of much damage."""
    asked = [sys.executable, *_PYTEST[:3], "--collect-only", "-m", "long", "-k", _DAMAGE, "tests/feeds", "tests/config"]
    done = subprocess.run(asked, cwd=HOME, capture_output=True, text=True, check=True)
    tests = [line for line in done.stdout.splitlines() if "::" in line]
    return [_damaged(test, seconds) for test in tests]


def _damaged(test: str, seconds: int) -> Piece:
    name = re.sub(r"[^a-z0-9]+", "-", test.lower().partition("much_damage_to_")[2]).strip("-")
    # Layouts of statements are some eighty, and one reader's.
    fuzz = seconds // 10 if "statement" in name else seconds
    return Piece(name=f"fuzz-{name}", words=(*_PYTEST, "-m", "long", test), fuzz=fuzz)


def _passes(piece: Piece, folder: Path, stamp: Path) -> bool:
    """Run a piece; what it says goes to the screen and into a file."""
    words = [sys.executable, *piece.words]
    environment = {**os.environ, "TRIMTAB_LONG": "1", "TRIMTAB_FUZZ_SECONDS": str(piece.fuzz or 20)}
    began = time.monotonic()
    said = folder / f"{piece.name}.txt"
    with said.open("wb") as stream:
        try:
            done = subprocess.run(
                words,
                cwd=HOME,
                env=environment,
                stdout=stream,
                stderr=subprocess.STDOUT,
                timeout=piece.most_seconds,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            done = -1
    seconds = time.monotonic() - began
    last = (said.read_text(encoding="utf-8", errors="replace").strip().splitlines() or ["nothing"])[-1]
    # 5: no test of this kind in the folder
    if done in {0, 5}:
        stamp.write_text(f"{seconds:.0f} s: {last}\n", encoding="utf-8")
        print(f"    passed in {seconds:.0f} s: {last}", flush=True)
        return True
    print(said.read_text(encoding="utf-8", errors="replace"))
    shown = " ".join(f"'{w}'" if " " in w else w for w in words[1:])
    print(f"    FAILED in {seconds:.0f} s. Again: TRIMTAB_LONG=1 python {shown}\n    What it said: {said}", flush=True)
    return False


def state_of_the_code() -> str:
    """Name the code as it is: what passed on other code has not passed on this."""
    known = subprocess.run(
        ["git", "ls-files", "-z", "src", "tests", "pyproject.toml"], cwd=HOME, capture_output=True, check=True
    )
    found = hashlib.sha256()
    for name in sorted(known.stdout.split(b"\0")):
        path = HOME / os.fsdecode(name)
        if name and path.is_file():
            found.update(name + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:12]


def _seed(folder: Path, given: int | None) -> int:
    """Give the seed of the first round: the one of a run that broke off, or a new one."""
    kept = folder / "seed"
    if given is None and kept.exists():
        return int(kept.read_text(encoding="utf-8"))
    seed = secrets.randbelow(1_000_000) if given is None else given
    kept.write_text(f"{seed}\n", encoding="utf-8")
    return seed


if __name__ == "__main__":
    sys.exit(main())
