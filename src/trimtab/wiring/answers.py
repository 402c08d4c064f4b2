"""The questions that can be asked, and asked again: each from words and files to a result and its document.

What was asked beside the data is kept as JSON, so a replay goes through the very same function as the command did.
"""

# ruff: noqa: PLC0415 - each answer loads what it needs: a review should not wait for a solver to be imported
import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from trimtab.desk.questions.every import Question as Asked
from trimtab.desk.questions.review import ReviewQuestion
from trimtab.errors import InputError
from trimtab.model.mandate import Mandate
from trimtab.report import documents
from trimtab.wiring.settling import Inputs, settle

if TYPE_CHECKING:
    from trimtab.desk.accounts.between import BooksBetween
    from trimtab.desk.accounts.past import Past
    from trimtab.desk.ask.drift import DriftChain
    from trimtab.desk.ask.drift_ahead import Ahead
    from trimtab.desk.ask.review import Review, Setting
    from trimtab.model.portfolio import Portfolio

__all__ = ["ANSWERS", "FILES", "Answer", "Drifted", "Question", "answer", "answer_review", "review_of"]

R = TypeVar("R")

#: What may be asked that names a file: a replay takes the copy kept then.
FILES = ("chain", "fields", "limits", "tax_lots", "option_chain")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a question is asked of.

    Parameters
    ----------
    prices, holdings, mandate
        Paths or tables, as `trimtab.wiring.review` takes them.
    as_of
        Last day that may be used; None is the last with prices.
    arguments
        base, method, window, half_life, errors, benchmark_returns, risk_free, fx, contracts, funds.
    role
        What the money is for, if known.
    books
        Gives what was held on earlier days, where that is known: in a workspace.
    past
        Gives what was earned from a day on (``start``), in a workspace.
    portfolio
        Its name.
    """

    prices: Any
    holdings: Any
    mandate: Mandate
    as_of: str | None
    arguments: Mapping[str, Any]
    role: Any = None
    books: "BooksBetween | None" = None
    past: "Callable[..., Past] | None" = None
    portfolio: str = "portfolio"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Generic[R]):
    """A result, and the JSON text of its document."""

    result: R
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drifted:
    """Why beta changed, and where it is going if that was asked too."""

    chain: "DriftChain"
    ahead: "Ahead | None"


def answer_review(question: ReviewQuestion, inputs: Inputs) -> Answer["Review"]:
    """Measure a portfolio and compare it with its mandate."""
    found = review_of(question, inputs)
    return Answer(result=found, text=documents.dumps(documents.review_document(found)))


def review_of(question: ReviewQuestion, inputs: Inputs, *, hidden: bool = True) -> "Review":
    """Review; `hidden` looks for what beta hides."""
    from trimtab.desk.ask.review import review
    from trimtab.exposure.moves import MOVES

    mandate = question.mandate.mandate(reading=question.measuring.reading)
    settled = settle(inputs, mandate, question.measuring)
    return review(
        settled.held, mandate, settled.setting, moves=MOVES if question.moves is None else tuple(question.moves),
        vol_shift=question.vol_shift, also=tuple(question.also), role=question.role, hidden=hidden,
    )  # fmt: skip


def answer(question: Asked, inputs: Inputs) -> Answer[Any]:
    """Answer a question, whichever it is."""
    return answer_review(question, inputs)


def _plan(q: Question, asked: Mapping[str, Any]) -> Answer[Any]:
    from trimtab.wiring import planning

    found = planning.plan(q.prices, q.holdings, q.mandate, as_of=q.as_of, **q.arguments, **asked)
    return Answer(result=found, text=documents.dumps(documents.plan_document(found)))


def _ways(q: Question, asked: Mapping[str, Any]) -> Answer[Any]:
    from trimtab.hedge.ways.records import Assumptions
    from trimtab.report.documents.ways import ways_document
    from trimtab.wiring import planning
    from trimtab.wiring.inputs import day_of
    from trimtab.wiring.ways_words import read_option_terms, read_terms

    option = {k.removeprefix("option_"): v for k, v in asked["options"].items()}
    found = planning.compare_ways(
        q.prices, q.holdings, q.mandate, as_of=q.as_of, **q.arguments, ways=asked["ways"], hedge=asked["hedge"],
        hedge_prices=asked["hedge_prices"], target=asked["target"], aim=asked["aim"], mix=asked["mix"],
        yields=asked.get("yields"), chain=asked["chain"],
        limits=read_terms(asked["limits"], asked["fields"], asked["given"], asked["standing"]),
        lots=asked["tax_lots"],
        option_terms=read_option_terms(chain=asked["option_chain"], day=lambda: day_of(q.as_of, q.prices), **option),
        assumptions=Assumptions(horizon_years=asked["horizon"], max_margin=asked["max_margin"]),
    )  # fmt: skip
    return Answer(result=found, text=documents.dumps(ways_document(found)))


def _targets(q: Question, asked: Mapping[str, Any]) -> Answer[Any]:
    from trimtab.report.documents.plan import targets_document
    from trimtab.wiring import planning
    from trimtab.wiring.ways_words import read_also

    found = planning.plan_targets(
        q.prices, q.holdings, q.mandate, as_of=q.as_of, **q.arguments, hedge=asked["hedge"], chain=asked["chain"],
        hedge_prices=asked["hedge_prices"], targets=read_also(asked["targets"], "--also-target"),
        currencies=read_also(asked["currencies"], "--currency-target"),
    )  # fmt: skip
    return Answer(result=found, text=documents.dumps(targets_document(found)))


def _stress(q: Question, asked: Mapping[str, Any]) -> Answer[Any]:
    from trimtab.desk.ask.stress import run_stress
    from trimtab.report.documents.stress import stress_document
    from trimtab.risk.episodes import EPISODES
    from trimtab.wiring.words import read_episode, read_shock

    setting, held = _settled(q)
    found = run_stress(
        held,
        setting,
        episodes=tuple(read_episode(text) for text in asked["episode"]) if asked["episode"] else EPISODES,
        shocks=tuple(read_shock(text) for text in asked["shock"]) if asked["shock"] else None,
        vol_shift=asked["vol_shift"],
        fields=_fields(q, asked),
        margin_rate=asked["margin_rate"],
        margin_factor=asked["margin_factor"],
    )
    return Answer(result=found, text=documents.dumps(stress_document(found)))


def _risk(q: Question, asked: Mapping[str, Any]) -> Answer[Any]:
    from trimtab.desk.ask.risks import review_risk
    from trimtab.report.documents.risk import risk_document

    setting, held = _settled(q)
    found = review_risk(
        held,
        setting,
        role=q.role,
        fields=_fields(q, asked),
        participation=asked["participation"],
        half_spread=asked["half_spread"],
        target_volatility=asked["target_volatility"],
        exit_of=asked.get("exit_of"),
        exit_days=asked.get("exit_days", 5),
    )
    return Answer(result=found, text=documents.dumps(risk_document(found)))


def _drift(q: Question, asked: Mapping[str, Any]) -> Answer[Any]:
    from trimtab.report.documents.drift import drift_document
    from trimtab.wiring.drifting import drift, drift_ahead

    how = {**q.arguments, "end": q.as_of, "by": asked["by"], "skip": asked["skip"]}
    if q.books is None:
        told = {name: asked[name] for name in ("start", "holdings_end", "trades")}
        chain = drift(q.prices, q.holdings, q.mandate, **told, **how)
    else:
        held = q.books(asked["start"], asked["by"])
        pairs = [(book.day, book.portfolio) for book in held.books]
        chain = drift(q.prices, pairs, q.mandate, start=pairs[0][0], **how)
        chain = replace(chain, notes=(*chain.notes, *held.notes))
    ahead = None
    if asked["ahead"] is not None:
        terms = {**asked["ahead"], "horizons": tuple(asked["ahead"]["horizons"])}
        # What was held at the end has been looked through already.
        how = {**q.arguments, "funds": None, "as_of": q.as_of}
        ahead = drift_ahead(q.prices, chain.held, q.mandate, **how, **terms)
    return Answer(result=Drifted(chain=chain, ahead=ahead), text=documents.dumps(drift_document(chain, ahead)))


def _performance(q: Question, asked: Mapping[str, Any]) -> Answer[Any]:
    from trimtab.desk.ask.learn import review_performance
    from trimtab.feeds.prices import read_prices
    from trimtab.report.documents.performance import performance_document
    from trimtab.wiring.inputs import as_risk_free

    if q.past is None or q.as_of is None:
        raise InputError(
            expected="a workspace, which knows what was held", found="files", try_next="use trimtab.review_performance"
        )
    past = q.past(start=None if asked["start"] is None else dt.date.fromisoformat(asked["start"]))
    prices = read_prices(q.prices)
    name = f"portfolio {q.portfolio}" if q.portfolio in prices else q.portfolio
    how = {k: q.arguments[k] for k in ("method", "benchmark_returns", "risk_free", "base", "fx")}
    how["risk_free"] = as_risk_free(how["risk_free"], how["base"])
    told = {k: asked[k] for k in ("periods_per_year", "trials", "trials_spread")}
    held = q.mandate.target if asked["beta_held"] is None else asked["beta_held"]
    found = review_performance(
        read_prices([past.history.index(name), past.prices]), portfolio=name, benchmark=q.mandate.benchmark,
        as_of=np.datetime64(q.as_of, "D"), weights=past.weights, beta_held=held, **how, **told,
    )  # fmt: skip
    found = replace(found, notes=(*past.notes, *found.notes))
    return Answer(result=found, text=documents.dumps(performance_document(found)))


#: By command.
ANSWERS: Mapping[str, Callable[[Question, Mapping[str, Any]], Answer[Any]]] = {
    "plan": _plan,
    "ways": _ways,
    "targets": _targets,
    "performance": _performance,
    "stress": _stress,
    "risk": _risk,
    "drift": _drift,
}


def _settled(q: Question) -> "tuple[Setting, Portfolio]":
    from trimtab.wiring.inputs import settle

    _, setting, held, _ = settle(q.prices, q.holdings, q.mandate, hedge=(), as_of=q.as_of, **q.arguments)
    return setting, held


def _fields(q: Question, asked: Mapping[str, Any]) -> Any:
    """Give what is known of holdings: a file of it, or such columns in the holdings file itself."""
    from trimtab.feeds.records import read_fields

    source = asked.get("fields")
    if source is None and isinstance(q.holdings, str | Path) and Path(q.holdings).is_file():
        source = q.holdings
    return {} if source is None else read_fields(source)
