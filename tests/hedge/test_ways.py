"""Figures that ways are compared by: published hedges, no-trade bands, other targets, hashes and laws."""

from dataclasses import replace
from decimal import Decimal
from math import inf, sqrt

import numpy as np
import pytest
from given import given_betas, given_market, planted
from scipy import stats

from trimtab.errors import InfeasibleError, InputError
from trimtab.exposure.expose import expose
from trimtab.exposure.measured import measure_book
from trimtab.exposure.moves import revalue_moves
from trimtab.hedge.doing_nothing import NothingReason, no_trade_band, weigh_doing_nothing
from trimtab.hedge.futures.figures import (
    futures_figures,
    minimum_variance,
    plan_futures_to_edge,
    synthetic_cash_contracts,
    tailed_contracts,
)
from trimtab.hedge.futures.hedge import price_hedge
from trimtab.hedge.futures.plan import plan_futures
from trimtab.hedge.plan import PlanStatus
from trimtab.hedge.verdict import judge
from trimtab.hedge.ways.assumptions import settle_assumptions
from trimtab.hedge.ways.figures import CostNow, CostPerYear, benchmark_volatility, taken_on
from trimtab.hedge.ways.identity import hash_inputs, plan_id
from trimtab.hedge.ways.records import Assumptions
from trimtab.hedge.ways.revalue import make_movable, revalue
from trimtab.hedge.ways.targets import at_most, beta_neutral, dollar_beta, volatility_target
from trimtab.market.facts import facts_at
from trimtab.market.snapshot import market_at
from trimtab.model.instrument import Future, Terms
from trimtab.model.mandate import Costs, Mandate
from trimtab.model.notation import parse_portfolio
from trimtab.model.portfolio import Position, Stated

JET_FUTURE = [0.021, 0.035, -0.046, 0.001, 0.044, -0.029, -0.026, -0.029, 0.048, -0.006, -0.036, -0.011, 0.019, -0.027,
              0.029]  # fmt: skip
JET_SPOT = [0.029, 0.020, -0.044, 0.008, 0.026, -0.019, -0.010, -0.007, 0.043, 0.011, -0.036, -0.018, 0.009, -0.032,
            0.023]  # fmt: skip


def future(symbol: str, multiplier: int, tick: str = "0.25") -> Future:
    terms = (Terms(multiplier=Decimal(multiplier), tick=Decimal(tick)),)
    return Future(symbol=symbol, root=symbol, currency="USD", terms=terms)


def futures_setting(*, beta: float = 1.3, sizes: tuple[int, ...] = (50, 5), band: float = 0.05, **other):
    held = parse_portfolio("4500000 P, 500000 USD")
    names = [f"F{n}" for n in sizes]
    market = given_market({"P": 1.0, "I": 1000.0, **dict.fromkeys(names, 1000.0)})
    betas = given_betas("I", {"P": (beta, 0.05), **dict.fromkeys(names, (1.0, 0.0))})
    mandate = Mandate(benchmark="I", target=1.0, band=band, costs=Costs(commission=Decimal("2.25")), **other)
    hedges = tuple(price_hedge(future(f"F{n}", n), None, market, betas, mandate, stated=None) for n in sizes)
    return held, market, betas, mandate, hedges


def test_jet_fuel_minimum_variance():
    """Hull 11e, example 3.3: sd .0313 and .0263, rho .928, h* .778, R2 .862, 37 contracts."""
    found = minimum_variance(JET_SPOT, JET_FUTURE)
    assert (round(found.future_sd, 4), round(found.spot_sd, 4)) == (0.0313, 0.0263)
    assert (round(found.correlation, 3), round(found.ratio, 3), round(found.effectiveness, 3)) == (0.928, 0.778, 0.862)
    assert round(found.contracts(2_000_000, 42_000)) == 37


def test_minimum_variance_is_the_slope_of_another_library():
    """The ratio is the slope that SciPy's regression finds."""
    line = stats.linregress(JET_FUTURE, JET_SPOT)
    found = minimum_variance(JET_SPOT, JET_FUTURE)
    assert found.ratio == pytest.approx(line.slope, rel=1e-12)
    assert found.effectiveness == pytest.approx(line.rvalue**2, rel=1e-12)


def test_tailing():
    """Hull 11e, section 3.4: h .8 gives 32.23 contracts in money, 30.70 when a year at 5% is tailed off."""
    money = {"ratio": 0.8, "position_value": 2e6 * 1.10, "contract_value": 42_000 * 1.30}
    assert round(tailed_contracts(**money), 2) == 32.23
    assert round(tailed_contracts(**money, interest=0.05), 2) == 30.70


def test_synthetic_cash_leaves_beta_out():
    """Synthetic cash compounds the value and divides by the contract, with no beta in it."""
    one = synthetic_cash_contracts(value=1e6, rate=0.0, years=1.0, future=1000.0, multiplier=100.0)
    assert one == 10.0


def test_the_band_reduces_to_whalley_and_wilmott():
    """With option terms the edge band is Whalley and Wilmott's: .06198337475 for their worked figures."""
    gamma, spot, vol, cost = 0.03984439141, 100.0, 0.2, 0.001
    terms = {"gap_vol": gamma * spot * vol, "penalty": 0.5 * vol**2 * spot**2}
    assert no_trade_band(cost_per_beta=cost * spot, **terms).edge == pytest.approx(0.06198337475, rel=1e-9)
    assert no_trade_band(cost_per_beta=8 * cost * spot, **terms).edge == pytest.approx(2 * 0.06198337475, rel=1e-9)


def test_policies_cost_what_theory_says():
    """Edge, centre and calendar cost .8255, 1.0400 and 1.2904, and the band is the minimum of its cost."""
    band = no_trade_band(cost_per_beta=1.0, gap_vol=1.0, penalty=1.0)
    costs = [round(c, 4) for c in (band.edge_cost, band.centre_cost, band.calendar_cost)]
    assert costs == [0.8255, 1.0400, 1.2904]

    def cost(h: float) -> float:
        return h * h / 3 + 1 / (2 * h)

    assert cost(band.edge) < min(cost(band.edge * 1.01), cost(band.edge * 0.99))
    assert cost(band.edge) == pytest.approx(band.edge_cost)


def test_doing_nothing_weighs_cost_against_benefit():
    """Cheap trades are advised, dear ones are not, noise and a met mandate are reasons to wait."""
    held, market, betas, mandate, _ = futures_setting()
    before = expose(held, market, betas)
    seen = {
        "trade": weigh_doing_nothing(
            before, judge(before, mandate), mandate, market_vol=0.2, cost=10.0, beta_after=1.05
        ),
        "dear": weigh_doing_nothing(before, judge(before, mandate), mandate, market_vol=0.2, cost=1e6, beta_after=1.05),
    }
    assert seen["trade"].reason is NothingReason.TRADE
    assert seen["dear"].reason is NothingReason.COST_ABOVE_BENEFIT
    dear = seen["dear"]
    gap, left = before.beta.value - 1.0, 0.05
    assert dear.benefit_per_year == pytest.approx(0.5 * 3 * 0.04 * before.nav * (gap**2 - left**2))
    assert dear.payback_years == pytest.approx(1e6 / dear.benefit_per_year)
    assert "costs 1,000,000 USD" in dear.why
    wide = replace(mandate, band=0.16)
    noise = weigh_doing_nothing(before, judge(before, wide), wide, market_vol=0.2)
    assert noise.reason is NothingReason.WITHIN_NOISE
    inside = weigh_doing_nothing(before, judge(before, replace(mandate, band=0.3)), mandate, market_vol=0.2)
    assert inside.reason is NothingReason.INSIDE
    assert inside.advised


def test_futures_to_the_edge_trade_less_and_stay_inside():
    """To the edge fewer contracts are traded than to the target, beta is inside, and nothing smaller would do."""
    held, market, betas, mandate, hedges = futures_setting()
    edge = plan_futures_to_edge(measure_book(held, market, betas), mandate, hedges)
    target = plan_futures(measure_book(held, market, betas), mandate, hedges)
    assert edge.status is PlanStatus.PLANNED
    assert edge.cost < target.cost
    assert 1.0 < edge.after.beta.value <= 1.05
    assert abs(target.residual) < abs(edge.residual)
    smallest = min(h.beta_per_lot for h in hedges) / edge.before.nav
    assert edge.after.beta.value > 1.05 - 1.01 * max(h.beta_per_lot for h in hedges) / edge.before.nav
    assert smallest > 0
    assert expose(edge.apply(held), market, betas).beta == edge.after.beta


def test_futures_to_the_edge_of_a_maximum():
    """Against a maximum the plan goes to the maximum and not beyond it."""
    held, market, betas, mandate, hedges = futures_setting()
    most = at_most(mandate, 1.1)
    plan = plan_futures_to_edge(measure_book(held, market, betas), most, hedges)
    assert plan.status is PlanStatus.PLANNED
    assert 1.09 < plan.after.beta.value <= 1.1
    low = parse_portfolio("1000000 P, 4000000 USD")
    assert plan_futures_to_edge(measure_book(low, market, betas), most, hedges).status is PlanStatus.NOTHING_TO_DO


def terms(market, rate, dividend_yield):
    """Terms of a year with one stated rate and yield."""
    stated = Assumptions(rate=rate, dividend_yield=dividend_yield)
    return settle_assumptions(stated, facts_at(market, market.prices.symbols[0]), "I")[1]


def test_figures_of_a_futures_order():
    """Margin, roll, carry and the exact beta count follow from their definitions."""
    held, market, betas, mandate, hedges = futures_setting(sizes=(50,))
    plan = plan_futures(measure_book(held, market, betas), mandate, hedges)
    (found,) = futures_figures(plan, market, terms=terms(market, 0.04, 0.01), window=252, margins=(("F50", 2_500.0),))
    n = float(plan.orders[0].signed)
    assert found.notional == n * 50_000
    assert found.margin == abs(n) * 2_500
    assert found.carry_per_year == pytest.approx(n * 50_000 * 0.03)
    assert found.roll_per_year == pytest.approx(plan.cost * 8)
    assert found.beta_contracts == pytest.approx((1.0 - plan.before.beta.value) * plan.before.nav / 50_000)
    assert found.r_squared is None


def test_minimum_variance_of_a_book_against_its_own_regression():
    """The minimum-variance count is the slope of the book's own fixed-weight returns on the future's."""
    table = planted({"A": 0.8, "B": 1.6, "F": 1.0}, n=400, noise=0.005)
    market = market_at(table, base="USD")
    a, b, f = (market.price(s).value for s in "ABF")
    held = parse_portfolio(f"{round(1e6 / a)} A, {round(1e6 / b)} B, 500000 USD")
    betas = given_betas("M", {"A": (0.8, 0.02), "B": (1.6, 0.02), "F": (1.0, 0.01)})
    mandate = Mandate(benchmark="M", target=0.0, band=0.02)
    hedge = price_hedge(future("F", 50), None, market, betas, mandate, stated=None)
    plan = plan_futures(measure_book(held, market, betas), mandate, (hedge,))
    (found,) = futures_figures(plan, market, terms=terms(market, 0.0, 0.0), window=252)
    returns = {s: np.diff(table.values[:, table.column(s)]) / table.values[:-1, table.column(s)] for s in "ABFM"}
    weights = {p.asset: p.delta_exposure / plan.before.nav for p in plan.before.positions if p.kind == "spot"}
    book = sum(weights[s] * returns[s][-252:] for s in "AB")
    line = stats.linregress(returns["F"][-252:], book)
    assert found.variance_contracts == pytest.approx(-line.slope * plan.before.nav / (50 * f), rel=1e-9)
    assert found.effectiveness == pytest.approx(line.rvalue**2, rel=1e-9)
    own = stats.linregress(returns["M"][-252:], returns["F"][-252:])
    assert found.r_squared == pytest.approx(own.rvalue**2, rel=1e-9)


def test_tracking_error_is_the_residual_of_the_trades():
    """Selling an asset with own noise of 1% a day adds that noise times its weight; the benchmark adds none."""
    table = planted({"A": 1.0}, n=600, noise=0.01)
    market = market_at(table, base="USD")
    betas = given_betas("M", {"A": (1.0, 0.05)})
    a, m = market.price("A").value, market.price("M").value
    held = parse_portfolio(f"{round(1e6 / a)} A, {round(1e6 / m)} M")
    before = expose(held, market, betas)
    sold = expose(parse_portfolio(f"{round(5e5 / a)} A, {round(1e6 / m)} M, 500000 USD"), market, betas)
    found = taken_on(before, sold, table, window=500, per_year=252.0)
    assert found.tracking_error == pytest.approx(0.25 * 0.01 * sqrt(252), rel=0.1)
    less = expose(parse_portfolio(f"{round(1e6 / a)} A, {round(5e5 / m)} M, 500000 USD"), market, betas)
    assert taken_on(before, less, table, window=500, per_year=252.0).tracking_error == 0.0
    assert found.effective_before == pytest.approx(2.0, rel=1e-3)
    assert benchmark_volatility(table, "M", window=500, per_year=252.0) == pytest.approx(0.01 * sqrt(252), rel=0.1)


def test_revaluing_at_once_is_full_revaluation():
    """Plain holdings revalued at once give what full revaluation gives, also where a price reaches zero."""
    text = "1000000 P, -300000 Q, 5 I 900P Jun24, -2 ZZ, 500000 USD, 7 NOPE"
    held = parse_portfolio(text)
    option = next(p for p in held.positions if p.symbol.startswith("I "))
    positions = [replace(p, stated=Stated(vol=0.3)) if p is option else p for p in held.positions]
    positions.append(Position(instrument=future("F50", 50), quantity=Decimal(-3)))
    held = replace(held, positions=tuple(positions))
    market = given_market({"P": 1.0, "Q": 2.0, "I": 1000.0, "ZZ": 50.0, "F50": 1001.0})
    betas = given_betas("I", {"P": (6.0, 0.05), "Q": (0.7, 0.1), "F50": (1.0, 0.0)})
    moves = (-0.3, -0.2, -0.05, 0.0, 0.1)
    quick = revalue(make_movable(measure_book(held, market, betas)), moves=moves)
    for one, other in zip(quick, revalue_moves(measure_book(held, market, betas), moves=moves), strict=True):
        assert (one.beta is None) == (other.beta is None)
        for name in ("move", "nav", "pnl", "beta_exposure", "pnl_local"):
            assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-9, abs=1e-4)
        if one.beta is not None:
            assert one.beta == pytest.approx(other.beta, rel=1e-9)
        if one.beta_local is not None:
            assert one.beta_local == pytest.approx(other.beta_local, rel=1e-9)


def test_costs_add_up():
    """Costs of two plans add part by part, and totals are sums of parts."""
    now = CostNow(commission=1.0, half_spread=2.0, impact=3.0, tax=4.0)
    assert now.plus(now).total == 2 * now.total == 20.0
    year = CostPerYear(roll=1.0, funding=2.0, borrow=3.0, carry=-10.0, dividends=4.0, decay=5.0)
    assert (year.friction, year.standing_still) == (6.0, 5.0)
    assert year.plus(year).standing_still == 10.0


def test_other_targets():
    """Neutral, money, both volatility conventions and the systematic rule give the beta of their equations."""
    held, market, betas, mandate, _ = futures_setting()
    now = expose(held, market, betas)
    beta = now.beta.value
    assert beta_neutral(mandate).target == 0.0
    assert dollar_beta(mandate, now, money=1e6, band=1e5).target * now.nav == pytest.approx(1e6)
    twice = {"wanted": 0.1, "volatility": 0.2}
    assert volatility_target(mandate, now, **twice, rule="volatility").target == pytest.approx(beta / 2)
    assert volatility_target(mandate, now, **twice, rule="variance").target == pytest.approx(beta / 4)
    part = volatility_target(mandate, now, wanted=0.18, volatility=0.2, rule="systematic", market_vol=0.15)
    residual = 0.2**2 - (beta * 0.15) ** 2
    assert (part.target * 0.15) ** 2 + residual == pytest.approx(0.18**2)
    with pytest.raises(InfeasibleError, match="does not explain"):
        volatility_target(mandate, now, wanted=0.01, volatility=0.2, rule="systematic", market_vol=0.15)
    with pytest.raises(InputError, match="systematic"):
        volatility_target(mandate, now, **twice, rule="systematic")


@pytest.mark.parametrize("maximum", [1.2, 0.7, -0.3, 1 / 3])
def test_a_maximum_is_never_exceeded_by_rounding(maximum):
    """The upper edge of a one-sided mandate is at most the maximum, and less by no more than rounding."""
    upper = at_most(Mandate(benchmark="I", target=1.0, band=0.05), maximum).upper
    assert upper <= maximum
    assert upper == pytest.approx(maximum, abs=1e-13)


def test_hashes_follow_their_inputs():
    """The same inputs give the same hash; any changed number, and the name of the way, give another."""
    held, market, betas, mandate, _ = futures_setting()
    one = hash_inputs(held, market, betas, mandate)
    other = futures_setting()
    assert one == hash_inputs(other[0], other[1], other[2], other[3])
    assert one != hash_inputs(held, market, betas, replace(mandate, target=1.0 + 1e-12))
    assert one != hash_inputs(parse_portfolio("4500001 P, 500000 USD"), market, betas, mandate)
    assert one != hash_inputs(held, given_market({"P": 1.0, "I": 1000.5}), betas, mandate)
    assert hash_inputs(held, market, betas, frozenset("abc")) == hash_inputs(held, market, betas, frozenset("cba"))
    assert plan_id(one, "futures") != plan_id(one, "collar")
    assert len(one) == 64


def test_bad_numbers_are_refused():
    """Unequal lengths, a flat future and senseless penalties are refused with their reason."""
    with pytest.raises(InputError, match="same length"):
        minimum_variance([1.0, 2.0, 3.0], [1.0, 2.0])
    with pytest.raises(InputError, match="moves"):
        minimum_variance([1.0, 2.0, 3.0], [1.0, 1.0, 1.0])
    for wrong in ({"cost_per_beta": -1.0}, {"gap_vol": 0.0}, {"penalty": inf}):
        with pytest.raises(InputError, match="penalty"):
            no_trade_band(**{"cost_per_beta": 1.0, "gap_vol": 1.0, "penalty": 1.0, **wrong})
