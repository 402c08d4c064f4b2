r"""Portfolio insurance with index puts: which strike and how many contracts hold a floor.

Equation, with simple returns over the life T of the put, index yield q, portfolio yield d, rate r (simple, a year):
    V(x) = V [1 + r T + beta (x + q T - r T) - d T]              x = relative move of the index
    strike K = S (1 + x*)  with V(x*) = floor;        contracts N = beta V / (S multiplier)
Source
    Hull, Options, Futures, and Other Derivatives, section 17.1 and table 17.2 (10 puts, strike 960).
Assumption
    The capital asset pricing model with no error of its own: whatever beta does not explain is not insured. The premium
    is not part of the floor.
"""

from dataclasses import dataclass
from math import isfinite

from trimtab.errors import InputError

__all__ = ["Insurance", "expected_value", "insure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Insurance:
    """A floor turned into puts.

    Parameters
    ----------
    strike
        Exact strike in index points.
    contracts
        Exact number of puts; round up.
    """

    strike: float
    contracts: float


def expected_value(
    level: float,
    *,
    value: float,
    beta: float,
    index: float,
    years: float,
    rate: float,
    index_yield: float,
    portfolio_yield: float | None = None,
) -> float:
    """Give what the portfolio is worth at an index level when only beta is at work, before any put pays.

    Examples
    --------
    >>> round(expected_value(1040, value=500_000, beta=2, index=1000, years=0.25, rate=0.12, index_yield=0.04))
    530000
    """
    paid = index_yield if portfolio_yield is None else portfolio_yield
    excess = level / index - 1.0 + (index_yield - rate) * years
    return value * (1.0 + rate * years + beta * excess - paid * years)


def insure(
    *,
    value: float,
    beta: float,
    index: float,
    multiplier: float,
    floor: float,
    years: float,
    rate: float = 0.0,
    index_yield: float = 0.0,
    portfolio_yield: float | None = None,
) -> Insurance:
    """Find strike and number of puts that hold a floor.

    Parameters
    ----------
    value, floor
        Of the portfolio now and at expiry at the least, money.
    beta
        Of the portfolio, positive.
    index, multiplier
        Level of the index and money per point and contract.
    years
        To expiry.
    rate, index_yield, portfolio_yield
        Simple, per year; the portfolio's yield is the index's unless given.

    Raises
    ------
    InputError
        If beta is not positive or the floor gives no positive strike.

    Examples
    --------
    >>> puts = insure(
    ...     value=500_000, beta=2, index=1000, multiplier=100, floor=450_000, years=0.25, rate=0.12, index_yield=0.04
    ... )
    >>> round(puts.contracts, 9), round(puts.strike, 9)
    (10.0, 960.0)
    """
    numbers = (value, beta, index, multiplier, floor, years)
    if not all(isfinite(n) and n > 0 for n in numbers):
        raise InputError(
            expected="a positive value, beta, index level, multiplier, floor and time to expiry",
            found=f"{numbers}",
            try_next="puts insure a portfolio that falls with its index; look at its beta first",
        )
    paid = index_yield if portfolio_yield is None else portfolio_yield
    move = (floor / value - 1.0 - rate * years + paid * years) / beta - (index_yield - rate) * years
    if not move > -1.0:
        raise InputError(
            expected="a floor that a fall of the index can reach",
            found=f"{floor:,.0f} of {value:,.0f}, which beta {beta:.3f} does not reach even if the index goes to 0",
            try_next="no put is needed for that floor; ask for a higher one",
        )
    return Insurance(strike=index * (1.0 + move), contracts=beta * value / (index * multiplier))
