"""Sharpe, Sortino, Calmar, capture: published numbers, empyrical where it is right, and laws."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.signal import lfilter

from performance.bacon import BENCHMARK, PORTFOLIO
from performance.managers import HAM1, SP500_TR
from trimtab.errors import InputError, NotEnoughDataError
from trimtab.performance.alpha import annual_return
from trimtab.performance.capture import capture
from trimtab.performance.deflated import deflated_sharpe, expected_best_sharpe, probabilistic_sharpe
from trimtab.performance.ratios import (
    Sharpe,
    calmar_ratio,
    largest_drawdown,
    lo_factor,
    sharpe_ratio,
    sortino_ratio,
)
from trimtab.performance.relative import tracking_error

RNG = np.random.default_rng(17)
MARKET = RNG.standard_t(5, 750) * 0.008 + 0.0004
BOOK = 0.7 * MARKET + RNG.normal(0.0001, 0.005, 750)


@pytest.mark.parametrize(("rho", "factor"), [(0.0, 3.464), (0.2, 2.879), (-0.2, 4.171)])
def test_lo_annualisation(rho, factor):
    """Lo (2002): the factor for twelve months of an autoregression."""
    assert lo_factor(rho ** np.arange(1, 12) if rho else [], periods=12) == pytest.approx(factor, abs=5e-4)


def test_lo_factor_refuses_impossible_autocorrelations():
    """Autocorrelations that leave no variance give no factor."""
    assert lo_factor([-1.0], periods=2) is None


def test_adjusted_annualisation_recovers_the_yearly_ratio():
    """With AR(1) months, the adjusted ratio is near the true yearly one and the plain one overstates it."""
    rng = np.random.default_rng(4)
    months = 0.01 + lfilter([1.0], [1.0, -0.4], rng.normal(0, 0.02, 240_000))
    measured = sharpe_ratio(months, periods_per_year=12, lags=11)
    yearly = months.reshape(-1, 12).sum(axis=1)
    truth = yearly.mean() / yearly.std(ddof=1)
    assert measured.annual_adjusted == pytest.approx(truth, rel=0.02)
    assert measured.annual > 1.3 * truth


def test_error_of_the_ratio_is_what_repeated_samples_show():
    """The stated error equals the spread of ratios over 4,000 skewed samples to within 5%."""
    rng = np.random.default_rng(8)
    draws = 0.05 - (rng.gamma(4.0, 0.5, (4000, 500)) - 2.0)
    ratios = draws.mean(axis=1) / draws.std(axis=1, ddof=1)
    stated = np.mean([sharpe_ratio(row, periods_per_year=12).stderr for row in draws[:200]])
    assert stated == pytest.approx(ratios.std(), rel=0.05)


def made(per_period: float, n: int, skewness: float, kurtosis: float) -> Sharpe:
    """Make a ratio with given moments."""
    spread = 1 - skewness * per_period + (kurtosis - 1) / 4 * per_period**2
    return Sharpe(
        per_period=per_period,
        stderr=sqrt(spread / (n - 1)),
        stderr_normal=sqrt((1 + per_period**2 / 2) / n),
        annual=per_period * sqrt(250),
        annual_adjusted=None,
        lags=0,
        skewness=skewness,
        kurtosis=kurtosis,
        n_obs=n,
        periods_per_year=250.0,
    )


def test_deflated_sharpe_example():
    """Bailey and Lopez de Prado (2014): yearly 2.5 over 1,250 days, skew -3, kurtosis 10, 100 trials -> .9004."""
    chosen = made(2.5 / sqrt(250), 1250, -3.0, 10.0)
    assert expected_best_sharpe(trials=100, spread=sqrt(0.5 / 250)) == pytest.approx(0.1132, abs=5e-5)
    assert deflated_sharpe(chosen, trials=100, spread=sqrt(0.5 / 250)) == pytest.approx(0.9004, abs=5e-5)
    assert deflated_sharpe(chosen, trials=46, spread=sqrt(0.5 / 250)) == pytest.approx(0.9505, abs=5e-4)


def test_expected_best_matches_a_simulation():
    """The best of 50 worthless ratios is on average what the formula says."""
    best = np.random.default_rng(1).standard_normal((20_000, 50)).max(axis=1).mean()
    assert expected_best_sharpe(trials=50, spread=1.0) == pytest.approx(best, rel=0.02)
    assert expected_best_sharpe(trials=1, spread=1.0) == 0.0
    with pytest.raises(InputError):
        expected_best_sharpe(trials=0, spread=1.0)


def test_more_trials_prove_less():
    """The deflated ratio falls with every further trial, and one trial is the probabilistic ratio."""
    measured = sharpe_ratio(BOOK, periods_per_year=252)
    values = [deflated_sharpe(measured, trials=n, spread=0.02) for n in (1, 5, 50, 500)]
    assert values[0] == probabilistic_sharpe(measured)
    assert values == sorted(values, reverse=True)


def test_moments_are_scipys():
    """Skewness and kurtosis are the population moments that SciPy gives."""
    measured = sharpe_ratio(BOOK, periods_per_year=252)
    assert measured.skewness == pytest.approx(stats.skew(BOOK))
    assert measured.kurtosis == pytest.approx(stats.kurtosis(BOOK, fisher=False))
    assert stats.kurtosis(PORTFOLIO, fisher=False) == pytest.approx(2.43, abs=5e-3)  # Bacon, as PerformanceAnalytics


#: What empyrical-reloaded 0.7.1 gives for BOOK and MARKET, 750 days; half the rows of `holes` are missing.
EMPYRICAL = {
    "sharpe_ratio": 1.3319671383152434, "sortino_ratio": 2.1229937352015376, "calmar_ratio": 1.6509316529786708,
    "max_drawdown": -0.11599413847688847, "annual_return": 0.19149839477148634, "excess_sharpe": -0.03997081146461109,
    "up_capture": 0.46626996691533873, "down_capture": 0.8424417355367643, "annual_return of holes": 0.0915577835238437,
}  # fmt: skip


def test_empyrical_where_it_is_right():
    """Sharpe, Sortino, Calmar, drawdown, yearly return, tracking and annualised capture equal empyrical's."""
    kept = capture(BOOK, MARKET, convention="annualised", periods_per_year=252)
    ours = {
        "sharpe_ratio": sharpe_ratio(BOOK, periods_per_year=252).annual,
        "sortino_ratio": sortino_ratio(BOOK, periods_per_year=252),
        "calmar_ratio": calmar_ratio(BOOK, periods_per_year=252),
        "max_drawdown": -largest_drawdown(BOOK),
        "annual_return": annual_return(BOOK, periods_per_year=252),
        "excess_sharpe": np.mean(BOOK - MARKET) * sqrt(252) / tracking_error(BOOK, MARKET, periods_per_year=252),
        "up_capture": kept.up,
        "down_capture": kept.down,
    }
    assert ours == pytest.approx({name: EMPYRICAL[name] for name in ours}, rel=1e-9)


def test_empyrical_counts_missing_days_and_we_do_not():
    """With half the days missing empyrical about halves the yearly return, because it divides by rows; ours stays."""
    holes = np.column_stack([BOOK, np.full(750, np.nan)]).ravel()
    assert annual_return(holes, periods_per_year=252) == pytest.approx(annual_return(BOOK, periods_per_year=252))
    # Its number is the same growth over twice as many rows.
    grown = (1.0 + annual_return(BOOK, periods_per_year=252)) ** 0.5 - 1.0
    assert EMPYRICAL["annual_return of holes"] == pytest.approx(grown, rel=1e-9)


def test_empyrical_itself_still_says_so():
    """Where the library is installed, the numbers above are its own."""
    empyrical = pytest.importorskip("empyrical", reason="empyrical is not installed; its numbers are kept in this file")
    for name in ("sharpe_ratio", "sortino_ratio", "calmar_ratio", "max_drawdown", "annual_return"):
        assert getattr(empyrical, name)(BOOK) == pytest.approx(EMPYRICAL[name])
    for name in ("excess_sharpe", "up_capture", "down_capture"):
        assert getattr(empyrical, name)(BOOK, MARKET) == pytest.approx(EMPYRICAL[name])


def test_downside_deviation_of_bacon():
    """PerformanceAnalytics: downside deviation of Bacon's portfolio about 0.5% a month is 0.0255, over all months."""
    implied = (PORTFOLIO - 0.005).mean() / sortino_ratio(PORTFOLIO, periods_per_year=1, target=0.005)
    assert implied == pytest.approx(0.0255, abs=5e-5)


@given(st.floats(0.1, 3.0))
def test_a_fixed_share_captures_that_share(share):
    """Half the benchmark and half cash captures half of both sides, has beta one half, and no advantage."""
    kept = capture(share * MARKET, MARKET, convention="arithmetic")
    assert (kept.up, kept.down, kept.ratio) == pytest.approx((share, share, 1.0))
    assert (kept.up_beta.value, kept.down_beta.value) == pytest.approx((share, share))


def test_capture_conventions_differ():
    """Arithmetic and geometric are close, the annualised one is far from both; a zero day is on no side."""
    kinds = {
        k: capture(BOOK, MARKET, convention=k, periods_per_year=252) for k in ("arithmetic", "geometric", "annualised")
    }
    assert kinds["geometric"].up == pytest.approx(kinds["arithmetic"].up, rel=0.02)
    assert abs(kinds["annualised"].up / kinds["geometric"].up - 1) > 0.1
    flat = capture(np.append(BOOK, 0.01), np.append(MARKET, 0.0))
    assert flat.n_up + flat.n_down == flat.n_obs - 1
    only_up = capture([0.01, 0.02], [0.01, 0.03])
    assert (only_up.down, only_up.ratio, only_up.up_beta) == (None, None, None)


def test_annualising_a_side_needs_a_year():
    """No number of periods is taken for granted."""
    with pytest.raises(InputError, match="how many periods make a year"):
        capture(BOOK, MARKET, convention="annualised")


@pytest.mark.parametrize("convention", ["geometric", "annualised"])
def test_a_total_loss_has_no_capture_by_growth(convention):
    """Where everything was lost in the falls, growth is zero and no power of it says what was captured."""
    lost = capture([0.01, -1.0, 0.02], [0.01, -0.1, 0.03], convention=convention, periods_per_year=252)
    assert (lost.down, lost.ratio) == (None, None)
    nearly = capture([0.01, -0.999, 0.02], [0.01, -0.1, 0.03], convention=convention, periods_per_year=252)
    assert nearly.down == pytest.approx(9.99) if convention == "geometric" else nearly.down > 1


def test_planted_betas_of_both_sides():
    """A book with beta 1.3 in falls and 0.6 in rises shows both within three errors."""
    book = np.where(MARKET > 0, 0.6, 1.3) * MARKET + RNG.normal(0, 0.003, 750)
    kept = capture(book, MARKET)
    assert abs(kept.up_beta.value - 0.6) < 3 * kept.up_beta.stderr
    assert abs(kept.down_beta.value - 1.3) < 3 * kept.down_beta.stderr


def test_refusals():
    """A series that does not vary has no Sharpe ratio; no shortfall no Sortino; no drawdown no Calmar."""
    with pytest.raises(NotEnoughDataError, match="vary"):
        sharpe_ratio([0.01] * 30, periods_per_year=12)
    assert sortino_ratio([0.01, 0.02], periods_per_year=12) is None
    assert calmar_ratio([0.01, 0.02], periods_per_year=12) is None
    with pytest.raises(InputError, match="autocorrelations"):
        sharpe_ratio(PORTFOLIO, periods_per_year=12, lags=12)
    with pytest.raises(InputError, match="geometric"):
        capture(PORTFOLIO, BENCHMARK, convention="harmonic")


def test_capture_of_totals_is_the_published_ratio():
    """A ratio of totals, as PerformanceAnalytics defines it: worked out month by month for its manager HAM1."""
    sides = ((SP500_TR > 0, "up"), (SP500_TR < 0, "down"), (SP500_TR > -1, "whole"))
    for side, name in sides:
        grown, market = 1.0, 1.0
        for r, m in zip(HAM1[side], SP500_TR[side], strict=True):
            grown, market = grown * (1 + r), market * (1 + m)
        share = getattr(capture(HAM1, SP500_TR, convention="total"), name)
        assert share == pytest.approx((grown - 1) / (market - 1))


def test_capture_of_all_periods():
    """Half of every return is half of the whole, arithmetically; without a rise over all there is nothing to share."""
    assert capture(0.5 * MARKET, MARKET, convention="arithmetic").whole == pytest.approx(0.5)
    year = {"periods_per_year": 252}
    whole = annual_return(BOOK, **year) / annual_return(MARKET, **year)
    assert capture(BOOK, MARKET, convention="annualised", **year).whole == pytest.approx(whole)
    assert capture(BOOK, -np.abs(MARKET)).whole is None


def test_sides_of_excess_returns():
    """Captures are of total returns; slopes of returns in excess of the risk-free rate, as every other beta."""
    free = np.linspace(0.0, 0.004, 750)
    plain, excess = capture(BOOK, MARKET), capture(BOOK, MARKET, risk_free=free)
    assert (excess.up, excess.down) == (plain.up, plain.down)
    for side, slope in ((MARKET > 0, excess.up_beta), (MARKET < 0, excess.down_beta)):
        assert slope.value == pytest.approx(np.polyfit((MARKET - free)[side], (BOOK - free)[side], 1)[0])
    assert excess.up_beta.value != pytest.approx(plain.up_beta.value, abs=1e-6)
