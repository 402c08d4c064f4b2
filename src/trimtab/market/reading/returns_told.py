"""Columns of returns among prices: told by their signs, and never read as prices.

A price is positive; a good part of returns is not, whether they are fractions or per cent. A file of nothing else is
refused. A column of them beside prices (a spread, a rate below zero) is set aside whole: what is left of it when only
its negative numbers are taken out would have a beta that looks like one.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trimtab.errors import FileFormatError
from trimtab.market.checks.findings import Findings, Origin
from trimtab.market.prices import Flag
from trimtab.stats.arrays import Floats

__all__ = ["rows_of_returns", "spoilt_by_returns"]

#: So many cells tell returns from prices, and such a part of them is negative.
_ENOUGH, _NEGATIVE = 20, 0.1


def spoilt_by_returns(values: Floats, symbols: Sequence[str], origin: Origin, findings: Findings) -> NDArray[np.bool_]:
    """Tell which cells belong to columns that are no prices, shape (n_rows, n_columns).

    Parameters
    ----------
    values
        Numbers as they stand, shape (n_rows, n_columns); NaN is empty.
    symbols
        Names of the columns.
    origin, findings
        Where they stood; takes the note.

    Raises
    ------
    FileFormatError
        If every column with so many numbers looks like returns.

    Examples
    --------
    >>> returns, prices = np.tile([0.01, -0.01], 10), np.arange(1.0, 21.0)
    >>> spoilt = spoilt_by_returns(np.column_stack([prices, returns]), ["A", "R"], Origin(name="p.csv"), Findings())
    >>> spoilt.all(axis=0).tolist(), spoilt.any(axis=0).tolist()
    ([False, True], [False, True])
    """
    stated = np.isfinite(values)
    negative, count = (stated & (values < 0)).sum(axis=0), stated.sum(axis=0)
    judged = count >= _ENOUGH
    returns = judged & (negative >= _NEGATIVE * count) & (negative < count)
    _tell(returns, judged, (negative, count), symbols, origin, findings)
    return np.broadcast_to(returns, values.shape) & stated


def rows_of_returns(
    values: Floats, column: NDArray[np.int64], symbols: Sequence[str], origin: Origin, findings: Findings
) -> NDArray[np.bool_]:
    """Tell the same of the rows of a long table, shape (n_rows,); `column` is the number of each row's symbol or -1.

    Examples
    --------
    >>> rows_of_returns(np.arange(1.0, 41.0), np.zeros(40, dtype=int), ["A"], Origin(name="p.csv"), Findings()).any()
    np.False_
    """
    stated = np.isfinite(values) & (column >= 0)
    below = stated & (values < 0)
    if not below.any():
        return np.zeros(len(values), dtype=np.bool_)
    count = np.bincount(column[stated], minlength=len(symbols))
    negative = np.bincount(column[below], minlength=len(symbols))
    judged = count >= _ENOUGH
    returns = judged & (negative >= _NEGATIVE * count) & (negative < count)
    _tell(returns, judged, (negative, count), symbols, origin, findings)
    return stated & returns[np.maximum(column, 0)]


def _tell(
    returns: NDArray[np.bool_],
    judged: NDArray[np.bool_],
    counts: tuple[NDArray[np.intp], NDArray[np.intp]],
    symbols: Sequence[str],
    origin: Origin,
    findings: Findings,
) -> None:
    """Refuse a file of returns alone; say which columns of another are set aside."""
    if not returns.any():
        return
    negative, count = (int(part[returns].sum()) for part in counts)
    names = [symbols[c] for c in np.flatnonzero(returns).tolist()]
    if returns.sum() == judged.sum():
        raise FileFormatError(
            expected="prices",
            found=f"{negative:,} of {count:,} numbers that are negative, in {origin.name}: these look like returns",
            try_next="give prices; trimtab performance takes a file of returns with --returns; elsewhere multiply "
            "1 + r, period by period, to an index",
        )
    findings.flag_all(names, Flag.NOT_POSITIVE)
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    findings.note(
        f"{origin.name}: {shown} set aside: {negative:,} of {count:,} numbers are negative, as of returns or a spread, "
        "not of prices"
    )
