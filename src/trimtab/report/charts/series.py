"""Charts of series: whatever stands along days or along a quantity."""

from typing import Final

import numpy as np

from trimtab.desk.series.records import SeriesKind
from trimtab.report.charts.marks.frame import Drawn, Picture, Undrawn
from trimtab.report.charts.marks.lines import Band, Curve, lines
from trimtab.report.documents.series import SeriesDocument, SeriesFigures

__all__ = ["pictures"]

#: How each unit is written on an axis; other units are money.
_FORMS: Final = {"beta": ".2f", "correlation": ".2f", "share of NAV": ".0%", "decimal return": "+.0%"}
_MOST = 5


def pictures(document: SeriesDocument, band: tuple[float, float] | None = None) -> tuple[Drawn, ...]:
    """Give a chart for each series.

    Parameters
    ----------
    document
        The series.
    band
        Ends of a mandate's band, drawn behind betas; None where there is none.
    """
    return tuple(_series(s, band) for s in document.series)


def _series(s: SeriesFigures, band: tuple[float, float] | None) -> Drawn:
    against = "" if s.benchmark is None else f" against {s.benchmark}"
    title = f"{s.kind.value.capitalize()} of {s.subject}{against}"
    along = s.days if s.days is not None else s.numbers
    drawable = [line for line in s.lines if np.isfinite(line.values).any()]
    if along is None or len(along) < 2 or not drawable:
        return Undrawn(name=s.kind.name.lower(), title=title, why="there are fewer than two points")
    # The lines that reach furthest are drawn where there are more than the eye can follow.
    shown = (
        sorted(drawable, key=lambda x: -float(np.nanmax(np.abs(x.values))))[:_MOST]
        if len(drawable) > _MOST
        else drawable
    )
    curves = [Curve(name=x.name, values=x.values, low=x.low, high=x.high) for x in shown]
    first = curves[0]
    last = first.values[np.isfinite(first.values)][-1]
    finding = (
        f"{first.name} ends at {last:.3f}, between {np.nanmin(first.values):.3f} and {np.nanmax(first.values):.3f}"
    )
    finding += f"; {len(drawable) - len(shown)} more lines are not drawn." if len(drawable) > len(shown) else "."
    behind = Band(low=band[0], high=band[1]) if band is not None and s.kind is SeriesKind.BETA else None
    return Picture(
        name=s.kind.name.lower(),
        title=title,
        finding=finding,
        draw=lambda ink: lines(
            along,
            curves,
            titles=(s.along, s.unit),
            ink=ink,
            form=("", _FORMS.get(s.unit, "~s")),
            band=behind,
            zero=s.kind in {SeriesKind.RETURN, SeriesKind.EPISODE},
        ),
    )
