"""The commands that learn and look for what beta misses: performance, stress, risk, explain."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it

from typing import Annotated

from trimtab.cli.output import Charted, Output, show_told
from trimtab.cli.records import Shown
from trimtab.desk.questions.beta import ExplainQuestion
from trimtab.desk.questions.groups.source import PRICES_ALONE, Source
from trimtab.desk.questions.performance import PerformanceQuestion
from trimtab.desk.questions.stress import RiskQuestion, StressQuestion

__all__ = ["explain", "performance", "risk", "stress"]


def performance(
    question: PerformanceQuestion, source: Annotated[Source, PRICES_ALONE], shown: Shown, output: Charted
) -> None:
    """Say what a portfolio earned apart from its beta, and whether its hedge was right: of NAV, or of the workspace.

    Of files: --nav, --flows, --base, --fx, --benchmark-returns, --transactions, --weights, --cash-flows and what is
    asked of a hedge; a workspace has its own. Of a workspace: --from and --known.

    Example: trimtab performance --prices nav.csv --prices prices.csv --nav nav --benchmark SPX --risk-free 0.02
    """
    from trimtab.desk.answers.performance import worth_of
    from trimtab.report.tables.performance import show_performance
    from trimtab.wiring.answers import answer_performance
    from trimtab.wiring.asking import ask_nav
    from trimtab.wiring.files import READER

    answered = ask_nav(question, source, answer_performance)
    worth = worth_of(question, answered.answer.result, READER)
    show_told(answered, lambda done, screen: show_performance(done, screen, worth, depth=shown.depth()), output)


def stress(question: StressQuestion, source: Source, shown: Shown, output: Charted) -> None:
    """Put today's book through past episodes and shocks, and its beta under stress.

    Example: trimtab stress --prices prices.csv --holdings book.csv --benchmark SPX --shock "drop:benchmark=-0.15"
    """
    from trimtab.report.tables.stress import show_stress
    from trimtab.wiring.answers import answer_stress
    from trimtab.wiring.asking import ask

    answered = ask(question, source, answer_stress)
    show_told(answered, lambda done, screen: show_stress(done, screen, depth=shown.depth()), output)


def risk(question: RiskQuestion, source: Source, shown: Shown, output: Charted) -> None:
    """Say what beta misses: the five things it hides most, then concentration, exits, tails, horizons, flow.

    Example: trimtab risk --prices prices.csv --holdings book.csv --benchmark SPX --role growth
    """
    from trimtab.report.tables.risk import show_risk
    from trimtab.wiring.answers import answer_risk
    from trimtab.wiring.asking import ask

    answered = ask(question, source, answer_risk)
    show_told(answered, lambda done, screen: show_risk(done, screen, depth=shown.depth()), output)


def explain(question: ExplainQuestion, source: Source, output: Output) -> None:
    """Say where a position's numbers come from: formula, inputs with age and source, steps.

    Example: trimtab explain AAPL --prices prices.csv --holdings book.csv --benchmark SPX
    """
    from trimtab.report.tables.beta import show_explanation
    from trimtab.wiring.answers import answer_explain
    from trimtab.wiring.asking import ask

    # It explains what a review says, and is not written down beside it.
    show_told(ask(question, source, answer_explain, record=False), show_explanation, output)
