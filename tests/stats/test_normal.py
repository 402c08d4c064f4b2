"""Normal probabilities against 60 digits of mpmath: both tails, narrow intervals, infinite ends, a spread of 0."""

import itertools
from math import inf

import mpmath
import numpy as np
import pytest

from trimtab.errors import InputError
from trimtab.performance.deflated import expected_best_sharpe
from trimtab.stats.normal import interval_probability, normal_cdf, normal_quantile, outside_probability, upper_tail

#: Smallest double with all its digits.
SMALLEST = 1e-300


def beyond(z):
    return mpmath.erfc(z / mpmath.sqrt(2)) / 2


def exact(lower, upper, mean, sd):
    """Give the probabilities inside and outside, from the doubles as they are."""
    low, high = ((mpmath.mpf(end) - mpmath.mpf(mean)) / mpmath.mpf(sd) for end in (lower, upper))
    if low >= 0:
        inside = beyond(low) - beyond(high)
    elif high <= 0:
        inside = beyond(-high) - beyond(-low)
    else:
        inside = 1 - beyond(high) - beyond(-low)
    return inside, beyond(-low) + beyond(high)


def agrees(ours, law, reach):
    """Say whether a probability is right to the rounding of standardised ends `reach` away from the mean."""
    return law < SMALLEST or abs(ours - law) <= 1e-15 * (1 + min(reach, 38.0) ** 2 / 4) * law


@pytest.mark.parametrize("z", [-37.0, -8.3, -1.0, 0.0, 1e-20, 0.3, 1.0, 5.0, 8.3, 12.0, 20.0, 30.0, 37.4])
def test_both_tails_have_all_their_digits(z):
    """Beyond 8.3 deviations one less the distribution function is exactly 0; the tail is not."""
    with mpmath.workdps(60):
        law = beyond(mpmath.mpf(z))
        assert abs(upper_tail(z) - law) <= 1e-15 * law
        assert normal_cdf(-z) == upper_tail(z)


@pytest.mark.parametrize("scale", [(0.0, 1.0), (1.2, 0.03), (-7.5e3, 2e-9), (0.3, 4e5)])
def test_probabilities_of_an_interval_agree_with_sixty_digits(scale):
    """Inside and outside, from intervals of 1e-14 deviations to endless ones, out to 37 deviations on either side."""
    mean, sd = scale
    starts = [-inf, -37.0, -20.0, -9.0, -2.0, -1e-9, 0.0, 0.7, 3.0, 8.5, 15.0, 36.9]
    widths = [1e-14, 1e-9, 1e-3, 0.02, 0.11, 0.4, 1.0, 3.0, 18.0, 74.0, inf]
    with mpmath.workdps(60):
        for start, width in itertools.product(starts, widths):
            lower = mean + start * sd
            upper = width if start == -inf else lower + width * sd
            if not lower < upper:
                continue
            inside, outside = exact(lower, upper, mean, sd)
            ends = abs((lower - mean) / sd), abs((upper - mean) / sd)
            near = 0.0 if lower < mean < upper else min(ends)
            assert agrees(interval_probability(lower, upper, mean=mean, sd=sd), inside, near), (start, width)
            assert agrees(outside_probability(lower, upper, mean=mean, sd=sd), outside, min(ends)), (start, width)


def test_random_intervals_agree_with_sixty_digits():
    """Seeded: spreads from 1e-12 to 1e6, intervals anywhere."""
    rng = np.random.default_rng(20)
    with mpmath.workdps(60):
        for _ in range(400):
            mean, sd = float(rng.normal(0, 100)), float(10 ** rng.uniform(-10, 6))
            lower = mean + float(rng.uniform(-37, 37)) * sd
            upper = lower + float(10 ** rng.uniform(-14, 2)) * sd
            if not lower < upper:
                continue
            inside, outside = exact(lower, upper, mean, sd)
            ends = abs((lower - mean) / sd), abs((upper - mean) / sd)
            near = 0.0 if lower < mean < upper else min(ends)
            assert agrees(interval_probability(lower, upper, mean=mean, sd=sd), inside, near)
            assert agrees(outside_probability(lower, upper, mean=mean, sd=sd), outside, min(ends))


def test_ends_and_spreads_without_size():
    """A spread of 0 is a point; a tiny one nearly so; no interval holds nothing; all of the line holds everything."""
    assert interval_probability(0.9, 1.1, mean=1.1, sd=0.0) == 1.0
    assert outside_probability(0.9, 1.1, mean=1.2, sd=0.0) == 1.0
    assert interval_probability(0.9, 1.1, mean=1.0, sd=5e-324) == 1.0
    assert interval_probability(0.9, 1.1, mean=1.2, sd=5e-324) == 0.0
    assert outside_probability(0.9, 1.1, mean=1.2, sd=5e-324) == 1.0
    assert interval_probability(0.9, 1.1, mean=1.1, sd=5e-324) == 0.5
    assert interval_probability(-inf, inf, mean=0.0, sd=1.0) == 1.0
    assert outside_probability(-inf, inf, mean=0.0, sd=1.0) == 0.0
    assert interval_probability(1.0, 1.0, mean=1.0, sd=1.0) == 0.0
    assert interval_probability(2.0, 1.0, mean=1.0, sd=1.0) == 0.0
    assert outside_probability(2.0, 1.0, mean=1.0, sd=1.0) == 1.0


def test_the_best_of_ever_so_many_trials():
    """1 - 1/N is 1 for a double from N = 2e16 on; the quantile is taken from the other tail."""
    with mpmath.workdps(60):
        trials = 10**20
        high, low = (
            float(mpmath.findroot(lambda z, p=p: mpmath.log(beyond(z) / p), 9.3))
            for p in (1 / (trials * mpmath.e), mpmath.mpf(1) / trials)
        )
    gamma = float(np.euler_gamma)
    assert expected_best_sharpe(trials=trials, spread=1.0) == pytest.approx((1 - gamma) * low + gamma * high, rel=1e-12)
    assert normal_quantile(1e-20) == pytest.approx(-low, rel=1e-12)
    with pytest.raises(InputError):
        expected_best_sharpe(trials=0, spread=1.0)
