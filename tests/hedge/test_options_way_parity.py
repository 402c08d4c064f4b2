"""A chain of quotes gives its own rate and yield by parity, and its currency comes from what is held."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
import QuantLib as ql
from given import given_betas, given_market

from trimtab.exposure.expose import expose
from trimtab.exposure.measured import measure_book
from trimtab.hedge.options.chain import ChainQuote, OptionChain
from trimtab.hedge.options.parity import settle_chain
from trimtab.hedge.options.plan import plan_options
from trimtab.hedge.options.records import OptionRequest, Strategy, apply_option_orders
from trimtab.hedge.plan import PlanStatus
from trimtab.market.daycount import years_between
from trimtab.market.prices import PriceTable
from trimtab.market.rates.fx import FxRates
from trimtab.market.snapshot import market_at
from trimtab.model.instrument import Exercise, OptionRight
from trimtab.model.mandate import Mandate
from trimtab.model.notation import parse_portfolio

DAY = dt.date(2024, 3, 1)
EXPIRY = dt.date(2025, 2, 1)


def black(right, spot, strike, vol, years, rate, q):
    """QuantLib's price and spot delta: shares no code with the product."""
    forward, discount = spot * np.exp((rate - q) * years), np.exp(-rate * years)
    kind = ql.Option.Call if right is OptionRight.CALL else ql.Option.Put
    calculator = ql.BlackCalculator(ql.PlainVanillaPayoff(kind, strike), forward, vol * np.sqrt(years), discount)
    return calculator.value(), calculator.delta(spot)


def quotes_of(spot=4000.0, vol=0.2, rate=0.05, q=0.015, half=0.25, strikes=range(3000, 4801, 100), expiry=EXPIRY):
    lines = []
    for strike in strikes:
        for right in OptionRight:
            value, _ = black(right, spot, float(strike), vol, years_between(DAY, expiry), rate, q)
            bid, ask = max(0.0, round(value - half, 2)), round(value + half, 2)
            lines.append(ChainQuote(right=right, strike=Decimal(strike), bid=Decimal(str(bid)), ask=Decimal(str(ask))))
    return tuple(lines)


def chain_of(quotes, **more):
    return OptionChain(**({"underlying": "SPX", "currency": "", "expiry": EXPIRY, "quotes": quotes} | more))


def test_rate_and_yield_are_those_of_parity():
    """A chain made at 5% and 1.5% says so, to a few basis points of its ticks, and names its source."""
    found = settle_chain(chain_of(quotes_of()), given_market({"SPX": 4000.0}), parse_portfolio("1 USD"))
    assert found.rate == pytest.approx(0.05, abs=5e-4)
    assert found.dividend_yield == pytest.approx(0.015, abs=5e-4)
    assert "put-call parity of 19 strikes" in found.source
    assert settle_chain(found, given_market({"SPX": 4000.0}), parse_portfolio("1 USD")) == found


def test_a_plan_from_quotes_alone_reaches_its_band_by_the_quotes_own_delta():
    """N10: SPX 4,000, vol .2, r 5%, q 1.5%, 11 months, target .2 +/- .05: beta after, at the quotes' own delta, fits.

    With rate and yield 0 it was called .2424 where the quotes' own delta gives .2560, outside.
    """
    held = parse_portfolio("4000000 P, 500000 USD")
    market = given_market({"P": 1.0, "SPX": 4000.0})
    betas = given_betas("SPX", {"P": (1.0, 0.0)})
    asked = Mandate(benchmark="SPX", target=0.2, band=0.05)
    request = OptionRequest(strategy=Strategy.PROTECTIVE_PUT, long_put=1.0, allow_borrowing=True)
    plan = plan_options(measure_book(held, market, betas), asked, chain_of(quotes_of()), request)
    assert plan.status is PlanStatus.PLANNED
    (order,) = plan.orders
    value, delta = black(
        OptionRight.PUT, 4000.0, float(order.option.strike), 0.2, years_between(DAY, EXPIRY), 0.05, 0.015
    )
    assert order.mark == pytest.approx(value, abs=0.01)
    assert order.delta == pytest.approx(delta, abs=2e-4)
    after = expose(apply_option_orders(held, plan.orders), market, betas)
    true = (4_000_000 + float(order.quantity) * 100 * delta * 4000.0) / after.nav
    assert plan.after.beta.value == pytest.approx(true, abs=2e-3)
    assert 0.15 <= true <= 0.25
    # at rate and yield 0 the same puts look 5% smaller, and more beta would be left than was planned
    plain = plan_options(
        measure_book(held, market, betas), asked, chain_of(quotes_of(), rate=0.0, dividend_yield=0.0), request
    )
    assert abs(plain.after.beta.value - plan.after.beta.value) < 0.05
    assert abs(plain.orders[0].delta - delta) > 0.01


def test_quotes_of_a_foreign_index_are_in_its_currency():
    """N10: puts on SX5E cost euros: the cash used is that many euros at the day's rate, not as many dollars."""
    dates = ["2024-02-29", "2024-03-01"]
    table = PriceTable.of({"SPX": [4000.0] * 2, "SX5E": [4900.0] * 2, "P": [1.0] * 2}, dates=dates)
    table = replace(table, currencies=("USD", "EUR", "USD"))
    fx = FxRates.of({"EURUSD": [1.08, 1.08]}, dates=dates)
    market = market_at(table, base="USD", fx=fx)
    # The index in its own money and the euro, as a moment measures them: an option there has a leg in each.
    betas = given_betas("SPX", {"P": (1.0, 0.0), "SX5E": (0.9, 0.02), "SX5E in EUR": (0.8, 0.02), "EUR": (0.1, 0.01)})
    held = parse_portfolio("4000000 P, 500000 USD")
    quotes = quotes_of(spot=4900.0, rate=0.03, q=0.03, strikes=range(4000, 5801, 100))
    chain = chain_of(quotes, underlying="SX5E", multiplier=Decimal(10))
    request = OptionRequest(strategy=Strategy.PROTECTIVE_PUT, long_put=0.98, allow_borrowing=True)
    plan = plan_options(
        measure_book(held, market, betas), Mandate(benchmark="SPX", target=0.8, band=0.02), chain, request
    )
    (order,) = plan.orders
    assert order.option.currency == "EUR"
    assert order.fx == pytest.approx(1.08)
    assert plan.premium == pytest.approx(float(order.quantity * order.price) * 10 * 1.08)


def test_a_currency_comes_from_the_holding_before_the_base():
    """An option held in the underlying names the currency, where no price column does."""
    held = parse_portfolio("1 USD, 2 SX5E 4000P 2025-02-01")
    position = held.positions[1]
    euro = replace(position, instrument=replace(position.instrument, currency="EUR"))
    market = given_market({"SX5E": 4900.0})
    chain = chain_of(quotes_of(), underlying="SX5E")
    assert settle_chain(chain, market, replace(held, positions=(held.positions[0], euro))).currency == "EUR"
    assert settle_chain(chain, market, parse_portfolio("1 USD")).currency == "USD"
    assert settle_chain(replace(chain, currency="CHF"), market, held).currency == "CHF"


def test_few_quotes_take_the_known_rate_and_give_the_yield():
    """One pair cannot say what the rate is; at the rate that is known it says the yield."""
    market, held = given_market({"SPX": 4000.0}), parse_portfolio("1 USD")
    one = chain_of(quotes_of(half=0.005, strikes=(4000,)))
    found = settle_chain(one, market, held, rate=0.05, dividend_yield=0.9)
    assert (found.rate, found.dividend_yield) == (0.05, pytest.approx(0.015, abs=1e-4))
    alone = settle_chain(one, market, held)
    assert (alone.rate, alone.dividend_yield) == (None, None)
    wide = chain_of(tuple(replace(q, ask=q.ask + 300) if q.right is OptionRight.CALL else q for q in quotes_of()))
    assert settle_chain(wide, market, held, rate=0.05).rate == pytest.approx(0.05, abs=0.01)


def test_an_american_chain_takes_what_is_known():
    """Parity does not hold for early exercise: nothing is fitted."""
    chain = chain_of(quotes_of(), exercise=Exercise.AMERICAN)
    found = settle_chain(chain, given_market({"SPX": 4000.0}), parse_portfolio("1 USD"), rate=0.04, dividend_yield=0.01)
    assert (found.rate, found.dividend_yield) == (0.04, 0.01)


def test_what_a_chain_states_is_kept():
    """A stated rate and yield are not fitted over."""
    chain = chain_of(quotes_of(), rate=0.02, dividend_yield=0.0)
    assert settle_chain(chain, given_market({"SPX": 4000.0}), parse_portfolio("1 USD")) == replace(
        chain, currency="USD"
    )
    half = settle_chain(chain_of(quotes_of(), rate=0.05), given_market({"SPX": 4000.0}), parse_portfolio("1 USD"))
    assert (half.rate, half.dividend_yield) == (0.05, pytest.approx(0.015, abs=5e-4))
