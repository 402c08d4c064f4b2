"""`trimtab verify` holds a workspace's files against its journal, both ways: each way they can come apart is told."""

import json
import shutil
import sqlite3
from contextlib import closing

import pytest
from click.testing import CliRunner

import trimtab as tt
from trimtab.cli.app import app
from trimtab.config.change import set_setting


def verified(desk, code):
    done = CliRunner().invoke(app, ["verify", "-w", str(desk), "--json"])
    assert done.exit_code == code, done.output
    told = json.loads(done.output)
    assert told["ok"] is (code == 0)
    return {(d["what"], d["is_fault"]) for d in told["differences"]}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A desk with prices in two files, holdings, and an answer that kept a file of contracts."""
    folder = tmp_path_factory.mktemp("verify")
    desk = tt.Desk.create(folder / "desk", benchmark="SPY")
    days = [f"2024-{month:02d}-{day:02d}" for month in (1, 2, 3, 4) for day in range(1, 29)]
    rows = [f"{day},{100 + k % 7},{50 + k % 5}\n" for k, day in enumerate(days)]
    for part in (rows[:90], rows[90:]):
        file = folder / "p.csv"
        file.write_text("date,SPY,A\n" + "".join(part))
        desk.import_files(file, accept=True)
    book = folder / "book.csv"
    book.write_text("symbol,quantity\nA,10\nSPY,5\n")
    desk.import_files(book, accept=True, as_of="2024-04-28")
    (folder / "desk/own.csv").write_text("root,multiplier,currency,tick\nXX,10,USD,0.5\n")
    settings = folder / "desk/trimtab.toml"
    settings.write_text(settings.read_text().replace("[contracts]\n", '[contracts]\nfiles = ["own.csv"]\n'))
    tt.Desk(folder / "desk").review()
    return folder / "desk"


@pytest.fixture
def desk(made, tmp_path):
    return shutil.copytree(made, tmp_path / "desk")


def test_whole_desk_has_no_differences(desk):
    assert verified(desk, 0) == set()


@pytest.mark.parametrize("folder", ["prices", "inputs"])
@pytest.mark.parametrize("how", ["gone", "changed"])
def test_file_that_an_entry_names_is_missed(desk, folder, how):
    file = min((desk / "data" / folder).iterdir())
    content = file.read_bytes()
    file.unlink()
    if how == "changed":
        file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert verified(desk, 74) == {("gone", True)}


@pytest.mark.parametrize("name", ["prices/00000001-copy.parquet", f"inputs/{'0' * 64}.csv", "prices/00000003.parquet"])
def test_file_that_no_entry_names_is_told(desk, name):
    shutil.copy(min((desk / "data/prices").iterdir()), desk / "data" / name)
    if name.startswith("inputs"):
        # of content that is not what its name says: nobody can have kept it
        assert verified(desk, 74) == {("gone", True), ("unnamed", False)}
    else:
        assert verified(desk, 0) == {("unnamed", False)}


def test_older_journal_beside_newer_files_is_a_fault(desk, made, tmp_path):
    journal = next(desk.glob("journal.*"))
    tt_before = tmp_path / "before.db"
    shutil.copy(journal, tt_before)
    later = tt.Desk(desk)
    for day in ("2024-05-01", "2024-05-02"):
        file = tmp_path / "more.csv"
        file.write_text(f"date,SPY,A\n{day},101,51\n")
        later.import_files(file, accept=True)
    for path in desk.glob("journal.*"):
        path.unlink()
    shutil.copy(tt_before, journal)
    assert verified(desk, 1) == {("unnamed", False), ("older journal", True)}


def test_dropped_or_replaced_trigger_is_a_fault(desk):
    with closing(sqlite3.connect(next(desk.glob("journal.*")))) as raw:
        raw.execute("DROP TRIGGER journal_entries_no_update")
        raw.execute("DROP TRIGGER journal_entries_no_delete")
        raw.execute("CREATE TRIGGER journal_entries_no_delete BEFORE DELETE ON journal_entries BEGIN SELECT 1; END")
        raw.commit()
    assert verified(desk, 1) == {("unguarded", True)}


def test_changed_settings_are_told(desk):
    set_setting(desk, "estimation.window", "200")
    assert verified(desk, 0) == {("settings", False)}
    text = CliRunner().invoke(app, ["verify", "-w", str(desk)]).output
    assert "settings: trimtab.toml: not those of entry" in text
