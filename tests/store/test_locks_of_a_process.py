"""Nothing in this process opens and closes the journal's file beside SQLite: the system would drop its locks.

A process without its lock is not there for the others: the next to leave takes itself for the last one, copies the log
back and removes it while it is in use, and the file is damaged (sqlite.org/howtocorrupt.html, section 2.2).
"""

import subprocess
import sys

import pytest

from trimtab.desk.books.journal import Fact
from trimtab.errors import InputError
from trimtab.store.backup import back_up
from trimtab.store.journal import create_journal, has_journal, open_journal
from trimtab.store.restore import restore
from trimtab.store.verify import verify

LEAVE = """
import sqlite3, sys
raw = sqlite3.connect(sys.argv[1])
raw.execute("SELECT count(*) FROM journal_entries").fetchone()
raw.close()
"""


def _again(folder):
    with pytest.raises(InputError):
        create_journal(folder / "journal.db")


def _open(folder):
    with open_journal(folder / "journal.db") as other:
        assert verify(other).ok
        assert other.missing_guards() == ()


def _back_up(folder):
    with open_journal(folder / "journal.db") as other:
        back_up(other, folder / "data", folder / "copy.tar.gz")


@pytest.mark.parametrize(
    "work", [_open, _again, _back_up, lambda folder: has_journal(folder / "journal.db")],
    ids=["open", "create again", "back up", "has"],
)  # fmt: skip
def test_others_see_that_this_process_is_connected(tmp_path, work):
    (tmp_path / "data").mkdir()
    with create_journal(tmp_path / "journal.db") as journal:
        journal.append([Fact(kind="plan")])
        work(tmp_path)
        subprocess.run([sys.executable, "-c", LEAVE, tmp_path / "journal.db"], check=True)
        assert (tmp_path / "journal.db-wal").exists()
        assert journal.append([Fact(kind="plan")])[0].seq == 2
        assert verify(journal).ok


def test_journal_in_the_data_is_copied_by_its_database_alone(tmp_path):
    """It comes back where it was, whole, and the process keeps its locks."""
    (tmp_path / "desk/data").mkdir(parents=True)
    with create_journal(tmp_path / "desk/data/journal.db") as journal:
        journal.append([Fact(kind="plan")])
        made = back_up(journal, tmp_path / "desk/data", tmp_path / "copy.tar.gz")
        assert [kept.path for kept in made.files] == ["journal.sqlite"]
        subprocess.run([sys.executable, "-c", LEAVE, tmp_path / "desk/data/journal.db"], check=True)
        assert (tmp_path / "desk/data/journal.db-wal").exists()
    restore(tmp_path / "copy.tar.gz", tmp_path / "again")
    with open_journal(tmp_path / "again/data/journal.db") as back:
        assert verify(back, head=made.head).entries == 1
