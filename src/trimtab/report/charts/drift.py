"""Charts of a drift: by cause, over the chain of days, and where beta is going."""

import numpy as np

from trimtab.desk.ask.drift_ahead import Ahead
from trimtab.report.charts.marks.frame import Drawn, Picture, Undrawn
from trimtab.report.charts.marks.lines import Curve, lines
from trimtab.report.charts.marks.waterfall import Level, Step, waterfall
from trimtab.report.documents.drift import DriftDocument
from trimtab.report.documents.measuring.ahead import AheadDocument
from trimtab.report.words import day

__all__ = ["pictures"]

#: Causes drawn through time; more cannot be followed.
_MOST = 4


def pictures(document: DriftDocument | AheadDocument) -> tuple[Drawn, ...]:
    """Give the charts of a drift, or of what is ahead."""
    if isinstance(document, AheadDocument):
        return (_ahead(document.ahead),)
    return (_causes(document), _chain(document), _ahead(document.ahead))


def _causes(d: DriftDocument) -> Drawn:
    if d.from_ == d.to:
        why = "holdings of one day are known: there is no change to take apart"
        return Undrawn(name="causes", title=f"Why beta to {d.benchmark} moved", why=why)
    first, last = day(d.from_), day(d.to)
    steps = [Step(name=cause.value, value=value) for cause, value in d.causes.items() if value]
    largest = max(steps, key=lambda s: abs(s.value), default=None)
    most = "" if largest is None else f" Most is {largest.name}: {largest.value:+.3f}."
    finding = (
        f"Beta moved from {d.beta_start.value:.3f} to {d.beta_end.value:.3f}, by {d.change:+.3f}.{most} Betas measured"
        f" anew: {d.noise.significance.verdict}.{_left_out(d)}"
    )
    start, end = Level(name=first, value=d.beta_start.value), Level(name=last, value=d.beta_end.value)
    return Picture(
        name="causes",
        title=f"Why beta to {d.benchmark} moved",
        finding=finding,
        draw=lambda ink: waterfall(start, steps, end, title="portfolio beta", ink=ink),
    )


def _left_out(d: DriftDocument) -> str:
    """Say that positions have no part in it."""
    return f" Without {len(d.left_out)} positions that could not be measured." if d.left_out else ""


def _chain(d: DriftDocument) -> Drawn:
    title = "Beta and its causes through time"
    if len(d.links) < 2:
        return Undrawn(name="chain", title=title, why="there is one step only: the chart by cause shows it")
    days = np.array([d.links[0].from_, *(link.to for link in d.links)])
    causes = [cause for cause in d.causes if any(link.causes.get(cause) for link in d.links)]
    curves = [
        Curve(name=cause.value, values=np.cumsum([0.0, *(link.causes.get(cause, 0.0) for link in d.links)]))
        for cause in sorted(causes, key=lambda c: -abs(d.causes[c]))[:_MOST]
    ]
    change = np.array([0.0, *(link.beta_end - d.links[0].beta_start for link in d.links)])
    finding = (
        f"Added up over {len(d.links)} steps: beta {d.change:+.3f}, "
        + ", ".join(f"{c.name} {c.values[-1]:+.3f}" for c in curves[:3])
        + "."
    )
    return Picture(
        name="chain",
        title=title,
        finding=finding,
        draw=lambda ink: lines(
            days,
            [Curve(name="all", values=change), *curves],
            titles=("", "change of beta since the start"),
            ink=ink,
            form=("", "+.2f"),
            zero=True,
        ),
    )


def _ahead(ahead: Ahead | None) -> Drawn:
    title = "Probability that beta leaves its band"
    if ahead is None or not ahead.projection.horizons:
        return Undrawn(name="leaving", title=title, why="it was not asked for: --project")
    p = ahead.projection
    if not p.lower <= p.beta <= p.upper:
        return Undrawn(name="leaving", title=title, why=f"it is outside already: {p.beta:.3f}")
    days = np.array([0.0, *(float(h.days) for h in p.horizons)])
    left = np.array([0.0, *(h.exited for h in p.horizons)])
    finding = (
        f"Within {int(days[-1])} trading days beta has left {p.lower:.2f} to {p.upper:.2f} with probability"
        f" {left[-1]:.0%}."
    )
    return Picture(
        name="leaving",
        title=title,
        finding=finding,
        draw=lambda ink: lines(
            days,
            [Curve(name="has left", values=left)],
            titles=("trading days from now", "probability"),
            ink=ink,
            form=("d", ".0%"),
            zero=True,
        ),
    )
