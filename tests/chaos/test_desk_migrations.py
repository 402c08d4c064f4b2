"""A desk whose journal has tables of another version: brought up to date whole, left as it was, or refused."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner

from trimtab.cli.app import app
from trimtab.desk.books.journal import Fact
from trimtab.errors import StorageError
from trimtab.python.desk import Desk
from trimtab.store import journal as journals
from trimtab.store.migrate import MIGRATIONS, Migration, latest
from trimtab.store.verify import verify
from trimtab.wiring.workspace import open_workspace

NEXT = latest(MIGRATIONS) + 1


def _add_column(connection):
    connection.exec_driver_sql("ALTER TABLE journal_entries ADD COLUMN note TEXT")


def _fail(connection):
    connection.exec_driver_sql("CREATE TABLE half_way (x INTEGER)")
    connection.exec_driver_sql("DROP TABLE journal_entries")
    raise RuntimeError("injected")


GOOD = (*MIGRATIONS, Migration(version=NEXT, title="a note", apply=_add_column))
BAD = (*MIGRATIONS, Migration(version=NEXT, title="fails half way", apply=_fail))


@pytest.fixture
def place(tmp_path, files) -> Path:
    """A desk of this version, with prices, holdings and a run."""
    workspace = files.new_desk(tmp_path / "desk")
    for step in files.write_files(tmp_path / "in", 12):
        files.take(workspace, step)
    Desk(tmp_path / "desk").review()
    return tmp_path / "desk"


def version(monkeypatch, migrations) -> None:
    """Let this process be a trimtab whose newest tables are those."""
    for work in (journals.open_journal, journals.create_journal):
        monkeypatch.setitem(work.__kwdefaults__, "migrations", migrations)
    monkeypatch.setattr(journals, "MIGRATIONS", migrations)


def command(*words):
    return CliRunner().invoke(app, [str(w) for w in words])


def test_a_review_brings_an_older_desk_up_to_date(place, monkeypatch, files):
    """The first command of a newer trimtab copies the journal, migrates, and answers; older runs replay the same."""
    head, before = open_workspace(place).journal.head(), files.contents(open_workspace(place))
    version(monkeypatch, GOOD)
    assert command("review", "-w", place, "--json").exit_code in {0, 3, 4}
    (copy,) = (place / "backups").iterdir()
    with journals.look_into(copy) as kept:
        assert kept.head() == head
    workspace = open_workspace(place)
    assert verify(workspace.journal, head=head).ok
    assert files.contents(workspace) == before
    runs = Desk(place).runs()
    assert len(runs) == 2  # its own was recorded, in the new tables
    assert all(Desk(place).replay(run.seq).same for run in runs)


def test_a_migration_that_fails_leaves_the_old_desk(place, monkeypatch, files):
    """The error says so, and the old trimtab reads, imports and reviews as if nothing had been."""
    before = files.contents(open_workspace(place))
    with monkeypatch.context() as newer:
        version(newer, BAD)
        failed = command("review", "-w", place)
        assert isinstance(failed.exception, StorageError)
        assert failed.exception.exit_code == 74
        assert "injected" in failed.exception.found
        assert "as it was" in failed.exception.try_next
    files.check_whole(open_workspace(place))
    assert files.contents(open_workspace(place)) == before
    assert command("review", "-w", place, "--json").exit_code in {0, 3, 4}
    assert len(Desk(place).runs()) == 2


def test_a_newer_desk_is_refused_by_the_real_command(place, monkeypatch):
    """An older trimtab says that a newer one has worked here, ends with 74, and touches nothing."""
    with monkeypatch.context() as newer:
        version(newer, GOOD)
        workspace = open_workspace(place)
        rows = workspace.journal.rows(after=None, limit=1000)
    before = {p: p.read_bytes() for p in place.rglob("*") if p.is_file() and not p.name.startswith("journal.db")}
    done = subprocess.run(
        [sys.executable, "-m", "trimtab", "review", "-w", str(place)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 74
    assert "a newer trimtab has worked here" in done.stderr
    assert {p: p.read_bytes() for p in before} == before
    assert workspace.journal.rows(after=None, limit=1000) == rows


def test_many_programs_at_once_migrate_once(place, monkeypatch):
    """Of six that open an older desk together one migrates, after one copy, and all of them then write."""
    version(monkeypatch, GOOD)
    start = threading.Barrier(6)

    def opened(number: int) -> int:
        start.wait()
        journal = open_workspace(place).journal  # a lock and connections of its own, as in a process of its own
        return journal.append([Fact(kind="note", body={"n": number})])[0].seq

    with ThreadPoolExecutor(6) as threads:
        numbers = list(threads.map(opened, range(6)))
    assert len(set(numbers)) == 6
    assert len(list((place / "backups").iterdir())) == 1
    assert verify(open_workspace(place).journal).ok
