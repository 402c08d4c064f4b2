r"""What was paid for what is held: realised and unrealised gains by five methods, in decimals.

Methods: which units a trade that reduces a position takes
    average    every unit costs the mean of all; the oldest count as sold first, which decides the holding period
    fifo       the oldest lots first
    lifo       the newest first
    hifo       those with the smallest gain first: the dearest of a long, the cheapest of a short
    specific   the lots that the trade names
    Units are matched by the ledger (`trimtab.ledger`), as those of a workspace are.
Equations
    gain = proceeds - cost;   fees add to cost when a position grows, and take from proceeds when it shrinks
    cost of q out of Q units of a lot = cost q / Q to 1e-12, and the lot keeps the rest: nothing is lost to rounding
Law
    realised + unrealised = market value + money received - money paid, whatever the method.
Traps
    The method changes when a gain is taxed and how much of it, never the whole. Which one the law allows depends on
    country and asset; this says what each would give and nothing about which is allowed. Wash sales are not adjusted.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from trimtab.errors import InputError
from trimtab.ledger.facts.header import about
from trimtab.ledger.facts.trades import Side
from trimtab.ledger.facts.trades import Trade as Bought
from trimtab.ledger.holding import Disposal as Realised
from trimtab.ledger.holding import Lot as HeldLot
from trimtab.ledger.ledger import Ledger
from trimtab.ledger.state import Rules
from trimtab.model.decimals import take_decimals, take_pairs
from trimtab.model.instrument import Spot
from trimtab.model.lot_order import LotMethod

__all__ = ["CostBasis", "Disposal", "Lot", "Method", "Trade", "cost_basis"]

Method = LotMethod
_ZERO = Decimal(0)
#: A file of trades says prices and no currency: amounts are in that of the instrument, whichever it is.
_MONEY = "USD"
_MIDNIGHT = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - only its clock is used
_THING = Spot(symbol="THING", currency=_MONEY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """One purchase or sale.

    Parameters
    ----------
    date
        When. Trades are taken in the order given; dates must not go back.
    quantity
        Units; positive = bought, negative = sold. Not zero.
    price
        Per unit, zero or more.
    fee
        Paid for the whole trade, zero or more.
    lots
        For "specific": (lot name, units) pairs that this trade takes, units positive.
    name
        Name of the lot that this trade opens; None numbers it by its place, from 1.
    currency
        Of price and fee (``GBX`` is pence); None: that of the instrument's prices.
    """

    date: dt.date
    quantity: Decimal
    price: Decimal
    fee: Decimal = _ZERO
    lots: tuple[tuple[str, Decimal], ...] = ()
    name: str | None = None
    currency: str | None = None

    def __post_init__(self) -> None:
        take_decimals(self, "quantity", "price", "fee")
        take_pairs(self, "lots")
        numbers = (self.quantity, self.price, self.fee)
        if not all(n.is_finite() for n in numbers) or self.quantity == 0 or self.price < 0 or self.fee < 0:
            raise InputError(
                expected="a quantity other than zero, and a price and a fee of zero or more",
                found=f"{self.quantity} at {self.price}, fee {self.fee}, on {self.date}",
                try_next="correct the trade",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Units that came together.

    Parameters
    ----------
    name
        As in `Trade.name`.
    acquired
        When.
    quantity
        Signed units: negative for a short.
    cost
        Whole cost, signed like the quantity: money paid for a long, minus the money received for a short.
    """

    name: str
    acquired: dt.date
    quantity: Decimal
    cost: Decimal

    @property
    def unit_cost(self) -> Decimal:
        """Cost per unit, fees included."""
        return self.cost / self.quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposal:
    """Units that were sold (or bought back), with their gain.

    Parameters
    ----------
    lot, acquired, disposed
        Where they came from, and when they went.
    quantity
        Units of the lot, signed as they were held.
    proceeds
        Money received, after fees; negative = paid, to close a short.
    cost
        Cost of these units, signed like the quantity.
    """

    lot: str
    acquired: dt.date
    disposed: dt.date
    quantity: Decimal
    proceeds: Decimal
    cost: Decimal

    @property
    def gain(self) -> Decimal:
        """Proceeds less cost."""
        return self.proceeds - self.cost


@dataclass(frozen=True, slots=True, kw_only=True)
class CostBasis:
    """What is left, and what was realised.

    Parameters
    ----------
    method
        How units were chosen.
    lots
        What is still held, oldest first.
    disposals
        In order of time.
    """

    method: Method
    lots: tuple[Lot, ...]
    disposals: tuple[Disposal, ...]

    @property
    def quantity(self) -> Decimal:
        """Units held, signed."""
        return sum((lot.quantity for lot in self.lots), _ZERO)

    @property
    def cost(self) -> Decimal:
        """Cost of what is held."""
        return sum((lot.cost for lot in self.lots), _ZERO)

    @property
    def realised(self) -> Decimal:
        """Sum of gains."""
        return sum((d.gain for d in self.disposals), _ZERO)

    def unrealised(self, price: Decimal) -> Decimal:
        """Gain on what is held at a price, before the cost of selling it."""
        return self.quantity * price - self.cost


def cost_basis(trades: Sequence[Trade], *, method: Method = "fifo") -> CostBasis:
    """Work through trades in one instrument.

    Parameters
    ----------
    trades
        In order of time.
    method
        See the module.

    Raises
    ------
    InputError
        If dates go back, or "specific" names lots that are not held.

    Examples
    --------
    >>> day = dt.date(2024, 1, 1)
    >>> held = [
    ...     Trade(date=day, quantity=Decimal(100), price=Decimal(10)),
    ...     Trade(date=day, quantity=Decimal(100), price=Decimal(14)),
    ...     Trade(date=day, quantity=Decimal(-100), price=Decimal(15)),
    ... ]
    >>> {m: f"{cost_basis(held, method=m).realised:.0f}" for m in ("average", "fifo", "lifo", "hifo")}
    {'average': '300', 'fifo': '500', 'lifo': '100', 'hifo': '100'}
    """
    if method not in ("average", "fifo", "lifo", "hifo", "specific"):
        raise InputError(
            expected="average, fifo, lifo, hifo or specific", found=f"{method}", try_next="choose one of these"
        )
    _check(trades, method)
    ledger = Ledger([_fact(trade, n) for n, trade in enumerate(trades, start=1)], Rules(base=_MONEY, method=method))
    if not trades:
        return CostBasis(method=method, lots=(), disposals=())
    entries = ledger.entries()
    holding = next(iter(ledger.book_on(trades[-1].date).holdings.values()), None)
    return CostBasis(
        method=method,
        lots=() if holding is None else tuple(_lot(lot) for lot in holding.lots),
        disposals=tuple(_disposal(d) for entry in entries for d in entry.disposals),
    )


def _fact(trade: Trade, number: int) -> Bought:
    """Give a trade as a fact; the place in the file is its time, because trades of one day keep their order."""
    return Bought(
        day=trade.date, time=(_MIDNIGHT + dt.timedelta(microseconds=number)).time(),
        id=trade.name or str(number), source=f"trade {number}", of=about(_THING),
        side=Side.BUY if trade.quantity > 0 else Side.SHORT, quantity=abs(trade.quantity), price=trade.price,
        fee=trade.fee, lots=trade.lots,
    )  # fmt: skip


def _lot(lot: HeldLot) -> Lot:
    if lot.acquired is None or lot.cost is None:
        raise AssertionError(f"{lot} came from a trade, which says when and for how much")
    return Lot(name=lot.name, acquired=lot.acquired, quantity=lot.quantity, cost=lot.cost + lot.fees)


def _disposal(one: Realised) -> Disposal:
    """Give a disposal with fees inside its cost and its proceeds, each where it was paid."""
    if one.acquired is None or one.cost is None or one.base_proceeds is None:
        raise AssertionError(f"{one} came from trades, which say when and for how much")
    return Disposal(
        lot=one.lot, acquired=one.acquired, disposed=one.disposed, quantity=one.quantity,
        proceeds=one.base_proceeds, cost=one.cost + one.fees - (one.proceeds - one.base_proceeds),
    )  # fmt: skip


def _check(trades: Sequence[Trade], method: Method) -> None:
    """Refuse what a file of trades must not say, whatever the lots are."""
    quantity, last, names = _ZERO, dt.date.min, set[str]()
    for number, trade in enumerate(trades, start=1):
        if trade.date < last:
            raise InputError(
                expected="trades in order of time",
                found=f"{trade.date} after {last}, trade {number}",
                try_next="sort the trades by date",
            )
        name = trade.name or str(number)
        if name in names:
            raise InputError(
                expected="lot names that differ", found=f"{name} twice", try_next="give each lot its own name"
            )
        if trade.lots and quantity * trade.quantity >= 0:
            raise InputError(
                expected="lots named only by a trade that reduces the position",
                found=f"{trade.quantity} on {trade.date}, which adds to it",
                try_next="leave the lots out of this trade",
            )
        if method == "specific" and not trade.lots and quantity * trade.quantity < 0:
            raise InputError(
                expected=f"the lots that are held and go, for {abs(trade.quantity)} units",
                found=f"none named on {trade.date}, trade {number}",
                try_next="name them (name:units; name:units)",
            )
        names.add(name)
        quantity, last = quantity + trade.quantity, trade.date
