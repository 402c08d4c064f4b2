"""A report composed: every part is asked of the same moment of knowledge and written down as a run of its own."""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from trimtab.desk.answers.inputs import Inputs
from trimtab.desk.answers.known import number_known
from trimtab.desk.books.journal import Entry
from trimtab.desk.books.runs import Run, digest, find_run
from trimtab.desk.questions.drift import DriftQuestion
from trimtab.desk.questions.every import Question
from trimtab.desk.questions.groups.measuring import Measuring
from trimtab.desk.questions.performance import PerformanceQuestion
from trimtab.desk.questions.plan import WaysQuestion
from trimtab.desk.questions.report import ReportQuestion
from trimtab.desk.questions.review import ReviewQuestion
from trimtab.desk.questions.stress import StressQuestion
from trimtab.desk.watch.outbox import ALERT
from trimtab.desk.watch.reporting import (
    Period,
    ReportMade,
    happened_in,
    last_report,
    period_of,
    record_report,
    still_raised,
)
from trimtab.errors import InputError, NotEnoughDataError, TrimtabError
from trimtab.market.daycount import date_of
from trimtab.report.documents.alerts import history_document
from trimtab.report.documents.composed.report import (
    Absent,
    Decided,
    Happened,
    LastReport,
    MadeFrom,
    Parts,
    ReportDays,
    ReportDocument,
    RunMark,
    report_document,
)
from trimtab.report.documents.drift import DriftDocument
from trimtab.report.documents.performance import PerformanceDocument
from trimtab.report.documents.review import ReviewDocument
from trimtab.report.documents.stress import StressDocument
from trimtab.report.documents.ways import WaysDocument
from trimtab.report.shape.write import Document, dumps
from trimtab.version import VERSION
from trimtab.wiring.answers import (
    Answer,
    answer_drift,
    answer_performance,
    answer_review,
    answer_stress,
    answer_ways,
)
from trimtab.wiring.runs import ask_workspace
from trimtab.wiring.workspace import Workspace

__all__ = ["Composed", "compose_report"]

Q = TypeVar("Q", bound=Question)
D = TypeVar("D", bound=Document)
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A report, and under which number it was written down (None: it was not)."""

    document: ReportDocument
    number: int | None


@dataclass(slots=True, kw_only=True)
class _Asking:
    """Asks one part after the other, of one account at one moment of knowledge."""

    workspace: Workspace
    account: str
    known: int
    record: bool
    runs: list[RunMark] = field(default_factory=list)
    absent: list[Absent] = field(default_factory=list)

    def ask(self, part: str, kind: type[D], question: Q, answer: Callable[[Q, Inputs], Answer[R]]) -> D:
        told = ask_workspace(
            self.workspace, question, answer, account=self.account, known=self.known, record=self.record
        )
        if told.run is not None:
            self.runs.append(RunMark(part=part, run=told.run))
        document = told.answer.document
        assert isinstance(document, kind)  # noqa: S101 - each answer has its document
        return document

    def attempt(self, part: str, kind: type[D], question: Q, answer: Callable[[Q, Inputs], Answer[R]]) -> D | None:
        """Ask for a part that a report can be without: what it lacked is said in its place."""
        try:
            return self.ask(part, kind, question, answer)
        except TrimtabError as error:
            self.absent.append(Absent(part=part, why=_why(error)))
            return None


def _why(error: TrimtabError) -> str:
    return "; ".join(line.strip() for line in str(error).splitlines() if line.strip())


def compose_report(
    workspace: Workspace,
    question: ReportQuestion,
    *,
    account: str | None = None,
    known: int | str | dt.datetime | None = None,
    record: bool = True,
) -> Composed:
    """Compose a report of an account: its review must be possible, what else is not possible says why.

    Parameters
    ----------
    workspace
        Whose.
    question
        Over which period.
    account
        Its name in the settings; None takes the default.
    known
        What was known when: a journal number or a UTC time; None takes everything.
    record
        False leaves the journal as it is: no run, no report.
    """
    name = workspace.config.portfolio_name(account)
    asking = _Asking(workspace=workspace, account=name, known=number_known(workspace.journal, known), record=record)
    words = question.period or workspace.config.report.period
    stated = period_of(words, dt.date.max).last if ":" in words else None
    measuring = Measuring(as_of=None if stated is None else stated.isoformat())
    if stated is not None:
        _refuse_to_come(asking, stated)
    review = asking.ask("review", ReviewDocument, ReviewQuestion(measuring=measuring), answer_review)
    period = period_of(words, dt.date.fromisoformat(review.exposure.as_of[:10]))
    before = last_report(workspace.journal, name, period.last)
    document = _composed(asking, review, period, before)
    number = None
    if record:
        runs = [mark.run for mark in document.made_from.runs]
        number = record_report(workspace.journal, name, period, runs, digest(dumps(document)))
    return Composed(document=document, number=number)


#: Days without prices that a period may end with: a weekend, with holidays on both sides of it.
_CLOSED = 5


def _refuse_to_come(asking: _Asking, end: dt.date) -> None:
    """Refuse a period that ends after the prices do: old prices under a later date would look like an answer."""
    last = date_of(asking.workspace.prices.table(known=asking.known, check=False).dates[-1])
    if (end - last).days > _CLOSED:
        raise NotEnoughDataError(
            expected=f"prices up to the end of the period, {end}",
            found=f"prices up to {last}",
            try_next=f"import prices up to {end}, or let the period end on {last}",
        )


def _composed(asking: _Asking, review: ReviewDocument, period: Period, before: ReportMade | None) -> ReportDocument:
    workspace, name = asking.workspace, asking.account
    measuring = Measuring(as_of=period.last.isoformat())
    since = period.first if before is None or not period.is_open else before.last
    drift = asking.attempt(
        "drift", DriftDocument, DriftQuestion(start=since.isoformat(), measuring=measuring, skip=True), answer_drift
    )
    ways = asking.attempt("ways", WaysDocument, WaysQuestion(ways=_WAYS, measuring=measuring), answer_ways)
    stress = asking.attempt("stress", StressDocument, StressQuestion(measuring=measuring), answer_stress)
    performance = asking.attempt(
        "performance", PerformanceDocument, PerformanceQuestion(measuring=measuring), answer_performance
    )
    parts = Parts(drift=drift, ways=ways, stress=stress, performance=performance, absent=tuple(asking.absent))
    happened = Happened(
        last_report=None if before is None else _beta_then(workspace, before),
        alerts=history_document(
            (*still_raised(workspace.journal, name, period), *happened_in(workspace.journal, ALERT, name, period))
        ),
        decisions=tuple(_decided(e) for e in happened_in(workspace.journal, "decision", name, period)),
    )
    days = ReportDays(name=period.name, first=period.first, last=period.last)
    title = workspace.config.portfolios[name].title or name
    return report_document(name, days, review, parts, happened, _made_from(asking), title=title)


def _made_from(asking: _Asking) -> MadeFrom:
    head = asking.workspace.journal.head()
    return MadeFrom(runs=tuple(asking.runs), known=asking.known, head=head.seq, hash=head.hash, program=VERSION)


_WAYS = ("futures", "reallocate", "options")


def _decided(entry: Entry) -> Decided:
    body = entry.body
    return Decided(
        day=entry.valid or "", run=int(str(body["run"])), decision=str(body["decision"]), by=str(body["by"]),
        note=str(body["note"]), recorded=entry.recorded,
    )  # fmt: skip


def _beta_then(workspace: Workspace, before: ReportMade) -> LastReport:
    """Give what the report before said of beta: what its run of a review says."""
    review = next((run for run in _runs_of(workspace, before) if run.command == "review"), None)
    result = {} if review is None else json.loads(review.document)
    beta, mandate = result.get("beta") or {}, result.get("mandate") or {}
    return LastReport(
        number=before.seq, last=before.last, beta=beta.get("value"), stderr=beta.get("stderr"),
        status=mandate.get("status"),
    )  # fmt: skip


def _runs_of(workspace: Workspace, before: ReportMade) -> list[Run]:
    runs = []
    for number in before.runs:
        try:
            runs.append(find_run(workspace.journal, number))
        except InputError:
            continue
    return runs
