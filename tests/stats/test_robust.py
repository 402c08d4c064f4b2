"""Robust lines: their slopes by search, and the shares of their errors written out; columns with days missing."""

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import minimize, minimize_scalar

from trimtab.stats.robust import huber_lines, lad_lines, theil_sen_line


def columns(seed=3, n=61):
    """Two columns with fat tails, days missing in one, and a third whose x does not move."""
    rng = np.random.default_rng(seed)
    x = rng.normal(0.002, 0.01, (n, 3))
    y = 0.001 + np.array([1.4, -0.5, 1.0]) * x + 0.008 * rng.standard_t(2, (n, 3))
    x[:, 2] = 0.01
    y[rng.random(n) < 0.2, 1] = np.nan
    x[5, 1] = np.nan
    return x, y


def paired(x, y, k):
    rows = np.isfinite(x[:, k]) & np.isfinite(y[:, k])
    return rows, x[rows, k], y[rows, k]


@pytest.mark.parametrize("k", [1.345, 0.8])
def test_huber_is_the_least_of_its_loss_and_its_error_the_sandwich(k):
    """At the final scale no line has a smaller loss; shares are psi(e) x~ / sum of x~^2 over the days not cut."""
    x, y = columns()
    found = huber_lines(x, y, k)
    for column in (0, 1):
        rows, u, v = paired(x, y, column)

        def parts(scale, u=u, v=v):
            def loss(p):
                e = (v - p[0] - p[1] * u / 0.01) / scale
                return np.where(abs(e) <= k, e * e / 2, k * abs(e) - k * k / 2).sum()

            level, slope = minimize(loss, [0.0, 0.01], method="Nelder-Mead",
                                    options={"xatol": 1e-12, "fatol": 1e-14, "maxiter": 4000}).x  # fmt: skip
            return level, slope / 0.01

        scale = 0.01
        for _ in range(60):
            level, slope = parts(scale)
            e = v - level - slope * u
            now = np.median(abs(e)) / stats.norm.ppf(0.75)
            done, scale = abs(now - scale) < 1e-10, now
            if done:
                break
        assert found.slope[column] == pytest.approx(slope, rel=1e-5)
        uncut = abs(e) <= k * scale
        away = u - u[uncut].mean()
        n = len(u)
        shares = np.clip(e, -k * scale, k * scale) * away / (away[uncut] ** 2).sum() * np.sqrt(n / (n - 2))
        assert found.shares[rows, column] == pytest.approx(shares, rel=1e-3, abs=1e-4)
        assert (found.shares[~rows, column] == 0).all()
    assert np.isnan(found.slope[2])


def test_least_absolute_deviations_by_search_and_their_error_by_powell():
    """No slope has a smaller sum of deviations about its median; the sandwich with its kernel density at 0."""
    x, y = columns()
    found = lad_lines(x, y)
    for column in (0, 1):
        rows, u, v = paired(x, y, column)

        def loss(b, u=u, v=v):
            return abs(v - b * u - np.median(v - b * u)).sum()

        grid = np.linspace(-3, 4, 7001)
        near = grid[np.argmin([loss(b) for b in grid])]
        slope = minimize_scalar(loss, bounds=(near - 0.01, near + 0.01), method="bounded", options={"xatol": 1e-12}).x
        assert found.slope[column] == pytest.approx(slope, rel=1e-5)
        b = found.slope[column]
        e = v - b * u - np.median(v - b * u)
        n = len(e)
        normal = stats.norm
        hall = n ** (-1 / 3) * normal.ppf(0.975) ** (2 / 3) * (1.5 * normal.pdf(0) ** 2) ** (1 / 3)
        spread = min(e.std(), np.subtract(*np.percentile(e, [75, 25])) / 1.34)
        h = spread * (normal.ppf(0.5 + hall) - normal.ppf(0.5 - hall))
        density = 0.75 * np.clip(1 - (e / h) ** 2, 0, None) / h
        away = u - np.average(u, weights=density)
        sign = np.where(abs(e) > 1e-8 * spread, np.sign(e), 0)
        shares = 0.5 * sign * away / (density * away**2).sum() * np.sqrt(n / (n - 2))
        assert found.shares[rows, column] == pytest.approx(shares, rel=1e-6, abs=1e-9)
    assert np.isnan(found.slope[2])
    assert (found.shares[:, 2] == 0).all()


@pytest.mark.parametrize("at", [-40.0, 0.0, 300.0])
def test_a_slope_far_from_that_of_least_squares_is_found(at):
    """One day in nine lies so far out that least squares points elsewhere; the bracket is widened until it holds."""
    x = np.arange(9.0)[:, None]
    y = at * x + np.tile([0.01, -0.01, 0.0], 3)[:, None]
    y[8] = -9e4
    assert lad_lines(x, y).slope[0] == pytest.approx(at, abs=0.05)
    wild = y.copy()
    wild[8] = 9e4
    assert lad_lines(x, wild).slope[0] == pytest.approx(at, abs=0.05)


@pytest.mark.parametrize("ties", [False, True])
def test_theil_sen_by_pairs_one_at_a_time(ties):
    """Median of slopes; each day's part in Kendall's statistic; how fast that changes, off the slopes in the middle."""
    rng = np.random.default_rng(6)
    x = rng.normal(size=24)
    x = np.round(x, 1) if ties else x
    y = 0.7 * x + 0.4 * rng.standard_t(3, 24)
    slope, shares = theil_sen_line(x, y)
    slopes = sorted((y[j] - y[i]) / (x[j] - x[i]) for i in range(24) for j in range(i + 1, 24) if x[i] != x[j])
    assert slope == pytest.approx(np.median(slopes), rel=1e-12)
    e = y - slope * x
    parts = np.array([sum(np.sign(x[i] - x[j]) * np.sign(e[i] - e[j]) for j in range(24)) for i in range(24)])
    reach = max(np.sqrt((parts**2).sum()), 2.0)
    low, high = (round(len(slopes) / 2 + side * reach) for side in (-1, 1))
    rate = 2 * (high - low) / (slopes[high] - slopes[low])
    np.testing.assert_allclose(shares, parts / rate, rtol=1e-9)


def test_no_pairs_and_one_value_of_x_have_no_slope():
    """Nothing to tell a slope from: NaN and no shares; an exact line has a slope and no error."""
    slope, shares = theil_sen_line(np.ones(4), np.arange(4.0))
    assert np.isnan(slope)
    assert shares.tolist() == [0.0] * 4
    slope, shares = theil_sen_line(np.arange(5.0), 3 * np.arange(5.0))
    assert (slope, shares.tolist()) == (3.0, [0.0] * 5)
    exact = np.arange(6.0)[:, None]
    for lines in (huber_lines(exact, 2 * exact), lad_lines(exact, 2 * exact)):
        assert lines.slope[0] == pytest.approx(2.0, abs=1e-12)
        assert abs(lines.shares).max() < 1e-12
    none = np.full((4, 1), np.nan)
    assert np.isnan(huber_lines(none, none).slope[0])
    assert np.isnan(lad_lines(none, none).slope[0])
