"""A row of transactions taken apart: what happened, to what, and every number it states. Nothing is decided here."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from trimtab.errors import InputError
from trimtab.feeds.statements.booking.context import File
from trimtab.feeds.statements.booking.proofs import Reading
from trimtab.feeds.statements.booking.wording import Wording, Wordings
from trimtab.feeds.statements.cells.days import Days
from trimtab.feeds.statements.cells.events import Event
from trimtab.feeds.statements.cells.sheets import Row
from trimtab.feeds.statements.cells.spelling import plain_words
from trimtab.feeds.statements.cells.words import Action, read_action
from trimtab.feeds.statements.columns.layout import Column, Layout
from trimtab.feeds.statements.columns.roles import Role
from trimtab.feeds.statements.records import Fact, Identity
from trimtab.market.reading.numbers import Cell, is_empty, read_cell

__all__ = ["Move", "RowTaker", "cost_signs"]

_TRADED = re.compile(
    r"\b(?P<side>bought|sold|buy|sell|koop|verkoop|kauf|verkauf|achat|vente|compra|venta|acquisto|vendita)\s+"
    r"(?P<units>\d[\d.,']*)\s+(?:.+?\s)?(?:.*?@\s*|(?:zu je|at"
    r"|a)\s+)(?P<price>\d[\d.,']*)(?:\s*(?P<currency>[A-Z]{3})\b)?",
    re.IGNORECASE,
)
_CONVERTED = re.compile(r"to\s+(?P<units>\d[\d.,]*)\s+(?P<symbol>[A-Z0-9]{2,8})\b")
#: Descriptions repeat.
_traded_in = lru_cache(maxsize=20_000)(_TRADED.search)
_ZERO = Decimal(0)
_REMOVED = re.compile(r"(?P<units>\d+(?:\.\d+)?)(?P<side>[SL])")


@dataclass(slots=True, kw_only=True)
class Move:
    """What one row says.

    Parameters
    ----------
    line, day, account, id, ref, settles, booked
        Where, when, whose, and under which names.
    wording
        What the words of its row say.
    action, words
        What happened, and the file's own words for it.
    side
        +1 or -1 as a column of directions says; 0 if none.
    what
        Its thing; None for money alone.
    quantity, price, net, amount, value, gross, fx, accrued
        As stated; None where the row states none.
    prose
        What the description says was traded: units and price.
    fees, taxes
        Cost as positive numbers, each with its currency.
    currency
        That the row states for all its numbers; empty if none.
    price_currency
        That stands with the price alone.
    removed
        +1 where an ended short is taken out (``1S``), -1 for an ended long.
    counter
        What a conversion brings, where the notes say it.
    event, reported
        What a company did, and the later day on which the file says that it counts; None for all else.
    readings
        Under which its numbers agree, for the sign of a trade; None until somebody asked.
    """

    line: int
    day: dt.date
    account: str | None
    wording: Wording
    action: Action
    words: str
    side: int = 0
    what: Identity | None = None
    quantity: Cell | None = None
    price: Cell | None = None
    net: Cell | None = None
    amount: Cell | None = None
    value: Cell | None = None
    gross: Cell | None = None
    fx: Decimal | None = None
    accrued: Decimal = _ZERO
    prose_price: Cell | None = None
    fees: Sequence[Cell] = ()
    taxes: Sequence[Cell] = ()
    currency: str = ""
    price_currency: str = ""
    removed: int = 0
    counter: tuple[str, Decimal] | None = None
    settles: dt.date | None = None
    booked: dt.date | None = None
    second: int | None = None
    id: str | None = None
    ref: str | None = None
    event: Event | None = None
    reported: dt.date | None = None
    readings: tuple[int, tuple[Reading, ...]] | None = None

    @property
    def fact(self) -> Fact | None:
        """What happened, as the row says it."""
        return self.action.fact

    @property
    def stated_amount(self) -> Cell | None:
        """The amount of money that the row states: net before gross."""
        if self.net is not None:
            return self.net
        if self.amount is not None:
            return self.amount
        return self.gross if self.value is None else self.value

    @property
    def fee(self) -> Decimal | None:
        """All fees; None if the row states none."""
        return sum((c.value for c in self.fees), _ZERO) if self.fees else None

    @property
    def tax(self) -> Decimal | None:
        """All taxes; None if the row states none."""
        return sum((c.value for c in self.taxes), _ZERO) if self.taxes else None


def cost_signs(rows: list[Row], layout: Layout) -> dict[int, int]:
    """Say for each column of costs whether what was paid is written with a plus (1) or a minus (-1).

    Examples
    --------
    >>> from trimtab.feeds.statements.columns.layout import lay_out
    >>> from trimtab.feeds.statements.columns.tables import Table
    >>> table = Table(
    ...     header=("Date", "Fee"), line=1, rows=(Row(2, ("2026-01-02", "-1.5")), Row(3, ("2026-01-05", "0.2")))
    ... )
    >>> cost_signs(list(table.rows), lay_out(table))
    {1: 1}
    """
    signs = {}
    for column in (*layout.of(Role.FEE), *layout.of(Role.TAX)):
        values = [c.value for row in rows if (c := layout.cell(row, column)) is not None]
        minus, plus = sum(v < 0 for v in values), sum(v > 0 for v in values)
        signs[column.at] = -1 if minus > plus else 1
    return signs


class RowTaker:
    """Takes the rows of a table apart.

    What its columns are is looked up once; a role that no column has costs nothing in any row.

    Parameters
    ----------
    layout
        What its columns are.
    days
        Its dates.
    file
        What is known of the file.
    signs
        By column of costs, as `cost_signs` gives them.
    words
        What its words say.
    """

    def __init__(self, layout: Layout, days: Days, file: File, signs: Mapping[int, int], words: Wordings) -> None:
        self._layout, self._days, self._file, self._signs, self._words = layout, days, file, signs, words
        self._numbers = [(name, role) for name, role in _NUMBERS if layout.has(role)]
        self._names = [(name, role) for name, role in _NAMES if layout.has(role)]
        self._fees, self._taxes = layout.of(Role.FEE), layout.of(Role.TAX)
        self._fx, self._accrued, self._settle = (layout.has(r) for r in (Role.FX, Role.ACCRUED, Role.SETTLE))
        gross = layout.of(Role.GROSS)
        self._gross = sorted(gross, key=lambda c: "proceeds" not in plain_words(c.header)) if len(gross) > 1 else gross
        # Of a role with one column, a number that was read is that column's.
        self._counted = [
            (name if len(layout.of(role)) == 1 else "", layout.of(role)[0])
            for name, role in _COUNTED
            if layout.has(role)
        ]
        self._paid: dict[int, Cell] = {}

    def take(self, row: Row) -> Move:
        """Read what one row says.

        Raises
        ------
        InputError
            If it has no day, or its thing is a derivative that cannot be read, or a number could be two.
        """
        layout, days = self._layout, self._days
        stated_day = layout.text(row, Role.DATE)
        day = days.day(stated_day) if stated_day else None
        if day is None:
            raise InputError(
                expected="the day of the row", found=f"{stated_day!r}" if stated_day else "none",
                try_next="correct the row",
            )  # fmt: skip
        wording = self._words.of(row)
        move = Move(
            line=row.line, day=day, wording=wording, account=wording.account or None, action=wording.action,
            words=wording.words, side=wording.side, currency=wording.currency, booked=days.booked(stated_day),
            second=days.second(stated_day), event=wording.event,
        )  # fmt: skip
        self._take_stated(move, row)
        if move.event is not None:
            reported = layout.text(row, Role.AS_OF)
            move.reported = days.day(reported) if reported else None
        self._take_units(move, row)
        if move.event is None:
            _take_prose(move, wording.text)
        elif not wording.named:
            raise InputError(expected="what the company is", found=f"{move.words!r}", try_next="correct the row")
        move.what, quoted = wording.thing(move.action, self._file, day)
        move.currency = move.currency or quoted
        return move

    def _take_stated(self, move: Move, row: Row) -> None:
        """Take the amounts that a row states, and its names."""
        layout = self._layout
        for name, role in self._numbers:
            setattr(move, name, layout.number(row, role))
        for name, role in self._names:
            setattr(move, name, layout.text(row, role) or None)
        # The value in the currency of the account stands behind the one in the instrument's (Degiro).
        for column in layout.of(Role.VALUE):
            move.value = layout.cell(row, column) or move.value
        move.gross = next((cell for c in self._gross if (cell := layout.cell(row, c)) is not None), None)
        fx = layout.number(row, Role.FX) if self._fx else None
        move.fx = None if fx is None or fx.value == 0 else fx.value
        accrued = layout.number(row, Role.ACCRUED) if self._accrued else None
        move.accrued = _ZERO if accrued is None else accrued.value
        settle = layout.text(row, Role.SETTLE) if self._settle else ""
        move.settles = self._days.day(settle) if settle else None
        named = move.price.currency if move.price is not None else None
        move.price_currency = named or move.wording.price_code
        move.fees, move.taxes = self._costs(row, self._fees), self._costs(row, self._taxes)

    def _costs(self, row: Row, columns: Sequence[Column]) -> Sequence[Cell]:
        costs: list[Cell] = []
        for column in columns:
            cell = self._layout.cell(row, column)
            if cell is None:
                _refuse_unread(row, column)
                continue
            paid = self._paid.get(id(cell))
            if paid is None:
                paid = Cell(value=cell.value * self._signs[column.at], currency=cell.currency, digits=cell.digits)
                # The layout keeps its cells, each in one column: nothing else gets this name.
                self._paid[id(cell)] = paid
            costs.append(paid)
        return costs or _NO_COSTS

    def _take_units(self, move: Move, row: Row) -> None:
        layout = self._layout
        stated = layout.text(row, Role.QUANTITY)
        removed = _REMOVED.fullmatch(stated) if stated else None
        if removed is not None:
            move.removed = 1 if removed["side"] == "S" else -1
            move.quantity = Cell(value=Decimal(removed["units"]))
            return
        move.quantity = layout.number(row, Role.QUANTITY) if stated else None
        for name, column in self._counted:
            if (not name or getattr(move, name) is None) and layout.cell(row, column) is None:
                _refuse_unread(row, column)


#: Numbers and names that a row states, as a `Move` calls them.
_NUMBERS = (("price", Role.PRICE), ("net", Role.NET), ("amount", Role.AMOUNT))
_NAMES = (("id", Role.ID), ("ref", Role.REF))
#: Numbers of which none is passed over where it cannot be read.
_COUNTED = (("quantity", Role.QUANTITY), *_NUMBERS, ("value", Role.VALUE))
_NO_COSTS: tuple[Cell, ...] = ()


def _refuse_unread(row: Row, column: Column) -> None:
    text = row.cells[column.at].strip() if column.at < len(row.cells) else ""
    if text and not is_empty(text) and any(c.isdigit() for c in text):
        raise InputError(
            expected=f"a number in {column.header!r}", found=f"{text!r}, which is none or could be two",
            try_next="write the number plainly, such as 1234.5",
        )  # fmt: skip


def _take_prose(move: Move, text: str) -> None:
    """Read units and price from a description such as Buy 60 @ 441.20 DKK."""
    match = _traded_in(text)
    if match is not None:
        units, price = (_prose_number(match[part]) for part in ("units", "price"))
        if move.quantity is None and units is not None:
            move.quantity = units
        if move.action.fact is None:
            move.action = read_action(match["side"]) or move.action
        move.prose_price = price
        move.price_currency = match["currency"] or move.price_currency
    converted = _CONVERTED.search(text) if move.action.fact is Fact.EXCHANGE else None
    if converted is not None:
        units = _prose_number(converted["units"])
        move.counter = None if units is None else (converted["symbol"], units.value)


def _prose_number(text: str) -> Cell | None:
    return read_cell(text.rstrip(".,"), "." if "." in text else ",")
