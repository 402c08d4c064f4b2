"""GARCH variances and conditional correlations: plain loops, SciPy's densities, planted speeds, another search."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import multivariate_normal, norm

from trimtab.stats.garch import (
    correlation_likelihood,
    correlation_path,
    fit_correlation,
    fit_variance,
    variance_likelihood,
    variance_path,
)


def simulate_garch(n: int, seed: int) -> np.ndarray:
    """GARCH(1,1) returns of daily volatility 1%, alpha .08, beta .9."""
    rng = np.random.default_rng(seed)
    h, e = 1e-4, np.empty(n)
    for t in range(n):
        e[t] = np.sqrt(h) * rng.normal()
        h = 1e-4 * 0.02 + 0.08 * e[t] ** 2 + 0.9 * h
    return e


def test_garch_path_by_its_recursion() -> None:
    """The filtered path is the plain loop's."""
    e = simulate_garch(300, 1)
    level, news, persistence = 1.1e-4, 0.07, 0.96
    h = [level]
    for value in e:
        h.append(level * (1 - persistence) + news * value**2 + (persistence - news) * h[-1])
    assert variance_path(e**2, level, news, persistence) == pytest.approx(np.array(h), rel=1e-12)


def test_garch_recovers_planted_speeds() -> None:
    """On twenty thousand days, alpha .08 and persistence .98 come out."""
    level, news, persistence = fit_variance(simulate_garch(20_000, 2))
    assert (news, persistence) == pytest.approx((0.08, 0.98), abs=0.015)
    assert level == pytest.approx(1e-4, rel=0.3)


def test_garch_fit_is_the_likeliest_by_another_search() -> None:
    """Nelder and Mead's simplex finds no likelier speeds."""
    e = simulate_garch(1500, 3)
    level, news, persistence = fit_variance(e)
    best = variance_likelihood(e, level, news, persistence).sum()

    def loss(p: np.ndarray) -> float:
        if not (1e-4 <= p[0] <= min(0.5, p[1]) and 0.02 <= p[1] <= 0.9995):
            return 1e9
        return -variance_likelihood(e, level, *p).sum()

    other = minimize(loss, np.array([0.1, 0.9]), method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-10})
    assert best >= -other.fun - 1e-4


def test_dcc_follows_a_planted_correlation() -> None:
    """A correlation that swings slowly between .2 and .8 is followed."""
    rng = np.random.default_rng(4)
    n = 4000
    rho = 0.5 + 0.3 * np.sin(np.arange(n) / 300.0)
    x = rng.normal(size=n)
    z = np.column_stack([rho * x + np.sqrt(1 - rho**2) * rng.normal(size=n), x])
    path = correlation_path(z, *fit_correlation(z))[:-1]
    assert np.corrcoef(path[200:], rho[200:])[0, 1] > 0.75


def test_the_likelihood_of_a_correlation_is_that_of_two_normals_over_that_of_each_alone() -> None:
    """Day by day, by SciPy's densities: the joint one, less those of the two taken as unrelated; constants cancel."""
    z = np.random.default_rng(5).multivariate_normal([0, 0], [[1, 0.4], [0.4, 1]], 60)
    rho = correlation_path(z, 0.4, 0.05, 0.9)[:-1]
    joint = [multivariate_normal([0, 0], [[1, r], [r, 1]]).logpdf(pair) for r, pair in zip(rho, z, strict=True)]
    found = correlation_likelihood(z, 0.4, 0.05, 0.9)
    np.testing.assert_allclose(found, np.array(joint) - norm.logpdf(z).sum(axis=1), rtol=1e-9, atol=1e-12)


def test_the_likelihood_of_a_variance_is_the_normal_one() -> None:
    """Day by day, by SciPy's density with the variance of that day; the constant is left out."""
    e = simulate_garch(60, 6)
    h = variance_path(e**2, 1e-5, 0.05, 0.9)[:-1]
    found = variance_likelihood(e, 1e-5, 0.05, 0.9)
    np.testing.assert_allclose(found - 0.5 * np.log(2 * np.pi), norm(0, np.sqrt(h)).logpdf(e), rtol=1e-12)


def test_a_correlation_is_that_of_sums_that_fade():
    """Each product runs through the recursion of its own, from the level; the correlation is theirs, day by day."""
    z = np.random.default_rng(7).normal(size=(40, 2)) * [1.0, 1.3]
    level, news, persistence = 0.3, 0.06, 0.97
    q = np.array([[1.0, level], [level, 1.0]])
    path = [level]
    for day in z:
        q = (
            (1 - persistence) * np.array([[1.0, level], [level, 1.0]])
            + news * np.outer(day, day)
            + (persistence - news) * q
        )
        path.append(q[0, 1] / np.sqrt(q[0, 0] * q[1, 1]))
    assert correlation_path(z, level, news, persistence) == pytest.approx(np.array(path), rel=1e-12)


def test_the_level_of_a_correlation_is_the_sample_one():
    """Mean product over mean square of both together; the speeds are the likeliest of a fine grid around them."""
    z = np.random.default_rng(8).multivariate_normal([0, 0], [[1, 0.5], [0.5, 2]], 900)
    level, news, persistence = fit_correlation(z)
    assert level == pytest.approx(2 * (z[:, 0] @ z[:, 1]) / (z * z).sum(), rel=1e-12)
    best = correlation_likelihood(z, level, news, persistence).sum()
    for by in (-0.02, 0.02):
        for a, p in ((news + by, persistence), (news, persistence + by)):
            if 1e-4 <= a <= min(0.5, p) and 0.02 <= p <= 0.9995:
                assert correlation_likelihood(z, level, a, p).sum() <= best + 1e-4


def test_news_never_exceed_what_persists():
    """White noise has no speeds to find: whatever is given back lies within the edges, decay not negative."""
    for seed in range(6):
        _, news, persistence = fit_variance(np.random.default_rng(seed).normal(size=120))
        assert 1e-4 <= news <= persistence <= 0.9995
