"""From one evening to another: what came, what was earned, charged and gained, in base currency.

Law
    NAV(t) - NAV(s) = flows + income - expense + gains + currency + unexplained
    gains        in each currency: realised, and the change of what is not realised, at the rates of their days
    currency     what exchange rates did: the money and the cost held in each currency, revalued
    unexplained  where a snapshot disagreed; 0 in books that are whole
It holds because entries balance: nothing here is a remainder.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext

from trimtab.errors import NotEnoughDataError
from trimtab.ledger.book import Book
from trimtab.ledger.facts.snapshots import Snapshot
from trimtab.ledger.fold import Entry
from trimtab.ledger.holding import Holding
from trimtab.ledger.identity import worth
from trimtab.ledger.ledger import Ledger
from trimtab.ledger.posting import PRECISION, Account, money
from trimtab.ledger.state import Rules

__all__ = ["PriceOf", "Statement", "nav", "statement", "value_of"]

PriceOf = Callable[[Holding, dt.date], Decimal | None]
"""Gives the price of one unit on an evening, as the holding is quoted; None where there is none."""
_ZERO = Decimal(0)
_GAINS = (Account.GAIN, Account.BROUGHT, Account.UNCOSTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What happened to a net asset value, in base currency.

    Parameters
    ----------
    start, end
        Evenings.
    opening, closing
        Net asset value of them.
    flows
        Money and things from outside, positive = in.
    income
        Dividends, coupons, interest, funding received.
    expense
        Fees, taxes, interest and funding paid; positive = paid.
    gains
        In the currencies things trade in; fees are in `expense`.
    realised
        The part of `gains` from closed positions whose cost was known.
    currency
        What exchange rates did.
    unexplained
        What snapshots found that no fact explains; units at their price of that evening.
    """

    start: dt.date
    end: dt.date
    opening: Decimal
    closing: Decimal
    flows: Decimal
    income: Decimal
    expense: Decimal
    gains: Decimal
    realised: Decimal
    currency: Decimal
    unexplained: Decimal

    @property
    def change(self) -> Decimal:
        """Closing less opening."""
        return self.closing - self.opening


def value_of(holding: Holding, price: Decimal, day: dt.date) -> Decimal:
    """Give what a holding is worth at a price, in the currency it trades in.

    A future or perpetual is worth what it gained and has not been settled.
    """
    instrument = holding.instrument
    if holding.settles:
        carried = holding.carried_on(day)
        return _ZERO if carried is None else worth(instrument, holding.quantity, price, day) - carried
    return money(holding.quantity, price, instrument.price_unit(day))


def nav(book: Book, day: dt.date, rules: Rules, price_of: PriceOf) -> Decimal:
    """Give the net asset value of an evening in base currency.

    Raises
    ------
    NotEnoughDataError
        If a price or a rate is missing.
    """
    with localcontext(Context(prec=PRECISION)):
        values = {c: v + book.cash.get(c, _ZERO) for c, v in _values(book, day, price_of).items()}
        values |= {c: v for c, v in book.cash.items() if c not in values}
        return sum((v * _rate(rules, c, day) for c, v in values.items() if v), _ZERO)


def _values(book: Book, day: dt.date, price_of: PriceOf) -> dict[str, Decimal]:
    values: dict[str, Decimal] = {}
    for holding in book.holdings.values():
        price = price_of(holding, day)
        if price is None and holding.settles and holding.settled == day:
            continue
        if price is None:
            raise NotEnoughDataError(
                expected=f"a price of {holding.symbol} on {day}",
                found="none",
                try_next="import its prices, or ask for a day that has them",
            )
        currency = holding.instrument.paid_in
        values[currency] = values.get(currency, _ZERO) + value_of(holding, price, day)
    return values


def _rate(rules: Rules, currency: str, day: dt.date) -> Decimal:
    rate = rules.rate(currency, day)
    if rate is None:
        raise NotEnoughDataError(
            expected=f"a rate of {currency} into {rules.base} on {day}",
            found="none",
            try_next="give exchange rates of that day",
        )
    return rate


def statement(ledger: Ledger, start: dt.date, end: dt.date, price_of: PriceOf, rules: Rules | None = None) -> Statement:
    """Explain the change of net asset value from one evening to another.

    Parameters
    ----------
    ledger
        Its books.
    start, end
        The evenings.
    price_of
        Prices of an evening.
    rules
        Base currency and rates to count with; None takes the ledger's own.

    Raises
    ------
    NotEnoughDataError
        If a price or a rate is missing.
    """
    rules = rules or ledger.rules
    with localcontext(Context(prec=PRECISION)):
        books = {day: ledger.book_on(day) for day in (start, end)}
        sums: dict[Account, Decimal] = {}
        revalued = appeared = _ZERO
        for entry in ledger.entries(start, end):
            day = entry.fact.day
            for posting in entry.postings:
                amount = posting.amount * _rate(rules, posting.currency, day) if posting.amount else _ZERO
                if posting.account in (Account.CASH, Account.POSITION):
                    revalued -= amount
                sums[posting.account] = sums.get(posting.account, _ZERO) - amount
            if isinstance(entry.fact, Snapshot) and day != books[end].opened:
                appeared += _appeared(entry, rules, price_of)
        open_gains = {}
        for day, sign in ((start, -1), (end, 1)):
            book_values = _book_values(books[day])
            revalued += sign * _in_base(book_values, rules, day)
            open_gains[day] = _in_base(_values(books[day], day, price_of), rules, day) - _in_base(
                _costs(books[day]), rules, day
            )
        realised = sums.get(Account.GAIN, _ZERO)
        return Statement(
            start=start,
            end=end,
            opening=nav(books[start], start, rules, price_of),
            closing=nav(books[end], end, rules, price_of),
            flows=sums.get(Account.FLOW, _ZERO),
            income=sums.get(Account.INCOME, _ZERO),
            expense=-sums.get(Account.EXPENSE, _ZERO),
            gains=sum((sums.get(a, _ZERO) for a in _GAINS), open_gains[end] - open_gains[start]) - appeared,
            realised=realised,
            currency=revalued + sums.get(Account.EXCHANGE, _ZERO),
            unexplained=sums.get(Account.UNEXPLAINED, _ZERO) + appeared,
        )


def _appeared(entry: Entry, rules: Rules, price_of: PriceOf) -> Decimal:
    """Give what units are worth that a later snapshot adds or lacks, beyond what was posted for them, in base.

    The fold knows no prices: units that nobody bought would be gained, and units that nobody sold lost, as soon as they
    are valued. Where the snapshot states their price the fold has taken it into account.
    """
    day, total = entry.fact.day, _ZERO
    priced = {p.key for p in entry.postings if p.account is Account.BROUGHT}
    for before, after in entry.holdings:
        holding = after or before
        units = (after.quantity if after else _ZERO) - (before.quantity if before else _ZERO)
        if holding is None or holding.settles or not units or holding.key in priced:
            continue
        price, currency = price_of(holding, day), holding.instrument.paid_in
        if price is None:
            continue
        value = money(units, price, holding.instrument.price_unit(day))
        posted = (p.amount for p in entry.postings if p.account is Account.UNEXPLAINED and p.key == holding.key)
        total += sum(posted, value) * _rate(rules, currency, day)
    return total


def _costs(book: Book) -> dict[str, Decimal]:
    """Give the known cost of what is held, by currency: what stands at `Account.POSITION`."""
    costs: dict[str, Decimal] = {}
    for holding in book.holdings.values():
        currency = holding.instrument.paid_in
        costs_known = (lot.cost for lot in holding.lots if lot.cost is not None)
        costs[currency] = costs.get(currency, _ZERO) + sum(costs_known, _ZERO)
    return costs


def _book_values(book: Book) -> dict[str, Decimal]:
    values = _costs(book)
    for currency, amount in book.cash.items():
        values[currency] = values.get(currency, _ZERO) + amount
    return values


def _in_base(amounts: dict[str, Decimal], rules: Rules, day: dt.date) -> Decimal:
    return sum((amount * _rate(rules, currency, day) for currency, amount in amounts.items() if amount), _ZERO)
