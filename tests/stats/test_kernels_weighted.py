"""Exponentially weighted beta: against statsmodels, a plain reference, and its laws."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from trimtab.errors import InputError
from trimtab.stats.kernels import WeightedState, rolling_beta, weighted_history


def panel(seed: int, n_dates: int = 200, n_assets: int = 4, missing: float = 0.0):
    rng = np.random.default_rng(seed)
    m = rng.normal(0.0003, 0.01, n_dates)
    y = 0.0002 + m[:, None] * rng.normal(1.0, 0.4, n_assets) + rng.standard_t(4, (n_dates, n_assets)) * 0.01
    y[rng.random(y.shape) < missing] = np.nan
    return y, m


def assert_same(one, other):
    for a, b in zip(one[:4], other[:4], strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(one.state.values, other.state.values)


@pytest.mark.parametrize("missing", [0.0, 0.3])
@pytest.mark.parametrize("slopes", [None, (-2.0, 4.0)])
def test_values_are_those_of_weighted_least_squares(missing, slopes):
    """Each row equals statsmodels WLS on the (winsorised) past with weights that halve every half-life."""
    y, m = panel(1, missing=missing)
    history = weighted_history(y, m, half_life=30, min_obs=10, slopes=slopes)
    for t in (15, 60, 199):
        for a in range(4):
            known = np.isfinite(y[: t + 1, a])
            x, r = m[: t + 1][known], y[: t + 1, a][known]
            if slopes:
                r = np.clip(r, np.minimum(-2 * x, 4 * x), np.maximum(-2 * x, 4 * x))
            w = 0.5 ** ((t - np.arange(t + 1)[known]) / 30)
            fit = sm.WLS(r, sm.add_constant(x), weights=w).fit()
            n_eff = w.sum() ** 2 / (w**2).sum()
            sxx = np.sum(w * (x - np.average(x, weights=w)) ** 2)
            error = np.sqrt(np.sum(w * fit.resid**2) / sxx / (n_eff - 2))
            np.testing.assert_allclose(history.beta[t, a], fit.params[1], rtol=1e-10)
            np.testing.assert_allclose(history.alpha[t, a], fit.params[0], rtol=1e-8, atol=1e-14)
            np.testing.assert_allclose(history.effective[t, a], n_eff, rtol=1e-10)
            np.testing.assert_allclose(history.stderr[t, a], error, rtol=1e-9)


def test_without_decay_it_is_least_squares_on_all_rows():
    """An infinite half-life gives the expanding regression, error included."""
    y, m = panel(2, missing=0.1)
    history = weighted_history(y, m, half_life=np.inf, min_obs=20)
    plain = rolling_beta(y, m, window=200, min_obs=20)
    for a, b in zip(history[:3], plain[:3], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(history.effective, plain.n_obs, rtol=1e-12)


def test_planted_change_of_beta_is_followed():
    """After several half-lives the estimate is at the new beta, not between the two."""
    rng = np.random.default_rng(3)
    m = rng.normal(0, 0.01, 2000)
    beta = np.where(np.arange(2000) < 1000, 0.5, 1.5)
    y = (beta * m + rng.normal(0, 0.005, 2000))[:, None]
    history = weighted_history(y, m, half_life=60, min_obs=60)
    assert abs(history.beta[999, 0] - 0.5) < 4 * history.stderr[999, 0]
    assert abs(history.beta[1999, 0] - 1.5) < 4 * history.stderr[1999, 0]


def test_winsorising_bounds_one_wild_day():
    """A hundredfold return moves the winsorised slope no more than a slope of 4 on that day would."""
    y, m = panel(4, n_assets=1)
    wild = y.copy()
    wild[150] = 100 * m[150]
    bound = y.copy()
    bound[150] = 4 * m[150]
    got = weighted_history(wild, m, half_life=60, min_obs=20, slopes=(-2.0, 4.0))
    want = weighted_history(bound, m, half_life=60, min_obs=20, slopes=(-2.0, 4.0))
    np.testing.assert_array_equal(got.beta, want.beta)


def test_winsorising_that_binds_nowhere_changes_nothing():
    """Limits that no day reaches leave the least-squares values as they are."""
    y, m = panel(5)
    plain = weighted_history(y, m, half_life=60, min_obs=20)
    wide = weighted_history(y, m, half_life=60, min_obs=20, slopes=(-1e9, 1e9))
    np.testing.assert_array_equal(plain.beta, wide.beta)


@given(seed=st.integers(0, 10**6), cut=st.integers(1, 99))
@settings(max_examples=20, deadline=None)
def test_one_run_is_many_runs_and_none_sees_the_future(seed, cut):
    """Rows fed in two parts through the state give the bits of one run, and later rows change no earlier one."""
    y, m = panel(seed, 100, 3, missing=0.2)
    whole = weighted_history(y, m, half_life=20, min_obs=5, slopes=(-2.0, 4.0))
    first = weighted_history(y[:cut], m[:cut], half_life=20, min_obs=5, slopes=(-2.0, 4.0))
    second = weighted_history(y[cut:], m[cut:], half_life=20, min_obs=5, slopes=(-2.0, 4.0), state=first.state)
    for a, b, c in zip(whole[:4], first[:4], second[:4], strict=True):
        np.testing.assert_array_equal(a, np.vstack([b, c]))
    np.testing.assert_array_equal(whole.state.values, second.state.values)


def test_row_by_row_equals_one_run():
    """One row at a time gives the bits of one run, and a state that was given is not changed."""
    y, m = panel(6, 60, 3, missing=0.1)
    whole = weighted_history(y, m, half_life=20, min_obs=5)
    state, rows = None, []
    for t in range(60):
        step = weighted_history(y[[t]], m[[t]], half_life=20, min_obs=5, state=state)
        before = None if state is None else state.values.copy()
        again = weighted_history(y[[t]], m[[t]], half_life=20, min_obs=5, state=state)
        if state is not None:
            np.testing.assert_array_equal(before, state.values)
        assert_same(step, again)
        state = step.state
        rows.append(step.beta)
    np.testing.assert_array_equal(np.vstack(rows), whole.beta)


def test_a_name_not_seen_for_long_loses_its_value():
    """When the weights of the past fall below one pair of today, the estimate is withdrawn."""
    y, m = panel(7, 400, 1)
    y[100:] = np.nan
    history = weighted_history(y, m, half_life=20, min_obs=5)
    weight = (1 - 0.5**5) / (1 - 0.5 ** (1 / 20)) * 0.5 ** (np.arange(300) / 20 + 0.05)
    np.testing.assert_array_equal(np.isnan(history.beta[100:, 0]), weight < 1)
    assert np.isfinite(weighted_history(y, m, half_life=20, min_obs=5, min_weight=0).beta[-1, 0])


def test_a_large_mean_costs_no_digits():
    """Returns a million deviations from zero give the slope of the deviations."""
    rng = np.random.default_rng(8)
    m = rng.integers(-1000, 1000, 300) / 1024
    y = (m * 0.75 + rng.integers(-500, 500, 300) / 1024)[:, None]
    near = weighted_history(y, m, half_life=40, min_obs=20)
    far = weighted_history(y + 2.0**20, m - 2.0**20, half_life=40, min_obs=20)
    np.testing.assert_allclose(far.beta, near.beta, rtol=1e-9)


def test_a_benchmark_that_does_not_move_gives_no_beta():
    """Without benchmark variance there is no slope."""
    y, _ = panel(9, 50, 2)
    assert np.isnan(weighted_history(y, np.full(50, 0.1), half_life=20, min_obs=5).beta).all()


def test_threads_and_own_benchmark_columns_change_nothing():
    """Any number of threads, and a table of equal benchmark columns, give the same bits."""
    y, m = panel(10, 80, 200, missing=0.1)
    base = weighted_history(y, m, half_life=20, min_obs=5, threads=1)
    assert_same(base, weighted_history(y, m, half_life=20, min_obs=5, threads=3))
    assert_same(base, weighted_history(y, np.repeat(m[:, None], 200, axis=1), half_life=20, min_obs=5))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"half_life": 0.0}, "half_life above 0"),
        ({"min_obs": 1}, "min_obs above 1"),
        ({"slopes": (4.0, -2.0)}, "slope limits"),
        ({"state": WeightedState(np.zeros((8, 3)))}, "one column per asset"),
    ],
)
def test_unusable_input_is_refused_with_a_way_out(change, message):
    """Parameters and states that cannot work raise InputError."""
    arguments = {"half_life": 10.0, "min_obs": 3} | change
    with pytest.raises(InputError, match=message):
        weighted_history(np.zeros((5, 2)), np.zeros(5), **arguments)
