"""Read a file of prices as rows that are to be kept: one for each symbol and stamp, with its field."""

import numpy as np
import polars as pl

from trimtab.desk.books.intake_prices import ReadPrices, SymbolFacts
from trimtab.errors import FileFormatError
from trimtab.market.checks.findings import Findings, Origin
from trimtab.market.prices import PriceTable
from trimtab.market.reading.layout import Layout, layout_of
from trimtab.market.reading.levels import as_long
from trimtab.market.reading.stamps import read_stamps
from trimtab.market.reading.tables import Reading, read_table

__all__ = ["format_columns", "read_price_rows"]


def read_price_rows(
    frame: pl.DataFrame,
    *,
    origin: Origin,
    findings: Findings,
    symbol: str | None = None,
    adjusted: bool = False,
    date_format: str | None = None,
    decimal: str | None = None,
    currency: str | None = None,
) -> ReadPrices:
    """Read prices as rows.

    Parameters
    ----------
    frame
        Wide, long, or the history of one symbol.
    origin, findings
        Where the rows came from, and what was noticed while the text was taken apart.
    symbol
        Name of a history that does not say its symbol.
    adjusted
        Whether prices are adjusted although neither the header nor the file's name (prices_adj.csv) says so.
    date_format, decimal, currency
        As in `trimtab.feeds.series.prices.read_prices`.

    Raises
    ------
    FileFormatError
        If there are no prices in it, a history has no symbol, or a table with symbols of its own is given one.

    Examples
    --------
    >>> frame = pl.DataFrame({"date": ["2024-01-02", "2024-01-03"], "A": ["10", "0"], "B": ["5", "6"]})
    >>> read = read_price_rows(frame, origin=Origin(name="p.csv"), findings=Findings())
    >>> read.rows["price"].to_list(), str(read.failures[0])
    ([10.0, 5.0, 6.0], 'p.csv row 1, column A: a price of 0 (not_positive)')
    """
    if frame.height == 0 or frame.width == 0:
        raise FileFormatError(expected="rows of prices", found=f"none in {origin.name}", try_next="check the file")
    frame, origin = as_long(frame, origin)
    layout = layout_of(frame, where=origin.name)
    if layout.kind == "single" and symbol is None:
        raise FileFormatError(
            expected="a symbol for these prices: a file's name is no part of what it says",
            found=f"a history without a symbol column in {origin.name}",
            try_next="give --symbol SPY, or add a column symbol",
        )
    if layout.kind != "single" and symbol is not None:
        named = "a column for each symbol" if layout.kind == "wide" else f"the symbols in column {layout.symbol!r}"
        raise FileFormatError(
            expected=f"the history of one symbol, to call it {symbol}",
            found=f"{named} in {origin.name}",
            try_next="leave --symbol out, or import such files apart from those that need it",
        )
    reading = read_table(
        frame,
        origin=origin,
        symbol=symbol,
        date_format=date_format,
        decimal=decimal,
        currency=currency,
        findings=findings,
    )
    # As `read_prices` takes a file by its name: a wide table's header has room for symbols alone.
    field = "adjusted" if adjusted or layout.adjusted or "adj" in origin.name.lower() else "close"
    table = reading.table
    rows, failures = _rows(table, field), table.failures
    if layout.passed_over is not None:
        # Closes beside adjusted prices: what a unit was worth. Read as they stand, to the last digit.
        closes = read_table(
            frame.drop(layout.prices[0]),
            origin=origin,
            symbol=symbol,
            date_format=date_format,
            decimal=decimal,
            currency=currency,
        ).table
        rows, failures = pl.concat([rows, _rows(closes, "close")]), (*failures, *closes.failures)
    fields = (field,) if layout.passed_over is None else (field, "close")
    moved = _moved(frame, layout, reading, origin, date_format)
    there = {table.symbols[c] for c in np.flatnonzero((~np.isnan(table.values)).any(axis=0)).tolist()}
    return ReadPrices(
        name=origin.name,
        rows=rows,
        symbols={s: _facts(reading, i, fields, moved=moved) for i, s in enumerate(table.symbols) if s in there},
        intraday=reading.intraday,
        aware=bool(reading.aware.all()) if reading.intraday else False,
        columns=_columns(frame, layout, field),
        failures=failures,
        notes=table.notes,
    )


def format_columns(frame: pl.DataFrame, read: ReadPrices) -> tuple[str, ...]:
    """Give the columns that make the format of a file: of a wide table the date column alone, for others all.

    Examples
    --------
    >>> frame = pl.DataFrame({"date": ["2024-01-02"], "A": ["10"], "B": ["5"]})
    >>> format_columns(frame, read_price_rows(frame, origin=Origin(name="p.csv"), findings=Findings()))
    ('date',)
    """
    symbols = {head for head, what in read.columns if what.startswith("symbol ")}
    return tuple(name for name in frame.columns if name not in symbols) if symbols else tuple(frame.columns)


def _rows(table: PriceTable, field: str) -> pl.DataFrame:
    there = ~np.isnan(table.values)
    row, column = np.nonzero(there)
    stamps = table.dates.astype("datetime64[s]").astype(np.int64)
    volumes = pl.repeat(None, row.size, eager=True, dtype=pl.Float64)
    if table.volumes is not None:
        volumes = pl.Series("volume", table.volumes[row, column]).fill_nan(None)
    names = pl.Series("symbol", list(table.symbols), dtype=pl.String)
    return pl.DataFrame(
        {
            "symbol": names.gather(pl.Series(column)),
            "stamp": stamps[row],
            "field": pl.repeat(field, row.size, eager=True, dtype=pl.String),
            "price": table.values[row, column],
            "volume": volumes,
        }
    )


def _moved(frame: pl.DataFrame, layout: Layout, reading: Reading, origin: Origin, date_format: str | None) -> bool:
    """Tell whether daily stamps with a clock were moved to another day (`trimtab.market.reading.sessions`)."""
    if reading.intraday or np.isnan(reading.hours).all() or layout.clock is not None:
        return False
    stamps = read_stamps(frame[layout.date], where=origin.name, date_format=date_format)
    shown = np.unique(stamps.wall[stamps.ok] // 86_400)
    return not np.isin(reading.table.dates.astype("datetime64[D]").astype(np.int64), shown).all()


def _facts(reading: Reading, at: int, fields: tuple[str, ...], *, moved: bool) -> SymbolFacts:
    hour = float(reading.hours[at])
    return SymbolFacts(
        currency=reading.table.currencies[at],
        fields=fields,
        hour=None if np.isnan(hour) else hour,
        aware=bool(reading.aware[at]),
        moved=moved and not np.isnan(hour),
    )


def _columns(frame: pl.DataFrame, layout: Layout, field: str) -> tuple[tuple[str, str], ...]:
    """Say what each column was read as."""
    read_as = {
        layout.passed_over: "close",
        layout.date: "date",
        layout.clock: "time of day",
        layout.symbol: "symbol",
        layout.currency: "currency",
        layout.volume: "volume",
    }
    if layout.kind == "wide":
        return tuple(
            (c, read_as.get(c) or (f"symbol {c.strip()}" if c in layout.prices else "")) for c in frame.columns
        )
    return tuple((c, field if c in layout.prices else read_as.get(c, "")) for c in frame.columns)
