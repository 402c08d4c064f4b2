r"""Present value of cash flows, and of a hedge programme's costs against its benefit.

Equations
    NPV = sum_k c_k d(t_k);   d(t) = (1 + y)^-t  "annual",  exp(-y t)  "continuous"
    benefit of a hedge in a year = 1/2 A (var before - var after) NAV        A: relative risk aversion
    break-even A = PV(costs) / PV(1/2 (var before - var after) NAV)
Sources
    Any textbook; the benefit is the certainty equivalent of a mean-variance investor (Markowitz 1959).
Traps
    Yearly and continuous rates of the same number differ. The benefit counts risk only: a hedge also gives up the
    benchmark's expected return, which belongs among the cash flows if it is to be counted.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from trimtab.errors import InputError

__all__ = ["Compounding", "HedgeValue", "hedge_value", "present_value"]

Compounding = Literal["annual", "continuous"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgeValue:
    """A hedge programme in today's money.

    Parameters
    ----------
    costs
        Present value of what it costs, positive = paid.
    benefit
        Present value of the risk it removes, at the risk aversion given.
    net
        benefit - costs.
    break_even_risk_aversion
        The aversion from which it pays; None where it removes no risk.
    """

    costs: float
    benefit: float
    net: float
    break_even_risk_aversion: float | None


def present_value(
    cash_flows: ArrayLike, years: ArrayLike, rates: ArrayLike, *, compounding: Compounding = "annual"
) -> float:
    """Discount cash flows.

    Parameters
    ----------
    cash_flows
        Money; positive = received. Shape (n_flows,).
    years
        When, in years from today; not negative. Same shape.
    rates
        Yearly zero rate for each time, decimal; a number or the same shape.
    compounding
        "annual" or "continuous".

    Examples
    --------
    Hull, Options, Futures and Other Derivatives, ch. 4: a two-year bond with 6% coupons is worth 98.39.

    >>> rates = [0.050, 0.058, 0.064, 0.068]
    >>> round(present_value([3, 3, 3, 103], [0.5, 1, 1.5, 2], rates, compounding="continuous"), 2)
    98.39
    """
    flows, times = np.asarray(cash_flows, dtype=np.float64), np.asarray(years, dtype=np.float64)
    yields = np.asarray(rates, dtype=np.float64)
    if flows.shape != times.shape or (yields.ndim and yields.shape != flows.shape):
        raise InputError(
            expected="cash flows, times and rates of one length",
            found=f"{flows.shape}, {times.shape} and {yields.shape}",
            try_next="give one time and one rate per cash flow, or one rate for all",
        )
    if not (np.isfinite(flows).all() and np.isfinite(yields).all() and (times >= 0).all()):
        raise InputError(
            expected="finite cash flows and rates, and times from today on",
            found="a missing number or a time in the past",
            try_next="leave out what has been paid already",
        )
    if compounding not in ("annual", "continuous"):
        raise InputError(expected="annual or continuous", found=f"{compounding}", try_next="annual is usual")
    if compounding == "annual" and (yields <= -1).any():
        raise InputError(expected="yearly rates above -100%", found=f"{yields.min()}", try_next="give 0.05 for 5%")
    factors = np.exp(-yields * times) if compounding == "continuous" else (1.0 + yields) ** -times
    return float(np.sum(flows * factors))


def hedge_value(
    *,
    yearly_costs: ArrayLike,
    variance_before: float,
    variance_after: float,
    nav: float,
    risk_aversion: float,
    rate: float,
    compounding: Compounding = "annual",
) -> HedgeValue:
    """Weigh a hedge programme's costs against the risk it removes.

    Parameters
    ----------
    yearly_costs
        Paid at the end of year 1, 2, ..., positive = paid, shape (n_years,).
    variance_before, variance_after
        Variance of yearly returns without and with the hedge.
    nav
        Money that is hedged.
    risk_aversion
        A; 2 to 4 is usual for an investor.
    rate, compounding
        Yearly discount rate and how it compounds.

    Examples
    --------
    >>> value = hedge_value(
    ...     yearly_costs=[2000.0],
    ...     variance_before=0.04,
    ...     variance_after=0.01,
    ...     nav=1_000_000,
    ...     risk_aversion=2,
    ...     rate=0.0,
    ... )
    >>> round(value.benefit), round(value.net), round(value.break_even_risk_aversion, 4)
    (30000, 28000, 0.1333)
    """
    costs = np.asarray(yearly_costs, dtype=np.float64)
    if min(variance_before, variance_after, risk_aversion, nav) < 0:
        raise InputError(
            expected="variances, risk aversion and NAV of zero or more",
            found=f"{variance_before}, {variance_after}, {risk_aversion}, {nav}",
            try_next="give variances of yearly returns, for example 0.04",
        )
    times = np.arange(1.0, len(costs) + 1.0)
    paid = present_value(costs, times, rate, compounding=compounding)
    removed = 0.5 * (variance_before - variance_after) * nav
    unit = present_value(np.full(len(costs), removed), times, rate, compounding=compounding)
    return HedgeValue(
        costs=paid,
        benefit=risk_aversion * unit,
        net=risk_aversion * unit - paid,
        break_even_risk_aversion=paid / unit if unit > 0 else None,
    )
