r"""From a book and its limits to whole lots: arrays, the solution with fractions, the nearest one, and rounding.

All amounts are shares of NAV before the trade. Costs lower NAV and are paid from cash; they are known only with the
trades, so limits are set for a guess of them and the solution repeated until the guess holds.
"""

from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil, floor, inf

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

from trimtab.errors import MissingExtraError, NotEnoughDataError
from trimtab.hedge.reallocate.book import Book, Line
from trimtab.hedge.reallocate.conic import solve_conic
from trimtab.hedge.reallocate.near import best_near
from trimtab.hedge.reallocate.terms import ReallocationLimits
from trimtab.stats.arrays import Floats
from trimtab.stats.kernels.lots import LotBook, improve, improve_pairs, score, search_whole
from trimtab.stats.kernels.separable import Pieces
from trimtab.stats.separable import SeparableProblem, pack_pieces, primal_objective, solve_separable

__all__ = [
    "Frame",
    "Rounded",
    "Span",
    "cost_of_fractions",
    "frame_of",
    "least_miss",
    "least_risk",
    "problem_of",
    "relax",
    "to_lots",
]

_Ints = NDArray[np.int64]
#: Price of a share of NAV of beta exposure outside its band, and of any other limit.
SOFT, HARD = 1e3, 1e6
_MISS = 1e-9
#: The cost that limits are set for is repeated so many times, or until it holds to so much of NAV.
_SETTLING, _SETTLED = 8, 1e-10
#: Books of up to so many lines are searched from two starts.
_SMALL = 200
#: Books with up to so many combinations of lots are searched whole.
_WHOLE = 100_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What costs may come to, as shares of NAV: limits are set so that they hold for anything between.

    `inner` limits hold for every cost in the span; `outer` ones leave out no plan whose cost is in it.
    """

    low: float
    high: float

    def least(self, limit: float) -> float:
        """Give limit x NAV after, at its smallest."""
        return min(limit * (1.0 - self.low), limit * (1.0 - self.high)) if abs(limit) < inf else limit

    def most(self, limit: float) -> float:
        """Give limit x NAV after, at its largest."""
        return max(limit * (1.0 - self.low), limit * (1.0 - self.high)) if abs(limit) < inf else limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A book in arrays, before any guess of costs.

    Parameters
    ----------
    book, limits
        Where it comes from.
    nav
        Before, base currency.
    beta, cash
        Beta exposure and base cash before, shares of NAV.
    low, high
        Band that beta after is to lie in.
    held
        Worth of each line, shape (n,).
    lot
        Worth of one lot of each line, shape (n,).
    sector_held
        Worth of each sector with all its positions, shape (n_sectors,).
    buy, sell
        True costs, pieces of both sides.
    impact, quad, factors
        As in `SeparableProblem`.
    reach
        Most of one trade where no limit says less.
    """

    book: Book
    limits: ReallocationLimits
    nav: float
    beta: float
    cash: float
    low: float
    high: float
    held: Floats
    lot: Floats
    sector_held: Floats
    buy: Pieces
    sell: Pieces
    impact: Floats
    quad: Floats
    factors: Floats
    reach: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxed:
    """The solution with fractions, and how it was found."""

    trades: Floats
    bound: float
    way: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounded:
    """Whole lots.

    Parameters
    ----------
    lots
        Signed, shape (n,).
    objective
        Costs, taxes and price of tracking risk, share of NAV.
    cost
        Costs and taxes, share of NAV.
    beta_miss, limit_miss
        Distance of beta from its band, and of everything else from its limits in shares of NAV.
    """

    lots: _Ints
    objective: float
    cost: float
    beta_miss: float
    limit_miss: float


def frame_of(
    book: Book,
    limits: ReallocationLimits,
    *,
    nav: float,
    beta_exposure: float,
    cash: float,
    gross: float,
    sector_held: tuple[float, ...],
    band: tuple[float, float],
) -> Frame:
    """Lay a book out in arrays; money arguments in base currency."""
    lines = book.lines
    aversion = limits.risk_aversion
    k = [_impact(x, limits, nav) for x in lines]
    sides = [_pieces(x, nav) for x in lines]
    return Frame(
        book=book,
        limits=limits,
        nav=nav,
        beta=beta_exposure / nav,
        cash=cash / nav,
        low=band[0],
        high=band[1],
        held=np.array([float(x.quantity) * x.unit / nav for x in lines]),
        lot=np.array([float(x.lot) * x.unit / nav for x in lines]),
        sector_held=np.array(sector_held, dtype=np.float64) / nav,
        buy=pack_pieces([s[0][0] for s in sides], [s[0][1] for s in sides]),
        sell=pack_pieces([s[1][0] for s in sides], [s[1][1] for s in sides]),
        impact=np.array(k, dtype=np.float64),
        quad=aversion * book.risk.own_variance,
        factors=np.sqrt(aversion) * book.risk.loadings,
        reach=2.0 * max(1.0, gross / nav),
    )


def _impact(line: Line, limits: ReallocationLimits, nav: float) -> float:
    if not line.daily_value or line.volatility is None:
        return 0.0
    return float(limits.costs.impact * line.volatility * (nav / line.daily_value) ** limits.costs.exponent)


def _pieces(line: Line, nav: float) -> tuple[tuple[list[float], list[float]], tuple[list[float], list[float]]]:
    rate = line.half_spread + line.commission
    plain = ([inf], [rate])
    ends, rates, done = [], [], 0.0
    for run in line.taxes:
        done += float(run.units) * line.unit / nav
        ends.append(done)
        rates.append(rate + float(run.tax) * line.fx / line.unit)
    taxed = ([*ends, inf], [*rates, rate])
    return (taxed, plain) if line.quantity < 0 else (plain, taxed)


def lot_bounds(frame: Frame, span: Span) -> tuple[_Ints, _Ints, _Ints]:
    """Give fewest and most lots, and the smallest order in lots, that are allowed for every cost in the span."""
    limits = frame.limits
    cap = inf if limits.max_weight is None else span.least(limits.max_weight)
    low, high, ticket = (np.zeros(len(frame.lot), dtype=np.int64) for _ in range(3))
    for i, line in enumerate(frame.book.lines):
        weight_held, lot = frame.held[i], frame.lot[i]
        down, up = max(cap + weight_held, 0.0), max(cap - weight_held, 0.0)
        if limits.long_only:
            down, up = (weight_held, up) if weight_held >= 0 else (0.0, -weight_held)
        most = frame.reach
        if limits.max_participation is not None and line.daily_value is not None:
            most = min(most, limits.max_participation * line.daily_value / frame.nav)
        whole = int(abs(line.quantity) // line.lot)
        downs, ups = (floor(min(side, most) / lot * (1.0 + 1e-12)) for side in (down, up))
        if limits.long_only:
            # Decimals decide where a position ends.
            downs = min(downs, whole) if weight_held >= 0 else 0
            ups = ups if weight_held >= 0 else min(ups, whole)
        if limits.taxes is not None and limits.taxes.method == "specific" and line.lots:
            named = int(sum(run.units for run in line.taxes) // line.lot)
            downs, ups = (min(downs, named), ups) if weight_held >= 0 else (downs, min(ups, named))
        low[i], high[i] = -downs, ups
        ticket[i] = max(1, ceil(limits.min_ticket / (lot * frame.nav) * (1.0 - 1e-12)))
    return low, high, ticket


def _rows(frame: Frame, span: Span, *, outer: bool) -> tuple[Floats, Floats, Floats, float]:
    """Give rows, their limits and the turnover: beta, cash spent, sectors; `outer` leaves out no plan in the span."""
    limits, lines = frame.limits, frame.book.lines
    small, large = (span.most, span.least) if not outer else (span.least, span.most)
    cheap, dear = (span.low, span.high) if outer else (span.high, span.low)
    cash_low, cash_high = cash_limits(frame)
    rows = [np.array([x.beta for x in lines]), np.ones(len(lines))]
    lower = [small(frame.low) - frame.beta, frame.cash - cash_high - dear]
    upper = [large(frame.high) - frame.beta, frame.cash - cash_low - cheap]
    for sector, sector_weight in zip(limits.sectors, frame.sector_held.tolist(), strict=True):
        rows.append(np.array([float(x.symbol in sector.symbols) for x in lines]))
        lower.append(min(small(sector.low) - sector_weight, 0.0))
        upper.append(max(large(sector.high) - sector_weight, 0.0))
    low, high = np.array(lower), np.array(upper)
    # Guesses of the cost may close a narrow band; its middle then stands for it.
    closed = low > high
    low[closed] = high[closed] = 0.5 * (low[closed] + high[closed])
    turnover = inf if limits.max_turnover is None else limits.max_turnover
    return np.array(rows).reshape(len(low), len(lines)), low, high, turnover


def cash_limits(frame: Frame) -> tuple[float, float]:
    """Give least and most base cash after, shares of NAV."""
    limits = frame.limits
    low = -inf if limits.min_cash is None else min(limits.min_cash / frame.nav, frame.cash)
    high = inf if limits.max_cash is None else max(limits.max_cash / frame.nav, frame.cash)
    if limits.cash_neutral:
        low, high = max(low, frame.cash - limits.cash_tolerance), min(high, frame.cash + limits.cash_tolerance)
    return low, high


def problem_of(frame: Frame, span: Span, *, outer: bool = False) -> SeparableProblem:
    """Set the problem with fractions up for a span of costs; `outer` leaves out no plan whose cost is in it."""
    low, high, _ = lot_bounds(frame, Span(low=span.low, high=span.low) if outer else span)
    rows, row_lower, row_upper, turnover = _rows(frame, span, outer=outer)
    lower, upper = low * frame.lot, high * frame.lot
    buy, sell, offset = _convex(frame, lower, upper)
    price = np.full(len(row_lower), HARD)
    price[0] = SOFT
    return SeparableProblem(
        lower=lower, upper=upper, buy=buy, sell=sell, offset=offset, impact=frame.impact,
        exponent=frame.limits.costs.exponent, quad=frame.quad, factors=frame.factors, rows=rows,
        row_lower=row_lower, row_upper=row_upper, row_price=price, turnover=turnover,
    )  # fmt: skip


def _convex(frame: Frame, lower: Floats, upper: Floats) -> tuple[Pieces, Pieces, Floats]:
    """Replace costs that are not convex (taxes of some lot orders) by the largest convex function below them."""
    n = len(lower)
    buys, sells = ([_side(p, i) for i in range(n)] for p in (frame.buy, frame.sell))
    offset = np.zeros(n)
    for i in range(n):
        rates = [-r for r in sells[i][1][::-1]] + buys[i][1]
        if any(a > b for a, b in pairwise(rates)):
            buys[i], sells[i], offset[i] = _envelope(buys[i], sells[i], float(lower[i]), float(upper[i]))
    return pack_pieces(*_columns(buys)), pack_pieces(*_columns(sells)), offset


_Side = tuple[list[float], list[float]]


def _side(pieces: Pieces, i: int) -> _Side:
    begin, end, rate = pieces
    return end[begin[i] : begin[i + 1]].tolist(), rate[begin[i] : begin[i + 1]].tolist()


def _columns(sides: list[_Side]) -> tuple[list[list[float]], list[list[float]]]:
    return [s[0] for s in sides], [s[1] for s in sides]


def _envelope(buy: _Side, sell: _Side, lower: float, upper: float) -> tuple[_Side, _Side, float]:
    points = sorted({(-x, y) for x, y in _knots(sell, -lower)} | set(_knots(buy, upper)))
    hull: list[tuple[float, float]] = []
    for x, y in points:
        while len(hull) > 1 and (y - hull[-2][1]) * (hull[-1][0] - hull[-2][0]) <= (hull[-1][1] - hull[-2][1]) * (
            x - hull[-2][0]
        ):
            hull.pop()
        hull.append((x, y))
    at_zero = float(np.interp(0.0, [x for x, _ in hull], [y for _, y in hull]))
    slopes = [(a[0], b[0], (b[1] - a[1]) / (b[0] - a[0])) for a, b in pairwise(hull)]
    bought = [(b, s) for _, b, s in slopes if b > 0]
    sold = [(-a, -s) for a, _, s in reversed(slopes) if a < 0]
    # A side that may not be traded still needs a piece; its rate only has to keep the kink at 0 convex.
    bought = bought or [(inf, max(buy[1][0], -sold[0][1] if sold else 0.0))]
    sold = sold or [(inf, max(sell[1][0], -bought[0][1]))]
    ends = ([b for b, _ in bought], [s for s, _ in sold])
    for each in ends:
        each[-1] = inf
    return (ends[0], [r for _, r in bought]), (ends[1], [r for _, r in sold]), at_zero


def _knots(side: _Side, most: float) -> list[tuple[float, float]]:
    knots, done, cost = [(0.0, 0.0)], 0.0, 0.0
    for end, rate in zip(*side, strict=True):
        stop = min(end, most)
        if stop <= done:
            continue
        cost += rate * (stop - done)
        done = stop
        knots.append((done, cost))
    return knots


def relax(frame: Frame, span: Span, *, outer: bool = False) -> Relaxed:
    """Solve with fractions: by the dual, or by the nearest point if the band is out of reach, or by Clarabel."""
    problem = problem_of(frame, span, outer=outer)
    quick = solve_separable(problem, max_iterations=60)
    if quick.converged and abs(quick.misses[0]) <= _MISS:
        return Relaxed(trades=quick.trades, bound=quick.bound, way="dual")
    nearest, miss = least_miss(problem)
    if miss > _MISS:
        return Relaxed(trades=nearest, bound=-inf, way="nearest")
    slow = solve_separable(problem, max_iterations=600)
    if slow.converged:
        return Relaxed(trades=slow.trades, bound=slow.bound, way="dual")
    try:
        trades = solve_conic(problem)
    except (MissingExtraError, NotEnoughDataError):
        return Relaxed(trades=nearest, bound=slow.bound, way="linear")
    better = primal_objective(problem, trades) < primal_objective(problem, nearest)
    return Relaxed(trades=trades if better else nearest, bound=slow.bound, way="conic")


def cost_of_fractions(frame: Frame) -> float:
    """Give the cost that the solution with fractions has when it is set up for that very cost, share of NAV."""
    cost = 0.0
    for _ in range(_SETTLING):
        relaxed = relax(frame, Span(low=cost, high=cost))
        last, cost = cost, _cost_of(frame, relaxed.trades)
        if abs(cost - last) <= _SETTLED:
            break
    return cost


def _cost_of(frame: Frame, trades: Floats) -> float:
    impact = float(frame.impact @ np.abs(trades) ** (1.0 + frame.limits.costs.exponent))
    sides = [_side(frame.buy if x > 0 else frame.sell, i) for i, x in enumerate(trades)]
    return impact + sum(_knots(side, abs(x))[-1][1] for side, x in zip(sides, trades.tolist(), strict=True))


def least_risk(frame: Frame, span: Span) -> float:
    """Give a bound below the price of tracking risk of every plan whose cost is in the span."""
    problem = problem_of(frame, span, outer=True)
    free = tuple((begin, end, np.zeros_like(rate)) for begin, end, rate in (problem.buy, problem.sell))
    zero = np.zeros(len(problem.lower))
    quiet = replace(problem, buy=free[0], sell=free[1], impact=zero, offset=zero)
    return max(0.0, solve_separable(quiet, max_iterations=60).bound)


def least_miss(problem: SeparableProblem) -> tuple[Floats, float]:
    """Give the trades that bring row 0 nearest to its limits within all others, cheapest first, and the distance."""
    n, m = len(problem.lower), len(problem.row_lower)
    first_buy, first_sell = (p[2][p[0][:-1]] for p in (problem.buy, problem.sell))
    rows = sparse.csr_matrix(problem.rows)
    away = np.zeros((m, 2))
    away[0] = -1.0, 1.0
    body = sparse.hstack([rows, -rows, sparse.csr_matrix(away)], format="csr")
    limits = [(body, problem.row_upper), (-body, -problem.row_lower)]
    if np.isfinite(problem.turnover):
        ones = sparse.csr_matrix(np.concatenate([np.ones(2 * n), np.zeros(2)])[None, :])
        limits.append((ones, np.array([problem.turnover])))
    matrix = sparse.vstack([a for a, _ in limits], format="csr")
    right = np.concatenate([b for _, b in limits])
    finite = np.isfinite(right)
    cost = np.concatenate([np.maximum(first_buy, 0.0), np.maximum(first_sell, 0.0), [SOFT, SOFT]])
    most = np.concatenate([np.maximum(problem.upper, 0.0), np.maximum(-problem.lower, 0.0), [inf, inf]])
    solution = linprog(
        cost, A_ub=matrix[finite], b_ub=right[finite], bounds=np.column_stack([np.zeros(2 * n + 2), most])
    )
    if solution.x is None:
        return np.zeros(n), inf
    trades = solution.x[:n] - solution.x[n : 2 * n]
    return np.clip(trades, problem.lower, problem.upper), float(solution.x[2 * n :].sum())


def to_lots(frame: Frame, span: Span, trades: Floats) -> Rounded:
    """Round to whole lots, repair what that broke, and improve lot by lot."""
    low, high, ticket = lot_bounds(frame, span)
    rows, _, _, turnover = _rows(frame, span, outer=False)
    row_lower, nav_lower, row_upper, nav_upper = _row_limits(frame)
    book = LotBook(
        lot=frame.lot, low=low, high=high, ticket=ticket, buy=frame.buy, sell=frame.sell, impact=frame.impact,
        exponent=frame.limits.costs.exponent, quad=frame.quad, factors=np.ascontiguousarray(frame.factors), rows=rows,
        row_lower=row_lower, row_upper=row_upper, nav_lower=nav_lower, nav_upper=nav_upper,
        start=np.array([frame.beta, frame.cash]), turnover=turnover, soft=SOFT, hard=HARD,
    )  # fmt: skip
    wanted = np.rint(trades / frame.lot).astype(np.int64)
    # An order of half the smallest one or more becomes the smallest.
    wanted = np.where(2 * np.abs(wanted) >= ticket, np.sign(wanted) * np.maximum(np.abs(wanted), ticket), 0)
    wanted = np.clip(wanted, low, high)
    wanted = np.where(np.abs(wanted) < ticket, 0, wanted)
    if np.sum(np.log(high - low + 1.0)) <= np.log(_WHOLE):
        search_whole(book, wanted)
        return _scored(book, wanted)
    candidates = [_improved(book, wanted)]
    near = best_near(book, trades)
    if near is not None:
        candidates.append(_improved(book, near))
    if len(wanted) <= _SMALL or candidates[0].limit_miss > _MISS or candidates[0].beta_miss > _MISS:
        # From nothing, no limit but beta's is broken on the way.
        candidates.append(_improved(book, np.zeros_like(wanted)))
    return min(candidates, key=lambda r: (r.limit_miss > _MISS, r.objective + SOFT * r.beta_miss))


def _row_limits(frame: Frame) -> tuple[Floats, Floats, Floats, Floats]:
    """Give what rows may come to: lower and upper ends, and how much of each goes with NAV."""
    cash = cash_limits(frame)
    lower, upper, nav_lower, nav_upper = [frame.low, cash[0]], [frame.high, cash[1]], [0.0, 0.0], [0.0, 0.0]
    for sector, weight in zip(frame.limits.sectors, frame.sector_held.tolist(), strict=True):
        # Where a sector is outside already it may stay, or come nearer.
        lower.append(sector.low - weight if sector.low else min(-weight, 0.0))
        upper.append(sector.high - weight if sector.high else max(-weight, 0.0))
        nav_lower.append(sector.low if abs(sector.low) < inf else 0.0)
        nav_upper.append(sector.high if abs(sector.high) < inf else 0.0)
    return np.array(lower), np.array(nav_lower), np.array(upper), np.array(nav_upper)


def _improved(book: LotBook, start: _Ints) -> Rounded:
    lots = start.copy()
    improve(book, lots, 400, 20)
    if len(lots) <= 40:
        subset = np.arange(len(lots), dtype=np.int64)
    else:
        subset = np.sort(np.argsort(-np.abs(book.rows[0] * book.lot), kind="stable")[:40]).astype(np.int64)
    improve_pairs(book, lots, subset, 4)
    improve(book, lots, 50, 5)
    return _scored(book, lots)


def _scored(book: LotBook, lots: _Ints) -> Rounded:
    merit, cost, beta_miss, limit_miss = score(book, lots)
    objective = merit - book.soft * beta_miss - book.hard * limit_miss
    return Rounded(lots=lots, objective=objective, cost=cost, beta_miss=beta_miss, limit_miss=limit_miss)
