"""Money that comes and goes: external flows, transfers in kind, conversions, and what is earned and charged."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from trimtab.ledger.facts.header import FactHeader, Subject, check_currency, check_number, check_positive, refusal
from trimtab.model.decimals import is_in_reach

__all__ = ["CashItem", "CashKind", "Conversion", "Deposit", "Direction", "Transfer", "Withdrawal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit(FactHeader):
    """Money that came from outside: an external flow, never a gain.

    Parameters
    ----------
    currency
        It must be said: a deposit is never silently in the base currency.
    amount
        Positive.
    """

    currency: str
    amount: Decimal

    def __post_init__(self) -> None:
        check_currency(self.currency, "the deposit")
        check_positive(self, "amount", self.amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal(FactHeader):
    """Money that went outside: an external flow, never a loss.

    Parameters
    ----------
    currency
        It must be said.
    amount
        Positive.
    """

    currency: str
    amount: Decimal

    def __post_init__(self) -> None:
        check_currency(self.currency, "the withdrawal")
        check_positive(self, "amount", self.amount)


class Direction(StrEnum):
    """Which way a transfer goes."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(FactHeader):
    """Units that came from, or went to, another account: an external flow at the day's value; no gain is realised.

    Parameters
    ----------
    of
        What moved.
    direction
        In or out.
    quantity
        Units; positive, or negative where a short position moved.
    price
        The day's price of one unit as quoted: the flow is quantity x price. Zero or more.
    cost
        What came cost in all, in whole currency, signed like the quantity; None: not known.
    acquired
        The day it was first bought; None: not known. A holding period does not start anew.
    lots
        (lot, units) pairs that go out; used by the method "specific".
    """

    of: Subject
    direction: Direction
    quantity: Decimal
    price: Decimal
    cost: Decimal | None = None
    acquired: dt.date | None = None
    lots: tuple[tuple[str, Decimal], ...] = ()

    def __post_init__(self) -> None:
        if self.of.instrument is not None and self.of.instrument.is_money:
            raise refusal(
                self,
                expected="units of something",
                found=f"money ({self.of.symbol})",
                try_next="write money that moved as a deposit or a withdrawal",
            )
        if not is_in_reach(self.quantity) or self.quantity == 0:
            raise refusal(self, expected="units that moved", found=f"{self.quantity}", try_next="correct the row")
        check_positive(self, f"price of {self.of.symbol}", self.price, zero=True)
        check_number(self, "cost", self.cost)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion(FactHeader):
    """One currency changed into another: neither income nor a flow.

    Parameters
    ----------
    sold_currency, sold
        What was given, positive.
    bought_currency, bought
        What was received, positive.
    fee, fee_currency
        Zero or more; None: in the currency that was given.
    """

    sold_currency: str
    sold: Decimal
    bought_currency: str
    bought: Decimal
    fee: Decimal = Decimal(0)
    fee_currency: str | None = None

    def __post_init__(self) -> None:
        for currency in (self.sold_currency, self.bought_currency, self.fee_currency or self.sold_currency):
            check_currency(currency, "the conversion")
        check_positive(self, "amount given", self.sold)
        check_positive(self, "amount received", self.bought)
        check_positive(self, "fee", self.fee, zero=True)
        if self.sold_currency == self.bought_currency:
            raise refusal(
                self, expected="two currencies", found=f"{self.sold_currency} twice", try_next="correct the row"
            )


class CashKind(StrEnum):
    """What an amount of money was for."""

    INTEREST = "interest"
    FEE = "fee"
    TAX = "tax"
    FUNDING = "funding"
    BORROW_COST = "borrow_cost"
    REBATE = "rebate"
    GAIN = "gain"


@dataclass(frozen=True, slots=True, kw_only=True)
class CashItem(FactHeader):
    """Money earned, charged or gained inside the account: income, expense or a realised gain, never a flow.

    Parameters
    ----------
    kind
        Interest, funding of a perpetual and rebates are income when received and expense when paid; a fee, a tax and
        the cost of borrowing are expenses, negative ones when given back. A gain is what a contract paid or took as
        money, where a statement says the amount and no price: of a contract that is held it is no longer owed.
    amount
        Received +, paid -. Not zero.
    currency
        None: that of `of`.
    of
        What it was charged or paid on, where that is known.
    """

    kind: CashKind
    amount: Decimal
    currency: str | None = None
    of: Subject | None = None

    def __post_init__(self) -> None:
        if not is_in_reach(self.amount) or self.amount == 0:
            raise refusal(
                self, expected=f"an amount of {self.kind.value}", found=f"{self.amount}", try_next="correct the row"
            )
        if self.currency is not None:
            check_currency(self.currency, f"the {self.kind.value}")
        elif self.of is None:
            raise refusal(
                self,
                expected=f"a currency for {self.kind.value} of {self.amount}",
                found="none, and no symbol it belongs to",
                try_next="add a currency to the row",
            )
