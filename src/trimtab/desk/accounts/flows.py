"""What came into an account from outside, or went: deposits, withdrawals, transfers, and what nobody explains."""

import datetime as dt
from collections.abc import Sequence

from trimtab.desk.accounts.account import later_units
from trimtab.desk.books.account_ledger import AccountBooks
from trimtab.desk.books.actions import Action
from trimtab.errors import NotEnoughDataError
from trimtab.exposure.value import value_position
from trimtab.ledger.book import book_of
from trimtab.ledger.facts.snapshots import Snapshot
from trimtab.ledger.fold import Entry
from trimtab.ledger.holding import Holding
from trimtab.ledger.posting import Account
from trimtab.market.snapshot import Market
from trimtab.market.suspected import SplitDays, doubting

__all__ = ["outside_flow"]


def outside_flow(
    books: AccountBooks, before: dt.date, day: dt.date, market: Market, actions: Sequence[Action], splits: SplitDays
) -> float | None:
    """Give the money that came in (positive) or went out after one day up to another, in base currency.

    What a snapshot found that no fact explains counts as if it had come or gone at the prices of the day: it is
    neither a gain nor a loss of the account. None where something of it has no price.

    Parameters
    ----------
    books
        The account's ledger.
    before, day
        Flows with before < day of the flow <= day.
    market
        Of the later day.
    actions
        Corporate actions that prices know: units are those after them.
    splits
        Those suspected in the prices: what was stated before one has no value after it.

    Raises
    ------
    NotEnoughDataError
        If an exchange rate is missing.
    """
    total = 0.0
    for entry in books.ledger.entries(before, day):
        if isinstance(entry.fact, Snapshot) and entry.fact.day != books.stated[0].day:
            unexplained = _unexplained(entry, market, actions, splits)
            if unexplained is None:
                return None
            total += unexplained
            continue
        total -= sum(float(p.amount) * _rate(market, p.currency) for p in entry.postings if p.account is Account.FLOW)
    return total


def _unexplained(entry: Entry, market: Market, actions: Sequence[Action], splits: SplitDays) -> float | None:
    total = sum(float(p.amount) * _rate(market, p.currency) for p in entry.postings if p.account is Account.CASH)
    for before, after in entry.holdings:
        if (before.quantity if before else 0) == (after.quantity if after else 0):
            continue
        for sign, holding in ((-1, before), (1, after)):
            if holding is None:
                continue
            value = _value(holding, entry.fact.day, doubting(market, splits, holding.stated), actions)
            if value is None:
                return None
            total += sign * value
    return total


def _value(holding: Holding, day: dt.date, market: Market, actions: Sequence[Action]) -> float | None:
    book = book_of(holding, day, market.base)
    return value_position(later_units(book, day, actions).positions[0], market).value


def _rate(market: Market, currency: str) -> float:
    rate = market.rate(currency)
    if rate is None:
        raise NotEnoughDataError(
            expected=f"an exchange rate of {currency} into {market.base}",
            found=f"none by {market.as_of.astype('datetime64[D]')}",
            try_next="set fx under [estimation] in trimtab.toml",
        )
    return rate.value
