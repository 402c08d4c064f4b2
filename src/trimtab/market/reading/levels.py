"""Tables with a column for each symbol and field: made long, one row for each symbol and date.

Such columns come from frames with two levels of columns (in either order), from files with two header lines, from
Parquet files of such frames (`('Close', 'SPY')`), and with both in one name (`AAPL.Close`, `SPY_Volume`). Tables with
one row for each symbol, date and field become the same.
"""

import ast
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from trimtab.errors import FileFormatError
from trimtab.market.checks.findings import Origin
from trimtab.market.reading.fields import (
    ADJUSTED,
    CURRENCY,
    DATE,
    RAW,
    SYMBOL,
    UNADJUSTED,
    VOLUME,
    could_be_tickers,
    field_name,
    is_price_field,
)

__all__ = ["as_long", "two_levels", "unstack"]

#: Names of a level or column that holds fields, and of one that holds symbols.
_FIELD_LEVEL = ("price", "field", "fields", "attributes", "attribute", "variable", "metric", "item")
_SYMBOL_LEVEL = (*SYMBOL, "security", "securities")
_KEPT = (*ADJUSTED, *UNADJUSTED, *RAW, *VOLUME, *CURRENCY)
_SEPARATORS = (".", "_", " ", "|", "/")


def two_levels(names: Sequence[Sequence[object]], levels: Sequence[object]) -> list[tuple[str, str]]:
    """Give field and symbol of columns in two levels, whichever comes first; further levels of one label are left out.

    Parameters
    ----------
    names
        The labels of each column.
    levels
        Name of each level, if it has one.

    Raises
    ------
    FileFormatError
        If no level, or more than one, can be that of the fields.

    Examples
    --------
    >>> two_levels([("SPY", "Close"), ("SPY", "Volume"), ("QQQ", "Close"), ("QQQ", "Volume")], [None, None])[0]
    ('Close', 'SPY')
    """
    labels = [[str(name[k]) for name in names] for k in range(len(levels))]
    at = _field_level(labels, [field_name(str(level)) for level in levels])
    others = [k for k in range(len(levels)) if k != at and len(set(labels[k])) > 1]
    others = others or [k for k in range(len(levels)) if k != at][:1]
    if at is None or len(others) != 1:
        raise FileFormatError(
            expected="columns in one level, or in two with field names such as Close in one of them",
            found=f"columns in {len(levels)} levels, the first of them {tuple(names[0])!r}",
            try_next="choose the closes first, for example frame['Close']",
        )
    return list(zip(labels[at], labels[others[0]], strict=True))


def _field_level(labels: Sequence[Sequence[str]], names: Sequence[str]) -> int | None:
    """Give the level that holds the fields: most of its labels are such words, and one of them is a price."""
    share = []
    for level in labels:
        distinct = set(level)
        priced = any(field_name(label) in (*ADJUSTED, *RAW, *UNADJUSTED) for label in distinct)
        share.append(sum(map(is_price_field, distinct)) / len(distinct) if priced else 0.0)
    best = [k for k, much in enumerate(share) if much == max(share) and much >= 0.5]
    if len(best) > 1:
        best = [k for k in best if names[k] in _FIELD_LEVEL] or [k for k in best if names[k] not in _SYMBOL_LEVEL]
    return best[0] if len(best) == 1 else None


def as_long(frame: pl.DataFrame, origin: Origin) -> tuple[pl.DataFrame, Origin]:
    """Make a table with a column for each symbol and field long; give any other as it is.

    Parameters
    ----------
    frame
        As it was read.
    origin
        Where its rows stood.

    Raises
    ------
    FileFormatError
        If a symbol lacks the prices that the others have.

    Examples
    --------
    >>> wide = pl.DataFrame({"date": ["2024-01-02"], "SPY.Close": [472.65], "SPY.Volume": [9], "QQQ.Close": [402.59]})
    >>> as_long(wide, Origin(name="p.csv"))[0].rows()
    [('2024-01-02', 'SPY', 472.65, 9), ('2024-01-02', 'QQQ', 402.59, None)]
    """
    pairs = _pairs(frame.columns)
    if pairs:
        return unstack(frame, pairs, origin)
    melted = _melted(frame)
    return (frame, origin) if melted is None else _of_rows(frame, melted, origin)


def _pairs(headers: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Give (field, symbol) of each column but the first ones, where all of them name both."""
    tuples = {h: pair for h in headers if (pair := _of_tuple(h)) is not None}
    if tuples:
        return dict(zip(tuples, two_levels(list(tuples.values()), [None, None]), strict=True))
    rest = [h for h in headers if field_name(h) not in DATE and not h.startswith("Unnamed")]
    for sign in _SEPARATORS:
        for field_first in (False, True):
            parted = {h: _parted(h, sign, field_first=field_first) for h in rest}
            named = {h: pair for h, pair in parted.items() if pair is not None}
            words = list({field for field, _ in named.values()})
            if len(named) == len(rest) and _is_bar(words) and not all(is_price_field(h) for h in rest):
                return named
    return {}


def _is_bar(words: Sequence[str]) -> bool:
    """Tell whether fields are those of a bar: a price among them, and not one word in capitals that ends tickers."""
    names = {field_name(word) for word in words}
    return bool(names & {*ADJUSTED, *RAW, *UNADJUSTED}) and (len(words) > 1 or not could_be_tickers(words))


def _of_tuple(header: str) -> tuple[str, str] | None:
    if not header.startswith("('"):
        return None
    try:
        pair = ast.literal_eval(header)
    except (ValueError, SyntaxError):
        return None
    return (str(pair[0]), str(pair[1])) if isinstance(pair, tuple) and len(pair) == 2 else None


def _parted(header: str, sign: str, *, field_first: bool) -> tuple[str, str] | None:
    """Part `AAPL.Adj Close` into field and symbol; None where the one side is no word of a field."""
    places = [i for i, letter in enumerate(header) if letter == sign]
    for place in places if not field_first else reversed(places):
        before, behind = header[:place].strip(), header[place + 1 :].strip()
        field, symbol = (before, behind) if field_first else (behind, before)
        if len(field) > 2 and symbol and is_price_field(field):
            return field, symbol
    return None


def unstack(frame: pl.DataFrame, pairs: dict[str, tuple[str, str]], origin: Origin) -> tuple[pl.DataFrame, Origin]:
    """Lay columns below one another that each hold one field of one symbol.

    Parameters
    ----------
    frame
        With its dates in a column of its own.
    pairs
        (field, symbol) by the names of the columns.
    origin
        Where its rows stood.

    Raises
    ------
    FileFormatError
        If a symbol lacks the prices that the others have.
    """
    kept = [name for name in frame.columns if name not in pairs]
    fields = [f for f in dict.fromkeys(field for field, _ in pairs.values()) if field_name(f) in _KEPT]
    column = {(field, symbol): header for header, (field, symbol) in pairs.items()}
    symbols = list(dict.fromkeys(symbol for _, symbol in pairs.values()))
    _check_whole(column, fields, symbols, origin)
    parts = [
        frame.select(
            *kept,
            pl.lit(symbol).alias("symbol"),
            *(
                pl.col(column[field, symbol]).alias(field) if (field, symbol) in column else pl.lit(None).alias(field)
                for field in fields
            ),
        )
        for symbol in symbols
    ]
    lines = None if origin.lines is None else np.tile(origin.lines, len(symbols))
    return pl.concat(parts, how="vertical_relaxed"), replace(origin, lines=lines, rows=frame.height)


def _check_whole(
    column: dict[tuple[str, str], str], fields: Sequence[str], symbols: Sequence[str], origin: Origin
) -> None:
    """Refuse adjusted prices that one symbol has and another has not: its closes would be left out unseen."""
    adjusted = [field for field in fields if field_name(field) in ADJUSTED]
    prices = adjusted or [field for field in fields if field_name(field) in (*RAW, *UNADJUSTED)]
    lacking = [symbol for symbol in symbols if not any((field, symbol) in column for field in prices)]
    if lacking:
        raise FileFormatError(
            expected=f"{prices[0] if prices else 'Close'} of each symbol",
            found=f"none of {', '.join(lacking[:5])} in {origin.name}",
            try_next=f"give {lacking[0]} apart, or the same fields for all",
        )


def _melted(frame: pl.DataFrame) -> tuple[str, str] | None:
    """Give the columns of fields and values, where a table has one row for each symbol, date and field."""
    names = {field_name(h): h for h in frame.columns}
    field = next((names[n] for n in _FIELD_LEVEL if n in names and frame[names[n]].dtype == pl.String), None)
    if field is None or not any(n in names for n in _SYMBOL_LEVEL):
        return None
    words = frame[field].drop_nulls().unique().to_list()
    if not words or not all(map(is_price_field, words)):
        return None
    value = next((names[n] for n in ("value", "values", "0") if n in names), None)
    return None if value is None else (field, value)


def _of_rows(frame: pl.DataFrame, melted: tuple[str, str], origin: Origin) -> tuple[pl.DataFrame, Origin]:
    """Put the fields of one symbol and date into one row."""
    field, value = melted
    words = [w for w in frame[field].drop_nulls().unique(maintain_order=True).to_list() if field_name(w) in _KEPT]
    keys = [name for name in frame.columns if name not in melted and _is_key(name)]
    numbered = frame.with_row_index("row at").filter(pl.col(field).is_in(words))
    if numbered.select(*keys, field).is_duplicated().any():
        raise FileFormatError(
            expected="one row for each symbol, date and field",
            found=f"several in {origin.name}",
            try_next="drop the rows that repeat one another",
        )
    wide = numbered.pivot(on=field, index=keys, values=value, maintain_order=True)
    first = numbered.group_by(keys, maintain_order=True).agg(pl.col("row at").first())["row at"].to_numpy()
    lines = first.astype(np.int64) if origin.lines is None else origin.lines[first]
    return wide, replace(origin, lines=lines)


def _is_key(name: str) -> bool:
    return field_name(name) in (*DATE, *_SYMBOL_LEVEL, *CURRENCY)
