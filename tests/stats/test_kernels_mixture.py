"""The pass beneath the mixture: anchors and filters of each asset in matrices, with days missing, in two pieces."""

from math import exp, log, sqrt

import numpy as np
import pytest

from trimtab.stats.kernels.mixture import (
    DEN,
    GAP,
    MU_B,
    MU_C,
    RECENT,
    MixtureParameters,
    MixtureRows,
    N,
    add_pairs,
    advance,
    anchor_of,
    log_size,
    outlook_of,
)

# A short year and quick filters, so that a hundred rows pass through every branch.
QUICK = MixtureParameters(
    year=20, slow_half_life=30.0, slow_sd=0.4, wide_sd=0.7, start_variance=0.3, fast_half_life=4.0, fast_sd=0.35,
    variance_half_life=9.0, cap=3.0, clip=1.2, warmup=6, low=-1.0, high=2.5,
)  # fmt: skip
MEANS = {"own": 0.8, "crowd": 1.15}


class Filter:
    """A two-speed filter of one asset, in matrices."""

    def __init__(self, mean, sd):
        p = QUICK
        self.step = np.diag([0.5 ** (1 / p.slow_half_life), 0.5 ** (1 / p.fast_half_life)])
        self.drift = np.diag([sd**2, p.fast_sd**2]) @ (np.eye(2) - self.step**2)
        self.mean, self.state, self.cov = mean, np.zeros(2), np.diag([p.start_variance, p.fast_sd**2])
        self.size = 0.0

    def take(self, pair, weight):
        """Take a row, None without a pair; the weight is that of all pairs for averages of squares."""
        self.state, self.cov = self.step @ self.state, self.step @ self.cov @ self.step + self.drift
        if pair is None:
            return
        y, x = pair
        h = np.array([x, x])
        variance = h @ self.cov @ h + self.size
        gain = self.cov @ h / variance
        most = QUICK.clip * sqrt(variance)
        self.state = self.state + gain * np.clip(y - (self.mean + self.state.sum()) * x, -most, most)
        self.cov = self.cov - np.outer(gain, gain) * variance
        left = (y - (self.mean + self.state.sum()) * x) ** 2
        self.size += (min(left, QUICK.cap * self.size) - self.size) / weight

    def ahead(self, days):
        """Mean of the next `days` betas, and the standard deviation of their true mean about it."""
        powers = [np.linalg.matrix_power(self.step, k) for k in range(days + 1)]
        lead = sum(powers[1:]) / days
        shocks = [sum(powers[:k]) / days for k in range(1, days + 1)]
        spread = lead @ self.cov @ lead + sum(s @ self.drift @ s for s in shocks)
        return self.mean + (lead @ self.state).sum(), sqrt(spread.sum())


def panel(n=110, seed=5):
    """Four assets: whole, with days missing, listed late, gone early; wild days, and a missing and an infinite one."""
    rng = np.random.default_rng(seed)
    x = 0.0005 + 0.01 * rng.standard_t(4, n)
    y = np.array([0.7, 1.4, 1.0, 0.3]) * x[:, None] + 0.012 * rng.standard_t(3, (n, 4))
    y[rng.random(n) < 0.25, 1] = np.nan
    y[:40, 2], y[70:, 3] = np.nan, np.nan
    x[13], y[50, 0] = np.nan, np.inf
    return y, x


def run(y, x, parameters=QUICK, cut=57, threads=None):
    state = MixtureRows.begin(y.shape[1], parameters.year)
    state.values[MU_B], state.values[MU_C] = MEANS["own"], MEANS["crowd"]
    for part in (slice(None, cut), slice(cut, None)):
        state = advance(state, y[part], x[part], parameters, threads=threads)
    return state


def filtered(y, x, mean, sd):
    """One asset by the matrices: the filter after the last row."""
    one, first, weight = Filter(mean, sd), [], 0.0
    for pair in zip(y, x, strict=True):
        seen = np.isfinite(pair).all()
        weight = 0.5 ** (1 / QUICK.variance_half_life) * weight + 1 if seen else weight
        if len(first) == QUICK.warmup:
            one.take(pair if seen else None, weight)
        elif seen:
            first.append((pair[0] - pair[1]) ** 2)
            one.size = np.mean(first)
    return one


@pytest.mark.parametrize("horizon", [1, 15])
def test_forecasts_are_those_of_matrices(horizon):
    """Each filter has its own mean and deviation; forecast, error and size agree after rows with and without pairs."""
    y, x = panel()
    state = run(y, x)
    told = outlook_of(state, QUICK, horizon, np.full(4, MEANS["own"]), np.full(4, MEANS["crowd"]))
    for a in range(4):
        wide, own, crowd, plain = (
            filtered(y[:, a], x, mean, sd) for mean, sd in ((1.0, 0.7), (0.8, 0.4), (1.15, 0.4), (1.0, 0.4))
        )
        exact = [wide.ahead(horizon)[0], own.ahead(horizon)[0], *crowd.ahead(horizon)]
        assert [column[a] for column in told] == pytest.approx(exact, rel=1e-9)
        assert log_size(state, QUICK)[a] == pytest.approx(0.5 * log(plain.size), rel=1e-9)


def test_an_anchor_is_the_weighted_line_of_what_was_cut():
    """Returns cut to between -1 and 2.5 benchmarks, rows weighing e^(-2 age / year), missing ones ageing the rest."""
    y, x = panel()
    told = anchor_of(run(y, x))
    for a in range(4):
        rows = np.flatnonzero(np.isfinite(y[:, a]) & np.isfinite(x))
        u, v = x[rows], y[rows, a]
        v = np.clip(v, np.minimum(-u, 2.5 * u), np.maximum(-u, 2.5 * u))
        w = np.exp(-2 * (len(x) - 1 - rows) / 20)
        slope, level = np.polyfit(u, v, 1, w=np.sqrt(w))
        n = w.sum() ** 2 / (w @ w)
        rest = np.average((v - level - slope * u) ** 2, weights=w)
        wide = np.average((u - np.average(u, weights=w)) ** 2, weights=w)
        assert told.slope[a] == pytest.approx(slope, rel=1e-8)
        assert told.variance[a] == pytest.approx(rest / (n - 2) / wide, rel=1e-7)


def test_counts_tell_what_was_seen():
    """Pairs in all and in the last year, rows since the last one, and the weights that averages of squares have."""
    y, x = panel()
    state = run(y, x)
    seen = np.isfinite(y) & np.isfinite(x)[:, None]
    assert state.n_rows == len(x)
    assert state.values[N].tolist() == seen.sum(axis=0).tolist()
    assert state.values[RECENT].tolist() == seen[-20:].sum(axis=0).tolist()
    assert state.values[GAP].tolist() == [0.0, float(np.argmax(seen[::-1, 1])), 0.0, 40.0]
    weights = [sum(0.5 ** (k / 9.0) for k in range(int(n))) for n in seen.sum(axis=0)]
    assert state.values[DEN] == pytest.approx(weights, rel=1e-12)


def test_few_pairs_have_no_forecast_and_two_no_error():
    """Before the warm-up's last pair nothing is forecast, then the start is; two pairs have a slope and no error."""
    y, x = panel()
    for rows, ready in ((5, False), (6, True)):
        state = run(y[:rows, :1], x[:rows], cut=2)
        told = outlook_of(state, QUICK, 5, np.full(1, 0.8), np.full(1, 1.15))
        assert (np.isfinite([c[0] for c in (*told, log_size(state, QUICK))]) == ready).all()
    assert told.wide[0] == 1.0
    assert told.own[0] == 0.8
    two = anchor_of(run(y[:2, :1], x[:2], cut=1))
    assert np.isfinite(two.slope[0])
    assert np.isnan(two.variance[0])
    still = anchor_of(run(y[:9, :1], np.zeros(9), cut=3))
    assert np.isnan(still.slope[0])


def test_a_day_missing_right_after_the_warm_up_lets_the_start_drift():
    """The filters run from the last of the first pairs on, whether or not the next row has one."""
    y, x = panel()
    y[6:9, 0] = np.nan
    state = run(y[:9, :1], x[:9], cut=4)
    told = outlook_of(state, QUICK, 3, np.full(1, 0.8), np.full(1, 1.15))
    assert told.crowd_error[0] == pytest.approx(filtered(y[:9, 0], x[:9], 1.15, 0.4).ahead(3)[1], rel=1e-12)


def test_a_copy_of_the_benchmark_is_exact_and_no_trap():
    """Residuals of 0 leave a variance of 0; the first other sets it, uncut; a benchmark of 0 moves nothing."""
    x = np.array([0.01, -0.02, 0.015, 0.01, -0.01, 0.02, 0.01, 0.0, 0.02])
    y = x[:, None].copy()
    y[7:, 0] = [0.0, 0.05]
    before, after = run(y[:8], x[:8], cut=3), run(y, x, cut=3)
    assert np.isnan(log_size(before, QUICK)[0])
    assert np.isfinite(log_size(after, QUICK)[0])
    assert outlook_of(before, QUICK, 1, np.ones(1), np.ones(1)).wide[0] == 1.0


def test_own_benchmarks_threads_and_pieces_change_nothing():
    """A benchmark for all or the same for each; one thread or two; one piece or many: the same bits."""
    y, x = panel()
    plain = run(y, x)
    for other in (run(y, np.column_stack([x] * 4)), run(y, x, threads=2), run(y, x, cut=3), run(y, x, cut=109)):
        np.testing.assert_array_equal(plain.values, other.values)
    twice = run(y, np.column_stack([x, 2 * x, x, x]))
    assert anchor_of(twice).slope[1] != pytest.approx(anchor_of(plain).slope[1], rel=0.1)
    kept = plain.copy()
    advance(kept, y[:3], x[:3], QUICK)
    np.testing.assert_array_equal(plain.values, run(y, x).values)


def test_pairs_add_up():
    """Counts, sums, squares and products over the rows where both are finite, for one benchmark or one for each."""
    y, x = panel()
    for table in (x, np.column_stack([x, -x, 3 * x, x + 1])):
        sums = np.ones((5, 4))
        add_pairs(y, table, sums)
        each = np.broadcast_to(table[:, None], y.shape) if table.ndim == 1 else table
        known = np.isfinite(y) & np.isfinite(each)
        v, u = np.where(known, y, 0.0), np.where(known, each, 0.0)
        exact = [known.sum(axis=0), u.sum(axis=0), v.sum(axis=0), (u * u).sum(axis=0), (u * v).sum(axis=0)]
        np.testing.assert_allclose(sums - 1, exact, rtol=1e-12, atol=1e-14)


def test_the_constants_of_the_recipe():
    """Persistence by half-life, drift that keeps the stationary deviation, and the weights of squares and rows."""
    phi_z, phi_d = 0.5 ** (1 / 756), 0.5 ** (1 / 30)
    exact = [
        phi_z, phi_d, 0.16 * (1 - phi_z**2), 0.25 * (1 - phi_z**2), 0.0625 * (1 - phi_d**2), 0.16, 0.0625,
        0.5 ** (1 / 126), 16, 2, 21, -2, 4, exp(-2 / 252),
    ]  # fmt: skip
    assert MixtureParameters().constants() == pytest.approx(exact, rel=1e-10)
