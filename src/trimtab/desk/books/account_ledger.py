"""The ledger of an account: what a journal knows of it, as facts.

Snapshots, transactions, corporate actions and the settlement prices of contracts become one
`trimtab.ledger.ledger.Ledger`, whose book of a day is what every question about that day reads.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypedDict

from trimtab.desk.books.actions import Action, known_actions
from trimtab.desk.books.described import Described, ReadPortfolio
from trimtab.desk.books.journal import Journal
from trimtab.desk.books.migration import fact_of_action, facts_of_transaction
from trimtab.desk.books.parts import Stated, of_part, since_stated, stated_books
from trimtab.desk.books.settlement import PriceOn, price_on, settlements
from trimtab.desk.books.transactions import KnownTransaction, known_transactions
from trimtab.errors import InputError
from trimtab.ledger.facts.amendments import Event
from trimtab.ledger.facts.contracts import Settlement
from trimtab.ledger.facts.corporate import MultiplierChange, SymbolChange
from trimtab.ledger.facts.header import Subject
from trimtab.ledger.facts.money import Deposit, Withdrawal
from trimtab.ledger.facts.snapshots import Snapshot
from trimtab.ledger.facts.trades import Trade
from trimtab.ledger.finding import Finding, FindingKind
from trimtab.ledger.ledger import Ledger
from trimtab.ledger.state import RateOn, Rules
from trimtab.market.prices import PriceTable
from trimtab.model.instrument import Cash, Instrument
from trimtab.model.lot_order import LotMethod
from trimtab.model.portfolio import Portfolio, Position

__all__ = ["AccountBooks", "Stated", "account_books"]


class _Sourced(TypedDict, total=False):
    source: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountBooks:
    """An account's ledger, with what it was made of.

    Parameters
    ----------
    name, base
        Whose, and the currency it is counted in.
    ledger
        Facts that do not fit are set aside, and told in its books' findings.
    stated
        Snapshots by day.
    lines
        Transactions by time, cancelled ones among them.
    actions
        Corporate actions by effective day.
    refused
        Rows that are no facts at all, each with its reason.
    notes
        What was taken for lack of anything better, in words.
    """

    name: str
    base: str
    ledger: Ledger
    stated: tuple[Stated, ...]
    lines: tuple[KnownTransaction, ...]
    actions: tuple[Action, ...]
    refused: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()

    def snapshot_on(self, day: dt.date) -> Stated | None:
        """Give the newest snapshot on or before a day."""
        return max((s for s in self.stated if s.day <= day), key=lambda s: s.day, default=None)


def account_books(
    journal: Journal,
    account: str,
    *,
    read: ReadPortfolio,
    base: str,
    known: int | None = None,
    prices: PriceTable | None = None,
    method: LotMethod = "fifo",
    rates: RateOn | None = None,
    settled: bool = True,
) -> AccountBooks:
    """Read what a journal knows of an account as facts, and give them as a ledger.

    Parameters
    ----------
    journal, account
        Where it is written down, and its name.
    read
        Reads the rows of a holdings file (`trimtab.feeds.holdings.portfolio_of_records`).
    base
        Currency of an account without snapshots; otherwise that of the last one counts.
    known
        A journal number: what was written down later does not count. None: everything.
    prices
        For the settlement of futures, and for the currencies of what rows only name.
    method
        Which lots go first.
    rates
        For costs and gains in base currency.
    settled
        Whether contracts are settled at the prices of each evening; False leaves it to what rows state.
    """
    entries = journal.entries("holdings", subject=account, known=known)
    stated, parted = stated_books(entries, lambda body, day: read(body["rows"], body["base"], day))
    lines = known_transactions(journal, account, known)
    sources = _Told(journal=journal, account=account, read=read, actions=known_actions(journal, known), prices=prices,
                 base=stated[-1].book.base if stated else base, method=method, rates=rates,
                 settled=settled)  # fmt: skip
    if parted:
        lines = since_stated(lines, stated)
        stated = of_part(stated, lines, lambda one, since, day: _rolled(sources, one, since, day), account)
    return _books(sources, stated, lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What an account's books are made with, whatever snapshots and transactions they start from."""

    journal: Journal
    account: str
    read: ReadPortfolio
    actions: tuple[Action, ...]
    prices: PriceTable | None
    base: str
    method: LotMethod
    rates: RateOn | None
    settled: bool = True


def _rolled(sources: _Told, one: Stated, since: Sequence[KnownTransaction], day: dt.date) -> Portfolio:
    return _books(sources, (one,), tuple(since)).ledger.book_on(day).portfolio(sources.account)


def _books(sources: _Told, stated: tuple[Stated, ...], lines: tuple[KnownTransaction, ...]) -> AccountBooks:
    journal, account, read, prices, base = sources.journal, sources.account, sources.read, sources.prices, sources.base
    actions = sources.actions
    described = Described(read=read, base=base, snapshots=[s.book for s in stated], prices=prices)
    acts = [fact_of_action(a) for a in actions]
    traded, refused = _traded(journal, account, lines, described)
    refused += _doubted(traded, described, price_on(prices, owned=True))
    described.without_silence(frozenset(a.new_symbol for a in acts if isinstance(a, SymbolChange)))
    contracts = _contracts(stated, traded, described)
    opened = _snapshots(stated, traded, price_on(prices))
    first = stated[0].day if stated else min((f.day for f in traded), default=dt.date.max)
    # What happened to everybody before there was an account happened to nobody here; terms of contracts stay changed.
    acts = [a for a in acts if a.day > first or isinstance(a, MultiplierChange)]
    settled = {(f.of.symbol, f.day) for f in traded if isinstance(f, Settlement)}
    evenings = settlements(contracts, prices, settled) if sources.settled else ()
    facts = [*opened, *traded, *acts, *evenings]
    return AccountBooks(
        name=account, base=base,
        ledger=Ledger(
            facts, Rules(base=base, method=sources.method, rates=sources.rates, listed=described.listed),
            on_refused="set_aside",
        ),
        stated=stated, lines=lines, actions=actions, refused=tuple(refused), notes=described.notes,
    )  # fmt: skip


def _snapshots(stated: Sequence[Stated], traded: Sequence[Event], look: PriceOn) -> list[Snapshot]:
    """Give snapshots as facts.

    One that lists no money says nothing of it, where money was ever stated. Where it never was, it is not what these
    files are about, and what trades paid since the last snapshot is not owed: the account has none.
    """
    moved = min((f.day for f in traded if isinstance(f, Deposit | Withdrawal)), default=dt.date.max)
    facts: list[Snapshot] = []
    money = False
    for snapshot in stated:
        fact = _snapshot(snapshot, look)
        money = money or snapshot.states_cash or moved <= snapshot.day
        if facts and not money:
            nothing = Position(instrument=Cash(currency=snapshot.book.base), quantity=Decimal(0))
            fact = replace(fact, positions=(*fact.positions, nothing))
        facts.append(fact)
    return facts


def _snapshot(stated: Stated, look: PriceOn) -> Snapshot:
    """Give a snapshot as a fact; its contracts are carried at the evening's settlement."""
    marks: dict[str, Decimal] = {}
    for position in stated.book.positions:
        if position.instrument.settles_daily:
            price = look(position.instrument, stated.day)
            if price is not None:
                marks[position.symbol] = price
    return Snapshot(day=stated.day, source=f"journal entry {stated.seq}", positions=stated.book.positions, marks=marks)


def _traded(
    journal: Journal, account: str, lines: Sequence[KnownTransaction], described: Described
) -> tuple[list[Event], list[Finding]]:
    files = {
        e.seq: e.read_as(_Sourced).get("source", {}).get("name", "")
        for e in journal.entries("transactions", subject=account)
    }
    stand = [k for k in lines if not k.now.cancelled]
    for line in stand:
        described.learn(line.now)
    facts: list[Event] = []
    refused: list[Finding] = []
    sources: dict[tuple[int, int], str] = {}
    for line in stand:
        seq = line.seqs[-1]
        place = (seq, line.now.row)
        if place not in sources:
            row = f" row {line.now.row}" if line.now.row else ""
            sources[place] = f"{files.get(seq) or 'transactions'}{row}, journal entry {seq}"
        source = sources[place]
        try:
            facts += facts_of_transaction(line.now, source, described)
        except InputError as error:
            refused.append(
                Finding(
                    kind=FindingKind.REFUSED, day=line.now.day, symbol=line.now.symbol, source=source,
                    detail=f"{error.found}, where {error.expected} was needed: left out",
                )
            )  # fmt: skip
    return facts, refused


def _doubted(traded: Sequence[Event], described: Described, look: PriceOn) -> list[Finding]:
    """Say where a share seems to have been traded at a hundred times its price: pence written as pounds."""
    doubts = []
    for fact in traded:
        if not isinstance(fact, Trade):
            continue
        share, of = described.listed.get(fact.of.symbol), fact.of
        minor = of.instrument.minor if of.instrument is not None and of.minor is None else of.minor
        if share is None or not share.is_owned or minor is None or minor == share.minor or not fact.price:
            continue
        quoted = look(share, fact.day)
        # Near the day's price the trade was quoted as the prices are, whatever its row says of the unit.
        if quoted is not None and quoted > 0 and Decimal("0.5") < fact.price / quoted < 2:
            doubts.append(
                Finding(
                    kind=FindingKind.REFUSED, day=fact.day, symbol=of.symbol, source=fact.source,
                    detail=f"traded at {fact.price.normalize():f}, said to be "
                    f"{'pence' if minor else 'whole ' + share.currency}, near the day's {quoted.normalize():f} in "
                    f"{'pence' if share.minor else 'whole ' + share.currency} ({fact.source}): give its currency as "
                    "GBX, or its quotation",
                )
            )  # fmt: skip
    return doubts


def _contracts(
    stated: Sequence[Stated], traded: Sequence[Event], described: Described
) -> dict[str, tuple[Instrument, dt.date]]:
    """Give the contracts that are ever held, by symbol, with the first day on which they may be."""
    first_uses: dict[str, tuple[Instrument, dt.date]] = {}

    def note(instrument: Instrument | None, day: dt.date) -> None:
        if instrument is not None and instrument.settles_daily:
            before = first_uses.get(instrument.symbol)
            first_uses[instrument.symbol] = (instrument, day if before is None else min(day, before[1]))

    for snapshot in stated:
        for position in snapshot.book.positions:
            note(position.instrument, snapshot.day)
    for fact in traded:
        for of in (getattr(fact, "of", None), getattr(fact, "into", None)):
            if isinstance(of, Subject):
                note(of.instrument or described.listed.get(of.symbol), fact.day)
    return first_uses
