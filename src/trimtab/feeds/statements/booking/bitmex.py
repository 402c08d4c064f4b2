"""BitMEX wallet history: amounts in the smallest unit of a coin, the contract in the column of addresses.

One satoshi is 1e-8 BTC. Where the file has a column of currencies it says the unit (XBt, USDt); where it has none the
amounts are read as satoshi and the unit is asked.
"""

from decimal import Decimal

from trimtab.errors import InputError
from trimtab.feeds.statements.booking.context import File, Remarks, table_days
from trimtab.feeds.statements.booking.legs import Ledger
from trimtab.feeds.statements.booking.running import Step, follow_balances
from trimtab.feeds.statements.cells.days import Days
from trimtab.feeds.statements.cells.sheets import Row
from trimtab.feeds.statements.cells.spelling import plain_words
from trimtab.feeds.statements.cells.words import read_action
from trimtab.feeds.statements.columns.layout import Layout
from trimtab.feeds.statements.columns.roles import Role
from trimtab.feeds.statements.columns.tables import Table
from trimtab.feeds.statements.records import Ask, Fact, FactReading, Fault, Identity, LeftOut, NameKind

__all__ = ["is_wallet", "read_wallet"]

_UNITS = {"XBT": ("BTC", Decimal("1e-8")), "USDT": ("USDT", Decimal("1e-6"))}


def is_wallet(table: Table) -> bool:
    """Tell whether a table is a wallet history: what was transacted, and the wallet's balance."""
    words = {plain_words(h) for h in table.header}
    return {"transact type", "amount", "wallet balance"} <= words


def read_wallet(table: Table, layout: Layout, file: File, remarks: Remarks) -> Ledger:
    """Read a wallet history into facts and the last balance of each coin."""
    days = table_days(table, layout, file)
    facts: list[FactReading] = []
    seen: set[tuple[object, ...]] = set()
    balances: dict[str, Decimal] = {}
    latest: dict[str, int] = {}
    steps: list[tuple[int, Step]] = []
    stated = next((i for i, h in enumerate(table.header) if plain_words(h) == "currency"), None)
    if stated is None:
        remarks.ask(
            Ask("unit", "the file does not name the coin or the unit of its amounts", taken="satoshi, 1e-8 BTC")
        )
    for row in table.rows:
        unit = row.cells[stated].upper() if stated is not None else "XBT"
        if layout.text(row, Role.STATUS).lower() in {"canceled", "cancelled", "rejected", "pending"}:
            remarks.left_out.append(LeftOut((row.line,), f"its status is {layout.text(row, Role.STATUS).lower()}"))
            continue
        try:
            coin, scale = _unit(unit)
            made = _fact(row, layout, days, coin, scale)
        except InputError as error:
            remarks.faults.append(Fault(line=row.line, why=f"{error.found} (expected {error.expected})"))
            continue
        content = (made.day, days.second(layout.text(row, Role.DATE)), made.fact, made.cash, made.currency, made.what)
        if content in seen:
            remarks.ask(
                Ask("double", f"line {row.line} says what another says: two entries, or one twice?", taken="two",
                    lines=(row.line,))
            )  # fmt: skip
        seen.add(content)
        facts.append(made)
        second, balance = days.second(layout.text(row, Role.DATE)) or 0, layout.number(row, Role.BALANCE)
        if balance is None:
            continue
        if made.cash is not None:
            steps.append((second, Step(row.line, coin, made.cash, balance.value * scale)))
        if second > latest.get(coin, -1):
            latest[coin], balances[coin] = second, balance.value * scale
    newest_first = len(steps) > 1 and steps[0][0] > steps[-1][0]
    follow_balances([step for _, step in (steps[::-1] if newest_first else steps)], remarks)
    return Ledger(facts=facts, balances=balances, last_day=max((f.day for f in facts), default=None), is_wallet=True)


def _unit(name: str) -> tuple[str, Decimal]:
    if name not in _UNITS:
        raise InputError(expected="amounts in XBt or USDt", found=f"{name!r}", try_next="leave other coins out")
    return _UNITS[name]


def _fact(row: Row, layout: Layout, days: Days, coin: str, scale: Decimal) -> FactReading:
    words, day = layout.text(row, Role.ACTION), days.day(layout.text(row, Role.DATE))
    action, amount = read_action(words), layout.number(row, Role.AMOUNT)
    if day is None or amount is None or action is None or action.fact is None:
        raise InputError(
            expected="a day, an amount and a word for what happened", found=f"{words!r}", try_next="correct it"
        )
    fee = layout.number(row, Role.FEE)
    cost = abs(fee.value) * scale if fee is not None else None
    fact = action.fact
    if fact in {Fact.DEPOSIT, Fact.WITHDRAWAL, Fact.TRANSFER}:
        fact = Fact.DEPOSIT if amount.value > 0 else Fact.WITHDRAWAL
    address = layout.text(row, Role.ID)
    what = Identity(kind=NameKind.FUTURE, symbol=address) if fact is Fact.REALISED_PNL and address else None
    return FactReading(
        lines=(row.line,), account=None, day=day, fact=fact, what=what, currency=coin,
        cash=amount.value * scale - (cost or Decimal(0)), fee=cost, action=words,
    )  # fmt: skip
