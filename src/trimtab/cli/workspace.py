"""The commands around a workspace's settings: init, config show, config check."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trimtab.cli import options as o
from trimtab.cli import reading as r

if TYPE_CHECKING:
    from rich.console import Console

    from trimtab.config.show import ShownSetting

__all__ = ["Workspace", "add_commands"]

Workspace = Annotated[
    Path | None,
    typer.Option(
        "--workspace", "-w", help="Folder of the workspace; else TRIMTAB_WORKSPACE, else this folder or one above."
    ),
]


def add_commands(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(init)
    config = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Show and check a workspace's settings.")
    config.command()(show)
    config.command()(check)
    app.add_typer(config, name="config")


def init(
    folder: Annotated[Path, typer.Argument(help="Folder of the new workspace.", show_default=False)],
    sample: Annotated[
        bool, typer.Option("--sample", help="Set it for the bundled sample, with its prices and holdings.")
    ] = False,
    benchmark: Annotated[
        str | None, typer.Option("--benchmark", "-b", help="Symbol of the benchmark in the prices.")
    ] = None,
    base: o.Base = "USD",
    json: o.Json = False,
) -> None:
    """Make a workspace: settings, data folder and journal.

    Example: trimtab init desk --benchmark SPX
    """
    from trimtab.wiring.creating import create_workspace

    create_workspace(folder, sample=sample, benchmark=benchmark, base=base)
    made = folder.expanduser().absolute()
    if json:
        from trimtab.report import documents
        from trimtab.report.documents.workspace import InitDocument

        typer.echo(documents.dumps(InitDocument(workspace=str(made), sample=sample)))
        return
    console = r.console()
    console.print(f"A workspace is in {made}", soft_wrap=True)
    console.print("  trimtab.toml  settings, each explained where it stands")
    console.print("  data/         prices")
    if benchmark is None and not sample:
        console.print("Next: set a benchmark, a mandate and a portfolio in trimtab.toml, then run")
        console.print(f"  trimtab config check -w {folder}", soft_wrap=True)
    else:
        console.print("Next: see what is set, and where each setting comes from:")
        console.print(f"  trimtab config show --origin -w {folder}", soft_wrap=True)


def show(
    workspace: Workspace = None,
    origin: Annotated[bool, typer.Option("--origin", help="Say where each setting comes from.")] = False,
    json: o.Json = False,
) -> None:
    """Show every setting as it is in force; secrets are hidden.

    Example: trimtab config show --origin -w desk
    """
    from trimtab.config.find import find_workspace
    from trimtab.config.read import read_config
    from trimtab.config.show import config_document, shown

    config = read_config(find_workspace(workspace))
    if json:
        from trimtab.report import documents

        typer.echo(documents.dumps(config_document(config)))
        return
    console = r.console()
    console.print(f"{config.title}: {config.file}\n", soft_wrap=True)
    _print_settings(shown(config), console, origin=origin)


def check(workspace: Workspace = None, json: o.Json = False) -> None:
    """Check the settings, and name every mistake with its line and what to try.

    Example: trimtab config check -w desk
    """
    from trimtab.config.find import find_workspace
    from trimtab.config.mistakes import error_of
    from trimtab.config.read import FILE_NAME, find_mistakes
    from trimtab.config.show import check_document

    folder = find_workspace(workspace)
    mistakes = find_mistakes(folder)
    if json:
        from trimtab.report import documents

        typer.echo(documents.dumps(check_document(folder, mistakes)))
        if mistakes:
            raise typer.Exit(1)
    elif mistakes:
        raise error_of(mistakes)
    else:
        r.console().print(f"{folder / FILE_NAME}: no mistakes", soft_wrap=True)


def _print_settings(settings: "tuple[ShownSetting, ...]", console: "Console", *, origin: bool) -> None:
    """Print one table, a section under the other, what was set brighter than defaults."""
    from rich.table import Table
    from rich.text import Text

    from trimtab.config.origin import OriginKind

    table = Table(box=None, pad_edge=False, show_header=origin)
    table.add_column("setting", no_wrap=True)
    table.add_column("value", overflow="fold")
    if origin:
        table.add_column("from", no_wrap=True)
    section = ""
    for setting in settings:
        if setting.section != section:
            if section:
                table.add_row()
            section = setting.section
            table.add_row(Text(f"[{section}]", style="bold"))
        style = "dim" if setting.origin.kind is OriginKind.DEFAULT else ""
        row = [Text(f"  {setting.key}"), Text(_text(setting.value))]
        table.add_row(*row, *([Text(str(setting.origin))] if origin else []), style=style)
    console.print(table)


def _text(value: Any) -> str:
    if value is None or value == []:
        return "-"
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)
