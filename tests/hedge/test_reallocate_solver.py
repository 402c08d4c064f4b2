"""Where the dual does not serve: limits out of reach, and costs without a bend."""

import numpy as np
import pytest

from separable_books import book
from trimtab.hedge.reallocate.conic import solve_conic
from trimtab.hedge.reallocate.solve import least_miss
from trimtab.stats.separable import primal_objective, solve_separable


def test_a_limit_out_of_reach_is_approached():
    """With a priced row out of reach the trades are the nearest there are, as a linear programme finds them too."""
    problem = book(40, 1, row_lower=np.array([-9.0, -0.02, *[-0.02] * 5]), row_upper=np.array([-8.0, 0.0, *[0.02] * 5]))
    nearest, miss = least_miss(problem)
    found = solve_separable(problem, max_iterations=600)
    assert miss > 1
    assert (problem.rows @ nearest)[0] + 8.0 == pytest.approx(miss, abs=1e-7)
    assert np.all((problem.rows @ nearest)[1:] <= problem.row_upper[1:] + 1e-9)
    assert found.misses[0] == pytest.approx(miss, rel=1e-3)


def test_linear_costs_alone_fall_back():
    """Without risk or impact a best trade jumps: the cone solver still solves, and the dual still gives a bound."""
    pytest.importorskip("clarabel", reason="clarabel is not installed")
    n = 40
    problem = book(n, 3, impact=np.zeros(n), quad=np.zeros(n), factors=np.zeros((n, 0)))
    trades = solve_conic(problem)
    nearest, miss = least_miss(problem)
    assert miss < 1e-9
    assert primal_objective(problem, trades) <= primal_objective(problem, nearest) + 1e-7
    assert solve_separable(problem).bound <= primal_objective(problem, trades) + 1e-9
