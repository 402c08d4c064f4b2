"""`trimtab beta`: betas of assets, how far they can be trusted, and the league of methods."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import click

from trimtab.cli.output import Output, console, leave
from trimtab.desk.questions.beta import BetaQuestion, DiagnosisQuestion, LeagueQuestion
from trimtab.desk.questions.fields import check, option
from trimtab.desk.questions.source import FILES_ALONE, Source
from trimtab.desk.questions.values import Switch

if TYPE_CHECKING:
    from trimtab.beta.validation.league import Report

__all__ = ["Judged", "beta", "league"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What is said of betas beside their values.

    Parameters
    ----------
    diagnose
        How far each can be trusted, in place of the values.
    """

    diagnose: bool = option(Switch(), "Say how far each beta can be trusted.", default=False)

    def __post_init__(self) -> None:
        check(self)


def beta(question: BetaQuestion, judged: Judged, source: Annotated[Source, FILES_ALONE], output: Output) -> None:
    """Measure the beta of each asset in price files; `trimtab league` judges methods out of sample on them.

    Exit code 0, 4 if nothing could be measured.

    Example: trimtab beta --prices prices.csv --benchmark SPY --method ols --window 252
    """
    from trimtab.desk.answers.betas import betas_of, diagnosis_of
    from trimtab.report.documents import dumps
    from trimtab.report.documents.beta import beta_document, diagnosis_document
    from trimtab.report.tables.beta import show_beta, show_diagnosis
    from trimtab.wiring.asking import prices_of
    from trimtab.wiring.files import open_prices

    inputs = open_prices(prices_of(source), question.measuring)
    if judged.diagnose:
        doubts = DiagnosisQuestion(mandate=question.mandate, measuring=question.measuring)
        found = diagnosis_of(doubts, inputs)
        benchmark = question.mandate.benchmark or ""
        if output.json:
            click.echo(dumps(diagnosis_document(benchmark, found)))
        else:
            show_diagnosis(benchmark, found, console())
        return
    measured = betas_of(question, inputs)
    if output.json:
        click.echo(dumps(beta_document(measured)))
    else:
        show_beta(measured, console())
    leave(4 if all(e.value is None for e in measured.betas.estimates) else 0)


def league(question: LeagueQuestion, source: Annotated[Source, FILES_ALONE], output: Output) -> None:
    """Judge methods out of sample on your own prices: forecasts from past data, against the betas that came.

    Exit code 0, 4 if nothing could be judged.

    Example: trimtab league --prices prices.csv --benchmark SPY --methods ols,welch --horizons 21,252
    """
    from trimtab.desk.answers.betas import league_of
    from trimtab.report.documents import dumps
    from trimtab.report.documents.beta import league_document
    from trimtab.report.tables.league import show_league
    from trimtab.wiring.asking import prices_of
    from trimtab.wiring.files import open_prices

    inputs = open_prices(prices_of(source), question.measuring)
    with _progress() as report:
        held = league_of(question, inputs, report)
    if output.json:
        click.echo(dumps(league_document(held)))
    else:
        show_league(held, console())
    leave(0 if held.scores else 4)


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
