"""The chart of betas: each with its interval."""

from trimtab.report.charts.marks.dots import Dot, dots
from trimtab.report.charts.marks.frame import Drawn, Picture, Undrawn
from trimtab.report.documents.beta import AssetBeta, BetaDocument
from trimtab.report.documents.measuring.betas import BetasDocument
from trimtab.stats.normal import normal_quantile

__all__ = ["pictures"]

_MOST, _WIDE = 40, normal_quantile(0.975)


def pictures(document: BetaDocument | BetasDocument) -> tuple[Drawn, ...]:
    """Give the chart of betas, highest first."""
    title = f"Betas to {document.benchmark}"
    measured = sorted((b for b in document.betas if b.value is not None), key=lambda b: -(b.value or 0.0))
    if not measured:
        return (Undrawn(name="betas", title=title, why="no beta could be measured"),)
    # Where there are more than fit, both ends are drawn.
    shown = measured if len(measured) <= _MOST else [*measured[: _MOST // 2], *measured[-_MOST // 2 :]]
    drawn = [_dot(b) for b in shown]
    first, last = measured[0], measured[-1]
    rest = f" The {len(measured) - len(shown)} between are not drawn." if len(measured) > len(shown) else ""
    finding = (
        f"From {first.value:.2f} ({first.asset}) to {last.value:.2f} ({last.asset}); lines are 95% intervals of"
        f" {document.speaks_of.words}.{rest}"
    )
    return (
        Picture(
            name="betas",
            title=title,
            finding=finding,
            draw=lambda ink: dots(drawn, title="beta", ink=ink),
        ),
    )


def _dot(b: AssetBeta) -> Dot:
    beta = b.value or 0.0
    wide = None if b.stderr is None else _WIDE * b.stderr
    low, high = (None, None) if wide is None else (beta - wide, beta + wide)
    return Dot(name=b.asset, beta=beta, low=low, high=high)
