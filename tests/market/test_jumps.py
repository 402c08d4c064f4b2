"""Jumps judged against the market: bad prints and unrecorded splits are caught, crashes stay."""

import math
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from panels import TRUE_BETA, business_days, measured_beta, panel
from trimtab.errors import Reason, UnknownSymbolError
from trimtab.feeds.series.price_rows import read_price_rows
from trimtab.feeds.series.prices import read_prices
from trimtab.market.checks.findings import Findings, Origin
from trimtab.market.checks.jumps import judge_jumps
from trimtab.market.checks.splits import Evidence, log_odds, suspects
from trimtab.market.prices import Flag, PriceTable, as_cells, reason_of


def table_of(made, **changed):
    columns = {name: values.copy() for name, values in made.items() if name != "dates"}
    columns.update(changed)
    return PriceTable.of(columns, dates=made["dates"])


def set_aside(table, symbol="A"):
    """Give what was set aside of a column: {row: reason}, breaks among them."""
    column = table.column(symbol)
    cells = {int(r): reason_of(int(c)).value for r, c in enumerate(table.why[:, column]) if c}
    return cells | {int(r): "split" for r, c in table.breaks.tolist() if c == column}


def test_clean_prices_are_left_alone():
    """Where nothing is wrong no cell changes; the table says against what it was judged, and is judged once."""
    table = table_of(panel(300))
    checked = judge_jumps(table, "M")
    assert checked.judged == "M"
    assert checked.values is table.values
    assert checked.failures == checked.notes == ()
    assert judge_jumps(checked, "A") is checked
    with pytest.raises(UnknownSymbolError):
        judge_jumps(table, "SPX")


def test_a_bad_print_of_plus_900_percent_is_set_aside_and_beta_holds():
    """One price ten times too high is masked, listed with its date and values, and beta stays 1.50, not 2.28."""
    made = panel()
    made["A"][400] *= 10
    checked = judge_jumps(table_of(made), "M")
    assert set_aside(checked) == {400: "bad_print"}
    assert Flag.BAD_PRINT in checked.flags[checked.column("A")]
    assert checked.failures[0].where == f"A on {made['dates'][400]}"
    assert measured_beta(checked) == pytest.approx(TRUE_BETA, abs=0.05)
    assert not 1 < measured_beta(table_of(made)) < 2


@pytest.mark.parametrize(
    "ratio", [1 / 2, 2 / 3, 1 / 3, 1 / 4, 1 / 5, 1 / 7, 1 / 10, 1 / 20, 2, 3, 5, 8, 10, 20, 2 / 3 * 0.999]
)
def test_a_missing_split_breaks_the_series_and_keeps_its_prices(ratio):
    """A lasting jump by a ratio of a split is suspected: no return crosses it, beta stays 1.50, it says what to do."""
    made = panel()
    made["A"][400:] *= ratio
    checked = judge_jumps(table_of(made), "M")
    assert set_aside(checked) == {400: "split"}
    assert checked.suspected.tolist() == [[400, checked.column("A")]]
    assert Flag.SPLIT_SUSPECTED in checked.flags[checked.column("A")]
    assert measured_beta(checked) == pytest.approx(TRUE_BETA, abs=0.05)
    (failure,) = checked.failures
    day = str(made["dates"][400])
    assert f"({day},A,1)" in failure.detail
    assert f"record the split ({day},A," in failure.detail


@pytest.mark.parametrize("move", [0.27, 0.42, 2.45, 1.30])
def test_a_real_jump_counts_for_its_own_day(move):
    """A lasting jump by no ratio of a split was real: nothing is set aside."""
    made = panel()
    made["A"][400:] *= move
    checked = judge_jumps(table_of(made), "M")
    assert set_aside(checked) == {}


@pytest.mark.parametrize("crash", [-0.11, -0.205, 0.12])
def test_what_the_market_explains_is_no_jump(crash):
    """A threefold fund falls 33% when its market falls 11%: the day stays, on the last day of the table too."""
    made = panel(300)
    market = np.diff(made["M"]) / made["M"][:-1]
    market[200] = crash
    rng = np.random.default_rng(4)
    path = 100 * np.cumprod(np.concatenate([[1], 1 + market]))
    fund = 100 * np.cumprod(np.concatenate([[1], 1 + 3 * market + rng.normal(0, 0.002, 299)]))
    table = PriceTable.of({"A": fund, "M": path}, dates=made["dates"])
    assert set_aside(judge_jumps(table, "M")) == {}
    assert set_aside(judge_jumps(table.until(str(made["dates"][201])), "M")) == {}


def test_a_crash_that_the_next_day_takes_back_stays():
    """Minus 12% and plus 13% in the market: a threefold fund's price that comes back is no bad print."""
    made = panel(300)
    market = np.diff(made["M"]) / made["M"][:-1]
    market[200:202] = -0.12, 0.13
    path = 100 * np.cumprod(np.concatenate([[1], 1 + market]))
    fund = 100 * np.cumprod(np.concatenate([[1], 1 + 3 * market]))
    table = PriceTable.of({"A": fund, "M": path}, dates=made["dates"])
    assert set_aside(judge_jumps(table, "M")) == {}


def test_a_split_on_the_day_of_a_crash_is_found():
    """Two for one on the day on which the market falls 9%: the market's part comes off first."""
    made = panel(300)
    market = np.diff(made["M"]) / made["M"][:-1]
    market[200] = -0.09
    asset = 1.5 * market + np.random.default_rng(2).normal(0, 0.01, 299)
    path = 100 * np.cumprod(np.concatenate([[1], 1 + market]))
    prices = 100 * np.cumprod(np.concatenate([[1], 1 + asset]))
    prices[201:] /= 2
    checked = judge_jumps(PriceTable.of({"A": prices, "M": path}, dates=made["dates"]), "M")
    assert set_aside(checked) == {201: "split"}


def test_adjusted_prices_hold_no_unrecorded_split():
    """A column stated as adjusted may fall by half; a bad print in it is still one."""
    made = panel()
    made["A"][400:] /= 2
    made["A"][600] *= 10
    table = table_of(made)
    table = replace(table, flags=tuple((Flag.ADJUSTED_CHOSEN,) if s == "A" else () for s in table.symbols))
    assert set_aside(judge_jumps(table, "M")) == {600: "bad_print"}


def test_a_day_that_was_vouched_for_is_not_judged():
    """What the user says is real stays real."""
    made = panel()
    made["A"][400:] /= 2
    table = table_of(made)
    vouched = replace(table, vouched=as_cells([(400, table.column("A"))]))
    assert set_aside(judge_jumps(vouched, "M")) == {}


def test_a_jump_in_the_last_price_waits_for_the_next():
    """The last price cannot be confirmed yet and is not used; the next one makes it real."""
    made = panel(101)
    made["A"][99:] *= 0.44
    table = table_of(made)
    held_back = judge_jumps(table.until(str(made["dates"][99])), "M")
    assert set_aside(held_back) == {99: "unconfirmed_jump"}
    assert set_aside(judge_jumps(table, "M")) == {}
    assert "nothing follows yet" in held_back.failures[0].detail


def test_two_bad_prints_in_a_row_do_not_get_through():
    """Two different wrong prices side by side are both set aside, and so is one that stays for three days."""
    made = panel(300)
    made["A"][150] *= 10
    made["A"][151] *= 100
    made["A"][220:223] *= 0.5
    checked = judge_jumps(table_of(made), "M")
    assert set_aside(checked) == dict.fromkeys((150, 151, 220, 221, 222), "bad_print")


def test_a_bad_print_of_a_volatile_share_is_taken_back_but_for_a_usual_move():
    """Up 52% and down 28% where 7% is usual: a quarter of it is left, which is no more than such a share moves."""
    steps = np.random.default_rng(4).normal(0, 0.07, 400)
    steps[299:303] = 0.0, 0.42, -0.33, 0.0
    table = table_of(panel(400), A=100 * np.exp(np.cumsum(steps)))
    assert set_aside(judge_jumps(table, "M")) == {300: "bad_print"}
    steps[301] = -0.28
    assert set_aside(judge_jumps(table_of(panel(400), A=100 * np.exp(np.cumsum(steps))), "M")) == {}


@pytest.mark.parametrize(("ratio", "suspected"), [(2.0, True), (1.5, False)])
def test_a_ratio_from_two_for_one_on_may_be_met_less_nearly(ratio, suspected):
    """Five and a half usual sizes beside it: 2:1 is suspected; a move near 3:2 may be news, and is left alone."""
    calm = Evidence(move=-(math.log(ratio) + 0.055), usual=0.01, following=0.4, surge=None)
    assert log_odds(calm) > 4.3
    assert suspects(calm) is suspected


def test_large_moves_of_a_wild_asset_are_its_own():
    """A coin that moves 20% a day may move 60% without being suspected."""
    rng = np.random.default_rng(5)
    steps = rng.normal(0, 0.2, 400)
    steps[300] = 0.6
    made = panel(400)
    checked = judge_jumps(table_of(made, A=np.exp(np.cumsum(steps))), "M")
    assert not checked.failures


def test_a_wrong_price_of_the_benchmark_touches_no_asset():
    """A bad print and a split of the benchmark are its own: nothing is set aside of a threefold fund on it."""
    made = panel(400, beta=3.0)
    made["M"][150] *= 10
    made["M"][250:] /= 2
    checked = judge_jumps(table_of(made), "M")
    assert set_aside(checked, "M") == {150: "bad_print", 250: "split"}
    assert set_aside(checked) == {}


def test_a_crash_of_the_benchmark_that_others_share_stays():
    """Bitcoin fell by 38% on one day, and the others with it: that was no bad print of bitcoin."""
    made = panel(400, beta=1.2)
    for name in "AM":
        made[name][300:] *= 0.62
    made["M"][380] *= 0.62
    made["A"][380] *= 0.6
    checked = judge_jumps(table_of(made), "M")
    assert set_aside(checked, "M") == {}


def test_volume_tells_news_from_a_split():
    """In a split trading rises by its ratio, on great news by far more; prices alone would suspect both."""
    made = panel(300, noise=0.02, seed=6)
    made["A"][200:] *= 0.66
    table = table_of(made)
    volumes = np.full(table.shape, 1000.0)
    assert set_aside(judge_jumps(table, "M")) == {200: "split"}
    volumes[200:, table.column("A")] = 1500.0
    assert set_aside(judge_jumps(replace(table, volumes=volumes), "M")) == {200: "split"}
    volumes[200, table.column("A")] = 30_000.0
    assert set_aside(judge_jumps(replace(table, volumes=volumes), "M")) == {}


def test_apple_fell_by_half_on_one_day(shared_data):
    """2000-09-29, -52%: kept where the header says adjusted, and where volumes are there."""
    frame = pl.read_parquet(shared_data / "us_equity_daily_sp500.parquet").filter(pl.col("ticker") == "AAPL")
    spy = pl.read_parquet(shared_data / "spy_adjclose_pypfopt.parquet").rename({"SPY": "price"})
    spy = spy.select(pl.lit("SPY").alias("ticker"), "date", "price")
    spans = pl.col("date").dt.year() < 2004
    named = frame.select("ticker", "date", price="adj_close").filter(spans)
    traded = frame.select("ticker", "date", "volume", price="close").filter(spans)
    day = np.datetime64("2000-09-29")
    for shares, header in ((named, "adj_close"), (traded, "price")):
        both = pl.concat([shares, spy.filter(spans)], how="diagonal_relaxed").rename({"price": header}, strict=False)
        checked = judge_jumps(read_prices(both), "SPY")
        row = int(np.searchsorted(checked.dates, day))
        assert checked.breaks.tolist().count([row, checked.column("AAPL")]) == 0
        assert not np.isnan(checked.values[row, checked.column("AAPL")])


def test_a_file_s_name_may_say_adjusted(tmp_path):
    """A wide table has no header that could: prices_adj.csv is taken at its word."""
    made = panel(200)
    made["A"][100:] /= 2
    frame = pl.DataFrame({"date": made["dates"].astype(str), "A": made["A"], "M": made["M"]})
    found = []
    for name in ("prices.csv", "prices_adj.csv"):
        frame.write_csv(tmp_path / name)
        found.append(set_aside(judge_jumps(read_prices(tmp_path / name), "M")))
    assert found == [{100: "split"}, {}]


@pytest.mark.parametrize(("name", "field"), [("prices_adj.csv", "adjusted"), ("prices.csv", "close")])
def test_a_file_s_name_says_it_to_an_import_too(name, field):
    """Rows of a workspace are adjusted where a review of the file itself takes them so."""
    frame = pl.DataFrame({"date": ["2024-01-02", "2024-01-03"], "A": [1.0, 2.0]})
    read = read_price_rows(frame, origin=Origin(name=name), findings=Findings())
    assert read.rows["field"].unique().to_list() == [field]


@st.composite
def troubled(draw):
    """Draw a short history with jumps and holes in it."""
    count = draw(st.integers(25, 60))
    steps = draw(st.lists(st.floats(-0.03, 0.03), min_size=count, max_size=count))
    log = np.cumsum(steps)
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(1, count - 1))
        size = draw(st.sampled_from([np.log(2), -np.log(2), np.log(10), -np.log(10), 1.8, -1.8, np.log(3), 0.5]))
        log[at : count if draw(st.booleans()) else at + 1] += size
    prices = np.exp(log)
    for at in draw(st.lists(st.integers(0, count - 1), max_size=5)):
        prices[at] = np.nan
    return prices


@given(troubled(), st.integers(1, 60), st.integers(0, 3))
def test_a_decision_is_final_five_prices_later(prices, rows, seed):
    """Cutting the table leaves every decision as it was that has five prices of the asset after it."""
    dates = business_days(len(prices))
    market = 100 * np.cumprod(1 + np.random.default_rng(seed).normal(0, 0.01, len(prices)))
    whole = set_aside(judge_jumps(PriceTable.of({"A": prices, "M": market}, dates=dates), "M"))
    rows = min(rows, len(prices))
    table = PriceTable.of({"A": prices[:rows], "M": market[:rows]}, dates=dates[:rows])
    known = np.flatnonzero(~np.isnan(prices[:rows]))
    final = known[-6] if known.size > 5 else -1
    outside = ("absent", "not_listed")

    def before(found):
        return {r: why for r, why in found.items() if r <= final and why not in outside}

    assert before(set_aside(judge_jumps(table, "M"))) == before(whole)


@given(troubled(), st.floats(0.01, 1000))
def test_the_unit_of_a_price_does_not_matter(prices, unit):
    """Pence or pounds: the same cells are masked."""
    dates = business_days(len(prices))
    market = 100 * np.cumprod(1 + np.random.default_rng(1).normal(0, 0.01, len(prices)))
    unit = 2.0 ** round(np.log2(unit))  # exact in binary, so that equal prices stay equal
    one = judge_jumps(PriceTable.of({"A": prices, "M": market}, dates=dates), "M")
    other = judge_jumps(PriceTable.of({"A": prices * unit, "M": market}, dates=dates), "M")
    np.testing.assert_array_equal(one.why, other.why)
    np.testing.assert_array_equal(one.breaks, other.breaks)


@given(troubled(), st.integers(0, 3))
def test_other_columns_change_nothing(prices, seed):
    """What is set aside of an asset depends on it and the benchmark alone."""
    dates = business_days(len(prices))
    market, other = 100 * np.cumprod(1 + np.random.default_rng(seed).normal(0, 0.01, (2, len(prices))), axis=1)
    alone = judge_jumps(PriceTable.of({"A": prices, "M": market}, dates=dates), "M")
    beside = judge_jumps(PriceTable.of({"B": other[::-1], "M": market, "A": prices}, dates=dates), "M")
    assert set_aside(alone) == set_aside(beside)
    assert Reason.BAD_PRINT.value not in set_aside(beside, "B").values()


def seven_days(count, start="2018-01-01"):
    return np.arange(np.datetime64(start), np.datetime64(start) + np.timedelta64(count, "D"))


def test_a_market_that_falls_by_a_fifth_in_a_day_as_in_1987_keeps_every_share():
    """Minus 20.5% in the market, shares of beta .5 to 2 with it, the loud days after: nothing is set aside."""
    rng = np.random.default_rng(87)
    market = rng.normal(0, 0.009, 400)
    market[297:306] = -0.052, -0.205, 0.053, 0.091, -0.039, -0.001, -0.083, 0.025, 0.0
    columns = {"M": 100 * np.cumprod(1 + market)}
    for k, beta in enumerate(np.linspace(0.5, 2.0, 16)):
        own = rng.normal(0, 0.015, 400)
        own[297:306] *= 2.5
        columns[f"S{k}"] = 50 * np.cumprod(1 + beta * market + own)
    table = PriceTable.of(columns, dates=business_days(400))
    for rows in (400, 299, 300):
        checked = judge_jumps(table.until(str(table.dates[rows - 1])[:10]), "M")
        assert checked.failures == ()


def test_the_threefold_fund_of_the_trial_keeps_its_crash():
    """Market -11%, LEV -32.6%, close and adj_close equal: the day counts, and beta is 3."""
    rng = np.random.default_rng(11)
    market = rng.normal(0, 0.01, 500)
    market[400] = -0.11
    fund = 3 * market + rng.normal(0, 0.001, 500)
    fund[400] = -0.326
    frames = []
    for name, moves in (("MKT", market), ("LEV", fund)):
        close = 100 * np.cumprod(1 + moves)
        days = business_days(500).astype(str)
        frames.append(pl.DataFrame({"date": days, "symbol": [name] * 500, "close": close, "adj_close": close}))
    both = pl.concat(frames)
    for frame in (both, both.drop("adj_close"), both.drop("close").rename({"adj_close": "price"})):
        checked = judge_jumps(read_prices(frame), "MKT")
        assert checked.failures == ()
        assert not np.isnan(checked.values).any()


def test_coins_keep_a_day_on_which_all_of_them_fall_by_forty_percent():
    """12 March 2020 in shape: BTC -39%, ETH -44%, LTC -38% on seven-day calendars; the next days are loud."""
    rng = np.random.default_rng(20)
    market = rng.normal(0.001, 0.035, 700)
    market[600:604] = -0.39, 0.11, -0.07, 0.04
    coins = {"BTC": 8000 * np.cumprod(1 + market)}
    for name, beta, fall in (("ETH", 1.1, -0.44), ("LTC", 1.05, -0.38)):
        moves = beta * market + rng.normal(0, 0.02, 700)
        moves[600] = fall
        coins[name] = 100 * np.cumprod(1 + moves)
    for benchmark in coins:
        checked = judge_jumps(PriceTable.of(coins, dates=seven_days(700)), benchmark)
        assert checked.failures == (), benchmark


@pytest.mark.parametrize("benchmark", ["BTCUSD", "ETHUSD", "LTCUSD"])
def test_no_day_of_real_coins_is_set_aside(shared_data, benchmark):
    """BTC, ETH and LTC 2017 to 2020, the falls of December 2017 to February 2018 and November 2018 among them."""
    coins = pl.read_parquet(shared_data / "crypto_daily_licensed.parquet").filter(pl.col("venue") == "bitstamp")
    checked = judge_jumps(read_prices(coins.select("symbol", "date", "close")), benchmark)
    assert checked.failures == ()


def test_no_share_loses_a_day_of_the_crash_of_2008(shared_data):
    """S&P 500 members, header silent: September to December 2008 and April 2000, every column as in the file."""
    rows = pl.read_parquet(
        shared_data / "us_equity_daily_sp500.parquet", columns=["ticker", "date", "adj_close"]
    ).with_columns(pl.col("ticker").replace("", "T"))
    spy = pl.read_parquet(shared_data / "spy_adjclose_pypfopt.parquet")
    spy = spy.select(pl.lit("SPY").alias("ticker"), "date", adj_close="SPY")
    both = pl.concat([rows, spy], how="vertical_relaxed").filter(pl.col("date").dt.year().is_between(2007, 2009))
    checked = judge_jumps(read_prices(both.rename({"adj_close": "price"})), "SPY")
    crash = (checked.dates >= np.datetime64("2008-09-01")) & (checked.dates < np.datetime64("2009-01-01"))
    rows_of_crash = set(np.flatnonzero(crash).tolist())
    assert not rows_of_crash & {r for r, _ in checked.breaks.tolist()}
    aside = {reason_of(int(code)) for code in np.unique(checked.why[crash]) if code}
    assert aside.isdisjoint({Reason.BAD_PRINT, Reason.UNCONFIRMED_JUMP})


def test_splits_that_happened_are_found_in_raw_closes(shared_data):
    """Recorded splits of 3:2 and more in raw closes with volumes, of every sixth S&P member: 97 of 100 at least."""
    columns = ["ticker", "date", "close", "volume", "split"]
    rows = pl.read_parquet(shared_data / "us_equity_daily_sp500.parquet", columns=columns)
    rows = rows.with_columns(pl.col("ticker").replace("", "T"))
    rows = rows.filter(pl.col("ticker").is_in(sorted(rows["ticker"].unique().to_list())[::6]))
    spy = pl.read_parquet(shared_data / "spy_adjclose_pypfopt.parquet").rename({"SPY": "close"})
    spy = spy.filter(pl.col("date") >= rows["date"].min()).select(pl.lit("SPY").alias("ticker"), "date", "close")
    checked = judge_jumps(read_prices(pl.concat([rows.drop("split"), spy], how="diagonal_relaxed")), "SPY")
    suspected = {(checked.symbols[c], str(checked.dates[r])[:10]) for r, c in checked.suspected.tolist()}
    happened = rows.filter((pl.col("split") >= 1.45) | (pl.col("split") <= 0.67)).select("ticker", "date")
    events = {(name, str(day)[:10]) for name, day in happened.iter_rows()}
    assert len(events) > 40
    assert len(events & suspected) >= 0.97 * len(events)
