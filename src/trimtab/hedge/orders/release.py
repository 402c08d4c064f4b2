"""Orders made of what was planned: futures, every way's tickets, or a roll with its two legs."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from trimtab.errors import InputError
from trimtab.hedge.joint.records import JointPlan
from trimtab.hedge.orders.records import SIGNS, OrderType, ReleasedOrder, ReleaseTerms, is_far, reach
from trimtab.hedge.plan import Order, Plan, Side
from trimtab.hedge.roll.records import RollLine, Rolls
from trimtab.hedge.ways.records import Ticket, Ways
from trimtab.model.decimals import exact
from trimtab.model.instruments.terms import terms_on

__all__ = ["Planned", "client_id", "release"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The run that orders come from.

    Parameters
    ----------
    run, portfolio
        Its number, and whose it is.
    document
        Its answer, the JSON text: part of every order's id comes of it.
    """

    run: int
    portfolio: str
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """What a plan says of one order."""

    symbol: str
    kind: str
    expiry: dt.date | None
    root: str
    side: Side
    quantity: Decimal
    currency: str
    multiplier: Decimal
    tick: Decimal | None
    fx: float
    reference: Decimal | None
    commission: float | None
    half_spread: float | None
    cost: float
    note: str = ""


def client_id(planned: Planned, place: int) -> str:
    """Name an order: the run, its place, and six signs of the plan, so that another workspace's run 14 is another.

    Examples
    --------
    >>> client_id(Planned(run=14, portfolio="main", document="{}"), 1)
    '14-1-44136f'
    """
    return f"{planned.run}-{place}-{hashlib.sha256(planned.document.encode()).hexdigest()[:SIGNS]}"


def release(
    planned: Planned, result: Plan | Ways | JointPlan | Rolls, terms: ReleaseTerms
) -> tuple[ReleasedOrder, ...]:
    """Make the orders of a plan as they leave.

    Parameters
    ----------
    planned
        The run.
    result
        Its answer: of ways the marked one, of rolls those that are due.
    terms
        How they are to be done.

    Raises
    ------
    InputError
        If there is nothing to trade, or a limit or arrival price is missing, names nothing that is traded, or is far
        from the plan's own price.
    """
    lines, day, benchmark = _lines(result)
    if not lines:
        raise InputError(
            expected=f"a plan with orders in run {planned.run}", found="none: there is nothing to trade",
            try_next="choose another run: trimtab runs --command plan",
        )  # fmt: skip
    _check_prices(terms, [line.symbol for line in lines])
    for line in lines:
        _check_near(terms, line)
    return tuple(
        ReleasedOrder(
            client_id=client_id(planned, place), run=planned.run, portfolio=planned.portfolio, day=day,
            symbol=line.symbol, kind=line.kind, expiry=line.expiry, root=line.root, side=line.side,
            quantity=line.quantity, currency=line.currency, multiplier=line.multiplier, tick=line.tick, fx=line.fx,
            benchmark=benchmark, reference=line.reference, commission=line.commission, half_spread=line.half_spread,
            cost=line.cost, order_type=terms.order_type, time_in_force=terms.time_in_force,
            limit=terms.limits.get(line.symbol), arrival=terms.arrivals.get(line.symbol), account=terms.account,
            strategy=terms.strategy, sent_at=terms.sent_at, note=line.note,
        )
        for place, line in enumerate(lines, 1)
    )  # fmt: skip


def _check_prices(terms: ReleaseTerms, symbols: list[str]) -> None:
    strange = sorted((set(terms.limits) | set(terms.arrivals)) - set(symbols))
    if strange:
        raise InputError(
            expected=f"prices of what is traded ({', '.join(symbols)})", found=f"a price of {', '.join(strange)}",
            try_next="correct the name (--limit-price, --arrival-price), or leave it out",
        )  # fmt: skip
    is_limit = terms.order_type is OrderType.LIMIT
    lacking = [s for s in symbols if s not in terms.limits] if is_limit else []
    if lacking:
        raise InputError(
            expected="a limit price of each order (--limit-price SYMBOL=PRICE)", found=f"none of {', '.join(lacking)}",
            try_next="state them: the last close is a reference and no limit; or send market-on-close orders "
            "(--order-type close)",
        )  # fmt: skip
    if terms.limits and not is_limit:
        raise InputError(
            expected="limit orders (--order-type limit) together with limit prices", found=terms.order_type.value,
            try_next="add --order-type limit, or leave the prices out",
        )  # fmt: skip


def _check_near(terms: ReleaseTerms, line: _Line) -> None:
    """Refuse a limit or arrival price that the plan's own price did not become: a digit or a symbol too many."""
    stated = {"--limit-price": terms.limits.get(line.symbol), "--arrival-price": terms.arrivals.get(line.symbol)}
    for name, price in stated.items():
        if price is not None and is_far(float(price), line.reference, line.kind):
            raise InputError(
                expected=f"a price of {line.symbol} within {reach(line.kind)} times the plan's own, {line.reference} "
                f"({name})",
                found=f"{price}",
                try_next="correct it; if the market did go that far, import its prices, plan again, and send that",
            )  # fmt: skip


def _lines(result: Plan | Ways | JointPlan | Rolls) -> tuple[list[_Line], dt.date, str]:
    if isinstance(result, Plan):
        return [_of_order(o) for o in result.orders], result.as_of, result.mandate.benchmark
    if isinstance(result, JointPlan):
        return [_of_order(o) for o in result.orders], result.as_of, result.lines[0].benchmark
    if isinstance(result, Rolls):
        lines = [line for r in result.due for line in _of_roll(r, result.as_of)]
        return lines, result.as_of, ""
    way = result.best
    orders = {} if way is None else {o.symbol: o for p in way.plans if isinstance(p, Plan) for o in p.orders}
    tickets = () if way is None else way.tickets
    lines = [_of_ticket(t, orders.get(t.asset), result.before.base) for t in tickets]
    return lines, result.as_of, result.mandate.benchmark


def _of_order(order: Order) -> _Line:
    instrument, count = order.instrument, order.quantity
    commission = float(order.commission * count) * order.fx + float(order.commission_rate) * order.notional
    return _Line(
        symbol=order.symbol, kind=instrument.kind, expiry=instrument.expiry, root=instrument.family, side=order.side,
        quantity=count, currency=instrument.currency, multiplier=order.multiplier, tick=order.tick, fx=order.fx,
        reference=exact(order.mark), commission=commission, half_spread=order.cost - commission, cost=order.cost,
        note=order.reverses,
    )  # fmt: skip


def _of_ticket(ticket: Ticket, order: Order | None, base: str) -> _Line:
    if order is not None and order.quantity == ticket.quantity:
        return _of_order(order)
    traded = float(ticket.quantity * ticket.multiplier * ticket.price)
    if ticket.currency == base:
        fx = 1.0
    elif ticket.kind == "spot" and traded:
        fx = ticket.notional / traded
    else:
        # The notional of an option is that of what it is on: it does not say the rate.
        raise _no_rate(ticket.asset, ticket.currency)
    return _Line(
        symbol=ticket.asset, kind=ticket.kind, expiry=ticket.expiry, root=ticket.asset, side=Side(ticket.side),
        quantity=ticket.quantity, currency=ticket.currency, multiplier=ticket.multiplier, tick=None, fx=fx,
        reference=ticket.price, commission=None, half_spread=None, cost=ticket.cost,
    )  # fmt: skip


def _no_rate(symbol: str, currency: str) -> InputError:
    return InputError(
        expected=f"an exchange rate from {currency} to the base currency for {symbol}", found="none in the plan",
        try_next="plan it in that currency's own account, or place this order by hand",
    )  # fmt: skip


def _of_roll(line: RollLine, day: dt.date) -> Iterator[_Line]:
    """Give both legs of a calendar spread, each with half of what the spread is expected to cost."""
    need, spread = line.need, line.spread
    if not need.order or need.far is None:
        return
    sides = (Side.SELL, Side.BUY) if need.quantity > 0 else (Side.BUY, Side.SELL)
    prices = (line.financing.near_price, line.financing.far_price)
    for future, side, price in zip((need.near, need.far), sides, prices, strict=True):
        terms = terms_on(future.terms, day)
        if line.fx is None:
            raise _no_rate(future.symbol, future.currency)
        yield _Line(
            symbol=future.symbol, kind="future", expiry=future.expiry, root=future.root, side=side,
            quantity=need.lots, currency=future.currency, multiplier=terms.multiplier, tick=terms.tick, fx=line.fx,
            reference=None if price is None else exact(price),
            commission=None if spread is None else spread.commission / 2,
            half_spread=None if spread is None else spread.half_spread / 2,
            cost=0.0 if spread is None else spread.total / 2, note=f"one leg of a calendar spread: {need.order}",
        )  # fmt: skip
