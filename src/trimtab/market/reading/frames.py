"""From a data frame of any library to one plain Polars frame.

Polars, pandas and Arrow frames, and whatever else narwhals knows. Rows and columns come out in the order in which
they went in; numbers stay numbers, dates stay dates (with their zone), everything else becomes text.
"""

import datetime as dt
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl
from narwhals.exceptions import DuplicateError

from trimtab.errors import InputError
from trimtab.market.checks.findings import Origin
from trimtab.market.reading.fields import is_price_field, spelling
from trimtab.market.reading.levels import two_levels, unstack
from trimtab.market.reading.plain import from_plain, name_bars

__all__ = ["frame_kind", "to_polars"]

#: Names of an axis that say what its labels are, and no symbol.
_GENERIC = ("field", "fields", "attributes", "variable", "ticker", "symbol", "symbols", "metric", "columns")


def frame_kind(frame: Any) -> str | None:
    """Give "polars", "pandas", "pyarrow" or another library's name; None if it is no frame or series at all."""
    try:
        native = nw.from_native(frame, pass_through=True, allow_series=True)
    except DuplicateError as error:
        raise InputError(
            expected="each column name once", found=f"{error} in the frame", try_next="rename or drop columns"
        ) from error
    return native.implementation.value if isinstance(native, nw.DataFrame | nw.LazyFrame | nw.Series) else None


def to_polars(frame: Any) -> pl.DataFrame:
    """Give the same table as a Polars frame.

    A pandas index of dates becomes a column "date"; columns in two levels (field and symbol, as some download
    libraries give them) become one row for each symbol and date, with closes, adjusted closes and volumes. The one
    symbol that LSEG writes over the columns of its fields becomes a column.

    Raises
    ------
    InputError
        If it is not a frame, or a column name stands twice.

    Examples
    --------
    >>> import polars as pl
    >>> to_polars(pl.DataFrame({"date": ["2024-01-02"], "A": [1.0]})).columns
    ['date', 'A']
    """
    kind = frame_kind(frame)
    if kind is None:
        plain = from_plain(frame)
        if plain is not None:
            return plain
        raise InputError(
            expected="a path, a frame (pandas, Polars, Arrow), a PriceTable, bars or records with a date "
            "and a close, or a list or dict of these",
            found=f"{type(frame).__name__}",
            try_next="give read_prices('prices.csv') or read_prices(frame)",
        )
    if kind == "pandas":
        return name_bars(_from_pandas(frame))
    native = nw.from_native(frame, allow_series=True)
    if isinstance(native, nw.Series):
        return native.to_frame().to_polars()
    if isinstance(native, nw.LazyFrame):
        native = native.collect()
    frame_out: pl.DataFrame = native.to_polars()
    return name_bars(frame_out)


def _from_pandas(frame: Any) -> pl.DataFrame:
    if frame.ndim == 1:
        frame = frame.to_frame(frame.name if frame.name is not None else "price")
    if frame.columns.nlevels > 1:
        pairs = two_levels(frame.columns.to_list(), list(frame.columns.names))
        named = [repr(pair) for pair in pairs]
        plain = _plain(frame.set_axis(named, axis=1))
        return unstack(plain, dict(zip(named, pairs, strict=True)), Origin(name="pandas frame"))[0]
    return _plain(frame)


def _plain(frame: Any) -> pl.DataFrame:
    """Give a frame with one level of columns, with its index as columns where it says something."""
    named = [str(c) for c in frame.columns]
    twice = sorted({n for n in named if named.count(n) > 1}) if len(set(named)) < len(named) else []
    if twice:
        raise InputError(
            expected="each column name once",
            found=f"more than once: {', '.join(twice[:5])}",
            try_next="rename or drop columns",
        )
    above = _named_above(frame)
    series = [_index_level(frame.index, level, named) for level in range(frame.index.nlevels)]
    columns = [s for s in series if s is not None]
    if above is not None and "symbol" not in named:
        columns.append(pl.Series("symbol", [above] * len(frame)))
    columns += [_column(name, frame.iloc[:, i]) for i, name in enumerate(named)]
    return pl.DataFrame(columns)


def _named_above(frame: Any) -> str | None:
    """Give the symbol that stands over columns which are all fields; None where there is none."""
    above = frame.columns.name
    fields = [str(c) for c in frame.columns]
    generic = above is None or is_price_field(str(above)) or spelling(str(above)) in _GENERIC
    return None if generic or not all(map(is_price_field, fields)) or len(fields) < 2 else str(above)


def _index_level(index: Any, level: int, named: list[str]) -> pl.Series | None:
    """Give an index level as a column, unless it only numbers the rows or repeats a column."""
    values = index.get_level_values(level)
    kind = type(values).__name__
    name = values.name
    if name is None and kind == "RangeIndex":
        return None
    if name is None and index.nlevels == 1:
        if values.dtype.kind in "iu" or any(spelling(n) in ("date", "datetime", "timestamp") for n in named):
            return None
        name = "date"
    if name is None or str(name) in named:
        return None
    if kind == "PeriodIndex":
        values = values.to_timestamp(how="end").normalize()
    return _column(str(name), values.to_series())


def _column(name: str, values: Any) -> pl.Series:
    kind = values.dtype.kind
    zone = getattr(values.dtype, "tz", None)
    if zone is not None:
        return _zoned(name, values, zone)
    if kind == "M":
        return pl.Series(name, values.to_numpy().astype("datetime64[us]"))
    if kind in "iuf":
        whole = kind in "iu" and not values.isna().any()
        return pl.Series(name, values.to_numpy() if whole else values.to_numpy(dtype=np.float64, na_value=np.nan))
    if str(values.dtype) == "category":
        codes = values.cat.codes.to_numpy()
        labels = [str(c) for c in values.cat.categories]
        return pl.Series(name, labels, dtype=pl.String).gather(pl.Series(codes).set(pl.Series(codes < 0), None))
    if kind == "b":
        return pl.Series(name, values.to_numpy(dtype=bool, na_value=False))
    return pl.Series(name, [_text(v) for v in values.to_list()], dtype=pl.String)


def _zoned(name: str, values: Any, zone: Any) -> pl.Series:
    """Keep stamps with their zone; a bare offset, which Polars has no type for, is kept as text."""
    key = getattr(zone, "key", None) or getattr(zone, "zone", None) or ("UTC" if str(zone) == "UTC" else None)
    if key is not None:
        utc = values.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy().astype("datetime64[us]")
        return pl.Series(name, utc).dt.replace_time_zone("UTC").dt.convert_time_zone(str(key))
    texts = {v: None if v != v else v.isoformat() for v in values.unique()}  # noqa: PLR0124 - NaT differs from itself
    return pl.Series(name, [texts.get(v) for v in values.to_list()], dtype=pl.String)


def _text(value: Any) -> str | None:
    if isinstance(value, str):
        return value
    if value is None or (value != value) is True or str(value) in ("<NA>", "NaT"):  # noqa: PLR0124
        return None
    return value.isoformat() if isinstance(value, dt.date) else str(value)
