"""A row of transactions taken apart: what happened, to what, and every number it states. Nothing is decided here."""

import datetime as dt
import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from trimtab.errors import InputError
from trimtab.feeds.statements.booking.context import File
from trimtab.feeds.statements.booking.proofs import Reading
from trimtab.feeds.statements.booking.wording import Wordings
from trimtab.feeds.statements.cells.days import Days
from trimtab.feeds.statements.cells.events import Event
from trimtab.feeds.statements.cells.sheets import Row
from trimtab.feeds.statements.cells.spelling import plain_words
from trimtab.feeds.statements.cells.words import Action, read_action
from trimtab.feeds.statements.columns.layout import Column, Layout
from trimtab.feeds.statements.columns.roles import Role
from trimtab.feeds.statements.records import Fact, Identity
from trimtab.market.reading.numbers import Cell, is_empty, read_cell

__all__ = ["Move", "cost_signs", "take_apart"]

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
    accrued: Decimal = Decimal(0)
    prose_price: Cell | None = None
    fees: list[Cell] = field(default_factory=list)
    taxes: list[Cell] = field(default_factory=list)
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
        for cell in (self.net, self.amount, self.value, self.gross):
            if cell is not None:
                return cell
        return None

    @property
    def fee(self) -> Decimal | None:
        """All fees; None if the row states none."""
        return sum((c.value for c in self.fees), Decimal(0)) if self.fees else None

    @property
    def tax(self) -> Decimal | None:
        """All taxes; None if the row states none."""
        return sum((c.value for c in self.taxes), Decimal(0)) if self.taxes else None


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


def take_apart(row: Row, layout: Layout, days: Days, file: File, signs: dict[int, int], words: Wordings) -> Move:
    """Read what one row says.

    Raises
    ------
    InputError
        If it has no day, or its thing is a derivative that cannot be read, or a number could be two.
    """
    stated_day = layout.text(row, Role.DATE)
    day = days.day(stated_day) if stated_day else None
    if day is None:
        raise InputError(
            expected="the day of the row", found=f"{stated_day!r}" if stated_day else "none", try_next="correct the row"
        )
    wording = words.of(row)
    event = wording.event
    settle = layout.text(row, Role.SETTLE)
    fx = layout.number(row, Role.FX)
    accrued = layout.number(row, Role.ACCRUED)
    price = layout.number(row, Role.PRICE)
    move = Move(
        line=row.line, day=day, account=wording.account or None, action=wording.action, words=wording.words,
        side=wording.side, price=price, net=layout.number(row, Role.NET), amount=layout.number(row, Role.AMOUNT),
        value=_last_value(row, layout), gross=_gross(row, layout),
        fx=None if fx is None or fx.value == 0 else fx.value, accrued=_ZERO if accrued is None else accrued.value,
        fees=_costs(row, layout, Role.FEE, signs), taxes=_costs(row, layout, Role.TAX, signs),
        currency=wording.currency,
        price_currency=(price.currency if price is not None else None) or wording.price_code,
        settles=days.day(settle) if settle else None, booked=days.booked(stated_day), second=days.second(stated_day),
        id=layout.text(row, Role.ID) or None, ref=layout.text(row, Role.REF) or None, event=event,
    )  # fmt: skip
    if event is not None:
        reported = layout.text(row, Role.AS_OF)
        move.reported = days.day(reported) if reported else None
    _take_units(move, row, layout)
    if event is None:
        _take_prose(move, wording.text)
    elif not wording.named:
        raise InputError(expected="what the company is", found=f"{move.words!r}", try_next="correct the row")
    move.what, quoted = wording.thing(move.action, file, day)
    move.currency = move.currency or quoted
    return move


def _last_value(row: Row, layout: Layout) -> Cell | None:
    """Give the value in the currency of the account, which stands behind the one in the instrument's (Degiro)."""
    cells = [cell for c in layout.of(Role.VALUE) if (cell := layout.cell(row, c)) is not None]
    return cells[-1] if cells else None


def _gross(row: Row, layout: Layout) -> Cell | None:
    columns = layout.of(Role.GROSS)
    if len(columns) > 1:
        columns = sorted(columns, key=lambda c: "proceeds" not in plain_words(c.header))
    return next((cell for c in columns if (cell := layout.cell(row, c)) is not None), None)


def _costs(row: Row, layout: Layout, role: Role, signs: dict[int, int]) -> list[Cell]:
    costs = []
    for column in layout.of(role):
        cell = layout.cell(row, column)
        if cell is not None:
            costs.append(Cell(value=cell.value * signs[column.at], currency=cell.currency, digits=cell.digits))
        else:
            _refuse_unread(row, column)
    return costs


def _refuse_unread(row: Row, column: Column) -> None:
    text = row.cells[column.at].strip() if column.at < len(row.cells) else ""
    if text and any(c.isdigit() for c in text):
        raise InputError(
            expected=f"a number in {column.header!r}", found=f"{text!r}, which is none or could be two",
            try_next="write the number plainly, such as 1234.5",
        )  # fmt: skip


def _take_units(move: Move, row: Row, layout: Layout) -> None:
    stated = layout.text(row, Role.QUANTITY)
    removed = _REMOVED.fullmatch(stated)
    if removed is not None:
        move.removed = 1 if removed["side"] == "S" else -1
        move.quantity = Cell(value=Decimal(removed["units"]))
        return
    move.quantity = layout.number(row, Role.QUANTITY)
    for role in (Role.QUANTITY, Role.PRICE, Role.NET, Role.AMOUNT, Role.VALUE):
        column = layout.first(role)
        if column is None or column.at >= len(row.cells) or is_empty(row.cells[column.at]):
            continue
        if layout.cell(row, column) is None:
            _refuse_unread(row, column)


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
