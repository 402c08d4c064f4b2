"""Risk, liquidity and what may be traded, taken from prices."""

from decimal import Decimal

import numpy as np
import pytest
from given import business_days, given_betas, given_market, planted, price_path

from trimtab.errors import InputError
from trimtab.exposure.expose import expose
from trimtab.exposure.measured import measure_book
from trimtab.hedge.plan import PlanStatus
from trimtab.hedge.reallocate.book import gather
from trimtab.hedge.reallocate.plan import plan_reallocation
from trimtab.hedge.reallocate.risk import measure_liquidity, measure_risk
from trimtab.hedge.reallocate.terms import ReallocationLimits, RiskModel, TradingCosts
from trimtab.market.prices import PriceTable, absence
from trimtab.market.snapshot import market_at
from trimtab.model.instrument import Cash, Future, Spot, Terms
from trimtab.model.mandate import Mandate
from trimtab.model.notation import parse_portfolio
from trimtab.model.portfolio import Portfolio, Position


def test_planted_risk_is_recovered():
    """Loadings on the benchmark are beta times its volatility, and own variance is that of the noise."""
    table = planted({"A": 1.5, "B": 0.5}, n=2000, noise=0.01, market_sd=0.01)
    model = measure_risk(market_at(table, base="USD"), "M", ("A", "B"), n_factors=1)
    assert model.loadings[:, 0] == pytest.approx(np.array([1.5, 0.5]) * 0.01 * np.sqrt(252), rel=0.15)
    assert model.own_variance == pytest.approx([0.01**2 * 252] * 2, rel=0.25)


def test_a_shared_factor_is_found_among_what_the_benchmark_leaves():
    """Two names that move together beyond the benchmark load on one component, a third does not."""
    rng = np.random.default_rng(3)
    market, shared = rng.normal(0, 0.01, (2, 300))
    noise = rng.normal(0, 0.002, (3, 300))
    columns = {"M": market, "A": market + shared + noise[0], "B": market + shared + noise[1], "C": market + noise[2]}
    table = PriceTable.of({k: price_path(v) for k, v in columns.items()}, dates=business_days(301), currency="USD")
    model = measure_risk(market_at(table, base="USD"), "M", ("A", "B", "C"), n_factors=2)
    yearly = 0.01 * np.sqrt(252)
    assert np.abs(model.loadings[:, 1]) == pytest.approx([yearly, yearly, 0.0], abs=0.03)
    assert np.all(model.own_variance < (0.005**2) * 252)


def test_a_name_with_a_short_past_is_not_traded():
    """Fewer than 60 returns give no risk estimate, and the plan says so."""
    table = planted({"A": 1.5, "B": 0.5})
    values = table.values.copy()
    values[:-30, 2] = np.nan
    young = PriceTable(
        dates=table.dates.copy(),
        symbols=table.symbols,
        values=values,
        why=absence(values),
        currencies=table.currencies,
    )
    betas = given_betas("M", {"A": (1.5, 0.1), "B": (0.5, 0.1)})
    book = gather(
        measure_book(parse_portfolio("10 A, 10 B, 100 USD"), market_at(young, base="USD"), betas), ReallocationLimits()
    )
    assert [line.symbol for line in book.lines] == ["A"]
    assert book.left_out == (("B", "it has too few returns for a risk estimate"),)


def test_daily_value_comes_from_volumes():
    """The median of volume times price, in base money; without volumes it is not known."""
    table = PriceTable.of({"A": [10.0, 10.0, 20.0]}, dates=["2024-01-02", "2024-01-03", "2024-01-04"])
    market = market_at(table, base="USD")
    assert measure_liquidity(market, "A", ("A",), {"A": 1.0})[0].daily_value is None
    volumes = np.array([[100.0], [300.0], [np.nan]])
    traded = PriceTable(
        dates=table.dates,
        symbols=table.symbols,
        values=table.values,
        why=table.why,
        currencies=table.currencies,
        volumes=volumes,
    )
    assert measure_liquidity(market_at(traded, base="USD"), "A", ("A",), {"A": 2.0})[0].daily_value == 4000.0


def test_prices_alone_are_enough_for_a_plan():
    """Without stated risk or liquidity both are measured, impact is left out and said to be."""
    table = planted({"A": 1.5, "B": 0.7, "C": 1.0})
    market = market_at(table, base="USD")
    betas = given_betas("M", {"A": (1.5, 0.1), "B": (0.7, 0.1), "C": (1.0, 0.1)})
    held = parse_portfolio("500 A, 300 B, 200 C, 1000 USD")
    made = plan_reallocation(measure_book(held, market, betas), Mandate(benchmark="M", target=0.9, band=0.05))
    assert made.status is PlanStatus.PLANNED
    assert expose(made.apply(held), market, betas) == made.after
    assert any("impact is left out" in note and "A, B, C" in note for note in made.notes)
    assert made.tracking_error > 0


def test_what_cannot_be_traded_is_left_alone_with_its_reason():
    """Futures and unmeasured names stay; with nothing to trade the plan is infeasible and says why."""
    terms = (Terms(multiplier=Decimal(50), tick=Decimal("0.25")),)
    future = Future(symbol="ESZ6", root="ES", currency="USD", terms=terms, underlying=("M",))
    held = Portfolio(
        positions=(
            Position(instrument=future, quantity=Decimal(10)),
            Position(instrument=Spot(symbol="X", currency="USD"), quantity=Decimal(1)),
            Position(instrument=Cash(currency="USD"), quantity=Decimal(100_000)),
        ),
        base="USD",
    )
    market = given_market({"M": 100.0, "X": 3.0})
    mandate = Mandate(benchmark="M", target=0.0, band=0.05)
    made = plan_reallocation(measure_book(held, market, given_betas("M", {})), mandate)
    assert (made.status, made.orders) == (PlanStatus.INFEASIBLE, ())
    assert any("no single limit is to blame" in note for note in made.notes)
    assert any("X is not traded: it was not measured (no_beta)" in note for note in made.notes)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: ReallocationLimits(max_turnover=-0.1), "max turnover"),
        (lambda: ReallocationLimits(risk_aversion=0.0), "positive risk aversion"),
        (lambda: ReallocationLimits(lot=Decimal(0)), "positive lot"),
        (lambda: ReallocationLimits(min_cash=2.0, max_cash=1.0), "least cash"),
        (lambda: TradingCosts(exponent=0.0), "exponent"),
        (lambda: RiskModel(symbols=("A",), loadings=np.zeros((1, 1)), own_variance=np.zeros(1)), "own variances"),
    ],
)
def test_wrong_limits_are_refused(make, words):
    """Limits, costs and risk are checked on construction."""
    with pytest.raises(InputError, match=words):
        make()
