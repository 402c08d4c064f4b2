"""Kalman, two-speed and dynamic conditional correlation."""

from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.optimize import minimize
from statsmodels.tsa.statespace.mlemodel import MLEModel

from beta_pairs import noisy_pairs, pairs_of, series
from trimtab.beta.estimators.dcc import Dcc, _moments
from trimtab.beta.estimators.kalman import Kalman, MeanRevertingKalman
from trimtab.beta.estimators.two_speed import TwoSpeed
from trimtab.stats.garch import correlation_path, fit_correlation, fit_variance, variance_path
from trimtab.stats.kernels import two_speed_history


class TimeVarying(MLEModel):
    """A random-walk slope through the origin, in statsmodels' own state space."""

    def __init__(self, y: np.ndarray, x: np.ndarray, start_variance: float) -> None:
        super().__init__(
            y, k_states=1, initialization="known", initial_state=[1.0], initial_state_cov=[[start_variance]]
        )
        self["design"] = x[None, None, :]
        self["transition", 0, 0] = 1.0
        self["selection", 0, 0] = 1.0

    def likelihood(self, noise: float, drift: float) -> float:
        """Give the log-likelihood of two variances."""
        self["obs_cov", 0, 0], self["state_cov", 0, 0] = noise, drift
        return float(self.ssm.loglike())

    def last(self, noise: float, drift: float) -> tuple[float, float]:
        """Give the last filtered slope and its variance."""
        self["obs_cov", 0, 0], self["state_cov", 0, 0] = noise, drift
        result = self.ssm.filter()
        return float(result.filtered_state[0, -1]), float(result.filtered_state_cov[0, 0, -1])


def wandering(n: int = 800, drift: float = 0.03, seed: int = 5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns of a benchmark and of an asset whose beta wanders, and the beta."""
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 0.01, n)
    beta = 1.0 + np.cumsum(rng.normal(0, drift, n))
    return x, beta * x + rng.normal(0, 0.008, n), beta


def test_kalman_agrees_with_statsmodels() -> None:
    """Likelihood-chosen variances, filtered beta and its error are those of statsmodels' state space."""
    x, y, _ = wandering()
    pairs = pairs_of(x, y)
    x, y = series(pairs, 1)

    # The start is one day's drift before the first day in ours, and at the first day in statsmodels.
    def loss(p: np.ndarray) -> float:
        noise, drift = np.exp(p)
        return -TimeVarying(y, x, 1.0 + drift).likelihood(noise, drift)

    best = minimize(loss, np.log([6e-5, 1e-3]), method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-9})
    noise, drift = np.exp(best.x)
    value, variance = TimeVarying(y, x, 1.0 + drift).last(noise, drift)
    estimate = Kalman().estimate(pairs)["A0"]
    assert estimate.value == pytest.approx(value, rel=5e-3)
    assert estimate.stderr == pytest.approx(np.sqrt(variance), rel=0.03)


def test_kalman_follows_a_wandering_beta() -> None:
    """The last beta is within three of its errors, over ten worlds, and nearer than the five-year slope."""
    ours, plain = [], []
    for seed in range(10):
        x, y, beta = wandering(1200, 0.02, seed)
        pairs = pairs_of(x, y)
        estimate = Kalman().estimate(pairs)["A0"]
        assert abs(estimate.value - beta[-1]) < 3.5 * estimate.stderr
        ours.append((estimate.value - beta[-1]) ** 2)
        plain.append((sm.OLS(y, x).fit().params[0] - beta[-1]) ** 2)
    assert np.mean(ours) < 0.5 * np.mean(plain)


def test_no_drift_is_recursive_least_squares() -> None:
    """Without drift and with a wide start, the filter ends at least squares through the origin, error and all."""
    pairs = noisy_pairs((0.7,), n=400)
    x, y = series(pairs, 1)
    fit = sm.OLS(y, x).fit()
    estimate = Kalman(drift=0.0, start_sd=1e4).estimate(pairs)["A0"]
    assert estimate.value == pytest.approx(fit.params[0], rel=1e-8)
    assert estimate.stderr == pytest.approx(fit.bse[0], rel=0.01)
    assert estimate.n_eff == pytest.approx(400, rel=1e-3)


def test_a_longer_horizon_widens_a_random_walk_and_draws_in_a_returning_beta() -> None:
    """The random walk keeps its value and loses certainty; the mean-reverting one comes nearer to its mean."""
    x, y, _ = wandering(1200, 0.03, 3)
    pairs = pairs_of(x, y)
    today, later = (Kalman(horizon=h).estimate(pairs)["A0"] for h in (0, 252))
    assert later.value == pytest.approx(today.value, rel=1e-12)
    assert later.stderr > today.stderr
    mean = sm.OLS(y, sm.add_constant(x)).fit().params[1]
    near, far = (MeanRevertingKalman(horizon=h, half_life=60).estimate(pairs)["A0"] for h in (0, 252))
    assert abs(far.value - mean) < 0.6 * abs(near.value - mean)


def test_two_speed_is_its_kernel() -> None:
    """Value and error are the compiled filter's on the same returns, the benchmark left out of the universe."""
    pairs = noisy_pairs(tuple(np.linspace(0.3, 1.7, 30)), n=900)
    history = two_speed_history(pairs.asset[:, 1:], pairs.market[:, 1:], horizon=63)
    betas = TwoSpeed().estimate(pairs)
    assert betas.values()[1:] == pytest.approx(history.beta[-1], rel=1e-12)
    assert betas.stderrs()[1:] == pytest.approx(history.stderr[-1], rel=1e-9)


def test_two_speed_errors_are_shared_where_residuals_are() -> None:
    """Two assets with one residual share their measurement error; two with their own do not."""
    rng = np.random.default_rng(8)
    x = rng.normal(0, 0.01, 900)
    common = rng.normal(0, 0.01, 900)
    same, apart = np.column_stack([x + common, x + common]), x[:, None] + rng.normal(0, 0.01, (900, 2))
    shared = []
    for y in (same, apart):
        scores = TwoSpeed().estimate(pairs_of(x, y)).scores[:, 1:]
        shared.append((scores[:, 0] @ scores[:, 1]) / np.sqrt((scores[:, 0] ** 2).sum() * (scores[:, 1] ** 2).sum()))
    assert shared[0] == pytest.approx(1.0, abs=0.01)
    assert abs(shared[1]) < 0.2


def test_two_speed_scales_with_the_calendar() -> None:
    """A horizon of 63 trading days is 13 rows of weekly data, and half-lives shrink alike."""
    assert TwoSpeed(horizon=63).rows_ahead(52.0) == 13
    assert TwoSpeed().parameters(52.0).slow_half_life == pytest.approx(756 * 52 / 252)


def test_two_speed_tilts_risky_names_upwards() -> None:
    """Of two names with one measured history of 30 days, the riskier is expected to return to a higher beta."""
    rng = np.random.default_rng(1)
    x = rng.normal(0, 0.01, 40)
    noise = rng.normal(0, 1, (40, 28)) * np.linspace(0.002, 0.05, 28)
    free = TwoSpeed(horizon=252, limit=np.inf)
    betas = free.estimate(pairs_of(x, x[:, None] + noise)).values()[1:]
    assert betas[-6:].mean() > betas[:6].mean() + 0.3


def test_dcc_beta_recovers_a_planted_one() -> None:
    """Normal returns of one size: the conditional beta is the plain one, within its error."""
    estimate = Dcc().estimate(noisy_pairs((1.3,), n=1260))["A0"]
    assert abs(estimate.value - 1.3) < 4 * estimate.stderr + 0.02
    assert 0.01 < estimate.stderr < 0.3


def test_dcc_beta_is_covariance_over_variance() -> None:
    """The value is rho sqrt(h_y / h_x) of the day after, from the fitted paths."""
    pairs = noisy_pairs((0.9,), n=700)
    x, y = (a - a.mean() for a in series(pairs, 1))
    h_y, h_x = (variance_path(e**2, *fit_variance(e)) for e in (y, x))
    z = np.column_stack([y / np.sqrt(h_y[:-1]), x / np.sqrt(h_x[:-1])])
    rho = correlation_path(z, *fit_correlation(z))[-1]
    assert Dcc().estimate(pairs)["A0"].value == pytest.approx(rho * np.sqrt(h_y[-1] / h_x[-1]), rel=1e-9)


def test_dcc_error_comes_from_true_derivatives() -> None:
    """The moments of each speed are the slopes of its likelihood, by a GARCH written out here with another step."""
    x, y = (a - a.mean() for a in series(noisy_pairs((0.9,), n=400), 1))

    def likelihood(e, level, news, persistence):
        h, each = level, []
        for value in e:
            each.append(-0.5 * (np.log(h) + value**2 / h))
            h = level * (1 - persistence) + news * value**2 + (persistence - news) * h
        return np.array(each)

    # Levels and correlation, then (news, persistence) of y, x and the correlation.
    theta = np.array([np.mean(y**2), np.mean(x**2), 0.6, 0.06, 0.93, 0.08, 0.9, 0.04, 0.95])
    found = _moments(theta, y, x, np.array([theta[0], theta[1], 1.0, *[1.0] * 6]))
    step = 1e-6
    for column, e, level, k in ((3, y, theta[0], 3), (5, x, theta[1], 5)):
        a, p = theta[k], theta[k + 1]
        by_news = (likelihood(e, level, a + step, p) - likelihood(e, level, a - step, p)) / (2 * step)
        by_persistence = (likelihood(e, level, a, p + step) - likelihood(e, level, a, p - step)) / (2 * step)
        assert found[:, column] == pytest.approx(by_news, rel=1e-3, abs=1e-3)
        assert found[:, column + 1] == pytest.approx(by_persistence, rel=1e-3, abs=1e-3)
    assert np.abs(found[:, 7:]).max() > 0.01


def test_filters_scale_with_days_not_rows() -> None:
    """Seven-day data are read with their own calendar: the drift of a day is smaller."""
    pairs = noisy_pairs((1.0,), n=500)
    weekly = replace(pairs.frequency, periods_per_year=365.0)
    a, b = (Kalman(drift=0.05).estimate(p)["A0"] for p in (pairs, replace(pairs, frequency=weekly)))
    assert b.stderr < a.stderr
