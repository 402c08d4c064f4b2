"""Rolls of a book, as a person reads them."""

import datetime as dt

from rich.console import Console

from trimtab.hedge.roll.due import Due
from trimtab.hedge.roll.records import Dearness, RollCost, RollLine, Rolls
from trimtab.report.tables.parts import remarks, titled
from trimtab.report.tables.sheet import Sheet
from trimtab.report.words import price, quantity

__all__ = ["show_rolls"]

_UNKNOWN = "not known"
_DUE = {Due.LATER: "later", Due.OPEN: "roll now", Due.LAST_DAY: "last day", Due.EXPIRED: "ended"}


def show_rolls(rolls: Rolls, console: Console) -> None:
    """Print what ends when, the orders with their financing, and what changing costs."""
    if not rolls.lines and not rolls.options:
        console.print("Nothing that is held ends: no future, no option.")
    else:
        console.print(_ends(rolls))
    orders = [line for line in rolls.lines if line.need.order]
    if orders:
        console.print(_financing(orders))
        console.print(_costs(orders, rolls.base))
    notes = tuple(n for line in rolls.lines for n in line.notes)
    remarks(console, (*notes, *rolls.notes), ())


def _ends(rolls: Rolls) -> Sheet:
    table = titled(f"What ends when, seen on {rolls.as_of}", ("contract", "held", "last day", "days", "roll from", ""),
                   left=(0, 5))  # fmt: skip
    for line in rolls.lines:
        need = line.need
        table.add_row(
            need.near.symbol, quantity(float(need.quantity)), f"{need.last_day}", _left(need.last_day, rolls.as_of),
            f"{need.window_opens}", _DUE[need.due], style="yellow" if need.is_due else None,
        )  # fmt: skip
    for o in rolls.options:
        table.add_row(
            o.symbol, quantity(float(o.quantity)), f"{o.expiry}", _left(o.expiry, rolls.as_of), "-", "an option"
        )
    return table


def _left(last: dt.date, today: dt.date) -> str:
    return f"{(last - today).days}"


def _financing(orders: list[RollLine]) -> Sheet:
    table = titled(
        "Calendar spreads, and the financing in them a year",
        ("order", "near", "far", "implied", "given", "bp", "next month"), left=(0, 6),
    )  # fmt: skip
    for line in orders:
        f = line.financing
        table.add_row(
            line.need.order, price(f.near_price) if f.near_price is not None else _UNKNOWN,
            price(f.far_price) if f.far_price is not None else _UNKNOWN, _share(f.implied), _share(f.rate),
            _UNKNOWN if f.rich is None else f"{f.rich:+.0f}", f.dearness.value.replace("_", " "),
        )  # fmt: skip
    return table


def _costs(orders: list[RollLine], base: str) -> Sheet:
    table = titled(
        f"What it costs ({base}), and what it gains against the given rate",
        ("order", "two orders", "bp", "one spread", "bp", "gain"),
    )  # fmt: skip
    for line in orders:
        gain = _UNKNOWN if line.financing.dearness is Dearness.NOT_KNOWN else _gain(line.advantage)
        table.add_row(line.need.order, *_cost(line.outright), *_cost(line.spread), gain)
    return table


def _cost(cost: RollCost | None) -> tuple[str, str]:
    if cost is None:
        return _UNKNOWN, "-"
    return f"{cost.total:,.2f}", _UNKNOWN if cost.basis_points is None else f"{cost.basis_points:.2f}"


def _gain(amount: float | None) -> str:
    return _UNKNOWN if amount is None else f"{amount:+,.0f}"


def _share(rate: float | None) -> str:
    return _UNKNOWN if rate is None else f"{rate:.2%}"
