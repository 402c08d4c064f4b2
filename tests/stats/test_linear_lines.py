"""Straight lines through columns, their errors, and NIST's certified regressions."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

import nist
from trimtab.stats.linear import error_scores, fit_lines, hac_scores, newey_west_lags
from trimtab.stats.multiple import fit_plane


def digits(got: np.ndarray | float, certified: np.ndarray | float) -> float:
    """Give the least number of digits that agree, NIST's log relative error; 15 at most."""
    error = np.abs(np.asarray(got) / np.asarray(certified) - 1.0)
    return float(np.min(-np.log10(np.maximum(error, 1e-15))))


def norm(scores: np.ndarray) -> np.ndarray:
    """Give the error that scores stand for."""
    return np.sqrt((scores**2).sum(axis=0))


def test_norris_is_certified() -> None:
    """NIST's Norris: slope, intercept and the slope's classical error to twelve digits."""
    x, y = nist.NORRIS[:, 1:], nist.NORRIS[:, :1]
    lines = fit_lines(x, y)
    assert digits(lines.slope, nist.NORRIS_COEFFICIENTS[1]) > 12
    assert digits(lines.intercept, nist.NORRIS_COEFFICIENTS[0]) > 12
    assert digits(norm(error_scores(lines, "classical")), nist.NORRIS_ERRORS[1]) > 12


def test_norris_as_a_multiple_regression() -> None:
    """The refined solver agrees with NIST's Norris to thirteen digits."""
    plane = fit_plane(np.column_stack([np.ones(36), nist.NORRIS[:, 1]]), nist.NORRIS[:, 0])
    assert digits(plane.coefficients, nist.NORRIS_COEFFICIENTS) > 13
    assert digits(plane.stderr, nist.NORRIS_ERRORS) > 12


def test_longley_is_certified() -> None:
    """NIST's Longley, ill-conditioned observed data: coefficients and errors to twelve digits."""
    plane = fit_plane(np.column_stack([np.ones(16), nist.LONGLEY[:, 1:]]), nist.LONGLEY[:, 0])
    assert digits(plane.coefficients, nist.LONGLEY_COEFFICIENTS) > 12
    assert digits(plane.stderr, nist.LONGLEY_ERRORS) > 12


@pytest.mark.skipif(np.finfo(np.longdouble).eps > 1e-18, reason="this machine has no extended precision")
def test_filip_to_ten_digits_with_extended_powers() -> None:
    """NIST's Filip, degree ten: ten digits of each coefficient when powers are formed in extended precision."""
    x = np.array([np.longdouble(v) for v in nist.FILIP_X])
    plane = fit_plane(x[:, None] ** np.arange(11), np.array([np.longdouble(v) for v in nist.FILIP_Y]))
    assert digits(plane.coefficients, nist.FILIP_COEFFICIENTS) > 10
    assert digits(plane.stderr, nist.FILIP_ERRORS) > 7


def test_filip_in_double_precision() -> None:
    """Powers rounded to double cost Filip three digits before any solver sees them: seven are left."""
    x, y = np.array(nist.FILIP_X, dtype=float), np.array(nist.FILIP_Y, dtype=float)
    plane = fit_plane(x[:, None] ** np.arange(11), y)
    assert digits(plane.coefficients, nist.FILIP_COEFFICIENTS) > 7


def test_dependent_columns_are_not_solved() -> None:
    """A column that repeats another gives NaN, not a number that depends on rounding."""
    x = np.linspace(0, 1, 20)
    assert np.isnan(fit_plane(np.column_stack([np.ones(20), x, 3 * x]), x**2).coefficients).all()


@pytest.mark.parametrize("lags", [0, 3, 12])
def test_robust_and_newey_west_errors_agree_with_statsmodels(lags: int) -> None:
    """HC1 and Newey-West errors of a line are those of statsmodels."""
    rng = np.random.default_rng(lags)
    x, y = rng.normal(size=200), rng.normal(size=200).cumsum()
    lines = fit_lines(x[:, None], y[:, None])
    model = sm.OLS(y, sm.add_constant(x))
    robust, classical = model.fit(cov_type="HC1"), model.fit()
    hac = model.fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True})
    assert norm(error_scores(lines, "robust")) == pytest.approx(robust.bse[1], rel=1e-11)
    assert norm(error_scores(lines, "classical")) == pytest.approx(classical.bse[1], rel=1e-11)
    assert norm(error_scores(lines, "hac", lags=lags)) == pytest.approx(hac.bse[1], rel=1e-11)


def test_weighted_lines_agree_with_statsmodels() -> None:
    """Weighted slopes, and their sandwich before the small-sample factor, are those of statsmodels."""
    rng = np.random.default_rng(4)
    x, y, w = rng.normal(size=150), rng.normal(size=150), rng.uniform(0.1, 2, 150)
    lines = fit_lines(x[:, None], y[:, None], w[:, None])
    fit = sm.WLS(y, sm.add_constant(x), weights=w).fit(cov_type="HC0")
    assert lines.slope[0] == pytest.approx(fit.params[1], rel=1e-12)
    assert norm(lines.leverage * lines.residual) == pytest.approx(fit.bse[1], rel=1e-11)
    assert lines.n_eff[0] == pytest.approx(w.sum() ** 2 / (w**2).sum())


@given(lags=st.integers(0, 8), seed=st.integers(0, 99))
def test_newey_west_scores_are_the_bartlett_sum(lags: int, seed: int) -> None:
    """The norm of moving sums is the Bartlett-weighted sum of autocovariances."""
    s = np.random.default_rng(seed).normal(size=30)
    kernel = sum((1 - abs(k) / (lags + 1)) * (s[abs(k) :] @ s[: 30 - abs(k)]) for k in range(-lags, lags + 1))
    assert (hac_scores(s[:, None], lags) ** 2).sum() == pytest.approx(kernel, rel=1e-9)


@given(shift=st.floats(-1e6, 1e6), seed=st.integers(0, 99))
def test_lines_do_not_move_with_the_origin(shift: float, seed: int) -> None:
    """Adding a constant to x or y leaves the slope, even one a million times the spread."""
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(40, 1)), rng.normal(size=(40, 1))
    assert fit_lines(x + shift, y - shift).slope[0] == pytest.approx(fit_lines(x, y).slope[0], rel=1e-6, abs=1e-8)


def test_a_constant_regressor_has_no_slope() -> None:
    """Where x does not vary the slope is NaN, also when rounding makes it look as if it did."""
    x = np.full((50, 1), 0.1) + 1e-18
    assert np.isnan(fit_lines(x, np.random.default_rng(1).normal(size=(50, 1))).slope[0])


def test_the_usual_number_of_lags() -> None:
    """floor(4 (n / 100)^(2/9)), as Newey and West (1994) and statsmodels have it."""
    assert [newey_west_lags(n) for n in (0, 100, 252, 1260)] == [0, 4, 4, 7]
