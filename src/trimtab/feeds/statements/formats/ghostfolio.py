"""Ghostfolio export, JSON (versions 2 and 3).

``quantity`` has no sign: ``type`` says the side. ``symbol`` means what ``dataSource`` says: a ticker (YAHOO), a coin's
id (COINGECKO), a thing entered by hand (MANUAL). ``accounts`` hold a balance that the user stated for a day.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TypeAlias

from trimtab.errors import FileFormatError
from trimtab.feeds.statements.cells.days import read_days
from trimtab.feeds.statements.cells.sheets import Row
from trimtab.feeds.statements.columns.tables import Sheet, Table
from trimtab.feeds.statements.records import Ask, CashReading, Statement
from trimtab.feeds.statements.road import Settings, read_sheet

__all__ = ["read_json"]

_Json: TypeAlias = "dict[str, _Json] | list[_Json] | str | int | float | Decimal | bool | None"


def read_json(text: str, *, name: str, settings: Settings) -> Statement:
    """Read a JSON export whose activities are records; anything else is refused.

    Raises
    ------
    FileFormatError
        If there are no records.
    """
    document: _Json = json.loads(text, parse_float=Decimal)
    activities = _records(document, "activities")
    if not activities:
        raise FileFormatError(
            expected="a list of records, such as activities of Ghostfolio",
            found=f"none in {name}",
            try_next="export the table as CSV",
        )
    names = tuple(
        dict.fromkeys(key for row in activities for key, value in row.items() if not isinstance(value, (list, dict)))
    )
    rows = tuple(Row(i, tuple(_text(row.get(n)) for n in names)) for i, row in enumerate(activities, start=1))
    sheet = Sheet(tables=(Table(header=names, line=0, rows=rows),), loose=())
    read = read_sheet(sheet, name=name, delimiter=",", settings=settings)
    return _with_balances(_without_hand_made(read, activities), _records(document, "accounts"))


def _records(document: _Json, key: str) -> list[Mapping[str, _Json]]:
    bare = document if key == "activities" else None
    rows = document.get(key) if isinstance(document, dict) else bare
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _text(value: _Json) -> str:
    return "" if value is None else str(value)


def _without_hand_made(read: Statement, activities: list[Mapping[str, _Json]]) -> Statement:
    """Book no money for a thing entered by hand that belongs to no account: nothing says what paid for it."""
    facts, asks = [], list(read.asks)
    for made in read.facts:
        row = activities[made.lines[0] - 1]
        if row.get("dataSource") == "MANUAL" and not row.get("accountId"):
            asks.append(
                Ask("price", f"record {made.lines[0]}: entered by hand, of no account: what is it worth?",
                    lines=made.lines)
            )  # fmt: skip
            facts.append(replace(made, cash=None))
        else:
            facts.append(made)
    return replace(read, facts=tuple(facts), asks=tuple(asks))


def _with_balances(read: Statement, accounts: list[Mapping[str, _Json]]) -> Statement:
    """Take the last stated balance of each account."""
    cash, day = list(read.cash), read.as_of
    for account in accounts:
        stated = [b for b in (account.get("balances") or ()) if isinstance(b, dict)]  # type: ignore[union-attr]
        latest = max(stated, key=lambda b: _text(b.get("date")), default=None)
        amount = account.get("balance") if latest is None else latest.get("value")
        if amount is None:
            continue
        currency = _text(account.get("currency")) or None
        cash.append(
            CashReading(
                line=0, account=_text(account.get("id")) or None, currency=currency, amount=Decimal(_text(amount))
            )
        )
        if latest is not None:
            day = read_days(_text(latest.get("date")), where=read.name) or day
    return replace(read, cash=tuple(cash), as_of=day)
