r"""Exact search for whole lots: how many of each contract, or shares of a fund, to trade.

Minimise over whole numbers n_k, with u = | gap - sum_k g_k n_k | the beta exposure left over,
    sum_k cost_k |n_k| + near x u + far x max(0, u - slack)
subject to 0 <= sign(gap g_k) n_k <= most_k and sum_k cash_k |n_k| <= cash, where g_k is the beta exposure of one lot,
gap the beta exposure to add, and slack the half-width of the band in money. `near` prices distance from the target
inside the band, `far` outside it. No contract is traded against the gap: buying one and selling another to shave a
rounding error is not a hedge.

The search goes contract by contract, largest lots first. A branch that leaves a rest can end no lower than the cheapest
way to close or leave that rest with fractions of lots allowed, as far as limits and cash let the others reach. With the
cost already spent this bound is convex in the count, so the counts worth trying form one run of whole numbers: its
lowest point is found by bisection and the run walked outward from there, both ways, until the bound has passed the best
plan found. The last contract is solved in closed form. No count is enumerated for its own sake, so a lot may be a
contract of a quarter of a million or one share.

Of shares there are many plans as good as the best: a million of this and none of that, or one less and three more.
Where more
than `_TIES` plans were looked at, those that cannot be better than the best found by more than a billionth of the gap
(a cent in ten million; a millionth where no plan reaches the band) are left out. What comes out is the optimum to
within that, unless `node_limit` stopped the search: then `shortfall` says how far from it the plan can be.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, floor, inf

from trimtab.errors import InputError

__all__ = ["Distance", "LotChoice", "LotRange", "search_lots"]

MAX_CONTRACTS = 4
#: A branch takes as long as so many plans.
_VISIT = 10
#: Plans looked at with every tie followed up.
_TIES = 20_000
#: Then a plan must be better by more than this share of the gap to be looked for; and where none reaches the band.
_CLOSE, _CLOSE_OUTSIDE = 1e-9, 1e-6


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
    cash_per_lot
        Cash that one lot takes, base currency; 0 where it is sold, or traded on margin.
    """

    beta_per_lot: float
    cost_per_lot: float
    most: int | None = None
    cash_per_lot: float = 0.0


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
        How much lower the optimum could be at most; 0 if the plan is proven best to within that (see above).
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
    gap: float,
    contracts: tuple[LotRange, ...],
    *,
    distance: Distance,
    cash: float = inf,
    node_limit: int = 200_000,
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
    cash
        That all lots together may take, base currency.
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
    if any(c.beta_per_lot == 0.0 for c in contracts):
        raise InputError(
            expected="hedges that move with the benchmark", found="one whose beta is 0", try_next="leave it out"
        )
    order = sorted(range(len(contracts)), key=lambda k: (-abs(contracts[k].beta_per_lot), k))
    search = _Search([contracts[k] for k in order], abs(gap), distance, cash, node_limit)
    search.descend(0, abs(gap), 0.0, cash, ())
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
        shortfall=max(0.0, search.best - search.bound(0, abs(gap), cash)) if search.stopped else 0.0,
    )


class _Search:
    """Depth-first branch and bound over lots counted along the gap; lives for one call."""

    def __init__(self, contracts: list[LotRange], gap: float, distance: Distance, cash: float, node_limit: int) -> None:
        self.size = [abs(c.beta_per_lot) for c in contracts]
        self.cost = [c.cost_per_lot for c in contracts]
        self.takes = [c.cash_per_lot for c in contracts]
        # One lot beyond the gap can be worth its while; two never are.
        reach = [ceil(gap / size) for size in self.size]
        self.most = [r if c.most is None else min(r, c.most) for r, c in zip(reach, contracts, strict=True)]
        if cash < inf:
            self.most = [
                m if t <= 0 else min(m, floor(max(0.0, cash) / t)) for m, t in zip(self.most, self.takes, strict=True)
            ]
        self.distance = distance
        self.node_limit = node_limit
        self.gap = gap
        #: Whether the best plan is inside the band.
        self.reached = False
        self.best = inf
        self.best_lots: tuple[int, ...] = (0,) * len(contracts)
        self.nodes = 0
        self.visits = 0
        #: Prices of cash that are tried: none, and the one that makes the bound on all of the gap highest.
        self.shadows = [(0.0, self.parts(0.0))]
        if cash < inf and any(self.takes):
            dearest = max(self.candidates(), key=lambda price: self.relaxed(self.parts(price), price, 0, gap, cash))
            self.shadows += [(dearest, self.parts(dearest))] if dearest > 0 else []

    def candidates(self) -> list[float]:
        """Give the prices of cash at which a contract stops being worth its cost, or changes places with another."""
        rates = [cost / size for cost, size in zip(self.cost, self.size, strict=True)]
        weights = [takes / size for takes, size in zip(self.takes, self.size, strict=True)]
        d = self.distance
        prices = [0.0]
        for k, (rate, weight) in enumerate(zip(rates, weights, strict=True)):
            prices += [(level - rate) / weight for level in (d.near, d.near + d.far) if weight > 0]
            prices += [
                (other - rate) / (weight - heavy)
                for other, heavy in zip(rates[:k], weights[:k], strict=True)
                if weight != heavy
            ]
        return [price for price in prices if price >= 0]

    def parts(self, shadow: float) -> list[list[tuple[float, float]]]:
        """Give, from each depth on, (cost per unit of gap with its cash, how much it can close), the cheapest first."""
        whole = [
            ((cost + shadow * takes) / size, m * size)
            for cost, takes, size, m in zip(self.cost, self.takes, self.size, self.most, strict=True)
        ]
        return [sorted(whole[k:]) for k in range(len(whole))] + [[]]

    def bound(self, depth: int, gap: float, cash: float) -> float:
        """Least price of closing or leaving a gap with fractions of the contracts from `depth` on; convex in both.

        Cash is a limit that is paid for instead: at any price of it what results is a bound (Lagrange).
        """
        if gap <= 0:
            return self.distance.price(gap)
        return max(self.relaxed(parts, shadow, depth, gap, cash) for shadow, parts in self.shadows)

    def relaxed(
        self, parts: list[list[tuple[float, float]]], shadow: float, depth: int, gap: float, cash: float
    ) -> float:
        """Give the bound at one price of cash."""
        d = self.distance
        within, beyond = min(gap, d.slack), max(0.0, gap - d.slack)
        price = d.near * within + (d.near + d.far) * beyond
        for rate, room in parts[depth]:
            if rate >= d.near + d.far:
                break
            far = min(beyond, room)
            near = min(within, room - far) if rate < d.near else 0.0
            beyond, within = beyond - far, within - near
            price -= (d.near + d.far - rate) * far + (d.near - rate) * near
        return price - shadow * cash if shadow > 0 else price

    def descend(self, depth: int, gap: float, spent: float, cash: float, lots: tuple[int, ...]) -> None:
        size, cost, takes = self.size[depth], self.cost[depth], self.takes[depth]
        most = self.most[depth]
        if takes > 0 and cash < inf:
            most = min(most, max(0, floor(cash / takes)))
        if depth == len(self.size) - 1:
            # The price of one contract is convex and bends at no trade, at the target and at both edges of the band.
            exact, edge = gap / size, self.distance.slack / size
            bends = (0.0, exact, exact - edge, exact + edge)
            for n in sorted({min(max(whole, 0), most) for x in bends for whole in (floor(x), ceil(x))}):
                self.offer(spent + cost * n, gap - n * size, (*lots, n))
            return

        def least(n: int) -> float:
            return spent + cost * n + self.bound(depth + 1, gap - n * size, cash - n * takes)

        self.visits += 1
        lowest = _lowest(least, most)
        for step, first in ((-1, lowest), (1, lowest + 1)):
            n = first
            # Convex, and lowest where the walk began: once above the best it stays there.
            while 0 <= n <= most and not self.stopped and least(n) <= self.worth():
                self.descend(depth + 1, gap - n * size, spent + cost * n, cash - n * takes, (*lots, n))
                n += step

    def worth(self) -> float:
        """Give the bound up to which a branch is followed: ties at first, then only what is better."""
        if self.nodes + _VISIT * self.visits < _TIES:
            return self.best + _slack(self.best)
        return self.best - self.gap * (_CLOSE if self.reached else _CLOSE_OUTSIDE)

    @property
    def stopped(self) -> bool:
        """Whether as many plans and branches were looked at as may be."""
        return self.nodes + _VISIT * self.visits >= self.node_limit

    def offer(self, spent: float, left: float, lots: tuple[int, ...]) -> None:
        self.nodes += 1
        objective = spent + self.distance.price(left)
        slack = _slack(self.best)
        better = objective < self.best - slack
        as_good = objective <= self.best + slack
        if better or (as_good and _rank(lots) < _rank(self.best_lots)):
            self.best, self.best_lots = min(objective, self.best), lots
            self.reached = abs(left) <= self.distance.slack


def _lowest(least: Callable[[int], float], most: int) -> int:
    """Give a whole number from 0 to `most` where a convex function is lowest, by bisection of its slope."""
    low, high = 0, most
    while low < high:
        middle = (low + high) // 2
        if least(middle + 1) < least(middle):
            low = middle + 1
        else:
            high = middle
    return low


def _slack(value: float) -> float:
    return 0.0 if value == inf else 1e-9 * max(1.0, abs(value))


def _rank(lots: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
    return sum(lots), tuple(-n for n in lots)
