"""Rates of drift against analytic greeks, first exit against known laws, projection against brute force."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from math import pi, sqrt

import mpmath
import numpy as np
import pytest
from given import given_betas
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.stats import norm

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.exposure.expose import expose
from trimtab.market.prices import PriceTable
from trimtab.market.snapshot import market_at
from trimtab.model.instrument import Cash, Exercise, Future, Option, OptionRight, Spot, Terms
from trimtab.model.portfolio import Portfolio, Position, Stated
from trimtab.monitor.ahead.delta import delta_drift
from trimtab.monitor.ahead.first_exit import _inside_by_series, _left_by_images, exit_probability, median_exit
from trimtab.monitor.ahead.projection import FactorRisk, project_beta
from trimtab.monitor.drift.shift import freeze_book

BETAS = given_betas("M", {"A": (1.3, 0.1), "B": (0.6, 0.1)})
MARKET = market_at(
    PriceTable.of({"M": [5000.0], "A": [100.0], "B": [50.0]}, dates=["2024-03-01"], currency="USD"), base="USD"
)


def held(instrument, quantity, **stated):
    return Position(instrument=instrument, quantity=Decimal(quantity), stated=Stated(**stated))


def option(underlying="A", strike=100, right=OptionRight.CALL, exercise=Exercise.EUROPEAN, days=90):
    return Option(
        symbol=f"{underlying}{strike}{right.value}", underlying=underlying, currency="USD", right=right,
        strike=Decimal(strike), expiry=dt.date(2024, 3, 1) + dt.timedelta(days=days), exercise=exercise,
        terms=(Terms(multiplier=Decimal(100)),),
    )  # fmt: skip


def book(*positions, cash=100_000):
    return Portfolio(positions=(*positions, held(Cash(currency="USD"), cash)), base="USD")


MIXED = book(
    held(Spot(symbol="A", currency="USD"), 1000),
    held(Spot(symbol="B", currency="USD"), 2000),
    held(option(), 20, vol=0.3),
    held(Future(symbol="ES", root="ES", currency="USD", terms=(Terms(multiplier=Decimal(50)),), underlying=("M",)), -1),
)


@pytest.mark.parametrize("exercise", list(Exercise))
@pytest.mark.parametrize("right", list(OptionRight))
def test_rates_of_delta_agree_with_greeks(exercise, right):
    """Drift of delta per 1%, day and volatility point by revaluation is gamma, charm and vanna of the model."""
    position = held(option(right=right, exercise=exercise), 10, vol=0.3)
    found = delta_drift(freeze_book(book(position), MARKET, BETAS), volatility={"A": 0.02}).positions[0]
    assert found.delta_rates.per_1pct == pytest.approx(found.analytic_per_1pct, rel=2e-3)
    if exercise is Exercise.EUROPEAN:
        vol, years = 0.3, 90 / 365
        d1 = (vol**2 / 2 * years) / (vol * sqrt(years))
        d2 = d1 - vol * sqrt(years)
        gamma = norm.pdf(d1) / (100 * vol * sqrt(years))
        assert found.delta_rates.per_1pct == pytest.approx(gamma * 100 * 1.3 * 0.01, rel=1e-3)
        assert found.delta_rates.per_vol_point == pytest.approx(-norm.pdf(d1) * d2 / vol * 0.01, rel=1e-3)
        charm = -norm.pdf(d1) * (-d2 * vol * sqrt(years)) / (2 * years * vol * sqrt(years)) / 365
        assert found.delta_rates.per_day == pytest.approx(charm, rel=0.02)


def test_rates_of_positions_add_up_to_those_of_the_book():
    """Each rate of portfolio beta is the sum over positions."""
    found = delta_drift(freeze_book(MIXED, MARKET, BETAS), volatility={})
    for name in ("per_1pct", "per_day", "per_vol_point"):
        assert sum(getattr(p.rates, name) for p in found.positions) == pytest.approx(
            getattr(found.rates, name), abs=1e-14
        )
    assert found.beta == pytest.approx(expose(MIXED, MARKET, BETAS).beta.value, rel=1e-12)


def test_days_to_tolerance_is_a_first_passage():
    """With no charm to speak of, half of all paths have left +-tolerance after 0.7572 (tolerance / spread)^2 days."""
    position = held(option(days=3650), 10, vol=0.3)
    found = delta_drift(freeze_book(book(position), MARKET, BETAS), volatility={"A": 0.02}, tolerance=0.02).positions[0]
    spread = found.analytic_per_1pct / 1.3 / 0.01 * 0.02
    assert found.days_to_tolerance == pytest.approx(0.7572 * (0.02 / spread) ** 2, rel=0.01)


def test_exit_agrees_with_the_reflection_principle():
    """With one edge out of reach, the exit has the law of a single barrier, with and without drift."""
    for drift in (0.0, 0.03, -0.05):
        ours = exit_probability(start=0.0, lower=-60.0, upper=1.0, drift=drift, sd=0.3, days=10)
        sd = 0.3 * sqrt(10)
        law = norm.cdf((-1 + drift * 10) / sd) + np.exp(2 * drift / 0.09) * norm.cdf((-1 - drift * 10) / sd)
        assert ours == pytest.approx(law, abs=1e-10)


def test_exit_agrees_with_the_published_mean():
    """The mean exit time from the middle of a band without drift is (half width / spread)^2."""
    days = np.linspace(0, 3000, 60_001)
    inside = [1 - exit_probability(start=0.0, lower=-1.0, upper=1.0, drift=0.0, sd=0.1, days=d) for d in days]
    assert np.trapezoid(inside, days) == pytest.approx(100.0, rel=1e-4)
    first = 4 / pi * np.exp(-(pi**2) * 0.01 * 300 / 8)
    assert 1 - exit_probability(start=0.0, lower=-1.0, upper=1.0, drift=0.0, sd=0.1, days=300) == pytest.approx(first)


@given(st.floats(0.05, 0.95), st.floats(-0.5, 0.5), st.floats(0.2, 1.0), st.floats(0.3, 2.0))
@example(x=0.75, drift=-0.5, sd=0.21875, days=1.0)
def test_series_and_images_are_one_function(x, drift, sd, days):
    """Both closed forms give the same probability where both converge."""
    inside = _inside_by_series(x, 1.0, drift, sd, days)
    assert inside == pytest.approx(1.0 - _left_by_images(x, 1.0, drift, sd, days), abs=1e-11)


def exact_exit(x, drift, sd, days):
    """Give 1 - S(t) of the unit interval by the textbook sum over images, in 700 digits."""
    with mpmath.workdps(700):
        x, m, s, t = (mpmath.mpf(v) for v in (x, drift, sd, days))
        spread = s * mpmath.sqrt(t)

        def within(mean):
            low, high = -mean / spread, (1 - mean) / spread
            return mpmath.ncdf(-low) - mpmath.ncdf(-high) if low > 0 else mpmath.ncdf(high) - mpmath.ncdf(low)

        images = (
            mpmath.exp(2 * n * m / s**2) * within(x + 2 * n + m * t)
            - mpmath.exp(2 * m * (n - x) / s**2) * within(2 * n - x + m * t)
            for n in range(-8, 9)
        )
        return float(1 - mpmath.fsum(images))


@pytest.mark.parametrize(
    ("x", "drift", "sd", "days"),
    [
        (0.75, -0.5, 0.21875, 1.0),  # the far tails of two distribution functions were lost
        (0.5, 0.5, 0.08, 1.0),  # an image of weight e^78 at a probability of e^-81
        (0.5, 0.5, 0.02, 1.0),  # of weight e^1250 at a probability below the smallest double
        (0.5, -20.0, 0.15, 0.02),  # drift that comes near the other edge
        (0.5, 0.0, 0.05, 1.0),  # 3e-23: one less survival would say 0
        (0.2, 0.1, 0.01, 0.5),
        (0.001, 30.0, 1.0, 0.01),
        (0.4, 40.0, 1.5, 0.2),  # steep, and wide against the interval
    ],
)
def test_exit_agrees_with_seven_hundred_digits(x, drift, sd, days):
    """Small and large chances of having left have their digits, whatever weight stands before an image."""
    ours = exit_probability(start=x, lower=0.0, upper=1.0, drift=drift, sd=sd, days=days)
    assert ours == pytest.approx(exact_exit(x, drift, sd, days), rel=1e-12, abs=0)


def test_the_chance_of_staying_at_the_case_of_the_trial():
    """0.83313651174449686 stays inside, to the last digits."""
    left = exit_probability(start=0.75, lower=0.0, upper=1.0, drift=-0.5, sd=0.21875, days=1.0)
    assert 1.0 - left == pytest.approx(0.83313651174449686, rel=1e-15)


def test_no_spread_leaves_on_a_day():
    """Without noise, drift alone decides; outside is outside."""
    common = {"lower": 0.0, "upper": 1.0, "sd": 0.0}
    assert exit_probability(start=0.5, drift=0.1, days=4.9, **common) == 0.0
    assert median_exit(start=0.5, drift=0.1, **common) == pytest.approx(5.0)
    assert median_exit(start=0.5, drift=0.0, **common) is None
    assert exit_probability(start=1.0, drift=0.0, days=0.0, **common) == 1.0
    with pytest.raises(InputError, match="wider than zero"):
        exit_probability(start=0.5, lower=1.0, upper=1.0, drift=0.0, sd=1.0, days=1.0)


def brute(risk, days, paths, seed):
    """Revalue the mixed book in full on each path and day: a market of new prices, and `expose`."""
    rng = np.random.default_rng(seed)
    beta = np.empty((paths, days))
    for path in range(paths):
        levels = {"M": 5000.0, "A": 100.0, "B": 50.0}
        cash = 100_000.0
        for day in range(days):
            x = rng.normal(0, risk.benchmark)
            before = levels["M"]
            for name, load in (("M", 1.0), ("A", 1.3), ("B", 0.6)):
                levels[name] *= 1 + load * x + rng.normal(0, 1) * risk.residual[name]
            cash += -50 * (levels["M"] - before)
            later = np.datetime64("2024-03-01") + np.timedelta64(round((day + 1) * 365 / 252), "D")
            market = market_at(
                PriceTable.of({k: [v] for k, v in levels.items()}, dates=[str(later)], currency="USD"), base="USD"
            )
            portfolio = replace(MIXED, positions=(*MIXED.positions[:-1], held(Cash(currency="USD"), repr(cash))))
            beta[path, day] = expose(portfolio, market, BETAS).beta.value
    return beta


@pytest.mark.slow
def test_projection_agrees_with_brute_force():
    """Quantiles and exits of the projection are those of full revaluations path by path."""
    risk = FactorRisk(benchmark=0.012, residual={"M": 0.0, "A": 0.015, "B": 0.01})
    now = expose(MIXED, MARKET, BETAS).beta.value
    lower, upper = now - 0.08, now + 0.08
    paths = brute(risk, 10, 700, seed=1)
    found = project_beta(
        freeze_book(MIXED, MARKET, BETAS),
        risk=risk,
        lower=lower,
        upper=upper,
        horizons=(1, 5, 10),
        paths=20_000,
        seed=2,
    )
    left = np.logical_or.accumulate((paths < lower) | (paths > upper), axis=1)
    for line in found.horizons:
        column = paths[:, line.days - 1]
        spread = column.std()
        for q, ours in zip((0.05, 0.25, 0.5, 0.75, 0.95), line.quantiles, strict=True):
            assert np.quantile(column, q) == pytest.approx(ours, abs=0.17 * spread)
        assert left[:, line.days - 1].mean() == pytest.approx(line.exited, abs=0.07)
        # The local closed form is near at short horizons.
        assert line.exited == pytest.approx(line.exited_local, abs=0.08)


def test_a_quiet_book_stays_where_it_is():
    """Without volatility beta does not move; the projection says so and names no exit."""
    quiet = FactorRisk(benchmark=0.0, residual={"M": 0.0, "A": 0.0, "B": 0.0})
    shares = book(held(Spot(symbol="A", currency="USD"), 1000))
    found = project_beta(freeze_book(shares, MARKET, BETAS), risk=quiet, lower=0.0, upper=1.0, paths=10)
    assert found.sd == 0.0
    assert all(line.exited == line.exited_local == 0.0 for line in found.horizons)
    assert found.median_exit_days is None
    assert found.median_exit_local is None


def test_the_simulation_has_the_spread_of_the_closed_form():
    """At one day, simulated and local spread of beta agree, wandering estimates included."""
    risk = FactorRisk(benchmark=0.01, residual={"A": 0.015, "B": 0.01}, estimates=0.004)
    found = project_beta(freeze_book(MIXED, MARKET, BETAS), risk=risk, lower=-5.0, upper=5.0, paths=40_000, seed=3)
    line = found.horizons[0]
    assert (line.quantiles[4] - line.quantiles[0]) == pytest.approx(2 * 1.645 * found.sd, rel=0.04)


def test_what_is_not_known_is_refused():
    """A missing residual volatility and a band without width are refused."""
    risk = FactorRisk(benchmark=0.01, residual={"A": 0.01})
    with pytest.raises(NotEnoughDataError, match="none of B"):
        project_beta(freeze_book(MIXED, MARKET, BETAS), risk=risk, lower=0.0, upper=1.0)
    with pytest.raises(InputError, match="band wider"):
        project_beta(freeze_book(MIXED, MARKET, BETAS), risk=risk, lower=1.0, upper=1.0)
