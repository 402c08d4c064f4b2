"""`trimtab drift`: why beta changed, and where it is going."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it

from trimtab.cli.output import Charted, show_told
from trimtab.cli.records import Shown
from trimtab.desk.questions.drift import DriftQuestion
from trimtab.desk.questions.groups.source import Source

__all__ = ["drift"]


def drift(question: DriftQuestion, source: Source, shown: Shown, output: Charted) -> None:
    """Say why a portfolio's beta changed, by cause and by position, and where it is going: of files or the workspace.

    Example: trimtab drift --prices prices.csv --holdings book.csv --benchmark SPX --from 2022-01-03 --to 2022-12-28
    """
    from trimtab.report.tables.drift import show_drift
    from trimtab.wiring.answers import answer_drift
    from trimtab.wiring.asking import ask

    if source.of_files and question.needs_two_days:
        question.days()  # what is missing is said before a file is read
    answered = ask(question, source, answer_drift)
    show_told(
        answered,
        lambda done, screen: show_drift(
            done.chain, screen, ahead=done.ahead, depth=shown.depth(), projected=question.ahead.project
        ),
        output,
    )
