"""The command that takes files into a workspace."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
import sys
from pathlib import Path
from typing import Annotated

import click

from trimtab.cli.output import Output, console, leave
from trimtab.cli.records import ACCOUNT, PLACE, ImportFiles, Reading, Services, folder_of
from trimtab.desk.questions.groups.source import Source
from trimtab.errors import printable

__all__ = ["fetch", "formats", "import_command"]


def import_command(taken: ImportFiles, reading: Reading, source: Annotated[Source, ACCOUNT], output: Output) -> None:
    """Take holdings, transactions, prices and corporate actions into a workspace; nothing is kept twice.

    Example: trimtab import prices.csv --workspace desk --dry-run
    """
    from trimtab.desk.books.intake import Outcome
    from trimtab.feeds.intake.files import Reading as FileReading
    from trimtab.feeds.statements.doorway import Hints
    from trimtab.report import documents
    from trimtab.report.documents.books.intake import imports_document
    from trimtab.report.tables.books.intake import show_imports
    from trimtab.wiring.importing import import_files
    from trimtab.wiring.workspace import open_workspace

    imports = import_files(
        [_standard_input() if str(file) == "-" else Path(str(file)) for file in taken.files],
        workspace=open_workspace(folder_of(source)), kind=taken.kind,
        portfolio=source.account, as_of=taken.as_of, base=taken.base, source=taken.source or "", accept=taken.yes,
        dry_run=taken.dry_run, restate=taken.restate, progress=_say,
        reading=FileReading(
            symbol=reading.symbol, adjusted=reading.adjusted, currency=reading.currency,
            date_format=reading.date_format, decimal=reading.decimal, delimiter=reading.delimiter,
            keep_rest=reading.keep_rest,
            hints=Hints(mapping=reading.mapping or "", sheet=reading.sheet or ""),
        ),
    )  # fmt: skip
    if output.json:
        click.echo(documents.dumps(imports_document(imports)))
    else:
        show_imports(imports, console())
    failed = next((one.error for one in imports if one.error is not None), None)
    if failed is not None:
        leave(failed.exit_code)
    if any(one.outcome in {Outcome.NEW_FORMAT, Outcome.DOUBTFUL} for one in imports):
        # Asked to keep it and did not: a script should notice.
        leave(1)


def fetch(asked: Services, source: Annotated[Source, PLACE], output: Output) -> None:
    """Ask services of trimtab.toml for prices and positions, and take their answers in as files are.

    An answer is shown before it is kept for the first time, where it is odd, and where it says of a known day what was
    not said before.

    Example: trimtab fetch coins -w desk --dry-run
    """
    import datetime as dt

    from trimtab.desk.books.intake import Outcome
    from trimtab.report import documents
    from trimtab.report.documents.books.intake import fetched_document
    from trimtab.report.tables.books.intake import show_fetched
    from trimtab.wiring.fetching import fetch_all
    from trimtab.wiring.workspace import open_workspace

    fetched = fetch_all(
        open_workspace(folder_of(source)), asked.names, clock=lambda: dt.datetime.now(dt.UTC), accept=asked.yes,
        dry_run=asked.dry_run, restate=asked.restate, again=asked.again,
    )  # fmt: skip
    if output.json:
        click.echo(documents.dumps(fetched_document(fetched)))
    else:
        show_fetched(fetched, console())
    failed = next((one.imported.error for one in fetched if one.imported.error is not None), None)
    if failed is not None:
        leave(failed.exit_code)
    if any(one.imported.outcome in {Outcome.NEW_FORMAT, Outcome.DOUBTFUL} for one in fetched):
        leave(1)


def formats(output: Output) -> None:
    """List the statements that import and --holdings read, and the services that fetch asks.

    Example: trimtab formats
    """
    from trimtab.feeds.statements.known import formats_read
    from trimtab.feeds.venues.known import services_read
    from trimtab.report import documents
    from trimtab.report.documents.books.formats import formats_document
    from trimtab.report.tables.books.formats import show_formats

    formats = (*formats_read(), *services_read())
    if output.json:
        click.echo(documents.dumps(formats_document(formats)))
    else:
        show_formats(formats, console())


def _say(path: Path) -> None:
    click.echo(f"reading {printable(path.name)}", err=True)


def _standard_input() -> bytes:
    return sys.stdin.buffer.read()
