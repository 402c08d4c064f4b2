"""A journal on a disk that is full or can only be read: it is read, copied and walked; writing is refused."""

import errno
import multiprocessing
import os
import resource
import shutil
import tempfile
from pathlib import Path

import pytest

from trimtab.desk.books.journal import Fact
from trimtab.errors import StorageError
from trimtab.store.backup import back_up
from trimtab.store.journal import create_journal, open_journal
from trimtab.store.lock import FolderLock
from trimtab.store.restore import restore
from trimtab.store.verify import verify

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="limits of a process are a Unix matter")
NOBODY = 65534


@pytest.fixture
def place():
    """A folder that others may read: a journal with three entries, and data."""
    folder = Path(tempfile.mkdtemp(prefix="trimtab-rest-"))
    folder.chmod(0o755)
    (folder / "data").mkdir()
    (folder / "data/p.csv").write_text("x\n")
    with create_journal(folder / "journal.db") as journal:
        for lots in (1, 2, 3):
            journal.append([Fact(kind="plan", subject="growth", body={"lots": lots})])
    (folder / "journal.db").chmod(0o644)
    yield folder
    shutil.rmtree(folder)


def in_child(work, *given):
    """Run work in a forked process; what it asserts fails here."""
    child = multiprocessing.get_context("fork").Process(target=work, args=given)
    child.start()
    child.join(60)
    assert child.exitcode == 0


def _reads(folder):
    with open_journal(folder / "journal.db") as journal:
        assert [e.body["lots"] for e in journal.entries("plan")] == [1, 2, 3]
        assert verify(journal).ok
        assert journal.missing_guards() == ()
        with pytest.raises(StorageError) as refused:
            journal.append([Fact(kind="plan", subject="growth", body={"lots": 4})])
        assert refused.value.exit_code == 74


def _full(folder):
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    _reads(folder)


def _not_mine(folder):
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    _reads(folder)


def test_full_disk_is_read(place):
    in_child(_full, place)
    with open_journal(place / "journal.db") as journal:
        assert journal.append([Fact(kind="plan", body={})])[0].seq == 4


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="becoming somebody else needs root")
def test_folder_of_somebody_else_is_read(place):
    in_child(_not_mine, place)


def test_read_only_mount_needs_no_lock_and_is_backed_up(place, tmp_path, monkeypatch):
    """The system says EROFS where a file is opened for writing; the copy goes elsewhere."""
    opened = os.open

    def read_only(path, flags, *more, **named):
        if str(path).startswith(str(place)) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
        return opened(path, flags, *more, **named)

    monkeypatch.setattr(os, "open", read_only)
    with open_journal(place / "journal.db") as journal, FolderLock(place / ".trimtab.lock").held():
        made = back_up(journal, place / "data", tmp_path / "copy.tar.gz")
    monkeypatch.undo()
    back = restore(tmp_path / "copy.tar.gz", tmp_path / "again")
    assert back.manifest.head == made.head


def test_log_that_was_not_copied_back_is_never_passed_over(place):
    """Entries that are still in the log are not in the file: then the file alone is not the journal."""
    with open_journal(place / "journal.db") as journal:
        journal.append([Fact(kind="plan", subject="growth", body={"lots": 4})])
        log = place / "journal.db-wal"
        assert log.stat().st_size > 0
        assert not journal.database._is_at_rest()
        shutil.copytree(place, place / "torn")
    (place / "torn/journal.db-shm").unlink()

    def torn(folder):
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        with pytest.raises(StorageError), open_journal(folder / "journal.db") as journal:
            journal.entries("plan")

    in_child(torn, place / "torn")
