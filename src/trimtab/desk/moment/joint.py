"""Use case: one portfolio against several benchmarks, each alone and all at once.

Alone, a beta to BTC contains whatever BTC shares with the stock market. Jointly, each partial beta is what moves with
that benchmark while the others stand still. Where the two differ, the alone figure is not a hedge ratio.
"""

from dataclasses import dataclass

import numpy as np

from trimtab.beta.estimators.ols import Ols
from trimtab.beta.partial import partial_betas
from trimtab.errors import InputError
from trimtab.exposure.expose import Exposure
from trimtab.hedge.joint.plan import followed, portfolio_partials
from trimtab.market.prices import PriceTable
from trimtab.market.rates.risk_free import RiskFree
from trimtab.market.returns import pair_returns

__all__ = ["JointBeta", "joint_betas"]


@dataclass(frozen=True, slots=True, kw_only=True)
class JointBeta:
    """A portfolio's beta to one benchmark, alone and beside the others.

    Parameters
    ----------
    benchmark
        Symbol.
    alone, alone_stderr
        Portfolio beta by least squares on this benchmark only.
    joint, joint_stderr
        Partial beta: the other benchmarks held still.
    money_per_1pct
        Gain when this benchmark rises by 1% and the others do not move, base currency.
    says
        What the two say differently, in words.
    """

    benchmark: str
    alone: float
    alone_stderr: float
    joint: float
    joint_stderr: float
    money_per_1pct: float
    says: str


def joint_betas(
    exposure: Exposure,
    prices: PriceTable,
    benchmarks: tuple[str, ...],
    *,
    window: int | None = 252,
    risk_free: RiskFree | None = None,
) -> tuple[JointBeta, ...]:
    """Measure a portfolio against several benchmarks.

    Both figures are least squares over the same window, so that they differ by the benchmarks and nothing else.

    Parameters
    ----------
    exposure
        The portfolio, measured against the first benchmark.
    prices
        Prices in base currency up to the moment.
    benchmarks
        Two or more symbols.
    window
        Number of joint returns.

    Raises
    ------
    InputError
        If fewer than two benchmarks are given, or a position has no joint betas.
    """
    names = tuple(dict.fromkeys(benchmarks))
    weights = {asset: money / exposure.nav for asset, money in followed(exposure).items()}
    others = tuple(a for a in weights if a not in names)
    partial = partial_betas(prices, benchmarks=names, symbols=others or None, window=window, risk_free=risk_free)
    values, covariance = portfolio_partials(weights, partial)
    measured = []
    for k, benchmark in enumerate(names):
        alone, error = _alone(prices, benchmark, weights, window, risk_free)
        joint, joint_error = float(values[k]), float(np.sqrt(covariance[k, k]))
        measured.append(
            JointBeta(
                benchmark=benchmark,
                alone=alone,
                alone_stderr=error,
                joint=joint,
                joint_stderr=joint_error,
                money_per_1pct=joint * exposure.nav / 100.0,
                says=_difference(benchmark, alone, joint, joint_error, names),
            )
        )
    return tuple(measured)


def _alone(
    prices: PriceTable, benchmark: str, weights_held: dict[str, float], window: int | None, risk_free: RiskFree | None
) -> tuple[float, float]:
    pairs = pair_returns(
        prices, benchmark=benchmark, symbols=tuple({**weights_held, benchmark: 0.0}), risk_free=risk_free
    )
    betas = Ols(window=window).estimate(pairs)
    missing = [e.asset for e in betas.estimates if e.value is None and weights_held.get(e.asset, 0.0) != 0.0]
    if missing:
        raise InputError(
            expected=f"returns of every position together with {benchmark}",
            found=f"too few for {', '.join(missing[:5])}",
            try_next="give longer histories, or leave that benchmark out",
        )
    weights = np.array([weights_held.get(a, 0.0) for a in betas.assets])
    return float(np.nan_to_num(betas.values()) @ weights), betas.combined_error(weights)


def _difference(benchmark: str, alone: float, joint: float, error: float, names: tuple[str, ...]) -> str:
    others = " and ".join(n for n in names if n != benchmark)
    if abs(alone - joint) <= 2.0 * error:
        return f"holding {others} still makes no difference beyond noise"
    share = "more" if abs(joint) > abs(alone) else "less"
    return (
        f"with {others} held still the portfolio moves {share} with {benchmark}: {joint:.3f} against {alone:.3f} alone"
    )
