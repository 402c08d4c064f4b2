"""Plan: futures alone, or every way side by side."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Unpack

from trimtab.desk.answers.plan import plan_of, targets_of
from trimtab.desk.answers.ways import WaysTerms, ways_of
from trimtab.desk.ask.limits import ReallocationTerms
from trimtab.desk.ask.targets import TargetKind, TargetRule
from trimtab.desk.ask.ways import OptionTerms
from trimtab.desk.questions.groups.mandate import MandateTerms
from trimtab.desk.questions.plan import PlanQuestion, WaysQuestion
from trimtab.desk.questions.targets import SeveralTargets, TargetsQuestion
from trimtab.errors import InputError
from trimtab.feeds.limits import load_limits, make_terms
from trimtab.feeds.records import read_fields
from trimtab.hedge.joint.records import JointPlan
from trimtab.hedge.plan import Plan
from trimtab.hedge.reallocate.terms import ReallocationLimits
from trimtab.hedge.ways.records import Assumptions, Ways
from trimtab.model.json import JsonObject
from trimtab.model.mandate import Mandate
from trimtab.python.how import How, WaysHow, groups_of, how_of
from trimtab.wiring.files import open_inputs

__all__ = ["compare_ways", "listed", "plan", "plan_targets"]


def plan(
    prices: Any,
    holdings: Any,
    mandate: Mandate,
    *,
    hedge: str | Sequence[str],
    hedge_prices: dict[str, float] | None = None,
    target: TargetRule | None = None,
    aim: str | None = None,
    **how: Unpack[How],
) -> Plan:
    """Plan the futures trades that bring a portfolio back to its mandate.

    Parameters
    ----------
    prices, holdings, mandate, **how
        As in `review`.
    hedge
        Contracts that may be traded, such as ``ES,MES`` or ``["ES", "MES"]``; a root means its front contract.
    hedge_prices
        Futures prices by contract or root, used where the price table has none.
    target
        A target other than the mandate's beta: neutral, money, or a volatility by a named rule.
    aim
        "target", or the "edge" of what trades are made at; None takes the target.

    Examples
    --------
    >>> import trimtab as tt
    >>> from trimtab import sample
    >>> mandate = tt.Mandate(benchmark="SPX", target=0.0, band=0.05)
    >>> proposal = tt.plan(sample.prices_path(), "10000 AAPL, 500000 USD", mandate, hedge="ES,MES")
    >>> [(o.side.value, str(o.quantity), o.symbol) for o in proposal.orders]
    [('sell', '9', 'ESH3'), ('sell', '2', 'MESH3')]
    """
    if target is not None and target.kind is TargetKind.AT_MOST:
        raise InputError(
            expected="a target to trade to",
            found="a maximum, which has an edge and no target",
            try_next="compare ways instead, which trade to the edge: --ways futures --hedge ES",
        )
    measuring, instruments = groups_of(how)
    question = PlanQuestion(
        mandate=MandateTerms.of(mandate), measuring=measuring, instruments=instruments, hedge=listed(hedge),
        hedge_prices=hedge_prices or {}, aim=aim,
    )  # fmt: skip
    return plan_of(question, open_inputs(prices, holdings, measuring, instruments), target=target)


def compare_ways(
    prices: Any,
    holdings: Any,
    mandate: Mandate,
    *,
    ways: str | Sequence[str] = "futures,reallocate,options",
    hedge: str | Sequence[str] = (),
    option_terms: OptionTerms | None = None,
    limits: ReallocationLimits | ReallocationTerms | JsonObject | str | Path | None = None,
    target: TargetRule | None = None,
    aim: str | None = None,
    assumptions: Assumptions | None = None,
    **how: Unpack[WaysHow],
) -> Ways:
    """Plan each way of bringing beta back, and lay them side by side: the cheapest that works is marked, with why.

    Parameters
    ----------
    prices, holdings, mandate, **how
        As in `review`; and those of a comparison of ways (below).
    ways
        Any of futures, reallocate, options, or single option strategies such as collar.
    hedge
        Futures, perpetuals and funds that may be traded, as in `plan`.
    option_terms
        Which options may be traded, from a chain or a stated volatility.
    limits
        Of the reallocation: bounds, turnover, taxes, costs. A path is read as TOML (see docs/ways.md); a mapping has
        the same shape.
    target
        A target other than the mandate's beta: neutral, a maximum, money, or a volatility by a named rule.
    aim
        "target", or the "edge" of the band; None takes the target, and of a maximum its edge.
    assumptions
        Carry, margin, horizon and expiry of the proposals.

    Other Parameters
    ----------------
    hedge_prices : mapping of str to float
        As in `plan`.
    fields : path or frame
        Sector, daily value and half-spread of symbols, for limits that come as a path or a mapping.
    lots : path or frame
        Tax lots: symbol, quantity, price, acquired.
    also : tuple of Spot
        Shares or funds that may be bought though they are not held, beside those that the limits name.
    yields : mapping of str to float
        Dividend yields a year by symbol; they go before those that the holdings state.
    mix : bool
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
    measuring, instruments = groups_of(how_of(how))
    question = WaysQuestion(
        mandate=MandateTerms.of(mandate), measuring=measuring, instruments=instruments, hedge=listed(hedge),
        hedge_prices=how.get("hedge_prices") or {}, ways=listed(ways), aim=aim, mix=how.get("mix", True),
        yields=how.get("yields") or {},
    )  # fmt: skip
    inputs = open_inputs(prices, holdings, measuring, instruments)
    terms = WaysTerms(
        options=option_terms, reallocation=_terms(limits, how.get("fields")), also=how.get("also", ()),
        assumptions=assumptions or Assumptions(), target=target,
    )  # fmt: skip
    return ways_of(question, inputs, terms, lots=how.get("lots"))


def plan_targets(
    prices: Any,
    holdings: Any,
    mandate: Mandate,
    *,
    targets: Mapping[str, float | tuple[float, float]],
    currencies: Mapping[str, float | tuple[float, float]] | None = None,
    hedge: str | Sequence[str] = (),
    hedge_prices: dict[str, float] | None = None,
    step: float = 1.0,
    joint_window: int | None = 252,
    **how: Unpack[How],
) -> JointPlan:
    """Plan for a beta to each of several benchmarks at once, and a share held in each of several currencies.

    Parameters
    ----------
    prices, holdings, hedge, hedge_prices, **how
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
    measuring, instruments = groups_of(how)
    question = TargetsQuestion(
        mandate=MandateTerms.of(mandate), measuring=measuring, instruments=instruments, hedge=listed(hedge),
        hedge_prices=hedge_prices or {}, several=SeveralTargets(
            targets=_pairs(targets), currencies=_pairs(currencies or {}), step=step, joint_window=joint_window or 0
        ),
    )  # fmt: skip
    return targets_of(question, open_inputs(prices, holdings, measuring, instruments))


def listed(hedge: str | Sequence[str]) -> tuple[str, ...]:
    """Give names of one text with commas, or of several."""
    names = hedge.split(",") if isinstance(hedge, str) else hedge
    return tuple(n.strip() for n in names if n.strip())


def _terms(
    limits: ReallocationLimits | ReallocationTerms | JsonObject | str | Path | None, fields: Any
) -> ReallocationTerms:
    if isinstance(limits, ReallocationTerms):
        return limits
    if isinstance(limits, ReallocationLimits):
        return ReallocationTerms(limits=limits)
    given = load_limits(limits) if isinstance(limits, str | Path) else limits or {}
    return make_terms(given, {} if fields is None else read_fields(fields))


def _pairs(given: Mapping[str, float | tuple[float, float]]) -> dict[str, tuple[float, float | None]]:
    return {name: (asked[0], asked[1]) if isinstance(asked, tuple) else (asked, None) for name, asked in given.items()}
