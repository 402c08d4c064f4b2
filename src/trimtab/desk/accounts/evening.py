"""Prices of what an account held on an evening, for its ledger: those that every other question values with.

The quantity of a day is in the units of that day, prices are in those of the last: a holding is brought over the splits
in between before it is valued, so that both are of the same side of every one.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Context, Decimal

import numpy as np

from trimtab.desk.accounts.account import later_book, later_units
from trimtab.desk.books.actions import Action
from trimtab.desk.moment.stated_rates import with_rates
from trimtab.exposure.kinds.of import by_kind
from trimtab.exposure.value import value_position
from trimtab.ledger.book import Book, book_of
from trimtab.ledger.holding import Holding
from trimtab.ledger.state import RateOn
from trimtab.ledger.statement import PriceOf
from trimtab.market.daycount import date_of
from trimtab.market.prices import PriceTable
from trimtab.market.rates.fx import FxRates
from trimtab.market.rates.interest import Interest
from trimtab.market.snapshot import Market, market_at
from trimtab.market.suspected import SplitDays, doubting, split_since
from trimtab.model.decimals import exact

__all__ = ["MarketOn", "markets_of", "prices_of", "rates_of", "unrecorded_splits"]

#: A price worked out from a value: further digits are noise of binary numbers.
_DIGITS = Context(prec=14)
MarketOn = Callable[[dt.date], Market | None]
"""Gives the market as it was known at the end of a day; None before the first price."""


def markets_of(prices: PriceTable, *, base: str, fx: FxRates | None) -> MarketOn:
    """Give the market of each evening, made once."""
    made: dict[dt.date, Market] = {}
    first = date_of(prices.dates[0]) if prices.dates.size else None

    def market_on(day: dt.date) -> Market | None:
        if first is None or day < first:
            return None
        if day not in made:
            made[day] = market_at(prices, base=base, as_of=np.datetime64(day, "D"), fx=fx)
        return made[day]

    return market_on


def rates_of(market_on: MarketOn) -> RateOn:
    """Give exchange rates into base currency, day by day; None where none is known by then."""

    def rate(currency: str, day: dt.date) -> Decimal | None:
        market = market_on(day)
        quote = None if market is None else market.rate(currency)
        return None if quote is None else exact(quote.value)

    return rate


def prices_of(market_on: MarketOn, actions: Sequence[Action], interest: Interest, splits: SplitDays) -> PriceOf:
    """Give the price of one unit of a holding on an evening, as its ledger counts; None where it has no value.

    Where a split is suspected since the number of units was stated there is none: the number may be wrong. A contract
    has its own price. Anything else has the one that gives the value a review would give it, which for an
    option without a price is its model's.

    Parameters
    ----------
    market_on
        The market of each evening, prices in the units of its last.
    actions
        Corporate actions that prices know.
    interest
        Risk-free rates by currency, for options that state none.
    splits
        Those suspected in the prices.
    """

    def price_of(holding: Holding, day: dt.date) -> Decimal | None:
        market = market_on(day)
        if market is None:
            return None
        book = book_of(holding, day, market.base)
        position = with_rates(later_units(book, day, actions), interest, day).positions[0]
        if holding.settles:
            mark = by_kind(position).mark(market)
            return None if mark is None else exact(mark.value)
        valued = value_position(position, doubting(market, splits, holding.stated))
        if valued.value is None or valued.fx is None or not holding.quantity:
            return None
        unit = holding.instrument.price_unit(day)
        each = exact(valued.value / valued.fx.value) / (holding.quantity * unit)
        return each.normalize(_DIGITS)

    return price_of


def unrecorded_splits(book: Book, day: dt.date, actions: Sequence[Action], splits: SplitDays) -> dict[str, dt.date]:
    """Give the splits that are suspected since somebody stated how many a book holds, by what is held or optioned.

    Parameters
    ----------
    book, day
        What is held at the end of a day.
    actions
        Corporate actions that prices know.
    splits
        Suspected ones.
    """
    if not splits:
        return {}
    since = {
        (holding.stated, name)
        for holding in later_book(book, day, actions).holdings.values()
        for name in (holding.symbol, *holding.instrument.underlyings)
        if holding.stated is not None and not holding.settles
    }
    days = {name: split_since(splits, name, stated, day) for stated, name in sorted(since, reverse=True)}
    return {name: split for name, split in days.items() if split is not None}
