"""One seed: two sessions over one desk, in an order, with faults and at times that the seed draws.

Run as a script: run.py FOLDER FIRST COUNT STEPS simulates so many seeds, each twice, and prints as JSON what was done.
"""

import datetime as dt
import json
import random
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from simulation.faults import Faults, KilledError
from simulation.truth import Truth, check_alerts, check_desk, check_messages, state_hash, states_written
from simulation.vendor import FakeChannel, File, Vendor
from watch_parts import small_watch

from trimtab.desk.books.journal import Fact
from trimtab.desk.watch.alerting import evaluate, order_alert
from trimtab.desk.watch.observation import observation_of
from trimtab.desk.watch.outbox import Retry, deliver
from trimtab.desk.watch.watching import Sight
from trimtab.errors import StorageError
from trimtab.feeds.folder.feed import FolderFeed
from trimtab.monitor.alerts.book import advance, command
from trimtab.monitor.alerts.machine import Order, Verb
from trimtab.monitor.alerts.rules import Kind, Rule
from trimtab.runner.watch import Timing, run_watch
from trimtab.store.beside.states import StateStore
from trimtab.wiring.creating import create_workspace
from trimtab.wiring.importing import import_files
from trimtab.wiring.workspace import STATES, Workspace, open_workspace

_T = TypeVar("_T")
NOON = dt.datetime(2024, 3, 1, 12, 30, tzinfo=dt.UTC)
_SECOND = dt.timedelta(seconds=1)
RULES = (
    Rule(name="band", portfolio="main", kind=Kind.BAND, threshold=0.9, clear=0.5, channels=("desk", "mail")),
    Rule(
        name="edge", portfolio="main", kind=Kind.EDGE, threshold=0.0, clear=0.0, hold=10 * _SECOND,
        repeat=60 * _SECOND, channels=("desk",),
    ),
    Rule(name="ages", portfolio="main", kind=Kind.QUOTE_AGE, threshold=900, clear=300, channels=("mail",)),
)  # fmt: skip
_RETRY = Retry(attempts=4)
#: Rooms on a disk that gets full: none, and little.
_ROOMS = (0, 0, 4096, 40960)
#: How a clock jumps: a little on, a night, a month, back, a wrong century, and the end of time.
_JUMPS = (
    5 * _SECOND, 40 * _SECOND, 400 * _SECOND, dt.timedelta(hours=9), dt.timedelta(days=30), -dt.timedelta(seconds=90),
    -dt.timedelta(days=3),
)  # fmt: skip
_MAD = (dt.datetime(2150, 1, 1, tzinfo=dt.UTC), dt.datetime(9999, 12, 31, 23, 59, 58, tzinfo=dt.UTC))


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of a seed: the state of the desk as a hash, and what was done."""

    state: str
    counts: Counter[str]


def simulate(seed: int, folder: Path, *, steps: int) -> Done:
    """Simulate a seed in an empty folder, and check what must hold after it."""
    folder.mkdir(parents=True)
    faults = Faults(folder / "desk", NOON)
    with faults.installed():
        world = _World(seed, folder, faults)
        for _ in range(steps):
            world.step()
        world.settle()
        return Done(state=state_hash(world.check()), counts=world.counts)


class _World:
    def __init__(self, seed: int, folder: Path, faults: Faults) -> None:
        self.draw = random.Random(seed)  # noqa: S311 - faults, not secrets
        self.faults, self.truth, self.counts = faults, Truth(), Counter()
        self.place, self.vendor = folder / "desk", Vendor(folder, self.draw, faults)
        self.channels = {n: FakeChannel(self.truth, self.draw, faults, self.meanwhile) for n in ("desk", "mail")}
        self.waiting: list[File] = []
        self.seen: list[File] = []
        self.known: set[str] = set()
        self.decided = self.alerts_written = 0
        self.is_mad = self.is_full = False
        create_workspace(self.place, benchmark="SPX")
        self.sessions: list[Workspace | None] = [None, None]

    def step(self) -> None:
        """Let a session do something; perhaps it is killed, perhaps the disk is full, perhaps another comes between."""
        self._move_clock()
        who, work = self.draw.randrange(2), self._choose()
        fault = self.draw.random()
        kill = self.draw.randint(1, 14) if fault < 0.3 else 0
        room = self.draw.choice(_ROOMS) if 0.3 <= fault < 0.45 else None
        if self.draw.random() < 0.3:
            self.faults.between = self.meanwhile
        self._try(who, work, kill, room)
        self.faults.between = None

    def meanwhile(self) -> None:
        """Let the other session do something short between two steps of the first."""
        self.faults.between = None
        if self.draw.random() < 0.5:
            return
        self.counts["between"] += 1
        work = self.draw.choice([self._import_next, self._import_again, self._decide, self._order, self._deliver])
        with self.faults.pausing():
            self._guarded(1 - self.who, work)

    def settle(self) -> None:
        """Let all be well again: what was cut off is given again, and every message goes out."""
        if self.is_mad:
            self.faults.now, self.is_mad = self.sane, False
        for file in list(self.waiting):
            self._guarded(0, lambda w, file=file: self._import(w, file))
        assert not self.waiting
        # Before the watch: what comes between its looks may deliver, and nobody is to die of it.
        for channel in self.channels.values():
            channel.is_whole = True
        self._guarded(1, self._watch)
        for _ in range(8):
            self.faults.now += dt.timedelta(hours=2)
            self._guarded(0, self._deliver)

    def check(self) -> Workspace:
        """Check everything, as a process that has just begun sees it."""
        for who in (0, 1):
            self._leave(who)
        workspace = open_workspace(self.place)
        check_desk(self.truth, workspace)
        check_messages(self.truth, workspace)
        check_alerts(self.truth, workspace)
        return workspace

    def _try(self, who: int, work: Callable[[Workspace], None], kill: int, room: int | None) -> None:
        self.is_full = room is not None
        self.counts["full disks"] += self.is_full
        try:
            with self.faults.room(room), self.faults.killing(kill):
                self._guarded(who, work)
        except KilledError:
            self.counts["kills"] += 1
            self._leave(who)
        self.is_full = False

    def _guarded(self, who: int, work: Callable[[Workspace], None]) -> None:
        """Do something: it is acknowledged, or it is refused because the disk is full or the clock is mad."""
        self.who = who
        try:
            workspace = self._session(who)
            work(workspace)
            head = workspace.journal.head()
        except StorageError as error:
            if error.exit_code != 74 or not (self.is_full or self.is_mad):
                raise
            self.counts["refused"] += 1
            return
        self.counts["steps"] += 1
        if head.seq:
            self.truth.heads[head.seq] = head.hash

    def _session(self, who: int) -> Workspace:
        session = self.sessions[who]
        if session is None:
            session = self.sessions[who] = open_workspace(self.place)
        return session

    def _leave(self, who: int) -> None:
        session, self.sessions[who] = self.sessions[who], None
        if session is not None:
            session.journal.close()

    def _move_clock(self) -> None:
        if self.is_mad:
            self.faults.now, self.is_mad = self.sane, False
            return
        self.faults.now += self.draw.choice(_JUMPS)
        if self.draw.random() < 0.06:
            self.sane, self.is_mad = self.faults.now, True
            self.faults.now = self.draw.choice(_MAD)
            self.counts["mad clocks"] += 1

    def _choose(self) -> Callable[[Workspace], None]:
        works = (self._import_next, self._import_again, self._decide, self._watch, self._deliver, self._order)
        return self.draw.choices(works, weights=(6, 3, 2, 7, 3, 1))[0]

    def _import_next(self, workspace: Workspace) -> None:
        vendor = self.vendor
        make = self.draw.choices((vendor.prices, vendor.holdings, vendor.trades), weights=(4, 1, 2))[0]
        self.waiting.append(make())
        self._import(workspace, self.waiting[-1])

    def _import_again(self, workspace: Workspace) -> None:
        """Give again what was cut off, or what is in already."""
        pool = self.waiting or self.seen
        if pool:
            self._import(workspace, self.draw.choice(pool))

    def _import(self, workspace: Workspace, file: File) -> None:
        try:
            _take(workspace, file)
        except BaseException:
            # Whoever was killed does not say whether it is in; the journal does, and says all of it or nothing.
            if self._is_in(file):
                self._now_known(file)
            raise
        self._now_known(file)
        self.counts["imports"] += 1
        if file in self.waiting:
            self.waiting.remove(file)
        if file not in self.seen:
            self.seen.append(file)

    def _is_in(self, file: File) -> bool:
        entries = self._from_outside(lambda w: w.journal.entries(file.kind))
        return any(e.body["source"]["name"] == file.path.name for e in entries)

    def _now_known(self, file: File) -> None:
        if file.kind == "prices":
            self.truth.kept_prices(file.says)
        elif file.kind == "holdings":
            # A file that is known says nothing new, even where another of its day was kept since.
            if file.path.name not in self.known:
                self.truth.snapshots[file.says["day"]] = file.says["held"]
        else:
            self.truth.trades.update(file.says)
        self.known.add(file.path.name)

    def _decide(self, workspace: Workspace) -> None:
        self.decided += 1
        number = self.decided
        workspace.journal.append([Fact(kind="decision", subject="main", body={"run": number})])
        self.truth.decisions.add(number)
        self.counts["decisions"] += 1

    def _deliver(self, workspace: Workspace) -> None:
        for channel in self.channels.values():
            channel.last = ""
        try:
            deliver(workspace.journal, self.channels, self.faults.clock, retry=_RETRY, owner=f"session {self.who}")
        except BaseException:
            self._nobody_said()
            raise

    def _nobody_said(self) -> None:
        """Note a message that was taken where nobody could write that down."""
        entries = self._from_outside(lambda w: w.journal.entries("delivery"))
        said = Counter(str(e.body["key"]) for e in entries if e.body["status"] == "sent")
        for key in {c.last for c in self.channels.values()} - {""}:
            if said[key] + self.truth.unsaid[key] < self.truth.taken[key]:
                self.truth.unsaid[key] += 1

    def _order(self, workspace: Workspace) -> None:
        at, order = self.faults.now, Order(verb=self.draw.choice([Verb.ACKNOWLEDGE, Verb.RESOLVE]), by="somebody")
        self._alerts(
            workspace,
            lambda: order_alert(workspace.journal, RULES, "main", "band", order, at),
            lambda book: command(book, RULES, "band", order, at),
        )

    def _alerts(self, workspace: Workspace, work: Callable[[], object], change: Callable):
        """Let alerts take a step, and note it if it was written down or acknowledged."""
        try:
            done = work()
        except BaseException:
            # another session may have come between, and has noted its own
            if self._from_outside(states_written) > self.alerts_written:
                self._stepped(change)
            raise
        if done.written:
            self._stepped(change)
        return done

    def _stepped(self, change: Callable) -> None:
        self.truth.steps.append(change)
        self.alerts_written += 1

    def _from_outside(self, look: Callable[[Workspace], _T]) -> _T:
        """Look at the desk as another process does, which nothing befalls."""
        with self.faults.pausing(), self.faults.unlimited():
            workspace = open_workspace(self.place)
            try:
                return look(workspace)
            finally:
                workspace.journal.close()

    def _watch(self, workspace: Workspace) -> None:
        """Watch for some looks, while quotes come in."""
        for _ in range(self.draw.randint(0, 3)):
            self.vendor.quote()
        watched = small_watch(name="main")
        journal = workspace.journal

        def tell(sight: Sight) -> bool:
            seen = observation_of(sight, watched.portfolio)
            done = self._alerts(
                workspace,
                lambda: evaluate(journal, RULES, seen, sight.at),
                lambda book: advance(book, RULES, seen, sight.at),
            )
            return done.written

        run_watch(
            watched, FolderFeed(self.vendor.quotes, clock=self.faults.clock), journal, tell, _Ports(self),
            source="folder:quotes", timing=Timing(every=5 * _SECOND, checkpoint=20 * _SECOND, idle=4.0),
            states=StateStore(self.place / "data" / STATES),
        )  # fmt: skip
        self.counts["watches"] += 1


def _take(workspace: Workspace, file: File) -> None:
    (done,) = import_files([file.path], workspace=workspace, kind=file.kind, accept=True)
    if done.error is not None:
        raise done.error


class _Ports:
    """Time that passes by waiting, in which others work and quotes come."""

    def __init__(self, world: _World) -> None:
        self._world, self._left = world, world.draw.randint(1, 6)

    def now(self) -> dt.datetime:
        return self._world.faults.now

    def wait(self, seconds: float) -> None:
        world = self._world
        if not world.is_mad:
            world.faults.now += dt.timedelta(seconds=seconds)
        if world.draw.random() < 0.3:
            world.vendor.quote()
        if world.draw.random() < 0.15:
            who = world.who
            world.meanwhile()
            world.who = who

    def stopping(self) -> bool:
        self._left -= 1
        return self._left < 0


def main() -> None:
    """Simulate seeds, each twice, and say what was done."""
    place, first, count, steps = Path(sys.argv[1]), *map(int, sys.argv[2:])
    counts: Counter[str] = Counter()
    for seed in range(first, first + count):
        once, again = (simulate(seed, place / f"{seed}-{turn}", steps=steps) for turn in ("a", "b"))
        assert once == again, f"seed {seed} is not the same the second time"
        counts += once.counts
        counts["seeds"] += 1
    sys.stdout.write(json.dumps(counts) + "\n")


if __name__ == "__main__":
    main()
