"""Costs, margins and yearly figures of each kind of plan, worked out by hand in a currency that is not the book's."""

import datetime as dt
import math
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from given import given_betas

from trimtab.exposure.expose import expose
from trimtab.exposure.measured import measure_book
from trimtab.hedge.check import PlanCheckError, check_plan
from trimtab.hedge.futures.figures import futures_figures
from trimtab.hedge.futures.hedge import price_hedge
from trimtab.hedge.futures.plan import plan_futures
from trimtab.hedge.options.chain import StatedVolatility, chain_from_volatility
from trimtab.hedge.options.check import OptionsCheckError, check_options
from trimtab.hedge.options.plan import plan_options
from trimtab.hedge.options.records import OptionRequest, Strategy
from trimtab.hedge.plan import Side
from trimtab.hedge.reallocate.check import ReallocationCheckError, check_reallocation
from trimtab.hedge.reallocate.plan import plan_reallocation
from trimtab.hedge.reallocate.tax import TaxRules
from trimtab.hedge.reallocate.terms import Liquidity, ReallocationLimits, RiskModel, SectorLimit, TradingCosts
from trimtab.hedge.ways.assumptions import settle_assumptions
from trimtab.hedge.ways.figures import options_per_year
from trimtab.hedge.ways.parts import holding_per_year, parts_of
from trimtab.hedge.ways.records import Assumptions
from trimtab.hedge.year_terms import ASSUMED_RATE, ASSUMED_YIELD
from trimtab.market.daycount import years_between
from trimtab.market.facts import facts_at
from trimtab.market.prices import PriceTable
from trimtab.market.rates.fx import FxRates
from trimtab.market.rates.interest import Interest
from trimtab.market.rates.risk_free import RiskFree
from trimtab.market.snapshot import market_at
from trimtab.model.instrument import Future, Spot, Terms
from trimtab.model.mandate import Costs, Mandate
from trimtab.model.notation import parse_portfolio
from trimtab.model.portfolio import Position, TaxLot

DAYS = ["2024-02-29", "2024-03-01"]
EURO = 1.1
PRICES = {"M": ("USD", 500.0), "P": ("USD", 1.0), "Q": ("EUR", 40.0), "SX": ("EUR", 4000.0), "FX": ("EUR", 4021.3)}
MARKET = market_at(
    replace(
        PriceTable.of({name: [price, price] for name, (_, price) in PRICES.items()}, dates=DAYS),
        currencies=tuple(currency for currency, _ in PRICES.values()),
    ),
    base="USD",
    fx=FxRates.of({"EURUSD": [EURO, EURO]}, dates=DAYS),
)
BETAS = given_betas(
    "M",
    {"P": (1.3, 0.05), "Q": (1.1, 0.1), "SX": (0.9, 0.02), "SX in EUR": (0.8, 0.02), "FX": (0.8, 0.02),
     "FX in EUR": (0.8, 0.02), "EUR": (0.1, 0.01)},
)  # fmt: skip
MANDATE = Mandate(
    benchmark="M", target=1.0, band=0.05, costs=Costs(commission=Decimal("2.25"), half_spread_ticks=Decimal("1.5"))
)
HELD = parse_portfolio("4500000 P, 500000 USD")
FUTURE = Future(
    symbol="FX", root="F", currency="EUR", underlying=("SX",), expiry=dt.date(2024, 6, 21),
    terms=(Terms(multiplier=Decimal(10), tick=Decimal("0.5")),),
)  # fmt: skip
FACTS = facts_at(MARKET, "M", yields={"SX": 0.028, "P": 0.011})
ASSUMED = Assumptions(rate=0.04, dividend_yield=0.02, rolls_per_year=5.0, margin_share=0.08, funding_spread=0.015)
_, YEAR = settle_assumptions(ASSUMED, FACTS, "M")


@pytest.fixture(scope="module")
def futures():
    """A plan with one future on a European index, sold in a book in dollars."""
    hedge = price_hedge(FUTURE, None, MARKET, BETAS, MANDATE, stated=None)
    return plan_futures(measure_book(HELD, MARKET, BETAS), MANDATE, (hedge,))


def test_a_foreign_future_is_ticketed_and_costed_in_its_currency(futures):
    """Price down to the tick of a sale; commission and 1.5 ticks of 0.5 times 10 a contract, in euros, at 1.1."""
    (order,) = futures.orders
    n = float(order.quantity)
    assert order.side is Side.SELL
    assert order.price == Decimal("4021.0")
    assert order.fx == EURO
    assert order.notional == pytest.approx(n * 4021.0 * 10 * EURO, rel=1e-12)
    assert order.cost == pytest.approx(n * (2.25 + 1.5 * 0.5 * 10) * EURO, rel=1e-12)
    assert futures.after.nav == pytest.approx(futures.before.nav - futures.cost, rel=1e-12)


@pytest.mark.parametrize(
    ("margins", "each"), [((), 0.08 * 10 * 4021.3 * EURO), ((("F", 3_000.0),), 3_000.0), ((("FX", 2.0),), 2.0)]
)
def test_yearly_figures_of_a_foreign_future(futures, margins, each):
    """Margin by contract, root or share; rolling five times, carry of the basis running off, and a basis per year."""
    (order,) = futures.orders
    (found,) = futures_figures(
        futures, MARKET, terms=YEAR, window=252, rolls_per_year=5.0, margin_share=0.08, margins=margins
    )
    n, one = float(order.signed), 10 * 4021.3 * EURO
    assert found.contracts == n < 0
    assert found.notional == pytest.approx(n * one, rel=1e-12)
    assert found.margin == pytest.approx(-n * each, rel=1e-12)
    assert found.roll_per_year == pytest.approx(order.cost * 10, rel=1e-12)
    days = (FUTURE.expiry - dt.date(2024, 3, 1)).days
    assert found.carry_per_year == pytest.approx(n * one * math.log(4021.3 / 4000) * 365 / days, rel=1e-12)
    assert found.basis == pytest.approx((4021.3 / 4000 - 1) / years_between(dt.date(2024, 3, 1), FUTURE.expiry))
    assert found.tailed == pytest.approx(n / (1 + 0.04 / 5), rel=1e-12)
    gap = futures.before.beta_exposure - 1.0 * futures.before.nav
    assert found.beta_contracts == pytest.approx(-gap / (order.beta * one), rel=1e-12)


def test_a_plan_of_futures_taken_apart(futures):
    """Commission and half-spread add up to the cost; funding is the spread on margin; the ticket is the order."""
    parts = parts_of(futures, MARKET, ASSUMED, MARKET.prices, YEAR)
    (order,), (ticket,), (one,) = futures.orders, parts.tickets, parts.futures
    n = float(order.quantity)
    assert parts.now.commission == pytest.approx(n * 2.25 * EURO, rel=1e-12)
    assert parts.now.half_spread == pytest.approx(n * 1.5 * 0.5 * 10 * EURO, rel=1e-12)
    assert parts.now.total == pytest.approx(futures.cost, rel=1e-12)
    assert (parts.margin, parts.year.carry, parts.year.roll) == (one.margin, one.carry_per_year, one.roll_per_year)
    assert parts.year.funding == pytest.approx(0.015 * one.margin, rel=1e-12)
    assert (ticket.asset, ticket.side, ticket.quantity, ticket.price) == ("FX", "sell", order.quantity, order.price)
    assert (ticket.multiplier, ticket.currency, ticket.cost) == (10, "EUR", order.cost)


def exposed(text):
    """A book in notation, Q in its own currency."""
    held = parse_portfolio(text)
    euro = Spot(symbol="Q", currency="EUR")
    positions = tuple(replace(p, instrument=euro) if p.symbol == "Q" else p for p in held.positions)
    return expose(replace(held, positions=positions), MARKET, BETAS)


def test_a_year_of_changed_holdings():
    """Shares pay their own yield, or that of all; money earns the base's rate; short sales borrow."""
    a = replace(ASSUMED, borrow_fee=0.03)
    before = exposed("1000 Q, -50000 P, 200000 USD")
    after = exposed("3000 Q, -120000 P, 190000 USD, 20 Q")
    year = holding_per_year(before, after, a, YEAR)
    more_q, more_p = 2020 * 40 * EURO, -70_000.0
    assert year.borrow == pytest.approx(70_000 * 0.03)
    assert year.carry == pytest.approx((more_q + more_p) * 0.04)
    assert year.dividends == pytest.approx(-more_q * 0.02 - more_p * 0.011)
    back = holding_per_year(after, before, a, YEAR)
    assert back.borrow == 0.0
    assert (back.carry, back.dividends) == pytest.approx((-year.carry, -year.dividends))
    gone = holding_per_year(exposed("100 P, 1 USD"), exposed("101 USD"), a, YEAR)
    assert (gone.carry, gone.dividends) == pytest.approx((-100 * 0.04, 100 * 0.011))


def priced(right_side):
    """An options plan, every number of which is read off its orders."""
    strategy, extra = right_side
    chain = chain_from_volatility(MARKET, underlying="SX", volatility=StatedVolatility(vol=0.22, skew=-0.1))
    request = OptionRequest(strategy=strategy, allow_borrowing=True, commission=Decimal("1.3"), **extra)
    return plan_options(measure_book(HELD, MARKET, BETAS), MANDATE, chain, request), request


@pytest.mark.parametrize(
    "strategy", [Strategy.PROTECTIVE_PUT, Strategy.PUT_SPREAD, Strategy.COLLAR, Strategy.CALL_OVERWRITE]
)
def test_options_by_hand(strategy):
    """Premium, fees, cost, margin and a year of each strategy, from strikes, marks, bids and the rate of the euro."""
    plan, request = priced((strategy, {"margin_share": 0.17, "margin_least": 0.11}))
    years = years_between(dt.date(2024, 3, 1), plan.orders[0].option.expiry)
    margin, decay, value, cost = 0.0, 0.0, 0.0, 0.0
    for o in plan.orders:
        units = float(o.quantity) * float(o.multiplier) * EURO
        sign = 1.0 if o.side is Side.BUY else -1.0
        strike, spot, call = float(o.option.strike), 4000.0, o.option.right.value == "call"
        assert o.premium == pytest.approx(sign * units * float(o.price), rel=1e-12)
        assert o.notional == pytest.approx(units * spot, rel=1e-12)
        assert o.fees == pytest.approx(float(o.quantity) * 1.3 * EURO, rel=1e-12)
        assert o.cost == pytest.approx(o.fees + sign * units * (float(o.price) - o.mark), rel=1e-9)
        raw = o.ask if o.side is Side.BUY else o.bid
        assert 0 <= (o.price - raw) * (1 if o.side is Side.BUY else -1) < o.tick
        assert o.price % o.tick == 0
        worth = max(0.0, spot - strike if call else strike - spot)
        decay += sign * units * (o.mark - worth) / years
        value += sign * units * o.mark
        cost += o.cost
        if o.side is Side.SELL and strategy is not Strategy.PUT_SPREAD:
            out = max(0.0, strike - spot if call else spot - strike)
            margin += units * (o.mark + max(0.17 * spot - out, 0.11 * (spot if call else strike)))
    assert plan.cost == pytest.approx(cost, rel=1e-12)
    assert plan.margin == pytest.approx(margin, rel=1e-12)
    assert (margin > 0) is (strategy in {Strategy.COLLAR, Strategy.CALL_OVERWRITE})
    year = options_per_year(plan, terms=YEAR, funding_spread=0.015)
    assert year.decay == pytest.approx(decay, rel=1e-9)
    assert year.carry == pytest.approx(value * 0.04, rel=1e-12)
    assert year.roll == pytest.approx(cost / years, rel=1e-12)
    assert year.funding == pytest.approx(margin * 0.015, rel=1e-12)
    parts = parts_of(plan, MARKET, ASSUMED, MARKET.prices, YEAR)
    assert parts.now.commission == pytest.approx(sum(o.fees for o in plan.orders), rel=1e-12)
    assert parts.now.total == pytest.approx(plan.cost, rel=1e-12)
    assert parts.margin == plan.margin
    assert [t.quantity for t in parts.tickets] == [o.quantity for o in plan.orders]
    assert request.strategy is strategy


def test_far_out_of_the_money_the_least_margin_counts():
    """A call a third above the index needs the least share, one near it the usual share less its distance."""
    near, _ = priced((Strategy.CALL_OVERWRITE, {"short_call": 1.02, "margin_share": 0.17, "margin_least": 0.11}))
    far, _ = priced((Strategy.CALL_OVERWRITE, {"short_call": 1.15, "margin_share": 0.17, "margin_least": 0.11}))
    for plan, share in ((near, None), (far, 0.11)):
        (o,) = plan.orders
        units = float(o.quantity) * float(o.multiplier) * EURO
        out = float(o.option.strike) - 4000.0
        usual = 0.17 * 4000 - out if share is None else share * 4000
        assert plan.margin == pytest.approx(units * (o.mark + usual), rel=1e-12)


@pytest.fixture(scope="module")
def sale():
    """A plan that sells part of a European share, from two lots, in a book in dollars."""
    lots = (
        TaxLot(quantity=Decimal(300), price=Decimal(30), acquired=dt.date(2020, 1, 2)),
        TaxLot(quantity=Decimal(60_000), price=Decimal(35), acquired=dt.date(2024, 1, 2)),
    )
    share = Position(instrument=Spot(symbol="Q", currency="EUR"), quantity=Decimal(60_300), lots=lots)
    held = parse_portfolio("500000 P, 100000 USD")
    held = replace(held, positions=(share, *held.positions))
    costs = TradingCosts(commission_rate=0.0004, commission_per_unit=0.02, half_spread=0.0007, impact=0.9)
    limits = ReallocationLimits(
        costs=costs, no_trade=frozenset({"P"}), lots=(("Q", Decimal(100)),), tick=Decimal("0.03"),
        taxes=TaxRules(short_rate=Decimal("0.4"), long_rate=Decimal("0.2")),
    )  # fmt: skip
    risk = RiskModel(symbols=("P", "Q"), loadings=np.array([[0.2], [0.1]]), own_variance=np.array([0.04, 0.09]))
    return plan_reallocation(
        measure_book(held, MARKET, BETAS), replace(MANDATE, target=0.9), limits=limits, risk=risk,
        liquidity=(Liquidity(symbol="Q", daily_value=4e6, volatility=0.02),),
    )  # fmt: skip


def test_selling_a_foreign_share_by_hand(sale):
    """Spread, impact, commission and tax in dollars; the price down to the tick; what is left and its concentration."""
    plan = sale
    (order,) = plan.orders
    n, one = float(order.quantity), 40 * EURO
    assert order.side is Side.SELL
    assert order.quantity % 100 == 0
    assert order.price == Decimal("39.99")
    assert order.notional == pytest.approx(n * one, rel=1e-12)
    # Two cents of a euro a share.
    assert order.commission == pytest.approx(n * (one * 0.0004 + 0.02 * EURO), rel=1e-9)
    assert order.half_spread == pytest.approx(n * one * 0.0007, rel=1e-12)
    assert order.impact == pytest.approx(0.9 * 0.02 * (n * one / 4e6) ** 0.5 * n * one, rel=1e-12)
    # The lot of 2020 was held for more than a year; that of January was not.
    assert plan.tax == pytest.approx((min(n, 300) * 10 * 0.2 + max(n - 300, 0) * 5 * 0.4) * EURO, rel=1e-9)
    assert plan.cost == pytest.approx(order.commission + order.half_spread + order.impact, rel=1e-12)
    assert plan.turnover == pytest.approx(n * one / plan.before.nav, rel=1e-12)
    assert plan.tracking_error == pytest.approx(n * one / plan.before.nav * (0.1**2 + 0.09) ** 0.5, rel=1e-9)
    left = np.array([(60_300 - n) * one, 500_000.0])
    assert plan.concentration_after == pytest.approx(((left / left.sum()) ** 2).sum(), rel=1e-12)
    parts = parts_of(plan, MARKET, ASSUMED, MARKET.prices, YEAR)
    assert parts.now.total == pytest.approx(plan.cost + plan.tax, rel=1e-12)
    assert parts.tickets[0].cost == pytest.approx(plan.cost + plan.tax, rel=1e-12)
    assert parts.year.dividends == pytest.approx(n * one * 0.02, rel=1e-9)


def test_rates_and_yields_stated_known_and_assumed():
    """A stated rate goes before a known one for the base alone; what is assumed, where nothing is known, is said."""
    rates = Interest(by_currency={"USD": RiskFree.constant(0.05), "EUR": RiskFree.constant(0.02)})
    known = replace(FACTS, interest=rates)
    used, year = settle_assumptions(Assumptions(), known, "SX")
    assert (used.rate, year.rate_of("USD"), year.rate_of("EUR")) == pytest.approx((0.05, 0.05, 0.02))
    assert year.rate_of("JPY") == ASSUMED_RATE
    assert year.continuous_of("EUR") == pytest.approx(np.log(1.02))
    stated, told = settle_assumptions(Assumptions(rate=0.01), known, "SX")
    assert (stated.rate, told.rate_of("USD"), told.rate_of("EUR")) == pytest.approx((0.01, 0.01, 0.02))
    assert told.rate_of("JPY") == told.continuous_of("USD") == 0.01
    assert used.dividend_yield == 0.028
    bare, none = settle_assumptions(Assumptions(), facts_at(MARKET, "M"), "M")
    assert (bare.rate, bare.dividend_yield) == (ASSUMED_RATE, ASSUMED_YIELD)
    many = [(f"A{k}",) for k in range(7)]
    about_rates, about_yields = none.notes(["USD", "EUR", "USD"], many)
    assert about_rates.startswith("rate of USD, EUR assumed: 3.0% a year")
    assert "A0, A1, A2, A3, A4 and 2 more assumed: 1.5%" in about_yields
    assert "and" not in none.notes([], many[:5])[0].split("assumed")[0]
    assert settle_assumptions(ASSUMED, FACTS, "M")[1].notes(["USD"], [("Q",)]) == ()


def off(plan, name, by):
    """The same plan with one number changed: of the plan, of what it leaves, or of its first order or sale."""
    where, _, field = name.rpartition(".")
    if not where:
        return replace(plan, **{field: getattr(plan, field) + by})
    if where == "after":
        return replace(plan, after=replace(plan.after, **{field: getattr(plan.after, field) + by}))
    if where == "after.beta":
        beta = replace(plan.after.beta, value=plan.after.beta.value + by)
        return replace(plan, after=replace(plan.after, beta=beta))
    order, *rest = plan.orders
    if where == "sale":
        sale, *other = order.lots
        order = replace(order, lots=(replace(sale, tax=sale.tax + by), *other))
    else:
        order = replace(order, **{field: getattr(order, field) + by})
    return replace(plan, orders=(order, *rest))


def hold(check, error, plan, scales):
    """Every claim may be off by a billionth of its scale, what rounding of sums explains, and not by more."""
    check(plan)
    for name, scale in scales.items():
        for sign in (1, -1):
            check(off(plan, name, sign * 0.8e-9 * scale))
            with pytest.raises(error):
                check(off(plan, name, sign * 1.25e-9 * scale))


def test_claims_of_futures_hold_to_a_billionth(futures):
    """Of its own size a notional, a cost and NAV; of exposures before and after what lies between them."""
    order, nav = futures.orders[0], futures.after.nav
    both = abs(futures.before.beta_exposure) + abs(futures.after.beta_exposure)
    hold(check_plan, PlanCheckError, futures, {
        "order.notional": order.notional, "order.cost": order.cost, "cost": futures.cost, "after.nav": nav,
        "after.beta_exposure": both, "after.beta.value": both / nav, "residual": both / nav + 1,
    })  # fmt: skip


@pytest.mark.parametrize("strategy", [Strategy.PUT_SPREAD, Strategy.COLLAR])
def test_claims_of_options_hold_to_a_billionth(strategy):
    """Sums of premiums paid and received hold to a billionth of what changed hands."""
    plan, _ = priced((strategy, {}))
    order, nav = plan.orders[0], plan.after.nav
    both = abs(plan.before.beta_exposure) + abs(plan.after.beta_exposure)
    hands = sum(abs(o.premium) for o in plan.orders)
    hold(check_options, OptionsCheckError, plan, {
        "order.premium": order.premium, "order.fees": order.fees, "order.cost": abs(order.premium), "cost": hands,
        "premium": hands, "after.nav": nav, "after.beta_exposure": both, "after.beta.value": both / nav,
        "residual": both / nav + 1,
    })  # fmt: skip


def test_claims_of_share_trades_hold_to_a_billionth(sale):
    """Parts of a cost to a billionth of the trade, taxes of what the lot is worth, totals of all in the book."""
    order, nav, before = sale.orders[0], sale.after.nav, sale.before
    size = order.notional + before.nav + sum(abs(p.value) for p in before.positions)
    exposures = sum(abs(p.beta_exposure) for p in before.positions if p.beta_exposure is not None)
    scale = size + exposures + abs(sale.after.beta_exposure)
    part = dict.fromkeys(("order.notional", "order.commission", "order.half_spread", "order.impact"), order.notional)
    hold(check_reallocation, ReallocationCheckError, sale, {
        **part, "sale.tax": 40.0 * float(order.lots[0].units), "order.tax": 40.0 * float(order.quantity),
        "cost": sale.cost, "tax": size, "turnover": sale.turnover, "after.nav": size, "after.beta_exposure": scale,
        "after.beta.value": scale / nav, "residual": scale / nav + 1,
    })  # fmt: skip


@pytest.fixture(scope="module")
def purchase():
    """A plan that buys a European share with cash at hand, for a higher beta."""
    share = Position(instrument=Spot(symbol="Q", currency="EUR"), quantity=Decimal(1000))
    held = parse_portfolio("100000 P, 400000 USD")
    held = replace(held, positions=(share, *held.positions))
    limits = ReallocationLimits(no_trade=frozenset({"P"}))
    risk = RiskModel(symbols=("P", "Q"), loadings=np.array([[0.2], [0.1]]), own_variance=np.array([0.04, 0.09]))
    return plan_reallocation(
        measure_book(held, MARKET, BETAS), replace(MANDATE, target=0.6), limits=limits, risk=risk,
        liquidity=(Liquidity(symbol="Q", daily_value=4e6, volatility=0.02),),
    )  # fmt: skip


def test_limits_of_share_trades_bind_exactly(sale, purchase):
    """A limit at what the plan does is kept, one a millionth tighter is broken."""
    for plan in (sale, purchase):
        order, after = plan.orders[0], plan.after
        signed = float(order.signed) * 40 * EURO
        held = next(p.value for p in plan.before.positions if p.asset == "Q")
        before = next(p.value for p in plan.before.positions if p.asset == "USD")
        cash, weight = before - signed - plan.cost - plan.tax, (held + signed) / after.nav
        bought = order.side is Side.BUY
        sector = {"name": "S", "symbols": frozenset({"Q"})}
        cases = [
            ({"max_turnover": plan.turnover}, {"max_turnover": plan.turnover * (1 - 1e-6)}),
            ({"max_participation": order.notional / 4e6}, {"max_participation": order.notional / 4e6 * (1 - 1e-6)}),
            ({"min_ticket": order.notional}, {"min_ticket": order.notional * (1 + 1e-6)}),
            (
                {"cash_neutral": True, "cash_tolerance": abs(cash - before) / plan.before.nav * (1 + 1e-9)},
                {"cash_neutral": True, "cash_tolerance": abs(cash - before) / plan.before.nav * (1 - 1e-6)},
            ),
        ]
        if bought:
            cases += [
                ({"max_weight": weight}, {"max_weight": weight * (1 - 1e-6)}),
                ({"min_cash": cash}, {"min_cash": cash * (1 + 1e-6)}),
                (
                    {"sectors": (SectorLimit(**sector, high=weight),)},
                    {"sectors": (SectorLimit(**sector, high=weight * (1 - 1e-6)),)},
                ),
            ]
        else:
            # What is above a limit already may come nearer to it.
            check_reallocation(replace(plan, limits=replace(plan.limits, max_weight=0.1 * weight)))
            cases += [
                ({"max_cash": cash}, {"max_cash": cash * (1 - 1e-6)}),
                (
                    {"sectors": (SectorLimit(**sector, low=weight),)},
                    {"sectors": (SectorLimit(**sector, low=weight * (1 + 1e-6)),)},
                ),
            ]
        for kept, broken in cases:
            check_reallocation(replace(plan, limits=replace(plan.limits, **kept)))
            with pytest.raises(ReallocationCheckError):
                check_reallocation(replace(plan, limits=replace(plan.limits, **broken)))
        other = replace(plan.limits, lots=(("Q", order.quantity * 2),))
        with pytest.raises(ReallocationCheckError, match="lot"):
            check_reallocation(replace(plan, limits=other))


def test_limits_of_contracts_bind_exactly(futures):
    """As many contracts as the plan has are allowed, one fewer is not; so is premium."""
    n = int(futures.orders[0].quantity)
    for most, fits in ((n, True), (n - 1, False)):
        plan = replace(futures, mandate=replace(futures.mandate, max_contracts=most))
        if fits:
            check_plan(plan)
        else:
            with pytest.raises(PlanCheckError):
                check_plan(plan)
    put, _ = priced((Strategy.PROTECTIVE_PUT, {}))
    spent = sum(o.premium + o.fees for o in put.orders)
    check_options(replace(put, max_premium=spent))
    with pytest.raises(OptionsCheckError):
        check_options(replace(put, max_premium=spent * (1 - 1e-6)))
    n = int(put.orders[0].quantity)
    check_options(replace(put, mandate=replace(put.mandate, max_contracts=n)))
    with pytest.raises(OptionsCheckError):
        check_options(replace(put, mandate=replace(put.mandate, max_contracts=n - 1)))


def test_options_on_shares_have_a_margin_rule_of_their_own():
    """A fifth of a share or narrow fund, 15% of the benchmark itself; what is stated goes before both."""
    plan, request = priced((Strategy.CALL_OVERWRITE, {"short_call": 1.02}))
    (o,) = plan.orders
    units = float(o.quantity) * float(o.multiplier) * EURO
    assert plan.margin == pytest.approx(units * (o.mark + 0.20 * 4000 - (float(o.option.strike) - 4000)), rel=1e-12)
    assert "value plus 20% of the underlying" in " ".join(plan.notes)
    assert request.margin_share_of("M", "M") == 0.15
    assert OptionRequest(strategy=Strategy.COLLAR, margin_share=0.3).margin_share_of("M", "M") == 0.3
