"""A watch on a workspace takes in what other commands import, and keeps going on what it cannot use."""

import datetime as dt
import os

import numpy as np
import pytest
from watch_parts import HandPorts

import trimtab as tt
from trimtab.desk.watch.quotes import Tick
from trimtab.errors import NotEnoughDataError
from trimtab.monitor.alerts.rules import Kind
from trimtab.python.desk import Desk
from trimtab.runner.watch import Timing
from trimtab.wiring import watching
from trimtab.wiring.alarming import check_alerts
from trimtab.wiring.creating import create_workspace
from trimtab.wiring.importing import import_files
from trimtab.wiring.renewing import WorkspaceInputs
from trimtab.wiring.workspace import open_workspace

UTC = dt.UTC
DAYS = 300
LAST = dt.date(2024, 3, 1)  # a Friday
SYMBOLS = ("SPY", "AAA", "BBB", "CCC")
HOLDINGS = """symbol,kind,quantity,currency,multiplier,expiry,underlying,right,strike,vol,rate
AAA,spot,400,USD,,,,,,,
BBB,spot,300,USD,,,,,,,
FUT,future,1,USD,10,2024-03-08,SPY,,,,
SPY 95P,option,2,USD,100,2024-06-21,SPY,put,95,0.2,0.04
USD,cash,40000,USD,,,,,,,
"""


def days():
    found, day = [], LAST
    while len(found) < DAYS:
        if day.weekday() < 5:
            found.append(day)
        day -= dt.timedelta(days=1)
    return found[::-1]


def history():
    """Give closes of a benchmark and three shares with true betas 1.3, 0.7 and 1.0."""
    rng = np.random.default_rng(7)
    market = rng.normal(0.0003, 0.01, DAYS)
    paths = {"SPY": market}
    for name, beta in (("AAA", 1.3), ("BBB", 0.7), ("CCC", 1.0)):
        paths[name] = beta * market + rng.normal(0, 0.008, DAYS)
    return {name: 100 * np.exp(np.cumsum(r) - r.sum()) for name, r in paths.items()}


def prices_csv(path, columns, when, *, volume=50_000):
    lines = ["date,symbol,close,volume"]
    lines += [
        f"{d},{name},{p:.6f},{volume}" for name, closes in columns.items() for d, p in zip(when, closes, strict=True)
    ]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A small workspace: two shares, a future that expires soon, a put, cash."""
    place = tmp_path_factory.mktemp("made")
    workspace = create_workspace(place / "desk", benchmark="SPY")
    closes = history()
    prices_csv(place / "prices.csv", {**closes, "FUT": closes["SPY"]}, days())
    (place / "book.csv").write_text(HOLDINGS)
    for name, day in (("prices.csv", None), ("book.csv", LAST - dt.timedelta(days=1))):
        (done,) = import_files([place / name], workspace=workspace, as_of=day, accept=True)
        assert done.error is None
        assert done.outcome.value == "kept"
    return place / "desk"


@pytest.fixture
def folder(made, tmp_path):
    """A copy of it for a test to change."""
    import shutil

    return shutil.copytree(made, tmp_path / "desk")


def question_of(folder, day):
    return Desk(folder).at(tt.ReviewQuestion(measuring=tt.Measuring(as_of=day)))


def inputs_of(folder, clock):
    workspace = open_workspace(folder)
    return WorkspaceInputs(
        workspace, workspace.config.portfolio_name(), lambda day: question_of(folder, day), clock=clock
    )


def moment(day, hour=15):
    return dt.datetime.combine(day, dt.time(hour), UTC)


def tick(symbol, price, when):
    return Tick(symbol=symbol, price=price, at=round(when.timestamp() * 1e6))


def started(folder, now):
    inputs = inputs_of(folder, lambda: now)
    watch = inputs.start(inputs.portfolio, "test", jump=0.25)
    assert inputs.look(watch) == ()
    return inputs, watch


def parts(drift):
    return drift.currency + drift.price + drift.gamma + drift.estimates + drift.trades


def whole(watch):
    """Check that the live book finds what `expose` finds of the same state."""
    assert watch.book.beta() == pytest.approx(watch.book.exposure().beta.value, rel=1e-12)
    return watch


def test_trades_imported_by_another_command_are_taken_in(folder, tmp_path):
    """Their part of drift is no longer zero, the parts add up to the change since the start, and quotes stay."""
    now = moment(LAST, 18)
    inputs, watch = started(folder, now)
    begin = watch.book.beta()
    watch.take([tick("AAA", 103.0, now), tick("SPY", 101.0, now)])
    (tmp_path / "trades.csv").write_text(f"date,symbol,quantity,price,fee\n{LAST},BBB,-200,100,1\n")
    import_files([tmp_path / "trades.csv"], workspace=open_workspace(folder), accept=True)
    quoted = watch.book.beta()
    assert inputs.look(watch) == ("reloaded because of transactions",)
    assert inputs.look(watch) == ()
    drift = whole(watch).evaluate(now).drift
    assert watch.book.last("AAA")[0] == 103.0
    assert watch.book.quotes_taken == 2
    assert drift.trades == pytest.approx(watch.book.beta() - quoted, abs=1e-9)
    assert abs(drift.trades) > 0.01
    assert drift.total == pytest.approx(watch.book.beta() - begin, abs=1e-12)
    assert parts(drift) == pytest.approx(drift.total, abs=1e-12)
    assert sum(m.change for m in drift.movers) == pytest.approx(drift.total, abs=1e-12)
    watch.take([tick("AAA", 104.0, now + dt.timedelta(seconds=1))])
    later = watch.evaluate(now).drift
    assert parts(later) == pytest.approx(watch.book.beta() - begin, abs=1e-12)
    assert later.trades == drift.trades


def test_new_closes_change_estimates_and_older_ones_move_no_quote(folder, tmp_path):
    """Betas are estimated again from them; a quote that is newer than the imported price stays."""
    monday = LAST + dt.timedelta(days=3)
    inputs, watch = started(folder, moment(monday))
    begin = watch.book.beta()
    watch.take([tick("AAA", 101.0, moment(monday))])
    closes = {"SPY": [101.5], "AAA": [90.0], "BBB": [101.0], "CCC": [101.0], "FUT": [101.5]}
    prices_csv(tmp_path / "monday.csv", closes, [monday])
    import_files([tmp_path / "monday.csv"], workspace=open_workspace(folder), accept=True)
    (said,) = inputs.look(watch)
    assert said == "reloaded because of prices, a new day"
    assert watch.book.last("AAA")[0] == 101.0
    assert watch.book.last("BBB")[0] == 101.0
    drift = whole(watch).evaluate(moment(monday)).drift
    assert abs(drift.estimates) > 1e-4
    assert abs(drift.price) > 1e-4
    assert drift.trades == pytest.approx(0.0, abs=1e-3), "the future's gain is paid into cash, and that is all"
    assert parts(drift) == pytest.approx(watch.book.beta() - begin, abs=1e-12)


def test_a_split_changes_units_and_moves_no_beta(folder, tmp_path):
    """Quotes of before a split do not count after it; holdings and prices change units, beta hardly changes."""
    friday, monday = moment(LAST, 18), LAST + dt.timedelta(days=3)
    inputs, watch = started(folder, moment(monday))
    watch.take([tick("AAA", 100.0, friday)])
    before = watch.book.beta()
    (tmp_path / "actions.csv").write_text(f"date,symbol,type,ratio\n{monday},AAA,split,2\n")
    (done,) = import_files([tmp_path / "actions.csv"], workspace=open_workspace(folder), kind="actions", accept=True)
    assert done.error is None
    inputs.look(watch)
    assert watch.book.last("AAA")[0] == 100.0, "it has not taken effect"
    watch.take([tick("SPY", 100.0, moment(monday))])
    (said,) = inputs.look(watch)
    assert "a new day" in said
    held = {p.symbol: p.quantity for p in watch.portfolio.positions}
    assert held["AAA"] == 800
    assert watch.book.last("AAA")[0] == pytest.approx(50.0, rel=1e-3)
    drift = whole(watch).evaluate(moment(monday)).drift
    assert watch.book.beta() == pytest.approx(before, abs=0.02)
    assert abs(drift.trades) < 1e-3
    assert parts(drift) == pytest.approx(drift.total, abs=1e-12)


def test_broken_settings_leave_the_old_book_running(folder):
    """What cannot be used is said, in the observation too; when it is mended the watch goes on with it."""
    now = moment(LAST, 18)
    inputs, watch = started(folder, now)
    before = watch.book.beta()
    settings = folder / "trimtab.toml"
    good = settings.read_text()
    settings.write_text(good + "\n[mandates.core\n")
    (said,) = inputs.look(watch)
    assert said.startswith("settings not in use: ")
    assert watch.book.beta() == before
    seen = inputs.observe(watch, watch.evaluate(now))
    assert seen.why == said
    assert seen.beta == before
    assert inputs.look(watch) == (), "it is not tried again and again"
    settings.write_text(good.replace("[workspace]", "[workspace] # mended", 1))
    assert inputs.look(watch) == ("reloaded because of settings",)
    assert inputs.observe(watch, watch.evaluate(now)).why is None
    assert watch.book.beta() == pytest.approx(before, abs=1e-12)


def test_half_a_book_is_not_used(folder, tmp_path):
    """Holdings that cannot be worked out leave the old book running, with the reason; the whole book is used again."""
    now, whole_book = moment(LAST, 18), [True]
    usual = inputs_of(folder, lambda: now)

    def ask(day):
        if not whole_book[0]:
            raise NotEnoughDataError(expected="a whole book", found="FUT has no price of Friday", try_next="import it")
        return question_of(folder, day)

    inputs = WorkspaceInputs(usual.workspace, usual.portfolio, ask, clock=lambda: now)
    watch = inputs.start(inputs.portfolio, "test", jump=0.25)
    before, whole_book[0] = watch.book.beta(), False
    for quantity, used in ((-200, False), (-100, True)):
        whole_book[0] = used
        (tmp_path / "trades.csv").write_text(f"date,symbol,quantity,price,fee\n{LAST},BBB,{quantity},100,1\n")
        import_files([tmp_path / "trades.csv"], workspace=open_workspace(folder), accept=True)
        (said,) = inputs.look(watch)
        assert (watch.book.beta() != before) == used
        assert said == (
            "reloaded because of transactions" if used else "transactions not in use: FUT has no price of Friday"
        )
        assert watch.evaluate(now).unused == (None if used else said)


def test_a_restart_goes_on_with_drift_after_a_reload(folder, tmp_path):
    """Stopped after a reload and started again, beta is the same to the last bit and drift goes on."""
    now = moment(LAST, 18)
    ports = HandPorts(start=round(now.timestamp() * 1e6))
    (tmp_path / "trades.csv").write_text(f"date,symbol,quantity,price,fee\n{LAST},BBB,-200,100,1\n")

    class Feed:
        """Two quotes, then nothing."""

        ended = False

        def read(self, cursor):
            return None

    def run(lasting, *, trade_at=None):
        inputs = inputs_of(folder, ports.now)
        watch = inputs.start(inputs.portfolio, "test", jump=0.25)
        plain, end = ports.wait, ports.now() + dt.timedelta(seconds=lasting)

        def wait(seconds):
            nonlocal trade_at
            plain(seconds)
            if trade_at is not None and ports.now() >= trade_at:
                import_files([tmp_path / "trades.csv"], workspace=open_workspace(folder), accept=True)
                trade_at = None

        ports.wait = wait
        source = watching.Source(feed=Feed(), name="test", by_quotes=False)
        timing = Timing(every=dt.timedelta(seconds=10), until=end, idle=1.0, poll=dt.timedelta(seconds=5))
        done = watching.watch(
            watch, source, inputs.workspace.journal, ports, inputs=inputs, rules=lambda: (), timing=timing
        )
        ports.wait = plain
        return done

    first = run(60, trade_at=ports.now() + dt.timedelta(seconds=20))
    second = run(20)
    assert second.resumed
    assert first.sight.drift.trades != 0.0
    assert second.sight.reading.beta == first.sight.reading.beta
    assert second.sight.drift.trades == first.sight.drift.trades
    assert second.sight.drift.total == pytest.approx(first.sight.drift.total, abs=1e-15)
    entries = open_workspace(folder).journal.entries("watch")
    assert [e.body["because"] for e in entries if e.body["why"] == "reload"] == [["reloaded because of transactions"]]


RULES = "".join(f'\n[[alerts.rules]]\nname = "the {kind}"\nkind = "{kind}"\n' for kind in Kind)


def test_every_kind_of_rule_works_in_the_watch_as_in_a_check(folder):
    """One rule of each kind: both observe everything, and the same numbers."""
    settings = folder / "trimtab.toml"
    settings.write_text(settings.read_text().partition("[[alerts.rules]]")[0] + RULES)
    now = moment(LAST, 20)
    checked = check_alerts(open_workspace(folder), now)
    inputs, watch = started(folder, now)
    seen = inputs.observe(watch, watch.evaluate(now))
    from trimtab.desk.watch.checking import observe_account

    other = observe_account(inputs.portfolio, lambda name: Desk(folder).at(account=name), inputs.rules, now)
    assert len(checked) == 1
    assert len(inputs.rules) == len(Kind) == 13
    for name in ("beta", "stderr", "coverage", "liquidation_days", "correlation", "correlation_obs", "price_sessions"):
        assert getattr(seen, name) is not None, name
        assert getattr(seen, name) == pytest.approx(getattr(other, name), rel=1e-9), name
    assert seen.memory == other.memory
    assert seen.assets == other.assets
    assert (seen.expiries, seen.rolls) == (other.expiries, other.rolls)
    assert [d.symbol for d in seen.rolls] == ["FUT"]
    assert [m.method for m in seen.methods] == [m.method for m in other.methods]
    assert [m.value for m in seen.methods] == pytest.approx([m.value for m in other.methods], rel=1e-9)
    assert len(seen.methods) >= 3


def test_files_of_a_source_are_imported_once_they_are_whole_and_known(folder, tmp_path):
    """A new format waits with its reason; accepted, it is kept; a half-written file waits; each file comes once."""
    arriving = tmp_path / "closes"
    arriving.mkdir()
    settings = folder / "trimtab.toml"
    settings.write_text(settings.read_text() + f'\n[sources.vendor]\nfolder = "{arriving}"\nkind = "prices"\n')
    monday = LAST + dt.timedelta(days=3)
    now = [moment(monday)]
    inputs = inputs_of(folder, lambda: now[0])
    watch = inputs.start(inputs.portfolio, "test", jump=0.25)
    closes = {"SPY": [101.5], "AAA": [102.0], "BBB": [101.0], "CCC": [101.0], "FUT": [101.5]}

    def put(name, columns, when, *, end=""):
        path = prices_csv(arriving / name, columns, when)
        path.write_text(path.read_text().rstrip("\n") + end)
        os.utime(path, (now[0].timestamp() - 5, now[0].timestamp() - 5))
        return path

    first = put("a.csv", closes, [monday], end="\n")
    assert inputs.look(watch) == ()
    (notice,) = watch.notices
    assert notice.startswith("a.csv waits: its format is new; look with: trimtab import")
    import_files([first], workspace=open_workspace(folder), source="vendor", accept=True)
    assert inputs.look(watch) == ("reloaded because of prices",)
    assert watch.notices == ()
    put("b.csv", {n: [p[0] * 1.01] for n, p in closes.items()}, [monday + dt.timedelta(days=1)])
    assert inputs.look(watch) == (), "its last line has no end: it is still being written"
    put("b.csv", {n: [p[0] * 1.01] for n, p in closes.items()}, [monday + dt.timedelta(days=1)], end="\n")
    assert inputs.look(watch) == ("b.csv imported (prices from vendor)", "reloaded because of prices")
    assert inputs.look(watch) == ()
    journal = open_workspace(folder).journal
    assert len(journal.entries("source-file")) == 2
    again = inputs_of(folder, lambda: now[0])
    assert again.look(again.start(again.portfolio, "test", jump=0.25)) == ()
    assert len(journal.entries("source-file")) == 2
    assert whole(watch).book.last("AAA")[0] == pytest.approx(103.02)


def test_quotes_come_from_the_folder_that_the_settings_name(folder, tmp_path):
    """Without --folder a source of kind quotes is read; without one the watch follows imports alone."""
    ports = HandPorts()
    bare = watching.open_source(
        folder=None, replay=None, speed="max", clock=ports.now, config=open_workspace(folder).config
    )
    assert (bare.name, bare.feed.read(None), bare.feed.ended) == ("imports", None, False)
    (tmp_path / "q").mkdir()
    (tmp_path / "q" / "a.csv").write_text("time,symbol,price\n2024-03-01T15:00:00Z,AAA,101\n")
    (tmp_path / "q" / "a.txt").write_text("time,symbol,price\n2024-03-01T15:00:00Z,AAA,999\n")
    settings = folder / "trimtab.toml"
    more = f'\n[sources.live]\nfolder = "{tmp_path / "q"}"\nkind = "quotes"\npattern = "*.csv"\n'
    settings.write_text(settings.read_text() + more)
    config = open_workspace(folder).config
    source = watching.open_source(folder=None, replay=None, speed="max", clock=ports.now, config=config)
    assert source.name == f"folder:{(tmp_path / 'q').resolve()}"
    assert [t.price for t in source.feed.read(None).ticks] == [101.0]
