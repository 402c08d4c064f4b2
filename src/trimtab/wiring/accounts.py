"""Accounts of a workspace, whatever the question: which contracts it knows, and what an account held on a day."""

import datetime as dt

from trimtab.desk.answers.known import account_of
from trimtab.desk.books.holdings_at import HeldAt
from trimtab.market.prices import PriceTable
from trimtab.model.contract import ContractTable
from trimtab.wiring.workspace import Workspace

__all__ = ["contracts_of_workspace", "held_at"]


def contracts_of_workspace(workspace: Workspace) -> ContractTable:
    """Give the bundled contract table with the workspace's files on top."""
    return workspace.reader.contracts([str(workspace.folder / name) for name in workspace.config.contracts.files])


def held_at(
    workspace: Workspace,
    portfolio: str,
    as_of: dt.date,
    *,
    known: int | None = None,
    prices: PriceTable | None = None,
) -> HeldAt:
    """Give a workspace's portfolio as of a day, as known at a journal number.

    Parameters
    ----------
    workspace, portfolio
        Whose.
    as_of
        The day: trades up to its end count.
    known
        A journal number; None for everything known now.
    prices
        For the gains of futures; None leaves them out and says so.

    Raises
    ------
    NotEnoughDataError
        If no snapshot is known on or before that day.
    """
    account = account_of(
        workspace, portfolio, base=workspace.config.base(portfolio), known=known, prices=prices,
        contracts=contracts_of_workspace(workspace),
    )  # fmt: skip
    return account.held_on(as_of)
