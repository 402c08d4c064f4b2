"""Choosing among columns of one role, and roles that only the other columns of a table can tell."""

import re
from collections.abc import Callable, Sequence

from trimtab.feeds.statements.cells.spelling import plain_words
from trimtab.feeds.statements.columns.fitting import fits
from trimtab.feeds.statements.columns.roles import Role, candidates

__all__ = ["settle_twins"]

_CODED = {Role.SYMBOL, Role.ISIN, Role.CUSIP, Role.WKN, Role.SEDOL, Role.FIGI, Role.CODE}
_MARKS = re.compile(r"\b(?:mark|last|close|closing|current|market|schlusskurs|slotkoers|akt)\b")
_PAID = re.compile(r"\b(?:trade|paid|open|average|avg)\b")


_Roles = list[Role | None]


def settle_twins(header: Sequence[str], cells: Sequence[list[str]], roles: _Roles) -> None:
    """Settle, in place, what the roles of a table's columns say of each other.

    Examples
    --------
    >>> roles = [Role.SYMBOL, Role.QUANTITY, Role.PRICE, Role.PRICE]
    >>> settle_twins(["Symbol", "Qty", "Trade Price", "Mark"], [["A"], ["1"], ["2"], ["3"]], roles)
    >>> [role.value for role in roles]
    ['symbol', 'quantity', 'cost per unit', 'price']
    """
    _settle_code(header, cells, roles)
    _settle_fees(header, cells, roles)
    _prefer(header, roles, Role.ACCOUNT, re.compile(r"\b(?:number|no|nr|id|nummer)$"), _other_account(cells))
    _prefer(header, roles, Role.SYMBOL, re.compile(r"\b(?:symbol|ticker)\b"), lambda _: Role.NAME)
    _settle_prices(header, roles)
    if not {Role.QUANTITY, Role.AMOUNT, Role.NET, Role.GROSS} & set(roles):
        # Change is what moved where nothing else says what did (Binance).
        for i, name in enumerate(header):
            if roles[i] is Role.INERT and plain_words(name) in {"change", "delta"} and fits(Role.AMOUNT, cells[i]):
                roles[i] = Role.AMOUNT
    if Role.DATE in roles and not {Role.ACTION, Role.SIDE, Role.QUANTITY, Role.PRICE} & set(roles):
        # Where no column says what happened, the description does (the account of Degiro in English).
        _rename(header, roles, {"description", "details", "narrative", "memo"}, None, Role.ACTION)
    if Role.DATE in roles and Role.PRICE in roles:
        _settle_trades(header, roles)
    happened = {Role.DATE, Role.ACTION, Role.FEE, Role.TAX, Role.NET, Role.QUANTITY}
    if Role.PRICE in roles and not happened & set(roles):
        amounts = [i for i, r in enumerate(roles) if r is Role.AMOUNT]
        for i in [i for i in amounts if Role.QUANTITY in [role for role, _ in candidates(header[i])]][:1]:
            roles[i] = Role.QUANTITY


def _settle_code(header: Sequence[str], cells: Sequence[list[str]], roles: _Roles) -> None:
    """Read a code as the thing itself where nothing else names it; it is a mark of the trade where something does."""
    if any(r in _CODED for r in roles):
        return
    for i, role in enumerate(roles):
        named = Role.NAME not in roles or _are_tickers(cells[i])
        if role is Role.CODES and plain_words(header[i]) == "code" and named:
            roles[i] = Role.SYMBOL


def _are_tickers(cells: list[str]) -> bool:
    return bool(cells) and all(re.fullmatch(r"[A-Z0-9]{2,6}(?:\.[A-Z]{1,2})?", c) for c in cells)


def _settle_fees(header: Sequence[str], cells: Sequence[list[str]], roles: _Roles) -> None:
    """Read a total of costs and not its parts beside it (Nordnet: Total Avgift and Courtage)."""
    fees = [i for i, r in enumerate(roles) if r is Role.FEE]
    totals = [i for i in fees if re.search(r"\btotal", plain_words(header[i]))]
    if len(totals) == 1 and len(fees) > 1 and all(len(cells[i]) <= len(cells[totals[0]]) for i in fees):
        for i in fees:
            if i != totals[0]:
                roles[i] = Role.INERT


def _rename(header: Sequence[str], roles: _Roles, names: set[str], old: Role | None, new: Role) -> None:
    for i, role in enumerate(roles):
        if plain_words(header[i]) in names and old in {None, role}:
            roles[i] = new


def _settle_trades(header: Sequence[str], roles: _Roles) -> None:
    """Read cost and volume of a trade: Kraken calls what it cost its cost, and the units its volume."""
    if not {Role.AMOUNT, Role.NET, Role.GROSS, Role.VALUE} & set(roles):
        _rename(header, roles, {"cost"}, None, Role.GROSS)
    if Role.QUANTITY not in roles:
        _rename(header, roles, {"vol", "volume"}, None, Role.QUANTITY)


def _settle_prices(header: Sequence[str], roles: _Roles) -> None:
    """Tell the price of a trade from the close of its day, and the last price of a holding from what was paid."""
    prices = [i for i, r in enumerate(roles) if r is Role.PRICE]
    paid = [i for i in prices if _PAID.search(plain_words(header[i]))]
    marks = [i for i in prices if _MARKS.search(plain_words(header[i]))]
    if not marks:
        return
    others, role = (marks, Role.INERT) if Role.DATE in roles else (paid, Role.UNIT_COST)
    if set(others) < set(prices):
        for i in others:
            roles[i] = role


def _other_account(cells: Sequence[list[str]]) -> Callable[[int], Role]:
    return lambda at: Role.WALLET if len(set(cells[at])) > 1 else Role.ACCOUNT_NAME


def _prefer(
    header: Sequence[str], roles: list[Role | None], role: Role, best: re.Pattern[str], other: Callable[[int], Role]
) -> None:
    """Keep a role for the column whose name says it best, where several have it."""
    places = [i for i, r in enumerate(roles) if r is role]
    chosen = [i for i in places if best.search(plain_words(header[i]))]
    if len(places) > 1 and chosen:
        for i in places:
            if i != chosen[0]:
                roles[i] = other(i)
