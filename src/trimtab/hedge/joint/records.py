"""A plan for several benchmarks at once: what it is, its figures, and an independent check of it in decimals."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext

from trimtab.errors import InputError
from trimtab.exposure.expose import Exposure
from trimtab.hedge.check import PlanCheckError
from trimtab.hedge.plan import Order, PlanStatus, Side, apply_orders
from trimtab.hedge.recheck import RELATIVE, Recheck
from trimtab.hedge.standing.records import Standings
from trimtab.hedge.verdict import Verdict
from trimtab.model.decimals import exact
from trimtab.model.instrument import Cash
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio
from trimtab.model.shown import Shown

__all__ = ["CurrencyLine", "Forward", "JointLine", "JointPlan", "JointTarget", "check_joint"]

_CLAIMS = Recheck(error=PlanCheckError)


@dataclass(frozen=True, slots=True, kw_only=True)
class JointTarget:
    """One benchmark of several.

    Parameters
    ----------
    benchmark
        Symbol.
    target, band
        Wanted partial beta on NAV, the others held still; half-width of its own band.
    """

    benchmark: str
    target: float
    band: float

    def __post_init__(self) -> None:
        # A mandate's own checks are the checks of a target.
        Mandate(benchmark=self.benchmark, target=self.target, band=self.band)


@dataclass(frozen=True, slots=True, kw_only=True)
class JointLine:
    """One benchmark, before and after.

    Parameters
    ----------
    benchmark, target, lower, upper
        What was asked.
    before, before_stderr, after, after_stderr
        Partial betas on NAV.
    verdict_before, verdict_after
        Inside, outside or undecided.
    """

    benchmark: str
    target: float
    lower: float
    upper: float
    before: float
    before_stderr: float
    after: float
    after_stderr: float
    verdict_before: Verdict
    verdict_after: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """A currency sold or bought forward, by its worth at today's rate.

    Parameters
    ----------
    currency
        Code.
    amount
        Units of it, positive = buy.
    rate
        Base currency per unit today.
    """

    currency: str
    amount: Decimal
    rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrencyLine:
    """One currency, before and after.

    Parameters
    ----------
    currency, target, band
        What was asked: value held in it / NAV, and half-width.
    before, after
        Value held in it / NAV.
    inside
        Whether `after` lies in the band.
    """

    currency: str
    target: float
    band: float
    before: float
    after: float
    inside: bool


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class JointPlan(Shown):
    """A plan that has been checked.

    Parameters
    ----------
    status
        planned if every benchmark and currency ends inside; nothing_to_do, undecided, infeasible as for one.
    lines, currencies
        One for each target.
    orders, forwards
        Futures, and currencies forward.
    per_contract
        By order, exposure of one contract bought to each benchmark, base currency.
    before, after
        The portfolio measured as it is, and with everything done.
    exposures_before, exposures_after
        Exposure to each benchmark, base currency, in the order of `lines`; before the futures, with the forwards done.
    cost
        Of all orders, base currency; forwards are taken at today's rate and cost nothing here.
    proven
        Whether the whole lots are proven best.
    notes
        Reasons, assumptions and limits in words.
    as_of
        The day of the prices.
    standings
        Figures of the whole book before and after, and the difference; None where that was not asked. Probability
        inside and tracking error there are those of the whole beta to the first benchmark, not of the partial one.
    """

    status: PlanStatus
    lines: tuple[JointLine, ...]
    currencies: tuple[CurrencyLine, ...]
    orders: tuple[Order, ...]
    forwards: tuple[Forward, ...]
    per_contract: tuple[tuple[float, ...], ...] = field(repr=False)
    before: Exposure = field(repr=False)
    after: Exposure = field(repr=False)
    exposures_before: tuple[float, ...]
    exposures_after: tuple[float, ...]
    cost: float
    proven: bool
    notes: tuple[str, ...]
    as_of: dt.date
    standings: Standings | None = field(default=None, repr=False)

    def apply(self, portfolio: Portfolio) -> Portfolio:
        """Give the portfolio with everything done; measured again it has exactly the figures of `lines`."""
        return apply_orders(apply_forwards(portfolio, self.forwards), self.orders)


def apply_forwards(portfolio: Portfolio, forwards: Sequence[Forward]) -> Portfolio:
    """Give the portfolio with currencies bought and sold at today's rate, against base cash."""
    book = portfolio
    for f in forwards:
        book = book.add(Cash(currency=f.currency), f.amount)
        book = book.add(Cash(currency=portfolio.base), -f.amount * exact(f.rate))
    return book


def check_joint(plan: JointPlan, targets: Sequence[JointTarget], max_contracts: int | None) -> None:
    """Work a plan out again in decimals: lots, ticks, limits, cost, and every benchmark's exposure.

    Raises
    ------
    PlanCheckError
        If an order breaks a rule, or a total differs by more than 1e-9 relative.
    """
    with localcontext() as context:
        context.prec = 40
        cost = Decimal(0)
        exposures = [exact(e) for e in plan.exposures_before]
        for order, effects in zip(plan.orders, plan.per_contract, strict=True):
            name = order.symbol
            _CLAIMS.demand(order.quantity > 0 and order.quantity % order.lot == 0, f"lots of {order.lot}", name)
            _CLAIMS.demand(order.price % order.tick == 0, f"ticks of {order.tick}", name)
            free = max_contracts is None or order.instrument.is_owned
            _CLAIMS.demand(free or order.quantity <= Decimal(max_contracts or 0), f"at most {max_contracts}", name)
            slope = exact(order.exposure) / exact(order.mark)
            each = order.commission * exact(order.fx) + order.half_spread_ticks * order.tick * slope
            each += order.commission_rate * exact(order.exposure)
            cost += each * order.quantity
            signed = order.quantity if order.side is Side.BUY else -order.quantity
            exposures = [e + signed * exact(g) for e, g in zip(exposures, effects, strict=True)]
        nav = exact(plan.before.nav) - cost
        _CLAIMS.same(cost, plan.cost, "the cost", Decimal(1))
        _CLAIMS.same(nav, plan.after.nav, "NAV after", nav)
        gross = exact(plan.before.gross) + exact(plan.after.gross) + abs(nav)
        for t, line, exposure, claimed in zip(targets, plan.lines, exposures, plan.exposures_after, strict=True):
            _CLAIMS.same(exposure, claimed, f"exposure to {t.benchmark}", gross)
            _CLAIMS.same(exposure / nav, line.after, f"beta to {t.benchmark}", gross / nav)
        # Inside is asked of what was recounted; the last digits of a float may stand on either side of an edge.
        if plan.status is PlanStatus.PLANNED:
            for t, exposure in zip(targets, exposures, strict=True):
                off = abs(exposure / nav - exact(t.target))
                slack = RELATIVE * gross / nav
                _CLAIMS.demand(
                    off <= exact(t.band) + slack, f"beta to {t.benchmark} in its band", f"{exposure / nav:.9f}"
                )


def unique_targets(targets: Sequence[JointTarget]) -> tuple[JointTarget, ...]:
    """Check that every benchmark is asked for once."""
    names = [t.benchmark for t in targets]
    twice = [n for n in dict.fromkeys(names) if names.count(n) > 1]
    if twice or not targets:
        raise InputError(
            expected="each benchmark once", found=f"{', '.join(twice) or 'none'} asked for", try_next="leave one out"
        )
    return tuple(targets)
