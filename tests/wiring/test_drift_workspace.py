"""Drift in a workspace: what was really held, through trades, snapshots, settlements and splits; and the same again."""

import datetime as dt
import json
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

import trimtab as tt
from trimtab import sample
from trimtab.cli.app import app
from trimtab.desk.answers.known import mandate_of
from trimtab.desk.ask.drift import DriftChain
from trimtab.errors import InputError, NotEnoughDataError, UsageError
from trimtab.monitor.drift.causes import CAUSES, Cause
from trimtab.python.desk import Desk
from trimtab.wiring.creating import create_workspace
from trimtab.wiring.importing import import_files
from trimtab.wiring.workspace import open_workspace

START, END, SPLIT = "2022-11-28", "2022-12-28", "2022-12-14"
TRADES = """date,symbol,quantity,price,fee
2022-12-07,MSFT,300,244.0,2
2022-12-12,USD,-40000,,
2022-12-20,AAPL,-1000,132.0,2
2022-12-21,ESH3,1,3900,2.25
"""


def told(folder: Path, name: str, text: str, **how: object) -> None:
    file = folder.parent / name
    file.write_text(text)
    (done,) = import_files([file], workspace=open_workspace(folder), accept=True, **how)  # type: ignore[arg-type]
    if done.error is not None:
        raise done.error


def history() -> pl.DataFrame:
    """Give the sample's prices, and those of one future, with a basis that shrinks to its last day."""
    found = pl.read_parquet(sample.prices_path()).tail(1500)
    left = (pl.lit(dt.date(2023, 3, 17)) - pl.col("date")).dt.total_days()
    near = pl.col("date") >= dt.date(2022, 9, 1)
    return found.with_columns(pl.when(near).then(pl.col("SPX") * (1 + left * 1e-4)).alias("ESH3"))


def asked(method: str | None = "welch|vasicek", end: str | None = END, **how: object) -> tt.DriftQuestion:
    """Give a question of drift up to a day."""
    return tt.DriftQuestion(measuring=tt.Measuring(method=method, as_of=end), **how)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a workspace of the sample's prices, with AAPL as it would have been before a split four for one."""
    home = tmp_path_factory.mktemp("drift")
    raw = history()
    before = pl.col("date") < dt.date.fromisoformat(SPLIT)
    raw = raw.with_columns(pl.when(before).then(pl.col("AAPL") * 4).otherwise(pl.col("AAPL")).alias("AAPL"))
    raw.write_csv(home / "prices.csv")
    book = pl.read_csv(sample.portfolio_path(), infer_schema_length=0)
    quarter = pl.when(pl.col("symbol") == "AAPL").then(pl.lit("2000")).otherwise(pl.col("quantity"))
    folder = home / "desk"
    create_workspace(folder, benchmark="SPX")
    (done,) = import_files([home / "prices.csv"], workspace=open_workspace(folder), accept=True)
    assert done.error is None, done.error
    told(folder, "book.csv", book.with_columns(quarter.alias("quantity")).write_csv(), as_of=START)
    told(folder, "trades.csv", TRADES)
    told(folder, "split.csv", f"effective,symbol,ratio\n{SPLIT},AAPL,4:1\n")
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "desk"))


@pytest.fixture(scope="module")
def chain(made: Path) -> DriftChain:
    return Desk(made).drift(asked(start=START, by="trade"), record=False)


def test_causes_add_up_to_what_reviews_show(made: Path, chain: DriftChain) -> None:
    """Over daily settlement, an option, trades, money out and a split, causes add up to two reviews' difference."""
    desk = Desk(made)
    first, last = (
        desk.review(
            tt.ReviewQuestion(measuring=tt.Measuring(as_of=day, method="welch|vasicek")), record=False
        ).exposure.beta.value
        for day in (START, END)
    )
    # The review of the first day is in the units of that day: a fourth of the shares at four times the price.
    assert chain.start.beta.value == pytest.approx(first, abs=1e-12)
    assert chain.end.beta.value == last
    assert sum(chain.by_cause().values()) == pytest.approx(last - first, abs=1e-12)
    for link in chain.links:
        assert sum(link.by_cause().values()) == pytest.approx(link.change, abs=1e-12)
    for p in chain.positions:
        assert p.by_cause.sum() == pytest.approx(p.end - p.start, abs=1e-12)


def test_trades_count_on_their_day(chain: DriftChain) -> None:
    """Each trade is the trade of the step that ends with its day, and of no other; steps end on days of trades."""
    ends = [str(link.end.as_of.astype("datetime64[D]")) for link in chain.links]
    assert ends == ["2022-12-07", "2022-12-12", "2022-12-20", "2022-12-21", END]
    held = [
        {p.asset: p.quantity for p in e.positions} for e in (chain.links[0].start, *(link.end for link in chain.links))
    ]
    assert [h["MSFT"] - held[0]["MSFT"] for h in held] == [0, 300, 300, 300, 300, 300]
    assert [h["AAPL"] for h in held] == [8000, 8000, 8000, 7000, 7000, 7000]
    assert [h["ESH3"] - held[0]["ESH3"] for h in held] == [0, 0, 0, 0, 1, 1]
    trades = CAUSES.index(Cause.TRADES)
    for asset, at in (("MSFT", 0), ("AAPL", 2), ("ESH3", 3)):
        parts = [abs(next(p for p in link.positions if p.asset == asset).by_cause[trades]) for link in chain.links]
        # In other steps it is only what settlements and payments do to NAV.
        assert np.argmax(parts) == at
        assert parts[at] > 5 * max(parts[:at] + parts[at + 1 :])


def test_a_split_is_no_drift(made: Path, chain: DriftChain, tmp_path: Path) -> None:
    """The same holdings and prices told without the split, in units of after it, drift alike in every cell."""
    folder = tmp_path / "plain"
    create_workspace(folder, benchmark="SPX")
    history().write_csv(tmp_path / "plain.csv")
    import_files([tmp_path / "plain.csv"], workspace=open_workspace(folder), accept=True)
    told(folder, "book.csv", sample.portfolio_path().read_text(), as_of=START)
    told(folder, "trades.csv", TRADES)
    plain = Desk(folder).drift(asked(start=START, by="trade"), record=False)
    assert plain.change == pytest.approx(chain.change, abs=1e-12)
    for mine, theirs in zip(chain.links, plain.links, strict=True):
        np.testing.assert_allclose(mine.cells, theirs.cells, atol=1e-12)
    assert not any("split" in str(note) for note in plain.notes)


def test_a_new_name_is_no_drift(tmp_path: Path) -> None:
    """A share with another name at the end was neither bought nor sold, and has the new name throughout."""
    rng = np.random.default_rng(5)
    days = np.busday_offset(np.datetime64("2023-01-02"), np.arange(260), roll="forward")
    market = 0.01 * rng.standard_normal(260)
    level = 100 * np.cumprod(1 + 1.3 * market + 0.004 * rng.standard_normal(260))
    change = days[240]
    rows = "\n".join(
        f"{d},{m!r},{'' if d >= change else repr(a)},{repr(a) if d >= change else ''}"
        for d, m, a in zip(days, (100 * np.cumprod(1 + market)).tolist(), level.tolist(), strict=True)
    )
    folder = tmp_path / "desk"
    create_workspace(folder, benchmark="M")
    told(folder, "prices.csv", f"date,M,OLD,NEW\n{rows}\n")
    told(folder, "book.csv", "symbol,quantity\nOLD,100\nUSD,3000\n", as_of=str(days[220]))
    told(folder, "actions.csv", f"effective,symbol,new_symbol\n{change},OLD,NEW\n")
    found = Desk(folder).drift(asked("ols", None, by="week"), record=False)
    assert {p.asset for p in found.positions} == {"NEW", "USD"}
    assert found.total(Cause.TRADES) == found.total(Cause.ROLL) == 0.0
    assert found.total(Cause.PRICE) != 0.0
    assert found.start.nav == pytest.approx(100 * level[220] + 3000)


def test_files_and_workspace_give_the_same(made: Path) -> None:
    """What the workspace works out, put into the function for files, is the same drift to the last digit."""
    desk = Desk(made)
    given = desk.at(asked())
    inputs, measuring = given.inputs, given.question.measuring
    assert inputs.books is not None
    held = inputs.books(START, "week")
    by_hand = tt.drift(
        inputs.prices, [(b.day, b.portfolio) for b in held.books], mandate_of(given), start=START, end=END, by="week",
        base=inputs.base, method=measuring.method, risk_free=inputs.interest, fx=inputs.fx,
        benchmark_returns=measuring.benchmark_returns,
    )  # fmt: skip
    found = desk.drift(asked(start=START, by="week"), record=False)
    assert found.by_cause() == by_hand.by_cause()
    assert [p.by_cause.tolist() for p in found.positions] == [p.by_cause.tolist() for p in by_hand.positions]


def test_a_run_is_the_same_again(folder: Path) -> None:
    """A drift asked again of a workspace that has learnt other prices, trades and splits since gives the same bytes."""
    desk = Desk(folder)
    desk.drift(asked("ols", by="trade"))
    desk.drift(asked(None, "2022-12-20", start="2022-12-05"))
    done = CliRunner().invoke(
        app,
        ["drift", "-w", str(folder), "--to", END, "--by", "week", "--method", "welch", "--project", "--paths", "50",
         "--json"],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    told(folder, "fix.csv", "date,MSFT\n2022-12-13,111.0\n2022-12-28,112.0\n")
    told(folder, "more.csv", "date,symbol,quantity,price,fee\n2022-12-13,HD,100,320,1\n")
    told(folder, "again.csv", "effective,symbol,ratio\n2022-12-16,HD,2:1\n")
    told(folder, "book.csv", "symbol,quantity\nAAPL,1\nUSD,1000\n", as_of="2022-12-23")
    again = Desk(folder)
    runs = again.runs(command="drift")
    assert len(runs) == 3
    for run in runs:
        replay = again.replay(run.seq)
        assert replay.same, replay.differences
    assert json.loads(runs[0].document) == json.loads(done.stdout)
    now, then = (again.drift(asked("ols"), record=False, known=k).change for k in (None, runs[0].known))
    assert now != then


def test_the_first_day_is_that_of_the_first_snapshot(made: Path, chain: DriftChain) -> None:
    """Without a first day the drift begins with what was first known to be held, and ends with the last prices."""
    found = Desk(made).drift(asked(end=None, by="trade"), record=False)
    assert found.by_cause() == chain.by_cause()
    with pytest.raises(InputError, match="first holdings of main are of 2022-11-28"):
        Desk(made).drift(asked(None, START), record=False)
    late = asked(None, "2022-12-01", start="2022-12-02", ahead=tt.Ahead(project=True))
    with pytest.raises(InputError, match="an end after the start"):
        Desk(made).drift(late, record=False)
    with pytest.raises(NotEnoughDataError, match="on or before 2022-11-01"):
        Desk(made).drift(asked(None, start="2022-11-01"), record=False)


def test_the_command_asks_the_workspace(folder: Path) -> None:
    """At the terminal: the numbers, the number of the run, and a refusal of what only files need."""
    asked = ["drift", "-w", str(folder), "--from", START, "--to", END, "--method", "welch|vasicek"]
    shown = CliRunner().invoke(app, asked)
    assert shown.exit_code == 0, shown.output
    assert "Beta to SPX went from" in shown.stdout
    assert "Written down as run" in shown.stdout
    refused = CliRunner().invoke(app, [*asked, "--transactions", "trades.csv"])
    assert isinstance(refused.exception, UsageError)
    files = CliRunner().invoke(app, ["drift", "--prices", "p.csv", "--holdings", "b.csv", "-b", "SPX", "--to", END])
    assert isinstance(files.exception, UsageError)


def test_a_drift_of_a_book_as_old_as_its_prices_starts_when_betas_can_be_measured(tmp_path: Path) -> None:
    """The first day with 63 returns before it, and the answer says so; stating that day gives the same numbers."""
    folder = tmp_path / "desk"
    create_workspace(folder, benchmark="SPX")
    prices = pl.read_parquet(sample.prices_path()).select("date", "SPX", "AAPL").tail(120)
    told(folder, "prices.csv", prices.write_csv())
    told(folder, "book.csv", "symbol,quantity\nAAPL,10\nUSD,1000\n", as_of=str(prices["date"][0]))
    usual, first = Desk(folder).drift(asked("ols", None)), str(prices["date"][63])
    stated = Desk(folder).drift(asked("ols", None, start=first))
    assert usual.start.beta.value == stated.start.beta.value
    assert usual.change == stated.change
    assert any(note.startswith(f"from {first}: before it are fewer than 63 returns") for note in usual.notes)
    assert not any("before it are fewer" in note for note in stated.notes)


def test_one_day_of_holdings_is_enough_to_look_ahead_from(folder: Path, made: Path) -> None:
    """The projection is that of the desk's look ahead; no cause is made up, and the page says what they would take."""
    run = ["drift", "-w", str(folder), "--to", START, "--method", "ols", "--project", "--paths", "50"]
    shown = CliRunner().invoke(app, run)
    assert shown.exit_code == 0, shown.output
    page = " ".join(shown.stdout.split())
    assert "Where beta is going" in page
    assert "By cause" not in page
    assert "why beta changed takes holdings of two days" in page
    document = json.loads(CliRunner().invoke(app, [*run, "--json"]).stdout)
    assert document["from"] == document["to"] == START
    assert document["change"] == 0.0
    assert not any(document["causes"].values())
    ahead = Desk(made).ahead(asked("ols", START, ahead=tt.Ahead(project=True, paths=50)))
    assert document["ahead"]["projection"]["beta"] == ahead.projection.beta
    assert [h["exited"] for h in document["ahead"]["projection"]["horizons"]] == [
        h.exited for h in ahead.projection.horizons
    ]


def test_files_need_one_day_to_look_ahead(tmp_path: Path) -> None:
    """Without --from the way ahead starts on the last day; the function for it gives the same projection."""
    prices = pl.read_parquet(sample.prices_path()).select("date", "SPX", "AAPL").tail(300)
    prices.write_csv(tmp_path / "p.csv")
    run = ["drift", "--prices", str(tmp_path / "p.csv"), "--holdings", "100 AAPL, 500 USD", "-b", "SPX",
           "--target", "1.2", "--band", "0.1", "--method", "ols", "--project", "--paths", "50", "--json"]  # fmt: skip
    done = CliRunner().invoke(app, run)
    assert done.exit_code == 0, done.output
    mandate = tt.Mandate(benchmark="SPX", target=1.2, band=0.1)
    ahead = tt.drift_ahead(prices, "100 AAPL, 500 USD", mandate, method="ols", paths=50)
    projection = json.loads(done.stdout)["ahead"]["projection"]
    assert projection["beta"] == pytest.approx(ahead.projection.beta, rel=1e-12)
    assert projection["lower"] == ahead.projection.lower
    with_trades = CliRunner().invoke(app, [*run, "--transactions", "trades.csv"])
    assert isinstance(with_trades.exception, UsageError)
