"""The commands around a workspace's settings: init, config show, config check."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import click

from trimtab.cli.output import Output, console, leave
from trimtab.cli.records import PLACE, NewWorkspace, folder_of
from trimtab.desk.questions.fields import check as check_fields
from trimtab.desk.questions.fields import needed, option
from trimtab.desk.questions.groups.source import Source
from trimtab.desk.questions.values import Switch, Text
from trimtab.model.json import Json

if TYPE_CHECKING:
    from rich.console import Console

    from trimtab.cli.draw import Group
    from trimtab.config.show import ShownSetting

__all__ = ["add_commands"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origins:
    """What is said of each setting."""

    origin: bool = option(Switch(), "Say where each setting comes from.", default=False)

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewValue:
    """A setting and its value."""

    key: str = needed(
        Text("KEY", "a setting by its dotted path", "mandates.growth.band"),
        "Setting by its dotted path, as `trimtab config show` writes it: mandates.growth.band.", place=True,
    )  # fmt: skip
    value: str = needed(
        Text("VALUE", "a value as trimtab.toml writes it", "0.1"), "Value: a number, true, or words.", place=True
    )

    def __post_init__(self) -> None:
        check_fields(self)


def add_commands(app: "Group") -> None:
    """Register the commands."""
    config = app.group_of("config", "Show, check and change a workspace's settings.")
    config.draw(show)
    config.draw(check)
    config.draw(change, "set")


def init(new: NewWorkspace, output: Output) -> None:
    """Make a workspace: settings, data folder and journal.

    Example: trimtab init desk --benchmark SPX
    """
    from trimtab.config.edit import set_number
    from trimtab.config.read import FILE_NAME
    from trimtab.wiring.creating import create_workspace

    create_workspace(new.folder, sample=new.sample, benchmark=new.benchmark, base=new.base)
    made = Path(new.folder).expanduser().absolute()
    if new.sample:
        _look_back(made)
    for key, number in (("target", new.target), ("band", new.band)):
        if number is not None:
            set_number(made / FILE_NAME, ("mandates", "core"), key, number)
    if output.json:
        from trimtab.report import documents
        from trimtab.report.documents.books.workspace import InitDocument

        click.echo(documents.dumps(InitDocument(workspace=str(made), sample=new.sample)))
        return
    screen = console()
    screen.print(f"A workspace is in {made}", soft_wrap=True)
    screen.print("  trimtab.toml  settings, each explained where it stands")
    screen.print("  data/         prices")
    if new.benchmark is None and not new.sample:
        screen.print("Next: set a benchmark, a mandate and a portfolio in trimtab.toml, then run")
        screen.print(f"  trimtab config check -w {new.folder}", soft_wrap=True)
    else:
        screen.print("Next: see what is set, and where each setting comes from:")
        screen.print(f"  trimtab config show --origin -w {new.folder}", soft_wrap=True)


def _look_back(made: Path) -> None:
    """Write down the alerts of some evenings of the sample's year, unless some are there."""
    from trimtab import sample
    from trimtab.wiring.alarming import alert_history, look_back
    from trimtab.wiring.workspace import open_workspace

    workspace = open_workspace(made)
    if not alert_history(workspace, limit=1):
        look_back(workspace, (dt.datetime.fromisoformat(f"{day}T21:30+00:00") for day in sample.ALERT_DAYS))


def show(shown_with: Origins, source: Annotated[Source, PLACE], output: Output) -> None:
    """Show every setting as it is in force; secrets are hidden.

    Example: trimtab config show --origin -w desk
    """
    from trimtab.config.read import read_config
    from trimtab.config.show import config_document, shown

    config = read_config(folder_of(source))
    if output.json:
        from trimtab.report import documents

        click.echo(documents.dumps(config_document(config)))
        return
    screen = console()
    screen.print(f"{config.title}: {config.file}\n", soft_wrap=True)
    _print_settings(shown(config), screen, origin=shown_with.origin)


def check(source: Annotated[Source, PLACE], output: Output) -> None:
    """Check the settings.

    Every mistake is named with its line and what to try.

    Example: trimtab config check -w desk
    """
    from trimtab.config.mistakes import error_of
    from trimtab.config.read import FILE_NAME, find_mistakes
    from trimtab.config.show import check_document

    folder = folder_of(source)
    mistakes = find_mistakes(folder)
    if output.json:
        from trimtab.report import documents

        click.echo(documents.dumps(check_document(folder, mistakes)))
        if mistakes:
            leave(1)
    elif mistakes:
        raise error_of(mistakes)
    else:
        console().print(f"{folder / FILE_NAME}: no mistakes", soft_wrap=True)


def change(new: NewValue, source: Annotated[Source, PLACE], output: Output) -> None:
    """Set one setting in trimtab.toml.

    The whole file is checked before it is kept.

    Example: trimtab config set mandates.core.band 0.1 -w desk
    """
    from trimtab.config.change import set_setting
    from trimtab.config.read import FILE_NAME
    from trimtab.report import documents

    folder = folder_of(source)
    line = set_setting(folder, new.key, new.value)
    if output.json:
        click.echo(documents.dumps({"schema": "trimtab.config_set/1", "key": new.key, "line": line}))
    else:
        click.echo(f"{new.key} = {new.value} ({FILE_NAME}:{line})")


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


def _text(value: Json) -> str:
    if value is None or value == []:
        return "-"
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)
