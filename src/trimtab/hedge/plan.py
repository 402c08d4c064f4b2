"""What a plan is: orders with their cost, the portfolio before and after, and what is left."""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from trimtab.exposure.expose import Exposure
from trimtab.exposure.kinds.of import by_kind
from trimtab.hedge.rule import HedgeRule
from trimtab.hedge.side import Side
from trimtab.hedge.standing.records import Standings
from trimtab.hedge.verdict import Verdict
from trimtab.market.prices import Flag
from trimtab.model.decimals import exact
from trimtab.model.instrument import Cash, Instrument
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio, Position, Stated
from trimtab.model.shown import Shown

__all__ = ["Order", "Plan", "PlanStatus", "Side"]


class PlanStatus(StrEnum):
    """What became of the request."""

    PLANNED = "planned"  # the orders bring beta inside the band
    NOTHING_TO_DO = "nothing_to_do"  # already inside
    UNDECIDED = "undecided"  # not sure enough to trade; the verdict says why
    INFEASIBLE = "infeasible"  # the limits do not let beta come inside; the nearest plan is given


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One ticket.

    Parameters
    ----------
    instrument
        What is traded: a future, a perpetual, a share, fund or coin.
    side
        Buy or sell.
    quantity
        Contracts or units, positive, a multiple of the lot.
    price
        The reference price rounded to the tick (up for a buy, down for a sell), contract currency.
    mark
        The price exposures were measured at.
    multiplier, tick, lot
        Contract terms used.
    fx, paid_fx
        Base currency per unit of the currency of the price, and of what gains are paid in.
    commission, commission_rate
        Per contract, contract currency; and as a share of what is traded.
    half_spread_ticks
        Assumed half-spread.
    exposure
        Delta exposure of one unit bought, base currency.
    held
        Units held before the order.
    notional
        What is traded, base currency, positive: quantity x price x multiplier x fx, but quantity x multiplier x fx of
        an inverse perpetual.
    cost
        Commission and half-spread, base currency, positive.
    funding, margin, borrow
        Of a perpetual, per eight hours; initial margin as a share of exposure; cost of borrowing shares a year; None
        where not known.
    shortable
        Whether it may be sold short.
    beta, stderr
        Of the contract's return to the benchmark.
    flags
        What a reader should know about price and beta.
    """

    instrument: Instrument
    side: Side
    quantity: Decimal
    price: Decimal
    mark: float
    multiplier: Decimal
    tick: Decimal
    lot: Decimal
    fx: float
    paid_fx: float
    commission: Decimal
    commission_rate: Decimal
    half_spread_ticks: Decimal
    exposure: float
    notional: float
    cost: float
    beta: float
    stderr: float
    held: Decimal = Decimal(0)
    funding: float | None = None
    margin: float | None = None
    borrow: float | None = None
    shortable: bool = True
    flags: tuple[Flag, ...] = ()

    @property
    def symbol(self) -> str:
        """The instrument's symbol."""
        return self.instrument.symbol

    @property
    def signed(self) -> Decimal:
        """Contracts with sign: positive = buy."""
        return self.quantity if self.side is Side.BUY else -self.quantity

    @property
    def closes(self) -> Decimal:
        """How many of its units close what is held; the others open."""
        return min(self.quantity, abs(self.held)) if self.held * self.signed < 0 else Decimal(0)

    @property
    def opens(self) -> Decimal:
        """How many of its units open a position, or add to one."""
        return self.quantity - self.closes

    @property
    def reverses(self) -> str:
        """In words how it crosses zero: "12 to close, 18 to open"; empty if it does not."""
        if self.closes == 0 or self.opens == 0:
            return ""
        return f"{self.closes.normalize():,f} to close, {self.opens.normalize():,f} to open"

    @property
    def more_held(self) -> Decimal:
        """By how many units more is held than before, whichever side: less than 0 where it closes."""
        return abs(self.held + self.signed) - abs(self.held)

    @property
    def more_short(self) -> Decimal:
        """By how many units more is sold short than before."""
        return max(-self.held - self.signed, Decimal(0)) - max(-self.held, Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Plan(Shown):
    """A proposal that has been checked.

    Parameters
    ----------
    status
        What became of the request.
    mandate
        What was asked for.
    orders
        Tickets; empty if there is nothing to do.
    before, after
        The portfolio measured as it is, and with the orders applied.
    verdict_before, verdict_after
        Against the mandate.
    residual
        Beta after, minus target.
    cost
        Of all orders, base currency.
    notes
        Reasons, assumptions and limits in words.
    as_of
        The day of the prices.
    standings
        Figures of the whole book before and after; None where they were not asked for.
    rule
        When is traded and how far, with the best trigger beside it; None where it was not asked for.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> prices = tt.read_prices(sample.prices_path())
    >>> mandate = tt.Mandate(benchmark="SPX", target=1.0, band=0.05)
    >>> plan = tt.plan(prices, sample.portfolio_path(), mandate, hedge="ES,MES")
    >>> plan.verdict_before.status.value, plan.verdict_after.status.value
    ('outside', 'inside')
    """

    status: PlanStatus
    mandate: Mandate
    orders: tuple[Order, ...]
    before: Exposure
    after: Exposure
    verdict_before: Verdict
    verdict_after: Verdict
    residual: float
    cost: float
    notes: tuple[str, ...]
    as_of: dt.date
    standings: Standings | None = None
    rule: HedgeRule | None = None

    @property
    def in_words(self) -> str:
        """What it trades: "sells 7 ESH3 and 2 MESH3"; empty if nothing."""
        sides = []
        for side in (Side.SELL, Side.BUY):
            lots = [f"{o.quantity.normalize():,f} {o.symbol}" for o in self.orders if o.side is side]
            sides += [f"{side.value}s {' and '.join(lots)}"] if lots else []
        return ", ".join(sides)

    def apply(self, portfolio: Portfolio) -> Portfolio:
        """Give the portfolio with the orders done and their cost paid in base cash.

        Measured again with the same prices and betas it has exactly the beta of `after`.
        """
        return apply_orders(portfolio, self.orders)


def apply_orders(portfolio: Portfolio, orders: tuple[Order, ...]) -> Portfolio:
    """Do the orders: base cash pays for what is owned and for all costs, closed gains come in the money they are in."""
    book = portfolio
    for order in orders:
        # Join a held position in the same contract, even if it was described elsewhere with other details.
        instrument = book.described(order.instrument)
        book = _traded(book, instrument, order)
        if Flag.PRICE_STATED in order.flags:
            book = book.with_price(instrument, exact(order.mark))
    paid = sum((exact(order.cost) for order in orders), Decimal(0))
    return book.add(Cash(currency=portfolio.base), -paid)


def _traded(portfolio: Portfolio, instrument: Instrument, order: Order) -> Portfolio:
    """Give the portfolio after one order, its cost apart."""
    place, before = next(
        ((k, p) for k, p in enumerate(portfolio.positions) if p.instrument == instrument),
        (
            len(portfolio.positions),
            Position(instrument=instrument, quantity=Decimal(0), stated=Stated(funding=order.funding)),
        ),
    )
    after = by_kind(before).traded(order.signed, exact(order.mark), order.multiplier)
    kept = () if after.position is None else (after.position,)
    positions = (*portfolio.positions[:place], *kept, *portfolio.positions[place + 1 :])
    done = replace(portfolio, positions=positions)
    if after.gain != 0:
        done = done.add(Cash(currency=instrument.paid_in), after.gain)
    if not instrument.is_owned:
        return done
    price = order.signed * order.multiplier * exact(order.mark) * exact(order.fx)
    return done.add(Cash(currency=portfolio.base), -price)
