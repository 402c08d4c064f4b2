"""Positions and portfolios: what is held, with signs, and nothing about what it is worth."""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal

from trimtab.errors import InputError
from trimtab.model.instrument import Cash, Instrument, _check_currency

__all__ = ["Portfolio", "Position", "TaxLot"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxLot:
    """A part of a position bought (or sold short) in one go.

    Parameters
    ----------
    quantity
        Signed like the position.
    price
        Price paid per unit, in the instrument's currency.
    acquired
        The day it was bought.
    """

    quantity: Decimal
    price: Decimal
    acquired: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A signed quantity of one instrument.

    Parameters
    ----------
    instrument
        What is held.
    quantity
        Units, contracts or money; positive = long, negative = short.
    lots
        Tax lots, if known; they sum to the quantity.
    price
        A price the user states for it, in the instrument's currency; used only where the price table has none.
    """

    instrument: Instrument
    quantity: Decimal
    lots: tuple[TaxLot, ...] = ()
    price: Decimal | None = None

    def __post_init__(self) -> None:
        if not self.quantity.is_finite():
            raise InputError(
                expected=f"a finite quantity of {self.instrument.symbol}",
                found=f"{self.quantity}",
                try_next="correct the quantity",
            )
        if self.lots and sum((lot.quantity for lot in self.lots), Decimal(0)) != self.quantity:
            raise InputError(
                expected=f"tax lots of {self.instrument.symbol} that add up to {self.quantity}",
                found=f"{sum((lot.quantity for lot in self.lots), Decimal(0))}",
                try_next="correct the lots or the quantity",
            )

    @property
    def symbol(self) -> str:
        """The instrument's symbol."""
        return self.instrument.symbol


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """Positions and the currency they are counted in.

    Parameters
    ----------
    positions
        In the user's order; the same instrument may stand more than once.
    base
        Base currency code.
    name
        For reports.

    Examples
    --------
    >>> from decimal import Decimal
    >>> held = Portfolio(positions=(Position(instrument=Cash(currency="USD"), quantity=Decimal(100)),), base="USD")
    >>> held.add(Cash(currency="USD"), Decimal(-40)).positions[0].quantity
    Decimal('60')
    """

    positions: tuple[Position, ...]
    base: str
    name: str = "portfolio"

    def __post_init__(self) -> None:
        _check_currency(self.base)

    def add(self, instrument: Instrument, quantity: Decimal) -> "Portfolio":
        """Give a new portfolio with `quantity` more of an instrument; a position that becomes zero goes away.

        The quantity joins the first position in the same instrument; if there is none it becomes a new one.
        Tax lots of that position are dropped, because this says nothing about which were sold.
        """
        if quantity == 0:
            return self
        positions = list(self.positions)
        for index, held in enumerate(positions):
            if held.instrument == instrument:
                total = held.quantity + quantity
                if total == 0 and not isinstance(instrument, Cash):
                    del positions[index]
                else:
                    positions[index] = replace(held, quantity=total, lots=())
                return replace(self, positions=tuple(positions))
        return replace(self, positions=(*positions, Position(instrument=instrument, quantity=quantity)))
