r"""Whole lots near a solution with fractions: repair what rounding broke, then improve lot by lot.

Merit of whole lots q, trades x = m q in shares of NAV, with C the sum of all costs:
    C + sum d x^2 / 2 + |F'x|^2 / 2  +  soft x (distance of beta from its band)  +  hard x (all other distances)
where beta is measured on what NAV is left, and cash pays for the trades and for C. Moves are one lot either way, as
many lots as would close the gap in beta or in cash, nothing, and the smallest ticket; then pairs of such moves. A book
with few combinations is searched whole.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trimtab.stats.arrays import Floats
from trimtab.stats.kernels.compiling import njit
from trimtab.stats.kernels.separable import Pieces

__all__ = ["LotBook", "improve", "improve_pairs", "score", "search_whole"]

#: Counts tried for each position.
_OPTIONS = 10

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
    nav_lower: Floats
    """(n_rows,): from row 2 on, limits that are shares of NAV, which costs lower: by so much for each share of NAV that
    they take; 0 = a limit of its own. A limit that is broken from the start binds where it began."""
    nav_upper: Floats
    """(n_rows,)."""
    start: Floats
    """(2,): beta exposure and cash before."""
    turnover: float
    """Most that may be traded."""
    soft: float
    """Price of distance from the band."""
    hard: float
    """Price of distance from any other limit."""


@njit(cache=True)
def _cost(book: LotBook, i: int, q: int) -> float:
    size = abs(q) * book.lot[i]
    begin, end, rate = book.buy if q > 0 else book.sell
    total, done = 0.0, 0.0
    for j in range(begin[i], begin[i + 1]):
        if done >= size:
            break
        total += rate[j] * (min(size, end[j]) - done)
        done = end[j]
    return total + book.impact[i] * _power(size, book.exponent)


@njit(cache=True)
def _power(size: float, exponent: float) -> float:
    return math.sqrt(size) * size if exponent == 0.5 else size ** (1.0 + exponent)


@njit(cache=True)
def _outside(value: float, low: float, high: float) -> float:
    return max(0.0, value - high) + max(0.0, low - value)


@njit(cache=True)
def _miss(exposure: float, cost: float, low: float, high: float) -> float:
    # Costs that eat up NAV leave no beta worth the name: the distance then only has to be large.
    return _outside(exposure / max(1e-6, 1.0 - cost), low, high)


@njit(cache=True)
def _least(limit: float, of_nav: float, cost: float) -> float:
    return limit if of_nav == 0.0 else min(limit - of_nav * cost, 0.0)


@njit(cache=True)
def _most(limit: float, of_nav: float, cost: float) -> float:
    return limit if of_nav == 0.0 else max(limit - of_nav * cost, 0.0)


@njit(cache=True)
def _merit(book: LotBook, cost: float, risk: float, traded: float, moved: Floats) -> float:
    beta = _miss(book.start[0] + moved[0], cost, book.row_lower[0], book.row_upper[0])
    rest = _outside(book.start[1] - moved[1] - cost, book.row_lower[1], book.row_upper[1])
    for j in range(2, moved.size):
        least = _least(book.row_lower[j], book.nav_lower[j], cost)
        most = _most(book.row_upper[j], book.nav_upper[j], cost)
        rest += _outside(moved[j], least, most)
    rest += max(0.0, traded - book.turnover)
    return cost + risk + book.soft * beta + book.hard * rest


@njit(cache=True)
def _sums(book: LotBook, q: Ints):  # type: ignore[no-untyped-def]  # noqa: ANN202
    """Give cost, own risk, amount traded, rows and factors of whole lots."""
    rows, factors, quads, impacts, lots, exponent = (
        book.rows, book.factors, book.quad, book.impact, book.lot, book.exponent
    )  # fmt: skip
    (bought, buy_end, buy_rate), (sold, sell_end, sell_rate) = book.buy, book.sell
    cost, own, traded = 0.0, 0.0, 0.0
    moved, loads = np.zeros(rows.shape[0]), np.zeros(factors.shape[1])
    for i in range(q.size):
        if q[i] == 0:
            continue
        x = q[i] * lots[i]
        size, spent, done = abs(x), 0.0, 0.0
        # Written out, as in `_next_move`: this runs after every move.
        if q[i] > 0:
            for j in range(bought[i], bought[i + 1]):
                if done >= size:
                    break
                spent += buy_rate[j] * (min(size, buy_end[j]) - done)
                done = buy_end[j]
        else:
            for j in range(sold[i], sold[i + 1]):
                if done >= size:
                    break
                spent += sell_rate[j] * (min(size, sell_end[j]) - done)
                done = sell_end[j]
        cost += spent + impacts[i] * _power(size, exponent)
        own += 0.5 * quads[i] * x * x
        traded += size
        for j in range(moved.size):
            moved[j] += rows[j, i] * x
        for f in range(loads.size):
            loads[f] += factors[i, f] * x
    return cost, own, traded, moved, loads


@njit(cache=True)
def score(book: LotBook, q: Ints) -> tuple[float, float, float, float]:
    """Give merit, cost, distance of beta from its band, and the sum of all other distances."""
    cost, own, traded, moved, loads = _sums(book, q)
    risk = own + 0.5 * np.sum(loads * loads)
    beta = _miss(book.start[0] + moved[0], cost, book.row_lower[0], book.row_upper[0])
    merit = _merit(book, cost, risk, traded, moved)
    return merit, cost, beta, max(0.0, (merit - cost - risk - book.soft * beta) / book.hard)


@njit(cache=True)
def _allowed(book: LotBook, i: int, q: int) -> bool:
    return book.low[i] <= q <= book.high[i] and (q == 0 or abs(q) >= book.ticket[i])


@njit(cache=True)
def _option(o: int, q: int, low: int, high: int, ticket: int, close: float, spend: float) -> int:
    """Give one of the ten counts worth trying instead of q; some may repeat or not be allowed."""
    if o < 2:
        return q + 1 - 2 * o
    if o < 6:
        whole = int(np.floor(max(-1e15, min(1e15, close if o < 4 else spend))))
        return max(low, min(high, q + whole + o % 2))
    if o < 9:
        return (0, ticket, -ticket)[o - 6]
    return low if close < 0 else high


@njit(cache=True)
def _fits(q: int, low: int, high: int, ticket: int) -> bool:
    return low <= q <= high and (q == 0 or abs(q) >= ticket)


@njit(cache=True)
def _gap(book: LotBook, cost: float, moved: Floats) -> float:
    """Give the beta exposure that is missing to the band, signed."""
    beta, nav = book.start[0] + moved[0], 1.0 - cost
    return max(0.0, book.row_lower[0] * nav - beta) - max(0.0, beta - book.row_upper[0] * nav)


@njit(cache=True)
def _spare(book: LotBook, cost: float, moved: Floats) -> float:
    """Give the cash that must still be spent, or raised if negative."""
    cash = book.start[1] - moved[1] - cost
    return max(0.0, cash - book.row_upper[1]) - max(0.0, book.row_lower[1] - cash)


@njit(cache=True)
def _next_move(book: LotBook, q: Ints, order: Ints, begin: int, skip: int, sums, gap: float, spare: float, top: float):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, C901, PLR0912, PLR0915 - one loop, see below
    """Look through `order` from `begin` on for a position with a count whose merit is below `top`.

    Gives its place in `order` (-1 if there is none), its best count, and the merit. Every part of the merit but the
    cost is zero or more: a count is dropped as soon as the parts worked out so far are too much, which most are long
    before the rows and factors of all limits. It is one loop because handing the book on to a function costs more than
    the function works out.
    """
    cost, own, traded, moved, loads = sums
    row_low, row_high, nav_low, nav_high = book.row_lower, book.row_upper, book.nav_lower, book.nav_upper
    rows, factors, exposure, cash = book.rows, book.factors, book.start[0], book.start[1]
    (bought, buy_end, buy_rate), (sold, sell_end, sell_rate) = book.buy, book.sell
    lots, quads, impacts, lows, highs, tickets = book.lot, book.quad, book.impact, book.low, book.high, book.ticket
    exponent, turnover, soft, hard = book.exponent, book.turnover, book.soft, book.hard
    for at in range(begin, order.size):
        i = order[at]
        if i == skip:
            continue
        m, old, low, high, ticket = lots[i], q[i], lows[i], highs[i], tickets[i]
        effect = rows[0, i] * m
        close, spend = 0.0 if effect == 0.0 else gap / effect, spare / m
        x, was, best, to = old * m, 0.0, top, old
        for o in range(-1, _OPTIONS):
            new = old if o < 0 else _option(o, old, low, high, ticket, close, spend)
            if o >= 0 and (new == old or not _fits(new, low, high, ticket)):
                continue
            y = new * m
            step, size = y - x, abs(y)
            spent, done = 0.0, 0.0
            if new > 0:
                for j in range(bought[i], bought[i + 1]):
                    if done >= size:
                        break
                    spent += buy_rate[j] * (min(size, buy_end[j]) - done)
                    done = buy_end[j]
            else:
                for j in range(sold[i], sold[i + 1]):
                    if done >= size:
                        break
                    spent += sell_rate[j] * (min(size, sell_end[j]) - done)
                    done = sell_end[j]
            spent += impacts[i] * _power(size, exponent)
            if o < 0:
                was = spent
                continue
            spent = cost + (spent - was)
            risk = own + 0.5 * quads[i] * (y * y - x * x)
            beta = soft * _miss(exposure + (moved[0] + rows[0, i] * step), spent, row_low[0], row_high[0])
            if spent + risk + beta >= best:
                continue
            total = 0.0
            for f in range(loads.size):
                each = loads[f] + factors[i, f] * step
                total += each * each
            risk += 0.5 * total
            if spent + risk + beta >= best:
                continue
            rest = _outside(cash - (moved[1] + rows[1, i] * step) - spent, row_low[1], row_high[1])
            for j in range(2, moved.size):
                least = _least(row_low[j], nav_low[j], spent)
                rest += _outside(moved[j] + rows[j, i] * step, least, _most(row_high[j], nav_high[j], spent))
            rest += max(0.0, traded + (size - abs(x)) - turnover)
            merit = spent + risk + beta + hard * rest
            if merit < best:
                best, to = merit, new
        if to != old:
            return at, to, best
    return -1, 0, top


@njit(cache=True)
def _moved(book: LotBook, i: int, old: int, new: int, sums, moved: Floats, loads: Floats):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Give the sums after position i went from old to new; fills `moved` and `loads`, which may be the old ones."""
    m = book.lot[i]
    x, y = old * m, new * m
    for j in range(moved.size):
        moved[j] = sums[3][j] + book.rows[j, i] * (y - x)
    for f in range(loads.size):
        loads[f] = sums[4][f] + book.factors[i, f] * (y - x)
    cost = sums[0] + (_cost(book, i, new) - _cost(book, i, old))
    own = sums[1] + 0.5 * book.quad[i] * (y * y - x * x)
    return cost, own, sums[2] + (abs(y) - abs(x)), moved, loads


@njit(cache=True)
def _less(merit: float) -> float:
    """Give what a new merit must be below, so that rounding errors never go round in circles."""
    return merit - 1e-13 * (1.0 + abs(merit))


@njit(cache=True)
def improve(book: LotBook, q: Ints, steps: int, sweeps: int) -> float:
    """Take the best single move until beta and limits hold, then sweep while that helps; changes q, gives its merit."""
    every = np.arange(q.size)
    best, _, beta, rest = score(book, q)
    for _ in range(steps):
        if beta + rest <= 1e-12:
            break
        sums = _sums(book, q)
        gap, spare = _gap(book, sums[0], sums[3]), _spare(book, sums[0], sums[3])
        at, to, top = -1, 0, _less(best)
        k = -1
        while True:
            k, new, merit = _next_move(book, q, every, k + 1, -1, sums, gap, spare, top)
            if k < 0:
                break
            at, to, top = k, new, merit
        if at < 0:
            break
        q[at] = to
        best, _, beta, rest = score(book, q)
    for _ in range(sweeps):
        changed = False
        # Sums are carried from move to move, and added up afresh for each sweep.
        sums = _sums(book, q)
        gap, spare = _gap(book, sums[0], sums[3]), _spare(book, sums[0], sums[3])
        i = -1
        while True:
            i, new, merit = _next_move(book, q, every, i + 1, -1, sums, gap, spare, _less(best))
            if i < 0:
                break
            sums = _moved(book, i, q[i], new, sums, sums[3], sums[4])
            gap, spare = _gap(book, sums[0], sums[3]), _spare(book, sums[0], sums[3])
            q[i] = new
            best, changed = merit, True
        if not changed:
            break
    return score(book, q)[0]


@njit(cache=True)
def improve_pairs(book: LotBook, q: Ints, subset: Ints, passes: int) -> float:
    """Move two positions at once wherever that helps, over the positions in `subset`; changes q, gives its merit."""
    moved, loads = np.empty(book.rows.shape[0]), np.empty(book.factors.shape[1])
    best = score(book, q)[0]
    for _ in range(passes):
        changed = False
        for i in subset:
            start, keep = q[i], q[i]
            sums = _sums(book, q)
            low, high, ticket, effect = book.low[i], book.high[i], book.ticket[i], book.rows[0, i] * book.lot[i]
            close = 0.0 if effect == 0.0 else _gap(book, sums[0], sums[3]) / effect
            spend = _spare(book, sums[0], sums[3]) / book.lot[i]
            begun = start
            for o in range(_OPTIONS):
                first = _option(o, begun, low, high, ticket, close, spend)
                if first == start or not _fits(first, low, high, ticket):
                    continue
                state = _moved(book, i, q[i], first, sums, moved, loads)
                gap, spare = _gap(book, state[0], state[3]), _spare(book, state[0], state[3])
                q[i] = first
                k = -1
                while True:
                    k, new, merit = _next_move(book, q, subset, k + 1, i, state, gap, spare, _less(best))
                    if k < 0:
                        break
                    q[subset[k]] = new
                    best, keep, changed = merit, q[i], True
                    state = _sums(book, q)
                    gap, spare = _gap(book, state[0], state[3]), _spare(book, state[0], state[3])
                if keep == q[i]:
                    # This count of position i has come to stay, with the others that moved.
                    start = keep
                    sums = state
                q[i] = keep
        if not changed:
            break
    return score(book, q)[0]


@njit(cache=True)
def search_whole(book: LotBook, q: Ints) -> float:
    """Try every combination that is allowed; q ends as the best, and its merit is given."""
    n = q.size
    trial, best_q = book.low.copy(), q.copy()
    best = score(book, q)[0]
    while True:
        good = True
        for i in range(n):
            good = good and _fits(trial[i], book.low[i], book.high[i], book.ticket[i])
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
