"""Use case: plan the trades in futures, perpetuals and funds that bring a portfolio back to its mandate."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from trimtab.beta.estimate import Betas
from trimtab.desk.ask.hedging.rule import measured_rule
from trimtab.desk.ask.hedging.whole_book import standings_of
from trimtab.desk.moment.setting import Setting
from trimtab.errors import InputError, UnknownSymbolError
from trimtab.hedge.futures.by_rule import plan_by_rule
from trimtab.hedge.futures.hedge import MIN_BETA, Hedge, price_hedge
from trimtab.hedge.plan import Plan
from trimtab.hedge.roll.due import roll_notes
from trimtab.hedge.rule import USUAL_AIM, Aim
from trimtab.market.benchmark import index_currency
from trimtab.market.prices import PriceTable
from trimtab.market.rates.in_prices import pair_of
from trimtab.market.snapshot import Market
from trimtab.model.contract import ContractTable
from trimtab.model.decimals import exact
from trimtab.model.instrument import Instrument, Spot
from trimtab.model.mandate import Mandate
from trimtab.model.near import nearest
from trimtab.model.portfolio import Portfolio, Position

__all__ = ["find_hedges", "price_hedges", "propose", "stated_price"]


def find_hedges(
    names: tuple[str, ...],
    contracts: ContractTable,
    day: dt.date,
    *,
    prices: PriceTable | None = None,
    held: Portfolio | None = None,
) -> tuple[Instrument, ...]:
    """Turn names such as ES, ESH3, BTC-PERP or SH into what may be traded.

    A name of the contract table goes first: a root of futures means the one that trades are made in (`to_trade`). Then
    what is held under the name counts, then a column of prices: a share, fund or coin in that column's currency.

    Parameters
    ----------
    names
        As they were given.
    contracts, day
        Facts of contracts, and the day that they are traded on.
    prices, held
        Where other names are looked for; None looks in the contract table alone.

    Raises
    ------
    InputError
        If there is no name, or one of an index or an exchange rate, which nobody trades.
    UnknownSymbolError
        If a name is nowhere.
    """
    hedges: list[Instrument] = []
    for name in dict.fromkeys(names):
        spec = contracts.spec(name)
        hedge: Instrument | None = contracts.find(name, as_of=day) if spec is None else spec.listed(day)
        hedge = hedge or _held_under(name, held) or _priced_under(name, prices, held)
        if hedge is None:
            raise _unknown(name, contracts, prices, held)
        hedges.append(hedge)
    if not hedges:
        raise InputError(
            expected="at least one hedge contract", found="none", try_next="give for example --hedge ES,MES"
        )
    return tuple(hedges)


def _held_under(name: str, held: Portfolio | None) -> Instrument | None:
    """Give what is held under a name: a share, fund, coin or contract, and neither money nor an option."""
    positions = () if held is None else held.positions
    listed = (p.instrument for p in positions if p.symbol == name)
    return next((i for i in listed if i.is_owned or i.settles_daily), None)


def _priced_under(name: str, prices: PriceTable | None, held: Portfolio | None) -> Instrument | None:
    if prices is None or held is None or name not in prices:
        return None
    what = "an exchange rate" if pair_of(name) else "an index"
    if pair_of(name) or index_currency(name):
        raise InputError(
            expected="a hedge that can be traded: a future, a perpetual, or shares of a fund",
            found=f"{name}, by its name {what}",
            try_next="give a future or fund on it; if shares are traded under this name, give them a row of kind fund "
            "with --contracts",
        )
    currency = prices.currencies[prices.column(name)] or held.base
    return Spot(symbol=name, currency=currency, leverage=exact(prices.facts.multiple(name) or 1.0))


def _unknown(
    name: str, contracts: ContractTable, prices: PriceTable | None, held: Portfolio | None
) -> UnknownSymbolError:
    """Say where a hedge was looked for, and which names are near it."""
    listed = [s.root for s in contracts.specs]
    listed += () if prices is None else prices.symbols
    listed += () if held is None else (p.symbol for p in held.positions if p.instrument.is_owned)
    near = nearest(name, listed, most=3)
    meant = f"{near} Otherwise " if near else ""
    return UnknownSymbolError(
        expected="a hedge: a contract, perpetual or fund of the contract table (such as ES or MES), something held, or "
        "a column of prices",
        found=f"{name!r}",
        try_next=f"{meant}add a row with --contracts, or a column with its prices",
    )


def propose(
    portfolio: Portfolio,
    mandate: Mandate,
    setting: Setting,
    hedges: tuple[Instrument, ...],
    contracts: ContractTable,
    *,
    stated_prices: dict[str, float] | None = None,
    aim: Aim = USUAL_AIM,
) -> Plan:
    """Plan with futures, perpetuals and shares of funds: at the mandate's limit, or at its trigger where it has one.

    Parameters
    ----------
    aim
        Where trades go: to the target, or to the edge of what they are made at.
    hedges
        What may be traded.
    contracts
        Where their commissions, margins, funding and fees come from.
    stated_prices
        Prices by contract or root, used where the price table has none.
    """
    priced = price_hedges(
        portfolio, mandate, setting.market, setting.betas, hedges, contracts, stated_prices=stated_prices,
    )  # fmt: skip
    book = setting.of(portfolio).book
    rule = measured_rule(mandate, book.exposure, setting, priced, aim=aim)
    plan = plan_by_rule(book, rule, priced)
    after = book.becoming(plan.apply(book.portfolio), plan.after) if plan.orders else book
    rolls = roll_notes(plan.apply(portfolio), contracts, setting.market.day)
    standings = standings_of(book, after, mandate, setting, contracts)
    return replace(plan, rule=rule, standings=standings, notes=(*plan.notes, *rolls))


def price_hedges(
    portfolio: Portfolio,
    mandate: Mandate,
    market: Market,
    betas: Betas,
    hedges: tuple[Instrument, ...],
    contracts: ContractTable,
    *,
    stated_prices: Mapping[str, float] | None = None,
    min_beta: float = MIN_BETA,
) -> tuple[Hedge, ...]:
    """Find price and beta of what may be traded.

    Parameters
    ----------
    portfolio, mandate, hedges, contracts, stated_prices
        As for `propose`.
    market, betas
        The moment.
    min_beta
        Least beta to be of use, as for `trimtab.hedge.futures.hedge.price_hedge`.

    Raises
    ------
    InputError
        If a price is stated of a name that is neither a hedge nor a contract, or a hedge cannot be used.
    """
    stated = dict(stated_prices or {})
    named = {name for f in hedges for name in (f.symbol, f.family)}
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
        mine = [p for p in portfolio.positions if p.instrument.contract == future.contract]
        hedge = price_hedge(
            portfolio.described(future), specs.get(future.family), market, betas, mandate, stated=used,
            min_beta=min_beta, funding=_funding(mine),
            held=sum((p.quantity for p in mine), Decimal(0)),
        )  # fmt: skip
        asked = stated_price(future, Portfolio(positions=(), base=portfolio.base), stated)
        if asked is not None and asked != used:
            note = f"{future.symbol}: the holdings state {used:,.6g}, which its position is valued at; not {asked:,.6g}"
            hedge = replace(hedge, notes=(*hedge.notes, note))
        priced.append(hedge)
    return tuple(priced)


def _funding(held: list[Position]) -> float | None:
    """Give the funding that the holdings state of a perpetual; None if they state none."""
    return next((p.stated.funding for p in held if p.stated.funding is not None), None)


def stated_price(future: Instrument, portfolio: Portfolio, stated: Mapping[str, float]) -> float | None:
    """Give the price that the user states for a contract; None if there is none."""
    # A held contract is valued at the price its row states; an order in it must use the same one.
    for p in portfolio.positions:
        if p.instrument.contract == future.contract and p.stated.price is not None:
            return float(p.stated.price)
    return next((stated[name] for name in (future.symbol, future.family) if name in stated), None)
