"""An independent check of a plan, in decimals.

It shares no code with the search or the exposure engine: it takes the orders, the contract facts written on them, and
the totals before, and works everything out again. A plan that fails is never shown.
"""

from dataclasses import dataclass
from decimal import Decimal, localcontext

from trimtab.errors import TrimtabError
from trimtab.hedge.plan import Order, Plan, Side
from trimtab.hedge.recheck import Recheck
from trimtab.model.decimals import exact

__all__ = ["PlanCheckError", "Recount", "check_plan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _OneUnit:
    """One unit bought, in base currency: what moves with the price, what is traded, and a gain of 1 in the price."""

    exposure: Decimal
    notional: Decimal
    point: Decimal


class PlanCheckError(TrimtabError):
    """A plan does not add up: a defect of trimtab, not of the input."""


_CLAIMS = Recheck(error=PlanCheckError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recount:
    """The totals as the checker finds them, base currency."""

    cost: Decimal
    beta_exposure: Decimal
    nav: Decimal
    beta: Decimal


def check_plan(plan: Plan) -> Recount:
    """Work a plan out again in decimals and compare.

    Raises
    ------
    PlanCheckError
        If an order breaks a lot, tick, sign or limit, or a total differs by more than 1e-9 relative.
    """
    with localcontext() as context:
        context.prec = 40
        cost = Decimal(0)
        exposure = exact(plan.before.beta_exposure)
        seen: set[str] = set()
        taken = Decimal(0)
        for order in plan.orders:
            name = order.symbol
            _CLAIMS.demand(name not in seen, f"one order in {name}", "two", name)
            seen.add(name)
            _check_ticket(order, plan.mandate.max_contracts)
            one = _one_unit(order)
            _CLAIMS.same(one.exposure, order.exposure, f"exposure of one {name}")
            _CLAIMS.same(order.quantity * one.notional, order.notional, f"notional of {name}")
            spread = order.half_spread_ticks * order.tick * one.point
            each = order.commission * exact(order.fx) + spread + order.commission_rate * one.exposure
            _CLAIMS.same(each * order.quantity, order.cost, f"cost of {name}")
            cost += each * order.quantity
            sign = 1 if order.side is Side.BUY else -1
            exposure += sign * order.quantity * one.exposure * exact(order.beta)
            if order.instrument.is_owned and order.side is Side.BUY:
                taken += each * order.quantity + order.quantity * one.exposure
        _check_cash(plan, taken)
        nav = exact(plan.before.nav) - cost
        beta = exposure / nav
        _CLAIMS.same(cost, plan.cost, "total cost")
        _CLAIMS.same(nav, plan.after.nav, "NAV after")
        scale = abs(exposure) + abs(exact(plan.before.beta_exposure))
        _CLAIMS.same(exposure, plan.after.beta_exposure, "beta exposure after", scale)
        _CLAIMS.same(beta, plan.after.beta.value, "beta after", scale / nav)
        _CLAIMS.same(beta - exact(plan.mandate.target), plan.residual, "residual", scale / nav + 1)
        return Recount(cost=cost, beta_exposure=exposure, nav=nav, beta=beta)


def _one_unit(order: Order) -> _OneUnit:
    """Work out one unit of an order from its terms, by what its contract pays."""
    unit, mark, price = order.multiplier, exact(order.mark), order.price
    fx, paid = exact(order.fx), exact(order.paid_fx)
    if order.instrument.inverse:
        # A unit of quote money is unit / mark coins, and a gain of 1 is unit / mark^2 coins.
        return _OneUnit(exposure=unit / mark * paid, notional=unit * fx, point=unit / mark / mark * paid)
    if order.instrument.paid_in != order.instrument.currency:
        return _OneUnit(exposure=unit * mark * paid, notional=unit * price * paid, point=unit * paid)
    return _OneUnit(exposure=unit * mark * fx, notional=unit * price * fx, point=unit * fx)


def _check_ticket(order: Order, limit: int | None) -> None:
    """Demand that lots, ticks and the limit of contracts are kept, and that the price is within a tick."""
    name, mark = order.symbol, exact(order.mark)
    _CLAIMS.demand(order.quantity > 0, "a positive quantity", str(order.quantity), name)
    _CLAIMS.demand(order.quantity % order.lot == 0, f"a multiple of the lot {order.lot}", str(order.quantity), name)
    _CLAIMS.demand(order.price % order.tick == 0, f"a multiple of the tick {order.tick}", str(order.price), name)
    free = limit is None or order.instrument.is_owned
    _CLAIMS.demand(
        free or order.quantity <= Decimal(limit or 0), f"at most {limit} contracts", str(order.quantity), name
    )
    worse = order.price >= mark if order.side is Side.BUY else order.price <= mark
    _CLAIMS.demand(
        worse and abs(order.price - mark) <= order.tick, f"a price within a tick of {mark}", str(order.price), name
    )
    short = order.quantity - max(order.held, Decimal(0)) if order.side is Side.SELL else Decimal(0)
    _CLAIMS.demand(order.shortable or short <= 0, "no short sale", f"{short} sold short", name)


def _check_cash(plan: Plan, taken: Decimal) -> None:
    """Demand that purchases take no more base cash than there is."""
    if taken == 0:
        return
    lines = (p for p in plan.before.positions if p.is_money and p.currency == plan.before.base)
    there = sum((exact(p.value) for p in lines if p.value is not None), Decimal(0))
    _CLAIMS.demand(taken <= there * (1 + Decimal("1e-9")), f"purchases of at most {there:.2f} in cash", f"{taken:.2f}")
