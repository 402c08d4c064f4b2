"""Orders of a way as tickets, and as an order sheet in plain text or HTML."""

import csv
import io
from collections.abc import Iterable
from decimal import Decimal
from html import escape

from trimtab.desk.ask.backtest.replay import Order
from trimtab.hedge.orders.records import ReleasedOrder
from trimtab.hedge.ways.records import Way, Ways
from trimtab.report.words import day, number

__all__ = ["fills_csv", "order_sheet", "order_sheet_html", "orders_csv", "tickets_csv"]

_TICKET = ("plan", "way", "asset", "kind", "side", "quantity", "limit", "reference", "currency", "multiplier", "expiry",
           "notional", "cost", "good_until")  # fmt: skip
_ORDER = (
    "client_order_id", "plan", "account", "strategy", "symbol", "kind", "expiry", "side", "quantity", "order_type",
    "time_in_force", "limit_price", "reference_price", "arrival_price", "currency", "multiplier", "sent_at",
    "expected_cost", "note",
)  # fmt: skip
_FILL = ("date", "policy", "symbol", "side", "quantity", "price", "cost")
#: Kinds whose price is the last close: no limit, but what the order was decided at.
_REFERRED = frozenset(["future", "perpetual"])


def orders_csv(orders: Iterable[ReleasedOrder]) -> str:
    """Write orders that leave as CSV for an order system; what is not known is empty.

    Cells that a spreadsheet would take for a formula stand behind an apostrophe.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_ORDER)
    for o in orders:
        writer.writerow(
            (o.client_id, o.run, _safe(o.account), _safe(o.strategy), _safe(o.symbol), o.kind,
             "" if o.expiry is None else o.expiry.isoformat(), o.side.value, f"{o.quantity.normalize():f}",
             o.order_type.value, o.time_in_force.value, _or_empty(o.limit), _or_empty(o.reference),
             "" if o.arrival is None else repr(o.arrival), o.currency, f"{o.multiplier.normalize():f}",
             o.sent_at.isoformat(), f"{o.cost:.2f}", _safe(o.note))
        )  # fmt: skip
    return text.getvalue()


def _or_empty(price: Decimal | None) -> str:
    return "" if price is None else f"{price:f}"


def _safe(text: str) -> str:
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} else text


def fills_csv(fills: Iterable[Order]) -> str:
    """Write the fills of a backtest as CSV, one a line, to the last digit."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_FILL)
    for f in fills:
        writer.writerow((day(f.date), f.policy, f.symbol, f.side, f"{f.quantity:g}", repr(f.price), repr(f.cost)))
    return text.getvalue()


def tickets_csv(ways: Ways) -> str:
    """Write the orders of the marked way as CSV; a heading alone if it trades nothing."""
    way = ways.best
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_TICKET)
    for t in way.tickets if way is not None else ():
        writer.writerow(
            (way.id, way.name, t.asset, t.kind, t.side, f"{t.quantity.normalize():f}",
             "" if t.kind in _REFERRED else f"{t.price}", f"{t.price}" if t.kind in _REFERRED else "", t.currency,
             f"{t.multiplier.normalize():f}", "" if t.expiry is None else t.expiry.isoformat(), f"{t.notional:.2f}",
             f"{t.cost:.2f}", way.expires.isoformat())
            if way is not None
            else ()
        )  # fmt: skip
    return text.getvalue()


def order_sheet(ways: Ways, name: str | None = None) -> str:
    """Write the orders of one way for a person, as plain text.

    Parameters
    ----------
    ways
        The comparison.
    name
        Of the way; None takes the marked one.
    """
    way = ways.best if name is None else ways.way(name)
    return "\n".join(line for _, line in _sheet(ways, way)) + "\n"


def order_sheet_html(ways: Ways, name: str | None = None) -> str:
    """Write the order sheet as one HTML page that needs nothing else."""
    way = ways.best if name is None else ways.way(name)
    body = [f"<{tag}>{escape(line)}</{tag}>" for tag, line in _sheet(ways, way) if line]
    style = "body{font:15px/1.5 sans-serif;max-width:60rem;margin:2rem auto}pre{font-size:14px;margin:.2rem 0}"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Order sheet</title><style>{style}</style>'
        f"</head><body>{''.join(body)}</body></html>\n"
    )


def _sheet(ways: Ways, way: Way | None) -> list[tuple[str, str]]:
    base = ways.before.base
    if way is None:
        return [("h1", "Order sheet: no way is marked"), ("p", ways.reason)]
    lines = [
        ("h1", f"Order sheet {way.id}: {way.name}"),
        ("p", f"Prices of {ways.as_of}; a proposal, good until {way.expires}. Inputs {way.inputs_hash[:16]}."),
        ("p", f"Beta to {ways.before.benchmark}: {ways.before.beta.value:.4f} now, {way.after.beta.value:.4f} +/- "
              f"{way.after.beta.stderr:.4f} after; mandate [{ways.mandate.lower:.3f}, {ways.mandate.upper:.3f}]."),
        ("h2", "Orders"),
    ]  # fmt: skip
    lines += [
        ("pre", f"{k:>3}. {t.side.upper():<4} {t.quantity.normalize():>12,f}  {t.asset:<24} {_priced(t.kind):<5} "
                f"{t.price:>12,} {t.currency}  notional {t.notional:>16,.0f} {base}")
        for k, t in enumerate(way.tickets, 1)
    ] or [("p", "None.")]  # fmt: skip
    lines += [
        ("h2", "Cost and cash"),
        ("pre", f"now       {-way.now.total:>+14,.2f} {base}  (a gain is plus: commission {-way.now.commission:+,.2f}, "
                f"half-spread {-way.now.half_spread:+,.2f}, impact {_gain(way.now.impact)}, tax {_gain(way.now.tax)})"),
        ("pre", f"per year  {-way.year.friction:>+14,.2f} {base}  (roll {-way.year.roll:+,.2f}, interest on margin "
                f"{-way.year.funding:+,.2f}, borrow {-way.year.borrow:+,.2f})"),
        ("pre", f"if still  {-way.year.standing_still:>+14,.2f} {base} a year, with carry {-way.year.carry:+,.2f}, "
                f"dividends {-way.year.dividends:+,.2f} and time decay {-way.year.decay:+,.2f}"),
        ("pre", f"margin    {_or_unknown(way.change.margin)} {base}, from {_or_unknown(ways.standing.margin)} to "
                f"{_or_unknown(way.standing.margin)}"),
        ("pre", f"cash used {way.cash_used:>14,.2f} {base}, leaving {way.cash_after:,.2f}"),
        ("h2", f"After a move of {ways.before.benchmark}"),
    ]  # fmt: skip
    lines += [("pre", f"{m.move:>+6.0%}  P/L {m.pnl:>16,.0f} {base}  beta {number(m.beta)}") for m in way.moves]
    lines += [("h2", "Why"), ("p", ways.reason if way is ways.best else way.why), *(("p", n) for n in way.notes)]
    return lines


def _priced(kind: str) -> str:
    """Name the price of a ticket: the last close of a future is a reference, not a limit."""
    return "ref." if kind in _REFERRED else "limit"


def _gain(cost: float | None) -> str:
    return _or_unknown(None if cost is None else 0.0 - cost)


def _or_unknown(amount: float | None) -> str:
    return "not known" if amount is None else f"{amount:+,.2f}"
