"""Options on a spot or a future."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from trimtab.errors import InputError
from trimtab.model.decimals import take_decimals
from trimtab.model.instruments.checks import check_currency, check_symbol, check_terms
from trimtab.model.instruments.followed import Followed
from trimtab.model.instruments.kind import HUNDREDTH, ONE, InstrumentKind
from trimtab.model.instruments.terms import Terms

__all__ = ["Exercise", "Option", "OptionRight", "Premium"]


class OptionRight(StrEnum):
    """What the holder of an option may do with the underlying."""

    CALL = "call"
    PUT = "put"


class Exercise(StrEnum):
    """When an option may be exercised."""

    EUROPEAN = "european"
    AMERICAN = "american"


class Premium(StrEnum):
    """What an option's premium is paid in."""

    MONEY = "money"
    COIN = "coin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option(InstrumentKind):
    """An option on a spot or a future.

    Parameters
    ----------
    symbol
        A name for the contract; the price table may hold its price under it.
    underlying
        Symbol of the underlying in the price table.
    currency
        The currency of the strike.
    right, strike, expiry, exercise
        The contract. Strike in price units of the underlying, not negative.
    terms
        Multiplier: units of the underlying per contract.
    premium
        Paid in money or in coin.
    on_future
        True if the underlying is a future (Black-76 on its price).
    aliases
        Other names of the underlying in price tables, best first.
    minor
        True if strike and premium were given in hundredths of the currency, and so are prices of the underlying where
        the price table states no currency; the strike itself is whole money here.
    quanto
        True if it is on a quanto future: prices of the underlying are points, in whatever currency they are quoted.

    Examples
    --------
    >>> option = Option(
    ...     symbol="ABC", underlying="ABC", currency="USD", right=OptionRight.CALL, strike=Decimal(30),
    ...     expiry=dt.date(2024, 6, 21), terms=(Terms(multiplier=Decimal(100)),),
    ... )  # fmt: skip
    >>> option.with_own_name().symbol, option.key_on(dt.date(2024, 1, 2))
    ('ABC 30C 2024-06-21', 'option ABC 2024-06-21 call 30 100')
    """

    symbol: str
    underlying: str
    currency: str
    right: OptionRight
    strike: Decimal
    expiry: dt.date
    terms: tuple[Terms, ...]
    exercise: Exercise = Exercise.EUROPEAN
    premium: Premium = Premium.MONEY
    on_future: bool = False
    aliases: tuple[str, ...] = ()
    minor: bool = False
    quanto: bool = False

    kind = "option"
    formula = "delta exposure = quantity x multiplier x delta x underlying price x FX"
    is_contract = True
    is_money = is_owned = settles_daily = keeps_entry = False
    inverse = False
    constituents = ()
    leverage = ONE

    def __post_init__(self) -> None:
        check_symbol(self.symbol)
        check_symbol(self.underlying)
        check_currency(self.currency)
        take_decimals(self, "strike")
        if not self.strike.is_finite() or self.strike < 0:
            raise InputError(
                expected=f"a strike of zero or more for {self.symbol}",
                found=f"{self.strike}",
                try_next="give the strike in price units of the underlying",
            )
        check_terms(self.symbol, self.terms)

    @property
    def delta_sign(self) -> int:
        """+1 of a call, -1 of a put."""
        return 1 if self.right is OptionRight.CALL else -1

    @property
    def premium_in_coin(self) -> bool:
        """Whether its premium is paid in its underlying."""
        return self.premium is Premium.COIN

    @property
    def obeys_parity(self) -> bool:
        """Whether it is European, with its premium in money."""
        return self.exercise is Exercise.EUROPEAN and not self.premium_in_coin

    @property
    def written_on(self) -> tuple[str, ...]:
        """Its underlying, and that one's other names."""
        return tuple(dict.fromkeys((self.underlying, *self.aliases)))

    @property
    def underlyings(self) -> tuple[str, ...]:
        """Its underlying, and that one's other names."""
        return self.written_on

    @property
    def family(self) -> str:
        """Its symbol."""
        return self.symbol

    @property
    def assumed_as(self) -> str:
        """A share, where it is on one."""
        return "option" if self.on_future else "spot"

    def holding(self, constituents: tuple[tuple[str, Decimal], ...]) -> "Option":  # noqa: ARG002
        """Give it as it is."""
        return self

    @property
    def contract(self) -> tuple[object, ...]:
        """Its terms of exercise, premium and size."""
        return ("option", *self.exercised_as, self.exercise, self.premium, self.currency, self.terms[-1].multiplier)

    @property
    def exercised_as(self) -> tuple[object, ...]:
        """Its underlying, right, strike and expiry."""
        return (self.underlying, self.right, self.strike, self.expiry)

    @property
    def paid_in(self) -> str:
        """The currency of the strike; the underlying, where the premium is paid in that."""
        return self.underlying if self.premium_in_coin else self.currency

    @property
    def dividend_payers(self) -> tuple[str, ...]:
        """Its underlying."""
        return self.written_on

    @property
    def price_names(self) -> tuple[str, ...]:
        """Its underlying, then its own price."""
        return tuple(dict.fromkeys((self.underlying, *self.aliases, self.symbol)))

    @property
    def settlement_names(self) -> tuple[str, ...]:
        """Its symbol."""
        return (self.symbol,)

    @property
    def moneys(self) -> tuple[str, ...]:
        """Its currency."""
        return (self.currency,)

    @property
    def followed(self) -> tuple[Followed, ...]:
        """Its currency and its underlying, in the currency of the strike."""
        points = None if self.quanto else self.currency
        names = (self.underlying, *self.aliases)
        money = Followed(symbol=None, currency=self.currency)
        return (money, *(Followed(symbol=s, currency=points) for s in names))

    @property
    def rolls_with(self) -> tuple[object, ...]:
        """Its underlying, right and premium."""
        return ("option", self.underlying, self.right, self.premium)

    @property
    def expiry_place(self) -> dt.date:
        """Its expiry: another strike of the same is a trade, not a roll."""
        return self.expiry

    def key_on(self, day: dt.date) -> str:
        """Give its kind, underlying and terms."""
        size = self.terms_on(day).multiplier.normalize()
        terms = f"{self.expiry} {self.right.value} {self.strike.normalize():f} {size:f}"
        return f"option {self.underlying} {terms}"

    def with_own_name(self) -> "Option":
        """Give it a name of its own, which no price is listed under, if it is written under its underlying's."""
        if self.symbol not in (self.underlying, *self.aliases):
            return self
        letter = "C" if self.right is OptionRight.CALL else "P"
        return replace(self, symbol=f"{self.underlying} {self.strike.normalize():f}{letter} {self.expiry.isoformat()}")

    def renamed(self, names: Mapping[str, str]) -> "Option":
        """Give it under its new name, and on its underlying's; one held under its underlying's name keeps that."""
        underlying = names.get(self.underlying, self.underlying)
        symbol = self.symbol if self.symbol == self.underlying else names.get(self.symbol, self.symbol)
        return replace(self, underlying=underlying, symbol=symbol)

    def with_terms(self, terms: tuple[Terms, ...]) -> "Option":
        """Give it with other terms."""
        return replace(self, terms=terms)

    def price_unit(self, day: dt.date, *, minor: bool | None = None) -> Decimal:
        """Give its multiplier, for a premium of 1."""
        size = self.terms_on(day).multiplier
        return size * HUNDREDTH if minor else size

    def cash_of_trade(self, quantity: Decimal, price: Decimal, day: dt.date) -> Decimal:
        """Give minus the premium."""
        return -quantity * self.terms_on(day).multiplier * price

    def splits_with(self, symbol: str) -> bool:
        """Tell whether the symbol is its underlying's."""
        return symbol in self.written_on

    def on_split(self, price: Callable[[Decimal], Decimal], size: Callable[[Decimal], Decimal] | None) -> "Option":
        """Give it with another strike, and other units in each contract where their number stays."""
        terms = self.terms
        if size is not None:
            terms = tuple(replace(t, multiplier=size(t.multiplier)) for t in terms)
        return replace(self, strike=price(self.strike), terms=terms)

    def readings(self, base: str) -> tuple[tuple[str, str, bool], ...]:  # noqa: ARG002
        """Give the columns of its underlying, unless that is quoted in points of another currency."""
        names = () if self.quanto else self.written_on
        return tuple((name, self.currency, self.minor) for name in names)
