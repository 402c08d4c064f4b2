"""An account: what a journal knows of one portfolio, up to a number, beside the prices of the same moment."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from trimtab.desk.books.actions import Action, ActionKind, known_actions
from trimtab.desk.books.book import Book, ReadPortfolio
from trimtab.desk.books.holdings_at import HeldAt, flows, holdings_at
from trimtab.desk.books.journal import Journal
from trimtab.desk.books.transactions import Transaction
from trimtab.desk.moment.stated_rates import with_rates
from trimtab.errors import NotEnoughDataError
from trimtab.market.prices import PriceTable
from trimtab.market.rates.interest import Interest
from trimtab.model.portfolio import Portfolio

__all__ = ["Account", "later_units"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What is known of one portfolio.

    Parameters
    ----------
    journal, name
        Where it is written down, and its name there.
    read
        Reads the rows of a holdings file into a portfolio.
    prices
        For the gains of futures, which are settled into cash; None leaves them out and says so.
    known
        A journal number: what was written down later does not count. None: everything.
    """

    journal: Journal
    name: str
    read: ReadPortfolio
    prices: PriceTable | None
    known: int | None = None

    def snapshots(self) -> tuple[dt.date, ...]:
        """Give the days of its snapshots, in order."""
        entries = self.journal.entries("holdings", subject=self.name, known=self.known)
        return tuple(dt.date.fromisoformat(day) for day in sorted({str(e.valid) for e in entries}))

    def first_snapshot(self) -> dt.date:
        """Give the day of its first snapshot.

        Raises
        ------
        NotEnoughDataError
            If there is none.
        """
        days = self.snapshots()
        if not days:
            raise NotEnoughDataError(
                expected=f"holdings of {self.name}", found="none", try_next="import holdings with trimtab import"
            )
        return days[0]

    def flows(self, start: dt.date, end: dt.date) -> tuple[Transaction, ...]:
        """Give its transactions of days with start < day <= end."""
        return flows(self.journal, self.name, start, end, self.known)

    def actions(self, until: dt.date) -> tuple[Action, ...]:
        """Give the corporate actions that took effect up to a day."""
        return tuple(a for a in known_actions(self.journal, self.known) if a.effective <= until)

    def held_on(self, day: dt.date, *, start_empty: str | None = None) -> HeldAt:
        """Give what it held at the end of a day, in the units of that day.

        Parameters
        ----------
        day
            What happened on it counts.
        start_empty
            Base currency of a book that starts from nothing if no snapshot is known; None refuses.
        """
        return holdings_at(
            self.journal, self.name, day, read=self.read, known=self.known, prices=self.prices, start_empty=start_empty
        )

    def book_on(
        self, day: dt.date, actions: Sequence[Action], rates: Interest, *, try_next: str
    ) -> tuple[Portfolio, tuple[str, ...]]:
        """Give the whole book of a day in the units of a later one, options at that day's rates, and what was decided.

        Parameters
        ----------
        day
            Whose end it is of.
        actions
            Those up to the later day.
        rates
            Risk-free rates by currency, for options that state none.
        try_next
            What to do about a book that is not whole.

        Raises
        ------
        NotEnoughDataError
            If it could not be worked out in full.
        """
        book = self.held_on(day)
        if book.reasons:
            raise NotEnoughDataError(
                expected=f"a whole book of {self.name} on {day}",
                found="; ".join(str(r) for r in book.reasons[:3]),
                try_next=try_next,
            )
        return with_rates(later_units(book.portfolio, day, actions, self.read), rates, day), book.notes


def later_units(portfolio: Portfolio, day: dt.date, actions: Sequence[Action], read: ReadPortfolio) -> Portfolio:
    """Give a book in the units and under the names that hold after all actions.

    Parameters
    ----------
    portfolio, day
        What was held at the end of a day.
    actions
        Corporate actions; those after the day count.
    read
        As of `Account`.
    """
    book = Book(portfolio, day, read=read, price_on=lambda _instrument, _day: None)
    for action in sorted((a for a in actions if a.effective > day), key=lambda a: a.effective):
        if action.kind is not ActionKind.DIVIDEND:
            book.act(action)
    return book.portfolio()
