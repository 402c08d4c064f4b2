"""Commands on what a workspace wrote down: its runs, asked again; decisions; what it holds."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short
from dataclasses import dataclass
from typing import Annotated

import click

from trimtab.cli.output import Output, console, leave
from trimtab.cli.records import ACCOUNT, PLACE, Decision, Found, Listed, folder_of
from trimtab.desk.questions.fields import check, option
from trimtab.desk.questions.groups.measuring import Measuring
from trimtab.desk.questions.groups.source import Source
from trimtab.desk.questions.ledger import LedgerQuestion
from trimtab.desk.questions.values import DayValue, Switch
from trimtab.errors import UsageError

__all__ = ["decide", "holdings", "replay", "runs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfDay:
    """The day that is asked about, and how its book is written."""

    as_of: str | None = option(
        DayValue(), "Day whose end is shown, YYYY-MM-DD.", otherwise="the last with prices or facts"
    )
    csv: bool = option(Switch(), "Write the positions as comma-separated values.", default=False)

    def __post_init__(self) -> None:
        check(self)


def runs(listed: Listed, source: Annotated[Source, ACCOUNT], output: Output) -> None:
    """List the answers that a workspace gave, newest first.

    Example: trimtab runs --command review --limit 5
    """
    from trimtab.desk.books.runs import find_run, list_runs
    from trimtab.report import documents
    from trimtab.report.documents.books.runs import runs_document
    from trimtab.report.tables.books.runs import show_runs
    from trimtab.wiring.workspace import open_workspace

    journal = open_workspace(folder_of(source)).journal
    if listed.show is not None:
        click.echo(find_run(journal, listed.show).document)
        return
    kept_runs = list_runs(journal, portfolio=source.account, command=listed.command, limit=listed.limit)
    if output.json:
        click.echo(documents.dumps(runs_document(kept_runs)))
    else:
        show_runs(kept_runs, console())


def replay(run: Found, source: Annotated[Source, PLACE], output: Output) -> None:
    """Ask a run's question again, of what was known then, and say whether the answer is the same to the byte.

    Exit code 0 the same, 1 not.

    Example: trimtab replay 12
    """
    from trimtab.report import documents
    from trimtab.report.documents.books.runs import replay_document
    from trimtab.report.tables.books.runs import show_replay
    from trimtab.wiring.runs import replay as ask_again
    from trimtab.wiring.workspace import open_workspace

    replayed = ask_again(open_workspace(folder_of(source)), run.number)
    if output.json:
        click.echo(documents.dumps(replay_document(replayed)))
    else:
        show_replay(replayed, console())
    leave(0 if replayed.same else 1)


def decide(decision: Decision, source: Annotated[Source, PLACE]) -> None:
    """Write down what was decided about a plan.

    Example: trimtab decide 14 accepted --by "the investment committee" --note "sell on Monday"
    """
    from trimtab.desk.books import runs as book
    from trimtab.wiring.workspace import open_workspace

    journal = open_workspace(folder_of(source)).journal
    written = book.decide(journal, decision.number, decision.decision, by=decision.by, note=decision.note or "")
    click.echo(f"decision {written}: plan {decision.number} {decision.decision}")


def holdings(day: OfDay, source: Annotated[Source, ("workspace", "account", "known")], output: Output) -> None:
    """Show what a portfolio of the workspace holds as of a day, as it is or was known.

    Example: trimtab holdings --as-of 2022-12-28
    """
    from trimtab.desk.answers.known import demand_whole
    from trimtab.report import documents
    from trimtab.report.documents.books.runs import holdings_csv, holdings_document
    from trimtab.report.tables.books.runs import show_holdings
    from trimtab.wiring.runs import at
    from trimtab.wiring.workspace import open_workspace

    if day.csv and output.json:
        raise UsageError(expected="--csv or --json", found="both", try_next="leave one of them out")
    question = LedgerQuestion(measuring=Measuring(as_of=day.as_of))
    there = at(open_workspace(folder_of(source)), question, account=source.account, known=source.known)
    demand_whole(there.account, there.held)
    if output.json:
        click.echo(documents.dumps(holdings_document(there.account, there.as_of, there.known, there.held)))
    elif day.csv:
        click.echo(holdings_csv(there.held), nl=False)
        for note in there.held.notes:
            click.echo(f"- {note}", err=True)
    else:
        show_holdings(there.account, there.as_of, there.held, console())
