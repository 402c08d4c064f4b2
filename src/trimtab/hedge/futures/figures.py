r"""Further figures of a futures hedge: basis, minimum variance, tailing, margin, roll and carry; trading to the edge.

Equations
    minimum variance     h* = rho s_S / s_F, the slope of dS on dF; contracts = h* x position / contract size
    in money             N = h V_A / V_F, with daily settlement divided by (1 + r T) ("tailing the hedge")
    carry of a long      notional x ln(F / S) / T a year, or x (r - q) where F is not known: lost if S stands still
    synthetic cash       N = V (1 + r)^T / (F multiplier): no beta in it, and therefore never the default
Source
    Hull, Options, Futures, and Other Derivatives, 11th ed., sections 3.4 and 3.5; Ederington (1979),
    Journal of Finance 34.
Assumption
    The minimum-variance ratio equals the beta ratio only if both are measured on the same returns; both are shown.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

from trimtab.errors import InputError
from trimtab.exposure.expose import Exposure
from trimtab.exposure.kinds.held import Held
from trimtab.exposure.kinds.of import by_kind
from trimtab.exposure.measured import MeasuredBook
from trimtab.hedge.futures.hedge import Hedge
from trimtab.hedge.futures.one_way import leaves_opposites
from trimtab.hedge.futures.plan import judged_by, plan_futures
from trimtab.hedge.plan import Order, Plan, PlanStatus
from trimtab.hedge.year_terms import YearTerms
from trimtab.market.prices import PriceTable
from trimtab.market.returns import pair_returns
from trimtab.market.snapshot import Market
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Position, Stated
from trimtab.stats.arrays import Floats

__all__ = [
    "FuturesFigures",
    "HedgeRatio",
    "futures_figures",
    "minimum_variance",
    "plan_futures_to_edge",
    "synthetic_cash_contracts",
    "tailed_contracts",
]

_MIN_PAIRS = 20
#: Initial margin of a short sale beyond its proceeds, as a share of its value: Regulation T, 12 CFR 220.12 (c).
_SHORT_MARGIN = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgeRatio:
    """A minimum-variance hedge ratio.

    Parameters
    ----------
    ratio
        h*: units of the future per unit held.
    correlation, effectiveness
        rho, and its square: the share of variance that the hedge takes away.
    spot_sd, future_sd
        Standard deviations (n - 1) of the changes given.
    n_obs
        Pairs used.
    """

    ratio: float
    correlation: float
    effectiveness: float
    spot_sd: float
    future_sd: float
    n_obs: int

    def contracts(self, position: float, contract_size: float) -> float:
        """Give the exact number of contracts for a position and a contract in the same units (or both in money)."""
        return self.ratio * position / contract_size


def minimum_variance(spot_changes: ArrayLike, future_changes: ArrayLike) -> HedgeRatio:
    """Find the ratio that leaves the least variance.

    Parameters
    ----------
    spot_changes, future_changes
        Changes (or returns) over the same intervals, shape (n,); pairs with NaN are left out.

    Raises
    ------
    InputError
        If shapes differ, fewer than three pairs are left, or the future does not move.

    Examples
    --------
    >>> minimum_variance([0.01, -0.02, 0.03], [0.02, -0.04, 0.06]).ratio
    0.5
    """
    s, f = np.asarray(spot_changes, dtype=np.float64), np.asarray(future_changes, dtype=np.float64)
    if s.shape != f.shape or s.ndim != 1:
        raise InputError(
            expected="two lists of changes of the same length",
            found=f"shapes {s.shape} and {f.shape}",
            try_next="take both over the same dates",
        )
    both = np.isfinite(s) & np.isfinite(f)
    s, f = s[both], f[both]
    if s.size < 3 or np.ptp(f) == 0:
        raise InputError(
            expected="at least three pairs, and a future that moves",
            found=f"{s.size} pairs",
            try_next="give a longer history",
        )
    covariance = np.cov(s, f, ddof=1)
    sd_s, sd_f = float(np.sqrt(covariance[0, 0])), float(np.sqrt(covariance[1, 1]))
    rho = float(covariance[0, 1]) / (sd_s * sd_f) if sd_s > 0 else 0.0
    return HedgeRatio(
        ratio=float(covariance[0, 1] / covariance[1, 1]), correlation=rho, effectiveness=rho * rho, spot_sd=sd_s,
        future_sd=sd_f, n_obs=int(s.size),
    )  # fmt: skip


def tailed_contracts(*, ratio: float, position_value: float, contract_value: float, interest: float = 0.0) -> float:
    """Give contracts in money terms, tailed for daily settlement.

    Parameters
    ----------
    ratio
        Hedge ratio (of returns, or h* of changes where prices are alike).
    position_value, contract_value
        V_A and V_F: price x units of each.
    interest
        r T over the life of the hedge; 0 leaves the tail out.

    Examples
    --------
    >>> untailed = tailed_contracts(ratio=0.8, position_value=2e6 * 1.10, contract_value=42_000 * 1.30)
    >>> tailed = tailed_contracts(ratio=0.8, position_value=2e6 * 1.10, contract_value=42_000 * 1.30, interest=0.05)
    >>> round(untailed, 2), round(tailed, 2)
    (32.23, 30.7)
    """
    return ratio * position_value / contract_value / (1.0 + interest)


def synthetic_cash_contracts(*, value: float, rate: float, years: float, future: float, multiplier: float) -> float:
    """Give the futures to sell to turn a fully invested index fund into synthetic cash (beta taken as 1).

    Examples
    --------
    >>> round(synthetic_cash_contracts(value=50e6, rate=0.0235, years=0.25, future=1170, multiplier=250), 2)
    171.94
    """
    grown: float = value * (1.0 + rate) ** years
    return grown / (future * multiplier)


@dataclass(frozen=True, slots=True, kw_only=True)
class FuturesFigures:
    """One order of a future, perpetual or fund beyond beta.

    Parameters
    ----------
    contract, contracts
        Which, and how many with sign.
    notional
        Exposure, signed, base currency.
    margin
        Initial margin that the order adds, base currency; less than 0 where it closes. Of shares, of those sold short.
    roll_per_year
        Commission and half-spread of closing and opening again at each expiry, base currency; less than 0 where an
        order closes, 0 of what does not expire.
    carry_per_year
        Cost if prices stand still: of a future its basis running off, or the rate above the yield where it has no price
        of its own; of a perpetual funding, of a fund interest.
    basis
        Future / index - 1, annualised to expiry where that is known; None if the future has no price of its own.
    beta, r_squared
        Of the contract's returns to the benchmark over the window; r_squared None where it has no past of its own.
    beta_contracts
        Exact number to the target by betas.
    variance_contracts
        Exact number that leaves the portfolio least variance (for a target beta of 0); None without a past.
    effectiveness
        Share of portfolio variance that the latter takes away.
    tailed
        `contracts` tailed for daily settlement to the next roll; the same where nothing rolls.
    dividends_per_year, decay_per_year
        Given up, and lost by the daily reset of a fund with a multiple, if prices stand still; base currency.
    margin_in
        Currency or coin that margin and gains are in.
    closes, opens
        How many of them close what is held, and how many open.
    """

    contract: str
    contracts: float
    notional: float
    margin: float
    roll_per_year: float
    carry_per_year: float
    basis: float | None
    beta: float
    r_squared: float | None
    beta_contracts: float
    variance_contracts: float | None
    effectiveness: float | None
    tailed: float
    dividends_per_year: float = 0.0
    decay_per_year: float = 0.0
    margin_in: str = ""
    closes: float = 0.0
    opens: float = 0.0


def futures_figures(
    plan: Plan,
    market: Market,
    *,
    terms: YearTerms,
    window: int,
    rolls_per_year: float = 4.0,
    margin_share: float = 0.06,
    margins: tuple[tuple[str, float], ...] = (),
    history: PriceTable | None = None,
) -> tuple[FuturesFigures, ...]:
    """Work out the further figures of each order of a futures plan.

    Parameters
    ----------
    plan, market
        The plan and the moment it was made in.
    terms
        Interest per year of each contract's currency, and yield of its index.
    rolls_per_year
        How often the position is rolled.
    margin_share
        Initial margin as a share of notional, where `margins` does not name the contract.
    margins
        Initial margin per contract in base currency, by contract or root.
    window
        Returns looked at for R2 and minimum variance.
    history
        Past prices in the base currency; None takes the market's.
    """
    case = _Case(
        plan=plan, market=market, terms=terms, past=history or market.prices, window=window, rolls=rolls_per_year,
        share=margin_share, margins=dict(margins),
    )  # fmt: skip
    book = _fixed_weight_returns(plan.before, case.past, window)
    return tuple(_figures(case, order, book) for order in plan.orders)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """What the figures of all orders share."""

    plan: Plan
    market: Market
    terms: YearTerms
    past: PriceTable
    window: int
    rolls: float
    share: float
    margins: dict[str, float]


def _figures(case: _Case, order: Order, book: Floats | None) -> FuturesFigures:
    instrument, n, one, plan = order.instrument, float(order.signed), order.exposure, case.plan
    unit = Position(instrument=instrument, quantity=Decimal(1), stated=Stated(funding=order.funding))
    one_unit = by_kind(unit)
    own = _own_history(_own_names(one_unit, case.market), plan.before.benchmark, case.past, case.window)
    volatility = None if own is None else float(np.nanstd(own[0], ddof=1)) * sqrt(case.terms.per_year)
    upkeep = one_unit.upkeep(one, case.terms, volatility)
    basis = one_unit.basis(order.mark, case.market)
    # A price of its own says what the future costs to hold; without one the rate and the yield say it.
    own_carry = None if basis is None or not instrument.rolls else one_unit.value(case.market).carry
    ratio = None if own is None or book is None else _variance(book, own[0])
    interest = case.terms.rate_of(instrument.currency) / case.rolls if instrument.rolls and case.rolls > 0 else 0.0
    more = float(order.more_held)
    return FuturesFigures(
        contract=instrument.symbol,
        contracts=n,
        notional=n * one,
        margin=_margin(case, order),
        roll_per_year=order.cost / float(order.quantity) * more * 2.0 * case.rolls if instrument.rolls else 0.0,
        carry_per_year=n * (upkeep.carry if own_carry is None else -own_carry),
        basis=basis,
        beta=order.beta,
        r_squared=None if own is None else own[1],
        beta_contracts=(plan.mandate.target * plan.before.nav - plan.before.beta_exposure) / (order.beta * one),
        variance_contracts=None if ratio is None else -ratio.contracts(plan.before.nav, one),
        effectiveness=None if ratio is None else ratio.effectiveness,
        tailed=n / (1.0 + interest),
        dividends_per_year=n * upkeep.dividends + 0.0,
        decay_per_year=n * upkeep.decay + 0.0,
        margin_in=instrument.paid_in,
        closes=float(order.closes),
        opens=float(order.opens),
    )


def _own_names(held: Held, market: Market) -> tuple[str, ...]:
    """Give the names under which the past of one unit may stand."""
    legs = held.value(market).legs
    return legs[0].follows if legs else ()


def _margin(case: _Case, order: Order) -> float:
    """Give the initial margin that an order adds, less than 0 where it closes: of shares, only those sold short."""
    instrument = order.instrument
    stated = (case.margins[k] for k in (instrument.symbol, instrument.family) if k in case.margins)
    usual = _SHORT_MARGIN if instrument.is_owned else case.share
    each = next(stated, abs(order.exposure) * (usual if order.margin is None else order.margin))
    return float(order.more_short if instrument.is_owned else order.more_held) * each


def plan_futures_to_edge(book: MeasuredBook, mandate: Mandate, hedges: tuple[Hedge, ...]) -> Plan:
    """Plan futures trades that go just inside the nearest edge of the band instead of to the target.

    Aims half of the smallest lot inside the edge, with all contracts together and with each alone, and takes the
    cheapest that lands in the band. Where none does, the plan to the target is given, with its reasons.

    Parameters
    ----------
    book, mandate, hedges
        As for `trimtab.hedge.futures.plan.plan_futures`.
    """
    best = plan_futures(book, mandate, hedges)
    if best.status in {PlanStatus.NOTHING_TO_DO, PlanStatus.UNDECIDED}:
        return best
    before = best.before
    down = before.beta.value > mandate.target
    for some in (hedges, *((h,) for h in hedges if len(hedges) > 1)):
        half = min(abs(h.beta_per_lot) for h in some) / before.nav / 2.0
        inset = min(half * (1.0 + 1e-6), mandate.band)
        point = replace(mandate, target=mandate.upper - inset if down else mandate.lower + inset, band=0.0)
        plan = judged_by(plan_futures(book, point, some), mandate)
        if leaves_opposites(hedges, {o.symbol: o.signed for o in plan.orders}):
            continue
        if plan.status is PlanStatus.PLANNED and (best.status is not PlanStatus.PLANNED or plan.cost < best.cost):
            best = plan
    return best


def _variance(book: Floats, future: Floats) -> HedgeRatio | None:
    both = np.isfinite(book) & np.isfinite(future)
    if np.count_nonzero(both) < _MIN_PAIRS:
        return None
    return minimum_variance(book[both], future[both])


def _own_history(
    names: tuple[str, ...], benchmark: str, prices: PriceTable, window: int
) -> tuple[Floats, float] | None:
    """Give the returns of the first name with a past, shape (window,), and R2 to the benchmark."""
    for name in names:
        if name not in prices.symbols or benchmark not in prices.symbols:
            continue
        pairs = pair_returns(prices, benchmark=benchmark, symbols=(name,))
        own = np.where(pairs.joined, np.nan, pairs.asset)[-window:, 0]
        index = pairs.market[-window:, 0]
        both = np.isfinite(own) & np.isfinite(index)
        if np.count_nonzero(both) >= _MIN_PAIRS and np.ptp(own[both]) > 0 and np.ptp(index[both]) > 0:
            rho = float(np.corrcoef(own[both], index[both])[0, 1])
            return own, rho * rho
    return None


def _fixed_weight_returns(before: Exposure, prices: PriceTable, window: int) -> Floats | None:
    """Give the return on NAV that today's delta exposures would have had, shape (window,); NaN where one is unknown."""
    weights: dict[str, float] = {}
    for line in before.positions:
        for asset, money in line.weights if line.beta_exposure is not None else ():
            weights[asset] = weights.get(asset, 0.0) + money / before.nav
    names = tuple(n for n in weights if n in prices.symbols and weights[n] != 0.0)
    if before.benchmark not in prices.symbols or not names or len(names) != sum(w != 0.0 for w in weights.values()):
        return None
    pairs = pair_returns(prices, benchmark=before.benchmark, symbols=names)
    vector = np.array([weights[n] for n in names])
    # A return over several intervals must not meet one over a single interval.
    total: Floats = np.where(pairs.joined, np.nan, pairs.asset)[-window:] @ vector
    return total
