"""Take several return series apart into the periods in which all of them are known."""

import numpy as np
from numpy.typing import ArrayLike

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.stats.arrays import Floats

__all__ = ["check_year", "known_together"]


def known_together(minimum: int, **series: ArrayLike) -> tuple[Floats, ...]:
    """Keep the periods in which every series is known.

    A NaN means that the period is missing; it is left out of every series and filled with nothing.

    Parameters
    ----------
    minimum
        Fewest periods that must remain.
    **series
        Series by name, each of shape (n_periods,) or (n_periods, n_columns).

    Raises
    ------
    InputError
        If lengths differ or a value is infinite.
    NotEnoughDataError
        If fewer than `minimum` periods remain.

    Examples
    --------
    >>> a, b = known_together(1, a=[0.01, np.nan, 0.03], b=[0.02, 0.01, 0.00])
    >>> a.tolist(), b.tolist()
    ([0.01, 0.03], [0.02, 0.0])
    """
    arrays = {name: np.asarray(values, dtype=np.float64) for name, values in series.items()}
    lengths = {name: array.shape[0] if array.ndim else 0 for name, array in arrays.items()}
    if len(set(lengths.values())) != 1:
        lengths_shown = ", ".join(f"{name}: {length}" for name, length in lengths.items())
        raise InputError(
            expected="series of one length",
            found=lengths_shown,
            try_next="pair the series by date before measuring them",
        )
    for name, array in arrays.items():
        if np.isinf(array).any():
            raise InputError(
                expected=f"finite returns in {name}",
                found=f"an infinite value in period {int(np.argwhere(np.isinf(array))[0][0])}",
                try_next="look for a price of zero",
            )
    complete = np.ones(next(iter(lengths.values())), dtype=bool)
    for array in arrays.values():
        complete &= ~np.isnan(array) if array.ndim == 1 else ~np.isnan(array).any(axis=1)
    if int(complete.sum()) < minimum:
        raise NotEnoughDataError(
            expected=f"at least {minimum} periods in which {', '.join(arrays)} are all known",
            found=f"{int(complete.sum())} of {len(complete)}",
            try_next="give a longer history",
        )
    return tuple(array[complete] for array in arrays.values())


def check_year(periods_per_year: float) -> float:
    """Give back the number of periods in a year if it is one.

    Examples
    --------
    >>> check_year(252)
    252.0
    """
    if not (np.isfinite(periods_per_year) and periods_per_year > 0):
        raise InputError(
            expected="a positive number of periods in a year",
            found=f"{periods_per_year}",
            try_next="give 252 for trading days, 365 for every day, 52 for weeks or 12 for months",
        )
    return float(periods_per_year)
