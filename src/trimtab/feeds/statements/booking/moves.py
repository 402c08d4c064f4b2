"""A row of transactions taken apart: what happened, to what, and every number it states. Nothing is decided here."""

import datetime as dt
import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from trimtab.errors import InputError
from trimtab.feeds.statements.booking.context import File, say
from trimtab.feeds.statements.booking.identity import ThingTexts, identify, option_in_prose
from trimtab.feeds.statements.cells.days import Days
from trimtab.feeds.statements.cells.events import Event, read_event
from trimtab.feeds.statements.cells.sheets import Row
from trimtab.feeds.statements.cells.spelling import plain_words
from trimtab.feeds.statements.cells.words import Action, direction, read_action
from trimtab.feeds.statements.columns.layout import Column, Layout
from trimtab.feeds.statements.columns.roles import Role
from trimtab.feeds.statements.records import Fact, Identity, NameKind
from trimtab.market.reading.numbers import Cell, read_cell
from trimtab.model.currencies import CURRENCIES
from trimtab.model.names.coins import COINS, read_pair
from trimtab.model.names.options import read_option

__all__ = ["Move", "cost_signs", "take_apart"]

_TRADED = re.compile(
    r"\b(?P<side>bought|sold|buy|sell|koop|verkoop|kauf|verkauf|achat|vente|compra|venta|acquisto|vendita)\s+"
    r"(?P<units>\d[\d.,']*)\s+(?:.+?\s)?(?:.*?@\s*|(?:zu je|at"
    r"|a)\s+)(?P<price>\d[\d.,']*)(?:\s*(?P<currency>[A-Z]{3})\b)?",
    re.IGNORECASE,
)
_CONVERTED = re.compile(r"to\s+(?P<units>\d[\d.,]*)\s+(?P<symbol>[A-Z0-9]{2,8})\b")
#: Interactive Brokers names the share of a dividend in its description: MSFT(US5949181045) Cash Dividend ...
_NAMED = re.compile(r"([A-Z0-9. ]{1,12}?)\s?\(([A-Z]{2}[A-Z0-9]{9}\d)\)")
_CUSIP = re.compile(r"\bCUSIP:?\s*([0-9A-Z]{9})\b")
#: Descriptions repeat.
_traded_in = lru_cache(maxsize=20_000)(_TRADED.search)
_named_in = lru_cache(maxsize=20_000)(_NAMED.match)
_cusip_in = lru_cache(maxsize=20_000)(_CUSIP.search)
_REMOVED = re.compile(r"(?P<units>\d+(?:\.\d+)?)(?P<side>[SL])")
_ISIN = 12
_WEAK = {Fact.DEPOSIT}
_PLAIN = {Fact.FEE, Fact.TAX, Fact.DIVIDEND, Fact.INTEREST, Fact.STAKING, Fact.WITHDRAWAL, Fact.DEPOSIT}
_FIAT = CURRENCIES - {"USDT", "USDC"}


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

    @property
    def fact(self) -> Fact | None:
        """What happened, as the row says it."""
        return self.action.fact

    @property
    def stated_amount(self) -> Cell | None:
        """The amount of money that the row states: net before gross."""
        return next((c for c in (self.net, self.amount, self.value, self.gross) if c is not None), None)

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


def take_apart(row: Row, layout: Layout, days: Days, file: File, signs: dict[int, int], *, section: str = "") -> Move:
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
    action_texts, described = layout_texts(row, layout, Role.ACTION), layout_texts(row, layout, Role.NOTE, Role.NAME)
    event = read_event(tuple(action_texts), tuple(described), section=section)
    words, action = _action(row, layout) if event is None else (event.words, Action(None))
    texts = say(row, layout, days)
    texts.prose = " ".join(described)
    if event is not None:
        _name_moved(texts, event)
    named = _named_in(texts.prose)
    if named is not None and not texts.symbol:
        texts.symbol, texts.name = named[1], ""
        texts.codes.setdefault("isin", named[2])
    cusip = _cusip_in(texts.prose)
    if cusip is not None:
        texts.codes.setdefault("cusip", cusip[1])
    settle = layout.text(row, Role.SETTLE)
    fx = layout.number(row, Role.FX)
    accrued = layout.number(row, Role.ACCRUED)
    price = layout.number(row, Role.PRICE)
    move = Move(
        line=row.line, day=day, account=layout.text(row, Role.ACCOUNT) or file.account or None, action=action,
        words=words, price=price, net=layout.number(row, Role.NET), amount=layout.number(row, Role.AMOUNT),
        value=_last_value(row, layout), gross=_gross(row, layout),
        fx=None if fx is None or fx.value == 0 else fx.value, accrued=Decimal(0) if accrued is None else accrued.value,
        fees=_costs(row, layout, Role.FEE, signs), taxes=_costs(row, layout, Role.TAX, signs),
        currency=layout.row_currency(row), price_currency=_price_currency(price, row, layout),
        settles=days.day(settle) if settle else None, booked=days.booked(stated_day), second=days.second(stated_day),
        id=layout.text(row, Role.ID) or None, ref=layout.text(row, Role.REF) or None, event=event,
    )  # fmt: skip
    if event is not None:
        return _taken_by_company(move, row, layout, days, texts, file)
    side = layout.text(row, Role.SIDE)
    if side:
        move.side, opened = _side(side), read_action(side)
        if opened is not None and opened.fact is Fact.SHORT and move.action.fact in {None, Fact.SELL}:
            move.action = opened
    _take_units(move, row, layout)
    _take_prose(move, f"{words} {texts.prose}")
    # Where no column has tickers or codes, a trade's thing is known by its name.
    by_name = move.action.trade and bool(texts.name) and not layout.has(Role.SYMBOL, Role.ISIN, Role.CUSIP, Role.CODE)
    if by_name or _has_thing(texts):
        move.what = _thing(texts, file, move)
    return move


def _name_moved(texts: ThingTexts, event: Event) -> None:
    """Say of what a company's act moves units: its description names that last, in brackets."""
    if event.moved:
        texts.symbol, texts.name = event.moved, ""
        texts.codes = {"isin" if len(event.moved_code) == _ISIN else "cusip": event.moved_code}
    elif event.of and not texts.symbol:
        texts.symbol = event.of
    texts.prose = ""  # It speaks of companies, not of options.


def _taken_by_company(move: Move, row: Row, layout: Layout, days: Days, texts: ThingTexts, file: File) -> Move:
    """Take units and money of a row that says what a company did."""
    reported = layout.text(row, Role.AS_OF)
    move.reported = days.day(reported) if reported else None
    signs = {a.sign for t in layout_texts(row, layout, Role.ACTION) if (a := read_action(t)) is not None and a.trade}
    side = layout.text(row, Role.SIDE)
    move.side = _side(side) if side else sum(signs - {0})
    _take_units(move, row, layout)
    if not _has_thing(texts):
        raise InputError(expected="what the company is", found=f"{move.words!r}", try_next="correct the row")
    move.what = _thing(texts, file, move)
    return move


def layout_texts(row: Row, layout: Layout, *roles: Role) -> list[str]:
    """Give all cells of some roles that say something."""
    return [row.cells[c.at] for role in roles for c in layout.of(role) if c.at < len(row.cells) and row.cells[c.at]]


def _price_currency(price: Cell | None, row: Row, layout: Layout) -> str:
    return (price.currency if price is not None else None) or _price_code(row, layout)


def _price_code(row: Row, layout: Layout) -> str:
    """Give the currency of an instrument that no column of prices owns."""
    for column in layout.of(Role.CURRENCY):
        words = plain_words(column.header)
        if column.owner == -2 and column.at < len(row.cells) and ("instrument" in words or "price" in words):
            return row.cells[column.at].strip().upper()
    return ""


def _last_value(row: Row, layout: Layout) -> Cell | None:
    """Give the value in the currency of the account, which stands behind the one in the instrument's (Degiro)."""
    cells = [cell for c in layout.of(Role.VALUE) if (cell := layout.cell(row, c)) is not None]
    return cells[-1] if cells else None


def _gross(row: Row, layout: Layout) -> Cell | None:
    columns = sorted(layout.of(Role.GROSS), key=lambda c: "proceeds" not in plain_words(c.header))
    return next((cell for c in columns if (cell := layout.cell(row, c)) is not None), None)


def _side(text: str) -> int:
    side = direction(text)
    if side is not None:
        return side
    action = read_action(text)
    if action is None or action.sign == 0:
        raise InputError(expected="a direction: buy or sell", found=f"{text!r}", try_next="correct the row")
    return action.sign


def _action(row: Row, layout: Layout) -> tuple[str, Action]:
    """Read what happened from the columns that say it, the most telling one."""
    texts = layout_texts(row, layout, Role.ACTION)
    read = [(text, action) for text in reversed(texts) if (action := read_action(text)) is not None]
    strong = [(t, a) for t, a in read if a.fact is not None and a.fact not in _WEAK]
    if strong:
        return strong[0]
    if not any(a.fact is not None for _, a in read) or not layout.text(row, Role.SYMBOL):
        for text in layout_texts(row, layout, Role.NOTE, Role.NAME):
            meaning = read_action(text)
            if meaning is None or meaning.fact is None:
                continue
            if meaning.fact is Fact.EXPIRY or (
                meaning.fact in _PLAIN and not layout.text(row, Role.QUANTITY).strip("0.,")
            ):
                return text, meaning
    weak = [(t, a) for t, a in read if a.fact is not None] or read
    if weak:
        return weak[0]
    side = layout.text(row, Role.SIDE)
    if side:
        return side, Action(Fact.BUY if _side(side) > 0 else Fact.SELL, _side(side), trade=True)
    if texts:
        raise InputError(
            expected="a word for what happened", found=f"{' / '.join(texts)[:80]!r}",
            try_next="write what it is (buy, sell, dividend, fee, ...), or leave the row out",
        )  # fmt: skip
    return "", Action(None, 0, trade=layout.has(Role.QUANTITY))


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
        if column is not None and layout.cell(row, column) is None:
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


def _has_thing(texts: ThingTexts) -> bool:
    return bool(texts.symbol or any(texts.codes.values()) or (texts.name and option_in_prose(texts.name)))


def _thing(texts: ThingTexts, file: File, move: Move) -> Identity:
    plain = texts.symbol.upper()
    if plain in _FIAT and not any(texts.codes.values()):
        return Identity(kind=NameKind.CASH, symbol=plain)
    pair = read_pair(texts.symbol) if not any(texts.codes.values()) else None
    if pair is not None and pair.base in COINS and pair.quote in CURRENCIES:
        move.currency = move.currency or pair.quote
        return Identity(kind=NameKind.COIN, symbol=pair.base, stated=texts.symbol)
    if read_option(texts.symbol) is None and not (move.action.trade or move.action.fact is Fact.EXPIRY):
        texts.prose = ""  # A dividend's description may speak of options; it is about the share.
    return identify(texts, contracts=file.contracts, as_of=move.day)
