"""An independent check of a plan, in decimals.

It shares no code with the search or the exposure engine: it takes the orders, the contract facts written on them, and
the totals before, and works everything out again. A plan that fails is never shown.
"""

from dataclasses import dataclass
from decimal import Decimal, localcontext

from trimtab.errors import TrimtabError
from trimtab.hedge.plan import Plan, Side
from trimtab.hedge.recheck import Recheck
from trimtab.model.decimals import exact

__all__ = ["PlanCheckError", "Recount", "check_plan"]


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
        for order in plan.orders:
            name = order.future.symbol
            _CLAIMS.demand(name not in seen, f"one order in {name}", "two", name)
            seen.add(name)
            _CLAIMS.demand(order.quantity > 0, "a positive quantity", str(order.quantity), name)
            _CLAIMS.demand(
                order.quantity % order.lot == 0, f"a multiple of the lot {order.lot}", str(order.quantity), name
            )
            _CLAIMS.demand(
                order.price % order.tick == 0, f"a multiple of the tick {order.tick}", str(order.price), name
            )
            limit = plan.mandate.max_contracts
            _CLAIMS.demand(
                limit is None or order.quantity <= limit, f"at most {limit} contracts", str(order.quantity), name
            )
            mark, fx = exact(order.mark), exact(order.fx)
            worse = order.price >= mark if order.side is Side.BUY else order.price <= mark
            _CLAIMS.demand(
                worse and abs(order.price - mark) <= order.tick,
                f"a price within a tick of {mark}",
                str(order.price),
                name,
            )
            notional = order.quantity * order.price * order.multiplier * fx
            _CLAIMS.same(notional, order.notional, f"notional of {name}")
            spread = order.half_spread_ticks * order.tick * order.multiplier
            each = (order.commission + spread) * fx
            _CLAIMS.same(each * order.quantity, order.cost, f"cost of {name}")
            cost += each * order.quantity
            sign = 1 if order.side is Side.BUY else -1
            exposure += sign * order.quantity * order.multiplier * mark * fx * exact(order.beta)
        nav = exact(plan.before.nav) - cost
        beta = exposure / nav
        _CLAIMS.same(cost, plan.cost, "total cost")
        _CLAIMS.same(nav, plan.after.nav, "NAV after")
        scale = abs(exposure) + abs(exact(plan.before.beta_exposure))
        _CLAIMS.same(exposure, plan.after.beta_exposure, "beta exposure after", scale)
        _CLAIMS.same(beta, plan.after.beta.value, "beta after", scale / nav)
        _CLAIMS.same(beta - exact(plan.mandate.target), plan.residual, "residual", scale / nav + 1)
        return Recount(cost=cost, beta_exposure=exposure, nav=nav, beta=beta)
