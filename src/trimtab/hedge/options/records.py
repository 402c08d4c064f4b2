"""What an options plan is: strategies, orders with limit prices, and the portfolio before and after."""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from math import isfinite

from trimtab.errors import InputError
from trimtab.exposure.expose import Exposure
from trimtab.hedge.plan import PlanStatus, Side
from trimtab.hedge.rule import Aim
from trimtab.hedge.verdict import Verdict
from trimtab.market.prices import Flag
from trimtab.model.blend import lead_of
from trimtab.model.decimals import exact, take_decimals
from trimtab.model.instrument import Cash, Option, OptionRight
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio, Position, Stated

__all__ = ["OptionOrder", "OptionRequest", "OptionsPlan", "Strategy", "apply_option_orders"]


#: What short options are charged of the underlying: broad indices, and single shares or narrow funds (Cboe).
_BROAD, _SINGLE = 0.15, 0.20


class Strategy(StrEnum):
    """Which options are traded together, one of each per unit."""

    PROTECTIVE_PUT = "protective_put"  # buy a put
    PUT_SPREAD = "put_spread"  # buy a put, sell a lower one
    COLLAR = "collar"  # buy a put, sell a call
    CALL_OVERWRITE = "call_overwrite"  # sell a call
    LONG_CALL = "long_call"  # buy a call: the only one that raises beta


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionRequest:
    """What is asked of the options way.

    Parameters
    ----------
    strategy
        Which options together.
    aim
        Edge of the band, or target.
    long_put, short_put, short_call, long_call
        Wanted strikes as a multiple of the underlying's price; the nearest in the chain is taken.
    floor
        Money that the portfolio should not fall below at expiry (protective put only); replaces the beta target.
    commission
        Per contract, in the chain's currency.
    max_premium
        Most net premium and commission, base currency; None for as much as there is base cash.
    allow_borrowing
        Whether premium may exceed base cash.
    margin_share, margin_least
        Of the margin rule in `trimtab.hedge.options.chain`. A share of None takes 0.15 for options on the mandate's own
        benchmark, as for broad indices, and 0.20 for all others, as for single shares and narrow funds.
    """

    strategy: Strategy
    aim: Aim = Aim.EDGE
    long_put: float = 0.95
    short_put: float = 0.85
    short_call: float = 1.05
    long_call: float = 1.0
    floor: float | None = None
    commission: Decimal = Decimal("0.65")
    max_premium: float | None = None
    allow_borrowing: bool = False
    margin_share: float | None = None
    margin_least: float = 0.10

    def __post_init__(self) -> None:
        take_decimals(self, "commission")
        shares = (self.long_put, self.short_put, self.short_call, self.long_call)
        if not all(isfinite(m) and m > 0 for m in shares) or self.short_put >= self.long_put:
            raise InputError(
                expected="positive strike multiples, the put sold below the put bought",
                found=f"put {self.long_put}, put sold {self.short_put}, calls {self.short_call} and {self.long_call}",
                try_next="write 0.95 for a strike 5% below the price",
            )
        if self.floor is not None and self.strategy is not Strategy.PROTECTIVE_PUT:
            raise InputError(
                expected="a floor together with protective puts",
                found=f"a floor and {self.strategy.value.replace('_', ' ')}",
                try_next="leave the floor out, or ask for protective_put",
            )
        if not self.commission.is_finite() or self.commission < 0:
            raise InputError(
                expected="a commission of zero or more", found=f"{self.commission}", try_next="give money per contract"
            )

    def margin_share_of(self, underlying: str, benchmark: str) -> float:
        """Give the share of the underlying that a short option is charged, decimal; of a blend its lead is broad."""
        own = _BROAD if underlying == lead_of(benchmark) else _SINGLE
        return own if self.margin_share is None else self.margin_share

    def legs(self) -> tuple[tuple[Side, OptionRight, float], ...]:
        """Give what one unit is made of: side, right, strike as a multiple of the price."""
        buy, sell, put, call = Side.BUY, Side.SELL, OptionRight.PUT, OptionRight.CALL
        return {
            Strategy.PROTECTIVE_PUT: ((buy, put, self.long_put),),
            Strategy.PUT_SPREAD: ((buy, put, self.long_put), (sell, put, self.short_put)),
            Strategy.COLLAR: ((buy, put, self.long_put), (sell, call, self.short_call)),
            Strategy.CALL_OVERWRITE: ((sell, call, self.short_call),),
            Strategy.LONG_CALL: ((buy, call, self.long_call),),
        }[self.strategy]


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionOrder:
    """One ticket.

    Parameters
    ----------
    option, side, quantity
        What, which way, and how many contracts (positive).
    price
        Limit: the ask rounded up to the tick for a buy, the bid rounded down for a sell; option currency per unit.
    mark
        Price per unit that the portfolio is valued at.
    bid, ask
        As quoted.
    multiplier, tick, fx, commission
        Terms used; commission per contract in option currency.
    premium
        Base currency: positive = paid, negative = received.
    cost
        What the trade takes from NAV: distance of the limit from the mark, and commission; base currency.
    fees
        Commission, base currency.
    delta, underlying_price
        Of one unit; price of the underlying in option currency.
    beta, stderr
        Of the underlying to the benchmark.
    stated
        What values the position that the order makes.
    flags
        What a reader should know.
    """

    option: Option
    side: Side
    quantity: Decimal
    price: Decimal
    mark: float
    bid: Decimal
    ask: Decimal
    multiplier: Decimal
    tick: Decimal
    fx: float
    commission: Decimal
    premium: float
    cost: float
    fees: float
    delta: float
    underlying_price: float
    beta: float
    stderr: float
    stated: Stated
    flags: tuple[Flag, ...] = ()

    @property
    def signed(self) -> Decimal:
        """Contracts with sign: positive = buy."""
        return self.quantity if self.side is Side.BUY else -self.quantity

    @property
    def notional(self) -> float:
        """Underlying value of the contracts, base currency, positive."""
        return float(self.quantity * self.multiplier) * self.underlying_price * self.fx


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionsPlan:
    """A proposal in options that has been checked.

    Parameters
    ----------
    status
        As for a futures plan; with a floor, `planned` says that the floor is bought, and `verdict_after` what becomes
        of beta.
    request, mandate
        What was asked for.
    orders, units
        Tickets, and how many units of the strategy they make.
    before, after
        The portfolio measured as it is, and with the orders applied.
    verdict_before, verdict_after
        Against the mandate.
    residual
        Beta after, minus target.
    cost
        Taken from NAV now: half-spreads and commission, base currency.
    premium
        Net, base currency: positive = paid, negative = received.
    margin
        Approximate margin for what was sold, base currency.
    max_premium
        Limit on cash that was observed; None for none.
    notes
        Reasons, assumptions and limits in words.
    as_of
        Day of the prices.
    """

    status: PlanStatus
    request: OptionRequest
    mandate: Mandate
    orders: tuple[OptionOrder, ...]
    units: int
    before: Exposure
    after: Exposure
    verdict_before: Verdict
    verdict_after: Verdict
    residual: float
    cost: float
    premium: float
    margin: float
    max_premium: float | None
    notes: tuple[str, ...]
    as_of: dt.date

    def apply(self, portfolio: Portfolio) -> Portfolio:
        """Give the portfolio with the orders done at their limits, premium and commission moved in base cash.

        Measured again with the same prices and betas it has exactly the beta of `after`.
        """
        return apply_option_orders(portfolio, self.orders)


def apply_option_orders(portfolio: Portfolio, orders: tuple[OptionOrder, ...]) -> Portfolio:
    """Add the orders' contracts to a portfolio, with what values them, and settle premium and fees in base cash.

    Contracts join a held position only if that is valued in the same way: a holder's own mark on an option that now
    trades elsewhere must not turn into a gain or a cost of the trade.
    """
    positions = list(portfolio.positions)
    paid = Decimal(0)
    for order in orders:
        paid += exact(order.premium) + exact(order.fees)
        for index, position in enumerate(positions):
            if position.instrument == order.option and position.stated == order.stated:
                positions[index] = replace(position, quantity=position.quantity + order.signed, lots=())
                break
        else:
            positions.append(Position(instrument=order.option, quantity=order.signed, stated=order.stated))
    kept = tuple(p for p in positions if p.quantity != 0 or p.instrument.is_money)
    return replace(portfolio, positions=kept).add(Cash(currency=portfolio.base), -paid)
