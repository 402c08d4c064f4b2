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
from trimtab.market.reading.layout import is_price_field, spelling

__all__ = ["frame_kind", "to_polars"]


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
    libraries give them) become the closes, one column for each symbol, adjusted where there are adjusted ones.

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
        raise InputError(
            expected="a path, a frame (pandas, Polars, Arrow), a PriceTable, or a list or dict of these",
            found=f"{type(frame).__name__}",
            try_next="give read_prices('prices.csv') or read_prices(frame)",
        )
    if kind == "pandas":
        return _from_pandas(frame)
    native = nw.from_native(frame, allow_series=True)
    if isinstance(native, nw.Series):
        return native.to_frame().to_polars()
    if isinstance(native, nw.LazyFrame):
        native = native.collect()
    frame_out: pl.DataFrame = native.to_polars()
    return frame_out


def _from_pandas(frame: Any) -> pl.DataFrame:
    if frame.ndim == 1:
        frame = frame.to_frame(frame.name if frame.name is not None else "price")
    if frame.columns.nlevels > 1:
        frame = _one_level(frame)
    named = [str(c) for c in frame.columns]
    twice = sorted({n for n in named if named.count(n) > 1}) if len(set(named)) < len(named) else []
    if twice:
        raise InputError(
            expected="each column name once",
            found=f"more than once: {', '.join(twice[:5])}",
            try_next="rename or drop columns",
        )
    series = [_index_level(frame.index, level, named) for level in range(frame.index.nlevels)]
    columns = [s for s in series if s is not None]
    columns += [_column(name, frame.iloc[:, i]) for i, name in enumerate(named)]
    return pl.DataFrame(columns)


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


def _one_level(frame: Any) -> Any:
    """Take the closes out of columns in two levels, whichever of them holds the field names."""
    for level in range(frame.columns.nlevels):
        fields = {spelling(str(f)): f for f in frame.columns.get_level_values(level).unique()}
        chosen = next((fields[f] for f in ("adjclose", "close", "price", "last") if f in fields), None)
        if chosen is not None and all(is_price_field(str(f)) for f in fields.values()):
            closes = frame.xs(chosen, axis=1, level=level)
            if closes.columns.nlevels == 1:
                return closes
    raise InputError(
        expected="columns in one level, or in two with field names such as Close in one of them",
        found=f"columns in {frame.columns.nlevels} levels, the first of them {frame.columns[0]!r}",
        try_next="choose the closes first, for example frame['Close']",
    )


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
