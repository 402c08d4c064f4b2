"""Plan: futures alone, or every way side by side."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from trimtab.beta.method import Estimator
from trimtab.desk.ask.limits import ReallocationTerms, purchases, with_lots
from trimtab.desk.ask.propose import propose
from trimtab.desk.ask.targets import TargetKind, TargetRule, set_target
from trimtab.desk.ask.targets import plan_targets as run_targets
from trimtab.desk.ask.ways import OptionTerms
from trimtab.desk.ask.ways import compare_ways as run_ways
from trimtab.errors import InputError
from trimtab.feeds.limits import load_limits, make_terms
from trimtab.feeds.records import read_fields, read_lots
from trimtab.hedge.joint.records import JointPlan, JointTarget
from trimtab.hedge.options.records import Aim
from trimtab.hedge.plan import Plan
from trimtab.hedge.reallocate.terms import ReallocationLimits
from trimtab.hedge.ways.records import Assumptions, Ways
from trimtab.model.decimals import as_decimal
from trimtab.model.instrument import Spot
from trimtab.model.mandate import Mandate
from trimtab.wiring.inputs import settle

__all__ = ["compare_ways", "plan", "plan_targets"]


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
    target: TargetRule | None = None,
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
    target
        A target other than the mandate's beta: neutral, money, or a volatility by a named rule.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> mandate = tt.Mandate(benchmark="SPX", target=0.0, band=0.05)
    >>> proposal = tt.plan(sample.prices_path(), "10000 AAPL, 500000 USD", mandate, hedge="ES,MES")
    >>> [(o.side.value, str(o.quantity), o.future.symbol) for o in proposal.orders]
    [('sell', '9', 'ESH3'), ('sell', '4', 'MESH3')]
    """
    if target is not None and target.kind is TargetKind.AT_MOST:
        raise InputError(
            expected="a target to trade to",
            found="a maximum, which has an edge and no target",
            try_next="compare ways instead, which trade to the edge: --ways futures --hedge ES",
        )
    table, setting, held, hedges = settle(
        prices, holdings, mandate, base=base, method=method, window=window, as_of=as_of, risk_free=risk_free, fx=fx,
        contracts=contracts, hedge=_listed(hedge), funds=funds, chain=chain, **options,
    )  # fmt: skip
    if target is None:
        return propose(held, mandate, setting, hedges, table, stated_prices=hedge_prices)
    mandate, why = set_target(mandate, target, held, setting)
    done = propose(held, mandate, setting, hedges, table, stated_prices=hedge_prices)
    return replace(done, notes=(why, *done.notes))


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
    limits: ReallocationLimits | ReallocationTerms | Mapping[str, Any] | str | Path | None = None,
    fields: Any = None,
    lots: Any = None,
    also: tuple[Spot, ...] = (),
    target: TargetRule | None = None,
    aim: str = "edge",
    assumptions: Assumptions | None = None,
    yields: Mapping[str, float] | None = None,
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
        Of the reallocation: bounds, turnover, taxes, costs. A path is read as TOML (see docs/ways.md); a mapping has
        the same shape.
    fields
        Sector, daily value and half-spread of symbols (path or frame), for limits that come as a path or a mapping.
    lots
        Tax lots (path or frame: symbol, quantity, price, acquired).
    also
        Shares or funds that may be bought though they are not held, beside those that the limits name.
    target
        A target other than the mandate's beta: neutral, a maximum, money, or a volatility by a named rule.
    aim
        "edge" of the band, or "target".
    assumptions
        Carry, margin, horizon and expiry of the proposals.
    yields
        Dividend yields a year by symbol; they go before those that the holdings state.
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
    listed = ways.split(",") if isinstance(ways, str) else ways
    table, setting, held, hedges = settle(
        prices, holdings, mandate, base=base, method=method, window=window, as_of=as_of, risk_free=risk_free, fx=fx,
        contracts=contracts, hedge=_listed(hedge), funds=funds, **options,
    )  # fmt: skip
    if yields:
        setting = replace(setting, facts=setting.facts.with_yields(yields))
    terms = _terms(limits, fields)
    if lots is not None:
        held = with_lots(held, read_lots(lots))
    why = None
    if target is not None:
        mandate, why = set_target(mandate, target, held, setting)
    market = setting.market
    currencies = dict(zip(market.prices.symbols, market.prices.currencies, strict=True))
    found = run_ways(
        held,
        mandate,
        setting,
        ways=tuple(n.strip().replace("-", "_") for n in listed if n.strip()),
        hedges=hedges,
        contracts=table,
        stated_prices=hedge_prices,
        options=option_terms,
        limits=terms.limits,
        also=(*also, *purchases(terms.buy, currencies, market.base)),
        liquidity=terms.liquidity,
        aim=Aim(aim),
        assumptions=assumptions,
        mix=mix,
    )
    return found if why is None else replace(found, reason=f"{found.reason} ({why})")


def plan_targets(
    prices: Any,
    holdings: Any,
    mandate: Mandate,
    *,
    targets: Mapping[str, float | tuple[float, float]],
    currencies: Mapping[str, float | tuple[float, float]] | None = None,
    hedge: str | Sequence[str] = (),
    base: str = "USD",
    as_of: dt.date | str | None = None,
    risk_free: Any = None,
    fx: Any = None,
    contracts: Any = None,
    hedge_prices: dict[str, float] | None = None,
    step: float = 1.0,
    joint_window: int | None = 252,
    **options: Any,
) -> JointPlan:
    """Plan for a beta to each of several benchmarks at once, and a share held in each of several currencies.

    Parameters
    ----------
    prices, holdings, base, as_of, risk_free, fx, contracts, hedge, hedge_prices, **options
        As in `plan`; up to six hedges.
    mandate
        Its benchmark, target and band come first among the targets; confidence, coverage and costs count for all.
    targets
        Further benchmarks: wanted partial beta, or (wanted, half-width of its band); the mandate's band by default.
    currencies
        Share of NAV to be held in a currency, or (share, half-width); what is above goes by forwards.
    step
        Currency amounts are multiples of it.
    joint_window
        Joint returns that the betas are measured from; None for all.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> mandate = tt.Mandate(benchmark="SPX", target=0.5, band=0.05)
    >>> found = plan_targets(
    ...     sample.prices_path(),
    ...     "10000 AAPL, 2000 MTUM, 500000 USD",
    ...     mandate,
    ...     targets={"QUAL": (0.0, 2.0)},
    ...     hedge="ES,MES",
    ... )
    >>> [(x.benchmark, x.verdict_after.status.value) for x in found.lines]
    [('SPX', 'inside'), ('QUAL', 'inside')]
    """
    wanted = tuple((code, *_with_band(t, mandate)) for code, t in (currencies or {}).items())
    table, setting, held, hedges = settle(
        prices, holdings, mandate, base=base, as_of=as_of, risk_free=risk_free, fx=fx, contracts=contracts,
        hedge=_listed(hedge), currencies=tuple(code for code, _, _ in wanted if code != base), **options,
    )  # fmt: skip
    others = {name: _with_band(t, mandate) for name, t in targets.items()}
    asked = {mandate.benchmark: (mandate.target, mandate.band), **others}
    return run_targets(
        held,
        mandate,
        setting,
        tuple(JointTarget(benchmark=name, target=t, band=b) for name, (t, b) in asked.items()),
        hedges=hedges,
        contracts=table,
        stated_prices=hedge_prices,
        currencies=wanted,
        step=as_decimal(step, "a step of currency amounts"),
        window=joint_window,
    )


def _with_band(asked: float | tuple[float, float], mandate: Mandate) -> tuple[float, float]:
    return asked if isinstance(asked, tuple) else (asked, mandate.band)


def _listed(hedge: str | Sequence[str]) -> tuple[str, ...]:
    names = hedge.split(",") if isinstance(hedge, str) else hedge
    return tuple(n.strip() for n in names if n.strip())


def _terms(
    limits: ReallocationLimits | ReallocationTerms | Mapping[str, Any] | str | Path | None, fields: Any
) -> ReallocationTerms:
    if isinstance(limits, ReallocationTerms):
        return limits
    if isinstance(limits, ReallocationLimits):
        return ReallocationTerms(limits=limits)
    given = load_limits(limits) if isinstance(limits, str | Path) else limits or {}
    return make_terms(given, {} if fields is None else read_fields(fields))
