"""Price frames of data libraries as they come, with invented numbers: each names its version and its source.

All hold the same 60 days of two names. `ADJUSTED` are the prices that returns are to be taken from, `CLOSES` those at
which a position is valued where a library gives both.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl

NAMES = ("SPY", "AAPL")
DAYS = pd.bdate_range("2024-01-02", periods=60)
_RNG = np.random.default_rng(1015)
_MARKET = _RNG.normal(0.0005, 0.01, 60)
_MOVES = np.column_stack([_MARKET, 1.3 * _MARKET + _RNG.normal(0.0, 0.006, 60)])
CLOSES = pd.DataFrame(
    np.round(np.array([472.65, 185.64]) * np.cumprod(1 + _MOVES, axis=0), 2), index=DAYS, columns=NAMES
)
#: A dividend of half a per cent on the 31st day.
ADJUSTED = CLOSES * np.where(np.arange(60) < 30, 0.995, 1.0)[:, None]
VOLUME = pd.DataFrame(_RNG.integers(10**6, 10**8, (60, 2)), index=DAYS, columns=NAMES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """One layout: the library with its version, where its layout is told, how it is made.

    `both` tells whether closes stand beside adjusted ones.
    """

    library: str
    source: str
    make: Callable[[], Any]
    both: bool = False


def bars(name: str, prices: pd.DataFrame = ADJUSTED) -> pd.DataFrame:
    """Give open, high, low, close and volume of one name."""
    close = prices[name]
    parts = {"Open": close * 0.99, "High": close * 1.01, "Low": close * 0.98, "Close": close, "Volume": VOLUME[name]}
    return pd.DataFrame(parts)


def _millis(day: pd.Timestamp, hour: int = 0) -> int:
    return int((day + pd.Timedelta(hours=hour)).timestamp() * 1000)


def _yfinance(*, auto_adjust: bool = True, by_ticker: bool = False, actions: bool = False) -> pd.DataFrame:
    parts = {}
    for name in NAMES:
        part = bars(name, ADJUSTED if auto_adjust else CLOSES)
        if not auto_adjust:
            part.insert(0, "Adj Close", ADJUSTED[name])
        if actions:
            part = part.assign(**{"Dividends": 0.0, "Stock Splits": 0.0, "Capital Gains": 0.0, "Repaired?": False})
        parts[name] = part
    frame = pd.concat(parts, axis=1, names=["Ticker", "Price"]).rename_axis("Date")
    return frame if by_ticker else frame.swaplevel(axis=1).sort_index(level=0, axis=1)


def _ticker_history() -> dict[str, pd.DataFrame]:
    frame = _yfinance(auto_adjust=False, by_ticker=True, actions=True)
    return {name: frame[name].tz_localize("America/New_York").rename_axis(None, axis=1) for name in NAMES}


def _ohlcv(name: str) -> list[list[float]]:
    part = bars(name)
    return [[_millis(day), row.Open, row.High, row.Low, row.Close, row.Volume] for day, row in part.iterrows()]


@dataclass
class BarData:
    """A bar as ib_async has it."""

    date: dt.date
    open: float
    high: float
    low: float
    close: float
    volume: float
    average: float
    barCount: int  # noqa: N815 - the library's name


def _bar_data(name: str) -> list[BarData]:
    return [
        BarData(day.date(), row.Open, row.High, row.Low, row.Close, row.Volume, row.Close * 0.999, 417)
        for day, row in bars(name).iterrows()
    ]


def _aggregates(name: str) -> list[dict[str, float]]:
    return [
        {"v": row.Volume, "vw": row.Close * 0.999, "o": row.Open, "c": row.Close, "h": row.High, "l": row.Low,
         "t": _millis(day, hour=5), "n": 500}
        for day, row in bars(name).iterrows()
    ]  # fmt: skip


def _tiingo(name: str) -> pd.DataFrame:
    raw, adjusted = bars(name, CLOSES), bars(name)
    frame = pd.DataFrame({
        "close": raw.Close, "high": raw.High, "low": raw.Low, "open": raw.Open, "volume": raw.Volume,
        "adjClose": adjusted.Close, "adjHigh": adjusted.High, "adjLow": adjusted.Low, "adjOpen": adjusted.Open,
        "adjVolume": raw.Volume, "divCash": 0.0, "splitFactor": 1.0,
    })  # fmt: skip
    return frame.tz_localize("UTC").rename_axis("date")


def _alpha_vantage(name: str) -> pd.DataFrame:
    raw = bars(name, CLOSES)
    frame = pd.DataFrame({
        "1. open": raw.Open, "2. high": raw.High, "3. low": raw.Low, "4. close": raw.Close,
        "5. adjusted close": ADJUSTED[name], "6. volume": raw.Volume, "7. dividend amount": 0.0,
        "8. split coefficient": 1.0,
    })  # fmt: skip
    return frame.iloc[::-1].rename_axis("date")


def _alpha_vantage_answer(name: str) -> dict[str, Any]:
    rows = _alpha_vantage(name)
    series = {str(day.date()): {field: repr(float(row[field])) for field in rows} for day, row in rows.iterrows()}
    return {"Meta Data": {"1. Information": "Daily", "2. Symbol": name}, "Time Series (Daily)": series}


def _eodhd(name: str) -> list[dict[str, Any]]:
    raw = bars(name, CLOSES)
    return [
        {"date": str(day.date()), "open": row.Open, "high": row.High, "low": row.Low, "close": row.Close,
         "adjusted_close": ADJUSTED.loc[day, name], "volume": int(row.Volume)}
        for day, row in raw.iterrows()
    ]  # fmt: skip


def _stooq_bulk() -> pd.DataFrame:
    parts = [
        pd.DataFrame({
            "<TICKER>": name, "<PER>": "D", "<DATE>": DAYS.strftime("%Y%m%d").astype(int), "<TIME>": "000000",
            "<OPEN>": part.Open, "<HIGH>": part.High, "<LOW>": part.Low, "<CLOSE>": part.Close, "<VOL>": part.Volume,
            "<OPENINT>": 0,
        })
        for name in NAMES
        for part in [bars(name)]
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _openbb() -> pd.DataFrame:
    parts = [bars(name).rename(columns=str.lower).assign(dividend=0.0, symbol=name) for name in NAMES]
    return pd.concat(parts).rename_axis("date").sort_index(kind="stable")


def _xbbg_long(*, semi: bool) -> pl.DataFrame:
    part = pl.DataFrame({
        "ticker": np.repeat([f"{name} US Equity" for name in NAMES], 60),
        "date": [day.date() for day in DAYS] * 2,
        "PX_LAST": ADJUSTED.to_numpy().T.ravel(),
        "PX_VOLUME": VOLUME.to_numpy().T.ravel().astype(float),
    })  # fmt: skip
    if semi:
        return part
    long = part.unpivot(["PX_LAST", "PX_VOLUME"], index=["ticker", "date"], variable_name="field")
    return long.with_columns(pl.col("value").cast(pl.String))


def _lseg(name: str) -> pd.DataFrame:
    part = bars(name)
    return pd.DataFrame({
        "TRDPRC_1": part.Close, "HIGH_1": part.High, "LOW_1": part.Low, "ACVOL_UNS": part.Volume, "OPEN_PRC": part.Open,
        "BID": part.Close * 0.9999, "ASK": part.Close * 1.0001, "NUM_MOVES": 417,
    }).rename_axis("Date")  # fmt: skip


_YF = "ranaroussi/yfinance 1.7.0, yfinance/multi.py and scrapers/history.py"
_LSEG = "developers.lseg.com, LSEG Data Library for Python, Historical Pricing tutorial (June 2024)"
_AV = "RomelTorres/alpha_vantage 3.0.0, alphavantage.py; alphavantage.co/documentation, TIME_SERIES_DAILY_ADJUSTED"

VENDORS: dict[str, Vendor] = {
    "yfinance download": Vendor(library="yfinance 1.7.0", source=_YF, make=_yfinance),
    "yfinance auto_adjust=False": Vendor(
        library="yfinance 1.7.0", source=_YF, make=lambda: _yfinance(auto_adjust=False), both=True
    ),
    "yfinance group_by=ticker": Vendor(library="yfinance 1.7.0", source=_YF, make=lambda: _yfinance(by_ticker=True)),
    "yfinance actions, repair": Vendor(
        library="yfinance 1.7.0", source=_YF, both=True,
        make=lambda: _yfinance(auto_adjust=False, by_ticker=True, actions=True),
    ),
    "yfinance Ticker.history": Vendor(library="yfinance 1.7.0", source=_YF, make=_ticker_history, both=True),
    "OpenBB": Vendor(
        library="openbb-core 2.0.1",
        source="openbb_core/provider/standard_models/equity_historical.py; OBBject.to_dataframe",
        make=_openbb,
    ),
    "ccxt": Vendor(
        library="ccxt 4.5.0", source="docs.ccxt.com, fetch_ohlcv", make=lambda: {name: _ohlcv(name) for name in NAMES}
    ),
    "ib_async util.df": Vendor(
        library="ib_async 2.1.0", source="ib_async/util.py df, objects.py BarData",
        make=lambda: {name: pd.DataFrame([vars(b) for b in _bar_data(name)]) for name in NAMES},
    ),
    "ib_async bars": Vendor(
        library="ib_async 2.1.0", source="ib_async/objects.py BarDataList",
        make=lambda: {name: _bar_data(name) for name in NAMES},
    ),
    "Tiingo get_dataframe": Vendor(
        library="tiingo 0.16.1", source="hydrosquall/tiingo-python 0.16.1, tiingo/api.py get_dataframe", both=True,
        make=lambda: {name: _tiingo(name) for name in NAMES},
    ),
    "Tiingo metric_name": Vendor(
        library="tiingo 0.16.1", source="hydrosquall/tiingo-python 0.16.1, tiingo/api.py get_dataframe",
        make=lambda: ADJUSTED.tz_localize("UTC"),
    ),
    "Alpha Vantage pandas": Vendor(
        library="alpha_vantage 3.0.0", source=_AV, make=lambda: {n: _alpha_vantage(n) for n in NAMES}, both=True
    ),
    "Alpha Vantage answer": Vendor(
        library="alpha_vantage 3.0.0", source=_AV, make=lambda: [_alpha_vantage_answer(n) for n in NAMES], both=True
    ),
    "EODHD": Vendor(
        library="eodhd 1.0.32", source="eodhd.com/financial-apis/api-for-historical-data-and-volumes", both=True,
        make=lambda: {name: _eodhd(name) for name in NAMES},
    ),
    "stooq": Vendor(
        library="stooq.com q/d/l", source="stooq.com, download of historical data as CSV",
        make=lambda: {name: bars(name).rename_axis("Date").iloc[::-1] for name in NAMES},
    ),
    "stooq bulk": Vendor(library="stooq.com db/h", source="stooq.com/db/h, ASCII files", make=_stooq_bulk),
    "Massive (Polygon) answer": Vendor(
        library="massive 2.9.1", source="massive/rest/models/aggs.py Agg.from_dict; GET /v2/aggs/ticker",
        make=lambda: [{"ticker": n, "resultsCount": 60, "results": _aggregates(n), "status": "OK"} for n in NAMES],
    ),
    "Massive (Polygon) frame": Vendor(
        library="massive 2.9.1", source="massive/rest/models/aggs.py Agg.from_dict",
        make=lambda: {name: pd.DataFrame(_aggregates(name)) for name in NAMES},
    ),
    "Massive (Polygon) grouped": Vendor(
        library="massive 2.9.1", source="massive/rest/models/aggs.py GroupedDailyAgg; GET /v2/aggs/grouped",
        make=lambda: [{"T": name, **row} for name in NAMES for row in _aggregates(name)],
    ),
    "xbbg bdh": Vendor(
        library="xbbg 0.7.7", source="xbbg 0.7.7 README, blp.bdh",
        make=lambda: pd.concat(
            {f"{n} US Equity": bars(n)[["High", "Low", "Close"]].set_axis(["high", "low", "last_price"], axis=1)
             for n in NAMES}, axis=1,
        ),
    ),
    "xbbg bdh, long": Vendor(
        library="xbbg 1.6.0", source="xbbg 1.6.0, services.py Format.LONG", make=lambda: _xbbg_long(semi=False)
    ),
    "xbbg bdh, semi_long": Vendor(
        library="xbbg 1.6.0", source="xbbg 1.6.0, services.py Format.SEMI_LONG", make=lambda: _xbbg_long(semi=True)
    ),
    "LSEG get_history": Vendor(
        library="lseg-data 2.1.1", source=_LSEG, make=lambda: pd.concat({n: _lseg(n) for n in NAMES}, axis=1)
    ),
    "LSEG get_history, one": Vendor(
        library="lseg-data 2.1.1", source=_LSEG, make=lambda: [_lseg(n).rename_axis(n, axis=1) for n in NAMES]
    ),
}  # fmt: skip


def in_decimals(frame: pd.DataFrame) -> pd.DataFrame:
    """Give prices as decimals, as databases return them."""
    return frame.map(lambda price: Decimal(repr(float(price))))
