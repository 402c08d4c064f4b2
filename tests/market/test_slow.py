"""Weekly and monthly prices beside a daily benchmark: one beta, however their stamps are written."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

import trimtab as tt
from trimtab.feeds.series.prices import read_prices
from trimtab.market.checks.jumps import judge_jumps
from trimtab.market.prices import Flag, PriceTable
from trimtab.market.returns import PairedReturns, pair_returns

#: Closures of the market, a Good Friday, Mondays and a Wednesday among them.
CLOSED = pd.DatetimeIndex([
    "2021-04-02", "2021-05-31", "2021-07-05", "2021-12-24", "2022-01-17", "2022-04-15", "2022-05-30", "2022-07-04",
    "2022-12-26", "2023-01-02", "2023-04-07", "2023-05-29", "2023-07-04", "2023-12-25", "2024-01-01", "2024-03-29",
])  # fmt: skip
DAYS = pd.bdate_range("2021-01-04", "2024-06-28").difference(CLOSED)
_RNG = np.random.default_rng(21)
_MARKET = _RNG.normal(0.0004, 0.01, len(DAYS))
SPY = pd.Series(400 * np.cumprod(1 + _MARKET), index=DAYS, name="SPY")
FUND = pd.Series(100 * np.cumprod(1 + 1.2 * _MARKET + _RNG.normal(0.0, 0.002, len(DAYS))), index=DAYS, name="FUND")
_DAY = pd.Timedelta(days=1)


def last_of(period: str) -> pd.Series:
    """Give the fund's prices on the last session of each week, month or quarter."""
    groups = FUND.groupby(DAYS.to_period(period))
    return FUND.loc[[part.index[-1] for _, part in groups]]


def restamped(prices: pd.Series, stamp: Callable[[pd.Timestamp], pd.Timestamp]) -> pd.Series:
    """Write other days over prices."""
    return prices.set_axis(pd.DatetimeIndex([stamp(day) for day in prices.index]))


def _friday(day: pd.Timestamp) -> pd.Timestamp:
    return day + (4 - day.weekday()) * _DAY


def _month(day: pd.Timestamp) -> pd.Timestamp:
    return day.to_period("M").to_timestamp()


STAMPS: dict[str, tuple[str, Callable[[pd.Timestamp], pd.Timestamp]]] = {
    "Fridays, of closures too": ("W-FRI", _friday),
    "Mondays that the week begins on": ("W-FRI", lambda day: _friday(day) - 4 * _DAY),
    "Saturdays": ("W-FRI", lambda day: _friday(day) + _DAY),
    "Sundays after": ("W-FRI", lambda day: _friday(day) + 2 * _DAY),
    "Sundays before": ("W-FRI", lambda day: _friday(day) - 5 * _DAY),
    "Mondays after": ("W-FRI", lambda day: _friday(day) + 3 * _DAY),
    "ends of the calendar's months": ("M", lambda day: _month(day) + pd.offsets.MonthEnd(1)),
    "business ends of months": ("M", lambda day: day + pd.offsets.BMonthEnd(0)),
    "first days of months": ("M", _month),
    "first business days of months": ("M", lambda day: _month(day) + pd.offsets.BMonthBegin(0)),
    "first days of the next month": ("M", lambda day: _month(day) + pd.offsets.MonthBegin(1)),
}


def paired(prices: object, benchmark: str = "SPY", asset: str = "FUND") -> tuple[PairedReturns, PriceTable]:
    """Pair returns as every question does."""
    table = judge_jumps(read_prices(prices), benchmark)
    return pair_returns(table, benchmark=benchmark, symbols=(asset,)), table


def slope(pairs: PairedReturns) -> tuple[float, int]:
    """Give the beta of numpy and the count of pairs."""
    both = np.isfinite(pairs.asset[:, 0]) & np.isfinite(pairs.market[:, 0])
    return float(np.polyfit(pairs.market[both, 0], pairs.asset[both, 0], 1)[0]), int(both.sum())


@pytest.mark.parametrize("name", sorted(STAMPS))
def test_slow_prices_give_one_beta_however_they_are_stamped(name: str) -> None:
    """Beta and count of the true sessions to the last digit, and a note that says how well each reading fits."""
    period, stamp = STAMPS[name]
    true = last_of(period)
    right, count = slope(paired({"SPY": SPY, "FUND": true})[0])
    market = SPY.loc[true.index].pct_change().to_numpy()[1:]
    assert right == pytest.approx(np.polyfit(market, true.pct_change().to_numpy()[1:], 1)[0], rel=1e-12)
    assert right == pytest.approx(1.2, abs=0.05)
    assert count == len(true) - 1
    pairs, table = paired({"SPY": SPY, "FUND": restamped(true, stamp)})
    assert slope(pairs) == (right, count)
    assert any("FUND: " in note and "R2 of their returns on those of SPY" in note for note in table.notes)


def test_quarters_and_midweek_prices_are_taken_on_their_days() -> None:
    """Quarter ends of the calendar, and Wednesdays with a closure on one, mean the last session until then."""
    quarters = restamped(last_of("Q"), lambda day: day + pd.offsets.QuarterEnd(0))
    assert slope(paired({"SPY": SPY, "FUND": quarters})[0]) == slope(paired({"SPY": SPY, "FUND": last_of("Q")})[0])
    midweek = last_of("W-WED").iloc[:-1]
    shown = restamped(midweek, lambda day: day + (2 - day.weekday()) * _DAY)
    assert slope(paired({"SPY": SPY, "FUND": shown})[0]) == slope(paired({"SPY": SPY, "FUND": midweek})[0])


def test_a_month_end_nav_has_the_frequency_of_its_months() -> None:
    """Alone beside a daily benchmark its rows are months; beside a daily share it keeps beta and count."""
    nav = restamped(last_of("M"), lambda day: _month(day) + pd.offsets.MonthEnd(1))
    pairs, _ = paired({"SPY": SPY, "FUND": nav})
    assert (pairs.frequency.name, len(pairs.dates)) == ("monthly", len(nav))
    beside, _ = paired({"SPY": SPY, "AAPL": FUND, "FUND": nav})
    both = pair_returns(judge_jumps(read_prices({"SPY": SPY, "AAPL": FUND, "FUND": nav}), "SPY"), benchmark="SPY")
    assert both.frequency.name == "daily"
    assert slope(beside) == slope(pairs)
    column = both.symbols.index("FUND")
    there = np.isfinite(both.asset[:, column])
    assert int(there.sum()) == slope(pairs)[1]
    found = tt.estimate_betas({"SPY": SPY, "FUND": nav}, benchmark="SPY", method="ols", window=60)
    own = next(b for b in found.estimates if b.asset == "FUND")
    assert own.n_obs == slope(pairs)[1]
    assert own.value == pytest.approx(slope(pairs)[0], rel=1e-12)


def test_a_slow_benchmark_is_put_on_its_days_by_the_daily_series() -> None:
    """The other way round: weekly bars of the index beside daily prices of shares."""
    index = SPY.loc[last_of("W-FRI").index]
    right = slope(paired({"SPY": index, "FUND": FUND})[0])
    monday = restamped(index, lambda day: _friday(day) - 4 * _DAY)
    assert slope(paired({"SPY": monday, "FUND": FUND})[0]) == right


def test_stamps_that_nothing_tells_give_no_beta_but_keep_their_price() -> None:
    """A fund without a market in it, stamped with Mondays: refused by name, and still worth its last price."""
    noise = 100 * np.cumprod(1 + np.random.default_rng(5).normal(0.0, 0.02, 182))
    fund = pd.Series(noise, index=pd.date_range("2021-01-04", periods=182, freq="W-MON"))
    table = read_prices({"SPY": SPY, "FUND": fund})
    found = tt.estimate_betas(table, benchmark="SPY", method="ols", window=60)
    own = next(b for b in found.estimates if b.asset == "FUND")
    assert (own.value, str(own.reason)) == (None, "stamps_unclear")
    assert any("no returns are taken" in note for note in found.notes)
    judged = judge_jumps(table, "SPY")
    assert Flag.STAMPS_UNCLEAR in judged.flags[judged.column("FUND")]
    last = judged.last("FUND")
    assert last is not None
    assert last[0] == noise[-1]


@pytest.mark.parametrize("until", ["2023-09-13", "2023-09-14", "2023-09-15", "2023-09-18"])
def test_a_bar_that_is_not_closed_yet_is_not_known(until: str) -> None:
    """As of a day, the bar of its week and what follows may hold any price: nothing of it is seen until the Friday."""
    bars = restamped(last_of("W-FRI"), lambda day: _friday(day) - 4 * _DAY)
    over = bars.index + 4 * _DAY <= pd.Timestamp(until)
    poisoned = bars.where(over, bars * 3.0)
    tables = [judge_jumps(read_prices({"SPY": SPY, "FUND": b}).until(until), "SPY") for b in (bars, poisoned)]
    values = [t.values[:, t.column("FUND")] for t in tables]
    assert np.array_equal(values[0], values[1], equal_nan=True)
    last = tables[0].last("FUND")
    assert last is not None
    assert last[1] <= np.datetime64(until)
    assert last[0] == bars[over].iloc[-1]


def test_a_history_that_became_daily_is_not_slow() -> None:
    """Months, then days: paired as it stands, intervals of a month among days of the benchmark are gaps."""
    mixed = pd.concat([last_of("M").loc[:"2022-12-31"], FUND.loc["2023-01-01":]])
    pairs, table = paired({"SPY": SPY, "FUND": mixed})
    assert not any("prices taken at" in note for note in table.notes)
    assert slope(pairs)[1] >= len(FUND.loc["2023-01-01":]) - 1


def test_volumes_closes_and_breaks_move_with_their_prices() -> None:
    """What stands beside a price goes to its session; placing twice changes nothing."""
    true = last_of("W-FRI").iloc[:-1]
    monday = restamped(true, lambda day: _friday(day) - 4 * _DAY)
    frame = pd.DataFrame({"Close": monday * 2, "Adj Close": monday, "Volume": np.arange(len(monday)) + 1.0})
    table = read_prices({"SPY": SPY.rename("Close").to_frame(), "FUND": frame.rename_axis("Date")})
    placed = judge_jumps(table, "SPY")
    at = placed.column("FUND")
    rows = np.flatnonzero(~np.isnan(placed.values[:, at]))
    assert placed.dates[rows].astype("datetime64[D]").tolist() == [day.date() for day in true.index]
    assert placed.volumes is not None
    assert placed.to_quoted is not None
    assert placed.volumes[rows, at].tolist() == (np.arange(len(true)) + 1.0).tolist()
    assert placed.to_quoted[rows, at] == pytest.approx(2.0)
    assert judge_jumps(placed, "SPY") is placed


def test_some_dates_of_a_table_keep_its_breaks() -> None:
    """A break on a date that is left out falls on the next one kept, and one behind the last is gone."""
    table = PriceTable.of({"A": [1.0, 2.0, 3.0, 4.0]}, dates=["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04"])
    broken = tt.read_prices(table)
    some = PriceTable(
        dates=broken.dates, symbols=broken.symbols, values=broken.values, why=broken.why,
        currencies=broken.currencies, breaks=np.array([[1, 0], [3, 0]], dtype=np.intp),
    ).at(np.array([0, 2]))  # fmt: skip
    assert some.breaks.tolist() == [[1, 0]]
    assert some.values[:, 0].tolist() == [1.0, 3.0]
