"""Figures of a whole book as cells: what stands after the trades, and what they make of it; a gain is plus."""

from collections.abc import Callable

from trimtab.hedge.standing.records import Standing, Standings
from trimtab.report.tables.sheet import Sheet
from trimtab.report.words import money

__all__ = ["UNKNOWN", "both", "gain", "share", "standings_table"]

UNKNOWN = "not known"


def gain(amount: float | None) -> str:
    """Write money with its sign; nothing has none.

    Examples
    --------
    >>> gain(-51.2), gain(1093.0), gain(0.2), gain(None)
    ('-51', '+1,093', '0', 'not known')
    """
    if amount is None:
        return UNKNOWN
    return f"{amount:+,.0f}" if round(amount) != 0 else "0"


def both(after: float | None, added: float | None) -> str:
    """Write a figure of the book after the trades, and what they make of it in brackets."""
    if added is None:
        return UNKNOWN
    return f"{UNKNOWN if after is None else money(after)} ({gain(added)})"


def share(value: float | None) -> str:
    """Write a share in per cent, with two decimals."""
    return UNKNOWN if value is None else f"{value:.2%}"


def standings_table(standings: Standings, base: str) -> Sheet:
    """Make the table of the whole book before and after, and the difference."""
    table = Sheet(f"The whole book ({base}; a gain is plus)")
    table.add_column("")
    for name in ("before", "after", "difference"):
        table.add_column(name, justify="right")
    for label, of in _MONEY:
        old, new = of(standings.before), of(standings.after)
        added = standings.change.margin if label == "margin" else _less(new, old)
        table.add_row(label, _amount(old), _amount(new), gain(added))
    old_error, new_error = standings.before.tracking_error, standings.after.tracking_error
    error = _less(new_error, old_error)
    table.add_row(
        "tracking error a year", share(old_error), share(new_error), UNKNOWN if error is None else f"{error:+.2%}"
    )
    before, after, change = standings.before, standings.after, standings.change
    table.add_row(
        "effective positions", f"{before.effective:.1f}", f"{after.effective:.1f}", f"{change.effective:+.1f}"
    )
    table.add_row("largest position", f"{before.largest:.1%}", f"{after.largest:.1%}", f"{change.largest:+.1%}")
    return table


_MONEY: tuple[tuple[str, Callable[[Standing], float | None]], ...] = (
    ("cash", lambda s: s.cash),
    ("margin", lambda s: s.margin),
    ("rolls a year", lambda s: s.roll),
    ("interest on margin a year", lambda s: s.funding),
    ("carry a year", lambda s: s.carry),
    ("gamma per 1%", lambda s: s.gamma),
    ("vega per point", lambda s: s.vega),
    ("theta per day", lambda s: s.theta),
)


def _amount(value: float | None) -> str:
    return UNKNOWN if value is None else money(value)


def _less(after: float | None, before: float | None) -> float | None:
    return None if after is None or before is None else after - before
