"""The price of a fast way out: the published table by calibration, the book's risk by its covariance, the command."""

import json
from dataclasses import replace

import numpy as np
import pytest
from given import business_days, price_path
from rich.console import Console

import trimtab as tt
from trimtab.desk.ask.liquidity.exit_frontier import almgren_chriss_model
from trimtab.errors import InputError
from trimtab.market.prices import PriceTable
from trimtab.report.documents.risk import risk_document
from trimtab.report.shape.write import dumps
from trimtab.report.tables.risk import show_risk
from trimtab.risk.impact import optimal_sale


@pytest.mark.parametrize(
    ("aversion", "cost", "variance", "half_life"), [(1e-9, 0.6625, 1.0812, 51.30), (9e-9, 0.6626, 1.0669, 17.10)]
)
def test_the_published_table_comes_out_of_the_calibration(aversion, cost, variance, half_life):
    """Almgren and Chriss (2001), from price 50, spread 1/8, 5m shares a day and 30% a year alone (sd rounds to .95)."""
    made = almgren_chriss_model(price=50, spread=0.125, daily_volume=5e6, daily_volatility=0.3 / np.sqrt(250))
    model = replace(made, sd=round(made.sd, 2))
    path = optimal_sale(model, units=1e6, horizon=5, steps=5, risk_aversion=aversion)
    assert path.expected_cost / 1e6 == pytest.approx(cost, abs=6e-5)
    assert path.variance / 1e12 == pytest.approx(variance, abs=6e-5)
    assert path.half_life == pytest.approx(half_life, abs=5e-3)


def table(*, volumes: bool = True) -> PriceTable:
    rng = np.random.default_rng(6)
    market = rng.normal(0.0003, 0.01, 400)
    columns = {"M": price_path(market), "C": price_path(market * 0.2 + rng.normal(0, 0.01, 400))}
    for name, beta in (("A", 1.3), ("B", 0.7)):
        columns[name] = price_path(beta * market + rng.normal(0, 0.01, 400))
    made = PriceTable.of(columns, dates=business_days(401), currency="USD")
    return replace(made, volumes=np.full(made.values.shape, 2e4)) if volumes else made


BOOK = "9000 A, -5000 B, 900000 USD"


def risk(book: str = BOOK, prices: PriceTable | None = None, **more):
    return tt.review_risk(table() if prices is None else prices, book, benchmark="M", method="ols", **more)


def test_cost_rises_and_risk_falls_along_the_frontier():
    """From an even sale to one at once: cost never falls, risk never rises, and all is sold at the end."""
    found = risk().exit_frontier
    costs, risks = [p.expected_cost for p in found.paths], [p.sd for p in found.paths]
    assert costs == sorted(costs)
    assert risks == sorted(risks, reverse=True)
    assert found.paths[0].half_life == np.inf
    assert found.paths[0].remaining == pytest.approx((1.0, 0.8, 0.6, 0.4, 0.2, 0.0))
    assert all(p.remaining[-1] == pytest.approx(0.0, abs=1e-12) for p in found.paths)
    assert found.days == 5


def test_an_even_sale_is_worked_out_by_hand():
    """Costs of both positions add up; risk takes their covariance, a short offsetting a long."""
    prices = table()
    path = risk(prices=prices).exit_frontier.paths[0]
    last = {s: prices.values[-1, prices.column(s)] for s in "AB"}
    daily = {s: float(np.median(2e4 * prices.values[-21:, prices.column(s)])) for s in "AB"}
    cost = 0.0
    values = {"A": 9000 * last["A"], "B": -5000 * last["B"]}
    for s, v in values.items():
        x, gamma, eta = abs(v), 0.001 / (0.1 * daily[s]), 0.001 / (0.01 * daily[s])
        cost += 0.5 * gamma * x**2 + 0.0005 * x + (eta - gamma / 2) * 5 * (x / 5) ** 2
    assert path.expected_cost == pytest.approx(cost, rel=1e-9)
    window = prices.values[-253:, [prices.column("A"), prices.column("B")]]
    covariance = np.cov(window[1:] / window[:-1] - 1, rowvar=False)
    money = np.array([values["A"], values["B"]])
    variance = sum((left**2) * money @ covariance @ money for left in (0.8, 0.6, 0.4, 0.2))
    assert path.sd == pytest.approx(np.sqrt(variance), rel=1e-9)


def test_one_position_and_other_days():
    """A single position is sold within the days asked for; what is not held or has no volume is refused with why."""
    found = risk(exit_of="A", exit_days=10).exit_frontier
    assert (found.what, found.days, len(found.paths[0].remaining)) == ("A", 10, 11)
    with pytest.raises(InputError, match="held are A, B"):
        risk(exit_of="Z")
    with pytest.raises(InputError, match="volumes"):
        risk(prices=table(volumes=False), exit_of="A")
    with pytest.raises(InputError, match="a whole number of 1 or more"):
        risk(exit_days=0)
    assert risk(prices=table(volumes=False)).exit_frontier is None


def test_the_screen_and_the_document_show_it():
    """The table names each half-life and cost, and the document holds every path."""
    review = risk()
    console = Console(width=140)
    with console.capture() as shown:
        show_risk(review, console)
    assert "Ways out of book" in shown.get()
    assert "even" in shown.get()
    document = json.loads(dumps(risk_document(review)))["exit_frontier"]
    assert document["paths"][0]["half_life"] is None
    assert [p["expected_cost"] for p in document["paths"]] == [p.expected_cost for p in review.exit_frontier.paths]
