"""What every chart is made of: its name, its finding in a sentence, its size and its type."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import altair as alt

from trimtab.report.charts.marks.ink import Ink

__all__ = ["FONT", "SMALL", "WIDTH", "Chart", "Drawn", "Picture", "Row", "Undrawn", "framed", "layered", "rows"]

#: Width of a plot without its labels, in points: narrow, so that words stay readable on a phone 390 points wide.
WIDTH = 420
FONT = "Liberation Sans, system-ui, Segoe UI, Helvetica, Arial, sans-serif"
#: Points: words stay readable where a chart is printed at two thirds.
SMALL, PLAIN = 11, 12

Row: TypeAlias = Mapping[str, float | str | bool | None]
Chart: TypeAlias = alt.LayerChart


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A chart, not yet coloured.

    Parameters
    ----------
    name
        What it is called on the command line and in Python.
    title
        What it shows.
    finding
        What there is to see, with its numbers: under the chart, and for who cannot see it.
    draw
        Gives the chart in the colours of a palette.
    """

    name: str
    title: str
    finding: str
    draw: Callable[[Ink], Chart]


@dataclass(frozen=True, slots=True, kw_only=True)
class Undrawn:
    """A chart that cannot be drawn.

    Parameters
    ----------
    name, title
        As of a picture.
    why
        What is missing.
    """

    name: str
    title: str
    why: str


Drawn: TypeAlias = Picture | Undrawn


def rows(values: Iterable[Row]) -> alt.InlineData:
    """Give rows to a chart: numbers, words, and null where nothing is known."""
    return alt.InlineData(values=[dict(v) for v in values])


def layered(layers: Sequence[alt.Chart | alt.LayerChart], width: float, height: float) -> Chart:
    """Lay marks over one another, the last on top; sizes in points."""
    chart: Chart = alt.LayerChart(layer=list(layers)).properties(width=width, height=height)
    return chart


def framed(chart: Chart, ink: Ink, behind: str = "transparent") -> Chart:
    """Give a chart the house's type, lines and colours: no frame, thin grid, words in the page's ink."""
    # One call: each copies the chart with all its data.
    dressed: Chart = chart.configure(
        font=FONT,
        background=behind,
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(
            labelColor=ink.muted,
            titleColor=ink.muted,
            labelFontSize=SMALL,
            titleFontSize=SMALL,
            titleFontWeight="normal",
            gridColor=ink.grid,
            domainColor=ink.grid,
            tickColor=ink.grid,
            labelLimit=220,
        ),
        text=alt.MarkConfig(color=ink.ink, fontSize=SMALL),
        title=alt.TitleConfig(
            color=ink.ink,
            subtitleColor=ink.muted,
            fontSize=PLAIN + 3,
            subtitleFontSize=PLAIN,
            anchor="start",
            offset=14,
        ),
        header=alt.HeaderConfig(
            labelColor=ink.muted, titleColor=ink.muted, labelFontSize=SMALL, labelFontWeight="bold"
        ),
    )
    return dressed
