"""Rows that say which kind of fact they are: dividends, deposits, options' ends, splits, corrections, ..."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from trimtab.desk.books.actions import Action, ActionKind
from trimtab.desk.books.transactions import TRADES, Transaction
from trimtab.errors import InputError
from trimtab.ledger.entry.makers import MAKERS
from trimtab.ledger.entry.records import fact_of_record

__all__ = ["DETAILS", "DETAIL_NUMBERS", "fact_word", "is_fact_word", "market_action", "stated_fact"]

#: Columns of facts beside those of a trade.
DETAILS = (
    "amount", "per_unit", "per_new_unit", "tax", "sold", "sold_currency", "bought", "bought_currency", "new", "old",
    "ratio", "basis", "cash", "fraction_price", "into", "into_price", "new_symbol", "cost", "acquired", "units",
    "final", "everywhere", "lots", "fee_currency", "target", "number",
)  # fmt: skip
#: Those of them that are numbers.
DETAIL_NUMBERS = (
    "amount", "per_unit", "tax", "sold", "bought", "new", "old", "basis", "cash", "fraction_price", "into_price",
    "cost", "units", "number",
)  # fmt: skip
_SAME = {
    "cash_dividend": "dividend", "div": "dividend", "dividends": "dividend", "special": "special_dividend",
    "payment_in_lieu": "dividend_in_lieu", "pil": "dividend_in_lieu", "fees": "fee", "commission": "fee",
    "withholding_tax": "tax", "funding_fee": "funding", "borrow_fee": "borrow_cost", "exchange": "conversion",
    "fx": "conversion", "forex": "conversion", "exercise": "exercised", "assignment": "assigned",
    "expiration": "expired", "expiry": "expired", "stock_split": "split", "reverse_split": "split",
    "spinoff": "spin_off", "takeover": "merger", "rename": "symbol_change", "ticker_change": "symbol_change",
    "contribution": "deposit", "bought": "buy", "purchase": "buy", "sale": "sell", "cancel": "cancellation",
    "sell_short": "short", "buy_to_cover": "cover", "realised_gain": "gain", "realized_gain": "gain",
    "realised_pnl": "gain", "realized_pnl": "gain", "variation_margin": "gain",
}  # fmt: skip
#: Facts of the market: prices and every account know them.
_MARKET = {"split": ActionKind.SPLIT, "symbol_change": ActionKind.SYMBOL, "multiplier_change": ActionKind.MULTIPLIER}
_OF_MONEY = frozenset(
    ["deposit", "withdrawal", "interest", "fee", "tax", "funding", "borrow_cost", "rebate", "dividend",
     "special_dividend", "dividend_in_lieu", "coupon", "gain"]
)  # fmt: skip
_RATIO = re.compile(r"([\d.]+)\s*(?::|/|for|-for-)\s*([\d.]+)", re.IGNORECASE)


def fact_word(text: str) -> str:
    """Give the word for a kind of fact, in the ledger's spelling.

    Examples
    --------
    >>> fact_word("Cash Dividend"), fact_word("spin-off"), fact_word("gift")
    ('dividend', 'spin_off', 'gift')
    """
    word = "_".join(re.split(r"[\s_-]+", text.strip().lower()))
    return _SAME.get(word, word)


def is_fact_word(text: str) -> bool:
    """Tell whether a word is one for a kind of fact, and none for a kind of instrument."""
    word = fact_word(text)
    return word in MAKERS or word == "cancellation"


def stated_fact(
    record: Mapping[str, str], where: str, *, moment: str, day: str, terms: Mapping[str, str], signed: bool
) -> Transaction:
    """Make a transaction of a row that says its kind.

    Parameters
    ----------
    record
        Cells by name, numbers plainly.
    where
        File and row.
    moment, day
        When, as texts.
    terms
        What the row says of the instrument.
    signed
        Whether quantities of the file have signs.

    Raises
    ------
    InputError
        If it is no fact: an unknown kind, a split of 0, a merger without terms, ...
    """
    word = fact_word(record["fact"])
    details = {name: record[name] for name in DETAILS if name in record and name not in {"target", "number"}}
    terms = dict(terms)
    if word == "cancellation":
        target = record.get("target", record.get("id"))
        if target is None:
            raise InputError(
                expected="the id of what is cancelled", found=f"none ({where})", try_next="fill the column target"
            )
        return Transaction(
            time=moment, day=dt.date.fromisoformat(day), symbol=record.get("symbol", ""), quantity=Decimal(0),
            id=target, cancelled=True,
        )  # fmt: skip
    if _is_number(terms.get("settlement")):
        details["settlement"] = terms.pop("settlement")
    if word in _OF_MONEY and "amount" not in details and "per_unit" not in details and "quantity" in record:
        details["amount"] = record["quantity"]
    elif "quantity" in record:
        details["quantity"] = record["quantity"]
    if word == "trade" and record.get("side"):
        details["side"] = fact_word(record["side"])
    made = Transaction(
        time=moment, day=dt.date.fromisoformat(day), symbol=record.get("symbol", ""),
        quantity=_size(word, details), price=_decimal(record, "price"), fee=_decimal(record, "fee"),
        id=record.get("id"), terms=terms, fact=word, details=details,
    )  # fmt: skip
    if word == "trade" and not signed and "side" not in details:
        fact_of_record(made.record(), where, signed=False)
    if word == "multiplier_change":
        fact_of_record({**made.record(), "multiplier": terms.get("multiplier", "")}, where)
    else:
        fact_of_record(made.record(), where)
    _check_sense(made, record, where)
    if "target" in record:
        return replace(made, id=record["target"], amends=int(_decimal(record, "number") or 1))
    return made


def _check_sense(made: Transaction, record: Mapping[str, str], where: str) -> None:
    """Refuse a row whose columns say two things.

    Raises
    ------
    InputError
        If it is a deposit of less than nothing, or corrects by id what is known by symbol and day.
    """
    if made.fact == "deposit" and made.details.get("amount", "").startswith("-"):
        raise InputError(
            expected="a positive amount for a deposit", found=f"{made.details['amount']} ({where})",
            try_next="write money that left as a withdrawal",
        )  # fmt: skip
    if made.fact in _MARKET and "target" in record:
        raise InputError(
            expected=f"no target for a {made.fact.replace('_', ' ')}: a row of the same symbol and day corrects it, "
            "and with the status cancelled takes it back",
            found=f"target {record['target']} ({where})",
            try_next="leave target empty",
        )


def _size(word: str, details: Mapping[str, str]) -> Decimal:
    """Give the number that tells a row from others of its kind, signed where it is a trade."""
    text = next((details[n] for n in ("quantity", "amount", "per_unit", "sold", "units") if n in details), "0")
    size = Decimal(text)
    return -abs(size) if word in TRADES and word in {"sell", "short"} else size


def market_action(made: Transaction) -> Action | None:
    """Give a split, a change of symbol or of contract terms as an action: prices know it, and every account.

    Raises
    ------
    InputError
        If it says no ratio, name or multiplier.
    """
    kind = _MARKET.get(made.fact)
    if kind is None:
        return None

    def number(name: str) -> Decimal | None:
        text = made.details.get(name) or made.terms.get(name)
        return None if text is None else Decimal(text)

    ratio = None
    if kind is ActionKind.SPLIT:
        new, old = number("new"), number("old") or Decimal(1)
        parts = _RATIO.fullmatch(made.details.get("ratio", "").strip())
        if parts is not None:
            new, old = Decimal(parts[1]), Decimal(parts[2])
        elif "ratio" in made.details:
            new, old = Decimal(made.details["ratio"]), Decimal(1)
        ratio = None if new is None else new / old
    return Action(
        kind=kind, symbol=made.symbol, effective=made.day, ratio=ratio,
        new_symbol=made.details.get("new_symbol") if kind is ActionKind.SYMBOL else None,
        multiplier=number("multiplier") if kind is ActionKind.MULTIPLIER else None,
        tick=number("tick") if kind is ActionKind.MULTIPLIER else None,
        lot=number("lot") if kind is ActionKind.MULTIPLIER else None,
        fraction_price=number("fraction_price") if kind is ActionKind.SPLIT else None, cancelled=made.cancelled,
        id=made.id or "",
    )  # fmt: skip


def _decimal(record: Mapping[str, str], name: str) -> Decimal | None:
    return Decimal(record[name]) if name in record else None


def _is_number(text: str | None) -> bool:
    try:
        return text is not None and Decimal(text).is_finite()
    except InvalidOperation:
        return False
