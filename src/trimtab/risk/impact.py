r"""Selling along a path: cost against risk (Almgren and Chriss 2000), and what impact was measured to be (2005).

Equations: X units over N steps of length tau, remaining x_k, sold n_k = x_{k-1} - x_k
    E[cost] = 1/2 gamma X^2 + epsilon X + (eta~ / tau) sum n_k^2,     eta~ = eta - gamma tau / 2
    V[cost] = sigma^2 tau sum x_k^2
    minimum of E + lambda V:  x_j = X sinh(kappa (T - t_j)) / sinh(kappa T)
    2 (cosh(kappa tau) - 1) / tau^2 = lambda sigma^2 / eta~;          half-life of the trade 1 / kappa
    measured, for X units at a steady rate over T days, V traded a day, Theta units outstanding, sigma a day:
    permanent   I = gamma sigma (X / V) (Theta / V)^(1/4)            gamma = 0.314 +/- 0.041
    cost        J = I / 2 + eta sigma (X / (V T))^(3/5)              eta = 0.142 +/- 0.0062
Sources
    Almgren and Chriss (2001), "Optimal execution of portfolio transactions", Journal of Risk 3; Almgren, Thum,
    Hauptmann and Li (2005), "Direct estimation of equity market impact", Risk 18 (US shares, one bank, 2001-03).
Assumption
    In paths, impact is linear in the rate of trading. Measured impact is closer to a square root: for the cost of an
    exit at a given speed see `liquidity`; paths are for the shape of the sale.
"""

from dataclasses import dataclass
from math import acosh, inf, isfinite, sqrt

import numpy as np

from trimtab.errors import InputError
from trimtab.stats.arrays import Floats

__all__ = ["ImpactModel", "MeasuredImpact", "SalePath", "frontier", "measured_impact", "optimal_sale"]

#: Almgren et al. (2005): permanent and temporary coefficient, and the exponents of shares outstanding and of the rate.
_PERMANENT, _TEMPORARY, _OUTSTANDING, _RATE = 0.314, 0.142, 0.25, 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactModel:
    """Linear impact.

    Parameters
    ----------
    sd
        sigma: standard deviation of the price over one unit of time, money per unit held.
    fixed
        epsilon: half the spread and fees, money per unit sold.
    permanent
        gamma: money per unit of price, per unit sold.
    temporary
        eta: money per unit of price, per unit sold per unit of time.
    """

    sd: float
    fixed: float
    permanent: float
    temporary: float

    def __post_init__(self) -> None:
        numbers = (self.sd, self.fixed, self.permanent, self.temporary)
        if not all(isfinite(n) and n >= 0 for n in numbers) or self.temporary == 0:
            raise InputError(
                expected="finite impact numbers of zero or more, and a positive temporary impact",
                found=f"{numbers}",
                try_next="without temporary impact everything is sold at once",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class SalePath:
    """A way to sell.

    Parameters
    ----------
    risk_aversion
        lambda, per unit of money.
    remaining
        Units left at times 0, tau, ..., T, shape (n_steps + 1,).
    expected_cost
        Money.
    variance, sd
        Of the cost, money squared and money.
    half_life
        1 / kappa in units of time; infinite for a straight line.
    """

    risk_aversion: float
    remaining: Floats
    expected_cost: float
    variance: float
    sd: float
    half_life: float


def optimal_sale(model: ImpactModel, *, units: float, horizon: float, steps: int, risk_aversion: float) -> SalePath:
    """Find the path with the least cost plus lambda times variance.

    Parameters
    ----------
    model
        Impact.
    units
        X, to sell (or to buy back, as a positive number).
    horizon, steps
        T, and N of equal length.
    risk_aversion
        lambda, zero or more.

    Examples
    --------
    The example of the paper, in millions:

    >>> model = ImpactModel(sd=0.95, fixed=0.0625, permanent=2.5e-7, temporary=2.5e-6)
    >>> path = optimal_sale(model, units=1e6, horizon=5, steps=5, risk_aversion=1e-9)
    >>> round(path.expected_cost / 1e6, 4), round(path.variance / 1e12, 4), round(path.half_life, 2)
    (0.6625, 1.0812, 51.3)
    """
    if not (units > 0 and horizon > 0 and steps >= 1 and risk_aversion >= 0):
        raise InputError(
            expected="positive units and horizon, one step or more, risk aversion of zero or more",
            found=f"{units}, {horizon}, {steps}, {risk_aversion}",
            try_next="give units without a sign",
        )
    tau = horizon / steps
    eta = model.temporary - 0.5 * model.permanent * tau
    if not eta > 0:
        raise InputError(
            expected=f"temporary impact above {0.5 * model.permanent * tau}",
            found=f"{model.temporary}",
            try_next="take shorter steps: permanent impact eats the temporary one within each",
        )
    kappa = acosh(1.0 + risk_aversion * model.sd**2 / eta * tau**2 / 2.0) / tau
    left = 1.0 - np.arange(steps + 1) / steps
    # sinh(k T left) / sinh(k T), written with falling exponentials so that a large k T does not overflow.
    full = kappa * horizon
    if full < 1e-8:
        remaining = units * left
    else:
        remaining = units * np.exp(full * (left - 1.0)) * np.expm1(-2.0 * full * left) / np.expm1(-2.0 * full)
    sold = -np.diff(remaining)
    variance = model.sd**2 * tau * float(np.sum(remaining[1:] ** 2))
    cost = 0.5 * model.permanent * units**2 + model.fixed * units + eta / tau * float(np.sum(sold**2))
    return SalePath(
        risk_aversion=risk_aversion,
        remaining=remaining,
        expected_cost=cost,
        variance=variance,
        sd=sqrt(variance),
        half_life=1.0 / kappa if kappa > 0 else inf,
    )


def frontier(
    model: ImpactModel, *, units: float, horizon: float, steps: int, risk_aversions: tuple[float, ...]
) -> tuple[SalePath, ...]:
    """Give the best path for each risk aversion: cost rises and risk falls along it.

    Examples
    --------
    >>> model = ImpactModel(sd=0.95, fixed=0.0625, permanent=2.5e-7, temporary=2.5e-6)
    >>> paths = frontier(model, units=1e6, horizon=5, steps=5, risk_aversions=(0.0, 1e-6))
    >>> paths[0].expected_cost < paths[1].expected_cost, paths[0].sd > paths[1].sd
    (True, True)
    """
    return tuple(
        optimal_sale(model, units=units, horizon=horizon, steps=steps, risk_aversion=aversion)
        for aversion in risk_aversions
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredImpact:
    """What trading moves a price by, as a share of it, for an order that buys or sells; all zero or more.

    Parameters
    ----------
    permanent
        I: how far the price stays moved afterwards.
    temporary
        K: what is paid beyond that while trading.
    cost
        J = I / 2 + K: average price paid beside the price before, without the spread.
    """

    permanent: float
    temporary: float
    cost: float


def measured_impact(
    *, units: float, daily_volume: float, outstanding: float, daily_sd: float, days: float
) -> MeasuredImpact:
    """Give the impact of an order by the law of Almgren et al. (2005): permanent, and 3/5 of the rate.

    Parameters
    ----------
    units
        X, bought or sold; its sign does not matter.
    daily_volume
        V, units traded on an average day.
    outstanding
        Theta, units outstanding.
    daily_sd
        sigma, standard deviation of a day's return, decimal.
    days
        T, trading days over which it is traded at a steady rate; 0.1 = a tenth of a day.

    Raises
    ------
    InputError
        Unless all but `units` are positive and finite.

    Examples
    --------
    The paper's IBM, a tenth of a day's volume: 20 basis points stay; 32 are paid within a tenth of a day, 18 in half:

    >>> ibm = {"units": 656_100, "daily_volume": 6_561_000, "outstanding": 1_728e6, "daily_sd": 0.0157}
    >>> fast, slow = measured_impact(**ibm, days=0.1), measured_impact(**ibm, days=0.5)
    >>> [round(1e4 * part) for part in (fast.permanent, fast.cost, slow.cost)]
    [20, 32, 18]
    """
    positive = {"daily_volume": daily_volume, "outstanding": outstanding, "daily_sd": daily_sd, "days": days}
    wrong = [f"{name} {value}" for name, value in positive.items() if not (isfinite(value) and value > 0)]
    if wrong or not isfinite(units):
        raise InputError(
            expected="finite units, and a positive volume, number outstanding, volatility and number of days",
            found=", ".join(wrong) or f"units {units}",
            try_next="without the number outstanding use the square root of `trimtab.risk.liquidity.impact`",
        )
    size = abs(units) / daily_volume
    permanent = _PERMANENT * daily_sd * size * (outstanding / daily_volume) ** _OUTSTANDING
    temporary = _TEMPORARY * daily_sd * (size / days) ** _RATE
    return MeasuredImpact(permanent=permanent, temporary=temporary, cost=0.5 * permanent + temporary)
