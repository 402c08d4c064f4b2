"""The watch, measured: folders of many files, a file that grows, a day of many symbols, eight hours."""

import datetime as dt
import gc
import json
import os
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from reliability_parts.pieces import ROOT, Rows, piece, sure
from trimtab.desk.watch.quotes import Batch, Tick
from trimtab.desk.watch.watching import Watch
from trimtab.exposure.live.book import LiveBook
from trimtab.feeds.folder.feed import FolderFeed
from trimtab.model.instrument import Spot
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio, Position
from trimtab.runner.watch import Timing, run_watch
from trimtab.store.beside.states import StateStore
from trimtab.store.journal import create_journal


def folder() -> Rows:
    """Read folders of 1,000, 10,000 and 100,000 files of quotes, and go on after a restart."""
    sizes = (1_000, 10_000, 100_000)
    results = [piece(f"folder-{count}", lambda count=count: _files(count)) for count in sizes]
    each = ", ".join(f"{r['milliseconds']:.2f}" for r in results)
    last = results[-1]
    noted = f"{last['cursor'] / 1e3:.0f} kB; a restart looks for {last['restart']:.1f} s"
    return [
        ("1,000, 10,000 and 100,000 files in a folder of quotes", "linear", f"{each} ms of CPU a file"),
        ("what is noted of 100,000 files", "of one size", noted),
    ]


def _files(count: int) -> dict[str, float]:
    """Take so many files, each of one quote: milliseconds a file, bytes of the cursor, seconds of a restart."""
    with tempfile.TemporaryDirectory() as place:
        for k in range(count):
            Path(place, f"q{k:07d}.csv").write_text(f"time,symbol,price\n{1_700_000_000 + k},A,{100 + k % 7}\n")
        began = time.process_time()
        taken, cursor = _drain(FolderFeed(place, clock=_now), None)
        sure(taken == count)
        spent = time.process_time() - began
        began = time.process_time()
        sure(FolderFeed(place, clock=_now).read(json.loads(json.dumps(cursor))) is None)
        return {
            "milliseconds": spent / count * 1e3, "cursor": len(json.dumps(cursor)),
            "restart": time.process_time() - began,
        }  # fmt: skip


def growth() -> Rows:
    """Let one file of 1,000,000 quotes grow by a line at a time."""
    result = piece("growth", lambda: _growing(1_000_000))
    took = f"{result['poll'] * 1e3:.0f} ms of CPU a poll, and {result['whole']:.1f} s once for the file"
    return [(f"a file of quotes of {result['size'] / 1e6:.0f} MB that grows by a line", "", took)]


def _growing(count: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as place:
        file = Path(place, "q.csv")
        lines = (f"{1_700_000_000 + k},A,{100 + k % 9}.25\n" for k in range(count))
        file.write_text("time,symbol,price\n" + "".join(lines))
        feed, cursor, seconds = FolderFeed(place, clock=_now), None, []
        for number in range(6):
            began = time.process_time()
            taken, cursor = _drain(feed, cursor)
            seconds.append(time.process_time() - began)
            sure(taken == (1 if number else count))
            with file.open("a") as stream:
                stream.write("1800000000,A,5\n")
        return {"size": file.stat().st_size, "whole": seconds[0], "poll": max(seconds[1:])}


def _drain(feed: FolderFeed, cursor: Any) -> tuple[int, Any]:
    """Take all there is: how many quotes, and the cursor behind them."""
    taken = 0
    while (batch := feed.read(cursor)) is not None:
        taken += len(batch.ticks)
        cursor = batch.after(len(batch.ticks))
    return taken, cursor


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def journal_day() -> Rows:
    """Watch 1,000 symbols for a day, each quoted every minute."""
    result = piece("journal-day", _day)
    said = f"{result['megabytes']:.2f} MB in {result['entries']:,} entries"
    return [("journal of a day of 1,000 symbols", "at most 2 MB", said)]


def _day() -> dict[str, float]:
    with tempfile.TemporaryDirectory() as place:
        path = Path(place, "journal.db")
        with create_journal(path) as journal:
            empty = path.stat().st_size
            run_watch(
                _many_symbols(1_000), _Quotes(1_000, minutes=1_441, step=60), journal, lambda _: False, _Ports(),
                source="replay", timing=Timing(every=dt.timedelta(minutes=1), by_quotes=True),
                states=StateStore(Path(place, "watch")),
            )  # fmt: skip
            entries = len(journal.entries("watch"))
        return {"megabytes": (path.stat().st_size - empty) / 1e6, "entries": entries}


def hours() -> Rows:
    """Watch 50 symbols through eight hours of market time, a quote of each every 5 seconds."""
    result = piece("hours", _eight_hours)
    memory, files = result["memory"], result["files"]
    growth_an_hour = (memory["8"] - memory["1"]) / 7
    return [
        (
            "memory of a watch through eight hours of market time", "at most 1 MB an hour after the first",
            f"{growth_an_hour:+.2f} MB an hour, {memory['8']:.0f} MB at the end",
        ),
        ("its open files", "constant", f"{files['1']} after an hour, {files['8']} after eight"),
    ]  # fmt: skip


def _eight_hours() -> dict[str, dict[str, float]]:
    memory: dict[int, float] = {}
    files: dict[int, int] = {}

    def show(sight: Any) -> None:
        hour = (sight.at - _START).total_seconds() / 3600.0
        if int(hour) not in memory:
            gc.collect()
            memory[int(hour)] = _resident()
            files[int(hour)] = len(list(Path("/proc/self/fd").iterdir()))

    with tempfile.TemporaryDirectory() as place, create_journal(Path(place, "journal.db")) as journal:
        run_watch(
            _many_symbols(50), _Quotes(50, minutes=12 * 481, step=5), journal, lambda _: False, _Ports(),
            source="replay", timing=Timing(every=dt.timedelta(seconds=5), by_quotes=True), show=show,
            states=StateStore(Path(place, "watch")),
        )  # fmt: skip
    return {"memory": {str(k): v for k, v in memory.items()}, "files": {str(k): n for k, n in files.items()}}


_START = dt.datetime(2024, 3, 1, 12, tzinfo=dt.UTC)


class _Ports:
    """Time that stands still, and no stop."""

    def now(self) -> dt.datetime:
        return _START

    def wait(self, seconds: float) -> None:
        del seconds

    def stopping(self) -> bool:
        return False


class _Quotes:
    """A quote of every symbol in every step, made when it is asked for."""

    def __init__(self, symbols: int, *, minutes: int, step: int) -> None:
        self._symbols, self._rounds, self._step, self.ended = symbols, minutes, step, False

    def read(self, cursor: Any) -> Any:
        number = 0 if cursor is None else int(cursor["row"])
        if number >= self._rounds:
            self.ended = True
            return None
        at = round((_START + dt.timedelta(seconds=self._step * (number + 1))).timestamp() * 1e6)
        ticks = tuple(
            Tick(symbol=f"SYM{k:04d}", price=100.0 + (number % 97) / 64 + k / 1024, at=at)
            for k in range(self._symbols)
        )  # fmt: skip
        # within a round the feed begins it anew, which changes nothing: the same quotes at the same time
        return Batch(ticks=ticks, after=lambda k: {"row": number + (k >= len(ticks))})


def _many_symbols(count: int) -> Any:
    """Give a watch of so many shares."""
    sys.path.insert(0, str(ROOT / "tests"))
    from given import given_betas, given_market  # noqa: PLC0415 - of the tests

    names = [f"SYM{k:04d}" for k in range(count)]
    shares = (Spot(symbol=name, currency="USD") for name in names)
    book = Portfolio(positions=tuple(Position(instrument=s, quantity=Decimal(10)) for s in shares), base="USD")
    market = given_market({"M": 500.0, **dict.fromkeys(names, 100.0)})
    betas = given_betas("M", dict.fromkeys(names, (1.0, 0.02)))
    return Watch(LiveBook(book, market, betas), book, Mandate(benchmark="M", target=1.0, band=0.1), name="main")


def _resident() -> float:
    """Give the memory of this process, MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
