"""Betas say what they speak of, and carry both readings: the slope of the past and the mean beta to come."""

from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm

from beta_pairs import pairs_of
from trimtab.beta.estimate import BetaReading, Betas, SpeaksOf
from trimtab.beta.method import parse_method
from trimtab.beta.override import Override, apply_overrides
from trimtab.errors import InputError
from trimtab.market.returns import PairedReturns

FITS = ("ols", "ewma", "welch", "dimson", "huber", "lad", "theil-sen", "welch|vasicek", "weekly|ols", "welch|blume")
FORECASTS = {"auto": 63, "two-speed": 63, "two-speed(horizon=0)": 0, "kalman": 0, "kalman-mr": 63, "dcc": 1,
             "welch|double": 63, "weekly|kalman": 0, "auto(horizon=21)": 21}  # fmt: skip


@pytest.fixture(scope="module")
def pairs() -> PairedReturns:
    """Four assets over 400 days."""
    rng = np.random.default_rng(4)
    x = 0.01 * rng.standard_t(5, 400)
    e = rng.normal(0, 0.012, (400, 4)) + 0.008 * rng.standard_t(5, (400, 1))
    return pairs_of(x, np.array([0.5, 1.0, 1.5, -3.0]) * x[:, None] + e)


@pytest.mark.parametrize("method", FITS)
def test_a_regression_speaks_of_the_past(pairs: PairedReturns, method: str) -> None:
    """Regressions, and shrinkages of them, answer with the fit and have no forecast."""
    betas = parse_method(method).estimate(pairs)
    assert betas.speaks_of == SpeaksOf()
    assert betas.reading(BetaReading.FORECAST) is None
    assert betas.reading(BetaReading.FIT) is not None


@pytest.mark.parametrize("method", FORECASTS)
def test_a_forecast_names_its_horizon_and_brings_its_fit(pairs: PairedReturns, method: str) -> None:
    """Methods that forecast say over which days, and carry the fit of the same assets in the same order."""
    betas = parse_method(method).estimate(pairs)
    assert betas.speaks_of == SpeaksOf(reading=BetaReading.FORECAST, horizon=FORECASTS[method])
    fitted = betas.reading(BetaReading.FIT)
    assert fitted is betas.fitted is not None
    assert fitted.assets == betas.assets
    assert fitted.scores.shape[1] == len(betas.assets)
    assert betas.forecast is None
    own = betas.reading(BetaReading.FORECAST)
    assert own is not None
    assert (own.fitted, own.values().tolist()) == (None, betas.values().tolist())


def test_a_portfolios_fit_is_the_regression_of_its_returns(pairs: PairedReturns) -> None:
    """The error of a portfolio's fit is that of its own slope, with what its parts share."""
    weights = np.array([0.0, 0.6, -0.2, 0.5, 0.1])
    fitted = parse_method("auto").estimate(pairs).fitted
    assert fitted is not None
    rows = slice(-252, None)
    x, y = pairs.market[rows, 0], pairs.asset[rows] @ weights
    known = np.isfinite(x) & np.isfinite(y)
    line = sm.OLS(y[known], sm.add_constant(x[known])).fit(cov_type="HC3")
    assert fitted.values() @ weights == pytest.approx(line.params[1], abs=1e-12)
    assert fitted.combined_error(weights) == pytest.approx(line.bse[1], rel=1e-9)


def test_a_stated_beta_counts_in_both_readings(pairs: PairedReturns) -> None:
    """An override replaces the fit as well as the forecast."""
    betas = parse_method("auto").estimate(pairs)
    name = betas.assets[1]
    mine = Override(asset=name, value=0.25, stderr=0.05, who="PM", why="new division", until="2999-01-01")
    changed = apply_overrides(betas, [mine])
    assert changed.fitted is not None
    assert (changed[name].value, changed.fitted[name].value) == (0.25, 0.25)
    assert changed.fitted.combined_error(np.eye(5)[1]) == pytest.approx(0.05)


def test_companions_that_do_not_fit_are_refused(pairs: PairedReturns) -> None:
    """Other assets, another order, the same reading twice, or companions of companions are not one result."""
    betas = parse_method("auto").estimate(pairs)
    fitted = betas.fitted
    assert fitted is not None

    def turned(one: Betas) -> Betas:
        return replace(one, estimates=one.estimates[::-1])

    for wrong in (
        lambda: replace(betas, fitted=turned(fitted)),
        lambda: replace(betas, forecast=betas.reading(BetaReading.FORECAST)),
        lambda: replace(fitted, forecast=betas),
        lambda: replace(fitted, fitted=fitted),
    ):
        with pytest.raises(InputError, match="companion"):
            wrong()
    with pytest.raises(InputError, match="horizon"):
        SpeaksOf(horizon=63)


def test_a_reading_may_be_named_by_a_word(pairs: PairedReturns) -> None:
    """A word gives the reading of its name, never the other one; another word is refused."""
    betas = parse_method("auto").estimate(pairs)
    for reading in BetaReading:
        assert betas.reading(reading.value).estimates == betas.reading(reading).estimates
    assert betas.reading("fit")["A0"].stderr != betas.reading("forecast")["A0"].stderr
    with pytest.raises(InputError, match="'fit' or 'forecast'"):
        betas.reading("past")
