"""Reports of results that are in memory; a desk's own come by `Desk.report`."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from trimtab.errors import UsageError
from trimtab.report.documents.composed.report import Happened, MadeFrom, Parts, ReportDays, report_document
from trimtab.report.documents.drift import DriftDocument
from trimtab.report.documents.performance import PerformanceDocument
from trimtab.report.documents.review import ReviewDocument
from trimtab.report.documents.stress import StressDocument
from trimtab.report.documents.ways import WaysDocument
from trimtab.version import VERSION
from trimtab.wiring.reporting.forms import refuse_form, write_form
from trimtab.wiring.shown.documents import document_of

if TYPE_CHECKING:
    from trimtab.desk.ask.drift import DriftChain
    from trimtab.desk.ask.learned import Performance
    from trimtab.desk.ask.review import Review
    from trimtab.desk.ask.stress.lines import Stress
    from trimtab.hedge.ways.records import Ways
    from trimtab.model.shown import Shown
    from trimtab.report.shape.write import Document

__all__ = ["write_report"]

D = TypeVar("D", bound="Document")


def write_report(
    out: str | Path,
    review: "Review",
    *,
    drift: "DriftChain | None" = None,
    ways: "Ways | None" = None,
    stress: "Stress | None" = None,
    performance: "Performance | None" = None,
    title: str = "Portfolio",
) -> None:
    r"""Write results as one report.

    Parameters
    ----------
    out
        The report's file: what it ends in says the form (.html, .pdf, .xlsx, .md, .json).
    review
        What `review` returned: the first page and the positions.
    drift, ways, stress, performance
        What `drift`, `compare_ways`, `stress` and `review_performance` returned; what is left out is said to be.
    title
        What the portfolio is called.

    Raises
    ------
    UsageError
        If the file's name does not say the form.
    StorageError
        If it cannot be written.
    MissingExtraError
        If the form needs an extra that is not installed.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> mandate = tt.Mandate(benchmark="SPX", target=1.0, band=0.05)
    >>> result = tt.review(sample.prices_path(), "10 AAPL, 40 WMT, 1000 USD", mandate, method="ols", hidden=False)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     tt.write_report(Path(folder) / "report.json", result, title="Two shares")
    ...     (Path(folder) / "report.json").read_text()[:34]
    '{\n  "schema": "trimtab.report/1",\n'
    """
    refuse_form(out)
    reviewed = _document(review, ReviewDocument)
    parts = Parts(
        drift=None if drift is None else _document(drift, DriftDocument),
        ways=None if ways is None else _document(ways, WaysDocument),
        stress=None if stress is None else _document(stress, StressDocument),
        performance=None if performance is None else _document(performance, PerformanceDocument),
    )
    last = dt.date.fromisoformat(reviewed.exposure.as_of[:10])
    first = last if parts.drift is None else dt.date.fromisoformat(str(parts.drift.from_)[:10])
    made_from = MadeFrom(runs=(), known=None, head=None, hash=None, program=VERSION)
    days = ReportDays(name="days", first=first, last=last)
    document = report_document(title, days, reviewed, parts, Happened(), made_from)
    write_form(document, out)


def _document(result: "Shown", kind: type[D]) -> D:
    """Give a result as its document.

    Raises
    ------
    UsageError
        If it is another kind of result.
    """
    document = document_of(result)
    if not isinstance(document, kind):
        raise UsageError(
            expected=f"the result that a {kind.__name__.removesuffix('Document').lower()} is", found=document.SCHEMA,
            try_next="give review, drift, ways, stress and performance each under its own name",
        )  # fmt: skip
    return document
