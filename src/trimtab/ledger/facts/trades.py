"""Trades in instruments."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from trimtab.ledger.facts.header import FactHeader, Subject, check_currency, check_number, check_positive, refusal

__all__ = ["Side", "Trade"]


class Side(StrEnum):
    """Which way a trade goes, and what it is meant to do."""

    BUY = "buy"
    SELL = "sell"
    SHORT = "short"
    COVER = "cover"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade(FactHeader):
    """A purchase or sale of anything but money.

    Parameters
    ----------
    of
        What was traded.
    side
        Buy, sell, short (to open a short position) or cover (to close one).
    quantity
        Units or contracts, positive: the side has the sign.
    price
        Of one unit as quoted (pence for a share in pence, premium of one unit for an option), zero or more; a future
        may have traded below zero.
    fee
        Commission and duties, zero or more; an expense, and part of the tax cost.
    fee_currency
        None: the currency the trade is paid in.
    lots
        (lot, units) pairs a closing trade takes; used by the method "specific".
    by_sign
        Whether a sign alone says which way it goes: such a sale may be meant to open a short position.

    Examples
    --------
    >>> import datetime as dt
    >>> from trimtab.ledger.facts.header import about
    >>> bought = dict(day=dt.date(2024, 1, 2), of=about("ABC"), price=Decimal(10))
    >>> Trade(side=Side.SELL, quantity=Decimal(5), **bought).signed
    Decimal('-5')
    """

    of: Subject
    side: Side
    quantity: Decimal
    price: Decimal
    fee: Decimal = Decimal(0)
    fee_currency: str | None = None
    lots: tuple[tuple[str, Decimal], ...] = ()
    by_sign: bool = False

    def __post_init__(self) -> None:
        if self.of.instrument is not None and self.of.instrument.is_money:
            raise refusal(
                self,
                expected="a trade in something that has a price",
                found=f"money ({self.of.symbol})",
                try_next="write a deposit or withdrawal, or a conversion of one currency into another",
            )
        check_positive(self, f"quantity of {self.of.symbol}", self.quantity)
        if self.of.instrument is None or self.of.instrument.settles_daily:
            check_number(self, f"price of {self.of.symbol}", self.price)
        else:
            check_positive(self, f"price of {self.of.symbol}", self.price, zero=True)
        check_positive(self, "fee", self.fee, zero=True)
        if self.fee_currency is not None:
            check_currency(self.fee_currency, f"the fee of {self.of.symbol}")
        for name, units in self.lots:
            check_positive(self, f"number of units of lot {name}", units)

    @property
    def signed(self) -> Decimal:
        """Quantity with its sign: positive = bought."""
        return self.quantity if self.side is Side.BUY or self.side is Side.COVER else -self.quantity
