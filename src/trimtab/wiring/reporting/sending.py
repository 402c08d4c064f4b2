"""Reports that are due: made once, laid into the outbox, and sent from there until they are taken."""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

from trimtab.config.measures.report import ReportSettings
from trimtab.config.settings import WEEKDAYS
from trimtab.desk.questions.report import ReportQuestion
from trimtab.desk.watch.outbox import Message, Outbox, message_fact, message_key, read_outbox
from trimtab.desk.watch.reporting import due_moment
from trimtab.errors import StorageError, TrimtabError, UsageError
from trimtab.monitor.alerts.quiet import Severity
from trimtab.report.documents.composed.report import ReportDocument
from trimtab.report.pages.front import front_page
from trimtab.wiring.reporting.compose import compose_report
from trimtab.wiring.reporting.forms import write_form
from trimtab.wiring.workspace import Workspace

__all__ = ["Queued", "ReportClerk", "demand_recipients"]

_REPORT = "report"
#: What could not be made is not tried at every look.
_PAUSE = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """A report that was due.

    Parameters
    ----------
    account, moment
        Whose, and when it was due.
    paper
        The file; None where it could not be made.
    why
        Why it could not be made; empty where it was.
    """

    account: str
    moment: dt.datetime
    paper: Path | None
    why: str = ""


def demand_recipients(workspace: Workspace) -> None:
    """Refuse to deliver where the settings name nobody.

    Raises
    ------
    UsageError
        If there are no recipients.
    """
    if not workspace.config.report.recipients:
        raise UsageError(
            expected="recipients under [report] in trimtab.toml: channels of [alerts.channels]", found="none",
            try_next='set for example recipients = ["committee"], with [alerts.channels.committee] kind = "email"',
        )  # fmt: skip


@dataclass(slots=True, kw_only=True)
class ReportClerk:
    """Makes what is due and lays it into the outbox; remembers what it saw, so that looking again costs little."""

    outbox: Outbox = field(default_factory=Outbox)
    paused: dict[str, dt.datetime] = field(default_factory=dict)

    def queue(self, workspace: Workspace, now: dt.datetime) -> tuple[Queued, ...]:
        """Make the reports that are due and in no outbox yet; whatever goes wrong with one leaves the others.

        Parameters
        ----------
        workspace
            Whose settings say of which accounts, when, and to whom.
        now
            The moment, with its zone.
        """
        terms = workspace.config.report
        if not terms.recipients:
            return ()
        moment = due_moment(now, terms.period, WEEKDAYS.index(terms.weekday), terms.time, terms.time_zone)
        made = [
            self._one(workspace, terms, account, moment, now)
            for account in terms.portfolios or tuple(workspace.config.portfolios)
        ]
        return tuple(one for one in made if one is not None)

    def _one(
        self, workspace: Workspace, terms: ReportSettings, account: str, moment: dt.datetime, now: dt.datetime
    ) -> Queued | None:
        if now < self.paused.get(account, now) or not self._wanting(workspace, terms, account, moment):
            return None
        try:
            document = compose_report(workspace, ReportQuestion(period=terms.period), account=account).document
            paper = _file_of(workspace, terms, document)
            write_form(document, paper)
        except TrimtabError as error:
            self.paused[account] = now + _PAUSE
            return Queued(account=account, moment=moment, paper=None, why=str(error))
        with workspace.journal.writing():
            # Another process may have been quicker: what is in the outbox by now is not laid there again.
            channels = self._wanting(workspace, terms, account, moment)
            messages = [_message(document, channel, moment, now, paper) for channel in channels]
            if messages:
                workspace.journal.append([message_fact(message) for message in messages])
        return Queued(account=account, moment=moment, paper=paper)

    def _wanting(
        self, workspace: Workspace, terms: ReportSettings, account: str, moment: dt.datetime
    ) -> tuple[str, ...]:
        """Name the recipients for whom the report of a moment was never laid into the outbox."""
        self.outbox = read_outbox(workspace.journal, self.outbox)
        there = self.outbox.pending.keys() | self.outbox.done
        return tuple(c for c in terms.recipients if _key_of(account, moment, c) not in there)


def _key_of(account: str, moment: dt.datetime, channel: str) -> str:
    return message_key(_REPORT, account, moment.astimezone(dt.UTC).isoformat(), channel)


def _file_of(workspace: Workspace, terms: ReportSettings, document: ReportDocument) -> Path:
    folder = terms.folder or workspace.folder / "reports"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            expected=f"to make the folder {folder}", found=str(error.strerror or error),
            try_next="set another folder under [report]",
        ) from error  # fmt: skip
    return folder / f"{document.account}-{document.period.last}.{terms.form}"


def _message(document: ReportDocument, channel: str, moment: dt.datetime, now: dt.datetime, paper: Path) -> Message:
    """Write what a channel is sent: the first page in words, and where the file is."""
    front = front_page(document)
    answers = "\n\n".join(f"{fact.label}\n{' '.join(fact.sentences)}" for fact in front.answers)
    return Message(
        key=_key_of(document.account, moment, channel), channel=channel, portfolio=document.account, rule=_REPORT,
        trigger=moment.isoformat(), event=_REPORT, severity=Severity.INFO, at=now,
        title=f"{document.title}: beta {front.beta} {front.error}, {front.verdict} ({document.period.last})",
        text=f"{front.sentence}\n\n{answers}\n\nThe report: {paper}",
        paper=str(paper),
    )  # fmt: skip
