"""From rows of prices, each statement with the number of its batch, to a price table."""

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from trimtab.desk.books.intake_prices import SymbolFacts
from trimtab.errors import NotEnoughDataError
from trimtab.market.checks.findings import Findings
from trimtab.market.prices import Flag, PriceTable, absence
from trimtab.market.reading.cells import carry_quoted
from trimtab.market.reading.sessions import flag_close_hours
from trimtab.stats.arrays import Floats

__all__ = ["price_table"]


def price_table(rows: pl.DataFrame, facts: Mapping[str, SymbolFacts]) -> PriceTable:
    """Lay rows out by date and symbol; of several statements about one cell the one of the latest batch counts.

    Parameters
    ----------
    rows
        symbol, stamp (seconds since 1970-01-01), field, price, volume, batch.
    facts
        What is known of each symbol.

    Returns
    -------
    The table, symbols in order of their names. Nothing is judged: see `trimtab.market.checks.quality.check_prices`.

    Raises
    ------
    NotEnoughDataError
        If there are no rows.

    Examples
    --------
    >>> rows = pl.DataFrame(
    ...     {
    ...         "symbol": ["B", "A", "A"],
    ...         "stamp": [0, 0, 0],
    ...         "field": ["close"] * 3,
    ...         "price": [2.0, 1.0, 1.5],
    ...         "volume": [None, 5.0, None],
    ...         "batch": [1, 1, 2],
    ...     }
    ... )
    >>> table = price_table(rows, {})
    >>> table.symbols, table.values.tolist(), table.volumes.tolist()
    (('A', 'B'), [[1.5, 2.0]], [[5.0, nan]])
    """
    if not rows.height:
        raise NotEnoughDataError(
            expected="prices in the workspace", found="none", try_next="keep some first: trimtab import prices.csv"
        )
    findings = Findings()
    rows, closes = _one_field(rows, findings)
    symbols = rows["symbol"].unique().sort().to_list()
    columns = rows["symbol"].cast(pl.Enum(symbols)).to_physical().cast(pl.Int64).to_numpy()
    stamps = rows["stamp"].to_numpy()
    dates = rows["stamp"].unique().sort().to_numpy()
    prices, volume = rows["price"].to_numpy(), rows["volume"]
    cell = np.searchsorted(dates, stamps) * len(symbols) + columns
    batches = rows["batch"].to_numpy()
    if (np.diff(batches) < 0).any():
        order = np.argsort(batches, kind="stable")
        cell, prices, volume = cell[order], prices[order], volume.gather(order)
    # Where a cell is named twice numpy keeps the last, which is the latest batch's.
    grid = np.full(len(dates) * len(symbols), np.nan)
    grid[cell] = prices
    values = grid.reshape(len(dates), len(symbols))
    volumes = None
    if volume.null_count() < len(volume):
        stated = volume.is_not_null().to_numpy()
        flat = np.full(values.size, np.nan)
        flat[cell[stated]] = volume.drop_nulls().to_numpy()
        volumes = flat.reshape(values.shape)
    facts_of = [facts.get(symbol, SymbolFacts()) for symbol in symbols]
    hours = np.array([np.nan if k.hour is None else k.hour for k in facts_of])
    flag_close_hours(symbols, hours, np.array([k.aware for k in facts_of], dtype=bool), findings)
    return PriceTable(
        dates=dates.astype("datetime64[s]"),
        symbols=tuple(symbols),
        values=values,
        why=absence(values),
        currencies=tuple(k.currency for k in facts_of),
        flags=tuple(findings.flags_of(s) for s in symbols),
        volumes=volumes,
        notes=findings.notes(),
        to_quoted=None if closes is None else _quoted(closes, symbols, dates, values),
    )


def _quoted(closes: pl.DataFrame, symbols: list[str], dates: NDArray[np.int64], values: Floats) -> Floats:
    """Give what turns adjusted prices into the closes of the same symbols and stamps."""
    ratio = np.full(values.size, np.nan)
    closes = closes.filter(pl.col("stamp").is_in(pl.Series(dates).implode())).sort("batch", maintain_order=True)
    columns = closes["symbol"].cast(pl.Enum(symbols)).to_physical().cast(pl.Int64).to_numpy()
    cell = np.searchsorted(dates, closes["stamp"].to_numpy()) * len(symbols) + columns
    ratio[cell] = closes["price"].to_numpy()
    return carry_quoted(ratio.reshape(values.shape) / values)


def _one_field(rows: pl.DataFrame, findings: Findings) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """Keep one series for each symbol: the adjusted prices where there are any, so that no return mixes the two.

    Returns
    -------
    the rows kept, and the closes of symbols that have adjusted prices (None if there are none)
    """
    adjusted = rows["field"] == "adjusted"
    if not adjusted.any():
        return rows, None
    names = rows.filter(adjusted)["symbol"].unique()
    findings.flag_all(names.to_list(), Flag.ADJUSTED_CHOSEN)
    raw = rows["symbol"].is_in(names.implode()) & ~adjusted
    if not raw.any():
        return rows, None
    left = rows.filter(raw)["symbol"].unique().sort().to_list()
    findings.note(
        f"returns from adjusted prices, positions valued at the closes: {', '.join(left[:5])}"
        + (f" and {len(left) - 5} more" if len(left) > 5 else "")
    )
    return rows.filter(~raw), rows.filter(raw)
