"""A beta with its interval, against the band of its mandate."""

from typing import Literal, TypeAlias

import altair as alt

from trimtab.report.charts.marks.frame import SMALL, WIDTH, Chart, Row, layered, rows
from trimtab.report.charts.marks.ink import Ink

__all__ = ["gauge"]

Align: TypeAlias = Literal["left", "center", "right"]

#: Heights, in points from the top.
_VALUE, _LINE, _EDGES, _ENDS, _HEIGHT = 14.0, 44.0, 72.0, 88.0, 100.0
#: Two numbers closer than this are written as one.
_APART = 36.0


def gauge(*, value: float, stderr: float, interval: tuple[float, float], band: tuple[float, float], ink: Ink) -> Chart:
    """Draw a beta against its band.

    Parameters
    ----------
    value, stderr
        The estimate and its standard error.
    interval
        Ends of its 95% interval.
    band
        Ends of the mandate's band.
    ink
        Colours.
    """
    low, high = min(interval[0], band[0], value), max(interval[1], band[1], value)
    margin = 0.1 * ((high - low) or 1.0)
    ends = (low - margin, high + margin)
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=list(ends), nice=False, zero=False))
    one = alt.Chart(rows([{"x": band[0], "to": band[1]}]))
    lies = alt.Chart(rows([{"x": interval[0], "to": interval[1]}]))
    point = alt.Chart(rows([{"x": value, "text": f"{value:.3f} ± {stderr:.3f}"}]))
    line = alt.Chart(rows([{"x": ends[0], "to": ends[1]}]))
    layers = [
        line.mark_rule(stroke=ink.grid, strokeWidth=1).encode(x=x, x2="to:Q", y=alt.value(_LINE)),
        one.mark_rect(fill=ink.mandate, cornerRadius=3).encode(
            x=x, x2="to:Q", y=alt.value(_LINE - 14), y2=alt.value(_LINE + 14)
        ),
        lies.mark_rect(fill=ink.interval, cornerRadius=4, opacity=0.9).encode(
            x=x, x2="to:Q", y=alt.value(_LINE - 5), y2=alt.value(_LINE + 5)
        ),
        point.mark_point(shape="circle", filled=True, size=150, fill=ink.line, stroke=ink.surface, opacity=1).encode(
            x=x, y=alt.value(_LINE)
        ),
        _words(point, x, _VALUE, _lean((value - ends[0]) / (ends[1] - ends[0])), bold=True, colour=ink.ink),
        *_numbers(band, ends, _EDGES, x, ink.mandate_ink, "mandate "),
        *_numbers(interval, ends, _ENDS, x, ink.muted, "95% interval "),
    ]
    return layered(layers, WIDTH, _HEIGHT)


def _lean(share: float) -> Align:
    """Say from which side a label is written so that it stays inside."""
    if share < 0.15:
        return "left"
    return "right" if share > 0.85 else "center"


def _words(chart: alt.Chart, x: alt.X, y: float, align: Align, *, colour: str, bold: bool = False) -> alt.Chart:
    text = chart.mark_text(
        align=align,
        baseline="middle",
        fill=colour,
        fontSize=SMALL + 3 if bold else SMALL,
        fontWeight="bold" if bold else "normal",
    )
    worded: alt.Chart = text.encode(x=x, y=alt.value(y), text="text:N")
    return worded


def _numbers(
    pair: tuple[float, float], ends: tuple[float, float], y: float, x: alt.X, colour: str, words: str
) -> list[alt.Chart]:
    """Write both ends under the line, or one label where they would touch."""
    points = WIDTH / (ends[1] - ends[0])
    middle = 0.5 * (pair[0] + pair[1])
    if (pair[1] - pair[0]) * points < _APART + 8 * len(words):
        label: list[Row] = [{"x": middle, "text": f"{words}{pair[0]:.2f} to {pair[1]:.2f}"}]
        lean = _lean((middle - ends[0]) / (ends[1] - ends[0]))
        return [_words(alt.Chart(rows(label)), x, y, lean, colour=colour)]
    marks: list[Row] = [{"x": pair[0], "text": f"{pair[0]:.2f}"}, {"x": pair[1], "text": f"{pair[1]:.2f}"}]
    named: list[Row] = [{"x": middle, "text": words.strip()}]
    return [
        _words(alt.Chart(rows(marks)), x, y, "center", colour=colour),
        _words(alt.Chart(rows(named)), x, y, "center", colour=colour),
    ]
