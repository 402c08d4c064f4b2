"""What is held of one thing: units, lots with their cost, and what a contract was last settled at."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from trimtab.ledger.posting import exact
from trimtab.model.instrument import Instrument
from trimtab.model.portfolio import Stated

__all__ = ["Disposal", "Holding", "Lot"]

_ZERO = Decimal(0)
_NOTHING = Stated()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Units that came together.

    Parameters
    ----------
    name
        The id of the fact that opened it, else its day; unique within a holding.
    acquired
        Day from which the holding period counts; None: not known.
    quantity
        Signed.
    cost
        Money paid, without fees, signed like the quantity (minus what was received, for a short), in whole units of
        the currency the thing is traded in; None: not known.
    fees
        What was paid on top when it was opened, same currency.
    base
        Cost and fees in base currency at the rate of the day each was paid; None: not known.
    """

    name: str
    acquired: dt.date | None
    quantity: Decimal
    cost: Decimal | None
    fees: Decimal = _ZERO
    base: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposal:
    """Units of a lot that went, with what was realised.

    Parameters
    ----------
    key, symbol, lot
        Where they came from.
    acquired, disposed
        Days; `acquired` is None where it is not known.
    quantity
        Signed as they were held.
    proceeds
        Money received, before fees; negative: paid to close a short.
    cost
        Of these units without fees, signed like the quantity; None: not known.
    fees
        Paid to open and to close, together.
    currency
        Of all these.
    base_proceeds, base_cost
        Proceeds less closing fees, and cost with opening fees, in base currency, each at the rate of its own day.
    long_term
        Whether held for more than a year; closing a short never is. None: not known.
    """

    key: str
    symbol: str
    lot: str
    acquired: dt.date | None
    disposed: dt.date
    quantity: Decimal
    proceeds: Decimal
    cost: Decimal | None
    fees: Decimal
    currency: str
    base_proceeds: Decimal | None
    base_cost: Decimal | None
    long_term: bool | None

    @property
    def gain(self) -> Decimal | None:
        """Proceeds less cost and fees, in the currency it was traded in: what is taxed."""
        return None if self.cost is None else self.proceeds - self.cost - self.fees

    @property
    def base_gain(self) -> Decimal | None:
        """The gain in base currency, with what the exchange rate did to it."""
        if self.base_proceeds is None or self.base_cost is None:
            return None
        return self.base_proceeds - self.base_cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A position at the end of a day.

    Parameters
    ----------
    key
        What tells it from everything else (`Instrument.key_on`).
    instrument
        What it is, with the terms in force.
    quantity
        Signed; not zero.
    lots
        Oldest first; their quantities add up. Empty for futures and perpetuals, which settle into money.
    carried
        For those: what the contracts were worth at the prices they were opened or last settled at; their gain until a
        later price is their worth at it, less this. None: that price is not known.
    size
        The multiplier that `carried` counts with; terms may have changed since.
    settled
        The day of the last settlement.
    mark
        Its price.
    stated
        The day on which somebody last said how many there are (a snapshot, or the trade that opened it; a trade that
        adds or takes away does not say it): a split since then that nobody recorded would make the number wrong.
    said
        What the last snapshot stated beside the number (price, quotes, volatility, ...), in the units of today.
    """

    key: str
    instrument: Instrument
    quantity: Decimal
    lots: tuple[Lot, ...] = ()
    carried: Decimal | None = _ZERO
    size: Decimal | None = None
    settled: dt.date | None = None
    mark: Decimal | None = None
    stated: dt.date | None = None
    said: Stated = _NOTHING

    @property
    def symbol(self) -> str:
        """Its symbol."""
        return self.instrument.symbol

    @property
    def cost(self) -> Decimal | None:
        """What it cost without fees; None where part of it is not known."""
        costs = [lot.cost for lot in self.lots]
        return None if None in costs else sum((c for c in costs if c is not None), _ZERO)

    @property
    def settles(self) -> bool:
        """Whether its gains become money instead of value."""
        return self.instrument.settles_daily

    @property
    def settles_each_evening(self) -> bool:
        """Whether they must, because no entry price keeps them open."""
        return self.settles and not self.instrument.keeps_entry

    def carried_on(self, day: dt.date) -> Decimal | None:
        """Give what is carried in the terms of a day: the price stays, what a price of 1 is worth changes."""
        if self.carried is None or self.size is None or not self.settles:
            return self.carried
        now = self.instrument.terms_on(day).multiplier
        return self.carried if now == self.size else exact(self.carried * now / self.size)

    def entry(self, day: dt.date) -> Decimal | None:
        """Give the price at which an open contract would have gained nothing: its average entry or last settlement."""
        instrument, carried = self.instrument, self.carried_on(day)
        if carried is None or not self.settles:
            return None
        size = self.quantity * instrument.terms_on(day).multiplier
        if instrument.inverse:
            return None if carried == 0 else -size / carried
        return carried / size
