"""A ledger as beancount text: another program, with its own booking, checks every balance and every gain.

Accounts: `Assets:Cash`, `Assets:Positions` (units at cost, each lot by its day and name), `Assets:Contracts` (futures
and perpetuals, against `Equity:Contracts`), `Income:...`, `Expenses:...`, `Equity:...`. Lots are found by their
labels, so beancount works out for itself what left at which cost. Units of unknown cost stand at a cost of 0.

Beancount is a program of its own (GPL); nothing here imports it.
"""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from trimtab.ledger.book import Book
from trimtab.ledger.facts.header import fact_name
from trimtab.ledger.fold import Entry
from trimtab.ledger.holding import Holding, Lot
from trimtab.ledger.posting import Account
from trimtab.ledger.rows import plain

__all__ = ["beancount_text", "commodity"]

_NAMES = {
    Account.CASH: "Assets:Cash",
    Account.FLOW: "Equity:Flows",
    Account.INCOME: "Income:Earned",
    Account.EXPENSE: "Expenses:Paid",
    Account.GAIN: "Income:Gains",
    Account.EXCHANGE: "Equity:Exchange",
    Account.BROUGHT: "Equity:Brought",
    Account.OPENING: "Equity:Opening",
    Account.UNCOSTED: "Equity:Uncosted",
    Account.UNEXPLAINED: "Equity:Unexplained",
}
_POSITIONS, _CONTRACTS, _AGAINST = "Assets:Positions", "Assets:Contracts", "Equity:Contracts"
_UNFIT = re.compile(r"[^A-Z0-9'._-]+")
_LONGEST = 24
_ZERO = Decimal(0)


def commodity(name: str) -> str:
    """Give a name as beancount takes it: capitals, digits and a few signs, from a letter to a letter or digit.

    Examples
    --------
    >>> commodity("BRK/B"), commodity("7203.T"), commodity("USD")
    ('BRK-B', 'C7203.T', 'USD')
    """
    text = _UNFIT.sub("-", name.upper()).strip("-'._")
    if not text or not text[0].isalpha():
        text = f"C{text}"
    return text if len(text) > 1 else f"{text}-1"


def _numbered(names: Iterable[str]) -> dict[str, str]:
    """Give each key a commodity of its own."""
    taken: dict[str, str] = {}
    used: set[str] = set()
    for name in names:
        text, number = commodity(name)[:_LONGEST].rstrip("-'._"), 1
        while text in used:
            number += 1
            end = f"-{number}"
            text = commodity(name)[: _LONGEST - len(end)].rstrip("-'._") + end
        used.add(text)
        taken[name] = text
    return taken


def beancount_text(entries: Sequence[Entry], book: Book) -> str:
    """Write entries as beancount directives, with balance assertions for the book they lead to.

    Parameters
    ----------
    entries
        From the first on.
    book
        Of the last day.

    Returns
    -------
    Text of a file that `bean-check` accepts.
    """
    currencies = sorted({p.currency for e in entries for p in e.postings} | {*book.cash, book.base})
    keys = sorted({h.key for e in entries for pair in e.holdings for h in pair if h is not None})
    names = _numbered([*currencies, *keys])
    first = min((e.fact.day for e in entries), default=book.day or dt.date(1970, 1, 1))
    # Costs per unit have 28 digits there, amounts 12 here: what differs by less than a millionth is rounding.
    lines = [
        'option "title" "trimtab ledger"',
        'option "inferred_tolerance_default" "*:0.000001"',
        f'option "operating_currency" "{names[book.base]}"',
        "",
        *(f"{first} open {account}" for account in (*_NAMES.values(), _CONTRACTS, _AGAINST)),
        f'{first} open {_POSITIONS} "STRICT"',
    ]
    for key, name in names.items():
        lines += [f"{first} commodity {name}", f'  name: "{_said(key)}"']
    for entry in entries:
        lines += _transaction(entry, names)
    if book.day is not None:
        lines += ["", *_balances(book, currencies, keys, names)]
    return "\n".join(lines) + "\n"


def _said(text: str) -> str:
    return text.replace("\\", "/").replace('"', "'")


def _transaction(entry: Entry, names: dict[str, str]) -> list[str]:
    lines = [
        f"  {_NAMES[p.account]}  {plain(p.amount)} {names[p.currency]}"
        for p in entry.postings
        if p.account is not Account.POSITION and p.amount
    ]
    for before, after in entry.holdings:
        lines += _units(before, after, names)
    if not lines:
        return []
    return ["", f'{entry.fact.day} * "{fact_name(entry.fact)}" "{_said(entry.fact.source)}"', *lines]


def _units(before: Holding | None, after: Holding | None, names: dict[str, str]) -> list[str]:
    """Write how a holding changed, lot by lot."""
    one = before or after
    if one is None:
        return []
    unit = names[one.key]
    if one.settles:
        moved = (after.quantity if after else _ZERO) - (before.quantity if before else _ZERO)
        text = plain(moved)
        return [f"  {_CONTRACTS}  {text} {unit}", f"  {_AGAINST}  {plain(-moved)} {unit}"] if moved else []
    currency = names[one.instrument.paid_in]
    old = {lot.name: lot for lot in (before.lots if before else ())}
    new = {lot.name: lot for lot in (after.lots if after else ())}
    lines, added = [], []
    for name in dict.fromkeys((*old, *new)):
        was, now = old.get(name), new.get(name)
        if was is not None and now is not None and (was.quantity, was.cost) == (now.quantity, now.cost):
            continue
        if was is not None and now is not None and _is_part(was, now):
            lines.append(_reduced(was, now.quantity - was.quantity, unit, currency))
            continue
        if was is not None:
            lines.append(_reduced(was, -was.quantity, unit, currency))
        if now is not None:
            added.append(_added(now, unit, currency))
    return [*lines, *added]


def _is_part(was: Lot, now: Lot) -> bool:
    """Tell whether a lot only shrank, its cost in exact proportion.

    Where the cost could not be divided evenly the whole lot goes and the rest comes back at the cost the books give it:
    otherwise roundings of 1e-12 would add up to more than the tolerance.
    """
    if not 0 < now.quantity / was.quantity < 1:
        return False
    return (was.cost or _ZERO) * now.quantity == (now.cost or _ZERO) * was.quantity


def _label(lot: Lot) -> str:
    return f'{lot.acquired or dt.date(1970, 1, 1)}, "{_said(lot.name)}"'


def _reduced(lot: Lot, units: Decimal, unit: str, currency: str) -> str:
    # The number is left out: it is for beancount to know what the lot cost.
    return f"  {_POSITIONS}  {plain(units)} {unit} {{{currency}, {_label(lot)}}}"


def _added(lot: Lot, unit: str, currency: str) -> str:
    # Written as a whole cost: a cost per unit would have to be rounded. It has the sign of the units.
    cost = f"{plain(abs(lot.cost or _ZERO))} {currency}"
    return f"  {_POSITIONS}  {plain(lot.quantity)} {unit} {{{{{cost}, {_label(lot)}}}}}"


def _balances(book: Book, currencies: Sequence[str], keys: Sequence[str], names: dict[str, str]) -> list[str]:
    """Write what the book says at the end: balances hold at the beginning of the next day."""
    day = (book.day or dt.date(1970, 1, 1)) + dt.timedelta(days=1)
    lines = [f"{day} balance {_NAMES[Account.CASH]}  {plain(book.cash.get(c, _ZERO))} {names[c]}" for c in currencies]
    for key in keys:
        holding = book.holdings.get(key)
        account = _CONTRACTS if key.startswith(("future ", "perpetual ")) else _POSITIONS
        lines.append(f"{day} balance {account}  {plain(holding.quantity if holding else _ZERO)} {names[key]}")
    return lines
