"""An account: what a journal knows of one portfolio, up to a number, beside the prices of the same moment."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from trimtab.desk.books.account_ledger import AccountBooks, account_books
from trimtab.desk.books.actions import Action, ActionKind
from trimtab.desk.books.described import ReadPortfolio
from trimtab.desk.books.holdings_at import HeldAt, held_in
from trimtab.desk.books.journal import Journal
from trimtab.desk.books.migration import fact_of_action
from trimtab.desk.moment.stated_rates import with_rates
from trimtab.errors import NotEnoughDataError
from trimtab.ledger.book import Book
from trimtab.ledger.facts.corporate import Split
from trimtab.ledger.fold import fold
from trimtab.ledger.order import by_day, in_order
from trimtab.ledger.state import RateOn, Rules
from trimtab.market.prices import PriceTable
from trimtab.market.rates.interest import Interest
from trimtab.model.portfolio import Portfolio

__all__ = ["Account", "later_book", "later_units"]


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
    base
        Currency of an account without snapshots; otherwise that of the last one counts.
    rates
        For costs and gains in base currency; None leaves them open.
    """

    journal: Journal
    name: str
    read: ReadPortfolio
    prices: PriceTable | None
    known: int | None = None
    base: str = "USD"
    rates: RateOn | None = None
    _made: list[AccountBooks] = field(default_factory=list, init=False, repr=False, compare=False)

    def books(self) -> AccountBooks:
        """Give its ledger, made once: the one place that every question about its days reads."""
        if not self._made:
            self._made.append(
                account_books(
                    self.journal,
                    self.name,
                    read=self.read,
                    base=self.base,
                    known=self.known,
                    prices=self.prices,
                    rates=self.rates,
                )
            )
        return self._made[0]

    def snapshots(self) -> tuple[dt.date, ...]:
        """Give the days of its snapshots, in order."""
        return tuple(s.day for s in self.books().stated)

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

    def last_recorded(self) -> dt.date:
        """Give the last day on which something of its own is known.

        Raises
        ------
        NotEnoughDataError
            If nothing is.
        """
        books = self.books()
        days = [*(s.day for s in books.stated), *(k.now.day for k in books.lines if not k.now.cancelled)]
        if not days:
            raise NotEnoughDataError(
                expected=f"holdings or transactions of {self.name}", found="none",
                try_next="import them with trimtab import",
            )  # fmt: skip
        return max(days)

    def changed(self, start: dt.date, end: dt.date) -> tuple[dt.date, ...]:
        """Give the days with start < day <= end on which its own transactions changed it."""
        days = {k.now.day for k in self.books().lines if not k.now.cancelled}
        return tuple(sorted(day for day in days if start < day <= end))

    def actions(self, until: dt.date) -> tuple[Action, ...]:
        """Give the corporate actions that took effect up to a day."""
        return tuple(a for a in self.books().actions if a.effective <= until)

    def held_on(self, day: dt.date, *, start_empty: bool = False) -> HeldAt:
        """Give what it held at the end of a day, in the units of that day.

        Parameters
        ----------
        day
            What happened on it counts.
        start_empty
            Whether transactions without a snapshot before them start from an empty book.
        """
        return held_in(self.books(), day, start_empty=start_empty)

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
        later = later_units(self.books().ledger.book_on(day), day, actions, name=self.name)
        return with_rates(replace(later, stated_on=book.portfolio.stated_on), rates, day), book.notes


def later_units(book: Book, day: dt.date, actions: Sequence[Action], *, name: str = "portfolio") -> Portfolio:
    """Give a book in the units and under the names that hold after all actions; no money moves.

    Parameters
    ----------
    book
        What was held at the end of a day.
    day
        That day.
    actions
        Corporate actions; those after the day count.
    name
        Of the portfolio.
    """
    return later_book(book, day, actions).portfolio(name)


def later_book(book: Book, day: dt.date, actions: Sequence[Action]) -> Book:
    """Give a book as `later_units` does, with what its ledger knows of each holding."""
    facts = [fact_of_action(a) for a in actions if a.effective > day and a.kind is not ActionKind.DIVIDEND]
    # A fraction that is paid out later is still a unit like the others.
    later = [replace(f, fraction_price=None) if isinstance(f, Split) else f for f in facts]
    return fold(book, by_day(in_order(later)), Rules(base=book.base), on_refused="set_aside")
