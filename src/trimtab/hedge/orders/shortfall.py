r"""Implementation shortfall of an order, by part.

Equations, for an order of Q units with sign s (+1 bought), multiplier m, exchange rate x; fills q_j at p_j,
decision price d, price at arrival a, latest price n:
    commission   - sum fees x
    trading      - s m x sum q_j (p_j - a)          half-spread and impact
    delay        - s m x sum q_j (a - d)            between decision and arrival
    price        trading + delay = - s m x sum q_j (p_j - d)
    missed       - s m x (Q - sum q_j) (n - d)      what is not done
    total        commission + price + missed
Assumption
    The decision is made at the plan's own prices, and money is counted at the plan's exchange rate.
Source
    Perold (1988), "The implementation shortfall: paper versus reality", Journal of Portfolio Management 14(3).
    The parts are those of Wagner and Edwards (1993), "Best execution", Financial Analysts Journal 49(1). Their
    shortfall is positive where it costs; here a gain is plus.
When not to use it
    Contracts that do not pay in proportion to their price (inverse and quanto perpetuals): their parts are not known.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from trimtab.hedge.orders.records import Fill, OrderState, ReleasedOrder, Shortfall, Traded
from trimtab.model.decimals import exact

__all__ = ["measured_costs", "trade_order"]

_BASIS_POINTS = 1e4


def trade_order(order: ReleasedOrder, fills: Iterable[Fill], *, latest: float | None, is_linear: bool = True) -> Traded:
    """Lay what came back beside what was ordered.

    Parameters
    ----------
    order, fills
        The order, and its executions.
    latest
        Price now, for what is left to do; None where it is not known.
    is_linear
        Whether it pays in proportion to its price.

    Examples
    --------
    >>> import datetime as dt
    >>> from trimtab.hedge.orders.records import OrderType, TimeInForce
    >>> from trimtab.hedge.plan import Side
    >>> order = ReleasedOrder(
    ...     client_id="14-1-abcdef", run=14, portfolio="main", day=dt.date(2022, 12, 28), symbol="ESH3", kind="future",
    ...     expiry=None, root="ES", side=Side.SELL, quantity=Decimal(6), currency="USD", multiplier=Decimal(50),
    ...     tick=Decimal("0.25"), fx=1.0, benchmark="SPX", reference=Decimal(3800), commission=13.5, half_spread=37.5,
    ...     cost=51.0, order_type=OrderType.CLOSE, time_in_force=TimeInForce.AT_CLOSE, limit=None, arrival=3801.0,
    ...     account="", strategy="", sent_at=dt.datetime(2022, 12, 29, 15, tzinfo=dt.UTC),
    ... )  # fmt: skip
    >>> fill = Fill(
    ...     order="14-1-abcdef", exec_id="e1", symbol="ESH3", time="2022-12-29", day=dt.date(2022, 12, 29),
    ...     quantity=Decimal(-4), price=Decimal("3800.75"), fee=Decimal(9),
    ... )  # fmt: skip
    >>> done = trade_order(order, [fill], latest=3790.0)
    >>> cost = done.shortfall
    >>> done.state.value, cost.commission, cost.trading, cost.delay, cost.missed, cost.total
    ('partly_filled', -9.0, -50.0, 200.0, -1000.0, -859.0)
    """
    executions = tuple(sorted(fills, key=lambda f: (f.day, f.time, f.exec_id)))
    filled = sum((abs(f.quantity) for f in executions), Decimal(0))
    left = order.quantity - filled
    value = sum((abs(f.quantity) * f.price for f in executions), Decimal(0))
    average = float(value / filled) if filled else None
    shortfall = _shortfall(order, executions, latest if is_linear else None)
    if not is_linear:
        shortfall = replace(shortfall, trading=None, delay=None, price=None, missed=None, total=None)
    return Traded(
        order=order,
        fills=executions,
        state=_state(filled, left),
        filled=filled,
        left=left,
        average=average,
        expected=-order.cost * float(filled / order.quantity),
        shortfall=shortfall,
        slippage=_slippage(order, shortfall, float(filled)),
        notes=_notes(order, executions, latest, left, is_linear=is_linear),
    )


def _state(filled: Decimal, left: Decimal) -> OrderState:
    if filled == 0:
        return OrderState.OPEN
    return OrderState.DONE if left <= 0 else OrderState.PARTLY_FILLED


def _shortfall(order: ReleasedOrder, fills: tuple[Fill, ...], latest: float | None) -> Shortfall:
    point = -order.sign * float(order.multiplier) * order.fx
    filled = sum((abs(f.quantity) for f in fills), Decimal(0))
    left = order.quantity - filled

    def against(price: Decimal) -> float:
        """Give what the fills gained against a price."""
        return point * float(sum((abs(f.quantity) * (f.price - price) for f in fills), Decimal(0)))

    fees = [f.fee for f in fills]
    commission = None if None in fees else -float(sum((f for f in fees if f is not None), Decimal(0))) * order.fx
    price = trading = delay = missed = None
    if not fills:
        price = trading = delay = 0.0
    elif order.reference is not None:
        price = against(order.reference)
        if order.arrival is not None:
            trading = against(exact(order.arrival))
            delay = point * float(filled * (exact(order.arrival) - order.reference))
    if left <= 0:
        missed = 0.0
    elif order.reference is not None and latest is not None:
        missed = point * float(left * (exact(latest) - order.reference))
    total = None
    if commission is not None and price is not None and missed is not None:
        total = commission + price + missed
    return Shortfall(commission=commission, trading=trading, delay=delay, price=price, missed=missed, total=total)


def _slippage(order: ReleasedOrder, shortfall: Shortfall, filled: float) -> float | None:
    if not filled or order.reference is None or shortfall.commission is None or shortfall.price is None:
        return None
    value = filled * float(order.multiplier * abs(order.reference)) * order.fx
    return (shortfall.commission + shortfall.price) / value * _BASIS_POINTS if value else None


def _notes(
    order: ReleasedOrder, fills: tuple[Fill, ...], latest: float | None, left: Decimal, *, is_linear: bool
) -> tuple[str, ...]:
    name, notes = order.client_id, []
    if fills and any(f.fee is None for f in fills):
        notes.append(f"{name}: fills without a fee: its commission is not known")
    if fills and order.arrival is None and is_linear:
        notes.append(f"{name}: no price at arrival was stated: trading and delay are not told apart")
    if left > 0 and latest is None and is_linear:
        notes.append(f"{name}: no price of {order.symbol}: what is missed by waiting is not known")
    if not is_linear:
        notes.append(f"{name}: {order.symbol} does not pay in proportion to its price: its parts are not known")
    return tuple(notes)


def measured_costs(traded: Iterable[Traded]) -> Mapping[str, float | None]:
    """Give what futures did cost: commission a contract in its currency, and half-spread in ticks by trading.

    Parameters
    ----------
    traded
        Orders with fills; those of other kinds are left out.

    Returns
    -------
    ``commission`` and ``half_spread_ticks``, each None where it is not known: a part that was not told apart, contracts
    of several families, of which one figure would be true of none, or no fill at all.
    """
    futures = [t for t in traded if t.order.of_future and t.filled > 0]
    if len({t.order.root for t in futures}) != 1:
        return {"commission": None, "half_spread_ticks": None}
    contracts = sum(float(t.filled) for t in futures)
    paid = [t.shortfall.commission for t in futures]
    commission = None
    if None not in paid:
        commission = -sum((p or 0.0) / t.order.fx for p, t in zip(paid, futures, strict=True)) / contracts
    ticks = [_in_ticks(t) for t in futures]
    half = None
    if None not in ticks:
        half = sum((x or 0.0) * float(t.filled) for x, t in zip(ticks, futures, strict=True)) / contracts
    return {"commission": commission, "half_spread_ticks": half}


def _in_ticks(traded: Traded) -> float | None:
    order, trading = traded.order, traded.shortfall.trading
    if trading is None or order.tick is None:
        return None
    return -trading / order.fx / float(order.multiplier * order.tick * traded.filled)
