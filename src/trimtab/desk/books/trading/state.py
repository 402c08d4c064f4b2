"""Where the orders of an account stand: each with its fills, and what they cost by part."""

import datetime as dt

import numpy as np

from trimtab.desk.books.journal import Journal
from trimtab.desk.books.runs import Run
from trimtab.desk.books.trading.fills import fills_known
from trimtab.desk.books.trading.orders import orders_known
from trimtab.errors import InputError
from trimtab.hedge.orders.records import ReleasedOrder, Traded
from trimtab.hedge.orders.shortfall import trade_order
from trimtab.market.daycount import date_of
from trimtab.market.prices import PriceTable
from trimtab.model.contract import ContractTable
from trimtab.model.expiry import ROLL_BEFORE
from trimtab.model.instrument import PerpetualPayoff

__all__ = ["check_not_rejected", "check_unfilled", "trading_state"]


def trading_state(
    journal: Journal, portfolio: str, prices: PriceTable | None, contracts: ContractTable, *, run: int | None = None
) -> tuple[Traded, ...]:
    """Give the orders of a portfolio with their fills, in the order in which they left.

    Parameters
    ----------
    journal, portfolio
        Whose.
    prices
        For what is left to do; None knows none.
    contracts
        Which perpetuals pay in proportion to their price, and which month a series is of.
    run
        Of one plan alone.
    """
    fills = fills_known(journal, portfolio)
    return tuple(
        trade_order(
            order, fills.get(name, ()), latest=_latest(order, prices, contracts),
            is_linear=_is_linear(order, contracts),
        )
        for name, order in orders_known(journal, portfolio, run=run).items()
    )  # fmt: skip


def check_unfilled(journal: Journal, portfolio: str, run: int) -> None:
    """Refuse to send the orders of a plan again once something of them is filled.

    Raises
    ------
    InputError
        If a fill of one is known.
    """
    fills = fills_known(journal, portfolio)
    filled = [name for name in orders_known(journal, portfolio, run=run) if name in fills]
    if filled:
        raise InputError(
            expected=f"a plan of which nothing is filled, to send run {run} again", found=f"fills of {filled[0]}",
            try_next="plan again from what is held now, and send that",
        )  # fmt: skip


def check_not_rejected(journal: Journal, run: Run) -> None:
    """Refuse to send a plan that somebody rejected and nobody accepted since.

    Raises
    ------
    InputError
        If its last decision is that.
    """
    decisions = [e.body for e in journal.entries("decision", subject=run.portfolio) if e.body.get("run") == run.seq]
    if decisions and decisions[-1].get("decision") == "rejected":
        raise InputError(
            expected=f"a plan that was not rejected, to send the orders of run {run.seq}",
            found=f"rejected by {decisions[-1].get('by')}",
            try_next=f"plan again, or accept it: trimtab decide {run.seq} accepted --by NAME",
        )


def _is_linear(order: ReleasedOrder, contracts: ContractTable) -> bool:
    if not order.of_perpetual:
        return True
    spec = contracts.spec(order.symbol)
    perpetual = None if spec is None else spec.perpetual
    return perpetual is not None and perpetual.payoff is PerpetualPayoff.LINEAR


def _latest(order: ReleasedOrder, prices: PriceTable | None, contracts: ContractTable) -> float | None:
    """Give the last price of what was ordered, since the plan's day; of a series only as long as it is that month's."""
    if prices is None:
        return None
    if order.symbol in prices:
        return _since(prices.last(order.symbol), order.day)
    spec = contracts.spec(order.root)
    if not order.of_future or spec is None or order.root not in prices or order.expiry is None:
        return None
    last = prices.last(order.root)
    if last is None:
        return None
    day = date_of(last[1])
    is_front = spec.front(day).expiry == order.expiry and day < order.expiry - ROLL_BEFORE
    return _since(last, order.day) if is_front else None


def _since(last: tuple[float, np.datetime64] | None, day: dt.date) -> float | None:
    return None if last is None or date_of(last[1]) < day else last[0]
