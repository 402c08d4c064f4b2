r"""Convex costs, one per position, with a few linear limits across all of them.

Problem, over trades x (n,)
    minimise    sum_i f_i(x_i) + |F'x|^2 / 2
    subject to  lower <= x <= upper,   row_lower <= A x <= row_upper,   sum |x_i| <= turnover
    f_i(x)    = offset_i + rate_i(x) + k_i |x|^(1 + p) + d_i x^2 / 2,   rate_i convex and piecewise linear
A row may be given a price: then leaving it costs price x distance instead of being forbidden, and with a high price
the solution is the nearest to the row's limits that the other limits allow.

Method
    Given multipliers (lambda for the rows, nu = F'x for the factors, mu for turnover) the problem falls apart into n
    problems in one variable, which have closed forms. The dual is concave, with a continuous gradient, in as many
    variables as there are couplings: a semismooth Newton method with a trust region finds its maximum in some ten
    passes over the positions. Each pass gives a lower bound on the objective, so the answer comes with its proof.
Source
    Moehle, Gindi, Boyd, Kochenderfer (2021), "Portfolio construction as linearly constrained separable optimization";
    Qi and Sun (1993), "A nonsmooth version of Newton's method", Math. Programming 58.
Assumption
    Each position has d_i > 0 or k_i > 0. Without either its best trade jumps, and Newton's method may not converge:
    `converged` then says so.
"""

from dataclasses import dataclass
from math import inf, isfinite

import numpy as np

from trimtab.errors import InputError
from trimtab.stats.arrays import Floats
from trimtab.stats.kernels.separable import Pieces, best_trades, box_step

__all__ = ["SeparableProblem", "SeparableSolution", "pack_pieces", "primal_objective", "solve_separable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeparableProblem:
    """The problem in arrays; see the module for its equation.

    Parameters
    ----------
    lower, upper
        Bounds of trades, shape (n,), finite.
    buy, sell
        (begin, end, rate) of the pieces of each side, see `pack_pieces`; amounts and rates of the selling side are
        per unit sold. At no trade, rate bought + rate sold >= 0.
    offset
        Cost at no trade, shape (n,): not 0 only where a convex envelope lies below the true cost.
    impact, exponent
        k, shape (n,), zero or more; p, 0 < p <= 1.
    quad
        d, shape (n,), zero or more.
    factors
        F, shape (n, n_factors).
    rows, row_lower, row_upper, row_price
        A, shape (n_rows, n); limits, and price of leaving them, shape (n_rows,); an infinite price forbids it.
    turnover
        Most that may be traded in all; infinite for no limit.
    """

    lower: Floats
    upper: Floats
    buy: Pieces
    sell: Pieces
    offset: Floats
    impact: Floats
    exponent: float
    quad: Floats
    factors: Floats
    rows: Floats
    row_lower: Floats
    row_upper: Floats
    row_price: Floats
    turnover: float

    def __post_init__(self) -> None:
        n, m = len(self.lower), len(self.row_lower)
        shapes = (
            (self.upper, (n,)), (self.offset, (n,)), (self.impact, (n,)), (self.quad, (n,)), (self.rows, (m, n)),
            (self.row_upper, (m,)), (self.row_price, (m,)), (self.factors, (n, self.factors.shape[-1])),
            (self.buy[0], (n + 1,)), (self.sell[0], (n + 1,)),
        )  # fmt: skip
        if any(array.shape != shape for array, shape in shapes):
            shapes_shown = ", ".join(str(array.shape) for array, _ in shapes)
            raise InputError(
                expected=f"arrays for {n} positions and {m} rows", found=shapes_shown, try_next="check shapes"
            )
        good = (
            bool(np.isfinite(self.lower).all() and np.isfinite(self.upper).all())
            and bool((self.lower <= self.upper).all() and (self.row_lower <= self.row_upper).all())
            and bool((self.impact >= 0).all() and (self.quad >= 0).all())
            and 0 < self.exponent <= 1
            and self.turnover >= 0
        )
        if not good:
            raise InputError(
                expected="finite ordered bounds, costs and turnover of zero or more, an exponent in (0, 1]",
                found="numbers that are not",
                try_next="check the signs of bounds and costs",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class SeparableSolution:
    """The best trades, and how sure that is.

    Parameters
    ----------
    trades
        x, shape (n,).
    objective
        At x, with the price of rows that were left.
    bound
        No trades whatever have a lower objective.
    row_multipliers, turnover_multiplier
        What one unit of slack in a limit would save; signed for rows (positive at the lower limit).
    misses
        How far A x lies outside its rows, shape (n_rows,), signed.
    iterations
        Newton steps.
    converged
        Whether limits hold to `tolerance` and objective and bound agree to it.
    """

    trades: Floats
    objective: float
    bound: float
    row_multipliers: Floats
    turnover_multiplier: float
    misses: Floats
    iterations: int
    converged: bool


def pack_pieces(ends: list[list[float]], rates: list[list[float]]) -> Pieces:
    """Lay the pieces of one side out in one run.

    Parameters
    ----------
    ends
        For each position the amounts at which its pieces end, increasing.
    rates
        Cost per unit within each piece, increasing.

    Examples
    --------
    >>> begin, end, rate = pack_pieces([[2.0, 9.0], [9.0]], [[0.1, 0.2], [0.0]])
    >>> begin.tolist(), rate.tolist()
    ([0, 2, 3], [0.1, 0.2, 0.0])
    """
    begin = np.concatenate([[0], np.cumsum([len(e) for e in ends])]).astype(np.int64)
    flat_end = np.array([x for each in ends for x in each], dtype=np.float64)
    flat_rate = np.array([x for each in rates for x in each], dtype=np.float64)
    return begin, flat_end, flat_rate


def primal_objective(problem: SeparableProblem, trades: Floats) -> float:
    """Give the objective at some trades within their bounds, with the price of rows that are left."""
    cost = _evaluate(problem, trades, 0.0, pinned=trades).cost
    value = float(np.sum(cost + problem.offset))
    loads = problem.factors.T @ trades
    return value + 0.5 * float(loads @ loads) + _row_charge(problem, _misses(problem, trades))


def solve_separable(
    problem: SeparableProblem, *, tolerance: float = 1e-9, max_iterations: int = 200
) -> SeparableSolution:
    """Solve by Newton's method on the dual.

    Parameters
    ----------
    problem
        What to solve.
    tolerance
        On limits, and on the gap between objective and bound relative to 1e-4 or the objective if that is larger.
    max_iterations
        Newton steps before giving up.

    Examples
    --------
    Two positions, one unit to sell in all: the cheaper one is sold.

    >>> one = np.ones(2)
    >>> sides = pack_pieces([[9.0], [9.0]], [[0.01], [0.02]])
    >>> problem = SeparableProblem(
    ...     lower=-9 * one, upper=0 * one, buy=sides, sell=sides, offset=0 * one, impact=0 * one, exponent=0.5,
    ...     quad=0.001 * one, factors=np.zeros((2, 0)), rows=np.ones((1, 2)), row_lower=np.array([-1.0]),
    ...     row_upper=np.array([-1.0]), row_price=np.array([np.inf]), turnover=np.inf,
    ... )
    >>> solve_separable(problem).trades.round(6).tolist()
    [-1.0, -0.0]
    """  # fmt: skip
    state = _Dual(problem)
    radius, best, iterations = 0.01, state.look(state.start()), 0
    while iterations < max_iterations and not state.solved(best, tolerance):
        step = state.step(best, radius)
        if not np.any(step):
            break
        iterations += 1
        trial = state.look(best.at + step)
        gain, promised = trial.value - best.value, float(best.gradient @ step)
        noise = 1e-14 * (1.0 + abs(best.value))
        if gain >= 1e-4 * promised - noise:
            # Most of what the slope promised came true, and the step was cut short: dare more.
            radius = radius * 4.0 if np.max(np.abs(step)) >= 0.99 * radius else radius
            best = trial
        else:
            radius = 0.25 * float(np.max(np.abs(step)))
    misses = _misses(problem, best.trades)
    objective = primal_objective(problem, best.trades)
    return SeparableSolution(
        trades=best.trades,
        objective=objective,
        bound=best.value,
        row_multipliers=best.at[: state.m],
        turnover_multiplier=float(best.at[-1]),
        misses=misses,
        iterations=iterations,
        converged=state.solved(best, tolerance),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trades:
    trades: Floats
    slope: Floats
    cost: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """The dual at one point: multipliers, value, gradient, and the trades that answer them."""

    at: Floats
    value: float
    gradient: Floats
    trades: Floats
    slope: Floats


def _evaluate(problem: SeparableProblem, theta: Floats, mu: float, *, pinned: Floats | None = None) -> _Trades:
    x, slope, cost = (np.empty(len(problem.lower)) for _ in range(3))
    low, high = (problem.lower, problem.upper) if pinned is None else (pinned, pinned)
    best_trades(
        theta, mu, low, high, problem.buy, problem.sell, problem.impact, problem.exponent, problem.quad, x, slope, cost
    )
    return _Trades(trades=x, slope=slope, cost=cost)


def _misses(problem: SeparableProblem, trades: Floats) -> Floats:
    values = problem.rows @ trades
    return np.maximum(values - problem.row_upper, 0.0) - np.maximum(problem.row_lower - values, 0.0)


def _row_charge(problem: SeparableProblem, misses: Floats) -> float:
    priced = np.isfinite(problem.row_price)
    return float(np.abs(misses[priced]) @ problem.row_price[priced])


class _Dual:
    """The dual function of one problem; multipliers are (rows, factors, turnover). Lives for one call."""

    def __init__(self, problem: SeparableProblem) -> None:
        self.problem = problem
        self.m, self.k = len(problem.row_lower), problem.factors.shape[1]
        # (m + k, n): what a unit of each multiplier adds to theta
        self.tilt = np.vstack([problem.rows, -problem.factors.T])
        self.ends = isfinite(problem.turnover)
        self.offset = float(np.sum(problem.offset))

    def start(self) -> Floats:
        return np.zeros(self.m + self.k + 1)

    def look(self, at: Floats) -> _Look:
        p, m = self.problem, self.m
        evaluated = _evaluate(p, at[:-1] @ self.tilt, float(at[-1]))
        x = evaluated.trades
        moved = self.tilt @ x
        rows, factors, traded = moved[:m], moved[m:], float(np.sum(np.abs(x)))
        lam, nu, mu = at[:m], at[m:-1], float(at[-1])
        # The side of a row that its multiplier, or where that is 0 its miss, points to.
        up = (lam > 0) | ((lam == 0) & (rows < p.row_lower))
        down = (lam < 0) | ((lam == 0) & (rows > p.row_upper))
        limit = np.where(up, p.row_lower, np.where(down, p.row_upper, rows))
        gradient = np.concatenate(
            [limit - rows, -factors - nu, [traded - p.turnover if self.ends and (mu > 0 or traded > p.turnover) else 0]]
        )
        value = self.offset + float(np.sum(evaluated.cost)) - float(lam @ rows) - float(nu @ factors) + mu * traded
        value += float(np.sum(lam * np.where(lam == 0, 0.0, limit))) - 0.5 * float(nu @ nu)
        value -= mu * p.turnover if mu > 0 else 0.0
        return _Look(at=at, value=value, gradient=gradient, trades=x, slope=evaluated.slope)

    def box(self, look: _Look) -> tuple[Floats, Floats]:
        """How far each multiplier may move: an interval row's keeps its sign within one step."""
        p, at = self.problem, look.at
        lam, rows_gradient = at[: self.m], look.gradient[: self.m]
        low, high = np.full(len(at), -inf), np.full(len(at), inf)
        cap = p.row_price
        interval = p.row_lower < p.row_upper
        upward = (lam > 0) | ((lam == 0) & (rows_gradient > 0))
        downward = (lam < 0) | ((lam == 0) & (rows_gradient < 0))
        low[: self.m] = np.where(interval & ~downward, 0.0, -cap)
        high[: self.m] = np.where(interval & ~upward, 0.0, cap)
        low[-1], high[-1] = 0.0, inf if self.ends else 0.0
        return low - at, high - at

    def step(self, look: _Look, radius: float) -> Floats:
        low, high = self.box(look)
        at_bound = ((low >= 0) & (look.gradient <= 0)) | ((high <= 0) & (look.gradient >= 0))
        free = np.flatnonzero(~at_bound)
        d = np.zeros(len(look.at))
        if free.size == 0:
            return d
        active = np.flatnonzero(look.slope > 0)
        across = np.vstack([self.tilt[:, active], -np.sign(look.trades[active])])[free]
        hessian = (across * look.slope[active]) @ across.T
        factors = np.flatnonzero((free >= self.m) & (free < self.m + self.k))
        hessian[factors, factors] += 1.0
        # A little of the identity keeps rows that no moving trade touches solvable; the radius bounds their step.
        hessian[np.diag_indices(len(free))] += 1e-12 * (1.0 + np.max(np.abs(hessian), initial=0.0))
        d[free] = box_step(hessian, look.gradient[free], np.maximum(low[free], -radius), np.minimum(high[free], radius))
        return d

    def solved(self, look: _Look, tolerance: float) -> bool:
        p = self.problem
        misses = _misses(p, look.trades)
        hard = ~np.isfinite(p.row_price)
        objective = primal_objective(p, look.trades)
        over = max(0.0, float(np.sum(np.abs(look.trades))) - p.turnover)
        return (
            bool(np.all(np.abs(misses[hard]) <= tolerance))
            and over <= tolerance
            and objective - look.value <= tolerance * max(1e-4, abs(objective))
        )
