r"""Exact search for whole lots: how many of each contract to trade.

Minimise over whole numbers n_k
    sum_k cost_k |n_k| + penalty x | gap - sum_k g_k n_k |
subject to 0 <= sign(gap g_k) n_k <= most_k, where g_k is the beta exposure of one lot and gap the beta exposure to add.
No contract is traded against the gap: buying one and selling another to shave a rounding error is not a hedge.

The search goes contract by contract, largest lots first. A branch that has spent s and leaves a rest r can end no lower
than s + rate |r|, where rate is the cheapest way to close a unit of gap with fractions allowed (or to leave it open).
That bound is convex in n, so the counts worth trying form one run of whole numbers around its lowest point; it is
walked outward both ways until the bound passes the best plan found. The last contract is solved in closed form. What
comes out is the optimum, unless `node_limit` stopped the search: then `shortfall` says how far from it the plan can be.
"""

from dataclasses import dataclass
from math import ceil, floor, inf

from trimtab.errors import InputError

__all__ = ["LotChoice", "LotRange", "search_lots"]

MAX_CONTRACTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class LotRange:
    """One contract's part in the search.

    Parameters
    ----------
    beta_per_lot
        Beta exposure of one lot bought, base currency; not zero.
    cost_per_lot
        Cost of trading one lot, base currency, not negative.
    most
        Most lots, on either side; None for no limit.
    """

    beta_per_lot: float
    cost_per_lot: float
    most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LotChoice:
    """The best whole lots.

    Parameters
    ----------
    lots
        Signed lots of each contract; negative = sell.
    objective
        Cost plus penalty, base currency.
    remaining
        Gap that is left, base currency.
    nodes
        How many combinations were looked at.
    shortfall
        How much lower the optimum could be at most; 0 if the plan is proven best.
    """

    lots: tuple[int, ...]
    objective: float
    remaining: float
    nodes: int
    shortfall: float


def search_lots(
    gap: float, contracts: tuple[LotRange, ...], *, penalty: float, node_limit: int = 200_000
) -> LotChoice:
    """Find the whole lots that minimise cost plus penalty x remaining gap.

    Among equal optima the one that trades fewer lots wins, then the one with more of the larger contracts, so that the
    same input always gives the same plan.

    Parameters
    ----------
    gap
        Beta exposure to add, base currency; negative = reduce.
    contracts
        One to four contracts.
    penalty
        Cost of each unit of gap that remains; positive.
    node_limit
        Combinations looked at before the search stops with what it has.

    Examples
    --------
    >>> es = LotRange(beta_per_lot=252_500.0, cost_per_lot=8.5)
    >>> search_lots(-7_575_000.0, (es,), penalty=0.01).lots
    (-30,)
    """
    if not 1 <= len(contracts) <= MAX_CONTRACTS:
        raise InputError(
            expected=f"one to {MAX_CONTRACTS} hedge contracts",
            found=f"{len(contracts)}",
            try_next="give --hedge ES or --hedge ES,MES, with the contracts that fit best",
        )
    order = sorted(range(len(contracts)), key=lambda k: (-abs(contracts[k].beta_per_lot), k))
    search = _Search([contracts[k] for k in order], abs(gap), penalty, node_limit)
    search.descend(0, abs(gap), 0.0, ())
    lots = [0] * len(contracts)
    for place, k in enumerate(order):
        # Lots were counted along the gap; the sign says whether that means buying or selling.
        sign = 1 if gap * contracts[k].beta_per_lot > 0 else -1
        lots[k] = sign * search.best_lots[place]
    return LotChoice(
        lots=tuple(lots),
        objective=search.best,
        remaining=gap - sum(c.beta_per_lot * n for c, n in zip(contracts, lots, strict=True)),
        nodes=search.nodes,
        shortfall=max(0.0, search.best - search.bound(0, abs(gap))) if search.nodes >= node_limit else 0.0,
    )


class _Search:
    """Depth-first branch and bound over lots counted along the gap; lives for one call."""

    def __init__(self, contracts: list[LotRange], gap: float, penalty: float, node_limit: int) -> None:
        self.size = [abs(c.beta_per_lot) for c in contracts]
        self.cost = [c.cost_per_lot for c in contracts]
        # One lot beyond the gap can be worth its while; two never are.
        reach = [ceil(gap / size) for size in self.size]
        self.most = [r if c.most is None else min(r, c.most) for r, c in zip(reach, contracts, strict=True)]
        rates = [min(penalty, cost / size) for cost, size in zip(self.cost, self.size, strict=True)]
        self.rate = [min(rates[k:]) for k in range(len(contracts))]
        self.penalty = penalty
        self.node_limit = node_limit
        self.best = inf
        self.best_lots: tuple[int, ...] = (0,) * len(contracts)
        self.nodes = 0

    def bound(self, depth: int, gap: float) -> float:
        """Least cost of closing or leaving a gap with the contracts from `depth` on."""
        rate = self.rate[depth] if gap > 0 else self.penalty
        return rate * abs(gap)

    def descend(self, depth: int, gap: float, spent: float, lots: tuple[int, ...]) -> None:
        size, cost, most = self.size[depth], self.cost[depth], self.most[depth]
        exact = gap / size
        if depth == len(self.size) - 1:
            for n in {floor(exact), ceil(exact), 0}:
                count = min(max(n, 0), most)
                self.offer(spent + cost * count + self.penalty * abs(gap - count * size), (*lots, count))
            return
        start = min(max(round(exact), 0), most)
        for step, first in ((-1, start), (1, start + 1)):
            n = first
            while 0 <= n <= most and self.nodes < self.node_limit:
                rest = gap - n * size
                if spent + cost * n + self.bound(depth + 1, rest) > self.best + _slack(self.best):
                    # The bound is convex with its lowest point at `exact`, or at zero where the contracts after this
                    # one are cheaper. Once it rises in the direction of the walk it goes on rising.
                    rises_downward = n < exact and cost / size <= self.rate[depth + 1]
                    if step > 0 or rises_downward:
                        break
                else:
                    self.descend(depth + 1, rest, spent + cost * n, (*lots, n))
                n += step

    def offer(self, objective: float, lots: tuple[int, ...]) -> None:
        self.nodes += 1
        slack = _slack(self.best)
        better = objective < self.best - slack
        as_good = objective <= self.best + slack
        if better or (as_good and _rank(lots) < _rank(self.best_lots)):
            self.best, self.best_lots = min(objective, self.best), lots


def _slack(value: float) -> float:
    return 0.0 if value == inf else 1e-9 * max(1.0, abs(value))


def _rank(lots: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
    return sum(lots), tuple(-n for n in lots)
