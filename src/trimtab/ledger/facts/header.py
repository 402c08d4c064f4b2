"""What every fact says: when, under which name, where it was read; and what it is about."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from trimtab.errors import InputError
from trimtab.model.decimals import is_in_reach
from trimtab.model.instrument import Instrument

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["FactHeader", "Subject", "about", "check_currency", "check_number", "check_positive", "fact_name", "refusal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactHeader:
    """The part that all facts share.

    Parameters
    ----------
    day
        The calendar day on the account's clock: the book of that day knows it.
    time
        Time of day on the same clock, where it was stated; it orders facts of one kind within a day.
    id
        The name its source gave it; corrections, cancellations and lots use it. None if it has none.
    source
        Where it was read: file and row. It appears in every message, and decides nothing.
    """

    day: dt.date
    time: dt.time | None = None
    id: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a fact is about, and what the fact itself says of it.

    Parameters
    ----------
    symbol
        As the fact writes it. For an option this may be the underlying's, if `instrument` tells the contract.
    instrument
        If the fact describes it (a kind, terms, a currency); None: it is the one held or listed under the symbol.
    currency
        Of the fact's prices and amounts; None: the instrument's.
    minor
        Whether its prices and amounts are in hundredths of the currency (pence); None: as the instrument is quoted.
    """

    symbol: str
    instrument: Instrument | None = None
    currency: str | None = None
    minor: bool | None = None

    def __post_init__(self) -> None:
        if not self.symbol or self.symbol != self.symbol.strip():
            raise InputError(
                expected="a symbol without surrounding blanks", found=f"{self.symbol!r}", try_next="correct the row"
            )
        if self.currency is not None:
            check_currency(self.currency, self.symbol)


def about(what: str | Instrument) -> Subject:
    """Make a subject of a symbol, or of an instrument.

    Examples
    --------
    >>> about("ABC").symbol, about("ABC").currency
    ('ABC', None)
    """
    if isinstance(what, str):
        return Subject(symbol=what)
    return Subject(symbol=what.symbol, instrument=what)


def fact_name(fact: "DataclassInstance") -> str:
    """Give the word for a fact: the same that `trimtab.ledger.entry.records` reads.

    Examples
    --------
    >>> from trimtab.ledger.facts.money import Deposit
    >>> fact_name(Deposit(day=dt.date(2024, 1, 2), currency="USD", amount=Decimal(1)))
    'deposit'
    """
    subkind = getattr(fact, "side", None) or getattr(fact, "kind", None)
    if isinstance(subkind, StrEnum):
        return subkind.value
    name = "".join(f"_{c.lower()}" if c.isupper() else c for c in type(fact).__name__).lstrip("_")
    way = getattr(fact, "direction", None)
    return f"{name}_{way.value}" if isinstance(way, StrEnum) else name


def refusal(fact: "DataclassInstance", *, expected: str, found: str, try_next: str) -> InputError:
    """Make the error for a fact that cannot be right: it names the kind, the day and the row."""
    header = fact if isinstance(fact, FactHeader) else None
    kind = fact_name(fact).replace("_", " ")
    where = "" if header is None else f" ({kind} on {header.day}" + (f", {header.source})" if header.source else ")")
    return InputError(expected=expected, found=found + where, try_next=try_next)


def check_currency(currency: str, where: str) -> None:
    """Refuse what is no currency code."""
    if not (2 <= len(currency) <= 10 and currency.isalnum() and currency == currency.upper()):
        raise InputError(
            expected=f"a currency code in capitals such as USD for {where}",
            found=f"{currency!r}",
            try_next="write the code in capitals; pence are GBP in hundredths (GBX in a file)",
        )


def check_positive(fact: "DataclassInstance", name: str, value: Decimal | None, *, zero: bool = False) -> None:
    """Refuse a stated number that is not positive (or, with `zero`, negative)."""
    if value is not None and (not is_in_reach(value) or value < 0 or (value == 0 and not zero)):
        raise refusal(
            fact,
            expected=f"a {name} of zero or more" if zero else f"a positive {name}",
            found=f"{value}",
            try_next="correct the row; the kind of the fact says which way it goes, so numbers have no sign",
        )


def check_number(fact: "DataclassInstance", name: str, value: Decimal | None) -> None:
    """Refuse a stated number that is not finite, or so large or small that nothing could be worked out with it."""
    if value is not None and not is_in_reach(value):
        raise refusal(
            fact, expected=f"a finite {name} of a size that can be", found=f"{value}", try_next="correct the row"
        )
