"""A portfolio as of a day, as known at a journal number: the book of that day, of the account's ledger.

What cannot be worked out is said in `reasons`: a book with something missing is not passed off as whole. A snapshot
states everything anew, so that only what is told on or after its day counts.
"""

import datetime as dt
from dataclasses import dataclass, replace

from trimtab.desk.books.account_ledger import AccountBooks, Stated
from trimtab.errors import Failure, NotEnoughDataError, Reason
from trimtab.ledger.book import Book
from trimtab.ledger.facts.money import CashItem, CashKind
from trimtab.ledger.finding import Finding, FindingKind
from trimtab.model.portfolio import Portfolio

__all__ = ["HeldAt", "held_in"]

#: Told with the book; what concerns taxes alone is told where they are asked about.
_TOLD = frozenset(
    [
        FindingKind.FRACTION, FindingKind.CHECK, FindingKind.DIFFERENCE, FindingKind.TWICE, FindingKind.OVERSOLD,
        FindingKind.BEFORE_SNAPSHOT,
    ]
)  # fmt: skip
_REASONS = {FindingKind.REFUSED: Reason.CONFLICT, FindingKind.DEFERRED: Reason.NO_PRICE}


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


def held_in(books: AccountBooks, as_of: dt.date, *, start_empty: bool = False) -> HeldAt:
    """Give the book of a day, as the rest of trimtab reads it.

    Parameters
    ----------
    books
        An account's ledger.
    as_of
        The day; what happened on it counts.
    start_empty
        Whether an account without any snapshot starts from nothing.

    Raises
    ------
    NotEnoughDataError
        If there is no snapshot on or before the day and the book may not start empty.
    """
    snapshot = books.snapshot_on(as_of)
    if snapshot is None and (books.stated or not start_empty):
        raise _no_snapshot(books, as_of)
    since = dt.date.min if snapshot is None else snapshot.day
    lines = [k for k in books.lines if since < k.now.day <= as_of]
    trades = [k.now.day for k in lines if not k.now.cancelled]
    first = min(trades, default=None) if snapshot is None else since
    used = {seq for k in lines for seq in k.seqs}
    if first is not None:
        used |= {a.seq for a in books.actions if first < a.effective <= as_of}
    if snapshot is not None:
        used.add(snapshot.seq)
    notes: tuple[str, ...] = books.notes
    reasons: tuple[Failure, ...] = ()
    portfolio = Portfolio(positions=(), base=books.base, name=books.name)
    if first is not None:
        book = books.ledger.book_on(as_of)
        portfolio = replace(_as_listed(book.portfolio(books.name), snapshot), stated_on=first)
        findings = _since(book, books, since, as_of)
        notes = (*notes, *_notes(book, books, findings, since, as_of))
        reasons = (*_open(findings, book, since), *_expired(book, as_of))
    return HeldAt(
        portfolio=portfolio,
        as_of=as_of,
        snapshot=None if snapshot is None else since,
        entries=tuple(sorted(used)),
        trades=len(trades),
        notes=notes,
        reasons=reasons,
    )


def _as_listed(portfolio: Portfolio, snapshot: Stated | None) -> Portfolio:
    """Give positions in the order of the snapshot, what came later last; money that is none only if it lists that."""
    rows = () if snapshot is None else snapshot.book.positions
    places = {symbol: at for at, symbol in reversed(list(enumerate(p.symbol for p in rows)))}
    kept = [p for p in portfolio.positions if p.quantity or p.symbol in places]
    return replace(portfolio, positions=tuple(sorted(kept, key=lambda p: places.get(p.symbol, len(places)))))


def _since(book: Book, books: AccountBooks, since: dt.date, as_of: dt.date) -> list[Finding]:
    """Give what was told since the snapshot that the book rests on: what it found itself, and all later things."""
    findings = [f for f in book.findings if f.day > since or (f.day == since and f.kind not in _REASONS)]
    return [*findings, *(f for f in books.refused if since < f.day <= as_of)]


def _notes(book: Book, books: AccountBooks, findings: list[Finding], since: dt.date, as_of: dt.date) -> list[str]:
    notes = [_words(f) for f in findings if f.kind in _TOLD]
    funded = {
        e.fact.of.symbol
        for e in books.ledger.entries(book.opened, as_of)
        if isinstance(e.fact, CashItem) and e.fact.kind is CashKind.FUNDING and e.fact.of is not None
    } if any(h.instrument.keeps_entry for h in book.holdings.values()) else set()  # fmt: skip
    notes += [
        f"{h.symbol}: funding paid or received since {since} is not known; give it as funding"
        for h in book.holdings.values()
        if h.instrument.keeps_entry and as_of > max(since, h.stated or since) and h.symbol not in funded
    ]
    return list(dict.fromkeys(notes))


def _words(finding: Finding) -> str:
    named = not finding.symbol or finding.detail.startswith(f"{finding.symbol}:")
    return finding.detail if named else f"{finding.symbol}: {finding.detail}"


def _open(findings: list[Finding], book: Book, since: dt.date) -> list[Failure]:
    """Say what keeps a book from being whole."""
    open_findings = [*(f for f in findings if f.kind in _REASONS), *book.deferred()]
    reasons = {
        f.symbol: Failure(where=f.symbol, reason=_REASONS[f.kind], detail=f.detail) for f in reversed(open_findings)
    }
    for holding in book.holdings.values():
        instrument = holding.instrument
        if instrument.keeps_entry and holding.carried is None and book.day is not None and book.day > since:
            reasons[holding.symbol] = Failure(
                where=holding.symbol, reason=Reason.NO_PRICE,
                detail=f"no price of its own near {since}, so what it gained since is not known: give its entry price",
            )  # fmt: skip
    return list(reasons.values())


def _expired(book: Book, as_of: dt.date) -> list[Failure]:
    """Name what should have ended by the day: somebody must say how."""
    return [
        Failure(
            where=h.symbol, reason=Reason.EXPIRED,
            detail=f"it expired on {h.instrument.expiry}: give its exercise, assignment or expiry as a transaction",
        )
        for h in book.holdings.values()
        if h.instrument.expiry is not None and h.instrument.expiry < as_of and not h.settles
    ]  # fmt: skip


def _no_snapshot(books: AccountBooks, as_of: dt.date) -> NotEnoughDataError:
    traded = bool(books.lines)
    nothing = "none, only transactions" if traded else "none"
    first_snapshot = f"the first of {books.stated[0].day}" if books.stated else nothing
    return NotEnoughDataError(
        expected=f"holdings of {books.name} on or before {as_of}",
        found=first_snapshot,
        try_next=(f"import prices up to {books.stated[0].day}, or " if books.stated else "import ")
        + f"holdings of {as_of} or before: trimtab import holdings.csv --as-of DAY"
        + ("; or say that the book starts empty" if traded and not books.stated else ""),
    )
