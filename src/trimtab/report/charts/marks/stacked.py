"""Parts that add up, stacked at each point: what adds above nothing, what takes away below; their sum is a line."""

from collections.abc import Sequence

import altair as alt
import numpy as np

from trimtab.report.charts.marks.frame import SMALL, WIDTH, Chart, Row, layered, rows
from trimtab.report.charts.marks.ink import Ink
from trimtab.report.charts.marks.lines import Curve
from trimtab.report.charts.marks.words import shortened
from trimtab.report.words import day
from trimtab.stats.arrays import Days

__all__ = ["stacked"]

_HEIGHT = 200
#: More points than this are thinned: a bar needs a few points of width.
_MOST = 60


def stacked(days: Days, parts: Sequence[Curve], total: Curve, *, title: str, ink: Ink) -> Chart:
    """Draw parts stacked at each day, and their sum.

    Parameters
    ----------
    days
        datetime64, increasing, shape (n_points,).
    parts
        At most six; each is named beside the bars, in the order of the stack.
    total
        What they add up to.
    title
        What heights are.
    ink
        Colours: parts differ by colour and lightness, and are named in a row above.
    """
    kept = np.unique(np.linspace(0, len(days) - 1, min(_MOST, len(days))).round().astype(np.intp))
    colours = [ink.adds, ink.takes, ink.total, ink.interval, ink.mandate_ink, ink.second][: len(parts)]
    names = [shortened(part.name) for part in parts]
    step = WIDTH / len(kept)
    x = alt.X(
        "key:O", sort=None, title=None, scale=alt.Scale(paddingInner=0.15, paddingOuter=0.05),
        axis=alt.Axis(
            values=[int(k) for k in np.unique(np.linspace(0, len(kept) - 1, 5).round())],
            labelExpr=_labels(days, kept), labelAngle=0, grid=False, ticks=False,
        ),
    )  # fmt: skip
    y = alt.Y(
        "value:Q", title=title, stack="zero", axis=alt.Axis(format="+.2f", tickCount=5, domain=False, ticks=False)
    )
    colour = alt.Color(
        "name:N", scale=alt.Scale(domain=names, range=colours), sort=names,
        legend=alt.Legend(
            title=None, orient="top", direction="horizontal", columns=3, labelFontSize=SMALL, labelColor=ink.muted,
            symbolType="square",
        ),
    )  # fmt: skip
    bars = alt.Chart(rows(_bars(parts, names, kept))).mark_bar().encode(x=x, y=y, color=colour, order="place:Q")
    sums = rows({"key": k, "value": float(total.values[i])} for k, i in enumerate(kept.tolist()))
    line_y = alt.Y("value:Q", title=title)
    line = alt.Chart(sums).mark_line(stroke=ink.ink, strokeWidth=2, point=step > 12).encode(x=x, y=line_y)
    zero = alt.Chart(rows([{"value": 0.0}])).mark_rule(stroke=ink.muted, strokeWidth=1).encode(y=line_y)
    return layered([bars, zero, line], WIDTH, _HEIGHT)


def _bars(parts: Sequence[Curve], names: Sequence[str], kept: "np.ndarray[tuple[int], np.dtype[np.intp]]") -> list[Row]:
    return [
        {"key": k, "name": name, "place": place, "value": float(part.values[i])}
        for place, (part, name) in enumerate(zip(parts, names, strict=True))
        for k, i in enumerate(kept.tolist())
    ]


def _labels(days: Days, kept: "np.ndarray[tuple[int], np.dtype[np.intp]]") -> str:
    """Write the days below as an expression of Vega: a list of texts, by the place of the bar."""
    texts = ",".join(f"'{day(days[i])}'" for i in kept.tolist())
    return f"[{texts}][datum.value]"
