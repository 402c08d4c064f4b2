r"""The best whole lots beside a solution with fractions, all positions at once, as a mixed-integer programme.

Rounding one position at a time, or two, gets stuck where limits bind together: a sector that is full, beta at its edge
and cash spent leave no room for any one move, though three at once would do. Here every position may take one of a few
counts of lots beside its fraction y,

    floor(y) - 1, floor(y), ceil(y), ceil(y) + 1,   and 0,    those below the smallest order left out,

and a count is a sum of steps b in {0, 1}, each taken only after the one before it. Costs, taxes, impact and own risk of
each count are exact; risk shared through factors is straight beside y: what that leaves is second order in one lot, and
is settled by the search that follows. Beta is measured on what costs leave of NAV, and cash pays for them: both are
linear in the steps.
Source
    Bertsimas and Weismantel (2005), Optimization over Integers, on steps in order; solved by HiGHS (Huangfu and Hall
    2018).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from trimtab.stats.arrays import Floats
from trimtab.stats.kernels.lots import LotBook
from trimtab.stats.kernels.separable import Pieces

__all__ = ["best_near"]

_Ints = NDArray[np.int64]
_Limit = Callable[[Floats, float, float], None]
#: Branches looked at: a number and not a time, so that the same book gets the same plan everywhere.
_BRANCHES = 400
_GAP = 1e-5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Steps:
    """Steps of all positions, one after the other, from the lowest count of each.

    Parameters
    ----------
    base
        Lowest count of each position, shape (n,).
    owner, count
        Position of each step and lots that it adds, shape (n_steps,).
    base_cost, cost
        Costs at the lowest counts, and what each step adds, shares of NAV.
    base_risk, risk
        The same for own risk and the factors' part.
    base_size, size
        The same for the amount traded.
    """

    base: _Ints
    owner: _Ints
    count: _Ints
    base_cost: float
    cost: Floats
    base_risk: float
    risk: Floats
    base_size: float
    size: Floats


def best_near(book: LotBook, trades: Floats) -> _Ints | None:
    """Give the best whole lots near trades with fractions; None where no counts beside them keep every limit.

    Parameters
    ----------
    book
        Lots, limits and costs.
    trades
        The solution with fractions, shares of NAV, shape (n,).

    Returns
    -------
    Signed lots, shape (n,).
    """
    steps = _steps(book, trades)
    taken = np.zeros(0)
    if len(steps.count):
        solution = milp(
            steps.cost + steps.risk,
            integrality=np.ones(len(steps.count)),
            bounds=Bounds(0.0, 1.0),
            constraints=[*_limits(book, steps), *_in_order(steps)],
            options={"node_limit": _BRANCHES, "mip_rel_gap": _GAP, "presolve": False},
        )
        if solution.x is None:
            return None
        taken = np.rint(solution.x)
    lots = steps.base.copy()
    np.add.at(lots, steps.owner, (steps.count * taken).astype(np.int64))
    return lots


def _steps(book: LotBook, trades: Floats) -> _Steps:
    shared = book.factors @ (book.factors.T @ trades)
    base, owner, count = [], [], []
    cost, risk, size = [], [], []
    base_cost, base_risk, base_size = 0.0, 0.0, 0.0
    for i, counts in enumerate(_counts(book, trades)):
        amounts = counts * book.lot[i]
        costs, risks = _costs(book, i, amounts), 0.5 * book.quad[i] * amounts**2 + shared[i] * amounts
        base.append(counts[0])
        base_cost, base_risk, base_size = base_cost + costs[0], base_risk + risks[0], base_size + abs(amounts[0])
        owner.append(np.full(len(counts) - 1, i))
        count.append(np.diff(counts))
        cost.append(np.diff(costs))
        risk.append(np.diff(risks))
        size.append(np.diff(np.abs(amounts)))
    return _Steps(
        base=np.array(base, dtype=np.int64), owner=np.concatenate(owner), count=np.concatenate(count),
        base_cost=base_cost, cost=np.concatenate(cost), base_risk=base_risk, risk=np.concatenate(risk),
        base_size=base_size, size=np.concatenate(size),
    )  # fmt: skip


def _counts(book: LotBook, trades: Floats) -> list[_Ints]:
    """Give the counts that each position may take, ascending."""
    wanted = trades / book.lot
    choices = []
    for i, y in enumerate(wanted):
        down, up = int(np.floor(y + 1e-9)), int(np.ceil(y - 1e-9))
        ticket = int(book.ticket[i])
        counts = {0, down - 1, down, up, up + 1, int(np.sign(y)) * ticket}
        allowed = sorted(c for c in counts if book.low[i] <= c <= book.high[i] and (c == 0 or abs(c) >= ticket))
        choices.append(np.array(allowed, dtype=np.int64))
    return choices


def _costs(book: LotBook, i: int, amounts: Floats) -> Floats:
    size = np.abs(amounts)
    linear = np.where(amounts > 0, _side(book.buy, i, size), _side(book.sell, i, size))
    costs: Floats = linear + book.impact[i] * size ** (1.0 + book.exponent)
    return costs


def _side(pieces: Pieces, i: int, size: Floats) -> Floats:
    begin, end, rate = pieces
    ends, rates = end[begin[i] : begin[i + 1]], rate[begin[i] : begin[i + 1]]
    starts = np.concatenate([[0.0], ends[:-1]])
    linear: Floats = np.maximum(np.minimum(size[:, None], ends) - starts, 0.0) @ rates
    return linear


def _limits(book: LotBook, steps: _Steps) -> list[LinearConstraint]:
    """Give beta on the NAV that is left, cash that pays for everything, all other rows, and the amount traded."""
    worth = steps.count * book.lot[steps.owner]
    moved = book.rows[:, steps.owner] * worth
    at_base = book.rows @ (steps.base * book.lot)
    lower, upper = book.row_lower, book.row_upper
    rows, low, high = [], [], []

    def limit(row: Floats, least: float, most: float) -> None:
        # Counted in lots: the solver's tolerances are absolute.
        unit = float(np.median(np.abs(row[row != 0]))) if np.any(row != 0) else 1.0
        rows.append(row / unit)
        low.append(least / unit)
        high.append(most / unit)

    beta = book.start[0] + at_base[0]
    if np.isfinite(upper[0]):
        limit(moved[0] + upper[0] * steps.cost, -np.inf, upper[0] * (1.0 - steps.base_cost) - beta)
    if np.isfinite(lower[0]):
        limit(moved[0] + lower[0] * steps.cost, lower[0] * (1.0 - steps.base_cost) - beta, np.inf)
    cash = book.start[1] - at_base[1] - steps.base_cost
    limit(-moved[1] - steps.cost, lower[1] - cash, upper[1] - cash)
    for j in range(2, len(lower)):
        _share_of_nav(limit, steps, moved[j], at_base[j], (-np.inf, lower[j], book.nav_lower[j]))
        _share_of_nav(limit, steps, moved[j], at_base[j], (np.inf, upper[j], book.nav_upper[j]))
    if np.isfinite(book.turnover):
        limit(steps.size, -np.inf, book.turnover - steps.base_size)
    return [LinearConstraint(np.array(rows), np.array(low), np.array(high))]


def _share_of_nav(limit: _Limit, steps: _Steps, moved: Floats, at_base: float, end: tuple[float, float, float]) -> None:
    """Add one end of a limit: open side (which is infinite), value, and how much of it goes with NAV."""
    side, value, of_nav = end
    if not np.isfinite(value):
        return
    # Broken from the start, it binds at no move further out, whatever costs.
    broken = of_nav != 0.0 and value * np.sign(side) < 0
    most, slope = (0.0, 0.0) if broken else (value - of_nav * steps.base_cost, of_nav)
    ends = (most - at_base, np.inf) if side < 0 else (-np.inf, most - at_base)
    limit(moved + slope * steps.cost, *ends)


def _in_order(steps: _Steps) -> list[LinearConstraint]:
    """Let a step be taken only after the one before it of the same position."""
    later = np.flatnonzero(np.diff(steps.owner) == 0) + 1
    if not len(later):
        return []
    at = np.arange(len(later))
    matrix = sparse.csr_matrix(
        (np.tile([1.0, -1.0], len(later)), (np.repeat(at, 2), np.column_stack([later, later - 1]).ravel())),
        shape=(len(later), len(steps.count)),
    )
    return [LinearConstraint(matrix, -np.inf, 0.0)]
