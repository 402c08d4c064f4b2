"""Systematic and specific risk, appraisal and modified Treynor ratio: Bacon's figures, statsmodels, planted truth."""

import numpy as np
import pytest
import statsmodels.api as sm

from performance.bacon import BENCHMARK, PORTFOLIO
from trimtab.errors import InputError, NotEnoughDataError
from trimtab.performance.relative import relative_performance
from trimtab.performance.specific import appraisal_ratio, modified_treynor_ratio, specific_risk, systematic_risk

BACON = {"periods_per_year": 12, "convention": "bacon"}
EVERY = [systematic_risk, specific_risk, appraisal_ratio, modified_treynor_ratio]


def test_bacon_as_performance_analytics():
    """The figures that PerformanceAnalytics prints for Bacon's record, population moments and compound returns."""
    assert appraisal_ratio(PORTFOLIO, BENCHMARK, **BACON) == pytest.approx(-0.43028, abs=5e-6)
    assert modified_treynor_ratio(PORTFOLIO, BENCHMARK, **BACON) == pytest.approx(0.79747, abs=5e-6)
    assert specific_risk(PORTFOLIO, BENCHMARK, **BACON) == pytest.approx(0.03293, abs=5e-6)


def test_regression_is_statsmodels():
    """Residual deviation and alpha are those of least squares on excess returns."""
    free = np.linspace(0.001, 0.004, 24)
    fit = sm.OLS(PORTFOLIO - free, sm.add_constant(BENCHMARK - free)).fit()
    terms = {"periods_per_year": 12, "risk_free": free}
    own, market = specific_risk(PORTFOLIO, BENCHMARK, **terms), systematic_risk(PORTFOLIO, BENCHMARK, **terms)
    assert own == pytest.approx(np.sqrt(12 * fit.mse_resid))
    assert market == pytest.approx(fit.params[1] * np.std(BENCHMARK - free, ddof=1) * np.sqrt(12))
    assert appraisal_ratio(PORTFOLIO, BENCHMARK, **terms) == pytest.approx(12 * fit.params[0] / own)
    assert modified_treynor_ratio(PORTFOLIO, BENCHMARK, **terms) == pytest.approx(
        12 * np.mean(PORTFOLIO - free) / market
    )
    beside = relative_performance(PORTFOLIO, BENCHMARK, periods_per_year=12, risk_free=free)
    assert appraisal_ratio(PORTFOLIO, BENCHMARK, **terms) == pytest.approx(beside.appraisal)


def test_planted_risks_add_up():
    """The squares of both risks are the square of all: residuals have nothing of the benchmark."""
    risks = [f(PORTFOLIO, BENCHMARK, **BACON) for f in (systematic_risk, specific_risk)]
    assert np.hypot(*risks) == pytest.approx(np.std(PORTFOLIO) * np.sqrt(12))


def test_what_has_no_meaning_is_none():
    """A copy has no specific risk, and a beta below zero no Treynor ratio."""
    assert appraisal_ratio(2 * BENCHMARK, BENCHMARK, **BACON) is None
    assert modified_treynor_ratio(-BENCHMARK, BENCHMARK, **BACON) is None


@pytest.mark.parametrize("figure", EVERY)
def test_refusals(figure):
    """Conventions are two, and a year is needed."""
    with pytest.raises(InputError, match="convention regression or bacon"):
        figure(PORTFOLIO, BENCHMARK, periods_per_year=12, convention="sample")
    with pytest.raises(NotEnoughDataError, match="at least 12 periods"):
        figure(PORTFOLIO[:5], BENCHMARK[:5], **BACON)
