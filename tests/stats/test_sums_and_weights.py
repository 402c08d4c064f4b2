"""Running sums, sums within days, filters' weights, averages ahead and learned weights, each written out."""

from itertools import pairwise

import numpy as np
import pytest
import statsmodels.api as sm

from trimtab.stats.autoregression import average_decay, average_drift_variance
from trimtab.stats.filtering import one_speed_contributions, shared_scores
from trimtab.stats.mixing import PRIOR, Lessons, fade, learn, lesson_of, weights_of
from trimtab.stats.moments import add_row, empty_sums, read_slopes
from trimtab.stats.multiple import fit_plane
from trimtab.stats.realised import day_ratio, hayashi_yoshida, neighbour_sums


def test_running_sums_give_the_robust_regression_of_the_whole_sample():
    """Slope, HC1 error, pairs and effective pairs, with fading weights and days missing; NaN where x stands still."""
    rng = np.random.default_rng(2)
    n, decay = 80, 0.95
    x = rng.normal(0.001, 0.01, (n, 3))
    y = np.array([1.2, -0.4, 0.0]) * x + rng.normal(0.002, 0.01, (n, 3))
    y[rng.random(n) < 0.3, 1] = np.nan
    x[:, 2] = 0.01
    sums = empty_sums(3)
    for t in range(n):
        sums = add_row(sums, x[t], y[t], decay)
    told = read_slopes(sums)
    for a in (0, 1):
        rows = np.flatnonzero(np.isfinite(y[:, a]))
        w = decay ** (n - 1.0 - rows)
        u, v = x[rows, a], y[rows, a]
        slope, level = np.polyfit(u, v, 1, w=np.sqrt(w))
        away = u - np.average(u, weights=w)
        e = v - level - slope * u
        count = w.sum() ** 2 / (w @ w)
        error = np.sqrt((w * w * away**2 * e**2).sum() * count / (count - 2)) / (w * away**2).sum()
        assert (told.value[a], told.stderr[a]) == pytest.approx((slope, error), rel=1e-8)
        assert told.n_obs[a] == len(rows)
        assert told.n_eff[a] == pytest.approx(count, rel=1e-12)
    assert np.isnan([told.value[2], told.stderr[2]]).all()
    nothing = read_slopes(empty_sums(1))
    assert np.isnan(nothing.value[0])
    assert (nothing.n_obs[0], nothing.n_eff[0]) == (0, 0.0)


@pytest.mark.parametrize("lags", [0, 1, 3, 50])
def test_neighbours_meet_within_their_day_alone(lags):
    """Every product y_t x_s with |t - s| up to the lags and both on one day, one by one; missing rows add nothing."""
    rng = np.random.default_rng(4)
    day = np.repeat([0, 1, 2], [5, 1, 7])
    y, x = rng.normal(size=(13, 2)), rng.normal(size=(13, 2))
    y[3, 0], x[8, 1] = np.nan, np.inf
    known = np.isfinite(y) & np.isfinite(x)
    exact = np.zeros((3, 2))
    for a in range(2):
        for t in range(13):
            for s in range(13):
                if abs(t - s) <= lags and day[t] == day[s] and known[t, a] and known[s, a]:
                    exact[day[t], a] += y[t, a] * x[s, a]
    np.testing.assert_allclose(neighbour_sums(y, x, day, lags), exact, rtol=1e-12, atol=1e-14)


def test_a_ratio_of_days_has_the_error_of_its_days():
    """Sum over sum; shares cross - value x own over the sum, by n / (n - 1); unequal days count for less."""
    cross = np.array([[1.0, 0.0], [3.0, 0.0], [2.0, 0.0], [0.0, 0.0]])
    own = np.array([[1.0, 0.0], [2.0, 0.0], [0.5, 0.0], [0.0, 0.0]])
    value, shares, n_eff = day_ratio(cross, own)
    assert value[0] == pytest.approx(6 / 3.5)
    assert shares[:, 0] == pytest.approx((cross[:, 0] - 6 / 3.5 * own[:, 0]) / 3.5 * np.sqrt(3 / 2))
    assert n_eff[0] == pytest.approx(3.5**2 / (1 + 4 + 0.25))
    assert np.isnan(value[1])
    assert (n_eff[1], abs(shares[:, 1]).max()) == (0.0, 0.0)
    one = day_ratio(np.array([[2.0]]), np.array([[1.0]]))
    assert (one[0][0], one[1][0, 0]) == (2.0, 0.0)


def test_intervals_that_overlap_are_all_the_products_there_are():
    """Hayashi and Yoshida's double sum over pairs of intervals, at moments of their own; with one price each, none."""
    rng = np.random.default_rng(9)
    for _ in range(30):
        y, x = rng.normal(size=12), rng.normal(size=12)
        y[rng.random(12) < 0.5], x[rng.random(12) < 0.5] = np.nan, np.nan
        at_y, at_x = np.flatnonzero(np.isfinite(y)), np.flatnonzero(np.isfinite(x))
        exact = sum(
            (y[b] - y[a]) * (x[d] - x[c]) for a, b in pairwise(at_y) for c, d in pairwise(at_x) if max(a, c) < min(b, d)
        )
        assert hayashi_yoshida(y, x) == pytest.approx(exact, rel=1e-9, abs=1e-12)
    assert hayashi_yoshida(np.array([1.0, np.nan]), np.array([1.0, 2.0])) == 0.0


@pytest.mark.parametrize("phi", [0.0, 0.6, 0.99, 1.0])
@pytest.mark.parametrize("horizon", [1, 2, 17])
def test_averages_ahead_shock_by_shock(phi, horizon):
    """The mean of h steps of an autoregression: what today's distance leaves of it, and what each shock adds."""
    decay = sum(phi**k for k in range(1, horizon + 1)) / horizon
    assert average_decay(phi, horizon) == pytest.approx(decay, rel=1e-12)
    reach = [sum(phi**k for k in range(horizon - j)) / horizon for j in range(horizon)]
    for shock in (None, 0.3):
        size = 1 - phi**2 if shock is None else shock
        exact = size * sum(r * r for r in reach)
        assert average_drift_variance(phi, horizon, shock_variance=shock) == pytest.approx(exact, rel=1e-12, abs=1e-15)


def test_the_weights_of_a_filter_are_its_derivatives():
    """Each day's weight and that of the start are slopes of the last estimate; the count is Kish's."""
    rng = np.random.default_rng(5)
    n, phi, noise, drift, ahead = 12, 0.97, 1e-4, 0.01, 0.8
    x = rng.normal(0, 0.01, n)
    x[4] = np.nan

    def run(y, start):
        b, p, after = start, 0.3, []
        for t in range(n):
            b, p = phi * b if t else b, phi * phi * p + drift if t else p
            if np.isfinite(x[t]):
                gain = p * x[t] / (x[t] ** 2 * p + noise)
                b, p = b + gain * (y[t] - b * x[t]), p - gain * x[t] * p
            after.append(p)
        return b, np.array(after)

    y = rng.normal(0, 0.01, n)
    base, variance = run(y, 1.0)
    told = one_speed_contributions(x[:, None], variance[:, None], noise=np.array([noise]), phi=phi, ahead=ahead)
    for t in range(n):
        other = y.copy()
        other[t] += 1.0
        assert told.weight[t, 0] == pytest.approx(ahead * (run(other, 1.0)[0] - base), abs=1e-9)
    assert told.left[0] == pytest.approx(ahead * phi * (run(y, 2.0)[0] - base), rel=1e-9)
    mass = np.where(np.isfinite(x), told.weight[:, 0] / x, 0.0)
    assert told.n_eff[0] == pytest.approx(mass.sum() ** 2 / (mass @ mass), rel=1e-9)
    blind = one_speed_contributions(np.full((3, 1), np.nan), np.ones((3, 1)), noise=np.ones(1), phi=0.9, ahead=1.0)
    assert (blind.n_eff[0], blind.left[0]) == pytest.approx((0.0, 0.9**3))


def test_shared_scores_have_the_norms_asked_for_and_the_angles_of_the_parts():
    """Columns are x e scaled to the variance; one without parts stays 0."""
    rng = np.random.default_rng(3)
    x, e = rng.normal(size=(9, 3)), rng.normal(size=(9, 3))
    x[2, 0], e[:, 2] = np.nan, 0.0
    scores = shared_scores(x, e, np.array([4.0, 9.0, 1.0]))
    parts = np.nan_to_num(x * e)
    assert (scores**2).sum(axis=0) == pytest.approx([4.0, 9.0, 0.0])
    cosine = parts[:, 0] @ parts[:, 1] / np.linalg.norm(parts[:, 0]) / np.linalg.norm(parts[:, 1])
    assert scores[:, 0] @ scores[:, 1] == pytest.approx(6.0 * cosine)


def test_lessons_and_weights_by_matrices():
    """Means of products by n / (n + 10), halved every 60 steps; a ridge towards the prior; never below 0 or above 1."""
    rng = np.random.default_rng(7)
    x, y = np.vstack([rng.normal(0, 0.3, (3, 20)), np.ones(20)]), rng.normal(0, 0.3, 20)
    y[3], x[1, 5] = np.nan, np.nan
    valid = np.ones(20, dtype=bool)
    valid[7] = False
    used = [k for k in range(20) if k not in {3, 5, 7}]
    one = lesson_of(x, y, valid)
    n = len(used)
    np.testing.assert_allclose(one.products, n / (n + 10) * (x[:, used] @ x[:, used].T) / n, rtol=1e-10)
    np.testing.assert_allclose(one.outcomes, n / (n + 10) * (x[:, used] @ y[used]) / n, rtol=1e-10)
    three = np.isin(np.arange(20), [0, 1, 2])
    assert lesson_of(x, y, three) is not None
    assert lesson_of(x, y, three & (np.arange(20) > 0)) is None
    lessons = learn(fade(learn(Lessons.none(), one)), one)
    keep = 0.5 ** (1 / 60)
    np.testing.assert_allclose(lessons.products, (1 + keep) * one.products, rtol=1e-12)
    ridge = np.diag([0.216, 0.216, 0.216, 24.0])
    theta = np.linalg.solve(lessons.products + ridge, lessons.outcomes + ridge @ PRIOR)
    exact = np.clip(theta[:3], 0, None)
    exact = exact / max(1.0, exact.sum())
    np.testing.assert_allclose(weights_of(lessons), [*exact, theta[3]], rtol=1e-9, atol=1e-12)
    # Outcomes that all forecasts foresee, and more: weights are scaled back to one.
    much = learn(Lessons.none(), lesson_of(x, 4 * np.nan_to_num(x[:3]).sum(axis=0), np.isfinite(x[1])))
    assert weights_of(much)[:3].sum() == pytest.approx(1.0)


def test_a_plane_is_that_of_statsmodels():
    """Coefficients, errors, residuals and derivatives, refined or not, whatever the size of the columns."""
    rng = np.random.default_rng(8)
    X = np.column_stack([np.ones(30), 1e-4 * rng.normal(size=30), 1e3 * rng.normal(5, 1, 30)])
    y = X @ [1.0, 2e3, 1e-3] + rng.normal(size=30)
    fit = sm.OLS(y, X).fit()
    for refine in (True, False):
        plane = fit_plane(X, y, refine=refine)
        np.testing.assert_allclose(plane.coefficients, fit.params, rtol=1e-9)
        np.testing.assert_allclose(plane.stderr, fit.bse, rtol=1e-9)
        np.testing.assert_allclose(plane.residual, fit.resid, rtol=1e-8, atol=1e-10)
        np.testing.assert_allclose(plane.leverage, np.linalg.pinv(X).T, rtol=1e-8, atol=1e-12)
    flat = fit_plane(np.column_stack([X, X[:, 2]]), y)
    assert np.isnan(flat.coefficients).all()
    assert np.isnan(fit_plane(X[:2], y[:2]).coefficients).all()
    exact = fit_plane(X[:3], y[:3])
    assert exact.stderr == pytest.approx(0.0, abs=1e-6)
