"""What happens to options and futures while they live and when they end."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from trimtab.ledger.facts.header import FactHeader, Subject, check_number, check_positive, refusal

__all__ = ["Delivery", "OptionEnd", "OptionEndKind", "Roll", "Settlement"]


class OptionEndKind(StrEnum):
    """How an option ended."""

    EXERCISED = "exercised"
    ASSIGNED = "assigned"
    EXPIRED = "expired"
    CASH_SETTLED = "cash_settled"


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionEnd(FactHeader):
    """An option held was exercised, one written was assigned, or either expired or was settled in money.

    Parameters
    ----------
    of
        The option.
    kind
        Exercised (held), assigned (written), expired without value, or settled in money.
    quantity
        Contracts, positive; None: all.
    settlement
        Price of the underlying that decides, as quoted: needed for `CASH_SETTLED`; for `EXPIRED` it is checked.
    fee
        Zero or more, in the option's currency.
    """

    of: Subject
    kind: OptionEndKind
    quantity: Decimal | None = None
    settlement: Decimal | None = None
    fee: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        check_positive(self, f"number of contracts of {self.of.symbol}", self.quantity)
        check_number(self, "settlement price", self.settlement)
        check_positive(self, "fee", self.fee, zero=True)
        if self.kind is OptionEndKind.CASH_SETTLED and self.settlement is None:
            raise refusal(
                self,
                expected=f"the settlement price of what {self.of.symbol} is on",
                found="none",
                try_next="add the price; an option without value is expired",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement(FactHeader):
    """A future or perpetual is settled into money at the day's price, after the day's trades.

    Parameters
    ----------
    of
        The contract, under its own name: another month's price, or a continuous series', is not its own.
    price
        Settlement price; may be negative.
    final
        Whether the contract ends with it.
    everywhere
        True if the price does nothing where the contract is not held.
    """

    of: Subject
    price: Decimal
    final: bool = False
    everywhere: bool = True

    def __post_init__(self) -> None:
        check_number(self, f"settlement price of {self.of.symbol}", self.price)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll(FactHeader):
    """A position in one contract is closed and opened in another, as one trade.

    Parameters
    ----------
    of, into
        The contract that is left and the one that is entered.
    quantity
        Contracts, positive; None: all.
    price, into_price
        At which the one was closed and the other opened.
    fee
        For both, zero or more.
    """

    of: Subject
    into: Subject
    price: Decimal
    into_price: Decimal
    quantity: Decimal | None = None
    fee: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        check_positive(self, f"number of contracts of {self.of.symbol}", self.quantity)
        check_number(self, f"price of {self.of.symbol}", self.price)
        check_number(self, f"price of {self.into.symbol}", self.into_price)
        check_positive(self, "fee", self.fee, zero=True)
        if self.of.symbol == self.into.symbol:
            raise refusal(self, expected="two contracts", found=f"{self.of.symbol} twice", try_next="correct the row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery(FactHeader):
    """A future ends in the thing itself: contracts are settled at a price, and units change hands at that price.

    Parameters
    ----------
    of
        The future.
    underlying
        What is delivered.
    price
        Final settlement price; positive.
    units
        Units of the underlying for each contract; None: the contract's multiplier.
    """

    of: Subject
    underlying: Subject
    price: Decimal
    units: Decimal | None = None

    def __post_init__(self) -> None:
        check_positive(self, f"final price of {self.of.symbol}", self.price)
        check_positive(self, "number of units of each contract", self.units)
