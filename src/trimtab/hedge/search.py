r"""Exact search for whole lots: how many of each contract to trade.

Minimise over whole numbers n_k, with u = | gap - sum_k g_k n_k | the beta exposure left over,
    sum_k cost_k |n_k| + near x u + far x max(0, u - slack)
subject to 0 <= sign(gap g_k) n_k <= most_k, where g_k is the beta exposure of one lot, gap the beta exposure to add,
and slack the half-width of the band in money. `near` prices distance from the target inside the band, `far` outside it.
No contract is traded against the gap: buying one and selling another to shave a rounding error is not a hedge.

The search goes contract by contract, largest lots first. A branch that leaves a rest can end no lower than the cheapest
way to close or leave that rest with fractions of lots allowed. With the cost already spent this bound is convex in the
count, so the counts worth trying form one run of whole numbers; it is walked outward from the nearest count, both ways,
until the bound has passed the best plan found and rises. The last contract is solved in closed form. What comes out is
the optimum, unless `node_limit` stopped the search: then `shortfall` says how far from it the plan can be.
"""

from dataclasses import dataclass
from math import ceil, floor, inf

from trimtab.errors import InputError

__all__ = ["Distance", "LotChoice", "LotRange", "search_lots"]

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
        Cost plus the price of what is left, base currency.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Distance:
    """What beta exposure off target costs.

    Parameters
    ----------
    near
        Per unit of beta exposure, up to `slack`; not negative.
    far
        Per unit beyond `slack`, in addition; positive.
    slack
        Half-width of the band, base currency.
    """

    near: float
    far: float
    slack: float

    def price(self, left: float) -> float:
        """Give the price of leaving some beta exposure open, of either sign."""
        size = abs(left)
        return self.near * size + self.far * max(0.0, size - self.slack)


def search_lots(
    gap: float, contracts: tuple[LotRange, ...], *, distance: Distance, node_limit: int = 200_000
) -> LotChoice:
    """Find the whole lots that minimise cost plus the price of what is left.

    Among equal optima the one that trades fewer lots wins, then the one with more of the larger contracts, so that the
    same input always gives the same plan.

    Parameters
    ----------
    gap
        Beta exposure to add, base currency; negative = reduce.
    contracts
        One to four contracts.
    distance
        What leaving some of the gap open costs.
    node_limit
        Combinations looked at before the search stops with what it has.

    Examples
    --------
    >>> es = LotRange(beta_per_lot=252_500.0, cost_per_lot=8.5)
    >>> search_lots(-7_575_000.0, (es,), distance=Distance(near=0.001, far=1.0, slack=0.0)).lots
    (-30,)
    """
    if not 1 <= len(contracts) <= MAX_CONTRACTS:
        raise InputError(
            expected=f"one to {MAX_CONTRACTS} hedge contracts",
            found=f"{len(contracts)}",
            try_next="give --hedge ES or --hedge ES,MES, with the contracts that fit best",
        )
    order = sorted(range(len(contracts)), key=lambda k: (-abs(contracts[k].beta_per_lot), k))
    search = _Search([contracts[k] for k in order], abs(gap), distance, node_limit)
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

    def __init__(self, contracts: list[LotRange], gap: float, distance: Distance, node_limit: int) -> None:
        self.size = [abs(c.beta_per_lot) for c in contracts]
        self.cost = [c.cost_per_lot for c in contracts]
        # One lot beyond the gap can be worth its while; two never are.
        reach = [ceil(gap / size) for size in self.size]
        self.most = [r if c.most is None else min(r, c.most) for r, c in zip(reach, contracts, strict=True)]
        rates = [cost / size for cost, size in zip(self.cost, self.size, strict=True)]
        #: Cheapest cost per unit of gap among the contracts from a depth on.
        self.rate = [min(rates[k:]) for k in range(len(contracts))]
        self.distance = distance
        self.node_limit = node_limit
        self.best = inf
        self.best_lots: tuple[int, ...] = (0,) * len(contracts)
        self.nodes = 0

    def bound(self, depth: int, gap: float) -> float:
        """Least price of closing or leaving a gap with fractions of the contracts from `depth` on; convex in gap."""
        d = self.distance
        if gap <= 0:
            return d.price(gap)
        rate = self.rate[depth]
        within, beyond = min(gap, d.slack), max(0.0, gap - d.slack)
        return min(rate, d.near) * within + min(rate, d.near + d.far) * beyond

    def descend(self, depth: int, gap: float, spent: float, lots: tuple[int, ...]) -> None:
        size, cost, most = self.size[depth], self.cost[depth], self.most[depth]
        exact = gap / size
        if depth == len(self.size) - 1:
            # The price of one contract is convex and bends at no trade, at the target and at both edges of the band.
            edge = self.distance.slack / size
            bends = (0.0, exact, exact - edge, exact + edge)
            for n in sorted({min(max(whole, 0), most) for x in bends for whole in (floor(x), ceil(x))}):
                self.offer(spent + cost * n + self.distance.price(gap - n * size), (*lots, n))
            return

        def least(n: int) -> float:
            return spent + cost * n + self.bound(depth + 1, gap - n * size)

        start = min(max(round(exact), 0), most)
        for step, first in ((-1, start), (1, start + 1)):
            n = first
            while 0 <= n <= most and self.nodes < self.node_limit:
                if least(n) <= self.best + _slack(self.best):
                    self.descend(depth + 1, gap - n * size, spent + cost * n, (*lots, n))
                elif least(n + step) >= least(n):
                    # Convex: once above the best and rising in the direction of the walk, it stays there.
                    break
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
