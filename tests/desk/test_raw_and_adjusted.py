"""Raw closes value positions, adjusted prices give returns; a split that nobody recorded decides no verdict."""

from fractions import Fraction

import numpy as np
import pandas as pd
import polars as pl
import pytest
from intake_given import GivenDesk

import trimtab as tt
from trimtab.desk.books.intake import Outcome
from trimtab.errors import Reason
from trimtab.model.mandate import Mandate

N = 120
MANDATE = Mandate(benchmark="M", target=1.0, band=0.1)


def paths(beta: float = 1.5):
    """Give days, an asset of a given beta that ends near 100, and its market."""
    rng = np.random.default_rng(3)
    market = rng.normal(0, 0.01, N)
    asset = np.cumprod(1 + beta * market + rng.normal(0, 0.003, N))
    days = np.busday_offset(np.datetime64("2024-01-02"), np.arange(N), roll="forward")
    return days, 100 * asset / asset[-1], 100 * np.cumprod(1 + market)


def long_frame(split_at: int, ratio: float, *, adjusted_name: str = "Adj Close") -> pl.DataFrame:
    """Give raw closes and adjusted ones of A (a split inside), and M, one below the other."""
    days, asset, market = paths()
    raw = asset * np.where(np.arange(N) < split_at, ratio, 1.0)
    parts = [("A", raw, asset), ("M", market, market)]
    return pl.concat(
        pl.DataFrame({"date": days.astype(str), "symbol": [s] * N, "close": c, adjusted_name: a}) for s, c, a in parts
    )


@pytest.mark.parametrize("name", ["Adj Close", "adj_close", "adjusted", "Adj. Close"])
def test_positions_are_valued_at_the_close_of_the_day(name):
    """100 shares at a raw 1,000 before a later ten-for-one split are worth 100,000, and their beta is the asset's."""
    table = tt.read_prices(long_frame(100, 10.0, adjusted_name=name))
    day = str(table.dates[60])[:10]
    raw = float(long_frame(100, 10.0).filter(symbol="A")["close"][60])
    done = tt.review(table, tt.portfolio("100 A, 1000 USD"), MANDATE, as_of=day, method="ols")
    assert done.exposure.nav == pytest.approx(100 * raw + 1000, rel=1e-12)
    assert done.betas["A"].value == pytest.approx(1.5, abs=0.1)
    whole = tt.review(table, tt.portfolio("1000 A, 1000 USD"), MANDATE, method="ols")
    assert whole.exposure.nav == pytest.approx(1000 * 100 + 1000, rel=1e-9)
    assert whole.betas["A"].value == pytest.approx(1.5, abs=0.1)
    assert not whole.failures
    joined = tt.read_prices(
        [long_frame(100, 10.0), long_frame(100, 10.0).filter(symbol="A").with_columns(symbol=pl.lit("Z"))]
    )
    assert joined.until(day).last("A")[0] == pytest.approx(raw, rel=1e-12)


def test_a_workspace_keeps_both_prices(tmp_path):
    """Imported closes and adjusted prices come back as both, the closes to the last digit; a second import is known."""
    desk = GivenDesk(tmp_path)
    frame = long_frame(100, 10.0)
    text = frame.write_csv()
    assert desk.take(text).outcome is Outcome.KEPT
    table = desk.prices.table(as_of=str(frame["date"][60]))
    raw = float(frame.filter(symbol="A")["close"][60])
    assert table.last("A")[0] == pytest.approx(raw, rel=1e-15)
    assert desk.prices.rows().filter(symbol="A", field="close")["price"].to_list()[60] == raw
    assert desk.take(text).outcome is Outcome.NOTHING_NEW


def wide(split_at: int | None, ratio: float) -> str:
    days, asset, market = paths()
    if split_at is not None:
        asset = asset * np.where(np.arange(N) < split_at, ratio, 1.0)
    return pl.DataFrame({"date": days.astype(str), "A": asset, "M": market}).write_csv()


def test_a_split_recorded_for_later_raises_the_adjusted_price_before_it(tmp_path):
    """Adjusted prices know the split of 1 March: 100 shares of January are worth ten times as much as they say."""
    desk = GivenDesk(tmp_path)
    days, asset, _ = paths()
    effective = str(days[80])
    for text in (wide(None, 1.0), f"effective,symbol,ratio\n{effective},A,10:1\n"):
        assert desk.take(text).error is None
    early = desk.prices.table(as_of=str(days[50]))
    assert early.last("A")[0] == pytest.approx(10 * asset[50], rel=1e-12)
    late = desk.prices.table(as_of=str(days[100]))
    assert late.last("A")[0] == pytest.approx(asset[100], rel=1e-12)


def test_a_split_that_nobody_recorded_leaves_the_verdict_open(tmp_path):
    """Raw prices fall to a tenth after the snapshot: undecided, with the row to record; recorded, the right beta."""
    desk = GivenDesk(tmp_path)
    days, asset, _ = paths()
    for text, day in ((wide(80, 10.0), None), ("symbol,quantity\nA,100\nUSD,1000\n", str(days[40]))):
        assert desk.take(text, **({} if day is None else {"as_of": day})).error is None
    prices = desk.prices.table()
    held = desk.held(str(days[-1]), prices=prices)
    done = tt.review(prices, held.portfolio, MANDATE, method="ols")
    assert done.verdict.status.value == "undecided"
    assert [(m.asset, m.reason) for m in done.exposure.coverage.missing] == [("A", Reason.SPLIT_SUSPECTED)]
    (failure,) = done.failures
    assert f"record the split ({days[80]},A,10:1)" in failure.detail
    assert desk.take(f"effective,symbol,ratio\n{days[80]},A,10:1\n").error is None
    prices = desk.prices.table()
    held = desk.held(str(days[-1]), prices=prices)
    done = tt.review(prices, held.portfolio, MANDATE, method="ols")
    assert done.exposure.nav == pytest.approx(1000 * asset[-1] + 1000, rel=1e-9)
    assert not done.failures


@pytest.mark.parametrize("ratio", [10.0, 1.5, 0.125])
def test_a_split_between_closes_and_adjusted_prices_leaves_the_verdict_open(tmp_path, ratio):
    """The closes step and the adjusted prices do not: undecided, with the row to record; recorded, the right value."""
    desk = GivenDesk(tmp_path)
    days, asset, _ = paths()
    assert desk.take(long_frame(80, ratio).write_csv()).error is None
    assert desk.take("symbol,quantity\nA,100\nUSD,1000\n", as_of=str(days[40])).error is None

    def asked(day):
        prices = desk.prices.table(as_of=str(day))
        return tt.review(prices, desk.held(str(day), prices=prices).portfolio, MANDATE, method="ols")

    assert asked(days[79]).exposure.nav == pytest.approx(100 * ratio * asset[79] + 1000, rel=1e-9)
    done = asked(days[-1])
    assert done.verdict.status.value == "undecided"
    assert [(m.asset, m.reason) for m in done.exposure.coverage.missing] == [("A", Reason.SPLIT_SUSPECTED)]
    row = f"{days[80]},A,{Fraction(ratio).numerator}:{Fraction(ratio).denominator}"
    assert desk.take(f"effective,symbol,ratio\n{row}\n").error is None
    done = asked(days[-1])
    assert done.exposure.nav == pytest.approx(100 * ratio * asset[-1] + 1000, rel=1e-9)
    assert done.verdict.status.value != "undecided"
    assert asked(days[79]).exposure.nav == pytest.approx(100 * ratio * asset[79] + 1000, rel=1e-9)


def test_a_dividend_between_closes_and_adjusted_prices_is_no_split(tmp_path):
    desk = GivenDesk(tmp_path)
    days, asset, _ = paths()
    assert desk.take(long_frame(80, 1.05).write_csv()).error is None
    assert desk.take("symbol,quantity\nA,100\nUSD,1000\n", as_of=str(days[40])).error is None
    prices = desk.prices.table()
    done = tt.review(prices, desk.held(str(days[-1]), prices=prices).portfolio, MANDATE, method="ols")
    assert done.exposure.nav == pytest.approx(100 * asset[-1] + 1000, rel=1e-9)


@pytest.mark.parametrize(("fell", "told"), [(450, True), (80, False)])
def test_only_a_split_of_the_last_year_is_told_beside_an_undated_list_of_holdings(fell, told):
    """A list asked about today is not twenty years old: a split in the first prices is no note of every review."""
    rng = np.random.default_rng(5)
    market, asset = 100 * np.cumprod(1 + rng.normal(0, 0.01, (2, 500)), axis=1)
    asset[fell:] /= 2
    dates = np.arange("2022-01-03", "2030-01-01", dtype="M8[D]")
    dates = dates[np.is_busday(dates)][:500]
    frame = pl.DataFrame({"date": dates.astype(str), "A": asset, "M": market})
    done = tt.review(frame, tt.portfolio("100 A, 1000 USD"), MANDATE, method="ols")
    assert [f.reason for f in done.failures] == [Reason.SPLIT_SUSPECTED]
    assert any(note.startswith("A: a split is suspected") for note in done.notes) == told


def test_a_quantity_stated_after_the_split_counts(tmp_path):
    """A snapshot after the suspected day knows it: the position is measured."""
    desk = GivenDesk(tmp_path)
    days, _, _ = paths()
    for text, day in ((wide(80, 10.0), None), ("symbol,quantity\nA,1000\nUSD,1000\n", str(days[90]))):
        assert desk.take(text, **({} if day is None else {"as_of": day})).error is None
    prices = desk.prices.table()
    done = tt.review(prices, desk.held(str(days[-1]), prices=prices).portfolio, MANDATE, method="ols")
    assert done.exposure.coverage.share == 1.0


def test_splits_beside_the_prices_are_applied_and_ratio_one_keeps_a_day(tmp_path):
    """Files: a row of splits makes raw prices whole; a row with ratio 1 says that the day was real."""
    days, asset, _ = paths()
    (tmp_path / "p.csv").write_text(wide(80, 2.0))
    (tmp_path / "s.csv").write_text(f"effective,symbol,ratio\n{days[80]},A,2:1\n")
    (tmp_path / "real.csv").write_text(f"effective,symbol,ratio\n{days[80]},A,1\n")
    alone = tt.review(str(tmp_path / "p.csv"), "100 A, 1000 USD", MANDATE, method="ols")
    assert [f.reason for f in alone.failures] == [Reason.SPLIT_SUSPECTED]
    given = [str(tmp_path / "p.csv"), str(tmp_path / "s.csv")]
    done = tt.review(given, "100 A, 1000 USD", MANDATE, method="ols")
    assert not done.failures
    assert done.betas["A"].value == pytest.approx(1.5, abs=0.1)
    assert done.exposure.nav == pytest.approx(100 * asset[-1] + 1000, rel=1e-12)
    early = tt.review(given, "100 A, 1000 USD", MANDATE, method="ols", as_of=str(days[60]))
    assert early.exposure.nav == pytest.approx(100 * 2 * asset[60] + 1000, rel=1e-12)
    real = tt.estimate_betas([str(tmp_path / "p.csv"), str(tmp_path / "real.csv")], benchmark="M", method="ols")
    frame = pd.read_csv(tmp_path / "p.csv")
    returns = frame[["A", "M"]].pct_change().dropna()
    assert real["A"].value == pytest.approx(np.polyfit(returns["M"], returns["A"], 1)[0], abs=1e-9)


def test_a_jump_in_the_last_price_is_no_measured_position(tmp_path):
    """The last price of A is half the one before: it keeps the value before, is named, and is not covered."""
    days, asset, market = paths()
    asset[-1] *= 0.45
    frame = pl.DataFrame({"date": days.astype(str), "A": asset, "M": market})
    done = tt.review(frame, tt.portfolio("100 A, 1000 USD"), MANDATE, method="ols")
    assert [(m.asset, m.reason) for m in done.exposure.coverage.missing] == [("A", Reason.UNCONFIRMED_JUMP)]
    assert done.verdict.status.value == "undecided"
