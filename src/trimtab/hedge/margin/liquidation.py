r"""The nearest moves at which an account's equity is below its maintenance margin.

Where everything in an account is in proportion to f or constant in money (linear and inverse contracts with flat rates,
cash, coins that it is on), free(f) = equity - maintenance = a + b f, and the root is f = - a / b: a short inverse
perpetual against as many coins as it is worth has a > 0 and b >= 0, and no root on either side.

    money of a long or short inverse contract, paid in the coin that it is on     E (S / P) f - E
    its maintenance margin                                                       |E| rate, whatever f

Else free is looked at on a grid of factors of half a per cent down and one per cent up; where it dips between two of
them it is looked at again, and the first interval in which it turns negative is halved until it is as narrow as a
double allows. A position that is free further out is liquidated all the same: the first root counts.
"""

from collections.abc import Callable

import numpy as np

from trimtab.stats.arrays import Floats

__all__ = ["FURTHEST", "LOWEST", "affine_sides", "nearest_sides"]

#: Moves that are looked at.
LOWEST, FURTHEST = -0.999, 10.0
_DOWN, _UP = 0.005, 0.01
_FINER, _HALVINGS = 40, 60

Free = Callable[[Floats], Floats]
"""Gives equity less maintenance margin at moves, shape (n_moves,)."""


def affine_sides(free: Free) -> tuple[float | None, float | None]:
    """Give the nearest fall and rise at which a + b (1 + x) turns negative; None where it never does.

    Examples
    --------
    Twelve against a slope of 100: it falls to nothing at -12%, and never on the way up.

    >>> affine_sides(lambda x: 12.0 + 100.0 * x)
    (-0.12, None)
    """
    now, there = (float(v) for v in free(np.array([0.0, 1.0])))
    slope = there - now
    if now < 0:
        return 0.0, 0.0
    # Differences that rounding made of nothing are no slope.
    if abs(slope) <= 1e-12 * max(abs(now), abs(there)):
        return None, None
    x = -now / slope
    return (x if LOWEST <= x <= 0 and slope > 0 else None), (x if 0 <= x <= FURTHEST and slope < 0 else None)


def nearest_sides(free: Free) -> tuple[float | None, float | None]:
    """Give the nearest fall and rise at which any function turns negative; None where it never does.

    Examples
    --------
    A dip that is over further out counts as well:

    >>> [x and round(x, 6) for x in nearest_sides(lambda x: (x + 0.1) * (x + 0.2))]
    [-0.1, None]
    """
    if float(free(np.array([0.0]))[0]) < 0:
        return 0.0, 0.0
    down = -np.append(np.arange(0.0, -LOWEST, _DOWN), -LOWEST)
    up = np.append(np.exp(np.arange(0.0, np.log1p(FURTHEST), _UP)) - 1.0, FURTHEST)
    return _first(free, down), _first(free, up)


def _first(free: Free, x: Floats) -> float | None:
    """Give where a function first turns negative on the way along some points."""
    values = free(x)
    below = np.flatnonzero(values < 0)
    last = int(below[0]) if below.size else len(x) - 1
    for i in range(1, last):
        if values[i] <= values[i - 1] and values[i] <= values[i + 1]:
            # Positive at all three, and lowest in the middle: a dip between them could be missed.
            finer = np.linspace(x[i - 1], x[i + 1], 2 * _FINER + 1)
            dip = np.flatnonzero(free(finer) < 0)
            if dip.size:
                return _halved(free, float(finer[dip[0] - 1]), float(finer[dip[0]]))
    return _halved(free, float(x[last - 1]), float(x[last])) if below.size else None


def _halved(free: Free, inside: float, outside: float) -> float:
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2.0
        if middle in {inside, outside}:
            break
        if float(free(np.array([middle]))[0]) < 0:
            outside = middle
        else:
            inside = middle
    return outside
