"""What each kind of position is worth along simulated paths, against a full revaluation at every point."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from given import given_betas
from scipy.stats import norm

from trimtab.market.prices import PriceTable
from trimtab.market.rates.fx import FxRates
from trimtab.market.snapshot import market_at
from trimtab.model.instrument import (
    Cash,
    Exercise,
    Future,
    Option,
    OptionRight,
    Perpetual,
    PerpetualPayoff,
    Spot,
    Terms,
)
from trimtab.model.portfolio import Portfolio, Position, Stated
from trimtab.monitor.ahead.projection import QUANTILES, FactorRisk, _grown, _median, project_beta
from trimtab.monitor.drift.shift import freeze_book

PRICES = {"M": 5000.0, "A": 100.0, "BTC": 60_000.0, "Z": 60_300.0, "DAX": 18_000.0, "MDAX": 25_000.0}
MARKET = market_at(
    replace(
        PriceTable.of({name: [price] for name, price in PRICES.items()}, dates=["2024-03-01"]),
        currencies=("USD", "USD", "USD", "USD", "EUR", "EUR"),
    ),
    base="USD",
    fx=FxRates.of({"EURUSD": [1.1]}, dates=["2024-03-01"]),
)
BETAS = given_betas(
    "M",
    {"A": (1.3, 0.1), "BTC": (1.9, 0.3), "Z": (1.8, 0.3), "DAX": (0.9, 0.1), "DAX in EUR": (0.7, 0.1),
     "EUR": (0.2, 0.05), "MDAX": (1.1, 0.1), "MDAX in EUR": (0.95, 0.1)},
)  # fmt: skip
DAILY = {"M": 0.01, "A": 0.02, "BTC": 0.03, "Z": 0.03, "DAX": 0.012, "DAX in EUR": 0.012, "EUR": 0.006, "MDAX": 0.01,
         "MDAX in EUR": 0.01}  # fmt: skip
CALL = {"right": OptionRight.CALL, "exercise": Exercise.EUROPEAN, "terms": (Terms(multiplier=Decimal(100)),)}


def held(instrument, quantity, **stated):
    return Position(instrument=instrument, quantity=Decimal(quantity), stated=Stated(**stated))


def perpetual(payoff, settlement, multiplier):
    return Perpetual(
        symbol="Z", currency="USD", settlement=settlement, payoff=payoff, underlying=("BTC",),
        terms=(Terms(multiplier=Decimal(multiplier)),),
    )  # fmt: skip


EXPIRY = dt.date(2024, 5, 17)
KINDS = {
    "share": held(Spot(symbol="A", currency="USD"), 1000),
    "foreign share": held(Spot(symbol="MDAX", currency="EUR"), -3),
    "future": held(Future(symbol="DAX", root="DAX", currency="EUR", terms=(Terms(multiplier=Decimal(25)),)), 2),
    "money": held(Cash(currency="EUR"), 20_000),
    "inverse": held(perpetual(PerpetualPayoff.INVERSE, "BTC", 1), -40_000, entry=Decimal(50_000)),
    "quanto": held(perpetual(PerpetualPayoff.QUANTO, "EUR", "0.01"), 70, entry=Decimal(58_000)),
    "option": held(Option(symbol="O", underlying="A", currency="USD", strike=Decimal(102), expiry=EXPIRY, **CALL), 20,
                   vol=0.3),
    "foreign option": held(Option(symbol="P", underlying="DAX", currency="EUR", strike=Decimal(18_500), expiry=EXPIRY,
                                  **CALL), -1, vol=0.2),
}  # fmt: skip


def frozen(kind):
    base = held(Cash(currency="USD"), 1_000_000)
    return freeze_book(Portfolio(positions=(KINDS[kind], base), base="USD"), MARKET, BETAS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_position_is_worth_on_a_path_what_it_is_worth_anew(kind):
    """Value and beta exposure on each of six paths and eight days: exact but for options, which are read off a grid."""
    book = frozen(kind)
    rng = np.random.default_rng(4)
    days = 8
    growth = {
        name: np.cumprod(1 + 0.7 * DAILY[name] * rng.normal(size=(6, days)), axis=1) for name in book.names() or ("A",)
    }
    risk = FactorRisk(benchmark=0.01, residual={name: DAILY[name] for name in growth})
    value, exposure = (np.broadcast_to(x, (6, days)) for x in _grown(book, 0, growth, days, risk))
    for path, day in ((p, d) for p in range(6) for d in range(days)):
        own = {name: float(moved[path, day] - 1.0) for name, moved in growth.items()}
        later = (day + 1) * 365 / 252 if "option" in kind else 0.0
        anew = book.shifted(own=own, days=later).positions[0]
        # Of an option the days 1, 2, 3, 5 and 8 are laid out, and whole calendar days count.
        near = (1.2e-2 if day in {0, 1, 2, 4, 7} else 2e-2) if "option" in kind else 1e-9
        assert value[path, day] == pytest.approx(anew.value, rel=near, abs=1e-6)
        assert exposure[path, day] == pytest.approx(anew.beta_exposure, rel=near, abs=1e-6)


def test_what_a_projection_says_follows_from_its_paths():
    """Shares of paths outside, on the day and by then; the mean distance; the median exit in days; counted by hand."""
    book = frozen("share")
    risk = FactorRisk(benchmark=0.01, residual={"A": 0.02})
    now = book.shifted().beta
    terms = {"risk": risk, "horizons": (1, 4), "paths": 4000, "seed": 3}
    wide = project_beta(book, lower=now - 0.002, upper=now + 0.004, **terms)
    first, last = wide.horizons
    assert first.outside == first.exited < last.outside < last.exited
    assert first.off < last.off
    assert first.off == pytest.approx(0.8 * wide.sd, rel=0.05)
    assert list(first.quantiles) == sorted(first.quantiles)
    for line in wide.horizons:
        straight = [now + wide.daily_drift * line.days + norm.ppf(q) * wide.sd * np.sqrt(line.days) for q in QUANTILES]
        assert line.local_quantiles == pytest.approx(straight, rel=1e-9)
    outside = project_beta(book, lower=now + 0.1, upper=now + 0.2, **terms)
    assert [line.exited for line in outside.horizons] == [1.0, 1.0]
    assert outside.median_exit_days == 0.0


@pytest.mark.parametrize(("shares", "day"), [((0.2, 0.5, 0.9), 2.0), ((0.6, 0.7, 0.8), 1.0), ((0.1, 0.2, 0.4), None)])
def test_the_median_exit_is_the_first_day_with_half_outside(shares, day):
    """Days count from one; where half of the paths are never outside there is none; outside already it is 0."""
    left = np.arange(10)[:, None] < 10 * np.array(shares)
    assert _median(left, inside=True) == day
    assert _median(left, inside=False) == 0.0
