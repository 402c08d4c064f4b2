"""Reading numbers that are written as text: decimal points and commas, thousands, and cells that are no number.

The decimal sign is decided once for all price cells of a file, because "1,234" alone does not say what it is.
"""

import re

import numpy as np
import polars as pl
from numpy.typing import NDArray

from trimtab.errors import FileFormatError, InputError
from trimtab.market.reading.numbers import read_cell
from trimtab.stats.arrays import Floats

__all__ = ["find_decimal", "read_numbers"]

_EMPTY = ("", "na", "n/a", "#n/a", "#na", "nan", "null", "none", "nil", "-", "--", ".", "<na>", "nat")
_COMMA_IS_DECIMAL = r"^[+-]?(\d+|\d{1,3}(\.\d{3})+),(\d{1,2}|\d{4,})$|^[+-]?(0|\d{4,}),\d+$|\.\d{3},\d+$"
_COMMA_IS_THOUSANDS = r"^[+-]?\d{1,3}(,\d{3})+\.\d+$|^[+-]?\d{1,3}(,\d{3}){2,}$"
_POINT_IS_DECIMAL = r"^[+-]?(\d+\.(\d{1,2}|\d{4,})|0\.\d+|\d{4,}\.\d+)$"
_POINT_GROUPS = re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?")
_COMMA_GROUPS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_SIGNED = re.compile(r"\(.+\)|.+-|\u2212.+|- .+")
#: What may stand in and beside a number without telling its decimal sign.
_BESIDE = r"['’\x{a0}\x{202f} $€£¥()\x{2212}]|-$|^[A-Z]{3,4} ?| ?[A-Z]{3,4}$"
_OTHER_GROUPS = re.compile("(?<=\\d)['’\u00a0\u202f ](?=\\d{3}(\\D|$))")


def find_decimal(columns: list[pl.Series], *, where: str, decimal: str | None = None) -> str:
    """Decide whether point or comma is the decimal sign of a file's price cells.

    Parameters
    ----------
    columns
        The columns of text that hold prices.
    where
        The file, for messages.
    decimal
        "." or "," if the user says so; None to find out.

    Raises
    ------
    FileFormatError
        If every cell with a comma could be read both ways ("1,234").

    Examples
    --------
    >>> find_decimal([pl.Series(["1.204,50", "999,25"])], where="p.csv")
    ','
    """
    if decimal is not None:
        if decimal not in (".", ","):
            raise InputError(
                expected="'.' or ',' as the decimal sign", found=f"{decimal!r}", try_next="write a point or a comma"
            )
        return decimal
    commas = [c.str.replace_all(_BESIDE, "") for c in columns if c.str.contains(",", literal=True).any()]
    if not commas:
        return "."
    as_decimal = sum(
        int(c.str.strip_chars().str.count_matches(_COMMA_IS_DECIMAL).fill_null(0).gt(0).sum()) for c in commas
    )
    as_group = sum(
        int(c.str.strip_chars().str.count_matches(_COMMA_IS_THOUSANDS).fill_null(0).gt(0).sum()) for c in commas
    )
    if not as_decimal and not as_group:
        points = any(c.str.strip_chars().str.contains(_POINT_IS_DECIMAL).any() for c in columns)
        if not points and any(c.str.contains(r"\d,\d").any() for c in commas):
            text = next(t for c in commas for t in c.drop_nulls().to_list() if "," in t)
            raise FileFormatError(
                expected="prices in which the decimal sign can be told from a thousands separator",
                found=f"{text!r} and others like it in {where}",
                try_next="write fractions with another digit, or 1234 without a sign; "
                "trimtab import also takes --decimal , or --decimal .",
            )
        return "."
    return "," if as_decimal > as_group else "."


def read_numbers(column: pl.Series, decimal: str = ".") -> tuple[Floats, NDArray[np.bool_]]:
    """Read a column as numbers.

    Parameters
    ----------
    column
        Numbers, or texts.
    decimal
        The decimal sign of texts.

    Returns
    -------
    values (NaN where empty or unreadable) and a mask of the cells that are there but are no number.

    Examples
    --------
    >>> values, bad = read_numbers(pl.Series(["1,250.5", "n/a", "halted"]))
    >>> values.tolist(), bad.tolist()
    ([1250.5, nan, nan], [False, False, True])
    """
    if column.dtype != pl.String:
        if column.dtype == pl.Boolean or not (column.dtype.is_numeric() or column.dtype == pl.Null):
            return np.full(len(column), np.nan), column.is_not_null().to_numpy()
        values = column.cast(pl.Float64).fill_null(np.nan).to_numpy()
        return values, np.zeros(len(column), dtype=bool)
    text = column
    if decimal == ",":
        # A point can then only group thousands; "1.5" is left as it is, fails below, and is reported.
        text = text.str.strip_chars().str.replace(r"^([+-]?\d+),(\d+)$", "$1.$2")
        points = column.str.contains(".", literal=True).fill_null(False)
        text = pl.select(pl.when(points).then(pl.lit("?")).otherwise(text)).to_series()
    parsed = text.cast(pl.Float64, strict=False)
    values = parsed.fill_null(np.nan).to_numpy().copy()
    rest = np.flatnonzero((parsed.is_null() & column.is_not_null()).to_numpy())
    bad = np.zeros(len(column), dtype=bool)
    if rest.size:
        left = column.gather(rest.tolist()).to_list()
        slowly_read = {t: _slowly(t, decimal) for t in set(left)}
        values[rest] = [slowly_read[t][0] for t in left]
        bad[rest] = [slowly_read[t][1] for t in left]
    return values, bad


def _as_statements(text: str, decimal: str) -> float | None:
    """Read a number with a sign around it, behind it or of another kind; one that names a currency is left alone."""
    cell = read_cell(text, decimal) if _SIGNED.fullmatch(text) else None
    return None if cell is None or cell.percent or cell.currency is not None else float(cell.value)


def _slowly(text: str, decimal: str) -> tuple[float, bool]:
    """Read one text with care: (value, whether it is no number)."""
    stripped = text.strip().lstrip("$€£¥").strip()
    if stripped.lower() in _EMPTY:
        return np.nan, False
    number = _as_statements(stripped, decimal)
    if number is not None:
        return number, False
    stripped = _OTHER_GROUPS.sub("", stripped)
    if decimal == ",":
        if "." in stripped and not _POINT_GROUPS.fullmatch(stripped):
            return np.nan, True
        stripped = stripped.replace(".", "").replace(",", ".", 1)
    elif "," in stripped:
        if not _COMMA_GROUPS.fullmatch(stripped):
            return np.nan, True
        stripped = stripped.replace(",", "")
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(inf|infinity)", stripped, flags=re.IGNORECASE):
        return np.nan, True
    return float(stripped), False
