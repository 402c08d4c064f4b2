"""Prices of a workspace: the same as one file read at once, as known at any time, and never half a file."""

import itertools

import numpy as np
import polars as pl
import pytest
from given import business_days
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from intake_given import GivenDesk, kept

from trimtab.desk.books.intake import Outcome
from trimtab.errors import NotEnoughDataError, StorageError
from trimtab.feeds.series.prices import read_prices
from trimtab.store.prices import PriceStore

SYMBOLS = ["A", "B", "C", "D"]


def long_rows(seed: int = 3, days: int = 30) -> pl.DataFrame:
    """Prices of four symbols, with holes and volumes, at least one price for each day and symbol."""
    rng = np.random.default_rng(seed)
    dates = business_days(days, "2024-01-02")
    rows = [
        (str(day), s, round(float(price), 4), float(volume), "USD")
        for day in dates
        for s, price, volume in zip(SYMBOLS, rng.uniform(90, 110, 4), rng.integers(1, 9, 4) * 100, strict=True)
        if rng.uniform() > 0.2
    ]
    return pl.DataFrame(rows, schema=["date", "symbol", "close", "volume", "currency"], orient="row")


def same_table(one, other) -> None:
    other = other.select(one.symbols)
    assert np.array_equal(one.dates, other.dates)
    assert np.array_equal(one.values, other.values, equal_nan=True)
    assert np.array_equal(one.why, other.why)
    assert np.array_equal(one.breaks, other.breaks)
    assert one.currencies == other.currencies
    if one.volumes is None or other.volumes is None:
        assert one.volumes is other.volumes
    else:
        priced = one.why == 0
        assert np.array_equal(one.volumes[priced], other.volumes[priced], equal_nan=True)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(cuts=st.lists(st.integers(0, 95), max_size=4), overlap=st.integers(0, 20), seed=st.integers(0, 10_000))
def test_any_split_shuffle_overlap_and_renaming_gives_the_table_of_one_file(tmp_path_factory, cuts, overlap, seed):
    """However rows are spread over files, in whatever order and with repeats, the table is that of one file."""
    rows = long_rows()
    folder = tmp_path_factory.mktemp("split")
    desk = GivenDesk(folder)
    order = np.random.default_rng(seed)
    edges = sorted({0, rows.height, *(c for c in cuts if c < rows.height)})
    parts = [rows[max(0, a - overlap) : b] for a, b in itertools.pairwise(edges)]
    new = 0
    for i in order.permutation(len(parts)).tolist():
        shuffled = parts[i][order.permutation(parts[i].height).tolist()]
        new += kept(desk.take(shuffled.write_csv(), f"{order.integers(10**9)}-{i}.csv"))[0]
    assert new == rows.height
    again = desk.take(rows[order.permutation(rows.height).tolist()].write_csv(), "again.csv")
    assert (again.outcome, kept(again)) == (Outcome.NOTHING_NEW, (0, rows.height, 0, 0))
    (folder / "one.csv").write_text(rows.write_csv())
    same_table(desk.prices.table(), read_prices(folder / "one.csv"))


def test_wide_long_and_parquet_files_of_the_same_prices_add_nothing_to_each_other(tmp_path):
    """What is known from a wide file is known: a long one, a Parquet one, one with other line ends add nothing."""
    desk = GivenDesk(tmp_path)
    rows = long_rows().drop("volume", "currency")
    wide = rows.pivot("symbol", index="date", values="close", sort_columns=True)
    assert kept(desk.take(wide.write_csv()))[0] == rows.height
    assert kept(desk.take(rows.write_csv())) == (0, rows.height, 0, 0)
    assert kept(desk.take(b"\xef\xbb\xbf" + rows.write_csv().replace("\n", "\r\n").encode())) == (0, rows.height, 0, 0)
    rows.write_parquet(tmp_path / "same.parquet")
    assert kept(desk.take_file(tmp_path / "same.parquet")) == (0, rows.height, 0, 0)
    european = ";".join(rows.columns) + "\n"
    european += "".join(f"{d};{s};{str(p).replace('.', ',')}\n" for d, s, p in rows.iter_rows())
    assert kept(desk.take(european)) == (0, rows.height, 0, 0)


def test_a_correction_wins_from_then_on_and_what_was_known_before_stays_as_it_was(tmp_path):
    """Each journal number has its own table: the old price before the correction, the new one after it."""
    desk = GivenDesk(tmp_path)
    desk.take("date,A\n2024-01-02,10\n2024-01-03,11\n")
    before = desk.journal.head().seq
    done = desk.take("date,A\n2024-01-03,11.5\n2024-01-04,12\n")
    assert kept(done) == (1, 0, 1, 0)
    assert (done.preview.corrections[0].old, done.preview.corrections[0].new) == ("price 11", "price 11.5")
    assert desk.prices.table(before).values[:, 0].tolist() == [10, 11]
    assert desk.prices.table().values[:, 0].tolist() == [10, 11.5, 12]
    with pytest.raises(NotEnoughDataError):
        desk.prices.table(0)


def test_an_old_file_that_comes_again_does_not_undo_a_correction(tmp_path):
    """The first file says nothing new after its correction; only restate takes its word again."""
    desk = GivenDesk(tmp_path)
    first = "date,A\n2024-01-02,10\n2024-01-03,11\n"
    desk.take(first)
    desk.take("date,A\n2024-01-03,11.5\n")
    assert desk.take(first, "other-name.csv").outcome is Outcome.NOTHING_NEW
    assert desk.prices.table().values[:, 0].tolist() == [10, 11.5]
    assert kept(desk.take(first, restate=True)) == (0, 1, 1, 0)
    assert desk.prices.table().values[:, 0].tolist() == [10, 11]


def test_a_volume_that_comes_later_completes_its_price(tmp_path):
    """A price without a volume takes the volume of a later file, and keeps it when a file without volumes comes."""
    desk = GivenDesk(tmp_path)
    desk.take("date,A\n2024-01-02,10\n2024-01-03,11\n")
    assert kept(desk.take("date,symbol,close,volume\n2024-01-02,A,10,500\n")) == (0, 0, 1, 0)
    desk.take("date,A\n2024-01-02,10.5\n")
    table = desk.prices.table()
    assert (table.values[0, 0], table.volumes[0, 0]) == (10.5, 500)


def test_a_currency_said_later_is_learnt_and_another_one_is_refused(tmp_path):
    """A symbol's currency may come with a later file; a second, different one is an error that changes nothing."""
    desk = GivenDesk(tmp_path)
    desk.take("date,A\n2024-01-02,10\n")
    desk.take("date,symbol,close,currency\n2024-01-02,A,10,EUR\n")
    assert desk.prices.table().currencies == ("EUR",)
    refused = desk.take("date,symbol,close,currency\n2024-01-03,A,10,USD\n")
    assert refused.outcome is Outcome.FAILED
    assert "EUR" in refused.error.expected
    assert desk.prices.table().shape == (1, 1)


def test_adjusted_prices_and_closes_of_a_symbol_are_not_mixed(tmp_path):
    """A symbol with adjusted prices is given by them alone, and the table says so."""
    desk = GivenDesk(tmp_path)
    desk.take("date,symbol,close\n2024-01-02,A,10\n2024-01-03,A,11\n2024-01-02,B,5\n")
    done = desk.take("date,symbol,adj_close\n2024-01-02,A,9.5\n")
    assert any("kept apart" in note for note in done.preview.notes)
    table = desk.prices.table()
    assert table.values[:, table.column("A")].tolist() == [9.5]
    assert table.values[:, table.column("B")].tolist() == [5]
    assert any("A" in note for note in table.notes)


def test_daily_and_intraday_prices_are_not_mixed(tmp_path):
    """A workspace of daily prices refuses a file with several a day."""
    desk = GivenDesk(tmp_path)
    desk.take("date,A\n2024-01-02,10\n")
    refused = desk.take("date,A\n2024-01-03T10:00:00,10\n2024-01-03T11:00:00,11\n2024-01-03T12:00:00,12\n")
    assert refused.outcome is Outcome.FAILED


def test_stamps_that_were_moved_once_are_not_left_unmoved_later(tmp_path):
    """Midnights of Tokyo in UTC belong to the next day; a file too short to show it is refused."""
    desk = GivenDesk(tmp_path)
    evenings = np.busday_offset(np.datetime64("2024-01-08"), np.arange(10)) - np.timedelta64(1, "D")
    text = "date,A\n" + "".join(f"{day}T15:00:00+00:00,{100 + i}\n" for i, day in enumerate(evenings))
    desk.take(text)
    days = desk.prices.table().dates.astype("datetime64[D]")
    assert str(days[0]) == "2024-01-08"
    refused = desk.take("date,A\n2024-01-21T15:00:00+00:00,111\n")
    assert refused.outcome is Outcome.FAILED
    assert "day" in refused.error.try_next
    assert kept(desk.take("date,A\n2024-01-22,111\n"))[0] == 1


def test_merging_changes_no_answer_at_any_journal_number(tmp_path):
    """After small files are merged each journal number gives the table that it gave before, from one file."""
    desk = GivenDesk(tmp_path)
    rows = long_rows()
    for i in range(0, rows.height, 12):
        desk.take(rows[i : i + 12].write_csv())
    desk.take(rows[:5].with_columns(pl.col("close") + 1).write_csv())
    heads = range(1, desk.journal.head().seq + 1)
    before = [desk.prices.table(k) for k in heads]
    named = [desk.prices.batches(k) for k in heads]
    desk.prices.merge()
    assert len(list(desk.prices.folder.iterdir())) == 1
    for k, table in zip(heads, before, strict=True):
        same_table(desk.prices.table(k), table)
    assert [desk.prices.batches(k) for k in heads] == named
    assert kept(desk.take(rows[20:].write_csv())) == (0, rows.height - 20, 0, 0)


def test_many_imports_leave_few_files(tmp_path):
    """A file a day does not make a folder of thousands of files."""
    desk = GivenDesk(tmp_path)
    for i, day in enumerate(business_days(70, "2024-01-02")):
        desk.take(f"date,A\n{day},{100 + i / 10}\n", "today.csv")
    assert len(list(desk.prices.folder.iterdir())) <= 66
    assert desk.prices.table().shape == (70, 1)


def test_a_file_without_its_entry_counts_as_never_written_and_is_cleaned(tmp_path, monkeypatch):
    """A crash after the file and before the entry leaves what was known; the next import sweeps it up."""
    desk = GivenDesk(tmp_path)
    desk.take("date,A\n2024-01-02,10\n")
    real = desk.journal.append

    def crash(facts):
        raise KeyboardInterrupt

    monkeypatch.setattr(desk.journal, "append", crash)
    with pytest.raises(KeyboardInterrupt):
        desk.take("date,A\n2024-01-03,99\n")
    monkeypatch.setattr(desk.journal, "append", real)
    (desk.prices.folder / ".00000009.parquet.1.tmp").write_bytes(b"half")
    assert len(list(desk.prices.folder.iterdir())) == 3
    assert desk.prices.table().values[:, 0].tolist() == [10]
    desk.take("date,A\n2024-01-03,11\n")
    assert len(list(desk.prices.folder.iterdir())) == 2
    assert desk.prices.table().values[:, 0].tolist() == [10, 11]


def test_a_disk_that_is_full_leaves_nothing_behind(tmp_path, monkeypatch):
    """A file that cannot be written is an error of its own; prices, folder and journal stay as they were."""
    desk = GivenDesk(tmp_path)
    desk.take("date,A\n2024-01-02,10\n")
    head = desk.journal.head()

    def full(*_args, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    done = desk.take("date,A\n2024-01-03,11\n")
    assert isinstance(done.error, StorageError)
    assert desk.journal.head() == head
    assert len(list(desk.prices.folder.iterdir())) == 1


@pytest.mark.parametrize("spoil", [lambda p: p.write_bytes(p.read_bytes()[:-9] + b"tampered!"), lambda p: p.unlink()])
def test_a_file_that_was_changed_or_lost_is_refused(tmp_path, spoil):
    """Prices are not what the journal says any more: no table is given, and the file is named."""
    desk = GivenDesk(tmp_path)
    desk.take("date,A\n2024-01-02,10\n")
    (file,) = desk.prices.folder.iterdir()
    spoil(file)
    with pytest.raises(StorageError, match=file.name):
        PriceStore(desk.prices.folder, desk.journal).table()
    with pytest.raises(StorageError, match=file.name):
        desk.prices.check()
