"""What each kind of row becomes."""

from collections.abc import Callable
from decimal import Decimal

from trimtab.ledger.entry.columns import Row
from trimtab.ledger.facts.amendments import Event
from trimtab.ledger.facts.contracts import Delivery, OptionEnd, OptionEndKind, Roll, Settlement
from trimtab.ledger.facts.corporate import Delisting, Merger, MultiplierChange, SpinOff, Split, SymbolChange
from trimtab.ledger.facts.header import Subject
from trimtab.ledger.facts.income import Payout, PayoutKind, StockDividend
from trimtab.ledger.facts.money import CashItem, CashKind, Conversion, Deposit, Direction, Transfer, Withdrawal
from trimtab.ledger.facts.trades import Side, Trade

__all__ = ["MAKERS"]

Maker = Callable[[Row, str, bool], Event]
_ZERO, _ONE = Decimal(0), Decimal(1)


def _trade(row: Row, kind: str, signed: bool) -> Event:
    subject, quantity = row.subject(), row.number("quantity")
    side = row.columns.get("side", "" if kind == "trade" else kind).lower()
    if subject.instrument is not None and subject.instrument.is_money:
        return _cash_row(row, subject.symbol, quantity, side)
    if side and side not in Side.__members__.values():
        raise row.refuse(expected=f"a side: {', '.join(Side)}", found=f"{side!r}", try_next="correct the row")
    if not side:
        if not signed:
            raise row.refuse(
                expected=f"which way {quantity} {subject.symbol} went",
                found="a quantity without a sign, and no side",
                try_next="add a side (buy, sell, short, cover), or write sales as negative",
            )
        side = "buy" if quantity > 0 else "sell"
    if quantity < 0 and side in (Side.BUY, Side.COVER):
        raise row.refuse(
            expected=f"a positive quantity, or no side, for a {side}", found=f"{quantity}", try_next="correct the row"
        )
    # A broker's sale of -100 is one sale of 100: the side has said it already.
    return Trade(
        day=row.day("date"), of=subject, side=Side(side), quantity=abs(quantity), price=row.number("price"),
        fee=row.number("fee", _ZERO), fee_currency=row.currency("fee_currency")[0], lots=_lots(row),
    )  # fmt: skip


def _lots(row: Row) -> tuple[tuple[str, Decimal], ...]:
    """Read lots written as name=units, separated by semicolons."""
    parts = [p.strip() for p in row.columns.get("lots", "").split(";") if p.strip()]
    lots = []
    for part in parts:
        name, _, units = part.rpartition("=")
        lots.append(
            (name or units, Row({"units": units if name else ""}, row.where, row.instrument_of).number("units"))
        )
    return tuple(lots)


def _cash_row(row: Row, currency: str, quantity: Decimal, side: str) -> Event:
    """Make a deposit or withdrawal of a row of money; a price of 1 says nothing more."""
    price = row.maybe("price")
    if price not in (None, _ONE):
        raise row.refuse(
            expected="money without a price, or with price 1",
            found=f"{quantity} {currency} at {price}",
            try_next="write an exchange as a conversion: sold, sold_currency, bought, bought_currency",
        )
    out = quantity < 0 or side == "sell"
    make = Withdrawal if out else Deposit
    return make(day=row.day("date"), currency=currency, amount=abs(quantity))


def _flow(row: Row, kind: str, _signed: bool) -> Event:
    make = Deposit if kind == "deposit" else Withdrawal
    currency, minor = row.currency()
    code = currency or row.text("symbol")
    amount = abs(row.number("amount" if "amount" in row.columns else "quantity"))
    return make(day=row.day("date"), currency=code, amount=amount / 100 if minor else amount)


def _transfer(row: Row, kind: str, _signed: bool) -> Event:
    return Transfer(
        day=row.day("date"), of=row.subject(), direction=Direction(kind.removeprefix("transfer_")),
        quantity=row.number("quantity"), price=row.number("price"), cost=row.maybe("cost"),
        acquired=row.day("acquired") if "acquired" in row.columns else None, lots=_lots(row),
    )  # fmt: skip


def _conversion(row: Row, _kind: str, _signed: bool) -> Event:
    return Conversion(
        day=row.day("date"), sold_currency=row.text("sold_currency"), sold=abs(row.number("sold")),
        bought_currency=row.text("bought_currency"), bought=abs(row.number("bought")),
        fee=row.number("fee", _ZERO), fee_currency=row.currency("fee_currency")[0],
    )  # fmt: skip


def _item(row: Row, kind: str, _signed: bool) -> Event:
    currency, minor = row.currency()
    amount = row.number("amount")
    return CashItem(
        day=row.day("date"), kind=CashKind(kind), amount=amount / 100 if minor else amount, currency=currency,
        of=Subject(symbol=row.text("symbol"), instrument=row.instrument_of(row.columns))
        if "symbol" in row.columns else None,
    )  # fmt: skip


def _payout(row: Row, kind: str, _signed: bool) -> Event:
    return Payout(
        day=row.day("date"), of=row.subject(), kind=PayoutKind(kind), per_unit=row.maybe("per_unit"),
        total=row.maybe("amount"), per_new_unit=row.flag("per_new_unit", False), tax=row.number("tax", _ZERO),
        everywhere=row.flag("everywhere", False),
    )  # fmt: skip


def _stock_dividend(row: Row, _kind: str, _signed: bool) -> Event:
    return StockDividend(
        day=row.day("date"), of=row.subject(), per_unit=row.maybe("per_unit"), units=row.maybe("quantity"),
        price=row.maybe("price"), everywhere=row.flag("everywhere", False),
    )  # fmt: skip


def _ratio(row: Row) -> tuple[Decimal, Decimal]:
    """Read new and old, or a ratio such as 3:2 or 4."""
    if "ratio" not in row.columns:
        return row.number("new"), row.number("old", _ONE)
    new, _, old = row.columns["ratio"].partition(":")
    parts = Row({"new": new, "old": old or "1"}, row.where, row.instrument_of)
    return parts.number("new"), parts.number("old")


def _split(row: Row, _kind: str, _signed: bool) -> Event:
    new, old = _ratio(row)
    return Split(
        day=row.day("date"), of=row.subject(), new=new, old=old, fraction_price=row.maybe("fraction_price"),
        everywhere=row.flag("everywhere", True),
    )  # fmt: skip


def _into(row: Row) -> Subject | None:
    return Subject(symbol=row.columns["into"]) if "into" in row.columns else None


def _spin_off(row: Row, _kind: str, _signed: bool) -> Event:
    new, old = _ratio(row)
    return SpinOff(
        day=row.day("date"), of=row.subject(), into=Subject(symbol=row.text("into")), new=new, old=old,
        basis=row.number("basis"), fraction_price=row.maybe("fraction_price"), everywhere=row.flag("everywhere", True),
    )  # fmt: skip


def _merger(row: Row, _kind: str, _signed: bool) -> Event:
    new, old = _ratio(row) if {"new", "ratio"} & set(row.columns) else (None, _ONE)
    return Merger(
        day=row.day("date"), of=row.subject(), into=_into(row), new=new, old=old, cash=row.number("cash", _ZERO),
        price=row.maybe("price"), fraction_price=row.maybe("fraction_price"), everywhere=row.flag("everywhere", True),
    )  # fmt: skip


def _symbol(row: Row, _kind: str, _signed: bool) -> Event:
    return SymbolChange(day=row.day("date"), of=row.subject(), new_symbol=row.text("new_symbol"))


def _multiplier(row: Row, _kind: str, _signed: bool) -> Event:
    return MultiplierChange(
        day=row.day("date"), of=row.subject(), multiplier=row.number("multiplier"), tick=row.maybe("tick"),
        lot=row.maybe("lot"), settlement=row.maybe("settlement"),
    )  # fmt: skip


def _delisting(row: Row, _kind: str, _signed: bool) -> Event:
    return Delisting(
        day=row.day("date"), of=row.subject(), price=row.number("price", _ZERO), everywhere=row.flag("everywhere", True)
    )


def _option_end(row: Row, kind: str, _signed: bool) -> Event:
    quantity = row.maybe("quantity")
    return OptionEnd(
        day=row.day("date"), of=row.subject(), kind=OptionEndKind(kind),
        quantity=None if quantity is None else abs(quantity), settlement=row.maybe("settlement"),
        fee=row.number("fee", _ZERO),
    )  # fmt: skip


def _settlement(row: Row, _kind: str, _signed: bool) -> Event:
    return Settlement(
        day=row.day("date"), of=row.subject(), price=row.number("price"), final=row.flag("final", False),
        everywhere=row.flag("everywhere", True),
    )  # fmt: skip


def _roll(row: Row, _kind: str, _signed: bool) -> Event:
    return Roll(
        day=row.day("date"), of=row.subject(), into=Subject(symbol=row.text("into")), price=row.number("price"),
        into_price=row.number("into_price"), quantity=row.maybe("quantity"), fee=row.number("fee", _ZERO),
    )  # fmt: skip


def _delivery(row: Row, _kind: str, _signed: bool) -> Event:
    return Delivery(
        day=row.day("date"), of=row.subject(), underlying=Subject(symbol=row.text("into")), price=row.number("price"),
        units=row.maybe("units"),
    )  # fmt: skip


MAKERS: dict[str, Maker] = {
    **dict.fromkeys([*Side, "trade"], _trade),
    **dict.fromkeys(["deposit", "withdrawal"], _flow),
    **dict.fromkeys(["transfer_in", "transfer_out"], _transfer),
    **dict.fromkeys([*CashKind], _item),
    **dict.fromkeys([*PayoutKind], _payout),
    **dict.fromkeys([*OptionEndKind], _option_end),
    "conversion": _conversion,
    "stock_dividend": _stock_dividend,
    "split": _split,
    "spin_off": _spin_off,
    "merger": _merger,
    "symbol_change": _symbol,
    "multiplier_change": _multiplier,
    "delisting": _delisting,
    "settlement": _settlement,
    "roll": _roll,
    "delivery": _delivery,
}
"""A maker for each word; it takes the row, the word, and whether quantities of the file have signs."""
