"""Rolling beta: against statsmodels, against 50-digit arithmetic, and its laws."""

from pathlib import Path

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.regression.rolling import RollingOLS

from trimtab.errors import InputError
from trimtab.stats.kernels import RollingHistory, in_column_blocks, rolling_beta


def panel(seed: int, n_dates: int = 300, n_assets: int = 5, missing: float = 0.0):
    rng = np.random.default_rng(seed)
    m = rng.normal(0.0003, 0.01, n_dates)
    y = 0.0002 + m[:, None] * rng.normal(1.0, 0.4, n_assets) + rng.standard_t(4, (n_dates, n_assets)) * 0.01
    y[rng.random(y.shape) < missing] = np.nan
    return y, m


def exact(y, x):
    """Slope, intercept and classical error with 60 digits, from the pairs of one window."""
    known = np.isfinite(y) & np.isfinite(x)
    with mpmath.workdps(60):
        u = [mpmath.mpf(float(v)) for v in x[known]]
        v = [mpmath.mpf(float(w)) for w in y[known]]
        n = len(u)
        mean_u, mean_v = mpmath.fsum(u) / n, mpmath.fsum(v) / n
        sxx = mpmath.fsum((a - mean_u) ** 2 for a in u)
        sxy = mpmath.fsum((a - mean_u) * (b - mean_v) for a, b in zip(u, v, strict=True))
        beta = sxy / sxx
        alpha = mean_v - beta * mean_u
        rss = mpmath.fsum((b - alpha - beta * a) ** 2 for a, b in zip(u, v, strict=True))
        return beta, alpha, mpmath.sqrt(rss / (n - 2) / sxx)


def relative(got, want):
    return float(abs((mpmath.mpf(float(got)) - want) / want))


def assert_exact(y, m, window, min_obs, rows, *, error_limit=1e-10):
    history = rolling_beta(y, m, window=window, min_obs=min_obs)
    for t in rows:
        for a in range(y.shape[1]):
            x = m if m.ndim == 1 else m[:, a]
            start = max(0, t - window + 1)
            beta, _, error = exact(y[start : t + 1, a], x[start : t + 1])
            assert relative(history.beta[t, a], beta) < 1e-10, (t, a)
            assert relative(history.stderr[t, a], error) < error_limit, (t, a)


@pytest.mark.parametrize("missing", [0.0, 0.2])
def test_values_are_those_of_statsmodels(missing):
    """Slope, intercept and error agree with statsmodels RollingOLS, complete or with scattered gaps."""
    y, m = panel(1, missing=missing)
    history = rolling_beta(y, m, window=60, min_obs=30)
    for a in range(y.shape[1]):
        design = np.column_stack([np.ones_like(m), m])
        fit = RollingOLS(y[:, a], design, window=60, min_nobs=30, missing="drop", expanding=True).fit()
        enough = history.n_obs[:, a] >= 30
        np.testing.assert_allclose(history.beta[enough, a], fit.params[enough, 1], rtol=1e-9)
        np.testing.assert_allclose(history.alpha[enough, a], fit.params[enough, 0], rtol=1e-8, atol=1e-14)
        np.testing.assert_allclose(history.stderr[enough, a], fit.bse[enough, 1], rtol=1e-9)


def test_counts_pairs_in_the_window_and_needs_enough_of_them():
    """The count is that of known pairs in the last `window` rows, and below min_obs there is no value."""
    y, m = panel(2, missing=0.4)
    m[::7] = np.inf
    history = rolling_beta(y, m, window=21, min_obs=12)
    pairs = np.isfinite(y) & np.isfinite(m)[:, None]
    count = np.array([pairs[max(0, t - 20) : t + 1].sum(axis=0) for t in range(len(m))])
    np.testing.assert_array_equal(history.n_obs, count)
    for values in history[:3]:
        np.testing.assert_array_equal(np.isnan(values), count < 12)


def test_planted_beta_is_found_exactly_without_noise():
    """A noise-free line gives its slope and intercept, and an error of the size of rounding; a copy has error 0."""
    _, m = panel(3)
    slopes = np.array([-2.0, -0.5, 0.0, 1.0, 3.25])
    history = rolling_beta(0.001 + m[:, None] * slopes, m, window=50, min_obs=50)
    np.testing.assert_allclose(history.beta[49:], np.broadcast_to(slopes, (251, 5)), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(history.alpha[49:], 0.001, rtol=1e-10)
    assert (history.stderr[49:] < 1e-15).all()
    copy = rolling_beta(m[:, None], m, window=50, min_obs=50)
    assert (copy.beta[49:] == 1.0).all()
    assert (copy.stderr[49:] == 0.0).all()


@pytest.mark.parametrize(
    ("shift", "scale", "outlier"),
    [(0.0, 1.0, 0.0), (1e6, 1.0, 0.0), (0.0, 1e-9, 0.0), (-1e6, 1e-9, 0.0), (0.0, 1.0, 1e10), (5.0, 1e-3, -1e12)],
)
def test_badly_scaled_data_keep_ten_digits(shift, scale, outlier):
    """A mean a million deviations large, tiny returns, and a huge value that enters and leaves cost no digits."""
    rng = np.random.default_rng(4)
    m = rng.normal(shift, 1.0, 220) * scale
    y = (m / scale)[:, None] * np.array([1.3, 0.7]) * scale + rng.normal(0, 0.5, (220, 2)) * scale
    y[30, :] += outlier * scale
    m[90] += outlier * scale
    y[90, 1] -= outlier * scale * 0.8
    y[140, 0] = np.nan
    # while the huge value is inside, all but 1e-20 of the variance is explained, and its own residual is rounded
    assert_exact(y, m, 40, 20, range(39, 220, 3), error_limit=1e-6 if outlier else 1e-10)


def test_a_level_that_wanders_far_keeps_ten_digits():
    """Data that drift by thousands of deviations, with gaps, stay accurate: the shift follows them."""
    rng = np.random.default_rng(5)
    m = np.cumsum(rng.normal(1.0, 1.0, 400)) + rng.normal(0, 0.1, 400)
    y = m[:, None] * np.array([0.5, -1.5]) + rng.normal(0, 0.3, (400, 2))
    y[rng.random(y.shape) < 0.1] = np.nan
    assert_exact(y, m, 30, 10, range(60, 400, 17))


@pytest.mark.parametrize("noise", [1e-2, 1e-4, 1e-7, 1e-10])
def test_the_error_of_a_close_fit_keeps_its_digits(noise):
    """The error stays exact when nearly all variance is explained, where sums of squares alone would lose it."""
    rng = np.random.default_rng(17)
    m = rng.normal(0, 1, 120)
    y = (0.5 + 1.25 * m + rng.normal(0, noise, 120))[:, None]
    assert_exact(y, m, 60, 30, range(30, 120, 13), error_limit=1e-4 if noise < 1e-8 else 1e-9)


def test_a_collapse_of_volatility_keeps_ten_digits():
    """Returns that shrink a million times, row by row, stay accurate all the way down."""
    rng = np.random.default_rng(6)
    scale = 10.0 ** -np.linspace(0, 12, 300)
    m = rng.normal(0, 1, 300) * scale
    y = m[:, None] * 1.2 + (rng.normal(0, 0.5, 300) * scale)[:, None]
    assert_exact(y, m, 25, 25, range(24, 300, 11))


def test_ten_million_steps_keep_ten_digits():
    """After ten million rows the sums are as good as new."""
    rng = np.random.default_rng(7)
    n = 10_000_000
    m = rng.normal(0.0003, 0.01, n)
    y = (0.9 * m + rng.normal(0, 0.02, n))[:, None]
    history = rolling_beta(y, m, window=252, min_obs=252)
    for t in [252, 5000, 1_234_567, 9_999_000, *range(n - 5, n)]:
        beta, alpha, error = exact(y[t - 251 : t + 1, 0], m[t - 251 : t + 1])
        assert relative(history.beta[t, 0], beta) < 1e-10
        assert relative(history.alpha[t, 0], alpha) < 1e-9
        assert relative(history.stderr[t, 0], error) < 1e-10


def test_a_benchmark_that_does_not_move_gives_no_beta():
    """Without benchmark variance there is no slope, whether the constant is 0, exact in binary, or not."""
    y, _ = panel(8, 40, 3)
    for level in (0.0, 0.25, 0.1, 1e-9):
        history = rolling_beta(y, np.full(40, level), window=10, min_obs=5)
        assert np.isnan(history.beta).all()
        assert np.isnan(history.stderr).all()
    prices = 100 * 1.01 ** np.arange(41.0)
    assert np.isnan(rolling_beta(y, prices[1:] / prices[:-1] - 1, window=10, min_obs=5).beta).all()


def test_an_asset_that_does_not_move_has_beta_zero():
    """A constant return has slope exactly 0 and error 0."""
    _, m = panel(9, 60)
    history = rolling_beta(np.full((60, 1), 0.1), m, window=20, min_obs=20)
    assert (history.beta[19:] == 0.0).all()
    assert (history.stderr[19:] == 0.0).all()


def test_own_benchmark_columns_equal_the_shared_one():
    """A table of benchmark returns with equal columns gives the bits of the single series."""
    y, m = panel(10, missing=0.1)
    shared = rolling_beta(y, m, window=60, min_obs=20)
    own = rolling_beta(y, np.repeat(m[:, None], 5, axis=1), window=60, min_obs=20)
    for a, b in zip(shared, own, strict=True):
        np.testing.assert_array_equal(a, b)


def test_own_benchmark_columns_pair_asset_by_asset():
    """Each asset is regressed on its own column of benchmark returns."""
    y, _ = panel(11, 80, 3)
    x = np.random.default_rng(0).normal(0, 0.01, y.shape)
    x[::5, 1] = np.nan
    table = rolling_beta(y, x, window=30, min_obs=10)
    for a in range(3):
        single = rolling_beta(y[:, [a]], x[:, a].copy(), window=30, min_obs=10)
        np.testing.assert_array_equal(table.beta[:, [a]], single.beta)


@given(seed=st.integers(0, 10**6), cut=st.integers(1, 119), window=st.integers(2, 60))
@settings(max_examples=25, deadline=None)
def test_no_value_sees_the_future(seed, cut, window):
    """Scrambling every row after t leaves all values up to t unchanged, bit for bit."""
    y, m = panel(seed, 120, 3, missing=0.2)
    rng = np.random.default_rng(seed + 1)
    y[rng.integers(0, 120)] *= 1e9
    wild_y, wild_m = y.copy(), m.copy()
    wild_y[cut:] = rng.normal(0, 1e6, wild_y[cut:].shape)
    wild_m[cut:] = rng.normal(5, 1e3, wild_m[cut:].shape)
    before = rolling_beta(y, m, window=window, min_obs=2)
    after = rolling_beta(wild_y, wild_m, window=window, min_obs=2)
    for a, b in zip(before, after, strict=True):
        np.testing.assert_array_equal(a[:cut], b[:cut])


@given(seed=st.integers(0, 10**6), power=st.integers(-20, 20), level=st.floats(-1, 1))
@settings(max_examples=25, deadline=None)
def test_scale_and_shift(seed, power, level):
    """Doubling the asset doubles beta exactly; a constant added to it moves only alpha."""
    y, m = panel(seed, 100, 2, missing=0.1)
    plain = rolling_beta(y, m, window=40, min_obs=20)
    scaled = rolling_beta(y * 2.0**power, m, window=40, min_obs=20)
    np.testing.assert_array_equal(scaled.beta, plain.beta * 2.0**power)
    shifted = rolling_beta(y + level, m, window=40, min_obs=20)
    np.testing.assert_allclose(shifted.beta, plain.beta, rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(shifted.alpha, plain.alpha + level, rtol=1e-9, atol=1e-12)


def test_order_threads_and_block_width_change_nothing():
    """Columns in any order, any number of threads, narrow or wide tables: the same bits for each asset."""
    y, m = panel(12, 150, 300, missing=0.1)
    base = rolling_beta(y, m, window=60, min_obs=20, threads=1)
    order = np.random.default_rng(1).permutation(300)
    mixed = rolling_beta(np.ascontiguousarray(y[:, order]), m, window=60, min_obs=20, threads=3)
    narrow = rolling_beta(y[:, :7], m, window=60, min_obs=20)
    alone = rolling_beta(y, m, window=60, min_obs=20, beta_only=True)
    for a, b, c in zip(base, mixed, narrow, strict=True):
        np.testing.assert_array_equal(a[:, order], b)
        np.testing.assert_array_equal(a[:, :7], c)
    np.testing.assert_array_equal(alone.beta, base.beta)
    assert alone.stderr is None


def test_a_window_longer_than_the_table_is_an_expanding_one():
    """With more window than rows, every row uses all rows so far."""
    y, m = panel(13, 50, 2)
    long, equal = (rolling_beta(y, m, window=w, min_obs=10) for w in (5000, 50))
    np.testing.assert_array_equal(long.beta, equal.beta)
    assert relative(long.beta[-1, 0], exact(y[:, 0], m)[0]) < 1e-12


def test_column_blocks_into_memory_maps_equal_one_run(tmp_path: Path):
    """A table on disk, worked by blocks into tables on disk, gives the bits of one run in memory."""
    y, m = panel(14, 90, 70, missing=0.1)
    source = np.memmap(tmp_path / "returns", np.float64, "w+", shape=y.shape)
    source[:] = y
    beta = np.memmap(tmp_path / "beta", np.float64, "w+", shape=y.shape)
    count = np.memmap(tmp_path / "count", np.int32, "w+", shape=y.shape)
    whole = rolling_beta(y, m, window=30, min_obs=10)
    for benchmark in (m, np.repeat(m[:, None], 70, axis=1)):
        beta[:] = 0
        in_column_blocks(
            lambda a, b: rolling_beta(a, b, window=30, min_obs=10),
            source,
            benchmark,
            [beta, None, None, count],
            block=32,
        )
        np.testing.assert_array_equal(beta, whole.beta)
        np.testing.assert_array_equal(count, whole.n_obs)


def test_given_outputs_are_filled_in_place():
    """Results go into the caller's arrays when these fit."""
    y, m = panel(15, 50, 3)
    beta = np.empty_like(y)
    rolling_beta(y, m, window=20, min_obs=10, out=RollingHistory(beta, None, None, None))
    np.testing.assert_array_equal(beta, rolling_beta(y, m, window=20, min_obs=10).beta)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"window": 1}, "window of 2 rows"),
        ({"min_obs": 1}, "min_obs from 2"),
        ({"min_obs": 99}, "min_obs from 2"),
        ({"asset": np.zeros(10)}, "one column"),
        ({"benchmark": np.zeros(9)}, "to pair with the assets"),
        ({"out": RollingHistory(np.empty((10, 2), np.float32), None, None, None)}, "float64"),
        ({"out": RollingHistory(np.empty((9, 2)), None, None, None)}, "outputs of shape"),
    ],
)
def test_unusable_input_is_refused_with_a_way_out(change, message):
    """Shapes that do not pair and windows that cannot work raise InputError and say what to do."""
    arguments = {"asset": np.zeros((10, 2)), "benchmark": np.zeros(10), "window": 5, "min_obs": 3} | change
    with pytest.raises(InputError, match=message):
        rolling_beta(**arguments)


def test_blocks_need_an_array_for_each_output():
    """More outputs than the kernel gives arrays is a mistake, and said so."""
    y, m = panel(16, 30, 2)
    with pytest.raises(InputError, match="one for each output"):
        in_column_blocks(lambda a, b: [a], y, m, [np.empty_like(y), np.empty_like(y)])
    with pytest.raises(InputError, match="block of 1 column"):
        in_column_blocks(lambda a, b: [a], y, m, [np.empty_like(y)], block=0)


def test_infinite_returns_stay_out_of_sums_that_are_computed_afresh():
    """A huge pair that leaves makes the sums be computed anew; an infinite return within the window is no pair then."""
    y, m = panel(9, n_dates=120, n_assets=2)
    y[20, 0], m[20] = 1e9, 1e8
    y[45, 1] = np.inf
    m[50] = -np.inf
    assert_exact(y, m, 40, 10, [60, 61, 70], error_limit=1e-9)
