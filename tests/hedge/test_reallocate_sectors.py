"""Limits that bind together: plans beside the optimum of an independent statement of the problem, and finer lots."""

import numpy as np
import pytest
from effort import effort

from reallocate_books import Case, sector_case
from trimtab.exposure.expose import expose
from trimtab.exposure.measured import measure_book
from trimtab.hedge.plan import PlanStatus
from trimtab.hedge.reallocate.plan import plan_reallocation
from trimtab.hedge.reallocate.records import ReallocationPlan

#: Lots so fine that whole ones cost nothing worth the name: a millionth of NAV.
_FINE = 1e-6


def solve(case: Case) -> ReallocationPlan:
    return plan_reallocation(measure_book(case.portfolio, case.market, case.betas), case.mandate, **case.arguments)


def objective(case: Case, made: ReallocationPlan) -> float:
    """Give cost, and the price of tracking risk, as a share of NAV."""
    return made.cost / made.before.nav + 0.5 * case.limits.risk_aversion * made.tracking_error**2


def _of_names(cp, case: Case, x, h, after: float, nav: float) -> list:
    limits, names, rules = case.limits, [s.symbol for s in case.also], []
    for i, (symbol, liquid) in enumerate(zip(names, case.liquidity, strict=True)):
        if symbol in limits.no_trade:
            rules.append(x[i] == 0)
        if limits.long_only:
            rules += [h[i] + x[i] >= 0] if h[i] >= 0 else [x[i] >= 0, h[i] + x[i] <= 0]
        if limits.max_weight is not None:
            rules.append(cp.abs(h[i] + x[i]) <= max(limits.max_weight * after, abs(h[i])))
        if limits.max_participation is not None and liquid.daily_value is not None:
            rules.append(cp.abs(x[i]) <= limits.max_participation * liquid.daily_value / nav)
    return rules


def _of_the_whole(cp, case: Case, x, h, after: float, left, cash: float, nav: float) -> list:
    limits, names, rules = case.limits, [s.symbol for s in case.also], []
    for sector in limits.sectors:
        members = np.array([float(s in sector.symbols) for s in names])
        rules.append(members @ (h + x) <= max(sector.high * after, members @ h))
        rules.append(members @ (h + x) >= min(sector.low * after, members @ h))
    if limits.max_turnover is not None:
        rules.append(cp.norm1(x) <= limits.max_turnover)
    if limits.min_cash is not None:
        rules.append(left >= min(limits.min_cash / nav, cash))
    if limits.max_cash is not None:
        rules.append(left <= max(limits.max_cash / nav, cash))
    if limits.cash_neutral:
        rules.append(cp.abs(left - cash) <= limits.cash_tolerance)
    return rules


def best_with_fractions(case: Case) -> float | None:
    """State the problem once more, in cvxpy and in words of its own; None if it has no solution."""
    cp = pytest.importorskip("cvxpy", reason="cvxpy is not installed")
    before, limits = expose(case.portfolio, case.market, case.betas), case.limits
    nav, names = before.nav, [s.symbol for s in case.also]
    held = {p.asset: p.value / nav for p in before.positions if p.kind != "cash"}
    cash = sum(p.value for p in before.positions if p.kind == "cash") / nav
    h = np.array([held.get(s, 0.0) for s in names])
    beta = np.array([case.betas[s].value for s in names])
    price = np.array([case.market.price(s).value for s in names])
    c = limits.costs
    rate = c.commission_rate + c.commission_per_unit / price + np.array([x.half_spread for x in case.liquidity])
    x, cost = cp.Variable(len(names)), 0.0
    best = None
    for _ in range(6):  # limits that are shares of NAV after: repeated until the cost is the one they were set for
        spent = rate @ cp.abs(x)
        for i, liquid in enumerate(case.liquidity):
            if liquid.daily_value is not None and c.impact:
                k = c.impact * liquid.volatility * (nav / liquid.daily_value) ** c.exponent
                spent += k * cp.power(cp.abs(x[i]), 1.0 + c.exponent)
        risk = cp.sum_squares(case.risk.loadings.T @ x) + cp.sum_squares(cp.multiply(case.risk.own_variance**0.5, x))
        after, left = 1.0 - cost, cash - cp.sum(x) - cost
        exposure = before.beta_exposure / nav + beta @ x
        rules = [exposure >= case.mandate.lower * after, exposure <= case.mandate.upper * after]
        rules += _of_names(cp, case, x, h, after, nav) + _of_the_whole(cp, case, x, h, after, left, cash, nav)
        problem = cp.Problem(cp.Minimize(spent + 0.5 * limits.risk_aversion * risk), rules)
        problem.solve(solver=cp.CLARABEL)
        if problem.status not in ("optimal", "optimal_inaccurate"):
            return None
        best, last, cost = float(problem.value), cost, float(spent.value)
        if abs(cost - last) < 1e-9:
            break
    return best


def fine(case: Case) -> str:
    """Give a lot that is a millionth of NAV for the dearest name, as a power of ten."""
    nav = expose(case.portfolio, case.market, case.betas).nav
    dearest = max(case.market.price(s.symbol).value for s in case.also)
    return f"1e{int(np.floor(np.log10(_FINE * nav / dearest)))}"


def test_full_sectors_cost_a_thousandth_at_most():
    """With lots fine enough a plan within full sectors is within .1% of the best with fractions."""
    compared = 0
    for seed in range(effort(12, 60)):
        case = sector_case(seed, lot=fine(sector_case(seed)))
        made, best = solve(case), best_with_fractions(case)
        if made.status is not PlanStatus.PLANNED or best is None:
            assert (made.status is PlanStatus.PLANNED) == (best is not None), seed
            continue
        assert best * (1 - 1e-5) - 1e-9 <= objective(case, made) <= best * 1.001 + 1e-8, seed
        compared += 1
    assert compared >= 10


def test_every_limit_beside_an_independent_statement():
    """Random books with every limit (100 in `make long`): the plan is the optimum of cvxpy to .1%, lots being fine."""
    compared = 0
    for seed in range(effort(20, 100)):
        case = sector_case(seed + 500, every_limit=True)
        case = sector_case(seed + 500, every_limit=True, lot=fine(case))
        made, best = solve(case), best_with_fractions(case)
        if made.status is not PlanStatus.PLANNED or best is None:
            continue
        assert best * (1 - 1e-5) - 1e-9 <= objective(case, made) <= best * 1.001 + 1e-8, seed
        compared += 1
    assert compared >= effort(8, 40)


def test_finer_lots_are_never_worse():
    """What can be done in tens can be done in ones: each finer lot's plan costs no more."""
    for seed in range(effort(12, 100)):
        last = None
        for lot in ("100", "10", "1", "0.1", "0.01"):
            case = sector_case(seed, lot=lot)
            made = solve(case)
            if made.status is not PlanStatus.PLANNED:
                assert last is None, (seed, lot)
                continue
            value = objective(case, made)
            assert last is None or value <= last * (1 + 1e-4) + 1e-9, (seed, lot, value, last)
            last = value


def test_the_shortfall_bounds_what_was_given_away():
    """What a plan says of its distance from the least possible holds, and is not far from it."""
    far = []
    for seed in range(effort(8, 40)):
        case = sector_case(seed, lot=fine(sector_case(seed)))
        made, best = solve(case), best_with_fractions(case)
        if made.shortfall is None or best is None:
            continue
        given = objective(case, made) - best
        assert given * made.before.nav <= made.shortfall + 1e-6 * made.before.nav, seed
        far.append(made.shortfall / made.before.nav / best)
    assert np.median(far) < 0.01
