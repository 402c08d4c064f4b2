"""An independent check of an options plan, in decimals.

It shares no code with the sizing or the exposure engine: it takes the orders, the facts written on them, the totals
before and the strategy's rules, and works everything out again. A plan that fails is never shown.
"""

from dataclasses import dataclass
from decimal import Decimal, localcontext

from trimtab.errors import TrimtabError
from trimtab.hedge.options.records import OptionOrder, OptionsPlan, Strategy
from trimtab.hedge.plan import Side
from trimtab.hedge.recheck import RELATIVE, Recheck
from trimtab.model.decimals import exact
from trimtab.model.instrument import OptionRight

__all__ = ["OptionsCheckError", "OptionsRecount", "check_options"]

_SHAPE = {
    Strategy.PROTECTIVE_PUT: (("buy", "put"),),
    Strategy.PUT_SPREAD: (("buy", "put"), ("sell", "put")),
    Strategy.COLLAR: (("buy", "put"), ("sell", "call")),
    Strategy.CALL_OVERWRITE: (("sell", "call"),),
    Strategy.LONG_CALL: (("buy", "call"),),
}


class OptionsCheckError(TrimtabError):
    """An options plan does not add up: a defect of trimtab, not of the input."""


_CLAIMS = Recheck(error=OptionsCheckError)


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionsRecount:
    """The totals as the checker finds them, base currency."""

    cost: Decimal
    premium: Decimal
    nav: Decimal
    beta_exposure: Decimal
    beta: Decimal


def check_options(plan: OptionsPlan) -> OptionsRecount:
    """Work an options plan out again in decimals and compare.

    Raises
    ------
    OptionsCheckError
        If an order breaks a tick, quote, sign or limit, the legs are not those of the strategy, or a total differs by
        more than 1e-9 relative.
    """
    with localcontext() as context:
        context.prec = 40
        cost, premium, fees = Decimal(0), Decimal(0), Decimal(0)
        exposure = exact(plan.before.beta_exposure)
        _shape(plan)
        for order in plan.orders:
            _rules(order, plan.mandate.max_contracts)
            sign = 1 if order.side is Side.BUY else -1
            size = sign * order.quantity * order.multiplier * exact(order.fx)
            fee = order.quantity * order.commission * exact(order.fx)
            _CLAIMS.same(size * order.price, order.premium, f"premium of {order.option.symbol}")
            _CLAIMS.same(fee, order.fees, f"fees of {order.option.symbol}")
            one = size * (order.price - exact(order.mark)) + fee
            _CLAIMS.same(one, order.cost, f"cost of {order.option.symbol}", abs(size * order.price))
            cost, premium, fees = cost + one, premium + size * order.price, fees + fee
            exposure += size * exact(order.delta) * exact(order.underlying_price) * exact(order.beta)
        turnover = sum((abs(exact(o.premium)) for o in plan.orders), Decimal(0))
        nav = exact(plan.before.nav) - cost
        beta = exposure / nav
        _CLAIMS.same(cost, plan.cost, "total cost", turnover)
        _CLAIMS.same(premium, plan.premium, "net premium", turnover)
        _CLAIMS.same(nav, plan.after.nav, "NAV after", turnover)
        scale = abs(exposure) + abs(exact(plan.before.beta_exposure))
        _CLAIMS.same(exposure, plan.after.beta_exposure, "beta exposure after", scale)
        _CLAIMS.same(beta, plan.after.beta.value, "beta after", scale / nav)
        _CLAIMS.same(beta - exact(plan.mandate.target), plan.residual, "residual", scale / nav + 1)
        if plan.max_premium is not None:
            most = exact(plan.max_premium) * (1 + RELATIVE) + RELATIVE
            _CLAIMS.demand(
                premium + fees <= max(most, Decimal(0)), f"at most {most:.2f} of premium", f"{premium + fees:.2f}"
            )
        return OptionsRecount(cost=cost, premium=premium, nav=nav, beta_exposure=exposure, beta=beta)


def _shape(plan: OptionsPlan) -> None:
    """Demand that the legs are those of the strategy, one of each per unit, of one underlying and expiry."""
    if not plan.orders:
        _CLAIMS.demand(plan.units == 0, "no units without orders", str(plan.units))
        return
    legs = tuple((o.side.value, o.option.right.value) for o in plan.orders)
    _CLAIMS.demand(legs == _SHAPE[plan.request.strategy], f"legs {_SHAPE[plan.request.strategy]}", str(legs))
    kinds = {(o.option.underlying, o.option.expiry, o.quantity, o.multiplier) for o in plan.orders}
    _CLAIMS.demand(len(kinds) == 1, "one underlying, expiry and count", f"{len(kinds)}")
    _CLAIMS.demand(plan.orders[0].quantity == plan.units, f"{plan.units} contracts", str(plan.orders[0].quantity))
    puts = [o.option.strike for o in plan.orders if o.option.right is OptionRight.PUT]
    if plan.request.strategy is Strategy.PUT_SPREAD:
        _CLAIMS.demand(puts[0] > puts[1], "a put sold below the put bought", f"{puts}")
    short = [o for o in plan.orders if o.side is Side.SELL and o.option.right is OptionRight.CALL]
    for order in short:
        size = order.quantity * order.multiplier * exact(order.underlying_price) * exact(order.fx)
        covered = exact(plan.before.beta_exposure)
        _CLAIMS.demand(
            size * exact(order.beta) <= covered * (1 + RELATIVE),
            f"calls sold on no more than the beta exposure of {covered:.0f}",
            f"{size * exact(order.beta):.0f}",
        )


def _rules(order: OptionOrder, most: int | None) -> None:
    name = order.option.symbol
    whole = order.quantity == order.quantity.to_integral_value()
    _CLAIMS.demand(order.quantity > 0 and whole, "a positive whole number of contracts", str(order.quantity), name)
    _CLAIMS.demand(
        order.price % order.tick == 0 and order.price > 0,
        f"a multiple of the tick {order.tick}",
        str(order.price),
        name,
    )
    _CLAIMS.demand(most is None or order.quantity <= most, f"at most {most} contracts", str(order.quantity), name)
    if order.side is Side.BUY:
        fair = order.ask <= order.price < order.ask + order.tick
    else:
        fair = order.bid - order.tick < order.price <= order.bid
    _CLAIMS.demand(fair, f"a limit within a tick of {order.bid}/{order.ask}", str(order.price), name)
