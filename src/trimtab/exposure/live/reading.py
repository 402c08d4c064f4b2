"""What a live book tells when it is read."""

from dataclasses import dataclass

import numpy as np

from trimtab.exposure.expose import BothReadings, Coverage, PortfolioBeta

__all__ = ["LivePosition", "LiveReading", "LiveState"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveState:
    """What a live book has come to know, beyond what it was made from.

    Parameters
    ----------
    as_of
        The day that option terms are counted from.
    prices
        Price and moment (microseconds since 1970, UTC) by name.
    held
        Volatility of each option that its underlying has moved since its own quote, by number (of several positions
        in one symbol) and symbol.
    quoted
        Volatility of each option at its own live quote.
    taken, late
        Quotes so far.
    """

    as_of: str
    prices: dict[str, tuple[float, int]]
    held: dict[str, float]
    quoted: dict[str, float]
    taken: int
    late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePosition:
    """One position as it stands.

    Parameters
    ----------
    asset
        Symbol.
    value, delta_exposure, beta_exposure
        Base currency; None where not known.
    fx
        Base currency per unit of the instrument's; None without a rate.
    delta
        Of one unit; 1 for everything but options.
    """

    asset: str
    value: float | None
    delta_exposure: float | None
    beta_exposure: float | None
    fx: float | None
    delta: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveReading(BothReadings):
    """The portfolio as it stands.

    Parameters
    ----------
    as_of
        The day that option terms are counted from.
    oldest, newest
        Moments of the oldest and newest price in use; None if nothing has a price.
    oldest_name
        Whose price the oldest is: the symbol of the position.
    quotes, late
        Quotes taken, and quotes left out because a newer one was known.
    nav, beta_exposure, net, gross, gamma_exposure
        Base currency, as in `Exposure`; gamma exposure over measured options.
    beta, companion
        On NAV, each with its error, in the two readings of beta: as in `Exposure`.
    gross_beta
        Sum of |beta exposure| / NAV.
    coverage
        What was measured.
    slow
        Positions valued by `expose`'s own path, with the reason.
    positions
        In the portfolio's order.
    """

    as_of: np.datetime64
    oldest: np.datetime64 | None
    newest: np.datetime64 | None
    oldest_name: str | None
    quotes: int
    late: int
    nav: float
    beta: PortfolioBeta
    beta_exposure: float
    net: float
    gross: float
    gross_beta: float
    gamma_exposure: float
    coverage: Coverage
    slow: tuple[tuple[str, str], ...]
    positions: tuple[LivePosition, ...]
    companion: PortfolioBeta | None = None
