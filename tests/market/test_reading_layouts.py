"""Layouts: whatever shape prices come in, the same table comes out."""

import gzip

import numpy as np
import pandas as pd
import polars as pl
import pytest

from trimtab.errors import FileFormatError, InputError
from trimtab.feeds.series.prices import read_prices
from trimtab.market.prices import Flag, PriceTable

WIDE = "date,SPY,AAPL\n2024-01-02,472.65,185.64\n2024-01-03,468.79,184.25\n"
LONG = (
    "Date,Ticker,Close\n2024-01-02,SPY,472.65\n2024-01-02,AAPL,185.64\n2024-01-03,SPY,468.79\n2024-01-03,AAPL,184.25\n"
)
VALUES = [[472.65, 185.64], [468.79, 184.25]]


def write(tmp_path, text, name="prices.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("text", [WIDE, LONG])
def test_wide_and_long_text_give_the_same_prices(tmp_path, text):
    """A wide and a long file with the same prices give the same table."""
    table = read_prices(write(tmp_path, text))
    assert table.symbols == ("SPY", "AAPL")
    assert table.values.tolist() == VALUES
    assert table.dates.astype("datetime64[D]").astype(str).tolist() == ["2024-01-02", "2024-01-03"]
    assert not table.failures


@pytest.mark.parametrize("date", ["date", "Datetime", "TIMESTAMP", "day", "Trade Date"])
@pytest.mark.parametrize("symbol", ["symbol", "TICKER", "asset", "Instrument", "id", "sid", "permno"])
@pytest.mark.parametrize(
    "price", ["price", "CLOSE", "last", "px_last", "Adj Close", "adjusted_close", "close_adj", "value"]
)
def test_common_header_spellings_of_long_tables_are_known(date, symbol, price):
    """Any mix of the usual names for date, symbol and price is understood."""
    frame = pl.DataFrame({date: ["2024-01-02", "2024-01-03"], symbol: ["X", "X"], price: [10.0, 11.0]})
    table = read_prices(frame)
    assert table.symbols == ("X",)
    assert table.values[:, 0].tolist() == [10.0, 11.0]


def test_adjusted_prices_are_taken_before_raw_ones_and_it_is_said():
    """With both closes there, the adjusted one is used, flagged and noted."""
    frame = pl.DataFrame(
        {"date": ["2024-01-02", "2024-01-03"], "symbol": ["X", "X"], "close": [10.0, 11.0], "adj_close": [9.0, 9.9]}
    )
    table = read_prices(frame)
    assert table.values[:, 0].tolist() == [9.0, 9.9]
    assert Flag.ADJUSTED_CHOSEN in table.flags[0]
    assert any("adj_close" in note and "close" in note for note in table.notes)


def test_a_history_of_one_symbol_takes_its_name_from_the_file(tmp_path):
    """Date, open, high, low, close, adj close, volume without a symbol is the history of the file's name."""
    text = "Date,Open,High,Low,Close,Adj Close,Volume\n2024-01-02,1,2,1,2,1.9,100\n2024-01-03,1,2,1,2.1,2.0,200\n"
    table = read_prices(write(tmp_path, text, "SPY.csv"))
    assert table.symbols == ("SPY",)
    assert table.values[:, 0].tolist() == [1.9, 2.0]
    assert table.volumes is not None
    assert table.volumes[:, 0].tolist() == [100.0, 200.0]


def test_a_frame_with_one_history_needs_a_name():
    """A history in a frame has no file name: it is refused, and accepted in a dict."""
    frame = pl.DataFrame({"date": ["2024-01-02", "2024-01-03"], "close": [1.0, 2.0]})
    with pytest.raises(FileFormatError, match="symbol"):
        read_prices(frame)
    assert read_prices({"SPY": frame}).symbols == ("SPY",)


@pytest.mark.parametrize("tickers", [["LOW", "OPEN"], ["LOW", "CLOSE", "AAPL"], ["TIME_", "AAPL"]])
def test_tickers_that_look_like_fields_stay_tickers(tickers):
    """LOW and OPEN are shares too: a wide table of them is wide."""
    frame = pl.DataFrame({"date": ["2024-01-02", "2024-01-03"], **{t: [1.0, 1.1] for t in tickers}})
    assert read_prices(frame).symbols == tuple(tickers)


def test_two_level_columns_of_pandas_give_adjusted_closes():
    """Columns (field, ticker), as download libraries give them, become one column for each ticker."""
    columns = pd.MultiIndex.from_product([["Adj Close", "Close", "Volume"], ["SPY", "AAPL"]], names=["Price", "Ticker"])
    index = pd.DatetimeIndex(["2024-01-02", "2024-01-03"], name="Date")
    frame = pd.DataFrame([[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [1.1, 2.1, 3.1, 4.1, 5.1, 6.1]], index=index, columns=columns)
    for given in (frame, frame.swaplevel(axis=1)):
        table = read_prices(given)
        assert table.symbols == ("SPY", "AAPL")
        assert table.values.tolist() == [[1.0, 2.0], [1.1, 2.1]]


def test_two_header_lines_in_a_file_are_understood(tmp_path):
    """A file with fields in one header line and tickers in the next gives the closes."""
    text = "Price,Close,Close,Volume,Volume\nTicker,SPY,AAPL,SPY,AAPL\nDate,,,,\n"
    text += "2024-01-02,1,2,9,9\n2024-01-03,1.1,x,9,9\n"
    table = read_prices(write(tmp_path, text))
    assert table.symbols == ("SPY", "AAPL")
    assert table.values[:, 0].tolist() == [1.0, 1.1]
    assert table.failures[0].where.startswith("prices.csv row 5")


@pytest.mark.parametrize("name", [None, "Date", "when"])
def test_a_pandas_date_index_is_the_date_column(name):
    """A DatetimeIndex, named or not, holds the dates."""
    index = pd.DatetimeIndex(["2024-01-02", "2024-01-03"], name=name)
    table = read_prices(pd.DataFrame({"A": [1.0, 1.1], "B": [2.0, 2.1]}, index=index))
    assert table.symbols == ("A", "B")
    assert table.frame == "pandas"


def test_row_numbers_that_pandas_wrote_are_no_prices(tmp_path):
    """A first column without a name beside a date column is a row number, not a symbol."""
    table = read_prices(write(tmp_path, ",date,A\n0,2024-01-02,10\n1,2024-01-03,11\n"))
    assert table.symbols == ("A",)


@pytest.mark.parametrize(
    "labels", [["u", "v"], [7, 9], pd.DatetimeIndex(["2025-01-02", "2025-01-03"]), pd.Index(["u", "v"], name="date")]
)
def test_labels_of_rows_beside_a_date_column_are_no_dates(labels):
    """What is left of a frame after a selection: words, numbers or other days as labels; the column named date says."""
    days = pd.DatetimeIndex(["2024-01-02", "2024-01-03"])
    table = read_prices(pd.DataFrame({"date": days, "A": [1.0, 1.1]}, index=labels))
    assert table.symbols == ("A",)
    assert (table.dates.astype("datetime64[D]") == days.to_numpy().astype("datetime64[D]")).all()


def test_an_index_of_symbols_is_the_symbol_column():
    """A long frame whose rows are labelled by their symbols keeps them, dates in a column or not."""
    days = pd.DatetimeIndex(["2024-01-02", "2024-01-03"] * 2)
    index = pd.Index(["A", "A", "B", "B"], name="ticker")
    table = read_prices(pd.DataFrame({"date": days, "close": [1.0, 1.1, 5.0, 5.5]}, index=index))
    assert table.symbols == ("A", "B")
    assert table.values.tolist() == [[1.0, 5.0], [1.1, 5.5]]


def test_numbers_that_label_rows_are_no_dates():
    """Without a date column rows that are left of a selection have none: refused, not counted from 1970."""
    with pytest.raises(FileFormatError, match="a date column"):
        read_prices(pd.DataFrame({"A": [1.0, 1.1]}, index=[20240102, 20240103]))


def test_an_index_column_without_a_name_holds_the_dates(tmp_path):
    """A first column without a name that holds dates is the date column."""
    table = read_prices(write(tmp_path, ",A\n2024-01-02,10\n2024-01-03,11\n"))
    assert table.symbols == ("A",)
    assert table.shape == (2, 1)


def test_several_files_are_joined_on_dates_before_anything_else(tmp_path):
    """Sources with different dates meet on the union of their dates; nothing is filled."""
    one = write(tmp_path, "date,A\n2024-01-02,10\n2024-01-03,11\n", "a.csv")
    two = write(tmp_path, "date,B\n2024-01-03,20\n2024-01-04,21\n", "b.csv")
    table = read_prices([one, two])
    assert table.symbols == ("A", "B")
    assert np.isnan(table.values).tolist() == [[False, True], [False, False], [True, False]]


def test_one_symbol_in_parts_is_put_together(tmp_path):
    """A symbol that comes in two files is one column; equal overlaps are dropped, differing ones are conflicts."""
    one = write(tmp_path, "date,A\n2024-01-02,10\n2024-01-03,11\n2024-01-04,12\n", "a.csv")
    two = write(tmp_path, "date,A\n2024-01-03,11\n2024-01-04,12.5\n2024-01-05,13\n", "b.csv")
    table = read_prices([one, two])
    assert table.symbols == ("A",)
    assert table.values[[0, 1, 3], 0].tolist() == [10, 11, 13]
    assert np.isnan(table.values[2, 0])
    assert {Flag.DUPLICATES_DROPPED, Flag.CONFLICT} <= set(table.flags[0])


def test_a_price_table_is_given_back_as_it_is():
    """Reading what was read already changes nothing."""
    table = PriceTable.of({"A": [1.0, 2.0]}, dates=["2024-01-02", "2024-01-03"])
    assert read_prices(table) is table


def test_gzip_is_unpacked(tmp_path):
    """A .csv.gz file reads like the plain one."""
    path = tmp_path / "p.csv.gz"
    path.write_bytes(gzip.compress(WIDE.encode()))
    assert read_prices(path).values.tolist() == VALUES


def test_currencies_come_from_their_column_and_pence_become_pounds():
    """A currency column names each symbol's currency; prices in pence are divided by 100 and it is said."""
    frame = pl.DataFrame(
        {
            "date": ["2024-01-02", "2024-01-02"],
            "symbol": ["VOD", "SAP"],
            "price": [68.5, 140.0],
            "currency": ["GBp", "EUR"],
        }
    )
    table = read_prices(frame)
    assert table.currencies == ("GBP", "EUR")
    assert table.values[0].tolist() == [0.685, 140.0]
    assert any("hundredths" in note for note in table.notes)


def test_a_second_currency_for_one_symbol_is_set_aside():
    """Rows of a symbol in another currency than its first are not mixed in."""
    frame = pl.DataFrame(
        {"date": ["2024-01-02", "2024-01-03"], "symbol": ["X", "X"], "price": [10.0, 11.0], "currency": ["USD", "EUR"]}
    )
    table = read_prices(frame)
    assert table.currencies == ("USD",)
    assert np.isnan(table.values[1, 0])


@pytest.mark.parametrize("given", [None, 3, object(), [], {}])
def test_what_is_no_source_is_refused(given):
    """A thing that is neither path nor frame is refused with a way out."""
    with pytest.raises(InputError, match="Try"):
        read_prices(given)


def test_an_empty_column_is_kept_as_not_listed(tmp_path):
    """A symbol without a single price stays in the table, so that it can be reported as not covered."""
    table = read_prices(write(tmp_path, "date,A,B\n2024-01-02,10,\n2024-01-03,11,\n"))
    assert table.symbols == ("A", "B")
    assert np.isnan(table.values[:, 1]).all()
    assert table.last("B") is None


def test_an_index_column_of_names_is_the_symbol_column():
    """A header "index" over words names the symbols; over numbers it is a row number."""
    frame = pl.DataFrame({"index": ["SPX", "NDX"], "day": ["2024-01-02"] * 2, "close": [4700.0, 16500.0]})
    assert read_prices(frame).symbols == ("SPX", "NDX")
    numbers = pl.DataFrame({"index": [0, 1], "day": ["2024-01-02", "2024-01-03"], "SPX": [4700.0, 4710.0]})
    assert read_prices(numbers).symbols == ("SPX",)


def test_a_typed_date_column_is_found_under_any_name():
    """A column of dates needs no telling header, wherever it stands."""
    frame = pl.DataFrame({"ticker": ["X"], "bar_start": ["2024-01-02"], "close": [4.0]}).with_columns(
        pl.col("bar_start").str.to_date()
    )
    assert read_prices(frame).shape == (1, 1)


def test_several_series_under_one_symbol_are_refused():
    """Two venues for each symbol and day are two series: refused, not a table of conflicts."""
    days = [f"2024-01-{d:02d}" for d in range(1, 21)] * 2
    frame = pl.DataFrame(
        {"date": days, "symbol": ["BTC"] * 40, "venue": ["a"] * 20 + ["b"] * 20, "close": range(1, 41)}
    )
    with pytest.raises(FileFormatError, match="venue"):
        read_prices(frame)


def test_a_column_name_that_stands_twice_is_refused():
    """Two columns of one name cannot both be one symbol."""
    frame = pd.DataFrame([["2024-01-02", 1.0, 2.0]], columns=["date", "A", "A"])
    with pytest.raises(InputError, match="once"):
        read_prices(frame)


def test_cells_of_odd_types_are_set_aside_or_refused():
    """Booleans and lists are no prices, durations no dates; categories and decimals are read."""
    days = ["2024-01-02", "2024-01-03"]
    assert len(read_prices(pl.DataFrame({"date": days, "A": [True, False]})).failures) == 2
    assert len(read_prices(pl.DataFrame({"date": days, "A": [[1.0], [2.0]]})).failures) == 2
    categories = pl.DataFrame({"date": days, "A": [1, 2]}).with_columns(pl.col("date").cast(pl.Categorical))
    assert read_prices(categories).shape == (2, 1)
    with pytest.raises(FileFormatError, match="Duration"):
        read_prices(pl.DataFrame({"A": [1.0]}).with_columns(date=pl.duration(days=1)))
