"""Crypto contracts: published numbers, full revaluation under joint moves, laws of the coin premium."""

import numpy as np
import pytest

from trimtab.exposure.pricing.black import european_greeks
from trimtab.exposure.pricing.coin import (
    coin_option,
    funding_payment,
    funding_rate,
    inverse_coin_delta,
    inverse_pnl,
    linear_pnl,
    quanto_deltas,
    quanto_pnl,
)


def test_published_inverse_profit():
    """100,000 contracts of 1 USD from 10,000 to 10,500 earn .47619 BTC (BitMEX inverse contract guide)."""
    profit = inverse_pnl(contracts=100_000, multiplier=1, entry=10_000, exit_price=10_500)
    assert round(float(profit), 5) == 0.47619


@pytest.mark.parametrize(("price", "coins"), [(10_000, -0.4), (5_000, 1.2)])
def test_a_coin_margined_short_of_one_times_keeps_its_dollars(price, coins):
    """2 BTC and 16,000 contracts short at 8,000: -.4 BTC at 10,000, +1.2 at 5,000, and 16,000 USD at both."""
    profit = float(inverse_pnl(contracts=-16_000, multiplier=1, entry=8_000, exit_price=price))
    assert profit == pytest.approx(coins, rel=1e-14)
    assert (2 + profit) * price == pytest.approx(16_000, rel=1e-14)
    exposure = 2 + profit + float(inverse_coin_delta(contracts=-16_000, multiplier=1, price=price))
    assert exposure == pytest.approx(0.0, abs=1e-14)


def test_coin_book_equals_full_revaluation_under_a_joint_move():
    """Inverse and quanto profit in money equals the account revalued before and after, to 1e-12, on 10,000 books."""
    rng = np.random.default_rng(1)
    n = 10_000
    coin0, coin1 = rng.uniform(5_000, 60_000, (2, n))
    eth0, eth1 = rng.uniform(100, 4_000, (2, n))
    inverse, quanto = rng.integers(-100_000, 100_000, (2, n)).astype(float)
    equity = rng.uniform(0.5, 20.0, n)
    # the account in coin, marked before and after from the positions' definitions
    after = equity + inverse / coin0 - inverse / coin1 + quanto * 1e-6 * eth1 - quanto * 1e-6 * eth0
    whole = after * coin1 - equity * coin0
    pieces = equity * (coin1 - coin0) + coin1 * (
        inverse_pnl(contracts=inverse, multiplier=1, entry=coin0, exit_price=coin1)
        + quanto_pnl(contracts=quanto, multiplier=1e-6, entry=eth0, exit_price=eth1)
    )
    size = coin1 * (equity + np.abs(inverse) / coin0 + np.abs(inverse) / coin1 + np.abs(quanto) * 1e-6 * (eth0 + eth1))
    assert np.all(np.abs(whole - pieces) <= 1e-12 * (size + equity * coin0))
    # money delta of the account: equity now in coin plus the coins of the inverse position
    up, down = (
        (equity + inverse_pnl(contracts=inverse, multiplier=1, entry=coin0, exit_price=coin1 + h)) * (coin1 + h)
        for h in (1.0, -1.0)
    )
    now = equity + inverse_pnl(contracts=inverse, multiplier=1, entry=coin0, exit_price=coin1)
    delta = now + inverse_coin_delta(contracts=inverse, multiplier=1, price=coin1)
    np.testing.assert_allclose((up - down) / 2, delta, rtol=1e-9, atol=1e-8)


@pytest.mark.parametrize(("coin", "money"), [(5_000, 125_000), (15_000, -125_000)])
def test_a_hedged_quanto_short_keeps_its_cross_term(coin, money):
    """Short 100,000 ETHUSD at 500 with BTC 10,000 and long 1,000 ETH: +125,000 or -125,000 USD at ETH 750."""
    short = quanto_pnl(contracts=-100_000, multiplier=1e-6, entry=500, exit_price=750) * coin
    assert float(short) + 1_000 * 250 == pytest.approx(money, rel=1e-12)


def test_quanto_deltas_and_their_cross_term_are_the_whole_move():
    """Deltas before the move plus the cross term N m dE dB give the money profit exactly: it is bilinear."""
    n, m, entry, price, coin, d_price, d_coin = -100_000.0, 1e-6, 480.0, 500.0, 10_000.0, 250.0, -5_000.0
    per_price, per_coin = quanto_deltas(contracts=n, multiplier=m, entry=entry, price=price, coin_price=coin)
    assert per_price == pytest.approx(-1_000)
    before = quanto_pnl(contracts=n, multiplier=m, entry=entry, exit_price=price) * coin
    after = quanto_pnl(contracts=n, multiplier=m, entry=entry, exit_price=price + d_price) * (coin + d_coin)
    local = per_price * d_price + per_coin * d_coin + n * m * d_price * d_coin
    assert float(after - before) == pytest.approx(float(local), rel=1e-12)


def test_published_coin_premium_delta():
    """S = K = 60,000, vol 70%, three months: .569460 - .138920 = .430540 (Deribit convention)."""
    option = coin_option(right=1, forward=60_000, strike=60_000, vol=0.7, time=0.25)
    assert [round(float(x), 6) for x in (option.delta, option.value, option.net_delta)] == [0.56946, 0.13892, 0.43054]


def test_a_call_with_strike_zero_is_a_coin_and_needs_no_hedge():
    """Value one coin, Black-Scholes delta one, net transaction delta zero."""
    option = coin_option(right=1, forward=60_000, strike=0, vol=0.7, time=0.25)
    assert (option.value, option.delta, option.net_delta) == (1.0, 1.0, 0.0)


def test_net_delta_is_the_price_derivative_of_the_value_in_coin():
    """F dV_coin/dF = delta - V_coin, by central differences on 2,000 options; vega and theta likewise."""
    rng = np.random.default_rng(3)
    terms = {
        "right": rng.choice([-1.0, 1.0], 2_000),
        "forward": rng.uniform(30_000, 90_000, 2_000),
        "strike": 60_000.0,
        "vol": rng.uniform(0.3, 1.2, 2_000),
        "time": rng.uniform(0.02, 1.0, 2_000),
    }
    option = coin_option(**terms)
    for name, size, expected in (
        ("forward", 1.0, option.net_delta / terms["forward"]),
        ("vol", 1e-5, option.vega),
        ("time", 1e-6, -option.theta),
    ):
        up, down = (coin_option(**(terms | {name: terms[name] + h})).value for h in (size, -size))
        np.testing.assert_allclose((up - down) / (2 * size), expected, rtol=1e-5, atol=1e-8 / size**0.3)
    money = european_greeks(**{("spot" if k == "forward" else k): v for k, v in terms.items()})
    np.testing.assert_allclose(option.value * terms["forward"], money.value, rtol=1e-14)
    np.testing.assert_array_equal(option.gamma, money.gamma)


def test_an_option_without_forward_is_missing():
    """A forward of zero gives no value in coin."""
    assert np.isnan(coin_option(right=1, forward=0, strike=1, vol=0.5, time=1).value)


def test_funding_follows_the_published_bands():
    """+.10% -> +.075%; within .025% nothing; -.10% -> -.075%; a cap binds on both sides."""
    rates = funding_rate([0.001, 0.00025, -0.0002, 0.0, -0.001])
    np.testing.assert_allclose(rates, [0.00075, 0, 0, 0, -0.00075], atol=1e-18)
    assert funding_rate([0.1, -0.1], cap=0.005).tolist() == [0.005, -0.005]
    assert float(funding_payment(exposure=-10_000, rate=0.00075, hours=4)) == pytest.approx(3.75)


def test_linear_profit_is_additive():
    """Two legs of a move add up to the whole."""
    whole = linear_pnl(contracts=3, multiplier=50, entry=100, exit_price=130)
    legs = [linear_pnl(contracts=3, multiplier=50, entry=a, exit_price=b) for a, b in ((100, 112), (112, 130))]
    assert float(whole) == float(legs[0] + legs[1]) == 4_500.0
