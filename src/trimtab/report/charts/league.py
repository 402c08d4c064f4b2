"""The chart of a league: errors of methods out of sample, with what is noise."""

from math import isfinite

from trimtab.beta.validation.score import Score
from trimtab.report.charts.marks.bars import Bar, bars
from trimtab.report.charts.marks.frame import Drawn, Picture, Undrawn
from trimtab.report.charts.marks.words import percent
from trimtab.report.documents.beta import LeagueDocument
from trimtab.stats.normal import normal_quantile

__all__ = ["pictures"]

_WIDE = normal_quantile(0.975)


def pictures(document: LeagueDocument) -> tuple[Drawn, ...]:
    """Give a chart for each horizon."""
    title = f"Errors of methods against {document.benchmark}"
    if not document.horizons:
        return (Undrawn(name="methods", title=title, why="no method gave a forecast that could be judged"),)
    return tuple(_horizon(document, k) for k in range(len(document.horizons)))


def _horizon(d: LeagueDocument, k: int) -> Drawn:
    h = d.horizons[k]
    name, title = f"methods-{h.verdict.days}", f"Less error than least squares, {h.verdict.days} days ahead"
    scored = sorted((s for s in h.scores if isfinite(s.gain_ols)), key=lambda s: -s.gain_ols)
    if not scored:
        return Undrawn(name=name, title=title, why=h.verdict.text)
    drawn = [_bar(s) for s in scored]
    return Picture(
        name=name,
        title=title,
        finding=h.verdict.text,
        draw=lambda ink: bars(drawn, title="error saved against ols, with its 95% interval", ink=ink, form="+.0%"),
    )


def _bar(s: Score) -> Bar:
    wide = _WIDE * s.gain_ols_error if isfinite(s.gain_ols_error) else None
    low, high = (None, None) if wide is None else (s.gain_ols - wide, s.gain_ols + wide)
    return Bar(name=s.method, value=s.gain_ols, low=low, high=high, text=percent(s.gain_ols))
