"""Answers: from a question and what it is answered from to a result and its document, by the question's type.

The command line, Python, a workspace and a replay all come through here.
"""

# ruff: noqa: C901, PLC0415, PLR0911, PLR0912 - one match over all questions; each answer loads what it needs: a review should not wait for a solver to be imported
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from trimtab.desk.answers.inputs import Inputs
from trimtab.desk.questions.backtest import BacktestQuestion
from trimtab.desk.questions.beta import BetaQuestion, DiagnosisQuestion, ExplainQuestion, LeagueQuestion
from trimtab.desk.questions.drift import DriftQuestion
from trimtab.desk.questions.every import Question
from trimtab.desk.questions.ledger import LedgerQuestion
from trimtab.desk.questions.performance import PerformanceQuestion
from trimtab.desk.questions.plan import PlanQuestion, WaysQuestion
from trimtab.desk.questions.policy import PolicyQuestion
from trimtab.desk.questions.review import ReviewQuestion
from trimtab.desk.questions.roll import RollQuestion
from trimtab.desk.questions.stress import RiskQuestion, StressQuestion
from trimtab.desk.questions.targets import TargetsQuestion
from trimtab.report.documents import dumps
from trimtab.report.shape.write import Document

if TYPE_CHECKING:
    from trimtab.beta.validation.league import League, Report
    from trimtab.desk.accounts.extract import LedgerExtract
    from trimtab.desk.answers.betas import Diagnosed
    from trimtab.desk.answers.drift import Drifted
    from trimtab.desk.ask.backtest.replay import Backtest, Progress
    from trimtab.desk.ask.hedge_policy import HedgePolicy
    from trimtab.desk.ask.learned import Performance
    from trimtab.desk.ask.review import Review
    from trimtab.desk.ask.risk_parts import Risk
    from trimtab.desk.ask.stress.lines import Stress
    from trimtab.desk.moment.measure import Measured
    from trimtab.exposure.explain import Explanation
    from trimtab.hedge.joint.records import JointPlan
    from trimtab.hedge.plan import Plan
    from trimtab.hedge.roll.records import Rolls
    from trimtab.hedge.ways.records import Ways

    #: What an answer may hold.
    Result: TypeAlias = (
        Review | Plan | Ways | JointPlan | Stress | Risk | Drifted | Performance | HedgePolicy | Explanation | Measured
        | Rolls | Backtest
        | Diagnosed | League | LedgerExtract
    )  # fmt: skip

__all__ = [
    "Answer", "Told", "answer", "answer_backtest", "answer_beta", "answer_diagnosis", "answer_drift",
    "answer_explain", "answer_league", "answer_ledger", "answer_performance", "answer_plan", "answer_policy",
    "answer_review", "answer_risk", "answer_roll", "answer_stress", "answer_targets", "answer_ways",
]  # fmt: skip

R_co = TypeVar("R_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Generic[R_co]):
    """A result and its document."""

    result: R_co
    document: Document

    @property
    def text(self) -> str:
        """The document as JSON."""
        return dumps(self.document)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told(Generic[R_co]):
    """An answer, under which number it was written down, and what was decided about the holdings."""

    answer: Answer[R_co]
    run: int | None = None
    notes: tuple[str, ...] = ()


def answer_review(question: ReviewQuestion, inputs: Inputs) -> Answer["Review"]:
    """Measure a portfolio and compare it with its mandate."""
    from trimtab.desk.answers.review import review_of
    from trimtab.report.documents.review import review_document

    result = review_of(question, inputs)
    return Answer(result=result, document=review_document(result))


def answer_explain(question: ExplainQuestion, inputs: Inputs) -> Answer["Explanation"]:
    """Say where a position's numbers come from."""
    from trimtab.desk.answers.review import explanation_of
    from trimtab.report.documents.beta import explanation_document

    result = explanation_of(question, inputs)
    return Answer(result=result, document=explanation_document(result))


def answer_plan(question: PlanQuestion, inputs: Inputs) -> Answer["Plan"]:
    """Plan with futures."""
    from trimtab.desk.answers.plan import plan_of
    from trimtab.report.documents.plan import plan_document

    result = plan_of(question, inputs)
    return Answer(result=result, document=plan_document(result))


def answer_ways(question: WaysQuestion, inputs: Inputs) -> Answer["Ways"]:
    """Plan each way, side by side."""
    from trimtab.desk.answers.ways import ways_of
    from trimtab.report.documents.ways import ways_document

    result = ways_of(question, inputs)
    return Answer(result=result, document=ways_document(result))


def answer_targets(question: TargetsQuestion, inputs: Inputs) -> Answer["JointPlan"]:
    """Plan for several targets at once."""
    from trimtab.desk.answers.plan import targets_of
    from trimtab.report.documents.plan import targets_document

    result = targets_of(question, inputs)
    return Answer(result=result, document=targets_document(result))


def answer_roll(question: RollQuestion, inputs: Inputs) -> Answer["Rolls"]:
    """Say which held futures are to be rolled, and into what."""
    from trimtab.desk.answers.roll import rolls_of
    from trimtab.report.documents.trading.roll import roll_document

    result = rolls_of(question, inputs)
    return Answer(result=result, document=roll_document(result))


def answer_stress(question: StressQuestion, inputs: Inputs) -> Answer["Stress"]:
    """Put a book through episodes and shocks."""
    from trimtab.desk.answers.stress import stress_of
    from trimtab.report.documents.stress import stress_document

    result = stress_of(question, inputs)
    return Answer(result=result, document=stress_document(result))


def answer_risk(question: RiskQuestion, inputs: Inputs) -> Answer["Risk"]:
    """Say what beta misses."""
    from trimtab.desk.answers.stress import risk_of
    from trimtab.report.documents.risk import risk_document

    result = risk_of(question, inputs)
    return Answer(result=result, document=risk_document(result))


def answer_drift(question: DriftQuestion, inputs: Inputs) -> Answer["Drifted"]:
    """Say why beta changed, and where it is going."""
    from trimtab.desk.answers.drift import drift_of
    from trimtab.report.documents.drift import drift_document

    result = drift_of(question, inputs)
    return Answer(result=result, document=drift_document(result.chain, result.ahead))


def answer_performance(question: PerformanceQuestion, inputs: Inputs) -> Answer["Performance"]:
    """Take apart what a portfolio earned."""
    from trimtab.desk.answers.performance import performance_of, worth_of
    from trimtab.report.documents.performance import performance_document

    result = performance_of(question, inputs)
    return Answer(result=result, document=performance_document(result, worth_of(question, result, inputs.reader)))


def answer_policy(question: PolicyQuestion, inputs: Inputs | None) -> Answer["HedgePolicy"]:
    """Say how often to hedge: of a book, or without `inputs` of stated numbers."""
    from trimtab.desk.answers.policy import policy_of
    from trimtab.report.documents.hedge_policy import hedge_policy_document

    result = policy_of(question, inputs)
    return Answer(result=result, document=hedge_policy_document(result))


def answer_ledger(question: LedgerQuestion, inputs: Inputs) -> Answer["LedgerExtract"]:
    """Say what happened to an account."""
    from trimtab.desk.answers.ledger import ledger_of
    from trimtab.report.documents.books.ledger import ledger_document

    result = ledger_of(question, inputs)
    return Answer(result=result, document=ledger_document(result))


def answer_beta(question: BetaQuestion, inputs: Inputs) -> Answer["Measured"]:
    """Measure the beta of each asset."""
    from trimtab.desk.answers.betas import betas_of
    from trimtab.report.documents.beta import beta_document

    measured = betas_of(question, inputs)
    return Answer(result=measured, document=beta_document(measured))


def answer_diagnosis(question: DiagnosisQuestion, inputs: Inputs) -> Answer["Diagnosed"]:
    """Say of each asset how far its beta can be trusted."""
    from trimtab.desk.answers.betas import diagnosis_of
    from trimtab.report.documents.beta import diagnosis_document

    judged = diagnosis_of(question, inputs)
    return Answer(result=judged, document=diagnosis_document(judged.benchmark, judged.assets))


def answer_league(question: LeagueQuestion, inputs: Inputs, progress: "Report | None" = None) -> Answer["League"]:
    """Judge methods out of sample."""
    from trimtab.desk.answers.betas import league_of
    from trimtab.report.documents.beta import league_document

    league = league_of(question, inputs, progress)
    return Answer(result=league, document=league_document(league))


def answer_backtest(
    question: BacktestQuestion, inputs: Inputs, progress: "Progress | None" = None
) -> Answer["Backtest"]:
    """Replay rules of hedging over a book's past."""
    from trimtab.desk.answers.backtest import backtest_of
    from trimtab.report.documents.trading.backtest import backtest_document

    result = backtest_of(question, inputs, progress)
    return Answer(result=result, document=backtest_document(result))


def answer(question: Question, inputs: Inputs) -> "Answer[Result]":
    """Answer a question, whichever it is."""
    match question:
        case ReviewQuestion():
            return answer_review(question, inputs)
        case PlanQuestion():
            return answer_plan(question, inputs)
        case WaysQuestion():
            return answer_ways(question, inputs)
        case TargetsQuestion():
            return answer_targets(question, inputs)
        case StressQuestion():
            return answer_stress(question, inputs)
        case RiskQuestion():
            return answer_risk(question, inputs)
        case DriftQuestion():
            return answer_drift(question, inputs)
        case PerformanceQuestion():
            return answer_performance(question, inputs)
        case PolicyQuestion():
            return answer_policy(question, inputs)
        case ExplainQuestion():
            return answer_explain(question, inputs)
        case LedgerQuestion():
            return answer_ledger(question, inputs)
        case BacktestQuestion():
            return answer_backtest(question, inputs)
        case BetaQuestion():
            return answer_beta(question, inputs)
        case DiagnosisQuestion():
            return answer_diagnosis(question, inputs)
        case RollQuestion():
            return answer_roll(question, inputs)
        case LeagueQuestion():
            return answer_league(question, inputs)
