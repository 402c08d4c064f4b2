"""European options: published numbers, parity, finite differences, independent libraries, extremes, limits."""

import math

import mpmath
import numpy as np
import pytest
import QuantLib as ql
from effort import effort
from hypothesis import given, settings
from hypothesis import strategies as st

from trimtab.errors import InputError
from trimtab.exposure.pricing import black
from trimtab.exposure.pricing.black import (
    escrowed_spot,
    european_further_greeks,
    european_greeks,
    futures_option_further_greeks,
    futures_option_greeks,
    theta_per_day,
)
from trimtab.exposure.pricing.european_kernel import european_many
from trimtab.exposure.pricing.inputs import Undefined, undefined_reason

FIRST = ("value", "delta", "gamma", "vega", "theta")


def random_terms(n, seed=20_151_224):
    rng = np.random.default_rng(seed)
    return {
        "right": rng.choice([-1.0, 1.0], n),
        "spot": np.exp(rng.uniform(math.log(20.0), math.log(500.0), n)),
        "strike": np.full(n, 100.0),
        "vol": np.exp(rng.uniform(math.log(0.03), math.log(2.0), n)),
        "time": np.exp(rng.uniform(math.log(1.0 / 365.0), math.log(10.0), n)),
        "rate": rng.uniform(-0.03, 0.12, n),
        "dividend_yield": rng.uniform(-0.02, 0.10, n),
    }


def high_precision(right, spot, strike, vol, time, rate, carry):
    """Value, delta, gamma, vega, theta, rho, vanna and charm in 60 digits, by differentiating the value formula."""
    with mpmath.workdps(60):
        s, k, v, t, r, q = (mpmath.mpf(float(x)) for x in (spot, strike, vol, time, rate, carry))
        w = int(right)

        def value(s, v, t, r):
            deviation = v * mpmath.sqrt(t)
            d1 = (mpmath.log(s / k) + (r - q) * t) / deviation + deviation / 2
            cdf = lambda z: mpmath.erfc(-z / mpmath.sqrt(2)) / 2  # noqa: E731 - keeps the tail's digits, unlike 1 - x
            return w * (s * mpmath.exp(-q * t) * cdf(w * d1) - k * mpmath.exp(-r * t) * cdf(w * (d1 - deviation)))

        args = (s, v, t, r)
        orders = [(0, 0, 0, 0), (1, 0, 0, 0), (2, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1), (1, 1, 0, 0)]
        found = [value(*args) if not any(o) else mpmath.diff(value, args, o) for o in orders]
        found[4] = -found[4]
        return [float(x) for x in (*found, -mpmath.diff(value, args, (1, 0, 1, 0)))]


def test_greeks_of_hulls_chapter_19_call():
    """Hull, Options Futures and Other Derivatives 11e, ch. 19: price 2.40, delta .522, gamma .066, vega 12.1, ..."""
    terms = {"right": 1, "spot": 49, "strike": 50, "vol": 0.2, "time": 20 / 52, "rate": 0.05}
    greeks = european_greeks(**terms)
    assert [round(float(getattr(greeks, name)), d) for name, d in zip(FIRST, (2, 3, 3, 1, 2), strict=True)] == [
        2.40,
        0.522,
        0.066,
        12.1,
        -4.31,
    ]
    assert round(float(european_further_greeks(**terms).rho), 2) == 8.91
    assert round(100_000 * float(greeks.value), -3) == 240_000


def test_value_of_hulls_chapter_15_options():
    """Hull 11e, example 15.6: S 42, K 40, r 10%, vol 20%, six months: call 4.76, put 0.81."""
    greeks = european_greeks(right=[1, -1], spot=42, strike=40, vol=0.2, time=0.5, rate=0.1)
    assert greeks.value.round(2).tolist() == [4.76, 0.81]


def test_escrowed_dividends_give_hulls_value():
    """Hull 11e, example 15.9: a call on 40 with two dividends of .50 is worth 3.67 (dividends late are left out)."""
    net = escrowed_spot(
        spot=40, amounts=[0.5, 0.5, 9.0, 9.0], pay_times=[2 / 12, 5 / 12, 0.6, 0.0], rate=0.09, time=0.5
    )
    assert round(float(european_greeks(right=1, spot=net, strike=40, vol=0.3, time=0.5, rate=0.09).value), 2) == 3.67


def test_option_beta_of_the_published_example():
    """S over price 27.27, delta .6, beta 1.2: elasticity 16.36 and option beta 19.64 (worked examples)."""
    assert round(27.27 * 0.6, 2) == 16.36
    spot, price = 300.0, 11.0
    elasticity = 0.6 * spot / price
    assert round(elasticity, 2) == 16.36
    assert round(1.2 * elasticity, 2) == 19.64


def test_put_call_parity_holds_for_random_contracts():
    """Call less put is the discounted forward less strike, for 10,000 random contracts."""
    terms = random_terms(10_000) | {"right": 1.0}
    call = european_greeks(**terms)
    put = european_greeks(**(terms | {"right": -1.0}))
    spot_leg = terms["spot"] * np.exp(-terms["dividend_yield"] * terms["time"])
    strike_leg = terms["strike"] * np.exp(-terms["rate"] * terms["time"])
    assert np.all(np.abs(call.value - put.value - (spot_leg - strike_leg)) <= 4e-15 * (spot_leg + strike_leg))
    assert np.all(np.abs(call.delta - put.delta - spot_leg / terms["spot"]) <= 1e-15 * 4)
    assert np.array_equal(call.gamma, put.gamma)
    assert np.array_equal(call.vega, put.vega)


@settings(max_examples=300, deadline=None)
@given(
    right=st.sampled_from([-1.0, 1.0]),
    spot=st.floats(1e-3, 1e6),
    strike=st.floats(1e-3, 1e6),
    vol=st.floats(1e-4, 5.0),
    time=st.floats(1e-5, 30.0),
    rate=st.floats(-0.1, 0.3),
    carry=st.floats(-0.1, 0.3),
)
def test_value_stays_within_its_bounds(right, spot, strike, vol, time, rate, carry):
    """Intrinsic value of the forward <= value <= the leg that is received, and delta keeps its sign and bound."""
    greeks = european_greeks(right=right, spot=spot, strike=strike, vol=vol, time=time, rate=rate, dividend_yield=carry)
    spot_leg, strike_leg = spot * math.exp(-carry * time), strike * math.exp(-rate * time)
    slack = 1e-14 * (spot_leg + strike_leg)
    assert max(right * (spot_leg - strike_leg), 0.0) - slack <= greeks.value
    assert greeks.value <= (spot_leg if right > 0 else strike_leg) + slack
    assert -1e-15 <= right * greeks.delta <= math.exp(-carry * time) * (1 + 1e-15)
    assert greeks.gamma >= 0.0
    assert greeks.vega >= 0.0


def test_first_and_further_greeks_equal_finite_differences():
    """Every greek is the central difference of what it is the derivative of, on 2,000 contracts near the money."""
    terms = random_terms(2_000, seed=7)
    moneyness = np.random.default_rng(8).uniform(-1, 1, 2_000) * terms["vol"] * np.sqrt(terms["time"])
    terms["spot"] = 100.0 * np.exp(moneyness - (terms["rate"] - terms["dividend_yield"]) * terms["time"])

    def bump(name, size):
        up = european_greeks(**(terms | {name: terms[name] + size}))
        down = european_greeks(**(terms | {name: terms[name] - size}))
        return up, down

    greeks, further = european_greeks(**terms), european_further_greeks(**terms)
    deviation = terms["vol"] * np.sqrt(terms["time"])
    h = 1e-4 * terms["spot"] * deviation
    up, down = bump("spot", h)
    np.testing.assert_allclose((up.value - down.value) / (2 * h), greeks.delta, atol=2e-7)
    np.testing.assert_allclose((up.delta - down.delta) / (2 * h) / greeks.gamma, 1.0, atol=2e-6)
    np.testing.assert_allclose((up.vega - down.vega) / (2 * h), further.vanna, rtol=1e-5, atol=1e-6)
    h = 1e-4 * terms["vol"]
    up, down = bump("vol", h)
    np.testing.assert_allclose((up.value - down.value) / (2 * h) / greeks.vega, 1.0, atol=1e-6)
    h = 1e-4 * terms["time"]
    up, down = bump("time", h)
    np.testing.assert_allclose(-(up.value - down.value) / (2 * h), greeks.theta, rtol=1e-5, atol=1e-4)
    np.testing.assert_allclose(-(up.delta - down.delta) / (2 * h), further.charm, rtol=1e-5, atol=1e-4)
    up, down = bump("rate", 1e-5)
    np.testing.assert_allclose((up.value - down.value) / 2e-5, further.rho, rtol=1e-5, atol=1e-4)


def test_futures_options_are_black_76_and_discount_their_rho():
    """Black-76 equals the textbook formula, and its rho at a fixed futures price is the derivative of the value."""
    terms = {"right": [1, -1], "futures": 20.0, "strike": 21.0, "vol": 0.25, "time": 0.5}
    greeks = futures_option_greeks(**terms, rate=0.09)
    d1 = math.log(20 / 21) / (0.25 * math.sqrt(0.5)) + 0.125 * math.sqrt(0.5)
    d2 = d1 - 0.25 * math.sqrt(0.5)
    cdf = lambda z: 0.5 * math.erfc(-z / math.sqrt(2))  # noqa: E731
    call = math.exp(-0.045) * (20 * cdf(d1) - 21 * cdf(d2))
    np.testing.assert_allclose(greeks.value, [call, call - math.exp(-0.045) * (20 - 21)], rtol=1e-13)
    up, down = (futures_option_greeks(**terms, rate=0.09 + h).value for h in (1e-5, -1e-5))
    further = futures_option_further_greeks(**terms, rate=0.09)
    np.testing.assert_allclose((up - down) / 2e-5, further.rho, rtol=1e-8)
    np.testing.assert_allclose(greeks.delta, math.exp(-0.045) * further.delta_forward, rtol=1e-14)


def test_value_and_delta_equal_quantlib():
    """QuantLib's analytic engine: 1e-10 relative on 1,000 random contracts, where the value is above a millionth."""
    terms = random_terms(1_000, seed=3)
    terms["spot"] = np.clip(terms["spot"], 40.0, 250.0)
    terms["time"] = np.maximum(np.round(terms["time"] * 365), 1) / 365
    greeks = european_greeks(**terms)
    names = ("right", "spot", "strike", "vol", "time", "rate", "dividend_yield")
    n_compared = 0
    for i in range(1_000):
        right, spot, strike, vol, time, rate, carry = (float(terms[name][i]) for name in names)
        payoff = ql.PlainVanillaPayoff(ql.Option.Call if right > 0 else ql.Option.Put, strike)
        forward = spot * math.exp((rate - carry) * time)
        oracle = ql.BlackCalculator(payoff, forward, vol * math.sqrt(time), math.exp(-rate * time))
        assert abs(oracle.delta(spot) - greeks.delta[i]) < 1e-12
        assert abs(oracle.vega(time) - greeks.vega[i]) < 1e-10 * forward
        assert abs(oracle.gamma(spot) - greeks.gamma[i]) < 1e-10 * (1 + greeks.gamma[i])
        if greeks.value[i] > 1e-6 * forward:
            n_compared += 1
            assert abs(oracle.value() / greeks.value[i] - 1.0) < 1e-10
    assert n_compared > 700


@pytest.mark.parametrize(
    "terms",
    [
        (1, 100, 300, 0.2, 0.25, 0.01, 0.0),  # far out of the money: about 1e-28
        (-1, 100, 20, 0.2, 0.5, 0.03, 0.01),
        (1, 100, 20, 0.2, 0.5, 0.03, 0.01),  # far in
        (1, 100, 100, 1e-6, 1e-4, 0.0, 0.0),  # nearly no variance, at the money
        (1, 100, 100.0000001, 1e-4, 1e-3, 0.0, 0.0),
        (-1, 100, 100, 0.2, 1 / 365 / 24 / 60, 0.05, 0.02),  # one minute
        (1, 100, 103, 0.15, 1 / 365, 0.05, 0.0),  # one day, eight deviations out
        (-1, 100, 100, 3.0, 30.0, -0.02, -0.03),  # huge variance, negative rates
        (1, 1e-8, 1e8, 2.0, 5.0, 0.02, 0.0),
        (1, 1e9, 1e9, 0.2, 1.0, 0.02, 0.0),
        (-1, 100, 101, 0.01, 0.5, 0.3, 0.0),
    ],
)
def test_extremes_keep_ten_digits(terms):
    """Value to 1e-10 relative against 60-digit arithmetic, also where the textbook form has lost every digit."""
    names = ("right", "spot", "strike", "vol", "time", "rate", "dividend_yield")
    given_terms = dict(zip(names, terms, strict=True))
    greeks, further = european_greeks(**given_terms), european_further_greeks(**given_terms)
    truth = high_precision(*terms)
    found = [*(getattr(greeks, name) for name in FIRST), further.rho, further.vanna, further.charm]
    np.testing.assert_allclose([float(x) for x in found[:1]], truth[:1], rtol=1e-10)
    for mine, exact, scale in zip(found[1:], truth[1:], (1, 1, 1, 1, 1, 1, 1), strict=True):
        assert abs(float(mine) - exact) <= 1e-10 * abs(exact) + 1e-13 * scale


def test_random_contracts_keep_ten_digits():
    """Value and greeks of 150 random contracts against 60-digit arithmetic (to 1e-60)."""
    terms = random_terms(150, seed=5)
    greeks, further = european_greeks(**terms), european_further_greeks(**terms)
    for i in range(150):
        truth = high_precision(*(float(terms[name][i]) for name in terms))
        found = [*(getattr(greeks, name)[i] for name in FIRST), further.rho[i], further.vanna[i], further.charm[i]]
        for mine, exact in zip(found, truth, strict=True):
            assert abs(mine - exact) <= 1e-10 * abs(exact) + 1e-60


def test_thousands_of_values_keep_all_their_digits():
    """Values and deltas of 5,000 random contracts (1,500 in a short run) against 40 digits, to 2e-15 of their scale."""
    size = effort(1_500, 5_000)
    terms = random_terms(size, seed=17)
    found = european_greeks(**terms)
    columns = [terms[n] for n in ("right", "spot", "strike", "vol", "time", "rate", "dividend_yield")]
    worst = [0.0, 0.0]
    with mpmath.workdps(40):
        for i in range(size):
            w, s, k, v, t, r, q = (mpmath.mpf(float(c[i])) for c in columns)
            spot_leg, strike_leg, deviation = s * mpmath.exp(-q * t), k * mpmath.exp(-r * t), v * mpmath.sqrt(t)
            d1 = mpmath.log(spot_leg / strike_leg) / deviation + deviation / 2
            near = mpmath.erfc(-w * d1 / mpmath.sqrt(2)) / 2
            far = mpmath.erfc(-w * (d1 - deviation) / mpmath.sqrt(2)) / 2
            value = w * (spot_leg * near - strike_leg * far)
            worst[0] = max(worst[0], float(abs(value - float(found.value[i])) / (spot_leg + strike_leg)))
            worst[1] = max(worst[1], float(abs(w * near * mpmath.exp(-q * t) - float(found.delta[i]))))
    assert worst[0] < 1e-15
    assert worst[1] < 2e-15


@pytest.mark.parametrize("time", [0.0, 0.5])
def test_no_variance_left_is_the_value_of_the_forward(time):
    """At expiry, or with no volatility, an option is worth its discounted intrinsic value and its delta is 0 or 1."""
    vol = 0.2 if time == 0.0 else 0.0
    greeks = european_greeks(
        right=[1, 1, -1, -1], spot=[90, 110, 90, 110], strike=100, vol=vol, time=time, rate=0.04, dividend_yield=0.02
    )
    gap = np.array([90.0, 110.0]) * math.exp(-0.02 * time) - 100 * math.exp(-0.04 * time)
    expected = np.maximum([gap[0], gap[1], -gap[0], -gap[1]], 0.0)
    assert expected[0] == expected[3] == 0.0
    np.testing.assert_allclose(greeks.value, expected, rtol=1e-14)
    np.testing.assert_allclose(greeks.delta, [0, math.exp(-0.02 * time), -math.exp(-0.02 * time), 0], rtol=1e-15)
    assert not np.any(greeks.gamma)
    assert not np.any(greeks.vega)
    nearly = european_greeks(
        right=[1, 1, -1, -1],
        spot=[90, 110, 90, 110],
        strike=100,
        vol=max(vol, 1e-6),
        time=max(time, 1e-12),
        rate=0.04,
        dividend_yield=0.02,
    )
    for name in FIRST:
        np.testing.assert_allclose(getattr(greeks, name), getattr(nearly, name), atol=1e-8)


def test_the_kink_says_that_gamma_is_not_a_number_to_add():
    """Exactly at the money at expiry delta is one half and gamma is infinite; with no volatility vega is its limit."""
    expiring = european_greeks(right=1, spot=100, strike=100, vol=0.2, time=0.0)
    assert (expiring.value, expiring.delta, expiring.gamma, expiring.vega) == (0.0, 0.5, np.inf, 0.0)
    assert expiring.theta == -np.inf
    still = european_greeks(right=-1, spot=100, strike=100, vol=0.0, time=1.0)
    assert (still.delta, still.gamma) == (-0.5, np.inf)
    limit = european_greeks(right=-1, spot=100, strike=100, vol=1e-9, time=1.0)
    np.testing.assert_allclose(still.vega, limit.vega, rtol=1e-12)
    assert np.isnan(european_further_greeks(right=1, spot=100, strike=100, vol=0.2, time=0.0).charm)


def test_strike_zero_and_spot_zero_are_certain():
    """A call with strike 0 is the share without its dividends; with spot 0 a put is the discounted strike."""
    greeks = european_greeks(
        right=[1, -1, 1, -1],
        spot=[100, 100, 0, 0],
        strike=[0, 0, 50, 50],
        vol=0.3,
        time=2,
        rate=0.05,
        dividend_yield=0.01,
    )
    np.testing.assert_allclose(greeks.value, [100 * math.exp(-0.02), 0, 0, 50 * math.exp(-0.1)], rtol=1e-14)
    np.testing.assert_allclose(greeks.delta, [math.exp(-0.02), 0, 0, -math.exp(-0.02)], rtol=1e-14)


def test_undefined_options_are_missing_with_a_reason():
    """Expired, non-finite and negative terms give NaN in every greek, and a code that says which it was."""
    terms = {
        "spot": [100, np.nan, -1, 100, 100, 100],
        "strike": [100, 100, 100, -1, 100, 100],
        "vol": [0.2, 0.2, 0.2, 0.2, -0.2, np.inf],
        "time": [-0.01, 1, 1, 1, 1, 1],
    }
    reasons = undefined_reason(**terms)
    assert [Undefined(code).name for code in reasons] == [
        "EXPIRED",
        "NOT_FINITE",
        "NEGATIVE_SPOT",
        "NEGATIVE_STRIKE",
        "NEGATIVE_VOL",
        "NOT_FINITE",
    ]
    greeks, further = european_greeks(right=1, **terms), european_further_greeks(right=1, **terms)
    for name in FIRST:
        assert np.all(np.isnan(getattr(greeks, name)))
    for name in ("delta_forward", "rho", "vanna", "charm"):
        assert np.all(np.isnan(getattr(further, name)))


def test_wrong_shapes_and_rights_are_refused_in_words():
    """Shapes that do not broadcast, and a right that is neither call nor put, raise the three-part error."""
    with pytest.raises(InputError, match="broadcast"):
        european_greeks(right=1, spot=[1, 2, 3], strike=[1, 2], vol=0.2, time=1)
    with pytest.raises(InputError, match="map the letters"):
        european_greeks(right=[1, 0], spot=100, strike=100, vol=0.2, time=1)
    with pytest.raises(InputError, match="one list each"):
        escrowed_spot(spot=1, amounts=[[1.0]], pay_times=[[1.0]], rate=0, time=1)


def test_compiled_kernel_equals_the_numpy_path(monkeypatch):
    """The compiled path differs by at most 1e-14 of each greek's scale, degenerate and undefined options included."""
    n = 30_000
    terms = random_terms(n, seed=11)
    rng = np.random.default_rng(12)
    for name, odd in (
        ("vol", [0.0, -1.0, np.nan]),
        ("time", [0.0, -1.0, 1e-9]),
        ("spot", [0.0, 100.0]),
        ("strike", [0.0, -1.0]),
    ):
        where = rng.choice(n, 300, replace=False)
        terms[name] = terms[name].copy()
        terms[name][where] = rng.choice(odd, 300)
    fast = european_greeks(**terms)
    monkeypatch.setattr(black, "COMPILED_FROM", n + 1)
    plain = european_greeks(**terms)
    root = np.sqrt(np.maximum(terms["time"], 0.0))
    with np.errstate(all="ignore"):
        legs = terms["spot"] * np.exp(-terms["dividend_yield"] * terms["time"]) + terms["strike"] * np.exp(
            -terms["rate"] * terms["time"]
        )
        scales = {
            "value": legs,
            "delta": np.exp(-terms["dividend_yield"] * terms["time"]),
            "gamma": 1.0 / (terms["spot"] * terms["vol"] * root) * np.exp(-terms["dividend_yield"] * terms["time"]),
            "vega": legs * root,
            "theta": legs * (terms["vol"] / root + 0.2),
        }
    for name in FIRST:
        a, b = getattr(fast, name), getattr(plain, name)
        assert np.array_equal(np.isnan(a), np.isnan(b))
        assert np.array_equal(np.isinf(a), np.isinf(b))
        both = np.isfinite(a) & np.isfinite(scales[name])
        assert np.all(np.abs(a[both] - b[both]) <= 1e-14 * scales[name][both])
        assert np.array_equal(a[np.isfinite(a) & ~both], b[np.isfinite(a) & ~both])


def test_the_kernel_does_not_care_about_memory_layout():
    """Broadcast, strided and two-dimensional terms give the same bits as contiguous ones."""
    terms = random_terms(25_000, seed=2)
    flat = european_many(*(terms[name] for name in terms))
    strided = {name: np.repeat(column, 2)[::2] for name, column in terms.items()}
    strided["strike"] = 100.0
    for i, name in enumerate(FIRST):
        assert np.array_equal(getattr(european_greeks(**strided), name), flat[i])
    square = european_greeks(**{name: column.reshape(250, 100) for name, column in terms.items()})
    assert np.array_equal(square.value, flat[0].reshape(250, 100))


def test_theta_of_a_day_follows_the_stated_day_count():
    """Theta per day is theta per year over 365, or over the day count that is given."""
    assert theta_per_day(-36.5) == pytest.approx(-0.1, rel=1e-15)
    assert theta_per_day(-25.2, days_per_year=252) == pytest.approx(-0.1, rel=1e-15)
