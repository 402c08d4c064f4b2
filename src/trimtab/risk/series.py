"""Check series and take the periods in which all are known."""

import numpy as np
from numpy.typing import ArrayLike

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.stats.arrays import Floats

__all__ = ["complete_rows", "one_each"]


def complete_rows(minimum: int, **series: ArrayLike) -> tuple[Floats, ...]:
    """Keep the rows in which every series has a finite number.

    Parameters
    ----------
    minimum
        Fewest rows that must remain.
    **series
        By name, shape (n_periods,) or (n_periods, n_columns); NaN means missing.

    Raises
    ------
    InputError
        If lengths differ.
    NotEnoughDataError
        If too few rows remain.

    Examples
    --------
    >>> a, b = complete_rows(1, a=[1.0, np.nan], b=[[2.0, 3.0], [4.0, 5.0]])
    >>> a.tolist(), b.tolist()
    ([1.0], [[2.0, 3.0]])
    """
    arrays = [np.asarray(values, dtype=np.float64) for values in series.values()]
    lengths = [array.shape[0] if array.ndim else 0 for array in arrays]
    if len(set(lengths)) != 1:
        raise InputError(
            expected=f"{', '.join(series)} of one length",
            found=f"{', '.join(str(n) for n in lengths)}",
            try_next="pair the series by date first",
        )
    keep = np.logical_and.reduce([np.isfinite(a.reshape(lengths[0], -1)).all(axis=1) for a in arrays])
    if np.count_nonzero(keep) < minimum:
        raise NotEnoughDataError(
            expected=f"at least {minimum} periods in which {', '.join(series)} are known",
            found=f"{np.count_nonzero(keep)} of {lengths[0]}",
            try_next="give a longer history, or leave out what was listed late",
        )
    return tuple(array[keep] for array in arrays)


def one_each(n_items: int, **columns: ArrayLike) -> tuple[Floats, ...]:
    """Check that each column holds one number per item; a single number stands for all.

    Examples
    --------
    >>> one_each(2, spread=0.01)[0].tolist()
    [0.01, 0.01]
    """
    checked = []
    for name, given in columns.items():
        array = np.asarray(given, dtype=np.float64)
        if array.ndim and array.shape != (n_items,):
            raise InputError(
                expected=f"{n_items} numbers for {name}", found=f"shape {array.shape}", try_next="give one per position"
            )
        checked.append(np.broadcast_to(array, (n_items,)).astype(np.float64))
    return tuple(checked)
