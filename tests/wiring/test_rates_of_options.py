"""Options take the risk-free rate that was given, where nothing nearer states one."""

from math import exp, log, log1p, sqrt

import numpy as np
import pytest
from given import settle
from scipy.stats import norm

import trimtab as tt
from trimtab.market.prices import PriceTable
from trimtab.market.rates.fx import FxRates

DATES = ["2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05", "2024-01-08"]
PRICES = PriceTable.of(
    {"SPX": [100.0, 101.0, 99.0, 100.5, 100.0], "OTHER": [10.0, 10.1, 9.9, 10.0, 10.2]}, dates=DATES
)  # fmt: skip
MANDATE = tt.Mandate(benchmark="SPX", target=1.0, band=0.05)


def book(**cells: str) -> object:
    import polars as pl

    row = {
        "symbol": "C", "kind": "option", "quantity": "1", "currency": "USD", "multiplier": "1",
        "expiry": "2024-07-08", "underlying": "SPX", "right": "call", "strike": "100", "vol": "0.2", **cells,
    }  # fmt: skip
    return pl.DataFrame([row])


def value(risk_free: object, **cells: str) -> float:
    options = {"base": "USD", "as_of": None, "fx": None, "contracts": None, "hedge": ()}
    _, setting, held, _ = settle(
        PRICES, book(**cells), MANDATE, risk_free=risk_free, method="ols", min_obs=3, **options
    )  # type: ignore[arg-type]
    worth = tt.expose(held, setting.market, setting.betas).positions[0].value
    assert worth is not None
    return worth


def black_scholes(rate: float) -> float:
    t = 182 / 365
    d = (log(100 / 100) + (rate + 0.02) * t) / (0.2 * sqrt(t))
    return float(100 * norm.cdf(d) - 100 * exp(-rate * t) * norm.cdf(d - 0.2 * sqrt(t)))


@pytest.mark.parametrize("risk_free", [0.0, 0.04, 0.1])
def test_the_stated_rate_prices_options(risk_free: float) -> None:
    """The textbook formula at log(1 + r); without a rate it is 0, and the flag says so."""
    assert value(risk_free) == pytest.approx(black_scholes(log1p(risk_free)), rel=1e-9)
    assert value(None) == pytest.approx(black_scholes(0.0), rel=1e-9)


def test_a_rate_in_the_holdings_goes_first() -> None:
    """What the holdings say of an option is nearer than the rate of the question."""
    assert value(0.04, rate="0.01") == pytest.approx(black_scholes(0.01), rel=1e-9)


def test_an_option_takes_the_rate_of_its_own_currency() -> None:
    """In a book in dollars a euro option is valued at the euro's rate; at none if only the dollar's is known."""
    prices = PriceTable.of(
        {"SPX": [100.0, 101.0, 99.0, 100.5, 100.0], "SX5E": [99.0, 101.0, 99.0, 100.5, 100.0]}, dates=DATES,
    )  # fmt: skip
    rates = FxRates(dates=np.array(DATES, dtype="M8[D]"), pairs=(("EUR", "USD"),), values=np.full((5, 1), 1.25))
    book_ = book(currency="EUR", underlying="SX5E")
    options = {"base": "USD", "as_of": None, "fx": rates, "contracts": None, "hedge": (), "method": "ols", "min_obs": 3}
    worth = {}
    for risk_free in ("USD=0.05,EUR=0.02", "USD=0.05", 0.05):
        _, setting, held, _ = settle(prices, book_, MANDATE, risk_free=risk_free, **options)  # type: ignore[arg-type]
        line = tt.expose(held, setting.market, setting.betas).positions[0]
        worth[risk_free] = line.value, any("no risk-free rate of EUR" in n for n in setting.notes)
    assert worth["USD=0.05,EUR=0.02"] == (pytest.approx(1.25 * black_scholes(log1p(0.02)), rel=1e-9), False)
    for risk_free in ("USD=0.05", 0.05):
        assert worth[risk_free] == (pytest.approx(1.25 * black_scholes(0.0), rel=1e-9), True)
