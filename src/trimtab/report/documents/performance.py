"""A performance review as a document."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from trimtab.desk.ask.earned import Earned
from trimtab.desk.ask.learned import Attributed, Performance
from trimtab.desk.ask.present import Worth
from trimtab.performance.alpha import JensenAlpha
from trimtab.performance.basis_lines import BasisLine
from trimtab.performance.capture import Capture
from trimtab.performance.cost_basis import CostBasis, Disposal, Lot, Method
from trimtab.performance.hedge_review import HedgeReview
from trimtab.performance.ratios import Sharpe
from trimtab.performance.relative import Relative
from trimtab.performance.rolling import AlphaPath
from trimtab.performance.timing import ConditionalAlpha, Timing
from trimtab.report.documents.missing_figures import missing_figures
from trimtab.report.documents.parts import DrawdownDays, drawdown_days, finite
from trimtab.report.shape.fields import FLAT
from trimtab.risk.drawdown import DrawdownReview
from trimtab.stats.arrays import Floats

__all__ = ["PerformanceDocument", "performance_document"]

_CONVENTIONS = (
    "returns are simple, per period, decimal; a missing one is left out, never filled",
    "standard deviations are of a sample (n - 1; residuals n - 2), times the root of periods per year",
    "intervals are 95%, with Newey-West errors over floor(1.3 sqrt n) lags and Kiefer-Vogelsang critical values",
    "the neutral part is the excess return less beta x the benchmark's, beta known before the period, without costs",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BothRelative:
    """Figures beside the benchmark by two conventions."""

    arithmetic: Relative
    geometric: Relative


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetSelection:
    """Selection of one asset, sum over periods, share of NAV."""

    asset: str
    selection: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributionFigures:
    """Where the return came from.

    Parameters
    ----------
    beta_held
        B of the market part.
    first, last
        End of the first and last period attributed.
    linked
        Parts over all periods (Carino); they add up to the compound return.
    compound_return
        Over all periods.
    selection_by_asset
        Largest first in size.
    by_period
        Each part, and the total, by period.
    """

    beta_held: float | None
    first: np.datetime64
    last: np.datetime64
    linked: Mapping[str, float | None]
    compound_return: float
    selection_by_asset: tuple[AssetSelection, ...]
    by_period: Mapping[str, Floats]


@dataclass(frozen=True, slots=True, kw_only=True)
class DisposalFigures:
    """Something sold, and what it gained.

    Parameters
    ----------
    gain
        Proceeds less cost.
    """

    disposal: Disposal = field(metadata=FLAT)
    gain: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BasisFigures:
    """One instrument's cost basis by one method; money in its currency.

    Parameters
    ----------
    method
        Which lots go first.
    quantity, cost
        Still held.
    realised, unrealised
        Gains; unrealised is null without a price.
    lots, disposals
        What is held, and what was sold.
    """

    method: Method
    quantity: float
    cost: float
    realised: float
    unrealised: float | None
    lots: tuple[Lot, ...]
    disposals: tuple[DisposalFigures, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentBasis:
    """One instrument's cost basis by every method.

    Parameters
    ----------
    symbol
        The instrument.
    price, price_date
        Last price, and when; null where there is none.
    methods
        One for each method.
    currency
        Of price, costs and gains; null where nobody names one.
    """

    symbol: str
    price: float | None
    price_date: np.datetime64 | None
    methods: tuple[BasisFigures, ...]
    currency: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnSeries:
    """Returns by period: what curves are drawn from.

    Parameters
    ----------
    dates
        Period ends.
    portfolio, benchmark
        Total returns, simple, decimal.
    neutral
        Excess return of the neutral part; null where no beta was known before.
    """

    dates: NDArray[np.datetime64]
    portfolio: Floats
    benchmark: Floats
    neutral: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class EarnedFigures:
    """Returns on the money that was in it, flows taken out, each under its name; money in the currency of NAV.

    Parameters
    ----------
    first, last
        The evenings.
    opening, closing
        Net asset value of them.
    flows, days_with_flows
        What came in less what went out in between, and on how many days: neither gain nor loss.
    gain
        Closing less opening less flows.
    time_weighted
        Over the whole time, flows at the end of their day; decimal.
    money_weighted
        Yearly rate at which all flows are worth nothing together (XIRR, actual/365); null if there is none or several.
    modified_dietz
        Gain over the money at work on average, for the whole time.
    income, expense, price_gains, currency, unexplained
        What the gain is made of, in a workspace: income less expense, what prices and what exchange rates did, and what
        snapshots found that no fact explains.
    reasons
        Why one of them is not known.
    """

    first: str
    last: str
    opening: float
    closing: float
    flows: float
    days_with_flows: int
    gain: float
    time_weighted: float | None
    money_weighted: float | None
    modified_dietz: float | None
    income: float | None
    expense: float | None
    price_gains: float | None
    currency: float | None
    unexplained: float | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was measured.

    Parameters
    ----------
    portfolio, benchmark
        Symbols.
    first, last, n_obs, calendar, periods_per_year, risk_free
        From when to when; `first` is the end of the first period.
    """

    portfolio: str
    benchmark: str
    first: np.datetime64
    last: np.datetime64
    n_obs: int
    calendar: str
    periods_per_year: float
    risk_free: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratios:
    """Ratios of a record; conventions stand in each.

    Parameters
    ----------
    alpha, alpha_annualised
        Jensen's, by regression of excess returns; R - rf - beta (M - rf) of compound yearly returns.
    sharpe, probabilistic_sharpe
        Of excess returns; probability that the true ratio is above zero.
    trials, trials_spread, deflated_sharpe
        Variants tried, and the probability that the true ratio beats the best of so many worthless ones.
    sortino, annual_return, calmar, largest_drawdown
        Target 0; compound; that over the largest drawdown.
    capture, timing, conditional
        In rises and falls.
    """

    alpha: JensenAlpha
    alpha_annualised: float | None
    sharpe: Sharpe
    probabilistic_sharpe: float | None
    trials: int
    trials_spread: float | None
    deflated_sharpe: float | None
    sortino: float | None
    annual_return: float | None
    calmar: float | None
    largest_drawdown: float | None
    capture: Capture
    timing: tuple[Timing, ...]
    conditional: ConditionalAlpha | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceDocument:
    """What a portfolio earned apart from its beta, and whether its hedge was right.

    Parameters
    ----------
    drawdowns, drawdown_dates
        Of the book and its benchmark-neutral part; null where no beta was known before enough of the periods.
    hedge
        Whether it was right; null without its record.
    notes
        What was decided on the way.
    relative
        Beside the benchmark.
    attribution
        Where the return came from; null without weights.
    cost_basis
        By instrument, where trades were given.
    present_value
        What was asked to be put in today's money.
    series
        Returns by period.
    alpha_path
        Alpha over a year that moves: `dates`, and of the whole and of what was not hedged `value`, `low`, `high`; null
        with less than a year and a period.
    conventions
        How figures are made.
    earned
        Returns on the money that was in it, flows taken out; null with fewer than two values.
    missing
        Why a figure is null, by its name.
    """

    SCHEMA: ClassVar = "trimtab.performance/1"

    measured: Measured = field(metadata=FLAT)
    ratios: Ratios = field(metadata=FLAT)
    drawdowns: DrawdownReview | None
    hedge: HedgeReview | None
    notes: tuple[str, ...]
    relative: BothRelative
    drawdown_dates: DrawdownDays | None
    attribution: AttributionFigures | None
    cost_basis: tuple[InstrumentBasis, ...]
    present_value: Worth | None
    series: ReturnSeries
    alpha_path: AlphaPath | None
    conventions: tuple[str, ...]
    earned: EarnedFigures | None
    missing: Mapping[str, str]


def performance_document(p: Performance, worth: Worth | None = None) -> PerformanceDocument:
    """Document of `trimtab performance`: schema trimtab.performance/1. What the data cannot say is null."""
    arithmetic, geometric = p.relative
    return PerformanceDocument(
        measured=Measured(
            portfolio=p.portfolio, benchmark=p.benchmark, first=p.first, last=p.last, n_obs=p.n_obs,
            calendar=p.calendar, periods_per_year=p.periods_per_year, risk_free=p.risk_free,
        ),
        ratios=_ratios(p),
        drawdowns=p.drawdowns,
        hedge=p.hedge,
        notes=p.notes,
        relative=BothRelative(arithmetic=arithmetic, geometric=geometric),
        drawdown_dates=drawdown_days(p.drawdowns, p.drawdown_dates),
        attribution=None if p.attributed is None else _attribution(p.attributed),
        cost_basis=tuple(_basis(line) for line in p.basis),
        present_value=worth,
        series=ReturnSeries(dates=p.dates, portfolio=p.returns, benchmark=p.market, neutral=p.neutral),
        alpha_path=p.alpha_path,
        conventions=_CONVENTIONS, earned=None if p.earned is None else _earned(p.earned), missing=missing_figures(p),
    )  # fmt: skip


def _earned(e: Earned) -> EarnedFigures:
    c = e.change
    return EarnedFigures(
        first=e.first.isoformat(),
        last=e.last.isoformat(),
        opening=e.opening,
        closing=e.closing,
        flows=e.flows,
        days_with_flows=e.days_with_flows,
        gain=e.gain,
        time_weighted=finite(e.time_weighted),
        money_weighted=finite(e.money_weighted),
        modified_dietz=finite(e.modified_dietz),
        income=None if c is None else float(c.income),
        expense=None if c is None else float(c.expense),
        price_gains=None if c is None else float(c.gains),
        currency=None if c is None else float(c.currency),
        unexplained=None if c is None else float(c.unexplained),
        reasons=e.reasons,
    )


def _ratios(p: Performance) -> Ratios:
    return Ratios(
        alpha=p.alpha,
        alpha_annualised=finite(p.alpha_annualised),
        sharpe=p.sharpe,
        probabilistic_sharpe=finite(p.probabilistic_sharpe),
        trials=p.trials,
        trials_spread=finite(p.trials_spread),
        deflated_sharpe=finite(p.deflated_sharpe),
        sortino=finite(p.sortino),
        annual_return=finite(p.annual_return),
        calmar=finite(p.calmar),
        largest_drawdown=finite(p.largest_drawdown),
        capture=p.capture,
        timing=p.timing,
        conditional=p.conditional,
    )


def _attribution(a: Attributed) -> AttributionFigures:
    return AttributionFigures(
        beta_held=finite(a.beta_held),
        first=a.first,
        last=a.last,
        linked={name: finite(value) for name, value in a.linked.items()},
        compound_return=a.compound_return,
        selection_by_asset=tuple(AssetSelection(asset=name, selection=value) for name, value in a.by_asset),
        by_period={**a.parts.components(), "total": a.parts.total},
    )


def _basis(line: BasisLine) -> InstrumentBasis:
    price = line.price
    return InstrumentBasis(
        symbol=line.symbol,
        price=None if price is None else float(price),
        price_date=line.price_date,
        methods=tuple(_of_method(r, None if price is None else float(r.unrealised(price))) for r in line.results),
        currency=line.currency,
    )


def _of_method(r: CostBasis, unrealised: float | None) -> BasisFigures:
    return BasisFigures(
        method=r.method,
        quantity=float(r.quantity),
        cost=float(r.cost),
        realised=float(r.realised),
        unrealised=unrealised,
        lots=r.lots,
        disposals=tuple(DisposalFigures(disposal=d, gain=float(d.gain)) for d in r.disposals),
    )
