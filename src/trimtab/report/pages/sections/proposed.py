"""The plan: each way of bringing beta back, side by side."""

from collections.abc import Callable

from trimtab.report.documents.composed.report import ReportDocument
from trimtab.report.documents.ways import WayFigures, WaysDocument
from trimtab.report.pages.front import way_name
from trimtab.report.pages.parts import Cell, Column, Section, Table, figure, limit, money, share, signed, text, whole
from trimtab.report.pages.pictures import Pictures

__all__ = ["plan_section"]

_MOST_ORDERS = 200


def plan_section(d: ReportDocument, pictures: Pictures, absent: str) -> Section:
    """Lay the ways side by side."""
    w = d.ways
    if w is None:
        return Section(key="plan", title="What brings it back", lead=(absent,))
    lead = [f"{w.reason[:1].upper()}{w.reason[1:]}."]
    if w.cheapest != "do_nothing":
        lead.append(f"Doing nothing: {w.nothing.why}.")
    return Section(
        key="plan",
        title="What brings it back",
        lead=tuple(line.replace("..", ".") for line in lead),
        tables=(_compared(w), _orders(w)),
        pictures=pictures.of(w),
        notes=(*(f"{r.way.replace('_', ' ')}: not planned: {r.why}" for r in w.refused), *w.notes),
    )


def _compared(w: WaysDocument) -> Table:
    lines: tuple[tuple[str, Callable[[WayFigures], Cell]], ...] = (
        ("satisfies the mandate", lambda x: text("yes" if x.satisfies else "no")),
        ("beta after", lambda x: figure(x.after.beta)),
        ("+/-", lambda x: figure(x.after.stderr)),
        ("probability inside", lambda x: share(x.standing.probability_inside, 0)),
        ("distance from target", lambda x: signed(x.residual)),
        (f"cost now, {w.base_currency}", lambda x: money(-x.cost_now.total, sign=True)),
        (f"cost per year, {w.base_currency}", lambda x: money(-x.cost_per_year.friction, sign=True)),
        (f"per year, prices still, {w.base_currency}", lambda x: money(-x.cost_per_year.standing_still, sign=True)),
        (f"ranked by, {w.base_currency}", lambda x: money(-x.price, sign=True)),
        ("tracking error a year", lambda x: share(x.standing.tracking_error)),
    )
    names = [f"{way_name(x)}{' *' if x.name == w.cheapest else ''}" for x in w.ways]
    return Table(
        title="Side by side; a gain is plus",
        columns=(Column(name="", is_number=False), *(Column(name=name) for name in names)),
        rows=tuple((text(label), *(write(x) for x in w.ways)) for label, write in lines),
        note="* the cheapest that satisfies the mandate.",
    )


def _orders(w: WaysDocument) -> Table:
    base = w.base_currency
    rows = tuple(
        (
            text(way_name(x)), text(t.side), text(t.asset), whole(t.quantity),
            limit(t.price, "" if t.currency == base else t.currency),
            money(t.notional), Cell(text=f"{t.cost:,.2f}", value=t.cost, form="#,##0.00"),
        )
        for x in w.ways
        for t in x.orders
    )  # fmt: skip
    return Table(
        title=f"Orders by way, good until {w.expires}",
        columns=(
            Column(name="way", is_number=False), Column(name="side", is_number=False),
            Column(name="what", is_number=False), Column(name="quantity"), Column(name="price"),
            Column(name="notional", unit=base), Column(name="cost", unit=base),
        ),
        rows=rows,
        most=_MOST_ORDERS,
    )  # fmt: skip
