"""The desk: a workspace and what can be asked of it. Every answer is written down, and can be asked again."""

import datetime as dt
import platform
from collections.abc import Callable
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from trimtab.config.show import config_document
from trimtab.desk.books.journal import Fact
from trimtab.desk.books.runs import Replay, Run, compare_run, digest, find_run, list_runs, record_run, versions_of
from trimtab.desk.questions.drift import DriftQuestion
from trimtab.desk.questions.every import QUESTIONS, Question, read_question, write_question
from trimtab.desk.questions.fields import filled, usual, with_files
from trimtab.desk.questions.performance import PerformanceQuestion
from trimtab.desk.questions.plan import PlanQuestion, WaysQuestion
from trimtab.desk.questions.policy import PolicyQuestion
from trimtab.desk.questions.review import ReviewQuestion
from trimtab.desk.questions.stress import RiskQuestion, StressQuestion
from trimtab.desk.questions.targets import TargetsQuestion
from trimtab.errors import InputError
from trimtab.report import documents
from trimtab.version import VERSION
from trimtab.wiring.answers import (
    Answer,
    Told,
    answer_drift,
    answer_performance,
    answer_plan,
    answer_policy,
    answer_review,
    answer_risk,
    answer_stress,
    answer_targets,
    answer_ways,
)  # fmt: skip
from trimtab.wiring.answers import answer as answer_any
from trimtab.wiring.creating import create_workspace
from trimtab.wiring.known import AsKnown, as_known, keep_file, number_known, on_day, opened_file, standing_of
from trimtab.wiring.settling import Inputs
from trimtab.wiring.tending import TendedDesk

if TYPE_CHECKING:
    from trimtab.beta.method import Estimator
    from trimtab.desk.accounts.past import Past
    from trimtab.desk.ask.drift import DriftChain
    from trimtab.desk.ask.hedge_policy import HedgePolicy
    from trimtab.desk.ask.learned import Performance
    from trimtab.desk.ask.review import Review
    from trimtab.desk.ask.risk_parts import Risk
    from trimtab.desk.ask.stress.lines import Stress
    from trimtab.hedge.joint.records import JointPlan
    from trimtab.hedge.plan import Plan
    from trimtab.hedge.ways.records import Ways

__all__ = ["Desk"]

Q = TypeVar("Q", bound=Question)
R = TypeVar("R")
_COMPUTING = ("numpy", "numba", "polars", "scipy")


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
        name = self.workspace.config.portfolio_name(account)
        kept = self._kept(name, question)
        there = self._there(name, kept, self.known(known))
        made = answer(on_day(self._opened(kept), there.as_of), there.inputs)
        run = self._record(on_day(kept, there.as_of), there, made.text) if record else None
        return Told(answer=made, run=None if run is None else run.seq, notes=tuple(there.held.notes))

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
        name = self.workspace.config.portfolio_name(account)
        asked: Question = ReviewQuestion() if question is None else question
        return self._there(name, self._kept(name, asked), self.known(known))

    def settled(self, question: Q, *, account: str | None = None) -> Q:
        """Give a question with everything decided, its files as paths: as it is answered."""
        return self._opened(self._kept(self.workspace.config.portfolio_name(account), question))

    def _kept(self, name: str, question: Q) -> Q:
        """Decide everything. Files are kept first, and answers made from the kept copies: what a replay will read."""
        settled = usual(filled(question, standing_of(self.workspace, name, question)))
        return with_files(settled, partial(keep_file, self.workspace))

    def _opened(self, question: Q) -> Q:
        return with_files(question, partial(opened_file, self.workspace))

    def _there(self, name: str, kept: Question, number: int) -> AsKnown:
        return as_known(self.workspace, name, self._opened(kept), number)

    def _record(self, question: Question, there: AsKnown, document: str) -> Run:
        """Write an answer down with all it came from, and the settings file if that has changed."""
        run = Run(
            command=question.ask, portfolio=there.account, as_of=there.as_of, known=there.known,
            settings=write_question(question), inputs=there.origins,
            made_with=_made_with(question.measuring.method or "default"), document=document,
        )  # fmt: skip
        journal = self.workspace.journal
        with journal.writing():
            self._record_config()
            return record_run(journal, run)

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
        run = find_run(self.workspace.journal, number)
        if run.command not in QUESTIONS:
            raise InputError(
                expected=f"a run of {' or '.join(QUESTIONS)}",
                found=f"run {number} is a {run.command}",
                try_next="its answer as it was given is in the journal: trimtab runs --show " + str(number),
            )
        question = on_day(read_question(run.settings, of=run.command), run.as_of)
        there = self._there(run.portfolio, question, run.known)
        again = Run(
            command=run.command, portfolio=run.portfolio, as_of=there.as_of, known=run.known, settings=run.settings,
            inputs=there.origins, made_with=_made_with(question.measuring.method or "default"),
            document=answer_any(self._opened(question), there.inputs).text,
        )  # fmt: skip
        return compare_run(run, again)

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
        if decision not in {"accepted", "rejected", "done"}:
            raise InputError(
                expected="a decision: accepted, rejected or done", found=f"{decision!r}", try_next="choose one"
            )
        run = find_run(self.workspace.journal, number)
        if run.command not in {"plan", "ways"}:
            raise InputError(
                expected="the number of a plan", found=f"run {number} is a {run.command}",
                try_next="list plans with `trimtab runs --command plan`",
            )  # fmt: skip
        body = {"run": number, "decision": decision, "by": by, "note": note}
        fact = Fact(kind="decision", subject=run.portfolio, valid=run.as_of, body=body)
        (entry,) = self.workspace.journal.append([fact])
        return entry.seq

    def _record_config(self) -> None:
        """Write the settings down where they are not what the journal has last; secrets are masked in them."""
        document = config_document(self.workspace.config)
        name = digest(documents.dumps(document))
        last = self.workspace.journal.entries("config", newest=True, limit=1)
        if not last or last[0].body["digest"] != name:
            self.workspace.journal.append([Fact(kind="config", body={**document, "digest": name})])


def _made_with(method: "str | Estimator") -> dict[str, str]:
    found = {"trimtab": VERSION, "python": platform.python_version(), "machine": platform.machine()}
    return found | {name: metadata.version(name) for name in _COMPUTING} | versions_of(method)
