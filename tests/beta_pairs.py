"""Paired returns made to measure, for tests of estimators."""

import numpy as np
from given import business_days, price_path

from trimtab.market.prices import PriceTable
from trimtab.market.returns import PairedReturns, pair_returns


def pairs_of(market: np.ndarray, asset: np.ndarray, *, start: str = "2012-01-02") -> PairedReturns:
    """Pair returns of assets, shape (n,) or (n, n_assets), with a benchmark M on business days."""
    columns = asset[:, None] if asset.ndim == 1 else asset
    prices = {"M": price_path(market)} | {f"A{i}": price_path(columns[:, i]) for i in range(columns.shape[1])}
    table = PriceTable.of(prices, dates=business_days(len(market) + 1, start))
    return pair_returns(table, benchmark="M")


def noisy_pairs(
    betas: tuple[float, ...] = (-0.5, 0.0, 0.5, 1.0, 1.5),
    *,
    n: int = 1500,
    seed: int = 11,
    noise: float = 0.01,
    tails: float | None = None,
) -> PairedReturns:
    """Plant betas: r = beta m + e, with normal or t-distributed noise of one size."""
    rng = np.random.default_rng(seed)
    market = rng.normal(0.0, 0.01, n)
    shape = (n, len(betas))
    draws = rng.normal(size=shape) if tails is None else rng.standard_t(tails, shape) / np.sqrt(tails / (tails - 2))
    return pairs_of(market, market[:, None] * np.array(betas) + noise * draws)


def series(pairs: PairedReturns, i: int) -> tuple[np.ndarray, np.ndarray]:
    """Give one asset's paired returns: benchmark and asset."""
    known = np.isfinite(pairs.asset[:, i])
    return pairs.market[known, i], pairs.asset[known, i]
