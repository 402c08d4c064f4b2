"""Charts of a review: beta against its band, where it comes from, what becomes of it, what it hides."""

from collections.abc import Sequence
from math import isfinite

import numpy as np

from trimtab.report.charts.marks.bars import Bar, bars
from trimtab.report.charts.marks.frame import Chart, Drawn, Picture, Undrawn
from trimtab.report.charts.marks.gauge import gauge
from trimtab.report.charts.marks.ink import Ink
from trimtab.report.charts.marks.lines import Band, Curve, Mark, lines
from trimtab.report.charts.marks.words import percent
from trimtab.report.documents.measuring.exposure import ExposureDocument
from trimtab.report.documents.parts import BetaFigures
from trimtab.report.documents.review import PositionLine, ReviewDocument
from trimtab.report.words import is_measured, part_of
from trimtab.stats.normal import normal_quantile

__all__ = ["against_band", "pictures"]

#: Bars of positions; the rest is one bar.
_MOST = 12


def pictures(document: ReviewDocument | ExposureDocument) -> tuple[Drawn, ...]:
    """Give the charts of a review, the one that answers its question first; of an exposure, where beta comes from."""
    if isinstance(document, ExposureDocument):
        return (_contributions(document),)
    return (
        _beta(document),
        _contributions(document),
        _after_move(document),
        _hidden(document),
        _exposures(document),
    )


def against_band(beta: BetaFigures, band: tuple[float, float], ink: Ink) -> Chart:
    """Draw a beta with its interval against its band."""
    return gauge(value=beta.value, stderr=beta.stderr, interval=(beta.low, beta.high), band=band, ink=ink)


def _beta(d: ReviewDocument) -> Drawn:
    terms, judged = d.mandate.terms, d.mandate.judged
    title = f"Portfolio beta to {terms.benchmark}"
    if not is_measured(d.coverage, d.exposure.beta.value) or _part(d):
        return Undrawn(name="beta", title=title, why=judged.why)
    inside = f" It is inside with probability {judged.probability_inside:.1%}."
    finding = (
        f"Beta is {d.exposure.beta.value:.3f} ± {d.exposure.beta.stderr:.3f} ({d.exposure.beta.speaks_of.words}); the"
        f" mandate's band is {terms.lower:.2f} to {terms.upper:.2f}: {judged.status.value}.{inside}"
    )
    return Picture(
        name="beta",
        title=title,
        finding=finding,
        draw=lambda ink: against_band(d.exposure.beta, (terms.lower, terms.upper), ink),
    )


def _part(d: ReviewDocument | ExposureDocument) -> str:
    """Say what its figures are of, where they are not of the whole."""
    return part_of(d.coverage, d.exposure.beta.value)


def _contributions(d: ReviewDocument | ExposureDocument) -> Drawn:
    title = f"Where beta{_part(d)} comes from"
    measured = sorted((p for p in d.positions if p.contribution is not None), key=lambda p: -abs(p.contribution or 0.0))
    if not measured:
        return Undrawn(name="contributions", title=title, why="no position was measured")
    shown = sorted(measured[:_MOST], key=lambda p: -(p.contribution or 0.0))
    rest = measured[_MOST:]
    drawn = [_contribution(p, d.exposure.nav, d.exposure.beta.level) for p in shown]
    if rest:
        total = sum(p.contribution or 0.0 for p in rest)
        drawn.append(Bar(name=f"{len(rest)} others", value=total, text=f"{total:+.3f}", level=True))
    first = measured[0]
    finding = (
        f"{first.asset} matters most: {first.contribution:+.3f} of {d.exposure.beta.value:.3f}. Lines are 95%"
        " intervals of each position's own beta."
    )
    return Picture(
        name="contributions",
        title=title,
        finding=finding,
        draw=lambda ink: bars(drawn, title="part of portfolio beta", ink=ink),
    )


def _contribution(p: PositionLine, nav: float, level: float) -> Bar:
    value = p.contribution or 0.0
    if p.stderr is None or p.delta_exposure is None or not nav:
        return Bar(name=p.asset, value=value, text=f"{value:+.3f}")
    wide = normal_quantile(0.5 + level / 2.0) * abs(p.stderr * p.delta_exposure / nav)
    return Bar(name=p.asset, value=value, low=value - wide, high=value + wide, text=f"{value:+.3f}")


def _after_move(d: ReviewDocument) -> Drawn:
    benchmark = d.mandate.terms.benchmark
    title = f"Beta{_part(d)} after a move of {benchmark}"
    if len(d.moves) < 2:
        return Undrawn(name="moves", title=title, why="no moves were asked for")
    if not is_measured(d.coverage, d.exposure.beta.value):
        return Undrawn(name="moves", title=title, why="no position was measured")
    moves = np.array([m.move for m in d.moves])
    whole, local = (_finite([m.beta for m in d.moves]), _finite([m.beta_local for m in d.moves]))
    if not np.isfinite(whole).any():
        return Undrawn(name="moves", title=title, why="beta after a move is not known")
    curves = [Curve(name="revalued", values=whole)]
    if np.isfinite(local).any() and not np.allclose(whole, local, equal_nan=True, atol=5e-4):
        curves.append(Curve(name="by delta, gamma", values=local))
    worst = int(np.nanargmin(moves))
    finding = (
        f"After {percent(float(moves[worst]), 0)} beta is {whole[worst]:.2f}, after {percent(float(moves[-1]), 0)}"
        f" it is {whole[-1]:.2f}; now {d.exposure.beta.value:.2f}."
    )
    terms = d.mandate.terms
    now = [Mark(at=0.0, value=d.exposure.beta.value, name="now")] if isfinite(d.exposure.beta.value) else []
    return Picture(
        name="moves",
        title=title,
        finding=finding,
        draw=lambda ink: lines(
            moves,
            curves,
            titles=(f"move of {benchmark}", "portfolio beta"),
            ink=ink,
            form=("+.0%", ".2f"),
            band=Band(low=terms.lower, high=terms.upper),
            marks=now,
        ),
    )


def _finite(values: Sequence[float | None]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.array([np.nan if v is None else v for v in values])


def _hidden(d: ReviewDocument) -> Drawn:
    title = f"What beta{_part(d)} hides"
    hidden = d.not_enough.hidden if d.not_enough is not None else ()
    if not hidden:
        return Undrawn(name="hidden", title=title, why="nothing could be measured beyond beta")
    drawn = [Bar(name=h.kind.value, value=-h.loss, text=percent(-h.loss)) for h in hidden]
    first = hidden[0]
    finding = f"Most hides in {first.kind.value}: {percent(-first.loss)} of NAV {first.scenario}."
    return Picture(
        name="hidden",
        title=title,
        finding=finding,
        draw=lambda ink: bars(drawn, title="share of NAV lost beyond beta", ink=ink, form=".0%", width=215, longest=36),
    )


def _exposures(d: ReviewDocument) -> Drawn:
    title = f"Beta{_part(d)} by kind and currency"
    kinds, currencies = d.breakdown.by_kind, d.breakdown.by_currency
    lines_of = [(g.name, g.beta) for g in kinds]
    if len(currencies) > 1:
        lines_of += [(f"in {g.name}", g.beta) for g in currencies]
    if not lines_of:
        return Undrawn(name="exposures", title=title, why="no position was measured")
    drawn = [Bar(name=name, value=beta, text=f"{beta:+.3f}") for name, beta in lines_of]
    name, beta = max(lines_of, key=lambda x: abs(x[1]))
    finding = f"The largest part is {name}: {beta:+.3f} of {d.exposure.beta.value:.3f}."
    return Picture(
        name="exposures",
        title=title,
        finding=finding,
        draw=lambda ink: bars(drawn, title="part of portfolio beta", ink=ink),
    )
