"""Fault simulation: two sessions over one desk, with kills, a full disk, clocks that jump and channels that fail.

Each seed is simulated twice, in two folders: it must leave the same desk, and one in which nothing that was
acknowledged is lost or there twice, each message was sent or given up on in so many words, and the alerts stand where
the same steps lead that nobody interrupted.
"""

import datetime as dt
import os
from collections import Counter

import pytest

if not hasattr(os, "fork"):
    pytest.skip("limits of files need a Unix", allow_module_level=True)

from simulation.run import simulate
from watch_parts import HandPorts, ListFeed, small_watch

from trimtab.desk.books.journal import Fact
from trimtab.desk.watch.outbox import deliver
from trimtab.desk.watch.quotes import Tick
from trimtab.errors import StorageError
from trimtab.runner.watch import Timing, run_watch
from trimtab.store.journal import create_journal
from trimtab.store.memory import MemoryJournal

END_OF_TIME = dt.datetime(9999, 12, 31, 23, 59, 58, tzinfo=dt.UTC)


def simulate_twice(seed: int, folder, steps: int) -> Counter:
    """Simulate a seed in two folders, and check that both are the same."""
    once, again = (simulate(seed, folder / turn, steps=steps) for turn in ("a", "b"))
    assert once == again
    return once.counts


@pytest.mark.parametrize("tens", range(2))
def test_seeds(tmp_path, tens):
    """Twenty seeds, eight steps each; five hundred of thirty steps are a piece of `make long` that goes on."""
    counts = Counter()
    for seed in range(10 * tens, 10 * tens + 10):
        counts += simulate_twice(seed, tmp_path / str(seed), 8)
    for what in ("kills", "full disks", "between", "imports", "watches"):
        assert counts[what] > 5, counts


def test_a_clock_at_the_end_of_time_is_refused_and_breaks_nothing(tmp_path):
    """Found by seeds 1 and 5: adding a wait to a clock of the year 9999 ended the watch, and the delivery."""
    ports = HandPorts(stop_after=3)
    ports.moment = END_OF_TIME
    ports.wait = lambda _: None
    with create_journal(tmp_path / "j.db") as journal:
        journal.append([Fact(kind="message", body={"key": "k", **_message()})])
        mad = MemoryJournal(clock=lambda: END_OF_TIME)
        run_watch(
            small_watch(), ListFeed([]), mad, lambda _: False, ports, source="folder",
            timing=Timing(every=dt.timedelta(minutes=5)),
        )  # fmt: skip
        done = deliver(mad, {}, lambda: END_OF_TIME)
        assert not done.attempts
        assert [a.outcome for a in deliver(journal, {"desk": _Silent()}, lambda: END_OF_TIME).attempts] == ["failed"]


def test_alerts_written_down_years_ahead_silence_no_watch():
    """A rule acknowledged while the clock said 2150 kept every rule of a watch that went on from before it silent."""
    journal, told = MemoryJournal(), []
    timing = Timing(every=dt.timedelta(seconds=5))

    def watch(stop_after):
        ports = HandPorts(stop_after=stop_after)
        feed = ListFeed([Tick(symbol="A", price=101.0, at=1_709_296_200_000_000)])
        run_watch(
            small_watch(), feed, journal, lambda sight: told.append(sight.at) or False, ports, source="folder",
            timing=timing,
        )  # fmt: skip

    watch(3)
    before = len(told)
    journal.append([Fact(kind="alert-state", subject="growth", valid="2150-01-01T00:00:00+00:00")])
    watch(3)
    assert len(told) > before


class _Silent:
    def send(self, message):
        raise StorageError(expected="an answer", found="none", try_next="later")


def _message() -> dict:
    return {
        "channel": "desk", "portfolio": "main", "rule": "r", "subject": "", "trigger": "t", "event": "raised",
        "title": "t", "text": "t", "value": None, "severity": "warning", "at": "2026-01-05T12:00:00+00:00",
    }  # fmt: skip
