"""An extract of an account's ledger: what happened between two days, and how net asset value came to change."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from trimtab.desk.accounts.account import Account
from trimtab.desk.accounts.evening import MarketOn, markets_of, prices_of, rates_of, unrecorded_splits
from trimtab.errors import NotEnoughDataError
from trimtab.ledger.book import Book
from trimtab.ledger.doubles import doubled_payouts
from trimtab.ledger.facts.income import Payout
from trimtab.ledger.finding import Finding
from trimtab.ledger.fold import Entry
from trimtab.ledger.ledger import Ledger
from trimtab.ledger.rows import COLUMNS, LedgerRow, ledger_rows
from trimtab.ledger.state import Rules
from trimtab.ledger.statement import PriceOf, Statement, nav, statement
from trimtab.market.prices import Flag, PriceTable
from trimtab.market.rates.fx import FxRates
from trimtab.market.rates.interest import Interest
from trimtab.market.suspected import SplitDays, suspected_splits, what_to_record
from trimtab.model.shown import Shown

__all__ = ["LedgerExtract", "change_of", "counted_twice", "extract", "extract_of"]

_CENT = Decimal("0.01")
_NUMBERS = frozenset(["quantity", "price", "cash", "income", "flow", "nav"])


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class LedgerExtract(Shown):
    """What happened to an account between two days.

    Parameters
    ----------
    account, base
        Whose, and the currency net asset value is counted in.
    start, end
        First and last day whose facts are shown.
    symbol
        What alone is shown; None: everything.
    rows
        One for each currency, and each thing, that a fact moved.
    statement
        How net asset value came to change: from the evening before `start`, or of the first facts, to that of `end`.
    without
        Why there is no statement; empty where there is one.
    findings
        What is told beside the numbers of these days.
    notes
        What was taken for lack of anything better, in words.
    entries, book
        Everything from the first fact on, and what it led to: for an export.
    """

    account: str
    base: str
    start: dt.date
    end: dt.date
    symbol: str | None
    rows: tuple[LedgerRow, ...]
    statement: Statement | None
    without: str
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    entries: tuple[Entry, ...]
    book: Book

    def columns(self) -> dict[str, list[str | Decimal | None]]:
        """Give the rows column by column, numbers as decimals: what any frame is made of.

        ``polars.DataFrame(extract.columns())``, ``pandas.DataFrame(extract.columns())``
        """
        return {name: [_cell(name, getattr(row, name)) for row in self.rows] for name in COLUMNS}


def _cell(column: str, text: str | None) -> str | Decimal | None:
    return Decimal(text) if text is not None and column in _NUMBERS else text


def extract_of(
    account: Account,
    market_on: MarketOn,
    *,
    start: dt.date | None,
    end: dt.date,
    symbol: str | None = None,
    interest: Interest,
    splits: SplitDays,
    prices: PriceTable,
) -> LedgerExtract:
    """Give an extract of an account's ledger, with net asset values as every other question has them.

    Parameters
    ----------
    account
        As known, with exchange rates.
    market_on
        The market of each evening, prices in the units of the last.
    start, end
        First and last day whose facts count; None is that of the first.
    symbol
        Show what concerns it alone.
    interest
        Risk-free rates by currency, for options that state none.
    splits
        Those suspected in the prices.
    prices
        What the markets are made of: it says which of them are adjusted.

    Raises
    ------
    NotEnoughDataError
        If nothing is known of the account by the last day.
    """
    books = account.books()
    # Prices know what had happened by the last day, and no later split.
    actions = account.actions(end)
    price_of = prices_of(market_on, actions, interest, splits)
    made_extract = extract(books.ledger, price_of, name=account.name, start=start, end=end, symbol=symbol)
    refused = tuple(f for f in books.refused if made_extract.start <= f.day <= end)
    split_notes = tuple(
        f"{name}: its prices look split on {day}, and no split is recorded, so it has no value from then on: "
        f"{what_to_record(name, day)}"
        for name, day in unrecorded_splits(made_extract.book, end, actions, splits).items()
    )
    shown = [e for e in made_extract.entries if e.fact.day >= made_extract.start]
    twice = counted_twice(shown, prices)
    return replace(
        made_extract, findings=(*made_extract.findings, *refused), notes=(*books.notes, *split_notes, *twice)
    )


def change_of(
    account: Account, prices: PriceTable, *, start: dt.date, end: dt.date, fx: FxRates | None, interest: Interest
) -> tuple[Statement | None, str]:
    """Say how an account's net asset value came to change between two evenings, or why that is not known.

    Parameters
    ----------
    account, prices
        As known, prices in the units of their last day.
    start, end
        The evenings.
    fx, interest
        Exchange rates, and risk-free rates by currency for options that state none.
    """
    books = account.books()
    market_on = markets_of(prices, base=books.base, fx=fx)
    rules = replace(books.ledger.rules, rates=rates_of(market_on))
    return _statement(
        books.ledger, start, end, prices_of(market_on, account.actions(end), interest, suspected_splits(prices)), rules
    )


def counted_twice(entries: Iterable[Entry], prices: PriceTable) -> list[str]:
    """Name what paid into cash while its prices, adjusted and without closes beside them, have the dividend in them.

    Parameters
    ----------
    entries
        Of an account's ledger, between the days that are asked about.
    prices
        As `performance` and `ledger` value positions with.
    """
    paid: dict[str, int] = {}
    for entry in entries:
        symbol = entry.fact.of.symbol if isinstance(entry.fact, Payout) and entry.postings else ""
        if symbol not in prices:
            continue
        at = prices.column(symbol)
        quoted = prices.to_quoted is not None and bool((prices.to_quoted[:, at] != 1.0).any())
        if Flag.ADJUSTED_CHOSEN in prices.flags[at] and not quoted:
            paid[symbol] = paid.get(symbol, 0) + 1
    return [
        f"{symbol}: {count} dividends are cash, and its prices are adjusted, so they may count twice: import its "
        "closes beside the adjusted prices"
        for symbol, count in paid.items()
    ]


def extract(
    ledger: Ledger,
    price_of: PriceOf,
    *,
    name: str,
    end: dt.date,
    start: dt.date | None = None,
    symbol: str | None = None,
) -> LedgerExtract:
    """Give an extract of a ledger.

    Parameters
    ----------
    ledger
        Of the account.
    price_of
        Prices of an evening.
    name
        Of the account.
    start, end, symbol
        As in `extract_of`.

    Raises
    ------
    NotEnoughDataError
        If its books open later than the last day.
    """
    book = ledger.book_on(end)
    first = ledger.days[0]
    start = first if start is None else max(start, first)
    entries = ledger.entries(None, end)
    # What happened to everybody did nothing here where nothing was held.
    shown = [e for e in entries if e.fact.day >= start and (e.postings or e.holdings or e.findings)]
    if symbol is not None:
        names = _names(symbol, entries, book)
        shown = [e for e in shown if _concerns(e, names)]

    def nav_on(day: dt.date) -> Decimal | None:
        try:
            return nav(ledger.book_on(day), day, ledger.rules, price_of).quantize(_CENT)
        except NotEnoughDataError:
            return None

    # The day on which books open is where a change counts from; before that there was nothing.
    made, without = _statement(ledger, first if start == first else start - dt.timedelta(days=1), end, price_of)
    findings = [*(f for f in book.findings if start <= f.day <= end), *book.deferred(), *doubled_payouts(shown)]
    return LedgerExtract(
        account=name, base=ledger.rules.base, start=start, end=end, symbol=symbol, rows=ledger_rows(shown, nav_on),
        statement=made, without=without, findings=tuple(dict.fromkeys(findings)), notes=(), entries=entries, book=book,
    )  # fmt: skip


def _statement(
    ledger: Ledger, before: dt.date, end: dt.date, price_of: PriceOf, rules: Rules | None = None
) -> tuple[Statement | None, str]:
    if not before < end:
        return None, f"{end} is the first day of these books"
    try:
        return statement(ledger, before, end, price_of, rules), ""
    except NotEnoughDataError as missing:
        return None, f"{missing.expected} is not known: {missing.try_next}"


def _names(symbol: str, entries: Iterable[Entry], book: Book) -> frozenset[str]:
    """Give every name under which something stands: its own, earlier ones, and those of options on it."""
    names = {symbol} | {old for old, new in book.renamed.items() if new == symbol}
    touched = [h.instrument for e in entries for pair in e.holdings for h in pair if h is not None]
    return frozenset({*names, *(i.symbol for i in touched if names & set(i.written_on))})


def _concerns(entry: Entry, names: frozenset[str]) -> bool:
    symbols = {h.symbol for pair in entry.holdings for h in pair if h is not None}
    of = getattr(getattr(entry.fact, "of", None), "symbol", None)
    money = {p.currency for p in entry.postings} if not symbols and of is None else set()
    return bool(names & (symbols | money | {of}))
