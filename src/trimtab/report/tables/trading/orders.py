"""Orders that left, and what came back, as a person reads them."""

from rich.console import Console

from trimtab.hedge.orders.records import OrderState, Traded
from trimtab.report.tables.parts import remarks, titled
from trimtab.report.tables.sheet import Sheet
from trimtab.report.words import price, quantity

__all__ = ["show_orders"]

_STYLE = {OrderState.OPEN: "yellow", OrderState.PARTLY_FILLED: "yellow", OrderState.DONE: None}


def show_orders(traded: tuple[Traded, ...], console: Console) -> None:
    """Print the state of each order, and of those with fills what they cost against what was expected."""
    if not traded:
        console.print("No orders were sent: trimtab orders RUN --csv FILE makes those of a plan.")
        return
    console.print(_states(traded))
    filled = tuple(t for t in traded if t.fills)
    if filled:
        console.print(_costs(filled))
    remarks(console, tuple(n for t in traded for n in t.notes), ())


def _states(traded: tuple[Traded, ...]) -> Sheet:
    table = titled(
        "Orders", ("order", "contract", "side", "ordered", "filled", "left", "decided at", "filled at", "state"),
        left=(0, 1, 2, 8),
    )  # fmt: skip
    for t in traded:
        o = t.order
        table.add_row(
            o.client_id, o.symbol, o.side.value.upper(), quantity(float(o.quantity)), quantity(float(t.filled)),
            quantity(float(t.left)), price(None if o.reference is None else float(o.reference)), price(t.average),
            t.state.value.replace("_", " "), style=_STYLE[t.state],
        )  # fmt: skip
    return table


def _costs(traded: tuple[Traded, ...]) -> Sheet:
    table = titled(
        "Expected and paid, base currency (a gain is plus)",
        ("order", "expected", "commission", "trading", "delay", "missed", "total", "bp"),
    )
    for t in traded:
        s = t.shortfall
        table.add_row(
            t.order.client_id, _gain(t.expected), _gain(s.commission), _gain(s.trading), _gain(s.delay),
            _gain(s.missed), _gain(s.total), "not known" if t.slippage is None else f"{t.slippage:+.2f}",
        )  # fmt: skip
    return table


def _gain(amount: float | None) -> str:
    return "not known" if amount is None else f"{amount + 0.0:+,.2f}"
