"""The journal: what goes in comes out, in order, once, and as it was known."""

import json
import os
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from trimtab.desk.books.journal import Fact, Head
from trimtab.errors import InputError, MissingExtraError, StorageError
from trimtab.store.chain import canonical, row_hash
from trimtab.store.journal import SqlJournal, create_journal, open_journal
from trimtab.store.memory import MemoryJournal
from trimtab.store.verify import verify

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class Clock:
    """A clock that a test moves, also backwards."""

    def __init__(self, start: datetime = START) -> None:
        self.now = start

    def __call__(self) -> datetime:
        """Give the moment that was set."""
        return self.now


def fact(kind: str = "plan", subject: str = "growth", valid: str | None = None, **body) -> Fact:
    return Fact(kind=kind, subject=subject, valid=valid, body=body)


def test_entries_are_numbered_from_one_and_outlive_their_process(where):
    """What was appended is there for whoever opens the journal next, numbered without gaps."""
    with create_journal(where) as journal:
        written = journal.append([fact(lots=-3), fact(lots=1.5)]) + journal.append([fact(note="häufig 株")])
    with open_journal(where) as journal:
        assert journal.entries() == written
        assert [e.seq for e in written] == [1, 2, 3]
        assert written[2].body == {"note": "häufig 株"}
        assert journal.head() == Head(seq=3, hash=written[2].hash)


def test_the_hash_is_the_documented_one(where):
    """Anybody can compute an entry's hash from the documentation alone."""
    import hashlib

    with create_journal(where, clock=Clock()) as journal:
        first, second = journal.append([fact(a=1), fact("note", "", "2026-01-05", b=[0.1, None])])
    text = (
        f'["{first.hash}",2,"2026-01-05T09:00:00.000000Z","note","","2026-01-05",' + '"{\\"b\\":[0.1,null]}"]'
    )  # written out, not made by the code under test
    assert second.hash == hashlib.sha256(text.encode()).hexdigest()


def test_recorded_never_goes_back_when_the_clock_does(where):
    """A clock that is set back does not put an entry before an earlier one."""
    clock = Clock()
    with create_journal(where, clock=clock) as journal:
        journal.append([fact()])
        clock.now -= timedelta(hours=1)
        (back,) = journal.append([fact()])
        clock.now += timedelta(hours=2)
        (on,) = journal.append([fact()])
    assert (back.recorded, on.recorded) == ("2026-01-05T09:00:00.000000Z", "2026-01-05T10:00:00.000000Z")


def test_as_it_was_known(where):
    """Asked as of a moment, the journal leaves away what was recorded later, whatever day it is about."""
    clock = Clock()
    with create_journal(where, clock=clock) as journal:
        journal.append([fact("holdings", valid="2026-01-02", shares=100)])
        clock.now += timedelta(days=1)
        journal.append([fact("holdings", valid="2026-01-02", shares=90)])
        then = journal.known_at("2026-01-05T23:00:00Z")
        assert [e.body["shares"] for e in journal.entries("holdings", known=then)] == [100]
        assert [e.body["shares"] for e in journal.entries("holdings")] == [100, 90]
        assert journal.known_at("2026-01-05T08:59:59.999999Z") == 0
        assert journal.known_at("2026-01-05") == 1  # a day alone means its end
        assert journal.known_at("2026-01-06T10:00:00+01:00") == 2


def test_nothing_of_an_append_is_kept_when_one_fact_is_wrong(where):
    """All or none: a body that is not JSON keeps the good ones beside it out as well."""
    with create_journal(where) as journal:
        with pytest.raises(InputError, match="finite"):
            journal.append([fact(a=1), fact(a=float("nan"))])
        assert journal.head().seq == 0
        assert journal.append([]) == ()


@pytest.mark.parametrize(
    "wrong",
    [
        Fact(kind=""),
        Fact(kind="a\nb"),
        Fact(kind="a", subject="\x00"),
        Fact(kind="a", subject="\ud800"),
        Fact(kind="a", body={"x": float("inf")}),
        Fact(kind="a", body={1: "x"}),
        Fact(kind="a", body={"x": {"y": [{None: 1}]}}),
        Fact(kind="a", body={"x": START}),
        Fact(kind="a", body=[1]),
        Fact(kind="a", subject=None),
    ],
)
def test_what_cannot_be_kept_as_it_is_is_refused(wrong):
    """A fact that a database would change or lose is refused before anything is written."""
    with pytest.raises(InputError):
        MemoryJournal().append([wrong])


def test_floats_come_back_to_the_last_bit(where):
    """Numbers in a body are the same after storing."""
    numbers = [0.1, 1 / 3, 5e-324, 1.7976931348623157e308, -0.0, 2**63, -(10**30)]
    with create_journal(where) as journal:
        journal.append([fact(numbers=numbers)])
        assert [repr(x) for x in journal.entries()[0].body["numbers"]] == [repr(x) for x in numbers]


def test_the_database_itself_refuses_to_change_the_past(tmp_path):
    """UPDATE, DELETE, REPLACE and an INSERT out of order fail in SQLite, whoever sends them."""
    with create_journal(tmp_path / "journal.sqlite") as journal:
        journal.append([fact(), fact()])
    raw = sqlite3.connect(tmp_path / "journal.sqlite")
    for statement in (
        "UPDATE journal_entries SET kind = 'x' WHERE seq = 1",
        "DELETE FROM journal_entries WHERE seq = 2",
        "INSERT OR REPLACE INTO journal_entries SELECT * FROM journal_entries WHERE seq = 1",
        "INSERT INTO journal_entries SELECT 9, recorded, kind, subject, valid, body, hash FROM journal_entries",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            raw.execute(statement)
    raw.close()


def test_postgresql_refuses_to_change_the_past(postgres_url):
    """UPDATE, DELETE, TRUNCATE and an INSERT out of order fail in PostgreSQL, even for its superuser."""
    import psycopg

    with create_journal(postgres_url) as journal:
        journal.append([fact(), fact()])
    with psycopg.connect(postgres_url, autocommit=True) as raw:
        for statement in (
            "UPDATE journal_entries SET kind = 'x' WHERE seq = 1",
            "DELETE FROM journal_entries WHERE seq = 2",
            "TRUNCATE journal_entries",
            "INSERT INTO journal_entries VALUES (9, '', '', '', NULL, '', '')",
        ):
            with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
                raw.execute(statement)


def test_threads_share_a_journal(where):
    """Eight threads appending through one object leave a journal without gaps or doubles."""
    with create_journal(where) as journal:
        threads = [
            threading.Thread(target=lambda n=n: [journal.append([fact(n=n, i=i)]) for i in range(10)]) for n in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        entries = journal.entries()
    assert [e.seq for e in entries] == list(range(1, 81))
    for n in range(8):
        assert [e.body["i"] for e in entries if e.body["n"] == n] == list(range(10))


@pytest.mark.slow
def test_read_decide_append_is_exclusive_across_processes_and_threads(where, crash_writers):
    """Inside `writing` nobody else's write comes between what was read and what is appended."""
    create_journal(where).close()
    script = Path(__file__).with_name("crash_writers.py")
    counting = [subprocess.Popen([sys.executable, script, "count", str(where), "40"]) for _ in range(3)]
    with open_journal(where) as journal:
        threads = [threading.Thread(target=crash_writers.count_up, args=(journal, 40)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    assert [process.wait(60) for process in counting] == [0, 0, 0]
    with open_journal(where) as journal:
        assert [e.body["n"] for e in journal.entries("count")] == list(range(1, 201))


def test_another_thread_reads_while_one_writes(where):
    """A section keeps writers out, not readers."""
    seen = []
    with create_journal(where) as journal:
        journal.append([fact()])
        with journal.writing():
            reader = threading.Thread(target=lambda: seen.append(journal.head().seq))
            reader.start()
            reader.join(30)
    assert seen == [1]


def _write_twice(journal):
    with journal.writing():
        journal.append([fact()])
        journal.append([Fact(kind="")])


def test_an_error_inside_a_section_lets_the_next_writer_in(where):
    """A section that raises gives its lock back; what it appended before stays."""
    with create_journal(where) as journal, open_journal(where) as other:
        with pytest.raises(InputError):
            _write_twice(journal)
        writer = threading.Thread(target=lambda: other.append([fact()]))
        writer.start()
        writer.join(30)
        assert journal.head().seq == 2


def test_a_journal_is_made_once(where):
    """Making one where there is one is refused, and leaves it as it is."""
    with create_journal(where) as journal:
        journal.append([fact()])
    with pytest.raises(InputError, match="there is one"):
        create_journal(where)
    with open_journal(where) as journal:
        assert journal.head().seq == 1


def test_opening_what_is_no_journal(tmp_path, postgres_url):
    """A missing file, an empty file, a text file and an empty database are refused with what to do."""
    (tmp_path / "empty.sqlite").touch()
    (tmp_path / "text.sqlite").write_text("not a database, but long enough to be looked at" * 100)
    for place in (tmp_path / "none.sqlite", tmp_path / "empty.sqlite", postgres_url):
        with pytest.raises(InputError, match="trimtab init"):
            open_journal(place)
    with pytest.raises(StorageError, match="no SQLite file"):
        open_journal(tmp_path / "text.sqlite")
    with pytest.raises(StorageError, match="folder"):
        create_journal(tmp_path / "nowhere" / "journal.sqlite")
    assert not (tmp_path / "none.sqlite").exists()


@pytest.mark.parametrize("url", ["mysql://root:secret@host/x", "sqlite://", "sqlite:///:memory:", "://"])
def test_other_databases_are_refused_without_showing_a_password(url):
    """Only SQLite files and PostgreSQL are offered."""
    with pytest.raises(InputError) as caught:
        open_journal(url)
    assert "secret" not in str(caught.value)


def test_an_unreachable_server_is_an_io_error_without_the_password():
    """No server: exit code 74, and the password is not shown."""
    with pytest.raises(StorageError, match="server runs") as caught:
        open_journal("postgresql://nobody:secret@127.0.0.1:1/none")
    assert caught.value.exit_code == 74
    assert "secret" not in str(caught.value)


def test_a_missing_driver_names_the_extra(monkeypatch):
    """Without psycopg the message says which extra to install."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingExtraError, match=r"trimtab\[postgres\]"):
        open_journal("postgresql://localhost/none")


def test_sqlalchemy_is_imported_only_for_a_journal():
    """The contract, the memory journal and the check of a chain cost no database library."""
    code = "import sys, trimtab.cli, trimtab.store.memory, trimtab.store.verify; print('sqlalchemy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_sqlite_is_set_to_keep_what_it_acknowledges(tmp_path):
    """Write-ahead log, full synchronisation, and no copying back outside the lock."""
    with create_journal(tmp_path / "journal.sqlite") as journal:
        ask = lambda pragma: journal.database.read(lambda c: c.exec_driver_sql(f"PRAGMA {pragma}").scalar())  # noqa: E731
        assert (ask("journal_mode"), ask("synchronous"), ask("wal_autocheckpoint")) == ("wal", 2, 0)


def test_the_log_is_copied_back_when_it_has_grown(tmp_path):
    """The write-ahead log does not grow without end."""
    with create_journal(tmp_path / "journal.sqlite") as journal:
        sizes = []
        for _ in range(12):
            journal.append([fact(text="x" * 1_000_000)])
            sizes.append((tmp_path / "journal.sqlite-wal").stat().st_size)
        assert max(sizes) < 7_000_000
        assert min(sizes[3:]) == 0
        assert len(journal.entries()) == 12


def test_a_reader_in_the_way_does_not_stop_writers(tmp_path):
    """With a reader that stays, appends go on, and the log is copied back once it is gone."""
    path = tmp_path / "journal.sqlite"
    with create_journal(path) as journal:
        journal.append([fact()])
        reader = sqlite3.connect(path, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM journal_entries").fetchone()
        for _ in range(10):
            journal.append([fact(text="x" * 1_000_000)])
        assert reader.execute("SELECT count(*) FROM journal_entries").fetchone() == (1,)
        reader.execute("COMMIT")
        reader.close()
        for _ in range(10):
            journal.append([fact(text="x" * 1_000_000)])
        assert (tmp_path / "journal.sqlite-wal").stat().st_size < 9_000_000
        assert journal.head().seq == 21


# --- the same behaviour in memory and in a database ------------------------------------------------------------------

KINDS = st.sampled_from(["plan", "run", "run2"])
SUBJECTS = st.sampled_from(["", "growth", "Ärger"])
VALID = st.sampled_from([None, "2026-01-02", "2026-01-05T10:00:00.000000Z", "2026-01-06"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)
FACTS = st.builds(
    Fact, kind=KINDS, subject=SUBJECTS, valid=VALID, body=st.dictionaries(st.text(max_size=5), VALUES, max_size=3)
)
APPEND = st.tuples(st.just("append"), st.lists(FACTS, max_size=4), st.integers(-3, 5))
ASK = st.tuples(
    st.just("ask"),
    st.fixed_dictionaries(
        {},
        optional={
            "kind": st.none() | KINDS,
            "subject": st.none() | SUBJECTS,
            "after": st.integers(-1, 9),
            "known": st.none() | st.integers(-1, 9),
            "valid_until": st.none() | st.sampled_from(["2026-01-02", "2026-01-05T10", "2026-01-06", "2027"]),
            "newest": st.booleans(),
            "limit": st.none() | st.integers(0, 5),
        },
    ),
    st.integers(-10, 30),
)


def _agree(journal: SqlJournal, steps) -> None:
    clock = Clock()
    memory = MemoryJournal(clock=clock)
    journal._clock = clock
    for what, asked, minutes in steps:
        if what == "append":
            clock.now += timedelta(minutes=minutes)
            assert journal.append(asked) == memory.append(asked)
        else:
            moment = (START + timedelta(minutes=minutes)).isoformat()
            assert journal.entries(**asked) == memory.entries(**asked)
            assert journal.known_at(moment) == memory.known_at(moment)
        assert journal.head() == memory.head()


@settings(max_examples=30)
@given(steps=st.lists(APPEND | ASK, max_size=12))
def test_a_database_and_memory_behave_the_same(tmp_path_factory, steps):
    """Whatever is appended and asked, SQLite and memory give the same entries, hashes included."""
    with create_journal(tmp_path_factory.mktemp("j") / "journal.sqlite") as journal:
        _agree(journal, steps)


@settings(max_examples=12)
@given(steps=st.lists(APPEND | ASK, min_size=15, max_size=20))
def test_postgresql_and_memory_behave_the_same(postgres_module_url, steps):
    """Whatever is appended and asked, PostgreSQL and memory give the same entries, hashes included."""
    import psycopg

    with psycopg.connect(postgres_module_url, autocommit=True) as raw:
        raw.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    with create_journal(postgres_module_url) as journal:
        _agree(journal, steps)


@given(body=st.dictionaries(st.text(max_size=5), VALUES, max_size=4))
def test_the_canonical_text_is_one_to_one(body):
    """Canonical text reads back as what was written, whatever order its keys were in."""
    text = canonical(body)
    assert json.loads(text) == body
    assert canonical(dict(reversed(list(body.items())))) == text
    assert text.isascii()


def test_fields_cannot_slide_into_each_other():
    """Text moved from one field to the next gives another hash."""
    journal = MemoryJournal(clock=Clock())
    journal.append([Fact(kind="ab", subject="c"), Fact(kind="a", subject="bc"), Fact(kind="a", valid="", body={})])
    rows = journal.rows(after=None, limit=9)
    assert len({row_hash("", row, seq=1) for row in rows}) == 3


def test_a_journal_of_another_folder_has_another_lock(tmp_path):
    """Two workspaces do not wait for each other."""
    for name in ("a", "b"):
        Path(tmp_path, name).mkdir()
    with (
        create_journal(tmp_path / "a" / "journal.sqlite") as one,
        create_journal(tmp_path / "b" / "journal.sqlite") as two,
        one.writing(),
    ):
        assert two.append([fact()])[0].seq == 1


def test_a_user_who_may_only_select_and_insert(postgres_url):
    """On PostgreSQL a user without further rights reads, appends and verifies, and can do nothing else."""
    import psycopg

    create_journal(postgres_url).close()
    role = "clerk_" + sa.make_url(postgres_url).database
    with psycopg.connect(postgres_url, autocommit=True) as raw:
        raw.execute(f'CREATE ROLE "{role}" LOGIN')
        raw.execute(f'GRANT SELECT, INSERT ON journal_entries, journal_versions TO "{role}"')
    clerk = sa.make_url(postgres_url).set(username=role).render_as_string(hide_password=False)
    with open_journal(clerk) as journal:
        journal.append([fact(), fact()])
        assert verify(journal).entries == 2
    with psycopg.connect(clerk) as raw, pytest.raises(psycopg.errors.InsufficientPrivilege):
        raw.execute("DELETE FROM journal_entries")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_goes_on_with_its_parents_journal(where):
    """Parent and child both append through the object that was there before the fork."""
    with create_journal(where) as journal:
        journal.append([fact()])
        child = os.fork()
        if child == 0:
            code = 1
            try:
                code = 0 if journal.append([fact(), fact()])[-1].seq > 2 else 2
            finally:
                os._exit(code)
        journal.append([fact()])
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        journal.append([fact()])
        assert verify(journal).entries == 5
