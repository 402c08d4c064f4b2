"""A desk whose journal is on a PostgreSQL server: every command works as with a file."""

import os
import subprocess
import sys
import time

import psycopg
import pytest

from trimtab.errors import InputError
from trimtab.python.desk import Desk
from trimtab.store.restore import SAVED_SETTINGS, restore
from trimtab.wiring.creating import create_workspace
from trimtab.wiring.workspace import open_workspace


def trimtab(*words, **environment) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "trimtab", *map(str, words)],
        capture_output=True, text=True, check=False, env={**os.environ, **environment},
    )  # fmt: skip
    assert done.returncode in {0, 3}, done.stderr
    return done.stdout


def name_server(place, url):
    settings = place / "trimtab.toml"
    settings.write_text(settings.read_text().replace("[journal]", f'[journal]\nurl = "{url}"', 1))


@pytest.mark.slow
def test_every_command_on_a_server(tmp_path, postgres_url, files):
    """Init, import, review, runs, replay, verify, backup and restore, with the URL in trimtab.toml."""
    place = tmp_path / "desk"
    trimtab("init", place, "--benchmark", "SPX", TRIMTAB_JOURNAL_URL=postgres_url)
    assert not (place / "journal.db").exists()
    name_server(place, postgres_url)
    steps = files.write_files(tmp_path / "in", 12)
    trimtab("import", *(s.file for s in steps), "-w", place, "--yes")
    assert "0 new" in trimtab("import", steps[0].file, "-w", place) or "nothing" in trimtab(
        "import", steps[0].file, "-w", place
    )
    trimtab("review", "-w", place)
    assert "review" in trimtab("runs", "-w", place)
    desk = Desk(place)
    (run,) = desk.runs()
    trimtab("replay", run.seq, "-w", place)
    assert "every hash fits" in trimtab("verify", "-w", place)
    trimtab("backup", tmp_path / "copy.tar.gz", "-w", place)
    trimtab("restore", tmp_path / "copy.tar.gz", tmp_path / "again")
    # The settings name the server, so they wait to be corrected; the entries are in a file.
    settings = tmp_path / "again" / SAVED_SETTINGS
    (tmp_path / "again" / "trimtab.toml").write_text(
        settings.read_text().replace(postgres_url, "sqlite:///journal.sqlite")
    )
    again = Desk(tmp_path / "again")
    assert again.replay(run.seq).same
    assert files.contents(again.workspace) == files.contents(desk.workspace)


def test_a_desk_is_moved_to_a_server_before_it_has_prices(tmp_path, postgres_url, files):
    """After the URL was set, `init` makes the journal there, and nothing else."""
    place = tmp_path / "desk"
    create_workspace(place, benchmark="SPX").journal.close()
    name_server(place, postgres_url)
    with pytest.raises(InputError, match="trimtab init"):
        open_workspace(place)
    before = (place / "trimtab.toml").read_text()
    workspace = create_workspace(place)
    assert (place / "trimtab.toml").read_text() == before
    files.take(workspace, files.write_files(tmp_path / "in", 1)[0])
    with pytest.raises(InputError, match="no workspace yet"):
        create_workspace(place)


def test_prices_of_another_journal_are_not_taken_for_rubbish(tmp_path, postgres_url, files):
    """A desk with prices gets no empty journal: its next import would remove them as files that nobody names."""
    place = tmp_path / "desk"
    workspace = files.new_desk(place)
    files.take(workspace, files.write_files(tmp_path / "in", 1)[0])
    workspace.journal.close()
    name_server(place, postgres_url)
    with pytest.raises(InputError, match="another journal"):
        create_workspace(place)
    assert len(list((place / "data" / "prices").glob("*.parquet"))) == 1


def test_a_restored_desk_goes_on_on_a_new_server(tmp_path, postgres_url, files):
    """Restored into an empty database, a desk gives the same answers."""
    place = tmp_path / "desk"
    workspace = files.new_desk(place)
    for step in files.write_files(tmp_path / "in", 12):
        files.take(workspace, step)
    desk = Desk(place)
    desk.review()
    trimtab("backup", tmp_path / "copy", "-w", place)
    restore(tmp_path / "copy", tmp_path / "again", journal=postgres_url)
    (tmp_path / "again" / "trimtab.toml.saved").rename(tmp_path / "again" / "trimtab.toml")
    name_server(tmp_path / "again", postgres_url)
    again = Desk(tmp_path / "again")
    assert again.replay(desk.runs()[0].seq).same
    assert files.contents(again.workspace) == files.contents(workspace)


def test_desks_that_are_forgotten_give_their_connections_back(tmp_path, postgres_url, files):
    """A program that opens a desk for each question leaves no connections behind on the server."""
    place = tmp_path / "desk"
    files.new_desk(place).journal.close()
    name_server(place, postgres_url)
    create_workspace(place).journal.close()
    with psycopg.connect(postgres_url, autocommit=True) as watching:
        for _ in range(5):
            assert Desk(place).known() == 0
        count = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        end = time.monotonic() + 20
        while (left := watching.execute(count).fetchone()[0]) and time.monotonic() < end:
            time.sleep(0.05)  # the server needs a moment to notice
    assert left == 0
