"""SWIFT messages: MT535 statement of holdings, MT940 statement of an account.

The comma is the decimal sign and ends every number (``1200,``); ``N`` before a number is minus. ``:35B:`` spans lines:
``/DE/`` is a WKN, ``/GB/`` a SEDOL, ``/US/`` a ticker or CUSIP. ``FAMT`` is face amount, ``PRCT`` a price in percent.
Parts of a balance (SUBBAL) are in the balance already. Some banks leave out block headers.

In MT940 ``C`` and ``D`` give the sign, ``RC`` and ``RD`` reverse it; opening balance, entries and closing balance must
add up. Securities stand in free text only: a purchase is booked as the money leg, its shares come from another file.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from trimtab.errors import InputError
from trimtab.feeds.statements.booking.context import Remarks
from trimtab.feeds.statements.booking.identity import ThingTexts, identify
from trimtab.feeds.statements.booking.positions import prove_position
from trimtab.feeds.statements.cells.words import read_action
from trimtab.feeds.statements.records import (
    Ask,
    CashReading,
    Fact,
    FactReading,
    Fault,
    Holds,
    Identity,
    LeftOut,
    NameKind,
    PositionReading,
    Statement,
)
from trimtab.feeds.statements.road import Settings
from trimtab.market.reading.numbers import Cell
from trimtab.model.names.codes import read_code
from trimtab.model.names.records import CodeName

__all__ = ["read_mt535", "read_mt940"]

_FIELD = re.compile(r"^:(\d\d[A-Z]?):(.*)$")
_SIGNED = re.compile(r"(?P<minus>N)?(?P<currency>[A-Z]{3})?(?P<number>\d[\d]*,\d*|\d+)$")
_ENTRY = re.compile(
    r"(?P<value>\d{6})(?P<entry>\d{4})?(?P<mark>R?[CD])(?P<funds>[A-Z])?(?P<amount>\d+,\d*)(?P<code>[NFS][A-Z0-9]{3})?(?P<ref>.*)"
)
_BALANCE = re.compile(r"(?P<mark>[CD])(?P<day>\d{6})(?P<currency>[A-Z]{3})(?P<amount>\d+,\d*)")
_ISIN = re.compile(r"(?<![A-Z0-9])([A-Z]{2}[A-Z0-9]{9}\d)(?![A-Z0-9])")
_UNITS = re.compile(r"\b(?:STUECK|STK|STUCK|NOM|SHARES|QTY|UNITS)\.?\s*(\d+(?:[.,]\d+)?)", re.IGNORECASE)
_SECURITIES = re.compile(
    r"WERTPAPIER|EFFEKTEN|\bSECURIT(?:Y|IES)\b|\bBOURSE\b|\bTITRES\b|\bVALORES\b|\bTITOLI\b|\bISIN\b", re.IGNORECASE
)
_BALANCES = frozenset(["60F", "60M", "62F", "62M"])
_ZERO, _CENT = Decimal(0), Decimal("0.01")
#: Transaction codes of field 61 that say what an entry is for.
_CODES = {
    "SEC": Fact.SETTLEMENT, "DIV": Fact.DIVIDEND, "INT": Fact.INTEREST, "CHG": Fact.FEE, "COM": Fact.FEE,
    "TAX": Fact.TAX,    "CPN": Fact.INTEREST,
}  # fmt: skip


@dataclass(slots=True, kw_only=True)
class _Field:
    line: int
    tag: str
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.lines).strip()


#: Fields that only holdings have.
_OF_HOLDINGS = frozenset(["35B", "93B"])


def _fields(text: str) -> Iterator[_Field]:
    current: _Field | None = None
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        match = _FIELD.match(line.strip())
        if match is not None:
            if current is not None:
                yield current
            current = _Field(line=number, tag=match[1], lines=[match[2].strip()])
        elif current is not None and line.strip() not in {"-", "-}"} and line[:1] != "{":
            current.lines.append(line.strip())
    if current is not None:
        yield current


def _number(text: str) -> tuple[Decimal, str, int]:
    """Read ``NUSD12846,``: the number with its sign, its currency, and its digits behind the comma."""
    match = _SIGNED.search(text.strip())
    if match is None:
        raise InputError(expected="a number such as 1200,", found=f"{text!r}", try_next="correct the message")
    value = Decimal(match["number"].rstrip(",").replace(",", "."))
    digits = len(match["number"].partition(",")[2])
    return (-value if match["minus"] else value), match["currency"] or "", digits


def _day(text: str) -> dt.date | None:
    digits = re.search(r"(\d{8})", text)
    return dt.datetime.strptime(digits[1], "%Y%m%d").date() if digits is not None else None  # noqa: DTZ007 - a day has no zone


def read_mt535(text: str, *, name: str, settings: Settings) -> Statement:
    """Read statements of holdings: one message, or several of several accounts."""
    remarks = Remarks()
    if "{4:" in text and not text.rstrip().endswith("-}"):
        remarks.faults.append(_unbalanced(0, "the message ends before -}"))
    positions: list[PositionReading] = []
    accounts: dict[str, dt.date | None] = {}
    days: set[dt.date] = set()
    for message in _parted(_fields(text), lambda part: part.tag == "16R" and part.text == "GENL"):
        account, day = _take_holdings(message, settings, positions, remarks)
        accounts |= {account: day} if account else {}
        days |= set() if day is None else {day}
        if day is None:
            remarks.ask(Ask("day", "the message states no day (:98A::STAT)"))
    if len(days) > 1:
        _ask_last(days, remarks)
    return Statement(
        name=name, format="swift-mt535", why="blocks of a statement of holdings", holds=Holds.POSITIONS,
        as_of=max(days, default=None), accounts=tuple(accounts), positions=tuple(positions),
        left_out=tuple(remarks.left_out), notes=(*remarks.notes, "the message holds securities only, no cash"),
        asks=tuple(remarks.asks), faults=tuple(remarks.faults),
    )  # fmt: skip


def _ask_last(days: set[dt.date], remarks: Remarks) -> None:
    ends = ", ".join(sorted(map(str, days)))
    remarks.ask(Ask("day", f"accounts of the file end on several days ({ends})", taken=f"{max(days)}"))


def _parted(parts: Iterator[_Field], begins: Callable[[_Field], bool]) -> Iterator[list[_Field]]:
    """Part the messages of a file by the field that each begins with."""
    message: list[_Field] = []
    begun = False
    for part in parts:
        if begins(part) and begun:
            yield message
            message = []
        begun = begun or begins(part)
        message.append(part)
    if message:
        yield message


def _take_holdings(
    message: list[_Field], settings: Settings, positions: list[PositionReading], remarks: Remarks
) -> tuple[str | None, dt.date | None]:
    """Read one message; give its account and its day."""
    heads, blocks = _blocks(iter(message), remarks)
    stated = next((p.text.rpartition("//")[2] for p in heads if p.tag[:2] == "97" and "SAFE" in p.text), "")
    account = settings.account or stated or None
    day = settings.as_of or next((_day(p.text) for p in heads if p.tag == "98A" and "STAT" in p.text), None)
    if not blocks and not any(p.tag == "17B" and p.text.endswith("ACTI//N") for p in heads):
        remarks.faults.append(_unbalanced(0, "no holding, and nothing says that there is none (:17B::ACTI//N)"))
    if any(p.tag == "28E" and p.text.endswith("/MORE") for p in heads):
        remarks.ask(Ask("pages", "the message is one of several (:28E: MORE): the others are holdings too"))
    own: list[PositionReading] = []
    for block in blocks:
        _take_holding(block, account, day, settings, own, remarks)
    for total in (p for p in heads if "HOLP" in p.text):
        remarks.left_out.append(LeftOut((total.line,), "the total of the holdings"))
        _check_holdings(total, own, remarks)
    positions += own
    return account, day


def _check_holdings(total: _Field, positions: list[PositionReading], remarks: Remarks) -> None:
    """Compare the total of the holdings with them, where all are in its currency."""
    stated, currency, _ = _number(total.text)
    values = [p.market_value for p in positions if (p.value_currency or p.currency) == currency]
    worth = [value for value in values if value is not None]
    if len(worth) == len(positions) and abs(sum(worth, _ZERO) - stated) > _CENT * max(len(worth), 1):
        remarks.ask(
            Ask("total", f"the total in line {total.line} is {stated}, the holdings add up to {sum(worth, _ZERO)}",
                lines=(total.line,))
        )  # fmt: skip


def _blocks(parts: Iterator[_Field], remarks: Remarks) -> tuple[list[_Field], list[list[_Field]]]:
    """Part the fields of the message from those of each holding; parts of a balance are left out."""
    heads: list[_Field] = []
    blocks: list[list[_Field]] = []
    depth: list[str] = []
    for part in parts:
        if part.tag == "16R":
            depth.append(part.text)
            blocks += [[]] if part.text == "FIN" else []
        elif part.tag == "16S":
            if depth[-1:] != [part.text]:
                remarks.faults.append(_unbalanced(part.line, f"the block {part.text!r} ends and was not the open one"))
            depth = depth[: depth.index(part.text)] if part.text in depth else depth
        elif depth[-1:] == ["FIN"]:
            blocks[-1].append(part)
        elif "FIN" not in depth:
            if part.tag in _OF_HOLDINGS:
                remarks.faults.append(
                    _unbalanced(part.line, f"a field :{part.tag}: of a holding stands outside of any")
                )
            heads.append(part)
        elif part.tag.startswith("93"):
            remarks.left_out.append(LeftOut((part.line,), "a part of the balance above it"))
    if depth:
        remarks.faults.append(_unbalanced(0, f"the message ends inside of the block {depth[-1]!r}"))
    return heads, blocks


def _unbalanced(line: int, why: str) -> Fault:
    return Fault(line=line, why=why, try_next="get the whole message: a holding may be missing")


def _take_holding(
    block: list[_Field],
    account: str | None,
    day: dt.date | None,
    settings: Settings,
    positions: list[PositionReading],
    remarks: Remarks,
) -> None:
    try:
        positions.append(_holding(block, account, day, settings, remarks))
    except InputError as error:
        remarks.faults.append(
            Fault(line=block[0].line if block else 0, why=f"{error.found} (expected {error.expected})")
        )


def _holding(
    block: list[_Field], account: str | None, day: dt.date | None, settings: Settings, remarks: Remarks
) -> PositionReading:
    by_tag = {part.tag[:2] + ":" + part.text.split("//")[0].strip(":"): part for part in block}
    named = next((p for p in block if p.tag == "35B"), None)
    balance, price = by_tag.get("93:AGGR"), by_tag.get("90:MRKT") or by_tag.get("90:INDC")
    value = by_tag.get("19:HOLD")
    if named is None or balance is None:
        raise InputError(
            expected="a security and its balance (:35B:, :93B::AGGR)", found="one of them", try_next="correct it"
        )
    texts, face = _security(named), "FAMT" in balance.text
    texts.kind = "bond" if face else ""
    what = identify(texts, contracts=settings.contracts, as_of=day)
    quantity, _, _ = _number(balance.text)
    quoted, currency, digits = _number(price.text) if price is not None else (None, "", 0)
    worth, worth_currency, worth_digits = _number(value.text) if value is not None else (None, "", 0)
    made = PositionReading(
        line=named.line, account=account, what=what, quantity=quantity, currency=currency or worth_currency or None,
        price=quoted, market_value=worth,
        price_unit="percent" if face or (price is not None and "PRCT" in price.text) else "unit",
        value_currency=worth_currency if currency and worth_currency not in {"", currency} else None,
    )  # fmt: skip
    if quoted is not None and worth is not None and made.value_currency is None:
        made = prove_position(
            made,
            Cell(value=quantity),
            Cell(value=quoted, digits=digits),
            Cell(value=worth, digits=worth_digits),
            remarks,
        )
    return made


def _security(part: _Field) -> ThingTexts:
    texts = ThingTexts()
    for line in part.lines:
        isin = re.match(r"ISIN\s+([A-Z0-9]{12})", line)
        local = re.match(r"/([A-Z]{2})/(\S+)", line)
        if isin is not None:
            texts.codes["isin"] = isin[1]
        elif local is not None:
            _local_code(texts, local[1], local[2])
        elif line and not texts.name:
            texts.name = line
        elif line:
            texts.name += f" {line}"
    return texts


def _local_code(texts: ThingTexts, country: str, code: str) -> None:
    read = read_code(code)
    if country == "DE":
        texts.codes["wkn"] = code
    elif isinstance(read, CodeName) and any(c.isdigit() for c in code):
        texts.codes[read.scheme.value] = code
    else:
        texts.symbol = code


def read_mt940(text: str, *, name: str, settings: Settings) -> Statement:
    """Read statements of accounts: money only."""
    remarks = Remarks()
    facts: list[FactReading] = []
    closing: dict[tuple[str | None, str], _Balance] = {}
    for message in _parted(_fields(text), lambda part: part.tag == "20"):
        _take_message(message, settings.account or None, closing, facts, remarks)
    accounts = dict.fromkeys(account for account, _ in closing if account)
    days = {balance.day for balance in closing.values()}
    if len(days) > 1:
        _ask_last(days, remarks)
    cash = tuple(
        CashReading(line=b.line, account=account, currency=currency, amount=b.amount, note="closing balance")
        for (account, currency), b in closing.items()
    )  # fmt: skip
    return Statement(
        name=name, format="swift-mt940", why="balances and entries of an account", holds=Holds.CASH,
        as_of=max(days, default=None), accounts=tuple(accounts), cash=cash, facts=tuple(facts),
        left_out=tuple(remarks.left_out),
        notes=("money only: shares that were bought come from the file of the custodian or broker",),
        asks=tuple(remarks.asks), faults=tuple(remarks.faults),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Balance:
    """A balance as stated, and where."""

    line: int
    day: dt.date
    amount: Decimal


def _take_message(
    parts: list[_Field], account: str | None, closing: dict[tuple[str | None, str], _Balance],
    facts: list[FactReading], remarks: Remarks,
) -> None:  # fmt: skip
    """Take the statement of one account, or one page of it: opening balance, entries and closing balance add up."""
    account = account or next((p.text for p in parts if p.tag == "25"), None)
    stated = [(p, m) for p in parts if p.tag in _BALANCES and (m := _read_balance(p, remarks)) is not None]
    currency = stated[0][1][0] if stated else ""
    opening = next((b for p, (_, b) in stated if p.tag.startswith("60")), None)
    end = next((b for p, (_, b) in reversed(stated) if p.tag.startswith("62")), None)
    moved = Decimal(0)
    for at, part in enumerate(parts):
        if part.tag == "61":
            after = parts[at + 1] if at + 1 < len(parts) and parts[at + 1].tag == "86" else None
            entry = _entry(part, after, account, currency, remarks)
            facts += [] if entry is None else [entry]
            moved += _ZERO if entry is None or entry.cash is None else entry.cash
    if opening is not None:
        before = closing.get((account, currency))
        _check_step(opening.line, "the balance before", before, _ZERO, opening.amount, currency, remarks)
        if before is None:
            remarks.left_out.append(LeftOut((opening.line,), "the opening balance: a check"))
    if end is not None:
        _check_step(end.line, "opening", opening, moved, end.amount, currency, remarks)
        closing[account, currency] = end
    elif any(p.tag == "61" for p in parts):
        remarks.ask(Ask("balance", "no closing balance (:62F:): nothing proves that the entries are all"))


def _check_step(
    line: int, word: str, before: _Balance | None, moved: Decimal, after: Decimal, currency: str, remarks: Remarks
) -> None:
    if before is not None and before.amount + moved != after:
        remarks.faults.append(
            Fault(line=line, why=f"{word} {before.amount} and entries {moved} do not make {after} {currency}",
                  try_next="download the whole statement")
        )  # fmt: skip


def _read_balance(part: _Field, remarks: Remarks) -> tuple[str, _Balance] | None:
    """Read a balance and its currency."""
    match = _BALANCE.match(part.text)
    if match is None:
        remarks.faults.append(Fault(line=part.line, why=f"a balance that cannot be read: {part.text!r}"))
        return None
    amount = _amount(match["amount"]) * (1 if match["mark"] == "C" else -1)
    return match["currency"], _Balance(line=part.line, day=_short_day(match["day"]), amount=amount)


def _amount(text: str) -> Decimal:
    return Decimal(text.rstrip(",").replace(",", "."))


def _short_day(text: str) -> dt.date:
    return dt.datetime.strptime(text, "%y%m%d").date()  # noqa: DTZ007 - a day has no zone


def _entry(
    part: _Field, after: _Field | None, account: str | None, currency: str, remarks: Remarks
) -> FactReading | None:
    """Read one entry with the text behind it."""
    match = _ENTRY.match(part.lines[0])
    if match is None:
        remarks.faults.append(Fault(line=part.line, why=f"an entry that cannot be read: {part.text[:60]!r}"))
        return None
    amount = _amount(match["amount"]) * (1 if match["mark"] in {"C", "RD"} else -1)
    narrative = "" if after is None else "".join(after.lines)
    prose = re.sub(r"\?\d\d", " ", narrative).strip()
    isin, units = _ISIN.search(prose), _UNITS.search(prose)
    fact = _fact(match["code"] or "", narrative, prose, amount, has_isin=isin is not None)
    what = None if isin is None else Identity(kind=NameKind.SHARE, codes=(("isin", isin[1]),))
    if fact is Fact.SETTLEMENT:
        of = f"{units[1] if units is not None else 'units'} of {isin[1]}" if isin is not None else "securities"
        remarks.ask(
            Ask("settlement", f"line {part.line}: {amount} {currency} for {of}: whose units are in another file",
                taken="neither a deposit nor a withdrawal; the closing balance holds it", lines=(part.line,))
        )  # fmt: skip
    return FactReading(
        lines=(part.line,), account=account, day=_short_day(match["value"]), fact=fact, what=what, currency=currency,
        cash=amount, shares=Decimal(units[1].replace(",", ".")) if units is not None and what is not None else None,
        action=prose[:80], id=_reference(match["ref"]),
    )  # fmt: skip


def _reference(text: str) -> str | None:
    """Give the customer's reference; NONREF says that there is none."""
    reference = text.split("//", maxsplit=1)[0].strip()
    return None if reference in {"", "NONREF"} else reference


def _fact(code: str, told: str, prose: str, amount: Decimal, *, has_isin: bool) -> Fact:
    """Say what an entry was for: by its codes, by its words, by its sign."""
    fact = _CODES.get(code[1:])
    action = read_action(prose)
    named = fact or (action.fact if action is not None else None)
    # German banks number their business: 3xx is that with securities, 302 coupons and dividends.
    is_of_securities = has_isin or _SECURITIES.search(prose) or re.match(r"3(?!02)\d\d\?", told)
    if named in {Fact.DIVIDEND, Fact.INTEREST, Fact.FEE, Fact.TAX}:
        return named
    if named in {Fact.BUY, Fact.SELL, Fact.SHORT, Fact.SETTLEMENT} or is_of_securities:
        return Fact.SETTLEMENT
    return Fact.DEPOSIT if amount > 0 else Fact.WITHDRAWAL
