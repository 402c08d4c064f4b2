"""Orders as FIX 4.4 messages: NewOrderSingle, tag=value, with body length and check sum worked out.

Source
    FIX 4.4 specification with errata 20030618, volume 3, NewOrderSingle (35=D), and volume 1, message structure:
    8, 9 and 35 come first and 10 last; 9 counts the bytes after its own end up to tag 10; 10 is the sum of all bytes
    before it, modulo 256, with three digits.
"""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from trimtab.errors import InputError
from trimtab.hedge.orders.records import OrderType, ReleasedOrder, TimeInForce
from trimtab.hedge.plan import Side
from trimtab.model.names.options import read_option

__all__ = ["orders_fix"]

_SOH = "\x01"
_SIDE = {Side.BUY: "1", Side.SELL: "2"}
#: Market on close is a market order that is in force at the close; 40=5 is not used any more.
_TYPE = {OrderType.MARKET: "1", OrderType.LIMIT: "2", OrderType.CLOSE: "1", OrderType.BENCHMARK_CLOSE: "1"}
_FORCE = {TimeInForce.DAY: "0", TimeInForce.GOOD_TILL_CANCEL: "1", TimeInForce.AT_CLOSE: "7"}
_SECURITY = {"future": "FUT", "option": "OPT"}


def orders_fix(orders: Iterable[ReleasedOrder], *, sender: str, target: str) -> str:
    """Write orders as FIX 4.4 messages, one after the other with nothing between them.

    Parameters
    ----------
    orders
        In their order; sequence numbers begin with 1, for an engine to replace.
    sender, target
        SenderCompID and TargetCompID.

    Raises
    ------
    InputError
        If a text holds what a FIX field cannot: a sign that is no printable ASCII.
    """
    return "".join(_message(order, place, sender, target) for place, order in enumerate(orders, 1))


def _message(order: ReleasedOrder, number: int, sender: str, target: str) -> str:
    sent = _moment(order.sent_at)
    header = [("35", "D"), ("49", sender), ("56", target), ("34", str(number)), ("52", sent)]
    body = "".join(_field(tag, text) for tag, text in (*header, *_fields(order, sent)) if text)
    start = f"8=FIX.4.4{_SOH}9={len(body)}{_SOH}{body}"
    return f"{start}10={sum(start.encode('ascii')) % 256:03d}{_SOH}"


def _fields(order: ReleasedOrder, sent: str) -> tuple[tuple[str, str], ...]:
    """Give tags and texts of the body in their order; an empty text is left out."""
    is_option = order.of_option
    option = read_option(order.symbol) if is_option else None
    family = order.root if option is None else option.underlying
    return (
        ("11", order.client_id),
        ("583", str(order.run)),  # ClOrdLinkID: what ties the orders of one plan together
        ("1", order.account),
        ("55", family if order.kind in _SECURITY else order.symbol),
        ("48", order.symbol if order.kind in _SECURITY else ""),
        ("22", "8" if order.kind in _SECURITY else ""),  # the exchange's symbol
        ("167", _SECURITY.get(order.kind, "")),
        ("200", "" if order.expiry is None else f"{order.expiry:%Y%m}"),
        ("541", f"{order.expiry:%Y%m%d}" if order.expiry is not None and is_option else ""),
        ("201", "" if option is None else str(int(option.right.value == "call"))),
        ("202", "" if option is None else _plain(option.strike)),
        ("54", _SIDE[order.side]),
        ("60", sent),
        ("38", _plain(order.quantity)),
        ("40", _TYPE[order.order_type]),
        ("44", "" if order.limit is None else _plain(order.limit)),
        ("15", order.currency),
        ("59", _FORCE[order.time_in_force]),
        ("58", _words(order)),
    )


def _words(order: ReleasedOrder) -> str:
    """Give what no field of its own says: the strategy, whose close is meant, the other leg."""
    closing = f"at the close of {order.benchmark}" if order.benchmark else "at the benchmark's close"
    phrases = [
        f"strategy {order.strategy}" if order.strategy else "",
        closing if order.order_type is OrderType.BENCHMARK_CLOSE else "",
        order.note,
    ]
    return "; ".join(phrase for phrase in phrases if phrase)


def _field(tag: str, text: str) -> str:
    if not (text.isascii() and text.isprintable()):
        raise InputError(
            expected=f"printable ASCII in FIX field {tag}", found=f"{text!a}",
            try_next="write it without accents and control signs",
        )  # fmt: skip
    return f"{tag}={text}{_SOH}"


def _moment(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.UTC):%Y%m%d-%H:%M:%S}"


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
