"""Beta after the move: full revaluation against hand calculations, and local numbers where they must agree."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
import QuantLib as ql
from given import given_betas, given_market
from scipy.stats import norm

import trimtab as tt
from trimtab.exposure.expose import expose
from trimtab.exposure.measured import measure_book
from trimtab.exposure.moves import revalue_moves
from trimtab.feeds.contracts import bundled_contracts
from trimtab.market.daycount import date_of
from trimtab.market.prices import Flag, PriceTable
from trimtab.model.instrument import (
    Cash,
    Exercise,
    Option,
    OptionRight,
    Perpetual,
    PerpetualPayoff,
    Premium,
    Spot,
    Terms,
)
from trimtab.model.notation import parse_portfolio
from trimtab.model.portfolio import Portfolio, Position, Stated

DAY = dt.date(2024, 3, 1)
EXPIRY = dt.date(2024, 8, 30)
YEARS = (EXPIRY - DAY).days / 365


def put(strike: float = 100.0, *, american: bool = False, coin: bool = False, right=OptionRight.PUT) -> Option:
    return Option(
        symbol="PUT",
        underlying="P",
        currency="USD",
        right=right,
        strike=Decimal(str(strike)),
        expiry=EXPIRY,
        terms=(Terms(multiplier=Decimal(1 if coin else 100)),),
        exercise=Exercise.AMERICAN if american else Exercise.EUROPEAN,
        premium=Premium.COIN if coin else Premium.MONEY,
    )


def held(*positions: Position, cash: float = 100_000.0) -> Portfolio:
    money = Position(instrument=Cash(currency="USD"), quantity=Decimal(str(cash)))
    return Portfolio(positions=(*positions, money), base="USD")


MARKET = given_market({"P": 100.0, "I": 4000.0, "Q": 50.0})
BETAS = given_betas("I", {"P": (1.5, 0.1), "Q": (0.8, 0.2)})


def bsm_put(spot: float, strike: float, vol: float, years: float, rate: float) -> tuple[float, float]:
    """Value and delta of a European put from the textbook, written out here."""
    d1 = (np.log(spot / strike) + (rate + vol**2 / 2) * years) / (vol * np.sqrt(years))
    value = strike * np.exp(-rate * years) * norm.cdf(vol * np.sqrt(years) - d1) - spot * norm.cdf(-d1)
    return float(value), float(norm.cdf(d1) - 1)


def test_an_option_position_by_hand():
    """Value, delta exposure and beta exposure of ten puts equal the textbook's formula times size."""
    stated = Stated(vol=0.25, rate=0.03)
    line = expose(held(Position(instrument=put(), quantity=Decimal(10), stated=stated)), MARKET, BETAS).positions[0]
    value, delta = bsm_put(100.0, 100.0, 0.25, YEARS, 0.03)
    assert line.value == pytest.approx(1000 * value, rel=1e-12)
    assert line.delta_exposure == pytest.approx(1000 * delta * 100.0, rel=1e-12)
    assert line.beta_exposure == pytest.approx(1.5 * 1000 * delta * 100.0, rel=1e-12)
    assert line.beta_weighted_delta == pytest.approx(line.beta_exposure / 4000.0, rel=1e-12)
    assert line.option_beta == pytest.approx(1.5 * delta * 100.0 / value, rel=1e-12)
    assert Flag.VOL_STATED in line.flags


@pytest.mark.parametrize(("shift", "vol"), [(0.05, 0.30), (-0.10, 0.15), (-0.25, 0.0), (-0.60, 0.0)])
def test_a_shift_of_volatility_is_added_and_ends_at_none(shift, vol):
    """Ten puts after a fall of 10%: the textbook's value at the shifted volatility, at 0 the discounted difference."""
    stated = Stated(vol=0.25, rate=0.03)
    book = measure_book(held(Position(instrument=put(), quantity=Decimal(10), stated=stated)), MARKET, BETAS)
    row = revalue_moves(book, moves=[-0.1], vol_shift=shift)[0]
    now = bsm_put(100.0, 100.0, 0.25, YEARS, 0.03)[0]
    spot = 100.0 * (1 - 0.1 * 1.5)
    least = max(100.0 * np.exp(-0.03 * YEARS) - spot, 0.0)
    after = bsm_put(spot, 100.0, vol, YEARS, 0.03)[0] if vol else least
    assert row.pnl == pytest.approx(1000 * (after - now), rel=1e-9)


def test_elasticity_and_option_beta_as_published():
    """S/price 27.27, delta .6, beta 1.2: elasticity 16.36, option beta 19.64."""
    call = replace(put(right=OptionRight.CALL), strike=Decimal(100))
    stated = Stated(delta=0.6, price=Decimal("3.66703"))
    betas = given_betas("I", {"P": (1.2, 0.0)})
    line = expose(held(Position(instrument=call, quantity=Decimal(1), stated=stated)), MARKET, betas).positions[0]
    assert line.elasticity == pytest.approx(16.36, abs=0.005)
    assert line.option_beta == pytest.approx(19.64, abs=0.01)
    assert Flag.DELTA_STATED in line.flags


def test_short_positions_flip_every_sign():
    """A short of the same option has minus each figure of the long."""
    stated = Stated(vol=0.25)
    long = expose(held(Position(instrument=put(), quantity=Decimal(7), stated=stated)), MARKET, BETAS).positions[0]
    short = expose(held(Position(instrument=put(), quantity=Decimal(-7), stated=stated)), MARKET, BETAS).positions[0]
    for name in ("value", "delta_exposure", "gamma_exposure", "beta_exposure", "beta_weighted_delta"):
        assert getattr(short, name) == pytest.approx(-getattr(long, name), rel=1e-12)
    assert short.option.vega == -long.option.vega
    assert short.option.theta == -long.option.theta


def test_the_volatility_of_a_quote_gives_its_interval():
    """From bid and ask come a volatility, the interval both allow, and a delta at each end."""
    bid, ask = bsm_put(100, 100, 0.22, YEARS, 0.0)[0], bsm_put(100, 100, 0.26, YEARS, 0.0)[0]
    stated = Stated(bid=Decimal(repr(bid)), ask=Decimal(repr(ask)))
    line = expose(held(Position(instrument=put(), quantity=Decimal(1), stated=stated)), MARKET, BETAS).positions[0]
    assert line.option.vol_low == pytest.approx(0.22, abs=1e-9)
    assert line.option.vol_high == pytest.approx(0.26, abs=1e-9)
    assert line.option.vol == pytest.approx(0.24, abs=1e-3)
    assert line.price == pytest.approx((bid + ask) / 2)


def test_full_revaluation_of_an_option_book_by_hand():
    """A put hedged book at -20%: the underlying falls 30% by its beta, and value and beta follow the textbook."""
    stated = Stated(vol=0.25, rate=0.03)
    book = held(
        Position(instrument=Spot(symbol="P", currency="USD"), quantity=Decimal(1000)),
        Position(instrument=put(), quantity=Decimal(10), stated=stated),
    )
    row = revalue_moves(measure_book(book, MARKET, BETAS), moves=(-0.2,))[0]
    before, _ = bsm_put(100.0, 100.0, 0.25, YEARS, 0.03)
    after, delta = bsm_put(70.0, 100.0, 0.25, YEARS, 0.03)
    pnl = 1000 * (70 - 100) + 1000 * (after - before)
    assert row.pnl == pytest.approx(pnl, rel=1e-10)
    nav = 100_000 + 100_000 + 1000 * before + pnl
    assert row.nav == pytest.approx(nav, rel=1e-12)
    assert row.beta == pytest.approx(1.5 * (1000 * 70 + 1000 * delta * 70) / nav, rel=1e-10)


def test_local_numbers_meet_the_full_ones_for_small_moves():
    """Delta and gamma predict P/L to third order and beta exposure to second."""
    book = held(Position(instrument=put(), quantity=Decimal(10), stated=Stated(vol=0.25)))
    errors = []
    for x in (0.002, 0.001):
        row = revalue_moves(measure_book(book, MARKET, BETAS), moves=(x,))[0]
        errors.append((abs(row.pnl - row.pnl_local), abs(row.beta - row.beta_local)))
    assert errors[1][0] < errors[0][0] / 6
    assert errors[1][1] < errors[0][1] / 3


def test_no_move_is_todays_portfolio():
    """At a move of zero NAV and beta are those of today, with nothing gained."""
    book = held(
        Position(instrument=put(), quantity=Decimal(-5), stated=Stated(vol=0.3)),
        Position(instrument=Spot(symbol="Q", currency="USD"), quantity=Decimal(300)),
    )
    today, row = expose(book, MARKET, BETAS), revalue_moves(measure_book(book, MARKET, BETAS), moves=(0.0,))[0]
    assert row.pnl == 0.0
    assert row.beta == pytest.approx(today.beta.value, rel=1e-12)


def test_a_linear_book_keeps_its_betas_exposure():
    """Shares and futures gain exactly beta times the move, and full and local numbers are the same."""
    market = given_market({"P": 100.0, "ES": 4000.0, "SPX": 3990.0})
    betas = given_betas("SPX", {"P": (1.5, 0.1), "ES": (1.0, 0.0)})
    book = parse_portfolio("1000 P, -3 ESZ26, 50000 USD", contracts=bundled_contracts())
    today = expose(book, market, betas)
    for row in revalue_moves(measure_book(book, market, betas)):
        assert row.pnl == pytest.approx(today.beta_exposure * row.move, abs=1e-6)
        assert row.pnl_local == pytest.approx(row.pnl, abs=1e-6)
        assert row.beta == pytest.approx(row.beta_local, rel=1e-12)


def test_an_american_put_is_worth_more_than_a_european_one():
    """Early exercise adds value; price and delta equal QuantLib's within a tenth of a tick and 1e-3."""
    stated = Stated(vol=0.25, rate=0.05)
    american, european = (
        expose(held(Position(instrument=put(110, american=a), quantity=Decimal(1), stated=stated)), MARKET, BETAS)
        for a in (True, False)
    )
    assert american.positions[0].value > european.positions[0].value
    today = ql.Date(1, 3, 2024)
    ql.Settings.instance().evaluationDate = today
    counter = ql.Actual365Fixed()
    process = ql.BlackScholesMertonProcess(
        ql.QuoteHandle(ql.SimpleQuote(100.0)),
        ql.YieldTermStructureHandle(ql.FlatForward(today, 0.0, counter)),
        ql.YieldTermStructureHandle(ql.FlatForward(today, 0.05, counter)),
        ql.BlackVolTermStructureHandle(ql.BlackConstantVol(today, ql.NullCalendar(), 0.25, counter)),
    )
    oracle = ql.VanillaOption(
        ql.PlainVanillaPayoff(ql.Option.Put, 110.0), ql.AmericanExercise(today, ql.Date(30, 8, 2024))
    )
    oracle.setPricingEngine(ql.FdBlackScholesVanillaEngine(process, 800, 1600))
    line = american.positions[0]
    assert line.price == pytest.approx(oracle.NPV(), abs=1e-3)
    assert line.delta == pytest.approx(oracle.delta(), abs=1e-3)


def test_a_coin_premium_option_moves_like_the_coin_option_it_is():
    """The published example: delta .569460, mark .138920 coin, net delta .430540; value is coin times the coin."""
    option = replace(put(60_000, coin=True, right=OptionRight.CALL), underlying="BTC", expiry=dt.date(2024, 5, 31))
    market = given_market({"BTC": 60_000.0, "I": 4000.0})
    betas = given_betas("I", {"BTC": (2.0, 0.5)})
    stated = Stated(vol=0.7)
    line = expose(held(Position(instrument=option, quantity=Decimal(2), stated=stated)), market, betas).positions[0]
    assert line.option.net_delta == pytest.approx(line.delta - line.price, abs=1e-12)
    assert line.value == pytest.approx(2 * line.price * 60_000, rel=1e-12)
    assert line.delta_exposure == pytest.approx(2 * line.delta * 60_000, rel=1e-12)


def coin_book(
    payoff: PerpetualPayoff, *, multiplier: str, quantity: str, coins: str, entry: str, underlying: str = "BTC"
):
    perpetual = Perpetual(
        symbol="PERP",
        currency="USD",
        settlement="BTC",
        payoff=payoff,
        terms=(Terms(multiplier=Decimal(multiplier)),),
        underlying=(underlying,),
    )
    return Portfolio(
        positions=(
            Position(instrument=perpetual, quantity=Decimal(quantity), stated=Stated(entry=Decimal(entry))),
            Position(instrument=Cash(currency="BTC"), quantity=Decimal(coins)),
        ),
        base="USD",
    )


def test_a_coin_margined_short_is_flat_in_money():
    """2 BTC and 16,000 contracts short at 8,000: worth 16,000 USD at 10,000 and at 5,000, with beta 0 throughout."""
    book = coin_book(PerpetualPayoff.INVERSE, multiplier="1", quantity="-16000", coins="2", entry="8000")
    betas = given_betas("I", {"BTC": (1.0, 0.1)})
    for price, coins in ((8_000.0, 2.0), (10_000.0, 1.6), (5_000.0, 3.2)):
        measured = expose(book, given_market({"BTC": price, "I": 100.0}), betas)
        assert measured.nav == pytest.approx(16_000.0, rel=1e-12)
        assert measured.nav / price == pytest.approx(coins, rel=1e-12)
        assert measured.beta.value == pytest.approx(0.0, abs=1e-12)
        assert measured.beta.stderr == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(("eth", "btc"), [(750.0, 5_000.0), (750.0, 15_000.0), (400.0, 12_000.0)])
def test_a_quanto_book_under_a_joint_move_equals_full_revaluation(eth, btc):
    """Short 100,000 quanto ETH contracts against 1,000 ETH: P/L under joint moves as published, to 1e-12."""
    perpetual = Perpetual(
        symbol="PERP",
        currency="USD",
        settlement="BTC",
        payoff=PerpetualPayoff.QUANTO,
        terms=(Terms(multiplier=Decimal("0.000001")),),
        underlying=("ETH",),
    )
    book = Portfolio(
        positions=(
            Position(instrument=perpetual, quantity=Decimal(-100_000), stated=Stated(entry=Decimal(500))),
            Position(instrument=Spot(symbol="ETH", currency="USD"), quantity=Decimal(1000)),
        ),
        base="USD",
    )
    betas = given_betas("I", {"ETH": (1.0, 0.1), "BTC": (1.0, 0.1)})

    def nav(e: float, b: float) -> float:
        return expose(book, given_market({"ETH": e, "BTC": b, "I": 100.0}), betas).nav

    pnl = nav(eth, btc) - nav(500.0, 10_000.0)
    by_hand = -100_000 * 1e-6 * (eth - 500) * btc + 1000 * (eth - 500)
    assert pnl == pytest.approx(by_hand, rel=1e-12, abs=1e-9)
    if (eth, btc) == (750.0, 5_000.0):
        assert pnl == pytest.approx(125_000.0, rel=1e-12)
    if (eth, btc) == (750.0, 15_000.0):
        assert pnl == pytest.approx(-125_000.0, rel=1e-12)


def test_the_legs_of_a_quanto_are_its_derivatives():
    """Finite differences of value by each price equal the legs' exposures."""
    perpetual = Perpetual(
        symbol="PERP",
        currency="USD",
        settlement="BTC",
        payoff=PerpetualPayoff.QUANTO,
        terms=(Terms(multiplier=Decimal("0.000001")),),
        underlying=("ETH",),
    )
    position = Position(instrument=perpetual, quantity=Decimal(50_000), stated=Stated(entry=Decimal(450)))
    betas = given_betas("I", {"ETH": (1.0, 0.1), "BTC": (1.0, 0.1)})

    def nav(e: float, b: float) -> float:
        return expose(held(position), given_market({"ETH": e, "BTC": b, "I": 100.0}), betas).nav

    line = expose(held(position), given_market({"ETH": 500.0, "BTC": 10_000.0, "I": 100.0}), betas).positions[0]
    exposure = dict(line.weights)
    assert exposure["ETH"] == pytest.approx((nav(500.5, 1e4) - nav(499.5, 1e4)) * 500, rel=1e-9)
    assert exposure["BTC"] == pytest.approx((nav(500.0, 1.001e4) - nav(500.0, 0.999e4)) / 20 * 1e4, rel=1e-9)


def test_coins_in_the_account_count_as_exposure():
    """Equity held in coin has the coin's price and beta."""
    betas = given_betas("I", {"BTC": (2.0, 0.3)})
    book = Portfolio(positions=(Position(instrument=Cash(currency="BTC"), quantity=Decimal(3)),), base="USD")
    measured = expose(book, given_market({"BTC": 20_000.0, "I": 100.0}), betas)
    assert (measured.nav, measured.beta.value) == (60_000.0, 2.0)


def test_a_fund_is_measured_through_what_it_holds():
    """Weights of .5 and .3 leave .2 in the fund itself; weights that miss 1 are said."""
    fund = Spot(symbol="FUND", currency="USD", constituents=(("P", Decimal("0.5")), ("Q", Decimal("0.3"))))
    market = given_market({"FUND": 10.0, "P": 1.0, "Q": 1.0, "I": 1.0})
    betas = given_betas("I", {"P": (1.5, 0.1), "Q": (0.8, 0.2), "FUND": (1.0, 0.1)})
    line = expose(held(Position(instrument=fund, quantity=Decimal(100))), market, betas).positions[0]
    assert line.beta == pytest.approx(0.5 * 1.5 + 0.3 * 0.8 + 0.2 * 1.0)
    assert {Flag.LOOK_THROUGH, Flag.WEIGHTS_NOT_ONE} <= set(line.flags)


def test_prices_in_pence_are_pounds_once():
    """A price of 2,500 pence is 25 pounds, in value and exposure."""
    share = Spot(symbol="P", currency="GBP", scale=Decimal("0.01"))
    book = Portfolio(positions=(Position(instrument=share, quantity=Decimal(10)),), base="GBP")
    measured = expose(book, given_market({"P": 2500.0, "I": 1.0}, base="GBP"), given_betas("I", {"P": (1.0, 0.1)}))
    assert measured.nav == 250.0
    assert measured.net == 250.0


@pytest.mark.parametrize(
    ("stated", "reason"),
    [
        (Stated(), "no_volatility"),
        (Stated(bid=Decimal(5), ask=Decimal(4)), "crossed_quote"),
        (Stated(price=Decimal(200)), "above_bound"),
    ],
)
def test_an_option_that_cannot_be_measured_says_why(stated, reason):
    """No volatility, a crossed quote and an impossible price are each listed with their reason."""
    measured = expose(held(Position(instrument=put(), quantity=Decimal(1), stated=stated)), MARKET, BETAS)
    assert measured.coverage.missing[0].reason == reason


def test_an_expired_option_and_one_that_expires_today():
    """Past expiry an option is not covered; on its last day it is worth exercise, and says so."""
    gone = replace(put(110), expiry=dt.date(2024, 2, 29))
    assert (
        expose(held(Position(instrument=gone, quantity=Decimal(1), stated=Stated(vol=0.2))), MARKET, BETAS)
        .coverage.missing[0]
        .reason
        == "expired"
    )
    last = replace(put(110), expiry=DAY)
    line = expose(
        held(Position(instrument=last, quantity=Decimal(1), stated=Stated(vol=0.2))), MARKET, BETAS
    ).positions[0]
    assert line.value == pytest.approx(1000.0)
    assert line.delta == -1.0
    assert Flag.EXPIRES_TODAY in line.flags


def test_a_price_at_intrinsic_value_invents_no_volatility():
    """An option quoted at what exercise is worth has the delta of exercise and a flag."""
    line = expose(
        held(Position(instrument=put(150), quantity=Decimal(1), stated=Stated(price=Decimal(50)))), MARKET, BETAS
    ).positions[0]
    assert line.delta == -1.0
    assert Flag.BELOW_INTRINSIC in line.flags


def test_the_basis_of_a_future_and_the_funding_of_a_perpetual_are_carry():
    """A long future above its index loses the basis by expiry; a long perpetual pays positive funding."""
    book = parse_portfolio("2 ESM24, 100000 USD", contracts=bundled_contracts())
    market = given_market({"ES": 4040.0, "SPX": 4000.0})
    line = expose(book, market, given_betas("SPX", {"ES": (1.0, 0.0)})).positions[0]
    days = (dt.date(2024, 6, 21) - DAY).days
    assert line.carry == pytest.approx(-2 * 50 * 4040 * np.log(1.01) * 365 / days)
    perpetual = Perpetual(
        symbol="PERP",
        currency="USD",
        settlement="USD",
        payoff=PerpetualPayoff.LINEAR,
        terms=(Terms(multiplier=Decimal(1)),),
        underlying=("P",),
    )
    stated = Stated(funding=0.0001)
    line = expose(held(Position(instrument=perpetual, quantity=Decimal(10), stated=stated)), MARKET, BETAS).positions[0]
    assert line.carry == pytest.approx(-10 * 100 * 0.0001 * 3 * 365)


@pytest.mark.parametrize(("quote", "units"), [("0.5", 1), ("0.5", -1), ("9.99", 3)])
def test_an_option_loses_no_more_than_it_is_worth_and_gains_no_more_written(quote, units):
    """A call of 90 at 100 quoted below exercise: 18% lower the line from its quote leads to less than nothing."""
    days = np.busday_offset("2024-01-02", np.arange(120), roll="forward")
    level = 100.0 * np.cumprod(1.0 + 0.01 * np.sin(np.arange(120.0)))
    level *= 100.0 / level[-1]
    prices = PriceTable.of({"SPX": level}, dates=days)
    option = Option(
        symbol="O", underlying="SPX", currency="USD", right=OptionRight.CALL, strike=Decimal(90),
        expiry=date_of(days[-1].astype("datetime64[s]")) + dt.timedelta(days=30), terms=(Terms(multiplier=Decimal(1)),),
        exercise=Exercise.EUROPEAN,
    )  # fmt: skip
    position = Position(instrument=option, quantity=Decimal(units), stated=Stated(price=Decimal(quote), rate=0.0))
    money = Position(instrument=Cash(currency="USD"), quantity=Decimal(1000))
    review = tt.review(
        prices,
        Portfolio(positions=(position, money), base="USD"),
        tt.Mandate(benchmark="SPX", target=0.0, band=0.1),
        method="ols",
    )
    worth = units * float(quote)
    fallen = [row for row in review.moves if row.move <= -0.2]
    assert len(fallen) == 3
    for row in fallen:
        assert row.pnl == pytest.approx(-worth, abs=1e-9)
        assert row.beta == pytest.approx(0.0, abs=1e-9)
