"""One simulated price history on four calendars: every day, weekdays, Fridays and ends of months; constant betas."""

from functools import cache

import numpy as np
import polars as pl

from trimtab.market.prices import PriceTable, absence
from trimtab.market.rates.fx import FxRates

__all__ = ["BETAS", "CALENDARS", "DAILY_MONEY", "OWN_RISK", "VOLATILITY", "constant_rate", "history", "holdings"]

#: Of the benchmark, a year.
VOLATILITY = 0.157
BETAS = {"A": 0.7, "B": 1.0, "C": 1.3, "D": 1.6, "E": 1.1, "F": 0.9}
#: Of each asset beside the benchmark, a year.
OWN_RISK = 0.2
#: Money that changes hands in each asset on a day with prices.
DAILY_MONEY = 2e6
CALENDARS = ("daily", "weekly", "monthly", "daily-7")
#: The last day is a Friday that ends a month, so every calendar ends with the same prices.
_FIRST, _LAST = np.datetime64("2006-01-01"), np.datetime64("2018-11-30")


@cache
def history(calendar: str, seed: int = 11) -> PriceTable:
    """Give the history on one calendar.

    Parameters
    ----------
    calendar
        One of `CALENDARS`. Volume is that of all weekdays (of the seven-day calendar: of all days) of an interval.
    seed
        Of the simulation; every calendar of one seed has the same path.
    """
    days, levels = _path(seed)
    rows = _rows(days, calendar)
    names, values = ("SPX", *BETAS), levels[rows]
    counted = np.ones(len(days)) if calendar == "daily-7" else np.is_busday(days).astype(float)
    until = np.cumsum(counted)[rows]
    sessions = np.diff(until, prepend=until[0] - 1.0)
    # As many units as make the money of a day at the last price, so that the last median is exact.
    units = DAILY_MONEY / values * sessions[:, None]
    return PriceTable(
        dates=days[rows].astype("datetime64[s]"), symbols=names, values=values, why=absence(values),
        currencies=("USD",) * len(names), volumes=units,
    )  # fmt: skip


def holdings(*, cash: float, size: float = 1e6) -> pl.DataFrame:
    """Give a book in dollars that holds `size` of money in each asset at the last price, and cash."""
    _, levels = _path()
    units = [float(round(size / price)) for price in levels[-1, 1:]]
    return pl.DataFrame(
        {
            "symbol": [*BETAS, "USD"],
            "kind": ["spot"] * len(BETAS) + ["cash"],
            "quantity": [*units, cash],
            "currency": ["USD"] * (len(BETAS) + 1),
        }
    )


def constant_rate(calendar: str, rate: float = 0.8) -> FxRates:
    """Give the euro for one dollar, the same on every day of a calendar."""
    days = history(calendar).dates.astype("datetime64[D]")
    return FxRates(dates=days, pairs=(("USD", "EUR"),), values=np.full((len(days), 1), rate))


@cache
def _path(seed: int = 11) -> tuple[np.ndarray, np.ndarray]:
    """Simulate day by day; returns of a longer interval follow from the prices, whose betas stay nearly the same."""
    rng = np.random.default_rng(seed)
    days = np.arange(_FIRST, _LAST + 1, dtype="datetime64[D]")
    sd, own = VOLATILITY / np.sqrt(365.0), OWN_RISK / np.sqrt(365.0)
    market = rng.normal(0.0, sd, len(days))
    returns = np.column_stack([market, *(b * market + rng.normal(0.0, own, len(days)) for b in BETAS.values())])
    # Growth without drift: a path of thirteen years stays near where it began.
    logs = np.cumsum(np.log1p(returns) - np.log1p(returns).mean(axis=0), axis=0)
    return days, np.array([4000.0, *np.linspace(40.0, 90.0, len(BETAS))]) * np.exp(logs)


def _rows(days: np.ndarray, calendar: str) -> np.ndarray:
    weekday = (days.astype(np.int64) + 3) % 7
    if calendar == "daily-7":
        return np.arange(len(days))
    if calendar == "daily":
        return np.flatnonzero(weekday < 5)
    if calendar == "weekly":
        return np.flatnonzero(weekday == 4)
    month = days.astype("datetime64[M]").astype(np.int64)
    business = np.flatnonzero(weekday < 5)
    return business[np.flatnonzero(np.diff(month[business], append=month[-1] + 1))]
