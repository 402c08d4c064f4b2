"""A page for every question: what the terminal shows, as tables of HTML, and its charts."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from markupsafe import Markup
from rich.console import Console

from trimtab.report.shown.brief import brief_of
from trimtab.report.tables.beta import show_beta, show_diagnosis
from trimtab.report.tables.books.ledger import show_ledger
from trimtab.report.tables.drift import show_drift
from trimtab.report.tables.hedge_policy import show_hedge_policy
from trimtab.report.tables.league import show_league
from trimtab.report.tables.performance import show_performance
from trimtab.report.tables.plan import show_plan, show_targets
from trimtab.report.tables.risk import show_risk
from trimtab.report.tables.stress import show_stress
from trimtab.report.tables.trading.backtest import show_backtest
from trimtab.report.tables.trading.roll import show_rolls
from trimtab.report.tables.ways import show_ways
from trimtab.web.asking import Asked, pages_of
from trimtab.web.overview import PAGES, drawn_of
from trimtab.web.paper import Paper

__all__ = ["SHOWS", "answered_page"]


def _drift(drifted: Any, screen: Console) -> None:
    show_drift(drifted.chain, screen, ahead=drifted.ahead, projected=False)


def _diagnosis(diagnosed: Any, screen: Console) -> None:
    show_diagnosis(diagnosed.benchmark, diagnosed.assets, screen)


#: What shows each on a terminal.
SHOWS: Final[Mapping[str, Callable[[Any, Console], None]]] = MappingProxyType(
    {
        "plan": show_plan, "ways": show_ways, "targets": show_targets, "stress": show_stress, "risk": show_risk,
        "drift": _drift, "performance": show_performance, "hedge-policy": show_hedge_policy, "ledger": show_ledger,
        "roll": show_rolls, "beta": show_beta, "diagnosis": _diagnosis, "backtest": show_backtest,
        "league": show_league,
    }
)  # fmt: skip


def answered_page(name: str, asked: Asked) -> str:
    """Write the page of an answer.

    Parameters
    ----------
    name
        Of the question.
    asked
        The answer and what it was answered from.
    """
    paper = Paper()
    SHOWS[name](asked.result, paper)
    return PAGES.get_template("answered.html").render(
        name=name, title=brief_of(asked.document).title, notes=asked.notes, journal=asked.journal,
        shown=Markup(paper.html),  # noqa: S704 - the paper escapes its words
        charts=drawn_of(asked.document), questions=pages_of(), beside=f"/{name}.json{asked.which}",
        which=asked.which,
    )  # fmt: skip
