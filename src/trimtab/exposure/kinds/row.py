"""A position as one row of numbers for the live book, as a record; each kind lays out its own.

value, exposure         from size, price and rate, by the kind's formula in `live_kernel`
delta exposure          per_exposure x exposure + per_value x value      summed over what the position moves with
beta exposure           the same, each part times its beta
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from trimtab.errors import Reason
from trimtab.exposure.valuation import Leg, Valuation
from trimtab.market.snapshot import Market

__all__ = ["AssetPart", "LegPart", "Row", "Slots", "first_slot", "whole"]


class LegPart(NamedTuple):
    """A leg as parts of what the loop computes.

    Parameters
    ----------
    leg
        What the money moves with.
    per_exposure, per_value
        Its money is per_exposure x exposure + per_value x value.
    """

    leg: Leg
    per_exposure: float
    per_value: float


class AssetPart(NamedTuple):
    """The same by the symbol whose beta is used."""

    asset: str
    per_exposure: float
    per_value: float


class Slots(Protocol):
    """Where a board keeps prices and rates."""

    @property
    def slots(self) -> Mapping[str, int]:
        """The slot of each name."""

    @property
    def currencies(self) -> tuple[str, ...]:
        """Currencies and coins by number."""

    def constant(self, value: float) -> int:
        """Give a slot that holds a stated price."""


@dataclass(slots=True, kw_only=True)
class Row:
    """A position, ready for the loop.

    Parameters
    ----------
    valuation
        What `expose` makes of it.
    kind
        One of the kinds of `live_kernel`.
    floats, ints
        Cells by column.
    parts
        What it moves with.
    assets
        The same by the symbol whose beta is used; empty until betas are joined, and where one is missing.
    reason
        Why it is not measured; None if it is.
    slow
        Why it is valued by `expose`'s own path; None if it is not.
    """

    valuation: Valuation
    kind: int
    floats: dict[int, float] = field(default_factory=dict)
    ints: dict[int, int] = field(default_factory=dict)
    parts: tuple[LegPart, ...] = ()
    assets: tuple[AssetPart, ...] = ()
    reason: Reason | None = None
    slow: str | None = None


def first_slot(names: Iterable[str], market: Market, slots: Slots) -> int:
    """Give the slot of the first name that has a price; -1 if none has."""
    return next((slots.slots[name] for name in names if market.price(name) is not None), -1)


def whole(legs: Iterable[Leg]) -> tuple[LegPart, ...]:
    """Give legs that are each all of the exposure."""
    return tuple(LegPart(leg, 1.0, 0.0) for leg in legs)
