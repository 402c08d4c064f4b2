"""Beancount ledger: the plain text of transactions, prices and assertions.

Only what stands in the file is read: no includes, no plugins. Money that meets an account of equity is outside money;
income and expenses are what they are called; everything else that is no trade is refused. A balance assertion of a day
speaks of its start: it is compared, never booked.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from trimtab.errors import InputError
from trimtab.feeds.statements.booking.context import Remarks
from trimtab.feeds.statements.records import (
    Fact,
    FactReading,
    Fault,
    Holds,
    Identity,
    LeftOut,
    NameKind,
    PriceReading,
    Statement,
)
from trimtab.feeds.statements.road import Settings
from trimtab.model.currencies import CURRENCIES

__all__ = ["read_beancount"]

_DIRECTIVE = re.compile(r"^(?P<day>\d{4}[-/]\d\d[-/]\d\d)\s+(?P<word>\S+)\s*(?P<rest>.*)$")
_NUMBER = r"[-+]?\d[\d,]*(?:\.\d*)?"
_POSTING = re.compile(
    rf"^\s+(?:[!*] )?(?P<account>[A-Z][\w:-]+)(?:\s+(?P<number>{_NUMBER})\s+(?P<unit>[A-Z][\w.'-]*)"
    rf"(?:\s*\{{(?P<cost>[^}}]*)\}}+)?(?:\s*(?P<at>@@?)\s*(?P<price>{_NUMBER})\s+(?P<priced>[A-Z][\w.'-]*))?)?\s*(?:;.*)?$"
)
_COST = re.compile(rf"(?P<number>{_NUMBER})\s+(?P<unit>[A-Z][\w.'-]*)")
_LABEL = re.compile(r'"([^"]+)"')
_ZERO = Decimal(0)


@dataclass(slots=True, kw_only=True)
class _Posting:
    account: str
    number: Decimal | None
    unit: str
    cost: Decimal | None = None
    cost_unit: str = ""
    label: str | None = None
    price: Decimal | None = None
    total_price: bool = False


@dataclass(slots=True, kw_only=True)
class _Entry:
    line: int
    day: dt.date
    word: str
    rest: str
    postings: list[_Posting] = field(default_factory=list)


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def _entries(text: str, remarks: Remarks) -> Iterator[_Entry]:
    current: _Entry | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        match = _DIRECTIVE.match(line)
        if match is not None:
            if current is not None:
                yield current
            day = dt.date.fromisoformat(match["day"].replace("/", "-"))
            current = _Entry(line=number, day=day, word=match["word"], rest=match["rest"])
        elif line[:1] in {" ", "\t"} and current is not None and current.word in {"*", "!", "txn"}:
            _take_posting(current, line, number, remarks)
        elif line[:1] in {" ", "\t"} and _is_posting(line):
            remarks.faults.append(Fault(line=number, why=f"a posting outside of a transaction: {line.strip()[:60]!r}"))
        elif line.startswith("include"):
            remarks.faults.append(
                Fault(line=number, why="the ledger includes another file", try_next="give that file as well")
            )
    if current is not None:
        yield current


def _is_posting(line: str) -> bool:
    match = _POSTING.match(line)
    return match is not None and match["number"] is not None


def _take_posting(entry: _Entry, line: str, number: int, remarks: Remarks) -> None:
    plain = line.strip()
    if not plain or plain.startswith(";") or re.match(r"^[a-z][\w-]*:", plain):
        return
    match = _POSTING.match(line)
    if match is None:
        remarks.faults.append(Fault(line=number, why=f"a posting that cannot be read: {plain[:60]!r}"))
        return
    cost = _COST.search(match["cost"] or "")
    label = _LABEL.search(match["cost"] or "")
    entry.postings.append(
        _Posting(
            account=match["account"], number=None if match["number"] is None else _decimal(match["number"]),
            unit=match["unit"] or "", cost=None if cost is None else _decimal(cost["number"]),
            cost_unit="" if cost is None else cost["unit"], label=None if label is None else label[1],
            price=None if match["price"] is None else _decimal(match["price"]), total_price=match["at"] == "@@",
        )
    )  # fmt: skip


def read_beancount(text: str, *, name: str, settings: Settings) -> Statement:
    """Read a ledger."""
    remarks = Remarks()
    facts: list[FactReading] = []
    account = settings.account
    prices: list[PriceReading] = []
    balances: dict[str, Decimal] = {}
    units: dict[tuple[str, str], Decimal] = {}
    checks: list[_Entry] = []
    for entry in sorted(_entries(text, remarks), key=lambda e: (e.day, e.line)):
        if entry.word in {"*", "!", "txn"}:
            try:
                facts += _transaction(entry, units)
            except InputError as error:
                remarks.faults.append(Fault(line=entry.line, why=f"{error.found} (expected {error.expected})"))
        elif entry.word == "price":
            _take_price(entry, prices)
        elif entry.word == "balance":
            checks.append(entry)
            _check(entry, units, balances, remarks)
        elif entry.word == "pad":
            remarks.faults.append(Fault(line=entry.line, why="pad makes up an amount", try_next="write the amount"))
        else:
            remarks.left_out.append(LeftOut((entry.line,), f"{entry.word}: no booking"))
    remarks.left_out += [LeftOut((e.line,), "a balance assertion: compared, not booked") for e in checks]
    facts = [replace(f, account=account) for f in facts] if account else facts
    accounts = tuple(dict.fromkeys(f.account for f in facts if f.account))
    return Statement(
        name=name, format="beancount", why="dated directives of a ledger", holds=Holds.TRANSACTIONS, accounts=accounts,
        facts=tuple(facts), prices=tuple(prices), balances=tuple(balances.items()), left_out=tuple(remarks.left_out),
        notes=tuple(remarks.notes), faults=tuple(remarks.faults),
    )  # fmt: skip


def _take_price(entry: _Entry, prices: list[PriceReading]) -> None:
    match = re.match(rf"(\S+)\s+({_NUMBER})\s+(\S+)", entry.rest)
    if match is not None:
        prices.append(
            PriceReading(line=entry.line, symbol=match[1], day=entry.day, price=_decimal(match[2]), currency=match[3])
        )


def _check(
    entry: _Entry, units: dict[tuple[str, str], Decimal], balances: dict[str, Decimal], remarks: Remarks
) -> None:
    match = re.match(rf"(\S+)\s+({_NUMBER})(?:\s*~\s*\S+)?\s+(\S+)", entry.rest)
    if match is None:
        return
    stated = _decimal(match[2])
    units_held = sum(
        (v for (account, unit), v in units.items() if unit == match[3] and account.startswith(match[1])), _ZERO
    )
    balances[match[3]] = stated
    if units_held != stated:
        remarks.faults.append(
            Fault(line=entry.line, why=f"{match[1]} holds {units_held} {match[3]} and the assertion says {stated}")
        )


def _is_ours(posting: _Posting) -> bool:
    return posting.account.startswith("Assets")


def _transaction(entry: _Entry, units: dict[tuple[str, str], Decimal]) -> list[FactReading]:
    if not entry.postings:
        raise InputError(
            expected="postings under a transaction",
            found=f"none under {entry.rest[:60]!r}",
            try_next="write them below it",
        )
    _fill_missing(entry)
    for p in entry.postings:
        key = (p.account, p.unit)
        units[key] = units.get(key, _ZERO) + (p.number or _ZERO)
    ours = [p for p in entry.postings if _is_ours(p)]
    things = [p for p in ours if p.unit not in CURRENCIES]
    money = [p for p in ours if p.unit in CURRENCIES]
    words = _LABEL.findall(entry.rest)
    currencies = {p.unit for p in money}
    if len(currencies) > 1 or len(things) > 1:
        raise InputError(expected="one thing against one currency", found=f"{entry.rest[:60]!r}", try_next="split it")
    cash = sum((p.number or _ZERO for p in money), _ZERO)
    bare = FactReading(
        lines=(entry.line,), account=_home((things or money or entry.postings)[0].account), day=entry.day,
        fact=Fact.DEPOSIT,
        currency=next(iter(currencies), None), cash=cash, action=" ".join(words)[:80],
    )  # fmt: skip
    return [_trade(things[0], entry, bare)] if things else [_money(entry, bare)]


def _home(account: str) -> str:
    return account.rpartition(":")[0] if account.count(":") > 1 else account


def _fill_missing(entry: _Entry) -> None:
    """Give the one posting without an amount what the others leave."""
    open_ones = [p for p in entry.postings if p.number is None]
    if not open_ones:
        return
    rest: dict[str, Decimal] = {}
    for p in entry.postings:
        if p.number is None:
            continue
        weight, unit = _weight(p)
        rest[unit] = rest.get(unit, _ZERO) - weight
    left = {unit: value for unit, value in rest.items() if value}
    if len(open_ones) > 1 or len(left) != 1:
        raise InputError(
            expected="at most one amount left out", found=f"{entry.rest[:60]!r}", try_next="write the amounts"
        )
    unit, value = next(iter(left.items()))
    open_ones[0].number, open_ones[0].unit = value, unit


def _weight(p: _Posting) -> tuple[Decimal, str]:
    number = p.number or _ZERO
    if p.cost is not None:
        return number * p.cost, p.cost_unit
    if p.price is not None:
        return (p.price * (1 if number > 0 else -1) if p.total_price else number * p.price), p.unit
    return number, p.unit


def _trade(thing: _Posting, entry: _Entry, bare: FactReading) -> FactReading:
    number = thing.number or _ZERO
    fees = sum((p.number or _ZERO for p in entry.postings if p.account.startswith("Expenses")), _ZERO)
    cost = thing.cost if number > 0 else None
    price = cost if thing.price is None else thing.price
    if price is not None and thing.total_price and thing.price is not None:
        price = price / abs(number)
    what = Identity(kind=NameKind.SHARE, symbol=thing.unit)
    if not bare.cash and any(p.account.startswith("Equity") for p in entry.postings):
        return replace(bare, fact=Fact.TRANSFER, what=what, quantity=number, price=price)
    if not bare.cash:
        raise InputError(expected="money against the units", found=f"none in {entry.rest[:60]!r}", try_next="write it")
    derived = None if price is not None else abs(bare.cash + fees) / abs(number)
    return replace(
        bare, fact=Fact.BUY if number > 0 else Fact.SELL, what=what, quantity=number, price=price, fee=fees or None,
        price_derived=derived, id=thing.label,
    )  # fmt: skip


def _money(entry: _Entry, bare: FactReading) -> FactReading:
    others = [p.account for p in entry.postings if not _is_ours(p)]
    cash = bare.cash or _ZERO
    if any(a.startswith("Income") for a in others):
        words = " ".join((*others, bare.action)).lower()
        fact = Fact.DIVIDEND if "div" in words else None
        if "interest" in words:
            fact = Fact.INTEREST
    elif others and all(a.startswith("Expenses") for a in others):
        fact = Fact.TAX if "tax" in " ".join(others).lower() else Fact.FEE
    elif others and all(a.startswith(("Equity", "Liabilities")) for a in others):
        fact = Fact.DEPOSIT if cash > 0 else Fact.WITHDRAWAL
    else:
        fact = None
    if fact is None or cash == 0:
        raise InputError(
            expected="a trade, income, an expense or money from equity",
            found=f"{entry.rest[:60]!r}",
            try_next="split it",
        )
    return replace(bare, fact=fact)
