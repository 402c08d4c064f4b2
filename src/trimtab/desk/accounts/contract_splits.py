"""Prices of contracts on a share that split, in the units that the contracts are counted in.

A split of a share adjusts the options on it: after 4:1 there are four contracts for one, each worth a quarter. A book
of before is brought over the split (`later_units`), so the quotes of before have to be as well, or each option that has
a price of its own would be worth four times what it was.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace

from trimtab.desk.accounts.account import Account
from trimtab.desk.books.actions import Action, ActionKind, adjust_prices
from trimtab.market.prices import PriceTable
from trimtab.model.instrument import Instrument

__all__ = ["contract_splits", "with_contract_splits"]


def with_contract_splits(prices: PriceTable, account: Account, *, day: dt.date) -> PriceTable:
    """Give prices in which those of contracts are divided by the splits of what they are written on.

    Whether a contract's prices of before a split are raw is told from its step across the day, as a share's is.

    Parameters
    ----------
    prices
        In the units of the day, shares that split among them; not yet judged for jumps.
    account
        Says which contracts there were, and which splits are known.
    day
        In whose units prices are wanted.
    """
    actions = account.actions(day)
    if not any(a.kind is ActionKind.SPLIT for a in actions):
        return prices
    quoted = {i: None for i in _instruments(account, day) if i.symbol in prices and i.symbol not in i.written_on}
    splits = dict.fromkeys(split for instrument in quoted for split in contract_splits(instrument, actions))
    return adjust_prices(prices, sorted(splits, key=lambda s: s.effective), as_of=day) if splits else prices


def _instruments(account: Account, day: dt.date) -> Iterator[Instrument]:
    for entry in account.books().ledger.entries(None, day):
        for pair in entry.holdings:
            yield from (holding.instrument for holding in pair if holding is not None)


def contract_splits(instrument: Instrument, actions: Sequence[Action]) -> Iterator[Action]:
    """Give the splits of what a contract is written on, under the contract's own name.

    Parameters
    ----------
    instrument
        A share has none of its own here.
    actions
        By effective day; a change of symbol is followed.

    Examples
    --------
    >>> from decimal import Decimal
    >>> from trimtab.model.instrument import Option, OptionRight, Terms
    >>> put = Option(
    ...     symbol="ABC 110P", underlying="ABC", currency="USD", right=OptionRight.PUT, strike=Decimal(110),
    ...     expiry=dt.date(2024, 8, 16), terms=(Terms(multiplier=Decimal(100)),),
    ... )  # fmt: skip
    >>> split = Action(kind=ActionKind.SPLIT, symbol="ABC", effective=dt.date(2024, 6, 10), ratio=Decimal(4))
    >>> [(a.symbol, int(a.ratio)) for a in contract_splits(put, [split])]
    [('ABC 110P', 4)]
    """
    now = instrument
    for action in actions:
        if action.kind is ActionKind.SYMBOL and action.new_symbol is not None:
            now = now.renamed({action.symbol: action.new_symbol})
        elif action.kind is ActionKind.SPLIT and action.symbol != now.symbol and now.splits_with(action.symbol):
            yield replace(action, symbol=instrument.symbol)
