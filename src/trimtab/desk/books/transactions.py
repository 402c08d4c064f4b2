"""Transactions: what was traded, how one is known again, and what a file of them would add.

A transaction with an id is that id: a row that says something else under a known id corrects it, and one with the
status cancelled (or a quantity of 0) takes it out of the book for good.

Without an id it is its moment, symbol, quantity and price, and how many equal ones stand in one file. So a file that
comes again adds nothing, in whatever order and under whatever name; but two equal trades that arrive in two files
cannot be told from one trade that arrives twice, and count once. Only ids tell them apart.

What a row does not say it does not correct: a file without fees leaves the fees that are known.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import NotRequired, TypedDict

from trimtab.desk.books.actions import Action
from trimtab.desk.books.journal import Journal
from trimtab.errors import Failure
from trimtab.model.currencies import CURRENCIES

__all__ = ["TRADES", "ReadTransactions", "Transaction", "TransactionKey", "known_transactions", "plain"]

_MONEY = frozenset(["cash", "currency", "money"])
#: Kinds of row that are trades.
TRADES = frozenset(["buy", "sell", "short", "cover", "trade"])
_COSTS = frozenset(["fee", "tax", "borrow_cost"])
TransactionKey = tuple[str, str, str, str]


def plain(value: Decimal | None) -> str:
    """Write a number in one way only, so that 100, 100.0 and 1E+2 are the same.

    Examples
    --------
    >>> plain(Decimal("100.0")), plain(Decimal("1E+2")), plain(None)
    ('100', '100', '')
    """
    if value is None:
        return ""
    if not value:
        return "0"
    text = str(value.normalize())
    return format(value.normalize(), "f") if "E" in text else text


#: Many rows are of one day.
_day_text = lru_cache(maxsize=5_000)(dt.date.isoformat)


class TransactionBody(TypedDict):
    """What is kept of a transaction; numbers as text. A correction names the line that it corrects."""

    time: str
    day: str
    symbol: str
    quantity: str
    price: str | None
    fee: str | None
    id: str | None
    cancelled: bool
    terms: Mapping[str, str]
    line: NotRequired[list[int]]
    fact: NotRequired[str]
    details: NotRequired[Mapping[str, str]]
    amends: NotRequired[int]
    row: NotRequired[int]
    order: NotRequired[str]


class _Rows(TypedDict):
    rows: list[TransactionBody]
    part: NotRequired[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """One trade, or one movement of cash.

    Parameters
    ----------
    time
        When: a day (2024-01-02), or a moment (2024-01-02T15:30:00, with Z at the end where it is UTC).
    day
        The calendar day on the clock it was written with: the book changes on it.
    symbol
        What; a currency code for cash.
    quantity
        Bought +, sold -; for cash received +, paid -.
    price
        Of one unit, as quoted; None for cash.
    fee
        Paid +, in the instrument's currency; None if not said.
    id
        The name its source gave it; None if it gave none.
    cancelled
        Whether it is said not to have happened.
    terms
        Columns that describe the instrument, as in a holdings file.
    fact
        Its kind, a word of `trimtab.ledger.entry.records`; empty: a trade, or money that came or went, by its symbol
        and sign.
    details
        Further columns of that kind: amount, per_unit, settlement, into, ...
    amends
        Of a row that says which row it corrects: the number of the correction; 0 for all others.
    row
        Its line in the file, for messages; 0 if nobody knows.
    order
        The client order id of the order that it fills; empty if it names none.
    """

    time: str
    day: dt.date
    symbol: str
    quantity: Decimal
    price: Decimal | None = None
    fee: Decimal | None = None
    id: str | None = None
    cancelled: bool = False
    terms: Mapping[str, str] = field(default_factory=dict)
    fact: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    amends: int = 0
    row: int = field(default=0, compare=False)
    order: str = ""

    @property
    def key(self) -> TransactionKey:
        """What it is known by where it has no id."""
        symbol = f"{self.fact} {self.symbol}" if self.fact else self.symbol
        return (self.time, symbol, plain(self.quantity), plain(self.price))

    @property
    def plain_keys(self) -> tuple[TransactionKey, ...]:
        """What its money was known by as rows that say no kind."""
        if self.fact == "conversion":
            details = self.details
            moved = ((details["bought_currency"], details["bought"]), (details["sold_currency"], f"-{details['sold']}"))
            return tuple((self.time, currency, plain(Decimal(amount)), "") for currency, amount in moved)
        if not self.fact or "amount" not in self.details:
            return ()
        return ((self.time, self.terms.get("currency", ""), plain(self.quantity), ""),)

    @property
    def content(self) -> tuple[str, ...]:
        """Everything it says but its id, in one spelling."""
        words = (f"{name}={text}" for name, text in sorted(self.terms.items()))
        more = (f"{name}={text}" for name, text in sorted(self.details.items()))
        filling = (f"order={self.order}",) if self.order else ()
        return (*self.key, plain(self.fee), str(self.cancelled), *words, *more, *filling)

    def describe(self) -> str:
        """Say it in a few words.

        Examples
        --------
        >>> Transaction(time="2024-01-02", day=dt.date(2024, 1, 2), symbol="A", quantity=Decimal(-5)).describe()
        '-5 A on 2024-01-02'
        """
        if self.fact:
            return self._describe_fact()
        at = "" if self.price is None else f" at {plain(self.price)}"
        fee = "" if not self.fee else f", fee {plain(self.fee)}"
        return f"{plain(self.quantity)} {self.symbol}{at} on {self.time}{fee}" + (
            " (cancelled)" if self.cancelled else ""
        )

    def _describe_fact(self) -> str:
        of = f" {self.symbol}" if self.symbol else ""
        currency = self.terms.get("currency")
        phrases = [f"{name} {text}" for name, text in self.details.items()]
        phrases += [f"price {plain(self.price)}"] if self.price is not None else []
        phrases += [f"fee {plain(self.fee)}"] if self.fee else []
        phrases += [f"in {currency}"] if currency else []
        return f"{self.fact.replace('_', ' ')}{of} on {self.time}: {', '.join(phrases) or 'all of it'}" + (
            " (cancelled)" if self.cancelled else ""
        )

    def becomes(self) -> str:
        """Say which kind of fact it becomes.

        Examples
        --------
        >>> Transaction(time="2024-01-02", day=dt.date(2024, 1, 2), symbol="A", quantity=Decimal(-5)).becomes()
        'sale'
        """
        if self.cancelled:
            return "cancellation"
        if self.fact:
            word = self.fact.replace("_", " ")
            # Costs are written with a minus: one that came in must be seen.
            return f"{word} received" if self.fact in _COSTS and self.quantity > 0 else word
        if self.terms.get("kind", "").lower() in _MONEY or (self.symbol in CURRENCIES and "kind" not in self.terms):
            return "deposit" if self.quantity > 0 else "withdrawal"
        return "purchase" if self.quantity > 0 else "sale"

    def record(self) -> dict[str, str]:
        """Give a row that says its kind under the names of the ledger's entry."""
        _, _, clock = self.time.partition("T")
        written = {
            "kind": self.fact, "date": self.day.isoformat(), "time": clock.removesuffix("Z"), "symbol": self.symbol,
            "price": plain(self.price), "fee": plain(self.fee), "id": self.id or "",
            "currency": self.terms.get("currency", ""), **self.details,
        }  # fmt: skip
        return {name: text for name, text in written.items() if text}

    def body(self) -> TransactionBody:
        """Give what is kept of it in a journal entry."""
        body = self._plain_body()
        if self.fact:
            body["fact"], body["details"] = self.fact, self.details
        if self.amends:
            body["amends"] = self.amends
        if self.row:
            body["row"] = self.row
        if self.order:
            body["order"] = self.order
        return body

    def _plain_body(self) -> TransactionBody:
        return {
            "time": self.time,
            "day": _day_text(self.day),
            "symbol": self.symbol,
            "quantity": str(self.quantity),
            "price": None if self.price is None else str(self.price),
            "fee": None if self.fee is None else str(self.fee),
            "id": self.id,
            "cancelled": self.cancelled,
            "terms": self.terms,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTransactions:
    """The transactions of a file, with what is shown of the reading; see `trimtab.desk.books.intake.Records`."""

    name: str
    rows: tuple[Transaction, ...]
    columns: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTransaction:
    """A transaction as it stands now, with where it was first written down and everything said of it before.

    Parameters
    ----------
    line
        (journal number, position in that entry) of the first statement; corrections name it.
    now
        As it stands.
    versions
        Every statement about it, the last one among them.
    seqs
        The journal numbers of these statements.
    part
        The broker's account that it is of, where its file named one.
    """

    line: tuple[int, int]
    now: Transaction
    versions: tuple[Transaction, ...]
    seqs: tuple[int, ...]
    part: str = ""

    @property
    def said(self) -> tuple[tuple[str, ...], ...]:
        """The contents of every statement about it."""
        return tuple(version.content for version in self.versions)


def known_transactions(
    journal: Journal, portfolio: str, known: int | None = None, *, part: str | None = None
) -> tuple[KnownTransaction, ...]:
    """Give the transactions of a portfolio as known at a journal number, cancelled ones among them, by time.

    With `part` those of one of its broker's accounts alone.
    """
    lines: dict[tuple[int, int], KnownTransaction] = {}
    for entry in journal.entries("transactions", subject=portfolio, known=known):
        kept = entry.read_as(_Rows)
        of = kept.get("part", "")
        if part is not None and of != part:
            continue
        for position, body in enumerate(kept["rows"]):
            stated = _from_body(body)
            line = (int(body["line"][0]), int(body["line"][1])) if "line" in body else (entry.seq, position)
            before = lines.get(line)
            lines[line] = KnownTransaction(
                line=line,
                now=stated,
                versions=(*before.versions, stated) if before else (stated,),
                seqs=(*before.seqs, entry.seq) if before else (entry.seq,),
                part=of,
            )
    return tuple(sorted(lines.values(), key=lambda k: (k.now.day, k.now.time, k.line)))


def _from_body(body: TransactionBody) -> Transaction:
    return Transaction(
        time=body["time"],
        day=dt.date.fromisoformat(body["day"]),
        symbol=body["symbol"],
        quantity=Decimal(body["quantity"]),
        price=None if body["price"] is None else Decimal(body["price"]),
        fee=None if body["fee"] is None else Decimal(body["fee"]),
        id=body["id"],
        cancelled=body["cancelled"],
        terms=body["terms"],
        fact=body.get("fact", ""),
        details=body.get("details", {}),
        amends=body.get("amends", 0),
        row=body.get("row", 0),
        order=body.get("order", ""),
    )
