"""Made-up prices with a known beta, and an independent way to measure it."""

import datetime as dt
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from trimtab.market.prices import PriceTable

TRUE_BETA = 1.50


def business_days(count: int, start: str = "2018-01-01") -> NDArray[np.datetime64]:
    """Give Mondays to Fridays."""
    return np.busday_offset(np.datetime64(start), np.arange(count), roll="forward").astype("datetime64[D]")


def panel(count: int = 750, *, beta: float = TRUE_BETA, noise: float = 0.004, seed: int = 1) -> dict[str, NDArray]:
    """Give a benchmark M and an asset A with a true beta, priced on business days."""
    rng = np.random.default_rng(seed)
    market = rng.normal(0.0003, 0.01, count - 1)
    asset = beta * market + rng.normal(0, noise, count - 1)
    prices = {name: 100 * np.cumprod(np.concatenate([[1.0], 1 + r])) for name, r in (("M", market), ("A", asset))}
    return {"dates": business_days(count), **prices}


def measured_beta(table: PriceTable, asset: str = "A", benchmark: str = "M") -> float:
    """Measure beta in the plainest way: join on dates with both prices, take returns, skip breaks, fit a line."""
    columns = [table.symbols.index(asset), table.symbols.index(benchmark)]
    both = table.values[:, columns]
    rows = np.flatnonzero(~np.isnan(both).any(axis=1))
    returns = both[rows[1:]] / both[rows[:-1]] - 1
    broken = {r for r, c in table.breaks.tolist() if c in columns}
    keep = [not any(a < b <= e for b in broken) for a, e in pairwise(rows.tolist())]
    return float(np.polyfit(returns[keep, 1], returns[keep, 0], 1)[0])


def iso(dates: NDArray[np.datetime64]) -> list[str]:
    """Give dates as texts."""
    return [str(d) for d in dates.astype("datetime64[D]")]


def as_date(day: np.datetime64) -> dt.date:
    """Give a Python date."""
    return day.astype("datetime64[D]").astype(dt.date)
