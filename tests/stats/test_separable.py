"""The separable problem: the dual against a cone solver, and the laws of an optimum."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize

from separable_books import book
from trimtab.errors import InputError
from trimtab.hedge.reallocate.conic import solve_conic
from trimtab.stats.kernels.separable import best_trades, box_step
from trimtab.stats.separable import _Dual, primal_objective, solve_separable


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


def one_problem(x, theta, mu, p, i):
    """What a trade of position i costs, less what it is worth, piece by piece."""
    begin, end, rate = p.buy if x > 0 else p.sell
    size, cost = abs(x), 0.0
    for j in range(begin[i], begin[i + 1]):
        done = 0.0 if j == begin[i] else end[j - 1]
        cost += rate[j] * np.clip(size - done, 0.0, end[j] - done)
    cost += p.impact[i] * size ** (1 + p.exponent) + 0.5 * p.quad[i] * x * x
    return cost, cost + mu * size - theta * x


@pytest.mark.parametrize("exponent", [0.5, 0.8])
@pytest.mark.parametrize("flat", [(), ("impact",), ("quad",)])
def test_the_best_trade_of_each_position_is_the_least_of_a_fine_grid(exponent, flat):
    """Alone, each trade is where its own curve is least: at bounds, ends of pieces, zero and between."""
    p = book(20, 5, exponent=exponent, **{name: np.zeros(20) for name in flat})
    rng = np.random.default_rng(1)
    for mu, spread in ((0.0, 0.08), (0.01, 0.08), (0.0, 0.002)):
        theta = rng.normal(0, spread, 20)
        x, slope, cost = (np.empty(20) for _ in range(3))
        best_trades(theta, mu, p.lower, p.upper, p.buy, p.sell, p.impact, p.exponent, p.quad, x, slope, cost)
        again = [np.empty(20) for _ in range(3)]
        best_trades(theta + 1e-7, mu, p.lower, p.upper, p.buy, p.sell, p.impact, p.exponent, p.quad, *again)
        for i in range(20):
            assert p.lower[i] <= x[i] <= p.upper[i]
            paid, worth = one_problem(x[i], theta[i], mu, p, i)
            assert cost[i] == pytest.approx(paid, rel=1e-9, abs=1e-15)
            near = np.clip(x[i] + np.array([-1e-5, 1e-5]), p.lower[i], p.upper[i])
            grid = [0.0, *np.linspace(p.lower[i], p.upper[i], 101), *near]
            assert worth <= min(one_problem(g, theta[i], mu, p, i)[1] for g in grid) + 1e-12
            if slope[i] > 0 and abs(x[i]) > 1e-3:
                assert (again[0][i] - x[i]) / 1e-7 == pytest.approx(slope[i], rel=0.02)


@pytest.mark.parametrize("seed", range(20))
def test_a_step_within_a_box_is_the_best_there_is(seed):
    """Against SciPy's bounded quadratic minimum: some bounds bind, some do not, and the rest is solved exactly."""
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(5, 5))
    hessian, gradient = root @ root.T + 0.1 * np.eye(5), rng.normal(size=5)
    low, high = -rng.uniform(0, 0.5, 5), rng.uniform(0, 0.5, 5)
    d = box_step(hessian, gradient, low, high)
    done = minimize(
        lambda v: 0.5 * v @ hessian @ v - gradient @ v, np.zeros(5), jac=lambda v: hessian @ v - gradient,
        bounds=list(zip(low, high, strict=True)), method="L-BFGS-B", options={"ftol": 1e-16, "gtol": 1e-12},
    )  # fmt: skip
    assert ((low <= d) & (d <= high)).all()
    assert d == pytest.approx(done.x, abs=1e-6)


@pytest.mark.parametrize("cap", [np.inf, 5.0])
@pytest.mark.parametrize(
    ("lam", "gradient", "least", "most"),
    [(2.0, -1.0, 0, 1), (-2.0, 1.0, -1, 0), (0.0, 1.0, 0, 1), (0.0, -1.0, -1, 0), (0.0, 0.0, 0, 0)],
)
def test_a_multiplier_keeps_its_sign_within_one_step(cap, lam, gradient, least, most):
    """Of an interval it goes from its own side to 0 and no further, from 0 the way of the slope, up to its price."""
    problem = book(10, 0, row_price=np.full(7, cap))
    dual = _Dual(problem)
    look = dual.look(np.concatenate([np.full(7, lam), np.zeros(dual.k + 1)]))
    slopes = np.concatenate([np.full(7, gradient), look.gradient[7:]])
    low, high = dual.box(replace(look, gradient=slopes))
    assert (low[:7] + lam == (-cap if least else 0.0)).all()
    assert (high[:7] + lam == (cap if most else 0.0)).all()
    # Without a limit on turnover its multiplier stays 0; those of factors go anywhere.
    assert (low[-1], high[-1]) == (0.0, 0.0)
    assert np.isinf([*low[7:-1], *high[7:-1]]).all()
    both_ways = _Dual(replace(problem, row_lower=problem.row_upper)).box(replace(look, gradient=slopes))
    assert (both_ways[0][:7] + lam == -cap).all()
    assert (both_ways[1][:7] + lam == cap).all()


@pytest.mark.parametrize("seed", [0, 2, 3])
def test_multipliers_are_what_slack_would_save(seed):
    """A limit loosened by a hair lowers the objective by its multiplier; limits on turnover as well."""
    problem = book(40, seed, turnover=0.25)
    found = solve_separable(problem, tolerance=1e-11)
    assert np.abs(found.misses).max() < 1e-9
    h = 1e-6
    for row, lam in enumerate(found.row_multipliers):
        if not np.isfinite(problem.row_price[row]) and abs(lam) > 1e-3:
            side, move = ("row_lower", -h) if lam > 0 else ("row_upper", h)
            edges = getattr(problem, side).copy()
            edges[row] += move
            if (problem.row_upper[row] if lam > 0 else problem.row_lower[row]) == getattr(problem, side)[row]:
                continue
            looser = solve_separable(replace(problem, **{side: edges}), tolerance=1e-11)
            assert (found.objective - looser.objective) / h == pytest.approx(abs(lam), rel=0.02)
    if found.turnover_multiplier > 1e-3:
        looser = solve_separable(replace(problem, turnover=0.25 + h), tolerance=1e-11)
        assert (found.objective - looser.objective) / h == pytest.approx(found.turnover_multiplier, rel=0.02)
