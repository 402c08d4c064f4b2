r"""What holding an instrument for a year costs if the prices that it follows stand still, as a record.

Equations, a year, for exposure E of one unit bought, funding f per eight hours, rate r, yield q, multiple L and
volatility s of what a fund follows:

    future       carry  E (r - q)
    perpetual    carry  E f x 3 x 365                         longs pay shorts where f is positive
    share, fund  carry  L E r,  dividends  -L E q
                 decay  E (1 - exp(-(L^2 - L) s^2 / 2))       what a daily reset to a multiple costs: 0 for L = 1

A fund that resets to L every day is worth (S_T / S_0)^L exp(-(L^2 - L) s^2 T / 2) of what it was, interest apart: after
a year in which its index went nowhere that second factor is left. An inverse fund (L = -1) loses s^2, one of -3 or 4
six times that; who is short of it gains as much. It costs nothing on the average over all paths: it is what the fund
falls behind while prices stand still, and what it is ahead where they run.
Source
    Cheng and Madhavan (2009), Journal of Investment Management 7(4); Avellaneda and Zhang (2010), SIAM Journal on
    Financial Mathematics 1, 586-603.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import expm1
from typing import Protocol

__all__ = ["Upkeep", "YearRates", "reset_decay"]


class YearRates(Protocol):
    """Rates and yields that a year is counted at."""

    def rate_of(self, currency: str) -> float:
        """Give the yearly rate of a currency."""
        ...

    def yield_of(self, names: Iterable[str]) -> float:
        """Give the yearly dividend yield of an asset that goes by several names."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkeep:
    """What one unit held long costs in a year, base currency, positive = cost; of a short it is the reverse.

    Parameters
    ----------
    carry
        Interest, basis or funding.
    dividends
        Given up; negative = received.
    decay
        What a daily reset loses while the index stands still.
    """

    carry: float = 0.0
    dividends: float = 0.0
    decay: float = 0.0


def reset_decay(leverage: float, volatility: float) -> float:
    """Give the share of its value that a fund with a daily multiple loses in a year in which its index stands still.

    Parameters
    ----------
    leverage
        Multiple: 2, 3, -1.
    volatility
        Of its index, per square-root year.

    Examples
    --------
    >>> [round(reset_decay(multiple, 0.2), 6) for multiple in (1, -1, 2, 3, -2)]
    [0.0, 0.039211, 0.039211, 0.11308, 0.11308]
    """
    return 0.0 - expm1(-(leverage * leverage - leverage) * volatility * volatility / 2.0)
