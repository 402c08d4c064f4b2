r"""Bring portfolio beta to its mandate with options, in whole contracts.

Equation, for a unit of the strategy with legs l (sign s_l, +1 bought, -1 sold):
    g = sum_l s_l x delta_l x S x multiplier x FX x beta_u       beta exposure of one unit
    c = what one unit takes from NAV (half-spreads, commission)
    beta after n units = (B + n g) / (NAV - n c)
which moves one way in n, so that the count to an edge or to the target is one division, rounded to a whole number.
With a floor the count and strike are those of `insure`.
Assumption
    Orders fill at their limits: the ask for a buy, the bid for a sell. Delta is that of today; how far it carries is
    shown by full revaluation, see `hold_range`.
"""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from math import ceil, floor, inf

import numpy as np

from trimtab.beta.estimate import Betas
from trimtab.errors import InputError
from trimtab.exposure.expose import Exposure, find_beta
from trimtab.exposure.measured import MeasuredBook
from trimtab.exposure.valuation import Valuation
from trimtab.exposure.value import value_position
from trimtab.hedge.options.chain import ChainQuote, OptionChain
from trimtab.hedge.options.check import check_options
from trimtab.hedge.options.insurance import insure
from trimtab.hedge.options.parity import settle_chain
from trimtab.hedge.options.records import (
    OptionOrder,
    OptionRequest,
    OptionsPlan,
    Strategy,
    apply_option_orders,
)
from trimtab.hedge.plan import PlanStatus, Side
from trimtab.hedge.rule import Aim
from trimtab.hedge.verdict import Status, judge
from trimtab.market.daycount import years_between
from trimtab.market.prices import Flag
from trimtab.market.snapshot import Market
from trimtab.model.instrument import Option, OptionRight
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio, Position, Stated

__all__ = ["plan_options"]

_TINY = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class _Leg:
    """One option of a unit, priced; money figures are per contract in base currency."""

    side: Side
    option: Option
    stated: Stated
    quote: ChainQuote
    limit: Decimal
    mark: float
    fx: float
    delta: float
    spot: float
    beta: float
    stderr: float
    multiplier: Decimal
    tick: Decimal
    commission: Decimal
    flags: tuple[Flag, ...]

    @property
    def sign(self) -> int:
        return 1 if self.side is Side.BUY else -1

    @property
    def size(self) -> float:
        """Base currency per unit of price, signed."""
        return self.sign * float(self.multiplier) * self.fx

    @property
    def beta_exposure(self) -> float:
        return self.size * self.delta * self.spot * self.beta

    @property
    def fees(self) -> float:
        return float(self.commission) * self.fx

    @property
    def cost(self) -> float:
        return self.size * (float(self.limit) - self.mark) + self.fees

    @property
    def cash(self) -> float:
        """Premium and commission, positive = paid."""
        return self.size * float(self.limit) + self.fees


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cap:
    """A limit on the number of units."""

    units: int
    why: str


def plan_options(book: MeasuredBook, mandate: Mandate, chain: OptionChain, request: OptionRequest) -> OptionsPlan:
    """Plan option trades that bring portfolio beta inside its band, or hold a floor.

    Parameters
    ----------
    book
        The portfolio, measured.
    mandate
        Target, band and limits; `max_contracts` holds for each option.
    chain
        What may be traded.
    request
        Strategy, aim or floor, strikes, cost assumptions.

    Returns
    -------
    A plan that has passed the independent check. If limits keep beta out of the band its status is `infeasible`, the
    orders are those that come nearest, and the notes name the limits.

    Raises
    ------
    InputError
        If the chain has no tradable line of a right that the strategy needs, or its underlying has no price or beta.
    """
    chain = settle_chain(chain, book.market, book.portfolio)
    before = book.exposure
    verdict = judge(before, mandate)
    if request.floor is None and verdict.status is not Status.OUTSIDE:
        status = PlanStatus.NOTHING_TO_DO if verdict.status is Status.INSIDE else PlanStatus.UNDECIDED
        return _finish(book, before, mandate, request, (), 0, status, (verdict.why,))
    if verdict.status is Status.UNDECIDED:
        return _finish(book, before, mandate, request, (), 0, PlanStatus.UNDECIDED, (verdict.why,))
    if request.floor is not None:
        legs, wanted, reasons = _for_floor(book, chain, request)
    else:
        legs = _legs(book, chain, request)
        wanted, reasons = _count(before, mandate, legs, request)
    caps = _caps(book, mandate, legs, request)
    units = min([wanted, *(c.units for c in caps)])
    orders = tuple(_order(leg, units) for leg in legs) if units else ()
    after = book.holding(apply_option_orders(book.portfolio, orders)).exposure if orders else before
    reached = units == wanted and (request.floor is not None or mandate.lower <= after.beta.value <= mandate.upper)
    notes = [*reasons, *_assumptions(chain, request, legs, orders, mandate.benchmark)]
    if not reached:
        notes[:0] = _conflicts(before, after, mandate, legs, wanted, units, caps)
    status = PlanStatus.PLANNED if reached else PlanStatus.INFEASIBLE
    return _finish(book, after, mandate, request, orders, units, status, tuple(notes))


def _legs(book: MeasuredBook, chain: OptionChain, request: OptionRequest) -> tuple[_Leg, ...]:
    spot = _spot(chain, book.market)
    legs: list[_Leg] = []
    for side, right, multiple in request.legs():
        quote = chain.nearest(right, multiple * spot, buy=side is Side.BUY)
        legs.append(_price(book, chain, request, side, quote))
    puts = [leg.option.strike for leg in legs if leg.option.right is OptionRight.PUT]
    if len(puts) == 2 and puts[0] <= puts[1]:
        raise InputError(
            expected="two puts with different strikes for a put spread",
            found=f"{puts[0]} nearest to both, or no bid below it",
            try_next="give a chain with more strikes, or move the two strikes apart",
        )
    return tuple(legs)


def _spot(chain: OptionChain, market: Market) -> float:
    quote = market.price_in(chain.underlying, chain.currency)
    if quote is None:
        raise InputError(
            expected=f"a price of {chain.underlying}, the underlying of the options",
            found="none in the price table",
            try_next="name an underlying that the price table holds",
        )
    return quote.value


def _price(book: MeasuredBook, chain: OptionChain, request: OptionRequest, side: Side, quote: ChainQuote) -> _Leg:
    """Value one option as the portfolio will be valued, through the same functions."""
    market, betas = book.market, book.betas
    option, stated = book.portfolio.described(chain.option(quote)), chain.stated(quote)
    valued = value_position(Position(instrument=option, quantity=Decimal(1), stated=stated), market)
    if (
        valued.price is None
        or valued.fx is None
        or valued.legs is None
        or valued.delta is None
        or valued.option is None
    ):
        raise InputError(
            expected=f"an option that can be valued: {option.symbol}",
            found=f"{'no value' if valued.reason is None else valued.reason.value.replace('_', ' ')}",
            try_next="correct its quote, or state a volatility",
        )
    beta = _beta_on_delta(valued, betas)
    if beta is None:
        raise InputError(
            expected=f"a beta of {chain.underlying} to {betas.benchmark}",
            found="none",
            try_next=f"take options on {betas.benchmark}, or add past prices of {chain.underlying}",
        )
    raw, rounding = (quote.ask, ROUND_CEILING) if side is Side.BUY else (quote.bid, ROUND_FLOOR)
    return _Leg(
        side=side, option=option, stated=stated, quote=quote,
        limit=(raw / chain.tick).to_integral_value(rounding) * chain.tick,
        mark=valued.price.value, fx=valued.fx.value, delta=valued.delta, spot=valued.option.underlying_price,
        beta=beta.value, stderr=beta.stderr,
        multiplier=option.terms_on(market.day).multiplier,
        tick=chain.tick, commission=request.commission, flags=tuple(dict.fromkeys((*valued.flags, *beta.flags))),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _LegBeta:
    """Beta exposure per delta exposure of an option, its error, and what a reader should know."""

    value: float
    stderr: float
    flags: tuple[Flag, ...]


def _beta_on_delta(valued: Valuation, betas: Betas) -> _LegBeta | None:
    """Give what delta exposure is to be multiplied by: the underlying's beta, and the currency's part of a foreign one.

    The value of a foreign option moves with its currency as well, in proportion: per unit of delta exposure E that is
    value / E times the currency's beta.
    """
    legs = valued.legs or ()
    exposure = legs[0].delta_exposure
    weights = np.zeros(len(betas.estimates))
    total, single, flags = 0.0, 0.0, list[Flag]()
    for leg in legs:
        estimate, beta_flags = find_beta(leg.follows, leg.stand_ins, betas)
        share = leg.delta_exposure / exposure if exposure else 0.0
        if leg is legs[0]:
            share = 1.0
        if estimate is None or estimate.value is None or estimate.stderr is None:
            return None
        weights[betas.row(estimate.asset)] += share
        total += share * estimate.value
        flags += beta_flags
        single = estimate.stderr
    # One thing's own error as it is, to the last digit.
    error = single if len(legs) == 1 else betas.combined_error(weights)
    return _LegBeta(value=total, stderr=error, flags=tuple(flags))


def _count(
    before: Exposure, mandate: Mandate, legs: tuple[_Leg, ...], request: OptionRequest
) -> tuple[int, tuple[str, ...]]:
    """Give the whole number of units that reaches edge or target; 0 if the strategy moves beta the other way."""
    gain, cost = sum(leg.beta_exposure for leg in legs), sum(leg.cost for leg in legs)
    down = before.beta.value > mandate.target
    edge = mandate.upper if down else mandate.lower

    def reach(beta: float) -> float:
        step = gain + beta * cost
        return (beta * before.nav - before.beta_exposure) / step if step else inf

    far = reach(edge)
    if (gain < 0) is not down or not 0 < far < inf:
        name = request.strategy.value.replace("_", " ")
        return 0, (f"a {name} {'lowers' if gain < 0 else 'raises'} beta, and the mandate asks for the opposite",)
    inside = ceil(far - _TINY)
    if request.aim is Aim.EDGE:
        return inside, ()
    exact = reach(mandate.target)
    counts = {max(0, floor(exact)), ceil(exact)}
    best = min(
        sorted(counts),
        key=lambda n: abs((before.beta_exposure + n * gain) / (before.nav - n * cost) - mandate.target),
    )
    return best, ()


def _for_floor(
    book: MeasuredBook, chain: OptionChain, request: OptionRequest
) -> tuple[tuple[_Leg, ...], int, tuple[str, ...]]:
    """Turn a floor into one put and a count: the lowest strike that holds it, rounded up to whole contracts."""
    market, before = book.market, book.exposure
    floor_value = request.floor or 0.0
    probe = _price(book, chain, request, Side.BUY, chain.nearest(OptionRight.PUT, _spot(chain, market), buy=True))
    years = years_between(market.day, chain.expiry)
    exact = insure(
        value=before.nav, beta=before.beta.value / probe.beta, index=probe.spot,
        multiplier=float(probe.multiplier) * probe.fx, floor=floor_value, years=years, rate=chain.rate or 0.0,
        index_yield=chain.dividend_yield or 0.0,
    )  # fmt: skip
    enough = [
        q
        for q in chain.quotes
        if q.right is OptionRight.PUT and q.can_buy and float(q.strike) >= exact.strike * (1 - _TINY)
    ]
    if not enough:
        raise InputError(
            expected=f"a put with a strike of {exact.strike:,.1f} or more",
            found=f"strikes up to {max(q.strike for q in chain.quotes)}",
            try_next="give a chain with higher strikes, or ask for a lower floor",
        )
    leg = _price(book, chain, request, Side.BUY, min(enough, key=lambda q: q.strike))
    count = ceil(exact.contracts - _TINY)
    floor_notes = (
        f"floor {floor_value:,.0f} {before.base} at {chain.expiry}: exact strike {exact.strike:,.1f} and "
        f"{exact.contracts:.2f} contracts at beta {before.beta.value:.3f}, taken as strike {leg.option.strike} and "
        f"{count} contracts; the premium of {leg.cash * count:,.0f} comes on top",
    )
    return (leg,), count, floor_notes


def _caps(book: MeasuredBook, mandate: Mandate, legs: tuple[_Leg, ...], request: OptionRequest) -> tuple[_Cap, ...]:
    """List the limits on the number of units, each with its words."""
    before = book.exposure
    caps: list[_Cap] = []
    if mandate.max_contracts is not None:
        caps.append(_Cap(units=mandate.max_contracts, why=f"the limit of {mandate.max_contracts} contracts"))
    paid = sum(leg.cash for leg in legs)
    money = _most_premium(book.portfolio, book.market, request)
    if money is not None and paid > 0:
        what = "base cash" if request.max_premium is None else "the premium allowed"
        caps.append(
            _Cap(
                units=floor(max(0.0, money) / paid + _TINY),
                why=f"{what} of {money:,.0f} {before.base}, at {paid:,.0f} a unit",
            )
        )
    for leg in legs:
        if leg.side is Side.SELL and leg.option.right is OptionRight.CALL:
            one = -leg.size * leg.spot * leg.beta
            covered = max(0.0, before.beta_exposure)
            caps.append(
                _Cap(
                    units=floor(covered / one + _TINY) if one > 0 else 0,
                    why=f"calls are sold on no more than the book's own beta exposure of {covered:,.0f} {before.base}",
                )
            )
    return tuple(caps)


def _most_premium(portfolio: Portfolio, market: Market, request: OptionRequest) -> float | None:
    if request.max_premium is not None:
        return request.max_premium
    if request.allow_borrowing:
        return None
    base = (p.quantity for p in portfolio.positions if p.instrument.is_money and p.symbol == market.base)
    return float(sum(base, Decimal(0)))


def _order(leg: _Leg, units: int) -> OptionOrder:
    return OptionOrder(
        option=leg.option, side=leg.side, quantity=Decimal(units), price=leg.limit, mark=leg.mark, bid=leg.quote.bid,
        ask=leg.quote.ask, multiplier=leg.multiplier, tick=leg.tick, fx=leg.fx, commission=leg.commission,
        premium=units * leg.size * float(leg.limit), cost=units * leg.cost, fees=units * leg.fees, delta=leg.delta,
        underlying_price=leg.spot, beta=leg.beta, stderr=leg.stderr, stated=leg.stated, flags=leg.flags,
    )  # fmt: skip


def _conflicts(
    before: Exposure,
    after: Exposure,
    mandate: Mandate,
    legs: tuple[_Leg, ...],
    wanted: int,
    units: int,
    caps: tuple[_Cap, ...],
) -> list[str]:
    """Say which limits keep the plan from what was asked."""
    notes = [
        f"no count of these options brings beta into [{mandate.lower:.3f}, {mandate.upper:.3f}]; the nearest one "
        f"allowed reaches {after.beta.value:.3f}"
    ]
    notes += [
        f"{wanted} units are needed, and {units} are allowed: {cap.why}" for cap in caps if cap.units == units < wanted
    ]
    step = abs(sum(leg.beta_exposure for leg in legs)) / before.nav
    if units == wanted > 0 and step > 2 * mandate.band:
        notes.append(
            f"one unit moves beta by {step:.3f}, more than the band is wide ({2 * mandate.band:.3f}): use a smaller "
            "contract, or widen the band"
        )
    return notes


def _assumptions(
    chain: OptionChain,
    request: OptionRequest,
    legs: tuple[_Leg, ...],
    orders: tuple[OptionOrder, ...],
    benchmark: str,
) -> list[str]:
    if not orders:
        return []
    notes = [
        f"prices from {chain.source}; filled at the limit, {request.commission} {chain.currency} commission a contract"
    ]
    if any(leg.side is Side.SELL for leg in legs) and request.strategy is not Strategy.PUT_SPREAD:
        share = request.margin_share_of(chain.underlying, benchmark)
        notes.append(
            f"margin by rule of thumb: value plus {share:.0%} of the underlying less what is out of the money, at "
            f"least {request.margin_least:.0%}; a broker's model may ask for less or more"
        )
    return notes


def _margin(orders: tuple[OptionOrder, ...], request: OptionRequest, benchmark: str) -> float:
    """Approximate margin of what was sold; a put spread is paid in full, and needs none."""
    if request.strategy is Strategy.PUT_SPREAD:
        return 0.0
    total = 0.0
    for o in orders:
        if o.side is Side.BUY:
            continue
        strike, spot = float(o.option.strike), o.underlying_price
        is_call = o.option.right is OptionRight.CALL
        out = max(0.0, strike - spot if is_call else spot - strike)
        least = request.margin_least * (spot if is_call else strike)
        one = o.mark + max(request.margin_share_of(o.option.underlying, benchmark) * spot - out, least)
        total += one * float(o.quantity * o.multiplier) * o.fx
    return total


def _finish(
    book: MeasuredBook,
    after: Exposure,
    mandate: Mandate,
    request: OptionRequest,
    orders: tuple[OptionOrder, ...],
    units: int,
    status: PlanStatus,
    notes: tuple[str, ...],
) -> OptionsPlan:
    plan = OptionsPlan(
        status=status,
        request=request,
        mandate=mandate,
        orders=orders,
        units=units,
        before=book.exposure,
        after=after,
        verdict_before=judge(book.exposure, mandate),
        verdict_after=judge(after, mandate),
        residual=after.beta.value - mandate.target,
        cost=sum(o.cost for o in orders),
        premium=sum(o.premium for o in orders),
        margin=_margin(orders, request, mandate.benchmark),
        max_premium=_most_premium(book.portfolio, book.market, request),
        notes=notes,
        as_of=book.market.day,
    )
    check_options(plan)
    return plan
