"""Answers about what beta does not say: storms of the past, shocks, and the risks beside beta."""

from trimtab.desk.answers.inputs import Inputs
from trimtab.desk.answers.settled import settle
from trimtab.desk.ask.risk_parts import Risk
from trimtab.desk.ask.risks import review_risk as run_risk
from trimtab.desk.ask.stress.lines import Stress
from trimtab.desk.ask.stress.run import run_stress
from trimtab.desk.questions.stress import RiskQuestion, StressQuestion
from trimtab.risk.episodes import EPISODES

__all__ = ["risk_of", "stress_of"]


def stress_of(question: StressQuestion, inputs: Inputs) -> Stress:
    """Put the book through episodes and shocks."""
    mandate = question.mandate.mandate(reading=question.measuring.reading)
    settled = settle(inputs, mandate, question.measuring)
    return run_stress(
        settled.held, settled.setting, shocks=question.shocks,
        episodes=EPISODES if question.episodes is None else question.episodes,
        vol_shift=question.vol_shift, fields=inputs.reader.fields(question.fields, inputs.holdings),
        margin_rate=question.margin_rate, margin_factor=question.margin_factor, contracts=settled.contracts,
        sigmas=(question.sigmas, question.sigma_days),
    )  # fmt: skip


def risk_of(question: RiskQuestion, inputs: Inputs) -> Risk:
    """Say what beta misses."""
    mandate = question.mandate.mandate(reading=question.measuring.reading)
    settled = settle(inputs, mandate, question.measuring)
    return run_risk(
        settled.held, settled.setting, role=question.role,
        fields=inputs.reader.fields(question.fields, inputs.holdings), participation=question.participation,
        half_spread=question.half_spread, target_volatility=question.target_volatility, exit_of=question.exit_of,
        exit_days=question.exit_days, episodes=EPISODES if question.episodes is None else question.episodes,
    )  # fmt: skip
