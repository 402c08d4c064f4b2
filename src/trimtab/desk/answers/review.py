"""Answers of a portfolio as it stands: its review, and where one position's numbers come from."""

from trimtab.desk.answers.inputs import Inputs
from trimtab.desk.answers.settled import settle
from trimtab.desk.ask.review import Review
from trimtab.desk.ask.review import review as run_review
from trimtab.desk.questions.beta import ExplainQuestion
from trimtab.desk.questions.review import ReviewQuestion
from trimtab.exposure.explain import Explanation, explain
from trimtab.exposure.moves import MOVES
from trimtab.model.blend import canonical_benchmark

__all__ = ["explanation_of", "review_of"]


def review_of(question: ReviewQuestion, inputs: Inputs, *, hidden: bool = True) -> Review:
    """Review; `hidden` looks for what beta hides."""
    mandate = question.mandate.mandate(reading=question.measuring.reading)
    also = tuple(canonical_benchmark(name) for name in question.also)
    settled = settle(inputs, mandate, question.measuring, also=also)
    moves = MOVES if question.moves is None else tuple(question.moves)
    return run_review(
        settled.held, mandate, settled.setting, moves=moves, vol_shift=question.vol_shift, also=also,
        role=question.role, hidden=hidden, contracts=settled.contracts if hidden else None,
    )  # fmt: skip


def explanation_of(question: ExplainQuestion, inputs: Inputs) -> Explanation:
    """Say where a position's numbers come from."""
    asked = ReviewQuestion(mandate=question.mandate, measuring=question.measuring, instruments=question.instruments)
    reviewed = review_of(asked, inputs, hidden=False)
    return explain(reviewed.exposure, reviewed.betas, question.asset)
