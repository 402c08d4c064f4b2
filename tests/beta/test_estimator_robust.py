"""Huber, LAD and Theil-Sen against SciPy and statsmodels, planted truth under fat tails, and their limits."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.stats import theilslopes

from beta_pairs import noisy_pairs, pairs_of, series
from trimtab.beta.estimators.ols import Ols
from trimtab.beta.estimators.robust.huber import Huber
from trimtab.beta.estimators.robust.lad import Lad
from trimtab.beta.estimators.robust.theil_sen import TheilSen
from trimtab.stats.robust import lad_lines


def test_huber_agrees_with_statsmodels() -> None:
    """The slope is that of statsmodels' RLM with Huber's norm and the same scale."""
    pairs = noisy_pairs((1.1,), n=252, tails=3.0)
    x, y = series(pairs, 1)
    fit = sm.RLM(y, sm.add_constant(x), M=sm.robust.norms.HuberT(1.345)).fit(tol=1e-12, maxiter=500)
    estimate = Huber().estimate(pairs)["A0"]
    assert estimate.value == pytest.approx(fit.params[1], rel=1e-6)
    assert estimate.stderr == pytest.approx(fit.bse[1], rel=0.25)


def test_lad_is_the_linear_programme() -> None:
    """The slope has the least sum of absolute residuals that linear programming finds."""
    rng = np.random.default_rng(5)
    for n in (31, 60, 121):
        x, y = rng.normal(size=n), rng.standard_t(2, n)
        X = sm.add_constant(x)
        cost = np.concatenate([np.zeros(4), np.ones(2 * n)])
        A = np.hstack([X, -X, np.eye(n), -np.eye(n)])
        solution = linprog(cost, A_eq=A, b_eq=y, bounds=(0, None)).x
        assert lad_lines(x[:, None], y[:, None]).slope[0] == pytest.approx(solution[1] - solution[3], abs=1e-7)


def test_lad_agrees_with_statsmodels() -> None:
    """Slope as statsmodels' median regression; the error within a quarter of its, which is built in another way."""
    pairs = noisy_pairs((0.8,), n=252, tails=4.0)
    x, y = series(pairs, 1)
    fit = sm.QuantReg(y, sm.add_constant(x)).fit(q=0.5)
    estimate = Lad().estimate(pairs)["A0"]
    assert estimate.value == pytest.approx(fit.params[1], rel=1e-3)
    e = y - estimate.value * x
    # Its iteration stops a little above the least sum; ours is not above it.
    assert np.abs(e - np.median(e)).sum() <= np.abs(fit.resid).sum() * (1 + 1e-12)
    assert estimate.stderr == pytest.approx(fit.bse[1], rel=0.25)


def test_theil_sen_agrees_with_scipy() -> None:
    """The median slope is SciPy's, and the error spans its rank-based interval."""
    pairs = noisy_pairs((0.8,), n=200, tails=3.0)
    x, y = series(pairs, 1)
    oracle = theilslopes(y, x, alpha=0.95)
    estimate = TheilSen().estimate(pairs)["A0"]
    assert estimate.value == pytest.approx(oracle.slope, rel=1e-12)
    assert estimate.stderr == pytest.approx((oracle.high_slope - oracle.low_slope) / 2 / 1.96, rel=0.2)


@given(size=st.floats(0.2, 5.0), row=st.integers(20, 200))
def test_one_wild_day_moves_them_by_a_bounded_amount(size: float, row: int) -> None:
    """However wild one day is, robust betas stay within a tenth of where they were."""
    pairs = noisy_pairs((1.0,), n=252)
    x, y = series(pairs, 1)
    wild = y.copy()
    wild[row] += size
    changed = pairs_of(x, wild)
    for method in (Huber(), Lad(), TheilSen()):
        assert abs(method.estimate(changed)["A0"].value - method.estimate(pairs)["A0"].value) < 0.1


def test_huber_without_cutting_is_ols() -> None:
    """With k infinite, value and robust error are those of least squares."""
    pairs = noisy_pairs((1.0,), n=300)
    one, other = Huber(k=np.inf).estimate(pairs)["A0"], Ols(errors="robust").estimate(pairs)["A0"]
    assert (one.value, one.stderr) == pytest.approx((other.value, other.stderr), rel=1e-9)


@pytest.mark.parametrize("method", [Huber(), Lad(), TheilSen()])
def test_fat_tails_cost_them_less_than_least_squares(method: Huber | Lad | TheilSen) -> None:
    """With t(2.5) noise, robust betas of forty assets lie nearer to the truth than plain ones."""
    pairs = noisy_pairs(tuple(np.linspace(0.2, 1.8, 40)), n=252, tails=2.5, seed=9)
    truth = np.linspace(0.2, 1.8, 40)
    robust, plain = method.estimate(pairs).values()[1:], Ols().estimate(pairs).values()[1:]
    assert np.mean((robust - truth) ** 2) < 0.8 * np.mean((plain - truth) ** 2)


@pytest.mark.parametrize("method", [Huber(), Lad(), TheilSen()])
def test_a_perfect_line_has_no_error(method: Huber | Lad | TheilSen) -> None:
    """A fund that is twice the benchmark has beta 2, and its error is nought and not NaN."""
    x = np.random.default_rng(1).normal(0, 0.01, 100)
    estimate = method.estimate(pairs_of(x, 2 * x))["A0"]
    assert estimate.value == pytest.approx(2.0, abs=1e-9)
    assert estimate.stderr == pytest.approx(0.0, abs=1e-8)
