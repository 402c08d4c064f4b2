"""What books say was held before a file: for rows that tell what was added, and not of how much."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache

from trimtab.desk.books.account_ledger import account_books
from trimtab.desk.books.holdings_at import held_in
from trimtab.desk.books.keeping import Keeper
from trimtab.errors import TrimtabError
from trimtab.model.portfolio import Portfolio

__all__ = ["units_in_books"]


def units_in_books(keeper: Keeper, portfolio: str, base: str) -> Callable[[str, dt.date], Decimal | None]:
    """Give what tells the units of a symbol at the end of a day; it says nothing where several accounts are one book.

    Parameters
    ----------
    keeper
        With the journal.
    portfolio, base
        Whose books.
    """

    @lru_cache(maxsize=8)
    def book(day: dt.date) -> Portfolio | None:
        read = keeper.read
        entries = [e for e in keeper.journal.entries("holdings") if e.subject == portfolio]
        if read is None or len({str(e.body.get("part", "")) for e in entries}) != 1:
            return None
        try:
            return held_in(account_books(keeper.journal, portfolio, read=read, base=base), day).portfolio
        except TrimtabError:
            return None  # Nothing is known of that day.

    def units(symbol: str, day: dt.date) -> Decimal | None:
        there = book(day)
        if there is None:
            return None
        return sum((p.quantity for p in there.positions if p.symbol == symbol), Decimal(0))

    return units
