"""Every command in two base currencies at a constant exchange rate: money scales exactly, ratios stay."""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

import trimtab as tt
from one_history import constant_rate, history, holdings
from trimtab.desk.ask.hedging.policy_inputs import Stated
from trimtab.desk.questions.every import read_question
from trimtab.desk.questions.fields import usual
from trimtab.hedge.often.simulate import Effort
from trimtab.python.drifting import drift_ahead
from trimtab.python.policies import hedge_policy
from trimtab.report.documents.hedge_policy import hedge_policy_document
from trimtab.report.shape.write import plain
from trimtab.wiring.answers import answer as answer_any
from trimtab.wiring.files import open_inputs

MANDATE = tt.Mandate(benchmark="SPX", target=0.9, band=0.03)
RATE = 0.8
FUTURES = {"hedge": ["ES", "MES"], "hedge_prices": {"ESZ8": 4000.0, "MESZ8": 4000.0}}
ASKED: dict[str, dict[str, Any]] = {
    "review": {},
    "plan": FUTURES,
    "targets": FUTURES,
    "stress": {"shocks": ["crash:benchmark=-0.2"]},
    "risk": {"target_volatility": 0.1},
    "ways": {**FUTURES, "ways": ["futures", "reallocate"], "mix": False},
    "drift": {"start": "2018-10-31"},
}  # fmt: skip
#: What speaks of the base currency itself: names, foreign currency as a risk, and what is hashed.
OF_THE_BASE = (
    "currency", "currency_hedge", "base_currency", "by_currency", "flags", "notes", "hidden", "findings",
    "beta_is_not_enough", "id", "inputs_hash", "untold", "rates", "follows",
)  # fmt: skip


def arguments(base: str) -> dict[str, Any]:
    """How everything is measured."""
    return {
        "base": base, "method": "ols", "fx": None if base == "USD" else constant_rate("daily", RATE),
        "risk_free": f"USD=0.03,{base}=0.03" if base != "USD" else "USD=0.03", "contracts": None, "funds": None,
    }  # fmt: skip


@cache
def answer(command: str, base: str) -> dict[str, Any]:
    """The document of a command."""
    how = arguments(base)
    measuring = tt.Measuring(**{k: how[k] for k in ("base", "method", "fx", "risk_free")}, as_of="2018-11-30")
    asked = read_question({"question": f"trimtab.question.{command}/1", **ASKED[command]})
    question = usual(replace(asked, mandate=tt.MandateTerms.of(MANDATE), measuring=measuring))
    inputs = open_inputs(history("daily"), holdings(cash=0.0), measuring, question.instruments)
    return json.loads(answer_any(question, inputs).text)


def leaves(found: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of a document with its path, but for what speaks of the base itself."""
    if isinstance(found, dict):
        for name, value in found.items():
            if name not in OF_THE_BASE:
                yield from leaves(value, f"{path}/{name}")
    elif isinstance(found, list):
        for i, value in enumerate(found):
            yield from leaves(value, f"{path}/{i}")
    else:
        yield path, found


def differences(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """Every value that is neither the same, nor money at the rate, nor risk aversion per unit of money."""
    first, second = dict(leaves(one)), dict(leaves(other))
    wrong = [f"only one has {path}" for path in sorted(set(first) ^ set(second))]
    for path in first.keys() & second.keys():
        a, b = first[path], second[path]
        if a == b or (isinstance(a, str) and any(c.isdigit() for c in a)):
            continue
        numbers = isinstance(a, int | float) and isinstance(b, int | float)
        if not (numbers and any(abs(b - a * k) <= 1e-8 * abs(a) + 1e-12 for k in (1.0, RATE, 1.0 / RATE))):
            wrong.append(f"{path}: {a} and {b}")
    return wrong


@pytest.mark.parametrize("command", ASKED)
def test_a_base_currency_scales_money_and_nothing_else(command: str) -> None:
    """The euro's book is the dollar's at 0.8, in every figure of every document."""
    assert differences(answer(command, "USD"), answer(command, "EUR")) == []


def test_money_is_money() -> None:
    """Net asset value and losses are euros, and beta is what it was."""
    dollars, euros = answer("risk", "USD"), answer("risk", "EUR")
    assert euros["nav"] == pytest.approx(RATE * dollars["nav"], rel=1e-12)
    assert euros["losses"]["normal"]["total"] == pytest.approx(RATE * dollars["losses"]["normal"]["total"], rel=1e-9)
    assert euros["beta"]["value"] == pytest.approx(dollars["beta"]["value"], rel=1e-9)


def test_how_often_to_hedge_is_the_same_in_any_money() -> None:
    """Band, interval and trades a year stay; cost and total scale."""
    how = {
        "as_of": "2018-11-30", "hedge": "ES", "hedge_prices": FUTURES["hedge_prices"],
        "stated": Stated(drift_vol=0.1), "effort": Effort(paths=8, cycles=20),
    }  # fmt: skip
    found = [
        plain(
            hedge_policy_document(hedge_policy(history("daily"), holdings(cash=0.0), MANDATE, **how, **arguments(base)))
        )
        for base in ("USD", "EUR")
    ]
    assert differences(*found) == []


def test_where_beta_is_going_is_the_same_in_any_money() -> None:
    """The projection speaks of beta alone."""
    ahead = [
        drift_ahead(history("daily"), holdings(cash=0.0), MANDATE, as_of="2018-11-30", paths=50, **arguments(base))
        for base in ("USD", "EUR")
    ]
    assert ahead[1].projection.sd == pytest.approx(ahead[0].projection.sd, rel=1e-6)
    assert ahead[1].projection.horizons[-1].off == pytest.approx(ahead[0].projection.horizons[-1].off, rel=1e-6)
