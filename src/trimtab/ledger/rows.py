"""What a ledger shows: one row for each currency a fact moved, schema `trimtab.ledger/1`."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal

from trimtab.ledger.facts.amendments import Event
from trimtab.ledger.facts.header import Subject, fact_name
from trimtab.ledger.fold import Entry
from trimtab.ledger.posting import Account, Posting

__all__ = ["COLUMNS", "LedgerRow", "ledger_rows", "plain"]

_ZERO = Decimal(0)


def plain(value: Decimal | None) -> str | None:
    """Write a number in one way only: no exponent, no zeros behind it.

    Examples
    --------
    >>> plain(Decimal("1000.000")), plain(Decimal("1E+2")), plain(None)
    ('1000', '100', None)
    """
    if value is None:
        return None
    return "0" if value == 0 else format(value.normalize(), "f")


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One line of a ledger; amounts are decimal texts, None = does not apply.

    Parameters
    ----------
    date
        ISO day.
    fact
        What happened, in one word (`fact_name`).
    symbol
        What it was about.
    quantity
        Change of units.
    price
        As the fact states it.
    currency
        Of the amounts.
    cash, income, flow
        Money that moved; earned (+) or charged (-); from outside (+) or to it (-).
    nav
        Net asset value of the evening in base currency, on the last row of each day, where prices are known.
    source
        File and row.
    """

    date: str
    fact: str
    symbol: str | None
    quantity: str | None
    price: str | None
    currency: str | None
    cash: str | None
    income: str | None
    flow: str | None
    nav: str | None
    source: str


COLUMNS = tuple(f.name for f in fields(LedgerRow))


def ledger_rows(
    entries: Sequence[Entry], nav_on: Callable[[dt.date], Decimal | None] | None = None
) -> tuple[LedgerRow, ...]:
    """Give the rows of entries, in their order.

    Parameters
    ----------
    entries
        As `Ledger.entries` gives them.
    nav_on
        Net asset value of an evening; None where prices are missing.
    """
    rows: list[LedgerRow] = []
    for i, entry in enumerate(entries):
        day = entry.fact.day
        last = i + 1 == len(entries) or entries[i + 1].fact.day != day
        value = plain(nav_on(day)) if last and nav_on is not None else None
        rows += _rows(entry, value)
    return tuple(rows)


def _rows(entry: Entry, nav: str | None) -> list[LedgerRow]:
    groups: dict[tuple[str, str], list[Posting]] = {}
    for posting in entry.postings:
        # Each thing whose units change has a row; money that belongs to none goes with the first of its currency.
        key = posting.key if posting.quantity else ""
        groups.setdefault((posting.currency, key), []).append(posting)
    merged = _merged(groups)
    symbols = _symbols(entry)
    return [
        LedgerRow(
            date=entry.fact.day.isoformat(),
            fact=fact_name(entry.fact),
            symbol=symbols.get(key) or (key or _subject(entry.fact)),
            quantity=plain(_quantity(postings)),
            price=plain(getattr(entry.fact, "price", None)),
            currency=currency or None,
            cash=plain(_amount(postings, Account.CASH)),
            income=plain(_income(postings)),
            flow=plain(_minus(_amount(postings, Account.FLOW))),
            nav=nav if i == len(merged) - 1 else None,
            source=entry.fact.source,
        )
        for i, ((currency, key), postings) in enumerate(merged)
    ]


def _merged(groups: dict[tuple[str, str], list[Posting]]) -> list[tuple[tuple[str, str], list[Posting]]]:
    if not groups:
        return [(("", ""), [])]
    merged = {at: list(postings) for at, postings in groups.items()}
    for currency, key in list(merged):
        others = [at for at in merged if at[0] == currency and at[1]]
        if not key and others:
            merged[others[0]] += merged.pop((currency, key))
    return list(merged.items())


def _symbols(entry: Entry) -> dict[str, str]:
    return {h.key: h.symbol for pair in entry.holdings for h in pair if h is not None}


def _subject(fact: Event) -> str | None:
    of = getattr(fact, "of", None)
    return of.symbol if isinstance(of, Subject) else None


def _quantity(postings: Sequence[Posting]) -> Decimal | None:
    moved = [p.quantity for p in postings if p.quantity is not None]
    return sum(moved, _ZERO) if moved else None


def _amount(postings: Sequence[Posting], account: Account) -> Decimal | None:
    amounts = [p.amount for p in postings if p.account is account]
    return sum(amounts, _ZERO) if amounts else None


def _income(postings: Sequence[Posting]) -> Decimal | None:
    amounts = [p.amount for p in postings if p.account in (Account.INCOME, Account.EXPENSE)]
    return -sum(amounts, _ZERO) if amounts else None


def _minus(value: Decimal | None) -> Decimal | None:
    return None if value is None else -value
