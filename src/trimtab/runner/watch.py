"""The loop of the watch: read, take, evaluate, write down, wait; until it is told to stop.

Everything it touches is passed in: the feed, the journal, the clock, how to wait, when to stop. A crash between any two
steps leaves a journal from which the next run goes on: an evaluation is written only after its alerts, so at worst that
one evaluation is made again, with the same quotes at the same moment, and the alerts' own state knows it.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, cast

from trimtab.desk.books.journal import Fact, Journal
from trimtab.desk.watch.quotes import Batch, Cursor, Feed
from trimtab.desk.watch.record import Going, States, alerted_since, read_resume, watch_fact, whose_state
from trimtab.desk.watch.watching import Sight, Watch
from trimtab.errors import InputError, TrimtabError
from trimtab.model.json import JsonObject
from trimtab.model.moments import later

__all__ = ["Timing", "WatchEnd", "run_watch"]

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """When the watch evaluates and writes.

    Parameters
    ----------
    every
        Between evaluations.
    by_quotes
        True: time is that of the quotes, so that a replay gives the same entries at any speed. False: the clock's.
    checkpoint
        At most so long between entries; changes of verdict and alerts are written at once.
    once
        Take what is there, evaluate, and end.
    until
        Clock time at which to end; None for never.
    idle
        Seconds to wait while there is nothing to read.
    poll
        How often `look` is asked whether what the watch is made of has changed; never where time is that of quotes.
    """

    every: dt.timedelta = dt.timedelta(seconds=5)
    by_quotes: bool = False
    checkpoint: dt.timedelta = dt.timedelta(minutes=1)
    once: bool = False
    until: dt.datetime | None = None
    idle: float = 0.2
    poll: dt.timedelta = dt.timedelta(seconds=5)


class Ports(Protocol):
    """What the loop is given."""

    def now(self) -> dt.datetime:
        """Give the time, UTC."""
        ...

    def wait(self, seconds: float) -> None:
        """Wait, or return early if a stop is asked for."""
        ...

    def stopping(self) -> bool:
        """Tell whether a stop is asked for."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchEnd:
    """How a watch ended.

    Parameters
    ----------
    sight
        The last evaluation; None if there was none.
    why
        "stopped", "ended" (the feed has no more), "time" or "once".
    resumed
        Whether it went on from an earlier one.
    fresh
        Whether anything was read.
    """

    sight: Sight | None
    why: str
    resumed: bool
    fresh: bool


def run_watch(
    watch: Watch,
    feed: Feed,
    journal: Journal,
    evaluate: Callable[[Sight], bool],
    ports: Ports,
    *,
    source: str,
    timing: Timing,
    show: Callable[[Sight], None] = lambda _: None,
    look: Callable[[], tuple[str, ...]] = tuple,
    states: States | None = None,
) -> WatchEnd:
    """Watch until stopped.

    Parameters
    ----------
    watch
        The portfolio; it is restored from the journal if an earlier run stopped on the same feed.
    evaluate
        Lets alert rules look at a sight; tells whether anything was written down.
    source
        Names the feed in the journal.
    show
        Is shown each sight.
    look
        Takes in what the watch is made of where that has changed; gives what happened, which is evaluated and written
        down at once.
    states
        Keeps what is needed to go on, beside the journal; None: the entries hold it.
    """
    loop = _Loop(watch, feed, journal, evaluate, ports, source, timing, show, look, states)
    loop.resume()
    return loop.run()


class _Loop:
    def __init__(
        self,
        watch: Watch,
        feed: Feed,
        journal: Journal,
        evaluate: Callable[[Sight], bool],
        ports: Ports,
        source: str,
        timing: Timing,
        show: Callable[[Sight], None],
        look: Callable[[], tuple[str, ...]],
        states: States | None,
    ) -> None:
        self.watch, self.feed, self.journal, self.tell, self.ports = watch, feed, journal, evaluate, ports
        self.source, self.timing, self.show, self.look = source, timing, show, look
        self.states, self.kept = states, ""
        self.next_look: dt.datetime | None = None
        self.cursor: Cursor | None = None
        self.due: dt.datetime | None = None
        self.sight: Sight | None = None
        self.status: str | None = None
        self.written: dt.datetime | None = None
        self.last: dt.datetime | None = None
        self.resumed = False
        self.fails = 0
        self.fresh = False
        self.alerted: frozenset[dt.datetime] = frozenset()

    def resume(self) -> None:
        """Go on from the last entry of the same feed."""
        resumed = read_resume(self.journal, self.watch.name, self.source, self.states)
        if resumed is None:
            # a first evaluation may have been cut off after its alerts
            self.alerted = alerted_since(self.journal, self.watch.name, 0)
            return
        self.alerted = resumed.alerted
        self.watch.restore(resumed.state)
        self.cursor, self.status, self.written, self.last = resumed.cursor, resumed.status, resumed.written, resumed.at
        self.due = resumed.due if self.timing.by_quotes else None
        self.resumed = True

    def run(self) -> WatchEnd:
        while True:
            if self.ports.stopping():
                return self._end("stopped")
            if self.timing.until is not None and self.ports.now() >= self.timing.until:
                return self._end("time")
            self._look()
            batch = self._read()
            if batch is not None:
                self._take(batch)
                if not self.timing.by_quotes:
                    self._by_clock()
                continue
            if self.timing.once:
                return self._end("once")
            if self.feed.ended:
                return self._end("ended")
            if not self.timing.by_quotes:
                self._by_clock()
            if not self.fails:
                self.ports.wait(self._idle())

    def _idle(self) -> float:
        """Give how long to wait: no longer than until something is due."""
        if self.timing.by_quotes:
            return self.timing.idle
        now = self.ports.now()
        ahead = [(t - now).total_seconds() for t in (self.due, self.next_look, self.timing.until) if t is not None]
        return max(0.01, min(self.timing.idle, *ahead))

    def _look(self) -> None:
        """Take in what the watch is made of, where it has changed."""
        if self.timing.by_quotes:
            return
        now = self.ports.now()
        if self.next_look is not None and now < self.next_look:
            return
        done = self.look()
        self.next_look = later(self.ports.now(), self.timing.poll)
        if done:
            self._evaluate(now, because=done)

    def _read(self) -> Batch | None:
        """Read the feed; one that fails is tried again later, and its prices grow old meanwhile."""
        try:
            batch = self.feed.read(self.cursor)
        except InputError:
            raise  # what was asked for cannot be: waiting does not help
        except (TrimtabError, OSError, ValueError) as error:
            self.fails += 1
            self.watch.trouble = error.found if isinstance(error, TrimtabError) else str(error)
            if not self.timing.once:
                self.ports.wait(min(_LONGEST_WAIT, _FIRST_WAIT * 2.0 ** (self.fails - 1)))
            return None
        self.fails, self.watch.trouble = 0, None
        return batch

    def _take(self, batch: Batch) -> None:
        ticks = batch.ticks
        self.fresh = True
        if not self.timing.by_quotes:
            self.watch.take(ticks, now=_micro(self.ports.now()))
            self.cursor = batch.after(len(ticks))
            return
        start = 0
        for k, tick in enumerate(ticks):
            if self.due is None:
                self.due = self._next_due(tick.at)
            if tick.at < _micro(self.due):
                continue
            self.watch.take(ticks[start:k])
            start, self.cursor = k, batch.after(k)
            at, self.due = self.due, self._next_due(tick.at)
            self._evaluate(at)
            if self.ports.stopping():
                return
        self.watch.take(ticks[start:])
        self.cursor = batch.after(len(ticks))

    def _next_due(self, at: int) -> dt.datetime:
        """Give the first moment of the grid after a quote: the same whether or not the watch was restarted."""
        step = max(1, round(self.timing.every / dt.timedelta(microseconds=1)))
        return _EPOCH + dt.timedelta(microseconds=(at // step + 1) * step)

    def _by_clock(self) -> None:
        now = self.ports.now()
        if self.due is None or now >= self.due:
            self.due = later(now, self.timing.every)
            self._evaluate(now)

    def _evaluate(self, at: dt.datetime, *, stop: str | None = None, because: tuple[str, ...] = ()) -> None:
        """Judge, let the rules look, and write down what is news."""
        # A journal's time never runs backwards, whatever the clock does.
        at = at if self.last is None else max(at, self.last)
        try:
            sight = self.watch.evaluate(at, news=because)
        except TrimtabError as error:
            self.watch.trouble = error.found  # without a NAV there is no beta, until prices or holdings change
            return
        self.sight, self.last = sight, at
        # What the rules had seen before a crash a replay does not show them again. A clock does not come back to a
        # moment, but one that was wrong may have left alerts written down years ahead: those silence nothing.
        seen = self.timing.by_quotes and bool(self.alerted) and at <= max(self.alerted)
        alerted = at in self.alerted if seen else self.tell(sight)
        status = sight.verdict.status.value
        old = self.written is None or at - self.written >= self.timing.checkpoint
        reasons = {
            "reload": bool(because),
            "start": self.status is None,
            "verdict": status != self.status,
            "alert": alerted,
            "interval": old,
        }
        why = stop or next((reason for reason, holds in reasons.items() if holds), None)
        self.status = status
        if why is not None:
            self.written = at
            self._write(sight, why, because)
        self.show(sight)

    def _write(self, sight: Sight, why: str, because: tuple[str, ...] = ()) -> None:
        cursor = None if self.cursor is None else dict(self.cursor)
        going: Going = {"cursor": cursor, "state": self.watch.state()}
        if self.states is None:
            self.journal.append([self._fact(sight, going, why, because)])
            return
        whose = whose_state(sight.portfolio, self.source)
        # In one piece: a backup between the two would have an entry without its state, or remove one that is read.
        with self.journal.writing():
            before, self.kept = self.kept, self.states.keep(whose, cast("JsonObject", going))
            self.journal.append([self._fact(sight, self.kept, why, because)])
            self.states.thin(whose, {before, self.kept})

    def _fact(self, sight: Sight, going: Going | str, why: str, because: tuple[str, ...]) -> Fact:
        return watch_fact(
            sight, source=self.source, going=going, due=self.due if self.timing.by_quotes else None,
            written=self.written, status=self.status, why=why, because=because,
        )  # fmt: skip

    def _end(self, why: str) -> WatchEnd:
        """Evaluate once more where something is new, and leave a place to go on from."""
        if not self.timing.by_quotes:
            self._evaluate(self.ports.now(), stop="stop")
        elif self.feed.ended and self.due is not None:
            at, self.due = self.due, None
            self._evaluate(at, stop="stop")
        else:
            # in the middle of a replay: written down where it stands, but not evaluated before its moment
            at = self.last or self.due or self.ports.now()
            sight = self.watch.evaluate(at)
            if self.fresh or not self.resumed:
                self._write(sight, "stop")
            if self.sight is None:
                self.sight = sight
                self.show(sight)
        return WatchEnd(sight=self.sight, why=why, resumed=self.resumed, fresh=self.fresh)


def _micro(moment: dt.datetime) -> int:
    return round((moment - _EPOCH) / dt.timedelta(microseconds=1))
