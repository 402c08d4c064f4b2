"""Plan: futures alone, or every way side by side."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from trimtab.beta.method import Estimator
from trimtab.desk.propose import propose
from trimtab.desk.ways import OptionTerms
from trimtab.desk.ways import compare_ways as run_ways
from trimtab.hedge.options_way_plan import Aim
from trimtab.hedge.plan import Plan
from trimtab.hedge.reallocate_terms import ReallocationLimits
from trimtab.hedge.ways import Assumptions, Ways
from trimtab.model.instrument import Spot
from trimtab.model.mandate import Mandate
from trimtab.wiring.inputs import settle

__all__ = ["compare_ways", "plan"]


def plan(
    prices: Any,
    holdings: Any,
    mandate: Mandate,
    *,
    hedge: str | Sequence[str],
    base: str = "USD",
    method: str | Estimator = "default",
    window: int | None = None,
    as_of: dt.date | str | None = None,
    risk_free: Any = None,
    fx: Any = None,
    contracts: Any = None,
    funds: Any = None,
    chain: Any = None,
    hedge_prices: dict[str, float] | None = None,
    **options: Any,
) -> Plan:
    """Plan the futures trades that bring a portfolio back to its mandate.

    Parameters
    ----------
    prices, holdings, mandate, base, method, window, as_of, risk_free, fx, contracts, funds, **options
        As in `review`.
    hedge
        Contracts that may be traded, such as ``ES,MES`` or ``["ES", "MES"]``; a root means its front contract.
    hedge_prices
        Futures prices by contract or root, used where the price table has none.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> mandate = tt.Mandate(benchmark="SPX", target=0.0, band=0.05)
    >>> proposal = tt.plan(sample.prices_path(), "10000 AAPL, 500000 USD", mandate, hedge="ES,MES")
    >>> [(o.side.value, str(o.quantity), o.future.symbol) for o in proposal.orders]
    [('sell', '9', 'ESH3'), ('sell', '4', 'MESH3')]
    """
    names = tuple(n.strip() for n in hedge.split(",")) if isinstance(hedge, str) else tuple(hedge)
    table, setting, held, hedges = settle(
        prices, holdings, mandate, base=base, method=method, window=window, as_of=as_of, risk_free=risk_free, fx=fx,
        contracts=contracts, hedge=tuple(n for n in names if n), funds=funds, chain=chain, **options,
    )  # fmt: skip
    return propose(held, mandate, setting, hedges, table, stated_prices=hedge_prices)


def compare_ways(
    prices: Any,
    holdings: Any,
    mandate: Mandate,
    *,
    ways: str | Sequence[str] = "futures,reallocate,options",
    hedge: str | Sequence[str] = (),
    base: str = "USD",
    method: str | Estimator = "default",
    window: int | None = None,
    as_of: dt.date | str | None = None,
    risk_free: Any = None,
    fx: Any = None,
    contracts: Any = None,
    funds: Any = None,
    hedge_prices: dict[str, float] | None = None,
    option_terms: OptionTerms | None = None,
    limits: ReallocationLimits | None = None,
    also: tuple[Spot, ...] = (),
    aim: str = "edge",
    assumptions: Assumptions | None = None,
    mix: bool = True,
    **options: Any,
) -> Ways:
    """Plan each way of bringing beta back, and lay them side by side: the cheapest that works is marked, with why.

    Parameters
    ----------
    prices, holdings, mandate, base, method, window, as_of, risk_free, fx, contracts, funds, **options
        As in `review`.
    ways
        Any of futures, reallocate, options, or single option strategies such as collar.
    hedge, hedge_prices
        Futures that may be traded, as in `plan`.
    option_terms
        Which options may be traded, from a chain or a stated volatility.
    limits
        Of the reallocation: bounds, turnover, taxes, costs.
    also
        Shares or funds that may be bought though they are not held.
    aim
        "edge" of the band, or "target".
    assumptions
        Carry, margin, horizon and expiry of the proposals.
    mix
        Whether mixes of two ways are looked at as well.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> mandate = tt.Mandate(benchmark="SPX", target=0.5, band=0.05)
    >>> found = tt.compare_ways(sample.prices_path(), "10000 AAPL, 500000 USD", mandate, ways="futures", hedge="MES")
    >>> [way.name for way in found.ways]
    ['do_nothing', 'futures']
    """
    names = tuple(n.strip() for n in hedge.split(",") if n.strip()) if isinstance(hedge, str) else tuple(hedge)
    listed = ways.split(",") if isinstance(ways, str) else ways
    table, setting, held, hedges = settle(
        prices, holdings, mandate, base=base, method=method, window=window, as_of=as_of, risk_free=risk_free, fx=fx,
        contracts=contracts, hedge=names, funds=funds, **options,
    )  # fmt: skip
    return run_ways(
        held,
        mandate,
        setting,
        ways=tuple(n.strip().replace("-", "_") for n in listed if n.strip()),
        hedges=hedges,
        contracts=table,
        stated_prices=hedge_prices,
        options=option_terms,
        limits=limits,
        also=also,
        aim=Aim(aim),
        assumptions=assumptions,
        mix=mix,
    )
