"""One currency changed into another: as a trade in a pair (GBP.USD), or as two rows of one order."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from trimtab.feeds.statements.booking.amounts import Habits, start_fact
from trimtab.feeds.statements.booking.context import Remarks
from trimtab.feeds.statements.booking.moves import Move
from trimtab.feeds.statements.records import Fact, FactReading, Fault, Identity, NameKind
from trimtab.model.currencies import CURRENCIES
from trimtab.model.names.coins import read_pair

__all__ = ["pair_exchanges", "pair_trade"]

_ZERO = Decimal(0)


def pair_trade(move: Move, habits: Habits) -> FactReading | None:
    """Book a trade in a pair of currencies; None if the row is none."""
    named = move.what.stated or move.what.symbol or "" if move.what is not None else ""
    pair = read_pair(named) if move.what is not None and move.what.kind is not NameKind.OPTION else None
    if pair is None or pair.base not in CURRENCIES or pair.quote not in CURRENCIES or move.quantity is None:
        return None
    sign = move.action.sign or move.side or (1 if move.quantity.value > 0 else -1)
    units = abs(move.quantity.value) * sign
    stated, price = move.stated_amount, move.price
    paid = abs(stated.value) if stated is not None else abs(units * (price.value if price is not None else _ZERO))
    fees = sum((c.value for c in move.fees if c.currency in {None, "", pair.quote}), _ZERO)
    inside = _ZERO if move.net is not None or habits.gross is False else fees
    made = start_fact(move, Fact.EXCHANGE, pair.quote)
    return replace(
        made, what=Identity(kind=NameKind.CASH, symbol=pair.base, stated=named), quantity=units,
        price=None if price is None else price.value, cash=-sign * paid - inside,
    )  # fmt: skip


def pair_exchanges(facts: Sequence[FactReading], moves: Sequence[Move], remarks: Remarks) -> list[FactReading]:
    """Join the two rows of one exchange: by their order, or by their moment."""
    lines = {made.lines[0] for made in facts if made.fact is Fact.EXCHANGE and made.what is None}
    if not lines:
        return list(facts)
    refs = {
        move.line: (move.ref if move.ref and move.ref.strip("0") else None, move.day, move.second)
        for move in moves
        if move.line in lines
    }
    open_legs: dict[object, tuple[int, FactReading]] = {}
    joined: list[FactReading] = []
    for made in facts:
        if made.fact is not Fact.EXCHANGE or made.what is not None:
            joined.append(made)
            continue
        ref, *moment = refs[made.lines[0]]
        key = ref or tuple(moment)
        other = open_legs.pop(key, None)
        if other is None:
            open_legs[key] = (len(joined), made)
            joined.append(made)
        else:
            joined[other[0]] = _joined(other[1], made)
    for _, leg in open_legs.values():
        remarks.faults.append(
            Fault(line=leg.lines[0], why=f"one side of an exchange, {leg.cash} {leg.currency}, and no other side")
        )
    return joined


def _joined(first: FactReading, second: FactReading) -> FactReading:
    got, paid = (first, second) if (first.cash or _ZERO) > 0 else (second, first)
    return replace(
        paid, lines=(*first.lines, *second.lines), what=Identity(kind=NameKind.CASH, symbol=got.currency),
        quantity=got.cash,
    )  # fmt: skip
