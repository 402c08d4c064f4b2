r"""Bring portfolio beta to its target with futures, perpetuals and shares of funds, in whole lots.

Equation
    N = (target - beta) x NAV / (beta of one unit x its exposure)        negative = sell
    which for a future is (target - beta) x NAV / (beta_f x F x multiplier x FX)
Whole lots are searched exactly over one to four contracts (`trimtab.hedge.search`); what rounding leaves is reported.
Source
    Hull, Options, Futures, and Other Derivatives, 11th ed., section 3.5.
Assumption
    A trade changes neither NAV (but for its cost) nor the other positions. Inside the band, beta exposure left
    over is priced at a tenth of a per cent: what a move of 0.1% in the benchmark would make of it. A plan therefore
    goes as near to the target as lots allow, but does not pay tens of dollars to shave a rounding error.
    Outside the band it is priced at its full amount, so that cost never keeps a plan from reaching the mandate.
    Shares are paid from base cash that is there before the plan, and sold short only where they may be.
"""

from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from trimtab.exposure.expose import Exposure
from trimtab.exposure.measured import MeasuredBook
from trimtab.hedge.check import check_plan
from trimtab.hedge.futures.hedge import Hedge
from trimtab.hedge.futures.one_way import leaves_opposites, search_one_way
from trimtab.hedge.plan import Order, Plan, PlanStatus, Side, apply_orders
from trimtab.hedge.search import Distance, LotChoice, LotRange
from trimtab.hedge.verdict import Status, Verdict, judge
from trimtab.market.daycount import YEAR_DAYS
from trimtab.market.prices import Flag
from trimtab.market.snapshot import Market
from trimtab.model.decimals import exact
from trimtab.model.mandate import Mandate

__all__ = ["Gap", "cash_at_hand", "choose_lots", "judged_by", "make_order", "most_lots", "plan_futures"]

#: Price of one unit of beta exposure off target: inside the band, and beyond it.
NEAR, FAR = 0.001, 1.0
#: Funding per eight hours from which a plan says what it is a year: 110%, as a mean of weeks hardly ever seen.
_HIGH_FUNDING = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What the search for lots needs to know of a portfolio.

    Parameters
    ----------
    nav, beta_exposure
        Net asset value and money that moves with the benchmark, base currency.
    cash
        Base cash that purchases may take.
    """

    nav: float
    beta_exposure: float
    cash: float


def plan_futures(
    book: MeasuredBook,
    mandate: Mandate,
    hedges: tuple[Hedge, ...],
) -> Plan:
    """Plan the trades that bring portfolio beta to its target.

    Nothing is traded when the portfolio is inside its band, or when the verdict is undecided.

    Parameters
    ----------
    book
        The portfolio, measured.
    mandate
        Target, band, limits and costs.
    hedges
        One to four futures, perpetuals or funds that may be traded.

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
    gap = Gap(nav=before.nav, beta_exposure=before.beta_exposure, cash=cash_at_hand(before))
    choice = choose_lots(gap, mandate, hedges)
    orders = tuple(make_order(h, n) for h, n in zip(hedges, choice.lots, strict=True) if n != 0)
    after = book.holding(apply_orders(book.portfolio, orders)).exposure if orders else before
    reached = mandate.lower <= after.beta.value <= mandate.upper
    notes = [*_assumptions(hedges, orders, before), *_proof(choice, before)]
    if leaves_opposites(hedges, {o.symbol: o.signed for o in orders}):
        notes.append("opposite contracts on one index are left: nothing else among the hedges reaches the band")
    if not reached:
        notes[:0] = _conflicts(before, after, mandate, hedges, choice)
    status = PlanStatus.PLANNED if reached else PlanStatus.INFEASIBLE
    return _finish(market, mandate, before, after, verdict, orders, status, tuple(notes))


def judged_by(plan: Plan, mandate: Mandate) -> Plan:
    """Judge a plan made for a part of the band by the band itself.

    Parameters
    ----------
    plan
        Made for a narrower mandate.
    mandate
        What it is judged by.
    """
    inside = mandate.lower <= plan.after.beta.value <= mandate.upper
    reached = PlanStatus.PLANNED if inside else PlanStatus.INFEASIBLE
    judged = replace(
        plan,
        mandate=mandate,
        status=reached if plan.orders else plan.status,
        verdict_before=judge(plan.before, mandate),
        verdict_after=judge(plan.after, mandate),
        residual=plan.after.beta.value - mandate.target,
        notes=tuple(n for n in plan.notes if not n.startswith(("no plan brings", "one lot moves"))),
    )
    check_plan(judged)
    return judged


def choose_lots(portfolio: Gap, mandate: Mandate, hedges: tuple[Hedge, ...]) -> LotChoice:
    """Search lots for the NAV that is left after their own cost.

    What a lot costs lowers NAV, and with it the exposure that the target asks for: that part is counted with the lot.
    The band is of that NAV too; a few rounds settle it.

    Parameters
    ----------
    portfolio
        What is to be hedged.
    mandate, hedges
        As for `plan_futures`.
    """
    nav, choice, cash = portfolio.nav, None, portfolio.cash
    gap = mandate.target * nav - portfolio.beta_exposure
    ranges = tuple(_range(h, mandate, gap) for h in hedges)
    for _ in range(5):
        band = Distance(near=NEAR, far=FAR, slack=mandate.band * nav)
        candidate = search_one_way(gap, ranges, hedges, distance=band, cash=cash)
        if choice is not None and candidate.lots == choice.lots:
            break
        choice = candidate
        nav = portfolio.nav - sum(h.cost_per_lot * abs(n) for h, n in zip(hedges, choice.lots, strict=True))
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


def cash_at_hand(exposure: Exposure) -> float:
    """Give the base cash that purchases may take: what is there, none if it is borrowed."""
    money = (p.value for p in exposure.positions if p.is_money and p.currency == exposure.base)
    return max(0.0, sum(value for value in money if value is not None))


def most_lots(hedge: Hedge, mandate: Mandate, *, buying: bool) -> int | None:
    """Give the most lots that may be bought or sold, cash apart; None for no limit.

    The mandate's limit counts contracts, not shares. What may not be sold short is sold as far as it is held.
    """
    most = None
    if mandate.max_contracts is not None and hedge.instrument.is_contract:
        most = int(mandate.max_contracts // hedge.lot)
    if buying or hedge.shortable:
        return most
    there = int(max(hedge.held, Decimal(0)) // hedge.lot)
    return there if most is None else min(most, there)


def _range(hedge: Hedge, mandate: Mandate, gap: float) -> LotRange:
    size = hedge.beta_per_lot
    buying = gap * size > 0
    less = mandate.target * hedge.cost_per_lot * (1 if buying else -1)
    return LotRange(
        beta_per_lot=size + less if abs(less) < abs(size) else size,
        cost_per_lot=hedge.cost_per_lot,
        most=most_lots(hedge, mandate, buying=buying),
        cash_per_lot=hedge.cash_per_lot if buying else 0.0,
    )


def make_order(hedge: Hedge, lots: int) -> Order:
    """Make the ticket of some lots, positive = buy, at the tick on the wrong side of the mark."""
    side = Side.BUY if lots > 0 else Side.SELL
    quantity = abs(lots) * hedge.lot
    rounding = ROUND_CEILING if side is Side.BUY else ROUND_FLOOR
    steps = (exact(hedge.mark) / hedge.tick).to_integral_value(rounding)
    price = steps * hedge.tick
    traded, money = hedge.instrument.notional(quantity, price, hedge.multiplier)
    return Order(
        instrument=hedge.instrument,
        side=side,
        quantity=quantity,
        price=price,
        mark=hedge.mark,
        multiplier=hedge.multiplier,
        tick=hedge.tick,
        lot=hedge.lot,
        fx=hedge.fx,
        paid_fx=hedge.paid_fx,
        commission=hedge.commission,
        commission_rate=hedge.commission_rate,
        half_spread_ticks=hedge.half_spread_ticks,
        exposure=hedge.exposure,
        held=hedge.held,
        funding=hedge.funding,
        margin=hedge.margin,
        borrow=hedge.borrow,
        shortable=hedge.shortable,
        notional=float(traded) * (hedge.fx if money == hedge.instrument.currency else hedge.paid_fx),
        cost=hedge.cost_per_lot * abs(lots),
        beta=hedge.beta,
        stderr=hedge.stderr,
        flags=hedge.flags,
    )


def _conflicts(
    before: Exposure, after: Exposure, mandate: Mandate, hedges: tuple[Hedge, ...], choice: LotChoice
) -> list[str]:
    """Say which limits keep beta out of the band: contracts, short sales, cash, or the size of a lot."""
    notes = [
        f"no plan brings beta into [{mandate.lower:.3f}, {mandate.upper:.3f}]; the nearest one reaches "
        f"{after.beta.value:.3f}"
    ]
    gap, cash = mandate.target * before.nav - before.beta_exposure, cash_at_hand(before)
    left = cash - sum(max(0, n) * h.cash_per_lot for h, n in zip(hedges, choice.lots, strict=True))
    smallest = min(abs(h.beta_per_lot) for h in hedges) / before.nav
    limits = [_limit(h, n, mandate, gap, left) for h, n in zip(hedges, choice.lots, strict=True)]
    at_limit = [h.symbol for h, limit in zip(hedges, limits, strict=True) if limit == "contracts"]
    if at_limit:
        notes.append(
            f"the limit of {mandate.max_contracts} contracts is reached in {', '.join(at_limit)}: "
            "raise --max-contracts, add another hedge, or widen the band"
        )
    for hedge, limit in zip(hedges, limits, strict=True):
        if limit == "short":
            notes.append(_not_shortable(hedge))
        if limit == "cash":
            notes.append(
                f"buying {hedge.symbol} is limited by {cash:,.0f} {before.base} of base cash, and one lot takes "
                f"{hedge.cash_per_lot:,.0f}: bring cash, or add a hedge on margin such as a future"
            )
    if not any(limits) and smallest > 2 * mandate.band:
        notes.append(
            f"one lot moves beta by {smallest:.3f}, more than the band is wide ({2 * mandate.band:.3f}): use a smaller "
            "contract (such as a micro), or widen the band"
        )
    return notes


def _limit(hedge: Hedge, lots: int, mandate: Mandate, gap: float, cash: float) -> str:
    """Name the limit that another lot of a hedge would break; empty if none."""
    buying = gap * hedge.beta_per_lot > 0
    most = most_lots(hedge, mandate, buying=buying)
    if most is not None and abs(lots) >= most:
        counted = mandate.max_contracts is not None and hedge.instrument.is_contract
        return "contracts" if counted and (abs(lots) + 1) * hedge.lot > (mandate.max_contracts or 0) else "short"
    return "cash" if buying and hedge.cash_per_lot > cash else ""


def _not_shortable(hedge: Hedge) -> str:
    position = f"the {hedge.held.normalize():,f} held are sold" if hedge.held > 0 else "none is held"
    return (
        f"{hedge.symbol} has to be sold, may not be sold short (shortable in the contract table), and {position}: add "
        "a hedge that is bought for the same, or a future"
    )


def _assumptions(hedges: tuple[Hedge, ...], orders: tuple[Order, ...], before: Exposure) -> list[str]:
    placed = {order.symbol: order for order in orders}
    notes: list[str] = []
    for hedge in hedges:
        name = hedge.symbol
        if name not in placed:
            continue
        notes += hedge.notes
        if placed[name].reverses:
            notes.append(f"{name}: {placed[name].reverses}")
        unit = "contract" if hedge.instrument.is_contract else "unit"
        rate = f", {float(hedge.commission_rate):.3%} of what is traded" if hedge.commission_rate else ""
        notes.append(
            f"{name}: cost assumes commission {hedge.commission}{rate} and {hedge.half_spread_ticks} tick of "
            f"half-spread per {unit}, in {hedge.instrument.currency}"
        )
        notes += told_of(hedge, placed[name], before)
        if Flag.PRICE_FROM_UNDERLYING in hedge.flags:
            own = "futures price" if hedge.instrument.rolls else "price of its own"
            notes.append(f"{name}: no {own} was given, so the index level stands in; the true price differs by carry")
        if Flag.BETA_FROM_UNDERLYING in hedge.flags:
            notes.append(
                f"{name}: its beta ({hedge.beta:.3f}) is that of its index or sibling; the basis is not measured"
            )
    return notes


def told_of(hedge: Hedge, order: Order, before: Exposure) -> list[str]:
    """Say what holding an order costs beside its trade: funding, borrowing, a daily reset; nothing of a future."""
    name, base_money = hedge.symbol, float(order.signed) * hedge.exposure
    notes: list[str] = []
    if hedge.funding is not None:
        pays = -base_money * hedge.funding * 3 * YEAR_DAYS
        notes.append(
            f"{name}: funding of {hedge.funding:.4%} per eight hours {'earns' if pays > 0 else 'costs'} "
            f"{abs(pays):,.0f} a year; it changes every eight hours"
        )
        if abs(hedge.funding) >= _HIGH_FUNDING:
            notes.append(
                f"{name}: that funding is {hedge.funding * 3 * YEAR_DAYS:,.0%} a year, which is rare: if per cent or a "
                "yearly rate was meant, write the share per eight hours (0.01% is 0.0001)"
            )
    if hedge.instrument.paid_in != hedge.instrument.currency:
        notes.append(_in_coin(hedge, order, before))
    if order.more_short > 0 and hedge.instrument.is_owned:
        fee = "at an unknown fee" if hedge.borrow is None else f"at {hedge.borrow:.2%} a year"
        notes.append(
            f"{name}: {order.more_short.normalize():,f} sold short are borrowed {fee}; a lender may recall them"
        )
    if hedge.instrument.leverage != 1:
        lost = "" if hedge.reset is None else f", by {hedge.reset:.1%} a year at the volatility of its last year"
        notes.append(
            f"{name}: a fund of {hedge.instrument.leverage}x is reset daily: its beta holds for a day, and while its "
            f"index goes nowhere it loses value{lost}"
        )
    return notes


def _in_coin(hedge: Hedge, order: Order, before: Exposure) -> str:
    """Say what coin margin and gains are in, how much margin an order adds, and whether the book has that."""
    coin = hedge.instrument.paid_in
    settles = f"{hedge.symbol}: gains and margin are in {coin}"
    if hedge.margin is None:
        return settles
    needed = float(order.more_held) * abs(hedge.exposure) * hedge.margin
    there = sum(p.value or 0.0 for p in before.positions if p.asset == coin and not p.settles_daily)
    lacking = f"; the book has {there / hedge.paid_fx:,.6g}" if needed > there else ""
    return f"{settles}: {needed / hedge.paid_fx:,.6g} {coin} of initial margin at {hedge.margin:.1%}{lacking}"


def _proof(choice: LotChoice, before: Exposure) -> list[str]:
    if choice.shortfall == 0.0:
        return []
    return [
        f"the search stopped after {choice.nodes} combinations: cost and distance together are at most "
        f"{choice.shortfall:,.2f} {before.base} from the best"
    ]
