"""Small tables in and out of frames: results as the user's kind of frame, and rows of text from any frame."""

from math import isnan
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl

from trimtab.errors import InputError
from trimtab.market.reading.frames import to_polars

__all__ = ["build_frame", "frame_kind", "frame_records"]


def frame_kind(kind: str) -> str:
    """Give a kind of frame back if it is one that can be made.

    Raises
    ------
    InputError
        If it is another.
    """
    if kind not in {"polars", "pandas", "pyarrow"}:
        raise InputError(
            expected="a kind of frame: polars, pandas or pyarrow", found=repr(kind), try_next="name one of these"
        )
    return kind


def build_frame(columns: dict[str, list[Any]], *, kind: str = "polars") -> Any:
    """Make a frame of a given kind from columns.

    Parameters
    ----------
    columns
        Lists of equal length; None is missing.
    kind
        "polars", "pandas" or "pyarrow"; anything else gives Polars.

    Examples
    --------
    >>> build_frame({"asset": ["A"], "value": [1.5]}).shape
    (1, 2)
    """
    table = pl.DataFrame(columns, strict=False)
    if kind == "pandas":
        # Through plain lists: no Arrow bridge is needed for a table this small.
        return nw.from_dict({name: columns[name] for name in table.columns}, backend="pandas").to_native()
    return table.to_arrow() if kind == "pyarrow" else table


def frame_records(frame: Any) -> tuple[tuple[str, ...], list[tuple[int, list[str]]]]:
    """Give the header and the rows of a frame as text, numbered from 1; missing cells are empty.

    Examples
    --------
    >>> frame_records(pl.DataFrame({"symbol": ["A"], "quantity": [2.5]}))
    (('symbol', 'quantity'), [(1, ['A', '2.5'])])
    """
    table = to_polars(frame)
    rows = [(number, [_text(cell) for cell in row]) for number, row in enumerate(table.iter_rows(), start=1)]
    return tuple(table.columns), rows


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        if isnan(cell):
            return ""
        # Whole numbers in a float column were whole numbers in the user's file.
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return str(cell)
