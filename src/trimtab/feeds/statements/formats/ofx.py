"""OFX and QFX: investment and bank statements (versions 1 and 2).

OFX 1 is SGML: tags of values are not closed. Securities are named by ``UNIQUEID``, mostly a CUSIP; tickers, and terms
of options, stand in SECLIST. Units of a short position are negative with some senders and positive with others:
``POSTYPE SHORT`` decides. ``SHORTBALANCE`` and ``MARGINBALANCE`` are parts of what is told already. A number may have a
decimal comma. The day is as written, whatever its offset.
"""

import datetime as dt
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation

from trimtab.errors import FileFormatError, InputError
from trimtab.feeds.statements.booking.context import Remarks
from trimtab.feeds.statements.booking.identity import ThingTexts, identify
from trimtab.feeds.statements.booking.positions import prove_position
from trimtab.feeds.statements.records import (
    CashReading,
    Fact,
    FactReading,
    Fault,
    Holds,
    Identity,
    LeftOut,
    PositionReading,
    Statement,
)
from trimtab.feeds.statements.road import Settings
from trimtab.market.reading.numbers import Cell

__all__ = ["read_ofx"]

_TOKEN = re.compile(r"<(/?)([A-Za-z0-9._]+)[^>]*>([^<]*)")
_KINDS = {"POSSTOCK": "stock", "POSOPT": "option", "POSMF": "fund", "POSDEBT": "bond", "POSOTHER": ""}
_TRADES = {
    "BUYSTOCK": 1, "BUYMF": 1, "BUYDEBT": 1, "BUYOPT": 1, "BUYOTHER": 1, "SELLSTOCK": -1, "SELLMF": -1, "SELLDEBT": -1,
    "SELLOPT": -1, "SELLOTHER": -1,
}  # fmt: skip
_SHORTS = {"SELLSHORT", "SELLTOOPEN"}
_INCOMES = {
    "DIV": Fact.DIVIDEND,
    "CGLONG": Fact.DIVIDEND,
    "CGSHORT": Fact.DIVIDEND,
    "INTEREST": Fact.INTEREST,
    "MISC": Fact.DIVIDEND,
}
_BANK = {"DIV": Fact.DIVIDEND, "INT": Fact.INTEREST, "FEE": Fact.FEE, "SRVCHG": Fact.FEE}
#: What else a list of transactions may hold and no single row settles.
_UNREAD = {"TRANSFER", "SPLIT", "RETOFCAP", "CLOSUREOPT", "JRNLSEC", "JRNLFUND"}
_ZERO = Decimal(0)


@dataclass(slots=True)
class _Tag:
    name: str
    text: str = ""
    below: "list[_Tag]" = field(default_factory=list)

    def all(self, *names: str) -> "Iterator[_Tag]":
        for tag in self.below:
            if tag.name in names:
                yield tag
            yield from tag.all(*names)

    def get(self, name: str) -> str:
        return next((t.text for t in self.all(name) if t.text), "")


def _tree(text: str) -> _Tag:
    """Build the tree of tags; a tag with text behind it is a value, whether it is closed or not."""
    root = _Tag("")
    stack = [root]
    for closing, name, behind in _TOKEN.findall(text):
        tag = name.upper()
        value = html.unescape(behind).strip()
        if closing:
            names = [t.name for t in stack]
            if tag in names[1:]:
                del stack[len(names) - 1 - names[::-1].index(tag) :]
        elif value:
            stack[-1].below.append(_Tag(tag, value))
        else:
            made = _Tag(tag)
            stack[-1].below.append(made)
            stack.append(made)
    return root


def _number(text: str) -> Decimal | None:
    plain = text.replace(" ", "")
    plain = plain.replace(",", "") if "." in plain else plain.replace(",", ".")
    try:
        return Decimal(plain) if plain else None
    except InvalidOperation:
        return None


def _day(text: str) -> dt.date | None:
    match = re.match(r"(\d{4})(\d\d)(\d\d)", text)
    return None if match is None else dt.date(int(match[1]), int(match[2]), int(match[3]))


def read_ofx(text: str, *, name: str, settings: Settings) -> Statement:
    """Read the statements of an OFX file.

    Raises
    ------
    FileFormatError
        If it holds no statement.
    """
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise FileFormatError(expected="OFX without declarations", found=f"one in {name}", try_next="download it again")
    root = _tree(text)
    statements = list(root.all("INVSTMTRS", "STMTRS", "CCSTMTRS"))
    if not statements:
        raise FileFormatError(
            expected="a statement of investments or of a bank account",
            found=f"none in {name}",
            try_next="download it again",
        )
    listed = {t.get("UNIQUEID"): t for t in root.all("STOCKINFO", "OPTINFO", "MFINFO", "DEBTINFO", "OTHERINFO")}
    remarks = Remarks()
    if not re.search(r"</OFX>\s*$", text, re.IGNORECASE):
        remarks.faults.append(
            Fault(line=0, why="the file ends before </OFX>: rows may be missing", try_next="download it again")
        )
    positions: list[PositionReading] = []
    cash: list[CashReading] = []
    facts: list[FactReading] = []
    days, accounts = [], []
    for part in statements:
        account = settings.account or part.get("ACCTID") or None
        day = settings.as_of or _day(part.get("DTASOF"))
        days.append(day)
        accounts += [account] if account else []
        reader = _Reader(
            part=part,
            account=account,
            day=day,
            currency=part.get("CURDEF"),
            listed=listed,
            settings=settings,
            remarks=remarks,
        )
        positions += reader.positions()
        facts += reader.facts()
        cash += reader.cash()
    by_content = {
        (True, True): Holds.MIXED, (True, False): Holds.POSITIONS, (False, True): Holds.TRANSACTIONS,
        (False, False): Holds.CASH,
    }  # fmt: skip
    holds = by_content[bool(positions), bool(facts)]
    bank = not any(t.name == "INVSTMTRS" for t in statements)
    return Statement(
        name=name, format="ofx-investment" if not bank else "ofx-bank", why="tags of an OFX statement",
        holds=Holds.CASH if bank else holds, as_of=max((d for d in days if d is not None), default=None),
        accounts=tuple(dict.fromkeys(accounts)), positions=tuple(positions), cash=tuple(cash), facts=tuple(facts),
        left_out=tuple(remarks.left_out), notes=tuple(remarks.notes), asks=tuple(remarks.asks),
        faults=tuple(remarks.faults),
    )  # fmt: skip


@dataclass(slots=True, kw_only=True)
class _Reader:
    part: _Tag
    account: str | None
    day: dt.date | None
    currency: str
    listed: dict[str, _Tag]
    settings: Settings
    remarks: Remarks

    def identity(self, tag: _Tag, kind: str) -> Identity:
        unique, scheme = tag.get("UNIQUEID"), tag.get("UNIQUEIDTYPE").lower()
        info = self.listed.get(unique, _Tag(""))
        if info.name == "OPTINFO":
            kind = "option"
        texts = ThingTexts(
            symbol=info.get("TICKER") or ("" if scheme in {"cusip", "isin", "sedol"} else unique),
            name=info.get("SECNAME"), kind=kind or {"MFINFO": "fund", "DEBTINFO": "bond"}.get(info.name, ""),
            codes={scheme: unique} if scheme in {"cusip", "isin", "sedol"} else {},
            expiry=_day(info.get("DTEXPIRE") or info.get("DTMAT")), strike=_number(info.get("STRIKEPRICE")),
            right=info.get("OPTTYPE"), multiplier=_number(info.get("SHPERCTRCT")),
        )  # fmt: skip
        return identify(texts, contracts=self.settings.contracts, as_of=self.day)

    def own_currency(self, tag: _Tag) -> str:
        return next((t.get("CURSYM") for t in tag.all("CURRENCY", "ORIGCURRENCY")), "") or self.currency

    def positions(self) -> list[PositionReading]:
        made = []
        for number, tag in enumerate(self.part.all(*_KINDS), start=1):
            try:
                made.append(self.position(number, tag))
            except InputError as error:
                self.remarks.faults.append(Fault(line=number, why=f"{error.found} (expected {error.expected})"))
        return made

    def position(self, number: int, tag: _Tag) -> PositionReading:
        units, price, value = (_number(tag.get(n)) for n in ("UNITS", "UNITPRICE", "MKTVAL"))
        if units is None:
            raise InputError(expected="units", found=f"none of {tag.get('UNIQUEID')}", try_next="correct the file")
        short = tag.get("POSTYPE").upper() == "SHORT"
        quantity = -abs(units) if short else units
        made = PositionReading(
            line=number, account=self.account, what=self.identity(tag, _KINDS[tag.name]), quantity=quantity,
            currency=self.own_currency(tag) or None, price=price, market_value=value,
        )  # fmt: skip
        if price is None or value is None:
            return made
        cells = [Cell(value=v, digits=max(0, -int(v.as_tuple().exponent))) for v in (quantity, price, value)]
        return prove_position(made, cells[0], cells[1], cells[2], self.remarks)

    def cash(self) -> list[CashReading]:
        names = ("AVAILCASH",) if self.part.name == "INVSTMTRS" else ("LEDGERBAL",)
        made = []
        for tag in self.part.all(*names):
            amount = _number(tag.text or tag.get("BALAMT"))
            if amount is not None:
                made.append(
                    CashReading(
                        line=0, account=self.account, currency=self.currency or None, amount=amount, note=names[0]
                    )
                )
            self.day = self.day or _day(tag.get("DTASOF"))
        for tag in self.part.all("SHORTBALANCE", "MARGINBALANCE"):
            if _number(tag.text):
                self.remarks.left_out.append(LeftOut((0,), f"{tag.name} {tag.text}: in positions or cash already"))
        return made

    def facts(self) -> list[FactReading]:
        made: list[FactReading] = []
        seen: set[str] = set()
        bank = () if self.part.name == "INVSTMTRS" else ("STMTTRN",)
        names = (*_TRADES, "INCOME", "REINVEST", "INVBANKTRAN", "INVEXPENSE", "MARGININTEREST", *_UNREAD, *bank)
        for number, tag in enumerate(self.part.all(*names), start=1):
            key = tag.get("FITID")
            if key and key in seen:
                self.remarks.left_out.append(LeftOut((number,), f"the entry {key} a second time"))
                continue
            seen.add(key)
            try:
                made += self.fact(number, tag)
            except InputError as error:
                self.remarks.faults.append(Fault(line=number, why=f"{error.found} (expected {error.expected})"))
        return made

    def fact(self, number: int, tag: _Tag) -> list[FactReading]:
        day = _day(tag.get("DTTRADE") or tag.get("DTPOSTED"))
        total = _number(tag.get("TOTAL") or tag.get("TRNAMT"))
        if day is None or total is None or tag.name in _UNREAD:
            raise InputError(
                expected="a trade, income or booking of money", found=f"{tag.name} of {day or 'no day'}",
                try_next="write it as an action or transaction of its own",
            )  # fmt: skip
        bare = FactReading(
            lines=(number,), account=self.account, day=day, fact=Fact.DEPOSIT, currency=self.own_currency(tag) or None,
            cash=total,
            settles=_day(tag.get("DTSETTLE")), action=tag.name, id=tag.get("FITID") or None,
        )  # fmt: skip
        if tag.name in _TRADES or tag.name == "REINVEST":
            return self.trade(tag, bare)
        return [self.money(tag, bare)]

    def money(self, tag: _Tag, bare: FactReading) -> FactReading:
        what = self.identity(tag, "") if tag.get("UNIQUEID") else None
        total = bare.cash or _ZERO
        if tag.name == "INCOME":
            fact = _INCOMES.get(tag.get("INCOMETYPE").upper(), Fact.DIVIDEND)
            return replace(bare, fact=fact, what=what, tax=_number(tag.get("WITHHOLDING")) or None)
        if tag.name == "INVEXPENSE":
            return replace(bare, fact=Fact.FEE, what=what, cash=-abs(total))
        if tag.name == "MARGININTEREST":
            return replace(bare, fact=Fact.INTEREST)
        kind = _BANK.get(tag.get("TRNTYPE").upper())
        return replace(
            bare, fact=kind or (Fact.DEPOSIT if total > 0 else Fact.WITHDRAWAL), action=tag.get("NAME") or tag.name
        )

    def trade(self, tag: _Tag, bare: FactReading) -> list[FactReading]:
        units, price = _number(tag.get("UNITS")), _number(tag.get("UNITPRICE"))
        if units is None or units == 0:
            raise InputError(expected="units", found=f"none in {tag.name}", try_next="correct the file")
        what = self.identity(tag, "")
        sign = _TRADES.get(tag.name, 1)
        fact = Fact.BUY if sign > 0 else Fact.SELL
        if sign < 0 and {tag.get("SELLTYPE").upper(), tag.get("OPTSELLTYPE").upper()} & _SHORTS:
            fact = Fact.SHORT
        costs = [_number(tag.get(n)) for n in ("COMMISSION", "FEES", "LOAD")]
        stated = [c for c in costs if c is not None]
        total = -sign * abs(bare.cash or _ZERO)
        made = replace(
            bare, fact=fact, what=what,
            quantity=abs(units) * sign,
            price=price, cash=total, fee=sum(stated, _ZERO) if stated else None, tax=_number(tag.get("TAXES")) or None,
        )  # fmt: skip
        if tag.name != "REINVEST":
            return [made]
        return [replace(bare, fact=Fact.DIVIDEND, what=what, cash=-total), made]
