"""What companies and exchanges do to what is held: splits, spin-offs, mergers, names, terms, delistings."""

from dataclasses import dataclass
from decimal import Decimal

from trimtab.ledger.facts.header import FactHeader, Subject, check_number, check_positive, refusal
from trimtab.model.decimals import is_in_reach

__all__ = ["Delisting", "Merger", "MultiplierChange", "SpinOff", "Split", "SymbolChange"]

_ONE = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Split(FactHeader):
    """Units are exchanged for more or fewer of the same, from the opening of the day on.

    Parameters
    ----------
    of
        What splits, under the name it had the evening before.
    new, old
        `new` units for each `old` ones: 4 and 1, 3 and 2, or 1 and 10 for a reverse split. Positive.
    fraction_price
        Money for a whole new unit, as quoted, where fractions are paid out; None: fractions stay.
    everywhere
        True if the split does nothing where nothing is held; False: that is an error.
    """

    of: Subject
    new: Decimal
    old: Decimal = _ONE
    fraction_price: Decimal | None = None
    everywhere: bool = True

    def __post_init__(self) -> None:
        check_positive(self, f"number of new units in the split of {self.of.symbol}", self.new)
        check_positive(self, f"number of old units in the split of {self.of.symbol}", self.old)
        check_positive(self, "price of fractions", self.fraction_price, zero=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpinOff(FactHeader):
    """A part of a company is given to its holders as units of another.

    Parameters
    ----------
    of
        The parent.
    into
        What is received.
    new, old
        `new` units of it for each `old` units of the parent. Positive.
    basis
        Share of the parent's cost that goes with it, 0 to 1 (the company states it).
    fraction_price
        Money for a whole unit of what is received where fractions are paid out; None: fractions stay.
    everywhere
        As for `Split`.
    """

    of: Subject
    into: Subject
    new: Decimal
    old: Decimal = _ONE
    basis: Decimal
    fraction_price: Decimal | None = None
    everywhere: bool = True

    def __post_init__(self) -> None:
        check_positive(self, f"number of units received from {self.of.symbol}", self.new)
        check_positive(self, f"number of units of {self.of.symbol}", self.old)
        check_positive(self, "price of fractions", self.fraction_price, zero=True)
        if not is_in_reach(self.basis) or not 0 <= self.basis <= 1:
            raise refusal(
                self,
                expected=f"the share of the cost of {self.of.symbol} that goes with {self.into.symbol}, 0 to 1",
                found=f"{self.basis}",
                try_next="write 25% as 0.25",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Merger(FactHeader):
    """Units are taken over for units of another, for money, or both.

    Parameters
    ----------
    of
        What is taken over.
    into
        What is received; None: only money.
    new, old
        `new` units received for each `old` ones. `new` is None for money only.
    cash
        Money for each old unit, as the old is quoted; zero or more.
    price
        Value of one unit received, as quoted: with money it decides how much of the gain is realised now.
    fraction_price
        Money for a whole unit received where fractions are paid out; None: fractions stay.
    everywhere
        As for `Split`.
    """

    of: Subject
    into: Subject | None = None
    new: Decimal | None = None
    old: Decimal = _ONE
    cash: Decimal = Decimal(0)
    price: Decimal | None = None
    fraction_price: Decimal | None = None
    everywhere: bool = True

    def __post_init__(self) -> None:
        if (self.into is None) != (self.new is None) or (self.into is None and self.cash == 0):
            raise refusal(
                self,
                expected=f"the terms of the merger of {self.of.symbol}: units of what, how many for each, or money",
                found="none" if self.into is None else f"{self.into.symbol}, and not how many",
                try_next="add new symbol and ratio, or the money for each unit, or both",
            )
        check_positive(self, "number of units received", self.new)
        check_positive(self, f"number of units of {self.of.symbol}", self.old)
        for name, value in (("money", self.cash), ("price", self.price), ("price of fractions", self.fraction_price)):
            check_positive(self, name, value, zero=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolChange(FactHeader):
    """From the opening of the day on it is known under another name.

    Parameters
    ----------
    of
        Under the name of the evening before. All changes of one day happen at once: two names may be swapped.
    new_symbol
        The name from then on.
    """

    of: Subject
    new_symbol: str

    def __post_init__(self) -> None:
        if not self.new_symbol or self.new_symbol == self.of.symbol:
            raise refusal(
                self,
                expected=f"another name for {self.of.symbol}",
                found="the same one" if self.new_symbol else "none",
                try_next="correct the row",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiplierChange(FactHeader):
    """Contract terms change from the opening of the day on, for what is held and for whatever is traded later.

    Parameters
    ----------
    of
        The contract, or its root (ES for every month).
    multiplier
        Positive.
    tick, lot
        None: as before.
    settlement
        Price of the evening before, where the account settles at it; None: the last one known must be of that evening.
    """

    of: Subject
    multiplier: Decimal
    tick: Decimal | None = None
    lot: Decimal | None = None
    settlement: Decimal | None = None

    def __post_init__(self) -> None:
        for name, value in (("multiplier", self.multiplier), ("tick", self.tick), ("lot", self.lot)):
            check_positive(self, f"{name} of {self.of.symbol}", value)
        check_number(self, "settlement price", self.settlement)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delisting(FactHeader):
    """It ceases to exist in the evening; what is left is paid out.

    Parameters
    ----------
    of
        What ends.
    price
        Money for one unit, as quoted; zero if nothing was paid.
    everywhere
        As for `Split`.
    """

    of: Subject
    price: Decimal = Decimal(0)
    everywhere: bool = True

    def __post_init__(self) -> None:
        check_positive(self, f"last value of {self.of.symbol}", self.price, zero=True)
