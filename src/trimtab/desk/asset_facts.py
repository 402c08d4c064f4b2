"""What holdings and contract tables tell of assets, for estimators that bound or shrink betas."""

from trimtab.market.asset_facts import AssetFacts, AssetKind
from trimtab.model.instrument import Cash, Future, Instrument, Perpetual, Spot
from trimtab.model.portfolio import Portfolio

__all__ = ["asset_facts"]


def asset_facts(portfolio: Portfolio, instruments: tuple[Instrument, ...]) -> AssetFacts:
    """Gather kinds and stated multiples by symbol.

    Parameters
    ----------
    portfolio
        What is held.
    instruments
        All that is held or may be traded: leveraged funds state their multiples.
    """
    multiples = {i.symbol: float(i.leverage) for i in instruments if isinstance(i, Spot) and i.leverage not in {0, 1}}
    kinds = {i.symbol: AssetKind.SHARE for i in instruments if isinstance(i, Spot)}
    money = {portfolio.base, *(i.currency for i in instruments if isinstance(i, Cash))}
    families = {
        n for i in instruments if isinstance(i, Future | Perpetual) for n in (i.symbol, getattr(i, "root", i.symbol))
    }
    kinds |= dict.fromkeys(money - set(kinds), AssetKind.CURRENCY) | dict.fromkeys(families, AssetKind.FUTURE)
    return AssetFacts(kinds=tuple(sorted(kinds.items())), multiples=tuple(sorted(multiples.items())))
