"""Lots: how they open, which go first, and what splits and spin-offs make of them.

Methods, as in `trimtab.model.lot_order`
    average    every unit costs the mean of all; the oldest count as sold first, which decides the holding period
    fifo       the oldest first;   lifo: the newest first;   hifo: the smallest gain first
    specific   those the trade names; the oldest first where it names none
Law
    Costs are split so that what goes and what stays add up to what was there, to the last digit.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from trimtab.ledger.holding import Lot
from trimtab.ledger.posting import exact
from trimtab.model.lot_order import LotMethod, take_lots

__all__ = ["Taken", "joined", "opened", "parted", "rescaled", "take"]

_ZERO = Decimal(0)
_SAME_COST = 9
Taken = tuple[tuple[Lot, ...], tuple[Lot, ...]]
"""(lots that stay, parts that go)."""


def opened(lots: tuple[Lot, ...], new: Lot) -> tuple[Lot, ...]:
    """Add a lot behind the others, under a name that is its own."""
    name, number = new.name, 1
    for lot in reversed(lots):
        # Names repeat only where one day opens several lots without ids: the check ends with that day.
        if lot.acquired != new.acquired:
            break
        if lot.name == name:
            number += 1
            name = f"{new.name}#{number}"
    return (*lots, new if number == 1 else replace(new, name=name))


def joined(lots: tuple[Lot, ...], others: Sequence[Lot]) -> tuple[Lot, ...]:
    """Lay the lots of two holdings together, oldest first, each name once."""
    taken = {lot.name for lot in lots}
    renamed = []
    for lot in others:
        name, number = lot.name, 1
        while name in taken:
            number += 1
            name = f"{lot.name}#{number}"
        taken.add(name)
        renamed.append(replace(lot, name=name))
    both = (*lots, *renamed)
    # A lot whose day nobody knows counts as the oldest.
    return tuple(sorted(both, key=lambda lot: lot.acquired or dt.date.min))


def take(lots: tuple[Lot, ...], units: Decimal, method: LotMethod, named: Sequence[tuple[str, Decimal]] = ()) -> Taken:
    """Take units out of lots.

    Parameters
    ----------
    lots
        Of one sign, in the order they were opened.
    units
        How many, positive, no more than there are.
    method
        Which go first.
    named
        For "specific": (lot, units) pairs that add up to `units`.

    Examples
    --------
    >>> one = Lot(name="a", acquired=None, quantity=Decimal(10), cost=Decimal(100))
    >>> left, gone = take((one,), Decimal(4), "fifo")
    >>> str(left[0].cost.normalize()), str(gone[0].cost.normalize())
    ('6E+1', '4E+1')
    """
    if method == "lifo":
        left, gone = _from_front(lots[::-1], units)
        return left[::-1], gone
    if method == "average":
        return _from_front(_averaged(lots), units)
    if method == "hifo":
        # Lots that a company's doings parted cost the same for each unit, but for rounding: the older goes first.
        each = [(lot.quantity, round(_with_fees(lot) / lot.quantity, _SAME_COST)) for lot in lots]
        return _chosen(lots, take_lots(each, units, "hifo"))
    if method == "specific" and named:
        at = {lot.name: i for i, lot in enumerate(lots)}
        return _chosen(lots, [(at[name], part) for name, part in named])
    return _from_front(lots, units)


def _with_fees(lot: Lot) -> Decimal:
    """Give what a lot cost with its fees, by which the gain of a sale is counted."""
    return (lot.cost or _ZERO) + lot.fees


def _from_front(lots: tuple[Lot, ...], units: Decimal) -> Taken:
    gone: list[Lot] = []
    left = units
    for i, lot in enumerate(lots):
        size = abs(lot.quantity)
        if size > left:
            part, rest = _part(lot, left)
            return (rest, *lots[i + 1 :]), (*gone, part)
        gone.append(lot)
        left -= size
        if left == 0:
            return lots[i + 1 :], tuple(gone)
    return (), tuple(gone)


def _chosen(lots: tuple[Lot, ...], parts: Sequence[tuple[int, Decimal]]) -> Taken:
    gone, kept = [], list[Lot | None](lots)
    for i, units in parts:
        lot = kept[i]
        if lot is None:
            continue
        if units >= abs(lot.quantity):
            gone.append(lot)
            kept[i] = None
        else:
            part, kept[i] = _part(lot, units)
            gone.append(part)
    return tuple(lot for lot in kept if lot is not None), tuple(gone)


def _part(lot: Lot, units: Decimal) -> tuple[Lot, Lot]:
    """Give a part of a lot, and the rest of it."""
    share = units / abs(lot.quantity)
    signed = units if lot.quantity > 0 else -units
    cost = None if lot.cost is None else exact(lot.cost * share)
    fees = exact(lot.fees * share)
    base = None if lot.base is None else exact(lot.base * share)
    rest = Lot(
        name=lot.name,
        acquired=lot.acquired,
        quantity=lot.quantity - signed,
        cost=None if lot.cost is None or cost is None else lot.cost - cost,
        fees=lot.fees - fees,
        base=None if lot.base is None or base is None else lot.base - base,
    )
    return Lot(name=lot.name, acquired=lot.acquired, quantity=signed, cost=cost, fees=fees, base=base), rest


def _averaged(lots: tuple[Lot, ...]) -> tuple[Lot, ...]:
    """Give each lot the mean cost; the last takes what rounding leaves. Unknown where one is."""
    return _spread(lots, [lot.quantity for lot in lots])


def rescaled(lots: tuple[Lot, ...], quantity: Decimal, total: Decimal) -> tuple[Lot, ...]:
    """Give lots whose units became others at the same cost: `total` units where there were `quantity`."""
    left, scaled = total, []
    for i, lot in enumerate(lots):
        units = left if i == len(lots) - 1 else exact(lot.quantity * total / quantity)
        left -= units
        scaled.append(replace(lot, quantity=units))
    return tuple(lot for lot in scaled if lot.quantity != 0)


def parted(lots: tuple[Lot, ...], basis: Decimal, quantity: Decimal, total: Decimal) -> Taken:
    """Split the cost of lots between them and others that come with them; dates and names are kept.

    Parameters
    ----------
    lots
        Of the parent, `quantity` units.
    basis
        Share of the cost that goes along.
    total
        Units of what is received, signed like the parent.
    """
    stay, come = [], []
    for lot, new in zip(lots, _units(lots, quantity, total), strict=True):
        cost = None if lot.cost is None else exact(lot.cost * basis)
        fees = exact(lot.fees * basis)
        base = None if lot.base is None else exact(lot.base * basis)
        come.append(replace(lot, quantity=new, cost=cost, fees=fees, base=base))
        stay.append(
            replace(
                lot,
                cost=None if lot.cost is None or cost is None else lot.cost - cost,
                fees=lot.fees - fees,
                base=None if lot.base is None or base is None else lot.base - base,
            )
        )
    return tuple(stay), tuple(come)


def _units(lots: tuple[Lot, ...], quantity: Decimal, total: Decimal) -> list[Decimal]:
    units, left = [], total
    for i, lot in enumerate(lots):
        part = left if i == len(lots) - 1 else exact(lot.quantity * total / quantity)
        units.append(part)
        left -= part
    return units


def _spread(lots: tuple[Lot, ...], units: list[Decimal]) -> tuple[Lot, ...]:
    if len(lots) < 2:
        return lots
    whole = sum(units, _ZERO)
    costs = _shares([lot.cost for lot in lots], units, whole)
    bases = _shares([lot.base for lot in lots], units, whole)
    fees = _shares([lot.fees for lot in lots], units, whole)
    return tuple(
        replace(lot, cost=cost, base=base, fees=fee or _ZERO)
        for lot, cost, base, fee in zip(lots, costs, bases, fees, strict=True)
    )


def _shares(amounts: list[Decimal | None], units: list[Decimal], whole: Decimal) -> list[Decimal | None]:
    if any(a is None for a in amounts):
        return [None] * len(amounts)
    total = sum((a for a in amounts if a is not None), _ZERO)
    shares: list[Decimal | None] = []
    left = total
    for i, part in enumerate(units):
        share = left if i == len(units) - 1 else exact(total * part / whole)
        shares.append(share)
        left -= share
    return shares
