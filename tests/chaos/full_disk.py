"""A desk on a disk that gets full, in a process of its own.

Run by the tests as a script:

    full_disk.py disk FOLDER     FOLDER is on a small disk, which is filled up
    full_disk.py limit FOLDER    files may not grow beyond a limit

Everything a desk writes is tried with less and less room. Each try either works or is refused in three parts with exit
code 74; after each the desk is whole, and when there is room again it does what it could not do. Prints as JSON what
was refused, by command.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from desk_files import check_whole, contents, new_desk, take, write_files
from forks import do_rare_things_often

import trimtab as tt
from trimtab.errors import StorageError
from trimtab.python.desk import Desk
from trimtab.store.backup import back_up
from trimtab.store.files import remove
from trimtab.store.restore import restore
from trimtab.wiring.creating import create_workspace
from trimtab.wiring.workspace import open_workspace

_FILES = 18
#: Bytes that are left, or by which files may grow.
_ROOMS = (0, 8192, 40960)


class SmallDisk:
    """Leave so many bytes free on the disk of a folder."""

    def __init__(self, folder: Path) -> None:
        self._ballast = folder / "ballast"

    def leave(self, room: int) -> None:
        """Fill the disk but for so many bytes."""
        self.free()
        with self._ballast.open("wb", buffering=0) as stream, suppress(OSError):
            while stream.write(bytes(4096)):
                pass
        with self._ballast.open("rb+") as stream:
            stream.truncate(max(0, self._ballast.stat().st_size - room))

    def free(self) -> None:
        """Give the room back."""
        self._ballast.unlink(missing_ok=True)


class SmallFiles:
    """Let no file of this process grow beyond a limit: that of the largest there is, and so many bytes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def leave(self, room: int) -> None:
        """Set the limit; below it there are many small files, so nothing is left out by less than all."""
        largest = 0 if room == 0 else max(p.stat().st_size for p in self._folder.rglob("*") if p.is_file())
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest + room, resource.RLIM_INFINITY))

    def free(self) -> None:
        """Take the limit away."""
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def refused(work: Callable[[], object]) -> bool:
    """Say whether work was refused for want of room; anything else that goes wrong is an error."""
    said = None
    try:
        work()
    except StorageError as error:
        said = error
    assert said is None or (said.exit_code == 74 and said.expected and said.found and said.try_next), said
    return said is not None


def run(folder: Path, disk: SmallDisk | SmallFiles) -> dict:
    """Try everything with less and less room."""
    do_rare_things_often()
    place = folder / "desk"
    steps = write_files(folder / "in", _FILES)
    first = new_desk(place)
    take(first, steps[0])
    take(first, steps[1])
    for step in steps[2:8]:
        take(first, step)
    Desk(place).review()  # what it depends on is imported while there is room
    said: Counter[str] = Counter()
    for room in (*_ROOMS, *reversed(_ROOMS)):
        for what, work in _commands(folder, place, steps).items():
            disk.leave(room)
            try:
                said[f"{what} {'refused' if refused(work) else 'done'}"] += 1
                before = open_workspace(place)
                check_whole(before)  # also while there is no room
            finally:
                disk.free()
            assert not list(place.rglob("*.part")), what
            assert not [p.name for p in folder.iterdir() if p.name.startswith(".")], what
    told = _real_commands(folder, place, steps, disk) if isinstance(disk, SmallDisk) else {}
    _goes_on(folder, place, steps)
    return {"said": dict(said), "commands": told}


def _commands(folder: Path, place: Path, steps: list) -> dict[str, Callable[[], object]]:
    """Give what a desk writes; each time another name, another rate, so that there is something to write."""
    number = len(list(folder.iterdir())) + int.from_bytes(os.urandom(4))
    rates = folder / "in" / "rates.csv"
    rates.write_text(f"date,rate\n2020-01-01,0.0{number}\n")
    prices = [s for s in steps[8:] if s.kind == "prices"]
    trades = [s for s in steps[8:] if s.kind == "transactions"]
    return {
        "prices": lambda: _next(place, prices),
        "trades": lambda: _next(place, trades),
        "review": lambda: Desk(place).review(tt.ReviewQuestion(measuring=tt.Measuring(risk_free=str(rates)))),
        "backup": lambda: _back_up(folder, place, folder / f"copy-{number}.tar.gz"),
        "folder": lambda: _back_up(folder, place, folder / f"copy-{number}"),
        "init": lambda: _init(folder / f"other-{number}"),
    }


def _next(place: Path, steps: list) -> None:
    """Import the first file that is not in yet, or the last one again."""
    workspace = open_workspace(place)
    kept = {e.body["source"]["name"] for k in ("prices", "transactions") for e in workspace.journal.entries(k)}
    take(workspace, next((s for s in steps if s.file.name not in kept), steps[-1]))


def _back_up(folder: Path, place: Path, target: Path) -> None:
    before = {p.name for p in folder.iterdir()}
    try:
        back_up(open_workspace(place).journal, place / "data", target)
    except StorageError:
        assert {p.name for p in folder.iterdir()} == before  # nothing half done
        raise
    finally:
        remove(target)


def _init(place: Path) -> None:
    try:
        create_workspace(place)
    except StorageError:
        assert not (place / "trimtab.toml").exists() or refused(lambda: open_workspace(place))
        raise
    finally:
        shutil.rmtree(place)


def _real_commands(folder: Path, place: Path, steps: list, disk: SmallDisk) -> dict[str, int]:
    """Give the exit codes of real commands where nothing is left."""
    later = next(s for s in reversed(steps) if s.kind == "prices")
    given = {
        "import": ["import", str(later.file), "-w", str(place), "--yes"],
        "review": ["review", "-w", str(place), "--risk-free", str(folder / "in" / "rates.csv")],
        "backup": ["backup", str(folder / "copy.tar.gz"), "-w", str(place)],
        "init": ["init", str(folder / "another")],
        "journal": ["journal", "-w", str(place)],
    }
    found = {}
    for name, words in given.items():
        disk.leave(0)
        done = subprocess.run([sys.executable, "-m", "trimtab", *words], capture_output=True, text=True, check=False)
        disk.free()
        found[name] = done.returncode
        assert "Traceback" not in done.stderr, done.stderr
        if done.returncode:
            shown = done.stderr + done.stdout
            assert "Expected" in shown, shown
            assert "Try" in shown, shown
    return found


def _goes_on(folder: Path, place: Path, steps: list) -> None:
    """There is room again: the same files go in, and all is as if there always had been."""
    workspace = open_workspace(place)
    for step in steps:
        take(workspace, step)
    check_whole(workspace)
    desk = Desk(place)
    desk.review()
    for run in desk.runs(limit=3):
        assert desk.replay(run.seq).same
    back_up(workspace.journal, place / "data", folder / "last.tar.gz")
    restore(folder / "last.tar.gz", folder / "again")
    other = new_desk(folder / "unbroken")
    for step in steps:
        take(other, step)
    wanted = contents(other)
    for found in (contents(workspace), contents(open_workspace(folder / "again"))):
        assert found["dates"] == wanted["dates"]
        assert found["held"] == wanted["held"]
        assert sorted(found["trades"]) == sorted(wanted["trades"])
        assert (found["new"], found["snapshots"]) == (wanted["new"], wanted["snapshots"])


if __name__ == "__main__":
    kind, where = sys.argv[1:]
    made = {"disk": SmallDisk, "limit": SmallFiles}[kind](Path(where))
    sys.stdout.write(json.dumps(run(Path(where), made)))
