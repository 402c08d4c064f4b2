"""What stands beside the tables: the day in a title, the account in a summary, money in a line of its own."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trimtab.feeds.statements.booking.context import Remarks
from trimtab.feeds.statements.cells.days import day_in_prose
from trimtab.feeds.statements.cells.sheets import Row
from trimtab.feeds.statements.cells.spelling import plain_words
from trimtab.feeds.statements.cells.words import is_cash_name, is_total
from trimtab.feeds.statements.columns.layout import Layout
from trimtab.feeds.statements.columns.roles import Role
from trimtab.feeds.statements.columns.tables import Table
from trimtab.feeds.statements.records import CashReading, Fault, LeftOut
from trimtab.market.reading.numbers import read_cell

__all__ = ["StatedDay", "account_in", "file_day", "key_values", "loose_cash", "money_sign", "summary_accounts"]

_MADE = re.compile(r"downloaded|generated|created|exported|printed|erstellt|report date|when generated", re.IGNORECASE)
_ACCOUNT = (
    re.compile(r"\bfor account:?\s+(?P<name>.+?)\s+(?:as of|on)\b", re.IGNORECASE),
    re.compile(r"\bstatement for\s+(?P<name>\S+)", re.IGNORECASE),
    re.compile(
        r"^(?:account(?: (?:number|name|no\.?))?|depot(?:nummer)?|konto(?:nummer)?|user(?: id)?)\s*[:,]\s*"
        r"(?P<name>.+)$",
        re.IGNORECASE,
    ),
)
_EARLY = re.compile(r"\b(?:[0-8]:\d\d|9:[0-2]\d)(?::\d\d)?\s*a\.?m", re.IGNORECASE)
_SIGNS = (
    (re.compile(r"(?<![A-Z])\$|US\$"), "USD"), (re.compile("€"), "EUR"), (re.compile("£"), "GBP"),
    (re.compile(r"\bAU?\$"), "AUD"), (re.compile(r"\bCA?\$"), "CAD"), (re.compile(r"\bHK\$"), "HKD"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StatedDay:
    """The day of a file's positions, by what it is known, and the day of its prices where that is another."""

    day: dt.date | None
    why: str = ""
    prices_of: dt.date | None = None


def file_day(loose: Sequence[Row], values: Iterable[tuple[str, str]], *, month_first: bool | None) -> StatedDay:
    """Find the day of a file: of a title before that of the moment it was made.

    Examples
    --------
    >>> file_day([Row(1, ("Positions as of 08:02 PM ET, 2026/06/30",))], (), month_first=True).day
    datetime.date(2026, 6, 30)
    """
    made = None
    for text in (*(v for k, v in values if not _MADE.search(plain_words(k))), *(" ".join(r.filled) for r in loose)):
        if len(text) > 250:
            continue
        day = day_in_prose(text, month_first=month_first)
        if day is None:
            continue
        if not _MADE.search(text):
            return StatedDay(day, f"{text[:80]!r}")
        made = made or (day, text)
    if made is None:
        return StatedDay(None)
    day, text = made
    early = _EARLY.search(text) is not None
    return StatedDay(day, f"{text[:80]!r}: the day the file was made", _weekday_before(day) if early else None)


def _weekday_before(day: dt.date) -> dt.date:
    monday, sunday = 0, 6
    return day - dt.timedelta(days={monday: 3, sunday: 2}.get(day.weekday(), 1))


def key_values(table: Table) -> list[tuple[str, str]] | None:
    """Give the rows of a section of names and values; None if it is no such section."""
    if len(table.header) != 2 or not table.section:
        return None
    return [(r.cells[0], r.cells[1]) for r in table.rows if len(r.cells) > 1]


def account_in(row: Row) -> str:
    """Find the account that a line above a table names; empty if it names none.

    Examples
    --------
    >>> account_in(Row(1, ("Position Statement for 0001AB (Individual) on 6/30/26",)))
    '0001AB'
    >>> account_in(Row(2, ("User", "Sample Person", "0000-01")))
    '0000-01'
    """
    first = plain_words(row.filled[0]) if row.filled else ""
    if len(row.filled) > 1 and first in {"user", "account", "account number", "depot", "konto", "portfolio"}:
        return row.filled[-1]
    text = " ".join(row.filled)
    return next((m["name"].strip() for pattern in _ACCOUNT if (m := pattern.search(text))), "")


def summary_accounts(table: Table, layout: Layout) -> list[str]:
    """Give the accounts that a table of summaries names: in its rows, or in its header (Merrill)."""
    column = layout.first(Role.ACCOUNT) or layout.first(Role.ACCOUNT_NAME)
    if column is not None:
        return [r.cells[column.at] for r in table.rows if column.at < len(r.cells) and not is_total(r.cells[column.at])]
    unknown = [c.header for c in layout.unread if any(ch.isdigit() for ch in c.header)]
    return unknown[:1]


def loose_cash(rows: Iterable[Row], *, account: str | None, currency: str, remarks: Remarks) -> list[CashReading]:
    """Read lines such as ``Cash & Sweep Vehicle, $22,310.15``; everything else there is left out.

    Examples
    --------
    >>> rows = [Row(16, ("Cash & Sweep Vehicle", "$22,310.15"))]
    >>> loose_cash(rows, account=None, currency="", remarks=Remarks())[0].currency
    'USD'
    """
    readings = []
    for row in rows:
        cells = row.filled
        amount = read_cell(cells[-1]) if len(cells) == 2 else None
        if amount is not None and is_cash_name(cells[0]):
            readings.append(
                CashReading(
                    line=row.line, account=account, currency=amount.currency or currency or None, amount=amount.value,
                    note=cells[0],
                )
            )  # fmt: skip
        elif len(cells) == 1 and is_cash_name(cells[0]):
            remarks.faults.append(Fault(line=row.line, why=f"{cells[0]!r} without an amount"))
        else:
            why = "a total" if is_total(cells[0]) else f"no row of a table: {' '.join(cells)[:60]!r}"
            remarks.left_out.append(LeftOut((row.line,), why))
    return readings


def money_sign(tables: Iterable[Table]) -> str:
    """Give the currency whose sign stands in headers or cells; empty if none does, or several do.

    Examples
    --------
    >>> money_sign([Table(header=("Symbol", "Value $"), line=1, rows=())])
    'USD'
    """
    seen = set()
    for table in tables:
        texts = (*table.header, *(c for row in table.rows[:200] for c in row.cells if len(c) < 40))
        seen |= {code for sign, code in _SIGNS if any(sign.search(t) for t in texts)}
    return next(iter(seen)) if len(seen) == 1 else ""
