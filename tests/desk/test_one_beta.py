"""One page, one beta: whatever is called portfolio beta today is one number, and what is another number says why.

Every number under a key or beside a word "beta" is looked at. Those of the whole portfolio as it is now must be the
measured one, to the last digit; each other one stands in the list of those that say beside them what they are of. A key
that is in neither list fails, so that a new one must be thought about.
"""

import io
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from typing import Any

import numpy as np
import polars as pl
import pytest
from given import business_days, price_path
from rich.console import Console

import trimtab as tt
from trimtab.market.prices import PriceTable
from trimtab.market.rates.fx import FxRates
from trimtab.report.documents.drift import drift_document
from trimtab.report.documents.plan import plan_document
from trimtab.report.documents.review import review_document
from trimtab.report.documents.risk import risk_document
from trimtab.report.documents.stress import stress_document
from trimtab.report.shape.write import plain
from trimtab.report.tables.drift import show_drift
from trimtab.report.tables.plan import show_plan
from trimtab.report.tables.review import show_review
from trimtab.report.tables.risk import show_risk
from trimtab.report.tables.stress import show_stress

N = 800
RNG = np.random.default_rng(3)
MARKET = RNG.normal(0.0003, 0.01, N)
OWN = {name: RNG.normal(0.0, sd, N) for name, sd in {"A": 0.012, "B": 0.009, "C": 0.02, "L3": 0.002, "E": 0.01}.items()}
SLOPES = {"A": 1.3, "B": 0.6, "C": 1.9, "L3": 3.0, "E": 0.8}
DAYS = business_days(N + 1)
EURUSD = 1.1 * np.exp(np.cumsum(np.concatenate([[0.0], RNG.normal(0.0, 0.004, N)])))

#: Beta of the whole portfolio as it is now, by document.
NOW = {
    "review": ("beta.value", "forecast.value|fitted.value", "moves[0].beta", "moves[0].beta_local"),
    "plan": ("before.beta.value",),
    "stress": ("beta.value", "pushed[0].portfolio_beta"),
    "risk": ("beta.value",),
    "drift": ("beta_end.value", "links[last].beta_end"),
}
#: What else is called beta, and what tells a reader that it is not that number.
OTHERWISE = {
    "*.stderr": "an error",
    "*.level": "of an interval",
    "*.low": "end of an interval", "*.high": "end of an interval",
    "rule.*": "of the rule for how much and when",
    "active_beta": "beyond the 1 of the benchmark", "active_*beta*": "of the active part",
    "coverage.beta_*": "the ends that it could have by what was not measured",
    "*speaks_of*": "words",
    "positions*": "of one position", "before.positions*": "of one position",
    "fitted.*": "the reading that stands in its own key", "forecast.*": "the reading that stands in its own key",
    "before.fitted.*": "the reading in its own key", "before.forecast.*": "the reading in its own key",
    "readings_*": "the reading in its own key", "after.*": "after the orders",
    "moves*": "after the move", "shocks*": "after the shock", "beta_start*": "at the start",
    "links*.beta_start": "at the start", "links*.beta_end": "along the way",
    "breakdown.*": "parts of beta, which add up to it", "*gross_beta": "of absolute exposures",
    "*beta_exposure*": "money", "*beta_path*": "money over a path", "*by_beta*": "money",
    "*beyond_beta*": "money", "*beta_is_not_enough*": "a list of findings", "concentration.*": "shares",
    "regimes*": "notes: slopes of today's exposures over past periods", "pushed*": "after a push",
    "convergence*": "of one asset, of the window named", "sizes*": "of one size", "currency.*": "parts",
    "liquidity.*": "what is left after selling", "exit_frontier*": "after selling",
    "horizons.*": "notes: slopes of today's exposures over past periods",
    "downside*": "notes: slopes of today's exposures over past periods", "drawdown*": "of days",
    "orders*": "of the contract", "noise.*": "of assets, at both ends", "ahead*": "ahead", "joint*": "notes say",
    "episodes*": "of the replay", "*.beta_on_invested": "another denominator, named",
}  # fmt: skip


def book(name: str) -> tuple[PriceTable, Any, FxRates]:
    """Give prices, holdings and rates."""
    columns = {"SPX": 40.0 * price_path(MARKET)} | {n: price_path(SLOPES[n] * MARKET + OWN[n]) for n in OWN}
    currencies = tuple("EUR" if n == "E" else "USD" for n in columns)
    table = PriceTable.of(columns, dates=DAYS, currency="USD")
    table = PriceTable(
        dates=table.dates, symbols=table.symbols, values=table.values, why=table.why, currencies=currencies
    )
    rows: dict[str, list[dict[str, str]]] = {
        "plain": [{"symbol": "A", "quantity": "100"}, {"symbol": "B", "quantity": "150"}],
        "leveraged": [{"symbol": "A", "quantity": "100"}, {"symbol": "L3", "quantity": "60", "leverage": "3"}],
        "currency": [
            {"symbol": "A", "quantity": "100"}, {"symbol": "E", "quantity": "200", "currency": "EUR"},
            {"symbol": "EUR", "quantity": "5000", "currency": "EUR", "kind": "cash"},
        ],
        "options": [
            {"symbol": "A", "quantity": "200"}, {"symbol": "C", "quantity": "50"},
            {"symbol": "PUT", "quantity": "1", "kind": "option", "underlying": "SPX", "right": "put", "strike": "3600",
             "expiry": "2018-06-15", "multiplier": "1", "vol": "0.2"},
        ],
    }  # fmt: skip
    cash = {"symbol": "USD", "quantity": "40000", "kind": "cash"}
    return (
        table,
        pl.DataFrame([{"currency": "USD", **r} for r in (*rows[name], cash)], infer_schema_length=None),
        FxRates.of({"EURUSD": EURUSD}, dates=DAYS),
    )


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, float]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from leaves(inner, f"{path}[{i}]")
    elif isinstance(value, float):
        yield path, value


def found_in(document: dict[str, Any], path: str) -> float:
    value: Any = document
    for part in re.findall(r"[a-z_0-9]+|\[[a-z0-9]+\]", path):
        index = -1 if part == "[last]" else None
        value = value[index if index is not None else int(part[1:-1]) if part[0] == "[" else part]
    return float(value)


@pytest.fixture(scope="module", params=[("plain", "default"), ("plain", "ols"), ("leveraged", "default"),
                                        ("currency", "default"), ("currency", "ols"), ("options", "default")],
                ids="-".join)  # fmt: skip
def asked(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Ask one book everything."""
    name, method = request.param
    prices, holdings, fx = book(name)
    mandate = tt.Mandate(benchmark="SPX", target=0.5, band=0.05)
    how = {"method": method, "fx": fx}
    last = str(DAYS[-1])
    reviewed = tt.review(prices, holdings, mandate, moves=(0.0, -0.1), **how)
    level = float(prices.values[-1, prices.column("SPX")])
    planned = tt.plan(prices, holdings, mandate, hedge="MES", hedge_prices={"MES": level}, **how)
    stressed = tt.stress(prices, holdings, benchmark="SPX", episodes=(), **how)
    risk = tt.review_risk(prices, holdings, benchmark="SPX", episodes=(), **how)
    drifted = tt.drift(prices, holdings, mandate, start=str(DAYS[-100]), end=last, **how)
    return {
        "review": (plain(review_document(reviewed)), lambda c: show_review(reviewed, c)),
        "plan": (plain(plan_document(planned)), lambda c: show_plan(planned, c)),
        "stress": (plain(stress_document(stressed)), lambda c: show_stress(stressed, c)),
        "risk": (plain(risk_document(risk)), lambda c: show_risk(risk, c)),
        "drift": (plain(drift_document(drifted)), lambda c: show_drift(drifted, c)),
    }


def test_every_number_called_current_beta_is_the_measured_one(asked: dict[str, Any]) -> None:
    """Review, plan, stress, risk and drift: one number, to the last digit that floating point keeps."""
    measured = asked["review"][0]["beta"]["value"]
    front = asked["review"][0]["beta"]["speaks_of"]["reading"]
    own = {"fit": "fitted.value", "forecast": "forecast.value"}[front]
    for page, paths in NOW.items():
        for path in paths:
            value = found_in(asked[page][0], own if "|" in path else path)
            assert value == pytest.approx(measured, rel=1e-13), (page, path)


def test_every_other_beta_says_what_it_is_of(asked: dict[str, Any]) -> None:
    """A key with beta in it is the measured one, or one of those whose page says what else it is."""
    for page, (document, _) in asked.items():
        for path, value in leaves(document):
            if "beta" not in path:
                continue
            known = [p for p in NOW[page] if p == re.sub(r"\[\d+\]$", "[last]", path) or p == path]
            assert known or any(fnmatch(path, pattern) for pattern in OTHERWISE), (page, path, value)
        if page in {"stress", "risk"}:
            assert any("not the measured beta" in note for note in document["notes"])
        assert document.get("beta", document.get("before", {}).get("beta", document.get("beta_end")))["speaks_of"][
            "words"
        ]


#: Words on a line that tell why its beta is not the portfolio's of today.
_WHY = re.compile(
    r"fitted to the past|forecast over|slope|periods|after|move|half|allow|interval|in stress|stands? in|went from"
    r"|part of|target|position|gross|exposure|contribut|hides|error of|as beta says|beyond beta|per lot|neutral"
    r"|zero beta|its beta|no plan brings|active beta|drifts"
)


def test_on_the_pages_too(asked: dict[str, Any]) -> None:
    """A sentence with beta and a number has the heading's number, or words that say what it is of."""
    measured = asked["review"][0]["beta"]["value"]
    for page, (_, show) in asked.items():
        out = io.StringIO()
        show(Console(file=out, width=200, highlight=False, markup=False))
        for line in out.getvalue().splitlines():
            for text in re.findall(r"(?i)\bbeta\b[^.0-9|│]{0,40}?(-?\d+\.\d+)", line):
                digits = len(text.split(".")[1])
                assert text == f"{measured:.{digits}f}" or _WHY.search(line), (page, line)
    as_it_is = [line for line in _text(asked["stress"][1]).splitlines() if "as it is" in line]
    assert all(f"{measured:.2f}" in line for line in as_it_is)


def _text(show: Any) -> str:
    out = io.StringIO()
    show(Console(file=out, width=200, highlight=False, markup=False))
    return out.getvalue()
