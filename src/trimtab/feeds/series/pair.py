"""Reading two series that somebody holds in memory: a beta is wanted of the one on the other.

Prices are joined and then become returns, as everywhere. Returns are paired where both end on the same day and began
on the same day: a return over a day that the other series does not have covers another interval, and is set aside.
"""

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from trimtab.errors import FileFormatError, InputError
from trimtab.feeds.series.prices import read_prices
from trimtab.feeds.series.returns import read_returns
from trimtab.market.prices import PriceTable
from trimtab.market.reading.frames import frame_kind, to_polars
from trimtab.market.reading.stamps import read_stamps
from trimtab.stats.arrays import Floats

__all__ = ["Pair", "read_pair"]

#: Half of the values beyond this size are no returns of one interval; of positive values, they are prices.
_LEVEL = 0.2
#: Where rows have no dates, they are taken for trading days from here on.
_FIRST = np.datetime64("2000-01-03")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two series as a table of prices.

    Parameters
    ----------
    prices
        Two columns: the first series and the second. Returns are an index that starts at 100.
    names
        Of the first and of the second.
    given
        "prices" or "returns": what they were taken as.
    rows
        Values of the first and of the second.
    overlap
        Stamps at which both have a value.
    set_aside
        Returns at such stamps whose intervals differ.
    dated
        Whether the stamps are those of the series; otherwise rows were numbered as trading days.
    """

    prices: PriceTable
    names: tuple[str, str]
    given: str
    rows: tuple[int, int]
    overlap: int
    set_aside: int
    dated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _One:
    """A series: its name, its stamps in seconds (None where it has none), its values, its kind of frame."""

    name: str
    stamps: NDArray[np.int64] | None
    values: Floats
    frame: str


def read_pair(first: Any, second: Any, *, given: Literal["prices", "returns"] | None = None) -> Pair:
    """Read two series.

    Parameters
    ----------
    first, second
        Series of pandas (dates in the index), frames of any library with a date column and one more, or numbers without
        dates (a Polars series, an array, a list), which are taken row by row.
    given
        What they are; None tells by the values, and refuses where they could be either.

    Raises
    ------
    InputError
        If one has dates and the other none, lengths differ where there are none, or it cannot be told what they are.

    Examples
    --------
    >>> pair = read_pair([0.01, -0.02, 0.03], [0.005, -0.01, 0.02])
    >>> pair.given, pair.names, pair.overlap
    ('returns', ('y', 'x'), 3)
    """
    y, x = _read(first, "y"), _read(second, "x")
    if y.name == x.name:
        y, x = replace(y, name=f"{y.name} (y)"), replace(x, name=f"{x.name} (x)")
    y, x, dated = _stamped(y, x)
    kind = _kind((y, x), given)
    shared = np.intersect1d(_known(y), _known(x))
    aside = 0
    if kind == "prices":
        prices = _as_prices(y, x)
    else:
        kept = shared[_same_interval(y, x, shared)] if dated else shared
        aside = len(shared) - len(kept)
        prices = _as_index(y, x, kept)
    return Pair(
        prices=replace(prices, frame=y.frame), names=(y.name, x.name), given=kind,
        rows=(len(_known(y)), len(_known(x))), overlap=len(shared), set_aside=aside, dated=dated,
    )  # fmt: skip


def _read(source: Any, name: str) -> _One:
    kind = frame_kind(source) if not isinstance(source, np.ndarray | list | tuple) else None
    if kind is None:
        return _One(name=name, stamps=None, values=_numbers(source, name), frame="polars")
    stated = getattr(source, "name", None)
    if isinstance(source, pl.Series):
        return _One(name=str(stated or name), stamps=None, values=_cast(source, name), frame=kind)
    table = to_polars(source)
    if table.width == 1:
        only = table.columns[0]
        return _One(name=str(stated or name), stamps=None, values=_cast(table[only], name), frame=kind)
    if table.width != 2:
        raise InputError(
            expected=f"as {name} one series, or a frame of a date column and one other",
            found=f"a frame with the columns {', '.join(table.columns[:6])}",
            try_next="take one column; for a whole table use estimate_betas(table, benchmark=...)",
        )
    day, value = table.columns
    stamps = read_stamps(table[day], where=f"{name}, column {day}")
    is_series = getattr(source, "ndim", 2) == 1
    own = (stated if is_series else value) or name
    if not stamps.ok.all() or len(np.unique(stamps.wall)) < len(stamps.wall):
        raise InputError(
            expected=f"a date on every row of {own}, each once",
            found="rows without a date that can be read, or a date that stands twice",
            try_next="leave such rows out",
        )
    order = np.argsort(stamps.wall, kind="stable")
    values = _cast(table[value], str(own))[order]
    return _One(name=str(own), stamps=stamps.wall[order], values=values, frame=kind)


def _numbers(source: Any, name: str) -> Floats:
    try:
        values = np.asarray(source, dtype=np.float64)
    except (TypeError, ValueError):
        values = np.empty(0)
    if values.ndim != 1 or values.size == 0:
        found = f"shape {values.shape}" if isinstance(source, np.ndarray) else type(source).__name__
        raise InputError(
            expected=f"as {name} a series of numbers: pandas, Polars, NumPy or a list",
            found=found,
            try_next="take one column of a table; for a whole table use estimate_betas(table, benchmark=...)",
        )
    return values


def _cast(column: pl.Series, name: str) -> Floats:
    if not column.dtype.is_numeric():
        raise InputError(
            expected=f"numbers in {name}", found=f"values of kind {column.dtype}", try_next="convert them to numbers"
        )
    return column.cast(pl.Float64).fill_null(np.nan).to_numpy().astype(np.float64)


def _stamped(y: _One, x: _One) -> tuple[_One, _One, bool]:
    """Give rows numbered days where neither has dates."""
    if (y.stamps is None) != (x.stamps is None):
        bare = y if y.stamps is None else x
        raise InputError(
            expected="two series with dates, or two without",
            found=f"no dates in {bare.name}",
            try_next="give both with their dates (pandas: in the index; else a frame of date and value), so that "
            "they are joined by date",
        )
    if y.stamps is not None:
        return y, x, True
    if len(y.values) != len(x.values):
        raise InputError(
            expected="as many rows in both, where there are no dates to join them by",
            found=f"{len(y.values)} in {y.name} and {len(x.values)} in {x.name}",
            try_next="give both with their dates",
        )
    days = np.busday_offset(_FIRST, np.arange(len(y.values)))
    stamps = days.astype("datetime64[s]").astype(np.int64)
    return replace(y, stamps=stamps), replace(x, stamps=stamps), False


def _kind(series: tuple[_One, _One], given: str | None) -> str:
    if given not in (None, "prices", "returns"):
        raise InputError(
            expected="given='prices' or given='returns'", found=repr(given), try_next="name one of the two"
        )
    told = {s.name: _looks(s) for s in series}
    kinds = set(told.values())
    if given is not None and kinds <= {given, None}:
        return given
    if given is None and len(kinds) == 1 and None not in kinds:
        return str(kinds.pop())
    looks = {name: "could be either" if kind is None else f"looks like {kind}" for name, kind in told.items()}
    raise InputError(
        expected=f"two series of {given or 'prices, or two of returns per interval (decimal; 0.01 is 1%)'}",
        found="; ".join(f"{name} {words}" for name, words in looks.items()),
        try_next="say given='prices' or given='returns', and take the same of both",
    )


def _looks(series: _One) -> str | None:
    """Tell prices from returns where the values leave no doubt."""
    values = series.values[np.isfinite(series.values)]
    if values.size == 0:
        return None
    is_large = float(np.median(np.abs(values))) > _LEVEL
    if (values > 0.0).all():
        return "prices" if is_large else None
    return None if is_large else "returns"


def _known(series: _One) -> NDArray[np.int64]:
    assert series.stamps is not None  # noqa: S101 - both were stamped
    return series.stamps[np.isfinite(series.values)]


def _same_interval(y: _One, x: _One, shared: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell at which stamps both series had their stamp before on the same day; a first row has none before."""
    before = []
    for series in (y, x):
        assert series.stamps is not None  # noqa: S101 - both were stamped
        place = np.searchsorted(series.stamps, shared)
        before.append(np.where(place > 0, series.stamps[np.maximum(place - 1, 0)], -1))
    ours, theirs = before
    same: NDArray[np.bool_] = (ours == theirs) | (ours == -1) | (theirs == -1)
    return same


def _as_prices(y: _One, x: _One) -> PriceTable:
    tables = [pl.DataFrame({"date": _dates(_known(s)), s.name: s.values[np.isfinite(s.values)]}) for s in (y, x)]
    return read_prices(tables)


def _as_index(y: _One, x: _One, kept: NDArray[np.int64]) -> PriceTable:
    """Give the kept returns as an index; a shared stamp that was not kept is a break in both."""
    stamps = np.union1d(_known(y), _known(x))
    if not len(stamps):
        raise FileFormatError(expected="returns", found="none that is a number", try_next="give some")
    columns: dict[str, pl.Series] = {"date": _dates(stamps)}
    for series in (y, x):
        assert series.stamps is not None  # noqa: S101 - both were stamped
        values = np.full(len(stamps), np.nan)
        values[np.searchsorted(stamps, kept)] = series.values[np.searchsorted(series.stamps, kept)]
        columns[series.name] = pl.Series(values).fill_nan(None)
    return read_returns(pl.DataFrame(columns))


def _dates(stamps: NDArray[np.int64]) -> pl.Series:
    return pl.Series(stamps.astype("datetime64[s]").astype("datetime64[us]"))
