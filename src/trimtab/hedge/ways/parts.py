"""What each kind of plan brings to the comparison: tickets, cost by kind, cost per year, margin."""

from dataclasses import dataclass

from trimtab.errors import InputError
from trimtab.exposure.expose import Exposure
from trimtab.hedge.futures.figures import FuturesFigures, futures_figures
from trimtab.hedge.options.records import OptionsPlan
from trimtab.hedge.plan import Plan
from trimtab.hedge.reallocate.records import ReallocationPlan
from trimtab.hedge.ways.figures import CostNow, CostPerYear, options_per_year
from trimtab.hedge.ways.records import Assumptions, Proposal, Ticket
from trimtab.hedge.year_terms import YearTerms
from trimtab.market.prices import PriceTable
from trimtab.market.snapshot import Market

__all__ = ["PlanParts", "holding_per_year", "parts_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanParts:
    """A plan taken apart.

    Parameters
    ----------
    tickets
        Its orders.
    now, year
        Its costs.
    margin
        Initial margin that it adds, base currency.
    futures
        Further figures of futures orders.
    """

    tickets: tuple[Ticket, ...]
    now: CostNow
    year: CostPerYear
    margin: float = 0.0
    futures: tuple[FuturesFigures, ...] = ()


def parts_of(
    plan: Proposal, market: Market, assumptions: Assumptions, history: PriceTable, terms: YearTerms
) -> PlanParts:
    """Take a plan apart; `history` holds past prices in the base currency, `terms` the rates and yields of a year.

    Raises
    ------
    InputError
        If the plan is of a kind that is not known here.
    """
    match plan:
        case Plan():
            return _futures(plan, market, assumptions, history, terms)
        case OptionsPlan():
            return _options(plan, assumptions, terms)
        case ReallocationPlan():
            return _reallocation(plan, assumptions, terms)
        case _:
            raise InputError(
                expected="a plan with futures, options or a reallocation",
                found=type(plan).__name__,
                try_next="compare plans of these kinds only",
            )


def _reallocation(plan: ReallocationPlan, a: Assumptions, terms: YearTerms) -> PlanParts:
    tickets = tuple(
        Ticket(
            asset=o.symbol, kind="spot", side=o.side.value, quantity=o.quantity, price=o.price,
            currency=o.instrument.currency, multiplier=o.instrument.scale, notional=o.notional, cost=o.cost + o.tax,
        )
        for o in plan.orders
    )  # fmt: skip
    return PlanParts(
        tickets=tickets,
        now=CostNow(
            commission=sum(o.commission for o in plan.orders),
            half_spread=sum(o.half_spread for o in plan.orders),
            impact=_impact(plan),
            tax=_tax(plan),
        ),
        year=holding_per_year(plan.before, plan.after, a, terms),
    )


def _impact(plan: ReallocationPlan) -> float | None:
    """Give the impact of the orders whose volume is known; None where it is of none: a note names the others."""
    unknown = any(not o.daily_value or o.volatility is None for o in plan.orders)
    total = sum(o.impact for o in plan.orders)
    return None if unknown and total == 0.0 and plan.limits.costs.impact > 0 else total


def _tax(plan: ReallocationPlan) -> float | None:
    """Give the tax of the orders whose lots are known; None where rates, or all lots of what is sold, are not known."""
    closing = [o for o in plan.orders if o.held * o.signed < 0]
    unknown = plan.limits.taxes is None or any(not o.lots for o in closing)
    return None if closing and unknown and plan.tax == 0.0 else plan.tax


def _futures(plan: Plan, market: Market, a: Assumptions, history: PriceTable, terms: YearTerms) -> PlanParts:
    figures = futures_figures(
        plan, market, terms=terms, rolls_per_year=a.rolls_per_year, margin_share=a.margin_share, margins=a.margins,
        window=terms.window, history=history,
    )  # fmt: skip
    commission = sum(
        float(o.quantity * o.commission) * o.fx + float(o.quantity * o.commission_rate) * abs(o.exposure)
        for o in plan.orders
    )
    lent = sum(
        float(o.more_short) * o.exposure * (a.borrow_fee if o.borrow is None else o.borrow)
        for o in plan.orders
        if o.instrument.is_owned
    )
    margin = sum(f.margin for f in figures)
    tickets = tuple(
        Ticket(
            asset=o.symbol, kind=o.instrument.kind, side=o.side.value, quantity=o.quantity, price=o.price,
            currency=o.instrument.currency, multiplier=o.multiplier, notional=o.notional, cost=o.cost,
            expiry=o.instrument.expiry,
        )
        for o in plan.orders
    )  # fmt: skip
    return PlanParts(
        tickets=tickets,
        now=_contracts_now(commission, plan.cost),
        year=CostPerYear(
            roll=sum(f.roll_per_year for f in figures),
            funding=margin * a.funding_spread,
            borrow=lent,
            carry=sum(f.carry_per_year for f in figures),
            dividends=sum(f.dividends_per_year for f in figures),
            decay=sum(f.decay_per_year for f in figures),
        ),
        margin=margin,
        futures=figures,
    )


def _contracts_now(commission: float, cost: float) -> CostNow:
    """Give the cost of contracts now: their impact and tax are not known, unless nothing is traded."""
    lacking = 0.0 if cost == 0.0 else None
    return CostNow(commission=commission, half_spread=cost - commission, impact=lacking, tax=lacking)


def _options(plan: OptionsPlan, a: Assumptions, terms: YearTerms) -> PlanParts:
    fees = sum(o.fees for o in plan.orders)
    tickets = tuple(
        Ticket(
            asset=o.option.symbol, kind="option", side=o.side.value, quantity=o.quantity, price=o.price,
            currency=o.option.currency, multiplier=o.multiplier, notional=o.notional, cost=o.cost,
            expiry=o.option.expiry,
        )
        for o in plan.orders
    )  # fmt: skip
    return PlanParts(
        tickets=tickets,
        now=_contracts_now(fees, plan.cost),
        year=options_per_year(plan, terms=terms, funding_spread=a.funding_spread),
        margin=plan.margin,
    )


def holding_per_year(before: Exposure, after: Exposure, assumptions: Assumptions, terms: YearTerms) -> CostPerYear:
    """Give what changed holdings of shares and funds cost in a year.

    Selling gives up dividends and earns interest on the money raised; buying is the reverse; shares newly sold short
    are borrowed. Where no yield of an asset is known, one stands for all of them.
    """
    had, has = _spots(before), _spots(after)
    invested = sum(has.values()) - sum(had.values())
    changes = {a: has.get(a, 0.0) - had.get(a, 0.0) for a in {**had, **has}}
    own = {a: money for a, money in changes.items() if terms.facts.dividend_yield((a,)) is not None}
    short = sum(max(0.0, -v) for v in has.values()) - sum(max(0.0, -v) for v in had.values())
    return CostPerYear(
        borrow=max(0.0, short) * assumptions.borrow_fee,
        carry=invested * terms.rate_of(after.base),
        dividends=-(invested - sum(own.values())) * terms.dividend_yield
        - sum(money * terms.yield_of((asset,)) for asset, money in own.items()),
    )


def _spots(x: Exposure) -> dict[str, float]:
    values: dict[str, float] = {}
    for p in x.positions:
        if p.is_owned and p.value is not None:
            values[p.asset] = values.get(p.asset, 0.0) + p.value
    return values
