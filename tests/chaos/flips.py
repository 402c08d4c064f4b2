"""One byte of a desk's files flipped at a time: `verify` finds it, or it changed nothing that is ever read.

Run as a script: flips.py FOLDER COUNT SEED flips so many bytes, drawn over price files, kept files and the journal, and
prints as JSON how many were found, and how many lay in parts of the journal's file that hold nothing.
"""

import json
import random
import shutil
import sys
from collections import Counter
from pathlib import Path

from desk_files import new_desk, take, write_files

import trimtab as tt
from trimtab.errors import TrimtabError
from trimtab.python.desk import Desk
from trimtab.store.journal import open_journal
from trimtab.wiring.verifying import verify_workspace

_EVERYTHING = 1_000_000


def make_desk(folder: Path) -> Path:
    """Make a desk with files of prices, a kept file of rates, and a journal whose log is copied back."""
    workspace = new_desk(folder / "desk")
    for step in write_files(folder / "in", 12):
        take(workspace, step)
    rates = folder / "in" / "rates.csv"
    rates.write_text("date,rate\n2020-01-01,0.02\n")
    desk = Desk(folder / "desk")
    desk.review(tt.ReviewQuestion(measuring=tt.Measuring(risk_free=str(rates))))
    desk.workspace.journal.close()
    workspace.journal.close()
    return folder / "desk"


def flip_bytes(folder: Path, count: int, seed: int) -> Counter[str]:
    """Flip so many bytes, each alone, and verify; give how often it was found, by kind of file."""
    draw, desk = random.Random(seed), make_desk(folder)  # noqa: S311 - places, not secrets
    files = {
        "prices": sorted((desk / "data/prices").glob("*.parquet")), "kept": sorted((desk / "data/inputs").iterdir()),
        "journal": [desk / "journal.db"],
    }  # fmt: skip
    assert verify_workspace(desk).is_whole
    rows, done = _rows(desk), Counter()
    for number in range(count):
        kind = list(files)[number % len(files)]
        path = draw.choice(files[kind])
        content = path.read_bytes()
        place = draw.randrange(len(content))
        path.write_bytes(content[:place] + bytes([content[place] ^ draw.randint(1, 255)]) + content[place + 1 :])
        if _is_told(desk):
            done[f"{kind} found"] += 1
        else:
            # a page of the database holds bytes that belong to nothing
            assert kind == "journal", f"byte {place} of {path.name} was flipped, and nobody noticed"
            assert _rows(desk) == rows, f"byte {place} of the journal says something else, and nobody noticed"
            done["journal idle"] += 1
        _put_back(path, content)
    assert verify_workspace(desk).is_whole
    return done


def _is_told(desk: Path) -> bool:
    try:
        return not verify_workspace(desk).is_whole
    except TrimtabError:
        return True


def _rows(desk: Path) -> list[str]:
    with open_journal(desk / "journal.db") as journal:
        return [str(row) for row in journal.rows(after=None, limit=_EVERYTHING)]


def _put_back(path: Path, content: bytes) -> None:
    for beside in path.parent.glob(f"{path.name}-*"):
        beside.unlink()
    path.write_bytes(content)


if __name__ == "__main__":
    where, times, first = sys.argv[1:]
    sys.stdout.write(json.dumps(flip_bytes(Path(where), int(times), int(first))))
    shutil.rmtree(where)
