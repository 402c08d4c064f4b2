r"""Whole lots of several contracts for several targets at once.

Minimise over whole numbers n_j, with u_k = | gap_k - sum_j g_jk n_j | the exposure to benchmark k left over,
    sum_j cost_j |n_j| + sum_k [ near_k u_k + far_k max(0, u_k - slack_k) ]        |n_j| <= most_j
where g_jk is the exposure of one lot of contract j to benchmark k. Unlike with one target, a contract may have to be
bought to make room for another that is sold.

Method
    An integer linear program, solved by HiGHS to a gap of zero; then every plan within one lot of it in each contract
    is priced exactly, because a solver's tolerance is not a cent. Among equal plans the one with fewer lots wins.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from trimtab.errors import InputError
from trimtab.hedge.search import Distance
from trimtab.stats.arrays import Floats

__all__ = ["VectorChoice", "VectorLots", "search_vectors"]

#: Contracts whose neighbourhood is searched: 3^n plans.
MAX_CONTRACTS = 6
_TIME = 5.0
#: A plan with more lots than this is a sign of a contract that does next to nothing.
_MOST = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorLots:
    """One contract's part in the search.

    Parameters
    ----------
    per_lot
        Exposure of one lot bought to each benchmark, base currency, length n_targets.
    cost_per_lot
        Cost of trading one lot, base currency, not negative.
    most, most_sold
        Most lots bought, and sold; None for no limit, and for as many sold as bought.
    """

    per_lot: tuple[float, ...]
    cost_per_lot: float
    most: int | None = None
    most_sold: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorChoice:
    """The best whole lots.

    Parameters
    ----------
    lots
        Signed lots of each contract; negative = sell.
    objective
        Cost plus the price of what is left, base currency.
    remaining
        Gap that is left for each benchmark, base currency.
    proven
        Whether the solver proved that nothing is better.
    """

    lots: tuple[int, ...]
    objective: float
    remaining: tuple[float, ...]
    proven: bool


def search_vectors(
    gaps: Sequence[float], contracts: Sequence[VectorLots], distances: Sequence[Distance], *, whole: bool = True
) -> VectorChoice:
    """Find the lots that minimise cost plus the price of what is left, over all targets together.

    Parameters
    ----------
    gaps
        Exposure to add for each benchmark, base currency; negative = reduce.
    contracts
        One to six.
    distances
        What leaving some of each gap open costs; same length as `gaps`.
    whole
        Whether lots are whole; fractions are rounded towards zero in the answer, and tell in `remaining` what could
        be reached without rounding.

    Examples
    --------
    Sell the index and, to keep the coin where it is, buy it back:

    >>> index = VectorLots(per_lot=(50_000.0, 0.0), cost_per_lot=4.0)
    >>> coin = VectorLots(per_lot=(10_000.0, 20_000.0), cost_per_lot=6.0)
    >>> width = Distance(near=0.001, far=1.0, slack=10_000.0)
    >>> search_vectors([-200_000.0, 100_000.0], [index, coin], [width, width]).lots
    (-5, 5)
    """
    if not 1 <= len(contracts) <= MAX_CONTRACTS:
        raise InputError(
            expected=f"one to {MAX_CONTRACTS} contracts for several targets",
            found=f"{len(contracts)}",
            try_next="choose fewer hedges",
        )
    effect = np.array([c.per_lot for c in contracts], dtype=np.float64)
    cost = np.array([c.cost_per_lot for c in contracts], dtype=np.float64)
    gap = np.array(gaps, dtype=np.float64)
    bought = [_MOST if c.most is None else min(c.most, _MOST) for c in contracts]
    sold = [b if c.most_sold is None else min(c.most_sold, _MOST) for b, c in zip(bought, contracts, strict=True)]
    most = np.array([bought, sold], dtype=np.float64)
    lots, proven = _solve(gap, effect, cost, most, distances, whole=whole)
    if not whole:
        left = gap - lots @ effect
        price = float(np.abs(lots) @ cost) + _price(left[None, :], distances)[0]
        return VectorChoice(
            lots=tuple(int(n) for n in lots), objective=float(price), remaining=tuple(left.tolist()), proven=proven
        )
    steps = np.array(list(product((-1, 0, 1), repeat=len(contracts))), dtype=np.float64)
    tried = np.clip(np.round(lots) + steps, -most[1], most[0])
    tried = np.unique(np.vstack([tried, np.zeros((1, len(contracts)))]), axis=0)
    price = np.abs(tried) @ cost + _price(gap - tried @ effect, distances)
    # Prices that agree to rounding count as equal; then fewer lots win, then the order of the lots themselves.
    least = float(price.min())
    equal = np.flatnonzero(price <= least + 1e-9 * max(1.0, abs(least)))
    best = min(equal.tolist(), key=lambda i: (float(np.abs(tried[i]).sum()), tuple(-tried[i])))
    return VectorChoice(
        lots=tuple(int(n) for n in tried[best]),
        objective=float(price[best]),
        remaining=tuple((gap - tried[best] @ effect).tolist()),
        proven=proven,
    )


def _price(left: Floats, distances: Sequence[Distance]) -> Floats:
    size = np.abs(left)
    near = np.array([d.near for d in distances])
    far = np.array([d.far for d in distances])
    slack = np.array([d.slack for d in distances])
    prices: Floats = size @ near + np.maximum(0.0, size - slack) @ far
    return prices


def _solve(
    gap: Floats, effect: Floats, cost: Floats, most: Floats, distances: Sequence[Distance], *, whole: bool
) -> tuple[Floats, bool]:
    """Solve with bought, sold, left over and beyond the band as variables; money in units of the largest lot."""
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 - a slow import, needed here only

    n, k = effect.shape
    unit = float(np.abs(effect).max()) or 1.0
    near, far, slack = (np.array([getattr(d, name) for d in distances]) for name in ("near", "far", "slack"))
    one, none = np.eye(k), np.zeros((k, k))
    lots = effect.T / unit
    constraints = [
        # u >= gap - effect n, and u >= effect n - gap
        LinearConstraint(np.hstack([lots, -lots, one, none]), lb=gap / unit),
        LinearConstraint(np.hstack([-lots, lots, one, none]), lb=-gap / unit),
        # v >= u - slack
        LinearConstraint(np.hstack([np.zeros((k, 2 * n)), -one, one]), lb=-slack / unit),
    ]
    done = milp(
        np.concatenate([cost / unit, cost / unit, near, far]),
        integrality=np.concatenate([np.full(2 * n, 1 if whole else 0), np.zeros(2 * k)]),
        bounds=Bounds(np.zeros(2 * n + 2 * k), np.concatenate([*most, np.full(2 * k, np.inf)])),
        constraints=constraints,
        options={"mip_rel_gap": 0.0, "time_limit": _TIME},
    )
    if done.x is None:
        return np.zeros(n), False
    return np.asarray(done.x[:n] - done.x[n : 2 * n], dtype=np.float64), done.status == 0
