"""Regimes and convergence: what conditioning does by itself, and what really changed."""

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.risk.convergence import convergence, convergence_history, effective_bets, push
from trimtab.risk.regime import (
    conditional_correlation,
    corrected_correlation,
    falls,
    high_volatility,
    large_moves,
    regime_review,
)
from trimtab.sample import prices_path

RNG = np.random.default_rng(61)
MARKET = RNG.normal(0, 0.01, 4000)


def test_longin_solnik():
    """Longin and Solnik (2001): rho .5 shows as .62 where |x| > .674 and as .21 below, by simulation and formula."""
    x = np.random.default_rng(1).standard_normal(400_000)
    y = 0.5 * x + np.sqrt(0.75) * np.random.default_rng(2).standard_normal(400_000)
    large = np.abs(x) > 0.6745
    for rows, printed in ((large, 0.62), (~large, 0.21)):
        seen = np.corrcoef(x[rows], y[rows])[0, 1]
        ratio = x[rows].var() / x.var()
        assert conditional_correlation(0.5, ratio) == pytest.approx(printed, abs=5e-3)
        assert seen == pytest.approx(conditional_correlation(0.5, ratio), abs=6e-3)
        assert corrected_correlation(seen, ratio) == pytest.approx(0.5, abs=0.012)


@given(st.floats(-0.99, 0.99), st.floats(0.05, 20))
def test_correction_undoes_conditioning(rho, ratio):
    """The two formulas are each other's inverse, and a ratio of one changes nothing."""
    assert corrected_correlation(conditional_correlation(rho, ratio), ratio) == pytest.approx(rho, abs=1e-9)
    assert conditional_correlation(rho, 1.0) == pytest.approx(rho)


def test_constant_beta_is_not_called_changed():
    """In 300 samples with constant beta a change is called about 5% of the time, though correlation rises."""
    rng = np.random.default_rng(9)
    changed, higher = 0, 0
    for _ in range(300):
        market = rng.standard_t(5, 600) * 0.01
        asset = 1.1 * market + rng.standard_t(5, 600) * 0.01
        review = regime_review(asset, market, large_moves(market, share=0.2))
        changed += review.changed
        higher += review.stress.correlation > review.calm.correlation
    assert 0.02 <= changed / 300 <= 0.10
    assert higher == 300


def test_a_planted_change_is_found():
    """Beta .9 in calm and 1.5 in falls are found, with statsmodels' robust errors."""
    stress = falls(MARKET, share=0.15)
    asset = np.where(stress, 1.5, 0.9) * MARKET + RNG.normal(0, 0.005, 4000)
    review = regime_review(asset, MARKET, stress)
    assert review.changed
    assert abs(review.difference - 0.6) < 3 * review.stderr
    assert review.stderr == pytest.approx(np.hypot(review.calm.stderr, review.stress.stderr))
    ends = review.difference + 1.959963984540054 * review.stderr * np.array([-1.0, 1.0])
    assert (review.low, review.high) == pytest.approx(ends)
    fit = sm.OLS(asset[stress], sm.add_constant(MARKET[stress])).fit(cov_type="HC1")
    assert (review.stress.beta, review.stress.stderr) == pytest.approx((fit.params[1], fit.bse[1]))


def test_high_volatility_sees_no_future():
    """The mark of a day depends on the days before: changing the day itself does not change it."""
    base = high_volatility(MARKET[:500], share=0.5)
    moved = MARKET[:500].copy()
    moved[-1] = 0.5
    assert (high_volatility(moved, share=0.5) == base).all()
    assert not base[:21].any()


def test_refusals():
    """A regime of a few days, impossible correlations and too long windows are refused."""
    with pytest.raises(NotEnoughDataError, match="each regime"):
        regime_review(MARKET, MARKET, np.arange(4000) < 5)
    with pytest.raises(InputError, match="correlation"):
        conditional_correlation(1.5, 1.0)
    with pytest.raises(InputError, match="window"):
        high_volatility(MARKET[:10], window=20)


def test_true_dispersion_takes_the_error_off():
    """Assets with one beta have raw dispersion from noise alone; the true one is near zero, a planted one is kept."""
    rng = np.random.default_rng(3)
    market = rng.normal(0, 0.01, 250)
    same = market[:, None] + rng.normal(0, 0.02, (250, 60))
    result = convergence(same, market)
    assert result.dispersion > 0.09
    assert result.true_dispersion < 0.06
    spread = np.linspace(0.4, 1.6, 60)
    planted = convergence(market[:, None] * spread + rng.normal(0, 0.02, (250, 60)), market)
    assert planted.true_dispersion == pytest.approx(spread.std(ddof=1), abs=0.06)


def test_measures_by_hand():
    """Average correlation and absorption equal their definitions through NumPy's correlation and singular values."""
    rng = np.random.default_rng(8)
    returns = rng.normal(size=(300, 7)) @ rng.normal(size=(7, 7))
    result = convergence(returns, returns[:, 0])
    rho = np.corrcoef(returns.T)
    assert result.average_correlation == pytest.approx(rho[np.triu_indices(7, 1)].mean())
    values = np.linalg.svd(returns - returns.mean(axis=0), compute_uv=False) ** 2
    assert result.absorption == pytest.approx(values[:2].sum() / values.sum())
    assert result.n_components == 2
    assert result.betas[0] == pytest.approx(1.0)


def test_correlations_were_higher_in_2008_than_in_2006():
    """On the bundled sample average correlation and absorption rose from a calm year to the crisis."""
    table = pl.read_parquet(prices_path())
    dates = table["date"].to_numpy().astype("datetime64[D]")
    shares = list(table.columns[2:22])
    values = table.select(["SPX", *shares]).to_numpy()
    returns = values[1:] / values[:-1] - 1

    def year(number: int):
        rows = dates[1:].astype("datetime64[Y]") == np.datetime64(str(number))
        return convergence(returns[rows, 1:], returns[rows, 0])

    calm, crisis = year(2006), year(2008)
    assert crisis.average_correlation > calm.average_correlation + 0.2
    assert crisis.absorption > calm.absorption


def test_history_sees_no_future():
    """Each window's measures are those of its own rows alone."""
    returns = RNG.normal(size=(400, 4))
    history = convergence_history(returns, MARKET[:400], window=100, step=50)
    assert [row for row, _ in history] == [99, 149, 199, 249, 299, 349, 399]
    cut = convergence_history(returns[:200], MARKET[:200], window=100, step=50)
    assert all((a.betas == b.betas).all() for (_, a), (_, b) in zip(cut, history, strict=False))


def test_effective_bets():
    """Uncorrelated equal risks are n bets, one common factor is close to one."""
    assert effective_bets(np.ones(5), np.diag([1.0, 1.1, 1.2, 1.3, 1.4])) == pytest.approx(5, abs=0.05)
    alike = 0.99 * np.ones((5, 5)) + 0.01 * np.eye(5)
    assert effective_bets(np.ones(5), alike) == pytest.approx(1, abs=0.01)
    with pytest.raises(InputError, match="variance"):
        effective_bets([0.0], [[1.0]])


@given(arrays(np.float64, (6, 6), elements=st.floats(-1, 1)), st.floats(0, 1))
def test_pushed_correlations_stay_a_correlation_matrix(seed, degree):
    """Pushed matrices have ones on the diagonal, no negative eigenvalue, and betas between the old and the ratio."""
    factor = seed + 2 * np.eye(6)
    covariance = factor @ factor.T + 0.1 * np.eye(6)
    sd = np.sqrt(np.diag(covariance))
    rho = covariance / np.outer(sd, sd)
    pushed = push(
        degree,
        weights=np.full(5, 0.2),
        correlation=rho[1:, 1:],
        with_market=rho[0, 1:],
        volatility=sd[1:],
        market_volatility=float(sd[0]),
    )
    assert np.diag(pushed.correlation) == pytest.approx(np.ones(5))
    assert np.linalg.eigvalsh(pushed.correlation).min() > -1e-9
    plain = rho[0, 1:] * sd[1:] / sd[0]
    assert pushed.betas == pytest.approx(plain + degree * (sd[1:] / sd[0] - plain))
    assert pushed.portfolio_sd**2 == pytest.approx(0.04 * pushed.covariance.sum())


def test_convergence_refusals():
    """One asset, a constant asset or a degree above one is refused."""
    with pytest.raises(InputError, match="two assets"):
        convergence(MARKET[:, None], MARKET)
    with pytest.raises(InputError, match="move"):
        convergence(np.column_stack([MARKET, np.ones(4000)]), MARKET)
    with pytest.raises(InputError, match="degree"):
        push(1.5, weights=[1], correlation=[[1]], with_market=[0.5], volatility=[0.1], market_volatility=0.1)
    with pytest.raises(InputError, match="window"):
        convergence_history(np.column_stack([MARKET, MARKET]), MARKET, window=5)
