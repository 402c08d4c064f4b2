"""What a risk review gives: each part a record, the whole a `Risk`."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trimtab.desk.ask.liquidity.exit_frontier import ExitFrontier
from trimtab.desk.ask.liquidity.exits import ExitLine, Liquidity
from trimtab.desk.ask.stress.lines import Stress
from trimtab.exposure.expose import Exposure
from trimtab.market.frequency import Frequency
from trimtab.model.shown import Shown
from trimtab.risk.concentration import Concentration
from trimtab.risk.convergence import Convergence
from trimtab.risk.currency import CurrencyRisk
from trimtab.risk.drawdown import DrawdownReview
from trimtab.risk.flow import AlarmRecord
from trimtab.risk.hidden import Hidden, Role
from trimtab.risk.holdings import Credit, PriceRatio, SizeBucket
from trimtab.risk.scaling import HorizonBeta, VarianceRatio
from trimtab.risk.tails import TailDependence
from trimtab.risk.value_at_risk import ValueAtRisk

__all__ = ["DownsideLine", "ExitLine", "Flow", "Groups", "Horizons", "Liquidity", "Losses", "Risk", "Scaled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """Concentration by several names for the same book; None where no holding states the field."""

    by_weight: Concentration
    by_beta: Concentration | None
    by_currency: Concentration
    by_sector: Concentration | None
    by_issuer: Concentration | None
    effective_bets: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Losses:
    """What could be lost in one period of the prices (a day, of daily ones), money in base currency, positive = lost.

    Parameters
    ----------
    normal
        Normal value at risk at 99%, one period, with what diversification takes off.
    empirical, shortfall
        99% quantile, and mean beyond it, of today's exposures on past periods; None with fewer than 100.
    with_liquidity
        Normal value at risk plus half the spread.
    coskewness, tail
        Of the book with its benchmark; None where there is nothing of its own, or too little history.
    """

    normal: ValueAtRisk
    empirical: float | None
    shortfall: float | None
    with_liquidity: float
    coskewness: float | None
    tail: TailDependence | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizons:
    """Variance ratios of the book's log returns, and its betas, over several periods."""

    ratios: tuple[VarianceRatio, ...]
    betas: tuple[HorizonBeta, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DownsideLine:
    """Beta of today's exposures in the benchmark's falls, by one definition; None with too few of them."""

    definition: str
    beta: float | None
    stderr: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaled:
    """The multiple that brings the book to a target volatility, by both conventions; volatilities a year, sample."""

    target: float
    actual: float
    by_volatility: float
    by_variance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Volume indicators of one asset; `record` says how often its alarms were false in this history.

    Parameters
    ----------
    asset
        Which.
    selling
        Whether the indicator marks the last day.
    balance
        On-balance volume over the last 21 days / volume of those days, -1 to 1.
    amihud
        Move per million traded; None with fewer than 60 days.
    record
        Alarms, false ones, and the rate that throwing darts would give.
    """

    asset: str
    selling: bool
    balance: float
    amihud: float | None
    record: AlarmRecord


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Risk(Shown):
    """What beta misses.

    Parameters
    ----------
    exposure, role
        The portfolio, and what its money is for.
    hidden, findings
        The five things that beta hides most, and all that were found, one of each kind counting.
    groups, currency, price_earnings, price_book, credit, sizes, liquidity, losses, downside, horizons, scaled, flows
        The parts; None or empty where the data say nothing.
    drawdowns, drawdown_dates
        Of today's exposures on past returns, and of the neutral part.
    convergence
        Ends of trailing windows with their measures, oldest first.
    stress
        What the findings on episodes, regimes and options come from.
    exit_frontier
        Cost of the way out against its risk; None where no volume is known.
    frequency, year
        Calendar of the periods; how many of them the figures of a year look at.
    n_obs, first, last
        Periods in which the whole book is known.
    notes
        What was decided on the way.
    """

    exposure: Exposure
    role: Role | None
    hidden: tuple[Hidden, ...]
    findings: tuple[Hidden, ...]
    groups: Groups
    currency: CurrencyRisk | None
    price_earnings: PriceRatio | None
    price_book: PriceRatio | None
    credit: Credit | None
    sizes: tuple[SizeBucket, ...]
    liquidity: Liquidity
    losses: Losses
    drawdowns: DrawdownReview | None
    drawdown_dates: NDArray[np.datetime64]
    downside: tuple[DownsideLine, ...]
    horizons: Horizons
    scaled: Scaled | None
    convergence: tuple[tuple[np.datetime64, Convergence], ...]
    flows: tuple[Flow, ...]
    stress: Stress
    frequency: Frequency
    year: int
    n_obs: int
    first: np.datetime64
    last: np.datetime64
    notes: tuple[str, ...]
    exit_frontier: ExitFrontier | None = None
