"""The merit of whole lots, by hand."""

import numpy as np
import pytest

from trimtab.stats.kernels.lots import LotBook, score


def book(**changed):
    """One asset of a tenth of NAV a lot; beta .5 wanted from .9 to 1, cash .05 that may not go below 0."""
    per_unit = (np.array([0, 1]), np.array([np.inf]), np.array([0.01]))
    stated = {
        "lot": np.array([0.1]), "low": np.array([-5]), "high": np.array([5]), "ticket": np.array([1]),
        "buy": per_unit, "sell": per_unit, "impact": np.array([0.0]), "exponent": 0.5, "quad": np.array([4.0]),
        "factors": np.array([[3.0]]), "rows": np.array([[1.0], [1.0]]), "row_lower": np.array([0.9, 0.0]),
        "row_upper": np.array([1.0, 9.0]), "start": np.array([0.5, 0.05]), "turnover": 10.0, "soft": 2.0, "hard": 100.0,
    }  # fmt: skip
    return LotBook(**{**stated, **changed})


def test_a_merit_is_cost_risk_and_distances_each_at_its_price():
    """One lot: .001 of cost, 4 x^2 / 2 + (3 x)^2 / 2 of risk, beta .6 of what NAV is left, and cash .051 short."""
    merit, cost, beta, rest = score(book(), np.array([1]))
    risk = 0.5 * 4 * 0.01 + 0.5 * 0.09
    assert cost == pytest.approx(0.001)
    assert beta == pytest.approx(0.9 - 0.6 / 0.999)
    assert rest == pytest.approx(0.051)
    assert merit == pytest.approx(0.001 + risk + 2 * beta + 100 * 0.051)


def test_what_turnover_exceeds_is_a_distance_as_well():
    """Two lots trade .2 where .15 may be traded: .05 too much, beside the cash."""
    *_, rest = score(book(turnover=0.15), np.array([2]))
    assert rest == pytest.approx(0.05 + (0.2 + 0.002 - 0.05))
