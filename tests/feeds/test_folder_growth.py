"""A file that grows all day: only what was added is parsed, and it gives the quotes that the whole file would give."""

import datetime as dt
import json

from hypothesis import given
from hypothesis import strategies as st

from trimtab.errors import FileFormatError
from trimtab.feeds.folder import feed as folder_module
from trimtab.feeds.folder import growth
from trimtab.feeds.folder.feed import FolderFeed
from trimtab.feeds.quotes import read_ticks

NOW = dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC)
HEAD = b"time,symbol,price\n"
CELLS = st.sampled_from(["1700000000", "A", "101.5", "", " ", "x", "\r", "1e400", "²", '"', '"a\nb"', "\x00", ";", "#"])
LINES = st.lists(CELLS, max_size=5).map(",".join)
HEADINGS = st.sampled_from(["time,symbol,price", "time,A,B", "date;symbol;last", "time", "", "\ufefftime,symbol,price"])


def taken(feed, cursor=None, most=None):
    """Take what there is now, or so many quotes of the first batch; give the quotes, and the cursor behind them."""
    ticks = []
    while (batch := feed.read(cursor)) is not None:
        count = len(batch.ticks) if most is None else min(most, len(batch.ticks))
        ticks += batch.ticks[:count]
        cursor = batch.after(count)
        if most is not None:
            break
    return ticks, cursor


def lines(first, count):
    """Make lines of quotes."""
    return b"".join(b"%d,A,%d\n" % (1_700_000_000 + k, 100 + k) for k in range(first, first + count))


def told(ticks):
    """Give quotes in a form that can be compared; a price that is none is not like itself."""
    return [(t.symbol, str(t.price), t.at, t.fault) for t in ticks]


@given(heading=HEADINGS, rows=st.lists(LINES, max_size=6), cut=st.integers(0, 6))
def test_beginning_and_what_was_added_give_what_the_whole_gives(heading, rows, cut):
    content = [f"{line}\n".encode() for line in (heading, *rows)]
    begun, whole = b"".join(content[: cut + 1]), b"".join(content)
    try:
        first = read_ticks(begun, name="q")
        start = growth.start_of(begun, "", before=None, ticks=len(first))
        more = None if start is None else growth.added_ticks(whole, start, name="q")
    except FileFormatError:
        return
    if more is not None:
        assert told([*first, *more]) == told(read_ticks(whole, name="q"))


def test_only_what_was_added_is_parsed(tmp_path, monkeypatch):
    sizes = []
    monkeypatch.setattr(folder_module, "read_ticks", lambda c, **kw: sizes.append(len(c)) or read_ticks(c, **kw))
    monkeypatch.setattr(growth, "read_ticks", lambda c, **kw: sizes.append(len(c)) or read_ticks(c, **kw))
    path, feed, cursor, prices = tmp_path / "q.csv", FolderFeed(tmp_path, clock=lambda: NOW), None, []
    path.write_bytes(HEAD)
    for k in range(6):
        with path.open("ab") as stream:
            stream.write(lines(100 * k, 100))
        ticks, cursor = taken(feed, cursor)
        prices += [t.price for t in ticks]
    assert prices == [float(100 + k) for k in range(600)]
    assert max(sizes) < 2_000
    assert len(path.read_bytes()) > 8_000
    again, _ = taken(FolderFeed(tmp_path, clock=lambda: NOW), json.loads(json.dumps(cursor)))
    assert again == []


def test_quotes_left_over_of_one_poll_come_before_those_added(tmp_path):
    path, feed = tmp_path / "q.csv", FolderFeed(tmp_path, clock=lambda: NOW)
    path.write_bytes(HEAD + lines(0, 5))
    ticks, cursor = taken(feed, None, most=2)
    path.write_bytes(HEAD + lines(0, 8))
    more, cursor = taken(feed, cursor, most=4)
    path.write_bytes(HEAD + lines(0, 9))
    rest, cursor = taken(feed, cursor)
    assert [t.price for t in (*ticks, *more, *rest)] == [100.0 + k for k in range(9)]
    assert taken(feed, cursor)[0] == []


def test_a_file_written_anew_that_is_longer_is_no_growth(tmp_path):
    path, feed = tmp_path / "q.csv", FolderFeed(tmp_path, clock=lambda: NOW)
    path.write_bytes(HEAD + lines(0, 3))
    _, cursor = taken(feed)
    path.write_bytes(HEAD + lines(0, 1) + lines(50, 1) + lines(2, 3))
    assert [t.price for t in taken(feed, cursor)[0]] == [100.0, 150.0, 102.0, 103.0, 104.0]


def test_a_fault_far_down_names_its_row_of_the_file(tmp_path):
    path, feed = tmp_path / "q.csv", FolderFeed(tmp_path, clock=lambda: NOW)
    path.write_bytes(HEAD + lines(0, 40))
    _, cursor = taken(feed)
    with path.open("ab") as stream:
        stream.write(lines(40, 1) + b"1700000041,A,dear\n")
    assert taken(feed, cursor)[0][1].fault == "q.csv row 42: price 'dear'"


def test_a_file_that_can_no_longer_be_read_is_told_of_once(tmp_path, monkeypatch):
    path, feed = tmp_path / "q.csv", FolderFeed(tmp_path, clock=lambda: NOW)
    path.write_bytes(HEAD + lines(0, 4))
    _, cursor = taken(feed)

    def broken(*_, **__):
        raise ValueError

    monkeypatch.setattr(folder_module, "read_ticks", broken)
    monkeypatch.setattr(growth, "read_ticks", broken)
    faults = []
    for k in range(2):
        path.write_bytes(HEAD + lines(0, 5 + k))
        ticks, cursor = taken(feed, cursor)
        faults += [t.fault for t in ticks]
    assert faults == ["q.csv, on which reading broke with ValueError"]
