"""Double entry: where money stands, and entries whose postings sum to zero in each currency."""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal
from enum import StrEnum
from typing import NamedTuple

__all__ = ["MONEY", "PRECISION", "Account", "Posting", "exact", "money", "unbalanced"]

#: Amounts are kept to this step, so that sums of them are exact.
MONEY = Decimal("1e-12")
#: The fold works with so many digits; a sum of amounts never needs more.
PRECISION = 80
_ZERO = Decimal(0)
_CONTEXT = Context(prec=PRECISION, rounding=ROUND_HALF_EVEN)


class Account(StrEnum):
    """Where an amount is posted. Assets grow with positive amounts, the others with negative ones."""

    CASH = "cash"
    POSITION = "position"  # what is held, at its cost without fees
    FLOW = "flow"  # money and things from outside
    INCOME = "income"
    EXPENSE = "expense"
    GAIN = "gain"  # realised, before fees
    EXCHANGE = "exchange"  # one currency for another
    BROUGHT = "brought"  # gains that had arisen before a transfer, and leave with one
    OPENING = "opening"  # what the first snapshot found
    UNCOSTED = "uncosted"  # proceeds of what nobody knows the cost of
    UNEXPLAINED = "unexplained"  # where a later snapshot disagrees


class Posting(NamedTuple):
    """An amount at an account; a tuple, because a long history makes half a million of them.

    Parameters
    ----------
    account
        Where.
    currency
        Of the amount.
    amount
        Positive = debit: more money, more held, an expense; negative = credit: a deposit, income, a gain.
    key
        The holding it belongs to, or is about; empty if none.
    quantity
        Change of units, for a position.
    """

    account: Account
    currency: str
    amount: Decimal
    key: str = ""
    quantity: Decimal | None = None


def exact(value: Decimal) -> Decimal:
    """Round a quantity or an amount to the step that is kept.

    Examples
    --------
    >>> exact(Decimal(100) / 3)
    Decimal('33.333333333333')
    """
    return value.quantize(MONEY, context=_CONTEXT)


def money(quantity: Decimal, price: Decimal, scale: Decimal) -> Decimal:
    """Give quantity x price x scale, to the step that is kept."""
    return (quantity * price * scale).quantize(MONEY, context=_CONTEXT)


def unbalanced(postings: Sequence[Posting]) -> dict[str, Decimal]:
    """Give what is left over in each currency; nothing, in entries as they should be.

    Examples
    --------
    >>> unbalanced([Posting(Account.CASH, "USD", Decimal(5)), Posting(Account.FLOW, "USD", Decimal(-5))])
    {}
    """
    currency, total = "", _ZERO
    sums: dict[str, Decimal] = {}
    for posting in postings:
        if posting[1] == currency:
            total += posting[2]
            continue
        # Postings of one currency come together as a rule: they are added up before they are looked up.
        if currency:
            sums[currency] = sums.get(currency, _ZERO) + total
        currency, total = posting[1], posting[2]
    if currency:
        sums[currency] = sums.get(currency, _ZERO) + total
    return {name: left for name, left in sums.items() if left}
