"""The chart of how often to hedge: cost against tracking error."""

import altair as alt

from trimtab.report.charts.marks.frame import SMALL, WIDTH, Chart, Drawn, Picture, Row, Undrawn, layered, rows
from trimtab.report.charts.marks.ink import Ink
from trimtab.report.charts.marks.words import percent
from trimtab.report.documents.hedge_policy import HedgePolicyDocument

__all__ = ["pictures"]

_HEIGHT = 190


def pictures(document: HedgePolicyDocument) -> tuple[Drawn, ...]:
    """Give the charts of a hedging policy."""
    title = "What a wider band saves, and what it risks"
    if not document.curve:
        return (Undrawn(name="policies", title=title, why="no band could be compared"),)
    band = document.recommended.band
    advised = next((p for p in document.curve if p.recommended), document.curve[0])
    finding = (
        f"A band of ± {band if band is not None else advised.band:.3f} costs"
        f" {advised.practice.cost:,.0f} {document.base_currency} a year and leaves"
        f" {percent(advised.practice.tracking_error, 2).lstrip('+')} of tracking error."
    )
    return (Picture(name="policies", title=title, finding=finding, draw=lambda ink: _frontier(document, ink)),)


def _frontier(d: HedgePolicyDocument, ink: Ink) -> Chart:
    """Bands from narrow to wide, each with the error of its average cost; the recommended one named."""
    points: list[Row] = [
        {
            "error": p.practice.tracking_error,
            "cost": p.practice.cost,
            "low": p.practice.cost - 2.0 * p.practice.cost_se,
            "high": p.practice.cost + 2.0 * p.practice.cost_se,
            "text": f"± {p.band:.3f}",
            "colour": ink.alarm if p.recommended else ink.line,
            "size": 130.0 if p.recommended else 45.0,
        }
        for p in sorted(d.curve, key=lambda p: p.practice.tracking_error)
    ]
    base = alt.Chart(rows(points))
    axis = alt.Axis(format=".2%", tickCount=6, grid=False)
    x = alt.X("error:Q", title="tracking error a year", axis=axis, scale=alt.Scale(zero=False, padding=14))
    money = alt.Axis(format="~s", domain=False, ticks=False, tickCount=5)
    height = f"cost a year, {d.base_currency}"
    y = alt.Y("cost:Q", title=height, axis=money, scale=alt.Scale(zero=True, padding=10))
    layers = [
        base.mark_line(stroke=ink.interval, strokeWidth=2).encode(x=x, y=y),
        base.mark_rule(stroke=ink.muted).encode(x=x, y=alt.Y("low:Q", title=height), y2="high:Q"),
        base.mark_point(filled=True, stroke=ink.surface, opacity=1).encode(
            x=x,
            y=y,
            fill=alt.Fill("colour:N", scale=None, legend=None),
            size=alt.Size("size:Q", scale=None, legend=None),
        ),
        base.mark_text(align="left", dx=8, dy=-8, fontSize=SMALL, fill=ink.ink).encode(x=x, y=y, text="text:N"),
    ]
    return layered(layers, WIDTH - 20, _HEIGHT)
