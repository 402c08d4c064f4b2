"""Feeds of quotes: files that arrive, grow, are half written or wrong; a replay at its speed; an iterator."""

import datetime as dt

import polars as pl
import pytest

from trimtab.errors import FileFormatError, InputError
from trimtab.feeds.folder.feed import FolderFeed
from trimtab.feeds.quotes import read_ticks
from trimtab.feeds.replay import IteratedFeed, ReplayFeed, parse_speed

NOW = dt.datetime.now(dt.UTC)
HEAD = "time,symbol,price\n"
ROWS = [f"2024-03-01T14:30:{i:02d},A,{100 + i}\n" for i in range(9)]


class Clock:
    """A clock that stands still until it is moved."""

    moment = NOW

    def __call__(self):
        """Give the time."""
        return self.moment


def drain(feed, cursor=None):
    """Read all there is now: prices, and the cursor after them."""
    prices = []
    while (batch := feed.read(cursor)) is not None:
        prices += [t.price for t in batch.ticks]
        cursor = batch.after(len(batch.ticks))
    return prices, cursor


def test_new_files_and_new_lines_are_taken_once(tmp_path):
    """Each row is given once, in files by name, whether a file is new or has grown."""
    feed = FolderFeed(tmp_path, clock=Clock())
    (tmp_path / "b.csv").write_text(HEAD + ROWS[3])
    (tmp_path / "a.csv").write_text(HEAD + ROWS[0] + ROWS[1])
    prices, cursor = drain(feed)
    assert prices == [100, 101, 103]
    with (tmp_path / "a.csv").open("a") as stream:
        stream.write(ROWS[2])
    assert drain(feed, cursor)[0] == [102]
    prices, moved = drain(feed, cursor)
    assert prices == [102], "a cursor that was not moved on says that the row was not taken: it is given again"
    assert drain(feed, moved)[0] == []
    again = FolderFeed(tmp_path, clock=Clock())
    assert drain(again, cursor)[0] == [102]
    assert drain(again, moved)[0] == []


def test_a_half_written_line_is_waited_for(tmp_path):
    """A line without its end is not read as a shorter number; when it is finished it is read whole."""
    clock = Clock()
    feed = FolderFeed(tmp_path, clock=clock)
    path = tmp_path / "q.csv"
    path.write_text(HEAD + ROWS[0] + "2024-03-01T14:31:00,A,10")
    prices, cursor = drain(feed)
    assert prices == [100]
    with path.open("a") as stream:
        stream.write("1.5\n")
    prices, cursor = drain(feed, cursor)
    assert prices == [101.5]


def test_a_last_line_without_an_end_is_taken_when_the_file_stands_still(tmp_path):
    """A file whose writer never ends its last line is read after some patience."""
    clock = Clock()
    feed = FolderFeed(tmp_path, clock=clock)
    (tmp_path / "q.csv").write_text(HEAD + ROWS[0] + ROWS[1].rstrip())
    prices, cursor = drain(feed)
    assert prices == [100]
    clock.moment += dt.timedelta(minutes=1)
    assert drain(feed, cursor)[0] == [101]


def test_a_half_written_parquet_file_is_waited_for(tmp_path):
    """A Parquet file without its foot is not there yet; one that stays broken is set aside with its reason."""
    clock = Clock()
    frame = pl.DataFrame({"time": [dt.datetime(2024, 3, 1, 14, 30, tzinfo=dt.UTC)], "symbol": ["A"], "price": [100.0]})
    frame.write_parquet(tmp_path / "whole.bin")
    content = (tmp_path / "whole.bin").read_bytes()
    path = tmp_path / "q.parquet"
    path.write_bytes(content[:-20])
    feed = FolderFeed(tmp_path, clock=clock)
    assert feed.read(None) is None
    path.write_bytes(content)
    prices, _ = drain(feed)
    assert prices == [100.0]
    (tmp_path / "r.parquet").write_bytes(content[:-20])
    feed = FolderFeed(tmp_path, clock=clock)
    clock.moment += dt.timedelta(minutes=1)
    faults = [t.fault for t in feed.read({"done": {}}).ticks]
    assert faults == [None] or "r.parquet" in faults[0]


def test_a_file_written_anew_gives_all_its_rows(tmp_path):
    """When the beginning of a file has changed, it is another file."""
    feed = FolderFeed(tmp_path, clock=Clock())
    path = tmp_path / "q.csv"
    path.write_text(HEAD + ROWS[0])
    _, cursor = drain(feed)
    path.write_text(HEAD + ROWS[5] + ROWS[6])
    assert drain(feed, cursor)[0] == [105, 106]


def test_a_cursor_inside_a_file_goes_on_inside_it(tmp_path):
    """A cursor taken after some rows of a batch gives the others to a new feed."""
    (tmp_path / "q.csv").write_text(HEAD + "".join(ROWS))
    batch = FolderFeed(tmp_path, clock=Clock()).read(None)
    assert drain(FolderFeed(tmp_path, clock=Clock()), batch.after(4))[0] == [104, 105, 106, 107, 108]


def test_a_folder_that_is_none_is_refused(tmp_path):
    """A folder that does not exist is an error before the watch begins."""
    with pytest.raises(InputError):
        FolderFeed(tmp_path / "none", clock=Clock())


def test_rows_that_cannot_be_read_keep_their_place_with_their_fault():
    """A wrong number or time is a quote with a fault; the rows around it are read."""
    ticks = read_ticks(b"time,symbol,price\nyesterday,A,1\n2024-03-01,A,x\n2024-03-01T14:30:00+01:00,A,2\n", name="q")
    assert [t.fault is None for t in ticks] == [False, False, True]
    assert ticks[2].at == 1_709_299_800_000_000


@pytest.mark.parametrize("time", ["1709303400", "1709303400000", "1709303400000000", "2024-03-01T14:30:00Z"])
def test_moments_are_read_in_all_their_forms(time):
    """ISO 8601 and whole seconds, milli- and microseconds give the same moment."""
    assert read_ticks(f"time;symbol;last\n{time};A;1\n".encode(), name="q")[0].at == 1_709_303_400_000_000


def test_wide_files_give_a_quote_for_each_cell():
    """A column for each symbol, empty cells left out."""
    ticks = read_ticks(b"date,A,B\n2024-03-01,1,\n2024-03-02,2,3\n", name="q.csv")
    assert [(t.symbol, t.price) for t in ticks] == [("A", 1.0), ("A", 2.0), ("B", 3.0)]


def test_a_file_without_times_is_refused():
    """What has no times is no file of quotes."""
    with pytest.raises(FileFormatError, match="time"):
        read_ticks(b"symbol,price\nA,1\n", name="q.csv")


def test_a_replay_comes_in_its_own_time(tmp_path):
    """At 60x, a second of the clock brings a minute of quotes, in order of their times."""
    path = tmp_path / "q.csv"
    path.write_text(HEAD + "".join(f"2024-03-01T14:{m:02d}:00,A,{m}\n" for m in (2, 0, 1, 4, 3)))
    clock = Clock()
    feed = ReplayFeed(path, speed=60.0, clock=clock)
    prices, cursor = drain(feed)
    assert prices == [0]
    clock.moment += dt.timedelta(seconds=2)
    prices, cursor = drain(feed, cursor)
    assert prices == [1, 2]
    assert not feed.ended
    clock.moment += dt.timedelta(seconds=20)
    prices, cursor = drain(feed, cursor)
    assert prices == [3, 4]
    assert feed.ended


def test_a_replay_of_a_changed_file_is_refused(tmp_path):
    """A cursor of another content is an error, not a guess."""
    path = tmp_path / "q.csv"
    path.write_text(HEAD + ROWS[0])
    _, cursor = drain(ReplayFeed(path, speed=float("inf"), clock=Clock()))
    path.write_text(HEAD + ROWS[1])
    with pytest.raises(InputError, match="changed"):
        ReplayFeed(path, speed=float("inf"), clock=Clock()).read(cursor)


def test_speeds_are_read():
    """60x, 1 and max are speeds; nothing else is."""
    assert (parse_speed("60x"), parse_speed("1"), parse_speed("max")) == (60.0, 1.0, float("inf"))
    for wrong in ("fast", "0x", "-1"):
        with pytest.raises(InputError):
            parse_speed(wrong)


def test_an_iterator_is_a_feed():
    """Anything that yields symbol, price and time is one; None means nothing now."""
    moment = dt.datetime(2024, 3, 1, tzinfo=dt.UTC)
    feed = IteratedFeed(iter([("A", 1.0, moment), None, ("B", 2.0, 5)]))
    first = feed.read(None)
    assert [t.symbol for t in first.ticks] == ["A"]
    assert feed.read(first.after(1)).ticks[0].at == 5
    assert feed.read({"row": 2}) is None
    assert feed.ended
