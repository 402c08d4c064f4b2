"""One carry for an option, whatever was stated: nothing taken off twice, contradictions refused, moves that move."""

import datetime as dt
import math
from dataclasses import replace

import mpmath
import numpy as np
import pytest
from given import given_betas
from option_books import DAY, HUNDRED, hold, moment, option, with_cash

from trimtab.errors import InputError, Reason
from trimtab.exposure.carry import Carry, derive_carry, settle_forward
from trimtab.exposure.expose import expose
from trimtab.exposure.live.book import LiveBook
from trimtab.exposure.measured import measure_book
from trimtab.exposure.moves import revalue_moves
from trimtab.exposure.value import value_position
from trimtab.market.prices import Flag
from trimtab.model.instrument import Exercise, Premium
from trimtab.model.portfolio import DeltaConvention, Stated

DIVIDEND = ((DAY + dt.timedelta(days=60), 3.0),)
#: The trial's call: S = K, volatility .3, 182 days, 3.00 in 60 days, r 5%, and the forward of its chain.
SPOT, FORWARD = 135.47244875, 136.07046909


def black(forward, strike, vol, years, rate, right=1):
    """Discounted Black (1976) value and N(d1), in 40 digits: shares no code with the product."""
    with mpmath.workdps(40):
        f, k, s = mpmath.mpf(forward), mpmath.mpf(strike), mpmath.mpf(vol) * mpmath.sqrt(years)
        d1 = mpmath.log(f / k) / s + s / 2
        n1, n2 = mpmath.ncdf(right * d1), mpmath.ncdf(right * (d1 - s))
        return float(mpmath.exp(-mpmath.mpf(rate) * years) * right * (f * n1 - k * n2)), float(n1)


def test_dividends_are_not_taken_off_a_forward_that_holds_them():
    """N3: the call is worth 11.465, not 9.921, and its exposure is 87,462 / 80,843 times what it was."""
    call = option("call", SPOT)
    stated = {"vol": 0.3, "rate": 0.05, "forward": FORWARD, "dividends": DIVIDEND}
    found = value_position(hold(call, **stated), moment(S=SPOT))
    assert found.value / 100 == pytest.approx(11.465, abs=5e-4)
    value, n1 = black(FORWARD, SPOT, 0.3, 182 / 365, 0.05)
    assert found.value / 100 == pytest.approx(value, rel=1e-12)
    exposure = math.exp(-0.05 * 182 / 365) * n1 * FORWARD * 100
    assert found.delta_exposure == pytest.approx(exposure, rel=1e-12)
    # what came out before: the dividend's present value off the spot once more
    net = SPOT - 3.0 * math.exp(-0.05 * 60 / 365)
    twice, before = black(FORWARD * net / SPOT, SPOT, 0.3, 182 / 365, 0.05)
    assert twice == pytest.approx(9.921, abs=5e-4)
    was = math.exp(-0.05 * 182 / 365) * before * FORWARD * 100
    assert found.delta_exposure / was == pytest.approx(87_462 / 80_843, abs=2e-4)
    assert Flag.FORWARD_USED in found.flags


def test_an_american_option_keeps_its_dividends_dates_and_the_forward():
    """With a forward, an American call's dividends stay where they are and the model's forward is the stated one."""
    call = option("call", SPOT, exercise=Exercise.AMERICAN)
    stated = Stated(vol=0.3, rate=0.05, forward=FORWARD, dividends=DIVIDEND)
    carry = derive_carry(call, stated, SPOT, DAY)
    assert carry.forward == pytest.approx(FORWARD, rel=1e-12)
    assert carry.dividends
    worth = value_position(hold(call, vol=0.3, rate=0.05, forward=FORWARD, dividends=DIVIDEND), moment(S=SPOT)).value
    european, _ = black(FORWARD, SPOT, 0.3, 182 / 365, 0.05)
    assert european - 2e-3 <= worth / 100 <= european * 1.03


@pytest.mark.parametrize("stated", [
    {"rate": 0.05, "forward": 120.0, "dividend_yield": 0.015},
    {"rate": 0.05, "forward": 110.0, "dividends": DIVIDEND},
    {"rate": 0.05, "forward": 102.5, "dividends": DIVIDEND},  # of an underlying that pays nothing
    {"rate": 0.05, "forward": 1.02},
    {"forward": 10_200.0},
    {"forward": -5.0},
    {"forward": 140.0, "dividend_yield": 0.02},  # no rate that money is lent at
    {"forward": 99.0, "dividends": ((DAY + dt.timedelta(days=60), 50.0),)},
    {"forward": 90.0, "dividend_yield": 0.0},
    # one of two statements is far off, whatever the other says
    {"rate": 0.05, "forward": 93.0, "dividend_yield": 0.2, "dividends": ((DAY + dt.timedelta(days=60), 50.0),)},
])  # fmt: skip
def test_contradicting_statements_are_refused(stated):
    """A forward that rate, yield or dividends contradict, or of another unit, gives no number but a reason."""
    found = value_position(hold(option("call", 100), vol=0.3, **stated), moment(S=100.0))
    assert found.value is None
    assert found.reason is Reason.CARRY_CONFLICT
    assert found.bounds.exposure_low <= 0.55 * 100 * 100 <= found.bounds.exposure_high


@pytest.mark.parametrize("stated", [
    {"rate": 0.05, "forward": 101.7, "dividend_yield": 0.015},
    {"rate": 0.05, "forward": 99.4, "dividends": DIVIDEND},
    {"forward": 99.4, "dividends": DIVIDEND},
    {"forward": 120.0, "dividend_yield": 0.02},  # lira
    {"rate": 0.05, "forward": 101.0},
    {"rate": 0.05, "dividends": DIVIDEND},
    {"rate": 0.05, "dividend_yield": 0.02},
])  # fmt: skip
def test_statements_that_agree_are_used_once(stated):
    """The forward used is the stated one, else that of dividends or yield."""
    carry = derive_carry(option("call", 100), Stated(**stated), 100.0, DAY)
    rate, years = stated.get("rate", 0.0), 182 / 365
    net = 100.0 - (3.0 * math.exp(-rate * 60 / 365) if "dividends" in stated else 0.0)
    alone = net * math.exp((rate - stated.get("dividend_yield", 0.0)) * years)
    assert carry.forward == pytest.approx(stated.get("forward", alone), rel=1e-13)


def test_a_coin_option_and_one_on_a_future_have_the_spot_as_forward():
    """Their underlying's price is the forward: yields are not used, another forward and dividends are refused."""
    coin = option("call", 60_000, premium=Premium.COIN, currency="USD")
    future = option("call", 5_000, on_future=True)
    assert derive_carry(coin, Stated(rate=0.05, dividend_yield=0.03), 6e4, DAY).forward == 6e4
    assert derive_carry(coin, Stated(forward=61_000.0), 6e4, DAY) is Reason.CARRY_CONFLICT
    assert derive_carry(future, Stated(rate=0.05, dividend_yield=0.018), 5e3, DAY).forward == 5e3
    assert derive_carry(future, Stated(rate=0.05, forward=5_010.0), 5e3, DAY).forward == 5e3
    assert derive_carry(future, Stated(rate=0.05, forward=5_300.0), 5e3, DAY) is Reason.CARRY_CONFLICT
    assert derive_carry(future, Stated(rate=0.05, dividends=DIVIDEND), 5e3, DAY) is Reason.CARRY_CONFLICT


def test_a_yield_beside_dividends_is_said():
    """Both are counted, the yield on top of the dividends, and a reader is told."""
    found = value_position(
        hold(option("call", 100), vol=0.3, rate=0.05, dividend_yield=0.01, dividends=DIVIDEND), moment(S=100.0)
    )
    assert Flag.YIELD_AND_DIVIDENDS in found.flags


@pytest.mark.parametrize("exercise", list(Exercise))
@pytest.mark.parametrize("dividends", [(), DIVIDEND])
def test_a_settled_forward_is_the_same_option(exercise, dividends):
    """Written as a yield, a forward values the option as before, to the last digits."""
    call = option("call", 100, exercise=exercise)
    position = hold(call, vol=0.3, rate=0.05, forward=100.4, dividends=dividends)
    settled = settle_forward(position, 100.0, DAY)
    assert settled.stated.forward is None
    one, two = value_position(position, moment(S=100.0)), value_position(settled, moment(S=100.0))
    assert two.value == pytest.approx(one.value, rel=1e-12)
    assert two.delta == pytest.approx(one.delta, rel=1e-12)


def test_an_option_with_a_stated_forward_moves_with_its_market():
    """A forward is of its moment: after -20% the option is worth what the moved forward gives."""
    betas = given_betas("S", {})
    book = with_cash(hold(option("put", 100), vol=0.3, rate=0.05, forward=101.0, quantity=10))
    row = next(m for m in revalue_moves(measure_book(book, moment(S=100.0), betas), moves=(-0.2,)))
    now, _ = black(101.0, 100, 0.3, 182 / 365, 0.05, right=-1)
    then, _ = black(80.8, 100, 0.3, 182 / 365, 0.05, right=-1)
    assert row.pnl == pytest.approx(1000 * (then - now), rel=1e-9)


def test_a_live_option_with_a_stated_forward_moves_with_its_quotes():
    """The same in the live book, which equals `expose` on its own state."""
    betas = given_betas("S", {})
    book = with_cash(hold(option("put", 100), vol=0.3, rate=0.05, forward=101.0, quantity=10))
    live = LiveBook(book, moment(S=100.0), betas)
    live.quote("S", 80.0, 1_709_251_200_000_001)
    then, _ = black(80.8, 100, 0.3, 182 / 365, 0.05, right=-1)
    assert live.read().positions[1].value == pytest.approx(1000 * then, rel=1e-12)
    assert live.exposure().positions[1].value == pytest.approx(1000 * then, rel=1e-12)


def test_a_live_forward_waits_for_the_first_price_of_its_underlying():
    """An underlying without a price at first: the forward is settled at its first price, and moves from there."""
    betas = given_betas("M", {"S": (1.0, 0.1)})
    book = with_cash(hold(option("put", 100), vol=0.3, rate=0.05, forward=101.0, quantity=10))
    live = LiveBook(book, moment(M=10.0), betas)
    assert live.read().coverage.missing[0].asset == "OPT"
    live.quote("S", 100.0, 1_709_251_200_000_001)
    live.quote("S", 80.0, 1_709_251_200_000_002)
    then, _ = black(80.8, 100, 0.3, 182 / 365, 0.05, right=-1)
    assert live.read().positions[1].value == pytest.approx(1000 * then, rel=1e-12)


def test_theta_with_escrowed_dividends_holds_the_spot():
    """N3: theta is the change of value over a day with S held, which the dividend's growing present value makes faster.

    The oracle prices the call again a hundredth of a day later, in 40 digits, with its own escrow.
    """
    strike, vol, rate = 100.0, 0.3, 0.05

    def worth(days):
        net = 100.0 - 3.0 * math.exp(-rate * (60 - days) / 365)
        years = (182 - days) / 365
        return black(net * math.exp(rate * years), strike, vol, years, rate)[0]

    found = value_position(hold(option("call", 100), vol=vol, rate=rate, dividends=DIVIDEND), moment(S=100.0))
    a_day = (worth(0.005) - worth(-0.005)) / 0.01
    assert found.option.theta == pytest.approx(100 * a_day, rel=1e-6)
    net = 100.0 - 3.0 * math.exp(-rate * 60 / 365)
    held_net = (
        black(net * math.exp(rate * (182 - 0.005) / 365), strike, vol, (182 - 0.005) / 365, rate)[0]
        - black(net * math.exp(rate * (182 + 0.005) / 365), strike, vol, (182 + 0.005) / 365, rate)[0]
    ) / 0.01
    assert 100 * (a_day - held_net) < -0.015  # holding S* is slower, by delta x r x PV / 365


def test_both_deltas_are_given():
    """Spot delta dV/dS and forward delta N(d1), which is what vendors print; a vendor may say which his is."""
    call = option("call", 100)
    common = {"vol": 0.3, "rate": 0.05, "dividend_yield": 0.04}
    found = value_position(hold(call, **common), moment(S=100.0))
    years = 182 / 365
    _, n1 = black(100 * math.exp(0.01 * years), 100, 0.3, years, 0.05)
    assert found.option.delta_forward == pytest.approx(n1, rel=1e-12)
    assert found.delta == pytest.approx(n1 * math.exp(-0.04 * years), rel=1e-12)
    vendor = hold(call, price=8.0, delta=n1, delta_convention=DeltaConvention.FORWARD, rate=0.05, dividend_yield=0.04)
    assert value_position(vendor, moment(S=100.0)).delta == pytest.approx(found.delta, rel=1e-12)
    plain = replace(vendor, stated=replace(vendor.stated, delta_convention=DeltaConvention.SPOT))
    assert value_position(plain, moment(S=100.0)).delta == n1


def test_a_delta_in_percent_is_refused():
    """Vendors print 45 for .45: in another unit it would look like a large position."""
    with pytest.raises(ValueError, match="divide by 100"):
        Stated(delta=45.0)


@pytest.mark.parametrize(("right", "delta"), [("put", 0.4), ("call", -0.3)])
def test_a_delta_of_the_wrong_sign_is_refused(right, delta):
    """A put's delta without its minus, or a short call's with one, would turn the hedge over."""
    with pytest.raises(InputError, match="with its sign"):
        hold(option(right, 100), price=5.0, delta=delta)
    assert hold(option(right, 100), price=5.0, delta=-delta).stated.delta == -delta
    assert hold(option(right, 100), price=5.0, delta=0.0).stated.delta == 0.0


def test_what_an_assumed_rate_could_matter_is_told():
    """Without a rate, delta exposure at 5% is told beside that at 0: the quote is the same, the volatility follows."""
    call = option("call", 100, days=730)
    market = moment(S=100.0)
    assumed = value_position(hold(call, bid=15.9, ask=16.1), market)
    stated = value_position(hold(call, bid=15.9, ask=16.1, rate=0.05), market)
    assert Flag.RATE_ASSUMED in assumed.flags
    assert assumed.option.other_rate_delta_exposure == pytest.approx(stated.delta_exposure, rel=1e-9)
    assert abs(assumed.delta_exposure - stated.delta_exposure) > 500
    assert stated.option.other_rate_delta_exposure is None
    at_zero = value_position(hold(call, bid=15.9, ask=16.1, rate=0.0), market)
    assert Flag.RATE_ASSUMED not in at_zero.flags


def test_carry_of_random_statements_is_one_forward():
    """Over random statements the derived forward is the stated one, or that of yield and dividends, never of both."""
    rng = np.random.default_rng(11)
    for _ in range(300):
        days = int(rng.integers(30, 900))
        rate, q = float(rng.uniform(0, 0.08)), float(rng.uniform(0, 0.03))
        when, amount = int(rng.integers(1, days)), float(rng.uniform(0, 1.5))
        net = 100.0 - amount * math.exp(-rate * when / 365)
        truth = net * math.exp((rate - q) * days / 365)
        dividends = ((DAY + dt.timedelta(days=when), amount),)
        call = option("call", 100, days=days, exercise=rng.choice(list(Exercise)))
        both = derive_carry(call, Stated(rate=rate, dividend_yield=q, dividends=dividends), 100.0, DAY)
        forward = derive_carry(call, Stated(rate=rate, forward=truth, dividends=dividends), 100.0, DAY)
        assert isinstance(both, Carry)
        assert both.forward == pytest.approx(truth, rel=1e-12)
        assert forward.forward == pytest.approx(truth, rel=1e-12)


def test_multiplier_of_the_books():
    """The books' contracts are of 100 units."""
    assert HUNDRED[0].multiplier == 100
    assert expose(with_cash(), moment(S=1.0), given_betas("S", {})).nav == 1_000_000
