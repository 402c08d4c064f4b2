"""backup, restore, verify and journal from the command line: words for people, documents for programs, exit codes."""

import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from trimtab.cli.app import app
from trimtab.desk.books.journal import Fact
from trimtab.errors import InputError, StorageError, TrimtabError
from trimtab.store.journal import create_journal, open_journal


def run(*words: object, code: int = 0) -> str:
    done = CliRunner().invoke(app, [str(word) for word in words])
    if isinstance(done.exception, TrimtabError):
        raise done.exception
    assert done.exit_code == code, done.output
    return done.output


@pytest.fixture
def desk(tmp_path, monkeypatch) -> Path:
    """A workspace with three entries on two days."""
    monkeypatch.delenv("TRIMTAB_WORKSPACE", raising=False)
    folder = tmp_path / "desk"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "p.csv").write_text("x\n")
    (folder / "trimtab.toml").write_text('[journal]\nurl = "sqlite:///journal.sqlite"\n')
    with create_journal(folder / "journal.sqlite") as journal:
        journal.append([Fact(kind="plan", subject="growth", valid="2026-01-05", body={"lots": -3})])
        journal.append([Fact(kind="run", subject="growth"), Fact(kind="plan", subject="income")])
    return folder


def test_the_way_round(desk, tmp_path):
    """Back up, restore, verify against the head that the backup printed: the same from each command."""
    made = json.loads(run("backup", tmp_path / "copy.tar.gz", "-w", desk, "--json"))
    assert (made["schema"], made["files"]) == ("trimtab.backup/1", 3)
    back = json.loads(run("restore", tmp_path / "copy.tar.gz", tmp_path / "again", "--json"))
    assert back["head"] == made["head"]
    found = json.loads(run("verify", "-w", tmp_path / "again", "--head", made["head"], "--json"))
    assert found == {
        "schema": "trimtab.verify/1", "ok": True, "entries": 3, "head": made["head"], "fault": None, "files": 0,
        "differences": [],
    }  # fmt: skip


def test_words_for_people(desk, tmp_path):
    """Each command says what it did and which head to note."""
    said = run("backup", tmp_path / "copy", "-w", desk)
    head = next(line.removeprefix("head ") for line in said.splitlines() if line.startswith("head 3:"))
    assert "3 files" in said
    assert head in run("restore", tmp_path / "copy", tmp_path / "again")
    assert "3 entries, every hash fits, and entry 3 is the one that was noted" in run(
        "verify", "-w", desk, "--head", head
    )


def test_files_that_the_settings_name_come_back(desk, tmp_path):
    """Rates beside the data are in the backup; a file elsewhere is named when it is made and when it comes back."""
    (desk / "rates").mkdir()
    (desk / "rates" / "fx.csv").write_text("date,EURUSD\n2026-01-05,1.1\n")
    elsewhere = tmp_path / "mine.csv"
    elsewhere.write_text("root,multiplier,currency,tick\n")
    (desk / "trimtab.toml").write_text(
        '[journal]\nurl = "sqlite:///journal.sqlite"\n[estimation]\nfx = "rates/fx.csv"\n'
        f'[contracts]\nfiles = ["{elsewhere}"]\n'
    )
    made = json.loads(run("backup", tmp_path / "copy.tgz", "-w", desk, "--json"))
    assert (made["files"], made["outside"]) == (4, [str(elsewhere)])
    assert str(elsewhere) in run("backup", tmp_path / "other.tgz", "-w", desk)
    back = json.loads(run("restore", tmp_path / "copy.tgz", tmp_path / "again", "--json"))
    assert back["mistakes"] == []
    assert (tmp_path / "again/rates/fx.csv").read_text() == (desk / "rates/fx.csv").read_text()
    assert "3 entries" in run("verify", "-w", tmp_path / "again")
    elsewhere.unlink()
    said = run("restore", tmp_path / "other.tgz", tmp_path / "third")
    assert "contracts.files" in said
    assert str(elsewhere) in said


def test_tampering_ends_with_exit_code_1(desk):
    """A changed entry is named, in words and in the document."""
    raw = sqlite3.connect(desk / "journal.sqlite", isolation_level=None)
    raw.execute("DROP TRIGGER journal_entries_no_update")
    raw.execute("UPDATE journal_entries SET subject = 'other' WHERE seq = 2")
    raw.close()
    assert "entry 2" in run("verify", "-w", desk, code=1)
    found = json.loads(run("verify", "-w", desk, "--json", code=1))
    assert (found["ok"], found["fault"]["seq"], found["fault"]["what"]) == (False, 2, "changed")


@pytest.mark.parametrize("head", ["3", "x:" + "a" * 64, "3:abc", "3:" + "g" * 64])
def test_a_head_that_is_none(desk, head):
    """A head is a number and sixty-four digits."""
    with pytest.raises(InputError, match="NUMBER:HASH"):
        run("verify", "-w", desk, "--head", head)


def test_the_journal_as_it_is_and_as_it_was(desk):
    """Entries newest first, by kind, by subject, and as known at a number or a moment."""

    def numbers(*words):
        return [e["seq"] for e in json.loads(run("journal", "-w", desk, "--json", *words))["entries"]]

    assert numbers() == [3, 2, 1]
    assert numbers("--kind", "plan") == [3, 1]
    assert numbers("--kind", "plan", "--subject", "growth") == [1]
    assert numbers("--limit", "2") == [3, 2]
    assert numbers("--known", "1") == [1]
    assert numbers("--known", "2000-01-01") == []
    assert numbers("--known", "2999-01-01") == [3, 2, 1]
    said = run("journal", "-w", desk)
    assert "growth" in said
    assert '{"lots":-3}' in said
    assert "No entries" in run("journal", "-w", desk, "--kind", "alert")


def test_a_full_folder_is_not_restored_into(desk, tmp_path):
    """Nothing is restored over what is there, nor from what is damaged (exit code 74)."""
    run("backup", tmp_path / "copy.tar.gz", "-w", desk)
    with pytest.raises(InputError, match="something in it"):
        run("restore", tmp_path / "copy.tar.gz", desk)
    content = (tmp_path / "copy.tar.gz").read_bytes()
    (tmp_path / "copy.tar.gz").write_bytes(content[:-40])
    with pytest.raises(StorageError):
        run("restore", tmp_path / "copy.tar.gz", tmp_path / "again")
    with open_journal(desk / "journal.sqlite") as journal:
        assert journal.head().seq == 3
