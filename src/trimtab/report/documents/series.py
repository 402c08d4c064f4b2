"""Series as a document: what a chart draws."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from trimtab.desk.series.records import Series, SeriesKind
from trimtab.stats.arrays import Floats

__all__ = ["SeriesDocument", "series_document"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesLine:
    """One line; null where it is not known.

    Parameters
    ----------
    name, values
        What it is, and its value at each point.
    low, high
        Ends of the 95% interval; null where the line has no error.
    """

    name: str
    values: Floats
    low: Floats | None
    high: Floats | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesFigures:
    """Lines that stand along the same points.

    Parameters
    ----------
    kind, subject, benchmark
        What it shows, of what, and against what.
    unit
        Of the values: beta, share of NAV, decimal return, correlation, or a currency.
    along
        What the points are: day, or a quantity in words.
    days, numbers
        The points; one of the two is null.
    lines
        Each with as many values as there are points.
    """

    kind: SeriesKind
    subject: str
    benchmark: str | None
    unit: str
    along: str
    days: NDArray[np.datetime64] | None
    numbers: Floats | None
    lines: tuple[SeriesLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesDocument:
    """Series of an answer.

    Parameters
    ----------
    series
        One or several.
    """

    SCHEMA: ClassVar = "trimtab.series/1"

    series: tuple[SeriesFigures, ...]


def series_document(series: Sequence[Series]) -> SeriesDocument:
    """Document of series, from any answer: schema trimtab.series/1.

    Examples
    --------
    >>> from trimtab.desk.series.records import Along, Line
    >>> days = np.array(["2024-01-02"], dtype="datetime64[D]")
    >>> nav = Series(
    ...     kind=SeriesKind.NAV,
    ...     subject="main",
    ...     benchmark=None,
    ...     unit="USD",
    ...     along=Along(name="day", days=days),
    ...     lines=(Line(name="main", values=np.array([1e6])),),
    ... )
    >>> series_document([nav]).series[0].kind.value
    'net asset value'
    """
    return SeriesDocument(series=tuple(_figures(s) for s in series))


def _figures(s: Series) -> SeriesFigures:
    return SeriesFigures(
        kind=s.kind,
        subject=s.subject,
        benchmark=s.benchmark,
        unit=s.unit,
        along=s.along.name,
        days=s.along.days,
        numbers=s.along.numbers,
        lines=tuple(SeriesLine(name=x.name, values=x.values, low=x.low, high=x.high) for x in s.lines),
    )
