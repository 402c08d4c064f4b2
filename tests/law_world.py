"""A made-up world for the law of exposure, and its own arithmetic: nothing here comes from the code under test.

Every price has a home currency and every currency a rate; returns load on the benchmark, with noise of their own.
Slopes are plain least squares, rates cross by division, options are Black-Scholes with `math.erf`.
"""

import datetime as dt
from dataclasses import dataclass
from math import erf, exp, log, sqrt

import numpy as np

CURRENCIES = ("USD", "EUR", "GBP", "JPY", "CHF")
DAYS = 160
DATES = np.busday_offset(np.datetime64("2024-01-02"), np.arange(DAYS), roll="forward")
TODAY: dt.date = DATES[-1].item()

#: Home currency, last price, and beta at home of each name.
ASSETS = {
    "SAP": ("EUR", 180.0, 1.1),
    "VOD": ("GBP", 0.7, 0.6),
    "AAPL": ("USD", 190.0, 1.3),
    "NESN": ("CHF", 98.0, 0.5),
    "TM": ("JPY", 2600.0, 0.9),
    "SX5E": ("EUR", 4900.0, 0.9),
    "N225": ("JPY", 38000.0, 0.8),
    "FEZ": ("USD", 52.0, 1.2),
    "DXJ": ("JPY", 110.0, 0.7),
    "BTC": ("USD", 64000.0, 1.9),
    "ETH": ("USD", 3100.0, 2.4),
}
_RATE = {"USD": (1.0, 0.0), "EUR": (1.09, 0.5), "GBP": (1.27, 0.4), "JPY": (0.0067, -0.3), "CHF": (1.13, 0.1)}


@dataclass(frozen=True)
class World:
    """Prices at home by name, US dollars per unit of each currency, and the benchmark in base currency."""

    base: str
    home: dict[str, np.ndarray]
    dollars: dict[str, np.ndarray]
    benchmark: np.ndarray

    @classmethod
    def draw(cls, rng: np.random.Generator, base: str) -> "World":
        """Draw a world."""
        market = rng.normal(0.0, 0.011, DAYS - 1)

        def path(last: float, beta: float, noise: float) -> np.ndarray:
            growth = np.concatenate([[1.0], np.cumprod(1.0 + beta * market + rng.normal(0.0, noise, DAYS - 1))])
            return last * growth / growth[-1]

        return cls(
            base=base,
            home={name: path(last, beta, 0.008) for name, (_, last, beta) in ASSETS.items()},
            dollars={c: np.ones(DAYS) if c == "USD" else path(last, beta, 0.004) for c, (last, beta) in _RATE.items()},
            benchmark=path(5000.0, 1.0, 0.0),
        )

    def rate(self, currency: str, into: str | None = None) -> np.ndarray:
        """Give units of a currency (base unless said) per unit of another, or of a coin; shape (DAYS,)."""
        one = self.home[currency] * self.dollars["USD"] if currency in {"BTC", "ETH"} else self.dollars[currency]
        return one / self.dollars[into or self.base]

    def price(self, name: str, currency: str) -> np.ndarray:
        """Give a price in a currency, shape (DAYS,)."""
        return self.home[name] * self.rate(ASSETS[name][0], currency)

    def slope(self, series: np.ndarray) -> float:
        """Give the least squares slope of a series' returns on the benchmark's."""
        y, x = series[1:] / series[:-1] - 1.0, self.benchmark[1:] / self.benchmark[:-1] - 1.0
        return float(np.sum((x - x.mean()) * (y - y.mean())) / np.sum((x - x.mean()) ** 2))


def normal(x: float) -> float:
    """Standard normal distribution function."""
    return 0.5 * (1.0 + erf(x / sqrt(2.0)))


def black_scholes(
    right: str, spot: float, strike: float, vol: float, years: float, rate: float, dividend_yield: float
) -> float:
    """Value of one European option."""
    deviation = vol * sqrt(years)
    forward = spot * exp((rate - dividend_yield) * years)
    one = (log(forward / strike) + deviation**2 / 2.0) / deviation
    sign = 1.0 if right == "call" else -1.0
    return sign * exp(-rate * years) * (forward * normal(sign * one) - strike * normal(sign * (one - deviation)))


def vol_of(price: float, right: str, spot: float, strike: float, years: float, rate: float, q: float) -> float:
    """Volatility at which an option is worth a price, by bisection."""
    low, high = 1e-4, 5.0
    for _ in range(200):
        middle = (low + high) / 2.0
        low, high = (
            (middle, high) if black_scholes(right, spot, strike, middle, years, rate, q) < price else (low, middle)
        )
    return (low + high) / 2.0
