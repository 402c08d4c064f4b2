"""Alpha through time is the regression of each window, and knows only its window."""

import numpy as np
import pytest

from trimtab.performance.alpha import jensen_alpha
from trimtab.performance.rolling import alpha_path, rolling_alpha

N, WINDOW = 90, 36
RNG = np.random.default_rng(4)
MARKET = RNG.normal(0.004, 0.04, N)
BOOK = 0.003 + 0.9 * MARKET + RNG.normal(0.0, 0.01, N)
DATES = np.arange("2015-01", "2022-07", dtype="datetime64[M]").astype("datetime64[s]")


def test_each_window_is_the_regression_of_its_periods():
    """Value and both ends equal `jensen_alpha` of the window's rows, and later periods change nothing."""
    ends = np.array([35, 50, 89])
    line = rolling_alpha(BOOK, MARKET, ends=ends, window=WINDOW, periods_per_year=12)
    for i, end in enumerate(ends.tolist()):
        rows = slice(end - WINDOW + 1, end + 1)
        alpha = jensen_alpha(BOOK[rows], MARKET[rows], periods_per_year=12).compounded
        assert (line.value[i], line.low[i], line.high[i]) == (alpha.value, alpha.low, alpha.high)
    cut = rolling_alpha(BOOK[:51], MARKET[:51], ends=ends[:2], window=WINDOW, periods_per_year=12)
    assert cut.value.tolist() == line.value[:2].tolist()


def test_a_planted_alpha_that_stops_is_seen_to_stop():
    """Half of the record earns 1% a month apart from beta, the other half nothing."""
    alpha = np.where(np.arange(N) < N // 2, 0.01, 0.0)
    path = alpha_path(DATES, alpha + 1.1 * MARKET, MARKET, 1.1 * MARKET, periods_per_year=12)
    assert path is not None
    assert path.unhedged is not None
    assert path.whole.value[0] == pytest.approx(1.01**12 - 1.0)
    assert path.whole.value[-1] == pytest.approx(0.0, abs=1e-12)
    assert np.allclose(path.unhedged.value, 0.0, atol=1e-12)
    assert (len(path.dates), path.dates[-1], path.window) == (N - WINDOW + 1, DATES[-1], WINDOW)


def test_windows_without_enough_periods_have_no_value():
    """A window in which more than one period of ten is not known, and a benchmark that stands still."""
    holes = BOOK.copy()
    holes[40:46] = np.nan
    line = rolling_alpha(holes, MARKET, ends=np.array([35, 60, 89]), window=WINDOW, periods_per_year=12)
    assert np.isfinite(line.value).tolist() == [True, False, True]
    still = rolling_alpha(BOOK, np.zeros(N), ends=np.array([89]), window=WINDOW, periods_per_year=12)
    assert np.isnan(still.value).all()


def test_less_than_a_window_and_a_period_has_no_path():
    """Thirty-six periods are one window: there is nothing through time."""
    assert alpha_path(DATES[:36], BOOK[:36], MARKET[:36], None, periods_per_year=12) is None
