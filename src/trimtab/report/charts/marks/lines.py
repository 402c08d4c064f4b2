"""Lines along days or along a quantity: with their intervals, a band behind them, and their names at their ends."""

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import numpy as np

from trimtab.report.charts.marks.frame import SMALL, WIDTH, Chart, Row, layered, rows
from trimtab.report.charts.marks.ink import Ink
from trimtab.report.charts.marks.words import shortened, spread
from trimtab.stats.arrays import Days, Floats

__all__ = ["Band", "Curve", "Mark", "lines"]

#: Points: height of the plot, and between two names at the right end.
_HEIGHT, _GAP = 190, 15
#: More points than this are thinned; the least and the most of each stretch stay.
_MOST_POINTS = 600
#: Days: from which on an axis writes years, and months.
_YEARS, _MONTHS = 1500.0, 120.0
_DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [1, 3])


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A line.

    Parameters
    ----------
    name
        Stands at its right end.
    values
        At each point; NaN where it is not known, which leaves a gap.
    low, high
        Ends of the interval; None where it has no error.
    """

    name: str
    values: Floats
    low: Floats | None = None
    high: Floats | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """What lies behind the lines: ends, and its name."""

    low: float
    high: float
    name: str = "mandate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A point with a word: a trade, a plan, what is recommended."""

    at: np.datetime64 | float
    value: float
    name: str


def lines(
    along: Days | Floats,
    curves: Sequence[Curve],
    *,
    titles: tuple[str, str],
    ink: Ink,
    form: tuple[str, str] = ("", ".2f"),
    band: Band | None = None,
    marks: Sequence[Mark] = (),
    zero: bool = False,
) -> Chart:
    """Draw lines.

    Parameters
    ----------
    along
        Days (datetime64) or numbers, increasing, shape (n_points,).
    curves
        The lines; the first matters most.
    titles
        What is along, and what heights are.
    ink
        Colours.
    form
        How the axes write numbers (d3): along (not for days), and heights.
    band
        Behind the lines.
    marks
        Points with words.
    zero
        Whether a line is drawn at nothing.
    """
    timed = np.issubdtype(along.dtype, np.datetime64)
    domain = _domain(curves, band, marks, zero=zero)
    scale = alt.Scale(domain=list(domain), nice=False, zero=False)
    x = _along(along, titles[0], form[0], timed=timed)
    y = alt.Y(
        "value:Q", scale=scale, title=titles[1], axis=alt.Axis(format=form[1], tickCount=5, domain=False, ticks=False)
    )
    colours = [ink.line, ink.second, ink.total, ink.adds, ink.mandate_ink]
    layers: list[alt.Chart] = []
    if band is not None:
        layers.append(_behind(band, domain, y, ink))
    if zero:
        layers.append(alt.Chart(rows([{"value": 0.0}])).mark_rule(stroke=ink.muted, strokeWidth=1).encode(y=y))
    for k, curve in reversed(list(enumerate(curves))):
        data = rows(_points(along, curve, timed=timed))
        if curve.low is not None:
            area = alt.Chart(data).mark_area(fill=ink.interval, opacity=0.55 if k == 0 else 0.3)
            layers.append(area.encode(x=x, y=alt.Y("low:Q", scale=scale, title=titles[1]), y2="high:Q"))
        stroke = alt.Chart(data).mark_line(
            stroke=colours[k % len(colours)], strokeDash=_DASHES[k % len(_DASHES)], strokeWidth=2 if k == 0 else 1.5
        )
        layers.append(stroke.encode(x=x, y=y))
    for mark in marks:
        at = str(mark.at) if timed else float(mark.at)
        spot = alt.Chart(rows([{"at": at, "value": mark.value, "name": mark.name}]))
        layers.append(
            spot.mark_point(filled=True, size=80, fill=ink.alarm, stroke=ink.surface, opacity=1).encode(x=x, y=y)
        )
        layers.append(spot.mark_text(dy=-12, fontSize=SMALL, fill=ink.ink).encode(x=x, y=y, text="name:N"))
    layers += _names(curves, band, domain, colours, ink)
    return layered(layers, WIDTH - 80, _HEIGHT)


def _along(along: Days | Floats, title: str, form: str, *, timed: bool) -> alt.X:
    if timed:
        axis = alt.Axis(
            tickCount=_ticks(along), format=_day_form(along), grid=False, labelFlush=True, labelOverlap=True
        )
        return alt.X("at:T", title=None, axis=axis, scale=alt.Scale(type="utc"))
    ends = [float(np.min(along)), float(np.max(along))]
    axis = alt.Axis(format=form, tickCount=6, grid=False, labelFlush=True, labelOverlap=True)
    return alt.X("at:Q", title=title, axis=axis, scale=alt.Scale(domain=ends, nice=False))


def _day_form(days: Days | Floats) -> str:
    """Say how days are written: as short as tells them apart."""
    span = float((days[-1] - days[0]) / np.timedelta64(1, "D"))
    if span > _YEARS:
        return "%Y"
    return "%b %Y" if span > _MONTHS else "%d %b"


def _ticks(days: Days | Floats) -> int:
    """At most a tick a day."""
    return max(1, min(5, int((days[-1] - days[0]) / np.timedelta64(1, "D"))))


def _domain(curves: Sequence[Curve], band: Band | None, marks: Sequence[Mark], *, zero: bool) -> tuple[float, float]:
    parts = [a for c in curves for a in (c.values, c.low, c.high) if a is not None]
    values = np.concatenate([a[np.isfinite(a)] for a in parts])
    extra = [m.value for m in marks] + ([0.0] if zero else [])
    if band is not None:
        extra += [band.low, band.high]
    low, high = float(min([*extra, values.min()])), float(max([*extra, values.max()]))
    margin = 0.06 * ((high - low) or abs(high) or 1.0)
    return low - margin, high + margin


def _behind(band: Band, domain: tuple[float, float], y: alt.Y, ink: Ink) -> alt.Chart:
    ends = rows([{"value": max(band.low, domain[0]), "high": min(band.high, domain[1])}])
    behind: alt.Chart = alt.Chart(ends).mark_rect(fill=ink.mandate, opacity=0.8).encode(y=y, y2="high:Q")
    return behind


def _points(along: Days | Floats, curve: Curve, *, timed: bool) -> list[Row]:
    kept = _kept(curve.values)
    points: list[Row] = []
    for i in kept:
        at: str | float = str(along[i].astype("datetime64[D]")) if timed else float(along[i])
        points.append(
            {"at": at, "value": _known(curve.values, i), "low": _known(curve.low, i), "high": _known(curve.high, i)}
        )
    return points


def _known(values: Floats | None, i: int) -> float | None:
    return None if values is None or not np.isfinite(values[i]) else float(values[i])


def _kept(values: Floats) -> list[int]:
    """Say which points are drawn: all, or the first, least, most and last of each stretch."""
    n = len(values)
    if n <= _MOST_POINTS:
        return list(range(n))
    kept: set[int] = {0, n - 1}
    for stretch in np.array_split(np.arange(n), _MOST_POINTS // 4):
        part = values[stretch]
        finite = np.isfinite(part)
        kept.update((int(stretch[0]), int(stretch[-1])))
        # A gap is kept with its ends, so that it stays a gap.
        kept.update(int(i) for i in stretch[~finite])
        if finite.any():
            kept.update((int(stretch[np.nanargmin(part)]), int(stretch[np.nanargmax(part)])))
    return sorted(kept)


def _names(
    curves: Sequence[Curve], band: Band | None, domain: tuple[float, float], colours: Sequence[str], ink: Ink
) -> list[alt.Chart]:
    """Write the name of each line, and of the band, at the right end, moved apart where two would touch."""
    named = [(c.name, _last(c.values), colours[k % len(colours)]) for k, c in enumerate(curves)]
    if len(curves) == 1:
        named = []
    if band is not None:
        named.append((band.name, 0.5 * (band.low + band.high), ink.mandate_ink))
    height = domain[1] - domain[0]
    places = spread([_HEIGHT * (domain[1] - end) / height for _, end, _ in named], _GAP, 0.0, float(_HEIGHT))
    drawn: list[alt.Chart] = []
    for (name, _, colour), place in zip(named, places, strict=True):
        text = alt.Chart(rows([{"name": shortened(name)}])).mark_text(
            align="left", baseline="middle", dx=6, fontSize=SMALL, fill=colour
        )
        drawn.append(text.encode(x=alt.value(WIDTH - 80), y=alt.value(place), text="name:N"))
    return drawn


def _last(values: Floats) -> float:
    finite = values[np.isfinite(values)]
    return float(finite[-1]) if len(finite) else 0.0
