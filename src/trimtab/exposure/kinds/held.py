"""What every kind of position must answer beside a market; `trimtab.exposure.kinds.of` has the one match over them.

A new kind is a class in a file of this folder that answers all of it: one that leaves an answer out cannot be made, and
the type checker says which.
"""

from abc import ABC, abstractmethod

from trimtab.exposure.kinds.fixed import Fixed
from trimtab.exposure.kinds.row import Row, Slots
from trimtab.exposure.valuation import Valuation
from trimtab.market.snapshot import Market, Quote

__all__ = ["Held"]


class Held(ABC):
    """A position of one kind."""

    __slots__ = ()

    @property
    @abstractmethod
    def lies_between_prices(self) -> bool:
        """Whether it lies between its values at two prices, and so do its exposures: neither money nor an option."""

    @abstractmethod
    def value(self, market: Market) -> Valuation:
        """Give what it is worth and how it moves."""

    @abstractmethod
    def fix(self, valued: Valuation, market: Market) -> Fixed:
        """Fix what must not change while prices move.

        Parameters
        ----------
        valued
            Its valuation.
        market
            The moment.
        """

    @abstractmethod
    def mark(self, market: Market) -> Quote | None:
        """Give the price that a gain settles at, or that exercise counts by; never one that its owner states."""

    @abstractmethod
    def row(self, valued: Valuation, market: Market, slots: Slots) -> Row:
        """Lay it out for the compiled loop of the live book.

        Parameters
        ----------
        valued
            Its valuation, with legs.
        market
            The board as it is.
        slots
            Where the board keeps prices and rates.
        """
