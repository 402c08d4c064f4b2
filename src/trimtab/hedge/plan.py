"""What a plan is: orders with their cost, the portfolio before and after, and what is left."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from trimtab.exposure.expose import Exposure
from trimtab.hedge.verdict import Verdict
from trimtab.market.prices import Flag
from trimtab.model.decimals import exact
from trimtab.model.instrument import Cash, Future
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio

__all__ = ["Order", "Plan", "PlanStatus", "Side"]


class Side(StrEnum):
    """Which way an order goes."""

    BUY = "buy"
    SELL = "sell"


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
    future
        The contract.
    side
        Buy or sell.
    quantity
        Contracts, positive, a multiple of the lot.
    price
        The reference price rounded to the tick (up for a buy, down for a sell), contract currency.
    mark
        The price exposures were measured at.
    multiplier, tick, lot
        Contract terms used.
    fx
        Base currency per unit of contract currency.
    commission
        Per contract, contract currency.
    half_spread_ticks
        Assumed half-spread.
    notional
        quantity x price x multiplier x fx, base currency, positive.
    cost
        Commission and half-spread, base currency, positive.
    beta, stderr
        Of the contract's return to the benchmark.
    flags
        What a reader should know about price and beta.
    """

    future: Future
    side: Side
    quantity: Decimal
    price: Decimal
    mark: float
    multiplier: Decimal
    tick: Decimal
    lot: Decimal
    fx: float
    commission: Decimal
    half_spread_ticks: Decimal
    notional: float
    cost: float
    beta: float
    stderr: float
    flags: tuple[Flag, ...] = ()

    @property
    def signed(self) -> Decimal:
        """Contracts with sign: positive = buy."""
        return self.quantity if self.side is Side.BUY else -self.quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
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

    def apply(self, portfolio: Portfolio) -> Portfolio:
        """Give the portfolio with the orders done and their cost paid in base cash.

        Measured again with the same prices and betas it has exactly the beta of `after`.
        """
        return apply_orders(portfolio, self.orders)


def apply_orders(portfolio: Portfolio, orders: tuple[Order, ...]) -> Portfolio:
    """Add the orders' contracts to a portfolio and take their cost from its base cash."""
    book = portfolio
    for order in orders:
        # Join a held position in the same contract, even if it was described elsewhere with other details.
        instrument = next((p.instrument for p in book.positions if p.symbol == order.future.symbol), order.future)
        book = book.add(instrument, order.signed)
        if Flag.PRICE_STATED in order.flags:
            book = book.with_price(instrument, exact(order.mark))
    paid = sum((exact(order.cost) for order in orders), Decimal(0))
    return book.add(Cash(currency=portfolio.base), -paid)
