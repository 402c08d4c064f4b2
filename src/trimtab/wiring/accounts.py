"""Accounts of a workspace: its journal, its prices and the reader of its files put together."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from trimtab.desk.accounts.account import Account
from trimtab.desk.books.holdings_at import HeldAt
from trimtab.feeds.contracts import bundled_contracts, read_contracts
from trimtab.feeds.holdings import portfolio_of_records
from trimtab.market.prices import PriceTable
from trimtab.market.rates.fx import FxRates
from trimtab.market.rates.interest import Interest
from trimtab.model.contract import ContractTable
from trimtab.model.portfolio import Portfolio
from trimtab.wiring.inputs import as_moment
from trimtab.wiring.workspace import Workspace

if TYPE_CHECKING:
    from trimtab.desk.accounts.between import HeldBetween
    from trimtab.desk.accounts.past import Past
    from trimtab.desk.ask.drift import By

__all__ = ["account_of", "contracts_of_workspace", "held_at", "held_between", "past_of"]


def contracts_of_workspace(workspace: Workspace) -> ContractTable:
    """Give the bundled contract table with the workspace's files on top."""
    table = bundled_contracts()
    for name in workspace.config.contracts.files:
        table = table.merged(read_contracts(workspace.folder / name))
    return table


def account_of(
    workspace: Workspace,
    name: str,
    *,
    known: int | None = None,
    prices: PriceTable | None = None,
    contracts: ContractTable | None = None,
) -> Account:
    """Give an account of a workspace, as known at a journal number.

    Parameters
    ----------
    workspace, name
        Whose.
    known
        A journal number; None for everything known now.
    prices
        For the gains of futures; None leaves them out and says so.
    contracts
        Contract families; the workspace's if None.
    """
    table = contracts_of_workspace(workspace) if contracts is None else contracts

    def read(records: Sequence[Mapping[str, str]], base: str, day: dt.date) -> Portfolio:
        numbered = list(enumerate(records, start=1))
        return portfolio_of_records(numbered, base=base, contracts=table, as_of=day, name=name)

    return Account(journal=workspace.journal, name=name, read=read, prices=prices, known=known)


def held_at(
    workspace: Workspace,
    portfolio: str,
    as_of: dt.date,
    *,
    known: int | None = None,
    prices: PriceTable | None = None,
    contracts: ContractTable | None = None,
    start_empty: bool = False,
) -> HeldAt:
    """Give a workspace's portfolio as of a day, as known at a journal number.

    Parameters
    ----------
    workspace, portfolio, known, prices, contracts
        As for `account_of`.
    as_of
        The day: trades up to its end count.
    start_empty
        Whether transactions without a snapshot before them start from an empty book.

    Raises
    ------
    NotEnoughDataError
        If no snapshot is known on or before that day.
    """
    account = account_of(workspace, portfolio, known=known, prices=prices, contracts=contracts)
    return account.held_on(as_of, start_empty=workspace.config.base(portfolio) if start_empty else None)


def past_of(
    workspace: Workspace,
    portfolio: str,
    *,
    prices: PriceTable,
    contracts: ContractTable,
    start: dt.date | None = None,
    known: int | None = None,
    fx: FxRates | None = None,
    rates: Interest,
) -> "Past":
    """Work out what a portfolio held and earned up to the last day of a price table, as `desk.accounts.past` does."""
    from trimtab.desk.accounts.past import past_of as work_out  # noqa: PLC0415 - only questions about the past need it

    account = account_of(workspace, portfolio, known=known, prices=prices, contracts=contracts)
    return work_out(account, prices, start=start, fx=fx, rates=rates)


def held_between(
    workspace: Workspace,
    portfolio: str,
    start: str | None,
    by: "By",
    *,
    end: dt.date,
    prices: PriceTable,
    benchmark: str,
    contracts: ContractTable,
    known: int | None = None,
    rates: Interest,
) -> "HeldBetween":
    """Work out what a portfolio held on the days of a drift, as `desk.accounts.between` does; `start` as written."""
    from trimtab.desk.accounts.between import held_between as books_between  # noqa: PLC0415 - drift alone needs it

    account = account_of(workspace, portfolio, known=known, prices=prices, contracts=contracts)
    first = None if start is None else dt.date.fromisoformat(str(as_moment(start)))
    return books_between(account, prices, start=first, by=by, end=end, benchmark=benchmark, rates=rates)
