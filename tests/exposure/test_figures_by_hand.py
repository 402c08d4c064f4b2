"""Every figure of an option in a foreign currency, and how coverage counts, written out beside the product."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from math import exp, log, sqrt

import pytest
from given import given_betas
from scipy.optimize import brentq
from scipy.stats import norm

from trimtab.errors import Reason
from trimtab.exposure.coverage import Basis, Covered, PositionBounds, bound_exposure, cover
from trimtab.exposure.expose import expose
from trimtab.exposure.value import value_position
from trimtab.market.prices import PriceTable
from trimtab.market.rates.fx import FxRates
from trimtab.market.snapshot import market_at
from trimtab.model.instrument import Exercise, Option, OptionRight, Spot, Terms
from trimtab.model.portfolio import DeltaConvention, Portfolio, Position, Stated

DAY, EXPIRY = dt.date(2024, 3, 1), dt.date(2024, 9, 20)
YEARS = (EXPIRY - DAY).days / 365
SPOT, EURO = 104.0, 1.1
MARKET = market_at(
    replace(
        PriceTable.of({"M": [500.0], "X": [SPOT], "NEW": [50.0]}, dates=[str(DAY)]), currencies=("USD", "EUR", "EUR")
    ),
    base="USD",
    fx=FxRates.of({"EURUSD": [EURO]}, dates=[str(DAY)]),
)


def held(right, quantity=-7, strike=100, **stated):
    option = Option(
        symbol="O", underlying="X", currency="EUR", right=right, strike=Decimal(strike), expiry=EXPIRY,
        exercise=Exercise.EUROPEAN, terms=(Terms(multiplier=Decimal(50)),),
    )  # fmt: skip
    return Position(instrument=option, quantity=Decimal(quantity), stated=Stated(**stated))


def black_scholes(vol, right, strike=100.0, rate=0.03, q=0.02, years=YEARS):
    """Value, spot delta, forward delta, gamma, vega and theta a year of one unit."""
    sign = 1 if right is OptionRight.CALL else -1
    sd = vol * sqrt(years)
    d1 = (log(SPOT / strike) + (rate - q) * years) / sd + sd / 2
    d2 = d1 - sd
    paid, kept = exp(-rate * years), exp(-q * years)
    value = sign * (SPOT * kept * norm.cdf(sign * d1) - strike * paid * norm.cdf(sign * d2))
    theta = -SPOT * kept * norm.pdf(d1) * vol / (2 * sqrt(years))
    theta += sign * (q * SPOT * kept * norm.cdf(sign * d1) - rate * strike * paid * norm.cdf(sign * d2))
    gamma = kept * norm.pdf(d1) / SPOT / sd
    forward_delta = sign * norm.cdf(sign * d1)
    return value, forward_delta * kept, forward_delta, gamma, SPOT * kept * norm.pdf(d1) * sqrt(years), theta


CARRY = {"rate": 0.03, "dividend_yield": 0.02}


@pytest.mark.parametrize("right", list(OptionRight))
@pytest.mark.parametrize("quantity", [-7, 3])
def test_figures_of_a_foreign_option(right, quantity):
    """Value, legs, gamma, vega a point, theta a day, forward and both deltas: sold and bought, in dollars."""
    found = value_position(held(right, quantity, vol=0.28, **CARRY), MARKET)
    value, delta, forward_delta, gamma, vega, theta = black_scholes(0.28, right)
    money = quantity * 50 * EURO
    price, currency = found.legs
    assert found.value == pytest.approx(money * value, rel=1e-10)
    assert price.delta_exposure == pytest.approx(money * delta * SPOT, rel=1e-10)
    assert price.gamma_exposure == pytest.approx(money * gamma * SPOT**2, rel=1e-10)
    assert currency.delta_exposure == pytest.approx(found.value, rel=1e-12)
    assert (found.delta, found.multiplier) == pytest.approx((delta, 50.0), rel=1e-10)
    figures = found.option
    assert figures.vega == pytest.approx(money * vega / 100, rel=1e-10)
    assert figures.theta == pytest.approx(money * theta / 365, rel=1e-10)
    assert figures.delta_forward == pytest.approx(forward_delta, rel=1e-10)
    assert figures.forward == pytest.approx(SPOT * exp(0.01 * YEARS), rel=1e-12)
    assert (figures.years, figures.vol, figures.underlying_price) == pytest.approx((YEARS, 0.28, SPOT))


@pytest.mark.parametrize("right", list(OptionRight))
def test_a_quote_gives_three_volatilities_and_their_deltas(right):
    """Bid, middle and ask each imply one; the wide quote leaves exposures open between the deltas of its ends."""
    middle = black_scholes(0.28, right)[0]
    bid, ask = round(middle - 1.7, 2), round(middle + 1.9, 2)
    found = value_position(held(right, 4, bid=Decimal(str(bid)), ask=Decimal(str(ask)), **CARRY), MARKET)
    vols = [
        brentq(lambda v, p=p: black_scholes(v, right)[0] - p, 0.01, 2.0, xtol=1e-14)
        for p in (bid, (bid + ask) / 2, ask)
    ]
    figures, money = found.option, 4 * 50 * EURO
    assert (figures.vol_low, figures.vol, figures.vol_high) == pytest.approx(vols, rel=1e-8)
    deltas = [black_scholes(v, right)[1] for v in vols]
    assert (figures.delta_low, found.delta, figures.delta_high) == pytest.approx(deltas, rel=1e-7)
    assert found.value == pytest.approx(money * (bid + ask) / 2, rel=1e-12)


@pytest.mark.parametrize("convention", list(DeltaConvention))
def test_a_stated_delta_is_read_in_its_own_convention(convention):
    """A forward delta times e^(-qT) is a spot delta; either way the other is shown beside it."""
    stated = {"delta": 0.6, "delta_convention": convention, "price": Decimal(9), **CARRY}
    found = value_position(held(OptionRight.CALL, 2, **stated), MARKET)
    kept = exp(-0.02 * YEARS)
    spot, forward = (0.6 * kept, 0.6) if convention is DeltaConvention.FORWARD else (0.6, 0.6 / kept)
    assert (found.delta, found.option.delta_forward) == pytest.approx((spot, forward), rel=1e-12)
    assert found.legs[0].delta_exposure == pytest.approx(2 * 50 * EURO * spot * SPOT, rel=1e-12)


@pytest.mark.parametrize("right", list(OptionRight))
def test_exposure_at_another_rate_keeps_the_price(right):
    """Without a stated rate it is 0; at 5% the same price implies another volatility, and that another delta."""
    price = round(black_scholes(0.28, right, rate=0.0, q=0.02)[0], 2)
    found = value_position(held(right, 5, price=Decimal(str(price)), dividend_yield=0.02), MARKET)
    vol = brentq(lambda v: black_scholes(v, right, rate=0.05, q=0.02)[0] - price, 0.001, 2.0, xtol=1e-14)
    there = black_scholes(vol, right, rate=0.05, q=0.02)[1]
    assert found.option.other_rate_delta_exposure == pytest.approx(5 * 50 * EURO * there * SPOT, rel=1e-7)
    told = value_position(held(right, 5, price=Decimal(str(price)), **CARRY), MARKET)
    assert told.option.other_rate_delta_exposure is None


def bounds(**changed):
    usual = {
        "asset": "B", "value_low": 10.0, "value_high": 10.0, "exposure_low": -20.0, "exposure_high": 50.0,
        "beta_exposure_low": -60.0, "beta_exposure_high": 150.0, "measured": False, "value": 10.0,
        "beta_exposure": 0.0, "basis": Basis.VALUE, "beta_low": -1.0, "beta_high": 3.0, "assumed": True,
    }  # fmt: skip
    return PositionBounds(**{**usual, **changed})


def line(name, exposure, reason=None, known=None):
    return Covered(asset=name, delta_exposure=exposure, reason=reason, bounds=known)


def test_coverage_counts_what_is_open_at_its_largest():
    """Measured over measured and the largest of what is not; one without bounds as the average; beta at all corners."""
    told = cover([line("A", -100.0), line("B", None, Reason.NO_PRICE, bounds())], nav=200.0, beta_exposure=130.0)
    assert told.share == pytest.approx(100 / 150)
    assert (told.beta_low, told.beta_high) == pytest.approx((70 / 200, 280 / 200))
    assert told.nav_known
    assert [m.asset for m in told.missing] == ["B"]
    wide = bounds(measured=True, value_low=5.0, value_high=25.0, beta_exposure=40.0, beta_exposure_low=30.0,
                  beta_exposure_high=60.0, exposure_low=-20.0, exposure_high=10.0)  # fmt: skip
    told = cover([line("A", 100.0), line("B", 30.0, None, wide)], nav=200.0, beta_exposure=130.0)
    assert told.share == pytest.approx(130 / 160)
    assert (told.beta_low, told.beta_high) == pytest.approx((120 / 215, 150 / 195))
    assert told.missing == ()
    alone = cover([line("A", 100.0), line("C", None, Reason.NO_PRICE)], nav=200.0, beta_exposure=130.0)
    assert (alone.share, alone.unpriced, alone.beta_low, alone.nav_known) == (0.5, 1, None, False)
    unknown = cover(
        [line("A", 100.0), line("B", None, Reason.NO_PRICE, bounds(value_low=0.0))], nav=9.0, beta_exposure=1
    )
    assert not unknown.nav_known
    assert (unknown.beta_low, unknown.beta_high) == (None, None)
    assert cover([], nav=1.0, beta_exposure=0.0).share == 1.0
    both = bound_exposure([-1.0, 2.0], [3.0, 4.0], [-2.0, 0.5], [5.0, 0.5])
    assert [x.tolist() for x in both] == [[-6.0, 1.0], [15.0, 2.0]]


def test_a_foreign_share_without_a_beta_may_be_any_share_and_its_money_besides():
    """Its value times betas from -1 to 3 at home, and times its currency's own beta with 1.96 errors either way."""
    betas = given_betas("M", {"X": (1.0, 0.1), "EUR": (0.2, 0.05)})
    new = Position(instrument=Spot(symbol="NEW", currency="EUR"), quantity=Decimal(100))
    other = Position(instrument=Spot(symbol="M", currency="USD"), quantity=Decimal(40))
    found = expose(Portfolio(positions=(new, other), base="USD"), MARKET, betas)
    (open_,) = found.coverage.bounds
    worth, reach = 100 * 50 * EURO, norm.ppf(0.975) * 0.05
    assert (open_.value_low, open_.value_high, open_.size) == pytest.approx((worth, worth, worth))
    assert open_.beta_exposure_low == pytest.approx(worth * (-1.0 + 0.2 - reach), rel=1e-9)
    assert open_.beta_exposure_high == pytest.approx(worth * (3.0 + 0.2 + reach), rel=1e-9)
    assert (open_.beta_low, open_.beta_high, open_.assumed) == (-1.0, 3.0, True)
    assert found.coverage.share == pytest.approx(20_000 / (20_000 + worth))
    assert found.coverage.beta_high == pytest.approx((20_000 + open_.beta_exposure_high) / (20_000 + worth), rel=1e-9)
