"""Migrations: all of them or none, after a copy, and never backwards."""

import gzip
import json
import sqlite3

import pytest
import sqlalchemy as sa

from trimtab.desk.books.journal import Fact
from trimtab.errors import InputError, StorageError
from trimtab.store.journal import create_journal, look_into, open_journal
from trimtab.store.migrate import MIGRATIONS, Migration, latest
from trimtab.store.schema import ENTRIES, VERSIONS
from trimtab.store.verify import verify

NEXT = latest(MIGRATIONS) + 1


def _add_column(connection):
    connection.exec_driver_sql("ALTER TABLE journal_entries ADD COLUMN note TEXT")


def _make_table_and_fail(connection):
    connection.exec_driver_sql("CREATE TABLE half_way (x INTEGER)")
    connection.exec_driver_sql("DROP TABLE journal_entries")
    raise RuntimeError("injected")


GOOD = (*MIGRATIONS, Migration(version=NEXT, title="a note", apply=_add_column))
BAD = (*GOOD, Migration(version=NEXT + 1, title="fails half way", apply=_make_table_and_fail))


def written(where):
    with create_journal(where) as journal:
        journal.append([Fact(kind="plan", body={"n": n}) for n in range(3)])
        return journal.head()


def lock_of(where, tmp_path):
    return None if where == tmp_path / "journal.sqlite" else tmp_path / ".trimtab.lock"


def test_an_older_journal_is_brought_up_to_date(where, tmp_path):
    """Opening migrates, keeps every entry and hash, and goes on with the chain."""
    head = written(where)
    with open_journal(where, lock=lock_of(where, tmp_path), migrations=GOOD) as journal:
        assert journal.head() == head
        journal.append([Fact(kind="plan")])
        assert verify(journal, head=head).entries == 4
        columns = journal.database.read(lambda c: [x["name"] for x in sa.inspect(c).get_columns("journal_entries")])
        assert "note" in columns
    assert len(list((tmp_path / "backups").iterdir())) == 1
    open_journal(where, migrations=GOOD).close()
    assert len(list((tmp_path / "backups").iterdir())) == 1  # nothing was due any more


def test_the_copy_before_a_migration_is_whole(tmp_path):
    """The copy opens by itself, at the old version, with the old head."""
    head = written(tmp_path / "journal.sqlite")
    open_journal(tmp_path / "journal.sqlite", migrations=GOOD).close()
    (copy,) = (tmp_path / "backups").iterdir()
    with look_into(copy) as journal:
        assert journal.head() == head
        assert verify(journal).ok


def test_the_copy_of_a_server_has_every_row(postgres_url, tmp_path):
    """On PostgreSQL the copy is one JSON object an entry."""
    head = written(postgres_url)
    open_journal(postgres_url, lock=tmp_path / ".trimtab.lock", migrations=GOOD).close()
    (copy,) = (tmp_path / "backups").iterdir()
    rows = [json.loads(line) for line in gzip.decompress(copy.read_bytes()).splitlines()]
    assert [row["seq"] for row in rows] == [1, 2, 3]
    assert rows[-1]["hash"] == head.hash


def test_a_server_without_a_place_for_the_copy_is_not_migrated(postgres_url):
    """No copy, no migration."""
    head = written(postgres_url)
    with pytest.raises(InputError, match="copy"):
        open_journal(postgres_url, migrations=GOOD)
    with open_journal(postgres_url) as journal:
        assert journal.head() == head


def test_a_migration_that_fails_half_way_leaves_the_old_journal(where, tmp_path):
    """The good step before it is taken back as well; the old code goes on as if nothing had been."""
    head = written(where)
    with pytest.raises(StorageError, match="injected") as caught:
        open_journal(where, lock=lock_of(where, tmp_path), migrations=BAD)
    assert "as it was" in str(caught.value)
    with open_journal(where) as journal:
        assert verify(journal, head=head).ok
        assert journal.append([Fact(kind="plan")])[0].seq == 4
        tables = journal.database.read(lambda c: sa.inspect(c).get_table_names())
        columns = journal.database.read(lambda c: [x["name"] for x in sa.inspect(c).get_columns("journal_entries")])
    assert sorted(tables) == ["journal_entries", "journal_versions"]
    assert "note" not in columns


def test_a_making_that_fails_leaves_room_for_the_next(where):
    """The same when the journal is being made: nothing is left that would stop the next try."""
    with pytest.raises(StorageError, match="injected"):
        create_journal(where, migrations=BAD)
    with create_journal(where) as journal:
        assert journal.append([Fact(kind="plan")])[0].seq == 1


def test_no_copy_no_migration(tmp_path):
    """Where the copy cannot be written the journal is not touched."""
    head = written(tmp_path / "journal.sqlite")
    (tmp_path / "backups").write_text("a file where the folder should be")
    with pytest.raises(StorageError, match="before it is migrated"):
        open_journal(tmp_path / "journal.sqlite", migrations=GOOD)
    with open_journal(tmp_path / "journal.sqlite") as journal:
        assert journal.head() == head


def test_a_newer_journal_is_refused_with_its_reason(where):
    """Old code keeps its hands off a journal it does not know."""
    create_journal(where, migrations=GOOD).close()
    with pytest.raises(StorageError, match="a newer trimtab has worked here") as caught:
        open_journal(where)
    assert caught.value.exit_code == 74


def test_a_program_that_was_running_during_a_migration_stops_writing(tmp_path):
    """A service opened before the migration does not write in the old way into the new tables."""
    path = tmp_path / "journal.sqlite"
    with create_journal(path) as service:
        service.append([Fact(kind="plan")])
        open_journal(path, migrations=GOOD).close()
        with pytest.raises(StorageError, match="start this program again"):
            service.append([Fact(kind="plan")])
        assert service.head().seq == 1


def test_the_description_of_the_tables_is_what_the_migrations_make(where):
    """Queries and statements agree on names, order and emptiness of columns."""
    with create_journal(where) as journal:
        for table in (ENTRIES, VERSIONS):
            made = journal.database.read(lambda c, name=table.name: sa.inspect(c).get_columns(name))
            assert [c["name"] for c in made] == table.columns.keys()
            assert [c["nullable"] or c["name"] in table.primary_key.columns for c in made] == [
                c.nullable or c.primary_key for c in table.columns
            ]


def test_questions_are_answered_by_an_index(tmp_path):
    """Asking by kind and subject, by moment, and for the end does not read the whole table."""
    create_journal(tmp_path / "journal.sqlite").close()
    raw = sqlite3.connect(tmp_path / "journal.sqlite")
    for query in (
        "SELECT * FROM journal_entries WHERE kind = 'a' AND subject = 'b' ORDER BY seq DESC LIMIT 1",
        "SELECT * FROM journal_entries WHERE kind = 'a' AND valid <= '2026'",
        "SELECT seq FROM journal_entries WHERE recorded <= 'x' ORDER BY recorded DESC, seq DESC LIMIT 1",
        "SELECT max(seq) FROM journal_entries",
    ):
        plan = " ".join(row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {query}"))
        assert "SEARCH" in plan, plan
        assert "SCAN" not in plan, plan
        assert "TEMP B-TREE" not in plan, plan
    raw.close()
