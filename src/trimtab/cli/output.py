"""Where results go: standard output, as tables or as JSON."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from trimtab.desk.questions.fields import check, option
from trimtab.desk.questions.values import Switch
from trimtab.errors import StorageError

if TYPE_CHECKING:
    from rich.console import Console

    from trimtab.wiring.answers import Told

__all__ = ["PIPE_WIDTH", "Output", "console", "leave", "show_told", "write_text"]

R = TypeVar("R")
#: Columns of tables that go into a pipe or a file, unless COLUMNS says otherwise.
PIPE_WIDTH = 140


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """How a result is written.

    Parameters
    ----------
    json
        As JSON in place of tables.
    """

    json: bool = option(Switch(), "Write the result as JSON.", default=False)

    def __post_init__(self) -> None:
        check(self)


def console() -> "Console":
    """Give where tables go: the one place that prints, which shows every name as it is written."""
    from trimtab.report.tables.sheet import Screen

    # A pipe has no width: COLUMNS says it, else tables get one that fits them, for rich's 80 would cut numbers.
    # Brackets and colons in a name are no style and no picture.
    stated = os.environ.get("COLUMNS", "").isdecimal() and int(os.environ["COLUMNS"]) > 0
    width = None if sys.stdout.isatty() or stated else PIPE_WIDTH
    return Screen(width=width, highlight=False, markup=False, emoji=False)


def show_told(answered: "Told[R]", show: "Callable[[R, Console], None]", output: Output) -> None:
    """Write an answer: its document, or its tables with what was decided about the holdings and the run's number."""
    if output.json:
        click.echo(answered.answer.text)
        return
    screen = console()
    show(answered.answer.result, screen)
    for note in answered.notes:
        screen.print(f"- {note}")
    if answered.run is not None:
        screen.print(f"Written down as run {answered.run}: trimtab replay {answered.run} asks it again.")


def leave(code: int) -> None:
    """End the command with an exit code."""
    raise click.exceptions.Exit(code)


def write_text(path: str, text: str) -> None:
    """Write a file that an option names.

    Raises
    ------
    StorageError
        If it cannot be written.
    """
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise StorageError(
            expected=f"to write {path}", found=str(error.strerror or error), try_next="choose another path"
        ) from error
