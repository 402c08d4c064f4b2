"""The fold: facts in order, one after another, into books.

It reads no clock, no file and no price but those that stand in facts, and its result depends on nothing else. A book is
all it needs to go on from: folding a second half onto the book of the first is folding the whole.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, localcontext
from itertools import groupby
from typing import Any, Literal, TypeVar

from trimtab.errors import InputError
from trimtab.ledger.book import Book
from trimtab.ledger.effect import Effect
from trimtab.ledger.effects.contracts import apply_roll, apply_settlement
from trimtab.ledger.effects.flows import apply_conversion, apply_item, apply_money, apply_transfer
from trimtab.ledger.effects.mergers import apply_delisting, apply_merger, apply_spin_off
from trimtab.ledger.effects.payouts import apply_payout, apply_stock_dividend
from trimtab.ledger.effects.snapshots import apply_snapshot
from trimtab.ledger.effects.splits import apply_split
from trimtab.ledger.effects.terms import apply_multiplier, apply_names
from trimtab.ledger.effects.trading import apply_delivery, apply_option_end, apply_trade
from trimtab.ledger.facts.amendments import Event
from trimtab.ledger.facts.contracts import Delivery, OptionEnd, Roll, Settlement
from trimtab.ledger.facts.corporate import Delisting, Merger, MultiplierChange, SpinOff, Split, SymbolChange
from trimtab.ledger.facts.header import Subject
from trimtab.ledger.facts.income import Payout, StockDividend
from trimtab.ledger.facts.money import CashItem, Conversion, Deposit, Transfer, Withdrawal
from trimtab.ledger.facts.snapshots import Snapshot
from trimtab.ledger.facts.trades import Trade
from trimtab.ledger.finding import Finding, FindingKind
from trimtab.ledger.holding import Disposal, Holding
from trimtab.ledger.posting import PRECISION, Posting
from trimtab.ledger.state import Rules, State

__all__ = ["Entry", "OnRefused", "fold"]

W = TypeVar("W")

OnRefused = Literal["raise", "set_aside"]
"""What becomes of a fact that does not fit the book: it stops everything, or is left out and told."""

_APPLY: dict[type, Callable[[Effect, Any], None]] = {
    Trade: apply_trade,
    Deposit: apply_money,
    Withdrawal: apply_money,
    Transfer: apply_transfer,
    Conversion: apply_conversion,
    CashItem: apply_item,
    Payout: apply_payout,
    StockDividend: apply_stock_dividend,
    Split: apply_split,
    SpinOff: apply_spin_off,
    Merger: apply_merger,
    MultiplierChange: apply_multiplier,
    Delisting: apply_delisting,
    OptionEnd: apply_option_end,
    Settlement: apply_settlement,
    Roll: apply_roll,
    Delivery: apply_delivery,
    Snapshot: apply_snapshot,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one fact did.

    Parameters
    ----------
    fact
        The fact; the first of several changes of symbol, which happen at once.
    postings
        They sum to zero in each currency.
    disposals
        Units that went, with their gains.
    findings
        What was told.
    holdings
        (before, after) of each holding it touched; None where there was or is none.
    """

    fact: Event
    postings: tuple[Posting, ...]
    disposals: tuple[Disposal, ...] = ()
    findings: tuple[Finding, ...] = ()
    holdings: tuple[tuple[Holding | None, Holding | None], ...] = ()


def fold(
    start: Book,
    days: Sequence[tuple[dt.date, tuple[Event, ...]]],
    rules: Rules,
    *,
    on_refused: OnRefused = "raise",
    entries: list[Entry] | None = None,
) -> Book:
    """Go on from a book with the facts of the days after it.

    Parameters
    ----------
    start
        A book; `trimtab.ledger.book.empty_book` at the beginning.
    days
        (day, facts) in the order of `trimtab.ledger.order`.
    rules
        Base currency, lots, rates, listed instruments.
    on_refused
        What becomes of a fact that does not fit.
    entries
        A list that takes what each fact did; None: nobody asks.

    Raises
    ------
    InputError
        If a fact does not fit the book and `on_refused` is "raise"; it names the row.
    """
    state = State(start, rules)
    with localcontext(Context(prec=PRECISION)):
        for _, facts in days:
            _one_day(state, facts, on_refused, entries)
    return state.book(days[-1][0] if days else start.day)


def _one_day(state: State, facts: Sequence[Event], on_refused: OnRefused, entries: list[Entry] | None) -> None:
    changes = [fact for fact in facts if type(fact) is SymbolChange]
    if not changes:
        for fact in facts:
            _one(state, fact, _APPLY[type(fact)], fact, {}, on_refused, entries)
        return
    # On the day a name changes, facts of the day may use either: before the change the new one means the old.
    ahead = {change.new_symbol: change.of.symbol for change in changes}
    back = {change.of.symbol: change.new_symbol for change in changes}
    aliases: Mapping[str, str] = ahead
    for is_name, group in groupby(facts, key=lambda fact: type(fact) is SymbolChange):
        if is_name:
            _one(state, changes[0], apply_names, changes, {}, on_refused, entries)
            # After it, the old name still finds what it named where nothing else bears it.
            aliases = {old: new for old, new in back.items() if old not in ahead}
            continue
        for fact in group:
            _one(state, fact, _APPLY[type(fact)], fact, aliases, on_refused, entries)


def _one(
    state: State,
    fact: Event,
    apply: Callable[[Effect, W], None],
    what: W,
    aliases: Mapping[str, str],
    on_refused: OnRefused,
    entries: list[Entry] | None,
) -> None:
    effect = Effect(state, fact, aliases, asked=entries is not None)
    try:
        apply(effect, what)
    except InputError as refused:
        if on_refused == "raise":
            raise
        effect = Effect(state, fact, aliases)
        of = getattr(fact, "of", None)
        symbol = of.symbol if isinstance(of, Subject) else ""
        effect.tell(FindingKind.REFUSED, symbol, f"{refused.found}, where {refused.expected} was needed: left out")
    if entries is not None:
        entries.append(
            Entry(
                fact=fact,
                postings=tuple(effect.postings),
                disposals=tuple(effect.disposals),
                findings=tuple(effect.findings),
                holdings=tuple((state.holdings.get(key), now) for key, now in effect.holdings.items()),
            )
        )
    effect.check_balance()
    state.commit(effect)
