"""A watch does not grow: memory and open files stay as they are, in half an hour here and in eight in `make long`."""

import datetime as dt
import gc
import tracemalloc
from pathlib import Path

import pytest
from watch_parts import HandPorts, recorded, small_watch

from trimtab.desk.watch.quotes import Batch, Tick
from trimtab.runner.watch import Timing, run_watch
from trimtab.store.beside.states import StateStore
from trimtab.store.journal import create_journal

pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files are counted by /proc")


class Again:
    """The same quotes over and over, each time an hour later, so that a day of them takes no memory of its own."""

    def __init__(self, times):
        self.ticks, self.times, self.ended = recorded(240), times, False

    def read(self, cursor):
        """Give the next round."""
        number = 0 if cursor is None else cursor["row"]
        if number >= self.times:
            self.ended = True
            return None
        last = self.ticks[-1].at - self.ticks[0].at + 1
        ticks = tuple(Tick(symbol=t.symbol, price=t.price, at=t.at + number * last) for t in self.ticks)
        return Batch(ticks=ticks, after=lambda k: {"row": number + (k == len(ticks))})


def watched_for(tmp_path, rounds):
    """Watch, and give memory (bytes that Python holds) and open files at each quarter of the time."""
    sizes, files, moments = [], [], []

    def show(sight):
        moments.append(sight.at)
        if len(moments) % every == 0:
            gc.collect()
            sizes.append(tracemalloc.get_traced_memory()[0])
            files.append(len(list(Path("/proc/self/fd").iterdir())))

    every = rounds * 12
    with create_journal(tmp_path / "journal.db") as journal:
        tracemalloc.start()
        run_watch(
            small_watch(), Again(rounds), journal, lambda _: False, HandPorts(), source="replay:long",
            timing=Timing(every=dt.timedelta(seconds=10), by_quotes=True), show=show,
            states=StateStore(tmp_path / "watch"),
        )  # fmt: skip
        tracemalloc.stop()
    hours = (moments[-1] - moments[0]).total_seconds() / 3600
    return hours, sizes, files


def check(hours, sizes, files):
    assert len(sizes) >= 3
    grown = (sizes[-1] - sizes[0]) / (hours * (len(sizes) - 1) / len(sizes))
    assert grown < 1_000_000, f"{grown:,.0f} bytes an hour"
    assert len(set(files)) == 1


def test_half_an_hour_of_market_time_takes_no_memory(tmp_path):
    hours, sizes, files = watched_for(tmp_path, 4)
    assert hours > 0.45
    check(hours, sizes, files)


@pytest.mark.long
def test_eight_hours_of_market_time_take_no_memory(tmp_path):
    hours, sizes, files = watched_for(tmp_path, 64)
    assert hours > 7.5
    check(hours, sizes, files)
