"""The one match over the closed union of instruments: what a position is asked beside a market."""

from typing import assert_never

from trimtab.exposure.kinds.cash import HeldCash
from trimtab.exposure.kinds.future import HeldFuture
from trimtab.exposure.kinds.held import Held
from trimtab.exposure.kinds.option import HeldOption
from trimtab.exposure.kinds.perpetual import HeldPerpetual
from trimtab.exposure.kinds.spot import HeldSpot
from trimtab.model.instrument import Cash, Future, Instrument, Option, Perpetual, Spot
from trimtab.model.portfolio import Position

__all__ = ["by_kind", "future_in", "option_in", "spot_in"]


def by_kind(position: Position) -> Held:
    """Give a position as its kind values it.

    Examples
    --------
    >>> from decimal import Decimal
    >>> money = Position(instrument=Cash(currency="USD"), quantity=Decimal(5))
    >>> type(by_kind(money)).__name__, by_kind(money).lies_between_prices
    ('HeldCash', False)
    """
    match position.instrument:
        case Spot() as spot:
            return HeldSpot(position, spot)
        case Option() as option:
            return HeldOption(position, option)
        case Future() as future:
            return HeldFuture(position, future)
        case Perpetual() as perpetual:
            return HeldPerpetual(position, perpetual)
        case Cash() as cash:
            return HeldCash(position, cash)
        case _ as never:
            assert_never(never)


def future_in(instrument: Instrument) -> Future | None:
    """Give an instrument as the future that it is, for what only a future has; None of another kind."""
    return instrument if isinstance(instrument, Future) else None


def option_in(instrument: Instrument) -> Option | None:
    """Give an instrument as the option that it is, for what only an option has; None of another kind."""
    return instrument if isinstance(instrument, Option) else None


def spot_in(instrument: Instrument) -> Spot | None:
    """Give an instrument as the share, fund or coin that it is, for what only these have; None of another kind."""
    return instrument if isinstance(instrument, Spot) else None
