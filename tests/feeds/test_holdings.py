"""Holdings files: what a row may leave out, what it may not, and errors that name the row."""

import datetime as dt
from decimal import Decimal

import pandas as pd
import polars as pl
import pytest

from trimtab.errors import FileFormatError, TrimtabError
from trimtab.feeds.contracts import bundled_contracts
from trimtab.feeds.holdings import read_holdings
from trimtab.model.instrument import Cash, Future, Option, OptionRight, Perpetual, Spot

TABLE = bundled_contracts()
DAY = dt.date(2026, 11, 21)


def read(tmp_path, text: str, name: str = "book.csv"):
    file = tmp_path / name
    file.write_text(text)
    return read_holdings(file, base="USD", contracts=TABLE, as_of=DAY)


def test_symbol_and_quantity_are_enough(tmp_path):
    """Shares, cash and listed futures are told apart by their names."""
    held = read(tmp_path, "symbol,quantity\nAAPL,100\nESZ6,-2\nUSD,25000\nGE,7\n")
    kinds = [type(p.instrument) for p in held.positions]
    assert kinds == [Spot, Future, Cash, Spot]
    future = held.positions[1].instrument
    assert (future.root, future.terms_on(DAY).multiplier, future.expiry) == ("ES", 50, dt.date(2026, 12, 18))


def test_common_header_spellings(tmp_path):
    """Ticker and Shares mean symbol and quantity."""
    held = read(tmp_path, "Ticker;Shares;Ccy\nSAP;10;EUR\n")
    assert held.positions[0].instrument == Spot(symbol="SAP", currency="EUR")


def test_a_future_of_ones_own(tmp_path):
    """A contract that is not in the table needs a multiplier, which overrides the table's where both are there."""
    held = read(tmp_path, "symbol,kind,quantity,multiplier,currency\nMINE,future,3,12.5,USD\nESZ6,future,1,51,USD\n")
    assert [p.instrument.terms_on(DAY).multiplier for p in held.positions] == [Decimal("12.5"), 51]
    with pytest.raises(FileFormatError, match="row 2.*multiplier"):
        read(tmp_path, "symbol,kind,quantity\nMINE,future,3\n")


def test_a_linear_perpetual_that_settles_in_a_coin_is_refused(tmp_path):
    """Its settlement was left aside, and coins behind it with it: linear pays the money that it is quoted in."""
    table = "symbol,kind,quantity,underlying,payoff,currency,settlement\nP,perpetual,2,BTC,linear,USD,BTC\n"
    with pytest.raises(FileFormatError, match="payoff inverse or quanto"):
        read(tmp_path, table)


def test_options_and_perpetuals_are_read(tmp_path):
    """Kinds with more terms are read whole."""
    held = read(
        tmp_path,
        "symbol,kind,quantity,underlying,right,strike,expiry,payoff,multiplier,settlement\n"
        "SPX P,option,5,SPX,put,6000,2026-12-18,,,\n"
        "BTC-PERP,perpetual,-3,BTC,,,,inverse,100,BTC\n",
    )
    option, perpetual = (p.instrument for p in held.positions)
    assert isinstance(option, Option)
    assert (option.right, option.strike, option.terms[0].multiplier) == (OptionRight.PUT, 6000, 100)
    assert isinstance(perpetual, Perpetual)
    assert perpetual.settlement == "BTC"


@pytest.mark.parametrize("payoff", ["inverse", "quanto"])
@pytest.mark.parametrize("money", ["USD,", "USD,USD", "BTC,", ","])
def test_an_inverse_or_quanto_perpetual_is_asked_what_it_settles_in(tmp_path, payoff, money):
    """In its quote currency, 20,000 contracts on a coin of 15,228 had 1.94 of beta exposure where 32,254 was right."""
    table = f"symbol,kind,quantity,underlying,payoff,currency,settlement\nP,perpetual,20000,BTC,{payoff},{money}\n"
    with pytest.raises(FileFormatError, match=f"money P settles in.*{payoff}"):
        read(tmp_path, table)
    linear = read(tmp_path, table.replace(payoff, "linear")).positions[0].instrument
    assert linear.settlement == linear.currency


@pytest.mark.parametrize("text", ['symbol,"quan\ntity\nAAPL,1\n', 'symbol,quantity,""note\nAAPL,1,\n'])
def test_a_quote_left_open_in_the_header_is_refused_by_name(tmp_path, text):
    """It ended every reader of files with a traceback."""
    with pytest.raises(FileFormatError, match="each quote in it closed"):
        read(tmp_path, text)


def test_thousands_separators_and_negative_numbers(tmp_path):
    """Quoted numbers with separators are read; a decimal comma is not mistaken for one."""
    held = read(tmp_path, 'symbol,quantity\nAAPL,"-12,500"\nMSFT,"1,234,567.5"\n')
    assert [p.quantity for p in held.positions] == [Decimal(-12500), Decimal("1234567.5")]
    with pytest.raises(FileFormatError, match="1,5"):
        read(tmp_path, 'symbol,quantity\nAAPL,"1,5"\n')


def test_every_bad_row_is_named_and_nothing_is_read(tmp_path):
    """All bad rows stand in one message; a portfolio with a position missing is never returned."""
    with pytest.raises(FileFormatError) as caught:
        read(tmp_path, "symbol,quantity,kind\nAAPL,many,\n,5,\nMSFT,,\nIBM,5,house\nNVDA,nan,\nWMT,5,\n")
    for part in ("row 2", "row 3", "row 4", "row 5", "row 6"):
        assert part in str(caught.value)
    assert "row 7" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,amount of money\nAAPL,5\n", "no quantity"),
        ("symbol,quantity\n", "below the header"),
        ("", "empty"),
    ],
)
def test_files_that_are_no_holdings(tmp_path, text, message):
    """Missing columns, no rows and an empty file are each refused with a reason."""
    with pytest.raises(TrimtabError, match=message):
        read(tmp_path, text)


def test_a_currency_that_contradicts_the_contract_table_is_refused(tmp_path):
    """ES is in dollars; a row that says euro is wrong, and named."""
    with pytest.raises(FileFormatError, match="row 2.*EUR"):
        read(tmp_path, "symbol,kind,quantity,currency\nESZ6,future,1,EUR\n")


def test_frames_give_the_same_portfolio_as_files(tmp_path):
    """pandas, Polars and CSV read to equal positions."""
    columns = {"symbol": ["AAPL", "ESZ6", "USD"], "quantity": [100.5, -2, 1e6], "currency": ["USD", "USD", "USD"]}
    from_csv = read(tmp_path, "symbol,quantity,currency\nAAPL,100.5,USD\nESZ6,-2,USD\nUSD,1000000,USD\n")
    for frame in (pd.DataFrame(columns), pl.DataFrame(columns)):
        held = read_holdings(frame, base="USD", contracts=TABLE, as_of=DAY)
        assert held.positions == from_csv.positions


def test_european_numbers_mean_what_a_spreadsheet_meant(tmp_path):
    """A semicolon file with decimal commas is read with points as thousands: 1.500 and 900,5 are 1500 and 900.5."""
    held = read(tmp_path, "\ufeffSymbol;Quantity;Price\r\nAAPL;1.500;10,25\r\nSAP;900,5;\r\nVOD;-60.000;1\r\n")
    assert [p.quantity for p in held.positions] == [1500, Decimal("900.5"), -60000]
    assert held.positions[0].stated.price == Decimal("10.25")


def test_a_point_that_may_be_thousands_is_not_guessed(tmp_path):
    """Between semicolons, 1.500 alone may be 1500: one and a half share would be a wrong book that looks right."""
    with pytest.raises(FileFormatError, match=r"1\.500"):
        read(tmp_path, "symbol;quantity\nAAPL;1.500\nMSFT;2.000\n")
    assert read(tmp_path, "symbol;quantity;price\nAAPL;1.500;10.25\n").positions[0].quantity == Decimal("1.5")
    assert read(tmp_path, "symbol,quantity\nBTC,1.500\n").positions[0].quantity == Decimal("1.5")
