"""A report: the answers about an account over a period, in one document; each figure is an answer's own."""

import datetime as dt
from dataclasses import dataclass, field
from typing import ClassVar

from trimtab.report.documents.alerts import AlertHistoryDocument
from trimtab.report.documents.composed.cited import PARTS, cited_methods
from trimtab.report.documents.drift import DriftDocument
from trimtab.report.documents.performance import PerformanceDocument
from trimtab.report.documents.review import ReviewDocument
from trimtab.report.documents.stress import StressDocument
from trimtab.report.documents.ways import WaysDocument

__all__ = [
    "Absent", "Citation", "Decided", "Happened", "LastReport", "MadeFrom", "Parts", "ReportDays", "ReportDocument",
    "RunMark", "report_document",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDays:
    """The days that a report is about.

    Parameters
    ----------
    name
        week, month, quarter, or days where both were stated.
    first, last
        The evening it starts from, and its last day.
    """

    name: str
    first: dt.date
    last: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class LastReport:
    """The report before this one.

    Parameters
    ----------
    number
        Its entry in the journal.
    last
        The day it reached to.
    beta, stderr, status
        What it said of beta; null where its run said nothing.
    """

    number: int
    last: dt.date
    beta: float | None
    stderr: float | None
    status: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunMark:
    """The run that a part of a report is.

    Parameters
    ----------
    part
        Which part.
    run
        Its number: ``trimtab replay NUMBER`` asks it again.
    """

    part: str
    run: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeFrom:
    """What a report was made from.

    Parameters
    ----------
    runs
        One for each part.
    known, head, hash
        The last journal entry that the answers knew; the last entry after they were written down, and its hash.
    program
        Version of trimtab.
    """

    runs: tuple[RunMark, ...]
    known: int | None
    head: int | None
    hash: str | None
    program: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """A part that is not there.

    Parameters
    ----------
    part, why
        Which, and what was missing.
    """

    part: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision on a plan.

    Parameters
    ----------
    day, run
        Of the plan.
    decision, by, note
        accepted, rejected or done; who, and why.
    recorded
        When it was written down, UTC.
    """

    day: str
    run: int
    decision: str
    by: str
    note: str
    recorded: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A technique that was used, and where it was published."""

    technique: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The answers beside the review; None where they could not be given, which `absent` says why."""

    drift: DriftDocument | None = None
    ways: WaysDocument | None = None
    stress: StressDocument | None = None
    performance: PerformanceDocument | None = None
    absent: tuple[Absent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What came before, and in between: the last report, alerts and decisions of the period, oldest first."""

    last_report: LastReport | None = None
    alerts: AlertHistoryDocument = field(default_factory=lambda: AlertHistoryDocument(events=()))
    decisions: tuple[Decided, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDocument:
    """Everything that a committee asks of an account, with the answers it is made of.

    Parameters
    ----------
    title, account
        What the account is called; its name in the settings.
    period
        The days it is about.
    last_report
        The report before; null where there is none.
    review, drift, ways, stress, performance
        The answers; null where they could not be given.
    absent
        What could not be given, and why.
    alerts, decisions
        What happened in the period, oldest first.
    citations
        Published techniques that the figures come from, and no others.
    made_from
        Runs and journal.
    """

    SCHEMA: ClassVar = "trimtab.report/1"

    title: str
    account: str
    period: ReportDays
    last_report: LastReport | None
    review: ReviewDocument
    drift: DriftDocument | None
    ways: WaysDocument | None
    stress: StressDocument | None
    performance: PerformanceDocument | None
    absent: tuple[Absent, ...]
    alerts: AlertHistoryDocument
    decisions: tuple[Decided, ...]
    citations: tuple[Citation, ...]
    made_from: MadeFrom


def report_document(
    account: str,
    period: ReportDays,
    review: ReviewDocument,
    parts: Parts,
    happened: Happened,
    made_from: MadeFrom,
    *,
    title: str = "",
) -> ReportDocument:
    """Document of `trimtab report`: schema trimtab.report/1.

    Parameters
    ----------
    account, period, review, made_from
        As in the document.
    parts
        The other answers, and what is not there.
    happened
        The report before, alerts and decisions.
    title
        What the account is called; its name if left out.
    """
    return ReportDocument(
        title=title or account, account=account, period=period, last_report=happened.last_report, review=review,
        drift=parts.drift, ways=parts.ways, stress=parts.stress, performance=parts.performance, absent=parts.absent,
        alerts=happened.alerts, decisions=happened.decisions, citations=_citations(review, parts), made_from=made_from,
    )  # fmt: skip


def _citations(review: ReviewDocument, parts: Parts) -> tuple[Citation, ...]:
    """Give what the parts of a report stand on, each technique once."""
    methods = [review.method, *([] if parts.drift is None else [parts.drift.method])]
    answered = [name for name in ("drift", "ways", "stress", "performance") if getattr(parts, name) is not None]
    if parts.performance is not None and parts.performance.attribution is not None:
        answered.append("attribution")
    lines = dict.fromkeys((*cited_methods(methods), *(line for name in answered for line in PARTS[name])))
    return tuple(Citation(technique=technique, source=source) for technique, source in lines)
