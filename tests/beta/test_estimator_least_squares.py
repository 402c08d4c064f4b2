"""OLS, EWMA and Welch against planted truth, other libraries and their limits."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from beta_pairs import noisy_pairs, pairs_of, series
from trimtab.beta.estimators.ewma import Ewma
from trimtab.beta.estimators.ols import Ols
from trimtab.beta.estimators.welch import Welch, winsorise_slopes
from trimtab.errors import InputError
from trimtab.market.prices import Flag


def test_ols_agrees_with_statsmodels() -> None:
    """Value, classical and HAC errors and the count are those of statsmodels on the last 252 pairs."""
    pairs = noisy_pairs((1.2,), n=600)
    x, y = series(pairs, 1)
    model = sm.OLS(y[-252:], sm.add_constant(x[-252:]))
    plain, hac = Ols().estimate(pairs)["A0"], Ols(errors="hac", lags=6).estimate(pairs)["A0"]
    assert plain.value == pytest.approx(model.fit().params[1], rel=1e-11)
    assert plain.stderr == pytest.approx(model.fit().bse[1], rel=1e-11)
    oracle = model.fit(cov_type="HAC", cov_kwds={"maxlags": 6, "use_correction": True})
    assert hac.stderr == pytest.approx(oracle.bse[1], rel=1e-11)
    assert (plain.n_obs, plain.n_eff) == (252, 252.0)


def test_ewma_agrees_with_statsmodels() -> None:
    """The weighted slope and its robust error are those of statsmodels with the same weights."""
    pairs = noisy_pairs((0.7,), n=500)
    x, y = series(pairs, 1)
    w = 0.5 ** (np.arange(len(x))[::-1] / 60.0)
    fit = sm.WLS(y, sm.add_constant(x), weights=w).fit(cov_type="HC0")
    n_eff = w.sum() ** 2 / (w**2).sum()
    estimate = Ewma(half_life=60.0).estimate(pairs)["A0"]
    assert estimate.value == pytest.approx(fit.params[1], rel=1e-11)
    assert estimate.n_eff == pytest.approx(n_eff, rel=1e-12)
    assert estimate.stderr == pytest.approx(fit.bse[1] * np.sqrt(n_eff / (n_eff - 2)), rel=1e-11)


def test_ewma_agrees_with_pandas() -> None:
    """Covariance over variance with pandas' exponential weights is the same slope."""
    pairs = noisy_pairs((0.7,), n=400)
    x, y = series(pairs, 1)
    frame = pd.DataFrame({"x": x, "y": y}).ewm(halflife=84)
    slope = frame.cov().loc[len(x) - 1].loc["x", "y"] / frame.var().iloc[-1]["x"]
    assert Ewma().estimate(pairs)["A0"].value == pytest.approx(slope, rel=1e-10)


def test_welch_recipe_from_the_paper() -> None:
    """Clipped between -2 and 4 times the market, then weighted by exp(-2/252 age): the published steps, by hand."""
    pairs = noisy_pairs((1.0,), n=700, noise=0.05)
    x, y = series(pairs, 1)
    clipped = np.minimum(np.maximum(y, np.minimum(-2 * x, 4 * x)), np.maximum(-2 * x, 4 * x))
    w = np.exp(-2.0 / 252.0 * np.arange(len(x))[::-1])
    oracle = sm.WLS(clipped, sm.add_constant(x), weights=w).fit().params[1]
    assert Welch().estimate(pairs)["A0"].value == pytest.approx(oracle, rel=1e-11)


def test_one_wild_day_hardly_moves_welch() -> None:
    """A day of +60% on a flat market turns the plain slope far, and the clipped one a little."""
    pairs = noisy_pairs((1.0,), n=300, noise=0.004)
    x, y = series(pairs, 1)
    y = y.copy()
    x = x.copy()
    x[-5], y[-5] = 0.03, 0.60
    wild = pairs_of(x, y)
    assert Ols().estimate(wild)["A0"].value - 1.0 > 0.6
    assert abs(Welch().estimate(wild)["A0"].value - 1.0) < 0.35


@given(half_life=st.floats(5, 500))
def test_no_clipping_and_no_decay_is_ols(half_life: float) -> None:
    """Welch without clipping is EWMA, and without decay OLS."""
    pairs = noisy_pairs((0.9,), n=300)
    welch = Welch(half_width=np.inf, half_life=half_life).estimate(pairs)["A0"]
    assert welch.value == pytest.approx(Ewma(half_life=half_life).estimate(pairs)["A0"].value, rel=1e-12)
    flat = Welch(half_width=np.inf, half_life=None, window=252).estimate(pairs)["A0"]
    assert flat.value == pytest.approx(Ols().estimate(pairs)["A0"].value, rel=1e-12)


def test_slow_decay_is_ols() -> None:
    """A half-life of ages is no decay."""
    pairs = noisy_pairs((0.9,), n=300)
    slow = Ewma(half_life=1e9, window=252).estimate(pairs)["A0"]
    robust = Ols(errors="robust").estimate(pairs)["A0"]
    assert (slow.value, slow.stderr) == pytest.approx((robust.value, robust.stderr), rel=1e-6)


def test_clipping_collapses_on_a_flat_day() -> None:
    """On a day on which the market did not move, the clipped return is nought."""
    assert winsorise_slopes(np.array([0.0]), np.array([0.3])).tolist() == [0.0]


def test_a_short_history_is_flagged() -> None:
    """A beta from fewer than half the window's days says so."""
    assert Flag.SHORT_HISTORY in Ols(window=252).estimate(noisy_pairs((1.0,), n=100))["A0"].flags
    assert Flag.SHORT_HISTORY not in Ols(window=252).estimate(noisy_pairs((1.0,), n=300))["A0"].flags


def test_impossible_windows_and_half_lives_are_refused() -> None:
    """A window of one day and a half-life of nought are refused."""
    with pytest.raises(InputError, match="window"):
        Ols(window=1).estimate(noisy_pairs((1.0,), n=100))
    with pytest.raises(InputError, match="half-life"):
        Ewma(half_life=0.0).estimate(noisy_pairs((1.0,), n=100))
