"""Ledgers of legs: each row is a change of one coin or currency, and a trade is two rows or three.

Legs belong together by their reference (Kraken), or by their moment, a second apart at most (Binance). Taken one by one
they would be deposits and withdrawals, which is wrong.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from trimtab.errors import InputError
from trimtab.feeds.statements.booking.context import File, Remarks, table_days
from trimtab.feeds.statements.booking.running import Step, follow_balances
from trimtab.feeds.statements.cells.days import Days
from trimtab.feeds.statements.cells.sheets import Row
from trimtab.feeds.statements.cells.spelling import plain_words
from trimtab.feeds.statements.cells.words import Action, read_action
from trimtab.feeds.statements.columns.layout import Layout
from trimtab.feeds.statements.columns.roles import Role
from trimtab.feeds.statements.columns.tables import Table
from trimtab.feeds.statements.records import Ask, Fact, FactReading, Fault, Identity, LeftOut, NameKind
from trimtab.model.currencies import CURRENCIES
from trimtab.model.names.coins import COINS, coin_of

__all__ = ["Ledger", "is_ledger", "read_legs"]

_ZERO = Decimal(0)
_WALLET = (
    r"(?:spot|main|funding|fund|earn|savings?|staking|staked|margin|cross|isolated|futures?|trad(?:e|ing)|pool|options?|"
    r"card|p2p|vault|launchpool|(?:usd|usdt|usdc|usds|coin)[ -]?m(?:argined)?|um|cm|perpetuals?|derivatives?|simple|"
    r"flexible|locked)"
)
_WALLETS = re.compile(rf"{_WALLET}(?:[ /_-]*{_WALLET})*(?: (?:wallet|account))?", re.IGNORECASE)
_STABLE = {"USDT", "USDC"}
_INSIDE = (
    "transfer between",
    "allocation",
    "autoallocation",
    "deallocation",
    "migration",
    "spottostaking",
    "stakingfromspot",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Leg:
    line: int
    day: dt.date
    second: int
    account: str | None
    wallet: str
    action: Action
    words: str
    asset: str
    stated: str
    amount: Decimal
    fee: Decimal
    balance: Decimal | None
    ref: str
    id: str
    is_fee: bool

    @property
    def is_money(self) -> bool:
        return self.asset in CURRENCIES


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Facts of a ledger, and the last balance of each asset; of a wallet, coins are its money."""

    facts: list[FactReading]
    balances: dict[str, Decimal]
    last_day: dt.date | None
    is_wallet: bool = False


def is_ledger(table: Table, layout: Layout) -> bool:
    """Tell whether a table is one of legs: a date, a coin or money and what it changed by, and no price beside it."""
    lacks = (Role.PRICE, Role.QUANTITY, Role.NET, Role.VALUE, Role.ISIN, Role.SETTLE, Role.GROSS)
    money = any(c.owner == -1 for c in layout.of(Role.CURRENCY))
    if not all(layout.has(r) for r in (Role.DATE, Role.SYMBOL, Role.AMOUNT)) or layout.has(*lacks) or money:
        return False
    at = layout.of(Role.SYMBOL)[0].at
    assets = dict.fromkeys(row.cells[at] for row in table.rows if at < len(row.cells))
    return any(coin_of(a) in COINS or coin_of(a) in CURRENCIES for a in assets if a)


def read_legs(table: Table, layout: Layout, file: File, remarks: Remarks) -> Ledger:
    """Read a ledger of legs into facts.

    Parameters
    ----------
    table, layout
        Its rows, and what its columns are.
    file
        What is known of the file.
    remarks
        Takes what is left out and refused.
    """
    days = table_days(table, layout, file)
    legs = []
    for row in table.rows:
        try:
            legs.append(_leg(row, layout, days, file))
        except InputError as error:
            remarks.faults.append(Fault(line=row.line, why=f"{error.found} (expected {error.expected})"))
    legs = _confirmed(legs, remarks)
    ordered = legs if len(legs) < 2 or legs[0].second <= legs[-1].second else legs[::-1]
    follow_balances(
        [Step(g.line, (g.wallet, g.stated), g.amount - g.fee, g.balance) for g in ordered if g.balance is not None],
        remarks,
    )
    facts = []
    for group in _groups(legs, by_ref=layout.has(Role.REF)):
        try:
            made = _fact(group, remarks)
        except InputError as error:
            remarks.faults.append(Fault(line=group[0].line, why=f"{error.found} (expected {error.expected})"))
            continue
        facts += made
    return Ledger(facts=facts, balances=_last_balances(legs), last_day=max((g.day for g in legs), default=None))


def _leg(row: Row, layout: Layout, days: Days, file: File) -> _Leg:
    stated_day = layout.text(row, Role.DATE)
    day, second = days.day(stated_day), days.second(stated_day)
    amount, fee, balance = (layout.number(row, r) for r in (Role.AMOUNT, Role.FEE, Role.BALANCE))
    words = " / ".join(row.cells[c.at] for c in layout.of(Role.ACTION) if c.at < len(row.cells) and row.cells[c.at])
    action = read_action(words)
    stated = layout.text(row, Role.SYMBOL)
    lacking = {"a day": day, "an amount": amount, "a word for what happened": action, "an asset": stated or None}
    missing = next((name for name, value in lacking.items() if value is None), None)
    if missing is not None or day is None or second is None or amount is None or action is None:
        raise InputError(
            expected=missing or "a day", found=f"{words!r}" if words else "none", try_next="correct the row"
        )
    return _Leg(
        line=row.line, day=day, second=second, account=_owner(layout.text(row, Role.ACCOUNT)) or file.account or None,
        wallet=layout.text(row, Role.ACCOUNT), action=action, words=words, asset=coin_of(stated), stated=stated,
        amount=amount.value,
        fee=_ZERO if fee is None else abs(fee.value), balance=None if balance is None else balance.value,
        ref=layout.text(row, Role.REF), id=layout.text(row, Role.ID),
        is_fee=action.fact is Fact.FEE,
    )  # fmt: skip


def _owner(text: str) -> str:
    """Give the account that a cell names; a wallet inside of an account (Spot, Funding) names none.

    Examples
    --------
    >>> _owner("USD-M Futures"), _owner("10000001")
    ('', '10000001')
    """
    return "" if _WALLETS.fullmatch(text.strip()) else text


def _confirmed(legs: list[_Leg], remarks: Remarks) -> list[_Leg]:
    """Leave out an entry without a name of its own that another one confirms; and one that comes twice."""
    kept: list[_Leg] = []
    named = {(leg.ref, leg.asset, leg.amount) for leg in legs if leg.id and leg.ref}
    has_names = any(leg.id for leg in legs)
    seen: dict[tuple[object, ...], int] = {}
    for leg in legs:
        content = (leg.ref, leg.asset, leg.amount)
        whole = (leg.id, *content, leg.second, leg.words, leg.account, leg.fee, leg.balance)
        if not leg.id and content in named:
            remarks.left_out.append(LeftOut((leg.line,), "a pending entry that another row confirms: counted once"))
            continue
        if leg.id and (leg.id, *content) in seen:
            remarks.left_out.append(LeftOut((leg.line,), f"the entry {leg.id} a second time"))
            continue
        if not leg.id and whole in seen:
            remarks.ask(
                Ask("double", f"line {leg.line} says what line {seen[whole]} says: two entries, or one twice?",
                    taken="two", lines=(seen[whole], leg.line))
            )  # fmt: skip
        if has_names and not leg.id and not leg.ref:
            remarks.faults.append(
                Fault(line=leg.line, why="an entry without a name among entries that have one: is it pending?")
            )
        seen.setdefault(whole, leg.line)
        seen.setdefault((leg.id, *content), leg.line)
        kept.append(leg)
    return kept


def _is_part(leg: _Leg) -> bool:
    """Tell whether a leg may be one of several of a trade."""
    words = plain_words(leg.words)
    trades = leg.action.trade or leg.action.fact in {Fact.EXCHANGE, Fact.BUY, Fact.SELL}
    return trades or (leg.is_fee and ("transaction" in words or words == "fee")) or any(w in words for w in _INSIDE)


def _groups(legs: Sequence[_Leg], *, by_ref: bool) -> list[list[_Leg]]:
    groups: list[list[_Leg]] = []
    homes: dict[str, list[_Leg]] = {}
    for leg in legs:
        last = groups[-1] if groups else []
        home = homes.get(leg.ref) if by_ref and leg.ref else None
        if not by_ref:
            near = bool(last) and abs(last[-1].second - leg.second) <= 1 and last[-1].account == leg.account
            home = last if near and _is_part(leg) and _is_part(last[-1]) else None
        if home is None:
            groups.append([leg])
            homes[leg.ref] = groups[-1]
        else:
            home.append(leg)
    return groups


def _fact(group: list[_Leg], remarks: Remarks) -> list[FactReading]:
    if len(group) == 1 and not _is_part(group[0]):
        return [_alone(group[0])]
    net: dict[str, Decimal] = {}
    for leg in group:
        if not leg.is_fee:
            net[leg.asset] = net.get(leg.asset, _ZERO) + leg.amount
    lines = tuple(leg.line for leg in group)
    if all(value == 0 for value in net.values()) and net:
        remarks.left_out.append(LeftOut(lines, "between wallets of one owner: nothing came or went"))
        return []
    gains = {a: v for a, v in net.items() if v > 0}
    losses = {a: v for a, v in net.items() if v < 0}
    if len(gains) != 1 or len(losses) != 1:
        raise InputError(
            expected="two sides of a trade",
            found=", ".join(f"{v} {a}" for a, v in net.items()),
            try_next="add its rows",
        )
    (got, came), (gave, went) = next(iter(gains.items())), next(iter(losses.items()))
    made = _joined(group, got=(got, came), gave=(gave, went), lines=lines)
    words = {leg.action.fact for leg in group} & {Fact.BUY, Fact.SELL}
    if len(words) == 1 and made.fact in {Fact.BUY, Fact.SELL} - words:
        remarks.ask(
            Ask("direction", f"line {lines[0]}: {group[0].words!r}, and the signs of its rows say a {made.fact.value}",
                taken=f"a {made.fact.value}", lines=lines)
        )  # fmt: skip
    return [made]


def _joined(
    group: list[_Leg], *, got: tuple[str, Decimal], gave: tuple[str, Decimal], lines: tuple[int, ...]
) -> FactReading:
    """Make one fact of the legs of a trade; fees go to the coin they are in."""
    first = group[0]
    fees: dict[str, Decimal] = {}
    for leg in group:
        cost = abs(leg.amount) if leg.is_fee else leg.fee
        if cost:
            fees[leg.asset] = fees.get(leg.asset, _ZERO) + cost
    exchange = any(leg.action.fact is Fact.EXCHANGE for leg in group)
    money = [a for a in (got[0], gave[0]) if a in CURRENCIES and not (exchange and a in _STABLE)]
    fee_in = next(iter(fees), None)
    free = _ZERO if any(not leg.is_fee for leg in group) else None
    fee = free if fee_in is None else fees[fee_in]
    other = fee_in if fee_in not in {None, *money} else None
    if len(money) != 1:
        gone = gave[1] - fees.get(gave[0], _ZERO)
        return FactReading(
            lines=lines, account=first.account, day=first.day, fact=Fact.EXCHANGE,
            what=_coin(gave[0], group), quantity=gone, cash=_ZERO, fee=fee or None, fee_currency=other,
            counter=(got[0], got[1] - fees.get(got[0], _ZERO)), action=first.words, id=first.ref or None,
            price_derived=got[1] / -gave[1],
        )  # fmt: skip
    currency = money[0]
    buys = gave[0] == currency
    coin, units = got if buys else gave
    cash = (gave if buys else got)[1]
    return FactReading(
        lines=lines, account=first.account, day=first.day, fact=Fact.BUY if buys else Fact.SELL,
        what=_coin(coin, group), quantity=units - fees.get(coin, _ZERO), currency=currency,
        cash=cash - fees.get(currency, _ZERO), fee=fee, fee_currency=other, price_derived=abs(cash / units),
        action=first.words, id=first.ref or None,
    )  # fmt: skip


def _coin(asset: str, group: list[_Leg]) -> Identity:
    stated = next((leg.stated for leg in group if leg.asset == asset), asset)
    kind = NameKind.CASH if asset in CURRENCIES - _STABLE else NameKind.COIN
    return Identity(kind=kind, symbol=asset, stated=stated if stated != asset else None)


def _alone(leg: _Leg) -> FactReading:
    """Book a leg that stands alone: money in its currency, coins as units."""
    fact = leg.action.fact
    if fact is None:
        raise InputError(expected="a word for what happened", found=f"{leg.words!r}", try_next="correct the row")
    if fact in {Fact.DEPOSIT, Fact.WITHDRAWAL, Fact.TRANSFER}:
        fact = Fact.DEPOSIT if leg.amount > 0 else Fact.WITHDRAWAL
    moved = leg.amount - leg.fee
    if leg.is_money:
        return FactReading(
            lines=(leg.line,), account=leg.account, day=leg.day, fact=fact, currency=leg.asset, cash=moved,
            fee=leg.fee or None, action=leg.words, id=leg.ref or leg.id or None,
        )  # fmt: skip
    return FactReading(
        lines=(leg.line,), account=leg.account, day=leg.day, fact=fact, what=_coin(leg.asset, [leg]), quantity=moved,
        cash=_ZERO, fee=leg.fee or None, fee_currency=leg.asset if leg.fee else None, action=leg.words,
        id=leg.ref or leg.id or None,
    )  # fmt: skip


def _last_balances(legs: Sequence[_Leg]) -> dict[str, Decimal]:
    """Give the last stated balance of each asset, its wallets and accounts added up."""
    latest: dict[tuple[str, str], tuple[int, int, Decimal, str]] = {}
    newest_first = len(legs) > 1 and legs[0].second > legs[-1].second
    for at, leg in enumerate(legs):
        place, wallet = -at if newest_first else at, (leg.wallet, leg.stated)
        if leg.balance is not None and (leg.second, place) >= latest.get(wallet, (-1, 0, _ZERO, ""))[:2]:
            latest[wallet] = (leg.second, place, leg.balance, leg.asset)
    totals: dict[str, Decimal] = {}
    for _, _, balance, asset in latest.values():
        totals[asset] = totals.get(asset, _ZERO) + balance
    return totals
