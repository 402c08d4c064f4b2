"""From one level to another by steps: each begins where the one before it ends."""

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from trimtab.report.charts.marks.axes import names_below
from trimtab.report.charts.marks.frame import SMALL, WIDTH, Chart, Row, layered, rows
from trimtab.report.charts.marks.ink import Ink

__all__ = ["Level", "Step", "waterfall"]

_HEIGHT = 190


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A level at either end: its name, in a line or two, and its value."""

    name: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What a cause adds, positive, or takes away."""

    name: str
    value: float


def waterfall(
    start: Level, steps: Sequence[Step], end: Level, *, title: str, ink: Ink, band: tuple[float, float] | None = None
) -> Chart:
    """Draw the way from one level to the other.

    Parameters
    ----------
    start, end
        The levels.
    steps
        In between, in their order.
    title
        What heights are.
    ink
        Colours.
    band
        Ends of the mandate's band; None where there is none.
    """
    columns = _columns(start, steps, end)
    tops = [max(a, b) for _, a, b, _ in columns]
    bottoms = [min(a, b) for _, a, b, _ in columns[1:-1]] + [start.value, end.value]
    high, low = max(tops), min(bottoms)
    span = (high - low) or abs(high) or 1.0
    # Levels are cut at the foot: what matters is the way between them; the axis says where it begins.
    domain = [low - 0.35 * span, high + 0.18 * span]
    data = rows(_row(k, column, ink, domain[0]) for k, column in enumerate(columns))
    x = alt.X(
        "key:O",
        sort=None,
        title=None,
        axis=names_below([name for name, *_ in columns], ink.grid),
        scale=alt.Scale(paddingInner=0.42, paddingOuter=0.2),
    )
    scale = alt.Scale(domain=domain, nice=False, zero=False)
    y = alt.Y("low:Q", scale=scale, title=title, axis=alt.Axis(format=".2f", tickCount=5, domain=False, ticks=False))
    base = alt.Chart(data)
    layers: list[alt.Chart] = []
    if band is not None:
        edges = rows([{"low": max(band[0], domain[0]), "high": min(band[1], domain[1])}])
        if band[1] > domain[0] and band[0] < domain[1]:
            layers.append(alt.Chart(edges).mark_rect(fill=ink.mandate, opacity=0.7).encode(y=y, y2="high:Q"))
    layers += [
        base.mark_bar(cornerRadius=1).encode(
            x=x, y=y, y2="high:Q", color=alt.Color("colour:N", scale=None, legend=None)
        ),
        base.mark_text(baseline="bottom", dy=-4, fontSize=SMALL, fill=ink.ink).encode(
            x=x, y=alt.Y("high:Q", scale=scale, title=title), text="text:N"
        ),
    ]
    return layered(layers, WIDTH, _HEIGHT)


_Column = tuple[str, float, float, bool]


def _columns(start: Level, steps: Sequence[Step], end: Level) -> list[_Column]:
    """Name, where it begins, where it ends, whether it is a level."""
    columns: list[_Column] = [(start.name, start.value, start.value, True)]
    at = start.value
    for step in steps:
        columns.append((step.name, at, at + step.value, False))
        at += step.value
    columns.append((end.name, end.value, end.value, True))
    return columns


def _row(key: int, column: _Column, ink: Ink, foot: float) -> Row:
    _, begins, ends, level = column
    if level:
        return {"key": key, "low": foot, "high": ends, "text": f"{ends:.3f}", "colour": ink.total}
    rises = ends >= begins
    return {
        "key": key,
        "low": min(begins, ends),
        "high": max(begins, ends),
        "text": f"{ends - begins:+.3f}",
        "colour": ink.adds if rises else ink.takes,
    }
