"""What a performance review takes and gives: records of hedges and weights, and the results."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trimtab.desk.ask.earned import Earned
from trimtab.errors import InputError
from trimtab.model.shown import Shown
from trimtab.performance.alpha import JensenAlpha
from trimtab.performance.attribution import Attribution
from trimtab.performance.basis_lines import BasisLine
from trimtab.performance.capture import Capture
from trimtab.performance.cost_basis import Trade
from trimtab.performance.hedge_review import HedgeReview
from trimtab.performance.ratios import Sharpe
from trimtab.performance.relative import Relative
from trimtab.performance.rolling import AlphaPath
from trimtab.performance.timing import ConditionalAlpha, Timing
from trimtab.risk.drawdown import DrawdownReview
from trimtab.stats.arrays import Floats

__all__ = [
    "Attributed", "BookHeld", "HedgeHeld", "HedgeRecord", "HedgeTerms", "Paid", "Performance", "Trials",
    "WeightHistory",
]  # fmt: skip

_Dates = NDArray[np.datetime64]


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgeRecord:
    """What a hedge held.

    Parameters
    ----------
    dates
        datetime64[D], increasing, shape (n_rows,).
    held
        Value of the hedge / NAV at the end of that day, negative for a short; holds until the next row.
    cost
        Paid on that day, share of NAV, zero or more.
    roll, funding
        Gained (+) or paid (-) on that day by moving from one contract to the next, and as interest or funding; share
        of NAV, where the instrument's prices do not hold it already. None is none.
    """

    dates: _Dates
    held: Floats
    cost: Floats
    roll: Floats | None = None
    funding: Floats | None = None

    def __post_init__(self) -> None:
        if len(self.dates) == 0 or (np.diff(self.dates).astype(np.int64) <= 0).any() or (self.cost < 0).any():
            raise InputError(
                expected="a hedge's rows in order of date, each date once, costs of zero or more",
                found="others",
                try_next="sort the rows, add up those of one day, and give what was paid as a positive number",
            )
        for name in ("roll", "funding"):
            given = getattr(self, name)
            if given is not None and (given.shape != self.dates.shape or not np.isfinite(given).all()):
                raise InputError(
                    expected=f"{name} on every row of the hedge, 0 where there was none",
                    found=f"{np.shape(given)} values",
                    try_next="leave the column out, or fill it",
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgeTerms:
    """What was believed of a hedge.

    Parameters
    ----------
    instrument
        Symbol whose price the hedge follows.
    book_beta
        Beta of the unhedged book that was planned with.
    target, tolerance
        Beta that the hedged book should have, and half-width of its band.
    instrument_beta
        Beta of the instrument that was planned with.
    yearly_cost
        Expected cost, share of NAV a year; None if nobody said.

    Examples
    --------
    >>> import trimtab as tt
    >>> terms = tt.HedgeTerms(instrument="ESH3", book_beta=1.2, target=0.0, tolerance=0.05)
    >>> terms.instrument_beta
    1.0
    """

    instrument: str
    book_beta: float
    target: float = 0.0
    tolerance: float = 0.05
    instrument_beta: float = 1.0
    yearly_cost: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightHistory:
    """What a book weighed: shares of NAV at the ends of days; between them positions drift with their returns.

    Parameters
    ----------
    dates
        datetime64[D], increasing, shape (n_rows,).
    symbols
        Assets, without the hedge; what is left of NAV is cash.
    weights
        Shape (n_rows, n_assets).
    outside
        Those of the symbols that enter nobody's prior: an asset in another currency than base, or an exchange rate.
    """

    dates: _Dates
    symbols: tuple[str, ...]
    weights: Floats
    outside: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """What was earned and paid beside prices: shares of NAV at the evening before.

    Parameters
    ----------
    dates
        datetime64[D], increasing, shape (n_days,).
    income, expense
        Received (+) and paid (-), shape (n_days,).
    """

    dates: _Dates
    income: Floats
    expense: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgeHeld:
    """What a hedge held, which the NAV includes, and what was believed of it."""

    record: HedgeRecord
    terms: HedgeTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class BookHeld:
    """What the book held.

    Parameters
    ----------
    weights
        What it weighed, for attribution; None if nobody knows.
    beta
        B of the attribution, usually the mandate's target.
    trades
        By symbol, for the cost basis.
    paid
        What it earned and paid beside prices, for attribution; None if nobody knows.
    """

    weights: WeightHistory | None = None
    beta: float = 1.0
    trades: Mapping[str, tuple[Trade, ...]] | None = None
    paid: Paid | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """How a portfolio was chosen.

    Parameters
    ----------
    count
        How many variants were tried before this one was chosen, itself among them.
    spread
        Standard deviation of their Sharpe ratios per period; None takes the error of a worthless one, 1 / sqrt(n).
    """

    count: int = 1
    spread: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributed:
    """Where the return came from.

    Parameters
    ----------
    parts
        By period; each period adds up to its return.
    linked
        Over all periods (Carino); adds up to the compound return.
    by_asset
        Selection by asset, sum over periods, largest first in size.
    beta_held
        B of the market part.
    first, last
        End of the first and last period attributed.
    """

    parts: Attribution
    linked: Mapping[str, float]
    by_asset: tuple[tuple[str, float], ...]
    beta_held: float
    first: np.datetime64
    last: np.datetime64

    @property
    def compound_return(self) -> float:
        """Return over all periods together, decimal; what `linked` adds up to."""
        return float(np.prod(1.0 + self.parts.total) - 1.0)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Performance(Shown):
    """What a portfolio earned beside its benchmark. Returns are simple; decimal; conventions stand in each record.

    Parameters
    ----------
    portfolio, benchmark
        Symbols.
    first, last, n_obs, calendar, periods_per_year, risk_free
        What was measured; `first` is the end of the first period.
    alpha
        Jensen's, by regression of excess returns, with HAC errors.
    alpha_annualised
        R - rf - beta (M - rf) of compound yearly returns (Bacon).
    relative
        By the arithmetic convention, then by the geometric one.
    sharpe
        Of excess returns.
    probabilistic_sharpe
        Probability that the true Sharpe ratio is above zero.
    trials, trials_spread, deflated_sharpe
        Variants tried, standard deviation of their ratios per period, and the probability that the true ratio beats
        the best of so many worthless ones; None for one trial.
    sortino
        Excess returns, target 0, downside deviation over all periods, times sqrt(p).
    annual_return, calmar, largest_drawdown
        Compound yearly return; that over the largest drawdown (None without one).
    capture
        Of total returns, geometric; its slopes are of excess returns, as every beta here.
    timing
        Treynor-Mazuy and Henriksson-Merton; empty with too few periods.
    conditional
        Ferson-Schadt with the benchmark's volatility over the month before (6 periods at least); None with too
        few periods.
    drawdowns, drawdown_dates
        Of the book and its benchmark-neutral part (beta known before each period), and ends of the periods looked at;
        None where no beta was known before enough of them.
    hedge, attributed, basis
        Where a hedge's record, weights or trades were given.
    dates, returns, market, excess, neutral
        Period ends, total returns of portfolio and benchmark, and excess return of the neutral part (NaN where no beta
        was known before), shape (n_obs,): what charts show.
    notes
        What was decided on the way.
    earned
        Returns on the money that was in it, with flows taken out; None with fewer than two values.
    alpha_path
        Alpha over a year that moves; None with less than a year and a period.
    """

    portfolio: str
    benchmark: str
    first: np.datetime64
    last: np.datetime64
    n_obs: int
    calendar: str
    periods_per_year: float
    risk_free: str
    alpha: JensenAlpha
    alpha_annualised: float
    relative: tuple[Relative, Relative]
    sharpe: Sharpe
    probabilistic_sharpe: float
    trials: int
    trials_spread: float | None
    deflated_sharpe: float | None
    sortino: float | None
    annual_return: float
    calmar: float | None
    largest_drawdown: float
    capture: Capture
    timing: tuple[Timing, ...]
    conditional: ConditionalAlpha | None
    drawdowns: DrawdownReview | None
    drawdown_dates: _Dates
    hedge: HedgeReview | None
    attributed: Attributed | None
    basis: tuple[BasisLine, ...]
    dates: _Dates
    returns: Floats
    market: Floats
    neutral: Floats
    notes: tuple[str, ...]
    earned: Earned | None = None
    alpha_path: AlphaPath | None = None
