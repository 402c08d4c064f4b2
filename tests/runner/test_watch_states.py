"""What a watch goes on from lies beside its journal: small entries, nothing lost by a crash, nothing left to grow."""

import datetime as dt
from decimal import Decimal

import pytest
from given import given_betas, given_market
from watch_parts import START, HandPorts, ListFeed, recorded, small_watch

from trimtab.desk.watch.quotes import Tick
from trimtab.desk.watch.watching import Watch
from trimtab.exposure.live.book import LiveBook
from trimtab.model.instrument import Spot
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio, Position
from trimtab.runner.watch import Timing, run_watch
from trimtab.store.beside.states import MemoryStates, StateStore
from trimtab.store.journal import create_journal
from trimtab.store.memory import MemoryJournal

REPLAY = Timing(every=dt.timedelta(seconds=5), by_quotes=True, checkpoint=dt.timedelta(seconds=20))


class CrashError(Exception):
    """The process is gone."""


class CrashingStates(StateStore):
    """States that die before or after the n-th thing that is done to them."""

    def __init__(self, folder, at):
        super().__init__(folder)
        self.left = at

    def _step(self):
        self.left -= 1
        if self.left == 0:
            raise CrashError

    def keep(self, whose, state):
        """Keep, or die before or after it."""
        self._step()
        name = super().keep(whose, state)
        self._step()
        return name

    def thin(self, whose, names):
        """Thin, or die before it."""
        self._step()
        super().thin(whose, names)


def run(journal, states, *, ports=None):
    return run_watch(
        small_watch(), ListFeed(recorded(40)), journal, lambda _: False, ports or HandPorts(), source="replay:test",
        timing=REPLAY, states=states,
    )  # fmt: skip


def evaluations(journal):
    """Entries of evaluations, without the traces of stops, and without where their states are."""
    bodies = [(e.valid, dict(e.body)) for e in journal.entries("watch") if e.body["why"] != "stop"]
    return [(valid, {k: v for k, v in body.items() if k not in {"kept", "form"}}) for valid, body in bodies]


@pytest.fixture(scope="module")
def unbroken():
    journal = MemoryJournal()
    run(journal, MemoryStates())
    assert len(evaluations(journal)) >= 4
    return journal


def test_entry_names_its_state_by_hash_and_old_states_go(tmp_path, unbroken):
    journal = MemoryJournal()
    run(journal, StateStore(tmp_path))
    assert evaluations(journal) == evaluations(unbroken)
    newest = journal.entries("watch")[-2:]
    assert all("state" not in e.body and "cursor" not in e.body for e in journal.entries("watch"))
    assert {path.stem for path in tmp_path.rglob("*.json")} == {e.body["kept"] for e in newest}


def test_crash_at_every_step_of_keeping_loses_nothing(tmp_path, unbroken):
    crashes = 0
    for at in range(1, 200):
        journal, folder = MemoryJournal(), tmp_path / str(at)
        try:
            run(journal, CrashingStates(folder, at))
        except CrashError:
            crashes += 1
        else:
            break
        run(journal, StateStore(folder))
        assert evaluations(journal) == evaluations(unbroken), at
        assert len(list(folder.rglob("*.json"))) <= 3  # a run with nothing to write removes nothing
    assert crashes >= 3 * 4


def test_state_that_is_gone_or_changed_begins_anew(tmp_path, unbroken):
    journal = MemoryJournal()
    run(journal, StateStore(tmp_path), ports=HandPorts(stop_after=4))
    for path in tmp_path.rglob("*.json"):
        path.write_text(path.read_text().replace("0", "1", 1))
    end = run(journal, StateStore(tmp_path))
    assert not end.resumed
    assert evaluations(journal)[-1][1]["beta"] == evaluations(unbroken)[-1][1]["beta"]


def test_entries_of_before_are_gone_on_from(tmp_path, unbroken):
    journal = MemoryJournal()
    run(journal, None, ports=HandPorts(stop_after=4))
    assert "state" in journal.entries("watch")[-1].body
    assert run(journal, StateStore(tmp_path)).resumed
    assert evaluations(journal)[-1][1]["beta"] == evaluations(unbroken)[-1][1]["beta"]


def test_a_day_of_1000_symbols_takes_2_mb_of_journal(tmp_path):
    """An hour in an SQLite journal, every symbol quoted in every minute; a day is 24 of them."""
    names = [f"SYM{k:04d}" for k in range(1000)]
    positions = tuple(Position(instrument=Spot(symbol=n, currency="USD"), quantity=Decimal(10)) for n in names)
    held = Portfolio(positions=positions, base="USD")
    market = given_market({"M": 500.0, **dict.fromkeys(names, 100.0)})
    book = LiveBook(held, market, given_betas("M", dict.fromkeys(names, (1.0, 0.02))))
    watch = Watch(book, held, Mandate(benchmark="M", target=1.0, band=0.1), name="main")
    ticks = tuple(
        Tick(symbol=name, price=100.0 + minute / 64 + k / 1024, at=START + minute * 60_000_000 + k)
        for minute in range(1, 62)
        for k, name in enumerate(names)
    )
    timing = Timing(every=dt.timedelta(minutes=1), by_quotes=True)
    with create_journal(tmp_path / "journal.db") as journal:
        run_watch(
            watch, ListFeed(ticks, size=5000), journal, lambda _: False, HandPorts(), source="replay:day",
            timing=timing, states=StateStore(tmp_path / "watch"),
        )  # fmt: skip
        assert len(journal.entries("watch")) >= 60
    assert 24 * (tmp_path / "journal.db").stat().st_size <= 2_000_000 + 23 * 40_000  # an empty one has 40 kB
    assert sum(path.stat().st_size for path in (tmp_path / "watch").rglob("*.json")) < 200_000
