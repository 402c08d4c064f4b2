"""Planning speed and objective, in one run: trimtab beside cvxpy with Clarabel.

    python benchmarks/plan.py            a reallocation of 5,000 positions, best of 5
    python benchmarks/plan.py --quick    of 1,000, best of 2
    python benchmarks/plan.py --full     every way for a book of 5,000 positions, alone and with mixes

The reallocation has spreads, square-root impact, taxes in up to three pieces per position, five risk factors, and
limits on beta, cash, eleven sectors and turnover. cvxpy gets the whole problem in vectors, built anew for each run as a
user would; its time inside Clarabel alone is shown too. Portfolio libraries on top of cvxpy (cvxportfolio, skfolio)
have no taxes by lot and so cannot state this problem. The futures search takes four contracts of different sizes.
With --full each way is planned from prices to checked orders, with limits, costs and taxes; its processor time counts.
"""

import argparse
import datetime as dt
import platform
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import cvxpy as cp
import numpy as np
from scipy import sparse

import trimtab as tt
from trimtab.desk.ask.ways import OptionTerms, compare_ways
from trimtab.desk.moment.setting import set_up
from trimtab.exposure.expose import expose
from trimtab.hedge.options.chain import StatedVolatility
from trimtab.hedge.reallocate.tax import TaxRules
from trimtab.hedge.reallocate.terms import ReallocationLimits, TradingCosts
from trimtab.hedge.search import Distance, LotRange, search_lots
from trimtab.model.instrument import Cash, Future, Spot, Terms
from trimtab.model.portfolio import Position, TaxLot
from trimtab.stats.separable import SeparableProblem, pack_pieces, primal_objective, solve_separable

WAYS = ("futures", "reallocate", "options")
FUTURE = Future(symbol="F", root="F", currency="USD", terms=(Terms(multiplier=Decimal(50), tick=Decimal("0.25")),))
SECTORS, FACTORS, AVERSION = 11, 5, 5.0


def book(n: int, *, impact: bool, seed: int = 0) -> SeparableProblem:
    """Make a book whose beta is to fall by 0.15, with or without square-root impact."""
    rng = np.random.default_rng(seed)
    weight, beta, vol = rng.dirichlet(np.ones(n)), rng.normal(1.2, 0.4, n), rng.uniform(0.2, 0.6, n)
    ends, rates = [], []
    for i in range(n):
        pieces = int(rng.integers(1, 4))
        ends.append([*np.sort(rng.uniform(0, weight[i], pieces - 1)).tolist(), np.inf])
        rates.append((rng.uniform(0.0002, 0.002) + np.sort(rng.uniform(0, 0.12, pieces))).tolist())
    sector = rng.integers(0, SECTORS, n)
    rows = np.array([beta, np.ones(n), *[(sector == s).astype(float) for s in range(SECTORS)]])
    loadings = np.column_stack([beta * 0.16, rng.normal(0, 0.06, (n, FACTORS - 1))])
    return SeparableProblem(
        lower=-weight,
        upper=np.maximum(4 * weight, 2.0 / n) - weight,
        buy=pack_pieces([[np.inf]] * n, [[r] for r in rng.uniform(0.0002, 0.002, n)]),
        sell=pack_pieces(ends, rates),
        offset=np.zeros(n),
        impact=(1.0 if impact else 0.0) * vol / 16 / np.sqrt(weight.clip(1e-7) * rng.uniform(0.5, 20, n)),
        exponent=0.5,
        quad=AVERSION * rng.uniform(0.1, 0.4, n) ** 2,
        factors=np.sqrt(AVERSION) * loadings,
        rows=rows,
        row_lower=np.array([-0.16, -0.02, *[-0.01] * SECTORS]),
        row_upper=np.array([-0.15, 0.0, *[0.01] * SECTORS]),
        row_price=np.array([1e3, *[np.inf] * (SECTORS + 1)]),
        turnover=0.18,
    )


def in_cvxpy(p: SeparableProblem) -> tuple[float, np.ndarray, float]:
    """Solve the same problem with cvxpy: objective, trades, seconds inside the solver.

    Trades are counted in n-ths of NAV and money in n-ths of it too: in plain shares of NAV Clarabel stops early.
    """
    n, pieces = len(p.lower), len(p.sell[1])
    x, bought, sold = cp.Variable(n), cp.Variable(n, nonneg=True), cp.Variable(pieces, nonneg=True)
    owner = sparse.csr_matrix((np.ones(pieces), (np.repeat(np.arange(n), np.diff(p.sell[0])), np.arange(pieces))))
    start = np.concatenate([[0.0], p.sell[1][:-1]])
    start[p.sell[0][:-1]] = 0.0
    length = p.sell[1] - start
    finite = np.flatnonzero(np.isfinite(length))
    limits = [
        x == bought - owner @ sold,
        sold[finite] <= n * length[finite],
        x >= n * p.lower,
        x <= n * p.upper,
        sparse.csr_matrix(p.rows) @ x >= n * p.row_lower,
        sparse.csr_matrix(p.rows) @ x <= n * p.row_upper,
        cp.sum(bought) + cp.sum(sold) <= n * p.turnover,
    ]
    cost = p.buy[2] @ bought + p.sell[2] @ sold
    if p.impact.any():
        cost += (p.impact / np.sqrt(n)) @ cp.power(cp.abs(x), 1.5)
    risk = (cp.sum_squares(cp.multiply(np.sqrt(p.quad), x)) + cp.sum_squares(p.factors.T @ x)) / n
    problem = cp.Problem(cp.Minimize(cost + 0.5 * risk), limits)
    value = problem.solve(solver=cp.CLARABEL)
    return float(value) / n, np.asarray(x.value) / n, float(problem.solver_stats.solve_time)


def best(run: Callable[[], Any], repeats: int) -> tuple[float, Any]:
    """Shortest of several runs in seconds, and the last answer."""
    shortest, answer = float("inf"), None
    for _ in range(repeats):
        begun = time.perf_counter()
        answer = run()
        shortest = min(shortest, time.perf_counter() - begun)
    return shortest, answer


def reallocation(n: int, repeats: int, *, impact: bool) -> bool:
    """Race a reallocation; tell whether the aims were met."""
    problem = book(n, impact=impact)
    solve_separable(problem)  # compiled now, not while timed
    mine, found = best(lambda: solve_separable(problem), repeats)
    theirs, (value, trades, inside) = best(lambda: in_cvxpy(problem), max(1, repeats // 2))
    difference = abs(found.objective - value) / abs(value)
    kind = "with" if impact else "without"
    size = f"{len(problem.sell[1]):,} tax pieces, {FACTORS} factors, {SECTORS} sectors"
    print(f"reallocation of {n:,} positions, {kind} impact, {size}")
    print(f"  trimtab  {mine * 1e3:9.1f} ms   objective {found.objective:.12f}   converged {found.converged}")
    print(f"  cvxpy    {theirs * 1e3:9.1f} ms   objective {value:.12f}   ({inside * 1e3:.1f} ms inside Clarabel)")
    print(f"  bound    {found.bound:.12f}   cvxpy's trades scored by trimtab {primal_objective(problem, trades):.12f}")
    print(f"  ratio {theirs / mine:.1f}x, inside the solver alone {inside / mine:.1f}x; difference {difference:.1e}")
    return difference < 1e-6 and theirs > 4 * mine and found.converged


def futures(repeats: int) -> bool:
    """Time the exact search over four contracts."""
    rng = np.random.default_rng(0)
    worst, nodes = 0.0, 0
    distance = Distance(near=0.001, far=1.0, slack=20_000.0)
    for _ in range(20):
        sizes = np.array([250_000.0, 25_000.0, 110_000.0, 11_000.0]) * rng.uniform(0.8, 1.2, 4)
        contracts = tuple(LotRange(beta_per_lot=float(size), cost_per_lot=float(rng.uniform(1, 12))) for size in sizes)
        gap = float(rng.uniform(-2e7, 2e7))
        seconds, found = best(lambda c=contracts, g=gap: search_lots(g, c, distance=distance), repeats)
        worst, nodes = max(worst, seconds), max(nodes, found.nodes)
    print(
        f"exact futures search over four contracts, slowest of 20 books: {worst * 1e3:.1f} ms, {nodes:,} combinations"
    )
    return worst < 0.05


def shares(n: int, seed: int = 0) -> tuple[tt.PriceTable, tt.Portfolio]:
    """Make a year of prices, and a book of n shares worth a billion with up to three tax lots each."""
    rng = np.random.default_rng(seed)
    index = rng.normal(0.0003, 0.01, 300)
    own = rng.normal(1.2, 0.4, n) * index[:, None] + rng.normal(0, 0.015, (300, n))
    paths = 4000.0 * np.cumprod(1 + index), rng.lognormal(3.8, 0.8, n) * np.cumprod(1 + own, axis=0)
    days = np.busday_offset("2023-01-02", np.arange(300), roll="forward")
    columns = {"M": paths[0], "F": paths[0], **{f"S{i}": paths[1][:, i] for i in range(n)}}
    table = tt.PriceTable.of(columns, dates=days, currency="USD")
    positions = [Position(instrument=Cash(currency="USD"), quantity=Decimal(30_000_000))]
    for i, worth in enumerate(1e9 * rng.dirichlet(np.ones(n))):
        price = float(paths[1][-1, i])
        parts = [int(worth / price) // 3 + 1] * int(rng.integers(1, 4))
        lots = tuple(
            TaxLot(
                quantity=Decimal(units),
                price=Decimal(repr(round(price * float(rng.uniform(0.4, 1.4)), 2))),
                acquired=dt.date(2024, 2, 1) - dt.timedelta(days=int(rng.integers(10, 1500))),
            )
            for units in parts
        )
        stock = Spot(symbol=f"S{i}", currency="USD")
        positions.append(Position(instrument=stock, quantity=Decimal(sum(parts)), lots=lots))
    return table, tt.Portfolio(positions=tuple(positions), base="USD")


def full(n: int) -> None:
    """Plan a large book every way, and print the processor time of each."""
    limits = ReallocationLimits(
        max_turnover=0.3,
        max_weight=0.2,
        min_ticket=1000.0,
        costs=TradingCosts(half_spread=0.0005),
        taxes=TaxRules(short_rate=Decimal("0.37"), long_rate=Decimal("0.2"), loss_relief=Decimal("0.5")),
    )
    for size in (50, n):  # compiled with the small one
        table, held = shares(size)
        setting = set_up(table, held, benchmark="M", extra=(FUTURE,), method="ols")
        beta = expose(held, setting.market, setting.betas).beta.value
        mandate = tt.Mandate(benchmark="M", target=round(beta - 0.15, 2), band=0.02)
        for ways in (("futures",), ("reallocate",), ("options",), WAYS):
            for mix in (False, True) if ways == WAYS else (False,):
                begun = time.process_time()
                found = compare_ways(
                    held, mandate, setting, ways=ways, hedges=(FUTURE,), limits=limits, mix=mix,
                    options=OptionTerms(volatility=StatedVolatility(vol=0.2)),
                )  # fmt: skip
                spent, name = time.process_time() - begun, ", ".join(ways) + (" and mixes" if mix else "")
                if size == n:
                    print(f"{n:,} positions, {name}: {spent:.2f} s of processor time, cheapest {found.cheapest}")


def main() -> None:
    """Run both and print a verdict."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="1,000 positions and two runs")
    parser.add_argument("--full", action="store_true", help="plan a book of 5,000 positions every way")
    parser.add_argument("--positions", type=int, default=5_000, help="of the book of --full")
    asked = parser.parse_args()
    quick = asked.quick
    if asked.full:
        full(asked.positions)
        return
    print(f"{platform.machine()}, Python {platform.python_version()}, cvxpy {cp.__version__}")
    n, repeats = (1_000, 2) if quick else (5_000, 5)
    met = [*(reallocation(n, repeats, impact=impact) for impact in (False, True)), futures(repeats)]
    print("aims: same objective to 1e-6 and 4x faster than cvxpy:", "met" if met[0] and met[1] else "MISSED")
    print("aims: four contracts under 50 ms:", "met" if met[2] else "MISSED")


if __name__ == "__main__":
    main()
