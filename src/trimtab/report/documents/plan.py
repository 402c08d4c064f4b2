"""A plan, for one target or for several, as a document; and the demonstration, which is a review and a plan."""

from dataclasses import dataclass, field
from typing import ClassVar

from trimtab.desk.ask.review import Review
from trimtab.hedge.joint.records import CurrencyLine, JointLine, JointPlan
from trimtab.hedge.plan import Order, Plan, PlanStatus, Side
from trimtab.hedge.standing.records import Standings
from trimtab.hedge.verdict import Status
from trimtab.market.prices import Flag
from trimtab.report.documents.parts import (
    ExposureFigures,
    Judged,
    MandateTerms,
    Told,
    exposure_figures,
    judged,
    mandate_terms,
    told,
)  # fmt: skip
from trimtab.report.documents.review import ReviewDocument, review_document
from trimtab.report.documents.trading.rule import RuleFigures, rule_figures
from trimtab.report.shape.fields import FLAT

__all__ = [
    "DemoDocument", "PlanDocument", "TargetsDocument", "demo_document", "plan_document", "targets_document",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One order of a future, perpetual, share, fund or coin.

    Parameters
    ----------
    asset, side, quantity
        What, buy or sell, contracts or units.
    price, currency, multiplier
        Reference price, its currency, units per contract.
    notional, cost
        Base currency, positive.
    beta, stderr
        Of the contract's return to the benchmark.
    expiry
        Last day; null for a rolling price.
    flags
        What a reader should know about price and beta.
    kind
        future, perpetual or spot.
    closes, opens
        How many of them close what is held, and how many open.
    paid_in
        Currency or coin that its gains are in.
    funding
        Of a perpetual, per eight hours, positive = longs pay; null for everything else.
    """

    asset: str
    side: Side
    quantity: int | float
    price: float
    currency: str
    multiplier: float
    notional: float
    cost: float
    beta: float
    stderr: float
    expiry: str | None
    flags: tuple[Flag, ...]
    kind: str
    closes: float
    opens: float
    paid_in: str
    funding: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredAndJudged:
    """A portfolio as a whole, and the verdict on it."""

    exposure: ExposureFigures = field(metadata=FLAT)
    judged: Judged = field(metadata=FLAT)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDocument:
    """The smallest trades that bring beta back.

    Parameters
    ----------
    status
        What became of the request.
    as_of, mandate
        When, and what was asked for.
    orders
        What to trade.
    before, after
        The portfolio without and with the orders.
    residual
        Beta after, minus target.
    cost
        Of all orders, base currency.
    notes
        Assumptions, limits that conflict, distance from proven best.
    standings
        Figures of the whole book before and after, and the difference; a gain is plus, null is not known.
    rule
        When is traded and how far, with the best trigger beside it.
    """

    SCHEMA: ClassVar = "trimtab.plan/1"

    status: PlanStatus
    as_of: str
    mandate: MandateTerms
    orders: tuple[OrderLine, ...]
    before: MeasuredAndJudged
    after: MeasuredAndJudged
    residual: float
    cost: float
    notes: tuple[str, ...]
    standings: Standings | None
    rule: RuleFigures | None


def plan_document(plan: Plan) -> PlanDocument:
    """Document of `trimtab plan`: schema trimtab.plan/1."""
    return PlanDocument(
        status=plan.status,
        as_of=plan.as_of.isoformat(),
        mandate=mandate_terms(plan.mandate),
        orders=tuple(_order(o) for o in plan.orders),
        before=MeasuredAndJudged(exposure=exposure_figures(plan.before), judged=judged(plan.verdict_before)),
        after=MeasuredAndJudged(exposure=exposure_figures(plan.after), judged=judged(plan.verdict_after)),
        residual=plan.residual,
        cost=plan.cost,
        notes=plan.notes,
        standings=plan.standings,
        rule=None if plan.rule is None else rule_figures(plan.rule),
    )


def _order(o: Order) -> OrderLine:
    return OrderLine(
        asset=o.symbol,
        side=o.side,
        quantity=int(o.quantity) if o.quantity == o.quantity.to_integral_value() else float(o.quantity),
        price=float(o.price),
        currency=o.instrument.currency,
        multiplier=float(o.multiplier),
        notional=o.notional,
        cost=o.cost,
        beta=o.beta,
        stderr=o.stderr,
        expiry=None if o.instrument.expiry is None else o.instrument.expiry.isoformat(),
        flags=o.flags,
        kind=o.instrument.kind,
        closes=float(o.closes),
        opens=float(o.opens),
        paid_in=o.instrument.paid_in,
        funding=o.funding,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialBeta:
    """A beta to one benchmark of several, and where it stands.

    Parameters
    ----------
    value, stderr
        Partial beta on NAV, the other benchmarks held still, and its error.
    verdict
        inside, outside or undecided.
    """

    value: float
    stderr: float
    verdict: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetLine:
    """One benchmark of several.

    Parameters
    ----------
    benchmark, target, lower, upper
        What was asked for.
    before, after
        Without and with the orders.
    probability_inside
        After the orders.
    speaks_of
        Which beta was judged.
    """

    benchmark: str
    target: float
    lower: float
    upper: float
    before: PartialBeta
    after: PartialBeta
    probability_inside: float
    speaks_of: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardLine:
    """A currency sold or bought forward.

    Parameters
    ----------
    currency
        Code.
    amount
        Units of it as an exact decimal, positive = buy.
    rate
        Base currency per unit today.
    """

    currency: str
    amount: str
    rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NavAround:
    """Net asset value without and with the trades, base currency."""

    before: float
    after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetsDocument:
    """A plan for several benchmarks and currencies at once.

    Parameters
    ----------
    status, as_of, base_currency
        What became of the request, when, and what money is in.
    targets, currencies
        One for each target.
    orders, forwards
        What to trade, and currencies forward.
    nav
        Net asset value.
    cost
        Of all orders, base currency.
    proven_best
        Whether no other orders are better.
    notes
        What was decided on the way.
    standings
        The whole book before and after, and the difference; probability inside and tracking error there are those of
        the whole beta to the first benchmark, and those of each partial beta stand in `targets`.
    """

    SCHEMA: ClassVar = "trimtab.targets/1"

    status: PlanStatus
    as_of: str
    base_currency: str
    targets: tuple[TargetLine, ...]
    currencies: tuple[CurrencyLine, ...]
    orders: tuple[OrderLine, ...]
    forwards: tuple[ForwardLine, ...]
    nav: NavAround
    cost: float
    proven_best: bool
    notes: tuple[str, ...]
    standings: Standings | None


def targets_document(plan: JointPlan) -> TargetsDocument:
    """Document of `trimtab plan --also-target`: schema trimtab.targets/1."""
    return TargetsDocument(
        status=plan.status,
        as_of=plan.as_of.isoformat(),
        base_currency=plan.before.base,
        targets=tuple(_target(x) for x in plan.lines),
        currencies=plan.currencies,
        orders=tuple(_order(o) for o in plan.orders),
        forwards=tuple(ForwardLine(currency=f.currency, amount=str(f.amount), rate=f.rate) for f in plan.forwards),
        nav=NavAround(before=plan.before.nav, after=plan.after.nav),
        cost=plan.cost,
        proven_best=plan.proven,
        notes=plan.notes,
        standings=plan.standings,
    )


def _target(x: JointLine) -> TargetLine:
    return TargetLine(
        benchmark=x.benchmark,
        target=x.target,
        lower=x.lower,
        upper=x.upper,
        before=PartialBeta(value=x.before, stderr=x.before_stderr, verdict=x.verdict_before.status),
        after=PartialBeta(value=x.after, stderr=x.after_stderr, verdict=x.verdict_after.status),
        probability_inside=x.verdict_after.probability_inside,
        speaks_of=told(x.verdict_after.speaks_of),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoDocument:
    """The main job on the bundled sample.

    Parameters
    ----------
    review, plan
        Its two answers.
    """

    SCHEMA: ClassVar = "trimtab.demo/1"

    review: ReviewDocument
    plan: PlanDocument


def demo_document(review: Review, plan: Plan) -> DemoDocument:
    """Document of `trimtab demo`: schema trimtab.demo/1."""
    return DemoDocument(review=review_document(review), plan=plan_document(plan))
