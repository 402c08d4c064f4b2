"""Rows of a table of transactions into facts.

What the columns of a table have in common is decided for the whole table, by all its rows: whether amounts carry a
sign, whether they hold the costs, which way a rate of exchange is meant. A row that contradicts it is refused.
"""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from trimtab.errors import InputError
from trimtab.feeds.statements.booking.amounts import Habits, booked_trade, habits_of
from trimtab.feeds.statements.booking.cancelled import Mark, mark_of, without_cancelled
from trimtab.feeds.statements.booking.context import File, Remarks, chosen_level, table_days
from trimtab.feeds.statements.booking.corporate import HeldBefore, booked_events, with_fractions_sold
from trimtab.feeds.statements.booking.exchanges import pair_exchanges, pair_trade
from trimtab.feeds.statements.booking.moves import Move, RowTaker, cost_signs
from trimtab.feeds.statements.booking.others import booked_other
from trimtab.feeds.statements.booking.wording import Wordings
from trimtab.feeds.statements.cells.sheets import Row
from trimtab.feeds.statements.cells.words import Action, is_total
from trimtab.feeds.statements.columns.layout import Layout
from trimtab.feeds.statements.columns.roles import Role
from trimtab.feeds.statements.columns.tables import Table
from trimtab.feeds.statements.records import Ask, Fact, FactReading, Fault, LeftOut
from trimtab.model.currencies import whole_currency

__all__ = ["read_facts"]

_CANCELLED = {"cancelled", "canceled", "cancel", "void", "voided", "busted", "deleted", "reversed", "rejected",
              "failed", "storniert", "annulle", "expired"}  # fmt: skip
_TRADES = frozenset([Fact.BUY, Fact.SELL, Fact.SHORT])
_BOUGHT, _SOLD = Action(Fact.BUY, 1, trade=True), Action(Fact.SELL, -1, trade=True)
_PENDING = {"pending", "open", "processing", "offen", "new", "working", "submitted"}


def read_facts(table: Table, layout: Layout, file: File, remarks: Remarks) -> list[FactReading]:
    """Read the rows of a table of transactions.

    Parameters
    ----------
    table, layout
        Its rows, and what its columns are.
    file
        What is known of the file.
    remarks
        Takes what is left out, asked and refused.
    """
    days = table_days(table, layout, file)
    remarks.notes += days.notes
    rows = _happened(chosen_level(table, layout, remarks), layout, remarks)
    signs = cost_signs(rows, layout)
    marks: dict[int, Mark | None] = {}
    moves = []
    taker = RowTaker(layout, days, file, signs, Wordings(layout, days, file, section=table.section))
    # Rows with the same words say the same of other trades.
    marked: dict[int, Mark | None] = {}
    for row in rows:
        try:
            move = taker.take(row)
            if move.event is None:
                if id(move.wording) not in marked:
                    marked[id(move.wording)] = mark_of(move, row, layout)
                marks[row.line] = marked[id(move.wording)]
                move = _opened(move, row, layout)
            moves.append(move)
        except InputError as error:
            remarks.faults.append(
                Fault(line=row.line, why=f"{error.found} (expected {error.expected})", try_next=error.try_next)
            )
    moves = without_cancelled(_once(moves, remarks), marks, remarks)
    _check_total(table, layout, moves, remarks)
    events, left = booked_events([m for m in moves if m.event is not None], file, remarks, _held_before(moves, file))
    moves = [m for m in moves if m.event is None]
    facts = _booked(moves, habits_of(moves, layout), file, remarks)
    booked = [*pair_exchanges(with_fractions_sold(facts, left), moves, remarks), *events]
    return [_in_whole_money(fact) for fact in booked]


def _held_before(moves: Sequence[Move], file: File) -> HeldBefore:
    """Give what tells the units that were held before an event: the books before the file, and its rows since."""
    first = min((m.day for m in moves), default=None)

    def held(move: Move) -> Decimal | None:
        symbol = move.what.symbol if move.what is not None else None
        if file.units_held is None or first is None or not symbol:
            return None
        before = file.units_held(symbol, first - dt.timedelta(days=1))
        since = [m for m in moves if m.event is None and m.what is not None and m.what.symbol == symbol]
        signed = [(m.quantity.value, m.action.sign or m.side) for m in since if m.quantity is not None
                  and m.day < move.day]  # fmt: skip
        return None if before is None else before + sum((abs(q) * way if way else q for q, way in signed), Decimal(0))

    return held


def _in_whole_money(fact: FactReading) -> FactReading:
    """Bring amounts in hundredths (GBX) into the money that an account has; a price stays as it is quoted."""
    whole, minor = whole_currency(fact.currency or "")
    if not minor:
        return fact
    cash, fee, tax, implied = (
        None if amount is None else amount / 100 for amount in (fact.cash, fact.fee, fact.tax, fact.costs_implied)
    )
    quoted = fact.price_currency or (fact.currency if fact.price is not None or fact.quantity is not None else None)
    return replace(fact, currency=whole, cash=cash, fee=fee, tax=tax, costs_implied=implied, price_currency=quoted)


def _happened(rows: Sequence[Row], layout: Layout, remarks: Remarks) -> list[Row]:
    """Leave out totals, and what was cancelled or has not happened yet."""
    kept = []
    for row in rows:
        status = layout.text(row, Role.STATUS).strip().lower()
        if not row.first or is_total(row.first):
            remarks.left_out.append(LeftOut((row.line,), "a row of totals" if row.first else "an empty row"))
        elif status in _CANCELLED | _PENDING:
            remarks.left_out.append(LeftOut((row.line,), f"its status is {status}"))
        else:
            kept.append(row)
    return kept


def _opened(move: Move, row: Row, layout: Layout) -> Move:
    """Tell a sale that opens a short from one that closes a holding, where a column of codes says so."""
    codes = layout.text(row, Role.CODES)
    if not codes:
        return move
    marks = {c.strip() for c in codes.upper().replace(",", ";").split(";")}
    sells = move.action.fact is Fact.SELL or (
        move.action.fact is None and move.quantity is not None and move.quantity.value < 0
    ) or move.side < 0  # fmt: skip
    if sells and marks & {"O", "OPEN"}:
        move.action = Action(Fact.SHORT, -1, trade=True)
    return move


def _once(moves: list[Move], remarks: Remarks) -> list[Move]:
    """Leave out a row that comes twice under one name; tell of rows without a name that are alike."""
    # Most rows have a moment, units and an amount that no other has: those are kept without a longer look.
    alike = Counter(_outline(move) for move in moves)
    if len(alike) == len(moves):
        return moves
    kept: list[Move] = []
    seen: dict[tuple[object, ...], Move] = {}
    for move in moves:
        if alike[_outline(move)] == 1:
            kept.append(move)
            continue
        key = (
            move.day, move.second, move.account, move.words, move.what.label if move.what is not None else None,
            move.quantity, move.price, move.stated_amount, move.id, move.ref,
        )  # fmt: skip
        if key in seen and move.id:
            remarks.left_out.append(
                LeftOut((move.line,), f"the row of line {seen[key].line} again, under one name {move.id}")
            )
            continue
        if key in seen:
            remarks.ask(
                Ask("double", f"line {move.line} says what line {seen[key].line} says: two trades, or one twice?",
                    taken="two", lines=(seen[key].line, move.line))
            )  # fmt: skip
        seen.setdefault(key, move)
        kept.append(move)
    return kept


def _outline(move: Move) -> tuple[object, ...]:
    """Give the part of what a row says by which nearly every two rows differ."""
    stated, units = move.stated_amount, move.quantity
    return (move.second, None if stated is None else stated.value, None if units is None else units.value, move.id)


def _booked(moves: Sequence[Move], habits: Habits, file: File, remarks: Remarks) -> list[FactReading]:
    facts = []
    for move in moves:
        try:
            pair = pair_trade(move, habits)
            if pair is not None:
                facts.append(pair)
                continue
            move.action = action = _decided(move, habits, remarks)
            if action.trade and action.fact in _TRADES:
                facts.append(booked_trade(move, habits, file, remarks))
            else:
                facts.append(booked_other(move, habits, file, remarks))
        except InputError as error:
            remarks.faults.append(
                Fault(line=move.line, why=f"{error.found} (expected {error.expected})", try_next=error.try_next)
            )
    return facts


def _decided(move: Move, habits: Habits, remarks: Remarks) -> Action:
    """Say what happened where the words leave it open: by the column of directions, by the sign of the units."""
    action, side = move.action, move.side
    if side and action.fact in _TRADES and action.sign != side:
        raise InputError(
            expected="one direction in a row", found=f"{move.words!r} and a side that says otherwise",
            try_next="correct the row",
        )  # fmt: skip
    if action.fact is not None:
        return action
    units = side or (0 if move.quantity is None else int(move.quantity.value > 0) - int(move.quantity.value < 0))
    if units == 0:
        raise InputError(
            expected="what happened, or a direction", found=f"{move.words!r}" if move.words else "neither",
            try_next="call the column that says buy or sell action",
        )  # fmt: skip
    if units > 0 and not side and not habits.signed_units and not habits.signed_amounts:
        if move.stated_amount is not None or move.fees:
            raise InputError(
                expected="a column that says whether units were bought or sold", found="none, and nothing has a minus",
                try_next="call the column that says so action",
            )  # fmt: skip
        remarks.ask(
            Ask("direction", "no column and no sign says whether units were bought or sold", taken="all were bought")
        )
    return _BOUGHT if units > 0 else _SOLD


def _check_total(table: Table, layout: Layout, moves: Sequence[Move], remarks: Remarks) -> None:
    total = next((r for r in table.rows if is_total(r.first)), None)
    stated = None if total is None else layout.number(total, Role.AMOUNT) or layout.number(total, Role.NET)
    if total is None or stated is None:
        return
    added = sum((m.stated_amount.value for m in moves if m.stated_amount is not None), Decimal(0))
    if abs(added - stated.value) > Decimal("0.01") * max(len(moves), 1):
        remarks.ask(
            Ask("total", f"the total in line {total.line} is {stated.value}, the rows that were read add up to {added}",
                lines=(total.line,))
        )  # fmt: skip
