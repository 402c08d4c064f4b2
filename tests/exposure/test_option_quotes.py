"""What a quote says of an option: both sides, one, none, crossed, or above what it can be worth; and its last day."""

import math
from decimal import Decimal
from statistics import NormalDist

import mpmath
import numpy as np
import pytest
import QuantLib as ql
from option_books import DAY, hold, moment, option

from trimtab.errors import Reason
from trimtab.exposure.pricing.bounds import delta_bounds, delta_range, value_bounds
from trimtab.exposure.revalue import fix
from trimtab.exposure.valuation import Basis
from trimtab.exposure.value import value_position
from trimtab.market.prices import Flag
from trimtab.model.instrument import Exercise, Premium


def crr(right, spot, strike, vol, years, rate, steps=2001):
    """Value of an American option on a binomial tree (Cox, Ross and Rubinstein 1979): an oracle of its own."""
    dt = years / steps
    up = math.exp(vol * math.sqrt(dt))
    p = (math.exp(rate * dt) - 1 / up) / (up - 1 / up)
    prices = spot * up ** (2.0 * np.arange(steps + 1) - steps)
    values = np.maximum(right * (prices - strike), 0.0)
    for step in range(steps - 1, -1, -1):
        prices = spot * up ** (2.0 * np.arange(step + 1) - step)
        values = math.exp(-rate * dt) * (p * values[1:] + (1 - p) * values[:-1])
        values = np.maximum(values, right * (prices - strike))
    return float(values[0])


@pytest.mark.parametrize("exercise", list(Exercise))
@pytest.mark.parametrize("right", ["call", "put"])
def test_the_volatility_of_a_quote_is_that_of_its_middle(exercise, right):
    """The model's value at the middle volatility is the middle of bid and ask, by a tree; so at both ends."""
    sign = 1 if right == "call" else -1
    bid, ask = 6.1, 7.3
    found = value_position(hold(option(right, 100, exercise=exercise), bid=bid, ask=ask, rate=0.05), moment(S=100.0))
    assert found.value == pytest.approx(100 * 6.7, rel=1e-12)
    for vol, price in ((found.option.vol, 6.7), (found.option.vol_low, bid), (found.option.vol_high, ask)):
        if exercise is Exercise.AMERICAN:
            assert crr(sign, 100.0, 100.0, vol, 182 / 365, 0.05) == pytest.approx(price, abs=3e-3)
        else:
            assert european(sign, 100.0, 100.0, vol, 182 / 365, 0.05) == pytest.approx(price, rel=1e-10)
    assert found.option.vol_low < found.option.vol < found.option.vol_high
    assert Flag.VOL_IMPLIED in found.flags


def european(right, spot, strike, vol, years, rate):
    """Black-Scholes in 40 digits."""
    with mpmath.workdps(40):
        s = mpmath.mpf(vol) * mpmath.sqrt(years)
        d1 = (mpmath.log(mpmath.mpf(spot) / strike) + mpmath.mpf(rate) * years) / s + s / 2
        value = right * (
            spot * mpmath.ncdf(right * d1) - strike * mpmath.exp(-rate * years) * mpmath.ncdf(right * (d1 - s))
        )
        return float(value)


def test_a_bid_of_nothing_is_worth_the_middle_up_to_the_ask():
    """N3: bid 0 / ask .05 has a value of 2.50 a contract, and a delta between 0 and that of the ask's volatility."""
    found = value_position(hold(option("put", 60, days=90), bid=0, ask=0.05), moment(S=100.0))
    assert found.value == pytest.approx(2.5)
    assert Flag.ZERO_BID in found.flags
    assert found.bounds.basis is Basis.MODEL
    assert (found.bounds.value_low, found.bounds.value_high) == (0.0, pytest.approx(5.0))
    assert found.bounds.exposure_high == 0.0
    at_ask = value_position(hold(option("put", 60, days=90), price=0.05), moment(S=100.0))
    assert found.bounds.exposure_low == pytest.approx(at_ask.delta_exposure, rel=1e-9)
    assert found.bounds.exposure_low < found.delta_exposure < 0


def test_an_ask_alone_is_less_than_a_price():
    """Without a stated bid the ask's middle is used only where neither table nor holdings have a price."""
    put = option("put", 60, days=90)
    assert value_position(hold(put, ask=0.05), moment(S=100.0)).value == pytest.approx(2.5)
    assert value_position(hold(put, ask=0.05), moment(S=100.0, OPT=0.04)).value == pytest.approx(4.0)
    assert value_position(hold(put, ask=0.05, price=0.03), moment(S=100.0)).value == pytest.approx(3.0)
    assert value_position(hold(put, bid=0, ask=0.05, price=0.03), moment(S=100.0)).value == pytest.approx(2.5)


def test_nothing_bid_for_an_option_in_the_money_leaves_exercise_to_the_ask():
    """An American put in the money with an ask alone lies between exercise and the ask."""
    put = option("put", 120, exercise=Exercise.AMERICAN)
    found = value_position(hold(put, bid=0, ask=21.0, rate=0.05), moment(S=100.0))
    assert found.value == pytest.approx(100 * 20.5)


def test_a_bid_alone_is_no_price():
    """A bid without an ask says how little, not how much: refused with bounds, unless there is another price."""
    call = option("call", 100)
    found = value_position(hold(call, bid=5.0), moment(S=100.0))
    assert found.reason is Reason.ONE_SIDED_QUOTE
    assert (found.bounds.value_low, found.bounds.value_high) == (500.0, 10_000.0)
    assert (found.bounds.exposure_low, found.bounds.exposure_high) == (500.0, 10_000.0)
    other = value_position(hold(call, bid=5.0), moment(S=100.0, OPT=8.0))
    assert other.value == 800.0
    assert Flag.ONE_SIDED_QUOTE in other.flags


def test_a_crossed_quote_is_refused_and_bounded_by_both_sides():
    """Bid above ask: no value, but between the two; with a price of its own the option is valued by that."""
    call = option("call", 100)
    found = value_position(hold(call, bid=8.0, ask=7.0), moment(S=100.0))
    assert found.reason is Reason.CROSSED_QUOTE
    assert (found.bounds.value_low, found.bounds.value_high) == (700.0, 800.0)
    other = value_position(hold(call, bid=8.0, ask=7.0, price=7.5), moment(S=100.0))
    assert other.value == 750.0
    assert Flag.CROSSED_QUOTE in other.flags


@pytest.mark.parametrize("exercise", list(Exercise))
def test_an_ask_above_the_bound_is_that_bound(exercise):
    """No put is worth more than its strike: an ask of 250 on a strike of 100 is cut there; a bid there is refused."""
    put = option("put", 100, exercise=exercise)
    found = value_position(hold(put, bid=20, ask=250), moment(S=100.0))
    assert found.value == pytest.approx(100 * 60.0)
    assert Flag.ABOVE_BOUND in found.flags
    assert found.option.vol_high == math.inf
    assert found.option.delta_high == 0.0
    wrong = value_position(hold(put, bid=101, ask=250), moment(S=100.0))
    assert wrong.reason is Reason.ABOVE_BOUND
    assert wrong.bounds is not None


def test_an_ask_below_exercise_is_worth_exercise_and_no_more():
    """A quote under what exercise is worth has no volatility: its value is its middle, its delta that of exercise."""
    found = value_position(hold(option("call", 80), bid=19.0, ask=19.6), moment(S=100.0))
    assert found.value == pytest.approx(1930)
    assert found.option.vol == 0.0
    assert found.delta == 1.0
    assert Flag.BELOW_INTRINSIC in found.flags


@pytest.mark.parametrize("exercise", list(Exercise))
@pytest.mark.parametrize("quantity", [1, -3])
def test_an_option_that_expires_today_is_worth_exercise(exercise, quantity):
    """N3: SPXW 2023-09-14 C4500 with the index at 4,505.10 is worth 5.10 without a price, and moves like the index."""
    call = option("call", 4500, days=0, exercise=exercise)
    found = value_position(hold(call, quantity=quantity), moment(S=4505.10))
    assert found.reason is None
    assert found.value == pytest.approx(quantity * 100 * 5.10)
    assert found.delta_exposure == pytest.approx(quantity * 100 * 4505.10)
    assert Flag.EXPIRES_TODAY in found.flags
    put = value_position(hold(option("put", 4500, days=0, exercise=exercise)), moment(S=4505.10))
    assert (put.value, put.delta_exposure) == (0.0, 0.0)


def test_a_mark_of_a_few_cents_over_exercise_is_taken():
    """The mark is the value; delta is that of exercise, and what the mark allows is told as bounds."""
    call = option("call", 4500, days=0)
    for mark in (5.10, 5.11, 5.12, 5.15):
        found = value_position(hold(call, price=mark), moment(S=4505.10))
        assert found.value == pytest.approx(100 * mark)
        assert found.delta == 1.0
    assert 0.95 < found.option.delta_low < found.option.delta_high == 1.0
    assert found.bounds.exposure_high == pytest.approx(450_510)
    cheap = value_position(hold(option("put", 4500, days=0), bid=0.0, ask=0.05), moment(S=4505.10))
    assert cheap.value == pytest.approx(2.5)
    assert cheap.delta == 0.0
    below = value_position(hold(call, bid=5.0, ask=5.1), moment(S=4505.10))
    assert below.value == pytest.approx(505)
    assert below.delta == 1.0


def test_an_option_that_lives_on_its_last_day_has_the_delta_its_price_implies():
    """At the money in the morning, worth 12 points: delta is N(d1) of the deviation that the price implies."""
    found = value_position(hold(option("call", 4500, days=0), price=12.0), moment(S=4500.0))
    # at the money: price = S (2 N(s/2) - 1), so N(d1) = N(s/2) = (1 + price/S) / 2
    assert found.delta == pytest.approx((1 + 12 / 4500) / 2, rel=1e-10)
    assert found.value == 1200.0


def test_a_coin_option_expires_as_well():
    """A coin option on its last day: exercise in coin, and delta one coin."""
    call = option("call", 50_000, days=0, premium=Premium.COIN)
    found = value_position(hold(call), moment(S=60_000.0))
    assert found.value == pytest.approx(100 * 10_000.0)
    assert found.delta_exposure == pytest.approx(100 * 60_000)
    marked = value_position(hold(call, price=round(1 / 6, 4)), moment(S=60_000.0))
    assert marked.delta == 1.0


def test_the_day_after_expiry_there_is_nothing():
    """An option of yesterday has been settled: its cash or shares belong in the book."""
    assert value_position(hold(option("call", 100, days=-1)), moment(S=100.0)).reason is Reason.EXPIRED


def test_bounds_hold_for_random_options_of_quantlib():
    """QuantLib's values and deltas lie inside the bounds without a model, and a delta inside its volatility's range."""
    rng = np.random.default_rng(5)
    today = ql.Date(1, 3, 2024)
    ql.Settings.instance().evaluationDate = today
    count = ql.Actual365Fixed()
    for _ in range(400):
        right = int(rng.choice([1, -1]))
        spot, strike = 100.0, float(np.exp(rng.uniform(np.log(40), np.log(250))))
        days, vol = int(rng.integers(2, 900)), float(rng.uniform(0.05, 1.0))
        rate, q = float(rng.uniform(0, 0.08)), float(rng.uniform(0, 0.06))
        process = ql.BlackScholesMertonProcess(
            ql.QuoteHandle(ql.SimpleQuote(spot)),
            ql.YieldTermStructureHandle(ql.FlatForward(today, q, count)),
            ql.YieldTermStructureHandle(ql.FlatForward(today, rate, count)),
            ql.BlackVolTermStructureHandle(ql.BlackConstantVol(today, ql.NullCalendar(), vol, count)),
        )
        payoff = ql.PlainVanillaPayoff(ql.Option.Call if right > 0 else ql.Option.Put, strike)
        traded = ql.VanillaOption(payoff, ql.EuropeanExercise(today + days))
        traded.setPricingEngine(ql.AnalyticEuropeanEngine(process))
        value, delta = traded.NPV(), traded.delta()
        terms = {
            "right": right, "spot": spot, "strike": strike, "time": days / 365, "rate": rate, "dividend_yield": q,
        }  # fmt: skip
        low, high = value_bounds(**terms)
        assert low - 1e-9 <= value <= high + 1e-9
        least, most = delta_bounds(**terms, low=value * 0.9, high=value * 1.1)
        assert least - 1e-9 <= delta <= most + 1e-9
        least, most = delta_range(**terms, low=vol * 0.5, high=vol * 1.5)
        assert least - 1e-9 <= delta <= most + 1e-9


def test_the_range_of_delta_finds_its_minimum_inside():
    """A call in the money has its least delta at s = sqrt(2 m), which neither end of its volatilities shows."""
    common = {"right": 1, "spot": 110.0, "strike": 100.0, "time": 1.0}
    least, most = delta_range(**common, low=0.0, high=math.inf)
    grid = [delta_range(**common, low=v, high=v)[0] for v in np.linspace(0.01, 3, 2000)]
    assert float(least) == pytest.approx(min(grid), abs=1e-6)
    assert float(most) == 1.0


def test_a_middle_in_decimals_is_exact():
    """The middle of 5.1 and 5.3 is 5.2, not a sum of rounded numbers."""
    found = value_position(hold(option("put", 95), bid="5.1", ask="5.3"), moment(S=100.0))
    assert Decimal(repr(found.price.value)) == Decimal("5.2")
    assert str(found.price.date)[:10] == str(DAY)


def test_a_locked_quote_is_a_quote():
    """Bid equal to ask is not crossed: one price, one volatility."""
    found = value_position(hold(option("call", 100), bid=8.0, ask=8.0), moment(S=100.0))
    assert found.value == 800.0
    assert found.option.vol_low == found.option.vol == found.option.vol_high


@pytest.mark.parametrize("exercise", list(Exercise))
def test_an_ask_exactly_at_the_bound_needs_no_cut(exercise):
    """At the bound the ask says nothing of volatility, and is taken as it stands; a bid there has none at all."""
    put = option("put", 100, exercise=exercise)
    found = value_position(hold(put, bid=20, ask=100), moment(S=100.0))
    assert found.value == 6000.0
    assert Flag.ABOVE_BOUND not in found.flags
    assert value_position(hold(put, bid=100, ask=100), moment(S=100.0)).reason is Reason.ABOVE_BOUND


@pytest.mark.parametrize("exercise", list(Exercise))
def test_a_bid_below_exercise_allows_every_small_volatility(exercise):
    """The volatility of such a bid is 0, that of the middle is found where the middle is above exercise."""
    found = value_position(hold(option("call", 80, exercise=exercise), bid=19.5, ask=21.5), moment(S=100.0))
    assert found.option.vol_low == 0.0
    assert 0 < found.option.vol < found.option.vol_high


def test_a_stated_volatility_goes_before_the_quotes():
    """The quote still gives the price and the interval."""
    found = value_position(hold(option("call", 100), bid=8.0, ask=9.0, vol=0.2), moment(S=100.0))
    assert found.option.vol == 0.2
    assert found.value == 850.0
    assert 0.2 < found.option.vol_low < found.option.vol_high
    assert Flag.VOL_STATED in found.flags


def test_an_option_about_which_nothing_is_known_is_bounded_by_its_terms():
    """Without price, quote, volatility or delta: a put's delta exposure lies between minus its strike and 0."""
    found = value_position(hold(option("put", 60)), moment(S=100.0))
    assert found.reason is Reason.NO_VOLATILITY
    assert (found.bounds.exposure_low, found.bounds.exposure_high) == (-6000.0, 0.0)
    assert (found.bounds.value_low, found.bounds.value_high) == (0.0, 6000.0)
    assert found.bounds.basis is Basis.NO_ARBITRAGE


def test_a_price_above_the_bound_is_refused():
    """A call priced above its spot gives no volatility, and is bounded by its terms."""
    found = value_position(hold(option("call", 100), price=120), moment(S=100.0))
    assert found.reason is Reason.ABOVE_BOUND
    assert found.bounds.value_high == 10_000.0


def test_a_quote_without_a_bid_on_the_last_day_is_bounded_by_its_ask():
    """The middle of 0 and the ask is the value; delta may be up to what the ask implies."""
    found = value_position(hold(option("call", 101, days=0), bid=0, ask=0.3), moment(S=100.0))
    whole = value_position(hold(option("call", 101, days=0), price=0.3), moment(S=100.0))
    assert found.bounds.exposure_low == 0.0
    assert found.bounds.exposure_high == pytest.approx(whole.delta_exposure)
    assert found.value == pytest.approx(15.0)
    assert Flag.ZERO_BID in found.flags


def test_a_crossed_quote_on_the_last_day_is_said():
    """It is worth exercise, its quote is flagged, and its bounds hold both sides of it."""
    found = value_position(hold(option("call", 98, days=0), bid=2.4, ask=2.2), moment(S=100.0))
    assert found.value == pytest.approx(200.0)
    assert Flag.CROSSED_QUOTE in found.flags
    assert (found.bounds.value_low, found.bounds.value_high) == (pytest.approx(220.0), pytest.approx(240.0))
    assert found.bounds.exposure_low < 9_500 < found.bounds.exposure_high


def test_the_most_an_option_can_be_worth():
    """A European call the spot less its yield, an American one the spot; a put its strike, the European discounted."""
    asked = {"bid": 1, "ask": 500, "rate": 0.05, "dividend_yield": 0.08}
    spot_leg, strike_leg = 100 * math.exp(-0.08 * 182 / 365), 60 * math.exp(-0.05 * 182 / 365)
    for right, exercise, most in (
        ("call", Exercise.EUROPEAN, spot_leg), ("call", Exercise.AMERICAN, 100.0),
        ("put", Exercise.EUROPEAN, strike_leg), ("put", Exercise.AMERICAN, 60.0),
    ):  # fmt: skip
        found = value_position(hold(option(right, 60, exercise=exercise), **asked), moment(S=100.0))
        assert found.value == pytest.approx(100 * (1 + most) / 2, rel=1e-12)


@pytest.mark.parametrize(("bid", "ask", "top"), [(4, 9_999, 100.0), (4, 60, 60.0), (0.05, 30, 30.0)])
def test_a_stub_ask_leaves_delta_open_and_says_so(bid, ask, top):
    """A call bid at 4 and offered at 9,999 is no call at 52: it can be worth 4 to the spot, and its bounds say so."""
    found = value_position(hold(option("call", 100, days=60), bid=bid, ask=ask), moment(S=100.0))
    assert (found.bounds.value_low, found.bounds.value_high) == pytest.approx((100 * bid, 100 * top))
    # at the strike the delta of a call worth c is (1 + c / S) / 2, at any volatility
    ends = [10_000 * (1 + c / 100) / 2 for c in (bid, top)]
    assert (found.bounds.exposure_low, found.bounds.exposure_high) == pytest.approx(ends)


def test_a_tight_quote_is_measured_and_nothing_else():
    """A cent or a tenth between bid and ask leaves nothing open."""
    for right, strike, bid, ask in (("call", 100, 4, 4.2), ("put", 80, 0.05, 0.1), ("call", 60, 40, 41.5)):
        found = value_position(hold(option(right, strike, days=60), bid=bid, ask=ask), moment(S=100.0))
        assert found.bounds is None


def test_on_the_last_day_exposure_is_the_slope_of_the_full_revaluation():
    """A call of today at the money, worth 12 points of 4,500, gains what Black's formula says at the deviation left."""
    held = hold(option("call", 4500, days=0), price=12.0)
    at = moment(S=4500.0)
    fixed = fix(held, at)
    # At the money price / S = 2 N(s/2) - 1: s from the inverse normal, not from the code.
    left = 2 * NormalDist().inv_cdf((1 + 12 / 4500) / 2)
    assert fixed.valued.option.deviation == pytest.approx(left, rel=1e-9)

    def worth(x):
        d1 = math.log1p(x) / left + left / 2
        return 100 * (4500 * (1 + x) * NormalDist().cdf(d1) - 4500 * NormalDist().cdf(d1 - left))

    for x in (-0.02, -0.001, 0.0, 0.003, 0.05):
        assert fixed.after(lambda leg, x=x: x).value == pytest.approx(worth(x), rel=1e-7, abs=1e-6)
    h = 1e-7
    slope = (worth(h) - worth(-h)) / (2 * h)
    assert fixed.valued.delta_exposure == pytest.approx(slope, rel=1e-6)
    assert fixed.closed.after(lambda leg: 0.01).value == pytest.approx(100 * 45.0)


def test_what_counts_as_exercised_is_worth_exercise_after_a_move_too():
    """N3: 4,505.10 on a strike of 4,500 and a mark of 5.15: delta 1, and a fall of 1% leaves the 5 cents."""
    fixed = fix(hold(option("call", 4500, days=0), price=5.15), moment(S=4505.10))
    assert fixed.valued.delta_exposure == pytest.approx(450_510)
    assert fixed.after(lambda leg: 0.001).value - 515 == pytest.approx(450.51)
    assert fixed.after(lambda leg: -0.01).value == pytest.approx(5)
    assert fixed.after(lambda leg: 0.001, vol_shift=0.1).value == fixed.after(lambda leg: 0.001).value


def test_on_the_last_day_volatility_and_what_hangs_on_it_is_missing():
    """Nobody knows how much of the day is left: no volatility, vega, theta, and no gamma of what lives."""
    lives = value_position(hold(option("call", 4500, days=0), price=12.0), moment(S=4500.0))
    over = value_position(hold(option("call", 4500, days=0)), moment(S=4505.10))
    for found in (lives, over):
        assert (found.option.vol, found.option.vega, found.option.theta) == (None, None, None)
        assert Flag.EXPIRES_TODAY in found.flags
    assert (lives.gamma_exposure, over.gamma_exposure) == (None, 0.0)
    assert over.option.deviation == 0.0


def test_a_price_above_the_bound_is_refused_on_the_last_day_as_well():
    """A call of today priced above its underlying is no call; it was worth its price with the delta of exercise."""
    found = value_position(hold(option("call", 100, days=0), price=120.0), moment(S=100.0))
    assert found.reason is Reason.ABOVE_BOUND


def test_a_price_that_is_worth_exercise_on_the_last_day_leaves_nothing_open():
    """Deep in the money at exercise the one price gives the one delta: there is nothing to bound."""
    found = value_position(hold(option("call", 50, days=0), price=50.0), moment(S=100.0))
    assert (found.value, found.delta, found.bounds) == (pytest.approx(5000.0), 1.0, None)


def test_two_sides_with_one_delta_still_bound_the_value():
    """A crossed quote below exercise gives one delta at both sides; its value is open all the same."""
    found = value_position(hold(option("call", 50, days=0), bid=49.0, ask=48.0), moment(S=100.0))
    assert found.bounds.exposure_low == found.bounds.exposure_high
    assert found.bounds.value_low < found.bounds.value_high
