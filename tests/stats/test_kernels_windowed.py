"""Regressions over the last pairs, against each window worked out by itself."""

import numpy as np
import pytest

from trimtab.errors import InputError
from trimtab.stats.kernels.windowed import windowed_history


def by_hand(y, x, *, window, half_life=np.inf, slopes=None, robust=True):
    """One asset at its last row: beta, alpha, error, pairs and effective pairs, from centred sums."""
    rows = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    rows = rows if window is None else rows[-window:]
    if not rows.size:
        return np.nan, np.nan, np.nan, 0, 0.0
    u, v = x[rows], y[rows]
    if slopes is not None:
        v = np.clip(v, np.minimum(slopes[0] * u, slopes[1] * u), np.maximum(slopes[0] * u, slopes[1] * u))
    w = 0.5 ** ((rows[-1] - rows) / half_life)
    count = w.sum() ** 2 / (w * w).sum()
    if rows.size < 2:
        return np.nan, np.nan, np.nan, rows.size, count
    du = u - np.average(u, weights=w)
    s_xx = (w * du * du).sum()
    beta = (w * du * v).sum() / s_xx
    alpha = np.average(v - beta * u, weights=w)
    e = v - alpha - beta * u
    free = max(count - 2.0, 1.0)
    error = (
        np.sqrt(count / free * (w * w * du * du * e * e).sum()) / s_xx
        if robust
        else np.sqrt((w * e * e).sum() / free / s_xx)
    )
    return beta, alpha, 0.0 if rows.size == 2 else error, rows.size, count


def panel(n=90, seed=3, level=0.0):
    """Three assets with days missing, none at first; a benchmark with a missing and an infinite day."""
    rng = np.random.default_rng(seed)
    x = level + rng.normal(0.0004, 0.01, n)
    y = 0.7 * level + np.array([0.4, 1.3, -0.6]) * x[:, None] + rng.normal(0.0, 0.008, (n, 3))
    y[rng.random((n, 3)) < 0.2] = np.nan
    y[:4, 1] = np.nan
    x[17], y[30, 0], x[31] = np.nan, np.inf, np.inf
    return y, x


@pytest.mark.parametrize("robust", [True, False])
@pytest.mark.parametrize("slopes", [None, (-0.5, 1.1)])
@pytest.mark.parametrize(("window", "half_life"), [(None, np.inf), (None, 15.0), (12, np.inf), (12, 7.0), (3, np.inf)])
def test_every_row_is_the_regression_over_its_own_window(window, half_life, slopes, robust):
    """Slope, intercept, error and counts at each row are those of the pairs in its window, written out."""
    y, x = panel()
    told = windowed_history(y, x, window=window, half_life=half_life, slopes=slopes, robust=robust)
    for t in range(len(x)):
        for a in range(3):
            exact = by_hand(y[: t + 1, a], x[: t + 1], window=window, half_life=half_life, slopes=slopes, robust=robust)
            beta, alpha, error, n, count = (column[t, a] for column in told)
            assert n == exact[3]
            assert count == pytest.approx(exact[4], rel=1e-9)
            assert (beta, alpha) == pytest.approx(exact[:2], rel=1e-6, abs=1e-12, nan_ok=True)
            assert error == pytest.approx(exact[2], rel=1e-6, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("level", [0.0, 3.0])
def test_a_long_run_is_summed_afresh_and_keeps_its_digits(level):
    """Longer than the 512 pairs after which sums are built anew, on levels far from 0, eight digits stay."""
    y, x = panel(n=1300, seed=8, level=level)
    x[600], y[600] = level + 5.0, level + 1.0  # a hundred times the rest, then gone
    told = windowed_history(y, x, window=40)
    for t in (*range(595, 660), 800, 1299):
        exact = by_hand(y[: t + 1, 1], x[: t + 1], window=40)
        assert [column[t, 1] for column in told] == pytest.approx(exact, rel=1e-7)


def test_each_asset_may_have_a_benchmark_of_its_own():
    """A table of benchmarks is read column by column, and one column for all gives the same."""
    y, x = panel()
    shared = windowed_history(y, x, window=12, half_life=9.0, slopes=(-1.0, 2.0))
    own = windowed_history(y, np.column_stack([x, x, x]), window=12, half_life=9.0, slopes=(-1.0, 2.0), threads=2)
    other = windowed_history(y, np.column_stack([x, 2.0 * x, x]), window=12, half_life=9.0)
    for a, b in zip(shared, own, strict=True):
        np.testing.assert_array_equal(a, b)
    plain = windowed_history(y, x, window=12, half_life=9.0)
    np.testing.assert_allclose(other.beta[:, 1], 0.5 * plain.beta[:, 1], rtol=1e-9)
    np.testing.assert_allclose(other.beta[:, 2], plain.beta[:, 2], rtol=1e-12)


def test_a_line_without_residuals_has_no_error_and_a_still_benchmark_no_slope():
    """An exact line has error 0; where the benchmark did not move within the window, there is no beta."""
    x = np.array([0.01, 0.02, -0.01, 0.03, 0.03, 0.03, 0.03, 0.01])
    told = windowed_history((0.001 + 1.5 * x)[:, None], x, window=4)
    assert told.stderr[1:6, 0] == pytest.approx([0.0] * 5, abs=1e-12)
    assert told.beta[3, 0] == pytest.approx(1.5)
    assert told.alpha[3, 0] == pytest.approx(0.001)
    assert np.isnan([told.beta[6, 0], told.alpha[6, 0], told.stderr[6, 0]]).all()
    assert told.effective[6, 0] == 4.0
    assert told.beta[7, 0] == pytest.approx(1.5)


@pytest.mark.parametrize("wrong", [{"window": 1}, {"slopes": (1.0, 1.0)}, {"slopes": (2.0, 1.0)}, {"half_life": 0.0}])
def test_nonsense_is_refused(wrong):
    """A window of one pair, limits the wrong way round, and weights that never fade in: refused with a way out."""
    y, x = panel()
    with pytest.raises(InputError) as error:
        windowed_history(y, x, **{"window": 3, **wrong})
    assert error.value.try_next
