"""`trimtab review`: on files, or in a workspace."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
from trimtab.cli.output import Output, leave, show_told
from trimtab.desk.questions.groups.source import Source
from trimtab.desk.questions.review import ReviewQuestion

__all__ = ["review"]


def review(question: ReviewQuestion, source: Source, output: Output) -> None:
    """Measure a portfolio and compare it with its mandate: of files, or of the workspace.

    Exit code 0 inside, 3 outside, 4 undecided.

    Example: trimtab review --prices prices.csv --holdings book.csv --benchmark SPX --target 1.0 --band 0.05
    """
    from trimtab.report.tables.review import show_review
    from trimtab.wiring.answers import answer_review
    from trimtab.wiring.asking import ask

    answered = ask(question, source, answer_review)
    show_told(answered, show_review, output)
    leave({"outside": 3, "undecided": 4}.get(answered.answer.result.verdict.status.value, 0))
