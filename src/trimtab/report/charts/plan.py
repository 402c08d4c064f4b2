"""The chart of a plan: beta before and after its orders."""

from trimtab.hedge.plan import PlanStatus
from trimtab.report.charts.marks.dots import Dot, dots
from trimtab.report.charts.marks.frame import Drawn, Picture, Undrawn
from trimtab.report.documents.plan import MeasuredAndJudged, PlanDocument

__all__ = ["pictures"]


def pictures(document: PlanDocument) -> tuple[Drawn, ...]:
    """Give the chart of a plan."""
    before, after, terms = document.before, document.after, document.mandate
    if document.status is PlanStatus.UNDECIDED:
        return (Undrawn(name="plan", title=f"Beta to {terms.benchmark}", why=before.judged.why),)
    drawn = [_dot("before", before), _dot("after", after, marked=True)]
    count = len(document.orders)
    finding = (
        f"{count} order{'s bring' if count != 1 else ' brings'} beta from {before.exposure.beta.value:.3f} to"
        f" {after.exposure.beta.value:.3f}, {document.residual:+.3f} from its target, for {document.cost:,.0f}"
        f" {after.exposure.base_currency}: {after.judged.status.value}."
    )
    return (
        Picture(
            name="plan",
            title=f"Beta to {terms.benchmark} before and after",
            finding=finding,
            draw=lambda ink: dots(drawn, title="portfolio beta", ink=ink, band=(terms.lower, terms.upper)),
        ),
    )


def _dot(name: str, book: MeasuredAndJudged, *, marked: bool = False) -> Dot:
    beta = book.exposure.beta
    return Dot(name=name, beta=beta.value, low=beta.low, high=beta.high, marked=marked)
