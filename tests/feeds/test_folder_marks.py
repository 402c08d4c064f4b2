"""A folder of quotes: nothing is lost over restarts, whatever came with whatever times, and a cursor stays small."""

import datetime as dt
import json
import os
import random

import pytest

from trimtab.feeds.folder import feed as folder_module
from trimtab.feeds.folder.feed import FolderFeed
from trimtab.feeds.folder.marks import Look, Mark, Marks

DAY_NS = 86_400_000_000_000
NOW = dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC)


def drained(feed, cursor):
    """Take everything there is now; give the prices, and the cursor as it would be read from the journal."""
    prices = []
    while (batch := feed.read(cursor)) is not None:
        prices += [tick.price for tick in batch.ticks]
        cursor = batch.after(len(batch.ticks))
    return prices, None if cursor is None else json.loads(json.dumps(cursor))


def write(path, prices, *, changed):
    """Write or lengthen a file of quotes, changed at a moment in nanoseconds."""
    new = not path.exists()
    with path.open("a") as stream:
        stream.write("time,symbol,price\n" * new + "".join(f"1700000000,A,{price}\n" for price in prices))
    os.utime(path, ns=(changed, changed))


def test_cursor_is_of_one_size_and_a_restart_opens_nothing(tmp_path, monkeypatch):
    for k in range(700):
        write(tmp_path / f"{k:04d}.csv", [k + 1], changed=(19_000 + k // 20) * DAY_NS + k)
    prices, cursor = drained(FolderFeed(tmp_path, clock=lambda: NOW), None)
    assert prices == list(range(1, 701))
    few = Marks()
    for k in range(257):
        end = few.after(f"{k:04d}.csv", Mark(size=38, hash="0" * 64, of=1, rows=1), Look(size=38, changed=k))
        few.put(f"{k:04d}.csv", Mark(size=38, hash="0" * 64, of=1, rows=1), Look(size=38, changed=k))
    assert len(json.dumps(cursor)) < len(json.dumps(end)) + 5_000  # the sums of 16 days and those before

    def opened(*_, **__):
        raise AssertionError("a file was opened again")

    monkeypatch.setattr(folder_module.Path, "open", opened)
    assert FolderFeed(tmp_path, clock=lambda: NOW).read(cursor) is None


def test_folder_is_listed_once_a_poll(tmp_path, monkeypatch):
    for k in range(50):
        write(tmp_path / f"{k:04d}.csv", [k + 1], changed=19_000 * DAY_NS)
    lists, stats = [], []
    listdir, stat = os.listdir, folder_module.Path.stat
    monkeypatch.setattr(folder_module.os, "listdir", lambda place: lists.append(1) or listdir(place))
    monkeypatch.setattr(folder_module.Path, "stat", lambda self, **kw: stats.append(1) or stat(self, **kw))
    drained(FolderFeed(tmp_path, clock=lambda: NOW), None)
    assert len(lists) == 2  # one that gave everything, one that gave nothing
    assert len(stats) <= 2 * 50 + 1


def test_file_with_an_old_time_that_came_during_the_stop_is_read(tmp_path):
    for k in range(300):
        write(tmp_path / f"{k:04d}.csv", [k + 1], changed=19_000 * DAY_NS + k)
    _, cursor = drained(FolderFeed(tmp_path, clock=lambda: NOW), None)
    write(tmp_path / "0000a.csv", [7000], changed=18_999 * DAY_NS)
    write(tmp_path / "0001a.csv", [7001], changed=19_000 * DAY_NS + 5)
    again, _ = drained(FolderFeed(tmp_path, clock=lambda: NOW), cursor)
    assert {7000, 7001} <= set(again)


def test_cursor_of_before_sums_is_still_read(tmp_path):
    write(tmp_path / "a.csv", [1, 2], changed=19_000 * DAY_NS)
    _, cursor = drained(FolderFeed(tmp_path, clock=lambda: NOW), None)
    old = {"done": cursor["recent"]}
    assert FolderFeed(tmp_path, clock=lambda: NOW).read(old) is None
    write(tmp_path / "a.csv", [3], changed=19_001 * DAY_NS)
    assert drained(FolderFeed(tmp_path, clock=lambda: NOW), old)[0] == [3]


@pytest.mark.parametrize("seed", range(12))
def test_nothing_is_lost_and_without_a_stop_nothing_comes_twice(tmp_path, seed, monkeypatch):
    """Random files in random order with random times; restarts in the middle of reading; marks for 5 files only."""
    monkeypatch.setattr("trimtab.feeds.folder.marks._MARKED", 5)
    monkeypatch.setattr("trimtab.feeds.folder.marks._DAYS", 3)
    rng = random.Random(seed)  # noqa: S311
    feed, cursor, written, given, restarts = FolderFeed(tmp_path, clock=lambda: NOW), None, [], [], 0
    for step in range(120):
        match rng.randrange(8):
            case 0 | 1 | 2:
                name = f"{rng.randrange(40):02d}.csv"
                prices = [len(written) + 1 + k for k in range(rng.randrange(3))]
                write(tmp_path / name, prices, changed=(19_000 + rng.randrange(8)) * DAY_NS + step)
                written += prices
            case 3 if seed % 2:
                feed, restarts = FolderFeed(tmp_path, clock=lambda: NOW), restarts + 1
                cursor = None if cursor is None else json.loads(json.dumps(cursor))
            case 4:
                files = sorted(tmp_path.iterdir())
                if files and set(written) <= set(given):
                    rng.choice(files).unlink()
            case _:
                batch = feed.read(cursor)
                if batch is not None:
                    # as the loop does that goes by the time of quotes: several places, the last one counts
                    count = rng.randrange(len(batch.ticks) + 1)
                    batch.after(rng.randrange(count + 1))
                    given += [tick.price for tick in batch.ticks[:count]]
                    cursor = batch.after(count)
    for _ in range(2):  # what came behind the place of a look is seen by the next
        prices, cursor = drained(feed, cursor)
        given += prices
    assert set(given) == set(written)
    assert restarts or sorted(given) == sorted(written)
