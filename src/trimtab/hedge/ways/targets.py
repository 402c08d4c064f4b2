r"""Other targets than a beta, each turned into a mandate.

Equations
    beta neutral         target 0
    dollar beta          target = money / NAV
    a maximum            the band reaches from far below up to the maximum; trading goes to its upper edge
    volatility target    with forecast volatility s and wanted volatility s*:
        "volatility"     target = beta x s* / s            the volatility of the scaled book is s*
        "variance"       target = beta x (s* / s)^2        weight in inverse proportion to variance
        "systematic"     target = sqrt(s*^2 - residual^2) / s_m    a hedge changes the benchmark's part only
Source
    Moreira and Muir (2017), "Volatility-managed portfolios", Journal of Finance 72, use the variance form; volatility
    targeting as practised uses the first. They are different rules, so the name must be given.
"""

from dataclasses import replace
from enum import StrEnum
from math import isfinite, nextafter, sqrt

from trimtab.errors import InfeasibleError, InputError
from trimtab.exposure.expose import Exposure
from trimtab.model.mandate import Mandate

__all__ = ["VolatilityRule", "at_most", "beta_neutral", "dollar_beta", "volatility_target"]

#: How far below its maximum a one-sided mandate reaches: further than any portfolio's beta.
_FAR = 64.0


class VolatilityRule(StrEnum):
    """How a volatility target becomes a beta."""

    VOLATILITY = "volatility"
    VARIANCE = "variance"
    SYSTEMATIC = "systematic"


def beta_neutral(mandate: Mandate) -> Mandate:
    """Ask for beta 0, with the mandate's own band.

    Examples
    --------
    >>> beta_neutral(Mandate(benchmark="SPX", target=1.0, band=0.05)).upper
    0.05
    """
    return replace(mandate, target=0.0)


def dollar_beta(mandate: Mandate, exposure: Exposure, *, money: float, band: float | None = None) -> Mandate:
    """Ask for a beta exposure in money.

    Parameters
    ----------
    exposure
        The portfolio, for its NAV.
    money
        Wanted beta exposure, base currency; negative = short the benchmark.
    band
        Half-width in money; None keeps the mandate's own in beta.
    """
    if band is None:
        return replace(mandate, target=money / exposure.nav)
    # A band that is stated in money says all: the trigger was one within another band.
    return replace(mandate, target=money / exposure.nav, band=band / exposure.nav, trigger=None, step=None)


def at_most(mandate: Mandate, maximum: float) -> Mandate:
    """Ask for a beta of no more than a maximum; anything below is inside.

    Meant for plans to the edge of the band, which is the maximum; there is no target to go to beyond it.

    Examples
    --------
    >>> round(at_most(Mandate(benchmark="SPX", target=1.0, band=0.05), 1.2).upper, 12)
    1.2
    """
    if not isfinite(maximum):
        raise InputError(
            expected="a finite maximum",
            found=f"{maximum}",
            try_next="give a beta such as 1.2 that must not be exceeded",
        )
    target = maximum - _FAR
    band = maximum - target
    while target + band > maximum:
        band = nextafter(band, 0.0)
    return replace(mandate, target=target, band=band, trigger=None, step=None)


def volatility_target(
    mandate: Mandate,
    exposure: Exposure,
    *,
    wanted: float,
    volatility: float,
    rule: VolatilityRule | str,
    market_vol: float | None = None,
) -> Mandate:
    """Ask for the beta at which a volatility forecast meets its target.

    Parameters
    ----------
    exposure
        The portfolio, for its beta.
    wanted, volatility
        s* and s: wanted and forecast volatility of the portfolio, per square-root year.
    rule
        "volatility", "variance" or "systematic": see the module.
    market_vol
        s_m: of the benchmark; only for "systematic".

    Raises
    ------
    InfeasibleError
        If what the benchmark does not explain is already more volatile than wanted.
    """
    chosen = VolatilityRule(rule)
    if not (wanted > 0 and volatility > 0 and isfinite(wanted) and isfinite(volatility)):
        raise InputError(
            expected="positive volatilities such as 0.12",
            found=f"{wanted} wanted, {volatility} forecast",
            try_next="write 12% as 0.12",
        )
    beta = exposure.beta.value
    if chosen is VolatilityRule.VOLATILITY:
        return replace(mandate, target=beta * wanted / volatility)
    if chosen is VolatilityRule.VARIANCE:
        return replace(mandate, target=beta * (wanted / volatility) ** 2)
    if market_vol is None or not market_vol > 0:
        raise InputError(
            expected="the benchmark's volatility for the systematic rule",
            found=f"{market_vol}",
            try_next="give market_vol, for example 0.16",
        )
    residual = max(0.0, volatility**2 - (beta * market_vol) ** 2)
    room = wanted**2 - residual
    if room < 0:
        raise InfeasibleError(
            expected=f"a volatility of {wanted:.1%} by changing beta alone",
            found=f"{sqrt(residual):.1%} that the benchmark does not explain",
            try_next=f"ask for at least {sqrt(residual):.1%}, or reallocate to fewer risks of their own",
        )
    return replace(mandate, target=(1.0 if beta >= 0 else -1.0) * sqrt(room) / market_vol)
