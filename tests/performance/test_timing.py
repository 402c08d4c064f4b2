"""Timing regressions: exact cases, planted truth, and signs."""

import numpy as np
import pytest
import statsmodels.api as sm

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.performance.timing import conditional_alpha, henriksson_merton, treynor_mazuy

RNG = np.random.default_rng(23)
MARKET = RNG.normal(0.0005, 0.01, 900)
NOISE = RNG.normal(0, 0.004, 900)


def test_exact_cases():
    """Henriksson-Merton on max(market, 0): beta 1, timing 1, alpha 0. Treynor-Mazuy on .01 + .8x + 2x^2: exact."""
    perfect = henriksson_merton(np.maximum(MARKET, 0), MARKET)
    assert [perfect.intercept.value, perfect.beta.value, perfect.timing.value] == pytest.approx([0, 1, 1], abs=1e-12)
    curve = treynor_mazuy(0.01 + 0.8 * MARKET + 2 * MARKET**2, MARKET)
    assert [curve.intercept.value, curve.beta.value, curve.timing.value] == pytest.approx([0.01, 0.8, 2], abs=1e-10)


def test_the_sign_of_a_bad_timer_is_negative():
    """Who holds more beta in falls than in rises has a negative timing term in both models."""
    bad = np.where(MARKET > 0, 0.6, 1.2) * MARKET + NOISE
    assert henriksson_merton(bad, MARKET).timing.high < 0
    assert treynor_mazuy(bad, MARKET).timing.high < 0


def test_statsmodels_gives_the_same():
    """Coefficients and HAC errors of Henriksson-Merton equal statsmodels'."""
    y = 0.9 * MARKET + NOISE
    ours = henriksson_merton(y, MARKET, lags=5)
    design = sm.add_constant(np.column_stack([MARKET, np.maximum(0, -MARKET)]))
    theirs = sm.OLS(y, design).fit(cov_type="HAC", cov_kwds={"maxlags": 5, "use_correction": True})
    assert ours.timing.value == pytest.approx(theirs.params[2], rel=1e-8)
    assert ours.timing.stderr == pytest.approx(theirs.bse[2], rel=1e-8)


def test_conditioning_removes_alpha_that_known_signals_earned():
    """Beta follows a known signal that also moves the market's mean: plain alpha is off, the conditional one is not."""
    rng = np.random.default_rng(5)
    signal = rng.normal(0, 1, 6000)
    market = 0.0005 + 0.004 * signal + rng.normal(0, 0.01, 6000)
    book = 0.0001 + (0.8 + 0.3 * signal) * market + rng.normal(0, 0.003, 6000)
    fit = conditional_alpha(book, market, signal)
    assert fit.alpha.covers(0.0001)
    assert abs(fit.sensitivities[0].value - 0.3) < 3 * fit.sensitivities[0].stderr
    assert fit.unconditional.low > 0.0005


def test_a_constant_signal_is_refused():
    """A signal that never moves cannot be told apart from beta."""
    with pytest.raises(NotEnoughDataError, match="independent"):
        conditional_alpha(NOISE, MARKET, np.ones(900))
    with pytest.raises(InputError, match="n_signals"):
        conditional_alpha(NOISE, MARKET, np.ones((900, 2, 2)))
