"""What cash and coins stand behind venue accounts: where rows of the holdings say, else shared."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from trimtab.exposure.measured import MeasuredBook
from trimtab.hedge.margin.account import Account
from trimtab.hedge.margin.lines import Collateral
from trimtab.model.contract import ContractTable
from trimtab.model.currencies import CURRENCIES
from trimtab.model.portfolio import Position

__all__ = ["Place", "is_coin", "with_collateral"]

#: A venue and the currency of the collateral there.
Place: TypeAlias = tuple[str, str]


def is_coin(currency: str) -> bool:
    """Tell whether what margin is held in is a coin, and no currency."""
    return currency not in CURRENCIES


def with_collateral(
    accounts: dict[Place, Account], book: MeasuredBook, contracts: ContractTable
) -> tuple[Account, ...]:
    """Put cash and coins behind accounts: where a row says, else money as each needs; coins are not guessed at.

    Parameters
    ----------
    accounts
        With their positions, by venue and currency.
    book, contracts
        What is held, and aliases of coins.
    """
    behind: dict[Place, list[Collateral]] = {place: [] for place in accounts}
    notes: dict[Place, list[str]] = {place: list(a.notes) for place, a in accounts.items()}
    unplaced: dict[Place, str] = {}
    for currency, pool in _placed(accounts, behind, book, contracts).items():
        takers = [place for place in accounts if place[1] == currency]
        if is_coin(currency) and len(takers) > 1:
            why = f"no row says at which venue the {currency} lies: say it in a column venue of the holdings"
            unplaced |= dict.fromkeys(takers, why)
        else:
            _share_out(currency, pool, accounts, behind, notes, book)
    shares = _shares(book, contracts, accounts)
    done = []
    for place, account in accounts.items():
        owned = shares if account.rules is not None and account.rules.long_share is not None else ()
        done.append(
            replace(
                account,
                collateral=tuple(behind[place]),
                shares=owned,
                unplaced=unplaced.get(place, ""),
                notes=tuple(dict.fromkeys(notes[place])),
            )
        )
    return tuple(done)


def _placed(
    accounts: Mapping[Place, Account],
    behind: dict[Place, list[Collateral]],
    book: MeasuredBook,
    contracts: ContractTable,
) -> dict[str, list[Collateral]]:
    """Put collateral behind the accounts that rows name; give the rest by currency."""
    pools: dict[str, list[Collateral]] = {}
    for position, one, currency in _assets(book, contracts, accounts):
        venue = position.stated.venue
        if venue is None:
            pools.setdefault(currency, []).append(one)
            continue
        place, haircut = _at_venue(venue, currency, accounts, contracts)
        if place is not None:
            behind[place].append(replace(one, value=one.value * (1.0 - haircut if one.value > 0 else 1.0)))
    return pools


def _share_out(
    currency: str,
    pool: list[Collateral],
    accounts: Mapping[Place, Account],
    behind: dict[Place, list[Collateral]],
    notes: dict[Place, list[str]],
    book: MeasuredBook,
) -> None:
    """Share what no row places among accounts, and note it."""
    for place, share in _sharing(currency, accounts, behind, book).items():
        behind[place] += [replace(one, value=one.value * share) for one in pool]
        if share < 1.0:
            notes[place].append(
                f"{share:.0%} of the {currency} that no venue is said of, by margin; a column venue says where"
            )
        if place[1] != currency:
            notes[place].append(f"{currency} stands behind it, as there is too little {place[1]}")


def _assets(
    book: MeasuredBook, contracts: ContractTable, accounts: Mapping[Place, Account]
) -> list[tuple[Position, Collateral, str]]:
    """Give money and coins that may be collateral, with the currency that each is in."""
    coins = {contracts.index_of(currency) for _, currency in accounts if is_coin(currency)}
    taken = {contracts.index_of(name) for a in accounts.values() if a.rules is not None for name, _ in a.rules.haircuts}
    assets = []
    for position, line in zip(book.positions, book.exposure.positions, strict=True):
        instrument = position.instrument
        code = contracts.index_of(instrument.currency if instrument.is_money else instrument.symbol)
        # What a venue takes at a haircut is collateral there; said to be nowhere, it is what it is without.
        is_taken = code in taken and position.stated.venue is not None
        if line.value is None or not (instrument.is_money or (instrument.is_owned and (code in coins or is_taken))):
            continue
        moves = "" if code in CURRENCIES else code
        code = code if moves else instrument.currency
        assets.append((position, Collateral(value=line.value, name=moves, beta=line.beta or 0.0), code))
    return assets


def _shares(book: MeasuredBook, contracts: ContractTable, accounts: Mapping[Place, Account]) -> tuple[Collateral, ...]:
    """Give what is owned, coins behind accounts apart."""
    coins = {contracts.index_of(currency) for _, currency in accounts if is_coin(currency)}
    return tuple(
        Collateral(value=line.value, name=line.asset, beta=line.beta or 0.0)
        for position, line in zip(book.positions, book.exposure.positions, strict=True)
        if position.instrument.is_owned
        and position.quantity > 0
        and line.value is not None
        and position.stated.venue is None
        and contracts.index_of(line.asset) not in coins
    )


def _at_venue(
    venue: str, currency: str, accounts: Mapping[Place, Account], contracts: ContractTable
) -> tuple[Place | None, float]:
    """Give the account that collateral at a venue stands behind, and its haircut: its own, else one that takes it."""
    there = [
        place
        for place, account in accounts.items()
        if place[0].lower() == venue.lower() or (account.rules is not None and account.rules.is_called(venue))
    ]
    own = next((place for place in there if place[1] == currency), None)
    if own is not None:
        return own, 0.0
    for place in there:
        rules = accounts[place].rules
        haircuts = {} if rules is None else {contracts.index_of(name): cut for name, cut in rules.haircuts}
        if currency in haircuts:
            return place, haircuts[currency]
    return None, 0.0


def _sharing(
    currency: str, accounts: Mapping[Place, Account], behind: Mapping[Place, list[Collateral]], book: MeasuredBook
) -> dict[Place, float]:
    """Give each account's share of what is in a currency and said to be nowhere."""
    needs = {place: _need(account) for place, account in accounts.items()}
    takers = [place for place in accounts if place[1] == currency]
    if currency == book.exposure.base:
        foreign = [p for p in accounts if p[1] != currency and not is_coin(p[1])]
        own = {p: sum(c.value for c in behind[p]) + _pooled(p[1], book) for p in foreign}
        takers += [p for p in foreign if own[p] < needs[p]]
    total = sum(needs[p] for p in takers)
    return {p: needs[p] / total if total else 1.0 / len(takers) for p in takers}


def _pooled(currency: str, book: MeasuredBook) -> float:
    return sum(
        line.value or 0.0
        for position, line in zip(book.positions, book.exposure.positions, strict=True)
        if position.instrument.is_money and position.instrument.currency == currency and position.stated.venue is None
    )


def _need(account: Account) -> float:
    """Give the initial margin that an account asks for; where it is not known, what is assumed of futures."""
    figures = account.at(account.path(np.zeros(1)))
    if figures.initial is not None:
        return float(figures.initial[0])
    return sum(line.share * abs(line.exposure) for line in account.lines)
