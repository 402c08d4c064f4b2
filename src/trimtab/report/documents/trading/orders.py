"""Orders that left, with their fills and what they cost, as a document."""

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from trimtab.hedge.orders.records import Shortfall, Traded

__all__ = ["OrdersDocument", "orders_document"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FillRecord:
    """One execution.

    Parameters
    ----------
    exec_id, time
        Its id, and when it was.
    quantity, price
        Bought +, sold -; of one unit as quoted.
    fee
        Paid +, in the instrument's currency; null if not said.
    """

    exec_id: str
    time: str
    quantity: float
    price: float
    fee: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRecord:
    """One order that left.

    Parameters
    ----------
    client_order_id, run
        Its id, and the plan's run.
    symbol, kind, side, quantity, currency
        What is traded.
    order_type, time_in_force, limit_price
        How it is to be done.
    sent_at, account, strategy
        When it left, for which account at the broker, and the desk's own word.
    state
        open, partly_filled or done.
    filled, left
        Units, 0 or more.
    reference_price, arrival_price, average_price
        Of the decision, at arrival (null where nobody stated it), and of the fills (null without any).
    expected
        What the filled part was expected to cost, base currency, a cost is minus.
    shortfall
        What it did cost by part, base currency: a gain is plus, a cost minus, null where not known.
    slippage_basis_points
        Commission and price of what is filled, of its value at the decision.
    fills
        Executions by time.
    notes
        What a reader should know.
    """

    client_order_id: str
    run: int
    symbol: str
    kind: str
    side: str
    quantity: float
    currency: str
    order_type: str
    time_in_force: str
    limit_price: float | None
    sent_at: dt.datetime
    account: str
    strategy: str
    state: str
    filled: float
    left: float
    reference_price: float | None
    arrival_price: float | None
    average_price: float | None
    expected: float
    shortfall: Shortfall
    slippage_basis_points: float | None
    fills: tuple[FillRecord, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersDocument:
    """Orders that left, with what came back.

    Parameters
    ----------
    orders
        In the order in which they left.
    """

    SCHEMA: ClassVar = "trimtab.orders/1"

    orders: tuple[OrderRecord, ...]


def orders_document(traded: tuple[Traded, ...]) -> OrdersDocument:
    """Document of `trimtab orders`: schema trimtab.orders/1."""
    return OrdersDocument(orders=tuple(_order(t) for t in traded))


def _order(traded: Traded) -> OrderRecord:
    o = traded.order
    return OrderRecord(
        client_order_id=o.client_id, run=o.run, symbol=o.symbol, kind=o.kind, side=o.side.value,
        quantity=float(o.quantity), currency=o.currency, order_type=o.order_type.value,
        time_in_force=o.time_in_force.value, limit_price=None if o.limit is None else float(o.limit),
        sent_at=o.sent_at, account=o.account, strategy=o.strategy, state=traded.state.value,
        filled=float(traded.filled), left=float(traded.left),
        reference_price=None if o.reference is None else float(o.reference), arrival_price=o.arrival,
        average_price=traded.average, expected=traded.expected, shortfall=traded.shortfall,
        slippage_basis_points=traded.slippage,
        fills=tuple(
            FillRecord(
                exec_id=f.exec_id, time=f.time, quantity=float(f.quantity), price=float(f.price),
                fee=None if f.fee is None else float(f.fee),
            )
            for f in traded.fills
        ),
        notes=traded.notes,
    )  # fmt: skip
