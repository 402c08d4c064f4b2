"""Use case: plan the futures trades that bring a portfolio back to its mandate."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from trimtab.beta.estimate import Betas
from trimtab.desk.moment.setting import Setting
from trimtab.errors import InputError
from trimtab.hedge.futures.plan import MIN_BETA, Hedge, plan_futures, price_hedge
from trimtab.hedge.plan import Plan
from trimtab.market.snapshot import Market
from trimtab.model.contract import ContractTable
from trimtab.model.instrument import Future
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio

__all__ = ["find_hedges", "price_hedges", "propose", "stated_price"]


def find_hedges(names: tuple[str, ...], contracts: ContractTable, day: dt.date) -> tuple[Future, ...]:
    """Turn names such as ES or ESH3 into contracts; a root means the one that trades are made in (`to_trade`)."""
    hedges = []
    roots = {spec.root for spec in contracts.specs}
    for name in dict.fromkeys(names):
        future = contracts.root(name).to_trade(day) if name in roots else contracts.find(name, as_of=day)
        hedges.append(future if future is not None else contracts.root(name).future())
    if not hedges:
        raise InputError(
            expected="at least one hedge contract", found="none", try_next="give for example --hedge ES,MES"
        )
    return tuple(hedges)


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
    priced = price_hedges(
        portfolio, mandate, setting.market, setting.betas, hedges, contracts, stated_prices=stated_prices
    )
    return plan_futures(setting.of(portfolio).book, mandate, priced)


def price_hedges(
    portfolio: Portfolio,
    mandate: Mandate,
    market: Market,
    betas: Betas,
    hedges: tuple[Future, ...],
    contracts: ContractTable,
    *,
    stated_prices: Mapping[str, float] | None = None,
    min_beta: float = MIN_BETA,
) -> tuple[Hedge, ...]:
    """Find price and beta of the futures that may be traded.

    Parameters
    ----------
    portfolio, mandate, hedges, contracts, stated_prices
        As for `propose`.
    market, betas
        The moment.
    min_beta
        Least beta to be of use, as for `trimtab.hedge.futures.plan.price_hedge`.

    Raises
    ------
    InputError
        If a price is stated of a name that is neither a hedge nor a contract, or a hedge cannot be used.
    """
    stated = dict(stated_prices or {})
    named = {name for f in hedges for name in (f.symbol, f.root)}
    unused = sorted(name for name in stated if name not in named and contracts.find(name) is None)
    if unused:
        raise InputError(
            expected=f"prices of contracts that may be traded ({', '.join(f.symbol for f in hedges) or 'none'})",
            found=f"a price of {', '.join(unused)}",
            try_next="correct the name, or leave its --hedge-price out",
        )
    specs = {s.root: s for s in contracts.specs}
    priced = []
    for future in hedges:
        used = stated_price(future, portfolio, stated)
        hedge = price_hedge(
            portfolio.described(future), specs.get(future.root), market, betas, mandate, stated=used, min_beta=min_beta
        )
        asked = stated_price(future, Portfolio(positions=(), base=portfolio.base), stated)
        if asked is not None and asked != used:
            note = f"{future.symbol}: the holdings state {used:,.6g}, which its position is valued at; not {asked:,.6g}"
            hedge = replace(hedge, notes=(*hedge.notes, note))
        priced.append(hedge)
    return tuple(priced)


def stated_price(future: Future, portfolio: Portfolio, stated: dict[str, float]) -> float | None:
    """Give the price that the user states for a contract; None if there is none."""
    # A held contract is valued at the price its row states; an order in it must use the same one.
    for p in portfolio.positions:
        if p.symbol == future.symbol and p.stated.price is not None:
            return float(p.stated.price)
    return next((stated[name] for name in (future.symbol, future.root) if name in stated), None)
