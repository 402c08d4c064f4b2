"""The separable problem: the dual against a cone solver, and the laws of an optimum."""

import numpy as np
import pytest

from separable_books import book
from trimtab.errors import InputError
from trimtab.hedge.reallocate.conic import solve_conic
from trimtab.stats.separable import primal_objective, solve_separable


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("changes", [{}, {"exponent": 0.6}, {"turnover": 0.3}])
def test_the_dual_and_a_cone_solver_agree(seed, changes):
    """Objectives of Newton's method on the dual and of Clarabel are the same to 1e-6."""
    pytest.importorskip("clarabel", reason="clarabel is not installed")
    problem = book(60, seed, **changes)
    mine = solve_separable(problem)
    theirs = primal_objective(problem, solve_conic(problem, tolerance=1e-9))
    assert mine.converged
    assert mine.objective == pytest.approx(theirs, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_the_dual_agrees_with_cvxpy(seed):
    """An independent statement of the problem in cvxpy has the same objective to 1e-6."""
    cp = pytest.importorskip("cvxpy", reason="cvxpy is not installed")
    p = book(40, seed, turnover=0.6)
    mine = solve_separable(p)
    n = len(p.lower)
    bought, sold = cp.Variable(len(p.buy[1]), nonneg=True), cp.Variable(len(p.sell[1]), nonneg=True)
    x = cp.Variable(n)
    limits = [x >= p.lower, x <= p.upper, p.rows @ x >= p.row_lower, p.rows @ x <= p.row_upper]
    limits.append(cp.sum(bought) + cp.sum(sold) <= p.turnover)
    for i in range(n):
        b, s = slice(p.buy[0][i], p.buy[0][i + 1]), slice(p.sell[0][i], p.sell[0][i + 1])
        limits.append(x[i] == cp.sum(bought[b]) - cp.sum(sold[s]))
        ends = p.sell[1][s]
        for k, length in enumerate(np.diff([0.0, *ends])):
            if np.isfinite(length):
                limits.append(sold[s.start + k] <= length)
    cost = p.buy[2] @ bought + p.sell[2] @ sold + p.impact @ cp.power(cp.abs(x), 1.5)
    risk = 0.5 * cp.sum_squares(cp.multiply(np.sqrt(p.quad), x)) + 0.5 * cp.sum_squares(p.factors.T @ x)
    theirs = cp.Problem(cp.Minimize(cost + risk), limits).solve(solver=cp.CLARABEL)
    assert mine.converged
    assert mine.objective == pytest.approx(theirs, rel=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_no_small_step_improves_the_optimum(seed):
    """At the optimum, feasible moves along pairs and directions never lower the objective; the bound says so too."""
    problem = book(30, seed)
    found = solve_separable(problem)
    assert found.bound <= found.objective + 1e-12
    rng = np.random.default_rng(seed)
    for _ in range(200):
        other = np.clip(found.trades + rng.normal(0, 1e-3, 30), problem.lower, problem.upper)
        values = problem.rows @ other
        if np.all((values >= problem.row_lower) & (values <= problem.row_upper)):
            assert primal_objective(problem, other) >= found.objective - 1e-12
        # Whatever breaks limits cannot go below the bound by more than the multipliers allow.
        lagrangian = primal_objective(problem, other)
        miss = np.maximum(problem.row_lower - values, 0) - np.maximum(values - problem.row_upper, 0)
        priced = np.isfinite(problem.row_price)
        charge = np.abs(miss[priced]) @ problem.row_price[priced]
        assert lagrangian - charge >= found.bound - np.abs(miss) @ np.abs(found.row_multipliers) - 1e-9


def test_bad_arrays_are_refused():
    """Bounds that are not finite, and shapes that do not fit, are named."""
    with pytest.raises(InputError, match="finite ordered bounds"):
        book(5, 0, lower=np.full(5, -np.inf))
    with pytest.raises(InputError, match="arrays for"):
        book(5, 0, quad=np.ones(4))
