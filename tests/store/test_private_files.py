"""Journals, settings and backups are their owner's alone, whatever the umask; what unpacks without end is refused."""

import datetime as dt
import io
import os
import stat
import tarfile

import pytest

from trimtab.desk.books.journal import Fact
from trimtab.errors import InputError, StorageError
from trimtab.store import restore as restoring
from trimtab.store.backup import back_up
from trimtab.store.journal import create_journal, open_journal
from trimtab.wiring.creating import create_workspace

pytestmark = pytest.mark.skipif(os.name != "posix", reason="permissions of a Unix")


@pytest.fixture(autouse=True)
def open_hand():
    """The widest umask."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_workspace_and_its_copies_are_private(tmp_path):
    create_workspace(tmp_path / "desk", benchmark="SPY")
    desk = tmp_path / "desk"
    journal_file = next(desk.glob("journal.db"))
    assert mode(desk) == mode(desk / "data") == 0o700
    assert mode(desk / "trimtab.toml") == mode(journal_file) == 0o600
    with open_journal(journal_file) as journal:
        journal.append([Fact(kind="plan", body={})])
        assert {mode(path) for path in desk.glob("journal.db-*")} == {0o600}
        back_up(journal, desk / "data", tmp_path / "copy.tar.gz")
        back_up(journal, desk / "data", tmp_path / "copy")
    assert mode(tmp_path / "copy.tar.gz") == 0o600
    assert mode(tmp_path / "copy") == 0o700
    restoring.restore(tmp_path / "copy.tar.gz", tmp_path / "again")
    assert mode(tmp_path / "again") == 0o700
    assert mode(tmp_path / "again/trimtab.toml") == mode(tmp_path / "again/journal.db") == 0o600


@pytest.mark.parametrize(("name", "words"), [("data/zeros.csv", "times the size"), ("manifest.json", "larger than")])
def test_archive_that_unpacks_without_end_is_refused(tmp_path, monkeypatch, name, words):
    monkeypatch.setattr(restoring, "_FREE_BYTES", 1_000_000)
    monkeypatch.setattr(restoring, "_MOST_MANIFEST", 1_000_000)
    described = tarfile.TarInfo(name)
    described.size = 8_000_000
    with tarfile.open(tmp_path / "bomb.tar.gz", mode="w:gz") as tar:
        tar.addfile(described, io.BytesIO(bytes(described.size)))
    with pytest.raises(StorageError, match=words):
        restoring.restore(tmp_path / "bomb.tar.gz", tmp_path / "again")
    assert not (tmp_path / "again").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["bomb.tar.gz"]


@pytest.mark.parametrize(
    "url", ["postgresql://h:abc/db?password=SECRET", "postgresql://u:SECRET@h:1:2/db", "postgresql://127.0.0.1:1/db?password=SECRET",
            "postgresql://127.0.0.1:1/db?sslpassword=SECRET"],
)  # fmt: skip
def test_url_with_a_password_in_an_odd_place_shows_none(url):
    with pytest.raises((InputError, StorageError)) as refused:
        open_journal(url)
    assert "SECRET" not in str(refused.value)


def test_clock_gone_mad_is_refused(tmp_path):
    moments = iter([dt.datetime(9999, 1, 1, tzinfo=dt.UTC), dt.datetime(2026, 1, 5, tzinfo=dt.UTC)])
    create_journal(tmp_path / "j.db").close()
    with open_journal(tmp_path / "j.db", clock=lambda: next(moments)) as journal:
        with pytest.raises(StorageError, match="9999"):
            journal.append([Fact(kind="plan")])
        assert journal.append([Fact(kind="plan")])[0].recorded.startswith("2026")
