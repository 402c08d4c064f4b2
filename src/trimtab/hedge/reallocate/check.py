"""An independent check of a reallocation, in decimals.

It shares no code with the solver, the rounding or the exposure engine: from the orders, the limits and the portfolio
before it works out every cost, tax, limit and total again. A plan that fails is never shown.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal, localcontext

from trimtab.errors import TrimtabError
from trimtab.hedge.plan import PlanStatus, Side
from trimtab.hedge.reallocate.records import ReallocationPlan, SpotOrder
from trimtab.hedge.recheck import RELATIVE, Recheck
from trimtab.model.decimals import exact

__all__ = ["ReallocationCheckError", "ReallocationRecount", "check_reallocation"]

_ZERO = Decimal(0)


class ReallocationCheckError(TrimtabError):
    """A reallocation does not add up or breaks a limit: a defect of trimtab, not of the input."""


_CLAIMS = Recheck(error=ReallocationCheckError)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReallocationRecount:
    """The totals as the checker finds them, base currency."""

    cost: Decimal
    tax: Decimal
    cash: Decimal
    nav: Decimal
    beta_exposure: Decimal
    beta: Decimal


def check_reallocation(plan: ReallocationPlan) -> ReallocationRecount:
    """Work a plan out again in decimals and compare.

    Raises
    ------
    ReallocationCheckError
        If an order breaks a lot, tick, ticket, side or limit, or a total differs by more than 1e-9 relative.
    """
    with localcontext() as context:
        context.prec = 40
        before = plan.before
        nav_before = exact(before.nav)
        cost, tax, spent, traded, exposure = _ZERO, _ZERO, _ZERO, _ZERO, exact(before.beta_exposure)
        moved: dict[str, Decimal] = {}
        units: dict[str, Decimal] = {}
        for p in before.positions:
            if p.is_owned:
                units[p.asset] = units.get(p.asset, _ZERO) + exact(p.quantity)
        for order in plan.orders:
            name = order.instrument.symbol
            _CLAIMS.demand(name not in moved, f"one order in {name}", "two", name)
            _check_terms(plan, order, name, units.get(name, _ZERO))
            sign = 1 if order.side is Side.BUY else -1
            notional = order.quantity * exact(order.mark) * order.instrument.scale * exact(order.fx)
            _CLAIMS.same(notional, order.notional, f"notional of {name}")
            cost += _check_cost(plan, order, notional, name)
            tax += _check_tax(plan, order, name)
            spent += sign * notional
            traded += notional
            exposure += sign * notional * exact(order.beta)
            moved[name] = sign * notional
        nav = nav_before - cost - tax
        cash = _held_cash(plan) - spent - cost - tax
        size = traded + nav_before + sum((abs(exact(p.value)) for p in before.positions if p.value is not None), _ZERO)
        _check_limits(plan, moved, nav, cash, traded, size)
        beta = exposure / nav
        gross = sum((abs(exact(p.beta_exposure)) for p in before.positions if p.beta_exposure is not None), _ZERO)
        scale = gross + abs(exposure) + size
        _CLAIMS.same(cost, plan.cost, "total cost")
        _CLAIMS.same(tax, plan.tax, "total tax", size)
        _CLAIMS.same(traded / nav_before, plan.turnover, "turnover")
        _CLAIMS.same(nav, plan.after.nav, "NAV after", size)
        _CLAIMS.same(exposure, plan.after.beta_exposure, "beta exposure after", scale)
        _CLAIMS.same(beta, plan.after.beta.value, "beta after", scale / nav)
        _CLAIMS.same(beta - exact(plan.mandate.target), plan.residual, "residual", scale / nav + 1)
        if plan.status is PlanStatus.PLANNED:
            slack = RELATIVE * scale / nav
            low, high = exact(plan.mandate.lower) - slack, exact(plan.mandate.upper) + slack
            _CLAIMS.demand(low <= beta <= high, f"beta from {low:.9f} to {high:.9f}", f"{beta:.9f}", "the plan")
        return ReallocationRecount(cost=cost, tax=tax, cash=cash, nav=nav, beta_exposure=exposure, beta=beta)


def _check_terms(plan: ReallocationPlan, order: SpotOrder, name: str, quantity_held: Decimal) -> None:
    limits = plan.limits
    lot = dict(limits.lots).get(name, limits.lot)
    _CLAIMS.demand(order.quantity > 0, "a positive quantity", str(order.quantity), name)
    _CLAIMS.demand(
        order.quantity % lot == 0 and order.lot == lot, f"a multiple of the lot {lot}", str(order.quantity), name
    )
    tick = limits.tick * (Decimal("0.01") if order.instrument.minor else 1)
    _CLAIMS.demand(order.price % tick == 0, f"a multiple of the tick {tick}", str(order.price), name)
    mark = exact(order.mark)
    worse = order.price >= mark if order.side is Side.BUY else order.price <= mark
    _CLAIMS.demand(
        worse and abs(order.price - mark) <= tick, f"a price within a tick of {mark}", str(order.price), name
    )
    _CLAIMS.demand(name not in limits.no_trade, "nothing from the no-trade list", "an order", name)
    _CLAIMS.same(quantity_held, float(order.held), f"units of {name} held")
    left = order.held + (order.quantity if order.side is Side.BUY else -order.quantity)
    if limits.long_only:
        opened = left < 0 if order.held >= 0 else not order.held <= left <= 0
        _CLAIMS.demand(not opened, "no short opened or enlarged, and none turned over", f"{order.held} to {left}", name)


def _check_cost(plan: ReallocationPlan, order: SpotOrder, notional: Decimal, name: str) -> Decimal:
    costs = plan.limits.costs
    smallest = exact(plan.limits.min_ticket)
    _CLAIMS.demand(notional >= smallest * (1 - RELATIVE), f"a ticket of at least {smallest}", f"{notional:.2f}", name)
    unit = exact(order.mark) * order.instrument.scale
    commission = exact(costs.commission_rate) * notional + exact(costs.commission_per_unit) / unit * notional
    spread = exact(order.spread_rate) * notional
    impact = _ZERO
    if order.daily_value and order.volatility is not None:
        share = notional / exact(order.daily_value)
        cap = plan.limits.max_participation
        if cap is not None:
            _CLAIMS.demand(share <= exact(cap) * (1 + RELATIVE), f"at most {cap} of daily volume", f"{share:.6f}", name)
        rate = exact(costs.impact) * exact(order.volatility)
        impact = rate * share ** exact(costs.exponent) * notional
    _CLAIMS.same(commission, order.commission, f"commission of {name}", notional)
    _CLAIMS.same(spread, order.half_spread, f"half-spread of {name}", notional)
    _CLAIMS.same(impact, order.impact, f"impact of {name}", notional)
    return commission + spread + impact


def _check_tax(plan: ReallocationPlan, order: SpotOrder, name: str) -> Decimal:
    rules = plan.limits.taxes
    closing = order.held * (1 if order.side is Side.BUY else -1) < 0
    if rules is None or not order.lots:
        _CLAIMS.same(_ZERO, order.tax, f"tax of {name}, for which no lots or rates are known", Decimal(1))
        return _ZERO
    _CLAIMS.demand(closing, "lots closed only where a position shrinks", "lots on an opening order", name)
    _CLAIMS.demand(len({s.lot for s in order.lots}) == len(order.lots), "each lot once", "one twice", name)
    closed = sum((s.units for s in order.lots), _ZERO)
    _CLAIMS.demand(
        closed == min(order.quantity, abs(order.held)), f"{order.quantity} units from lots", f"{closed}", name
    )
    total, price = _ZERO, exact(order.mark) * order.instrument.scale
    for sale in order.lots:
        short = order.held < 0
        gain = (sale.unit_cost - price if short else price - sale.unit_cost) * sale.units
        rate = rules.short_rate if short or not _over_a_year(sale.acquired, plan.as_of) else rules.long_rate
        due = gain * rate * (rules.loss_relief if gain < 0 else 1) * exact(order.fx)
        _CLAIMS.same(due, sale.tax, f"tax on lot {sale.lot + 1} of {name}", abs(price * sale.units))
        total += due
    _CLAIMS.same(total, order.tax, f"tax of {name}", abs(price * order.quantity))
    return total


def _over_a_year(bought: dt.date, sold: dt.date) -> bool:
    if (bought.month, bought.day) == (2, 29):
        return (sold.year - bought.year, sold.month, sold.day) > (1, 2, 28)
    return (sold.year - bought.year, sold.month, sold.day) > (1, bought.month, bought.day)


def _held_cash(plan: ReallocationPlan) -> Decimal:
    base = plan.before.base
    values = (p.value for p in plan.before.positions if p.is_money and p.asset == base)
    return sum((exact(v) for v in values if v is not None), _ZERO)


def _check_limits(
    plan: ReallocationPlan, moved: dict[str, Decimal], nav: Decimal, cash: Decimal, traded: Decimal, size: Decimal
) -> None:
    limits, slack, start = plan.limits, RELATIVE * size, exact(plan.before.nav)
    value_by_asset: dict[str, Decimal] = {}
    for p in plan.before.positions:
        if p.is_owned and p.value is not None:
            value_by_asset[p.asset] = value_by_asset.get(p.asset, _ZERO) + exact(p.value)
    if limits.max_turnover is not None:
        most = exact(limits.max_turnover) * start
        _CLAIMS.demand(traded <= most + slack, f"at most {most:.2f} traded", f"{traded:.2f}", "the plan")
    if limits.max_weight is not None:
        for name, change in moved.items():
            now = value_by_asset.get(name, _ZERO)
            most = max(exact(limits.max_weight) * nav, abs(now))
            _CLAIMS.demand(abs(now + change) <= most + slack, f"at most {most:.2f} in it", f"{now + change:.2f}", name)
    if plan.orders:
        _check_cash(plan, cash, start, slack)
    for sector in limits.sectors:
        now = sum((v for k, v in value_by_asset.items() if k in sector.symbols), _ZERO)
        then = now + sum((v for k, v in moved.items() if k in sector.symbols), _ZERO)
        _CLAIMS.demand(
            then <= max(_times(sector.high, nav), now) + slack, f"at most {sector.high}", f"{then:.2f}", sector.name
        )
        _CLAIMS.demand(
            then >= min(_times(sector.low, nav), now) - slack, f"at least {sector.low}", f"{then:.2f}", sector.name
        )


def _check_cash(plan: ReallocationPlan, cash: Decimal, nav: Decimal, slack: Decimal) -> None:
    limits, before = plan.limits, _held_cash(plan)
    if limits.min_cash is not None:
        least = min(exact(limits.min_cash), before)
        _CLAIMS.demand(cash >= least - slack, f"cash of at least {least:.2f}", f"{cash:.2f}", "the plan")
    if limits.max_cash is not None:
        most = max(exact(limits.max_cash), before)
        _CLAIMS.demand(cash <= most + slack, f"cash of at most {most:.2f}", f"{cash:.2f}", "the plan")
    if limits.cash_neutral:
        room = exact(limits.cash_tolerance) * nav
        _CLAIMS.demand(
            abs(cash - before) <= room + slack, f"cash within {room:.2f} of {before:.2f}", f"{cash:.2f}", "the plan"
        )


def _times(limit: float, nav: Decimal) -> Decimal:
    return Decimal("Infinity").copy_sign(exact(limit)) if abs(limit) == float("inf") else exact(limit) * nav
