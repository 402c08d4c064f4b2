"""Charts of a backtest: cost against tracking error, beta through time against its band, the hedge's gain by part."""

import altair as alt
import numpy as np

from trimtab.report.charts.marks.bars import Bar, bars
from trimtab.report.charts.marks.frame import SMALL, WIDTH, Chart, Drawn, Picture, Row, Undrawn, layered, rows
from trimtab.report.charts.marks.ink import Ink
from trimtab.report.charts.marks.lines import Band, Curve, lines
from trimtab.report.documents.trading.backtest import BacktestDocument

__all__ = ["pictures"]

_HEIGHT = 190
#: Lines that the eye can follow.
_MOST = 4


def pictures(document: BacktestDocument) -> tuple[Drawn, ...]:
    """Give the charts of a backtest."""
    return (_frontier(document), _paths(document), _gain(document))


def _frontier(d: BacktestDocument) -> Drawn:
    best = next(p for p in d.policies if p.policy == d.lowest)
    finding = (
        f"{d.conclusion[:1].upper()}{d.conclusion[1:]}."
        f" Lowest total: {best.policy}, {best.cost_bp_year:.2f} bp of NAV a year of cost at"
        f" {best.tracking_error:.2%} of tracking error."
    )
    return Picture(
        name="policies",
        title="What each policy cost, and what it left",
        finding=finding,
        draw=lambda ink: _points(d, ink),
    )


def _points(d: BacktestDocument, ink: Ink) -> Chart:
    points: list[Row] = [
        {
            "error": p.tracking_error,
            "cost": p.cost_bp_year,
            "text": p.policy,
            "colour": ink.alarm if p.policy == d.lowest else ink.line,
        }
        for p in d.policies
    ]
    base = alt.Chart(rows(points))
    axis = alt.Axis(format=".2%", tickCount=6, grid=False)
    x = alt.X("error:Q", title="tracking error a year", axis=axis, scale=alt.Scale(zero=False, padding=40))
    cost = alt.Axis(domain=False, ticks=False, tickCount=5)
    y = alt.Y("cost:Q", title="cost, bp of NAV a year", axis=cost, scale=alt.Scale(zero=True, padding=10))
    layers = [
        base.mark_point(filled=True, stroke=ink.surface, opacity=1, size=70).encode(
            x=x, y=y, fill=alt.Fill("colour:N", scale=None, legend=None)
        ),
        base.mark_text(align="left", dx=8, dy=-8, fontSize=SMALL, fill=ink.ink).encode(x=x, y=y, text="text:N"),
    ]
    return layered(layers, WIDTH - 20, _HEIGHT)


def _paths(d: BacktestDocument) -> Drawn:
    title = f"Measured beta against the band of {d.target:g} ± {d.band:g}"
    shown = d.paths[:_MOST]
    if not shown or len(shown[0].dates) < 2:
        return Undrawn(name="beta", title=title, why="there is no second month")
    inside = next((p for p in d.policies if p.policy == shown[-1].policy), d.policies[0])
    return Picture(
        name="beta",
        title=title,
        finding=f"With {inside.policy} measured beta is inside the band on {inside.days_inside:.0%} of {d.days} days.",
        draw=lambda ink: lines(
            np.array(shown[0].dates),
            [Curve(name=p.policy, values=np.array(p.beta)) for p in shown],
            titles=("month", "beta"),
            ink=ink,
            band=Band(low=d.target - d.band, high=d.target + d.band),
        ),
    )


def _gain(d: BacktestDocument) -> Drawn:
    best = next(p for p in d.policies if p.policy == d.lowest)
    parts = best.pnl
    drawn = {
        "market": parts.market, "estimation": parts.estimation, "rounding": parts.rounding, "basis": parts.basis,
        "cost": parts.cost,
    }  # fmt: skip
    title = f"Where the gain of the hedge came from: {best.policy}"
    if not any(drawn.values()):
        return Undrawn(name="gain", title=title, why="it has no hedge")
    return Picture(
        name="gain",
        title=title,
        finding=f"{parts.total:,.0f} {d.base_currency} in all, {parts.market:,.0f} of it without any errors.",
        draw=lambda ink: bars(
            [Bar(name=name, value=value, text=f"{value:,.0f}") for name, value in drawn.items()],
            title=d.base_currency,
            ink=ink,
            form="~s",
        ),
    )
