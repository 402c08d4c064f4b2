"""`trimtab report`: what is known of an account, as a page, a print, a workbook or a text."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import click

from trimtab.cli.output import Output, leave
from trimtab.cli.records import folder_of
from trimtab.desk.questions.fields import check, option
from trimtab.desk.questions.groups.source import Source
from trimtab.desk.questions.report import ReportQuestion
from trimtab.desk.questions.values import Switch, Text
from trimtab.errors import UsageError

if TYPE_CHECKING:
    from trimtab.wiring.workspace import Workspace

__all__ = ["report"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """Where a report goes.

    Parameters
    ----------
    out
        The file; what it is called says which form.
    deliver
        Whether what is due is made and sent instead.
    """

    out: str | None = option(
        Text("FILE", "the path of a file that ends in .html, .pdf, .xlsx, .md or .json", "report.html"),
        "The report's file: .html, .pdf, .xlsx, .md or .json.",
        otherwise="needed, but for --json",
    )

    deliver: bool = option(
        Switch(), "Make and send what is due by [report] in trimtab.toml, in place of --out; for cron.", default=False
    )

    def __post_init__(self) -> None:
        check(self)
        if self.out is not None:
            from trimtab.wiring.reporting.forms import refuse_form

            refuse_form(self.out)


def report(
    question: ReportQuestion, papers: Papers, source: Annotated[Source, ("workspace", "account", "known")],
    output: Output,
) -> None:  # fmt: skip
    """Compose a report of an account: beta, what changed and why, what is proposed, what beta hides, what is missing.

    Every part is an answer that is written down and can be asked again; the last page names their numbers.

    With --deliver what [report] in trimtab.toml says is due is made once and sent until it is taken; run it from cron.
    Exit code 69 if something was not taken and waits.

    Example: trimtab report --period month --out report.html
    """
    from trimtab.report.shape.write import dumps
    from trimtab.wiring.reporting.compose import compose_report
    from trimtab.wiring.reporting.forms import write_form
    from trimtab.wiring.workspace import open_workspace

    if papers.deliver:
        _refuse_beside_delivery(question, papers, source)
        _deliver(open_workspace(folder_of(source)))
    if papers.out is None and not output.json:
        raise UsageError(
            expected="a file for the report (--out)", found="none", try_next="give for example --out report.html"
        )
    made = compose_report(open_workspace(folder_of(source)), question, account=source.account, known=source.known)
    if papers.out is not None:
        write_form(made.document, papers.out)
    if output.json:
        click.echo(dumps(made.document))
        return
    for absent in made.document.absent:
        click.echo(f"Not in it: {absent.part}: {absent.why}", err=True)
    runs = ", ".join(str(mark.run) for mark in made.document.made_from.runs)
    click.echo(f"Written: {papers.out}, as report {made.number} of runs {runs}.")


def _refuse_beside_delivery(question: ReportQuestion, papers: Papers, source: Source) -> None:
    """Refuse what the settings say when reports are delivered: stated beside them it would be overlooked."""
    stated = {
        "--period": question.period, "--out": papers.out, "--portfolio": source.account, "--known": source.known,
    }  # fmt: skip
    others = [name for name, value in stated.items() if value is not None]
    if others:
        raise UsageError(
            expected="--deliver alone: [report] in trimtab.toml says of what, how and to whom",
            found=f"{', '.join(others)} beside it", try_next="leave them out, or leave --deliver out",
        )  # fmt: skip


def _deliver(workspace: "Workspace") -> None:
    import datetime as dt

    from trimtab.wiring.alarming import deliver_alerts
    from trimtab.wiring.reporting.sending import ReportClerk, demand_recipients

    demand_recipients(workspace)
    queued = ReportClerk().queue(workspace, dt.datetime.now(dt.UTC))
    for one in queued:
        click.echo(f"{one.account}: {one.paper or f'not made: {one.why}'}", err=one.paper is None)
    done = deliver_alerts(workspace, now=lambda: dt.datetime.now(dt.UTC))
    for attempt in done.attempts:
        why = "" if attempt.error is None else f": {attempt.error}; it is tried again"
        click.echo(f"{attempt.message.channel}: {attempt.message.title}: {attempt.outcome}{why}")
    if not queued and not done.attempts:
        click.echo("Nothing is due.")
    if any(one.paper is None for one in queued):
        leave(1)
    leave(69 if done.outbox.pending else 0)
