"""Charts of what was earned: apart from beta, and how deep it fell."""

from math import isfinite

import numpy as np

from trimtab.desk.series.curves import compound_path
from trimtab.report.charts.marks.bars import Bar, bars
from trimtab.report.charts.marks.frame import Drawn, Picture, Undrawn
from trimtab.report.charts.marks.lines import Curve, lines
from trimtab.report.charts.marks.words import percent
from trimtab.report.documents.performance import PerformanceDocument
from trimtab.report.words import day
from trimtab.risk.drawdown import drawdown_path
from trimtab.stats.arrays import Floats

__all__ = ["pictures"]


def pictures(document: PerformanceDocument) -> tuple[Drawn, ...]:
    """Give the charts of a performance."""
    return (_earned(document), _alpha(document), _falls(document), _hedge(document))


def _earned(d: PerformanceDocument) -> Drawn:
    title = f"Earned by {d.measured.portfolio}, with and without beta"
    s = d.series
    if len(s.dates) < 2:
        return Undrawn(name="earned", title=title, why="there are fewer than two periods")
    curves = [
        Curve(name=d.measured.portfolio, values=compound_path(s.portfolio)),
        Curve(name=d.measured.benchmark, values=compound_path(s.benchmark)),
        Curve(name="without beta", values=compound_path(s.neutral)),
    ]
    alpha = d.ratios.alpha.compounded
    surely = "beyond noise" if alpha.low > 0.0 or alpha.high < 0.0 else "within noise"
    finding = (
        f"{d.measured.portfolio} earned {percent(float(curves[0].values[-1]))}, {d.measured.benchmark}"
        f" {percent(float(curves[1].values[-1]))}. Alpha is {percent(alpha.value)} a year,"
        f" {percent(alpha.low)} to {percent(alpha.high)}: {surely}."
    )
    return Picture(
        name="earned",
        title=title,
        finding=finding,
        draw=lambda ink: lines(s.dates, curves, titles=("", "compound return"), ink=ink, form=("", "+.0%"), zero=True),
    )


def _alpha(d: PerformanceDocument) -> Drawn:
    title = f"Alpha of {d.measured.portfolio} through time"
    path = d.alpha_path
    if path is None or not np.isfinite(path.whole.value).any():
        return Undrawn(name="alpha", title=title, why="there is less than a year and one period")
    whole = path.whole
    name = d.measured.portfolio if path.unhedged is None else "as hedged"
    curves = [Curve(name=name, values=whole.value, low=whole.low, high=whole.high)]
    without = ""
    if path.unhedged is not None and np.isfinite(path.unhedged.value).any():
        curves.append(Curve(name="without the hedge", values=path.unhedged.value))
        without = f" Without the hedge it would have been {percent(_last(path.unhedged.value))}."
    finite = np.isfinite(whole.value)
    beyond = np.mean((whole.low[finite] > 0.0) | (whole.high[finite] < 0.0))
    finding = (
        f"Over the last {path.window} periods alpha is {percent(_last(whole.value))} a year,"
        f" {percent(_last(whole.low))} to {percent(_last(whole.high))} (95%);"
        f" at {beyond:.0%} of the dates it is beyond noise.{without}"
    )
    return Picture(
        name="alpha",
        title=title,
        finding=finding,
        draw=lambda ink: lines(path.dates, curves, titles=("", "alpha a year"), ink=ink, form=("", "+.0%"), zero=True),
    )


def _last(values: Floats) -> float:
    return float(values[np.isfinite(values)][-1])


def _falls(d: PerformanceDocument) -> Drawn:
    title = "How deep it fell"
    s = d.series
    if len(s.dates) < 2:
        return Undrawn(name="falls", title=title, why="there are fewer than two periods")
    book, neutral = -drawdown_path(s.portfolio), _depth(s.neutral)
    curves = [Curve(name=d.measured.portfolio, values=book), Curve(name="without beta", values=neutral)]
    deepest = int(np.argmin(book))
    without = f"; without beta it was {percent(float(np.nanmin(neutral)))}" if np.isfinite(neutral).any() else ""
    finding = f"The deepest fall was {percent(float(book[deepest]))}, reached on {day(s.dates[deepest])}{without}."
    return Picture(
        name="falls",
        title=title,
        finding=finding,
        draw=lambda ink: lines(
            s.dates, curves, titles=("", "below the last peak"), ink=ink, form=("", ".0%"), zero=True
        ),
    )


def _depth(returns: Floats) -> Floats:
    """Depth where returns are given; NaN elsewhere."""
    given = np.isfinite(returns)
    depth = np.full(returns.shape, np.nan)
    if given.any():
        depth[given] = -drawdown_path(returns[given])
    return depth


def _hedge(d: PerformanceDocument) -> Drawn:
    title = "Hedged against unhedged"
    h = d.hedge
    if h is None:
        return Undrawn(name="hedge", title=title, why="no hedge was held, or it was not asked for: --hedge")
    drawn = [
        Bar(name=name, value=e.value, low=e.low, high=e.high, text=f"{e.value:.3f}")
        for name, e in (("hedged", h.beta), ("unhedged", h.unhedged_beta), ("naive hedge", h.naive_beta))
        if isfinite(e.value)
    ]
    removed = "" if h.variance_removed is None else f" It took away {h.variance_removed:.0%} of the variance."
    return Picture(
        name="hedge",
        title=title,
        finding=f"Realised beta {h.beta.value:.3f}: the mandate was {h.status}.{removed}",
        draw=lambda ink: bars(drawn, title="realised beta", ink=ink),
    )
