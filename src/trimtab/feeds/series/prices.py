"""Reading prices: from files and frames of any kind to one checked price table.

The work is done below: `trimtab.feeds.text` splits text into cells, `trimtab.market.reading.tables` makes them prices,
`trimtab.market.joining` joins several sources, `trimtab.market.checks.quality` looks for prices that were not traded.
"""

from collections.abc import Mapping
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

import polars as pl

from trimtab.desk.moment.asset_facts import with_futures
from trimtab.errors import FileFormatError, InputError
from trimtab.feeds.contracts import bundled_contracts
from trimtab.feeds.text import read_bytes, read_text, unreadable
from trimtab.market.checks.findings import Findings, Origin
from trimtab.market.checks.quality import check_prices
from trimtab.market.joining import join_readings
from trimtab.market.prices import Flag, PriceTable
from trimtab.market.reading.fields import field_name, spelling
from trimtab.market.reading.frames import frame_kind, to_polars
from trimtab.market.reading.plain import from_plain
from trimtab.market.reading.tables import Reading, read_table

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
        back with its prices as they are; a list of these, which are joined (a source with the columns effective, symbol
        and ratio among them holds splits: they are applied, and a ratio of 1 says that the move of that day was real);
        or a dict of symbol to history; bars and records as interfaces answer them (`trimtab.market.reading.plain`).
        Frames and files may be wide (a date column and one column for each symbol),
        long (date, symbol, price), or the history of one symbol, which takes its name from the file. Prices count as
        adjusted if their column (adj close, ...) or the name of their file (prices_adj.csv) says so.
    date_format
        Such as ``DD/MM/YYYY`` or ``%d/%m/%Y``; needed only where day and month cannot be told apart.
    decimal
        ``"."`` or ``","``; needed only where it cannot be told from the file.
    delimiter
        The sign between fields of a text file; found out if not given.
    currency
        Currency of the prices where the source does not say.
    check
        Whether to look for repeated prices that mean no trade (`trimtab.market.checks.quality`). Jumps are judged
        where the benchmark is known (`trimtab.market.checks.jumps.judge_jumps`).

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
        return with_futures(source, bundled_contracts())
    options = {"date_format": date_format, "decimal": decimal, "currency": currency}
    given = list(_sources(source))
    splits = [item for name, item in given if name is None and len(given) > 1 and _is_actions(item, delimiter)]
    readings = [_read_one(item, name, delimiter, options) for name, item in given if not _among(item, splits)]
    if not readings:
        raise FileFormatError(
            expected="prices beside corporate actions", found="actions alone", try_next="give a file of prices as well"
        )
    table = readings[0].table if len(readings) == 1 else join_readings(readings)
    for item in splits:
        table = _with_actions(table, item, delimiter, date_format)
    return with_futures(check_prices(table) if check else table, bundled_contracts())


def _among(item: Any, others: list[Any]) -> bool:
    return any(item is other for other in others)


def _is_actions(source: Any, delimiter: str | None) -> bool:
    """Tell a file or frame of splits (effective, symbol, ratio) by its header."""
    if isinstance(source, PriceTable):
        return False
    names = _header(Path(source), delimiter) if isinstance(source, str | PathLike) else to_polars(source).columns
    words = {spelling(name) for name in names}
    return {"symbol", "ratio"} <= words and bool(words & {"effective", "effectivedate", "exdate"})


def _header(path: Path, delimiter: str | None) -> list[str]:
    """Give the column names of a text file; none where the first line names no ratio, which most files do not."""
    try:
        with path.open("rb") as stream:
            first = stream.readline(1000)
    except OSError as error:
        raise unreadable(path, error) from error
    if b"ratio" not in first.lower():
        return []
    return read_frame_file(path, delimiter=delimiter, findings=Findings())[0].columns


def _with_actions(table: PriceTable, source: Any, delimiter: str | None, date_format: str | None) -> PriceTable:
    # Few files are of this kind, and the reader of actions uses this module.
    from trimtab.desk.books.actions import apply_actions  # noqa: PLC0415
    from trimtab.feeds.actions import read_actions  # noqa: PLC0415

    findings, origin = Findings(), Origin(name="frame")
    if isinstance(source, str | PathLike):
        frame, origin, _ = read_frame_file(Path(source), delimiter=delimiter, findings=findings)
    else:
        frame = to_polars(source)
    read = read_actions(frame, origin=origin, findings=findings, date_format=date_format)
    return apply_actions(table, read.rows)


def _sources(source: Any) -> list[tuple[str | None, Any]]:
    """Give (symbol, source) for each source."""
    plain = from_plain(source) if isinstance(source, Mapping | list | tuple) else None
    # One history under its symbol has the shape of an answer with one table in it, whose names are words.
    under_symbol = isinstance(source, Mapping) and len(source) == 1 and str(next(iter(source))).isupper()
    if plain is not None and not under_symbol:
        return [(None, plain)]
    pairs: list[tuple[str | None, Any]]
    if isinstance(source, Mapping):
        pairs = [(str(name), _of_answer(item)[1]) for name, item in source.items()]
    elif isinstance(source, tuple) and _of_answer(source)[1] is not source:
        pairs = [_of_answer(source)]
    elif isinstance(source, list | tuple):
        pairs = [(None, item) for item in source]
    else:
        return [(None, source)]
    if not pairs:
        raise InputError(
            expected="at least one source of prices", found="an empty list", try_next="give a path or a frame"
        )
    return pairs


def _of_answer(source: Any) -> tuple[str | None, Any]:
    """Take frame and symbol out of an answer of alpha_vantage: (frame, what is said of it)."""
    if not isinstance(source, tuple) or len(source) != 2 or not isinstance(source[1], Mapping):
        return None, source
    frame, about = source
    if frame_kind(frame) is None or not all(isinstance(text, str) for text in about.values()):
        return None, source
    return next((text for name, text in about.items() if field_name(str(name)) == "symbol"), None), frame


def _read_one(source: Any, symbol: str | None, delimiter: str | None, options: dict[str, str | None]) -> Reading:
    if isinstance(source, PriceTable):
        return Reading.of(source)
    findings = Findings()
    if isinstance(source, str | PathLike):
        path = Path(source)
        frame, origin, kind = read_frame_file(path, delimiter=delimiter, findings=findings)
        symbol = symbol or path.name.split(".")[0]
        read = read_table(frame, origin=origin, symbol=symbol, kind=kind, findings=findings, owned=True, **options)
        return _stated_adjusted(read) if "adj" in path.name.lower() else read
    frame = to_polars(source)
    library = frame_kind(source)
    origin = Origin(name=f"{library} frame" if library else "the bars")
    kind = library or "polars"
    read = read_table(frame, origin=origin, symbol=symbol, kind=kind, findings=findings, owned=False, **options)
    return read if symbol is None else _of_symbol(read, symbol)


def _of_symbol(read: Reading, symbol: str) -> Reading:
    """Hold what a history says of its symbol against the name under which it was given."""
    own = read.table.symbols
    if own == (symbol,):
        return read
    if len(own) > 1:
        raise FileFormatError(
            expected=f"the history of one symbol under the name {symbol!r}",
            found=f"prices of {', '.join(own[:5])}",
            try_next="give such a table by itself, or in a list",
        )
    notes = (*read.table.notes, f"{symbol}: its table calls it {own[0]}")
    return replace(read, table=replace(read.table, symbols=(symbol,), notes=notes))


def _stated_adjusted(read: Reading) -> Reading:
    """Take prices as adjusted because their file's name says so: a wide table's header holds symbols alone."""
    flags = tuple(tuple(f for f in Flag if f in old or f is Flag.ADJUSTED_CHOSEN) for old in read.table.flags)
    return replace(read, table=replace(read.table, flags=flags))


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
    if path.exists() and not path.is_file() and not path.is_dir():
        # A pipe would be waited for, for ever.
        raise FileFormatError(
            expected="a file", found=f"a pipe or a device: {path}", try_next="write it to a file, and give that"
        )
    try:
        with path.open("rb") as stream:
            if stream.read(4) != b"PAR1":
                return None
            stream.seek(0)
            return pl.read_parquet(stream)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise FileFormatError(
            expected="a complete Parquet file",
            found=f"a damaged one: {path} ({error})",
            try_next="write or copy it again",
        ) from error
    except OSError as error:
        raise unreadable(path, error) from error
