"""One command at a time, killed with kill -9 before its first step on the disk, its second, and so on to its last.

Run by the tests as a script: kill_steps.py FOLDER WHAT STRIDE; a stride of 3 kills before every third step. After each
kill the desk is opened and checked by asserts, the same command is given again, and what it leaves is checked. What was
done is printed as JSON.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from desk_files import Step, check_whole, contents, new_desk, strays, take, write_files
from forks import do_rare_things_often, fork, import_what_it_imports, in_a_child

import trimtab as tt
from trimtab.errors import InputError
from trimtab.python.desk import Desk
from trimtab.store import schema, sqlite
from trimtab.store.backup import back_up
from trimtab.store.restore import restore
from trimtab.wiring.creating import create_workspace
from trimtab.wiring.workspace import open_workspace

_FILES = 6
#: So many steps are left for the command that is killed.
_REST = 2


class _Trap:
    """Count what a process does on the disk and in the journal, and kill it before a given step."""

    _EVENTS = frozenset({"os.rename", "os.remove", "os.mkdir", "os.link", "os.rmdir", "sqlite3.connect"})

    def __init__(self, at: int) -> None:
        self.at, self.count = at, 0
        sys.addaudithook(self._hear)
        os.fsync = self._before(os.fsync)
        schema.insert_rows = self._around(schema.insert_rows)
        sqlite.SqliteDatabase.write = self._around(sqlite.SqliteDatabase.write)

    def step(self) -> None:
        self.count += 1
        if self.count == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def _hear(self, event: str, arguments: tuple) -> None:
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if writes or event in self._EVENTS:
            self.step()

    def _before(self, work):
        def stepped(*arguments, **named):
            self.step()
            return work(*arguments, **named)

        return stepped

    def _around(self, work):
        def stepped(*arguments, **named):
            self.step()
            found = work(*arguments, **named)
            self.step()
            return found

        return stepped


def kill_at_steps(folder: Path, what: str, stride: int) -> dict:
    """Kill one command before its first step on the disk, then later and later, until it comes through."""
    prepare, command, check = _COMMANDS[what]
    origin = folder / "origin"
    origin.mkdir(parents=True)
    in_a_child(lambda: prepare(origin) and None)
    shutil.copytree(origin, folder / "whole")
    import_what_it_imports(lambda: command(folder / "whole"))
    number = 1
    while True:
        place = folder / f"kill-{number}"
        shutil.copytree(origin, place)

        def trapped(place: Path = place, number: int = number) -> None:
            do_rare_things_often()
            _Trap(number)
            command(place)

        child = fork(trapped)
        ended = os.waitpid(child, 0)[1]
        if not os.WIFSIGNALED(ended):
            assert ended == 0, "the command failed"
            in_a_child(lambda place=place: check(place) and None)
            return {"kills": number // stride}

        def again(place: Path = place) -> None:
            do_rare_things_often()
            command(place)  # the same command once more
            check(place)

        try:
            in_a_child(again)
        except AssertionError:
            raise AssertionError(f"after a kill before step {number} of {what}") from None
        shutil.rmtree(place)
        number += stride


def _desk(place: Path):
    workspace = open_workspace(place / "desk")
    check_whole(workspace)
    return workspace


def _prepare_import(place: Path) -> None:
    """Make a desk into which all files but the last ones are imported."""
    workspace = new_desk(place / "desk")
    for step in write_files(place / "in", _FILES)[:-_REST]:
        take(workspace, step)
    workspace.journal.close()


def _import_rest(place: Path) -> None:
    workspace = _desk(place)
    for step in write_files(place / "in", _FILES)[-_REST:]:
        take(workspace, step)


def _check_imported(place: Path) -> None:
    workspace = _desk(place)
    steps = write_files(place / "in", _FILES)
    found = contents(workspace)
    assert found["new"] == sum(s.new for s in steps if s.kind == "prices")
    assert len(found["trades"]) == sum(s.new for s in steps if s.kind == "transactions")
    assert found["snapshots"] == 1
    assert len(found["rows"]) == found["new"] + found["corrected"]
    assert len({tuple(row) for row in found["rows"]}) == len(found["rows"])
    # What a kill left behind is gone with the next import that brings something.
    new = place / "in" / "one-more.csv"
    new.write_text("date,SPX,AAA,BBB,CCC\n2025-01-02,1,2,3,4\n")
    take(workspace, Step(file=new, kind="prices", new=4))
    assert not strays(workspace)


def _init(place: Path) -> None:
    try:
        create_workspace(place / "desk", benchmark="SPX")
    except InputError as error:
        assert "which is left as it is" in error.found  # noqa: PT017 - nothing to do: it was whole


def _check_init(place: Path) -> None:
    workspace = _desk(place)
    assert workspace.journal.head().seq == 0
    left = {p.name for p in (place / "desk").iterdir()} - {"journal.db-wal", "journal.db-shm"}
    left = {name for name in left if not name.endswith(".part")}  # a workspace that is whole is not swept
    assert left == {"trimtab.toml", ".gitignore", ".trimtab.lock", "data", "journal.db"}, left
    take(workspace, write_files(place / "in", 1)[0])


def _sample(place: Path) -> None:
    try:
        create_workspace(place / "desk", sample=True)
    except InputError as error:
        assert "which is left as it is" in error.found  # noqa: PT017


def _check_sample(place: Path) -> None:
    desk = Desk(place / "desk")
    check_whole(desk.workspace)
    assert len(desk.workspace.journal.entries("holdings")) == 4
    assert len(desk.workspace.journal.entries("transactions")) == 3
    assert not strays(desk.workspace)
    assert str(desk.workspace.prices.table(check=False).dates[-1].astype("datetime64[D]")) == "2022-12-28"


def _prepare_review(place: Path) -> None:
    workspace = new_desk(place / "desk")
    for step in write_files(place / "in", 12):
        take(workspace, step)
    workspace.journal.close()
    (place / "desk" / "rates.csv").write_text("date,rate\n2020-01-01,0.02\n")


def _review(place: Path) -> None:
    Desk(place / "desk").review(tt.ReviewQuestion(measuring=tt.Measuring(risk_free=str(place / "desk" / "rates.csv"))))


def _check_review(place: Path) -> None:
    _desk(place)
    desk = Desk(place / "desk")
    runs = desk.runs()
    assert 1 <= len(runs) <= 2  # killed after it was written down, a review was made a second time
    assert len(desk.workspace.journal.entries("config")) == 1
    for run in runs:
        assert desk.replay(run.seq).same
    assert len(list(desk.workspace.inputs.folder.glob("[!.]*"))) == 1


def _back_up(place: Path) -> None:
    workspace = open_workspace(place / "desk")
    if not (place / "copy.tar.gz").exists():
        back_up(workspace.journal, place / "desk" / "data", place / "copy.tar.gz")


def _check_backup(place: Path) -> None:
    _desk(place)
    restore(place / "copy.tar.gz", place / "again")
    assert contents(open_workspace(place / "again")) == contents(open_workspace(place / "desk"))


def _prepare_imported(place: Path) -> None:
    workspace = new_desk(place / "desk")
    for step in write_files(place / "in", 2):
        take(workspace, step)
    workspace.journal.close()


_COMMANDS: dict[str, tuple[Callable[[Path], object], Callable[[Path], object], Callable[[Path], object]]] = {
    "init": (lambda _: None, _init, _check_init),
    "sample": (lambda _: None, _sample, _check_sample),
    "import": (_prepare_import, _import_rest, _check_imported),
    "review": (_prepare_review, _review, _check_review),
    "backup": (_prepare_imported, _back_up, _check_backup),
}


if __name__ == "__main__":
    where, what, every = sys.argv[1:]
    sys.stdout.write(json.dumps(kill_at_steps(Path(where), what, int(every))))
