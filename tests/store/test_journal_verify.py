"""Tampering shows: where, and how."""

# ruff: noqa: S608 - statements are put together to attack a file of our own

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.desk.books.journal import Fact, Head
from trimtab.store.chain import Row, row_hash
from trimtab.store.journal import create_journal, open_journal
from trimtab.store.memory import MemoryJournal
from trimtab.store.verify import verify

COUNT = 9
COLUMNS = ("recorded", "kind", "subject", "valid", "body", "hash")


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    """A journal of nine entries, with its triggers taken away as somebody with the file could."""
    path = tmp_path_factory.mktemp("verify") / "journal.sqlite"
    with create_journal(path) as journal:
        for n in range(COUNT):
            journal.append([Fact(kind="plan", subject="growth", valid="2026-01-05", body={"lots": n, "näme": "ü"})])
    raw = sqlite3.connect(path)
    for name in ("no_update", "no_delete", "in_order"):
        raw.execute(f"DROP TRIGGER journal_entries_{name}")
    raw.close()
    return path


def after(path: Path, *statements: str | tuple, head: Head | None = None):
    """Verify a journal as it is after some statements, and take them back."""
    whole = path.read_bytes()
    try:
        raw = sqlite3.connect(path, isolation_level=None)
        for statement in statements:
            raw.execute(*((statement,) if isinstance(statement, str) else statement))
        raw.close()
        with open_journal(path) as journal:
            return verify(journal, head=head)
    finally:
        path.write_bytes(whole)


def test_an_untouched_journal_holds(written):
    """Nothing is found where nothing was done."""
    found = after(written)
    assert found.ok
    assert found.entries == found.head.seq == COUNT


@given(seq=st.integers(1, COUNT), column=st.sampled_from(COLUMNS), place=st.integers(0), flip=st.integers(1, 255))
def test_any_byte_of_any_entry(written, seq, column, place, flip):
    """Change one byte of one field of one entry, to text or to no text at all: that entry or the next is named."""
    raw = sqlite3.connect(written)
    stored = raw.execute(f"SELECT CAST({column} AS BLOB) FROM journal_entries WHERE seq = ?", (seq,)).fetchone()[0]
    raw.close()
    changed = bytearray(stored)
    changed[place % len(changed)] ^= flip
    found = after(
        written,
        (f"UPDATE journal_entries SET {column} = CAST(? AS TEXT) WHERE seq = ?", (bytes(changed), seq)),
    )
    assert found.fault is not None
    assert (found.fault.what, found.fault.seq, found.entries) == ("changed", seq, seq - 1)


@pytest.mark.parametrize(
    ("column", "value"),
    [("valid", "NULL"), *((column, value) for column in ("valid", "body") for value in ("X'00ff'", "17", "1.5", "''"))],
)
def test_a_value_of_another_kind(written, column, value):
    """A field replaced by a number, bytes, nothing or empty text is found, and stops nobody from looking."""
    found = after(written, f"UPDATE journal_entries SET {column} = {value} WHERE seq = 4")
    assert (found.fault.what, found.fault.seq) == ("changed", 4)


@pytest.mark.parametrize(("first", "last"), [(1, 1), (4, 4), (4, 6), (8, 8)])
def test_removed_entries(written, first, last):
    """Entries taken out are missing, and named."""
    found = after(written, f"DELETE FROM journal_entries WHERE seq BETWEEN {first} AND {last}")
    assert (found.fault.what, found.fault.seq) == ("missing", first)


@pytest.mark.parametrize(("first", "last"), [(1, 1), (4, 4), (4, 6)])
def test_removed_entries_whose_gap_was_closed(written, first, last):
    """Renumbering the rest does not hide that entries were taken out."""
    gone = last - first + 1
    found = after(
        written,
        f"DELETE FROM journal_entries WHERE seq BETWEEN {first} AND {last}",
        f"UPDATE journal_entries SET seq = seq - {gone} WHERE seq > {last}",
    )
    assert (found.fault.what, found.fault.seq) == ("missing", first)


@pytest.mark.parametrize("seq", [1, 5, COUNT])
@pytest.mark.parametrize("sealed", [True, False])
def test_an_inserted_entry(written, seq, sealed):
    """An entry pushed in is named, also when its own hash was computed as it should be."""
    with open_journal(written) as journal:
        rows = journal.rows(after=None, limit=COUNT)
    before = rows[seq - 2].hash if seq > 1 else "0" * 64
    forged = Row(seq, rows[max(seq - 2, 0)].recorded, "plan", "growth", None, "{}", "")
    own = row_hash(before, forged) if sealed else "f" * 64
    found = after(
        written,
        f"UPDATE journal_entries SET seq = -seq WHERE seq >= {seq}",
        "UPDATE journal_entries SET seq = 1 - seq WHERE seq < 0",
        (
            "INSERT INTO journal_entries VALUES (?, ?, ?, ?, ?, ?, ?)",
            (seq, forged.recorded, forged.kind, forged.subject, forged.valid, forged.body, own),
        ),
    )
    assert (found.fault.what, found.fault.seq) == ("inserted", seq)


def test_an_entry_before_the_first(written):
    """A number below one is no entry."""
    found = after(written, "INSERT INTO journal_entries VALUES (0, '', 'plan', '', NULL, '{}', '')")
    assert (found.fault.what, found.fault.seq) == ("inserted", 0)


def test_two_entries_that_changed_places(written):
    """Swapping two entries is found at the first of them."""
    found = after(
        written,
        "UPDATE journal_entries SET seq = -4 WHERE seq = 4",
        "UPDATE journal_entries SET seq = 4 WHERE seq = 5",
        "UPDATE journal_entries SET seq = 5 WHERE seq = -4",
    )
    assert found.fault.seq == 4


@pytest.mark.parametrize("seq", [1, 6, COUNT - 1])
def test_an_entry_changed_and_sealed_anew(written, seq):
    """A changed entry with a hash computed anew no longer fits the entry after it."""
    with open_journal(written) as journal:
        rows = journal.rows(after=None, limit=COUNT)
    row = rows[seq - 1]
    forged = Row(row.seq, row.recorded, row.kind, row.subject, row.valid, '{"lots":99}', "")
    own = row_hash(rows[seq - 2].hash if seq > 1 else "0" * 64, forged)
    found = after(written, f"UPDATE journal_entries SET body = '{forged.body}', hash = '{own}' WHERE seq = {seq}")
    assert (found.fault.what, found.fault.seq) == ("changed", seq + 1)


def test_the_end_cut_off_shows_only_with_a_head(written):
    """The chain alone cannot know how long it was; with a noted head it does."""
    with open_journal(written) as journal:
        head = journal.head()
    cut = f"DELETE FROM journal_entries WHERE seq > {COUNT - 2}"
    assert after(written, cut).ok
    found = after(written, cut, head=head)
    assert (found.fault.what, found.fault.seq, found.entries) == ("cut off", COUNT - 1, COUNT - 2)
    assert after(written, "DELETE FROM journal_entries", head=head).fault.what == "cut off"


def test_a_chain_rewritten_to_its_end_shows_only_with_a_head():
    """Whoever computes every hash anew makes a chain that holds, but not the one that was noted."""
    honest, forged = MemoryJournal(), MemoryJournal()
    honest.append([Fact(kind="plan", body={"lots": n}) for n in range(5)])
    forged.append([Fact(kind="plan", body={"lots": n if n != 2 else 7}) for n in range(6)])
    assert verify(forged).ok
    found = verify(forged, head=honest.head())
    assert (found.fault.what, found.fault.seq) == ("another history", 5)


def test_an_earlier_head_is_enough():
    """A journal that has grown since still holds against the head that was noted."""
    journal = MemoryJournal()
    journal.append([Fact(kind="plan")])
    noted = journal.head()
    journal.append([Fact(kind="plan")] * 3)
    assert verify(journal, head=noted).ok
    assert verify(journal, head=Head(seq=0, hash="0" * 64)).ok
    assert not verify(journal, head=Head(seq=0, hash="1" * 64)).ok


def test_more_entries_than_a_batch():
    """The walk goes over its batches without a seam."""
    journal = MemoryJournal()
    journal.append([Fact(kind="plan", body={"n": n}) for n in range(4500)])
    assert verify(journal).entries == 4500
    journal._rows.pop(3999)
    assert verify(journal).fault.seq == 4000


def test_a_damaged_index_is_found(written):
    """An index that lost a row would hide it from who asks by kind; the file check finds that."""
    found = after(
        written,
        "PRAGMA writable_schema = ON",
        # Two indexes change places: each now leads to the rows of the other.
        "UPDATE sqlite_master SET rootpage = (SELECT sum(rootpage) FROM sqlite_master WHERE name IN"
        " ('journal_entries_of', 'journal_entries_recorded')) - rootpage"
        " WHERE name IN ('journal_entries_of', 'journal_entries_recorded')",
    )
    assert found.fault.what == "damaged"
