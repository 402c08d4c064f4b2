"""A backup is whole, says so, and comes back as it was; anything less is refused."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import threading
import time
from pathlib import Path

import pytest

from trimtab.desk.books.journal import Fact
from trimtab.errors import InputError, StorageError
from trimtab.store.archive import ArchiveWriter, FolderWriter
from trimtab.store.backup import back_up
from trimtab.store.journal import create_journal, open_journal
from trimtab.store.restore import SAVED_SETTINGS, restore
from trimtab.store.verify import verify


@pytest.fixture
def workspace(tmp_path) -> Path:
    """A workspace with settings, two files of data, one half written, and three entries."""
    folder = tmp_path / "desk"
    (folder / "data" / "prices").mkdir(parents=True)
    (folder / "data" / "prices" / "a.parquet").write_bytes(os.urandom(300_000))
    (folder / "data" / "b.csv").write_text("x\n")
    (folder / "data" / ".b.csv.part").write_text("half")
    (folder / "trimtab.toml").write_text("[journal]\nurl = 'sqlite:///journal.sqlite'\n")
    with create_journal(folder / "journal.sqlite") as journal:
        journal.append([Fact(kind="prices", body={"file": "a.parquet", "n": n}) for n in range(3)])
    return folder


def backed_up(folder: Path, target: Path):
    with open_journal(folder / "journal.sqlite") as journal:
        return back_up(journal, folder / "data", target)


@pytest.fixture(params=["copy.tar.gz", "copy"])
def target(request, tmp_path) -> Path:
    """An archive and a folder to back up to."""
    return tmp_path / request.param


def test_what_was_backed_up_comes_back(workspace, target, tmp_path):
    """Files byte by byte, entries hash by hash, and the journal goes on from there."""
    manifest = backed_up(workspace, target)
    restored = restore(target, tmp_path / "again")
    assert restored.manifest == manifest
    for name in ("data/prices/a.parquet", "data/b.csv", "trimtab.toml"):
        assert (tmp_path / "again" / name).read_bytes() == (workspace / name).read_bytes()
    assert not (tmp_path / "again" / "data" / ".b.csv.part").exists()
    with open_journal(workspace / "journal.sqlite") as before, open_journal(tmp_path / "again/journal.sqlite") as now:
        assert now.entries() == before.entries()
        assert now.head() == manifest.head
        assert now.append([Fact(kind="plan")])[0].seq == 4
        assert verify(now, head=manifest.head).ok
    names = {p.name for p in tmp_path.iterdir()}
    assert names == {"desk", target.name, "again"}  # nothing half done beside them


def test_a_journal_of_another_name_keeps_it(workspace, target, tmp_path):
    """A journal file called otherwise comes back under its own name, where the settings look for it."""
    (workspace / "journal.sqlite").rename(workspace / "facts.db")
    with open_journal(workspace / "facts.db") as journal:
        back_up(journal, workspace / "data", target)
    restore(target, tmp_path / "again")
    with open_journal(tmp_path / "again" / "facts.db") as journal:
        assert journal.head().seq == 3


def test_a_backup_of_a_server_comes_back_as_a_file_and_as_a_server(workspace, target, tmp_path, postgres_url):
    """Entries on PostgreSQL are kept with their hashes; settings that name the server come back under another name."""
    with create_journal(postgres_url) as journal:
        journal.append([Fact(kind="prices", subject="Ä", body={"n": n}) for n in range(5)])
        manifest = back_up(journal, workspace / "data", target)
        entries = journal.entries()
    restored = restore(target, tmp_path / "file")
    assert restored.settings == SAVED_SETTINGS
    assert not (tmp_path / "file" / "trimtab.toml").exists()
    with open_journal(tmp_path / "file" / "journal.sqlite") as journal:
        assert journal.entries() == entries
    with pytest.raises(InputError, match="there is one"):
        restore(target, tmp_path / "server", journal=postgres_url)
    assert not (tmp_path / "server").exists()
    fresh = sys.modules["postgres_server"].new_database()
    assert restore(target, tmp_path / "server", journal=fresh).settings == SAVED_SETTINGS
    assert not (tmp_path / "server" / "journal.sqlite").exists()
    with open_journal(fresh) as journal:
        assert journal.entries() == entries
        assert verify(journal, head=manifest.head).ok
        assert journal.append([Fact(kind="plan")])[0].seq == 6


def test_writers_wait_and_readers_do_not(workspace, tmp_path):
    """Entries written while a backup runs are either in it with their data or not at all."""
    path = workspace / "journal.sqlite"
    stop = threading.Event()

    def write():
        with open_journal(path) as journal:
            while not stop.wait(0.01):
                with journal.writing():
                    number = journal.head().seq
                    (workspace / "data" / f"batch-{number}.csv").write_text(str(number))
                    journal.append([Fact(kind="prices", body={"file": f"batch-{number}.csv"})])

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for n in range(5):
            time.sleep(0.02)
            backed_up(workspace, tmp_path / f"copy{n}")
    finally:
        stop.set()
        writer.join(30)
    heads = []
    for n in range(5):
        restore(tmp_path / f"copy{n}", tmp_path / f"again{n}")
        with open_journal(tmp_path / f"again{n}" / "journal.sqlite") as journal:
            heads.append(journal.head().seq)
            named = {e.body["file"] for e in journal.entries("prices")} - {"a.parquet"}
        assert {p.name for p in (tmp_path / f"again{n}" / "data").glob("batch-*")} == named
    assert heads == sorted(heads)
    assert heads[-1] > 3


class Beside:
    """Somebody who works in another thread when the first file of data is copied, and is waited for."""

    def __init__(self, monkeypatch, work):
        self.work, self.copies, self.was_free = work, [], None
        for writer in (ArchiveWriter, FolderWriter):
            monkeypatch.setattr(writer, "add", self._adding(writer.add))

    def _adding(self, add):
        def added(sink, name, source):
            self.copies.append(name)
            if name.startswith("data/") and self.was_free is None:
                thread = threading.Thread(target=self.work)
                thread.start()
                thread.join(20)
                self.was_free = not thread.is_alive()
            return add(sink, name, source)

        return added


def test_somebody_writes_while_files_are_copied_and_none_of_it_is_in_the_copy(workspace, target, tmp_path, monkeypatch):
    """Only the journal is copied under the lock: an entry that comes while data is copied waits for nothing."""

    def write():
        with open_journal(workspace / "journal.sqlite") as journal, journal.writing():
            (workspace / "data" / "new.csv").write_text("new")
            journal.append([Fact(kind="prices", body={"file": "new.csv"})])

    beside = Beside(monkeypatch, write)
    manifest = backed_up(workspace, target)
    assert beside.was_free
    assert beside.copies.count("data/prices/a.parquet") == 1
    restore(target, tmp_path / "again")
    with open_journal(tmp_path / "again" / "journal.sqlite") as journal:
        assert journal.head() == manifest.head
        assert journal.head().seq == 3
    assert not (tmp_path / "again" / "data" / "new.csv").exists()


@pytest.mark.parametrize("becomes", [None, b"another"], ids=["gone", "another"])
def test_a_file_that_moves_while_it_is_copied_has_all_copied_again(workspace, target, tmp_path, monkeypatch, becomes):
    """Prices were merged meanwhile: the second copy, for which writers wait, is of the desk after that."""
    file = workspace / "data" / "prices" / "a.parquet"

    def merge():
        with open_journal(workspace / "journal.sqlite") as journal, journal.writing():
            (workspace / "data" / "prices" / "merged.parquet").write_bytes(b"merged")
            journal.append([Fact(kind="prices-merged", body={"file": "merged.parquet"})])
            file.unlink()
            if becomes is not None:
                file.write_bytes(becomes)

    Beside(monkeypatch, merge)
    manifest = backed_up(workspace, target)
    assert manifest.head.seq == 4
    restore(target, tmp_path / "again")
    prices = {p.name: p.read_bytes() for p in (tmp_path / "again" / "data" / "prices").iterdir()}
    assert prices == {"merged.parquet": b"merged"} | ({} if becomes is None else {"a.parquet": becomes})
    assert {p.name for p in tmp_path.iterdir()} == {"desk", target.name, "again"}


def test_states_of_a_watch_are_put_by_before_they_are_thinned(workspace, target, tmp_path, monkeypatch):
    """A watch keeps its last states only, and goes on while a backup runs: that alone copies nothing twice."""
    state = workspace / "data" / "watch" / "main" / "1.json"
    state.parent.mkdir(parents=True)
    state.write_text("{}")
    beside = Beside(monkeypatch, state.unlink)
    backed_up(workspace, target)
    assert beside.copies.count("data/prices/a.parquet") == 1
    restore(target, tmp_path / "again")
    assert (tmp_path / "again" / "data" / "watch" / "main" / "1.json").read_text() == "{}"


def test_an_existing_target_is_not_overwritten(workspace, target):
    """A backup never takes the place of another."""
    backed_up(workspace, target)
    with pytest.raises(InputError, match="exists"):
        backed_up(workspace, target)


def test_a_backup_into_the_data_itself_is_refused(workspace):
    """Otherwise it would copy itself."""
    with pytest.raises(InputError, match="outside"):
        backed_up(workspace, workspace / "data" / "copy.tar.gz")


def test_a_folder_with_something_in_it_is_left_alone(workspace, target, tmp_path):
    """Nothing is ever restored over what is there."""
    backed_up(workspace, target)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="something in it"):
        restore(target, tmp_path / "full")
    assert [p.name for p in (tmp_path / "full").iterdir()] == ["mine.txt"]
    (tmp_path / "empty").mkdir()
    restore(target, tmp_path / "empty")
    assert (tmp_path / "empty" / "journal.sqlite").exists()


def refused(archive: Path, tmp_path: Path, match: str) -> None:
    with pytest.raises(StorageError, match=match) as caught:
        restore(archive, tmp_path / "again")
    assert caught.value.exit_code == 74
    assert not (tmp_path / "again").exists()
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


@pytest.mark.parametrize("name", ["data/prices/a.parquet", "journal.sqlite", "trimtab.toml"])
def test_a_changed_file_is_refused(workspace, tmp_path, name):
    """One bit of any file: nothing is restored."""
    backed_up(workspace, tmp_path / "copy")
    content = bytearray((tmp_path / "copy" / name).read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "copy" / name).write_bytes(content)
    refused(tmp_path / "copy", tmp_path, "SHA-256 differs")


def test_a_missing_and_an_added_file_are_refused(workspace, tmp_path):
    """A backup has the files of its manifest, no more and no fewer."""
    backed_up(workspace, tmp_path / "copy")
    (tmp_path / "copy" / "data" / "b.csv").rename(tmp_path / "copy" / "data" / "c.csv")
    refused(tmp_path / "copy", tmp_path, "b.csv is missing")
    (tmp_path / "copy" / "data" / "b.csv").write_text("x\n")
    refused(tmp_path / "copy", tmp_path, "not in its manifest")


def test_a_rewritten_manifest_does_not_help(workspace, tmp_path):
    """A forged journal with a fitting SHA-256 still fails its chain, and a shortened one its head."""
    backed_up(workspace, tmp_path / "copy")
    for statement, match in (
        ("UPDATE journal_entries SET body = '{}' WHERE seq = 2", "does not hold"),
        ("DELETE FROM journal_entries WHERE seq = 3", "does not hold"),
    ):
        shutil.copytree(tmp_path / "copy", tmp_path / "forged")
        file = tmp_path / "forged" / "journal.sqlite"
        raw = sqlite3.connect(file, isolation_level=None)
        for name in ("no_update", "no_delete"):
            raw.execute(f"DROP TRIGGER journal_entries_{name}")
        raw.execute(statement)
        raw.close()
        _reseal(tmp_path / "forged")
        refused(tmp_path / "forged", tmp_path, match)
        shutil.rmtree(tmp_path / "forged")


def _reseal(folder: Path) -> None:
    import hashlib

    said = json.loads((folder / "manifest.json").read_text())
    for kept in said["files"]:
        content = (folder / kept["path"]).read_bytes()
        kept.update(size=len(content), sha256=hashlib.sha256(content).hexdigest())
    (folder / "manifest.json").write_text(json.dumps(said))


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_an_archive_cut_off_is_refused(workspace, tmp_path, share):
    """A copy that was not finished is no backup."""
    backed_up(workspace, tmp_path / "copy.tar.gz")
    content = (tmp_path / "copy.tar.gz").read_bytes()
    (tmp_path / "cut.tar.gz").write_bytes(content[: int(len(content) * share)])
    refused(tmp_path / "cut.tar.gz", tmp_path, "whole backup")


@pytest.mark.parametrize("name", ["../evil.txt", "/evil.txt", "data/../../evil.txt", "C:evil.txt"])
def test_an_archive_that_reaches_outside_is_refused(tmp_path, name):
    """Names that lead out of the folder are not followed."""
    (tmp_path / "x").write_text("x")
    with tarfile.open(tmp_path / "evil.tar.gz", "w:gz") as tar:
        tar.add(tmp_path / "x", arcname="data/x")
        info = tarfile.TarInfo(name)
        tar.addfile(info)
    refused(tmp_path / "evil.tar.gz", tmp_path, "names inside")


def test_links_in_an_archive_are_refused(tmp_path):
    """A link could point anywhere."""
    with tarfile.open(tmp_path / "evil.tar.gz", "w:gz") as tar:
        info = tarfile.TarInfo("data/link")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(info)
    refused(tmp_path / "evil.tar.gz", tmp_path, "not a plain file")


def test_what_is_no_backup(tmp_path):
    """A missing file, another file, an empty folder: each with its reason."""
    (tmp_path / "note.txt").write_text("x")
    (tmp_path / "note.tar.gz").write_text("x")
    (tmp_path / "nothing").mkdir()
    for place in ("none.tar.gz", "note.txt"):
        with pytest.raises(InputError):
            restore(tmp_path / place, tmp_path / "again")
    for place in ("note.tar.gz", "nothing"):
        refused(tmp_path / place, tmp_path, "whole backup")


def test_a_damaged_journal_is_not_backed_up(workspace, target, tmp_path):
    """A backup that could not be restored is not made."""
    raw = sqlite3.connect(workspace / "journal.sqlite", isolation_level=None)
    raw.execute("DROP TRIGGER journal_entries_no_update")
    raw.execute("UPDATE journal_entries SET body = '{}' WHERE seq = 2")
    raw.close()
    with pytest.raises(StorageError, match="entry 2"):
        backed_up(workspace, target)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["desk"]


KILLED = """
import os, signal, sys, threading, time
from pathlib import Path
from trimtab.store.archive import ArchiveWriter, FolderWriter
from trimtab.store.backup import back_up
from trimtab.store.journal import open_journal
from trimtab.store.restore import restore
folder, archive = Path(sys.argv[1]), Path(sys.argv[2])
journal = open_journal(folder / "journal.sqlite")
threading.Timer(float(sys.argv[4]), lambda: os.kill(os.getpid(), signal.SIGKILL)).start()
if sys.argv[3] == "backup":
    while True:
        back_up(journal, folder / "data", archive)
        os.unlink(archive)
else:
    while True:
        restore(archive, folder.parent / "again")
        (folder.parent / "again").rename(folder.parent / f"done-{time.monotonic_ns()}")
"""


@pytest.mark.slow
@pytest.mark.parametrize("what", ["backup", "restore"])
def test_a_killed_backup_or_restore_leaves_no_half_one(workspace, tmp_path, what):
    """Killed at six moments: whatever stands under the final name is whole."""
    archive = tmp_path / "copy.tar.gz"
    if what == "restore":
        backed_up(workspace, archive)
    for n in range(6):
        done = subprocess.run(
            [sys.executable, "-c", KILLED, workspace, archive, what, str(0.01 * (n + 1) * (n + 1))],
            check=False, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == -9, done.stderr
        if what == "backup" and archive.exists():
            restore(archive, tmp_path / f"checked-{n}")
            archive.unlink()
    for place in [*tmp_path.glob("done-*"), *tmp_path.glob("again")]:
        with open_journal(place / "journal.sqlite") as journal:
            assert verify(journal).entries == 3
        assert (place / "data" / "b.csv").read_text() == "x\n"
    with open_journal(workspace / "journal.sqlite") as journal:
        assert journal.append([Fact(kind="plan")])[0].seq == 4
