"""Compare ways: describe each alike, mark the cheapest that satisfies the mandate, and look for a cheaper mix.

The search for a mix is a plain one, and says so: for each pair of kinds (futures, reallocation, the cheapest strategy
of options) the first does a quarter, a half or three quarters of the way in beta, and the second the rest. It finds the
gain there is when a few shares can be sold at no tax or impact; it does not prove that no better mix exists.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import inf

from trimtab.errors import TrimtabError
from trimtab.exposure.expose import Exposure
from trimtab.exposure.measured import MeasuredBook
from trimtab.hedge.doing_nothing import DoingNothing, NothingReason, weigh_doing_nothing
from trimtab.hedge.options.records import OptionsPlan
from trimtab.hedge.plan import Plan, PlanStatus
from trimtab.hedge.reallocate.records import ReallocationPlan
from trimtab.hedge.rule import HedgeRule
from trimtab.hedge.standing.measure import change, measure_standing
from trimtab.hedge.standing.records import BookTerms, Standing, StandingChange
from trimtab.hedge.verdict import Status, Verdict, judge, never_sure
from trimtab.hedge.ways.assumptions import book_terms, settle_assumptions
from trimtab.hedge.ways.figures import (
    CostNow,
    CostPerYear,
    HoldRange,
    base_cash,
    benchmark_volatility,
    hold_range,
    taken_on,
)
from trimtab.hedge.ways.identity import hash_inputs, plan_id
from trimtab.hedge.ways.parts import PlanParts, parts_of
from trimtab.hedge.ways.records import WAY_MOVES, Assumptions, Proposal, RankBy, Way, Ways
from trimtab.hedge.ways.revalue import make_movable, revalue
from trimtab.hedge.year_terms import YearTerms
from trimtab.market.facts import Facts, facts_at
from trimtab.market.prices import PriceTable
from trimtab.model.contract import ContractTable
from trimtab.model.mandate import Mandate
from trimtab.progress import each

__all__ = ["MIX_SHARES", "Planner", "compare"]

#: Plans one way: (measured book, mandate) -> proposal.
Planner = Callable[[MeasuredBook, Mandate], Proposal]

#: Shares of the distance that the first of two ways goes.
MIX_SHARES = (0.25, 0.5, 0.75)
_NOTHING = "do_nothing"
_USUAL_VOL = 0.16


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """Everything that all ways of one comparison share."""

    book: MeasuredBook
    mandate: Mandate
    rule: HedgeRule
    asked: Mandate
    assumptions: Assumptions
    history: PriceTable
    verdict: Verdict
    inputs_hash: str
    terms: YearTerms
    holding: BookTerms
    market_vol: float | None

    def standing_of(self, book: MeasuredBook) -> Standing:
        return measure_standing(
            book, self.mandate, self.holding, self.terms, history=self.history, market_vol=self.market_vol
        )

    @property
    def before(self) -> Exposure:
        return self.book.exposure

    def price(self, now: CostNow, year: CostPerYear) -> float:
        a = self.assumptions
        yearly = year.friction if a.rank_by is RankBy.FRICTION else year.standing_still
        return now.total + a.horizon_years * yearly


def compare(
    book: MeasuredBook,
    rule: HedgeRule,
    planners: Mapping[str, Planner],
    *,
    assumptions: Assumptions | None = None,
    kinds: Mapping[str, str] | None = None,
    mix: bool = True,
    inputs: tuple[object, ...] = (),
    history: PriceTable | None = None,
    facts: Facts | None = None,
    contracts: ContractTable | None = None,
) -> Ways:
    """Plan every way, describe all alike, and mark the cheapest that satisfies the mandate.

    Parameters
    ----------
    book, rule
        The book, measured, and when is traded and how far.
    planners
        By name, in the order in which they are shown; a planner that raises is listed as refused, with its reason.
    assumptions
        See `Assumptions`; the defaults if None.
    kinds
        Kind of each planner; only the cheapest of a kind is tried in mixes. By default each is its own kind.
    mix
        Whether to look for a cheaper mix of two.
    inputs
        What the planners were made from, for the hash: chains, hedges, requests.
    history
        Prices in the base currency, with the benchmark, for volatility, tracking error and R2; None takes the market's.
    facts
        Calendar, rates and yields of the moment; None takes the calendar of the market's prices and knows no rate.
    contracts
        Margin, commission and fees of what is held; None knows none, and takes the assumptions.
    """
    benchmark, before, mandate = book.betas.benchmark, book.exposure, rule.mandate
    moment = facts or facts_at(book.market, benchmark)
    chosen, terms = settle_assumptions(assumptions or Assumptions(), moment, benchmark)
    rates = (moment.interest, dict(moment.yields)) if moment.interest.by_currency or moment.yields else ()
    verdict = judge(before, mandate)
    past = history or book.market.prices
    case = _Case(
        book=book, mandate=mandate, rule=rule, asked=rule.into(before), assumptions=chosen,
        history=past, verdict=verdict, terms=terms, holding=book_terms(chosen, mandate, contracts),
        market_vol=benchmark_volatility(past, benchmark, window=terms.window, per_year=terms.per_year),
        inputs_hash=hash_inputs(book.portfolio, book.market, book.betas, mandate, chosen, inputs, *rates),
    )  # fmt: skip
    ways, refused = [_describe(case, _NOTHING, ())], []
    for name, planner in each(planners.items(), "comparing ways"):
        try:
            ways.append(_describe(case, name, (planner(book, case.asked),)))
        except TrimtabError as error:
            refused.append((name, f"expected {error.expected}, found {error.found}; {error.try_next}"))
    if mix and (verdict.status is Status.OUTSIDE or verdict.trigger_reached):
        mixed = _mix(case, planners, kinds or {}, ways)
        if mixed is not None:
            ways.append(mixed)
    best = _cheapest(ways)
    nothing = _weigh(case, ways)
    return Ways(
        mandate=mandate,
        as_of=book.market.day,
        assumptions=chosen,
        before=before,
        verdict=verdict,
        standing=ways[0].standing,
        moves=ways[0].moves,
        ways=tuple(ways),
        cheapest=None if best is None else best.name,
        reason=_reason(case, ways, best, nothing),
        nothing=nothing,
        refused=tuple(refused),
        inputs_hash=case.inputs_hash,
        expires=_expires(case),
        terms=terms,
        rule=rule,
        notes=(*filter(None, [never_sure(before, mandate)]), *_assumed(terms, ways)),
    )


def _assumed(terms: YearTerms, ways: list[Way]) -> tuple[str, ...]:
    """Say which rates and yields a year of these ways was counted at without anyone having stated them."""
    currencies, assets = [terms.facts.base], []
    for plan in (p for w in ways for p in w.plans):
        match plan:
            case Plan():
                currencies += [o.instrument.currency for o in plan.orders]
                assets += [
                    o.instrument.dividend_payers or (o.instrument.family,)
                    for o in plan.orders
                    if not o.instrument.pays_funding
                ]
            case OptionsPlan():
                currencies += [o.option.currency for o in plan.orders]
            case ReallocationPlan():
                assets += [(o.symbol,) for o in plan.orders]
            case _:
                pass
    return terms.notes(currencies, assets)


def _expires(case: _Case) -> date:
    return case.book.market.day + timedelta(days=case.assumptions.expires_days)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    """Some plans done one after the other, taken apart, with the book that they leave."""

    parts: PlanParts
    book: MeasuredBook
    standing: Standing
    change: StandingChange


def _do(case: _Case, plans: tuple[Proposal, ...], before: Standing | None = None) -> _Done:
    """Do plans, and take them apart; interest on margin is that of the whole book after, less that before."""
    parts = [parts_of(p, case.book.market, case.assumptions, case.history, case.terms) for p in plans]
    now, year = CostNow(), CostPerYear()
    for one in parts:
        now, year = now.plus(one.now), year.plus(one.year)
    portfolio = case.book.portfolio
    for plan in plans:
        portfolio = plan.apply(portfolio)
    book = case.book.becoming(portfolio, plans[-1].after) if plans else case.book
    had, has = before or case.standing_of(case.book), case.standing_of(book)
    changed = change(had, has)
    if changed.margin is not None:
        year = replace(year, funding=changed.margin * case.assumptions.funding_spread)
    return _Done(
        parts=PlanParts(
            tickets=tuple(t for one in parts for t in one.tickets),
            now=now,
            year=year,
            futures=tuple(f for one in parts for f in one.futures),
        ),
        book=book,
        standing=has,
        change=changed,
    )


def _describe(case: _Case, name: str, plans: tuple[Proposal, ...]) -> Way:
    done = _do(case, plans)
    parts, after, portfolio = done.parts, done.book.exposure, done.book.portfolio
    verdict = judge(after, case.mandate)
    reach = max(0.3, *map(abs, case.assumptions.must_hold or (0.0,)))
    movable = make_movable(done.book)
    holds = hold_range(movable, case.mandate, reach=reach)
    status = _status(case, plans, verdict)
    satisfies, why = _satisfies(case, status, verdict, done, holds)
    return Way(
        name=name,
        id=plan_id(case.inputs_hash, name, parts.tickets),
        inputs_hash=case.inputs_hash,
        expires=_expires(case),
        plans=plans,
        status=status,
        satisfies=satisfies,
        why=why,
        tickets=parts.tickets,
        after=after,
        verdict_after=verdict,
        residual=after.beta.value - case.mandate.target,
        now=parts.now,
        year=parts.year,
        price=case.price(parts.now, parts.year),
        standing=done.standing,
        change=done.change,
        margin=done.change.margin,
        cash_used=base_cash(case.book.portfolio) - base_cash(portfolio),
        cash_after=base_cash(portfolio),
        risks=taken_on(case.before, after, case.history, window=case.terms.window, per_year=case.terms.per_year),
        moves=revalue(movable, moves=WAY_MOVES),
        holds=holds,
        futures=parts.futures,
        notes=tuple(dict.fromkeys(n for p in plans for n in p.notes)),
    )


def _status(case: _Case, plans: tuple[Proposal, ...], verdict: Verdict) -> PlanStatus:
    if not plans:
        return {
            Status.INSIDE: PlanStatus.NOTHING_TO_DO,
            Status.UNDECIDED: PlanStatus.UNDECIDED,
            Status.OUTSIDE: PlanStatus.INFEASIBLE,
        }[case.verdict.status]
    if len(plans) == 1:
        return plans[0].status
    return PlanStatus.PLANNED if verdict.status is Status.INSIDE else PlanStatus.INFEASIBLE


def _satisfies(case: _Case, status: PlanStatus, verdict: Verdict, done: _Done, holds: HoldRange) -> tuple[bool, str]:
    """Say whether a way keeps the mandate and the limits of the comparison, and if not, which it breaks."""
    a = case.assumptions
    if status is PlanStatus.INFEASIBLE or verdict.status is not Status.INSIDE:
        return False, verdict.why
    if verdict.trigger_reached:
        return False, verdict.why
    too_much = _margin_above(case, done)
    if too_much:
        return False, too_much
    if a.must_hold is not None:
        low, high = a.must_hold
        if holds.low is None or holds.high is None or holds.low > low + 1e-9 or holds.high < high - 1e-9:
            reach = "nowhere" if holds.low is None else f"from {holds.low:+.1%} to {holds.high:+.1%}"
            return False, f"beta must stay in the band from {low:+.0%} to {high:+.0%}, and holds {reach}"
    return True, verdict.why


def _margin_above(case: _Case, done: _Done) -> str:
    """Say how the book's margin breaks the limit; empty if it keeps it, or the trades add none."""
    most, base, added, after = case.assumptions.max_margin, case.before.base, done.change.margin, done.standing.margin
    if most is None or (added is not None and added <= 0.0):
        return ""
    if after is None or added is None:
        lacking = ", ".join(done.standing.not_known)
        return f"whether margin keeps the limit of {most:,.0f} {base} is not known: {lacking}"
    if after <= most:
        return ""
    return f"margin of {after:,.0f} {base}, {added:,.0f} of it added, is above the limit of {most:,.0f}"


def _cheapest(ways: list[Way]) -> Way | None:
    """Pick the cheapest satisfying way; on a tie the one with fewer tickets, then the one shown first."""
    fit = [w for w in ways if w.satisfies]
    return min(fit, key=lambda w: (round(w.price, 6), len(w.tickets))) if fit else None


def _mix(case: _Case, planners: Mapping[str, Planner], kinds: Mapping[str, str], ways: list[Way]) -> Way | None:
    """Give the cheapest mix of two ways if it beats each way alone."""
    alone = _cheapest(ways)
    best_price = inf if alone is None else alone.price
    best: tuple[str, tuple[Proposal, ...]] | None = None
    names = _one_of_each(planners, kinds, ways)
    for first in each(names, "mixing ways"):
        for second in names:
            if first == second or (second != "futures" and first == "futures"):
                continue
            for share in MIX_SHARES:
                plans = _two(case, planners[first], planners[second], share)
                if plans is None:
                    continue
                parts = _do(case, plans, ways[0].standing).parts
                price = case.price(parts.now, parts.year)
                if price < best_price - max(0.01, 1e-9 * abs(best_price)):
                    best_price, best = price, (f"{first}+{second}", plans)
    if best is None:
        return None
    way = _describe(case, *best)
    return way if way.satisfies else None


def _one_of_each(planners: Mapping[str, Planner], kinds: Mapping[str, str], ways: list[Way]) -> list[str]:
    best: dict[str, Way] = {}
    for way in ways:
        if way.name in planners and way.tickets:
            kind = kinds.get(way.name, way.name)
            if kind not in best or (not way.satisfies, way.price) < (not best[kind].satisfies, best[kind].price):
                best[kind] = way
    return [w.name for w in best.values()]


def _two(case: _Case, first: Planner, second: Planner, share: float) -> tuple[Proposal, ...] | None:
    """Let one way go a share of the distance in beta and another the rest; None if that does not reach the band."""
    mandate, beta = case.asked, case.before.beta.value
    edge = mandate.upper if beta > mandate.target else mandate.lower
    point = replace(mandate, target=beta + share * (edge - beta), band=1e-3)
    try:
        one = first(case.book, point)
        two = second(case.book.becoming(one.apply(case.book.portfolio), one.after), mandate)
    except TrimtabError:
        return None
    inside = mandate.lower <= two.after.beta.value <= mandate.upper
    return (one, two) if inside and two.status is PlanStatus.PLANNED else None


def _weigh(case: _Case, ways: list[Way]) -> DoingNothing:
    a = case.assumptions
    trade = _cheapest([w for w in ways if w.tickets])
    t = case.terms
    vol = benchmark_volatility(case.history, case.book.betas.benchmark, window=t.window, per_year=t.per_year)
    by, best = case.mandate, case.rule.best
    if by.trigger is not None:
        # Whether to wait is a question of the trigger and of the target, and not of how far a trade would go.
        by = replace(by, band=by.trigger, trigger=None, step=None)
    return weigh_doing_nothing(
        case.before,
        case.verdict if by is case.mandate else judge(case.before, by),
        by,
        market_vol=vol or _USUAL_VOL,
        cost=None if trade is None else trade.now.total,
        beta_after=None if trade is None else trade.after.beta.value,
        risk_aversion=a.risk_aversion,
        gap_vol=a.gap_vol if best is None or a.gap_vol is not None else best.drift,
        best=best,
        horizon_years=a.horizon_years,
    )


def _wanted(mandate: Mandate) -> str:
    """Name the band that a way must reach: the trigger's, where there is one."""
    half = mandate.band if mandate.trigger is None else mandate.trigger
    return f"[{mandate.target - half:.3f}, {mandate.target + half:.3f}]"


def _reason(case: _Case, ways: list[Way], best: Way | None, nothing: DoingNothing) -> str:
    base, a = case.before.base, case.assumptions
    if best is None:
        if case.verdict.status is Status.UNDECIDED:
            return f"no way is marked: {case.verdict.why}"
        if case.mandate.trigger is None and case.asked.band < case.mandate.band and case.asked.band < 1e-12:
            return (
                f"no way is marked: beta is known to +/- {case.before.beta.stderr:.3f}, so that even at the target it "
                f"would not be inside the band of {case.mandate.band:.3f} with {case.mandate.confidence:.0%} "
                "confidence; widen the band, ask for less confidence, or measure beta with a smaller error"
            )
        tried = "; ".join(f"{w.name}: {w.why}" for w in ways if w.name != _NOTHING) or "none could be planned"
        return f"no way satisfies the mandate ({tried})"
    if best.name == _NOTHING:
        return nothing.why
    yearly = best.year.friction if a.rank_by is RankBy.FRICTION else best.year.standing_still
    others = sorted((w for w in ways if w.satisfies and w is not best), key=lambda w: w.price)
    against = (
        f"; next is {others[0].name} at {-others[0].price:+,.0f}" if others else "; no other way satisfies the mandate"
    )
    wait = ""
    if nothing.reason in {NothingReason.WITHIN_NOISE, NothingReason.COST_ABOVE_BENEFIT}:
        wait = f". Waiting can be defended: {nothing.why}"
    return (
        f"{best.name} is the cheapest way into {_wanted(case.mandate)}: beta "
        f"{best.after.beta.value:.3f} for {-best.now.total:+,.0f} {base} now and {-yearly:+,.0f} a year, "
        f"{-best.price:+,.0f} over {a.horizon_years:g} years (a gain is plus){against}{wait}"
    )
