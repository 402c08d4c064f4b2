"""The odds of a split, written out with SciPy's densities, and where a step begins to be suspected."""

from math import log

import numpy as np
import pytest
from scipy.stats import norm, t

from trimtab.market.checks.splits import Evidence, log_odds, suspects

FORWARD = {
    2: 1.0, 1.5: 0.6, 3: 0.2, 2.5: 0.03, 4: 0.1, 5: 0.07, 6: 0.03, 7: 0.03, 8: 0.02, 10: 0.06, 12: 0.02, 15: 0.02,
    20: 0.04, 25: 0.01, 30: 0.01, 40: 0.01, 50: 0.01, 100: 0.01,
}  # fmt: skip
REVERSE = {
    2: 0.25, 3: 0.25, 4: 0.2, 5: 0.2, 6: 0.1, 7: 0.1, 8: 0.1, 10: 0.3, 12: 0.05, 15: 0.05, 20: 0.1, 25: 0.05, 30: 0.03,
    40: 0.03, 50: 0.03, 100: 0.03,
}  # fmt: skip


def by_hand(step):
    """Student's densities of split and move, calm days after, and the day's volume."""
    ratios = FORWARD if step.move < 0 else REVERSE
    split = sum(w * t.pdf(abs(step.move), 3, loc=log(r), scale=0.7 * step.usual) for r, w in ratios.items())
    real = t.pdf(step.move, 2.5, scale=0.9 * step.usual)
    odds = log(split / real) - 2 * log((step.following + 0.2) / 0.87)
    if step.surge is not None:
        nearest = min(ratios, key=lambda r: abs(abs(step.move) - log(r)))
        grown = log(nearest) * (1 if step.move < 0 else -1)
        volume = norm.logpdf(log(step.surge), grown, 0.7) - norm.logpdf(log(step.surge), 1.7, 1.0)
        odds += np.clip(volume, -4.0 if nearest <= 4 else 0.0, 4.0)
    return odds


@pytest.mark.parametrize("surge", [None, 0.3, 1.0, 2.1, 9.0, 400.0])
@pytest.mark.parametrize("usual", [0.01, 0.04])
@pytest.mark.parametrize("move", [-0.41, -0.70, -1.39, -2.31, 0.69, 1.4, 3.0])
def test_the_odds_are_the_ratio_of_two_densities(move, usual, surge):
    """Both directions, calm and wild prices, with volumes from far too few to far too many."""
    step = Evidence(move=move, usual=usual, following=0.8, surge=surge)
    assert log_odds(step) == pytest.approx(by_hand(step), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("move", "usual", "suspected"),
    [
        (-log(2) - 0.01 - 5.9 * 0.003, 0.003, True), (-log(2) - 0.01 - 6.1 * 0.003, 0.003, False),
        (-log(1.5) - 0.01 - 3.9 * 0.003, 0.003, True), (-log(1.5) - 0.01 - 4.1 * 0.003, 0.003, False),
        (-log(100) - 0.149, 0.05, True), (-log(100) - 0.151, 0.05, False),
        (log(10) - 0.01 - 5.9 * 0.004, 0.004, True), (log(10) - 0.01 - 6.1 * 0.004, 0.004, False),
    ],
)  # fmt: skip
def test_a_ratio_must_be_met_within_one_percent_and_some_usual_moves(move, usual, suspected):
    """Six usual moves from 2:1 on, four below, and never more than 15%; on calm days with the volume of a split."""
    assert suspects(Evidence(move=move, usual=usual, following=0.2, surge=None)) is suspected


def test_odds_below_the_threshold_are_no_suspicion():
    """What met its ratio is suspected only where the odds exceed 4.3: wild days after it tell against a split."""
    base = {"move": -log(2), "usual": 0.03, "surge": None}
    following = np.linspace(0.1, 60.0, 400)
    steps = [Evidence(following=float(f), **base) for f in following]
    said = [suspects(step) for step in steps]
    assert said == [by_hand(step) > 4.3 for step in steps]
    assert True in said
    assert False in said
