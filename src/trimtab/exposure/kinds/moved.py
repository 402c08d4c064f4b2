"""A position after a move, as a record."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from trimtab.exposure.valuation import Leg, Valuation

__all__ = ["Move", "Moved", "grown"]

#: Gives the relative move of what a leg follows (-0.1 = it falls by a tenth).
Move = Callable[[Leg], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A position after a move; base currency.

    Parameters
    ----------
    value
        What it is worth. What settles daily counts with its gain since before the move.
    legs
        What it moves with from there on.
    delta
        Of one unit; None where there is none.
    """

    value: float
    legs: tuple[Leg, ...]
    delta: float | None = 1.0


def factor(move: float) -> float:
    """Give what a price is multiplied by; it does not fall below 0."""
    return max(0.0, 1.0 + move)


def grown(valued: Valuation, move: Move) -> Moved:
    """Give a position whose value is in proportion to each thing that it follows."""
    factors = [factor(move(leg)) for leg in valued.legs or ()]
    legs = tuple(
        replace(leg, delta_exposure=leg.delta_exposure * by) for leg, by in zip(valued.legs or (), factors, strict=True)
    )
    gains = [leg.delta_exposure * (by - 1.0) for leg, by in zip(valued.legs or (), factors, strict=True)]
    return Moved(value=(valued.value or 0.0) + sum(gains), legs=legs, delta=valued.delta)
