r"""The nearest moves at which an account's equity is below its maintenance margin.

Where everything in an account is in proportion to f or constant in money (linear and inverse contracts with flat rates,
cash, coins that it is on), free(f) = equity - maintenance = a + b f, and the root is f = - a / b: a short inverse
perpetual against as many coins as it is worth has a > 0 and b >= 0, and no root on either side.

    money of a long or short inverse contract, paid in the coin that it is on     E (S / P) f - E
    its maintenance margin                                                       |E| rate, whatever f

Else free is looked at on a grid, a per cent apart down and two up; where it dips so that it could turn negative between
two points it is looked at again, and the first interval in which it does is cut until it is as narrow as a double
allows. A position that is free further out is liquidated all the same: the first root counts.
"""

from collections.abc import Callable

import numpy as np

from trimtab.stats.arrays import Floats

__all__ = ["FURTHEST", "LOWEST", "affine_sides", "nearest_sides"]

#: Moves that are looked at.
LOWEST, FURTHEST = -0.999, 10.0
_DOWN, _UP = 0.01, 0.02
_FINER, _CUTS, _PIECES = 40, 10, 33
#: A dip is looked at closer where the least of three points is no more than so many times what it lies below them.
_DEEP = 4.0

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
        below_both = (values[i - 1] - values[i], values[i + 1] - values[i])
        if min(below_both) >= 0.0 and values[i] <= _DEEP * max(below_both):
            # Positive at all three, and lowest in the middle: a dip between them could be missed.
            finer = np.linspace(x[i - 1], x[i + 1], 2 * _FINER + 1)
            dip = np.flatnonzero(free(finer) < 0)
            if dip.size:
                return _cut(free, float(finer[dip[0] - 1]), float(finer[dip[0]]))
    return _cut(free, float(x[last - 1]), float(x[last])) if below.size else None


def _cut(free: Free, inside: float, outside: float) -> float:
    """Give the first point at which it is negative, of an interval that begins where it is not."""
    for _ in range(_CUTS):
        points = np.linspace(inside, outside, _PIECES)
        points[-1] = outside
        first = int(np.flatnonzero(free(points[1:]) < 0)[0]) + 1
        if points[first] in {inside, outside} and points[first - 1] in {inside, outside}:
            break
        inside, outside = float(points[first - 1]), float(points[first])
    return outside
