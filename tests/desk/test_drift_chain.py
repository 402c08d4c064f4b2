"""Drift over real days: it adds up along any chain, looks at no later price, and takes trades as they come."""

import datetime as dt
import io
import itertools
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from rich.console import Console

from trimtab import read_portfolio, review, sample
from trimtab.cli.app import app
from trimtab.desk.ask.drift import DatedPortfolio, EachDay, Span, points_between, trade_through
from trimtab.desk.ask.drift import drift as run_drift
from trimtab.errors import InputError, NotEnoughDataError
from trimtab.feeds.series.prices import read_prices
from trimtab.market.prices import PriceTable
from trimtab.model.mandate import Mandate
from trimtab.monitor.drift.causes import CAUSES, Cause
from trimtab.performance.cost_basis import Trade
from trimtab.python.drifting import drift, drift_ahead
from trimtab.report.tables.drift import show_drift

FILES = [sample.prices_path(), sample.futures_path()]
MIXED = Path(__file__).parents[2] / "examples" / "mixed"


@pytest.fixture(scope="module")
def prices():
    return read_prices(FILES)


@pytest.fixture(scope="module")
def held():
    return read_portfolio(sample.portfolio_path(), as_of=dt.date(2022, 12, 28))


def between(prices, held, **given):
    given = {"start": "2022-11-28", "end": "2022-12-28", "method": "welch|vasicek", **given}
    return drift(prices, held, "SPX", **given)


@pytest.mark.parametrize("by", ["endpoints", "week", "day"])
def test_a_chain_adds_up(prices, held, by):
    """Causes and positions add up to the change that two reviews show, whatever the steps."""
    chain = between(prices, held, by=by)
    mandate = Mandate(benchmark="SPX", target=1.0, band=0.05)
    ends = [
        review(prices, held, mandate, method="welch|vasicek", as_of=day).exposure.beta.value
        for day in ("2022-11-28", "2022-12-28")
    ]
    assert chain.change == ends[1] - ends[0]
    assert sum(chain.by_cause().values()) == pytest.approx(chain.change, abs=1e-12)
    assert abs(chain.residual) < 1e-12
    for p in chain.positions:
        assert p.by_cause.sum() == pytest.approx(p.end - p.start, abs=1e-12)
    assert np.sum([p.by_cause for p in chain.positions], axis=0) == pytest.approx(
        [chain.total(c) for c in CAUSES], abs=1e-12
    )


def test_later_prices_change_nothing(prices, held):
    """Prices after the last day, cut off or made absurd, leave every cell as it was."""
    known = between(prices, held, end="2022-12-12", by="week")
    rows = len(prices.until("2022-12-12").dates)
    absurd = prices.values.copy()
    absurd[rows:] *= 3.0
    for table in (prices.until("2022-12-12"), replace(prices, values=absurd)):
        again = between(table, held, end="2022-12-12", by="week")
        assert [p.by_cause.tolist() for p in again.positions] == [p.by_cause.tolist() for p in known.positions]


def test_every_kind_of_position_adds_up():
    """The mixed example: three currencies, funds looked through, American and coin options, perpetuals."""
    chain = drift(
        MIXED / "prices.csv", MIXED / "book.csv", "SPX", start="2026-10-20", end="2026-11-20", by="week",
        fx=MIXED / "fx.csv", funds=MIXED / "funds.csv", method="ols",
    )  # fmt: skip
    assert abs(chain.residual) < 1e-12
    found = chain.by_cause()
    assert all(found[c] != 0 for c in (Cause.PRICE, Cause.GAMMA, Cause.TIME, Cause.CURRENCY, Cause.ESTIMATES))
    assert found[Cause.TRADES] == 0.0


def test_a_trade_counts_on_its_day(prices):
    """With trades told, the day of the trade has the trade, and the days after it what prices did."""
    trades = pl.DataFrame({"date": ["2022-12-12"], "symbol": ["MSFT"], "quantity": [300], "price": [252.0]})
    chain = between(prices, "1000 AAPL, 200000 USD", trades=trades, by="trade")
    first, last = chain.links
    assert str(first.end.as_of.astype("datetime64[D]")) == "2022-12-12"
    assert first.total(Cause.TRADES) > 0.05
    assert last.total(Cause.TRADES) == 0.0
    assert [p.quantity for p in last.end.positions if p.asset == "USD"] == [200_000 - 300 * 252.0]
    bought = next(p for p in last.positions if p.asset == "MSFT")
    assert bought.by_cause[CAUSES.index(Cause.PRICE)] != 0.0


def test_holdings_at_the_end_are_trades_and_flows(prices):
    """Two statements of holdings: what differs is trade; cash that came in dilutes as a flow."""
    chain = between(prices, "1000 AAPL, 50000 USD", holdings_end="1000 AAPL, 150000 USD")
    assert chain.total(Cause.TRADES) < -0.2
    assert abs(chain.residual) < 1e-15
    pairs = [("2022-11-28", "1000 AAPL, 50000 USD"), ("2022-12-12", "1000 AAPL, 150000 USD")]
    stepped = between(prices, pairs, by="week")
    assert stepped.change == pytest.approx(chain.change, abs=1e-12)
    flows = [str(link.end.as_of)[:10] for link in stepped.links if link.total(Cause.TRADES) != 0]
    assert flows == ["2022-12-12"]


def test_trades_move_cash_by_multiplier_and_fee():
    """Shares cost price and fee, futures only the fee, short sales bring money in."""
    from trimtab import portfolio

    book = portfolio("10 AAPL, -2 ESZ26, 1000 USD")
    trades = {
        "AAPL": (Trade(date=dt.date(2024, 1, 3), quantity=Decimal(-4), price=Decimal(100), fee=Decimal(1)),),
        "ESZ26": (Trade(date=dt.date(2024, 1, 4), quantity=Decimal(1), price=Decimal(5000), fee=Decimal(2)),),
        "MSFT": (Trade(date=dt.date(2023, 12, 1), quantity=Decimal(9), price=Decimal(9)),),
    }
    dated = trade_through(book, trades, start=dt.date(2024, 1, 2))
    assert [b.day.day for b in dated] == [2, 3, 4]
    assert {p.symbol: p.quantity for p in dated[-1].portfolio.positions} == {"AAPL": 6, "ESZ26": -1, "USD": 1397}


def test_days_that_cannot_be_compared_are_refused(prices, held):
    """Days out of order, or outside the prices, are refused with what to do."""
    with pytest.raises(InputError, match="end after the start"):
        between(prices, held, start="2022-12-28", end="2022-11-28")
    with pytest.raises(NotEnoughDataError, match="1990-01-02 to 2022-12-28"):
        between(prices, held, end="2023-06-01")
    with pytest.raises(NotEnoughDataError, match="MTUM at the start"):
        between(prices, held, start="2013-06-03", end="2015-06-01")
    span = Span(start=dt.date(2022, 1, 3), end=dt.date(2022, 2, 1))
    with pytest.raises(InputError, match="at least one portfolio"):
        run_drift(prices, [], EachDay(benchmark="SPX"), span=span)


def test_weeks_end_with_their_last_price():
    """A week ends with its last price, holidays or not, and the last step with the last day."""
    days = np.array(["2024-03-27", "2024-03-28", "2024-04-01", "2024-04-05", "2024-04-08"], dtype="datetime64[D]")
    found = points_between(days, start=dt.date(2024, 3, 27), end=dt.date(2024, 4, 8), by="week")
    assert [str(d) for d in found] == ["2024-03-27", "2024-03-28", "2024-04-05", "2024-04-08"]


def test_evidence_is_brought_where_errors_cannot_be_compared(prices, held):
    """The default method's change is judged by welch, and it is said; welch judges itself."""
    chain = between(prices, held, method="default")
    assert chain.overall.method == "welch"
    assert chain.overall.aligned
    assert any("judged by welch" in note for note in chain.notes)
    own = between(prices, held)
    assert own.overall.part == pytest.approx(own.total(Cause.ESTIMATES), abs=1e-14)


def test_looking_ahead_repeats_with_its_seed(prices, held):
    """The same seed gives the same projection, another one another; beta now is that of the review."""
    mandate = Mandate(benchmark="SPX", target=1.2, band=0.1)
    first, again, other = (drift_ahead(prices, held, mandate, method="ols", paths=200, seed=s) for s in (1, 1, 2))
    assert first.projection == again.projection
    assert first.projection != other.projection
    assert first.projection.beta == review(prices, held, mandate, method="ols").exposure.beta.value
    assert first.rates.beta == pytest.approx(first.projection.beta, rel=1e-12)


def test_the_books_own_days_start_links(prices, held):
    """A change of what is held ends a link when asked for by trade."""
    other = replace(held, positions=held.positions[1:])
    books = [
        DatedPortfolio(day=dt.date(2022, 11, 1), portfolio=held),
        DatedPortfolio(day=dt.date(2022, 12, 7), portfolio=other),
    ]
    chain = run_drift(
        prices,
        books,
        EachDay(benchmark="SPX", method="ols"),
        span=Span(start=dt.date(2022, 11, 28), end=dt.date(2022, 12, 28), by="trade"),
    )
    assert len(chain.links) == 2
    assert chain.held == other
    sold = next(p for p in chain.links[0].positions if p.asset == held.positions[0].symbol)
    assert sold.by_cause[CAUSES.index(Cause.TRADES)] == pytest.approx(sold.change)


def test_a_look_ahead_takes_what_is_said_of_the_benchmark(prices, held):
    """Dividends in the benchmark, or not, are of the moment and no option of the method, whose own options count."""
    mandate = Mandate(benchmark="SPX", target=1.2, band=0.1)
    asked = {"method": "ols", "window": 252, "paths": 50}
    plain = drift_ahead(prices, held, mandate, **asked)
    said = drift_ahead(prices, held, mandate, benchmark_returns="price", **asked)
    assert said.projection == plain.projection
    other = drift_ahead(prices, held, mandate, **{**asked, "window": 63})
    assert other.projection.beta != plain.projection.beta


def test_what_cannot_be_measured_may_be_left_out(prices, held):
    """Two funds not yet listed are left out of every day and named; the rest drifts as if they had not been there."""
    days = {"start": "2013-03-04", "end": "2013-05-31", "by": "week"}
    chain = between(prices, held, **days, skip=True)
    assert [(x.asset, x.reason.value, str(x.day), x.share) for x in chain.left_out] == [
        ("MTUM", "no_price", "2013-03-04", None), ("VLUE", "no_price", "2013-03-04", None),
    ]  # fmt: skip
    # MTUM has prices from 2013-04-18 on, and is out of the days before it and after it alike.
    assert all(x.days == len(chain.links) + 1 for x in chain.left_out)
    rest = replace(held, positions=tuple(p for p in held.positions if p.symbol not in {"MTUM", "VLUE"}))
    plain = between(prices, rest, **days)
    assert chain.by_cause() == plain.by_cause()
    assert chain.start.nav == plain.start.nav
    assert chain.held == rest
    assert plain.left_out == ()


def test_leaving_out_nothing_changes_nothing(prices, held):
    """Where everything is measured, skipping skips nothing."""
    chain, plain = (between(prices, held, skip=skip) for skip in (True, False))
    assert chain.left_out == ()
    assert chain.by_cause() == plain.by_cause()


@pytest.mark.parametrize("by", ["week", "day"])
def test_what_is_measured_only_later_is_out_of_every_day(by):
    """A share too new for a beta at first is out of all days, so the steps still join; its share of gross is told."""
    rng = np.random.default_rng(3)
    dates = np.arange("2023-01-02", "2024-07-01", dtype="datetime64[D]")
    dates = dates[np.is_busday(dates)]
    market = 0.01 * rng.standard_normal(len(dates))
    moves = {"M": market, "A": 1.2 * market + 0.005 * rng.standard_normal(len(dates)), "Z": 0.8 * market}
    levels = {name: 100 * np.cumprod(1 + returns) for name, returns in moves.items()}
    levels["Z"][dates < np.datetime64("2024-04-01")] = np.nan
    table = PriceTable.of(levels, dates=dates)
    how = {"start": "2024-04-15", "end": "2024-06-28", "by": by, "method": "ols"}
    book = "300 A, -100 Z, 10000 USD"
    with pytest.raises(NotEnoughDataError, match=r"(?s)Z at the start .*skip-unmeasured"):
        drift(table, book, "M", **how)
    chain = drift(table, book, "M", **how, skip=True)
    (left,) = chain.left_out
    assert (left.asset, str(left.day)) == ("Z", "2024-04-15")
    assert 1 <= left.days < len(chain.links)
    for one, other in itertools.pairwise(chain.links):
        assert one.end.beta.value == other.start.beta.value
    assert sum(chain.by_cause().values()) == pytest.approx(chain.change, abs=1e-12)
    rows = [table.dates.searchsorted(link.start.as_of.astype("datetime64[D]")) for link in chain.links] + [-1]
    shares = 100 * levels["Z"][rows] / (300 * levels["A"][rows] + 100 * levels["Z"][rows])
    assert left.share == pytest.approx(shares.max(), rel=1e-12)


def test_what_is_held_only_in_between_may_be_left_out(prices):
    """A position without prices that came and went is out of the days on which it was held, and counts as no trade."""
    books = [("2022-11-28", "900 AAPL, 9000 USD"), ("2022-12-07", "900 AAPL, 70 NOPE, 9000 USD"),
             ("2022-12-16", "900 AAPL, 9000 USD")]  # fmt: skip
    with pytest.raises(NotEnoughDataError, match="NOPE at the end"):
        between(prices, books, by="trade")
    chain = between(prices, books, by="trade", skip=True)
    assert [(x.asset, x.days, str(x.day)) for x in chain.left_out] == [("NOPE", 1, "2022-12-07")]
    assert len(chain.links) == 3
    assert chain.total(Cause.TRADES) == 0.0


def test_stated_prices_that_stand_still_are_named(prices):
    """An option valued at one stated price on both days did not move by its own price, and a note says so."""
    text = "symbol,kind,quantity,underlying,right,strike,expiry,multiplier,price\n"
    book = f"{text}SPX P,option,2,SPX,put,3600,2023-03-17,100,80\nAAPL,spot,100,,,,,,\nUSD,cash,50000,,,,,,\n"
    chain = between(prices, pl.read_csv(book.encode(), infer_schema_length=0))
    assert any("stand still" in note and "SPX P" in note for note in chain.notes)
    assert not any("stand still" in note for note in between(prices, "100 AAPL, 5000 USD").notes)


def command(*words):
    given = [w for f in FILES for w in ("--prices", str(f))]
    return CliRunner().invoke(
        app,
        ["drift", *given, "--holdings", str(sample.portfolio_path()), "--benchmark", "SPX", "--method", "ols",
         "--from", "2022-11-28", "--to", "2022-12-28", *words],
    )  # fmt: skip


def test_the_command_gives_the_same_numbers(prices, held):
    """The document of the command holds the numbers of the function, to the last digit."""
    done = command("--json", "--by", "week", "--project", "--paths", "100")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    chain = between(prices, held, by="week", method="ols")
    assert told["schema"] == "trimtab.drift/1"
    assert told["causes"] == {c.value: part for c, part in chain.by_cause().items()}
    assert told["change"] == chain.change
    assert len(told["links"]) == len(chain.links)
    assert told["ahead"]["projection"]["horizons"][0]["days"] == 1


def test_the_command_shows_tables():
    """At the terminal: the change, its causes in words, the noise, the rates; the projection only if asked for."""
    shown = command("--delta", "--paths", "50").stdout
    for words in ("Beta to SPX went from", "price and weight drift", "noise", "delta of SPX 3600P Mar23", "residual"):
        assert words in shown
    assert "Where beta is going" not in shown
    assert "Where beta is going" in command("--project", "--paths", "50").stdout


def test_the_command_lists_what_it_left_out():
    """What was left out stands in the document and above the causes."""
    days = ("--from", "2013-04-01", "--to", "2013-05-31", "--skip-unmeasured")
    told = json.loads(command(*days, "--json").stdout)["left_out"]
    assert [line["asset"] for line in told] == ["MTUM", "VLUE"]
    assert set(told[0]) == {"asset", "kind", "reason", "day", "days", "share"}
    shown = command(*days).stdout
    assert shown.index("Left out of all days") < shown.index("By cause")
    assert "NAV and every beta here are those of the other positions" in shown


@pytest.mark.parametrize("width", [72, 80, 100, 140])
def test_no_number_is_cut(prices, held, width):
    """However narrow the terminal, every number stands whole."""
    chain = between(prices, held, by="week")
    ahead = drift_ahead(prices, held, Mandate(benchmark="SPX", target=1.2, band=0.1), method="ols", paths=50)
    console = Console(width=width, record=True, file=io.StringIO())
    show_drift(chain, console, ahead=ahead)
    shown = console.export_text()
    assert "…" not in shown
    assert max(len(line.rstrip()) for line in shown.splitlines()) <= width
    change = sum(p.by_cause.sum() for p in chain.positions if p.asset == "AMD")
    assert f"{change:+.3f}" in shown or f"{change:+.4f}" in shown


def test_the_command_refuses_what_it_cannot_read():
    """A step that is not known, and days that are no days, are refused."""
    assert isinstance(command("--by", "month").exception, InputError)
    assert isinstance(command("--project", "--horizons", "1;5").exception, InputError)
