"""Use case: plan the futures trades that bring a portfolio back to its mandate."""

import datetime as dt

from trimtab.desk.moment.setting import Setting
from trimtab.errors import InputError
from trimtab.hedge.futures.plan import plan_futures, price_hedge
from trimtab.hedge.plan import Plan
from trimtab.model.contract import ContractTable
from trimtab.model.instrument import Future
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio

__all__ = ["find_hedges", "propose", "stated_price"]


def find_hedges(names: tuple[str, ...], contracts: ContractTable, day: dt.date) -> tuple[Future, ...]:
    """Turn names such as ES or ESH3 into contracts; a root means its front contract."""
    found = []
    for name in dict.fromkeys(names):
        future = contracts.find(name, as_of=day)
        found.append(future if future is not None else contracts.root(name).future())
    if not found:
        raise InputError(
            expected="at least one hedge contract", found="none", try_next="give for example --hedge ES,MES"
        )
    return tuple(found)


def propose(
    portfolio: Portfolio,
    mandate: Mandate,
    setting: Setting,
    hedges: tuple[Future, ...],
    contracts: ContractTable,
    *,
    stated_prices: dict[str, float] | None = None,
) -> Plan:
    """Plan with futures.

    Parameters
    ----------
    hedges
        Contracts that may be traded.
    contracts
        Where their commissions come from.
    stated_prices
        Prices by contract or root, used where the price table has none.
    """
    specs = {s.root: s for s in contracts.specs}
    priced = tuple(
        price_hedge(
            portfolio.described(f),
            specs.get(f.root),
            setting.market,
            setting.betas,
            mandate,
            stated=stated_price(f, portfolio, stated_prices or {}),
        )
        for f in hedges
    )
    return plan_futures(setting.of(portfolio).book, mandate, priced)


def stated_price(future: Future, portfolio: Portfolio, stated: dict[str, float]) -> float | None:
    """Give the price that the user states for a contract; None if there is none."""
    # A held contract is valued at the price its row states; an order in it must use the same one.
    for p in portfolio.positions:
        if p.symbol == future.symbol and p.stated.price is not None:
            return float(p.stated.price)
    return next((stated[name] for name in (future.symbol, future.root) if name in stated), None)
