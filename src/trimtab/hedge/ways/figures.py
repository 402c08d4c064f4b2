r"""What every way of changing beta is compared by: costs, cash, risk taken on, and where its target holds.

Equations, all from the measured portfolio before and after the trades:
    gamma        sum_i beta_i^2 gamma_exposure_i / 100       change of beta exposure per +1% of the benchmark
    tracking     annual sd of the part of sum_i w_i r_i that the benchmark does not explain, w = change of delta
                 exposure by symbol / NAV
    effective    1 / sum h_i^2, h = share of gross delta exposure       number of positions (concentration)
Assumption
    Friction (commission, half-spread, impact, tax; rolling, funding, borrowing) is lost in every future, and ways are
    ranked by it. Carry, dividends and time decay are fair prices for something (no exposure, convexity): they are shown
    as what a year costs if prices stand still, and are not ranked, or a call sold would always look cheapest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from trimtab.exposure.expose import Exposure
from trimtab.hedge.options.records import OptionsPlan
from trimtab.hedge.standing.measure import concentration, greeks, less
from trimtab.hedge.ways.revalue import MovableBook, revalue
from trimtab.hedge.year_terms import YearTerms
from trimtab.market.daycount import YEAR_DAYS, years_between
from trimtab.market.prices import PriceTable
from trimtab.market.returns import pair_returns
from trimtab.model.instrument import Cash, OptionRight
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio

__all__ = [
    "CostNow",
    "CostPerYear",
    "HoldRange",
    "TakenOn",
    "base_cash",
    "benchmark_volatility",
    "hold_range",
    "options_per_year",
    "taken_on",
]

_MIN_PAIRS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class CostNow:
    """What the trades take, base currency, positive = cost.

    Parameters
    ----------
    commission, half_spread, impact, tax
        Impact and tax are None where they are not known: without volumes, or without lots and rates. They then add
        nothing to the total, which says so.
    """

    commission: float = 0.0
    half_spread: float = 0.0
    impact: float | None = 0.0
    tax: float | None = 0.0

    @property
    def total(self) -> float:
        """Sum of all that is known."""
        return self.commission + self.half_spread + (self.impact or 0.0) + (self.tax or 0.0)

    def plus(self, other: "CostNow") -> "CostNow":
        """Add two."""
        return CostNow(
            commission=self.commission + other.commission,
            half_spread=self.half_spread + other.half_spread,
            impact=None if self.impact is None or other.impact is None else self.impact + other.impact,
            tax=None if self.tax is None or other.tax is None else self.tax + other.tax,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CostPerYear:
    """What holding the trades takes in a year, base currency, positive = cost.

    Parameters
    ----------
    roll, funding, borrow
        Friction: rolling or renewing, interest above the risk-free rate on margin, fees for borrowed shares.
    terms
        Interest in futures, on premium paid, and on money raised (negative = earned).
    dividends
        Given up.
    decay
        Time value of options lost if the underlying stands still.
    """

    roll: float = 0.0
    funding: float = 0.0
    borrow: float = 0.0
    carry: float = 0.0
    dividends: float = 0.0
    decay: float = 0.0

    @property
    def friction(self) -> float:
        """Lost whatever happens."""
        return self.roll + self.funding + self.borrow

    @property
    def standing_still(self) -> float:
        """All of it, if prices do not move."""
        return self.friction + self.carry + self.dividends + self.decay

    def plus(self, other: "CostPerYear") -> "CostPerYear":
        """Add two."""
        return CostPerYear(
            roll=self.roll + other.roll,
            funding=self.funding + other.funding,
            borrow=self.borrow + other.borrow,
            carry=self.carry + other.carry,
            dividends=self.dividends + other.dividends,
            decay=self.decay + other.decay,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRange:
    """Benchmark moves over which beta stays in its band, by full revaluation around no move.

    Parameters
    ----------
    low, high
        Relative moves; None if beta is not in the band to begin with.
    reach
        Moves looked at on either side: an end at `reach` means at least so far.
    """

    low: float | None
    high: float | None
    reach: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOn:
    """Risks that the trades add, after minus before.

    Parameters
    ----------
    gamma
        Beta exposure gained per +1% of the benchmark by curvature, base currency.
    vega
        Base currency per volatility point; None where an option's is not known.
    theta
        Base currency per calendar day; None where an option's is not known.
    tracking_error
        Per square-root year, as a fraction of NAV; None where too little history is known.
    effective_before, effective_after
        Effective number of positions.
    largest_before, largest_after
        Largest position's share of gross delta exposure.
    """

    gamma: float
    vega: float | None
    theta: float | None
    tracking_error: float | None
    effective_before: float
    effective_after: float
    largest_before: float
    largest_after: float


def taken_on(before: Exposure, after: Exposure, prices: PriceTable, *, window: int, per_year: float) -> TakenOn:
    """Measure what the trades between two states of a portfolio add.

    Parameters
    ----------
    before, after
        The same portfolio measured without and with the trades.
    prices
        History for the tracking error.
    window, per_year
        Returns looked at, and returns in a year.
    """
    had_greeks, has_greeks = greeks(before), greeks(after)
    had, has = concentration(before), concentration(after)
    return TakenOn(
        gamma=has_greeks[0] - had_greeks[0], vega=less(has_greeks[1], had_greeks[1]),
        theta=less(has_greeks[2], had_greeks[2]), tracking_error=_tracking(before, after, prices, window, per_year),
        effective_before=had[0], effective_after=has[0], largest_before=had[1], largest_after=has[1],
    )  # fmt: skip


def _tracking(before: Exposure, after: Exposure, prices: PriceTable, window: int, per_year: float) -> float | None:
    change: dict[str, float] = {}
    for x, sign in ((after, 1.0), (before, -1.0)):
        for p in x.positions:
            for asset, money in p.weights if p.beta_exposure is not None else ():
                change[asset] = change.get(asset, 0.0) + sign * money / before.nav
    change = {k: v for k, v in change.items() if abs(v) > 1e-12}
    if not change:
        return 0.0
    if any(name not in prices.symbols for name in (*change, before.benchmark)):
        return None
    pairs = pair_returns(prices, benchmark=before.benchmark, symbols=tuple(change))
    own = np.where(pairs.joined, np.nan, pairs.asset)[-window:]
    index = pairs.market[-window:, 0]
    # Assets without a return on a day would look riskless; such days are left out for all.
    whole = np.isfinite(own).all(axis=1) & np.isfinite(index)
    if np.count_nonzero(whole) < _MIN_PAIRS:
        return None
    series, m = own[whole] @ np.array(list(change.values())), index[whole]
    spread = m - m.mean()
    if not spread @ spread > 0:
        return None
    residual = series - series.mean() - (series @ spread) / (spread @ spread) * spread
    error = sqrt(float(residual @ residual) / (len(m) - 2) * per_year)
    # Trades in the benchmark itself leave nothing but rounding.
    return error if error > 1e-9 * sqrt(float(series @ series)) else 0.0


def benchmark_volatility(prices: PriceTable, benchmark: str, *, window: int, per_year: float) -> float | None:
    """Give the volatility of the benchmark per square-root year, None with fewer than 20 returns or no such price."""
    if benchmark not in prices.symbols:
        return None
    pairs = pair_returns(prices, benchmark=benchmark, symbols=(benchmark,))
    returns = pairs.market[-window:, 0]
    returns = returns[np.isfinite(returns)]
    if returns.size < _MIN_PAIRS:
        return None
    return float(returns.std(ddof=1) * sqrt(per_year))


def hold_range(book: MovableBook, mandate: Mandate, *, reach: float = 0.3, step: float = 0.025) -> HoldRange:
    """Find how far the benchmark may move before beta leaves its band.

    Full revaluation on a grid of `step`, then twice nine times finer at each end: to within 0.05% of the move. A beta
    that leaves the band and comes back between two grid points is not seen.

    Parameters
    ----------
    book
        The portfolio with the trades done, from `trimtab.hedge.ways.revalue.make_movable`.
    mandate
        Its band.
    reach
        Moves looked at on either side, below 1.
    step
        Of the first grid.
    """
    count = max(1, round(reach / step))
    grid = [k * reach / count for k in range(-count, count + 1)]
    inside = _inside(book, mandate, grid)
    if not inside[count]:
        return HoldRange(low=None, high=None, reach=reach)
    ends = []
    for sign in (-1, 1):
        k = count
        while 0 <= k + sign < len(grid) and inside[k + sign]:
            k += sign
        good, bad = grid[k], grid[k + sign] if 0 <= k + sign < len(grid) else None
        for _ in range(2 if bad is not None else 0):
            finer = [good + (bad - good) * j / 9 for j in range(1, 9)]  # type: ignore[operator]
            stays_inside = _inside(book, mandate, finer)
            first = next((j for j, ok in enumerate(stays_inside) if not ok), len(finer))
            edges = [good, *finer, bad]
            good, bad = edges[first], edges[first + 1]  # type: ignore[assignment]
        ends.append(good)
    return HoldRange(low=ends[0], high=ends[1], reach=reach)


def _inside(book: MovableBook, mandate: Mandate, moves: Sequence[float]) -> list[bool]:
    rows = revalue(book, moves=moves)
    return [r.beta is not None and mandate.lower <= r.beta <= mandate.upper for r in rows]


def base_cash(portfolio: Portfolio) -> float:
    """Give the money held in the base currency."""
    return float(sum(p.quantity for p in portfolio.positions if p.instrument == Cash(currency=portfolio.base)))


def options_per_year(plan: OptionsPlan, *, terms: YearTerms, funding_spread: float) -> CostPerYear:
    """Give what an options plan costs in a year if it is renewed at each expiry.

    Decay is the time value paid (less that received), divided by the years to expiry: what renewing costs a year while
    the underlying stands still. Interest on the premium is counted as carry.
    """
    if not plan.orders:
        return CostPerYear()
    years = max(years_between(plan.as_of, plan.orders[0].option.expiry), 1.0 / YEAR_DAYS)
    decay = 0.0
    values: dict[str, float] = {}
    for o in plan.orders:
        strike, spot = float(o.option.strike), o.underlying_price
        intrinsic = max(0.0, spot - strike if o.option.right is OptionRight.CALL else strike - spot)
        size = float(o.signed * o.multiplier) * o.fx
        values[o.option.currency] = values.get(o.option.currency, 0.0) + size * o.mark
        decay += size * (o.mark - intrinsic)
    interest = sum(terms.rate_of(currency) * value for currency, value in values.items())
    return CostPerYear(
        roll=plan.cost / years, funding=plan.margin * funding_spread, carry=interest, decay=decay / years
    )
