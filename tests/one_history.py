"""One simulated price history on four calendars: every day, weekdays, Fridays and ends of months; constant betas."""

from functools import cache

import numpy as np

from trimtab.market.prices import PriceTable, absence

__all__ = ["BETAS", "CALENDARS", "DAILY_MONEY", "OWN_RISK", "VOLATILITY", "history", "holdings"]

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
def history(calendar: str, *, currency: str = "USD", scale: float = 1.0, symbols: tuple[str, ...] = ()) -> PriceTable:
    """Give the history on one calendar.

    Parameters
    ----------
    calendar
        One of `CALENDARS`. Volume is that of all weekdays (of the seven-day calendar: of all days) of an interval.
    currency, scale
        What prices are stated in, and what they are multiplied by: another currency at a constant rate.
    symbols
        Assets beside the benchmark; all by default.
    """
    days, levels = _path()
    rows = _rows(days, calendar)
    names = ("SPX", *(symbols or BETAS))
    columns = [0, *(1 + list(BETAS).index(n) for n in names[1:])]
    values = levels[np.ix_(rows, columns)] * scale
    counted = np.ones(len(days)) if calendar == "daily-7" else np.is_busday(days).astype(float)
    until = np.cumsum(counted)[rows]
    sessions = np.diff(until, prepend=until[0] - 1.0)
    # As many units as make the money of a day at the last price, so that the last median is exact.
    units = DAILY_MONEY * scale / values * sessions[:, None]
    return PriceTable(
        dates=days[rows].astype("datetime64[s]"), symbols=names, values=values, why=absence(values),
        currencies=(currency,) * len(names), volumes=units,
    )  # fmt: skip


def holdings(*, cash: float, scale: float = 1.0, currency: str = "USD", size: float = 1e6) -> str:
    """Give a book that holds `size` of money in each asset at the last price, and cash; in one line of text."""
    _, levels = _path()
    units = [round(size / price) for price in levels[-1, 1:]]
    return ", ".join([*(f"{n} {name}" for n, name in zip(units, BETAS, strict=True)), f"{cash * scale:.2f} {currency}"])


@cache
def _path() -> tuple[np.ndarray, np.ndarray]:
    """Simulate day by day; returns of a longer interval follow from the prices, whose betas stay nearly the same."""
    rng = np.random.default_rng(11)
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
