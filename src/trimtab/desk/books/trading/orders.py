"""Orders that left, written down: each once, and again only as long as nothing of it is filled."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import TypedDict

from trimtab.desk.books.journal import Entry, Fact, Journal
from trimtab.hedge.orders.records import OrderType, ReleasedOrder, TimeInForce
from trimtab.hedge.side import Side

__all__ = ["orders_known", "record_orders"]

#: The kind of journal entry.
_KIND = "orders"


class _OrderBody(TypedDict):
    """One order; numbers as text."""

    client_id: str
    run: int
    day: str
    symbol: str
    kind: str
    expiry: str | None
    root: str
    side: str
    quantity: str
    currency: str
    multiplier: str
    tick: str | None
    fx: str
    benchmark: str
    reference: str | None
    commission: str | None
    half_spread: str | None
    cost: str
    order_type: str
    time_in_force: str
    limit: str | None
    arrival: str | None
    account: str
    strategy: str
    sent_at: str
    note: str


class _Body(TypedDict):
    run: int
    orders: list[_OrderBody]


def record_orders(journal: Journal, orders: tuple[ReleasedOrder, ...]) -> int:
    """Write down that the orders of a plan left, and give the number of the entry.

    Parameters
    ----------
    journal
        Where to.
    orders
        All of one plan.
    """
    first = orders[0]
    body: _Body = {"run": first.run, "orders": [_body(order) for order in orders]}
    fact = Fact(kind=_KIND, subject=first.portfolio, valid=first.day.isoformat(), body=dict(body))
    (entry,) = journal.append([fact])
    return entry.seq


def orders_known(journal: Journal, portfolio: str, *, run: int | None = None) -> Mapping[str, ReleasedOrder]:
    """Give the orders of a portfolio that left, by client order id, in the order in which they did.

    Parameters
    ----------
    journal, portfolio
        Whose.
    run
        Of one plan alone.
    """
    entries = journal.entries(_KIND, subject=portfolio)
    stated = (_order(body, entry) for entry in entries for body in entry.read_as(_Body)["orders"])
    return {order.client_id: order for order in stated if run is None or order.run == run}


def _body(o: ReleasedOrder) -> _OrderBody:
    return {
        "client_id": o.client_id, "run": o.run, "day": o.day.isoformat(), "symbol": o.symbol, "kind": o.kind,
        "expiry": None if o.expiry is None else o.expiry.isoformat(), "root": o.root, "side": o.side.value,
        "quantity": str(o.quantity), "currency": o.currency, "multiplier": str(o.multiplier), "tick": _text(o.tick),
        "fx": repr(o.fx), "benchmark": o.benchmark, "reference": _text(o.reference),
        "commission": _float_text(o.commission), "half_spread": _float_text(o.half_spread), "cost": repr(o.cost),
        "order_type": o.order_type.value, "time_in_force": o.time_in_force.value, "limit": _text(o.limit),
        "arrival": _float_text(o.arrival), "account": o.account, "strategy": o.strategy,
        "sent_at": o.sent_at.isoformat(), "note": o.note,
    }  # fmt: skip


def _order(b: _OrderBody, entry: Entry) -> ReleasedOrder:
    return ReleasedOrder(
        client_id=b["client_id"], run=b["run"], portfolio=entry.subject, day=dt.date.fromisoformat(b["day"]),
        symbol=b["symbol"], kind=b["kind"], expiry=None if b["expiry"] is None else dt.date.fromisoformat(b["expiry"]),
        root=b["root"], side=Side(b["side"]), quantity=Decimal(b["quantity"]), currency=b["currency"],
        multiplier=Decimal(b["multiplier"]), tick=_decimal(b["tick"]), fx=float(b["fx"]), benchmark=b["benchmark"],
        reference=_decimal(b["reference"]), commission=_float(b["commission"]), half_spread=_float(b["half_spread"]),
        cost=float(b["cost"]), order_type=OrderType(b["order_type"]), time_in_force=TimeInForce(b["time_in_force"]),
        limit=_decimal(b["limit"]), arrival=_float(b["arrival"]), account=b["account"], strategy=b["strategy"],
        sent_at=dt.datetime.fromisoformat(b["sent_at"]), note=b["note"],
    )  # fmt: skip


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _float_text(value: float | None) -> str | None:
    return None if value is None else repr(value)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _float(text: str | None) -> float | None:
    return None if text is None else float(text)
