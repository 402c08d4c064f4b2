"""The league at the terminal: progress on stderr, the result on stdout."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from trimtab.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from trimtab.beta.validation.league import League, Report

__all__ = ["read_horizons", "run_league"]


def run_league(hold: "Callable[[Report], League]", *, console: "Console", json: bool) -> int:
    """Hold the league with a progress bar, write its result, and give the exit code.

    Parameters
    ----------
    hold
        Holds the league; takes the progress callback.
    console
        Where the tables go.
    json
        Write a document in place of tables.

    Returns
    -------
    0, or 4 if nothing could be judged.
    """
    from trimtab.report import documents
    from trimtab.report.documents.beta import league_document
    from trimtab.report.tables.league import show_league

    with _progress() as report:
        league = hold(report)
    if json:
        sys.stdout.write(documents.dumps(league_document(league)) + "\n")
    else:
        show_league(league, console)
    return 0 if league.scores else 4


def read_horizons(text: str) -> tuple[int, ...]:
    """Read horizons in trading days.

    Examples
    --------
    >>> read_horizons("21, 63")
    (21, 63)
    """
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise InputError(
            expected="horizons in trading days, separated by commas", found=f"{text!r}", try_next="--horizons 21,63,252"
        ) from None


@contextmanager
def _progress() -> "Iterator[Report]":
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<32}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("judging estimators", total=None)

        def report(done: int, total: int, what: str) -> None:
            bar.update(task, completed=done, total=total, description=what)

        yield report
