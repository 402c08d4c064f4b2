"""Alpha: planted, published, against another library, and whether its interval keeps its promise."""

from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import lfilter

from performance.bacon import BENCHMARK, PORTFOLIO
from trimtab.errors import InputError, NotEnoughDataError
from trimtab.performance.alpha import alpha_from_means, annual_return, annualised_alpha, jensen_alpha
from trimtab.performance.regression import critical_value, regress
from trimtab.performance.relative import m_squared, relative_performance, treynor_ratio

PAGE = (Path(__file__).parents[2] / "docs/performance.md").read_text(encoding="utf-8")
RNG = np.random.default_rng(11)
MARKET = RNG.normal(0.0004, 0.01, 600)
NOISE = RNG.standard_t(4, 600) * 0.006


def test_hac_errors_are_those_of_statsmodels():
    """Coefficients and Newey-West errors equal statsmodels' with its small-sample correction, for given lags."""
    y = 0.0002 + 1.1 * MARKET + NOISE
    ours = regress(y, np.column_stack([np.ones(600), MARKET, MARKET**2]), lags=7)
    design = sm.add_constant(np.column_stack([MARKET, MARKET**2]))
    theirs = sm.OLS(y, design).fit(cov_type="HAC", cov_kwds={"maxlags": 7, "use_correction": True})
    assert [t.value for t in ours.terms] == pytest.approx(theirs.params, rel=1e-9)
    assert [t.stderr for t in ours.terms] == pytest.approx(theirs.bse, rel=1e-8)
    assert ours.r_squared == pytest.approx(theirs.rsquared, rel=1e-10)


def test_critical_values_match_a_simulation():
    """The tabulated 95% width is what a simulated t-statistic of white noise shows with the same kernel width."""
    rng = np.random.default_rng(5)
    n, lags = 400, 39
    draws = rng.standard_normal((8000, n))
    residual = draws - draws.mean(axis=1, keepdims=True)
    spectrum = np.fft.rfft(residual, 2 * n, axis=1)
    products = np.fft.irfft(np.abs(spectrum) ** 2, axis=1)[:, : lags + 1]
    weights = 1.0 - np.arange(lags + 1) / (lags + 1.0)
    long_run = (products[:, 0] + 2.0 * products[:, 1:] @ weights[1:]) / n
    t = np.abs(draws.mean(axis=1)) * np.sqrt(n / long_run)
    assert critical_value(n, lags) == pytest.approx(np.quantile(t, 0.95), abs=0.06)


@pytest.mark.slow
@pytest.mark.parametrize(("n", "rho"), [(120, 0.1), (250, 0.2), (500, 0.2), (500, -0.2), (750, 0.3)])
def test_intervals_cover_the_planted_alpha(n, rho):
    """Over 2,000 runs with autocorrelated, fat-tailed residuals 93-97% of 95% intervals hold, as the page says."""
    rng = np.random.default_rng(3)
    alphas = betas = 0
    for _ in range(2000):
        market = rng.standard_t(4, n) * 0.01 / np.sqrt(2)
        shocks = rng.standard_t(4, n + 100) * 0.01 / np.sqrt(2)
        residual = lfilter([1.0], [1.0, -rho], shocks)[100:]
        result = jensen_alpha(0.0004 + 1.2 * market + residual, market, periods_per_year=252)
        alphas += result.per_period.covers(0.0004)
        betas += result.beta.covers(1.2)
    assert 0.93 <= alphas / 2000 <= 0.97
    assert 0.93 <= betas / 2000 <= 0.97
    row = f"| {n} | {rho} | {alphas / 2000:.1%} | {betas / 2000:.1%} |".replace("-", "−")
    assert row in PAGE, row


def test_bacon_and_performance_analytics_alpha():
    """PerformanceAnalytics prints -0.0142 for the annualised alpha of Bacon's two years (SFM.jensenAlpha)."""
    assert annualised_alpha(PORTFOLIO, BENCHMARK, periods_per_year=12) == pytest.approx(-0.01416944, abs=5e-9)


def test_three_yearly_alphas_differ_and_are_named():
    """Arithmetic is p times the alpha, compounded is its power, and the annualised one is neither."""
    result = jensen_alpha(PORTFOLIO, BENCHMARK, periods_per_year=12)
    assert result.arithmetic.value == pytest.approx(12 * result.per_period.value)
    assert result.compounded.value == pytest.approx((1 + result.per_period.value) ** 12 - 1)
    assert annualised_alpha(PORTFOLIO, BENCHMARK, periods_per_year=12) != pytest.approx(
        result.arithmetic.value, abs=1e-4
    )
    assert result.compounded.low < result.compounded.value < result.compounded.high
    whole = annualised_alpha(PORTFOLIO, BENCHMARK, periods_per_year=12)
    three = (result.arithmetic.value, result.compounded.value, whole)
    assert "they are {}, {} and {}.".format(*(f"{v:.2%}".replace("-", "−") for v in three)) in PAGE


def test_specific_risk_of_performance_analytics_and_why_ours_is_larger():
    """Its 0.0329 divides squared residuals by n; ours divides by n - 2, as a sample with two fitted numbers needs."""
    result = jensen_alpha(PORTFOLIO, BENCHMARK, periods_per_year=12)
    population = result.residual_sd * np.sqrt((24 - 2) / 24 * 12)
    assert population == pytest.approx(0.0329, abs=5e-5)
    ratio = annualised_alpha(PORTFOLIO, BENCHMARK, periods_per_year=12) / population
    assert ratio == pytest.approx(-0.430, abs=5e-4)


def test_bodie_kane_marcus():
    """Investments, ch. 24: alpha 2.6%, Treynor 24.2/22.0, information ratio .144, M2 -1.29%."""
    alpha = alpha_from_means(portfolio=0.35, benchmark=0.28, risk_free=0.06, beta=1.2)
    assert alpha == pytest.approx(0.026)
    assert alpha / 0.18 == pytest.approx(0.144, abs=5e-4)
    assert treynor_ratio(excess=0.29, beta=1.2) == pytest.approx(0.242, abs=5e-4)
    value = m_squared(portfolio=0.35, portfolio_sd=0.42, benchmark_sd=0.30, risk_free=0.06)
    assert value - 0.28 == pytest.approx(-0.0129, abs=5e-5)


def test_a_series_with_the_moments_of_bodie_kane_marcus_gives_the_same():
    """Returns built to have exactly the book's means, deviations and beta give the book's measures end to end."""
    rng = np.random.default_rng(2)
    raw = np.linalg.qr(np.column_stack([np.ones(60), rng.normal(size=(60, 2))]))[0][:, 1:] * np.sqrt(59)
    market = 0.28 + 0.30 * raw[:, 0]
    portfolio = 0.06 + 0.026 + 1.2 * (market - 0.06) + np.sqrt(0.42**2 - 0.36**2) * raw[:, 1]
    result = relative_performance(portfolio, market, periods_per_year=1, risk_free=0.06)
    assert result.beta == pytest.approx(1.2)
    assert result.portfolio_sd == pytest.approx(0.42)
    assert (result.treynor, result.m_squared_excess) == pytest.approx((0.29 / 1.2, -0.012857), abs=1e-6)
    excess = result.portfolio_return - 0.06
    assert (excess / result.portfolio_sd, 0.22 / result.benchmark_sd) == pytest.approx((0.690, 0.733), abs=5e-4)
    # The book's .18 does not fit its other numbers: sqrt(.42^2 - .36^2) is .2163, here with n - 2.
    assert result.appraisal == pytest.approx(0.026 / (0.216333 * np.sqrt(59 / 58)), rel=1e-5)


def test_m_squared_of_performance_analytics():
    """PerformanceAnalytics prints M2 = 0.10062 for Bacon's two years (geometric)."""
    result = relative_performance(PORTFOLIO, BENCHMARK, periods_per_year=12, convention="geometric")
    assert result.m_squared == pytest.approx(0.10062, abs=5e-6)


@given(st.floats(0.2, 5), st.floats(-0.01, 0.01))
def test_scaling_and_shifting(scale, shift):
    """A levered portfolio has its alpha and beta times the leverage; a sure return adds to alpha alone."""
    base = jensen_alpha(0.8 * MARKET + NOISE, MARKET, periods_per_year=252)
    moved = jensen_alpha(scale * (0.8 * MARKET + NOISE) + shift, MARKET, periods_per_year=252)
    assert moved.beta.value == pytest.approx(scale * base.beta.value, rel=1e-9)
    assert moved.per_period.value == pytest.approx(scale * base.per_period.value + shift, abs=1e-12)
    assert moved.per_period.stderr == pytest.approx(scale * base.per_period.stderr, rel=1e-9)


def test_a_missing_period_is_left_out_and_counted():
    """A NaN on either side drops the period from both; nothing is filled."""
    y = 0.8 * MARKET + NOISE
    holes = y.copy()
    holes[[3, 50]] = np.nan
    kept = np.delete(np.arange(600), [3, 50])
    with_holes = jensen_alpha(holes, MARKET, periods_per_year=252)
    without = jensen_alpha(y[kept], MARKET[kept], periods_per_year=252)
    assert with_holes.per_period == without.per_period
    assert (with_holes.n_obs, with_holes.n_missing) == (598, 2)


def test_refusals():
    """Too short, a flat benchmark, unequal lengths, an infinite return or an unknown level is refused with a reason."""
    with pytest.raises(NotEnoughDataError, match="at least 12"):
        jensen_alpha([0.01] * 5, [0.01] * 5, periods_per_year=12)
    with pytest.raises(NotEnoughDataError, match="benchmark moves"):
        jensen_alpha(NOISE, np.zeros(600), periods_per_year=252)
    with pytest.raises(InputError, match="one length"):
        jensen_alpha(NOISE, MARKET[1:], periods_per_year=252)
    with pytest.raises(InputError, match="finite"):
        jensen_alpha(np.where(np.arange(600) == 7, np.inf, NOISE), MARKET, periods_per_year=252)
    with pytest.raises(InputError, match="level"):
        jensen_alpha(NOISE, MARKET, periods_per_year=252, level=0.93)
    with pytest.raises(InputError, match="periods in a year"):
        annual_return([0.01], periods_per_year=0)
