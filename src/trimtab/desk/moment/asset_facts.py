"""What holdings and contract tables tell of assets, for estimators that bound or shrink betas."""

from collections.abc import Mapping
from dataclasses import replace

from trimtab.market.asset_facts import AssetFacts, AssetKind
from trimtab.market.prices import PriceTable
from trimtab.model.contract import ContractTable
from trimtab.model.instrument import Instrument
from trimtab.model.portfolio import Portfolio

__all__ = ["asset_facts", "with_funds", "with_futures", "with_multiples"]


def with_multiples(prices: PriceTable, multiples: Mapping[str, float] | None) -> PriceTable:
    """Let a table know the daily multiples that some of its funds promise: 3, 2, -1.

    Parameters
    ----------
    prices
        Any table.
    multiples
        By symbol; None states nothing.

    Raises
    ------
    UnknownSymbolError
        If a symbol is not in the table.
    InputError
        If a multiple is 0 or no number.

    Examples
    --------
    >>> table = PriceTable.of({"TQQQ": [50.0, 53.0]}, dates=["2024-01-02", "2024-01-03"])
    >>> with_multiples(table, {"TQQQ": 3}).facts.multiple("TQQQ")
    3.0
    """
    if not multiples:
        return prices
    for symbol in multiples:
        prices.column(symbol)
    stated = AssetFacts(multiples=tuple(sorted((s, float(m)) for s, m in multiples.items())))
    return replace(prices, facts=prices.facts.with_(stated))


def with_futures(prices: PriceTable, contracts: ContractTable) -> PriceTable:
    """Let a table know which of its columns are futures, by their names: a root with a contract month (ESH3, FESXZ25).

    A root alone may be a share's ticker (ES, MET, SIL), and says nothing.

    Parameters
    ----------
    prices
        Any table; what it knows already stays.
    contracts
        Families by root.
    """
    roots = contracts.roots
    futures = tuple(
        (s, AssetKind.FUTURE)
        for s in prices.symbols
        if s[-1].isdigit() and s not in roots and contracts.find(s) is not None
    )
    facts = AssetFacts(kinds=futures).with_(prices.facts)
    return prices if facts == prices.facts else replace(prices, facts=facts)


def with_funds(prices: PriceTable, contracts: ContractTable) -> PriceTable:
    """Let a table know the daily multiples of the funds that a contract table names, held, to be traded or neither.

    A fund counts in what other betas are drawn towards unless it promises a multiple. Were that known only of what is
    held or named as a hedge, naming one would change the betas of everything else.

    Parameters
    ----------
    prices
        Any table; a column in another currency than the fund's is another thing, and what is known already stays.
    contracts
        Funds with their multiples.
    """
    currencies = dict(zip(prices.symbols, prices.currencies, strict=True))
    multiples = tuple(
        (s.root, float(s.leverage))
        for s in contracts.specs
        if s.leverage != 1 and s.root in currencies and currencies[s.root] in {None, s.currency}
    )
    if not multiples:
        return prices
    return replace(prices, facts=AssetFacts(multiples=multiples).with_(prices.facts))


def asset_facts(portfolio: Portfolio, instruments: tuple[Instrument, ...]) -> AssetFacts:
    """Gather kinds and stated multiples by symbol.

    Parameters
    ----------
    portfolio
        What is held.
    instruments
        All that is held or may be traded: leveraged funds state their multiples.
    """
    multiples = {i.symbol: float(i.leverage) for i in instruments if i.leverage not in {0, 1}}
    kinds = {i.symbol: AssetKind.SHARE for i in instruments if i.is_owned}
    money = {portfolio.base, *(i.currency for i in instruments if i.is_money)}
    families = {n for i in instruments if i.settles_daily for n in (i.symbol, i.family)}
    kinds |= dict.fromkeys(money - set(kinds), AssetKind.CURRENCY) | dict.fromkeys(families, AssetKind.FUTURE)
    return AssetFacts(kinds=tuple(sorted(kinds.items())), multiples=tuple(sorted(multiples.items())))
