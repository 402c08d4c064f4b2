"""Compiled implied volatilities: those of the batch path."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trimtab.exposure.pricing.american import american_greeks
from trimtab.exposure.pricing.implied import VolReason, implied_vol
from trimtab.exposure.pricing.implied_kernel import implied_american_one, implied_european_one

terms = {
    "right": st.sampled_from([-1.0, 1.0]),
    "spot": st.floats(50.0, 200.0),
    "time": st.floats(0.01, 2.0),
    "rate": st.floats(-0.02, 0.1),
    "carry": st.floats(-0.02, 0.1),
    "price": st.floats(1e-4, 120.0),
}


@settings(max_examples=300, deadline=None)
@given(**terms)
def test_a_european_price_implies_what_the_batch_path_finds(right, spot, time, rate, carry, price):
    """Volatility and reason are those of `implied_vol`: where it is well determined, to 1e-11."""
    vol, code = implied_european_one(price, right, spot, 100.0, time, rate, carry)
    batch = implied_vol(price=price, right=right, spot=spot, strike=100.0, time=time, rate=rate, dividend_yield=carry)
    assert code == int(batch.reason)
    if code == VolReason.OK:
        assert vol == pytest.approx(float(batch.vol), rel=1e-6)
        intrinsic = max(right * (spot * np.exp(-carry * time) - 100.0 * np.exp(-rate * time)), 0.0)
        if price - intrinsic > 0.01 * spot:
            assert vol == pytest.approx(float(batch.vol), rel=1e-11)
    else:
        assert np.isnan(vol)


def bisected(price, right, spot, strike, time, rate, carry):
    """Halve as the batch path does, with prices only."""
    low, high = 1e-4, 8.0
    for _ in range(60):
        middle = np.exp((np.log(low) + np.log(high)) / 2.0)
        value = american_greeks(
            right=right, spot=spot, strike=strike, vol=middle, time=time, rate=rate, dividend_yield=carry
        ).value
        low, high = (middle, high) if value < price else (low, middle)
        if high / low < 1 + 1e-9:
            break
    return high


@pytest.mark.parametrize("guess", [0.001, 0.05, 0.3, 3.0, 7.9])
def test_an_american_price_implies_what_bisection_ends_at(guess):
    """Whatever the guess, the volatility is that at which the batch path's bisection ends."""
    rng = np.random.default_rng(11)
    for _ in range(12):
        right, spot = float(rng.choice([-1, 1])), float(rng.uniform(85, 115))
        time, rate, carry = float(rng.uniform(0.05, 1.0)), float(rng.uniform(0.0, 0.08)), float(rng.uniform(0.0, 0.05))
        vol = float(rng.uniform(0.15, 0.6))
        price = float(
            american_greeks(
                right=right, spot=spot, strike=100.0, vol=vol, time=time, rate=rate, dividend_yield=carry
            ).value
        )
        found, code = implied_american_one(price, right, spot, 100.0, time, rate, carry, guess)
        assert code == 0
        assert found == pytest.approx(bisected(price, right, spot, 100.0, time, rate, carry), rel=1e-13)
        assert found == pytest.approx(vol, rel=1e-6)


def test_american_prices_outside_their_bounds_have_their_reason():
    """At or below intrinsic value, and above what infinite volatility gives, there is no volatility."""
    assert implied_american_one(10.0, -1.0, 90.0, 100.0, 0.5, 0.05, 0.0, 0.3)[1] == VolReason.BELOW_INTRINSIC
    assert implied_american_one(99.9, -1.0, 90.0, 100.0, 0.5, 0.05, 0.0, 0.3)[1] == VolReason.ABOVE_BOUND
