"""A position with what must not change while prices move, as a record of its kind."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from trimtab.exposure.kinds.moved import Move, Moved, grown
from trimtab.exposure.valuation import Valuation
from trimtab.market.snapshot import Market
from trimtab.model.portfolio import Position

__all__ = ["Fixed", "FixedHolding"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed(ABC):
    """A position with what must not change while prices move.

    Parameters
    ----------
    position
        As held, an entry fixed.
    valued
        Its valuation now.
    market
        The moment.
    """

    position: Position
    valued: Valuation
    market: Market

    @property
    @abstractmethod
    def is_linear(self) -> bool:
        """Whether its gain is in proportion to the moves of what it follows, whatever their size."""

    @property
    @abstractmethod
    def closed(self) -> "Fixed":
        """The same after the close of its last day: of an option that lives on that day exercise is left."""

    @abstractmethod
    def after(self, move: Move, *, vol_shift: float = 0.0, market: Market | None = None) -> Moved:
        """Revalue the position in full.

        Parameters
        ----------
        move
            Gives the relative move of what a leg follows.
        vol_shift
            Added to an option's volatility (0.05 = five points).
        market
            The same prices on a later day; None for the day of the moment.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedHolding(Fixed):
    """What is worth its price: nothing of it has to be fixed."""

    @property
    def is_linear(self) -> bool:
        """Whether no gain is paid in another currency, as none is."""
        return self.valued.settles is None

    @property
    def closed(self) -> Fixed:
        """The same."""
        return self

    def after(self, move: Move, *, vol_shift: float = 0.0, market: Market | None = None) -> Moved:  # noqa: ARG002
        """Give it after what it follows moved."""
        return grown(self.valued, move)
