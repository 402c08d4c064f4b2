r"""Bring portfolio beta into its band by selling and buying what can be held, at the least cost, tax and tracking risk.

Equation, over trades x in shares of NAV
    minimise    costs(x) + taxes(x) + risk_aversion / 2 x'(F F' + D) x
    subject to  beta after in the band (its near edge is where the cheapest plan ends), cash, turnover, weights,
                sectors, participation, no shorts, no-trade list
    costs       spread and commission |x|, and impact eta sigma |x|^(1 + p) (NAV / daily value)^p
Method
    The problem with fractions falls apart into positions once a few limits have prices (`trimtab.stats.separable`).
    Limits are set for the cost that the solution has. Its whole lots are the best that a mixed-integer programme finds
    beside it (`near`) or those that rounding, repair and search lead to (`trimtab.stats.kernels.lots`), whichever is
    better. How far the plan is at most above any other is bounded by the problem with fractions, part by part of what
    costs may come to, and reported as its shortfall.
Assumption
    Costs and taxes are paid from base cash at once. What costs where a position trades at its mark; impact moves
    nobody else's price. Positions that were not measured, and everything but spot, are not traded.
"""

from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from math import inf, sqrt

import numpy as np

from trimtab.exposure.expose import Exposure
from trimtab.exposure.measured import MeasuredBook
from trimtab.hedge.plan import PlanStatus, Side
from trimtab.hedge.reallocate.book import Book, Line, gather
from trimtab.hedge.reallocate.check import check_reallocation
from trimtab.hedge.reallocate.conflicts import name_conflicts
from trimtab.hedge.reallocate.records import LotSale, ReallocationPlan, SpotOrder, apply_spot_orders
from trimtab.hedge.reallocate.risk import PastOnce
from trimtab.hedge.reallocate.solve import (
    Frame,
    Rounded,
    Span,
    cost_of_fractions,
    frame_of,
    least_risk,
    relax,
    to_lots,
)
from trimtab.hedge.reallocate.terms import Liquidity, ReallocationLimits, RiskModel
from trimtab.hedge.rule import Aim
from trimtab.hedge.verdict import Status, Verdict, judge
from trimtab.market.snapshot import Market
from trimtab.model.decimals import exact
from trimtab.model.instrument import Spot
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio

__all__ = ["plan_reallocation"]

#: The edge of the band is approached to within so much, so that rounding errors do not put beta beyond it.
_INSIDE = 1e-9
_PASSES = 4
#: A bound is sharpened by so many halvings of what costs may come to, until it is within so much of the plan.
_HALVINGS, _CLOSE = 6, 2e-3


def plan_reallocation(
    book: MeasuredBook,
    mandate: Mandate,
    *,
    limits: ReallocationLimits | None = None,
    also: tuple[Spot, ...] = (),
    risk: RiskModel | None = None,
    liquidity: tuple[Liquidity, ...] | None = None,
    past: PastOnce | None = None,
) -> ReallocationPlan:
    """Plan which positions to sell and buy so that portfolio beta comes into its band.

    Nothing is traded when the portfolio is inside its band, or when the verdict is undecided.

    Parameters
    ----------
    book
        The portfolio, measured.
    mandate
        Target, band and confidence.
    limits
        What may be done and what it costs; the defaults allow any sale and purchase without shorts and credit.
    also
        Instruments that may be bought though they are not held.
    risk, liquidity
        Measured from the market's prices unless given.
    past
        What measures them, if several plans are made at the same moment.

    Returns
    -------
    A plan that has passed the independent check. If the limits keep beta out of the band its status is `infeasible`,
    its orders are those that come nearest, and its notes name the limits in the way.
    """
    limits = limits or ReallocationLimits()
    portfolio, market, before = book.portfolio, book.market, book.exposure
    verdict = judge(before, mandate)
    if verdict.status is not Status.OUTSIDE:
        status = PlanStatus.NOTHING_TO_DO if verdict.status is Status.INSIDE else PlanStatus.UNDECIDED
        return _finish(market, mandate, limits, before, before, (), status, (verdict.why,), None, None)
    past = past or PastOnce(market, book.betas.benchmark)
    tradable = gather(book, limits, also=also, risk=risk, liquidity=liquidity, past=past)
    frame = _frame(portfolio, before, mandate, limits, tradable)
    rounded, shortfall = _choose(frame)
    orders = _orders(tradable, limits, rounded)
    after = book.holding(apply_spot_orders(portfolio, orders, market.day)).exposure if orders else before
    reached = mandate.lower <= after.beta.value <= mandate.upper
    notes = [*tradable.notes, *_left_out(tradable)]
    if not reached:
        shortfall = None
        free = replace(limits, no_trade=frozenset())
        again = gather(book, free, also=also, risk=risk, liquidity=liquidity, past=past)
        notes[:0] = name_conflicts(frame, _frame(portfolio, before, mandate, limits, again), mandate, before, after)
    status = PlanStatus.PLANNED if reached else PlanStatus.INFEASIBLE
    notes += _closing_notes(judge(after, mandate), limits, shortfall, before.base)
    solved = (frame, rounded)
    return _finish(market, mandate, limits, before, after, orders, status, tuple(notes), shortfall, solved)


def _frame(portfolio: Portfolio, before: Exposure, mandate: Mandate, limits: ReallocationLimits, book: Book) -> Frame:
    cash = sum(p.value or 0.0 for p in before.positions if p.is_money and p.asset == portfolio.base)
    sectors = tuple(
        sum(p.value or 0.0 for p in before.positions if p.asset in s.symbols and p.is_owned) for s in limits.sectors
    )
    return frame_of(
        book, limits, nav=before.nav, beta_exposure=before.beta_exposure, cash=cash, gross=before.gross,
        sector_held=sectors, band=_band(before, mandate, limits, book),
    )  # fmt: skip


def _band(before: Exposure, mandate: Mandate, limits: ReallocationLimits, book: Book) -> tuple[float, float]:
    """Give the band to trade into: the mandate's, a hair narrower, or the target as near as the smallest lots allow."""
    if limits.aim is Aim.EDGE:
        inset = min(_INSIDE, 0.25 * mandate.band)
        return mandate.lower + inset, mandate.upper - inset
    effects = [abs(x.beta) * float(x.lot) * x.unit / before.nav for x in book.lines if x.beta != 0]
    near = min(mandate.band, max(1e-6, float(np.median(effects)) if effects else 0.0))
    return mandate.target - near, mandate.target + near


def _choose(frame: Frame) -> tuple[Rounded, float | None]:
    """Repeat the solution until the cost it was set up for is the cost it has; then bound what was given away."""
    nothing = Rounded(
        lots=np.zeros(len(frame.lot), np.int64),
        objective=0.0,
        cost=0.0,
        beta_miss=max(0.0, frame.beta - frame.high, frame.low - frame.beta),
        limit_miss=0.0,
    )
    if not frame.book.lines:
        return nothing, None
    # Doing nothing breaks no limit but beta's, so a plan that does is always at hand.
    best, seen, way = nothing, 0.0, "dual"
    guess = cost_of_fractions(frame)
    for number in range(_PASSES):
        relaxed = relax(frame, Span(low=guess, high=guess))
        way = relaxed.way
        slack = 1e-6 + 0.5 * abs(guess)
        # The last passes allow for any cost up to twice what was seen.
        wide = Span(low=min(0.0, guess - slack), high=2.0 * seen + 1e-4)
        span = wide if number >= _PASSES - 2 else Span(low=guess - slack, high=guess + slack)
        rounded = to_lots(frame, span, relaxed.trades)
        fits = span.low <= rounded.cost <= span.high
        if fits and _rank(rounded) < _rank(best):
            best = rounded
        if fits and abs(rounded.cost - guess) <= 0.05 * abs(guess) + 1e-7:
            break
        guess = rounded.cost
        seen = max(seen, guess)
    if way == "nearest" or best.beta_miss > _INSIDE:
        return best, None
    return best, _shortfall(frame, best)


def _shortfall(frame: Frame, best: Rounded) -> float | None:
    """Give how far from the least possible objective a plan can be at most, base currency."""
    # A better plan's cost and tracking risk together are below this plan's: first its risk is bounded, then its cost.
    saved = float(np.minimum(frame.sell[2], 0.0) @ np.minimum(frame.sell[1], frame.reach))
    saved += float(np.minimum(frame.buy[2], 0.0) @ np.minimum(frame.buy[1], frame.reach))
    widest = Span(low=min(best.cost, saved), high=max(best.objective, best.cost))
    span = replace(widest, high=max(best.cost, best.objective - least_risk(frame, widest)))
    bound = _least_over(frame, span, best.objective)
    return max(0.0, (best.objective - bound) * frame.nav) if np.isfinite(bound) else None


def _least_over(frame: Frame, span: Span, objective: float) -> float:
    """Bound the objective of every plan whose cost is in the span: by halves, where the bound is lowest."""
    parts = [(_bound(frame, span), span)]
    for _ in range(_HALVINGS):
        at = min(range(len(parts)), key=lambda k: parts[k][0])
        bound, part = parts[at]
        if not np.isfinite(bound) or objective - bound <= _CLOSE * abs(objective):
            break
        middle = 0.5 * (part.low + part.high)
        halves = (replace(part, high=middle), replace(part, low=middle))
        parts[at : at + 1] = [(max(bound, _bound(frame, half)), half) for half in halves]
    return min(bound for bound, _ in parts)


def _bound(frame: Frame, span: Span) -> float:
    """Bound the objective of plans whose cost is in the span; infinite where there is none."""
    relaxed = relax(frame, span, outer=True)
    # Costs are at least the lower end, whatever the least cost of such limits is.
    return inf if relaxed.way == "nearest" else max(relaxed.bound, span.low + least_risk(frame, span))


def _rank(rounded: Rounded) -> tuple[bool, bool, float]:
    return rounded.limit_miss > 1e-9, rounded.beta_miss > 1e-9, rounded.objective + 1e3 * rounded.beta_miss


def _orders(book: Book, limits: ReallocationLimits, rounded: Rounded) -> tuple[SpotOrder, ...]:
    orders = [_order(x, int(n), limits) for x, n in zip(book.lines, rounded.lots, strict=True) if n != 0]
    return tuple(sorted(orders, key=lambda o: (o.side is Side.BUY, -o.notional, o.symbol)))


def _order(line: Line, lots: int, limits: ReallocationLimits) -> SpotOrder:
    side = Side.BUY if lots > 0 else Side.SELL
    quantity = abs(lots) * line.lot
    notional = float(quantity) * float(line.instrument.scale) * line.mark * line.fx
    rounding = ROUND_CEILING if side is Side.BUY else ROUND_FLOOR
    # What is quoted in pence moves in hundredths of the tick, which is in pounds as the mark is.
    tick = limits.tick / 100 if line.instrument.minor else limits.tick
    steps = (exact(line.mark) / tick).to_integral_value(rounding)
    sales = _sales(line, quantity) if line.quantity * lots < 0 else ()
    impact = 0.0
    if line.daily_value and line.volatility is not None:
        share = notional / line.daily_value
        impact = limits.costs.impact * line.volatility * share**limits.costs.exponent * notional
    return SpotOrder(
        instrument=line.instrument,
        side=side,
        quantity=quantity,
        held=line.quantity,
        price=steps * tick,
        mark=line.mark,
        fx=line.fx,
        tick=tick,
        lot=line.lot,
        notional=notional,
        commission=line.commission * notional,
        half_spread=line.half_spread * notional,
        impact=impact,
        commission_rate=line.commission,
        spread_rate=line.half_spread,
        daily_value=line.daily_value,
        volatility=line.volatility,
        tax=sum(s.tax for s in sales),
        lots=sales,
        beta=line.beta,
        stderr=line.stderr,
    )


def _sales(line: Line, quantity: Decimal) -> tuple[LotSale, ...]:
    sales, wanted = [], min(quantity, abs(line.quantity))
    for run in line.taxes:
        units = min(wanted, run.units)
        if units <= 0:
            break
        wanted -= units
        sales.append(
            LotSale(
                lot=run.lot,
                acquired=line.lots[run.lot].acquired,
                units=units,
                unit_cost=run.unit_cost,
                tax=float(units * run.tax) * line.fx,
            )
        )
    return tuple(sales)


def _left_out(book: Book) -> list[str]:
    return [f"{symbol} is not traded: {why}" for symbol, why in book.left_out[:10]] + (
        [f"and {len(book.left_out) - 10} more are not traded"] if len(book.left_out) > 10 else []
    )


def _closing_notes(verdict: Verdict, limits: ReallocationLimits, shortfall: float | None, base: str) -> list[str]:
    notes = []
    if shortfall is not None:
        notes.append(
            f"cost, tax and the price of tracking risk together are at most {shortfall:,.2f} {base} above the least "
            "possible"
        )
    if verdict.status is Status.UNDECIDED and limits.aim is Aim.EDGE:
        notes.append("at the edge of the band the verdict stays undecided: aim at the target for more certainty")
    return notes


def _finish(
    market: Market,
    mandate: Mandate,
    limits: ReallocationLimits,
    before: Exposure,
    after: Exposure,
    orders: tuple[SpotOrder, ...],
    status: PlanStatus,
    notes: tuple[str, ...],
    shortfall: float | None,
    solved: tuple[Frame, Rounded] | None,
) -> ReallocationPlan:
    plan = ReallocationPlan(
        status=status,
        mandate=mandate,
        limits=limits,
        orders=orders,
        before=before,
        after=after,
        verdict_before=judge(before, mandate),
        verdict_after=judge(after, mandate),
        residual=after.beta.value - mandate.target,
        cost=sum(o.cost for o in orders),
        tax=sum(o.tax for o in orders),
        turnover=sum(o.notional for o in orders) / before.nav,
        tracking_error=0.0 if solved is None else _tracking_error(*solved),
        concentration_before=_concentration(before),
        concentration_after=_concentration(after),
        shortfall=shortfall,
        notes=notes,
        as_of=market.day,
    )
    check_reallocation(plan)
    return plan


def _tracking_error(frame: Frame, rounded: Rounded) -> float:
    trades, risk = rounded.lots * frame.lot, frame.book.risk
    shared = risk.loadings.T @ trades
    return sqrt(float(shared @ shared + risk.own_variance @ trades**2))


def _concentration(exposure: Exposure) -> float:
    """Herfindahl index of absolute values of all positions but cash, by symbol; 0 if there are none."""
    sizes: dict[str, float] = {}
    for p in exposure.positions:
        if not p.is_money and p.value is not None:
            sizes[p.asset] = sizes.get(p.asset, 0.0) + p.value
    total = sum(abs(v) for v in sizes.values())
    return sum((v / total) ** 2 for v in sizes.values()) if total > 0 else 0.0
