"""`trimtab report`: what is known of an account, as a page, a print, a workbook or a text."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
from dataclasses import dataclass
from typing import Annotated

import click

from trimtab.cli.output import Output
from trimtab.cli.records import folder_of
from trimtab.desk.questions.fields import check, option
from trimtab.desk.questions.groups.source import Source
from trimtab.desk.questions.report import ReportQuestion
from trimtab.desk.questions.values import Text
from trimtab.errors import UsageError

__all__ = ["report"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """Where a report goes.

    Parameters
    ----------
    out
        The file; what it is called says which form.
    """

    out: str | None = option(
        Text("FILE", "the path of a file that ends in .html, .pdf, .xlsx, .md or .json", "report.html"),
        "The report's file: .html, .pdf, .xlsx, .md or .json.",
        otherwise="needed, but for --json",
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

    Example: trimtab report --period month --out report.html
    """
    from trimtab.report.shape.write import dumps
    from trimtab.wiring.reporting.compose import compose_report
    from trimtab.wiring.reporting.forms import write_form
    from trimtab.wiring.workspace import open_workspace

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
