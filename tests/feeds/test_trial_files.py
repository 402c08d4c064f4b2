"""Cases of public reports about files, each with its right value: once read wrong without a word, or refused unclearly.

The letters are those of the trial that found them. Cases about series of prices stand with the readers of prices.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from intake_given import GivenDesk

import trimtab
from trimtab.desk.books.intake import Outcome
from trimtab.desk.moment.quoted_units import proven_units
from trimtab.desk.moment.setting import with_stated_currencies
from trimtab.errors import FileFormatError, InputError, TrimtabError
from trimtab.feeds.contracts import bundled_contracts
from trimtab.feeds.holdings import read_holdings
from trimtab.feeds.records import read_cash_flows, read_lots, read_trades, read_weights
from trimtab.feeds.series.prices import read_prices
from trimtab.feeds.series.rates import read_fx, read_rates
from trimtab.feeds.series.returns import read_returns
from trimtab.feeds.transactions import read_transactions
from trimtab.market.checks.findings import Origin
from trimtab.market.prices import PriceTable
from trimtab.model.instruments.spot import Spot
from trimtab.model.portfolio import Portfolio
from trimtab.performance.basis_lines import basis_lines


@pytest.fixture
def desk(tmp_path: Path) -> GivenDesk:
    """Give an empty desk with one portfolio in dollars."""
    return GivenDesk(tmp_path)


def book(folder: Path, text: str) -> Portfolio:
    """Read holdings as `--holdings` does."""
    path = folder / "book.csv"
    path.write_text(text)
    return read_holdings(path, base="USD", contracts=bundled_contracts())


@pytest.mark.parametrize("header", ["Fees & Comm", "IBCommission", "Brokerage", "Comm/Fee"])
def test_b6_costs_reach_the_money(desk: GivenDesk, header: str) -> None:
    """A sale of 10 at 90 with a cost of 2.25 brings 897.75, under four names of the cost."""
    desk.take("symbol,quantity\nAAPL,100\nUSD,0.01\n", as_of="2024-04-30")
    desk.take(f"Date,Action,Symbol,Quantity,Price,{header}\n2024-05-13,Sell,AAPL,10,90,2.25\n")
    assert desk.quantities("2024-05-13") == {"AAPL": "90", "USD": "897.76"}


TRADE_LOGS = {
    "kraken trades": '"txid","ordertxid","pair","time","type","ordertype","price","cost","fee","vol","margin"\n'
    '"T1","O1","XXBTZEUR","2021-03-05 18:23:11","buy","limit",40000.0,400.0,0.64,0.01,0.0\n',
    "binance trades": "Date(UTC),Pair,Side,Price,Executed,Amount,Fee\n"
    "2021-05-10 09:11:02,BTCUSDT,BUY,56000.10,0.01BTC,560.001USDT,0.00001BTC\n",
    "bitvavo": "Timezone,Date,Time,Type,Currency,Amount,Price (EUR),EUR received / paid,Fee currency,Fee amount\n"
    "Europe/Amsterdam,2023-08-13,10:15:30,buy,BTC,0.01,26500,-265.66,EUR,0.66\n",
    "delta": "Date,Type,Exchange,Base amount,Base currency,Quote amount,Quote currency,Fee,Fee currency\n"
    "2021-06-15 10:00:00,BUY,Kraken,0.5,ETH,1100,EUR,2.8,EUR\n",
    "crypto.com": "Timestamp (UTC),Transaction Description,Currency,Amount,To Currency,To Amount,Native Currency\n"
    "2021-06-15 10:00:00,Buy BTC,BTC,0.01,,,EUR\n",
    "rabobank": "Portefeuille,Naam,Datum,Type mutatie,Valuta mutatie,Volume,Koers,Koers valuta,Bedrag\n"
    "Depot,Muster NV,13-08-2023,Koop,EUR,10,25.5,EUR,-255.0\n",
    "bux": "Transaction Time (CET),Transaction Type,Asset Name,Asset Quantity,Asset Price,Amount,Currency\n"
    "2023-08-13 10:15:30,Buy Trade,Muster NV,10,25.5,-255.0,EUR\n",
    "cash report": "Date,Details,Amount,Balance\n13/08/2023,Regular deposit,200.00,1200.00\n",
}


@pytest.mark.parametrize("name", sorted(TRADE_LOGS))
def test_b8_a_log_of_trades_or_money_is_never_prices(desk: GivenDesk, name: str) -> None:
    """Eight exports that have a date and numbers: read as what they are, or refused; not one price is kept."""
    done = desk.take(TRADE_LOGS[name])
    assert done.outcome in {Outcome.KEPT, Outcome.FAILED}
    assert desk.journal.entries("prices") == ()


@pytest.mark.parametrize("written", ["(50)", "50-", "\u221250", "-50"])
def test_b29_a_minus_is_one_however_it_is_written(tmp_path: Path, desk: GivenDesk, written: str) -> None:
    """Brackets, a minus behind, a true minus: holdings and trades read them alike."""
    assert book(tmp_path, f"symbol,quantity,price\nAAPL,{written},80\n").positions[0].quantity == -50
    desk.take("symbol,quantity\nAAPL,100\nUSD,1\n", as_of="2024-04-30")
    desk.take(f"trade_id,date,symbol,quantity,price,currency\n7,2024-05-13,AAPL,{written},80,USD\n")
    assert desk.quantities("2024-05-13") == {"AAPL": "50", "USD": "4001"}


@pytest.mark.parametrize(("quantity", "price"), [("1'000", "80"), ("1,000", "$80.00"), ("1000", "USD 80.00")])
def test_b29_groups_and_currencies_in_a_cell_are_read(tmp_path: Path, quantity: str, price: str) -> None:
    """A thousand at 80 dollars in three ways."""
    held = book(tmp_path, f'symbol,quantity,price\nAAPL,"{quantity}","{price}"\n').positions[0]
    assert (held.quantity, held.stated.price, held.instrument.currency) == (Decimal(1000), Decimal(80), "USD")


def test_b14_a_bond_in_percent_is_never_a_hundred_times_itself(tmp_path: Path) -> None:
    """6,000 at 97.05 with a value of 5,823 is priced in percent of face."""
    held = book(tmp_path, "Symbol,Quantity,Kind,Price,Market Value,Currency\nUST45,6000,bond,97.05,5823.00,USD\n")
    bond = held.positions[0].instrument
    assert isinstance(bond, Spot)
    assert bond.scale * 100 == 1


@pytest.mark.parametrize("road", ["holdings", "snapshot", "trade"])
def test_b14_a_bond_is_asked_for_its_quotation(tmp_path: Path, desk: GivenDesk, road: str) -> None:
    """6,000 at 97.05 is 5,823 or 582,300: nobody says which, so nothing is read; what says it is."""
    if road == "holdings":
        with pytest.raises(TrimtabError, match="UST45"):
            book(tmp_path, "symbol,quantity,kind,price\nAAPL,100,,\nUST45,6000,bond,97.05\n")
        position = book(tmp_path, "symbol,quantity,kind,quotation\nUST45,6000,bond,percent\n").positions[0]
        assert isinstance(position.instrument, Spot)
        assert position.instrument.scale == Decimal("0.01")
        return
    trade = "date,side,symbol,kind,quantity,price,currency\n2024-05-13,buy,UST45,bond,6000,97.05,USD\n"
    day, text = ("2024-05-13", "symbol,quantity,kind\nUST45,6000,bond\n") if road == "snapshot" else (None, trade)
    done = desk.take(text, as_of=day)
    assert done.outcome is Outcome.FAILED
    assert "quotation" in str(done.error)
    assert desk.journal.entries("transactions") == desk.journal.entries("holdings") == ()


PENCE = {"2024-01-02": 46.0, "2024-01-03": 47.0}


def vodafone(tmp_path: Path, currency: str, price: str) -> Portfolio:
    """Give 1,000 VOD.L with this currency, and this price beside them."""
    return book(tmp_path, f"symbol,quantity,currency,price\nVOD.L,1000,{currency},{price}\n")


@pytest.mark.parametrize(("currency", "price", "column"), [("GBP", "0.47", 1), ("GBX", "", 1), ("GBP", "45", 100)])
def test_b15_what_proves_the_unit_of_a_silent_column_decides(
    tmp_path: Path, currency: str, price: str, column: int
) -> None:
    """A column of 47 is GBP 0.47 where the holdings prove it or say it, and GBP 47 where they prove that."""
    prices = PriceTable.of({"VOD.L": list(PENCE.values())}, dates=list(PENCE))
    read = with_stated_currencies(prices, vodafone(tmp_path, currency, price))
    assert (read.values[-1, 0], read.currencies) == (pytest.approx(0.47 * column), ("GBP",))
    notes = proven_units(prices, vodafone(tmp_path, currency, price))
    assert [("GBX" in note, "0.47" in note) for note in notes] == ([(True, True)] if price == "0.47" else [])


def test_b15_pounds_or_pence_is_asked_where_nothing_says_it(tmp_path: Path) -> None:
    """GBP in the holdings and a silent column of a London name: refused, and a column that states GBP is taken."""
    portfolio = vodafone(tmp_path, "GBP", "")
    prices = PriceTable.of({"VOD.L": list(PENCE.values())}, dates=list(PENCE))
    with pytest.raises(InputError, match="GBX"):
        with_stated_currencies(prices, portfolio)
    assert with_stated_currencies(replace(prices, currencies=("GBP",)), portfolio).values[-1, 0] == 47


def test_b8_what_was_paid_for_all_is_no_price_of_one(desk: GivenDesk) -> None:
    """Half an ether for a quote amount of 1,100 euros costs 1,100 and not 550."""
    desk.take("symbol,quantity\nEUR,5000\n", as_of="2021-06-01")
    desk.take("Date,Side,Symbol,Base amount,Quote amount,Quote currency\n2021-06-15,BUY,ETH,0.5,1100,EUR\n")
    assert desk.quantities("2021-06-15") == {"EUR": "3900", "ETH": "0.5"}


def test_a_dividend_in_money_of_the_account_is_kept_before_its_share_is_bought(desk: GivenDesk) -> None:
    """31.20 euros of a share in kroner that a later row of the file buys: the money came, and is in the book."""
    desk.take("symbol,quantity\nEUR,100\n", as_of="2026-06-01")
    desk.take(
        "Trade Date,Transaction Type,Ticker,Units,Price,Net Amount,Currency\n2026-06-22,Dividend,NOVO,,,31.20,EUR\n"
        "2026-06-30,Buy,NOVO,1,441.20,-441.20,DKK\n"
    )
    assert desk.quantities("2026-06-30") == {"EUR": "131.2", "NOVO": "1", "DKK": "-441.2"}


def test_what_was_left_out_is_said_by_import_and_by_review(tmp_path: Path, desk: GivenDesk) -> None:
    """A row of totals and a bond whose quotation was taken: one note of each, in the preview and in the answer."""
    text = "Symbol,Security Type,Quantity,Price,Currency\nUST45,Bond,6000,97.05,USD\nTotal,,,,\n"
    done = desk.take(text, as_of="2026-06-30")
    assert done.preview is not None
    assert [n for n in done.preview.notes if "left out" in n] == ["left out: a total (row 3)"]
    remarks = book(tmp_path, text).remarks
    assert ["percent" in r for r in remarks if "UST45" in r] == [True]
    assert [r for r in remarks if "left out" in r] == ["book.csv: left out: a total (row 3)"]


def test_b15_a_price_in_pence_beside_a_value_in_pounds_is_in_pence(tmp_path: Path) -> None:
    """1,000 at 47 pence are 470 pounds."""
    held = book(tmp_path, "Symbol,Quantity,Price,Currency,Market Value\nVOD.L,1000,47.0,GBP,470.00\n").positions[0]
    assert (held.instrument.minor, held.instrument.currency) == (True, "GBP")


def test_b34_the_action_of_a_broker_is_no_corporate_action(desk: GivenDesk) -> None:
    """A file with Action and No. of shares is a list of trades."""
    text = (
        "Action,Time,ISIN,Ticker,Name,No. of shares,Price / share,Currency (Price / share),Exchange rate,Total,"
        "Currency (Total)\nMarket buy,2024-01-05 09:00:00,FR0000120271,TTE,TotalEnergies,3,62.00,EUR,1.00,186.00,EUR\n"
    )
    done = desk.take(text)
    assert (done.outcome, done.preview.kind.value if done.preview else "") == (Outcome.KEPT, "transactions")


@pytest.mark.parametrize(
    "name", ["AAPL240719C00080000", "AAPL  240719C00080000", "-AAPL240719C80", "AAPL 19JUL24 80 C", "AAPL 560 call"]
)
def test_b3_an_options_name_is_never_a_share(tmp_path: Path, name: str) -> None:
    """Four spellings are the option they name; one that is not whole is refused."""
    text = f"symbol,quantity,price\nAAPL,100,88.98\n{name},-1,9.50\n"
    if "560" in name:
        with pytest.raises(TrimtabError, match="560"):
            book(tmp_path, text)
    else:
        assert type(book(tmp_path, text).positions[1].instrument).__name__ == "Option"


@pytest.mark.parametrize("header", ["CurrencyPrimary", "Price Currency", "Instrument currency", "Ccy"])
def test_b5_a_currency_under_any_name_is_that_of_the_position(tmp_path: Path, header: str) -> None:
    """50 of SAP are in euros, whatever the column is called and whether or not it stands beside a price."""
    held = book(tmp_path, f"Symbol,Quantity,{header}\nAAPL,100,USD\nSAP,50,EUR\n").positions
    assert [p.instrument.currency for p in held] == ["USD", "EUR"]


BARS = {
    "investing.com": "Date,Price,Open,High,Low,Vol.,Change %\n2024-01-03,185.1,184,186,183,50,1\n"
    "2024-01-04,186.1,184,186,183,50,1\n",
    "Alpha Vantage": "timestamp,open,high,low,close,adjusted_close,volume,dividend_amount,split_coefficient\n"
    "2024-01-03,1,2,3,4,4,5,0,1\n2024-01-04,1,2,3,4,4,5,0,1\n",
    "Tiingo": "date,close,high,low,open,volume,adjClose,adjHigh,adjLow,adjOpen,adjVolume,divCash,splitFactor\n"
    "2024-01-03,1,2,3,4,4,5,1,1,1,1,0,1\n2024-01-04,1,2,3,4,4,5,1,1,1,1,0,1\n",
    "ib_async": "date,open,high,low,close,volume,average,barCount\n2024-01-03,1,2,3,4,4,5,1\n"
    "2024-01-04,1,2,3,4,4,5,1\n",
}


@pytest.mark.parametrize("name", sorted(BARS))
def test_b10_b11_the_history_of_one_symbol_is_one_symbol(tmp_path: Path, name: str) -> None:
    """Open, high, low and the like are never symbols: the one that was named, or the file's, has one series."""
    path = tmp_path / "xx.csv"
    path.write_text(BARS[name])
    assert len(read_prices(path).symbols) == 1


def test_b11_a_column_that_is_no_field_beside_a_bar_is_refused(tmp_path: Path) -> None:
    """What is not understood does not make symbols of open and high; tickers that are words stay tickers."""
    path = tmp_path / "xx.csv"
    path.write_text("date,open,high,Frob\n2024-01-03,1,2,3\n2024-01-04,1,2,3\n")
    with pytest.raises(TrimtabError, match="fields of one symbol"):
        read_prices(path)
    path.write_text("date,LOW,OPEN,NET\n2024-01-03,1,2,3\n2024-01-04,1,2,3\n")
    assert read_prices(path).symbols == ("LOW", "OPEN", "NET")


def test_b23_returns_are_no_prices(tmp_path: Path) -> None:
    """A table of daily returns is refused as such."""
    rows = "".join(f"2024-01-{day:02d},{(-1) ** day * 0.01},{(-1) ** day * 0.012}\n" for day in range(1, 29))
    path = tmp_path / "returns.csv"
    path.write_text("date,SPY,A\n" + rows)
    with pytest.raises(TrimtabError, match="look like returns"):
        read_prices(path)


@pytest.mark.parametrize("times", [1.0, 100.0, 100.5])
@pytest.mark.parametrize("long", [False, True])
def test_b23_returns_are_refused_in_every_shape(tmp_path: Path, desk: GivenDesk, *, times: float, long: bool) -> None:
    """Fractions or per cent, wide or long: refused by the reader and by the import, which keeps nothing."""
    moves = np.random.default_rng(23).normal(0.0, 0.01, (60, 2)) * times
    days = [str(np.datetime64("2024-01-02") + i) for i in range(60)]
    names = ["SPY", "A"]
    rows = [f"{d},{n},{m}" for d, both in zip(days, moves, strict=True) for n, m in zip(names, both, strict=True)]
    wide = [f"{d},{a},{b}" for d, (a, b) in zip(days, moves, strict=True)]
    text = "\n".join(["date,symbol,price", *rows] if long else ["date,SPY,A", *wide]) + "\n"
    path = tmp_path / "returns.csv"
    path.write_text(text)
    with pytest.raises(TrimtabError, match="look like returns"):
        read_prices(path)
    assert desk.take(text).outcome is Outcome.FAILED
    assert desk.journal.entries("prices") == ()


def test_b23_a_column_of_returns_beside_prices_is_set_aside_whole(tmp_path: Path) -> None:
    """What is left when its negative numbers are gone is no price: none of it stays, and the rest of the file does."""
    days = [str(np.datetime64("2024-01-02") + i) for i in range(60)]
    moves = np.random.default_rng(24).normal(0.0, 0.01, 60)
    path = tmp_path / "prices.csv"
    lines = [f"{day},{100 + i},{moves[i]}" for i, day in enumerate(days)]
    path.write_text("\n".join(["date,SPY,R", *lines]) + "\n")
    table = read_prices(path)
    assert np.isnan(table.values[:, 1]).all()
    assert not np.isnan(table.values[:, 0]).any()
    assert any("R set aside" in note for note in table.notes)
    losses = pl.DataFrame({"date": days, "SPY": np.where(np.arange(60) == 3, -37.63, 50.0)})
    assert len(read_prices(losses).failures) == 1


def test_b10_a_symbol_for_a_table_that_has_its_own_is_refused(desk: GivenDesk) -> None:
    """--symbol beside a wide or a long table: an error that says which option to leave out, and nothing kept."""
    for text in ("date,SPY\n2024-01-02,472.65\n2024-01-03,468.79\n", "date,symbol,close\n2024-01-02,SPY,472.65\n"):
        done = desk.take(text, reading={"symbol": "XX"})
        assert done.outcome is Outcome.FAILED
        assert done.error is not None
        assert "leave --symbol out" in str(done.error)
    assert desk.journal.entries("prices") == ()


@pytest.mark.parametrize("deviation", [0.06, 1.0, 30.0])
def test_per_cent_and_prices_are_refused_as_returns(deviation: float) -> None:
    """A quiet fund's daily per cents, a share's, and numbers as large as prices: none is read as fractions."""
    numbers = np.round(np.random.default_rng(6).normal(0.0, deviation, 60), 2)
    days = [str(np.datetime64("2024-01-02") + i) for i in range(60)]
    with pytest.raises(TrimtabError, match="0.01 is 1%"):
        read_returns(pl.DataFrame({"date": days, "FUND": numbers}))
    with pytest.raises(TrimtabError, match="0.01 is 1%"):
        read_returns(pl.DataFrame({"date": days, "FUND": np.abs(numbers) + 100.0}))
    assert read_returns(pl.DataFrame({"date": days, "FUND": numbers / 1000.0})).shape == (61, 1)


def test_a_benchmark_with_half_of_the_dates_is_told() -> None:
    """The beta is that of its own intervals, with their count, and a note says how many days it lacks."""
    days = np.arange("2023-01-02", "2024-01-02", dtype="datetime64[D]")
    days = days[np.is_busday(days)]
    market = 100 * np.cumprod(1 + np.random.default_rng(9).normal(0.0, 0.01, len(days)))
    half = np.where(np.arange(len(days)) % 2, np.nan, market)
    table = trimtab.read_prices(pl.DataFrame({"date": days, "SPY": half, "A": market**1.2}).fill_nan(None))
    betas = trimtab.estimate_betas(table, benchmark="SPY", method="ols", window=60)
    asset = next(b for b in betas.estimates if b.asset == "A")
    assert asset.n_obs == 60
    assert asset.value == pytest.approx(1.2, abs=0.01)
    assert any("SPY has no price on" in note for note in betas.notes)


def test_r9_a_symbol_with_signs_of_a_terminal_is_refused(tmp_path: Path, desk: GivenDesk) -> None:
    """Escapes reach no terminal: they are refused at the door, in holdings and in trades."""
    with pytest.raises(TrimtabError, match="printed"):
        book(tmp_path, "symbol,quantity\nA\x1b[31mB,1\n")
    desk.take("symbol,quantity\nAAPL,1\n", as_of="2024-01-02")
    done = desk.take("trade_id,date,symbol,quantity,price\n1,2024-01-03,A\x1b[31mB,1,2\n")
    assert done.outcome is Outcome.FAILED


def test_r16_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """Only files are read."""
    os.mkfifo(tmp_path / "book.csv")
    with pytest.raises(TrimtabError):
        read_holdings(tmp_path / "book.csv", base="USD", contracts=bundled_contracts())


@pytest.mark.parametrize(
    "written", ["(50)", "50-", "\u221250", "-50.00", "- 50"], ids=["brackets", "behind", "U+2212", "plain", "blank"]
)
def test_b29_lots_and_trades_read_a_minus_as_statements_do(tmp_path: Path, written: str) -> None:
    """A short of 50 is one in a table of lots, of trades and of transactions."""
    path = tmp_path / "t.csv"
    path.write_text(f"date,symbol,quantity,price\n2025-10-16,AAPL,{written},80\n")
    assert read_trades(path)["AAPL"][0].quantity == -50
    assert read_lots(path)["AAPL"][0].quantity == -50
    rates = tmp_path / "r.csv"
    rates.write_text(f"date,rate percent\n2025-10-16,{written.replace('.00', '').replace('50', '0.50')}\n")
    assert read_rates(rates).annual.tolist() == [-0.005]


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("date;symbol;quantity;price\n16.10.2025;A;1.000;1.200,50\n", "1200.50"),
        ("date,symbol,quantity,price\n16-Oct-25,A,1'000,$80.00\n", "80"),
        ('date,symbol,quantity,price\n10/16/25,A,"1,000","1,200.50"\n', "1200.50"),
        ("date,symbol,quantity,price\n45946,A,1000,7\n", "7"),
        ("date,symbol,quantity,price\n20251016;101502,A,1000,7\n", "7"),
    ],
)
def test_one_set_of_readers_serves_lots_and_trades(tmp_path: Path, text: str, price: str) -> None:
    """Numbers and days of lots and trades are read over the whole file: 1000 units on 16 October 2025."""
    path = tmp_path / "t.csv"
    path.write_text(text)
    trade, lot = read_trades(path)["A"][0], read_lots(path)["A"][0]
    assert (str(trade.date), int(trade.quantity), trade.price) == ("2025-10-16", 1000, Decimal(price))
    assert (lot.acquired, lot.quantity, lot.price) == (trade.date, trade.quantity, trade.price)


def test_the_whole_column_says_which_number_is_the_month(tmp_path: Path) -> None:
    """03/04/2025 alone is refused; beside 10/16/2025 it is the fourth of March."""
    path = tmp_path / "t.csv"
    path.write_text("date,symbol,quantity,price\n03/04/2025,A,1,7\n")
    with pytest.raises(TrimtabError, match="none with a number above 12"):
        read_trades(path)
    path.write_text("date,symbol,quantity,price\n03/04/2025,A,1,7\n10/16/2025,A,1,7\n")
    assert [str(t.date) for t in read_trades(path)["A"]] == ["2025-03-04", "2025-10-16"]


def test_a_currency_in_a_cell_is_never_dropped(tmp_path: Path, desk: GivenDesk) -> None:
    """EUR 80 is no 80 dollars: it is the currency of its row, and two currencies in one row are refused."""
    path = tmp_path / "t.csv"
    path.write_text("date,symbol,quantity,price\n2025-10-16,A,1,EUR 80\n")
    assert read_trades(path)["A"][0].currency == "EUR"
    path.write_text("acquired,symbol,quantity,price\n2025-10-16,A,1,EUR 80\n")
    with pytest.raises(TrimtabError, match="without a currency"):
        read_lots(path)
    head = "time,symbol,quantity,price,id"
    frame = pl.DataFrame([dict(zip(head.split(","), ["2025-10-16", "A", "1", "€80.00", "x"], strict=True))])
    (row,) = read_transactions(frame, origin=Origin(name="t.csv")).rows
    assert (row.price, row.terms["currency"]) == (Decimal(80), "EUR")
    with pytest.raises(TrimtabError, match="currency of its row, USD"):
        read_transactions(frame.with_columns(currency=pl.lit("USD")), origin=Origin(name="t.csv"))


@pytest.mark.parametrize(
    "days", [("06/28/24", "07/01/24"), ("28-Jun-24", "01-Jul-24"), ("45471", "45474")], ids=["WSJ", "named", "serial"]
)
def test_b30_days_of_price_files_are_read(tmp_path: Path, days: tuple[str, str]) -> None:
    """Short years, named months and a spreadsheet's days are 28 June and 1 July 2024."""
    path = tmp_path / "p.csv"
    path.write_text(f"date,A,B\n{days[0]},10,20\n{days[1]},11,21\n")
    assert read_prices(path).dates.astype("datetime64[D]").astype(str).tolist() == ["2024-06-28", "2024-07-01"]


def test_b31_a_table_of_one_currency_each_says_what_to_name_its_columns(tmp_path: Path) -> None:
    """The table of a central bank does not say of what: the advice is one that a command can follow, and it works."""
    path = tmp_path / "fx.csv"
    path.write_text("Date,JPY,GBP\n2024-01-02,155.65,0.8665\n")
    with pytest.raises(TrimtabError, match="rename the column: EURJPY"):
        read_fx(path)
    path.write_text("Date,EURJPY,EURGBP\n2024-01-02,155.65,0.8665\n")
    assert read_fx(path).pairs == (("EUR", "JPY"), ("EUR", "GBP"))


def test_b33_tickers_over_fields_are_read_like_fields_over_tickers(tmp_path: Path) -> None:
    """`group_by="ticker"` writes the symbol above its fields: the closes are taken, one column a symbol."""
    path = tmp_path / "p.csv"
    path.write_text(
        "Ticker,AAPL,AAPL,MSFT,MSFT\nPrice,Open,Close,Open,Close\nDate,,,,\n2024-01-02,1,2,3,4\n2024-01-03,1,2.5,3,4.5\n"
    )
    table = read_prices(path)
    assert (table.symbols, table.values.tolist()) == (("AAPL", "MSFT"), [[2.0, 4.0], [2.5, 4.5]])


def one_factor(noise: float) -> pl.DataFrame:
    """Give 300 trading days of an index and of a share with beta 1 and this noise, a tenth of its price."""
    draw = np.random.default_rng(2)
    days = np.busday_offset(np.datetime64("2023-01-02"), np.arange(300)).astype(str)
    market = draw.normal(0.0, 0.01, 300)
    index = 5000 * np.exp(np.cumsum(market))
    return pl.DataFrame({"date": days, "SPX": index, "SPY": index / 10 * np.exp(noise * draw.normal(size=300))})


@pytest.mark.parametrize("above", [0.30, 0.02], ids=["with time value", "two cents above intrinsic"])
def test_b25_an_option_is_alive_on_its_last_day(tmp_path: Path, above: float) -> None:
    """A call in the money that expires today has a delta between a half and one; the book is decided."""
    prices = one_factor(0.001)
    spot, day = float(prices["SPY"][-1]), prices["date"][-1]
    strike = round(spot) - 1
    path = tmp_path / "book.csv"
    path.write_text(
        "symbol,kind,quantity,underlying,right,strike,expiry,multiplier,exercise,price\nSPY,spot,100,,,,,,,\n"
        f"C,option,1,SPY,call,{strike},{day},100,european,{spot - strike + above:.2f}\n"
    )
    mandate = trimtab.Mandate(benchmark="SPX", target=1.0, band=0.05)
    call = trimtab.review(prices, path, mandate).exposure.positions[1]
    assert call.reason is None
    assert 0.5 < (call.delta or 0.0) <= 1.0


@pytest.mark.filterwarnings("error")
def test_b35_a_fund_that_is_its_index_raises_no_warning() -> None:
    """SPY exactly a tenth of SPX: beta 1, no error of a filter shown as a warning with a path of the source."""
    found = trimtab.review(one_factor(0.0), "10 SPY", trimtab.Mandate(benchmark="SPX", target=1.0, band=0.05))
    assert found.exposure.beta.value == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize("quoted", ["EUR", None], ids=["prices say EUR", "prices say nothing"])
@pytest.mark.parametrize("header", ["currency", "Trade Ccy", "CurrencyPrimary", "Devise"])
def test_b32_what_was_paid_in_another_currency_counts_at_the_rate_of_its_day(
    tmp_path: Path, header: str, quoted: str | None
) -> None:
    """100 SAP at EUR 100 when it was USD 1.20, now 84.66 at 1.08: USD -2,856.72, and not -1,534 of nothing."""
    days = np.array(["2024-01-02", "2024-06-28"], dtype="datetime64[D]")
    table = PriceTable.of({"SAP": [100.0, 84.66], "EURUSD": [1.20, 1.08]}, dates=days)
    path = tmp_path / "t.csv"
    path.write_text(f"date,symbol,quantity,price,fee,{header}\n2024-01-02,SAP,100,100,0,EUR\n")
    (line,) = basis_lines(replace(table, currencies=(quoted, None)), read_trades(path), base="USD")
    assert line.price is not None
    assert {f"{r.unrealised(line.price):.2f}" for r in line.results} == {"-2856.72"}
    assert (line.currency, f"{line.price:.4f}") == ("USD", "91.4328")


def test_b32_a_currency_without_a_rate_is_asked_for(tmp_path: Path) -> None:
    """Francs into dollars with no rate of them: the cost basis is refused and names day and file to give."""
    days = np.array(["2024-01-02", "2024-06-28"], dtype="datetime64[D]")
    table = PriceTable.of({"SAP": [100.0, 84.66], "EURUSD": [1.20, 1.08]}, dates=days)
    path = tmp_path / "t.csv"
    path.write_text("date,symbol,quantity,price,currency\n2024-01-02,SAP,100,100,CHF\n")
    with pytest.raises(InputError, match="rate of CHF into USD on 2024-01-02"):
        basis_lines(table, read_trades(path), base="USD")


@pytest.mark.parametrize(
    ("columns", "cells", "reader"),
    [
        ("date,symbol,quantity,price,Fee Currency", "2024-01-02,A,1,2,EUR", read_trades),
        ("date,symbol,quantity,price,Withholding Tax", "2024-01-02,A,1,2,3", read_trades),
        ("date,symbol,quantity,price,Multiplier", "2024-01-02,A,1,2,100", read_trades),
        ("symbol,quantity,price,acquired,Currency", "A,1,2,2024-01-02,EUR", read_lots),
        ("symbol,quantity,price,acquired,Long/Short", "A,1,2,2024-01-02,short", read_lots),
        ("date,symbol,weight,Position", "2024-01-02,A,0.4,short", read_weights),
        ("date,amount,Currency", "2024-01-02,5,EUR", read_cash_flows),
    ],
)
def test_a_column_that_changes_a_row_is_never_passed_over(
    tmp_path: Path, columns: str, cells: str, reader: Callable[[Path], object]
) -> None:
    """A currency, a direction, a tax or a multiplier that a table of records has no use for refuses it by name."""
    path = tmp_path / "t.csv"
    path.write_text(f"{columns}\n{cells}\n")
    with pytest.raises(FileFormatError, match="no column that changes what a row means") as refused:
        reader(path)
    assert columns.rsplit(",", 1)[1] in str(refused.value)


def test_the_direction_of_a_trade_signs_it_in_every_reader(tmp_path: Path) -> None:
    """Unsigned quantities beside buy and sell, under any header: a sale is one in a cost basis as well."""
    path = tmp_path / "t.csv"
    path.write_text("date,symbol,B/S,quantity,price\n2024-01-02,A,Buy,10,2\n2024-02-02,A,Sell,4,3\n")
    assert [t.quantity for t in read_trades(path)["A"]] == [10, -4]


def test_what_is_wrong_with_a_row_is_said_first(tmp_path: Path) -> None:
    """The number that cannot be read, then its row and file, then what else is wrong."""
    path = tmp_path / "t.csv"
    path.write_text("date,symbol,quantity,price\n2024-01-02,A,10,abc\n2024-02-02,A,,3\n")
    with pytest.raises(FileFormatError) as refused:
        read_trades(path)
    assert refused.value.expected == "a number in price"
    assert refused.value.found == "in t.csv, row 2: 'abc'; row 3: no quantity"
