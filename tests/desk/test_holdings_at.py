"""A book as of a day: snapshot, trades and their cash, actions, settlement; and prices in that day's units."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intake_given import GivenDesk

from trimtab.desk.books.actions import Action, ActionKind, adjust_prices
from trimtab.desk.books.intake import Outcome
from trimtab.errors import NotEnoughDataError
from trimtab.exposure.value import value_position
from trimtab.market.checks.jumps import judge_jumps
from trimtab.market.prices import PriceTable
from trimtab.market.snapshot import market_at


def nav(held, prices: PriceTable, base: str = "USD") -> float:
    market = market_at(prices, base=base)
    values = [value_position(p, market).value for p in held.portfolio.positions]
    assert None not in values
    return sum(values)


def desk_with(folder, book: str, *files: str, day: str = "2024-01-02") -> GivenDesk:
    desk = GivenDesk(folder)
    for done in (desk.take(book, as_of=day), *(desk.take(text) for text in files)):
        assert done.outcome is Outcome.KEPT, done.error
    return desk


@settings(max_examples=30, deadline=None)
@given(
    trades=st.lists(
        st.tuples(st.integers(3, 9), st.sampled_from("AB"), st.integers(-50, 50).filter(bool), st.integers(1, 400)),
        max_size=8,
    ),
    fee=st.sampled_from(["0", "1.25"]),
)
def test_trades_at_the_day_s_price_change_wealth_by_their_fees_alone(tmp_path_factory, trades, fee):
    """Cash pays for what is bought: NAV after trades at the closing price is NAV before, less the fees."""
    close = {"A": 37.25, "B": 181.5}
    rows = "".join(f"2024-01-{d:02d},{s},{q},{close[s]},{fee},i{i}\n" for i, (d, s, q, _) in enumerate(trades))
    desk = desk_with(tmp_path_factory.mktemp("n"), "symbol,quantity\nA,100\nB,-20\nUSD,5000\n")
    if rows:
        assert desk.take("date,symbol,quantity,price,fee,id\n" + rows).error is None
    prices = PriceTable.of({s: [p, p] for s, p in close.items()}, dates=["2024-01-09", "2024-01-10"], currency="USD")
    before, after = desk.held("2024-01-02"), desk.held("2024-01-10")
    assert nav(after, prices) == pytest.approx(nav(before, prices) - len(trades) * float(fee), abs=1e-6)


def test_a_snapshot_is_the_end_of_its_day_and_the_newest_one_counts(tmp_path):
    """Trades of the snapshot's own day are in it; a later snapshot takes over from what was traded before it."""
    desk = desk_with(
        tmp_path,
        "symbol,quantity\nA,100\n",
        "id,date,symbol,quantity,price\nt0,2024-01-02,A,7,10\nt1,2024-01-03,A,5,10\nt2,2024-01-08,A,1,10\n",
        "as_of,symbol,quantity\n2024-01-05,A,200\n",
    )
    assert desk.quantities("2024-01-02") == {"A": "100"}
    assert desk.quantities("2024-01-03") == {"A": "105", "USD": "-50"}
    assert desk.quantities("2024-01-05") == {"A": "200"}
    held = desk.held("2024-01-09")
    assert (held.snapshot.isoformat(), held.trades, held.entries) == ("2024-01-05", 1, (3, 5))


def test_without_a_snapshot_there_is_no_book_unless_it_is_said_to_start_empty(tmp_path):
    """Transactions alone do not tell what was held before them."""
    desk = GivenDesk(tmp_path)
    desk.take("id,date,symbol,quantity,price\nt1,2024-01-03,A,5,10\n")
    with pytest.raises(NotEnoughDataError, match="only transactions"):
        desk.held("2024-01-05")
    assert desk.quantities("2024-01-05", start_empty="EUR") == {"A": "5", "EUR": "-50"}


def test_a_split_leaves_wealth_and_returns_as_they_were(tmp_path):
    """Four for one on raw prices: NAV follows the price, returns cross the day, and the day before keeps its units."""
    raw = [400.0, 404.0, 102.0, 103.0]
    days = ["2020-08-27", "2020-08-28", "2020-08-31", "2020-09-01"]
    desk = desk_with(
        tmp_path,
        "symbol,quantity,price,lots\nA,10,400,6@100@2019-01-02;4@200@2020-01-02\nUSD,100,,\n",
        "date,A,M\n" + "".join(f"{d},{p},{50 + i}\n" for i, (d, p) in enumerate(zip(days, raw, strict=True))),
        "effective,symbol,ratio\n2020-08-31,A,4:1\n",
        day="2020-08-27",
    )
    wealth = []
    for day in days:
        prices = desk.prices.table(as_of=day)
        wealth.append(nav(desk.held(day, prices=prices), prices))
    assert wealth == [4100, 4140, 4180, 4220]
    table = desk.prices.table()
    assert table.values[:, table.column("A")].tolist() == [100, 101, 102, 103]
    assert table.breaks.size == 0
    (position,) = (p for p in desk.held("2020-08-31").portfolio.positions if p.symbol == "A")
    assert [(lot.quantity, lot.price) for lot in position.lots] == [(24, 25), (16, 50)]
    assert position.stated.price == 100


def test_prices_adjusted_already_are_left(tmp_path):
    """Stated as adjusted, or without a step on the day: an imported split changes nothing."""
    desk = GivenDesk(tmp_path)
    desk.take("date,symbol,adj_close\n2020-08-28,A,101\n2020-08-31,A,102\n2020-08-31,C,7\n")
    desk.take("date,B\n2020-08-28,101\n2020-08-31,102\n")
    desk.take("effective,symbol,ratio\n2020-08-31,A,4\n2020-08-31,B,4\n")
    table = desk.prices.table()
    assert table.values[:, table.column("A")].tolist() == [101, 102]
    assert table.values[:, table.column("B")].tolist() == [101, 102]
    assert sum("left" in note for note in table.notes) == 2


def test_a_split_too_small_to_see_gives_no_return_across_its_day():
    """A 2% stock dividend among moves of 1.5% could be either: prices are taken as raw, and the step is no return."""
    days = np.arange("2024-01-01", "2024-02-10", dtype="M8[D]")
    prices = 100 * np.cumprod(1 + 0.015 * np.where(np.arange(40) % 2, 1, -1))
    table = PriceTable.of({"A": prices}, dates=days)
    small = Action(kind=ActionKind.SPLIT, symbol="A", effective=dt.date(2024, 2, 5), ratio=Decimal("1.02"))
    adjusted = adjust_prices(table, [small], as_of=dt.date(2024, 2, 9))
    assert adjusted.breaks.tolist() == [[35, 0]]
    assert adjusted.values[34, 0] == pytest.approx(prices[34] / 1.02)


def test_one_for_three_is_exact_and_a_fraction_is_said(tmp_path):
    """300 shares become 100, not 99.99...; of 100 there is a fraction left, whose cash nobody knows."""
    desk = desk_with(
        tmp_path, "symbol,quantity\nA,300\nB,100\n", "effective,symbol,ratio\n2024-01-05,A,1:3\n2024-01-05,B,1:3\n"
    )
    held = desk.held("2024-01-05")
    assert held.portfolio.positions[0].quantity == 100
    assert any("B" in note and "fraction" in note for note in held.notes)


@pytest.mark.parametrize(
    ("ratio", "quantity", "strike", "multiplier"), [("4", 12, 125, 100), ("3:2", 3, "333.33", 150)]
)
def test_options_on_a_split_share_are_adjusted_and_said(tmp_path, ratio, quantity, strike, multiplier):
    """A whole ratio gives more contracts, another one more shares in each; what may be bought for the strikes stays."""
    desk = desk_with(
        tmp_path,
        "symbol,quantity,kind,underlying,right,strike,expiry\nA 500C,3,option,A,call,500,2024-06-21\n",
        f"effective,symbol,ratio\n2024-01-05,A,{ratio}\n",
    )
    held = desk.held("2024-01-05")
    (option,) = held.portfolio.positions
    assert option.quantity == quantity
    assert float(option.instrument.strike) == pytest.approx(float(strike), abs=0.01)
    assert option.instrument.terms_on(None).multiplier == multiplier
    assert float(option.quantity * option.instrument.strike * multiplier) == pytest.approx(3 * 500 * 100)
    assert "clearing house" in held.notes[0]


def test_a_change_of_symbol_joins_book_and_prices(tmp_path):
    """From its day on the new name is held, with one series of prices behind it; the day before has the old name."""
    desk = desk_with(
        tmp_path,
        "symbol,quantity\nFB,10\n",
        "date,symbol,close\n2022-06-07,FB,195\n2022-06-08,FB,196\n2022-06-09,META,184\n2022-06-10,META,175\n"
        "2022-06-07,META,12\n",
        "effective,symbol,new_symbol\n2022-06-09,FB,META\n",
        "id,date,symbol,quantity,price\nt1,2022-06-10,META,-4,175\n",
        day="2022-06-07",
    )
    assert desk.quantities("2022-06-08") == {"FB": "10"}
    assert desk.quantities("2022-06-10") == {"META": "6", "USD": "700"}
    table = desk.prices.table()
    assert table.symbols == ("META",)
    assert table.values[:, 0].tolist() == [195, 196, 184, 175]
    assert any("left aside" in note for note in table.notes)  # another company's META before
    assert set(desk.prices.table(as_of="2022-06-08").symbols) == {"FB", "META"}


def test_a_future_is_settled_into_cash_day_by_day(tmp_path):
    """Gains since snapshot or trade are cash, for what is open and what was closed, less fees; NAV adds up."""
    desk = desk_with(
        tmp_path,
        "symbol,quantity\nESH24,2\nUSD,1000\n",
        "date,ESH24\n2024-01-02,4700\n2024-01-03,4710\n2024-01-04,4690\n2024-01-05,4720\n",
        "id,date,symbol,quantity,price,fee\na,2024-01-03,ESH24,-3,4705,6\nb,2024-01-04,ESH24,2,4695,4\n",
    )
    held = desk.held("2024-01-05", prices=desk.prices.table())
    future, cash = held.portfolio.positions
    gain = 50 * (2 * (4720 - 4700) - 3 * (4720 - 4705) + 2 * (4720 - 4695))
    assert (future.quantity, float(cash.quantity)) == (1, 1000 + gain - 10)
    assert held.reasons == ()


def test_a_closed_future_needs_only_the_price_it_started_from(tmp_path):
    """What is flat again gains the difference of its trades."""
    desk = desk_with(
        tmp_path,
        "symbol,quantity\nESH24,2\nUSD,0\n",
        "date,ESH24\n2024-01-02,4700\n",
        "id,date,symbol,quantity,price\na,2024-01-03,ESH24,-2,4705\n",
    )
    held = desk.held("2024-02-20", prices=desk.prices.table())
    assert held.reasons == ()
    assert {p.symbol: float(p.quantity) for p in held.portfolio.positions} == {"USD": 500}


def test_a_future_without_prices_is_said_to_be_missing(tmp_path):
    """Without settlement prices the book is not passed off as whole; on the snapshot's own day nothing is missing."""
    desk = desk_with(tmp_path, "symbol,quantity\nESH24,2\nUSD,1000\n")
    assert desk.held("2024-01-02").reasons == ()
    assert [r.where for r in desk.held("2024-01-05").reasons] == ["ESH24"]


def test_a_future_that_expired_is_settled_and_gone(tmp_path):
    """After its last day it is in cash at that day's price."""
    desk = desk_with(
        tmp_path,
        "symbol,quantity\nESH24,1\nUSD,0\n",
        "date,ESH24\n2024-01-02,4700\n2024-03-15,5100\n2024-03-18,9999\n",
    )
    held = desk.held("2024-03-20", prices=desk.prices.table(check=False))
    assert {p.symbol: float(p.quantity) for p in held.portfolio.positions} == {"USD": 400 * 50}


def test_a_change_of_multiplier_counts_from_its_day(tmp_path):
    """Gains before are at the old multiplier, later ones at the new one, and the position has both terms."""
    desk = desk_with(
        tmp_path,
        "symbol,quantity,kind,multiplier,currency\nXH24,2,future,10,USD\nUSD,0,cash,,USD\n",
        "date,XH24\n2024-01-02,100\n2024-01-03,101\n2024-01-04,103\n2024-01-05,106\n",
        "effective,symbol,multiplier\n2024-01-04,XH24,5\n",
    )
    held = desk.held("2024-01-05", prices=desk.prices.table())
    future, cash = held.portfolio.positions
    assert float(cash.quantity) == 2 * 10 * 1 + 2 * 5 * 5
    assert future.instrument.terms_on(dt.date(2024, 1, 3)).multiplier == 10
    assert future.instrument.terms_on(dt.date(2024, 1, 4)).multiplier == 5


def test_options_pence_dividends_and_deposits_move_the_right_cash(tmp_path):
    """Premium times multiplier; pence are hundredths of a pound; dividends per share held the day before; deposits."""
    desk = desk_with(
        tmp_path,
        "symbol,quantity,currency,kind\nVOD,1000,GBX,spot\nA,100,USD,spot\nUSD,0,USD,cash\nGBP,0,GBP,cash\n",
        "id,date,symbol,quantity,price,kind,underlying,right,strike,expiry,currency\n"
        "o,2024-01-03,A P90,-2,1.50,option,A,put,90,2024-06-21,USD\nv,2024-01-03,VOD,100,70,,,,,,GBX\n",
        "effective,symbol,amount\n2024-01-04,A,0.25\n",
        "id,date,symbol,quantity,price\nd,2024-01-05,USD,40,\ns,2024-01-04,A,-100,10\n",
    )
    held = desk.quantities("2024-01-05")
    assert held["USD"] == str(2 * 150 + 25 + 40 + 1000)
    assert held["GBP"] == "-70"
    assert held["A P90"] == "-2"


def test_an_option_is_closed_under_another_name_if_its_terms_are_the_same(tmp_path):
    """What is traded is told by its terms where its symbol is written otherwise."""
    desk = desk_with(
        tmp_path,
        "symbol,quantity,kind,underlying,right,strike,expiry\nA 90P,-2,option,A,put,90,2024-06-21\n",
        "id,date,symbol,quantity,price,kind,underlying,right,strike,expiry\n"
        "o,2024-01-03,A240621P00090000,2,1.50,option,A,put,90.00,2024-06-21\n",
    )
    assert desk.quantities("2024-01-05") == {"USD": "-300"}


def test_tax_lots_go_first_in_first_out(tmp_path):
    """A sale takes the oldest lots, a purchase adds one."""
    desk = desk_with(
        tmp_path,
        "symbol,quantity,lots\nA,10,6@100@2019-01-02;4@200@2020-01-02\n",
        "id,date,symbol,quantity,price\na,2024-01-03,A,-7,50\nb,2024-01-04,A,5,60\n",
    )
    position = desk.held("2024-01-05").portfolio.positions[0]
    assert [(lot.quantity, lot.price) for lot in position.lots] == [(3, 200), (5, 60)]


def test_a_perpetual_with_an_entry_keeps_it_and_realises_what_is_closed(tmp_path):
    """Adding averages the entry, closing moves cash at the entry's gain; NAV at the last price adds up."""
    desk = desk_with(
        tmp_path,
        "symbol,quantity,kind,multiplier,currency,entry\nBTC-PERP,2,perpetual,1,USD,100\nUSD,0,cash,,USD,\n",
        "id,date,symbol,quantity,price\na,2024-01-03,BTC-PERP,2,120\nb,2024-01-04,BTC-PERP,-3,130\n",
    )
    perpetual, cash = desk.held("2024-01-05").portfolio.positions
    assert (perpetual.quantity, perpetual.stated.entry, cash.quantity) == (1, 110, 60)


@pytest.mark.parametrize(
    "row",
    ["t,2024-01-03,A,5,10,EUR,spot", "t,2024-01-03,USD,500,1.1,USD,cash"],
)
def test_trades_that_do_not_fit_are_refused(tmp_path, row):
    """A price in another currency, or money bought at a price, would leave cash wrong without a sign."""
    desk = desk_with(
        tmp_path,
        "symbol,quantity,currency\nA,100,USD\nUSD,0,USD\n",
        "id,date,symbol,quantity,price,currency,kind\n" + row + "\n",
    )
    (reason,) = desk.held("2024-01-05").reasons
    assert "left out" in reason.detail
    assert "journal entry 3" in reason.detail or "as it is held" in reason.detail
    assert desk.quantities("2024-01-05") == {"A": "100"}


def test_an_expired_option_is_said_to_be_open(tmp_path):
    """Whether it was exercised nobody knows until someone says so."""
    desk = desk_with(
        tmp_path, "symbol,quantity,kind,underlying,right,strike,expiry\nA 90P,-2,option,A,put,90,2024-01-19\n"
    )
    assert desk.held("2024-01-19").reasons == ()
    assert "exercise" in desk.held("2024-01-20").reasons[0].detail


def test_real_split_of_a_real_series_keeps_its_returns(shared_data):
    """Apple in raw closes across 9 June 2014, seven for one: with the action no day moves more than 15%."""
    import polars as pl

    frame = pl.read_parquet(shared_data / "us_equity_daily_sp500.parquet")
    names = [c for c in frame.columns if c.lower() in {"ticker", "symbol"}]
    apple = (
        frame.filter(pl.col(names[0]) == "AAPL").filter(pl.col("date").cast(pl.Date) > dt.date(2014, 1, 2)).sort("date")
    )
    closes = apple["close"].to_numpy()
    dates = apple["date"].cast(pl.Date).to_numpy()
    at = int(np.searchsorted(dates, np.datetime64("2014-06-09")))
    raw = np.where(np.arange(len(closes)) < at, closes * (7 if closes[at] / closes[at - 1] > 0.5 else 1), closes)
    table = PriceTable.of({"AAPL": raw}, dates=dates)
    split = Action(kind=ActionKind.SPLIT, symbol="AAPL", effective=dt.date(2014, 6, 9), ratio=Decimal(7))
    whole = adjust_prices(table, [split], as_of=dt.date(2017, 1, 3))
    assert np.abs(np.diff(np.log(whole.values[:, 0]))).max() < 0.15
    assert judge_jumps(whole, "AAPL").breaks.size == 0
    assert judge_jumps(table, "AAPL").breaks.size == 2


def test_a_later_snapshot_knows_what_its_evening_settled(tmp_path):
    """A future without prices is whole on the day of any snapshot with money, and not on the next."""
    desk = desk_with(
        tmp_path,
        "symbol,quantity\nESH24,2\nUSD,1000\n",
        "as_of,symbol,quantity\n2024-01-05,ESH24,2\n2024-01-05,USD,1500\n",
    )
    assert desk.held("2024-01-05").reasons == ()
    assert desk.quantities("2024-01-05") == {"ESH24": "2", "USD": "1500"}
    assert [r.where for r in desk.held("2024-01-08").reasons] == ["ESH24"]
