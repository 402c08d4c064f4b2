"""Drift of a portfolio's beta: planted drift comes back, and noise of estimation does not pass for it."""

import numpy as np
import pytest

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.hedge.often.drift import beta_drift, reversion_of

N = 2520


def planted(seed, *, vol, noise=0.006, kappa=0.0):
    """Returns of one asset whose beta starts at 1 and wanders (or reverts) with a planted volatility a year."""
    rng = np.random.default_rng(seed)
    beta, steps = np.ones(N), rng.normal(0, vol / np.sqrt(252), N)
    for t in range(1, N):
        beta[t] = 1 + (beta[t - 1] - 1) * np.exp(-kappa / 252) + steps[t]
    m = rng.normal(0, 0.01, N)
    return (beta * m + rng.normal(0, noise, N))[:, None], m


def measured(r, m):
    return beta_drift(r, m, delta=[1.0], gamma=[0.0], betas=[1.0], periods_per_year=252)


def test_planted_drift_is_found():
    """Averaged over 120 histories the variance is the planted one, and its stated errors are of the right size."""
    found = [measured(*planted(seed, vol=0.3)) for seed in range(120)]
    variances = np.array([f.beta_variance for f in found])
    assert variances.mean() == pytest.approx(0.09, abs=3.5 * variances.std() / np.sqrt(120))
    stated = np.mean([f.beta_variance_stderr for f in found])
    assert stated == pytest.approx(variances.std(ddof=1), rel=0.3)


def test_noise_alone_is_no_drift():
    """A constant beta behind much noise gives a variance around zero, where plain differences would show drift."""
    found = [measured(*planted(seed, vol=0.0, noise=0.02)) for seed in range(80)]
    variances = np.array([f.beta_variance for f in found])
    assert abs(variances.mean()) < 3.5 * variances.std() / np.sqrt(80)
    assert np.mean([1 / f.noise_share for f in found]) == pytest.approx(1.0, abs=0.05)
    none = next(f for f in found if f.beta_variance < 0)
    assert none.beta_vol == 0.0
    assert none.vol == pytest.approx(none.price_vol)


def test_moving_weights_are_seen_exactly():
    """Two assets of equal weight with betas .5 and 1.5: dbeta = w (1 - w) (b2 - b1) (r2 - r1) to first order."""
    rng = np.random.default_rng(1)
    m = rng.normal(0, 0.01, N)
    r = np.column_stack([0.5 * m, 1.5 * m]) + rng.normal(0, 0.008, (N, 2))
    found = beta_drift(r, m, delta=[0.5, 0.5], gamma=[0, 0], betas=[0.5, 1.5], periods_per_year=252, recent=N)
    by_hand = 0.25 * (r[:, 1] - r[:, 0])
    assert found.price_vol == pytest.approx(np.sqrt(252 * (by_hand**2).mean()), rel=1e-12)
    after = np.array([0.5, 0.5]) * (1 + r[7])
    true = after @ [0.5, 1.5] / after.sum() - 1.0
    assert by_hand[7] == pytest.approx(true, rel=0.05)


def test_gamma_makes_beta_drift():
    """An option's gamma moves beta by gamma exposure times the underlying's return."""
    rng = np.random.default_rng(2)
    m = rng.normal(0, 0.01, N)
    found = beta_drift(m[:, None], m, delta=[0.0], gamma=[3.0], betas=[1.0], periods_per_year=252, recent=N)
    assert found.price_vol == pytest.approx(3.0 * np.sqrt(252 * (m**2).mean()))


def test_one_asset_alone_has_no_drift_of_weights():
    """A fully invested single asset keeps its weight of 1 whatever it does."""
    found = measured(*planted(3, vol=0.2))
    assert found.price_vol == pytest.approx(0.0, abs=1e-12)


def test_reversion_is_read_from_block_averages():
    """Kappa planted into exact variances of block averages comes back; those of a Brownian motion give none."""
    x, lag = 0.8, 4
    variance = 2 * (x - 1 + np.exp(-x)) / x**2
    shared = ((1 - np.exp(-x)) / x) ** 2
    near, far = variance - shared, variance - shared * np.exp(-(lag - 1) * x)
    assert reversion_of(near, far, years=0.25, lag=lag) == pytest.approx(x / 0.25, rel=1e-9)
    assert reversion_of(2 / 3, 4.0, years=0.25, lag=lag) == 0.0
    assert reversion_of(1.0, 1.0, years=0.25, lag=lag) == np.inf
    back = [measured(*planted(seed, vol=0.5, kappa=3.0, noise=0.002)).half_life_years for seed in range(40)]
    assert np.median(back) == pytest.approx(np.log(2) / 3, rel=0.4)


def test_too_little_is_refused():
    """Fewer than eight blocks, a benchmark that stands still, and shapes that do not fit are refused."""
    r, m = planted(1, vol=0.1)
    with pytest.raises(NotEnoughDataError, match="8 blocks"):
        measured(r[:300], m[:300])
    with pytest.raises(NotEnoughDataError, match="stands still"):
        measured(r, np.where(np.arange(N) < 1000, 0.0, m))
    with pytest.raises(InputError):
        measured(r, m[:-1])
