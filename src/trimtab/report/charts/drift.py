"""Charts of a drift: by cause, over the chain of days, and where beta is going."""

import numpy as np

from trimtab.desk.ask.drift_ahead import Ahead
from trimtab.monitor.drift.causes import Cause
from trimtab.report.charts.marks.frame import Drawn, Picture, Undrawn
from trimtab.report.charts.marks.lines import Band, Curve, Mark, lines
from trimtab.report.charts.marks.stacked import stacked
from trimtab.report.charts.marks.waterfall import Level, Step, waterfall
from trimtab.report.documents.drift import DriftDocument, DriftLink
from trimtab.report.documents.measuring.ahead import AheadDocument
from trimtab.report.words import day
from trimtab.stats.arrays import Days

__all__ = ["pictures"]

#: Causes drawn through time, the rest as one; trades marked; change of beta by trades that is worth a mark.
_MOST, _MARKED, _TRADED = 5, 4, 5e-4


def pictures(document: DriftDocument | AheadDocument) -> tuple[Drawn, ...]:
    """Give the charts of a drift, or of what is ahead."""
    if isinstance(document, AheadDocument):
        return (_ahead(document.ahead),)
    return (_causes(document), _path(document), _chain(document), _ahead(document.ahead))


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


def _days(d: DriftDocument) -> Days:
    return np.array([d.links[0].from_, *(link.to for link in d.links)])


def _chain(d: DriftDocument) -> Drawn:
    title = "What moved beta, added up through time"
    if len(d.links) < 2:
        return Undrawn(name="chain", title=title, why="there is one step only: the chart by cause shows it")
    causes = sorted(
        (c for c in d.causes if any(link.causes.get(c) for link in d.links)), key=lambda c: -abs(d.causes[c])
    )
    paths = {cause: np.cumsum([0.0, *(link.causes.get(cause, 0.0) for link in d.links)]) for cause in causes}
    parts = [Curve(name=cause.value, values=paths[cause]) for cause in causes[:_MOST]]
    if len(causes) > _MOST:
        parts.append(Curve(name="the others", values=np.sum([paths[cause] for cause in causes[_MOST:]], axis=0)))
    change = np.array([0.0, *(link.beta_end - d.links[0].beta_start for link in d.links)])
    finding = (
        f"Added up over {len(d.links)} steps: beta {d.change:+.3f} (the line), "
        + ", ".join(f"{c.name} {c.values[-1]:+.3f}" for c in parts[:3])
        + "."
    )
    return Picture(
        name="chain",
        title=title,
        finding=finding,
        draw=lambda ink: stacked(
            _days(d), parts, Curve(name="all", values=change), title="change of beta since the start", ink=ink
        ),
    )


def _path(d: DriftDocument) -> Drawn:
    """Draw beta with its interval at each day of the chain, trades marked, and its band where one was asked about."""
    title = f"Beta to {d.benchmark} through time"
    if len(d.links) < 2:
        return Undrawn(name="path", title=title, why="there is one step only: choose --by for more")
    days, start = _days(d), d.beta_start
    beta, low, high = (
        np.array([first, *(getattr(link, name) for link in d.links)])
        for first, name in ((start.value, "beta_end"), (start.low, "low"), (start.high, "high"))
    )
    traded = sorted((link for link in d.links if _traded(link)), key=lambda link: -abs(_traded(link)))
    band = None if d.ahead is None else Band(low=d.ahead.projection.lower, high=d.ahead.projection.upper)
    marks = [Mark(at=link.to, value=link.beta_end, name=f"traded {_traded(link):+.2f}") for link in traded[:_MARKED]]
    trades = (
        f" Trades on {len(traded)} of {len(d.links)} steps moved it by {sum(map(_traded, traded)):+.3f}."
        if traded
        else ""
    )
    finding = (
        f"Beta was {beta[0]:.3f} on {day(days[0])} and is {beta[-1]:.3f} on {day(days[-1])},"
        f" between {beta.min():.3f} and {beta.max():.3f}; the shade is its 95% interval.{trades}"
    )
    return Picture(
        name="path",
        title=title,
        finding=finding,
        draw=lambda ink: lines(
            days, [Curve(name="beta", values=beta, low=low, high=high)], titles=("", "portfolio beta"), ink=ink,
            band=band, marks=marks,
        ),
    )  # fmt: skip


def _traded(link: DriftLink) -> float:
    """Give what trades did to beta in a step; next to nothing is nothing."""
    effect = link.causes.get(Cause.TRADES, 0.0)
    return effect if abs(effect) > _TRADED else 0.0


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
