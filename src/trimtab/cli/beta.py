"""`trimtab beta`: betas of assets, how far they can be trusted, and the league of methods."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from trimtab.cli.output import Charted, leave, show_told
from trimtab.desk.questions.beta import BetaQuestion, DiagnosisQuestion, LeagueQuestion
from trimtab.desk.questions.fields import check, option, refuse_uncounted
from trimtab.desk.questions.groups.source import PRICES_ALONE, Source
from trimtab.desk.questions.values import Switch
from trimtab.progress import report_of

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


def beta(question: BetaQuestion, judged: Judged, source: Annotated[Source, PRICES_ALONE], output: Charted) -> None:
    """Measure the beta of each asset: of files of prices, or of the workspace; `trimtab league` judges methods on them.

    Exit code 0, 4 if nothing could be measured.

    Example: trimtab beta --prices prices.csv --benchmark SPY --method ols --window 252
    """
    from trimtab.report.tables.beta import show_beta, show_diagnosis
    from trimtab.wiring.answers import answer_beta, answer_diagnosis
    from trimtab.wiring.asking import ask_prices

    if judged.diagnose:
        doubts = DiagnosisQuestion(mandate=question.mandate, measuring=question.measuring)
        refuse_uncounted(doubts)
        show_told(
            ask_prices(doubts, source, answer_diagnosis),
            lambda diagnosis, screen: show_diagnosis(diagnosis.benchmark, diagnosis.assets, screen), output,
        )  # fmt: skip
        return
    answered = ask_prices(question, source, answer_beta)
    show_told(answered, show_beta, output)
    leave(4 if all(e.value is None for e in answered.answer.result.betas.estimates) else 0)


def league(question: LeagueQuestion, source: Annotated[Source, PRICES_ALONE], output: Charted) -> None:
    """Judge methods out of sample on your own prices: forecasts from past data, against the betas that came.

    Exit code 0, 4 if nothing could be judged.

    Example: trimtab league --prices prices.csv --benchmark SPY --methods ols,welch --horizons 21,252
    """
    from trimtab.report.tables.league import show_league
    from trimtab.wiring.answers import answer_league
    from trimtab.wiring.asking import ask_prices

    with report_of("judging estimators") as report:
        answered = ask_prices(question, source, partial(answer_league, progress=report))
    show_told(answered, show_league, output)
    leave(0 if answered.answer.result.scores else 4)
