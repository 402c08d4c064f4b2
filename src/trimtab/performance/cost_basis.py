r"""What was paid for what is held: realised and unrealised gains by five methods, in decimals.

Methods: which units a trade that reduces a position takes
    average    a share of everything, at the average cost
    fifo       the oldest lots first
    lifo       the newest first
    hifo       those with the smallest gain first: the dearest of a long, the cheapest of a short
    specific   the lots that the trade names
Equations
    gain = proceeds - cost;   fees add to cost when a position grows, and take from proceeds when it shrinks
    cost of q out of Q units of a lot = cost q / Q, and the lot keeps the rest: nothing is lost to rounding
Law
    realised + unrealised = market value + money received - money paid, whatever the method.
Traps
    The method changes when a gain is taxed and how much of it, never the whole. Which one the law allows depends on
    country and asset; this says what each would give and nothing about which is allowed. Wash sales are not adjusted.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from trimtab.errors import InputError
from trimtab.model.decimals import take_decimals, take_pairs
from trimtab.model.lot_order import LotMethod, take_lots

__all__ = ["CostBasis", "Disposal", "Lot", "Method", "Trade", "cost_basis"]

Method = LotMethod
_ZERO = Decimal(0)


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
    """

    date: dt.date
    quantity: Decimal
    price: Decimal
    fee: Decimal = _ZERO
    lots: tuple[tuple[str, Decimal], ...] = ()
    name: str | None = None

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
        When; for "average" the day on which the position was opened.
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
    >>> {m: str(cost_basis(held, method=m).realised) for m in ("average", "fifo", "lifo", "hifo")}
    {'average': '300', 'fifo': '500', 'lifo': '100', 'hifo': '100'}
    """
    if method not in ("average", "fifo", "lifo", "hifo", "specific"):
        raise InputError(
            expected="average, fifo, lifo, hifo or specific", found=f"{method}", try_next="choose one of these"
        )
    lots: list[Lot] = []
    disposals: list[Disposal] = []
    last: dt.date | None = None
    for number, trade in enumerate(trades, start=1):
        if last is not None and trade.date < last:
            raise InputError(
                expected="trades in order of time",
                found=f"{trade.date} after {last}, trade {number}",
                try_next="sort the trades by date",
            )
        last = trade.date
        held = sum((lot.quantity for lot in lots), _ZERO)
        closing = min(abs(trade.quantity), abs(held)) if held * trade.quantity < 0 else _ZERO
        lots, closed = _close(lots, trade, closing, method)
        disposals.extend(closed)
        opening = abs(trade.quantity) - closing
        if opening > 0:
            lots = _open(lots, trade, opening, number, method)
    return CostBasis(method=method, lots=tuple(lots), disposals=tuple(disposals))


def _sign(quantity: Decimal) -> int:
    return 1 if quantity > 0 else -1


def _open(lots: list[Lot], trade: Trade, units: Decimal, number: int, method: Method) -> list[Lot]:
    sign = _sign(trade.quantity)
    # A trade that first closes and then opens pays its fee on both, by units; what the closing part took is not here.
    fee = trade.fee - trade.fee * (abs(trade.quantity) - units) / abs(trade.quantity)
    cost = sign * units * trade.price + fee
    if method == "average" and lots:
        pool = lots[0]
        return [replace(pool, quantity=pool.quantity + sign * units, cost=pool.cost + cost)]
    name = trade.name or str(number)
    if any(lot.name == name for lot in lots):
        raise InputError(expected="lot names that differ", found=f"{name} twice", try_next="give each lot its own name")
    return [*lots, Lot(name=name, acquired=trade.date, quantity=sign * units, cost=cost)]


def _close(lots: list[Lot], trade: Trade, units: Decimal, method: Method) -> tuple[list[Lot], list[Disposal]]:
    if units == 0:
        if trade.lots:
            raise InputError(
                expected="lots named only by a trade that reduces the position",
                found=f"{trade.quantity} on {trade.date}, which adds to it",
                try_next="leave the lots out of this trade",
            )
        return lots, []
    left = {lot.name: lot for lot in lots}
    fee = trade.fee * units / abs(trade.quantity)
    unpaid, open_units, closed = fee, units, []
    for name, take in _choose(lots, trade, units, method):
        lot = left[name]
        whole = take == abs(lot.quantity)
        cost = lot.cost if whole else lot.cost * take / abs(lot.quantity)
        # The last part takes what is left of the fee, so that the parts add up to it exactly.
        share = unpaid if take == open_units else fee * take / units
        unpaid -= share
        open_units -= take
        side = _sign(lot.quantity)
        closed.append(
            Disposal(
                lot=name,
                acquired=lot.acquired,
                disposed=trade.date,
                quantity=side * take,
                proceeds=side * take * trade.price - share,
                cost=cost,
            )
        )
        left[name] = replace(lot, quantity=lot.quantity - side * take, cost=lot.cost - cost)
    return [lot for lot in left.values() if lot.quantity != 0], closed


def _choose(lots: list[Lot], trade: Trade, units: Decimal, method: Method) -> Iterable[tuple[str, Decimal]]:
    if method == "specific":
        _check_named(lots, trade, units)
        return trade.lots
    taken = take_lots([(lot.quantity, lot.unit_cost) for lot in lots], units, method)
    return [(lots[i].name, part) for i, part in taken]


def _check_named(lots: list[Lot], trade: Trade, units: Decimal) -> None:
    held = {lot.name: abs(lot.quantity) for lot in lots}
    names = [name for name, _ in trade.lots]
    good = len(set(names)) == len(names) and all(0 < take <= held.get(name, _ZERO) for name, take in trade.lots)
    if not good or sum((take for _, take in trade.lots), _ZERO) != units:
        raise InputError(
            expected=f"lots that are held and add up to {units} units, each named once",
            found=f"{', '.join(f'{take} of {name}' for name, take in trade.lots) or 'none named'} on {trade.date}",
            try_next=f"held are {', '.join(f'{amount} of {name}' for name, amount in held.items())}",
        )
