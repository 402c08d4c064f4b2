"""The command that takes files into a workspace."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trimtab.cli import options as o
from trimtab.cli import reading as r
from trimtab.cli.workspace import Workspace

if TYPE_CHECKING:
    pass

__all__ = ["add_commands"]


def add_commands(app: typer.Typer) -> None:
    """Register the command."""
    app.command("import")(import_command)


def import_command(
    files: Annotated[
        list[Path], typer.Argument(help="Prices, holdings, transactions or actions (CSV, Parquet).", show_default=False)
    ],
    workspace: Workspace = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help="prices, holdings, transactions or actions; else by the columns.")
    ] = None,
    portfolio: Annotated[
        str | None, typer.Option("--portfolio", "-p", help="Whose holdings or transactions; the default portfolio's.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="Day of holdings that do not say it, YYYY-MM-DD.")
    ] = None,
    base: Annotated[str | None, typer.Option("--base", help="Base currency of holdings; the portfolio's.")] = None,
    source: Annotated[
        str, typer.Option("--source", help="Where the files come from; formats are remembered for each source.")
    ] = "",
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Keep it, also if the format is new or something is odd.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be kept, and keep nothing.")] = False,
    restate: Annotated[
        bool, typer.Option("--restate", help="This file is right, even where it was corrected since.")
    ] = False,
    symbol: Annotated[str | None, typer.Option("--symbol", help="Symbol of a price history that has none.")] = None,
    adjusted: Annotated[
        bool, typer.Option("--adjusted", help="Prices are adjusted, though no header says so.")
    ] = False,
    currency: Annotated[str | None, typer.Option("--currency", help="Currency of prices that do not say it.")] = None,
    date_format: Annotated[str | None, typer.Option("--date-format", help="Such as DD/MM/YYYY.")] = None,
    decimal: Annotated[str | None, typer.Option("--decimal", help="Decimal sign: . or ,")] = None,
    delimiter: Annotated[str | None, typer.Option("--delimiter", help="Sign between fields.")] = None,
    json: o.Json = False,
) -> None:
    """Take holdings, transactions, prices and corporate actions into a workspace; nothing is kept twice.

    Example: trimtab import prices.csv --workspace desk --dry-run
    """
    from trimtab.desk.books.intake import Outcome
    from trimtab.report import documents
    from trimtab.report.documents.intake import imports_document
    from trimtab.report.tables.intake import show_imports
    from trimtab.wiring.importing import import_files
    from trimtab.wiring.workspace import open_workspace

    opened = open_workspace(workspace)
    found = import_files(
        files,
        workspace=opened,
        kind=kind,
        portfolio=portfolio,
        as_of=as_of,
        base=base,
        source=source,
        accept=yes,
        dry_run=dry_run,
        restate=restate,
        progress=_say if len(files) > 1 else None,
        symbol=symbol,
        adjusted=adjusted,
        currency=currency,
        date_format=date_format,
        decimal=decimal,
        delimiter=delimiter,
    )
    if json:
        typer.echo(documents.dumps(imports_document(found)))
    else:
        show_imports(found, r.console())
    failed = next((one.error for one in found if one.error is not None), None)
    if failed is not None:
        raise typer.Exit(failed.exit_code)
    if any(one.outcome in {Outcome.NEW_FORMAT, Outcome.DOUBTFUL} for one in found):
        # Asked to keep it and did not: a script should notice.
        raise typer.Exit(1)


def _say(path: Path) -> None:
    typer.echo(f"reading {path.name}", err=True)
