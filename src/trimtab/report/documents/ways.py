"""Ways side by side as a document."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isinf
from typing import ClassVar

from trimtab.exposure.moves import MoveRow
from trimtab.hedge.doing_nothing import DoingNothing, NothingReason, NoTradeBand
from trimtab.hedge.futures.figures import FuturesFigures
from trimtab.hedge.plan import PlanStatus
from trimtab.hedge.standing.records import Standing, StandingChange
from trimtab.hedge.verdict import Status
from trimtab.hedge.ways.figures import CostNow, CostPerYear, HoldRange, TakenOn
from trimtab.hedge.ways.records import Assumptions, Ticket, Way, Ways
from trimtab.report.documents.parts import Readings, Told, readings, told
from trimtab.report.documents.trading.rule import RuleFigures, rule_figures
from trimtab.report.shape.fields import FLAT

__all__ = ["WaysDocument", "ways_document"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateBand:
    """The band that beta should be in.

    Parameters
    ----------
    benchmark
        Symbol.
    target, lower, upper
        Wanted beta, and the ends of its band.
    trigger, step
        Half-width within the band at which plans trade, and how far within it they go; null where it has none.
    """

    benchmark: str
    target: float
    lower: float
    upper: float
    trigger: float | None
    step: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BookFigures:
    """A portfolio in four numbers.

    Parameters
    ----------
    nav
        Net asset value, base currency.
    beta, stderr
        Portfolio beta and its error.
    readings
        The same in either reading.
    """

    nav: float
    beta: float
    stderr: float
    readings: Readings = field(metadata=FLAT)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictWords:
    """A verdict and its reason.

    Parameters
    ----------
    status, why
        inside, outside or undecided; in words.
    """

    status: Status
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveLine:
    """The portfolio after one move of the benchmark.

    Parameters
    ----------
    move
        Relative move.
    pnl, nav
        Profit and loss, and net asset value after it, base currency.
    beta
        After it; null if NAV is not positive any more.
    """

    move: float
    pnl: float
    nav: float
    beta: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingFigures:
    """The case for doing nothing.

    Parameters
    ----------
    reason, advised, why
        What speaks loudest; whether leaving it is what the numbers say; in a sentence.
    gap, gap_errors
        Beta minus target; distance from the band in standard errors of beta, null if unbounded.
    cost, benefit_per_year, payback_years
        Of the cheapest trade that would bring beta in: its cost, the risk penalty a year it takes away, and how long it
        takes to pay; null without one.
    band
        Best no-trade band at that cost.
    """

    reason: NothingReason
    advised: bool
    why: str
    gap: float
    gap_errors: float | None
    cost: float | None
    benefit_per_year: float | None
    payback_years: float | None
    band: NoTradeBand | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketLine:
    """One order, of whatever kind, as it can be sent.

    Parameters
    ----------
    asset, kind, side, quantity
        What, and how much of it; side says which way.
    price, currency, multiplier
        Limit (reference for futures), its currency, units per contract.
    notional, cost
        Base currency.
    expiry
        Of the contract; null for spot.
    """

    asset: str
    kind: str
    side: str
    quantity: float
    price: float
    currency: str
    multiplier: float
    notional: float
    cost: float
    expiry: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CostTotal:
    """What a way costs now, base currency.

    Parameters
    ----------
    total
        All of it.
    """

    parts: CostNow = field(metadata=FLAT)
    total: float


@dataclass(frozen=True, slots=True, kw_only=True)
class YearTotal:
    """What a way costs in a year, base currency.

    Parameters
    ----------
    friction
        What is lost in every future.
    standing_still
        With carry, dividends and time decay, as if prices did not move.
    """

    parts: CostPerYear = field(metadata=FLAT)
    friction: float
    standing_still: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WayFigures:
    """One way, with everything it is compared by.

    Parameters
    ----------
    name, id, status, satisfies, why
        Name; name of the proposal; what became of it; whether every limit is kept; in words.
    orders
        All of them.
    after, residual
        The portfolio with them done, and its beta minus target.
    cost_now, cost_per_year, price
        Costs, and what the way is ranked by.
    standing, change
        Figures of the whole book with the trades done, and what the trades make of them: a gain is plus.
    margin, cash_used, cash_after
        Initial margin of the book after minus before, netted (less than 0 where it is freed, null where it is not
        known), base cash that the trades take (negative = bring), base cash afterwards.
    risks, holds
        What the trades add, and over which moves beta stays in the band.
    moves
        Beta and P/L after moves of the benchmark, by full revaluation.
    futures
        Further figures of its futures orders.
    notes
        Assumptions and limits in words.
    """

    name: str
    id: str
    status: PlanStatus
    satisfies: bool
    why: str
    orders: tuple[TicketLine, ...]
    after: BookFigures
    residual: float
    cost_now: CostTotal
    cost_per_year: YearTotal
    price: float
    standing: Standing
    change: StandingChange
    margin: float | None
    cash_used: float
    cash_after: float
    risks: TakenOn
    holds: HoldRange
    moves: tuple[MoveLine, ...]
    futures: tuple[FuturesFigures, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A way that could not be planned.

    Parameters
    ----------
    way, why
        Its name, and what was missing.
    """

    way: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """A number for everything that nothing else is known of.

    Parameters
    ----------
    value, assumed
        The number, and whether it is an assumption and not stated.
    """

    value: float
    assumed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class YearFigures:
    """What a year was counted with.

    Parameters
    ----------
    calendar, periods_per_year, returns
        Spacing of the prices, and past returns looked at.
    rates, other_rates
        Interest by currency, and that of all others.
    yields, other_yields
        Dividend yields by asset, and that of all others.
    """

    calendar: str
    periods_per_year: float
    returns: int
    rates: Mapping[str, float]
    other_rates: Assumed
    yields: Mapping[str, float]
    other_yields: Assumed


@dataclass(frozen=True, slots=True, kw_only=True)
class WaysDocument:
    """Every way of bringing beta back, side by side.

    Parameters
    ----------
    as_of, expires, inputs_hash
        The day of the prices, the last day the proposals may be used, and a hash of what they were made from.
    base_currency, mandate
        What money is in, and what was asked for.
    before, speaks_of, verdict, standing, moves
        The portfolio as it is; `standing` holds the figures of the whole book.
    cheapest, reason
        Name of the cheapest way that satisfies the mandate, null if none does; why, in a sentence.
    nothing
        The case for doing nothing.
    ways, refused
        Those that were planned, doing nothing first, and those that could not be.
    assumptions, year
        What the comparison assumes.
    rule
        When is traded and how far, with the best trigger beside it.
    notes
        Which rates and yields were assumed, in words.
    """

    SCHEMA: ClassVar = "trimtab.ways/1"

    as_of: str
    expires: str
    inputs_hash: str
    base_currency: str
    mandate: MandateBand
    before: BookFigures
    speaks_of: Told
    verdict: VerdictWords
    standing: Standing
    moves: tuple[MoveLine, ...]
    cheapest: str | None
    reason: str
    nothing: NothingFigures
    ways: tuple[WayFigures, ...]
    refused: tuple[Refusal, ...]
    assumptions: Assumptions
    year: YearFigures
    rule: RuleFigures
    notes: tuple[str, ...]


def ways_document(ways: Ways) -> WaysDocument:
    """Document of `trimtab plan --ways`: schema trimtab.ways/1."""
    before, m = ways.before, ways.mandate
    return WaysDocument(
        as_of=ways.as_of.isoformat(),
        expires=ways.expires.isoformat(),
        inputs_hash=ways.inputs_hash,
        base_currency=before.base,
        mandate=MandateBand(
            benchmark=m.benchmark, target=m.target, lower=m.lower, upper=m.upper, trigger=m.trigger, step=m.step
        ),
        before=BookFigures(
            nav=before.nav, beta=before.beta.value, stderr=before.beta.stderr, readings=readings(before)
        ),
        speaks_of=told(before.beta.speaks_of),
        verdict=VerdictWords(status=ways.verdict.status, why=ways.verdict.why),
        standing=ways.standing,
        moves=_moves(ways.moves),
        cheapest=ways.cheapest,
        reason=ways.reason,
        nothing=_nothing(ways.nothing),
        ways=tuple(_way(w) for w in ways.ways),
        refused=tuple(Refusal(way=name, why=why) for name, why in ways.refused),
        assumptions=ways.assumptions,
        year=_year(ways),
        rule=rule_figures(ways.rule),
        notes=ways.notes,
    )


def _year(ways: Ways) -> YearFigures:
    t = ways.terms
    rates = {c: r for c in t.facts.interest.by_currency if (r := t.facts.rate(c)) is not None}
    return YearFigures(
        calendar=t.facts.frequency.name,
        periods_per_year=t.per_year,
        returns=t.window,
        rates=rates,
        other_rates=Assumed(value=t.rate, assumed=t.rate_assumed),
        yields=dict(t.facts.yields),
        other_yields=Assumed(value=t.dividend_yield, assumed=t.yield_assumed),
    )


def _nothing(n: DoingNothing) -> NothingFigures:
    return NothingFigures(
        reason=n.reason,
        advised=n.advised,
        why=n.why,
        gap=n.gap,
        gap_errors=None if isinf(n.gap_errors) else n.gap_errors,
        cost=n.cost,
        benefit_per_year=n.benefit_per_year,
        payback_years=None if n.payback_years is None or isinf(n.payback_years) else n.payback_years,
        band=n.band,
    )


def _way(w: Way) -> WayFigures:
    after = w.after
    return WayFigures(
        name=w.name,
        id=w.id,
        status=w.status,
        satisfies=w.satisfies,
        why=w.why,
        orders=tuple(_ticket(t) for t in w.tickets),
        after=BookFigures(nav=after.nav, beta=after.beta.value, stderr=after.beta.stderr, readings=readings(after)),
        residual=w.residual,
        cost_now=CostTotal(parts=w.now, total=w.now.total),
        cost_per_year=YearTotal(parts=w.year, friction=w.year.friction, standing_still=w.year.standing_still),
        price=w.price,
        standing=w.standing,
        change=w.change,
        margin=w.margin,
        cash_used=w.cash_used,
        cash_after=w.cash_after,
        risks=w.risks,
        holds=w.holds,
        moves=_moves(w.moves),
        futures=w.futures,
        notes=w.notes,
    )


def _ticket(t: Ticket) -> TicketLine:
    return TicketLine(
        asset=t.asset,
        kind=t.kind,
        side=t.side,
        quantity=float(t.quantity),
        price=float(t.price),
        currency=t.currency,
        multiplier=float(t.multiplier),
        notional=t.notional,
        cost=t.cost,
        expiry=None if t.expiry is None else t.expiry.isoformat(),
    )


def _moves(rows: tuple[MoveRow, ...]) -> tuple[MoveLine, ...]:
    return tuple(MoveLine(move=m.move, pnl=m.pnl, nav=m.nav, beta=m.beta) for m in rows)
