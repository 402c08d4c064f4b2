"""Reading prices: from files and frames of any kind to one checked price table.

The work is done below: `trimtab.feeds.text` splits text into cells, `trimtab.market.tables` makes them prices,
`trimtab.market.joining` joins several sources, `trimtab.market.quality` judges the result.
"""

from collections.abc import Mapping
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

import polars as pl

from trimtab.errors import FileFormatError, InputError
from trimtab.feeds.text import read_bytes, read_text, unreadable
from trimtab.market.findings import Findings, Origin
from trimtab.market.frames import frame_kind, to_polars
from trimtab.market.joining import join_readings
from trimtab.market.prices import PriceTable
from trimtab.market.quality import check_prices
from trimtab.market.tables import Reading, read_table

__all__ = ["read_frame_file", "read_prices"]


def read_prices(
    source: Any,
    *,
    date_format: str | None = None,
    decimal: str | None = None,
    delimiter: str | None = None,
    currency: str | None = None,
    check: bool = True,
) -> PriceTable:
    """Read prices.

    Nothing is filled: a price that is missing or cannot be used stays missing with its reason, a row that cannot be
    read is listed under `failures`, and what was decided stands in `notes` and `flags`.

    Parameters
    ----------
    source
        A path to CSV (also .csv.gz, TSV) or Parquet; a pandas, Polars or Arrow frame; a `PriceTable`, which is given
        back as it is; a list of these, which are joined; or a dict of symbol to history. Frames and files may be wide
        (a date column and one column for each symbol), long (date, symbol, price), or the history of one symbol,
        which takes its name from the file.
    date_format
        Such as ``DD/MM/YYYY`` or ``%d/%m/%Y``; needed only where day and month cannot be told apart.
    decimal
        ``"."`` or ``","``; needed only where it cannot be told from the file.
    delimiter
        The sign between fields of a text file; found out if not given.
    currency
        Currency of the prices where the source does not say.
    check
        Whether to judge the prices too: jumps, splits and stale stretches (`trimtab.market.quality.check_prices`).

    Returns
    -------
    PriceTable

    Raises
    ------
    FileFormatError
        If the source is not a table of prices, or could be read in two ways.
    StorageError
        If a file cannot be opened.

    Examples
    --------
    >>> import polars as pl
    >>> table = read_prices(pl.DataFrame({"date": ["2024-01-02", "2024-01-03"], "SPY": [472.65, 468.79]}))
    >>> table.symbols, table.shape
    (('SPY',), (2, 1))
    """
    if isinstance(source, PriceTable):
        return source
    options = {"date_format": date_format, "decimal": decimal, "currency": currency}
    readings = [_read_one(item, name, delimiter, options) for name, item in _sources(source)]
    table = readings[0].table if len(readings) == 1 else join_readings(readings)
    return check_prices(table) if check else table


def _sources(source: Any) -> list[tuple[str | None, Any]]:
    """Give (symbol, source) for each source."""
    if isinstance(source, Mapping):
        pairs: list[tuple[str | None, Any]] = [(str(name), item) for name, item in source.items()]
    elif isinstance(source, list | tuple):
        pairs = [(None, item) for item in source]
    else:
        return [(None, source)]
    if not pairs:
        raise InputError(
            expected="at least one source of prices", found="an empty list", try_next="give a path or a frame"
        )
    return pairs


def _read_one(source: Any, symbol: str | None, delimiter: str | None, options: dict[str, str | None]) -> Reading:
    if isinstance(source, PriceTable):
        return Reading.of(source)
    findings = Findings()
    if isinstance(source, str | PathLike):
        path = Path(source)
        frame, origin, kind = read_frame_file(path, delimiter=delimiter, findings=findings)
        symbol = symbol or path.name.split(".")[0]
        return read_table(frame, origin=origin, symbol=symbol, kind=kind, findings=findings, **options)
    frame = to_polars(source)
    origin = Origin(name=f"{frame_kind(source)} frame")
    return read_table(
        frame, origin=origin, symbol=symbol, kind=frame_kind(source) or "polars", findings=findings, **options
    )


def read_frame_file(
    path: Path, *, findings: Findings, delimiter: str | None = None
) -> tuple[pl.DataFrame, Origin, str]:
    """Read a file as a plain frame: Parquet by its first bytes, anything else as delimited text.

    Returns
    -------
    the frame, where its rows stood, and "polars"
    """
    frame = _parquet(path)
    if frame is None:
        table = read_text(read_bytes(path), name=path.name, findings=findings, delimiter=delimiter)
        return table.frame, replace(table.origin, delimiter=table.delimiter), "polars"
    drop = [name for name in frame.columns if name.startswith("__index_level_") and frame[name].dtype.is_integer()]
    frame = frame.drop(drop).rename({n: "date" for n in frame.columns if n.startswith("__index_level_")}, strict=False)
    return frame, Origin(name=path.name), "polars"


def _parquet(path: Path) -> pl.DataFrame | None:
    """Read a file that begins as Parquet does; None for any other. A path given to polars would be a pattern."""
    try:
        with path.open("rb") as stream:
            if stream.read(4) != b"PAR1":
                return None
            stream.seek(0)
            return pl.read_parquet(stream)
    except pl.exceptions.PolarsError as error:
        raise FileFormatError(
            expected="a complete Parquet file",
            found=f"a damaged one: {path} ({error})",
            try_next="write or copy it again",
        ) from error
    except OSError as error:
        raise unreadable(path, error) from error
