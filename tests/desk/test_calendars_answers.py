"""Beta, review, plan, drift and performance on four calendars and in two currencies: what must not change does not."""

from functools import cache
from math import sqrt

import pytest

import trimtab as tt
from one_history import BETAS, CALENDARS, OWN_RISK, VOLATILITY, constant_rate, history, holdings
from trimtab.desk.ask.drift import DriftChain

MANDATE = tt.Mandate(benchmark="SPX", target=0.9, band=0.03)
HEDGES = {"ESZ8": 4000.0, "MESZ8": 4000.0, "ESH9": 4000.0, "MESH9": 4000.0}
#: Days that are in every calendar: Fridays that end a month.
START, END = "2017-06-30", "2018-11-30"
RATE = 0.8


def true_beta(measured: dict[str, float]) -> float:
    """Beta of the book by hand: each asset's value, its beta, over all value."""
    table, book = history("daily"), holdings(cash=2e5)
    last = dict(zip(table.symbols, table.values[-1], strict=True))
    value = {s: q * last[s] for s, q in zip(book["symbol"], book["quantity"], strict=True) if s in measured}
    return sum(v * measured[s] for s, v in value.items()) / (sum(value.values()) + 2e5)


@cache
def betas(calendar: str, base: str | None = None) -> dict[str, tuple[float, float, int]]:
    """Beta, error and number of returns of each asset."""
    fx = constant_rate(calendar, RATE) if base == "EUR" else None
    found = tt.estimate_betas(history(calendar), benchmark="SPX", method="ols", as_of=END, base=base, fx=fx)
    return {e.asset: (e.value, e.stderr, e.n_obs) for e in found.estimates if e.asset in BETAS}


@pytest.mark.parametrize("calendar", CALENDARS)
def test_a_beta_and_its_error_have_no_unit_of_time(calendar: str) -> None:
    """Each is the planted one within its error, and the error is that of so many returns of any length."""
    for asset, (value, stderr, n) in betas(calendar).items():
        assert abs(value - BETAS[asset]) < 3.5 * stderr
        # Returns that are compounded are not quite linear in the market's: months have errors up to a fifth larger.
        assert stderr == pytest.approx(OWN_RISK / VOLATILITY / sqrt(n), rel=3.5 / sqrt(n) + 0.05)


@pytest.mark.parametrize("calendar", CALENDARS)
def test_a_default_beta_covers_the_truth(calendar: str) -> None:
    """The forecast of the default method holds the planted beta inside its errors on each calendar."""
    found = tt.estimate_betas(history(calendar), benchmark="SPX", as_of=END)
    for e in found.estimates:
        if e.asset in BETAS:
            assert abs(e.value - BETAS[e.asset]) < 2.0 * e.stderr


@pytest.mark.parametrize("calendar", CALENDARS)
def test_a_beta_is_the_same_in_any_money(calendar: str) -> None:
    """At a constant exchange rate beta and error of an asset in dollars stay, seen from the euro."""
    for asset, (value, stderr, n) in betas(calendar, "EUR").items():
        dollars = betas(calendar, "USD")[asset]
        assert (value, stderr, n) == (
            pytest.approx(dollars[0], rel=1e-9), pytest.approx(dollars[1], rel=1e-9), dollars[2],
        )  # fmt: skip


@pytest.mark.parametrize("calendar", CALENDARS)
def test_a_review_values_and_weighs_alike(calendar: str) -> None:
    """Net asset value is the same to the cent, and beta is that of the book's weights with the calendar's own betas."""
    found = tt.review(history(calendar), holdings(cash=2e5), MANDATE, method="ols", as_of=END).exposure
    daily = tt.review(history("daily"), holdings(cash=2e5), MANDATE, method="ols", as_of=END).exposure
    assert found.nav == pytest.approx(daily.nav, rel=1e-12)
    assert [p.value for p in found.positions] == pytest.approx([p.value for p in daily.positions], rel=1e-12)
    assert found.beta.value == pytest.approx(true_beta({a: b for a, (b, *_) in betas(calendar).items()}), rel=1e-9)
    assert abs(found.beta.value - true_beta(BETAS)) < 3.5 * found.beta.stderr


@pytest.mark.parametrize("base", ["USD", "EUR"])
@pytest.mark.parametrize("calendar", CALENDARS)
def test_a_plan_sells_the_contracts_that_its_betas_ask_for(calendar: str, base: str) -> None:
    """Contracts by hand from beta, value and target; the base currency changes neither their number nor beta after."""
    fx = constant_rate(calendar, RATE) if base == "EUR" else None
    plan = tt.plan(
        history(calendar), holdings(cash=0.0), MANDATE, hedge="ES,MES", hedge_prices=HEDGES, method="ols", as_of=END,
        base=base, fx=fx,
    )  # fmt: skip
    scale = RATE if base == "EUR" else 1.0
    excess = plan.before.beta_exposure - MANDATE.target * plan.before.nav
    sold = 0.0
    for order in plan.orders:
        signed = float(order.quantity) * (1.0 if order.side.value == "buy" else -1.0)
        sold += signed * float(order.multiplier) * order.mark * scale
    # One lot of the small contract is 5 x 4,000 dollars.
    assert sold == pytest.approx(-excess, abs=5.0 * 4000.0 * scale)
    # What the orders cost is gone from the value.
    cost = plan.before.nav - plan.after.nav
    assert 0.0 <= cost < 1e-4 * plan.before.nav
    assert plan.after.beta.value == pytest.approx(MANDATE.target, abs=5.0 * 4000.0 * scale / plan.after.nav)


@cache
def drifted(calendar: str, base: str = "USD") -> DriftChain:
    """How the beta of one book went between two days that every calendar has."""
    fx = constant_rate(calendar, RATE) if base == "EUR" else None
    return tt.drift(
        history(calendar), holdings(cash=2e5), "SPX", start=START, end=END, method="ols", base=base, fx=fx
    )  # fmt: skip


@pytest.mark.parametrize("calendar", CALENDARS)
def test_drift_counts_the_same_prices_on_every_calendar(calendar: str) -> None:
    """Values at both ends are equal, beta is their weights times the calendar's betas, and causes sum to the change."""
    found, daily = drifted(calendar), drifted("daily")
    for at in ("start", "end"):
        one, other = getattr(found, at), getattr(daily, at)
        assert one.nav == pytest.approx(other.nav, rel=1e-12)
        assert [p.value for p in one.positions] == pytest.approx([p.value for p in other.positions], rel=1e-12)
        weighed = sum(p.beta * p.value for p in one.positions if p.beta is not None) / one.nav
        assert one.beta.value == pytest.approx(weighed, rel=1e-12)
    assert sum(found.by_cause().values()) == pytest.approx(found.change, abs=1e-12)


def test_drift_is_the_same_in_any_money() -> None:
    """Each cause of a change of beta is, at a constant rate, that of the dollar; money is at the rate."""
    for calendar in CALENDARS:
        dollars, euros = drifted(calendar), drifted(calendar, "EUR")
        assert euros.change == pytest.approx(dollars.change, abs=1e-9)
        assert euros.end.nav == pytest.approx(RATE * dollars.end.nav, rel=1e-12)


@pytest.mark.parametrize("calendar", CALENDARS)
def test_performance_is_the_same_in_any_money(calendar: str) -> None:
    """Beta, alpha, volatility and the year's return do not hang on the base currency at a constant rate."""
    how = {"portfolio": "C", "benchmark": "SPX", "method": "ols"}
    dollars = tt.review_performance(history(calendar), **how, base="USD")
    euros = tt.review_performance(history(calendar), **how, base="EUR", fx=constant_rate(calendar, RATE))
    assert euros.alpha.beta.value == pytest.approx(dollars.alpha.beta.value, rel=1e-9)
    assert euros.alpha.arithmetic.value == pytest.approx(dollars.alpha.arithmetic.value, rel=1e-7)
    assert euros.annual_return == pytest.approx(dollars.annual_return, rel=1e-7)
    assert euros.relative[0].tracking_error == pytest.approx(dollars.relative[0].tracking_error, rel=1e-9)


@pytest.mark.parametrize("calendar", CALENDARS)
def test_a_year_s_return_compounds_to_the_growth_of_the_price(calendar: str) -> None:
    """Over the years that the returns span it is the last price over the first."""
    table = history(calendar)
    done = tt.review_performance(table, portfolio="C", benchmark="SPX", method="ols")
    column = table.column("C")
    growth = table.values[-1, column] / table.values[0, column]
    years = done.n_obs / done.periods_per_year
    assert (1.0 + done.annual_return) ** years == pytest.approx(growth, rel=1e-9)
