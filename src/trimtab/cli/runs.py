"""Commands on what a workspace wrote down: its runs, asked again; decisions; what it holds."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short
from typing import Annotated

import typer

from trimtab.cli import given as g
from trimtab.cli import options as o
from trimtab.cli import reading as r

__all__ = ["add_commands"]

_Number = Annotated[int, typer.Argument(help="Number of the run (see: trimtab runs).", show_default=False)]


def add_commands(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(runs)
    app.command()(replay)
    app.command()(decide)
    app.command()(holdings)


def runs(
    workspace: g.WorkspaceFolder = None,
    portfolio: g.PortfolioName = None,
    command: Annotated[str | None, typer.Option("--command", help="Only of this command: review, plan, ways.")] = None,
    limit: Annotated[int, typer.Option("--limit", help="How many, newest first.")] = 20,
    show: Annotated[int | None, typer.Option("--show", help="Print the answer of this run as it was given.")] = None,
    json: o.Json = False,
) -> None:
    """List the answers that a workspace gave, newest first.

    Example: trimtab runs --command review --limit 5
    """
    from trimtab.desk.books.runs import find_run
    from trimtab.report import documents
    from trimtab.report.documents.runs import runs_document
    from trimtab.report.tables.runs import show_runs
    from trimtab.wiring.desk import Desk

    desk = Desk(workspace)
    if show is not None:
        typer.echo(find_run(desk.workspace.journal, show).document)
        return
    found = desk.runs(portfolio=portfolio, command=command, limit=limit)
    if json:
        typer.echo(documents.dumps(runs_document(found)))
    else:
        show_runs(found, r.console())


def replay(number: _Number, workspace: g.WorkspaceFolder = None, json: o.Json = False) -> None:
    """Ask a run's question again, of what was known then, and say whether the answer is the same to the byte.

    Exit code 0 the same, 1 not.

    Example: trimtab replay 12
    """
    from trimtab.report import documents
    from trimtab.report.documents.runs import replay_document
    from trimtab.report.tables.runs import show_replay
    from trimtab.wiring.desk import Desk

    found = Desk(workspace).replay(number)
    if json:
        typer.echo(documents.dumps(replay_document(found)))
    else:
        show_replay(found, r.console())
    raise typer.Exit(0 if found.same else 1)


def decide(
    number: _Number,
    decision: Annotated[str, typer.Argument(help="accepted, rejected or done.", show_default=False)],
    by: Annotated[str, typer.Option("--by", help="Who decided.")],
    note: Annotated[str, typer.Option("--note", help="Why.")] = "",
    workspace: g.WorkspaceFolder = None,
) -> None:
    """Write down what was decided about a plan.

    Example: trimtab decide 14 accepted --by "the investment committee" --note "sell on Monday"
    """
    from trimtab.wiring.desk import Desk

    written = Desk(workspace).decide(number, decision, by=by, note=note)
    typer.echo(f"decision {written}: plan {number} {decision}")


def holdings(
    workspace: g.WorkspaceFolder = None,
    portfolio: g.PortfolioName = None,
    as_of: o.AsOf = None,
    known: g.Known = None,
    json: o.Json = False,
) -> None:
    """Show what a portfolio of the workspace holds as of a day, as it is or was known.

    Example: trimtab holdings --as-of 2022-12-28
    """
    from trimtab.report import documents
    from trimtab.report.documents.runs import holdings_document
    from trimtab.report.tables.runs import show_holdings
    from trimtab.wiring.desk import Desk

    given = Desk(workspace).given(portfolio, as_of=as_of, known=g.read_known(known))
    if json:
        typer.echo(documents.dumps(holdings_document(given.portfolio, given.as_of, given.known, given.held)))
    else:
        show_holdings(given.portfolio, given.as_of, given.held, r.console())
