"""What the diagnostics find, planted one trouble at a time."""

import numpy as np
import pytest
import statsmodels.api as sm

from beta_pairs import noisy_pairs, pairs_of, series
from trimtab.beta.diagnostics import Diagnosis, diagnose


def one(x: np.ndarray, y: np.ndarray, **options: object) -> Diagnosis:
    """Diagnose one asset."""
    return diagnose(pairs_of(x, y), **options)[0]


def draws(n: int = 504, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Give benchmark returns and noise."""
    rng = np.random.default_rng(seed)
    return rng.normal(0, 0.01, n), rng.normal(0, 0.008, n)


def test_an_honest_beta_has_nothing_said_about_it() -> None:
    """Of forty clean assets nearly all pass without a word."""
    rng = np.random.default_rng(10)
    x = rng.normal(0, 0.01, 504)
    found = diagnose(pairs_of(x, x[:, None] + rng.normal(0, 0.008, (504, 40))))
    assert sum(bool(d.words) for d in found) <= 4
    assert all(d.recommendation is None for d in found)


def test_late_prices_recommend_dimson() -> None:
    """An asset that answers half a day late is sent to Dimson."""
    x, e = draws()
    found = one(x, 0.5 * x + 0.5 * np.concatenate([[0.0], x[:-1]]) + e)
    assert found.recommendation == "dimson"
    assert "late" in found.words[0]
    assert found.lag_slope == pytest.approx(0.5, abs=0.15)


def test_an_early_asset_recommends_longer_returns() -> None:
    """An asset that moves before the benchmark is sent to weekly returns."""
    x, e = draws()
    found = one(x, 0.5 * x + 0.5 * np.concatenate([x[1:], [0.0]]) + e)
    assert found.recommendation == "weekly|ols"
    assert "benchmark's prices" in found.words[0]


def test_a_change_of_beta_is_dated_and_sized() -> None:
    """A beta that goes from .5 to 1.5 halfway is found near the middle, with its size."""
    x, e = draws()
    found = one(x, np.where(np.arange(504) < 252, 0.5, 1.5) * x + e)
    assert found.break_statistic > 1.358
    assert found.break_size == pytest.approx(1.0, abs=0.2)
    middle = pairs_of(x, e).dates[253]
    assert abs((found.break_date - middle) / np.timedelta64(1, "D")) < 60
    assert any("changed" in w for w in found.words)


def test_the_change_statistic_has_its_size() -> None:
    """Without a change, about one asset in twenty passes the 5% point of the bridge."""
    rng = np.random.default_rng(5)
    x = rng.normal(0, 0.01, 504)
    found = diagnose(pairs_of(x, x[:, None] + rng.normal(0, 0.01, (504, 400))), methods=("ols",))
    assert 0.015 < np.mean([d.break_statistic > 1.358 for d in found]) < 0.085


def test_influence_is_that_of_leaving_the_day_out() -> None:
    """The largest dfbeta is statsmodels', and the wild day is named."""
    x, e = draws(300)
    e[120] += 0.4
    x[120] = 0.04
    found = one(x, x + e)
    pairs = pairs_of(x, x + e)
    market, asset = series(pairs, 1)
    without = np.polyfit(np.delete(market, 120), np.delete(asset, 120), 1)[0]
    full = np.polyfit(market, asset, 1)[0]
    assert found.influence == pytest.approx(full - without, rel=1e-9)
    assert found.influence_date == pairs.dates[121]
    assert any("one day" in w for w in found.words)


def test_autocorrelation_and_explained_share_agree_with_statsmodels() -> None:
    """R squared is the regression's, and the autocorrelation is that of its residuals."""
    x, e = draws(300)
    y = x + e - 0.4 * np.concatenate([[0.0], e[:-1]])
    pairs = pairs_of(x, y)
    fit = sm.OLS(series(pairs, 1)[1], sm.add_constant(series(pairs, 1)[0])).fit()
    r = fit.resid
    found = one(x, y)
    assert found.r_squared == pytest.approx(fit.rsquared, rel=1e-9)
    assert found.autocorrelation == pytest.approx((r[1:] @ r[:-1]) / (r[:-1] @ r[:-1]), rel=1e-6)
    assert any("Newey-West" in w for w in found.words)


def test_methods_that_disagree_are_shown_side_by_side() -> None:
    """Wild days on which a clipped beta and a plain one part are reported in errors of the first."""
    x, e = draws(252, seed=4)
    y = x + 0.1 * e
    y[::25] += 6.0 * np.abs(x[::25]) * np.sign(x[::25])
    found = one(x, y, methods=("ols", "huber", "bloomberg"))
    names = [name for name, _ in found.estimates]
    assert names == ["ols", "huber", "bloomberg"]
    values = dict(found.estimates)
    spread = np.nanmax(list(values.values())) - np.nanmin(list(values.values()))
    assert found.disagreement > 0
    assert spread > 0


def test_a_benchmark_that_explains_nothing_is_called_out() -> None:
    """An asset without a link to the benchmark is said to be beyond hedging by beta."""
    x, e = draws()
    assert any("explains" in w for w in one(x, e).words)


def test_thin_data_have_no_diagnosis() -> None:
    """Twenty days give NaN everywhere, and no words."""
    found = diagnose(noisy_pairs((1.0,), n=20))[0]
    assert np.isnan(found.r_squared)
    assert found.break_date is None
    assert found.words == ()


def test_a_copy_of_the_benchmark_has_no_wild_day() -> None:
    """Where the line fits exactly there is no error that a day's influence could be measured in."""
    x, _ = draws(300)
    found = one(x, 2.0 * x)
    assert not any("one day" in w for w in found.words)
