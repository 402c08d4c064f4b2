"""What an option may be worth after a move: nothing or more to who holds it, nothing or less to who wrote it.

A quote below what the model or exercise is worth, and a vendor's delta far from now, are carried along a straight line.
That line crosses nothing; an option does not.
"""

import numpy as np
from numpy.typing import NDArray

from trimtab.stats.arrays import Floats

__all__ = ["beyond_nothing", "limited"]


def beyond_nothing(value: Floats | float, side: Floats | float) -> NDArray[np.bool_]:
    """Tell where a value has the wrong sign for a side: units, + of who holds the option, - of who wrote it.

    Examples
    --------
    >>> beyond_nothing(np.array([2.0, -0.5]), 1.0).tolist()
    [False, True]
    """
    wrong: NDArray[np.bool_] = np.asarray(value) * np.sign(side) < 0.0
    return wrong


def limited(value: Floats, side: Floats | float) -> Floats:
    """Give values, 0 where they have the wrong sign.

    Examples
    --------
    >>> limited(np.array([2.0, -0.5]), 10.0).tolist()
    [2.0, 0.0]
    """
    kept: Floats = np.where(beyond_nothing(value, side), 0.0, value)
    return kept
