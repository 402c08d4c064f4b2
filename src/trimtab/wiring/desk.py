"""The desk: a workspace and what can be asked of it. Every answer is written down, and can be asked again."""

import datetime as dt
import platform
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from trimtab.config.show import config_document
from trimtab.desk.books.journal import Fact
from trimtab.desk.books.runs import Replay, Run, compare_run, digest, find_run, list_runs, record_run, versions_of
from trimtab.desk.questions.every import QUESTIONS, Question, read_question, write_question
from trimtab.desk.questions.fields import filled, usual, with_files
from trimtab.desk.questions.review import ReviewQuestion
from trimtab.errors import InputError
from trimtab.report import documents
from trimtab.version import VERSION
from trimtab.wiring.answers import ANSWERS, Answer, answer_review
from trimtab.wiring.answers import answer as answer_any
from trimtab.wiring.asking import Told
from trimtab.wiring.creating import create_workspace
from trimtab.wiring.given import Given, give, number_known
from trimtab.wiring.inputs import as_moment
from trimtab.wiring.known import AsKnown, as_known, keep_file, opened_file, standing_of
from trimtab.wiring.settings import asked_again, asked_settings, settings_of
from trimtab.wiring.settling import Inputs
from trimtab.wiring.workspace import Workspace, open_workspace

if TYPE_CHECKING:
    from trimtab.beta.method import Estimator
    from trimtab.desk.accounts.past import Past
    from trimtab.desk.ask.drift import By, DriftChain
    from trimtab.desk.ask.learned import Performance
    from trimtab.desk.ask.review import Review
    from trimtab.desk.ask.risk_parts import Risk
    from trimtab.desk.ask.stress import Stress
    from trimtab.hedge.plan import Plan
    from trimtab.hedge.ways.records import Ways

__all__ = ["Desk"]

Q = TypeVar("Q", bound=Question)
R = TypeVar("R")
_COMPUTING = ("numpy", "numba", "polars", "scipy")


class Desk:
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

    def __init__(self, folder: Path | str | None = None, *, overrides: Mapping[str, Any] | None = None) -> None:
        self.workspace: Workspace = open_workspace(folder, overrides=overrides)

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

    def given(
        self,
        portfolio: str | None = None,
        *,
        as_of: dt.date | str | None = None,
        known: int | str | dt.datetime | None = None,
        **changed: Any,
    ) -> Given:
        """Gather what the use cases take: prices, holdings, mandate and settings, as known at a moment.

        Parameters
        ----------
        portfolio
            Its name; None takes the default.
        as_of
            Last day that may be used; None takes the last with prices.
        known
            What was known when: a journal number or a UTC time; None takes everything.
        **changed
            Settings to change for this answer, as in `trimtab.wiring.settings.settings_of`.
        """
        name = self.workspace.config.portfolio_name(portfolio)
        return give(self.workspace, name, as_of, self.known(known), settings_of(self.workspace, name, changed))

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
        account
            Its name in the settings; None takes the default.
        known
            What was known when: a journal number or a UTC time; None takes everything.
        record
            False leaves the journal as it is.
        """
        asked = question or ReviewQuestion()
        return self.ask(asked, answer_review, account=account, known=known, record=record).answer.result

    def ask(
        self,
        question: Q,
        answer: Callable[[Q, Inputs], Answer[R]],
        *,
        account: str | None = None,
        known: int | str | dt.datetime | None = None,
        record: bool = True,
    ) -> "Told[R]":
        """Answer a question from what the workspace knows or knew, and write the answer down.

        Parameters
        ----------
        question
            What is asked; what it leaves open is as the settings say.
        answer
            Works it out, such as `trimtab.wiring.answers.answer_review`.
        account, known, record
            As in `review`.
        """
        name = self.workspace.config.portfolio_name(account)
        settled = usual(filled(question, standing_of(self.workspace, name, question)))
        # Files are kept first, and the answer made from the kept copies: what a replay will read.
        kept = with_files(settled, partial(keep_file, self.workspace))
        opened = with_files(kept, partial(opened_file, self.workspace))
        there = as_known(self.workspace, name, opened, self.known(known))
        made = answer(_on(opened, there.as_of), there.inputs)
        run = self._record(_on(kept, there.as_of), there, made.text) if record else None
        return Told(answer=made, run=None if run is None else run.seq, notes=tuple(there.held.notes))

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

    def plan(
        self,
        portfolio: str | None = None,
        *,
        hedge: str | None = None,
        as_of: dt.date | str | None = None,
        known: int | str | dt.datetime | None = None,
        record: bool = True,
        **changed: Any,
    ) -> "Plan":
        """Plan the futures trades that bring a portfolio back to its mandate; the plan is written down.

        Parameters
        ----------
        hedge
            Contracts that may be traded; None takes those of the mandate's settings.
        portfolio, as_of, known, record, **changed
            As in `review`.
        """
        asked = {"hedge": self.hedge(self.workspace.config.portfolio_name(portfolio)) if hedge is None else hedge}
        found: Plan = self._answer("plan", asked, portfolio, as_of, known, record, changed)
        return found

    def stress(
        self,
        portfolio: str | None = None,
        *,
        as_of: dt.date | str | None = None,
        known: int | str | dt.datetime | None = None,
        asked: Mapping[str, Any] | None = None,
        record: bool = True,
        **changed: Any,
    ) -> "Stress":
        """Put a portfolio through past episodes and shocks; the answer is written down.

        Parameters
        ----------
        asked
            ``episode`` and ``shock`` (lists of words as on the command line), ``vol_shift``, ``fields`` (a file),
            ``margin_rate``, ``margin_factor``.
        portfolio, as_of, known, record, **changed
            As in `review`.
        """
        usual = {"episode": [], "shock": [], "vol_shift": 0.0, "margin_rate": 0.06, "margin_factor": 1.5}
        found: Stress = self._answer("stress", {**usual, **(asked or {})}, portfolio, as_of, known, record, changed)
        return found

    def risk(
        self,
        portfolio: str | None = None,
        *,
        as_of: dt.date | str | None = None,
        known: int | str | dt.datetime | None = None,
        asked: Mapping[str, Any] | None = None,
        record: bool = True,
        **changed: Any,
    ) -> "Risk":
        """Say what a portfolio's beta misses; the answer is written down.

        Parameters
        ----------
        asked
            ``fields`` (a file), ``participation``, ``half_spread``, ``target_volatility``.
        portfolio, as_of, known, record, **changed
            As in `review`.
        """
        usual = {"participation": 0.2, "half_spread": 0.0005, "target_volatility": None}
        found: Risk = self._answer("risk", {**usual, **(asked or {})}, portfolio, as_of, known, record, changed)
        return found

    def drift(
        self,
        portfolio: str | None = None,
        *,
        start: dt.date | str | None = None,
        end: dt.date | str | None = None,
        by: "By" = "endpoints",
        skip: bool = False,
        known: int | str | dt.datetime | None = None,
        record: bool = True,
        **changed: Any,
    ) -> "DriftChain":
        """Say why a portfolio's beta changed between two days, given what it really held; the answer is written down.

        Parameters
        ----------
        start
            First day; None takes that of the first snapshot.
        end
            Last day; None takes the last with prices.
        by, skip
            As in `trimtab.drift`; days with transactions or a new snapshot count as changes of what is held.
        portfolio, known, record, **changed
            As in `review`.
        """
        since = None if start is None else str(as_moment(start))
        asked = {"start": since, "by": by, "skip": skip, "ahead": None}
        found: DriftChain = self._answer("drift", asked, portfolio, end, known, record, changed).chain
        return found

    def compare_ways(
        self,
        portfolio: str | None = None,
        *,
        ways: str = "futures,reallocate,options",
        hedge: str | None = None,
        as_of: dt.date | str | None = None,
        known: int | str | dt.datetime | None = None,
        asked: Mapping[str, Any] | None = None,
        record: bool = True,
        **changed: Any,
    ) -> "Ways":
        """Plan each way and lay them side by side; the comparison is written down.

        Parameters
        ----------
        ways
            Any of futures, reallocate, options, or single option strategies such as collar.
        hedge
            Contracts that may be traded; None takes those of the mandate's settings.
        asked
            As on the command line: ``options`` (vol, skew, on, days, expiry, floor), ``option_chain``, ``limits``,
            ``fields``, ``tax_lots`` (files), ``given`` (limits by option name), ``yields`` (by symbol), ``aim``,
            ``mix``, ``horizon``, ...
        portfolio, as_of, known, record, **changed
            As in `review`.
        """
        name = self.workspace.config.portfolio_name(portfolio)
        standing = self.limits(name)
        usual: dict[str, Any] = {
            "hedge": self.hedge(name) if hedge is None else hedge, "hedge_prices": {}, "target": None, "chain": None,
            "ways": ways, "mix": True, "limits": None, "fields": None, "tax_lots": None, "given": {},
            "option_chain": None, "horizon": 0.25, "options": {}, **standing,
        }  # fmt: skip
        found: Ways = self._answer("ways", {**usual, **(asked or {})}, portfolio, as_of, known, record, changed)
        return found

    def limits(self, portfolio: str) -> dict[str, Any]:
        """Give what the mandate and the costs of the settings say of plans with several ways."""
        config = self.workspace.config
        stated = config.mandates[config.portfolios[portfolio].mandate]
        costs = config.costs
        standing: dict[str, Any] = {
            "long_only": stated.long_only,
            "no_trade": list(stated.no_trade),
            "costs": {
                "half_spread": costs.half_spread, "impact": costs.impact, "commission_rate": costs.commission_rate,
                "commission_per_unit": costs.commission_per_unit,
            },
        }  # fmt: skip
        for limit in ("max_weight", "max_turnover"):
            if getattr(stated, limit) is not None:
                standing[limit] = getattr(stated, limit)
        return {"aim": stated.aim, "max_margin": stated.max_margin, "standing": standing}

    def past(
        self,
        portfolio: str | None = None,
        *,
        start: dt.date | str | None = None,
        as_of: dt.date | str | None = None,
        known: int | str | dt.datetime | None = None,
        **changed: Any,
    ) -> "Past":
        """Work out what a portfolio held and earned: NAV, returns whatever came in or went out, weights, books.

        Parameters
        ----------
        start
            First day; None takes that of the first snapshot.
        portfolio, as_of, known, **changed
            As in `given`.
        """
        given = self.given(portfolio, as_of=as_of, known=known, **changed)
        found: Past = given.past(start=None if start is None else dt.date.fromisoformat(str(as_moment(start))))
        return found

    def performance(
        self,
        portfolio: str | None = None,
        *,
        start: dt.date | str | None = None,
        as_of: dt.date | str | None = None,
        known: int | str | dt.datetime | None = None,
        record: bool = True,
        changed: Mapping[str, Any] | None = None,
        **asked: Any,
    ) -> "Performance":
        """Take apart what a portfolio earned since a day: alpha apart from beta, ratios, attribution.

        Parameters
        ----------
        start
            First day; None takes that of the first snapshot.
        portfolio, as_of, known, record
            As in `review`.
        changed
            Settings to change for this answer, as in `given`.
        **asked
            ``periods_per_year``, ``trials``, ``trials_spread``, ``beta_held`` (the mandate's target if None).
        """
        usual = {
            "start": None if start is None else str(as_moment(start)), "periods_per_year": self._periods(),
            "trials": 1, "trials_spread": None, "beta_held": None,
        }  # fmt: skip
        found: Performance = self._answer(
            "performance", {**usual, **asked}, portfolio, as_of, known, record, changed or {}
        )
        return found

    def hedge(self, portfolio: str) -> str:
        """Give the contracts that a portfolio's mandate may trade, as text."""
        config = self.workspace.config
        return ",".join(config.mandates[config.portfolios[portfolio].mandate].hedge)

    def record(self, command: str, given: Given, asked: Mapping[str, Any], document: str) -> Run:
        """Write an answer down with all it came from, and the settings file if that has changed."""
        run = Run(
            command=command,
            portfolio=given.portfolio,
            as_of=given.as_of,
            known=given.known,
            settings={**given.settings, "asked": dict(asked)},
            inputs=given.inputs,
            made_with=_made_with(given.settings["method"]),
            document=document,
        )
        journal = self.workspace.journal
        with journal.writing():
            self._record_config()
            return record_run(journal, run)

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
        if run.command in QUESTIONS:
            return self._replay(run)
        if run.command not in ANSWERS:
            raise InputError(
                expected=f"a run of {' or '.join(ANSWERS)}",
                found=f"run {number} is a {run.command}",
                try_next="its answer as it was given is in the journal: trimtab runs --show " + str(number),
            )
        settings = {k: v for k, v in run.settings.items() if k != "asked"}
        given = give(self.workspace, run.portfolio, run.as_of, run.known, settings)
        document = ANSWERS[run.command](given.question, asked_again(self.workspace, run.settings["asked"])).text
        again = Run(
            command=run.command, portfolio=run.portfolio, as_of=given.as_of, known=run.known, settings=run.settings,
            inputs=given.inputs, made_with=_made_with(settings["method"]), document=document,
        )  # fmt: skip
        return compare_run(run, again)

    def _replay(self, run: Run) -> Replay:
        """Ask again what a run kept, of what was known then."""
        question = read_question(run.settings, of=run.command)
        opened = _on(with_files(question, partial(opened_file, self.workspace)), run.as_of)
        there = as_known(self.workspace, run.portfolio, opened, run.known)
        made = _made_with(question.measuring.method or "default")
        again = Run(
            command=run.command, portfolio=run.portfolio, as_of=there.as_of, known=run.known, settings=run.settings,
            inputs=there.origins, made_with=made, document=answer_any(opened, there.inputs).text,
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

    def _answer(
        self,
        command: str,
        asked: Mapping[str, Any],
        portfolio: str | None,
        as_of: dt.date | str | None,
        known: int | str | dt.datetime | None,
        record: bool,
        changed: Mapping[str, Any],
    ) -> Any:
        given = self.given(portfolio, as_of=as_of, known=known, **changed)
        # Files are kept first, and the answer made from the kept copies: what a replay will read.
        told = asked_settings(self.workspace, asked)
        answer = ANSWERS[command](given.question, asked_again(self.workspace, told))
        if record:
            self.record(command, given, told, answer.text)
        return answer.result

    def _periods(self) -> float | None:
        return self.workspace.config.periods_per_year

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


def _on(question: Q, day: str) -> Q:
    """Ask of a day, whether or not the question named one."""
    return replace(question, measuring=replace(question.measuring, as_of=day))
