r"""Selling along a path: cost against risk (Almgren and Chriss 2000).

Equations: X units over N steps of length tau, remaining x_k, sold n_k = x_{k-1} - x_k
    E[cost] = 1/2 gamma X^2 + epsilon X + (eta~ / tau) sum n_k^2,     eta~ = eta - gamma tau / 2
    V[cost] = sigma^2 tau sum x_k^2
    minimum of E + lambda V:  x_j = X sinh(kappa (T - t_j)) / sinh(kappa T)
    2 (cosh(kappa tau) - 1) / tau^2 = lambda sigma^2 / eta~;          half-life of the trade 1 / kappa
Source
    Almgren and Chriss (2001), "Optimal execution of portfolio transactions", Journal of Risk 3.
Assumption
    Impact is linear in the rate of trading. Measured impact is closer to a square root: for the cost of an exit at a
    given speed see `liquidity`; this is for the shape of the path.
"""

from dataclasses import dataclass
from math import acosh, inf, isfinite, sqrt

import numpy as np

from trimtab.errors import InputError
from trimtab.stats.arrays import Floats

__all__ = ["ImpactModel", "SalePath", "frontier", "optimal_sale"]


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
