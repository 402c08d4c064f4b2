"""A portfolio as of a day, as known at a journal number: a snapshot, and what happened since.

The newest snapshot on or before the day is where it starts: a book at the end of its day. Then come, day by day, the
corporate actions that take effect (at the opening) and the transactions. What cannot be worked out is said in
`reasons`: a book with something missing is not passed off as whole.
"""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from trimtab.desk.books.actions import known_actions
from trimtab.desk.books.book import Book, PriceOn, ReadPortfolio
from trimtab.desk.books.journal import Entry, Journal
from trimtab.desk.books.snapshots import SnapshotBody
from trimtab.desk.books.transactions import Transaction, known_transactions
from trimtab.errors import Failure, NotEnoughDataError
from trimtab.market.prices import PriceTable
from trimtab.model.decimals import exact
from trimtab.model.instrument import Instrument
from trimtab.model.lot_order import LotMethod
from trimtab.model.portfolio import Portfolio

__all__ = ["HeldAt", "flows", "holdings_at"]

#: A settlement price may be so many days old: over a long weekend there is none.
_OLDEST_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAt:
    """A portfolio as of a day.

    Parameters
    ----------
    portfolio
        What is held at the end of the day.
    as_of
        The day.
    snapshot
        Day of the snapshot it starts from; None if it starts from an empty book.
    entries
        Numbers of the journal entries used.
    trades
        How many transactions were applied to the snapshot.
    notes
        What was decided, in words.
    reasons
        What could not be worked out; empty if the book is whole.
    """

    portfolio: Portfolio
    as_of: dt.date
    snapshot: dt.date | None
    entries: tuple[int, ...]
    trades: int = 0
    notes: tuple[str, ...] = ()
    reasons: tuple[Failure, ...] = ()


def holdings_at(
    journal: Journal,
    portfolio: str,
    as_of: dt.date,
    *,
    read: ReadPortfolio,
    known: int | None = None,
    prices: PriceTable | None = None,
    start_empty: str | None = None,
    lot_order: LotMethod = "fifo",
) -> HeldAt:
    """Give a portfolio as of a day.

    Parameters
    ----------
    journal, portfolio
        Where it is written down, and its name.
    as_of
        The day; what happened on it counts.
    read
        Reads the rows of a holdings file (`trimtab.feeds.holdings.portfolio_of_records`).
    known
        A journal number: what was written down later does not count. None: everything.
    prices
        For the gains of futures, which are settled into cash; they are left out, and said, where prices are missing.
    start_empty
        Base currency of a book that starts from nothing if no snapshot is known; None refuses.
    lot_order
        Which tax lots go first when a position shrinks.

    Raises
    ------
    NotEnoughDataError
        If there is no snapshot on or before the day and the book may not start empty.
    InputError
        If a transaction does not fit what is held.
    """
    entry = _snapshot(journal, portfolio, as_of, known)
    if entry is None and start_empty is None:
        raise _no_snapshot(journal, portfolio, as_of, known)
    since = dt.date.min if entry is None else dt.date.fromisoformat(str(entry.valid))
    if entry is None:
        start = Portfolio(positions=(), base=str(start_empty), name=portfolio)
    else:
        body = entry.read_as(SnapshotBody)
        start = read(body["rows"], body["base"], since)
    book = Book(start, since, read=read, price_on=_price_on(prices), lot_order=lot_order)
    lines = [k for k in known_transactions(journal, portfolio, known) if since < k.now.day <= as_of]
    trades = [k for k in lines if not k.now.cancelled]
    first = trades[0].now.day if entry is None and trades else since
    actions = [a for a in known_actions(journal, known) if first < a.effective <= as_of]
    # Actions take effect at the opening, so they come before the day's trades.
    steps = [(a.effective, 0, i, a) for i, a in enumerate(actions)]
    steps += [(k.now.day, 1, i, k.now) for i, k in enumerate(trades)]  # type: ignore[misc]
    for _, _, _, step in sorted(steps, key=lambda s: s[:3]):
        if isinstance(step, Transaction):
            book.trade(step)
        else:
            book.act(step)
    book.close(as_of)
    used = {seq for k in lines for seq in k.seqs} | {a.seq for a in actions} | ({entry.seq} if entry else set())
    return HeldAt(
        # Quantities that came of trades alone are stated by the first of them.
        portfolio=replace(book.portfolio(), stated_on=first if entry is not None or trades else None),
        as_of=as_of,
        snapshot=None if entry is None else since,
        entries=tuple(sorted(used)),
        trades=len(trades),
        notes=tuple(book.notes),
        reasons=tuple(book.reasons),
    )


def flows(
    journal: Journal, portfolio: str, start: dt.date, end: dt.date, known: int | None = None
) -> tuple[Transaction, ...]:
    """Give what was traded after a day up to another, by time: trades and movements of cash, cancelled ones left out.

    Parameters
    ----------
    journal, portfolio
        Where it is written down, and its name.
    start, end
        Transactions of days with start < day <= end.
    known
        A journal number; None for everything known now.
    """
    known_lines = known_transactions(journal, portfolio, known)
    return tuple(k.now for k in known_lines if start < k.now.day <= end and not k.now.cancelled)


def _snapshot(journal: Journal, portfolio: str, as_of: dt.date, known: int | None) -> Entry | None:
    entries = journal.entries("holdings", subject=portfolio, known=known, valid_until=as_of.isoformat())
    return max(entries, key=lambda e: (str(e.valid), e.seq), default=None)


def _no_snapshot(journal: Journal, portfolio: str, as_of: dt.date, known: int | None) -> NotEnoughDataError:
    later = sorted(str(e.valid) for e in journal.entries("holdings", subject=portfolio, known=known))
    traded = bool(journal.entries("transactions", subject=portfolio, known=known, limit=1))
    found = f"the first of {later[0]}" if later else "none" + (", only transactions" if traded else "")
    return NotEnoughDataError(
        expected=f"holdings of {portfolio} on or before {as_of}",
        found=found,
        try_next="import holdings: trimtab import holdings.csv --as-of DAY"
        + ("; or say that the book starts empty" if traded and not later else ""),
    )


def _price_on(prices: PriceTable | None) -> PriceOn:
    """Give a look-up of settlement prices: a contract's own column, or that of the same month in another size."""

    def look(instrument: Instrument, day: dt.date) -> Decimal | None:
        if prices is None:
            return None
        rows = int(np.searchsorted(prices.dates, np.datetime64(day + dt.timedelta(days=1), "s"), side="left"))
        for name in instrument.settlement_names:
            if name not in prices:
                continue
            if instrument.is_owned and prices.currencies[prices.column(name)] is not None:
                return None  # stated prices are in whole units, whatever the book says of pence
            column = prices.values[:rows, prices.column(name)]
            there = np.flatnonzero(~np.isnan(column))
            if there.size and prices.dates[there[-1]] >= np.datetime64(day - dt.timedelta(days=_OLDEST_DAYS), "s"):
                return exact(column[there[-1]])
        return None

    return look
