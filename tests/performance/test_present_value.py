"""Present values: a textbook bond, closed forms, and the worth of a hedge."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.errors import InputError
from trimtab.performance.present_value import hedge_value, present_value


def test_bond_of_hull():
    """Hull, ch. 4: zero rates 5.0, 5.8, 6.4, 6.8% continuous, 6% coupons for two years -> 98.39; yield 6.76%."""
    times = [0.5, 1, 1.5, 2]
    by_curve = present_value([3, 3, 3, 103], times, [0.050, 0.058, 0.064, 0.068], compounding="continuous")
    assert by_curve == pytest.approx(98.39, abs=0.005)
    assert present_value([3, 3, 3, 103], times, 0.0676, compounding="continuous") == pytest.approx(98.39, abs=0.01)


@given(st.floats(-0.2, 0.5), st.integers(1, 40))
def test_an_annuity_has_a_closed_form(rate, years):
    """A level yearly payment is worth (1 - (1 + y)^-n) / y; both ways of compounding agree at their equal rates."""
    flows, times = np.ones(years), np.arange(1, years + 1)
    closed = -np.expm1(-years * np.log1p(rate)) / rate if abs(rate) > 1e-6 else float(years)
    assert present_value(flows, times, rate) == pytest.approx(closed, rel=1e-4)
    continuous = present_value(flows, times, np.log1p(rate), compounding="continuous")
    assert present_value(flows, times, rate) == pytest.approx(continuous, rel=1e-10)


def test_a_hedge_pays_from_its_break_even_on():
    """At the break-even risk aversion the programme is worth nothing; above it, something."""
    args = {
        "yearly_costs": [2000, 2500, 3000],
        "variance_before": 0.03,
        "variance_after": 0.005,
        "nav": 1e6,
        "rate": 0.04,
    }
    level = hedge_value(risk_aversion=1.0, **args).break_even_risk_aversion
    assert hedge_value(risk_aversion=level, **args).net == pytest.approx(0, abs=1e-9)
    assert hedge_value(risk_aversion=2 * level, **args).net > 0
    worse = hedge_value(risk_aversion=1.0, **{**args, "variance_after": 0.04})
    assert worse.break_even_risk_aversion is None
    assert worse.benefit < 0


def test_refusals():
    """Unequal lengths, the past, rates below -100% and negative variances are refused."""
    with pytest.raises(InputError, match="one length"):
        present_value([1, 2], [1], 0.05)
    with pytest.raises(InputError, match="past"):
        present_value([1], [-1], 0.05)
    with pytest.raises(InputError, match="-100%"):
        present_value([1], [1], -1.5)
    with pytest.raises(InputError, match="annual or continuous"):
        present_value([1], [1], 0.05, compounding="daily")
    with pytest.raises(InputError, match="variances"):
        hedge_value(yearly_costs=[1], variance_before=-1, variance_after=0, nav=1, risk_aversion=1, rate=0)
