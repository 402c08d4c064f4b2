"""Futures plans: published hedges, whole lots, limits, costs, and the independent check."""

from dataclasses import replace
from decimal import Decimal

import pytest
from given import given_betas, given_market
from hypothesis import assume, given
from hypothesis import strategies as st

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.exposure.expose import expose
from trimtab.exposure.measured import measure_book
from trimtab.feeds.contracts import bundled_contracts
from trimtab.hedge.check import PlanCheckError, check_plan
from trimtab.hedge.futures.hedge import price_hedge
from trimtab.hedge.futures.plan import plan_futures
from trimtab.hedge.plan import PlanStatus, Side
from trimtab.hedge.verdict import Status
from trimtab.model.instrument import Future, Terms
from trimtab.model.mandate import Costs, Mandate
from trimtab.model.notation import parse_portfolio

TABLE = bundled_contracts()
FREE = Costs(commission=Decimal(0), half_spread_ticks=Decimal(0))


def index_future(multiplier: int = 250, symbol: str = "F") -> Future:
    return Future(
        symbol=symbol, root=symbol, currency="USD", terms=(Terms(multiplier=Decimal(multiplier), tick=Decimal("0.1")),)
    )


def plan_one(*, value: float, beta: float, price: float, target: float, multiplier: int = 250, costs: Costs = FREE):
    """Plan a portfolio of one asset worth `value` with one future of beta 1."""
    held = parse_portfolio(f"{value:.2f} P")
    market = given_market({"P": 1.0, "F": price, "I": price})
    betas = given_betas("I", {"P": (beta, 0.05), "F": (1.0, 0.0)})
    mandate = Mandate(benchmark="I", target=target, band=0.001, costs=costs)
    future = index_future(multiplier)
    hedge = price_hedge(future, None, market, betas, mandate, stated=None)
    return plan_futures(measure_book(held, market, betas), mandate, (hedge,)), held, market, betas


@pytest.mark.parametrize(("target", "contracts"), [(0.0, -30), (0.75, -15), (2.0, 10)])
def test_hull_section_3_5(target, contracts):
    """Hull, Options Futures and Other Derivatives 11e, 3.5: V 5,050,000, F 1,010 x 250, beta 1.5."""
    plan, *_ = plan_one(value=5_050_000, beta=1.5, price=1_010, target=target)
    assert plan.orders[0].signed == contracts
    assert plan.orders[0].notional == pytest.approx(abs(contracts) * 252_500)


def test_hull_with_beta_one():
    """Same place, beta 1.0: 20 contracts short."""
    plan, *_ = plan_one(value=5_050_000, beta=1.0, price=1_010, target=0.0)
    assert plan.orders[0].signed == -20


def test_cfa_mock_2014():
    """CFA 2014 mock: 20m from 1.20 to 1.05 with a contract worth 124,450 and beta 1: sell 24."""
    plan, *_ = plan_one(value=20_000_000, beta=1.2, price=1_244.5, target=1.05, multiplier=100)
    assert plan.orders[0].signed == -24


def test_the_multiplier_counts_once():
    """A future with multiplier 10 and a tenth of the price needs the same number of contracts."""
    one, *_ = plan_one(value=1_000_000, beta=1.0, price=100.0, target=0.0, multiplier=10)
    other, *_ = plan_one(value=1_000_000, beta=1.0, price=10.0, target=0.0, multiplier=100)
    assert one.orders[0].quantity == other.orders[0].quantity == 1000


def test_the_futures_own_beta_counts():
    """A hedge that moves twice as much as the benchmark needs half the contracts."""
    held = parse_portfolio("1000000 P")
    market = given_market({"P": 1.0, "F": 100.0, "I": 100.0})
    betas = given_betas("I", {"P": (1.0, 0.0), "F": (2.0, 0.0)})
    mandate = Mandate(benchmark="I", target=0.0, band=0.01, costs=FREE)
    hedge = price_hedge(index_future(10), None, market, betas, mandate, stated=None)
    assert plan_futures(measure_book(held, market, betas), mandate, (hedge,)).orders[0].signed == -500


def test_inside_the_band_nothing_is_traded():
    """A portfolio inside its mandate gets no orders, and the reason."""
    plan, *_ = plan_one(value=1_000_000, beta=1.0, price=100.0, target=1.0)
    assert plan.status is PlanStatus.NOTHING_TO_DO
    assert plan.orders == ()
    assert plan.after is plan.before


def test_measuring_again_gives_the_plans_own_after():
    """Applying the orders and measuring again gives exactly the numbers that the plan promised."""
    costs = Costs(commission=Decimal("2.25"))
    plan, held, market, betas = plan_one(value=5_000_000, beta=1.3, price=1_010, target=1.0, costs=costs)
    again = expose(plan.apply(held), market, betas)
    assert again.beta == plan.after.beta
    assert again.nav == plan.after.nav == pytest.approx(5_000_000 - plan.cost, abs=1e-6)
    assert plan.cost > 0


def test_a_limit_makes_it_infeasible_and_gives_the_nearest_plan():
    """When the contract limit keeps beta out of the band, the plan says so and does what it may."""
    held = parse_portfolio("1000000 P")
    market = given_market({"P": 1.0, "ES": 4000.0, "SPX": 4000.0})
    betas = given_betas("SPX", {"P": (2.0, 0.1), "ES": (1.0, 0.0)})
    mandate = Mandate(benchmark="SPX", target=1.0, band=0.05, max_contracts=2)
    hedge = price_hedge(TABLE.root("ES").future(), TABLE.root("ES"), market, betas, mandate, stated=None)
    plan = plan_futures(measure_book(held, market, betas), mandate, (hedge,))
    assert plan.status is PlanStatus.INFEASIBLE
    assert plan.orders[0].signed == -2
    assert any("limit of 2 contracts" in note for note in plan.notes)


def test_a_lot_too_large_for_the_band_is_named():
    """A small portfolio cannot be steered with a large contract, and is told to use a micro."""
    held = parse_portfolio("100000 P")
    market = given_market({"P": 1.0, "ES": 4000.0, "SPX": 4000.0})
    betas = given_betas("SPX", {"P": (2.0, 0.1), "ES": (1.0, 0.0)})
    mandate = Mandate(benchmark="SPX", target=1.0, band=0.05)
    hedge = price_hedge(TABLE.root("ES").future(), TABLE.root("ES"), market, betas, mandate, stated=None)
    plan = plan_futures(measure_book(held, market, betas), mandate, (hedge,))
    assert plan.status is PlanStatus.INFEASIBLE
    assert any("micro" in note for note in plan.notes)


def test_undecided_means_no_trade():
    """When the gap is within noise at the asked confidence, nothing is traded."""
    held = parse_portfolio("1000000 P")
    market = given_market({"P": 1.0, "F": 100.0, "I": 100.0})
    betas = given_betas("I", {"P": (1.1, 0.2), "F": (1.0, 0.0)})
    mandate = Mandate(benchmark="I", target=1.0, band=0.05, confidence=0.95)
    hedge = price_hedge(index_future(), None, market, betas, mandate, stated=None)
    plan = plan_futures(measure_book(held, market, betas), mandate, (hedge,))
    assert plan.status is PlanStatus.UNDECIDED
    assert plan.verdict_before.status is Status.UNDECIDED
    assert plan.orders == ()


def test_orders_have_tick_true_prices():
    """A mark between ticks is rounded up for a buy and down for a sell."""
    for target, side, price in ((2.0, Side.BUY, "100.1"), (0.0, Side.SELL, "100.0")):
        plan, *_ = plan_one(value=1_000_000, beta=1.0, price=100.04, target=target)
        assert plan.orders[0].side is side
        assert plan.orders[0].price == Decimal(price)


def test_costs_are_commission_and_half_spread():
    """Cost per contract is commission plus half-spread x tick x multiplier, converted once."""
    costs = Costs(commission=Decimal("2.25"), half_spread_ticks=Decimal("0.5"))
    plan, *_ = plan_one(value=5_050_000, beta=1.5, price=1_010, target=0.0, costs=costs)
    assert plan.cost == pytest.approx(30 * (2.25 + 0.5 * 0.1 * 250))


def test_a_hedge_without_price_asks_for_one():
    """A future with neither price nor index in the table is refused, with the option that states one."""
    market = given_market({"P": 1.0, "SPY": 400.0})
    betas = given_betas("SPY", {"P": (1.0, 0.1)})
    mandate = Mandate(benchmark="SPY", target=0.0, band=0.05)
    spec = TABLE.root("ES")
    with pytest.raises(InputError, match="--hedge-price ES=PRICE"):
        price_hedge(spec.future(), spec, market, betas, mandate, stated=None)


def test_a_hedge_without_beta_is_refused():
    """A future that nothing relates to the benchmark is never given beta 1."""
    market = given_market({"P": 1.0, "I": 400.0, "GC": 2000.0})
    betas = given_betas("I", {"P": (1.0, 0.1)})
    mandate = Mandate(benchmark="I", target=0.0, band=0.05)
    spec = TABLE.root("GC")
    with pytest.raises(InputError, match="a beta of GC"):
        price_hedge(spec.future(), spec, market, betas, mandate, stated=None)


def test_a_hedge_that_does_not_move_with_the_benchmark_is_refused():
    """A beta near zero would ask for absurd numbers of contracts."""
    market = given_market({"P": 1.0, "I": 400.0, "F": 2000.0})
    betas = given_betas("I", {"P": (1.0, 0.1), "F": (0.02, 0.1)})
    mandate = Mandate(benchmark="I", target=0.0, band=0.05)
    with pytest.raises(InputError, match="moves with I"):
        price_hedge(index_future(), None, market, betas, mandate, stated=None)


def test_a_portfolio_without_positive_nav_is_refused():
    """A beta on a NAV of zero or less has no meaning."""
    market = given_market({"P": 1.0, "I": 400.0})
    with pytest.raises(NotEnoughDataError, match="positive net asset value"):
        expose(parse_portfolio("100 P, -200 USD"), market, given_betas("I", {"P": (1.0, 0.1)}))


def test_the_checker_catches_each_kind_of_mistake():
    """Changed lots, ticks, prices, notional, cost and totals are each refused by the independent check."""
    costs = Costs(commission=Decimal("2.25"))
    plan, *_ = plan_one(value=5_000_000, beta=1.3, price=1_010, target=1.0, costs=costs)
    order = plan.orders[0]
    check_plan(plan)
    wrong = [
        replace(plan, orders=(replace(order, quantity=order.quantity + Decimal("0.5")),)),
        replace(plan, orders=(replace(order, quantity=order.quantity + 1),)),
        replace(plan, orders=(replace(order, side=Side.BUY),)),
        replace(plan, orders=(replace(order, price=order.price + Decimal("0.05")),)),
        replace(plan, orders=(replace(order, price=order.price - 5),)),
        replace(plan, orders=(replace(order, notional=order.notional * 1.001),)),
        replace(plan, orders=(replace(order, cost=order.cost + 1),)),
        replace(plan, orders=(order, order)),
        replace(plan, cost=plan.cost + 1),
        replace(plan, residual=plan.residual + 1e-6),
        replace(plan, after=replace(plan.after, beta_exposure=plan.after.beta_exposure + 100)),
        replace(plan, mandate=replace(plan.mandate, max_contracts=1)),
    ]
    for broken in wrong:
        with pytest.raises(PlanCheckError):
            check_plan(broken)


@given(
    nav=st.floats(1e5, 1e9),
    beta=st.floats(-3, 4),
    target=st.floats(-1, 2),
    price=st.floats(5, 50_000),
    multiplier=st.sampled_from([0.1, 1, 5, 25, 50, 250]),
    hedge_beta=st.floats(0.2, 2).flatmap(lambda b: st.sampled_from([b, -b])),
    limit=st.none() | st.integers(0, 50),
)
def test_random_books_never_break_a_limit(nav, beta, target, price, multiplier, hedge_beta, limit):
    """Whatever the book, plans keep limits, pass the check, never trade against the gap, and end no farther away."""
    held = parse_portfolio(f"{nav:.2f} P")
    market = given_market({"P": 1.0, "F": price, "I": 100.0})
    betas = given_betas("I", {"P": (beta, 0.1), "F": (hedge_beta, 0.05)})
    mandate = Mandate(benchmark="I", target=target, band=0.02, max_contracts=limit, costs=FREE)
    future = Future(
        symbol="F",
        root="F",
        currency="USD",
        terms=(Terms(multiplier=Decimal(str(multiplier)), tick=Decimal("0.01")),),
    )
    assume(abs(beta - target) > 1e-6)
    hedge = price_hedge(future, None, market, betas, mandate, stated=None)
    plan = plan_futures(measure_book(held, market, betas), mandate, (hedge,))
    check_plan(plan)
    assert abs(plan.residual) <= abs(plan.before.beta.value - target) * (1 + 1e-9)
    if limit is None and plan.orders:
        assert abs(plan.residual) * plan.before.nav <= abs(hedge.beta_per_lot) * 0.5 * (1 + 1e-6) + 1e-6


def test_a_stated_price_goes_with_the_order():
    """A contract priced by the user alone can be measured after the plan as before it."""
    held = parse_portfolio("1000000 P")
    market = given_market({"P": 1.0, "SPY": 400.0})
    betas = given_betas("SPY", {"P": (1.3, 0.1)})
    mandate = Mandate(benchmark="SPY", target=1.0, band=0.05)
    spec = TABLE.root("MES")
    hedge = price_hedge(spec.future(), spec, market, betas, mandate, stated=4000.0)
    plan = plan_futures(measure_book(held, market, betas), mandate, (hedge,))
    assert plan.status is PlanStatus.PLANNED
    assert expose(plan.apply(held), market, betas).beta == plan.after.beta
