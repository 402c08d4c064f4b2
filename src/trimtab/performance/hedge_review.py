r"""Was the hedge right? Beta against its target, risk removed, what it cost, and which assumption failed.

Equations, with slopes on the benchmark over the same periods (HAC errors)
    realised beta of the hedged book = slope(book) + slope(hedge)                     exactly
    slope(hedge) = h slope(instrument) + what a changing h added                      h: mean hedge held / NAV
    miss = realised - target
         = [slope(book) - forecast] + h [slope(instrument) - forecast] + (h - h planned) forecast
           + (planned beta - target) + changes of h during the time
    variance removed  = 1 - var(hedged) / var(unhedged)                               Ederington (1979), ex post
    ceiling           = R^2 of the book on the instrument: the most that a constant hedge with it could have removed
    hedged return     = book + h instrument + roll + funding - cost
    cost per unit     = (yearly cost - roll - funding) / (yearly volatility removed)
Conventions
    Sample variances. Returns per period in shares of NAV. Costs positive. A hedge that removed no risk has no cost per
    unit. The naive hedge is the one given: usually short one unit of value for each unit held (hedge ratio one).
Traps
    A hedge is judged by its target, not by whether it made money. A beta inside its interval can still hide a hedge
    that held too much and a book that had too much: the parts are shown whatever the sum.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from trimtab.performance.regression import Estimate, regress
from trimtab.performance.series import check_year, known_together
from trimtab.stats.arrays import Floats

__all__ = ["Assumption", "HedgePlan", "HedgeReview", "review_hedge"]

MIN_PERIODS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgePlan:
    """What was believed when the hedge was put on.

    Parameters
    ----------
    target
        Beta that the hedged book should have.
    tolerance
        Half-width of the band around it.
    book_beta
        Forecast beta of the unhedged book.
    instrument_beta
        Forecast beta of the hedging instrument.
    hedge
        Value of the hedge / NAV, negative for a short; usually (target - book_beta) / instrument_beta, in whole lots.
    yearly_cost
        Expected cost, share of NAV a year, zero or more; None if nobody said.
    """

    target: float
    tolerance: float
    book_beta: float
    instrument_beta: float
    hedge: float
    yearly_cost: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """One belief beside what happened.

    Parameters
    ----------
    name
        Which belief.
    planned, realised
        Its two values.
    effect
        What the difference added to the hedged book's beta (share of NAV a year for the cost).
    stderr
        Of `effect`; 0 where nothing is estimated.
    held
        False where the effect is outside its 95% error and matters: larger than a quarter of the tolerance.
    """

    name: str
    planned: float
    realised: float
    effect: float
    stderr: float
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgeReview:
    """The verdict on a hedge.

    Parameters
    ----------
    status
        "met": the whole interval of realised beta lies in the band; "missed": none of it does; otherwise "undecided".
    beta
        Realised beta of the hedged book.
    unhedged_beta, naive_beta
        Of the book without a hedge and with the naive one.
    volatility, unhedged_volatility, naive_volatility
        Per year, sample.
    variance_removed, variance_removed_naive
        Against no hedge, by this hedge and by the naive one; negative where risk was added. None without variance.
    ceiling
        The most that a constant hedge with this instrument could have removed.
    yearly_cost, yearly_roll, yearly_funding
        Share of NAV a year: commissions and spreads, positive = paid; roll and funding, positive = gained.
    cost_per_volatility
        (yearly_cost - yearly_roll - yearly_funding) / volatility removed; None where none was removed.
    assumptions
        In the order of the module's equation; effects on beta (all but the last, cost) add up to beta - target.
    failed
        Names of assumptions that did not hold, largest effect first.
    n_obs, periods_per_year
        Periods, and p.
    """

    status: Literal["met", "missed", "undecided"]
    beta: Estimate
    unhedged_beta: Estimate
    naive_beta: Estimate
    volatility: float
    unhedged_volatility: float
    naive_volatility: float
    variance_removed: float | None
    variance_removed_naive: float | None
    ceiling: float
    yearly_cost: float
    yearly_roll: float
    yearly_funding: float
    cost_per_volatility: float | None
    assumptions: tuple[Assumption, ...]
    failed: tuple[str, ...]
    n_obs: int
    periods_per_year: float


def review_hedge(
    *,
    book: ArrayLike,
    instrument: ArrayLike,
    benchmark: ArrayLike,
    held: ArrayLike,
    cost: ArrayLike,
    plan: HedgePlan,
    periods_per_year: float,
    roll: ArrayLike = 0.0,
    funding: ArrayLike = 0.0,
    naive: float = -1.0,
    lags: int | None = None,
) -> HedgeReview:
    """Review a hedge after the fact.

    Parameters
    ----------
    book, instrument, benchmark
        Returns per period of the unhedged book, of the hedging instrument (on its value) and of the benchmark, all
        with or all without the risk-free rate, shape (n_periods,).
    held
        Value of the hedge / NAV before each period, negative for a short; a number or one per period.
    cost
        Paid per period, share of NAV, positive.
    plan
        What was believed.
    periods_per_year
        p.
    roll, funding
        Gained (+) or paid (-) per period, share of NAV, where the instrument's returns do not hold it already.
    naive
        Constant hedge to compare with, value / NAV.
    lags
        Newey-West lags; None takes floor(1.3 sqrt(n)).

    Examples
    --------
    >>> market = 0.01 * np.sin(np.arange(60.0))
    >>> plan = HedgePlan(target=0.0, tolerance=0.05, book_beta=1.2, instrument_beta=1.0, hedge=-1.2)
    >>> verdict = review_hedge(
    ...     book=1.2 * market,
    ...     instrument=market,
    ...     benchmark=market,
    ...     held=-1.2,
    ...     cost=0.0,
    ...     plan=plan,
    ...     periods_per_year=252,
    ... )
    >>> verdict.status, round(verdict.variance_removed, 6), round(verdict.variance_removed_naive, 6)
    ('met', 1.0, 0.972222)
    """
    year = check_year(periods_per_year)
    length = np.shape(book)
    r, f, m, h, paid, rolled, funded = known_together(
        MIN_PERIODS,
        book=book,
        instrument=instrument,
        benchmark=benchmark,
        held=np.broadcast_to(np.asarray(held, dtype=np.float64), length),
        cost=np.broadcast_to(np.asarray(cost, dtype=np.float64), length),
        roll=np.broadcast_to(np.asarray(roll, dtype=np.float64), length),
        funding=np.broadcast_to(np.asarray(funding, dtype=np.float64), length),
    )
    hedged, plain = r + h * f + rolled + funded - paid, r + naive * f
    beta, unhedged, naive_beta = (_slope(s, m, lags) for s in (hedged, r, plain))
    variance, before, after_naive = (float(np.var(s, ddof=1)) for s in (hedged, r, plain))
    volatility, was, naive_volatility = (sqrt(v * year) for v in (variance, before, after_naive))
    cost_a_year, roll_a_year, funding_a_year = (float(x.mean()) * year for x in (paid, rolled, funded))
    # What a hedge costs is what it paid less what it earned beside price changes: that is what a budget is for.
    yearly = cost_a_year - roll_a_year - funding_a_year
    beliefs = _assumptions(r, f, m, h, plan, beta, lags)
    if plan.yearly_cost is not None:
        excess = yearly - plan.yearly_cost
        # Half as much again is a budget that failed; small absolute amounts are not worth a word.
        failed = excess > max(0.5 * plan.yearly_cost, 1e-4)
        beliefs.append(
            Assumption(
                name="cost",
                planned=plan.yearly_cost,
                realised=yearly,
                effect=excess,
                stderr=0.0,
                held=not failed,
            )
        )
    broken = sorted((b for b in beliefs if not b.held), key=lambda b: -abs(b.effect))
    return HedgeReview(
        status=_status(beta, plan),
        beta=beta,
        unhedged_beta=unhedged,
        naive_beta=naive_beta,
        volatility=volatility,
        unhedged_volatility=was,
        naive_volatility=naive_volatility,
        variance_removed=1.0 - variance / before if before > 0 else None,
        variance_removed_naive=1.0 - after_naive / before if before > 0 else None,
        ceiling=regress(r, np.column_stack([np.ones(len(f)), f]), lags=lags).r_squared,
        yearly_cost=cost_a_year,
        yearly_roll=roll_a_year,
        yearly_funding=funding_a_year,
        cost_per_volatility=yearly / (was - volatility) if was > volatility else None,
        assumptions=tuple(beliefs),
        failed=tuple(b.name for b in broken),
        n_obs=len(r),
        periods_per_year=year,
    )


def _slope(y: Floats, m: Floats, lags: int | None) -> Estimate:
    return regress(y, np.column_stack([np.ones(len(m)), m]), lags=lags).terms[1]


def _status(beta: Estimate, plan: HedgePlan) -> Literal["met", "missed", "undecided"]:
    low, high = plan.target - plan.tolerance, plan.target + plan.tolerance
    if low <= beta.low and beta.high <= high:
        return "met"
    return "missed" if beta.high < low or beta.low > high else "undecided"


def _assumptions(
    r: Floats, f: Floats, m: Floats, h: Floats, plan: HedgePlan, beta: Estimate, lags: int | None
) -> list[Assumption]:
    book, instrument = _slope(r, m, lags), _slope(f, m, lags)
    mean = float(h.mean())
    planned = plan.book_beta + plan.hedge * plan.instrument_beta
    rows = [
        ("book beta", plan.book_beta, book.value, book.value - plan.book_beta, book.stderr),
        (
            "instrument beta",
            plan.instrument_beta,
            instrument.value,
            mean * (instrument.value - plan.instrument_beta),
            abs(mean) * instrument.stderr,
        ),
        ("hedge held", plan.hedge, mean, (mean - plan.hedge) * plan.instrument_beta, 0.0),
        ("lot rounding", plan.target, planned, planned - plan.target, 0.0),
    ]
    steady = book.value + mean * instrument.value
    rows.append(("hedge kept steady", steady, beta.value, beta.value - steady, 0.0))
    return [
        Assumption(
            name=name,
            planned=believed,
            realised=happened,
            effect=effect,
            stderr=error,
            held=abs(effect) <= max(1.96 * error, 0.25 * plan.tolerance),
        )
        for name, believed, happened, effect, error in rows
    ]
