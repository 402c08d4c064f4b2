"""What beta misses, as a document."""

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from trimtab.desk.ask.liquidity.exit_frontier import ExitFrontier
from trimtab.desk.ask.liquidity.exits import Liquidity
from trimtab.desk.ask.risk_parts import DownsideLine, Flow, Groups, Horizons, Losses, Risk, Scaled
from trimtab.exposure.coverage import Coverage
from trimtab.report.documents.parts import (
    BetaFigures,
    DrawdownDays,
    Readings,
    drawdown_days,
    finite,
    portfolio_beta,
    readings,
)  # fmt: skip
from trimtab.report.shape.fields import FLAT
from trimtab.risk.convergence import Convergence
from trimtab.risk.currency import CurrencyRisk
from trimtab.risk.drawdown import DrawdownReview
from trimtab.risk.hidden import Hidden, Role
from trimtab.risk.holdings import Credit, PriceRatio, SizeBucket

__all__ = ["RiskDocument", "risk_document"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRatios:
    """Prices of what is held long to earnings and to book value; null where no holding states them."""

    price_earnings: PriceRatio | None
    price_book: PriceRatio | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvergenceAt:
    """How alike assets moved in a window of periods.

    Parameters
    ----------
    date
        Its end.
    dispersion, true_dispersion
        Standard deviation across betas, and with the part that is estimation error taken off.
    average_correlation
        Mean pairwise correlation.
    absorption, n_components
        Share of variance of the first so many principal components.
    n_obs
        Complete rows.
    """

    date: np.datetime64
    dispersion: float | None
    true_dispersion: float | None
    average_correlation: float | None
    absorption: float | None
    n_components: int
    n_obs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarFigures:
    """The calendar of the periods.

    Parameters
    ----------
    name, periods_per_year
        Spacing of the prices.
    year
        How many periods the figures of a year look at.
    """

    name: str
    periods_per_year: float
    year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskDocument:
    """What beta misses.

    Parameters
    ----------
    as_of, benchmark, base_currency, nav
        The portfolio today.
    beta, readings
        Its beta.
    coverage, role
        How much was measured, and what the money is for.
    beta_is_not_enough, findings
        The five things that beta hides most, and all that were found.
    concentration, currency, valuation, credit, sizes, liquidity, losses, downside, horizons, scaled, flows
        The parts; null or empty where the data say nothing.
    exit_frontier
        Cost of the way out against its risk; null where no volume is known.
    drawdowns, drawdown_dates
        Of today's exposures on past returns, and of the neutral part.
    convergence
        Trailing windows, oldest first.
    calendar, n_obs, first, last
        Periods in which the whole book is known.
    notes
        What was decided on the way.
    """

    SCHEMA: ClassVar = "trimtab.risk/1"

    as_of: np.datetime64
    benchmark: str
    base_currency: str
    nav: float
    beta: BetaFigures
    readings: Readings = field(metadata=FLAT)
    coverage: Coverage
    role: Role | None
    beta_is_not_enough: tuple[Hidden, ...]
    findings: tuple[Hidden, ...]
    concentration: Groups
    currency: CurrencyRisk | None
    valuation: PriceRatios
    credit: Credit | None
    sizes: tuple[SizeBucket, ...]
    liquidity: Liquidity
    exit_frontier: ExitFrontier | None
    losses: Losses
    drawdowns: DrawdownReview | None
    drawdown_dates: DrawdownDays | None
    downside: tuple[DownsideLine, ...]
    horizons: Horizons
    scaled: Scaled | None
    convergence: tuple[ConvergenceAt, ...]
    flows: tuple[Flow, ...]
    calendar: CalendarFigures
    n_obs: int
    first: np.datetime64
    last: np.datetime64
    notes: tuple[str, ...]


def risk_document(r: Risk) -> RiskDocument:
    """Document of `trimtab risk`: schema trimtab.risk/1. What the data cannot say is null or empty."""
    x = r.exposure
    return RiskDocument(
        as_of=x.as_of,
        benchmark=x.benchmark,
        base_currency=x.base,
        nav=x.nav,
        beta=portfolio_beta(x.beta),
        readings=readings(x),
        coverage=x.coverage,
        role=r.role,
        beta_is_not_enough=r.hidden,
        findings=r.findings,
        concentration=r.groups,
        currency=r.currency,
        valuation=PriceRatios(price_earnings=r.price_earnings, price_book=r.price_book),
        credit=r.credit,
        sizes=r.sizes,
        liquidity=r.liquidity,
        exit_frontier=r.exit_frontier,
        losses=r.losses,
        drawdowns=r.drawdowns,
        drawdown_dates=drawdown_days(r.drawdowns, r.drawdown_dates),
        downside=r.downside,
        horizons=r.horizons,
        scaled=r.scaled,
        convergence=tuple(_convergence(day, c) for day, c in r.convergence),
        flows=r.flows,
        calendar=CalendarFigures(name=r.frequency.name, periods_per_year=r.frequency.periods_per_year, year=r.year),
        n_obs=r.n_obs,
        first=r.first,
        last=r.last,
        notes=r.notes,
    )


def _convergence(day: np.datetime64, c: Convergence) -> ConvergenceAt:
    return ConvergenceAt(
        date=day,
        dispersion=finite(c.dispersion),
        true_dispersion=finite(c.true_dispersion),
        average_correlation=finite(c.average_correlation),
        absorption=finite(c.absorption),
        n_components=c.n_components,
        n_obs=c.n_obs,
    )
