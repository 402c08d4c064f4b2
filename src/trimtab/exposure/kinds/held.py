"""What every kind of position must answer beside a market; `trimtab.exposure.kinds.of` has the one match over them.

A new kind is a class in a file of this folder that answers all of it: one that leaves an answer out cannot be made, and
the type checker says which.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from decimal import Decimal

from trimtab.exposure.kinds.fixed import Fixed
from trimtab.exposure.kinds.per_unit import PerUnit
from trimtab.exposure.kinds.row import Row, Slots
from trimtab.exposure.kinds.upkeep import Upkeep, YearRates
from trimtab.exposure.valuation import Valuation
from trimtab.market.snapshot import Market, Quote
from trimtab.model.portfolio import Position

__all__ = ["Held", "Traded"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Traded:
    """A position after a trade in it.

    Parameters
    ----------
    position
        What is held; None if nothing is left.
    gain
        What the closed part had gained since its entry, in the money that gains are paid in.
    """

    position: Position | None
    gain: Decimal = Decimal(0)


class Held(ABC):
    """A position of one kind."""

    __slots__ = ()

    position: Position

    def traded(self, quantity: Decimal, price: Decimal, unit: Decimal) -> Traded:  # noqa: ARG002
        """Give it with more or fewer units; its tax lots are dropped, because nothing says which were sold.

        Parameters
        ----------
        quantity
            Signed units.
        price
            Price of the trade.
        unit
            Multiplier in force.
        """
        total = self.position.quantity + quantity
        return Traded(position=replace(self.position, quantity=total, lots=()) if total != 0 else None)

    def upkeep(self, exposure: float, rates: YearRates, volatility: float | None) -> Upkeep:  # noqa: ARG002
        """Give what a year of one unit costs while prices stand still.

        Parameters
        ----------
        exposure
            Delta exposure of one unit, base currency.
        rates
            Of a year.
        volatility
            Of the instrument's own returns, per square-root year; None if it is not known.
        """
        return Upkeep()

    def basis(self, mark: float, market: Market) -> float | None:  # noqa: ARG002
        """Give its price over what it is on, less 1, a year where it expires; None where there is no such thing."""
        return None

    def per_unit(self, valued: Valuation) -> PerUnit | None:  # noqa: ARG002
        """Give the factors that value and exposures are the quantity times of; None where there are none.

        Without them every position of its kind is valued by itself.

        Parameters
        ----------
        valued
            Valuation of one unit, with legs.
        """
        return None

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
