r"""Bring portfolio beta to its target with futures, in whole lots.

Equation
    N = (target - beta) x NAV / (beta_f x F x multiplier x FX)        negative = sell
Whole lots are searched exactly over one to four contracts (`trimtab.hedge.search`); what rounding leaves is reported.
Source
    Hull, Options, Futures, and Other Derivatives, 11th ed., section 3.5.
Assumption
    A futures trade changes neither NAV (but for its cost) nor the other positions. Inside the band, beta exposure left
    over is priced at a tenth of a per cent: what a move of 0.1% in the benchmark would make of it. A plan therefore
    goes as near to the target as lots allow, but does not pay tens of dollars to shave a rounding error.
    Outside the band it is priced at its full amount, so that cost never keeps a plan from reaching the mandate.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from trimtab.beta.estimate import Betas
from trimtab.errors import InputError
from trimtab.exposure.expose import Exposure, find_beta
from trimtab.exposure.kinds.future import future_quote, leg_names
from trimtab.exposure.measured import MeasuredBook
from trimtab.exposure.stated_prices import compare_stated
from trimtab.hedge.check import check_plan
from trimtab.hedge.plan import Order, Plan, PlanStatus, Side, apply_orders
from trimtab.hedge.search import Distance, LotChoice, LotRange, search_lots
from trimtab.hedge.verdict import Status, Verdict, judge
from trimtab.market.prices import Flag
from trimtab.market.snapshot import Market
from trimtab.model.contract import ContractSpec
from trimtab.model.decimals import exact
from trimtab.model.expiry import ROLL_BEFORE
from trimtab.model.instrument import Future
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Position, Stated

__all__ = ["MIN_BETA", "Hedge", "make_order", "plan_futures", "price_hedge"]

#: Price of one unit of beta exposure off target: inside the band, and beyond it.
NEAR, FAR = 0.001, 1.0
#: A contract must move with the benchmark at least this much to be of use.
MIN_BETA = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Hedge:
    """A futures contract that may be traded, with everything the search needs.

    Parameters
    ----------
    future
        The contract.
    mark
        Its price, contract currency.
    fx
        Base currency per unit of contract currency.
    multiplier, tick, lot
        Terms in force.
    commission, half_spread_ticks
        Cost assumptions, per contract in contract currency, and in ticks.
    beta, stderr
        Of its return to the benchmark.
    flags, notes
        What a reader should know about price and beta; and about the contract, in words.
    """

    future: Future
    mark: float
    fx: float
    multiplier: Decimal
    tick: Decimal
    lot: Decimal
    commission: Decimal
    half_spread_ticks: Decimal
    beta: float
    stderr: float
    flags: tuple[Flag, ...]
    notes: tuple[str, ...] = ()

    @property
    def beta_per_lot(self) -> float:
        """Beta exposure of one lot bought, base currency."""
        return self.beta * self.mark * self.fx * float(self.multiplier * self.lot)

    @property
    def cost_per_lot(self) -> float:
        """Commission and half-spread of one lot, base currency."""
        return float((self.commission + self.half_spread_ticks * self.tick * self.multiplier) * self.lot) * self.fx


def price_hedge(
    future: Future,
    spec: ContractSpec | None,
    market: Market,
    betas: Betas,
    mandate: Mandate,
    *,
    stated: float | None,
    min_beta: float = MIN_BETA,
) -> Hedge:
    """Find price, exchange rate and beta of a contract, or say which of them is missing.

    Parameters
    ----------
    stated
        Price that the user states.
    min_beta
        Least beta, either way, to be of use against one benchmark; 0 where it hedges another.

    Raises
    ------
    InputError
        If there is no price, no rate, no beta, or a beta too small to hedge with; if the contract has expired, or the
        stated price is far from what the prices say.
    """
    notes = (*_check_life(future, spec, market), *_check_stated(future, market, stated))
    quote, flags = future_quote(future, market, stated=stated)
    if quote is None:
        raise InputError(
            expected=f"a price of {future.symbol}: a column {future.symbol} or {future.root}"
            + (f", or its index ({', '.join(future.underlying[:3])})" if future.underlying else ""),
            found=f"none of them in the price table on {market.as_of.astype('datetime64[D]')}",
            try_next=f"add the column, or state the price with --hedge-price {future.root}=PRICE",
        )
    fx = market.rate(future.currency)
    if fx is None:
        raise InputError(
            expected=f"an exchange rate from {future.currency} to {market.base} for {future.symbol}",
            found="none",
            try_next="give rates with --fx FILE",
        )
    estimate, beta_flags = find_beta(*leg_names(future, market), betas)
    if estimate is None or estimate.value is None or estimate.stderr is None:
        raise InputError(
            expected=f"a beta of {future.symbol} to {betas.benchmark}: its own past prices, or its index in the table",
            found="neither",
            try_next=f"add a column {future.root} with past prices, or hedge with a future on {betas.benchmark}",
        )
    if abs(estimate.value) < min_beta:
        raise InputError(
            expected=f"a hedge that moves with {betas.benchmark} (beta of at least {min_beta} either way)",
            found=f"beta {estimate.value:.3f} of {future.symbol}",
            try_next="choose a future on the benchmark or on something close to it",
        )
    day = market.day
    terms = future.terms_on(day)
    default = Decimal(0) if spec is None else spec.commission
    return Hedge(
        future=future,
        mark=quote.value,
        fx=fx.value,
        multiplier=terms.multiplier,
        tick=terms.tick,
        lot=terms.lot,
        commission=default if mandate.costs.commission is None else mandate.costs.commission,
        half_spread_ticks=mandate.costs.half_spread_ticks,
        beta=estimate.value,
        stderr=estimate.stderr,
        flags=tuple(dict.fromkeys((*flags, *beta_flags))),
        notes=notes,
    )


def _check_life(future: Future, spec: ContractSpec | None, market: Market) -> tuple[str, ...]:
    """Refuse a contract that has expired; say so of one that is about to, and of one that stands for such a one."""
    day, expiry = market.day, future.expiry
    if expiry is None:
        return ()
    following = None if spec is None else spec.to_trade(day).symbol
    if expiry < day:
        raise InputError(
            expected="a hedge contract that still trades",
            found=f"{future.symbol}, which expired on {expiry}",
            try_next=f"hedge with {following}" if following else "choose a later month",
        )
    if day >= expiry - ROLL_BEFORE:
        later = f"; {following} lives longer" if following not in {None, future.symbol} else ""
        return (
            f"{future.symbol} expires on {expiry}, {_days(expiry - day)}: what it hedges is open again then{later}",
        )
    front = None if spec is None else spec.front(day)
    if front is None or front.expiry is None or front.symbol == future.symbol or front.expiry >= expiry:
        return ()
    if day < front.expiry - ROLL_BEFORE:
        return ()
    return (
        f"{future.symbol} is traded, not {front.symbol}, which expires on {front.expiry}: new trades are made in the "
        f"next month from {ROLL_BEFORE.days} days before expiry on",
    )


def _days(left: dt.timedelta) -> str:
    return {0: "today", 1: "tomorrow"}.get(left.days, f"in {left.days} days")


def _check_stated(future: Future, market: Market, stated: float | None) -> tuple[str, ...]:
    """Refuse a stated price that is far from what the prices say; tell one that no carry explains."""
    if stated is None:
        return ()
    position = Position(instrument=future, quantity=Decimal(1), stated=Stated(price=exact(stated)))
    beside = compare_stated(position, market)
    if beside is not None and beside.far:
        raise InputError(
            expected=f"a price of {future.symbol} near {beside.source}, {beside.reference.value:,.6g} "
            f"{beside.currency} on {beside.reference.date.astype('datetime64[D]')}",
            found=f"{stated:,.6g} stated",
            try_next="correct the price (--hedge-price or the holdings), or the price table",
        )
    return () if beside is None or not beside.worth_telling else (str(beside),)


def plan_futures(
    book: MeasuredBook,
    mandate: Mandate,
    hedges: tuple[Hedge, ...],
) -> Plan:
    """Plan the futures trades that bring portfolio beta to its target.

    Nothing is traded when the portfolio is inside its band, or when the verdict is undecided.

    Parameters
    ----------
    book
        The portfolio, measured.
    mandate
        Target, band, limits and costs.
    hedges
        One to four contracts that may be traded.

    Returns
    -------
    A plan that has passed the independent check. If the limits keep beta out of the band its status is `infeasible`,
    and the orders are those that come nearest.
    """
    before, market = book.exposure, book.market
    verdict = judge(before, mandate)
    if verdict.status is not Status.OUTSIDE:
        status = PlanStatus.NOTHING_TO_DO if verdict.status is Status.INSIDE else PlanStatus.UNDECIDED
        return _finish(market, mandate, before, before, verdict, (), status, (verdict.why,))
    choice = _choose(before, mandate, hedges)
    orders = tuple(make_order(h, n) for h, n in zip(hedges, choice.lots, strict=True) if n != 0)
    after = book.holding(apply_orders(book.portfolio, orders)).exposure if orders else before
    reached = mandate.lower <= after.beta.value <= mandate.upper
    notes = [*_assumptions(hedges, orders), *_proof(choice, before)]
    if not reached:
        notes[:0] = _conflicts(before, after, mandate, hedges, choice)
    status = PlanStatus.PLANNED if reached else PlanStatus.INFEASIBLE
    return _finish(market, mandate, before, after, verdict, orders, status, tuple(notes))


def _choose(before: Exposure, mandate: Mandate, hedges: tuple[Hedge, ...]) -> LotChoice:
    """Search lots for the NAV that is left after their own cost; a few rounds settle it."""
    ranges = tuple(_range(h, mandate) for h in hedges)
    nav, choice = before.nav, None
    for _ in range(5):
        gap = mandate.target * nav - before.beta_exposure
        candidate = search_lots(gap, ranges, distance=Distance(near=NEAR, far=FAR, slack=mandate.band * nav))
        if choice is not None and candidate.lots == choice.lots:
            break
        choice = candidate
        nav = before.nav - sum(h.cost_per_lot * abs(n) for h, n in zip(hedges, choice.lots, strict=True))
    assert choice is not None  # noqa: S101 - the loop runs at least once
    return choice


def _finish(
    market: Market,
    mandate: Mandate,
    before: Exposure,
    after: Exposure,
    verdict: Verdict,
    orders: tuple[Order, ...],
    status: PlanStatus,
    notes: tuple[str, ...],
) -> Plan:
    plan = Plan(
        status=status,
        mandate=mandate,
        orders=orders,
        before=before,
        after=after,
        verdict_before=verdict,
        verdict_after=judge(after, mandate),
        residual=after.beta.value - mandate.target,
        cost=sum(order.cost for order in orders),
        notes=notes,
        as_of=market.day,
    )
    check_plan(plan)
    return plan


def _range(hedge: Hedge, mandate: Mandate) -> LotRange:
    most = None if mandate.max_contracts is None else int(mandate.max_contracts // hedge.lot)
    return LotRange(beta_per_lot=hedge.beta_per_lot, cost_per_lot=hedge.cost_per_lot, most=most)


def make_order(hedge: Hedge, lots: int) -> Order:
    """Make the ticket of some lots, positive = buy, at the tick on the wrong side of the mark."""
    side = Side.BUY if lots > 0 else Side.SELL
    quantity = abs(lots) * hedge.lot
    rounding = ROUND_CEILING if side is Side.BUY else ROUND_FLOOR
    steps = (exact(hedge.mark) / hedge.tick).to_integral_value(rounding)
    price = steps * hedge.tick
    return Order(
        future=hedge.future,
        side=side,
        quantity=quantity,
        price=price,
        mark=hedge.mark,
        multiplier=hedge.multiplier,
        tick=hedge.tick,
        lot=hedge.lot,
        fx=hedge.fx,
        commission=hedge.commission,
        half_spread_ticks=hedge.half_spread_ticks,
        notional=float(quantity * price * hedge.multiplier) * hedge.fx,
        cost=hedge.cost_per_lot * abs(lots),
        beta=hedge.beta,
        stderr=hedge.stderr,
        flags=hedge.flags,
    )


def _conflicts(
    before: Exposure, after: Exposure, mandate: Mandate, hedges: tuple[Hedge, ...], choice: LotChoice
) -> list[str]:
    """Say which limits keep beta out of the band."""
    notes = [
        f"no plan brings beta into [{mandate.lower:.3f}, {mandate.upper:.3f}]; the nearest one reaches "
        f"{after.beta.value:.3f}"
    ]
    smallest = min(abs(h.beta_per_lot) for h in hedges) / before.nav
    at_limit = [h.future.symbol for h, n in zip(hedges, choice.lots, strict=True) if _at_limit(h, n, mandate)]
    if at_limit:
        notes.append(
            f"the limit of {mandate.max_contracts} contracts is reached in {', '.join(at_limit)}: "
            "raise --max-contracts, add another hedge, or widen the band"
        )
    elif smallest > 2 * mandate.band:
        notes.append(
            f"one lot moves beta by {smallest:.3f}, more than the band is wide ({2 * mandate.band:.3f}): use a smaller "
            "contract (such as a micro), or widen the band"
        )
    return notes


def _at_limit(hedge: Hedge, lots: int, mandate: Mandate) -> bool:
    return mandate.max_contracts is not None and (abs(lots) + 1) * hedge.lot > mandate.max_contracts


def _assumptions(hedges: tuple[Hedge, ...], orders: tuple[Order, ...]) -> list[str]:
    used = {order.future.symbol for order in orders}
    notes: list[str] = []
    for hedge in hedges:
        name = hedge.future.symbol
        if name not in used:
            continue
        notes += hedge.notes
        notes.append(
            f"{name}: cost assumes commission {hedge.commission} and {hedge.half_spread_ticks} tick of half-spread per "
            f"contract, in {hedge.future.currency}"
        )
        if Flag.PRICE_FROM_UNDERLYING in hedge.flags:
            notes.append(
                f"{name}: no futures price was given, so the index level stands in; the true price differs by carry"
            )
        if Flag.BETA_FROM_UNDERLYING in hedge.flags:
            notes.append(
                f"{name}: its beta ({hedge.beta:.3f}) is that of its index or sibling; the basis is not measured"
            )
    return notes


def _proof(choice: LotChoice, before: Exposure) -> list[str]:
    if choice.shortfall == 0.0:
        return []
    return [
        f"the search stopped after {choice.nodes} combinations: cost and distance together are at most "
        f"{choice.shortfall:,.2f} {before.base} from the best"
    ]
