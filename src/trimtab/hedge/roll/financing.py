r"""Implied financing of a calendar spread.

Equations
    F = S exp((r - q) T)                          cost of carry, r the rate and q the dividend yield, continuous
    carry   = ln(F2 / F1) / (T2 - T1) = r - q     between two months: the spot drops out
    implied = carry + q                           the rate at which the second month finances the underlying
    rich    = implied - r
Assumption
    Both prices are of one moment; the yield holds between the two last trading days (dividends fall in clusters, and
    a stated yearly yield does not know them).
Source
    Hull, Options, Futures, and Other Derivatives, 11th ed., sections 5.9 and 5.12.
When not to use it
    Commodities that are consumed (convenience yield), volatility futures (no carry), quanto contracts.
"""

from math import log

from trimtab.hedge.roll.records import Dearness, Financing

__all__ = ["implied_financing"]

_BASIS_POINTS = 1e4


def implied_financing(
    *,
    near_price: float | None,
    far_price: float | None,
    years: float | None,
    rate: float | None,
    dividend_yield: float | None,
    tick: float,
) -> Financing:
    """Compare what the next month implies with the given rate; what is not known stays so.

    Parameters
    ----------
    near_price, far_price
        Own prices of one moment.
    years
        Between the last trading days, act/365, positive.
    rate, dividend_yield
        Continuous, a year; None where not known.
    tick
        Smallest step of the spread, in points.

    Examples
    --------
    >>> f = implied_financing(
    ...     near_price=3804.25, far_price=3842.0, years=91 / 365, rate=0.0421, dividend_yield=0.0, tick=0.25
    ... )
    >>> round(f.carry, 6), round(f.rich, 1), f.dearness.value
    (0.039605, -24.9, 'cheap')
    """
    carry = None
    if near_price is not None and far_price is not None and years is not None and years > 0:
        carry = log(far_price / near_price) / years
    implied = None if carry is None or dividend_yield is None else carry + dividend_yield
    rich = None if implied is None or rate is None else (implied - rate) * _BASIS_POINTS
    step = None
    if carry is not None and near_price is not None and years is not None:
        step = log(1.0 + tick / near_price) / years * _BASIS_POINTS
    return Financing(
        near_price=near_price, far_price=far_price, years=years, carry=carry, dividend_yield=dividend_yield,
        implied=implied, rate=rate, rich=rich, tick=step, dearness=_word(rich, step),
    )  # fmt: skip


def _word(rich: float | None, step: float | None) -> Dearness:
    if rich is None or step is None:
        return Dearness.NOT_KNOWN
    if abs(rich) < step:
        return Dearness.FAIR
    return Dearness.RICH if rich > 0 else Dearness.CHEAP
