"""`trimtab demo` and `trimtab doctor`: whether it works here."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
from dataclasses import dataclass

import click

from trimtab.cli.output import Output, console, leave
from trimtab.desk.questions.fields import check, option
from trimtab.desk.questions.values import Switch

__all__ = ["Ahead", "demo", "doctor"]


def demo(output: Output) -> None:
    """Do the main job on the bundled sample: measure, compare, plan, measure again.

    Example: trimtab demo
    """
    from trimtab import sample
    from trimtab.desk.answers.plan import plan_of
    from trimtab.desk.answers.review import review_of
    from trimtab.desk.questions.fields import usual
    from trimtab.desk.questions.groups.mandate import MandateTerms
    from trimtab.desk.questions.groups.measuring import Measuring
    from trimtab.desk.questions.plan import PlanQuestion
    from trimtab.desk.questions.review import ReviewQuestion
    from trimtab.report import documents
    from trimtab.report.tables.demo import show_demo
    from trimtab.wiring.files import open_inputs

    mandate, measuring = MandateTerms(benchmark=sample.BENCHMARK), Measuring(base=sample.BASE_CURRENCY)
    question = usual(ReviewQuestion(mandate=mandate, measuring=measuring))
    prices = [sample.prices_path(), sample.futures_path()]
    inputs = open_inputs(prices, sample.portfolio_path(), question.measuring, question.instruments)
    reviewed = review_of(question, inputs)
    planned = plan_of(usual(PlanQuestion(mandate=mandate, measuring=measuring, hedge=("ES", "MES"))), inputs)
    if output.json:
        click.echo(documents.dumps(documents.demo_document(reviewed, planned)))
    else:
        show_demo(reviewed, planned, console())


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What is done beside the look.

    Parameters
    ----------
    compile
        Compile now what commands would compile at their first use.
    """

    compile: bool = option(Switch(), "Compile now what commands would compile at their first use.", default=False)

    def __post_init__(self) -> None:
        check(self)


def doctor(ahead: Ahead, output: Output) -> None:
    """Check this installation: versions, extras, SQLite, permissions, the bundled sample.

    With --compile it uses the main commands on the sample first, so that their first real use does not wait.

    Example: trimtab doctor --compile
    """
    from trimtab.cli.doctor import compiled_ahead, examine, findings_document, show_findings
    from trimtab.report import documents

    findings = (*examine(), *(compiled_ahead() if ahead.compile else ()))
    if output.json:
        click.echo(documents.dumps(findings_document(findings)))
    else:
        show_findings(findings, console())
    leave(1 if any(f.level == "error" for f in findings) else 0)
