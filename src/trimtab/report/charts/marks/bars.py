"""Bars that point right where they add and left where they take away, each with its error and its number."""

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from trimtab.report.charts.marks.axes import names_axis
from trimtab.report.charts.marks.frame import SMALL, Chart, Row, layered, rows
from trimtab.report.charts.marks.ink import Ink

__all__ = ["Bar", "bars"]

#: Points: a bar with the room around it; the plot without names and numbers.
_STEP, _PLOT = 22, 270


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar.

    Parameters
    ----------
    name
        What it is of.
    value
        Its length, with its sign.
    low, high
        Ends of its interval; None where it has no error.
    text
        Its number, as the table writes it.
    level
        Whether it is a level, neither added nor taken away.
    """

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    text: str = ""
    level: bool = False


def bars(
    drawn: Sequence[Bar], *, title: str, ink: Ink, form: str = ".2f", width: int = _PLOT, longest: int = 24
) -> Chart:
    """Draw bars under one another, in the order given.

    Parameters
    ----------
    drawn
        The bars.
    title
        What the lengths are.
    ink
        Colours.
    form
        How the axis writes numbers (d3).
    width
        Of the plot, in points.
    longest
        Letters of a name; longer ones are cut in their middle.
    """
    places = [x for b in drawn for x in (b.value, b.low, b.high, 0.0) if x is not None]
    low, high = min(places), max(places)
    margin = 0.03 * ((high - low) or 1.0)
    domain = [low - margin if low < 0 else 0.0, high + margin if high > 0 else 0.0]
    data = rows(_row(k, b, ink) for k, b in enumerate(drawn))
    scale = alt.Scale(domain=domain, nice=False)
    x = alt.X(
        "value:Q", scale=scale, title=title, axis=alt.Axis(format=form, tickCount=4, domain=False, labelOverlap=True)
    )
    y = alt.Y("key:O", sort=None, title=None, axis=names_axis([b.name for b in drawn], longest))
    base = alt.Chart(data)
    zero = alt.Chart(rows([{"value": 0.0}])).mark_rule(stroke=ink.muted, strokeWidth=1).encode(x=x)
    solid = base.mark_bar(height=12).encode(
        x=x, x2=alt.datum(0.0), y=y, color=alt.Color("colour:N", scale=None, legend=None)
    )
    ends = alt.X("low:Q", scale=scale, title=title)
    # A pale edge keeps the interval seen where it lies over its bar.
    halo = base.mark_rule(stroke=ink.surface, strokeWidth=3.5, opacity=0.7).encode(x=ends, x2="high:Q", y=y)
    whisker = base.mark_rule(stroke=ink.ink, strokeWidth=1.5).encode(x=ends, x2="high:Q", y=y)
    numbers = base.mark_text(align="right", baseline="middle", fontSize=SMALL, fill=ink.ink).encode(
        x=alt.value(width + 56), y=y, text="text:N"
    )
    return layered([solid, halo, whisker, zero, numbers], width, _STEP * max(1, len(drawn)))


def _row(key: int, bar: Bar, ink: Ink) -> Row:
    pointing = ink.adds if bar.value >= 0.0 else ink.takes
    return {
        "key": key,
        "value": bar.value,
        "low": bar.low,
        "high": bar.high,
        "text": bar.text,
        "colour": ink.total if bar.level else pointing,
    }
