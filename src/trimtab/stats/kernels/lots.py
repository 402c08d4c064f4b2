r"""Whole lots near a solution with fractions: repair what rounding broke, then improve lot by lot.

Merit of whole lots q, trades x = m q in shares of NAV, with C the sum of all costs:
    C + sum d x^2 / 2 + |F'x|^2 / 2  +  soft x (distance of beta from its band)  +  hard x (all other distances)
where beta is measured on what NAV is left, and cash pays for the trades and for C. Moves are one lot either way, as
many lots as would close the gap in beta or in cash, nothing, and the smallest ticket; then pairs of such moves. A book
with few combinations is searched whole.
"""

import math
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from trimtab.stats.kernels.separable import Pieces

__all__ = ["LotBook", "improve", "improve_pairs", "score", "search_whole"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class LotBook(NamedTuple):
    """Everything the search needs; amounts in shares of NAV."""

    lot: Floats
    """m: worth of one lot, (n,)."""
    low: Ints
    """Fewest lots, (n,); negative = sold."""
    high: Ints
    """Most lots, (n,)."""
    ticket: Ints
    """Fewest lots of an order, (n,), at least 1."""
    buy: Pieces
    """True costs per unit bought, linear parts and taxes; need not be convex."""
    sell: Pieces
    """The same per unit sold."""
    impact: Floats
    """k of k |x|^(1 + p), (n,)."""
    exponent: float
    """p."""
    quad: Floats
    """d, (n,)."""
    factors: Floats
    """F, (n, n_factors)."""
    rows: Floats
    """(n_rows, n): row 0 is beta, row 1 cash spent, the rest are limits."""
    row_lower: Floats
    """(n_rows,): band of beta after, cash after, limits of changes."""
    row_upper: Floats
    """(n_rows,)."""
    start: Floats
    """(2,): beta exposure and cash before."""
    turnover: float
    """Most that may be traded."""
    soft: float
    """Price of distance from the band."""
    hard: float
    """Price of distance from any other limit."""


@numba.njit(cache=True)
def _cost(book: LotBook, i: int, q: int) -> float:
    size = abs(q) * book.lot[i]
    begin, end, rate = book.buy if q > 0 else book.sell
    total, done = 0.0, 0.0
    for j in range(begin[i], begin[i + 1]):
        if done >= size:
            break
        total += rate[j] * (min(size, end[j]) - done)
        done = end[j]
    power = math.sqrt(size) * size if book.exponent == 0.5 else size ** (1.0 + book.exponent)
    return total + book.impact[i] * power


@numba.njit(cache=True)
def _outside(value: float, low: float, high: float) -> float:
    return max(0.0, value - high) + max(0.0, low - value)


@numba.njit(cache=True)
def _beta_miss(book: LotBook, cost: float, moved: Floats) -> float:
    # Costs that eat up NAV leave no beta worth the name: the distance then only has to be large.
    return _outside((book.start[0] + moved[0]) / max(1e-6, 1.0 - cost), book.row_lower[0], book.row_upper[0])


@numba.njit(cache=True)
def _merit(book: LotBook, cost: float, risk: float, traded: float, moved: Floats) -> float:
    beta = _beta_miss(book, cost, moved)
    rest = _outside(book.start[1] - moved[1] - cost, book.row_lower[1], book.row_upper[1])
    for j in range(2, moved.size):
        rest += _outside(moved[j], book.row_lower[j], book.row_upper[j])
    rest += max(0.0, traded - book.turnover)
    return cost + risk + book.soft * beta + book.hard * rest


@numba.njit(cache=True)
def _sums(book: LotBook, q: Ints):  # type: ignore[no-untyped-def]  # noqa: ANN202
    """Give cost, own risk, amount traded, rows and factors of whole lots."""
    n, m, k = q.size, book.rows.shape[0], book.factors.shape[1]
    cost, own, traded = 0.0, 0.0, 0.0
    moved, held = np.zeros(m), np.zeros(k)
    for i in range(n):
        if q[i] != 0:
            x = q[i] * book.lot[i]
            cost += _cost(book, i, q[i])
            own += 0.5 * book.quad[i] * x * x
            traded += abs(x)
            for j in range(m):
                moved[j] += book.rows[j, i] * x
            for f in range(k):
                held[f] += book.factors[i, f] * x
    return cost, own, traded, moved, held


@numba.njit(cache=True)
def score(book: LotBook, q: Ints) -> tuple[float, float, float, float]:
    """Give merit, cost, distance of beta from its band, and the sum of all other distances."""
    cost, own, traded, moved, held = _sums(book, q)
    risk = own + 0.5 * np.sum(held * held)
    beta = _beta_miss(book, cost, moved)
    merit = _merit(book, cost, risk, traded, moved)
    return merit, cost, beta, max(0.0, (merit - cost - risk - book.soft * beta) / book.hard)


@numba.njit(cache=True)
def _allowed(book: LotBook, i: int, q: int) -> bool:
    return book.low[i] <= q <= book.high[i] and (q == 0 or abs(q) >= book.ticket[i])


@numba.njit(cache=True)
def _options(book: LotBook, i: int, q: int, gap: float, spare: float, out: Ints) -> None:
    """Fill in ten counts worth trying instead of q; some may repeat or not be allowed."""
    out[0], out[1] = q + 1, q - 1
    effect = book.rows[0, i] * book.lot[i]
    close = 0.0 if effect == 0.0 else gap / effect
    spend = spare / book.lot[i]
    for at, lots in ((2, close), (4, spend)):
        whole = int(np.floor(max(-1e15, min(1e15, lots))))
        for o in range(2):
            out[at + o] = max(book.low[i], min(book.high[i], q + whole + o))
    out[6] = 0
    out[7], out[8] = book.ticket[i], -book.ticket[i]
    out[9] = book.low[i] if close < 0 else book.high[i]


@numba.njit(cache=True)
def _gap(book: LotBook, cost: float, moved: Floats) -> float:
    """Give the beta exposure that is missing to the band, signed."""
    beta, nav = book.start[0] + moved[0], 1.0 - cost
    return max(0.0, book.row_lower[0] * nav - beta) - max(0.0, beta - book.row_upper[0] * nav)


@numba.njit(cache=True)
def _spare(book: LotBook, cost: float, moved: Floats) -> float:
    """Give the cash that must still be spent, or raised if negative."""
    cash = book.start[1] - moved[1] - cost
    return max(0.0, cash - book.row_upper[1]) - max(0.0, book.row_lower[1] - cash)


@numba.njit(cache=True)
def _after(book: LotBook, i: int, old: int, new: int, state, rows: Floats, held: Floats):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Give the merit if position i went from old to new, and the sums; `rows` and `held` are filled in."""
    cost, own, traded, moved, factors = state
    m = book.lot[i]
    x, y = old * m, new * m
    cost += _cost(book, i, new) - _cost(book, i, old)
    own += 0.5 * book.quad[i] * (y * y - x * x)
    traded += abs(y) - abs(x)
    total = 0.0
    for j in range(rows.size):
        rows[j] = moved[j] + book.rows[j, i] * (y - x)
    for f in range(held.size):
        held[f] = factors[f] + book.factors[i, f] * (y - x)
        total += held[f] * held[f]
    return _merit(book, cost, own + 0.5 * total, traded, rows), cost, own, traded


@numba.njit(cache=True)
def _best_move(book: LotBook, i: int, q: Ints, state, top: float, rows: Floats, held: Floats, out: Ints):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Give the count of one position that lowers the merit most, and that merit; (q[i], top) if none does."""
    best, to = top, q[i]
    _options(book, i, q[i], _gap(book, state[0], state[3]), _spare(book, state[0], state[3]), out)
    for o in range(out.size):
        if out[o] != q[i] and _allowed(book, i, out[o]):
            merit, _, _, _ = _after(book, i, q[i], out[o], state, rows, held)
            if merit < best:
                best, to = merit, out[o]
    return to, best


@numba.njit(cache=True)
def _less(merit: float) -> float:
    """Give what a new merit must be below, so that rounding errors never go round in circles."""
    return merit - 1e-13 * (1.0 + abs(merit))


@numba.njit(cache=True)
def improve(book: LotBook, q: Ints, steps: int, sweeps: int) -> float:
    """Take the best single move until beta and limits hold, then sweep while that helps; changes q, gives its merit."""
    rows, held, out = np.empty(book.rows.shape[0]), np.empty(book.factors.shape[1]), np.empty(10, np.int64)
    best, _, beta, rest = score(book, q)
    for _ in range(steps):
        if beta + rest <= 1e-12:
            break
        state = _sums(book, q)
        at, to, top = -1, 0, _less(best)
        for i in range(q.size):
            new, merit = _best_move(book, i, q, state, top, rows, held, out)
            if merit < top:
                at, to, top = i, new, merit
        if at < 0:
            break
        q[at] = to
        best, _, beta, rest = score(book, q)
    for _ in range(sweeps):
        changed = False
        state = _sums(book, q)
        for i in range(q.size):
            new, merit = _best_move(book, i, q, state, _less(best), rows, held, out)
            if new != q[i]:
                q[i] = new
                best, changed = merit, True
                state = _sums(book, q)
        if not changed:
            break
    return score(book, q)[0]


@numba.njit(cache=True)
def improve_pairs(book: LotBook, q: Ints, subset: Ints, passes: int) -> float:
    """Move two positions at once wherever that helps, over the positions in `subset`; changes q, gives its merit."""
    rows, held = np.empty(book.rows.shape[0]), np.empty(book.factors.shape[1])
    first, out = np.empty(10, np.int64), np.empty(10, np.int64)
    best = score(book, q)[0]
    for _ in range(passes):
        changed = False
        for i in subset:
            start, keep = q[i], q[i]
            state = _sums(book, q)
            _options(book, i, start, _gap(book, state[0], state[3]), _spare(book, state[0], state[3]), first)
            for o in range(first.size):
                if first[o] == start or not _allowed(book, i, first[o]):
                    continue
                q[i] = first[o]
                state = _sums(book, q)
                for j in subset:
                    if j == i:
                        continue
                    new, merit = _best_move(book, j, q, state, _less(best), rows, held, out)
                    if new != q[j]:
                        q[j] = new
                        best, keep, changed = merit, q[i], True
                        state = _sums(book, q)
                if keep == q[i]:
                    start = keep
                q[i] = keep
        if not changed:
            break
    return score(book, q)[0]


@numba.njit(cache=True)
def search_whole(book: LotBook, q: Ints) -> float:
    """Try every combination that is allowed; q ends as the best, and its merit is given."""
    n = q.size
    trial, best_q = book.low.copy(), q.copy()
    best = score(book, q)[0]
    while True:
        good = True
        for i in range(n):
            good = good and _allowed(book, i, trial[i])
        if good:
            merit = score(book, trial)[0]
            if merit < _less(best):
                best = merit
                best_q[:] = trial
        at = 0
        while at < n:
            # The next number in a counting system with one digit per position.
            trial[at] += 1
            if trial[at] <= book.high[at]:
                break
            trial[at] = book.low[at]
            at += 1
        if at == n:
            break
    q[:] = best_q
    return best
