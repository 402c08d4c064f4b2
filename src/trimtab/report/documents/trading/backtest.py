"""A backtest as a document."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from trimtab.backtest.compare import Comparison, Regime
from trimtab.backtest.measure import Outcome
from trimtab.desk.ask.backtest.replay import Backtest, BetaPath

__all__ = ["BacktestDocument", "backtest_document"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestDocument:
    """What rules of hedging would have done with a book.

    Parameters
    ----------
    benchmark, base_currency, hedge, target, band
        What was hedged against, in which money, with which family of futures, and to what.
    first, last, days
        Of the replay.
    nav_first, nav_last, beta_first, beta_last
        Worth and measured beta of the book without its hedge.
    model_price
        Whether the price of the future is the level of its index; then basis is zero.
    fill
        "next-close", or "same-close", which nobody can do.
    risk_aversion, seed
        As asked.
    conclusion
        What can be said beyond noise.
    tried
        How many policies the intervals allow for.
    lowest, alike
        Policy of the lowest total, and those that are not beyond noise of it, the cheapest first.
    policies
        What each did.
    comparisons
        Paired differences of their totals, with intervals for all at once.
    regimes
        Calm and stormy days apart.
    paths
        Measured beta through time.
    orders
        How many were filled, rolls included.
    notes
        What was decided on the way.
    """

    SCHEMA: ClassVar = "trimtab.backtest/1"

    benchmark: str
    base_currency: str
    hedge: str
    target: float
    band: float
    first: np.datetime64
    last: np.datetime64
    days: int
    nav_first: float
    nav_last: float
    beta_first: float
    beta_last: float
    model_price: bool
    fill: str
    risk_aversion: float
    seed: int
    conclusion: str
    tried: int
    lowest: str
    alike: tuple[str, ...]
    policies: tuple[Outcome, ...]
    comparisons: tuple[Comparison, ...]
    regimes: tuple[Regime, ...]
    paths: tuple[BetaPath, ...]
    orders: int
    notes: tuple[str, ...]


def backtest_document(result: Backtest) -> BacktestDocument:
    """Document of `trimtab backtest`: schema trimtab.backtest/1."""
    compared = result.compared
    return BacktestDocument(
        benchmark=result.benchmark, base_currency=result.base, hedge=result.hedge, target=result.target,
        band=result.band, first=result.first, last=result.last, days=result.n_days, nav_first=result.nav_first,
        nav_last=result.nav_last, beta_first=result.own_beta[0], beta_last=result.own_beta[1],
        model_price=result.is_model, fill=result.fill, risk_aversion=result.risk_aversion, seed=result.seed,
        conclusion=compared.conclusion, tried=compared.tried, lowest=compared.lowest, alike=compared.alike,
        policies=result.outcomes, comparisons=compared.comparisons, regimes=compared.regimes, paths=result.paths,
        orders=len(result.orders), notes=result.notes,
    )  # fmt: skip
