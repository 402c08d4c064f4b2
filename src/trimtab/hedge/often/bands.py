r"""When to rehedge one option under proportional costs: Leland, Whalley-Wilmott, Zakamouline, and the plain interval.

Notation: S price, sigma volatility, T years left, r rate, Gamma the Black-Scholes gamma, lambda cost of one trade per
money traded (ONE WAY), gamma absolute risk aversion (per unit of money), one option on one share, short unless said.

    Leland            sigma'^2 = sigma^2 (1 + sqrt(2/pi) K / (sigma sqrt(dt))) for a short option, - for a long one;
                      K is the ROUND-TRIP cost, 2 lambda, and dt the interval of the rehedging in years
    Whalley-Wilmott   hold delta(sigma) +/- (3/2 exp(-rT) lambda S Gamma^2 / gamma)^(1/3), trade to the edge
    Zakamouline       hold delta(sigma_m) +/- (H0 + H1), trade to the edge, with
                      H0 = lambda / (gamma S sigma^2 T)
                      H1 = 1.12 lambda^0.31 T^0.05 (exp(-rT) / sigma)^0.25 (|Gamma| / gamma)^0.5
                      K  = -5.76 lambda^0.78 T^-0.02 (exp(-rT) / sigma)^0.25 (gamma S^2 |Gamma|)^0.15
                      sigma_m^2 = sigma^2 (1 - K) for a short option, sigma^2 (1 + K) for a long one
    interval          delta(sigma) every dt; error sd ~ sqrt(pi/4) vega sigma / sqrt(N), at the money;
                      expected cost of one rehedging lambda |Gamma| sigma S^2 sqrt(2 dt / pi)

Often mis-stated: Leland's K taken one way (half the adjustment); in the band of Whalley and Wilmott exp(+rT), Gamma in
the denominator, or Gamma unsquared; Zakamouline's K, which is negative, with its sign turned, so that the modified
volatility of a short option falls instead of rising.

Source
    Leland (1985), Journal of Finance 40; Whalley and Wilmott (1997), Mathematical Finance 7; Zakamouline (2006),
    Quantitative Finance 6, with the constants of his approximation for one European option; Derman and Kamal (1999),
    When You Cannot Hedge Continuously, Goldman Sachs.
Assumption
    Zakamouline's formulas were fitted to costs of about 0.1% to 2% and moderate risk aversion; H0 grows without bound
    as T goes to 0, so a band wider than 1 means: do not rehedge any more.
"""

from dataclasses import dataclass
from math import exp, isfinite, pi, sqrt

from trimtab.errors import InfeasibleError, InputError

__all__ = [
    "Zakamouline",
    "discrete_hedge_sd",
    "leland_volatility",
    "rebalance_cost",
    "whalley_wilmott_band",
    "zakamouline_band",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Zakamouline:
    """Zakamouline's policy at one moment.

    Parameters
    ----------
    h0, h1
        Parts of the half-width of the band around delta, in shares.
    k
        Adjustment of variance; negative.
    volatility
        sigma_m, at which the delta in the middle of the band is taken.
    """

    h0: float
    h1: float
    k: float
    volatility: float

    @property
    def half_width(self) -> float:
        """H0 + H1, in shares."""
        return self.h0 + self.h1


def leland_volatility(volatility: float, *, round_trip_cost: float, interval: float, short: bool = True) -> float:
    """Give the volatility at which Leland takes delta when rehedging at fixed times.

    Parameters
    ----------
    volatility
        Per square-root year.
    round_trip_cost
        K: cost of buying and selling again per money traded; twice the cost of one trade.
    interval
        Years between rehedgings.
    short
        The option is sold; bought if false.

    Raises
    ------
    InfeasibleError
        For a bought option whose costs exceed what its variance is worth: the equation has no solution then.

    Examples
    --------
    >>> round(leland_volatility(0.2, round_trip_cost=0.01, interval=1 / 52), 6)
    0.226952
    """
    _positive(volatility=volatility, interval=interval)
    _not_negative(round_trip_cost=round_trip_cost)
    extra = sqrt(2.0 / pi) * round_trip_cost / (volatility * sqrt(interval))
    factor = 1.0 + extra if short else 1.0 - extra
    if factor <= 0:
        raise InfeasibleError(
            expected="costs small beside the volatility over an interval (Leland number below 1 for a bought option)",
            found=f"Leland number {extra:.3g}",
            try_next="rehedge less often",
        )
    return volatility * sqrt(factor)


def whalley_wilmott_band(
    *, spot: float, gamma: float, cost: float, risk_aversion: float, years: float, rate: float = 0.0
) -> float:
    """Give the half-width of the band around delta, in shares per option.

    Parameters
    ----------
    spot
        Price of the share.
    gamma
        Black-Scholes gamma; its sign does not matter.
    cost
        lambda: cost of one trade per money traded, one way.
    risk_aversion
        Absolute, per unit of money.
    years, rate
        To expiry; per year.

    Examples
    --------
    >>> round(whalley_wilmott_band(spot=100, gamma=0.03984439141, cost=0.001, risk_aversion=1.0, years=0.25), 11)
    0.06198337475
    """
    _positive(spot=spot, risk_aversion=risk_aversion)
    _not_negative(cost=cost, years=years)
    return float((1.5 * exp(-rate * years) * cost * spot * gamma * gamma / risk_aversion) ** (1.0 / 3.0))


def zakamouline_band(
    *,
    spot: float,
    gamma: float,
    volatility: float,
    cost: float,
    risk_aversion: float,
    years: float,
    rate: float = 0.0,
    short: bool = True,
) -> Zakamouline:
    """Give band and modified volatility of Zakamouline's policy.

    Parameters
    ----------
    spot, gamma, cost, risk_aversion, years, rate
        As for `whalley_wilmott_band`; years positive.
    volatility
        Per square-root year.
    short
        The option is sold; bought if false.

    Raises
    ------
    InfeasibleError
        For a bought option with costs for which the modified variance is not positive.

    Examples
    --------
    >>> found = zakamouline_band(
    ...     spot=100, gamma=0.03984439141, volatility=0.2, cost=0.01, risk_aversion=1.0, years=0.25
    ... )
    >>> round(found.h0, 6), round(found.h1, 4), round(found.k, 4), round(found.volatility, 4)
    (0.01, 0.0748, -0.5988, 0.2529)
    """
    _positive(spot=spot, volatility=volatility, risk_aversion=risk_aversion, years=years)
    _not_negative(cost=cost)
    bend = abs(gamma)
    shared = (exp(-rate * years) / volatility) ** 0.25
    k = -5.76 * cost**0.78 / years**0.02 * shared * (risk_aversion * spot**2 * bend) ** 0.15
    factor = 1.0 - k if short else 1.0 + k
    if factor <= 0:
        raise InfeasibleError(
            expected="costs for which the modified variance of a bought option is positive",
            found=f"K = {k:.3g}",
            try_next="use Whalley and Wilmott's band, which needs no modified volatility",
        )
    return Zakamouline(
        h0=cost / (risk_aversion * spot * volatility**2 * years),
        h1=1.12 * cost**0.31 * years**0.05 * shared * sqrt(bend / risk_aversion),
        k=k,
        volatility=volatility * sqrt(factor),
    )


def discrete_hedge_sd(*, vega: float, volatility: float, rehedges: int) -> float:
    """Give the standard deviation of the hedging error of an option at the money, hedged so many times to expiry.

    sqrt(pi/4) vega sigma / sqrt(N), without costs, at the true volatility (Derman and Kamal).

    Parameters
    ----------
    vega
        At inception, money per 1.00 of volatility.
    volatility
        Per square-root year.
    rehedges
        N, equally spaced.
    """
    return sqrt(pi / 4.0) * vega * volatility / sqrt(rehedges)


def rebalance_cost(*, spot: float, gamma: float, volatility: float, cost: float, interval: float) -> float:
    """Give the expected cost of one rehedging after an interval: lambda |Gamma| sigma S^2 sqrt(2 dt / pi).

    Parameters
    ----------
    spot, gamma, volatility, cost, interval
        Price, gamma, per square-root year, one way per money traded, years.
    """
    return cost * abs(gamma) * volatility * spot**2 * sqrt(2.0 * interval / pi)


def _positive(**values: float) -> None:
    for name, value in values.items():
        if not (isfinite(value) and value > 0):
            raise InputError(expected=f"a positive {name.replace('_', ' ')}", found=f"{value}", try_next="check it")


def _not_negative(**values: float) -> None:
    for name, value in values.items():
        if not (isfinite(value) and value >= 0):
            raise InputError(
                expected=f"a {name.replace('_', ' ')} of zero or more", found=f"{value}", try_next="check its sign"
            )
