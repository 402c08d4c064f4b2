"""Whatever one file or one row does is one thing set aside, counted and told; the watch and its restarts go on."""

import datetime as dt
import os
from pathlib import Path

import polars as pl
import pytest
from watch_parts import START, HandPorts, small_watch

from trimtab.desk.watch.quotes import Tick
from trimtab.feeds.folder.feed import FolderFeed
from trimtab.feeds.quotes import read_ticks
from trimtab.runner.watch import Timing, run_watch
from trimtab.store.memory import MemoryJournal
from trimtab.wiring.creating import create_workspace
from trimtab.wiring.importing import SourceFolders, import_files
from trimtab.wiring.workspace import open_workspace

AT = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=START)
WHEN = AT.isoformat()


def parquet(path, **columns):
    pl.DataFrame(columns).write_parquet(path)


def hostile(folder):
    """Write files each of which breaks something; give how many there are."""
    when = [AT, AT]
    parquet(folder / "b-date.parquet", time=when, symbol=["A", "A"], price=[dt.date(2024, 3, 1)] * 2)
    parquet(folder / "b-list.parquet", time=when, symbol=["A", "A"], price=[[1.0], [2.0]])
    parquet(folder / "b-wide-list.parquet", time=when, A=[[1.0], [2.0]], B=[{"x": 1}, {"x": 2}])
    parquet(folder / "b-truth.parquet", time=when, symbol=["A", "A"], price=[True, True])
    parquet(folder / "b-bytes.parquet", time=when, symbol=["A", "A"], price=[b"1", b"2"])
    parquet(folder / "b-times.parquet", time=[dt.time(1), dt.time(2)], symbol=["A", "A"], price=[101.0, 101.0])
    texts = {
        "b-huge.csv": f"time,symbol,price\n{WHEN},A,1e308\n{WHEN},A,1e308\n",
        "b-tiny.csv": f"time,symbol,price\n{WHEN},A,5e-324\n{WHEN},A,5e-324\n",
        "b-digits.csv": "time,symbol,price\n²²²²²²²²²²,A,101\n٠١٢٣٤٥٦٧٨٩,A,101\n",
        "b-exponent.csv": f"time,symbol,price\n{WHEN},A,1E+1000000\n",
        "b-long.csv": f"time,symbol,price\n{WHEN},{'A' * 100_000},101\n{'9' * 100_000},A,101\n",
        "b-quote.csv": f'time,symbol,""price\n{WHEN},A,101\n',
        "b-nul.csv": f"time,symbol,price\n{WHEN},\x00,101\n",
        "b-columns.csv": "a,b\n1,2\n",
        "b-year.csv": "time,symbol,price\n9999-12-31T23:59:59-23:59,A,101\n0001-01-01T00:00:00+23:59,A,101\n",
        "b-empty.csv": "\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "b-broken.parquet").write_bytes(b"PAR1" + b"\xff" * 40 + b"PAR1")
    (folder / "b-folder.csv").mkdir()
    os.mkfifo(folder / "b-pipe.csv")
    (folder / "b-loop.csv").symlink_to(folder / "b-loop.csv")
    (folder / "b-gone.csv").symlink_to(folder / "nowhere")
    with (folder / "b-large.csv").open("wb") as stream:
        stream.truncate(2_000_000_000)  # sparse: it takes no room
    with Path(os.fsdecode(os.fsencode(folder) + b"/b-\xff.csv")).open("w", encoding="utf-8") as stream:
        stream.write(f"time,symbol,price\n{WHEN},NOPE,1\n")


def watch_folder(folder, journal, moment):
    ports = HandPorts(start=START + moment * 1_000_000)
    feed = FolderFeed(folder, clock=ports.now)
    timing = Timing(every=dt.timedelta(seconds=1), until=ports.now() + dt.timedelta(seconds=40))
    watch = small_watch()
    end = run_watch(watch, feed, journal, lambda _: False, ports, source="folder", timing=timing)
    return end.sight, {name: watch.book.last(name)[0] for name in ("A", "B")}


def test_no_file_of_quotes_ends_the_watch_or_its_restarts(tmp_path):
    """Every good row before, between and after is taken; each fault is counted once."""
    journal = MemoryJournal()
    (tmp_path / "a.csv").write_text(f"time,symbol,price\n{WHEN},A,101\n")
    hostile(tmp_path)
    (tmp_path / "z.csv").write_text(f"time,symbol,price\n{WHEN},B,41\n")
    sight, prices = watch_folder(tmp_path, journal, 60)
    assert prices == {"A": 101.0, "B": 41.0}
    assert sight.trouble is None
    assert sight.rejected["not_a_price"] >= 4
    before = dict(sight.rejected)
    (tmp_path / "zz.csv").write_text(f"time,symbol,price\n{(AT + dt.timedelta(seconds=70)).isoformat()},B,42\n")
    again, prices = watch_folder(tmp_path, journal, 120)
    assert prices == {"A": 101.0, "B": 42.0}
    # what was read or set aside is not looked at again; a link to itself, which has no size, is told of by each run
    assert again.rejected == before | {"unreadable": before["unreadable"] + 1}


class Clock:
    """A clock that stands still until it is moved."""

    moment = AT

    def __call__(self):
        """Give the time."""
        return self.moment


def test_a_file_that_may_not_be_read_is_told_of_once_and_tried_again(tmp_path, monkeypatch):
    """The others are read; when it may be read its rows come."""
    for name, price in (("a.csv", 1), ("b.csv", 2), ("c.csv", 3)):
        (tmp_path / name).write_text(f"time,symbol,price\n{WHEN},A,{price}\n")
    clock, locked, opened = Clock(), [True], Path.open

    def guarded(self, *args, **kwargs):
        if self.name == "b.csv" and locked[0]:
            raise PermissionError(13, "Permission denied")
        return opened(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", guarded)
    feed, cursor, ticks = FolderFeed(tmp_path, clock=clock), None, []
    for _ in range(300):
        if (batch := feed.read(cursor)) is not None:
            ticks += batch.ticks
            cursor = batch.after(len(batch.ticks))
        clock.moment += dt.timedelta(seconds=1)
        locked[0] = clock.moment < AT + dt.timedelta(seconds=100)
    assert [t.price for t in ticks if t.fault is None] == [1.0, 3.0, 2.0]
    assert [t.fault for t in ticks if t.fault is not None] == ["b.csv cannot be read: Permission denied"]


@pytest.mark.parametrize("name", ["²²²²²²²²²²", "٠١٢٣٤٥٦٧٨٩", "1_000_000_000", "+170929620", "17092962 0"])
def test_only_plain_digits_are_a_time(name):
    """What Python takes for digits beyond ASCII is a fault of its row, and the next row is read."""
    ticks = read_ticks(f"time,symbol,price\n{name},A,1\n1709296200,A,2\n".encode(), name="q.csv")
    assert ticks[0].fault is not None
    assert ticks[1] == Tick(symbol="A", price=2.0, at=START)


def test_a_parquet_file_with_more_rows_than_fit_is_refused_before_it_is_unpacked(tmp_path):
    """A million equal rows take a few bytes; the count is looked at first."""
    frame = pl.DataFrame({"price": pl.repeat(1.0, 6_000_000, eager=True)})
    frame.write_parquet(tmp_path / "q.parquet")
    (tick,) = FolderFeed(tmp_path, clock=lambda: AT).read(None).ticks
    assert "6,000,000 in q.parquet" in tick.fault


TRADES = "id,date,symbol,quantity,price\nt1,2024-01-03,SPX,5,100\n"


def test_no_file_that_arrives_ends_the_watch(tmp_path, monkeypatch):
    """Odd headers, numbers without measure, files too large or locked: each waits with its reason."""
    create_workspace(tmp_path / "desk", benchmark="SPX")
    folder = tmp_path / "in"
    folder.mkdir()
    settings = tmp_path / "desk" / "trimtab.toml"
    settings.write_text(settings.read_text() + f'\n[sources.feed]\nfolder = "{folder}"\nkind = "transactions"\n')
    desk = open_workspace(tmp_path / "desk")
    (tmp_path / "first.csv").write_text(TRADES)
    (done,) = import_files([tmp_path / "first.csv"], workspace=desk, accept=True, source="feed", kind="transactions")
    assert done.error is None
    texts = {
        "b1.csv": 'id,date,""symbol\nt2,2024-01-03,SPX\n',
        "b2.csv": "id,date,symbol,quantity,price\nt3,2024-01-03,SPX,1E+1000000,100\n",
        "b3.csv": "id,date,symbol,quantity,price\nt4,2024-01-03,SPX,1e30,1e300\n",
        "b4.csv": "id,date,symbol,quantity,price\nt5,2024-01-03,SPX," + "9" * 5000 + ",1\n",
        "b5.csv": 'id,date,symbol,quantity,"price\nt6,2024-01-03,SPX,1,1\n',
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
    with (folder / "b6.csv").open("wb") as stream:
        stream.truncate(2_000_000_000)
    (folder / "b7.csv").write_text(TRADES.replace("t1", "t7"))
    (folder / "c.csv").write_text(TRADES.replace("t1", "t9"))
    opened, locked = Path.open, [True]

    def guarded(self, *args, **kwargs):
        if self.name == "b7.csv" and locked[0] and "rb" in args:
            raise PermissionError(13, "Permission denied")
        return opened(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", guarded)
    now = [dt.datetime.now(dt.UTC) + dt.timedelta(minutes=5)]
    arriving = SourceFolders(lambda: now[0])
    assert arriving.look(desk) == ("c.csv imported (transactions from feed)",)
    told = {notice.split()[0]: notice for notice in arriving.notices}
    assert {f"b{k}.csv" for k in range(1, 8)} <= set(told)
    assert "2,000,000,000 bytes" in told["b6.csv"]
    assert "Permission denied" in told["b7.csv"]
    now[0] += dt.timedelta(minutes=2)
    assert arriving.look(desk) == ()
    locked[0] = False
    now[0] += dt.timedelta(minutes=2)
    assert arriving.look(desk) == ("b7.csv imported (transactions from feed)",)
    assert "b7.csv" not in {notice.split()[0] for notice in arriving.notices}
