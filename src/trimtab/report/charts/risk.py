"""Charts of a risk page: what beta hides, and where it is concentrated."""

import numpy as np

from trimtab.report.charts.marks.bars import Bar, bars
from trimtab.report.charts.marks.frame import Drawn, Picture, Undrawn
from trimtab.report.charts.marks.lines import Curve, lines
from trimtab.report.charts.marks.words import percent
from trimtab.report.documents.risk import RiskDocument
from trimtab.report.words import part_of
from trimtab.stats.normal import normal_quantile

__all__ = ["pictures"]

_WIDE = normal_quantile(0.975)


def pictures(document: RiskDocument) -> tuple[Drawn, ...]:
    """Give the charts of a risk page."""
    return (_hidden(document), _downside(document), _together(document))


def _part(d: RiskDocument) -> str:
    """Say what its figures are of, where they are not of the whole."""
    return part_of(d.coverage, d.beta.value)


def _hidden(d: RiskDocument) -> Drawn:
    title = f"What beta{_part(d)} hides"
    if not d.findings:
        return Undrawn(name="hidden", title=title, why="nothing could be measured beyond beta")
    findings = sorted(d.findings, key=lambda h: -h.loss)
    drawn = [Bar(name=h.kind.value, value=-h.loss, text=percent(-h.loss)) for h in findings]
    first = findings[0]
    finding = f"Most hides in {first.kind.value}: {percent(-first.loss)} of NAV {first.scenario}."
    return Picture(
        name="hidden",
        title=title,
        finding=finding,
        draw=lambda ink: bars(drawn, title="share of NAV lost beyond beta", ink=ink, form=".0%", width=215, longest=36),
    )


def _downside(d: RiskDocument) -> Drawn:
    title = f"Beta{_part(d)} to {d.benchmark} when it falls"
    drawn = [_beta(x.definition, x.beta, x.stderr) for x in d.downside if x.beta is not None]
    if not drawn:
        return Undrawn(name="downside", title=title, why="too few falls were seen")
    most = max(drawn, key=lambda b: b.value)
    finding = f"Overall {d.beta.value:.3f}; in falls up to {most.value:.3f} ({most.name}). Lines are 95% intervals."
    whole = Bar(
        name="overall", value=d.beta.value, low=d.beta.low, high=d.beta.high, text=f"{d.beta.value:.3f}", level=True
    )
    return Picture(
        name="downside",
        title=title,
        finding=finding,
        draw=lambda ink: bars([whole, *drawn], title="beta", ink=ink, longest=30),
    )


def _beta(name: str, beta: float, stderr: float | None) -> Bar:
    wide = None if stderr is None else _WIDE * stderr
    low, high = (None, None) if wide is None else (beta - wide, beta + wide)
    return Bar(name=name, value=beta, low=low, high=high, text=f"{beta:.3f}")


def _together(d: RiskDocument) -> Drawn:
    title = "How much moves together"
    windows = [c for c in d.convergence if c.average_correlation is not None]
    if len(windows) < 2:
        return Undrawn(name="correlation", title=title, why="fewer than two windows of returns")
    days = np.array([c.date for c in windows])
    values = np.array([c.average_correlation for c in windows])
    top = int(np.argmax(values))
    finding = f"Average correlation is {values[-1]:.2f}; it was {values[top]:.2f} at most, on {str(days[top])[:10]}."
    return Picture(
        name="correlation",
        title=title,
        finding=finding,
        draw=lambda ink: lines(
            days, [Curve(name="average", values=values)], titles=("", "average correlation"), ink=ink
        ),
    )
