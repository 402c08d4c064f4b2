"""Random baskets and their hedges, each figure again from the returns of the hedged basket itself."""

from dataclasses import replace

import numpy as np
import pytest

from beta_pairs import noisy_pairs
from trimtab.beta.estimators.two_speed import benchmark_series
from trimtab.beta.validation.basket import (
    Baskets,
    draw_baskets,
    extreme_residuals,
    random_residuals,
    variance_removed,
)

AHEAD = 21


def test_what_a_hedge_removes_is_the_variance_of_what_is_left() -> None:
    """One less the variance of basket less hedge over that of the basket, on the days after each date alone."""
    pairs = noisy_pairs(betas=tuple(np.linspace(-0.5, 2.0, 9)), n=260)
    shares = [i for i, name in enumerate(pairs.symbols) if name != "M"]
    rows = np.array([60, 100, 150, 180, 210, len(pairs.dates) - AHEAD])
    members = np.array([shares[:3], shares[3:6], shares[4:7]])
    still = pairs.asset.copy()
    still[181 : 181 + AHEAD, pairs.symbols.index("M")] = 0.0
    still[np.ix_(range(211, 211 + AHEAD), shares[:3])] = 0.0
    pairs = replace(pairs, asset=still)
    market = benchmark_series(pairs)
    rng = np.random.default_rng(5)
    forecast = rng.normal(1.0, 0.7, (6, len(pairs.symbols)))
    baskets = Baskets(size=3, members=(members, None, members, members, members, members))
    removed, most = variance_removed(pairs, rows, AHEAD, baskets, {"one": forecast, "none": 0.0 * forecast})
    left, best = [], []
    # The second date has no baskets, after the fourth the benchmark stands still, after the fifth a basket does, and
    # the last has no full period after it.
    for k in (0, 2):
        days = slice(rows[k] + 1, rows[k] + 1 + AHEAD)
        for names in members:
            basket, m = pairs.asset[days][:, names].mean(axis=1), market[days]
            left.append(1 - np.var(basket - forecast[k, names].mean() * m) / np.var(basket))
            best.append(np.corrcoef(basket, m)[0, 1] ** 2)
    assert removed["one"] == pytest.approx(np.mean(left), rel=1e-12)
    assert removed["none"] == pytest.approx(0.0, abs=1e-12)
    assert most == pytest.approx(np.mean(best), rel=1e-12)


def test_residuals_are_realised_less_forecast() -> None:
    """Random baskets: the mean gap of their names; extremes: that of the highest forecasts less that of the lowest."""
    forecast, outcome = np.tile(np.arange(9.0), (2, 1)), np.tile(np.arange(9.0) ** 2, (2, 1))
    members = np.array([[0, 4, 8], [1, 2, 3]])
    residuals = random_residuals(Baskets(size=3, members=(None, members)), forecast, outcome)
    assert residuals == pytest.approx(np.array([[80 / 3 - 4, 14 / 3 - 2]]))
    keep = np.ones((2, 9), dtype=bool)
    keep[1, 0] = False
    # The second date has fewer than three times three names.
    assert extreme_residuals(3, forecast, outcome, keep) == pytest.approx([(149 / 3 - 7) - (5 / 3 - 1)])
    assert extreme_residuals(3, 0.0 * forecast, outcome, keep).size == 0
    assert extreme_residuals(0, forecast, outcome, keep).size == 0


@pytest.mark.parametrize(("names", "size"), [(5, 0), (6, 2), (8, 2), (59, 19), (60, 20), (90, 20)])
def test_baskets_are_a_third_of_the_names_or_twenty(names: int, size: int) -> None:
    """25 baskets a date, each of other names of that date; none where there are fewer than three times their size."""
    keep = np.zeros((2, 100), dtype=bool)
    keep[0, :names] = True
    keep[1, : max(0, 3 * size - 1)] = True
    drawn = draw_baskets(keep, seed=3)
    assert drawn.size == size
    assert drawn.members[1] is None
    if size == 0:
        assert drawn.members[0] is None
        return
    assert np.shape(drawn.members[0]) == (25, size)
    assert all(len(set(basket)) == size and max(basket) < names for basket in np.array(drawn.members[0]).tolist())
