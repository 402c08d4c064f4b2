"""Vasicek, Blume, adjusted and double shrinkage against published numbers and their limits."""

import numpy as np
import pytest
from given import given_betas
from hypothesis import given
from hypothesis import strategies as st

from beta_pairs import noisy_pairs
from trimtab.beta.adjusted import Adjusted
from trimtab.beta.estimators.blume import Blume
from trimtab.beta.estimators.double_shrinkage import DoubleShrinkage
from trimtab.beta.estimators.vasicek import Vasicek
from trimtab.beta.method import parse_method
from trimtab.market.prices import Flag
from trimtab.stats.autoregression import average_decay, average_drift_variance


def one(value: float, error: float = 0.2):
    """Give one asset's beta beside its benchmark."""
    return given_betas("M", {"A": (value, error)})


def test_blume_published_number() -> None:
    """Blume (1975): .4 becomes .343 + .677 x .4 = .6138."""
    moved = Blume().shrink(one(0.4))["A"]
    assert moved.value == pytest.approx(0.6138, abs=1e-12)
    # The move itself counts as error: nothing in the data supports it.
    assert moved.stderr == pytest.approx(np.hypot(0.677 * 0.2, 0.6138 - 0.4))


def test_adjusted_published_number() -> None:
    """A raw beta of 1.4 is quoted as an adjusted 1.27."""
    assert round(Adjusted().shrink(one(1.4))["A"].value, 2) == 1.27


def test_vasicek_with_equal_errors_is_a_fixed_share() -> None:
    """Elton and Gruber: with equal errors every beta moves by the same share; here one half with s = t."""
    betas = given_betas("M", {"A": (0.5, 0.5), "B": (2.0, 0.5)})
    shrunk = Vasicek(mean=1.0, sd=0.5).shrink(betas)
    assert shrunk.values()[1:] == pytest.approx([0.75, 1.5])
    assert Flag.PRIOR_STATED in shrunk["A"].flags


def test_vasicek_by_hand() -> None:
    """B' = (b / s^2 + m / t^2) / (1 / s^2 + 1 / t^2), and the posterior error when errors are independent."""
    shrunk = Vasicek(mean=0.9, sd=0.4).shrink(one(1.6, 0.3))["A"]
    precise, prior = 1 / 0.09, 1 / 0.16
    assert shrunk.value == pytest.approx((1.6 * precise + 0.9 * prior) / (precise + prior))
    assert shrunk.stderr == pytest.approx((precise + prior) ** -0.5)


def test_vasicek_finds_the_planted_dispersion() -> None:
    """Across a universe the prior's mean and true dispersion come out, although estimates spread more."""
    rng = np.random.default_rng(12)
    truth = rng.normal(0.9, 0.3, 2000)
    seen = truth + rng.normal(0, 0.4, 2000)
    shrunk = Vasicek().shrink(given_betas("M", {f"A{i}": (b, 0.4) for i, b in enumerate(seen)}))
    keep = 0.3**2 / (0.3**2 + 0.4**2)
    slope = np.polyfit(seen, shrunk.values()[1:], 1)[0]
    assert slope == pytest.approx(keep, rel=0.1)
    assert np.mean((shrunk.values()[1:] - truth) ** 2) < 0.6 * np.mean((seen - truth) ** 2)
    inside = np.abs(shrunk.values()[1:] - truth) < 1.96 * shrunk.stderrs()[1:]
    assert 0.93 < inside.mean() < 0.97


@given(value=st.floats(-3, 5), error=st.floats(0.01, 2))
def test_limits_of_shrinkage(value: float, error: float) -> None:
    """An infinite prior changes nothing, a certain one gives the mean, and no return in sight leaves only Vasicek."""
    betas = one(value, error)
    wide = Vasicek(mean=1.0, sd=np.inf).shrink(betas)["A"]
    assert (wide.value, wide.stderr) == pytest.approx((value, error), rel=1e-12)
    assert Vasicek(mean=1.0, sd=1e-9).shrink(betas)["A"].value == pytest.approx(1.0, abs=1e-6)
    once = Vasicek(mean=1.0, sd=0.5).shrink(betas)["A"]
    slow = DoubleShrinkage(mean=1.0, sd=0.5, half_life=1e12, horizon=63).shrink(betas)["A"]
    assert (slow.value, slow.stderr) == pytest.approx((once.value, once.stderr), rel=1e-6)
    assert Blume(intercept=0.0, slope=1.0).shrink(betas)["A"].value == value


@given(horizon=st.integers(1, 1000))
def test_longer_horizons_shrink_more(horizon: int) -> None:
    """The further ahead, the nearer to the mean, and the less is known."""
    near, far = (DoubleShrinkage(mean=1.0, sd=0.5, horizon=h).shrink(one(1.8))["A"] for h in (horizon, horizon + 50))
    assert 1.0 < far.value < near.value < 1.8


def test_double_shrinkage_forecasts_a_planted_autoregression() -> None:
    """On betas that are known to return, the forecast is unbiased and its error covers the average to come."""
    rng = np.random.default_rng(31)
    half_life, horizon, sd, n = 200.0, 126, 0.4, 4000
    phi = 2 ** (-1 / half_life)
    today = rng.normal(1.0, sd, n)
    path, total = today.copy(), np.zeros(n)
    for _ in range(horizon):
        path = 1.0 + phi * (path - 1.0) + rng.normal(0, sd * np.sqrt(1 - phi**2), n)
        total += path / horizon
    seen = today + rng.normal(0, 0.2, n)
    forecast = DoubleShrinkage(half_life=half_life, horizon=horizon, mean=1.0, sd=sd).shrink(
        given_betas("M", {f"A{i}": (b, 0.2) for i, b in enumerate(seen)})
    )
    assert np.polyfit(forecast.values()[1:], total, 1)[0] == pytest.approx(1.0, abs=0.05)
    inside = np.abs(forecast.values()[1:] - total) < 1.96 * forecast.stderrs()[1:]
    assert 0.94 < inside.mean() < 0.96


def test_averages_ahead_by_brute_force() -> None:
    """The mean and variance of an autoregression's average are those of its explicit sums."""
    phi, h = 0.97, 30
    shocks = np.array([[phi ** (k - j) if k >= j else 0.0 for j in range(h)] for k in range(h)])
    assert average_decay(phi, h) == pytest.approx(np.mean([phi**k for k in range(1, h + 1)]))
    assert average_drift_variance(phi, h) == pytest.approx((1 - phi**2) * ((shocks.sum(axis=0) / h) ** 2).sum())


def test_shrinkage_keeps_refusals_and_errors_in_step() -> None:
    """Refused assets stay refused, and each error is the one that the factors of the covariance give."""
    betas = parse_method("ols").estimate(noisy_pairs((0.5, 1.0, 1.5), n=300))
    for shrinker in (Vasicek(), Blume(), Adjusted(), DoubleShrinkage()):
        shrunk = shrinker.shrink(betas)
        assert np.sqrt(np.diag(shrunk.covariance())) == pytest.approx(shrunk.stderrs(), rel=1e-12)
    short = parse_method("ols").estimate(noisy_pairs((0.5,), n=20))
    assert all(s.shrink(short)["A0"].reason is not None for s in (Vasicek(), Blume(), DoubleShrinkage()))
