"""Losses that may not count yet, because the same thing was bought within thirty days of the sale.

Rule (26 U.S.C. 1091; IRS Publication 550, "Wash Sales")
    A loss is disallowed for as many units as were bought from 30 days before the sale to 30 days after it and were not
    themselves what was sold. Purchases are matched in their order, each unit once. The loss is added to the cost of
    the replacement, and comes back with its sale. After a split a unit bought before it stands for `new / old` units.
What it leaves out
    Options and other "substantially identical" things, other accounts, short sales, and the holding period that the
    replacement inherits. It says what the rule would do; whether it applies depends on country and account.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from trimtab.ledger.facts.corporate import Split, SymbolChange
from trimtab.ledger.facts.trades import Trade
from trimtab.ledger.fold import Entry
from trimtab.ledger.holding import Disposal
from trimtab.ledger.posting import exact

__all__ = ["Washed", "wash_sales"]

_WINDOW = dt.timedelta(days=30)
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Washed:
    """A disposal after the rule.

    Parameters
    ----------
    disposal
        As it was realised.
    added
        Disallowed losses of earlier sales in the cost of these units, positive.
    disallowed
        The part of the loss that may not count, positive.
    replaced_by
        (lot, units in units of the sale) that took the loss over.
    """

    disposal: Disposal
    added: Decimal
    disallowed: Decimal
    replaced_by: tuple[tuple[str, Decimal], ...] = ()

    @property
    def gain(self) -> Decimal | None:
        """The gain that counts: with losses that came along, without what is disallowed. None: cost unknown."""
        plain = self.disposal.gain
        return None if plain is None else plain - self.added + self.disallowed


@dataclass(slots=True)
class _Bought:
    """Units bought in one lot, in units of the last day of the entries."""

    lot: str
    day: dt.date
    free: Decimal
    left: Decimal
    carried: Decimal = _ZERO


def wash_sales(entries: Sequence[Entry]) -> tuple[Washed, ...]:
    """Give every disposal with what the rule does to it, in order.

    Parameters
    ----------
    entries
        Of the whole history: purchases after a sale count too.
    """
    names = _last_names(entries)
    scale = _Scale(entries, names)
    bought = _purchases(entries, names, scale)
    washed = []
    for entry in entries:
        for disposal in entry.disposals:
            key = names.get(disposal.key, disposal.key)
            units = abs(disposal.quantity) * scale.to_end(key, disposal.disposed)
            washed.append(_washed(disposal, units, bought.get(key, [])))
    return tuple(washed)


def _washed(disposal: Disposal, units: Decimal, bought: list[_Bought]) -> Washed:
    own = next((b for b in bought if b.lot == disposal.lot), None)
    added = _ZERO
    if own is not None and own.left > 0:
        part = min(units, own.left)
        added = exact(own.carried * part / own.left)
        own.carried -= added
        own.left -= part
        # What is sold cannot be what replaces it.
        own.free = min(own.free, own.left)
    loss = _ZERO if disposal.gain is None else added - disposal.gain
    if loss <= 0 or disposal.quantity <= 0:
        return Washed(disposal=disposal, added=added, disallowed=_ZERO)
    replaced, wanted = [], units
    for purchase in bought:
        near = abs(purchase.day - disposal.disposed) <= _WINDOW
        part = min(wanted, purchase.free)
        if purchase is own or not near or part <= 0:
            continue
        purchase.free -= part
        wanted -= part
        purchase.carried += exact(loss * part / units)
        replaced.append((purchase.lot, exact(part * abs(disposal.quantity) / units)))
    disallowed = loss if wanted == 0 else exact(loss * (units - wanted) / units)
    return Washed(disposal=disposal, added=added, disallowed=disallowed, replaced_by=tuple(replaced))


def _last_names(entries: Sequence[Entry]) -> dict[str, str]:
    """Give the key that each earlier key has become through changes of symbol."""
    names: dict[str, str] = {}
    for entry in entries:
        if not isinstance(entry.fact, SymbolChange):
            continue
        gone = [b for b, a in entry.holdings if b is not None and a is None]
        come = {tuple(lot.name for lot in a.lots): a.key for b, a in entry.holdings if a is not None and b is None}
        for holding in gone:
            new = come.get(tuple(lot.name for lot in holding.lots))
            if new is not None:
                names = {old: new if now == holding.key else now for old, now in names.items()} | {holding.key: new}
    return names


class _Scale:
    """How many units of the last day one unit of an earlier day has become, by key."""

    def __init__(self, entries: Sequence[Entry], names: dict[str, str]) -> None:
        self._splits: dict[str, list[tuple[dt.date, Decimal]]] = {}
        for entry in entries:
            if isinstance(entry.fact, Split):
                for before, after in entry.holdings:
                    if before is not None and after is not None and before.key == after.key:
                        at = names.get(before.key, before.key)
                        self._splits.setdefault(at, []).append((entry.fact.day, entry.fact.new / entry.fact.old))

    def to_end(self, key: str, day: dt.date) -> Decimal:
        ratio = Decimal(1)
        for on, factor in self._splits.get(key, []):
            # A day's trades come after its split.
            ratio *= factor if on > day else 1
        return ratio


def _purchases(entries: Sequence[Entry], names: dict[str, str], scale: _Scale) -> dict[str, list[_Bought]]:
    bought: dict[str, list[_Bought]] = {}
    for entry in entries:
        if not isinstance(entry.fact, Trade):
            continue
        for before, after in entry.holdings:
            there = {lot.name for lot in before.lots} if before is not None else set()
            for lot in after.lots if after is not None else ():
                if after is None or lot.name in there or lot.quantity <= 0:
                    continue
                key = names.get(after.key, after.key)
                units = lot.quantity * scale.to_end(key, entry.fact.day)
                bought.setdefault(key, []).append(_Bought(lot=lot.name, day=entry.fact.day, free=units, left=units))
    return bought
