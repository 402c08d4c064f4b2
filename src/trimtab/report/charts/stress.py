"""Charts of a stress test: today's book through past storms, and after shocks."""

from trimtab.report.charts.marks.bars import Bar, bars
from trimtab.report.charts.marks.frame import Drawn, Picture, Undrawn
from trimtab.report.charts.marks.lines import Curve, lines
from trimtab.report.charts.marks.words import percent
from trimtab.report.documents.stress import EpisodeFigures, StressDocument
from trimtab.report.words import part_of

__all__ = ["pictures"]


def pictures(document: StressDocument) -> tuple[Drawn, ...]:
    """Give the charts of a stress test."""
    return (_episodes(document), _path(document), _shocks(document))


def _part(d: StressDocument) -> str:
    """Say what its figures are of, where they are not of the whole."""
    return part_of(d.coverage, d.beta.value)


def _episodes(d: StressDocument) -> Drawn:
    title = f"Today's book{_part(d)} in past storms"
    lived = [e for e in d.episodes if e.share is not None]
    if not lived:
        return Undrawn(name="episodes", title=title, why="prices of what is held reach no past storm")
    drawn = [bar for e in lived for bar in _pair(e, d.nav)]
    worst = min(lived, key=lambda e: e.share or 0.0)
    finding = (
        f"The worst is {worst.name}: {percent(worst.share or 0.0)} of NAV, of which beta says"
        f" {percent((worst.by_beta or 0.0) / d.nav)}."
    )
    return Picture(
        name="episodes",
        title=title,
        finding=finding,
        draw=lambda ink: bars(drawn, title="share of NAV", ink=ink, form=".0%", width=215, longest=34),
    )


def _pair(e: EpisodeFigures, nav: float) -> tuple[Bar, ...]:
    share = e.share or 0.0
    whole = Bar(name=e.name, value=share, text=percent(share))
    if e.by_beta is None:
        return (whole,)
    return whole, Bar(name="as beta says", value=e.by_beta / nav, text=percent(e.by_beta / nav), level=True)


def _path(d: StressDocument) -> Drawn:
    title = f"The worst storm, day by day{_part(d)}"
    lived = [e for e in d.episodes if e.share is not None and len(e.dates) > 1]
    if not lived:
        return Undrawn(name="path", title=title, why="prices of what is held reach no past storm")
    worst = min(lived, key=lambda e: e.share or 0.0)
    least = "" if worst.worst is None else f" Its lowest point is {percent(-abs(worst.worst))} of NAV."
    finding = f"Today's book through {worst.name}, beside what beta alone says.{least}"
    return Picture(
        name="path",
        title=title,
        finding=finding,
        draw=lambda ink: lines(
            worst.dates,
            [Curve(name="today's book", values=worst.path), Curve(name="as beta says", values=worst.beta_path)],
            titles=("", "share of NAV"),
            ink=ink,
            form=("", ".0%"),
            zero=True,
        ),
    )


def _shocks(d: StressDocument) -> Drawn:
    title = f"After shocks{_part(d)}"
    if not d.shocks:
        return Undrawn(name="shocks", title=title, why="none was asked for")
    drawn = [
        bar
        for s in d.shocks
        for bar in (
            Bar(name=s.shock.name, value=s.share, text=percent(s.share)),
            Bar(name="as beta says", value=s.by_beta / d.nav, text=percent(s.by_beta / d.nav), level=True),
        )
    ]
    worst = min(d.shocks, key=lambda s: s.share)
    return Picture(
        name="shocks",
        title=title,
        finding=f"{worst.shock.name} costs most: {percent(worst.share)} of NAV.",
        draw=lambda ink: bars(drawn, title="share of NAV", ink=ink, form=".0%", width=215, longest=34),
    )
