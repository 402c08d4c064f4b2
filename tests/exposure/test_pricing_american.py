"""American options: QuantLib's high-precision engine, a fine grid, laws, limits, cash dividends."""

import math

import numpy as np
import pytest
import QuantLib as ql
from effort import effort

from trimtab.errors import InputError
from trimtab.exposure.pricing.american import american_greeks, american_greeks_with_dividends
from trimtab.exposure.pricing.black import european_greeks

FIRST = ("value", "delta", "gamma", "vega", "theta")
TODAY = ql.Date(1, 1, 2024)
DAYS = ql.Actual365Fixed()


def random_terms(n, seed):
    rng = np.random.default_rng(seed)
    return {
        "right": rng.choice([-1.0, 1.0], n),
        "spot": rng.uniform(60.0, 140.0, n),
        "strike": np.full(n, 100.0),
        "vol": rng.uniform(0.08, 0.8, n),
        "time": rng.integers(3, 1_000, n) / 365.0,
        "rate": rng.uniform(0.0, 0.1, n),
        "dividend_yield": np.where(np.arange(n) % 4 == 0, 0.0, rng.uniform(0.0, 0.1, n)),
    }


def quantlib_option(right, spot, strike, vol, time, rate, dividend_yield):
    """An American option of QuantLib without an engine, and its process."""
    ql.Settings.instance().evaluationDate = TODAY
    process = ql.BlackScholesMertonProcess(
        ql.QuoteHandle(ql.SimpleQuote(float(spot))),
        ql.YieldTermStructureHandle(ql.FlatForward(TODAY, float(dividend_yield), DAYS)),
        ql.YieldTermStructureHandle(ql.FlatForward(TODAY, float(rate), DAYS)),
        ql.BlackVolTermStructureHandle(ql.BlackConstantVol(TODAY, ql.NullCalendar(), float(vol), DAYS)),
    )
    payoff = ql.PlainVanillaPayoff(ql.Option.Call if right > 0 else ql.Option.Put, float(strike))
    return ql.VanillaOption(payoff, ql.AmericanExercise(TODAY, TODAY + round(float(time) * 365))), process


def quantlib_value(**terms):
    option, process = quantlib_option(**terms)
    option.setPricingEngine(ql.QdFpAmericanEngine(process, ql.QdFpAmericanEngine.highPrecisionScheme()))
    return option.NPV()


def test_value_and_greeks_equal_quantlibs_high_precision_engine():
    """A tenth of a one-cent tick in price and 1e-3 in delta are asked for; 3e-4 and 2e-4 are kept on 150."""
    size = effort(150, 500)
    terms = random_terms(size, seed=1)
    greeks = american_greeks(**terms)
    for i in range(size):
        one = {name: column[i] for name, column in terms.items()}
        h = 2e-4 * one["spot"]
        value = quantlib_value(**one)
        up, down = (quantlib_value(**(one | {"spot": one["spot"] + d})) for d in (h, -h))
        assert abs(greeks.value[i] - value) < 3e-4  # two schemes of the oracle differ by as much here
        assert abs(greeks.delta[i] - (up - down) / (2 * h)) < 2e-4
        if i % 5 == 0:
            up, down = (quantlib_value(**(one | {"vol": one["vol"] + d})) for d in (1e-3, -1e-3))
            assert abs(greeks.vega[i] - (up - down) / 2e-3) < 0.03


def test_gamma_and_theta_equal_a_fine_grid():
    """Gamma and theta of the boundary method against QuantLib's finite differences on a fine grid."""
    terms = random_terms(25, seed=4)
    terms["time"] = np.clip(terms["time"], 0.2, 2.0)
    terms["vol"] = np.minimum(terms["vol"], 0.5)
    greeks = american_greeks(**terms)
    for i in range(25):
        option, process = quantlib_option(**{name: column[i] for name, column in terms.items()})
        option.setPricingEngine(ql.FdBlackScholesVanillaEngine(process, 800, 1_600))
        assert abs(greeks.value[i] - option.NPV()) < 6e-3  # the oracle's own error: see the engine above
        assert abs(greeks.delta[i] - option.delta()) < 1e-3
        assert abs(greeks.gamma[i] - option.gamma()) < 5e-4
        assert abs(greeks.theta[i] - option.theta()) < 0.02 * (1.0 + abs(option.theta()))


def test_published_american_put():
    """Hull 11e, example 21.1: the five-month put at 50 is worth 4.28 with 500 tree steps."""
    value = american_greeks(right=-1, spot=50, strike=50, vol=0.4, time=5 / 12, rate=0.1).value
    assert round(float(value), 2) == 4.28


def test_early_exercise_is_worth_nothing_where_waiting_is_free():
    """A call without dividends, and a put at a rate of zero or below, are worth exactly their European price."""
    terms = random_terms(500, seed=2)
    call = terms | {"right": 1.0, "dividend_yield": 0.0}
    put = terms | {"right": -1.0, "rate": -np.abs(terms["rate"])}
    futures_put = terms | {"right": -1.0, "rate": -0.01, "dividend_yield": -0.01}
    for case in (call, put, futures_put):
        mine, plain = american_greeks(**case), european_greeks(**case)
        np.testing.assert_allclose(mine.value, plain.value, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(mine.delta, plain.delta, rtol=1e-12, atol=1e-12)


def test_an_american_option_is_worth_at_least_exercise_and_the_european_one():
    """On 10,000 random contracts: value >= max(intrinsic, European) and delta within 0 and 1 in size."""
    terms = random_terms(10_000, seed=3)
    greeks, plain = american_greeks(**terms), european_greeks(**terms)
    intrinsic = np.maximum(terms["right"] * (terms["spot"] - terms["strike"]), 0.0)
    assert np.all(greeks.value >= intrinsic - 1e-12)
    assert np.all(greeks.value >= plain.value - 2e-6)
    assert np.all((terms["right"] * greeks.delta >= 0.0) & (terms["right"] * greeks.delta <= 1.0 + 1e-9))
    assert np.all(np.isfinite(np.stack([getattr(greeks, name) for name in FIRST])))


def test_calls_are_puts_with_the_terms_exchanged():
    """McDonald and Schroder: the call (S, K, r, q) is worth the put (K, S, q, r)."""
    terms = random_terms(300, seed=6) | {"right": 1.0}
    mirrored = terms | {
        "right": -1.0,
        "spot": terms["strike"],
        "strike": terms["spot"],
        "rate": terms["dividend_yield"],
        "dividend_yield": terms["rate"],
    }
    np.testing.assert_allclose(american_greeks(**terms).value, american_greeks(**mirrored).value, rtol=1e-12)


def test_exercised_now_is_intrinsic_and_still():
    """Far in the money the option is its intrinsic value: delta -1 and no gamma, vega or theta."""
    greeks = american_greeks(right=[-1, 1], spot=[30, 400], strike=100, vol=0.2, time=1, rate=0.08, dividend_yield=0.06)
    assert greeks.value.tolist() == [70, 300]
    assert greeks.delta.tolist() == [-1, 1]
    assert not np.any(np.stack([greeks.gamma, greeks.vega, greeks.theta]))


@pytest.mark.parametrize(
    ("terms", "value"),
    [
        ((-1, 90, 100, 0.0, 1.0, 0.05, 0.0), 10.0),  # exercised now
        ((-1, 110, 100, 0.0, 1.0, 0.0, 0.2), 100 - 110 * math.exp(-0.2)),  # the share falls below: wait
        ((1, 100, 100, 0.0, 1.0, 0.05, 0.0), 100 - 100 * math.exp(-0.05)),
        ((-1, 100, 100, 0.2, 0.0, 0.05, 0.0), 0.0),  # expires now
        ((1, 120, 100, 0.2, 0.0, 0.05, 0.0), 20.0),
        ((1, 100, 0, 0.2, 1.0, 0.05, 0.0), 100.0),  # strike zero
    ],
)
def test_limits_without_variance(terms, value):
    """No volatility, no time or no strike: the value of the best certain moment."""
    names = ("right", "spot", "strike", "vol", "time", "rate", "dividend_yield")
    found = american_greeks(**dict(zip(names, terms, strict=True))).value
    assert float(found) == pytest.approx(value, abs=1e-9)


def test_undefined_options_stay_missing():
    """Expired and non-finite options are NaN in every greek."""
    greeks = american_greeks(right=-1, spot=[100, np.nan, 100], strike=100, vol=[0.2, 0.2, -1], time=[-1, 1, 1])
    for name in FIRST:
        assert np.all(np.isnan(getattr(greeks, name)))


def test_two_boundaries_go_to_the_grid():
    """A put with a negative rate and a still lower yield has two boundaries: QuantLib's grid agrees."""
    terms = {"right": -1, "spot": 100, "strike": 100, "vol": 0.1, "time": 2.0, "rate": -0.01, "dividend_yield": -0.06}
    value = float(american_greeks(**terms).value)
    option, process = quantlib_option(**terms)
    option.setPricingEngine(ql.FdBlackScholesVanillaEngine(process, 1_000, 1_000))
    assert abs(value - option.NPV()) < 2e-3
    assert value > float(european_greeks(**terms).value) + 1e-2


def test_cash_dividends_equal_quantlibs_escrowed_grid():
    """Three dividends on 20 random calls and puts: price within 2e-3 and delta within 1e-3 of a fine escrowed grid."""
    terms = random_terms(20, seed=8) | {"dividend_yield": np.zeros(20)}
    terms["vol"] = np.clip(terms["vol"], 0.15, 0.5)
    terms["time"] = np.clip(terms["time"], 30 / 365, 700 / 365)
    days, cash = [20, 110, 200], [1.5, 1.5, 1.5]
    greeks = american_greeks_with_dividends(**terms, amounts=cash, ex_times=np.array(days) / 365)
    dividends = ql.DividendSchedule([ql.FixedDividend(c, TODAY + d) for c, d in zip(cash, days, strict=True)])
    scheme, escrowed = ql.FdmSchemeDesc.Douglas(), ql.FdBlackScholesVanillaEngine.Escrowed
    for i in range(20):
        option, process = quantlib_option(**{name: column[i] for name, column in terms.items()})
        option.setPricingEngine(
            ql.FdBlackScholesVanillaEngine(process, dividends, 800, 800, 0, scheme, False, -1.0, escrowed)
        )
        assert abs(greeks.value[i] - option.NPV()) < 2e-3
        assert abs(greeks.delta[i] - option.delta()) < 1e-3
        assert abs(greeks.gamma[i] - option.gamma()) < 1e-3


def test_the_grid_without_dividends_is_the_boundary_method():
    """Two independent methods of our own agree on price, delta, gamma, vega and theta."""
    terms = random_terms(20, seed=9)
    terms["time"] = np.clip(terms["time"], 0.1, 2.0)
    terms["vol"] = np.minimum(terms["vol"], 0.5)
    grid = american_greeks_with_dividends(**terms, amounts=[], ex_times=[])
    mine = american_greeks(**terms)
    for name, tolerance in zip(FIRST, (1.5e-3, 2e-4, 2e-4, 0.05, 0.05), strict=True):
        np.testing.assert_allclose(getattr(grid, name), getattr(mine, name), atol=tolerance)


def test_the_grid_of_a_call_that_nobody_exercises_is_black_and_scholes():
    """Without dividends a call is worth its European price: value to 4e-4, delta to 4e-5, gamma to 2e-6."""
    terms = random_terms(40, seed=9) | {"right": np.ones(40), "dividend_yield": np.zeros(40)}
    terms["time"] = np.clip(terms["time"], 0.1, 2.0)
    terms["vol"] = np.minimum(terms["vol"], 0.5)
    grid = american_greeks_with_dividends(**terms, amounts=[], ex_times=[])
    exact = european_greeks(**terms)
    for name, tolerance in zip(FIRST, (4e-4, 4e-5, 2e-6, 5e-3, 8e-4), strict=True):
        np.testing.assert_allclose(getattr(grid, name), getattr(exact, name), atol=tolerance, rtol=0)


def test_theta_with_dividends_is_the_value_a_day_later_with_the_spot_held():
    """Theta counts that the dividends come nearer while the spot stays."""
    terms = {"right": 1, "spot": 100, "strike": 95, "vol": 0.3, "rate": 0.08}
    now = american_greeks_with_dividends(**terms, time=0.5, amounts=[3.0], ex_times=[0.3])
    h = 1e-3
    later = american_greeks_with_dividends(**terms, time=0.5 - h, amounts=[3.0], ex_times=[0.3 - h])
    earlier = american_greeks_with_dividends(**terms, time=0.5 + h, amounts=[3.0], ex_times=[0.3 + h])
    assert float(now.theta) == pytest.approx(float(later.value - earlier.value) / (2 * h), rel=0.01)


def test_dividend_lists_must_fit():
    """Amounts without their dates are refused in words."""
    with pytest.raises(InputError, match="two lists"):
        american_greeks_with_dividends(right=1, spot=1, strike=1, vol=1, time=1, amounts=[1.0, 2.0], ex_times=[0.5])
