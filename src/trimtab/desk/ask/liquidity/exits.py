"""What is known of the way out of a book: records."""

from dataclasses import dataclass

from trimtab.risk.liquidity import Exit

__all__ = ["ExitLine", "Liquidity"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitLine:
    """One position on its way out: value and money traded a day in base currency; days at the participation cap."""

    asset: str
    value: float
    daily_value: float | None
    days: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Liquidity:
    """Getting out of what is held outright.

    Parameters
    ----------
    exits
        Calm and stressed, 1, 5 and 20 days; empty where no volume is known.
    lines
        By position, slowest first.
    unknown
        Positions whose volume is not known; they stay unsold.
    left_out
        Futures, options and perpetuals: their markets are not measured by these volumes.
    participation, half_spread
        Cap, and half-spread assumed where none is stated.
    """

    exits: tuple[Exit, ...]
    lines: tuple[ExitLine, ...]
    unknown: tuple[str, ...]
    left_out: tuple[str, ...]
    participation: float
    half_spread: float
