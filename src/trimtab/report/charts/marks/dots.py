"""Betas under one another, each with its interval, over the band of a mandate."""

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from trimtab.report.charts.marks.axes import names_axis
from trimtab.report.charts.marks.frame import SMALL, WIDTH, Chart, Row, layered, rows
from trimtab.report.charts.marks.ink import Ink

__all__ = ["Dot", "dots"]

_STEP = 26


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One beta.

    Parameters
    ----------
    name
        Whose it is.
    beta, low, high
        Its value, and the ends of its interval; None where it has no error.
    band
        Ends of its own band; None where one band is everybody's, or there is none.
    marked
        Whether it is drawn in the colour of what matters.
    """

    name: str
    beta: float
    low: float | None
    high: float | None
    band: tuple[float, float] | None = None
    marked: bool = False


def dots(
    drawn: Sequence[Dot], *, title: str, ink: Ink, band: tuple[float, float] | None = None, mark: str = ""
) -> Chart:
    """Draw betas, in the order given.

    Parameters
    ----------
    drawn
        The betas.
    title
        What they are.
    ink
        Colours.
    band
        Ends of the band that is everybody's.
    mark
        Colour of marked ones.
    """
    data: list[Row] = [
        {
            "key": k,
            "beta": d.beta,
            "low": d.low,
            "high": d.high,
            "text": f"{d.beta:.3f}",
            "lower": None if d.band is None else d.band[0],
            "upper": None if d.band is None else d.band[1],
            "colour": (mark or ink.adds) if d.marked else ink.line,
        }
        for k, d in enumerate(drawn)
    ]
    places = [x for d in drawn for x in (d.beta, d.low, d.high, *(d.band or ())) if x is not None] + list(band or ())
    margin = 0.05 * ((max(places) - min(places)) or 1.0)
    scale = alt.Scale(domain=[min(places) - margin, max(places) + margin], nice=False, zero=False)
    axis = alt.Axis(format=".2f", domain=False, tickCount=5, labelOverlap=True)

    def across(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=scale, title=title, axis=axis)

    y = alt.Y("key:O", sort=None, title=None, axis=names_axis([d.name for d in drawn]))
    base, width = alt.Chart(rows(data)), WIDTH - 165
    layers: list[alt.Chart] = []
    if band is not None:
        allowed = alt.Chart(rows([{"beta": band[0], "to": band[1]}]))
        layers.append(allowed.mark_rect(fill=ink.mandate).encode(x=across("beta"), x2="to:Q"))
    if any(d.band is not None for d in drawn):
        layers.append(base.mark_bar(height=15, fill=ink.mandate).encode(x=across("lower"), x2="upper:Q", y=y))
    layers += [
        base.mark_bar(height=6, fill=ink.interval, cornerRadius=3).encode(x=across("low"), x2="high:Q", y=y),
        base.mark_point(filled=True, size=80, stroke=ink.surface, opacity=1).encode(
            x=across("beta"), y=y, fill=alt.Fill("colour:N", scale=None, legend=None)
        ),
        base.mark_text(align="right", fontSize=SMALL, fill=ink.ink).encode(x=alt.value(width + 50), y=y, text="text:N"),
    ]
    return layered(layers, width, _STEP * max(1, len(drawn)))
