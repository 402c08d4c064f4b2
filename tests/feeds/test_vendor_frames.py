"""Frames of data libraries as they come: each gives the prices, closes and betas of a plain wide table."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

import trimtab as tt
import vendor_frames
from trimtab.errors import FileFormatError, TrimtabError
from trimtab.feeds.series.prices import read_prices
from trimtab.market.prices import PriceTable
from vendor_frames import ADJUSTED, CLOSES, DAYS, NAMES, VENDORS, VOLUME


def symbol(name: str) -> str:
    """Take the name of a venue or terminal off a symbol."""
    return name.removesuffix(" US Equity")


def beta(prices: object) -> float:
    """Give the plain beta of AAPL on SPY."""
    table = read_prices(prices)
    own = {symbol(s): s for s in table.symbols}
    assert set(own) == set(NAMES)
    found = tt.estimate_betas(table, benchmark=own["SPY"], method="ols", window=40)
    return next(float(b.value) for b in found.estimates if b.asset == own["AAPL"] and b.value is not None)


@pytest.fixture(scope="module")
def right() -> float:
    """Give the beta of the plain wide table, which numpy finds as well."""
    value = beta(ADJUSTED)
    moves = ADJUSTED.pct_change().to_numpy()[-40:]
    assert value == pytest.approx(np.polyfit(moves[:, 0], moves[:, 1], 1)[0], rel=1e-12)
    return value


def check_prices(table: PriceTable, *, both: bool) -> None:
    """Hold a table against the prices that were put into it."""
    order = [[symbol(s) for s in table.symbols].index(name) for name in NAMES]
    assert table.dates.astype("datetime64[D]").tolist() == [day.date() for day in DAYS]
    assert table.values[:, order] == pytest.approx(ADJUSTED.to_numpy(), rel=1e-14)
    assert not table.failures
    if both:
        assert table.to_quoted is not None
        assert (table.values * table.to_quoted)[:, order] == pytest.approx(CLOSES.to_numpy(), rel=1e-14)


@pytest.mark.parametrize("name", sorted(VENDORS))
def test_a_frame_of_a_data_library_gives_the_betas_of_a_plain_table(name: str, right: float) -> None:
    """Whatever the layout: the same days, prices, closes beside them, and the same beta."""
    vendor = VENDORS[name]
    table = read_prices(vendor.make())
    check_prices(table, both=vendor.both)
    if table.volumes is not None:
        order = [[symbol(s) for s in table.symbols].index(n) for n in NAMES]
        assert table.volumes[:, order].tolist() == VOLUME.to_numpy().tolist()
    assert beta(vendor.make()) == pytest.approx(right, rel=1e-11)


FRAMES = [n for n, v in sorted(VENDORS.items()) if isinstance(v.make(), pd.DataFrame)]


@pytest.mark.parametrize("name", FRAMES)
def test_the_same_frame_as_a_file_gives_the_same(name: str, tmp_path: Path) -> None:
    """Written as CSV and as Parquet by pandas, with one, two or three header lines."""
    vendor = VENDORS[name]
    frame = vendor.make()
    frame.to_csv(tmp_path / "prices.csv", index=isinstance(frame.index, pd.DatetimeIndex))
    check_prices(read_prices(tmp_path / "prices.csv"), both=vendor.both)
    frame.to_parquet(tmp_path / "prices.parquet")
    check_prices(read_prices(tmp_path / "prices.parquet"), both=vendor.both)


@pytest.mark.parametrize("name", [n for n in FRAMES if VENDORS[n].make().columns.nlevels == 1])
def test_the_same_frame_in_polars_gives_the_same(name: str) -> None:
    """An index becomes a column there; dates may be texts."""
    frame = VENDORS[name].make()
    plain = frame.reset_index() if isinstance(frame.index, pd.DatetimeIndex) else frame
    check_prices(read_prices(pl.from_pandas(plain)), both=VENDORS[name].both)


def _flat(sign: str, *, symbol_first: bool) -> pd.DataFrame:
    frame = VENDORS["yfinance auto_adjust=False"].make()
    return frame.set_axis([sign.join((s, f) if symbol_first else (f, s)) for f, s in frame.columns], axis=1)


VARIANTS: dict[str, Callable[[], object]] = {
    "levels without names": lambda: VENDORS["yfinance download"].make().rename_axis(columns=[None, None], index=None),
    "three levels": lambda: pd.concat({"yahoo": VENDORS["yfinance download"].make()}, axis=1),
    "names joined by _": lambda: _flat("_", symbol_first=True),
    "names joined by ., as quantmod": lambda: _flat(".", symbol_first=True),
    "fields first": lambda: _flat(" ", symbol_first=False),
    "texts": lambda: ADJUSTED.map(repr),
    "decimals": lambda: vendor_frames.in_decimals(ADJUSTED),
    "periods": lambda: ADJUSTED.to_period("D"),
    "newest first": lambda: ADJUSTED.iloc[::-1],
    "last row twice": lambda: pd.concat([ADJUSTED, ADJUSTED.iloc[-1:]]),
    "zone of New York": lambda: ADJUSTED.tz_localize("America/New_York"),
    "closes at four": lambda: ADJUSTED.set_axis(ADJUSTED.index + pd.Timedelta(hours=16)).tz_localize("US/Eastern"),
    "days as objects": lambda: ADJUSTED.set_axis(pd.Index([day.date() for day in DAYS], dtype=object)),
    "arrow types": lambda: ADJUSTED.convert_dtypes(dtype_backend="pyarrow"),
    "columns of lists": lambda: {"date": [str(day.date()) for day in DAYS], **ADJUSTED.to_dict("list")},
    "rows of dicts": lambda: [{"date": day, **row} for day, row in ADJUSTED.to_dict("index").items()],
    "stacked": lambda: ADJUSTED.stack().rename("close").rename_axis(["date", "symbol"]).reset_index(),
    "a series by name": lambda: {name: ADJUSTED[name] for name in NAMES},
    "melted fields": lambda: VENDORS["yfinance download"].make().stack([0, 1], future_stack=True).rename("value")
    .reset_index(),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(VARIANTS))
def test_a_variant_of_a_table_gives_the_same_prices(name: str) -> None:
    """Types, zones, orders and ways to write two levels that people make of such frames."""
    check_prices(read_prices(VARIANTS[name]()), both=False)


OTHERS: dict[str, Callable[[str], object]] = {
    "nasdaq.com": lambda name: pd.DataFrame({
        "Date": DAYS.strftime("%m/%d/%Y"), "Close/Last": [f"${price!r}" for price in ADJUSTED[name].tolist()],
        "Volume": "1", "Open": "$1.00", "High": "$1.00", "Low": "$1.00",
    }),
    "Binance klines": lambda name: pd.DataFrame({
        "open_time": DAYS.astype("int64") // 10**6 if DAYS.unit == "ns" else DAYS.as_unit("ms").astype("int64"),
        "open": "1", "high": "1", "low": "1", "close": ADJUSTED[name].map(repr).to_numpy(), "volume": "1",
        "close_time": 1, "quote_volume": "1", "count": 1, "taker_buy_volume": "1", "taker_buy_quote_volume": "1",
        "ignore": 0,
    }),
    "Finnhub candles": lambda name: {
        "c": ADJUSTED[name].tolist(), "h": [1.0] * 60, "l": [1.0] * 60, "o": [1.0] * 60, "s": "ok", "v": [1] * 60,
        "t": [int(day.timestamp()) for day in DAYS],
    },
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(OTHERS))
def test_bars_of_others_are_one_history(name: str) -> None:
    """Names that stand on no line of the page: fields of a bar are known, whoever writes them."""
    check_prices(read_prices({symbol: OTHERS[name](symbol) for symbol in NAMES}), both=False)


def test_a_field_is_never_a_symbol() -> None:
    """A bar with a column that nobody knows is refused, in small letters and in capitals, with one way on."""
    bar = vendor_frames.bars("SPY").rename_axis("Date").assign(Sentiment=0.5)
    for frame in (bar, bar.rename(columns=str.upper), bar.rename(columns=str.lower)):
        with pytest.raises(FileFormatError, match="fields of one symbol"):
            read_prices({"SPY": frame})


def test_a_symbol_that_lacks_the_prices_of_the_others_is_told() -> None:
    """One ticker without an adjusted close beside others with one is refused: it would vanish."""
    frame = VENDORS["yfinance auto_adjust=False"].make().drop(columns=[("Adj Close", "AAPL")])
    with pytest.raises(FileFormatError, match="none of AAPL"):
        read_prices(frame)


def test_the_name_over_a_history_may_not_hide_others() -> None:
    """A dict of symbol to history takes one history under each name, and says what the table calls it."""
    with pytest.raises(FileFormatError, match="history of one symbol"):
        read_prices({"SPY": ADJUSTED})
    table = read_prices({"SPX": ADJUSTED[["SPY"]]})
    assert table.symbols == ("SPX",)
    assert any("calls it SPY" in note for note in table.notes)


def test_an_answer_of_alpha_vantage_is_its_frame_under_the_symbol_that_it_states() -> None:
    """`TimeSeries.get_daily` of alpha_vantage gives (frame, meta); its README names the keys."""
    frame = pd.DataFrame(
        {"1. open": 1.0, "4. close": [10.0, 11.0]}, index=pd.DatetimeIndex(["2024-01-02", "2024-01-03"])
    )
    meta = {"1. Information": "Daily Prices", "2. Symbol": "IBM", "3. Last Refreshed": "2024-01-03"}
    for given in ((frame, meta), {"IBM": (frame, meta)}):
        table = read_prices(given)
        assert table.symbols == ("IBM",)
        assert table.values[:, 0].tolist() == [10.0, 11.0]
    with pytest.raises(FileFormatError, match="a history without a symbol"):
        read_prices((frame, {"1. Information": "Daily Prices"}))


def test_a_frame_of_bars_without_names_is_read_as_the_bars() -> None:
    """`pd.DataFrame(exchange.fetch_ohlcv(...))` names no column; numbers that are no bars are not taken for some."""
    bars = [[1704153600000, 1.0, 2.0, 0.5, 1.5, 9.0], [1704240000000, 1.5, 1.75, 1.25, 1.625, 7.0]]
    for frame in (pd.DataFrame(bars), pl.DataFrame(bars, orient="row")):
        table = read_prices({"BTC/USDT": frame})
        np.testing.assert_array_equal(table.values[:, 0], read_prices({"BTC/USDT": bars}).values[:, 0])
        assert [str(day)[:10] for day in table.dates] == ["2024-01-02", "2024-01-03"]
    with pytest.raises(FileFormatError, match="a date column"):
        read_prices({"BTC/USDT": pd.DataFrame([[1704153600000, 1.0, 0.5, 2.0, 1.5, 9.0]])})


@pytest.mark.parametrize("given", [[[1, 2, 3]], [{"close": 1.0}], {"a": [1, 2]}, [[1704153600000, 1, 2, 3, 4], [1]]])
def test_plain_data_that_is_no_history_is_refused(given: object) -> None:
    """Lists and dicts without a day or a price are refused in three parts."""
    with pytest.raises(TrimtabError, match="Try"):
        read_prices(given)


def test_the_page_names_each_library_with_its_version() -> None:
    """docs/files.md has one line for each library, and no other."""
    page = (Path(__file__).parents[2] / "docs" / "files.md").read_text()
    section = page.split("## Libraries and vendors")[1].split("\n## ")[0]
    rows = [line.split("|")[1].strip() for line in section.splitlines() if line.startswith("|")]
    assert set(rows[2:]) == {vendor.library for vendor in VENDORS.values()}
