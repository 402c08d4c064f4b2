r"""One-dimensional convex problems, one per position, solved together.

For each i, with u = x on the buying side and u = -x on the selling side,

    minimise  offset + rate(u) + k u^(1 + p) + d x^2 / 2 + mu |x| - theta x      over lower <= x <= upper

where rate(u) is piecewise linear and convex. The minimum without bounds lies at 0, at an end of a piece, or where the
slope K u^p + d u of the smooth part, K = (1 + p) k, meets what is left of theta; a convex function of one variable
has its minimum within bounds at the nearest point to that. With p = 1/2 the slope is a quadratic in sqrt(u) and
u = (2 r / (K + sqrt(K^2 + 4 d r)))^2; for other exponents a bracketed Newton search finds it.
"""

import math

import numpy as np
from numpy.typing import NDArray

from trimtab.stats.arrays import Floats
from trimtab.stats.kernels.compiling import njit

__all__ = ["Pieces", "best_trades", "box_step"]

Pieces = tuple[NDArray[np.int64], Floats, Floats]
"""Of one side: where each position's pieces begin, shape (n + 1,), their ends in amount traded, and their rates."""


@njit(cache=True)
def _amount(r: float, k: float, p: float, d: float) -> float:
    """Solve k u^p + d u = r for u >= 0, with r > 0."""
    if k == 0.0:
        plain: float = r / d if d > 0.0 else math.inf
        return plain
    if d == 0.0:
        alone: float = (r / k) ** (1.0 / p)
        return alone
    if p == 0.5:
        root: float = 2.0 * r / (k + math.sqrt(k * k + 4.0 * d * r))
        return root * root
    low, high = 0.0, min(r / d, (r / k) ** (1.0 / p))
    u: float = 0.5 * high
    for _ in range(100):
        power = u**p
        miss = k * power + d * u - r
        if miss > 0.0:
            high = u
        else:
            low = u
        step = u - miss / (k * p * power / u + d)
        new: float = step if low < step < high else 0.5 * (low + high)
        if abs(new - u) <= 1e-15 * high:
            return new
        u = new
    return u


@njit(cache=True)
def _one_side(g: float, first: int, last: int, end: Floats, rate: Floats, k: float, p: float, d: float):  # type: ignore[no-untyped-def]  # noqa: ANN202
    """Give the amount traded on one side and its derivative by theta, which is 0 at an end of a piece."""
    done = 0.0
    for j in range(first, last):
        r = g - rate[j]
        if r <= (k * done**p if done > 0.0 else 0.0) + d * done:
            return done, 0.0
        u = _amount(r, k, p, d)
        if u < end[j]:
            bend = d + (k * p * u ** (p - 1.0) if u > 0.0 and k > 0.0 else 0.0)
            return u, (1.0 / bend if bend > 0.0 else 0.0)
        done = end[j]
    return done, 0.0


@njit(cache=True)
def best_trades(  # type: ignore[no-untyped-def]  # noqa: ANN201
    theta: Floats,
    mu: float,
    lower: Floats,
    upper: Floats,
    buy: Pieces,
    sell: Pieces,
    impact: Floats,
    p: float,
    quad: Floats,
    x: Floats,
    slope: Floats,
    cost: Floats,
):
    """Fill in the best trade of each position, its derivative by theta, and its cost without theta and mu.

    Parameters
    ----------
    theta
        What one unit bought is worth, shape (n,).
    mu
        Price of one unit traded either way, zero or more.
    lower, upper
        Bounds, shape (n,).
    buy, sell
        Pieces of both sides; the last piece of each must reach the bound or infinity.
    impact, p, quad
        k and d, shape (n,), and the exponent.
    x, slope, cost
        Filled in, shape (n,).
    """
    for i in range(theta.size):
        k, d = (1.0 + p) * impact[i], quad[i]
        u, s = _one_side(theta[i] - mu, buy[0][i], buy[0][i + 1], buy[1], buy[2], k, p, d)
        if u == 0.0:
            u, s = _one_side(-theta[i] - mu, sell[0][i], sell[0][i + 1], sell[1], sell[2], k, p, d)
            u = -u
        if u > upper[i]:
            u, s = upper[i], 0.0
        elif u < lower[i]:
            u, s = lower[i], 0.0
        x[i] = u
        slope[i] = s
        begin, end, rate = buy if u > 0.0 else sell
        size, total, done = abs(u), 0.0, 0.0
        for j in range(begin[i], begin[i + 1]):
            if done >= size:
                break
            total += rate[j] * (min(size, end[j]) - done)
            done = end[j]
        cost[i] = total + impact[i] * size ** (1.0 + p) + 0.5 * d * u * u


@njit(cache=True)
def box_step(hessian: Floats, gradient: Floats, low: Floats, high: Floats):  # type: ignore[no-untyped-def]  # noqa: ANN201, C901
    """Maximise gradient'd - d'Hd / 2 within a box that holds 0: sweeps find the active bounds, then one exact solve.

    `hessian` must be positive definite, shape (m, m).
    """
    m = gradient.size
    d = np.zeros(m)
    for _ in range(60):
        for j in range(m):
            rest = gradient[j]
            for l in range(m):  # noqa: E741
                rest -= hessian[j, l] * d[l]
            d[j] = min(max(d[j] + rest / hessian[j, j], low[j]), high[j])
    at_bound = (d <= low) | (d >= high)
    for _ in range(m + 1):
        free = np.flatnonzero(~at_bound)
        if free.size == 0:
            break
        right = np.empty(free.size)
        matrix = np.empty((free.size, free.size))
        for a in range(free.size):
            right[a] = gradient[free[a]]
            for l in range(m):  # noqa: E741
                if at_bound[l]:
                    right[a] -= hessian[free[a], l] * d[l]
            for b in range(free.size):
                matrix[a, b] = hessian[free[a], free[b]]
        solution = np.linalg.solve(matrix, right)
        crossed = False
        for a in range(free.size):
            j = free[a]
            d[j] = min(max(solution[a], low[j]), high[j])
            if d[j] != solution[a]:
                at_bound[j] = True
                crossed = True
        if not crossed:
            break
    return d
