"""`trimtab ledger`: what happened to an account, as a table, as values, as a document, and for beancount."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
from dataclasses import dataclass, replace
from typing import Annotated

import click

from trimtab.cli.output import Output, show_told, write_text
from trimtab.desk.questions.fields import check, option
from trimtab.desk.questions.groups.source import Source
from trimtab.desk.questions.ledger import LedgerQuestion
from trimtab.desk.questions.values import Switch, Text
from trimtab.errors import UsageError

__all__ = ["Written", "ledger"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Other forms that a ledger is written in.

    Parameters
    ----------
    csv
        As comma-separated values in place of tables.
    beancount
        A file for beancount, from the first fact on.
    """

    csv: bool = option(Switch(), "Write the rows as comma-separated values.", default=False)
    beancount: str | None = option(
        Text("FILE", "the path of a file", "book.beancount"),
        "Write everything up to the last day for beancount as well, for bean-check to check.", otherwise="none",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check(self)


def ledger(
    question: LedgerQuestion,
    written: Written,
    source: Annotated[Source, ("workspace", "account", "known")],
    output: Output,
) -> None:
    """Say what happened to an account, fact by fact, and how its net asset value came to change.

    Example: trimtab ledger --from 2024-01-01 --to 2024-03-31 --symbol VOD
    """
    from trimtab.ledger.beancount import beancount_text
    from trimtab.report.documents.books.ledger import ledger_csv
    from trimtab.report.tables.books.ledger import show_ledger
    from trimtab.wiring.answers import answer_ledger
    from trimtab.wiring.asking import ask

    if written.csv and output.json:
        raise UsageError(expected="--csv or --json", found="both", try_next="leave one of them out")
    answered = ask(question, source, answer_ledger)
    extract = answered.answer.result
    if written.beancount is not None:
        write_text(written.beancount, beancount_text(extract.entries, extract.book))
        click.echo(f"written for beancount: {written.beancount}", err=True)
    if written.csv:
        click.echo(ledger_csv(extract), nl=False)
        for doubt in (f for f in extract.findings if f.leaves_open):
            click.echo(f"- {doubt}", err=True)
        return
    # The tables say it with day and file already.
    again = {*extract.notes, *(n for n in answered.notes for f in extract.findings if n.endswith(f.detail))}
    show_told(replace(answered, notes=tuple(n for n in answered.notes if n not in again)), show_ledger, output)
