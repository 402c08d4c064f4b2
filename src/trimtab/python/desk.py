"""The desk: a workspace and what can be asked of it. Every answer is written down, and can be asked again."""

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from trimtab.config.toml import Override
from trimtab.desk.answers.inputs import Inputs
from trimtab.desk.answers.known import AsKnown, number_known
from trimtab.desk.books.runs import Replay, Run, decide, list_runs
from trimtab.desk.questions.beta import BetaQuestion, DiagnosisQuestion, LeagueQuestion
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
from trimtab.python.tending import TendedDesk
from trimtab.wiring.answers import (
    Answer,
    Told,
    answer_beta,
    answer_diagnosis,
    answer_drift,
    answer_league,
    answer_ledger,
    answer_performance,
    answer_plan,
    answer_policy,
    answer_review,
    answer_risk,
    answer_roll,
    answer_stress,
    answer_targets,
    answer_ways,
)  # fmt: skip
from trimtab.wiring.creating import create_workspace
from trimtab.wiring.runs import ask_workspace, at, replay, settled
from trimtab.wiring.workspace import open_workspace

if TYPE_CHECKING:
    from trimtab.beta.diagnostics import Diagnosis
    from trimtab.beta.validation.league import League
    from trimtab.desk.accounts.extract import LedgerExtract
    from trimtab.desk.accounts.past import Past
    from trimtab.desk.ask.drift import DriftChain
    from trimtab.desk.ask.hedge_policy import HedgePolicy
    from trimtab.desk.ask.learned import Performance
    from trimtab.desk.ask.review import Review
    from trimtab.desk.ask.risk_parts import Risk
    from trimtab.desk.ask.stress.lines import Stress
    from trimtab.desk.moment.measure import Measured
    from trimtab.hedge.joint.records import JointPlan
    from trimtab.hedge.plan import Plan
    from trimtab.hedge.roll.records import Rolls
    from trimtab.hedge.ways.records import Ways

__all__ = ["Desk"]

Q = TypeVar("Q", bound=Question)
R = TypeVar("R")


class Desk(TendedDesk):
    """A workspace and what can be asked of it.

    Parameters
    ----------
    folder
        The workspace; None takes TRIMTAB_WORKSPACE, else the nearest parent folder with a trimtab.toml.

    Examples
    --------
    >>> import tempfile, trimtab as tt
    >>> with tempfile.TemporaryDirectory() as place:
    ...     desk = tt.Desk.create(place + "/desk", sample=True)
    ...     review = desk.review()
    ...     run = desk.runs()[0]
    ...     again = desk.replay(run.seq)
    >>> review.verdict.status.value, run.command, again.same
    ('outside', 'review', True)
    """

    def __init__(self, folder: Path | str | None = None, *, overrides: "Mapping[str, Override] | None" = None) -> None:
        super().__init__(open_workspace(folder, overrides=overrides))

    @classmethod
    def create(
        cls, folder: Path | str, *, sample: bool = False, benchmark: str | None = None, base: str = "USD"
    ) -> "Desk":
        """Make a workspace and open it; with `sample`, the bundled sample is imported into it."""
        create_workspace(folder, sample=sample, benchmark=benchmark, base=base)
        return cls(folder)

    def known(self, moment: int | str | dt.datetime | None = None) -> int:
        """Give the journal number that a moment of knowledge stands for; None is now.

        Parameters
        ----------
        moment
            A number, or a UTC time such as ``2022-07-01`` (the end of that day) or ``2022-07-01T12:00:00Z``.
        """
        return number_known(self.workspace.journal, moment)

    def ask(
        self,
        question: Q,
        answer: Callable[[Q, Inputs], Answer[R]],
        *,
        account: str | None = None,
        known: int | str | dt.datetime | None = None,
        record: bool = True,
    ) -> Told[R]:
        """Answer a question from what the workspace knows or knew, and write the answer down.

        Parameters
        ----------
        question
            What is asked; what it leaves open is as the settings say.
        answer
            Works it out, such as `trimtab.wiring.answers.answer_review`.
        account
            Its name in the settings; None takes the default.
        known
            What was known when: a journal number or a UTC time; None takes everything.
        record
            False leaves the journal as it is.
        """
        return ask_workspace(self.workspace, question, answer, account=account, known=known, record=record)

    def at(
        self,
        question: Q | None = None,
        *,
        account: str | None = None,
        known: int | str | dt.datetime | None = None,
    ) -> AsKnown:
        """Give what a question would be answered from: prices, book and rates as known, opened.

        Parameters
        ----------
        question
            What would be asked; None asks for a review as the settings say.
        account, known
            As in `ask`.
        """
        return at(self.workspace, question or ReviewQuestion(), account=account, known=known)

    def settled(self, question: Q, *, account: str | None = None) -> Q:
        """Give a question with everything decided, its files as paths: as it is answered."""
        return settled(self.workspace, question, account=account)

    def betas(
        self,
        question: BetaQuestion | None = None,
        *,
        account: str | None = None,
        known: int | str | dt.datetime | None = None,
        record: bool = True,
    ) -> "Measured":
        """Measure the beta of each asset with prices, held or not; the answer is written down.

        Parameters
        ----------
        question
            What is asked; what it leaves open is as the settings say.
        account, known, record
            As in `ask`.
        """
        asked = question or BetaQuestion()
        return self.ask(asked, answer_beta, account=account, known=known, record=record).answer.result

    def diagnose(
        self,
        question: DiagnosisQuestion | None = None,
        *,
        account: str | None = None,
        known: int | str | dt.datetime | None = None,
        record: bool = True,
    ) -> "tuple[Diagnosis, ...]":
        """Say of each asset how far its beta can be trusted; the answer is written down.

        Parameters
        ----------
        question
            What is asked; what it leaves open is as the settings say.
        account, known, record
            As in `ask`.
        """
        asked = question or DiagnosisQuestion()
        return self.ask(asked, answer_diagnosis, account=account, known=known, record=record).answer.result.assets

    def league(
        self,
        question: LeagueQuestion | None = None,
        *,
        account: str | None = None,
        known: int | str | dt.datetime | None = None,
        record: bool = True,
    ) -> "League":
        """Judge methods out of sample on the prices of the workspace; the answer is written down.

        Parameters
        ----------
        question
            What is asked; what it leaves open is as the settings say.
        account, known, record
            As in `ask`.
        """
        asked = question or LeagueQuestion()
        return self.ask(asked, answer_league, account=account, known=known, record=record).answer.result

    def review(
        self,
        question: ReviewQuestion | None = None,
        *,
        account: str | None = None,
        known: int | str | dt.datetime | None = None,
        record: bool = True,
    ) -> "Review":
        """Measure a portfolio and compare it with its mandate; the answer is written down.

        Parameters
        ----------
        question
            What is asked; what it leaves open is as the settings say.
        account, known, record
            As in `ask`.
        """
        asked = question or ReviewQuestion()
        return self.ask(asked, answer_review, account=account, known=known, record=record).answer.result

    def plan(
        self,
        question: PlanQuestion | None = None,
        *,
        account: str | None = None,
        known: int | str | dt.datetime | None = None,
        record: bool = True,
    ) -> "Plan":
        """Plan the futures trades that bring a portfolio back to its mandate; the plan is written down.

        Parameters
        ----------
        question
            What is asked; what it leaves open is as the settings say.
        account, known, record
            As in `ask`.
        """
        asked = question or PlanQuestion()
        return self.ask(asked, answer_plan, account=account, known=known, record=record).answer.result

    def roll(
        self,
        question: RollQuestion | None = None,
        *,
        account: str | None = None,
        known: int | str | dt.datetime | None = None,
        record: bool = True,
    ) -> "Rolls":
        """Say which held futures are to be rolled, and into what; the answer is written down.

        Parameters
        ----------
        question
            What is asked; what it leaves open is as the settings say.
        account, known, record
            As in `ask`.
        """
        asked = question or RollQuestion()
        return self.ask(asked, answer_roll, account=account, known=known, record=record).answer.result

    def compare_ways(
        self,
        question: WaysQuestion | None = None,
        *,
        account: str | None = None,
        known: int | str | dt.datetime | None = None,
        record: bool = True,
    ) -> "Ways":
        """Plan each way and lay them side by side; the comparison is written down.

        Parameters
        ----------
        question
            What is asked; what it leaves open is as the settings say.
        account, known, record
            As in `ask`.
        """
        asked = question or WaysQuestion()
        return self.ask(asked, answer_ways, account=account, known=known, record=record).answer.result

    def plan_targets(
        self,
        question: TargetsQuestion | None = None,
        *,
        account: str | None = None,
        known: int | str | dt.datetime | None = None,
        record: bool = True,
    ) -> "JointPlan":
        """Plan for several targets at once; the plan is written down.

        Parameters
        ----------
        question
            What is asked; what it leaves open is as the settings say.
        account, known, record
            As in `ask`.
        """
        asked = question or TargetsQuestion()
        return self.ask(asked, answer_targets, account=account, known=known, record=record).answer.result

    def stress(
        self,
        question: StressQuestion | None = None,
        *,
        account: str | None = None,
        known: int | str | dt.datetime | None = None,
        record: bool = True,
    ) -> "Stress":
        """Put a portfolio through past episodes and shocks; the answer is written down.

        Parameters
        ----------
        question
            What is asked; what it leaves open is as the settings say.
        account, known, record
            As in `ask`.
        """
        asked = question or StressQuestion()
        return self.ask(asked, answer_stress, account=account, known=known, record=record).answer.result

    def risk(
        self,
        question: RiskQuestion | None = None,
        *,
        account: str | None = None,
        known: int | str | dt.datetime | None = None,
        record: bool = True,
    ) -> "Risk":
        """Say what a portfolio's beta misses; the answer is written down.

        Parameters
        ----------
        question
            What is asked; what it leaves open is as the settings say.
        account, known, record
            As in `ask`.
        """
        asked = question or RiskQuestion()
        return self.ask(asked, answer_risk, account=account, known=known, record=record).answer.result

    def performance(
        self,
        question: PerformanceQuestion | None = None,
        *,
        account: str | None = None,
        known: int | str | dt.datetime | None = None,
        record: bool = True,
    ) -> "Performance":
        """Take apart what a portfolio earned since a day; the answer is written down.

        Parameters
        ----------
        question
            What is asked; what it leaves open is as the settings say.
        account, known, record
            As in `ask`.
        """
        asked = question or PerformanceQuestion()
        return self.ask(asked, answer_performance, account=account, known=known, record=record).answer.result

    def hedge_policy(
        self,
        question: PolicyQuestion | None = None,
        *,
        account: str | None = None,
        known: int | str | dt.datetime | None = None,
        record: bool = True,
    ) -> "HedgePolicy":
        """Say how often to hedge a portfolio; the answer is written down.

        Parameters
        ----------
        question
            What is asked; what it leaves open is as the settings say.
        account, known, record
            As in `ask`.
        """
        asked = question or PolicyQuestion()
        return self.ask(asked, answer_policy, account=account, known=known, record=record).answer.result

    def drift(
        self,
        question: DriftQuestion | None = None,
        *,
        account: str | None = None,
        known: int | str | dt.datetime | None = None,
        record: bool = True,
    ) -> "DriftChain":
        """Say why a portfolio's beta changed between two days, given what it really held; the answer is written down.

        Parameters
        ----------
        question
            What is asked; what it leaves open is as the settings say.
        account, known, record
            As in `ask`.
        """
        asked = question or DriftQuestion()
        return self.ask(asked, answer_drift, account=account, known=known, record=record).answer.result.chain

    def ledger(
        self,
        question: LedgerQuestion | None = None,
        *,
        account: str | None = None,
        known: int | str | dt.datetime | None = None,
        record: bool = True,
    ) -> "LedgerExtract":
        """Say what happened to a portfolio, fact by fact, and how its value came to change; the answer is written down.

        Parameters
        ----------
        question
            What is asked; what it leaves open is as the settings say.
        account, known, record
            As in `ask`.
        """
        asked = question or LedgerQuestion()
        return self.ask(asked, answer_ledger, account=account, known=known, record=record).answer.result

    def past(
        self,
        question: PerformanceQuestion | None = None,
        *,
        account: str | None = None,
        known: int | str | dt.datetime | None = None,
    ) -> "Past":
        """Work out what a portfolio held and earned: NAV, returns whatever came in or went out, weights, books.

        Parameters
        ----------
        question
            Its first and last day, and how it is measured.
        account, known
            As in `ask`.
        """
        asked = question or PerformanceQuestion()
        start = None if asked.start is None else dt.date.fromisoformat(str(asked.start))
        past = self.at(asked, account=account, known=known).inputs.past
        assert past is not None  # noqa: S101 - a workspace knows it
        return past(start=start)

    def runs(self, *, portfolio: str | None = None, command: str | None = None, limit: int = 20) -> tuple[Run, ...]:
        """Give the newest runs, newest first."""
        return list_runs(self.workspace.journal, portfolio=portfolio, command=command, limit=limit)

    def replay(self, number: int) -> Replay:
        """Ask a run's question again, of what was known then, with the settings of then, and compare.

        Parameters
        ----------
        number
            Of the run in the journal.

        Raises
        ------
        InputError
            If it is no run, or a kind that cannot be asked again.
        """
        return replay(self.workspace, number)

    def decide(self, number: int, decision: str, *, by: str, note: str = "") -> int:
        """Write down what was decided about a plan, and give the number of the decision.

        Parameters
        ----------
        number
            Of the plan's run.
        decision
            "accepted", "rejected" or "done".
        by, note
            Who, and why.
        """
        return decide(self.workspace.journal, number, decision, by=by, note=note)
