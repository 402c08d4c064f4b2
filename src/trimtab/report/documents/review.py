"""A review as a document."""

from dataclasses import dataclass, field
from math import isinf
from typing import ClassVar

from trimtab.beta.estimate import BetaReading, SpeaksOf
from trimtab.desk.ask.review import Review
from trimtab.desk.moment.joint import JointBeta
from trimtab.errors import Reason
from trimtab.exposure.coverage import Coverage, Missing, PositionBounds
from trimtab.exposure.expose import PositionBeta, PositionExposure
from trimtab.exposure.groups import Breakdown, Group
from trimtab.exposure.moves import MoveRow
from trimtab.exposure.valuation import OptionFigures
from trimtab.hedge.margin.records import AccountMargin
from trimtab.market.benchmark import Benchmark
from trimtab.market.prices import Flag
from trimtab.report.documents.parts import (
    Ends,
    ExposureFigures,
    Failures,
    Judged,
    MandateTerms,
    date_text,
    exposure_figures,
    failures_of,
    judged,
    mandate_terms,
)  # fmt: skip
from trimtab.report.shape.fields import FLAT
from trimtab.risk.active import ActiveRisk
from trimtab.risk.hidden import NotEnough

__all__ = ["ReviewDocument", "coverage_figures", "position_line", "review_document"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageFigures:
    """How much of a portfolio was measured.

    Parameters
    ----------
    share
        Measured share of gross exposure by money, 0 to 1.
    unpriced
        How many positions have neither a price nor bounds, so that NAV itself is not known.
    missing
        What was not measured, and why.
    beta_low, beta_high
        Least and most portfolio beta inside all bounds; null where it is not known.
    bounds
        What each position that was not measured, or that its quote leaves open, can be.
    stated
        Part of the share whose betas are stated and not measured, proxies among them.
    stated_assets
        Of which positions.
    """

    share: float
    unpriced: int
    missing: tuple[Missing, ...]
    beta_low: float | None
    beta_high: float | None
    bounds: tuple[PositionBounds, ...]
    stated: float = 0.0
    stated_assets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateJudged:
    """What a portfolio should be, and whether it is."""

    terms: MandateTerms = field(metadata=FLAT)
    judged: Judged = field(metadata=FLAT)


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionLine:
    """What is known of an option beyond value and delta.

    Parameters
    ----------
    underlying_price
        Price of the underlying used, in the option's currency.
    vol, vol_low, vol_high
        Volatility used, per square-root year, and what bid and ask allow; null where not known or unbounded.
    years
        To expiry; 0 on its last day.
    delta_low, delta_high
        Spot delta of one unit at those volatilities.
    delta_forward
        Per 1 of the forward: what most vendors print.
    forward
        Forward price of the underlying to expiry.
    other_rate_delta_exposure
        Where no rate was given and 0 was assumed: delta exposure at a rate of 5%, base currency.
    vega, theta
        Base currency per volatility point, and per calendar day, whole position.
    net_delta
        Premium-adjusted delta in coin of one unit, for coin-premium options.
    """

    underlying_price: float
    vol: float | None
    vol_low: float | None
    vol_high: float | None
    years: float
    delta_low: float | None
    delta_high: float | None
    delta_forward: float | None
    forward: float | None
    other_rate_delta_exposure: float | None
    vega: float | None
    theta: float | None
    net_delta: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionLine:
    """One position; money in base currency, positive = long; null where it is not known.

    Parameters
    ----------
    asset, kind, quantity, currency
        What is held, and how much of it.
    price, price_date, fx, multiplier
        What it was valued with.
    value
        Its part of NAV.
    delta, delta_spot
        Of one unit; `delta_spot` for options only.
    delta_exposure
        quantity x multiplier x delta x price x fx.
    beta, stderr, beta_exposure
        Beta of what it follows, its error, and beta x delta exposure.
    contribution
        Its part of portfolio beta.
    gamma_exposure
        Change of delta exposure for a rise of what it follows by 100%.
    beta_weighted_delta
        Beta exposure in shares of the benchmark.
    elasticity, option_beta
        Of an option: relative move per relative move of the underlying, and times its beta.
    leverage
        Multiple of a leveraged fund.
    carry_per_year
        Earned by holding it while nothing moves.
    option
        More of an option.
    follows
        Whose returns move it.
    flags, reason
        What a reader should know, and why there is no figure.
    fitted, forecast
        Its beta in either reading.
    """

    asset: str
    kind: str
    quantity: float
    currency: str
    price: float | None
    price_date: str | None
    fx: float | None
    multiplier: float
    value: float | None
    delta: float | None
    delta_spot: float | None
    delta_exposure: float | None
    beta: float | None
    stderr: float | None
    beta_exposure: float | None
    contribution: float | None
    gamma_exposure: float | None
    beta_weighted_delta: float | None
    elasticity: float | None
    option_beta: float | None
    leverage: float
    carry_per_year: float | None
    option: OptionLine | None
    follows: str | None
    flags: tuple[Flag, ...]
    reason: Reason | None
    fitted: PositionBeta | None
    forecast: PositionBeta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrencyHedge:
    """What would have to be sold forward so that value held in a currency does not move with its rate.

    Parameters
    ----------
    currency
        Foreign currency.
    sell
        Money in base currency, negative = sell.
    """

    currency: str
    sell: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakdownFigures:
    """A portfolio taken apart.

    Parameters
    ----------
    by_currency, by_kind, by_underlying
        Groups, largest absolute beta exposure first; each adds up to the whole.
    currency_hedge
        By foreign currency, apart from beta.
    leverage
        Gross delta exposure / NAV.
    invested, beta_on_invested
        Sum of absolute values of everything but cash, and beta exposure / that.
    vol_band
        Portfolio beta if every option's volatility were at the worse end of its own quote; null without quotes.
    """

    by_currency: tuple[Group, ...]
    by_kind: tuple[Group, ...]
    by_underlying: tuple[Group, ...]
    currency_hedge: tuple[CurrencyHedge, ...]
    leverage: float
    invested: float
    beta_on_invested: float | None
    vol_band: Ends | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDocument:
    """A portfolio's beta with its error, beside its mandate.

    Parameters
    ----------
    coverage
        How much was measured.
    mandate
        What it should be, and whether it is.
    benchmark_detail, method, risk_free
        How it was measured.
    positions
        Each position.
    breakdown
        The whole taken apart.
    moves
        Beta after moves of the benchmark: full revaluation beside delta and gamma.
    joint
        Several benchmarks, each alone and all at once.
    active_beta, active_risk
        Beta less 1; active risk (tracking error) a year in its two parts, null where it is not known.
    not_enough
        What beta hides most; null where that was not looked for.
    accounts
        Venue accounts: collateral, margin by the venue's rules, distance to liquidation; empty where nothing is on
        margin.
    notes, failures
        What was decided and set aside on the way.
    """

    SCHEMA: ClassVar = "trimtab.review/1"

    exposure: ExposureFigures = field(metadata=FLAT)
    coverage: CoverageFigures
    mandate: MandateJudged
    benchmark_detail: Benchmark
    method: str
    risk_free: str
    positions: tuple[PositionLine, ...]
    breakdown: BreakdownFigures
    moves: tuple[MoveRow, ...]
    joint: tuple[JointBeta, ...]
    active_beta: float
    active_risk: ActiveRisk | None
    not_enough: NotEnough | None
    accounts: tuple[AccountMargin, ...]
    notes: tuple[str, ...]
    failures: Failures


def review_document(review: Review) -> ReviewDocument:
    """Document of `trimtab review`: schema trimtab.review/1."""
    x = review.exposure
    return ReviewDocument(
        exposure=exposure_figures(x),
        coverage=coverage_figures(x.coverage),
        mandate=MandateJudged(terms=mandate_terms(review.mandate), judged=judged(review.verdict)),
        benchmark_detail=review.benchmark,
        method=review.betas.method,
        risk_free=review.betas.risk_free,
        positions=tuple(position_line(p, review.betas.speaks_of) for p in x.positions),
        breakdown=_breakdown(review.breakdown),
        moves=review.moves,
        active_beta=review.active_beta,
        active_risk=review.active_risk,
        joint=review.joint,
        not_enough=review.not_enough,
        accounts=review.accounts,
        notes=review.notes,
        failures=failures_of(review.failures),
    )


def coverage_figures(c: Coverage) -> CoverageFigures:
    """Give how much of a book was measured."""
    return CoverageFigures(
        share=c.share, unpriced=c.unpriced, missing=c.missing, beta_low=c.beta_low, beta_high=c.beta_high,
        bounds=c.bounds, stated=c.stated, stated_assets=c.stated_assets,
    )  # fmt: skip


def position_line(p: PositionExposure, front: SpeaksOf) -> PositionLine:
    """Give one position; `front` is the reading in front."""
    own = None
    if p.beta_exposure is not None:
        own = PositionBeta(beta=p.beta, stderr=p.stderr, beta_exposure=p.beta_exposure)
    is_forecast = front.reading is BetaReading.FORECAST
    return PositionLine(
        asset=p.asset,
        kind=p.kind,
        quantity=p.quantity,
        currency=p.currency,
        price=p.price,
        price_date=date_text(p.price_date),
        fx=p.fx,
        multiplier=p.multiplier,
        value=p.value,
        delta=p.delta,
        delta_spot=None if p.option is None else p.delta,
        delta_exposure=p.delta_exposure,
        beta=p.beta,
        stderr=p.stderr,
        beta_exposure=p.beta_exposure,
        contribution=p.contribution,
        gamma_exposure=p.gamma_exposure,
        beta_weighted_delta=p.beta_weighted_delta,
        elasticity=p.elasticity,
        option_beta=p.option_beta,
        leverage=p.leverage,
        carry_per_year=p.carry,
        option=None if p.option is None else _option(p.option),
        follows=p.follows,
        flags=p.flags,
        reason=p.reason,
        fitted=p.companion if is_forecast else own,
        forecast=own if is_forecast else p.companion,
    )


def _option(o: OptionFigures) -> OptionLine:
    return OptionLine(
        underlying_price=o.underlying_price,
        vol=o.vol,
        vol_low=o.vol_low,
        vol_high=None if o.vol_high is None or isinf(o.vol_high) else o.vol_high,
        years=o.years,
        delta_low=o.delta_low,
        delta_high=o.delta_high,
        delta_forward=o.delta_forward,
        forward=o.forward,
        other_rate_delta_exposure=o.other_rate_delta_exposure,
        vega=o.vega,
        theta=o.theta,
        net_delta=o.net_delta,
    )


def _breakdown(b: Breakdown) -> BreakdownFigures:
    return BreakdownFigures(
        by_currency=b.by_currency,
        by_kind=b.by_kind,
        by_underlying=b.by_underlying,
        currency_hedge=tuple(CurrencyHedge(currency=c, sell=amount) for c, amount in b.currency_hedge),
        leverage=b.leverage,
        invested=b.invested,
        beta_on_invested=b.beta_on_invested,
        vol_band=None if b.vol_low is None else Ends(low=b.vol_low, high=b.vol_high),
    )
