"""Trades that a later row takes back: Cancel Buy (Schwab), BUY (Ca.) and the codes Ca and Co (Interactive Brokers).

A row that cancels is no trade, though it looks like one of the other direction: booked as that, it opens a short or
realises a gain that nobody had. It goes together with the row that it takes back, where that is its exact opposite;
where none is, the trade may stand in an earlier file, and nobody knows here what was booked: the row is refused by
name. A corrected trade (Co) takes the place of a cancelled one, so it needs such a pair beside it.
Codes: Interactive Brokers, Activity Statement, "Notes/Legal Notes": Ca is cancelled, Co is corrected trade.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import Enum

from trimtab.feeds.statements.booking.context import Remarks
from trimtab.feeds.statements.booking.moves import Move
from trimtab.feeds.statements.cells.sheets import Row
from trimtab.feeds.statements.columns.layout import Layout
from trimtab.feeds.statements.columns.roles import Role
from trimtab.feeds.statements.records import Fact, Fault, LeftOut

__all__ = ["Mark", "mark_of", "without_cancelled"]

_CANCELS = re.compile(r"\b(?:cancel\w*|cxl|cncl|storno\w*|storniert\w*|annul\w*|busted)\b|\(ca\.?\)", re.IGNORECASE)
_CORRECTS = re.compile(r"\(co\.?\)", re.IGNORECASE)
_TRADES = {Fact.BUY, Fact.SELL, Fact.SHORT}


class Mark(Enum):
    """What a row of a trade says of another trade."""

    CANCELS_BY_WORD = "cancels the trade of its own direction"
    CANCELS_BY_CODE = "cancels the trade whose numbers it turns round"
    CORRECTS = "takes the place of a cancelled one"


def mark_of(move: Move, row: Row, layout: Layout) -> Mark | None:
    """Say whether a row of a trade takes another back or corrects it; None if neither."""
    if move.action.fact not in _TRADES and not move.action.trade and not move.side:
        return None
    words = " ".join((move.words, layout.text(row, Role.ACTION), layout.text(row, Role.SIDE)))
    codes = {code.strip() for code in re.split("[;,]", layout.text(row, Role.CODES).upper())}
    if _CANCELS.search(words):
        return Mark.CANCELS_BY_WORD
    if "CA" in codes:
        return Mark.CANCELS_BY_CODE
    return Mark.CORRECTS if "CO" in codes or _CORRECTS.search(words) else None


def without_cancelled(moves: Sequence[Move], marks: Mapping[int, Mark | None], remarks: Remarks) -> list[Move]:
    """Leave out trades that were cancelled, each with the row that does it.

    Parameters
    ----------
    moves
        Of a table.
    marks
        By line.
    remarks
        Takes each pair, and each row that has no opposite.
    """
    gone: set[int] = set()
    things_cancelled = set()
    trades = [move for move in moves if marks.get(move.line) in {None, Mark.CORRECTS}]
    for move in moves:
        mark = marks.get(move.line)
        if mark is None or mark is Mark.CORRECTS:
            continue
        gone.add(move.line)
        trade = next((t for t in trades if t.line not in gone and _takes_back(move, t, mark)), None)
        if trade is None:
            remarks.faults.append(_lone(move, "cancels a trade, and no row of the file is its exact opposite"))
            continue
        gone.add(trade.line)
        things_cancelled.add(_thing(move))
        remarks.left_out.append(
            LeftOut((trade.line, move.line), f"line {move.line} cancels the trade of line {trade.line}")
        )
    for move in moves:
        if marks.get(move.line) is Mark.CORRECTS and move.line not in gone and _thing(move) not in things_cancelled:
            gone.add(move.line)
            remarks.faults.append(_lone(move, "corrects a trade, and no row of the file cancels the one before it"))
    return [move for move in moves if move.line not in gone]


def _lone(move: Move, why: str) -> Fault:
    name = move.what.label if move.what is not None else "no symbol"
    return Fault(
        line=move.line, why=f"{name}, {move.words!r}: it {why}",
        try_next="give a file that has both rows, or leave both out and correct what was imported before",
    )  # fmt: skip


def _thing(move: Move) -> tuple[str | None, str | None]:
    return move.account, move.what.label if move.what is not None else None


def _takes_back(cancel: Move, trade: Move, mark: Mark) -> bool:
    """Tell whether a row is the exact opposite of a trade: thing, units, price, money and costs."""
    if cancel.quantity is None or trade.quantity is None or _thing(cancel) != _thing(trade):
        return False
    units, money = (cancel.quantity.value, trade.quantity.value), (_money(cancel), _money(trade))
    prices = [None if m.price is None else (abs(m.price.value), m.price.currency) for m in (cancel, trade)]
    if abs(units[0]) != abs(units[1]) or prices[0] != prices[1] or cancel.currency != trade.currency:
        return False
    if (money[0] is None) != (money[1] is None) or abs(money[0] or 0) != abs(money[1] or 0):
        return False
    turned = units[0] * units[1] < 0 or (money[0] or 0) * (money[1] or 0) < 0
    sides = [m.side or m.action.sign for m in (cancel, trade)]
    if mark is Mark.CANCELS_BY_WORD and 0 not in sides and sides[0] != sides[1]:
        return False
    of_one_side = mark is Mark.CANCELS_BY_WORD and sides[0] == sides[1] != 0
    return (turned or of_one_side) and _costs_back(cancel, trade)


def _money(move: Move) -> Decimal | None:
    return None if move.stated_amount is None else move.stated_amount.value


def _costs_back(cancel: Move, trade: Move) -> bool:
    """Tell whether costs came back: turned round, or as large beside an amount that has them in it."""
    costs = [(m.fee or Decimal(0), m.tax or Decimal(0)) for m in (cancel, trade)]
    if all(a + b == 0 for a, b in zip(*costs, strict=True)):
        return True
    return costs[0] == costs[1] and (cancel.net or cancel.amount) is not None
