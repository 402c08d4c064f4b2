"""What an import holds the lock for: naming what is written already. Others write meanwhile, and nothing is lost."""

import threading
import time
from contextlib import contextmanager

import polars as pl
import pytest
from given import business_days
from intake_given import GivenDesk

from trimtab.desk.books import keeping
from trimtab.desk.books.intake import Outcome
from trimtab.store.prices import PriceStore
from trimtab.store.prices_files import stray_files, write_ready


@pytest.fixture
def lock(monkeypatch):
    """Say whether the lock of a desk's journal is held."""
    depth = []

    def watch(desk):
        writing = desk.journal.writing

        @contextmanager
        def watched():
            depth.append(1)
            try:
                with writing():
                    yield
            finally:
                depth.pop()

        monkeypatch.setattr(desk.journal, "writing", watched)
        return depth

    return watch


def test_reading_comparing_and_writing_are_done_without_the_lock(tmp_path, lock, monkeypatch):
    desk = GivenDesk(tmp_path)
    desk.take("date,A\n2024-01-02,10\n")
    desk.take("symbol,quantity\nA,10\n", as_of="2024-01-02")
    held, during = lock(desk), []
    for owner, name in ((PriceStore, "rows"), (PriceStore, "write_batch"), (pl.DataFrame, "write_parquet")):
        original = getattr(owner, name)

        def heard(*given, _original=original, _name=name, **named):
            during.append((_name, len(held)))
            return _original(*given, **named)

        monkeypatch.setattr(owner, name, heard)
    desk.take("date,A\n2024-01-03,11\n")
    desk.take("date,A\n2024-01-03,11\n")
    desk.take("symbol,quantity\nA,11\n", as_of="2024-01-03")
    desk.take("date,symbol,kind,quantity,price\n2024-01-04,A,buy,1,11\n")
    assert {name for name, _ in during} == {"rows", "write_batch", "write_parquet"}
    assert {depth for _, depth in during} == {0}


def test_merging_is_done_without_the_lock(tmp_path, lock, monkeypatch):
    desk = GivenDesk(tmp_path)
    days = business_days(66, "2024-01-02")
    for k, day in enumerate(days[:64]):
        desk.take(f"date,A\n{day},{100 + k}\n")
    held, during = lock(desk), []
    original = pl.DataFrame.write_parquet
    monkeypatch.setattr(
        pl.DataFrame, "write_parquet", lambda *a, **k: during.append(len(held)) or original(*a, **k)
    )  # fmt: skip
    desk.take(f"date,A\n{days[64]},164\n")
    assert during == [0, 0]
    assert len(list(desk.prices.folder.iterdir())) == 1


def test_what_came_between_comparing_and_keeping_is_compared_with(tmp_path, monkeypatch):
    """Somebody else imports a correction just before the lock is taken: the file is compared again, and corrects it."""
    desk = GivenDesk(tmp_path)
    desk.take("date,A\n2024-01-02,10\n")
    others = iter(["date,A\n2024-01-03,12\n", "date,A\n2024-01-04,13\n"])
    original = PriceStore.ready

    def late(self, change, **facts):
        done = original(self, change, **facts)
        text = next(others, None)
        if text is not None:
            assert desk.take(text).outcome is Outcome.KEPT
        return done

    monkeypatch.setattr(PriceStore, "ready", late)
    done = desk.take("date,A\n2024-01-03,11\n2024-01-04,13\n")
    assert done.outcome is Outcome.KEPT
    assert (done.preview.new, done.preview.corrected, done.preview.same) == (0, 1, 1)
    assert desk.prices.table().values[:, 0].tolist() == [10, 11, 13]
    assert stray_files(desk.prices.folder, {f.name for f in desk.prices._files()}) == ()


def test_who_loses_every_race_keeps_others_out(tmp_path, monkeypatch):
    desk = GivenDesk(tmp_path)
    desk.take("date,A\n2024-01-02,10\n")
    compares, original = [], keeping.preview_prices
    monkeypatch.setattr(keeping.Keeper, "_is_news", lambda *_: True)
    monkeypatch.setattr(keeping, "preview_prices", lambda *a, **k: compares.append(1) or original(*a, **k))
    assert desk.take("date,A\n2024-01-03,11\n").outcome is Outcome.KEPT
    assert len(compares) == keeping._TRIES + 1
    assert desk.prices.table().shape == (2, 1)


def test_prices_and_trades_do_not_make_each_other_compare_again(tmp_path, monkeypatch):
    """What is kept of the one does not depend on the other: neither waits for the other's turn."""
    desk = GivenDesk(tmp_path)
    desk.take("date,A\n2024-01-02,10\n")
    compares, original, others = [], keeping.preview_prices, iter(["symbol,quantity\nA,10\n"])

    def beside(known, read, **how):
        compares.append(1)
        text = next(others, None)
        if text is not None:
            desk.take(text, as_of="2024-01-02")
        return original(known, read, **how)

    monkeypatch.setattr(keeping, "preview_prices", beside)
    assert desk.take("date,A\n2024-01-03,11\n").outcome is Outcome.KEPT
    assert len(compares) == 1


def test_a_file_that_is_being_written_is_not_taken_for_left_behind(tmp_path):
    ready = write_ready(pl.DataFrame({"a": [1]}), tmp_path)
    assert stray_files(tmp_path, set()) == ()
    ready.close()
    assert list(tmp_path.iterdir()) == []
    (tmp_path / ".x.tmp").write_bytes(b"half")
    assert [p.name for p in stray_files(tmp_path, set())] == [".x.tmp"]


def test_many_importers_at_once_lose_nothing(tmp_path):
    """Six threads import days of their own and one common day: every row is there once."""
    desk = GivenDesk(tmp_path)
    desk.take("date,A\n2024-01-02,10\n")
    days, failed = business_days(40, "2024-02-01"), []

    def work(which):
        for day in days[which::6]:
            done = desk.take(f"date,A\n{day},{which + 1}\n2024-01-02,10\n", name=f"{which}.csv")
            if done.outcome is not Outcome.KEPT:
                failed.append(done)

    threads = [threading.Thread(target=work, args=(which,)) for which in range(6)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert time.monotonic() - began < 60
    table = desk.prices.table()
    assert table.values[1:, 0].tolist() == [1 + k % 6 for k in range(40)]
    assert stray_files(desk.prices.folder, {f.name for f in desk.prices._files()}) == ()
