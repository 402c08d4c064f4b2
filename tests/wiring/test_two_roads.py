"""Files and a workspace are two roads to one number: the same prices and holdings give the same beta to the last digit.

The book holds dollars, euros, pence, a fund looked through, a future, an option and foreign money; exchange rates come
as a file of rates, or as prices like any other. Files are given in another order than they were imported in.
"""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from given import business_days, price_path

import trimtab as tt
from trimtab.desk.watch.checking import settled
from trimtab.exposure.live.book import LiveBook
from trimtab.python.desk import Desk
from trimtab.python.watching import make_watch
from trimtab.wiring.importing import import_files
from trimtab.wiring.workspace import open_workspace

N = 700
START, BEFORE = "2015-01-02", "2016-06-30"
SLOPES = {"AAA": 1.3, "BBB": 0.6, "CCC": 1.7, "EUX": 0.9, "PNX": 0.7, "FND": 1.1, "ES": 1.0} | {
    f"N{i:02d}": 0.5 + 0.05 * i for i in range(12)
}
BOOK = """\
symbol,kind,quantity,currency,underlying,right,strike,expiry,multiplier,vol
AAA,spot,120,USD,,,,,,
FND,spot,200,USD,,,,,,
EUX,spot,300,EUR,,,,,,
PNX,spot,900,GBX,,,,,,
MESH8,future,-1,USD,,,,,,
CALL,option,4,USD,AAA,call,60,2018-06-15,1,0.25
EUR,cash,4000,EUR,,,,,,
USD,cash,90000,USD,,,,,,
"""
RATES = "date,rate\n2014-12-31,0.01\n2016-09-01,0.035\n"
FUNDS = "fund,symbol,weight\nFND,AAA,0.4\nFND,CCC,0.3\n"


@dataclass(frozen=True)
class Roads:
    """The same question by three roads."""

    desk: Desk
    files: dict[str, Any]
    mandate: tt.Mandate
    told: dict[str, Path]
    day: str

    @property
    def groups(self) -> dict[str, Any]:
        """What is told beside, as a workspace takes it."""
        return {"measuring": self.measuring(), "instruments": self.instruments}

    def measuring(self, method: str | None = None) -> tt.Measuring:
        """How a workspace is told to measure."""
        return tt.Measuring(method=method, risk_free=self.told["risk_free"])

    @property
    def instruments(self) -> tt.Instruments:
        """What a workspace is told of funds."""
        return tt.Instruments(funds=self.told["funds"])


def needs_the_rule(request: pytest.FixtureRequest, method: str = "default") -> None:
    """Skip what rests on exchange rates staying out of a prior, where no rule says who belongs to one."""
    name = request.node.name
    apart = "rates as prices" in name and "both roads" not in name
    if apart and method != "ols" and find_spec("trimtab.beta.population") is None:
        pytest.skip("who belongs to a prior is not written down in this tree")


def columns() -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], list[str]]:
    rng = np.random.default_rng(8)
    market = rng.standard_t(5, N) * 0.008
    own = {name: rng.normal(0.0, 0.001 if name == "ES" else 0.012, N) for name in SLOPES}
    prices = {"SPX": 2000.0 * price_path(market)}
    prices |= {n: (2000.0 if n == "ES" else 50.0) * price_path(SLOPES[n] * market + own[n]) for n in SLOPES}
    rates = {p: level * price_path(rng.normal(0.0, 0.004, N)) for p, level in {"EURUSD": 1.1, "GBPUSD": 1.3}.items()}
    return prices, rates, business_days(N + 1, START).astype(str).tolist()


@pytest.fixture(scope="module", params=["rates as a file", "rates as prices", "rates as prices by both roads"])
def roads(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Roads:
    place = tmp_path_factory.mktemp("roads")
    prices, rates, days = columns()
    names = list(prices)
    halves = {"one.csv": names[::2], "two.csv": names[1::2]}
    for name, half in halves.items():
        pl.DataFrame({"date": days, **{s: prices[s] for s in half}}).write_csv(place / name)
    pl.DataFrame({"date": days, **rates}).write_csv(place / "fx.csv")
    (place / "book.csv").write_text(BOOK)
    (place / "funds.csv").write_text(FUNDS)
    (place / "rates.csv").write_text(RATES)
    Desk.create(place / "desk", benchmark="SPX")
    imported = ["one.csv", "two.csv"]
    if request.param == "rates as a file":
        toml = place / "desk" / "trimtab.toml"
        toml.write_text(toml.read_text().replace("[estimation]", '[estimation]\nfx = "../fx.csv"', 1))
    else:
        imported.insert(1, "fx.csv")
    for name, how in (*((name, {}) for name in imported), *(("book.csv", {"as_of": d}) for d in (BEFORE, days[-1]))):
        (done,) = import_files([place / name], workspace=open_workspace(place / "desk"), accept=True, **how)
        if done.error is not None:
            raise done.error
    given = [place / "two.csv", place / "one.csv"]
    if request.param == "rates as prices by both roads":
        given.insert(0, place / "fx.csv")
    return Roads(
        desk=Desk(place / "desk"),
        files={
            "prices": given, "holdings": place / "book.csv",
            **({} if len(given) == 3 else {"fx": place / "fx.csv"}),
        },
        mandate=tt.Mandate(benchmark="SPX", target=1.0, band=0.05),
        told={"funds": place / "funds.csv", "risk_free": place / "rates.csv"},
        day=days[-1],
    )  # fmt: skip


def same(one: tt.Exposure, other: tt.Exposure) -> None:
    """Hold every figure of two exposures equal, to the last digit."""
    assert one.coverage == other.coverage
    assert one.coverage.share == 1.0
    assert (one.nav, one.beta, one.companion) == (other.nav, other.beta, other.companion)
    for mine, theirs in zip(one.positions, other.positions, strict=True):
        assert (mine.asset, mine.value, mine.beta, mine.stderr, mine.beta_exposure, mine.companion) == (
            theirs.asset, theirs.value, theirs.beta, theirs.stderr, theirs.beta_exposure, theirs.companion,
        )  # fmt: skip


@pytest.mark.parametrize("method", ["default", "ols", "welch|vasicek"])
def test_reviews_are_one_number(roads: Roads, method: str, request: pytest.FixtureRequest) -> None:
    """Portfolio beta in both readings, its errors, and each position's."""
    needs_the_rule(request, method)
    files = tt.review(**roads.files, mandate=roads.mandate, method=method, **roads.told, hidden=False)
    question = tt.ReviewQuestion(measuring=roads.measuring(method), instruments=roads.instruments)
    desk = roads.desk.review(question, record=False)
    same(files.exposure, desk.exposure)
    assert files.verdict == desk.verdict


def test_plans_stress_and_risk_are_one_number(roads: Roads, request: pytest.FixtureRequest) -> None:
    """Whatever begins with portfolio beta begins with the same one."""
    needs_the_rule(request)
    how = {**roads.files, **roads.told}
    plan = tt.plan(**how, mandate=roads.mandate, hedge="MES", hedge_prices=None)
    same(plan.before, roads.desk.plan(tt.PlanQuestion(hedge=("MES",), **roads.groups), record=False).before)
    stressed = tt.stress(**how, benchmark="SPX", episodes=())
    again = roads.desk.stress(tt.StressQuestion(**roads.groups), record=False)
    same(stressed.exposure, again.exposure)
    assert [p.portfolio_beta for p in stressed.pushed] == [p.portfolio_beta for p in again.pushed]
    risk = tt.review_risk(**how, benchmark="SPX", episodes=())
    same(risk.exposure, roads.desk.risk(tt.RiskQuestion(**roads.groups), record=False).exposure)


def test_drifts_are_one_number(roads: Roads, request: pytest.FixtureRequest) -> None:
    """At both ends."""
    needs_the_rule(request)
    files = tt.drift(**roads.files, mandate=roads.mandate, start=BEFORE, end=roads.day, **roads.told)
    desk = roads.desk.drift(tt.DriftQuestion(start=BEFORE, **roads.groups), record=False)
    same(files.end, desk.end)
    assert files.start.beta == desk.start.beta
    assert files.by_cause() == desk.by_cause()


def test_watches_are_one_number(roads: Roads, request: pytest.FixtureRequest) -> None:
    """The live book that a watch begins with."""
    needs_the_rule(request)
    files = make_watch(
        roads.files["prices"], roads.files["holdings"], roads.mandate, fx=roads.files.get("fx"), **roads.told
    )
    there = roads.desk.at(tt.ReviewQuestion(**roads.groups))
    setting, held = settled(there.question, there.inputs)
    live = LiveBook(held, setting.market, setting.betas).read()
    mine = files.book.read()
    assert (mine.beta, mine.companion, mine.nav) == (live.beta, live.companion, live.nav)
