"""What several documents share: readings of beta, exposure, mandate, verdict, days, and what was set aside."""

from dataclasses import dataclass, field
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from trimtab.beta.estimate import BetaEstimate, BetaReading, SpeaksOf
from trimtab.errors import Failure, Reason
from trimtab.exposure.coverage import LEVEL
from trimtab.exposure.expose import BothReadings, Exposure, PortfolioBeta
from trimtab.hedge.verdict import Status, Verdict
from trimtab.model.mandate import Mandate
from trimtab.report.shape.fields import FLAT
from trimtab.risk.drawdown import Drawdown, DrawdownReview

__all__ = [
    "BetaFigures", "DrawdownDays", "Ends", "ExposureFigures", "Failures", "Judged", "MandateTerms", "Reading",
    "Readings", "Told", "date_text", "drawdown_day", "drawdown_days", "exposure_figures", "failures_of", "finite",
    "judged", "mandate_terms", "portfolio_beta", "reading_of", "readings", "told",
]  # fmt: skip

_MOST_FAILURES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What betas and their errors are a statement about.

    Parameters
    ----------
    reading
        fit: the slope of the past; forecast: the mean beta over the days to come.
    horizon_days
        Trading days a forecast looks ahead, 0 means today; null for a fit.
    words
        The same in words.
    """

    reading: BetaReading
    horizon_days: int | None
    words: str


def told(speaks_of: SpeaksOf) -> Told:
    """Write what betas are a statement about."""
    horizon = None if speaks_of.reading is BetaReading.FIT else speaks_of.horizon
    return Told(reading=speaks_of.reading, horizon_days=horizon, words=str(speaks_of))


@dataclass(frozen=True, slots=True, kw_only=True)
class BetaFigures:
    """A portfolio beta on net asset value.

    Parameters
    ----------
    value, stderr
        The beta and its standard error.
    low, high, level
        Ends of its interval, and how sure that is (0.95).
    speaks_of
        Which beta this is.
    """

    value: float
    stderr: float
    low: float
    high: float
    level: float
    speaks_of: Told


def portfolio_beta(beta: PortfolioBeta) -> BetaFigures:
    """Write a portfolio beta with its error, its interval, and what they speak of."""
    return BetaFigures(
        value=beta.value, stderr=beta.stderr, low=beta.low, high=beta.high, level=LEVEL, speaks_of=told(beta.speaks_of)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """Portfolio beta in either reading; null where the method does not give it.

    Parameters
    ----------
    fitted
        The slope over the pairs of the past.
    forecast
        The mean beta over the days to come.
    """

    fitted: BetaFigures | None
    forecast: BetaFigures | None


def readings(measured: BothReadings) -> Readings:
    """Write portfolio beta in either reading."""
    fitted, forecast = measured.fitted, measured.forecast
    return Readings(
        fitted=None if fitted is None else portfolio_beta(fitted),
        forecast=None if forecast is None else portfolio_beta(forecast),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposureFigures:
    """A portfolio as a whole; money in base currency, positive = long.

    Parameters
    ----------
    as_of
        The moment of its prices.
    base_currency
        What money is in.
    nav
        Net asset value.
    beta
        Portfolio beta on NAV.
    readings
        The same in either reading.
    beta_exposure
        Sum of beta x delta exposure.
    money_per_1pct
        Gain if the benchmark rises by 1%.
    gross_beta
        Sum of the positions' absolute beta exposures / NAV.
    net, gross
        Sums of delta exposures, and of their absolute values.
    """

    as_of: str
    base_currency: str
    nav: float
    beta: BetaFigures
    readings: Readings = field(metadata=FLAT)
    beta_exposure: float
    money_per_1pct: float
    gross_beta: float
    net: float
    gross: float


def exposure_figures(x: Exposure) -> ExposureFigures:
    """Write a portfolio's figures as a whole."""
    return ExposureFigures(
        as_of=date_text(x.as_of) or "",
        base_currency=x.base,
        nav=x.nav,
        beta=portfolio_beta(x.beta),
        readings=readings(x),
        beta_exposure=x.beta_exposure,
        money_per_1pct=x.money_per_1pct,
        gross_beta=x.gross_beta,
        net=x.net,
        gross=x.gross,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateTerms:
    """What a portfolio's beta should be.

    Parameters
    ----------
    benchmark
        Symbol.
    target, lower, upper
        Wanted beta, and the ends of its band.
    confidence
        How probable a side must be for a verdict.
    min_coverage
        Share of gross exposure that must have been measured.
    reading
        Which reading is judged; null for the method's own.
    trigger, step
        Half-width within the band at which plans trade, and how far within it they go; null where it has none.
    """

    benchmark: str
    target: float
    lower: float
    upper: float
    confidence: float
    min_coverage: float
    reading: str | None
    trigger: float | None
    step: float | None


def mandate_terms(m: Mandate) -> MandateTerms:
    """Write what a portfolio should be."""
    return MandateTerms(
        benchmark=m.benchmark, target=m.target, lower=m.lower, upper=m.upper, confidence=m.confidence,
        min_coverage=m.min_coverage, reading=m.reading, trigger=m.trigger, step=m.step,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """Two ends of what a beta can be.

    Parameters
    ----------
    low, high
        Least and most.
    """

    low: float
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A verdict with its reason.

    Parameters
    ----------
    probability_inside
        Probability that the true beta lies in the band.
    speaks_of
        Which beta was judged.
    status
        inside, outside or undecided.
    why
        The reason in words.
    worst_case
        Least and most beta inside the bounds of what was not measured; null where everything was, or nothing is known.
    deciding
        Positions that keep the verdict from being sure, the heaviest first.
    trigger_reached
        Whether beta is beyond the mandate's trigger, so that a plan trades; null where it has none.
    """

    probability_inside: float
    speaks_of: Told
    status: Status
    why: str
    worst_case: Ends | None
    deciding: tuple[str, ...]
    trigger_reached: bool | None


def judged(v: Verdict) -> Judged:
    """Write whether a portfolio is what it should be."""
    return Judged(
        probability_inside=v.probability_inside,
        speaks_of=told(v.speaks_of),
        status=v.status,
        why=v.why,
        worst_case=None if v.worst_low is None else Ends(low=v.worst_low, high=v.worst_high),
        deciding=v.deciding,
        trigger_reached=v.trigger_reached,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """What was set aside on the way.

    Parameters
    ----------
    count
        How much in all.
    shown
        The first 200 of it.
    """

    count: int
    shown: tuple[Failure, ...]


def failures_of(failures: tuple[Failure, ...]) -> Failures:
    """Write what was set aside: how much, and the first 200 of it."""
    return Failures(count=len(failures), shown=failures[:_MOST_FAILURES])


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One asset's beta in one reading.

    Parameters
    ----------
    value, stderr
        Slope on the benchmark and its standard error; null if refused.
    n_obs
        Paired returns used.
    method
        By which it was measured.
    reason
        Why there is no value.
    """

    value: float | None
    stderr: float | None
    n_obs: int
    method: str
    reason: Reason | None


def reading_of(estimate: BetaEstimate) -> Reading:
    """Write one asset's beta in one reading."""
    return Reading(
        value=estimate.value,
        stderr=estimate.stderr,
        n_obs=estimate.n_obs,
        method=estimate.method,
        reason=estimate.reason,
    )


def date_text(stamp: np.datetime64 | None) -> str | None:
    """Write a stamp as a date, or with its time where it has one."""
    if stamp is None:
        return None
    day = stamp.astype("datetime64[D]")
    return str(day) if day == stamp else str(stamp.astype("datetime64[s]"))


def finite(value: float | None) -> float | None:
    """Give None for a number that is none."""
    return value if value is not None and isfinite(value) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawdownDays:
    """Days of drawdowns: of each the peak (``start`` before the first), the trough and the recovery (null if not yet).

    Parameters
    ----------
    book, neutral
        Of the book, and of its benchmark-neutral part.
    """

    book: tuple[tuple[str | None, ...], ...]
    neutral: tuple[tuple[str | None, ...], ...]


def drawdown_days(review: DrawdownReview | None, dates: NDArray[np.datetime64]) -> DrawdownDays | None:
    """Write the days of drawdowns; None where none were looked for."""
    if review is None:
        return None

    def days(falls: tuple[Drawdown, ...]) -> tuple[tuple[str | None, ...], ...]:
        return tuple(tuple(drawdown_day(dates, row) for row in (d.peak, d.trough, d.recovery)) for d in falls)

    return DrawdownDays(book=days(review.book), neutral=days(review.neutral))


def drawdown_day(dates: NDArray[np.datetime64], row: int | None) -> str | None:
    """Write the day of a drawdown's row: ``start`` before the first one, None where it has not come."""
    if row is None:
        return None
    return "start" if row < 0 else str(dates[row].astype("datetime64[D]"))
