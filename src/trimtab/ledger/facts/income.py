"""What a holding pays: dividends of every sort, and coupons."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from trimtab.ledger.facts.header import FactHeader, Subject, check_number, check_positive, refusal

__all__ = ["Payout", "PayoutKind", "StockDividend"]


class PayoutKind(StrEnum):
    """Which payment it was."""

    DIVIDEND = "dividend"
    SPECIAL = "special_dividend"
    IN_LIEU = "dividend_in_lieu"
    COUPON = "coupon"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payout(FactHeader):
    """Money paid on a holding. A short position pays it.

    Parameters
    ----------
    of
        What pays. Amounts are in the currency and unit the fact states, else in those of the instrument as held.
    kind
        Regular or special dividend, payment in lieu of one, or coupon. Two of one day are two.
    per_unit
        Money for each unit; give this or `total`.
    total
        Money received + or paid -, before tax.
    per_new_unit
        Whether `per_unit` counts units after that day's split; otherwise it counts those held the evening before.
    tax
        Withheld, zero or more, as part of the whole: in the same currency and unit as the amount.
    everywhere
        True for a payment announced to all holders, which does nothing where nothing is held; False for a row of
        this account's statement, which without a holding is an error.
    """

    of: Subject
    kind: PayoutKind = PayoutKind.DIVIDEND
    per_unit: Decimal | None = None
    total: Decimal | None = None
    per_new_unit: bool = False
    tax: Decimal = Decimal(0)
    everywhere: bool = False

    def __post_init__(self) -> None:
        if (self.per_unit is None) == (self.total is None):
            raise refusal(
                self,
                expected=f"either an amount per unit or a whole amount for the {self.kind.value} of {self.of.symbol}",
                found="neither" if self.total is None else "both",
                try_next="give per_unit or amount" if self.total is None else "keep one of per_unit and amount",
            )
        check_positive(self, f"{self.kind.value} of {self.of.symbol} per unit", self.per_unit)
        check_number(self, f"{self.kind.value} of {self.of.symbol}", self.total)
        check_positive(self, "tax withheld", self.tax, zero=True)
        if self.everywhere and self.per_unit is None:
            raise refusal(
                self, expected="an amount per unit where the payment is everyone's", found="a whole amount",
                try_next="give the amount per unit",
            )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class StockDividend(FactHeader):
    """New units for nothing, or as taxable income where a price is stated.

    Parameters
    ----------
    of
        What pays, in units of itself.
    per_unit
        New units for each held the evening before; give this or `units`.
    units
        New units received, positive.
    price
        Value of one new unit as quoted where the dividend is income; None: the old cost is spread over all units.
    everywhere
        As for `Payout`.
    """

    of: Subject
    per_unit: Decimal | None = None
    units: Decimal | None = None
    price: Decimal | None = None
    everywhere: bool = False

    def __post_init__(self) -> None:
        if (self.per_unit is None) == (self.units is None):
            raise refusal(
                self,
                expected=f"new units of {self.of.symbol}, or new units for each one held",
                found="neither" if self.units is None else "both",
                try_next="keep one of them",
            )
        check_positive(self, "number of new units", self.per_unit)
        check_positive(self, "number of new units", self.units)
        check_positive(self, "value of a new unit", self.price, zero=True)
