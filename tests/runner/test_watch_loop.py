"""The loop of the watch: restarts, crashes at every point, feeds that fail, and a clean stop."""

import datetime as dt

import pytest
from watch_parts import START, UTC, HandPorts, ListFeed, recorded, small_watch

from trimtab.desk.watch.alerting import evaluate
from trimtab.desk.watch.observation import observation_of
from trimtab.errors import InputError
from trimtab.monitor.alerts.rules import Kind, Rule
from trimtab.runner.watch import Timing, run_watch
from trimtab.store.memory import MemoryJournal

RULE = Rule(name="band", portfolio="growth", kind=Kind.BAND, threshold=0.9, clear=0.5, channels=("terminal",))
REPLAY = Timing(every=dt.timedelta(seconds=5), by_quotes=True, checkpoint=dt.timedelta(seconds=20))


class CrashError(Exception):
    """The process is gone."""


class Crashing:
    """A journal that dies before or after its n-th append."""

    def __init__(self, journal, at, *, after):
        self._journal, self._left, self._after = journal, at, after

    def append(self, facts):
        """Write, or die."""
        self._left -= 1
        if self._left == 0 and not self._after:
            raise CrashError
        done = self._journal.append(facts)
        if self._left == 0:
            raise CrashError
        return done

    def __getattr__(self, name):
        return getattr(self._journal, name)


def clocked():
    moments = (dt.datetime(2024, 3, 2, tzinfo=UTC) + dt.timedelta(seconds=i) for i in range(10**6))
    return MemoryJournal(clock=lambda: next(moments))


def run(journal, *, ports=None, feed=None, timing=REPLAY, told=None, shown=None):
    watch = small_watch()

    def tell(sight):
        done = evaluate(journal, [RULE], observation_of(sight, watch.portfolio), sight.at)
        if told is not None:
            told.extend(done.events)
        return done.written

    return run_watch(
        watch, feed or ListFeed(recorded()), journal, tell, ports or HandPorts(), source="replay:test", timing=timing,
        show=(lambda _: None) if shown is None else shown.append,
    )  # fmt: skip


def alerts(journal):
    return [(e.valid, e.body) for e in journal.entries("alert")]


def evaluations(journal):
    """Entries of evaluations, without the traces of stops in between."""
    found = []
    for entry in journal.entries("watch"):
        body = dict(entry.body)
        if body["why"] != "stop":
            found.append((entry.valid, body))
    return found


@pytest.fixture(scope="module")
def unbroken():
    journal = clocked()
    end = run(journal)
    assert end.why == "ended"
    assert len(alerts(journal)) >= 3, "the recording must make alerts, or the tests below say nothing"
    assert len(evaluations(journal)) >= 8
    return journal


def test_a_restart_at_every_point_gives_the_same_entries(unbroken):
    """A replay that is stopped after any number of batches and started again writes what an unbroken one writes."""
    for stop_after in range(1, 14):
        journal = clocked()
        assert run(journal, ports=HandPorts(stop_after=stop_after)).why == "stopped"
        end = run(journal)
        assert end.resumed
        assert alerts(journal) == alerts(unbroken)
        assert evaluations(journal) == evaluations(unbroken)


def test_a_replay_stopped_after_every_batch_gives_the_same_entries(unbroken):
    """Any number of restarts in one replay changes nothing."""
    journal = clocked()
    ends = [run(journal, ports=HandPorts(stop_after=1)) for _ in range(14)]
    assert ends[-1].why == "ended" or run(journal).why == "ended"
    assert alerts(journal) == alerts(unbroken)
    assert evaluations(journal) == evaluations(unbroken)


@pytest.mark.parametrize("after", [False, True])
def test_a_crash_at_every_append_repeats_and_loses_no_alert(unbroken, after):
    """Killed before or after any append, and started again, the journal has each alert and each evaluation once."""
    crashes = 0
    for at in range(1, 100):
        journal = clocked()
        try:
            run(Crashing(journal, at, after=after))
        except CrashError:
            crashes += 1
            run(journal)
        else:
            break
        assert alerts(journal) == alerts(unbroken), at
        assert evaluations(journal) == evaluations(unbroken), at
    assert crashes >= len(alerts(unbroken))


def test_batches_of_any_size_give_the_same_entries(unbroken):
    """How a feed cuts its quotes into batches leaves no trace but its cursor."""
    for size in (1, 3, 1000):
        journal = clocked()
        run(journal, feed=ListFeed(recorded(), size=size))
        assert alerts(journal) == alerts(unbroken)
        assert evaluations(journal) == evaluations(unbroken)


def test_a_finished_replay_started_again_writes_nothing(unbroken):
    """A replay that is through stays through."""
    journal = clocked()
    run(journal)
    before = journal.head()
    end = run(journal)
    assert end.why == "ended"
    assert end.sight is not None
    assert journal.head() == before


def test_a_feed_that_fails_is_tried_again_and_its_prices_grow_old():
    """Failures wait longer and longer, are shown with their reason, and end as soon as the feed works."""

    class Failing(ListFeed):
        def read(self, cursor):
            if 3 <= self.reads < 8:
                self.reads += 1
                raise OSError("the line is down")
            return super().read(cursor)

    ports, shown = HandPorts(start=START + 3_600_000_000), []
    timing = Timing(every=dt.timedelta(seconds=1), until=ports.now() + dt.timedelta(seconds=60))
    end = run(clocked(), ports=ports, feed=Failing(recorded()), timing=timing, shown=shown)
    assert ports.waits[:5] == [1.0, 2.0, 4.0, 8.0, 16.0]
    troubled = [s for s in shown if s.trouble == "the line is down"]
    assert troubled
    ages = [s.price_seconds for s in troubled]
    assert ages == sorted(ages)
    assert end.sight.trouble is None
    assert end.why == "ended"


def test_what_can_never_work_is_an_error_at_once():
    """A wrong input is not waited for."""

    class Wrong(ListFeed):
        def read(self, cursor):
            raise InputError(expected="that file", found="another", try_next="put it back")

    with pytest.raises(InputError):
        run(clocked(), feed=Wrong(recorded()))


def test_once_takes_what_is_there_and_ends():
    """With once, everything new is taken, judged once and written down; a second time there is nothing to take."""
    journal, timing = clocked(), Timing(once=True)
    end = run(journal, ports=HandPorts(start=START + 3_600_000_000), timing=timing)
    assert end.why == "once"
    assert end.sight.reading.quotes > 50
    again = run(journal, ports=HandPorts(start=START + 3_700_000_000), timing=timing)
    assert again.resumed
    assert again.sight.reading.quotes == end.sight.reading.quotes
    assert again.sight.reading.beta == end.sight.reading.beta
    assert len(alerts(journal)) == len({str(body) for _, body in alerts(journal)})


def test_a_quiet_feed_is_still_evaluated():
    """While nothing comes, the watch goes on judging at its times, and the prices' age is told."""

    class Quiet:
        ended = False

        def read(self, cursor):
            return None

    ports, shown = HandPorts(), []
    timing = Timing(every=dt.timedelta(seconds=5), until=ports.now() + dt.timedelta(seconds=31))
    end = run(clocked(), ports=ports, feed=Quiet(), timing=timing, shown=shown)
    assert end.why == "time"
    assert 6 <= len(shown) <= 9
    assert shown[-1].price_seconds > shown[0].price_seconds
