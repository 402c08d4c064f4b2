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
from trimtab.desk.questions.values import Switch, Text
from trimtab.errors import StorageError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from trimtab.report.shape.write import Document
    from trimtab.wiring.answers import Told

__all__ = ["PIPE_WIDTH", "Charted", "Output", "console", "draw", "leave", "show_told", "write_text"]

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Charted(Output):
    """How a result that has charts is written.

    Parameters
    ----------
    chart
        File for a chart; what it is called says which kind.
    chart_name
        Which chart.
    """

    chart: str | None = option(
        Text("FILE", "the path of a file that ends in .svg, .png, .pdf or .html", "beta.svg"),
        "Draw a chart too: .svg, .png or .pdf; .html has all of this answer's charts.",
        otherwise="none",
    )
    chart_name: str | None = option(
        Text("NAME", "the name of a chart", "contributions"), "Which chart; a wrong name lists them.",
        otherwise="the first",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check(self)
        if self.chart is not None:
            from trimtab.wiring.shown.charts import refuse_ending

            refuse_ending(self.chart)
        elif self.chart_name is not None:
            raise UsageError(
                expected="a file for the chart (--chart) with its name (--chart-name)",
                found=f"only its name, {self.chart_name!r}", try_next="give for example --chart beta.svg",
            )  # fmt: skip


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
    if isinstance(output, Charted):
        draw(answered.answer.document, output)
    if output.json:
        click.echo(answered.answer.text)
        return
    screen = console()
    show(answered.answer.result, screen)
    for note in answered.notes:
        screen.print(f"- {note}")
    if answered.run is not None:
        screen.print(f"Written down as run {answered.run}: trimtab replay {answered.run} asks it again.")


def draw(document: "Document", output: Charted) -> None:
    """Draw a document's chart where one was asked for, and say on standard error where it is."""
    if output.chart is not None:
        from trimtab.wiring.shown.charts import write_chart

        for words in write_chart(document, output.chart, output.chart_name):
            click.echo(words, err=True)


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
