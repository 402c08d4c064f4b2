"""The verdict on a hedge: what was planted to go wrong is what the review names."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.performance.hedge_review import HedgePlan, review_hedge

N = 1500
RNG = np.random.default_rng(41)
MARKET = RNG.normal(0.0003, 0.01, N)
OWN = RNG.normal(0, 0.003, N)
BASIS = RNG.normal(0, 0.0005, N)
BOOK = 1.2 * MARKET + OWN
FUTURE = MARKET + BASIS
#: A hedge that is let go when the market is wild, and is right on average.
WILD = 0.5 * (np.abs(MARKET) > 0.01)
PLAN = HedgePlan(target=0.0, tolerance=0.05, book_beta=1.2, instrument_beta=1.0, hedge=-1.2, yearly_cost=0.002)


def review(**changes):
    given_ = {
        "book": BOOK,
        "instrument": FUTURE,
        "benchmark": MARKET,
        "held": -1.2,
        "cost": 0.002 / 252,
        "plan": PLAN,
        "periods_per_year": 252,
    } | changes
    return review_hedge(**given_)


def test_a_good_hedge_is_called_met():
    """A hedge sized by the true betas meets its target and every assumption holds."""
    result = review()
    assert result.status == "met"
    assert result.failed == ()
    assert result.variance_removed > 0.9
    assert result.variance_removed > result.variance_removed_naive
    assert result.variance_removed <= result.ceiling + 0.002


def test_cost_per_unit_of_risk():
    """Cost per unit is the yearly cost over the fall in yearly volatility."""
    result = review()
    assert result.yearly_cost == pytest.approx(0.002)
    removed = result.unhedged_volatility - result.volatility
    assert removed == pytest.approx(np.sqrt(252) * (np.std(BOOK, ddof=1) - np.std(BOOK - 1.2 * FUTURE, ddof=1)))
    assert result.cost_per_volatility == pytest.approx(0.002 / removed)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("book beta", {"plan": replace(PLAN, book_beta=0.9, hedge=-0.9), "held": -0.9}),
        ("instrument beta", {"instrument": 0.7 * FUTURE}),
        ("hedge held", {"held": -0.8}),
        ("lot rounding", {"plan": replace(PLAN, hedge=-1.0), "held": -1.0}),
        ("hedge kept steady", {"held": -1.2 + WILD - WILD.mean()}),
    ],
)
def test_the_planted_fault_is_named_first(name, changes):
    """A wrong forecast, a wrong instrument, too small a hedge, coarse lots or a changing hedge: each is found."""
    result = review(**changes)
    assert result.status == "missed"
    assert result.failed[0] == name


def test_a_cost_above_budget_is_named():
    """Twice the budgeted cost fails the cost assumption and leaves beta alone."""
    result = review(cost=0.004 / 252)
    assert result.failed == ("cost",)
    assert result.status == "met"


@given(st.floats(-2, 0.5), st.floats(0.5, 1.5), st.floats(0.5, 1.5), st.floats(-2, 0))
def test_effects_add_up_to_the_miss(held, book_beta, instrument_beta, planned):
    """The parts on beta sum to realised beta less target, to 1e-10, whatever was planned and held."""
    plan = HedgePlan(target=0.1, tolerance=0.05, book_beta=book_beta, instrument_beta=instrument_beta, hedge=planned)
    result = review(held=np.linspace(held, held + 0.2, N), plan=plan)
    assert sum(a.effect for a in result.assumptions) == pytest.approx(result.beta.value - 0.1, abs=1e-10)


def test_too_short_a_record_is_undecided():
    """Thirty noisy days cannot show whether beta lies in a narrow band."""
    short = slice(0, 30)
    result = review(book=BOOK[short], instrument=FUTURE[short], benchmark=MARKET[short])
    assert result.status == "undecided"


def test_a_hedge_that_adds_risk():
    """A long hedge removes a negative share of variance and has no cost per unit of risk removed."""
    result = review(held=0.5)
    assert result.variance_removed < 0
    assert result.cost_per_volatility is None


def test_ederington_of_the_jet_fuel_example():
    """Hull, section 3.4: the minimum-variance hedge of 15 pairs removes R2 = .862, and no hedge removes more."""
    fuel = [
        0.029,
        0.020,
        -0.044,
        0.008,
        0.026,
        -0.019,
        -0.010,
        -0.007,
        0.043,
        0.011,
        -0.036,
        -0.018,
        0.009,
        -0.032,
        0.023,
    ]
    future = [
        0.021,
        0.035,
        -0.046,
        0.001,
        0.044,
        -0.029,
        -0.026,
        -0.029,
        0.048,
        -0.006,
        -0.036,
        -0.011,
        0.019,
        -0.027,
        0.029,
    ]
    # Twice the same pairs: shares of variance do not change, and twenty periods are asked for.
    book, instrument = np.tile(fuel, 2), np.tile(future, 2)
    plan = HedgePlan(target=0.0, tolerance=0.1, book_beta=0.778, instrument_beta=1.0, hedge=-0.778)
    result = review_hedge(
        book=book, instrument=instrument, benchmark=instrument, held=-0.778, cost=0.0, plan=plan, periods_per_year=12
    )
    assert result.variance_removed == pytest.approx(0.862, abs=5e-4)
    assert result.ceiling == pytest.approx(0.862, abs=5e-4)
    assert result.unhedged_beta.value == pytest.approx(0.778, abs=5e-4)
