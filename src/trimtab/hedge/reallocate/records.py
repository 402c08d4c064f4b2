"""What a reallocation is: orders with the parts of their cost, the portfolio before and after, and what is left."""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal

from trimtab.exposure.expose import Exposure
from trimtab.hedge.plan import PlanStatus, Side
from trimtab.hedge.reallocate.terms import ReallocationLimits
from trimtab.hedge.verdict import Verdict
from trimtab.model.decimals import exact
from trimtab.model.instrument import Cash, Instrument, Spot
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio, Position, TaxLot

__all__ = ["LotSale", "ReallocationPlan", "SpotOrder", "apply_spot_orders"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LotSale:
    """Units of one tax lot that an order closes.

    Parameters
    ----------
    lot
        Number of the lot in its position, from 0.
    units
        Positive.
    acquired
        When the lot came in.
    unit_cost
        Cost of one unit under the tax method, instrument's currency.
    tax
        On these units, base currency; negative = saved.
    """

    lot: int
    acquired: dt.date
    units: Decimal
    unit_cost: Decimal
    tax: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotOrder:
    """One ticket in a share, fund or coin.

    Parameters
    ----------
    instrument
        What is traded.
    side
        Buy or sell.
    quantity
        Units, positive, a multiple of the lot.
    held
        Units held before, signed.
    price
        Limit price: the mark rounded to the tick, up for a buy and down for a sell.
    mark
        The price exposures were measured at, as quoted.
    fx
        Base currency per unit of the instrument's currency.
    tick, lot
        Price step and units that can be traded.
    notional
        quantity x mark x scale x fx, base currency, positive.
    commission, half_spread, impact
        Parts of the cost, base currency, positive.
    commission_rate, spread_rate
        Shares of the notional that the first two are.
    daily_value, volatility
        What the impact was worked out with; None where not known.
    tax
        Base currency; negative = saved.
    lots
        Tax lots closed; empty where they are not known or nothing is closed.
    beta, stderr
        Of the instrument's return to the benchmark.
    """

    instrument: Spot
    side: Side
    quantity: Decimal
    held: Decimal
    price: Decimal
    mark: float
    fx: float
    tick: Decimal
    lot: Decimal
    notional: float
    commission: float
    half_spread: float
    impact: float
    commission_rate: float
    spread_rate: float
    daily_value: float | None
    volatility: float | None
    tax: float
    lots: tuple[LotSale, ...]
    beta: float
    stderr: float

    @property
    def symbol(self) -> str:
        """The instrument's symbol."""
        return self.instrument.symbol

    @property
    def signed(self) -> Decimal:
        """Units with sign: positive = buy."""
        return self.quantity if self.side is Side.BUY else -self.quantity

    @property
    def cost(self) -> float:
        """Commission, half-spread and impact, base currency."""
        return self.commission + self.half_spread + self.impact

    @property
    def cash(self) -> float:
        """What base cash changes by, cost and tax included; positive = received."""
        sign = -1.0 if self.side is Side.BUY else 1.0
        return sign * self.notional - self.cost - self.tax


@dataclass(frozen=True, slots=True, kw_only=True)
class ReallocationPlan:
    """A proposal that has been checked.

    Parameters
    ----------
    status
        What became of the request.
    mandate, limits
        What was asked for.
    orders
        Sells first, then buys, each largest first; empty if there is nothing to do.
    before, after
        The portfolio measured as it is, and with the orders applied.
    verdict_before, verdict_after
        Against the mandate.
    residual
        Beta after, minus target.
    cost
        Commission, half-spread and impact, base currency.
    tax
        Base currency, set aside from cash with the trade; negative = saved.
    turnover
        Money traded, bought and sold added up / NAV before.
    tracking_error
        Standard deviation per year of the difference in return between the portfolio after and before.
    concentration_before, concentration_after
        Herfindahl index of the absolute values of all positions but cash.
    shortfall
        How much lower cost, tax and the price of tracking risk together could be at most, base currency; None where
        the band is out of reach, or nothing was traded.
    notes
        Reasons, assumptions and limits in words.
    as_of
        The day of the prices.
    """

    status: PlanStatus
    mandate: Mandate
    limits: ReallocationLimits
    orders: tuple[SpotOrder, ...]
    before: Exposure
    after: Exposure
    verdict_before: Verdict
    verdict_after: Verdict
    residual: float
    cost: float
    tax: float
    turnover: float
    tracking_error: float
    concentration_before: float
    concentration_after: float
    shortfall: float | None
    notes: tuple[str, ...]
    as_of: dt.date

    def apply(self, portfolio: Portfolio) -> Portfolio:
        """Give the portfolio with the orders done, and cost and tax paid in base cash.

        Measured again with the same prices and betas it has exactly the numbers of `after`.
        """
        return apply_spot_orders(portfolio, self.orders, self.as_of)


def apply_spot_orders(portfolio: Portfolio, orders: tuple[SpotOrder, ...], day: dt.date) -> Portfolio:
    """Carry orders out: positions in one instrument become one, its lots shrink or grow, base cash pays."""
    wanted: dict[Instrument, SpotOrder] = {order.instrument: order for order in orders}
    positions_of: dict[Instrument, list[Position]] = {}
    for p in portfolio.positions:
        if p.instrument in wanted and p.quantity != 0:
            positions_of.setdefault(p.instrument, []).append(p)
    positions: list[Position] = []
    done: set[Instrument] = set()
    for p in portfolio.positions:
        members = positions_of.get(p.instrument, [])
        if not members or p.quantity == 0:
            positions.append(p)
        elif p.instrument not in done:
            done.add(p.instrument)
            joined = _traded(members, wanted[p.instrument], day)
            positions += [] if joined is None else [joined]
    for order in orders:
        opened = None if order.instrument in positions_of else _traded([], order, day)
        positions += [] if opened is None else [opened]
    paid = sum((exact(order.cash) for order in orders), Decimal(0))
    return replace(portfolio, positions=tuple(positions)).add(Cash(currency=portfolio.base), paid)


def _traded(members: list[Position], order: SpotOrder, day: dt.date) -> Position | None:
    """Give the one position after an order; None if nothing is left."""
    quantity = sum((p.quantity for p in members), Decimal(0)) + order.signed
    if quantity == 0:
        return None
    lots_known = all(p.lots for p in members)
    lots = [lot for p in members for lot in p.lots] if lots_known else []
    if lots_known and len({lot.quantity > 0 for lot in lots}) < 2:
        closed = {sale.lot: sale.units for sale in order.lots}
        cost = order.mark * float(order.instrument.scale)
        left = [
            replace(lot, quantity=lot.quantity - closed.get(i, Decimal(0)).copy_sign(lot.quantity))
            for i, lot in enumerate(lots)
        ]
        opened = order.signed + sum(
            (lot.quantity - rest.quantity for lot, rest in zip(lots, left, strict=True)), Decimal(0)
        )
        fresh = [TaxLot(quantity=opened, price=exact(cost), acquired=day)] if opened != 0 else []
        lots = [lot for lot in left if lot.quantity != 0] + fresh
    elif lots_known:
        lots = []
    if lots_known and sum((lot.quantity for lot in lots), Decimal(0)) != quantity:
        lots = []
    first = members[0] if members else Position(instrument=order.instrument, quantity=quantity)
    return replace(first, quantity=quantity, lots=tuple(lots))
