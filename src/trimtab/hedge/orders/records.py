"""Orders that left, and what came back: one line of an instrument each."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from trimtab.hedge.side import Side

__all__ = [
    "SIGNS", "Fill", "OrderState", "OrderType", "ReleaseTerms", "ReleasedOrder", "Shortfall", "TimeInForce", "Traded",
    "is_client_id", "is_far", "reach",
]  # fmt: skip

#: Signs of a plan's hash in the ids of its orders.
SIGNS = 6
#: How many times the plan's own price another price of the same may be, or what part of it: beyond, a digit is wrong.
_REACH = 2
#: The same of an option, whose price moves several times as far as what it is on.
_REACH_OPTION = 10


class OrderType(StrEnum):
    """How an order is to be priced."""

    MARKET = "market"  # at once, at what is bid or asked
    LIMIT = "limit"  # at a stated price or better
    CLOSE = "close"  # market on close
    BENCHMARK_CLOSE = "benchmark-close"  # at the close of the benchmark, by which it is judged


class TimeInForce(StrEnum):
    """How long an order stands."""

    DAY = "day"
    GOOD_TILL_CANCEL = "gtc"
    AT_CLOSE = "at-close"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseTerms:
    """How the orders of a plan are to be done.

    Parameters
    ----------
    order_type
        Of all of them.
    limits
        Limit prices by symbol, for limit orders.
    arrivals
        Prices by symbol when the orders were sent; the decision was made at the plan's.
    account, strategy
        The account at the broker, and a word for the desk's own books.
    sent_at
        When they were sent, with its zone.
    """

    order_type: OrderType
    limits: dict[str, Decimal] = field(default_factory=dict)
    arrivals: dict[str, float] = field(default_factory=dict)
    account: str = ""
    strategy: str = ""
    sent_at: dt.datetime

    @property
    def time_in_force(self) -> TimeInForce:
        """At the close for orders of the close, else the day."""
        closing = {OrderType.CLOSE, OrderType.BENCHMARK_CLOSE}
        return TimeInForce.AT_CLOSE if self.order_type in closing else TimeInForce.DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedOrder:
    """One order that left.

    Parameters
    ----------
    client_id
        Its client order id: run, place in the plan, and six signs of what the plan says.
    run, portfolio, day
        The plan's run, whose it is, and the day of its prices.
    symbol, kind, expiry, root
        What is traded; last day and family of what ends.
    side, quantity
        Buy or sell, positive.
    currency, multiplier, tick
        Terms of the contract.
    fx
        Base currency per unit of `currency` when it was decided.
    benchmark
        By whose close it may be done.
    reference
        Price that it was decided at, before any cost.
    commission, half_spread, cost
        Expected, base currency, positive = paid; the parts None where the plan does not tell them apart.
    order_type, time_in_force, limit
        How it is to be done; the limit None but for limit orders.
    arrival
        Price when it was sent; None where nobody stated it.
    account, strategy, sent_at
        As in `ReleaseTerms`.
    note
        What a trader should know, such as the other leg of a spread.
    """

    client_id: str
    run: int
    portfolio: str
    day: dt.date
    symbol: str
    kind: str
    expiry: dt.date | None
    root: str
    side: Side
    quantity: Decimal
    currency: str
    multiplier: Decimal
    tick: Decimal | None
    fx: float
    benchmark: str
    reference: Decimal | None
    commission: float | None
    half_spread: float | None
    cost: float
    order_type: OrderType
    time_in_force: TimeInForce
    limit: Decimal | None
    arrival: float | None
    account: str
    strategy: str
    sent_at: dt.datetime
    note: str = ""

    @property
    def sign(self) -> int:
        """+1 bought, -1 sold."""
        return 1 if self.side is Side.BUY else -1

    @property
    def of_future(self) -> bool:
        """Whether a dated contract is traded, which has a commission and a tick of its own."""
        return self.kind == "future"

    @property
    def of_option(self) -> bool:
        """Whether an option is traded, which is named by more than its family and its month."""
        return self.kind == "option"

    @property
    def of_perpetual(self) -> bool:
        """Whether a perpetual is traded, whose contract table says how it pays."""
        return self.kind == "perpetual"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """One execution of an order.

    Parameters
    ----------
    order, exec_id
        Client order id, and the execution's own.
    symbol
        What was traded.
    time, day
        When.
    quantity
        Bought +, sold -.
    price, fee
        Of one unit as quoted; paid +, in the instrument's currency, None if not said.
    where
        File and row, for messages.
    """

    order: str
    exec_id: str
    symbol: str
    time: str
    day: dt.date
    quantity: Decimal
    price: Decimal
    fee: Decimal | None
    where: str = ""


class OrderState(StrEnum):
    """What became of an order."""

    OPEN = "open"
    PARTLY_FILLED = "partly_filled"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """Where the money went, base currency: a gain is plus, a cost minus; None where not known.

    Parameters
    ----------
    commission
        Fees paid.
    trading
        Fills against the price at arrival: half-spread and impact.
    delay
        The price at arrival against that of the decision: what waiting did, for better or worse.
    price
        Fills against the decision: trading and delay together.
    missed
        What is left to do, at the latest price against that of the decision.
    total
        commission + price + missed: paper against real (Perold's implementation shortfall, with its sign turned).
    """

    commission: float | None
    trading: float | None
    delay: float | None
    price: float | None
    missed: float | None
    total: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Traded:
    """An order with its fills.

    Parameters
    ----------
    order, fills
        Which, and what came back.
    state
        What became of it.
    filled, left
        Units, 0 or more.
    average
        Price of the fills by quantity; None without any.
    expected
        What the filled part was expected to cost, base currency, a cost is minus.
    shortfall
        What it did cost, by part.
    slippage
        (commission + price) of what is filled in basis points of its value at the decision; a cost is minus.
    notes
        What a reader should know.
    """

    order: ReleasedOrder
    fills: tuple[Fill, ...]
    state: OrderState
    filled: Decimal
    left: Decimal
    average: float | None
    expected: float
    shortfall: Shortfall
    slippage: float | None
    notes: tuple[str, ...] = ()


def is_client_id(text: str) -> bool:
    """Tell whether a text has the form of an order's id.

    Examples
    --------
    >>> is_client_id("14-1-44136f"), is_client_id("4711")
    (True, False)
    """
    run, _, rest = text.partition("-")
    place, _, signs = rest.partition("-")
    is_hex = len(signs) == SIGNS and all(c in "0123456789abcdef" for c in signs)
    return is_hex and all(t.isascii() and t.isdigit() for t in (run, place))


def reach(kind: str) -> int:
    """Give how many times the plan's own price another price of that kind may be, and what part of it at least."""
    return _REACH_OPTION if kind == "option" else _REACH


def is_far(price: float, reference: Decimal | None, kind: str) -> bool:
    """Tell whether a price is so far from the plan's own that a digit or the symbol is wrong.

    Parameters
    ----------
    price, reference
        What is stated, and the plan's own, in the same currency; without one above 0 nothing is far.
    kind
        Of the instrument: prices of options move further.

    Examples
    --------
    >>> is_far(380.4, Decimal("3804.25"), "future"), is_far(3600.0, Decimal("3804.25"), "future")
    (True, False)
    """
    if reference is None or reference <= 0:
        return False
    plans, times = float(reference), reach(kind)
    return not plans / times <= price <= plans * times
