"""What an account really held and earned, from its snapshots, trades and corporate actions.

Everything is counted in the units of the last day: quantities and strikes from before a split are those after it, as
the prices are, so that a split is no gain.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from trimtab.desk.accounts.account import Account, later_book
from trimtab.desk.accounts.evening import markets_of, rates_of, unrecorded_splits
from trimtab.desk.accounts.extract import change_of, counted_twice
from trimtab.desk.accounts.flows import outside_flow
from trimtab.desk.ask.learned import Paid, WeightHistory
from trimtab.desk.books.history import BookHistory, book_history
from trimtab.desk.moment.followed import with_followed_own
from trimtab.desk.moment.setting import with_stated_currencies
from trimtab.exposure.value import value_position
from trimtab.ledger.facts.income import Payout
from trimtab.ledger.posting import Account as Ledgers
from trimtab.ledger.statement import Statement
from trimtab.market.daycount import date_of
from trimtab.market.prices import Flag, PriceTable
from trimtab.market.rates.fx import FxRates
from trimtab.market.rates.interest import Interest
from trimtab.market.snapshot import market_at
from trimtab.market.suspected import SplitDays, suspected_splits, what_to_record
from trimtab.model.portfolio import Portfolio

__all__ = ["Past", "past_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A portfolio's past.

    Parameters
    ----------
    history
        NAV and returns.
    weights
        Delta exposures over NAV at each close, by what they follow.
    prices
        Those given, in their own currencies, with what positions followed beside them: prices in a currency other than
        base, and money.
    books
        What was held at the close of each day with prices, in the units of the last.
    notes
        What was decided, in words.
    flows
        Money that came in (positive) or went out up to each day with prices since the one before, base currency; None
        where it has no value.
    paid
        What was earned and paid beside prices, for the attribution.
    change
        How net asset value came to change from the first day to the last; None where a price is missing.
    """

    history: BookHistory
    weights: WeightHistory
    prices: PriceTable
    books: Mapping[dt.date, Portfolio]
    notes: tuple[str, ...]
    flows: Mapping[dt.date, float | None]
    change: Statement | None = None
    paid: Paid | None = None


def past_of(
    account: Account, prices: PriceTable, *, start: dt.date | None = None, fx: FxRates | None = None, rates: Interest
) -> Past:
    """Work out what an account held and earned up to the last day of a price table.

    Parameters
    ----------
    account
        As known.
    prices
        As known, in the units of their last day.
    start
        First day; None takes that of the first snapshot.
    fx
        Exchange rates, for foreign holdings.
    rates
        Risk-free rates by currency, for options that state none.

    Raises
    ------
    NotEnoughDataError
        If no snapshot is known, or a day's book could not be worked out.
    """
    first = max(account.first_snapshot(), start or dt.date.min)
    last = date_of(prices.dates[-1])
    actions = account.actions(last)
    notes: dict[str, None] = {}
    books: dict[dt.date, Portfolio] = {}
    came: dict[dt.date, float | None] = {}
    splits = suspected_splits(prices)

    def held(day: dt.date) -> Portfolio:
        if day not in books:
            books[day], day_notes = account.book_on(
                day, actions, rates, try_next="import what is missing, or ask for a later start"
            )
            notes.update(dict.fromkeys(day_notes))
        return books[day]

    base = held(first).base

    def flow(before: dt.date, day: dt.date) -> float | None:
        market = market_at(prices, base=base, as_of=np.datetime64(day, "D"), fx=fx)
        came[day] = outside_flow(account.books(), before, day, market, actions, splits)
        return came[day]

    def stated_on(day: dt.date) -> dict[str, dt.date]:
        book = later_book(account.books().ledger.book_on(day), day, actions)
        return {h.symbol: h.stated for h in book.holdings.values() if h.stated is not None}

    history = book_history(held, prices, start=first, end=last, base=base, fx=fx, flow=flow, stated=stated_on)
    # Money that came on a day without a value is no gain of the days around it.
    days = [date_of(day) for day in history.dates]
    for before, day in pairwise(days):
        if day not in came:
            flow(before, day)
    notes.update(dict.fromkeys(_unknown(history)))
    notes.update(dict.fromkeys(_doubted(account, days, splits)))
    notes.update(dict.fromkeys(counted_twice(account.books().ledger.entries(first, last), prices)))
    everything = {i: p for book in books.values() for p in book.positions for i in (p.instrument,)}
    stated = with_stated_currencies(prices, Portfolio(positions=tuple(everything.values()), base=base))
    own, beside = with_followed_own(stated, market_at(stated, base=base, fx=fx), everything)
    weights, unpriced = _weights(history, held, own, base, fx, frozenset(beside))
    if unpriced:
        listed = ", ".join(unpriced[:5])
        notes[f"no prices of {listed}: what they gained is in the residual of the attribution"] = None
    change, _ = change_of(account, prices, start=first, end=last, fx=fx, interest=rates)
    return Past(
        history=history, weights=weights, prices=own, books=dict(books), notes=tuple(notes), flows=came, change=change,
        paid=_paid(account, history, prices, fx),
    )  # fmt: skip


def _paid(account: Account, history: BookHistory, prices: PriceTable, fx: FxRates | None) -> Paid:
    """Give income and expense as shares of NAV, without dividends that adjusted prices hold: those are returns."""
    books = account.books()
    rate = rates_of(markets_of(prices, base=books.base, fx=fx))
    dates = history.dates.astype("datetime64[D]")
    first, last = date_of(dates[0]), date_of(dates[-1])
    amounts = {where: np.zeros(len(dates)) for where in (Ledgers.INCOME, Ledgers.EXPENSE)}
    for entry in books.ledger.entries(first, last):
        already_in_prices = isinstance(entry.fact, Payout) and _is_adjusted(prices, entry.fact.of.symbol)
        for posting in entry.postings:
            if posting.account not in amounts or (already_in_prices and posting.account is Ledgers.INCOME):
                continue
            at = int(np.searchsorted(dates, np.datetime64(entry.fact.day, "D")))
            factor = rate(posting.currency, entry.fact.day) if posting.currency != books.base else 1
            amounts[posting.account][at] -= 0.0 if factor is None else float(posting.amount * factor)
    before = np.concatenate([[np.nan], history.nav[:-1]])
    shares = [np.where(before > 0, amount / before, 0.0) for amount in amounts.values()]
    return Paid(dates=dates, income=shares[0], expense=shares[1])


def _is_adjusted(prices: PriceTable, symbol: str) -> bool:
    return symbol in prices and Flag.ADJUSTED_CHOSEN in prices.flags[prices.column(symbol)]


def _unknown(history: BookHistory) -> list[str]:
    """Say on how many days there is no return, and for what: a record that ends early is a smaller one."""
    if not history.failures:
        return []
    reasons: dict[str, int] = {}
    for failure in history.failures:
        what = f"{failure.where.split(' ', 1)[-1]} ({failure.reason.value})"
        reasons[what] = reasons.get(what, 0) + 1
    listed = ", ".join(f"{what} on {days}" for what, days in sorted(reasons.items(), key=lambda r: -r[1])[:5])
    days = history.dates.size - 1
    return [f"{int(np.isnan(history.returns[1:]).sum())} of {days} days have no return, and are left out: {listed}"]


def _doubted(account: Account, days: Sequence[dt.date], splits: SplitDays) -> list[str]:
    """Say which quantities are not known since a suspected split, on which days, and what to record."""
    doubted_days: dict[tuple[str, dt.date], list[dt.date]] = {}
    ledger, actions = account.books().ledger, account.actions(days[-1])
    for day in days if splits else ():
        for name, split in unrecorded_splits(ledger.book_on(day), day, actions, splits).items():
            doubted_days.setdefault((name, split), []).append(day)
    return [
        f"{name}: its prices look split on {split}, and no split is recorded, so nothing is known of {len(without)} "
        f"days from {without[0]} to {without[-1]}: {what_to_record(name, split)}"
        for (name, split), without in doubted_days.items()
    ]


def _weights(
    history: BookHistory,
    portfolio_on: Callable[[dt.date], Portfolio],
    prices: PriceTable,
    base: str,
    fx: FxRates | None,
    beside: frozenset[str],
) -> tuple[WeightHistory, tuple[str, ...]]:
    """Give delta exposures over NAV on each day whose NAV is known, and what is held but has no column of prices."""
    table = tuple(s for s in prices.symbols if s not in beside)
    rows: list[dict[str, float]] = []
    unpriced: dict[str, None] = {}
    days = []
    for stamp, nav in zip(history.dates.tolist(), history.nav.tolist(), strict=True):
        day = stamp.date()
        if not nav > 0:
            continue
        market = market_at(prices.select(table), base=base, as_of=np.datetime64(day, "D"), fx=fx)
        row: dict[str, float] = {}
        for position in portfolio_on(day).positions:
            for leg in value_position(position, market).legs or ():
                # Money follows its rate, under the name that no column of prices has.
                names = leg.follows[::-1] if leg.money is not None else (*leg.follows, *leg.stand_ins)
                name = next((n for n in names if n in prices), None)
                if name is None:
                    unpriced[leg.follows[0]] = None
                    continue
                row[name] = row.get(name, 0.0) + leg.delta_exposure / nav
        rows.append(row)
        days.append(day)
    symbols = tuple(dict.fromkeys(name for row in rows for name in row))
    weights = np.array([[row.get(s, 0.0) for s in symbols] for row in rows], dtype=np.float64)
    weight_history = WeightHistory(
        dates=np.array(days, dtype="datetime64[D]"), symbols=symbols, weights=weights.reshape(len(rows), len(symbols)),
        outside=beside & frozenset(symbols),
    )  # fmt: skip
    return weight_history, tuple(unpriced)
