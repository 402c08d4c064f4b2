"""What every kind of instrument must answer, so that no other module has to ask which kind it is.

A new kind is a class in a file of this folder that answers all of it: one that leaves an answer out cannot be made, and
the type checker says which. It then joins the union in `trimtab.model.instrument`.
"""

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Mapping
from decimal import Decimal
from typing import Literal, Self

from trimtab.model.instruments.followed import Followed
from trimtab.model.instruments.terms import Terms, terms_on

__all__ = ["HUNDREDTH", "ONE", "InstrumentKind", "KindWord"]

KindWord = Literal["spot", "future", "perpetual", "option", "cash"]
"""A kind as it is written in a holdings file; a new kind adds its word."""
ONE, HUNDREDTH = Decimal(1), Decimal("0.01")


class InstrumentKind(ABC):
    """What is asked of an instrument, whatever its kind.

    Some answers are the same for every instrument of a kind, and can be asked of its class: `kind`, `is_money`,
    `is_owned`, `is_contract`, `settles_daily`, `keeps_entry` and `formula`.
    """

    __slots__ = ()

    # -- of the kind

    @property
    @abstractmethod
    def kind(self) -> KindWord:
        """The kind as it is written in a holdings file."""

    @property
    @abstractmethod
    def formula(self) -> str:
        """What makes its value and exposure, in words."""

    @property
    @abstractmethod
    def is_money(self) -> bool:
        """Whether it is money itself: it has a rate, and no price."""

    @property
    @abstractmethod
    def is_owned(self) -> bool:
        """Whether its whole price is paid and units are owned: they have lots, pay dividends and are split."""

    @property
    @abstractmethod
    def is_contract(self) -> bool:
        """Whether it is a contract with a multiplier, tick and lot."""

    @property
    @abstractmethod
    def settles_daily(self) -> bool:
        """Whether nothing is paid for it and its gains become money, instead of a value."""

    @property
    @abstractmethod
    def keeps_entry(self) -> bool:
        """Whether an entry price may be stated, from which its gain stays open and counts in NAV."""

    # -- names and terms

    @property
    @abstractmethod
    def symbol(self) -> str:
        """What names the position, and as a rule its column of prices."""

    @property
    @abstractmethod
    def currency(self) -> str:
        """The currency of its price, of a contract's money, or of a strike."""

    @property
    @abstractmethod
    def family(self) -> str:
        """The name under which its contract terms are published: the root of a future; else its symbol."""

    @property
    @abstractmethod
    def terms(self) -> tuple[Terms, ...]:
        """Contract terms with effective dates; empty for what is no contract."""

    @property
    @abstractmethod
    def expiry(self) -> dt.date | None:
        """The last day it can be traded; None if it has none, or none is known."""

    @property
    @abstractmethod
    def minor(self) -> bool:
        """Whether prices are quoted in hundredths of the currency where the price table states none."""

    @property
    @abstractmethod
    def quanto(self) -> bool:
        """Whether points of what is quoted in another currency are paid in its own."""

    @property
    @abstractmethod
    def inverse(self) -> bool:
        """Whether its gain goes with one over the price, and is paid in the coin."""

    @property
    @abstractmethod
    def leverage(self) -> Decimal:
        """The daily multiple that a fund promises; 1 for everything else."""

    @property
    @abstractmethod
    def constituents(self) -> tuple[tuple[str, Decimal], ...]:
        """What a fund holds, as (symbol, weight); empty for everything else."""

    @property
    @abstractmethod
    def assumed_as(self) -> str:
        """The kind whose range of betas is assumed of it, where it has none of its own."""

    @property
    @abstractmethod
    def underlyings(self) -> tuple[str, ...]:
        """Names of what a contract is on, best first; empty for what is none, and where no column holds it."""

    @property
    @abstractmethod
    def written_on(self) -> tuple[str, ...]:
        """Names of what an option is written on, best first; empty for everything that is no option."""

    @property
    @abstractmethod
    def strike(self) -> Decimal | None:
        """The price at which an option is exercised; None for everything else."""

    @property
    @abstractmethod
    def delta_sign(self) -> int:
        """Which way an option goes with what it is written on: +1 a call, -1 a put; 0 for everything else."""

    @property
    @abstractmethod
    def premium_in_coin(self) -> bool:
        """Whether it is an option whose premium is paid in the coin that it is written on."""

    @property
    @abstractmethod
    def obeys_parity(self) -> bool:
        """Whether it is an option whose put and call of one strike imply the forward: European, premium in money."""

    @property
    def rolls(self) -> bool:
        """Whether holding it on means closing one contract and opening the next: it belongs to a dated family."""
        return False

    @property
    def pays_funding(self) -> bool:
        """Whether its holder pays or earns funding, without which its cost is not known."""
        return False

    def terms_on(self, day: dt.date | None) -> Terms:
        """Give the contract terms in force on a day.

        Raises
        ------
        InputError
            If none are, or it is no contract.
        """
        return terms_on(self.terms, day)

    def goes_by(self, symbol: str) -> bool:
        """Tell whether terms published under a symbol are its own: under its own name, or its family's."""
        return symbol in (self.symbol, self.family)

    @abstractmethod
    def key_on(self, day: dt.date) -> str:
        """Give what tells it from all others: its kind and symbol, and for an option its terms.

        Two options under one symbol are two things, and an option under its share's symbol is not the share.
        """

    @abstractmethod
    def with_own_name(self) -> Self:
        """Give it under a name that nothing else has: an option that is written under its underlying's gets one."""

    @abstractmethod
    def renamed(self, names: Mapping[str, str]) -> Self:
        """Give it under its new name, by old name; an option also on its underlying's.

        An option that is held under its underlying's name keeps it: a share of the new name is another thing.
        """

    @abstractmethod
    def with_terms(self, terms: tuple[Terms, ...]) -> Self:
        """Give a contract with other terms; what is no contract stays as it is."""

    @abstractmethod
    def holding(self, constituents: tuple[tuple[str, Decimal], ...]) -> Self:
        """Give a fund with what it holds; what is no fund stays as it is."""

    @property
    @abstractmethod
    def contract(self) -> tuple[object, ...]:
        """What makes two of them one and the same contract, whatever else is known of them."""

    @property
    @abstractmethod
    def exercised_as(self) -> tuple[object, ...]:
        """Underlying, right, strike and expiry of an option, whatever it is called; empty for everything else."""

    # -- money

    @property
    @abstractmethod
    def paid_in(self) -> str:
        """The currency or coin in which it is paid for; that of its gains, where those settle."""

    @abstractmethod
    def price_unit(self, day: dt.date, *, minor: bool | None = None) -> Decimal:
        """Give the money that one unit is worth for a quoted price of 1, in whole currency.

        Parameters
        ----------
        day
            Contract terms change.
        minor
            Whether the price is in hundredths of the currency; None: as the instrument is quoted.
        """

    def notional(self, quantity: Decimal, price: Decimal, unit: Decimal) -> tuple[Decimal, str]:
        """Give the money that some units are traded for, and its currency.

        Parameters
        ----------
        quantity, price
            Units, and the price of one as it is quoted in whole currency.
        unit
            Multiplier in force.
        """
        return quantity * price * unit, self.currency

    @abstractmethod
    def cash_of_trade(self, quantity: Decimal, price: Decimal, day: dt.date) -> Decimal:
        """Give the money that a trade moves without fees, in `paid_in`; positive = received.

        Parameters
        ----------
        quantity
            Signed: positive = bought.
        price
            As quoted.
        day
            Contract terms change.
        """

    # -- what happens to it

    @abstractmethod
    def splits_with(self, symbol: str) -> bool:
        """Tell whether a split of a symbol changes its units, strike or terms."""

    @abstractmethod
    def on_split(self, price: Callable[[Decimal], Decimal], size: Callable[[Decimal], Decimal] | None) -> Self:
        """Give it after a split of what it is on.

        Parameters
        ----------
        price
            Gives a strike from that before.
        size
            Gives a multiplier from that before; None where the number of contracts changes instead.
        """

    # -- prices and what its return follows

    @property
    @abstractmethod
    def dividend_payers(self) -> tuple[str, ...]:
        """Names of what pays the dividends that it is valued with."""

    @property
    @abstractmethod
    def price_names(self) -> tuple[str, ...]:
        """Names under which a price may touch it, other than through its currency; best first."""

    @property
    @abstractmethod
    def settlement_names(self) -> tuple[str, ...]:
        """Names under which its own settlement price may stand, best first."""

    @property
    @abstractmethod
    def moneys(self) -> tuple[str, ...]:
        """Currencies and coins with whose rates it is counted."""

    @property
    @abstractmethod
    def followed(self) -> tuple[Followed, ...]:
        """Every series that it may follow, whether or not there is such a column."""

    @abstractmethod
    def readings(self, base: str) -> tuple[tuple[str, str, bool], ...]:
        """Give (column, currency, in hundredths) for each price that it reads in a currency of its choice.

        Where the price table states no currency for such a column, two instruments that read it differently cannot
        both be right. Money in a coin reads the coin's price in base currency.
        """

    @property
    @abstractmethod
    def rolls_with(self) -> tuple[object, ...]:
        """What it has in common with the contracts it may be rolled into; empty if it does not expire."""

    @property
    @abstractmethod
    def expiry_place(self) -> Hashable:
        """What tells one expiry of a family from another."""
