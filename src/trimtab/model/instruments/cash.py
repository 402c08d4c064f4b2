"""Money in one currency."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from trimtab.model.currencies import CURRENCIES
from trimtab.model.instruments.checks import check_currency
from trimtab.model.instruments.followed import Followed
from trimtab.model.instruments.kind import ONE, InstrumentKind
from trimtab.model.instruments.terms import Terms

__all__ = ["Cash"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cash(InstrumentKind):
    """Money in one currency; in the base currency its beta is 0 by definition."""

    currency: str

    kind = assumed_as = "cash"
    formula = "value = quantity x FX; base cash has beta 0"
    is_money = True
    is_owned = is_contract = settles_daily = keeps_entry = False
    minor = quanto = inverse = premium_in_coin = obeys_parity = False
    terms = constituents = exercised_as = underlyings = written_on = dividend_payers = price_names = rolls_with = ()
    expiry = strike = None
    delta_sign = 0
    leverage = ONE

    def __post_init__(self) -> None:
        check_currency(self.currency)

    @property
    def symbol(self) -> str:
        """The currency code, which names the position."""
        return self.currency

    @property
    def family(self) -> str:
        """The currency code."""
        return self.currency

    def holding(self, constituents: tuple[tuple[str, Decimal], ...]) -> "Cash":  # noqa: ARG002
        """Give it as it is."""
        return self

    @property
    def contract(self) -> tuple[object, ...]:
        """Its currency."""
        return ("cash", self.currency)

    @property
    def paid_in(self) -> str:
        """Its currency."""
        return self.currency

    @property
    def settlement_names(self) -> tuple[str, ...]:
        """The currency code."""
        return (self.currency,)

    @property
    def moneys(self) -> tuple[str, ...]:
        """Its currency."""
        return (self.currency,)

    @property
    def followed(self) -> tuple[Followed, ...]:
        """The rate of its currency."""
        return (Followed(symbol=None, currency=self.currency),)

    @property
    def expiry_place(self) -> str:
        """The currency code: it does not expire."""
        return self.currency

    def key_on(self, day: dt.date) -> str:  # noqa: ARG002 - it has no terms that change
        """Give its kind and currency."""
        return f"cash {self.currency}"

    def with_own_name(self) -> "Cash":
        """Give it as it is."""
        return self

    def renamed(self, names: Mapping[str, str]) -> "Cash":  # noqa: ARG002
        """Give it as it is: a new name of a share is not one of a currency."""
        return self

    def with_terms(self, terms: tuple[Terms, ...]) -> "Cash":  # noqa: ARG002 - it has none
        """Give it as it is."""
        return self

    def price_unit(self, day: dt.date, *, minor: bool | None = None) -> Decimal:  # noqa: ARG002
        """Give 1."""
        return ONE

    def cash_of_trade(self, quantity: Decimal, price: Decimal, day: dt.date) -> Decimal:  # noqa: ARG002
        """Give the money that came."""
        return quantity

    def splits_with(self, symbol: str) -> bool:  # noqa: ARG002
        """Tell that it never is: a share may be named as a currency."""
        return False

    def on_split(self, price: Callable[[Decimal], Decimal], size: Callable[[Decimal], Decimal] | None) -> "Cash":  # noqa: ARG002
        """Give it as it is."""
        return self

    def readings(self, base: str) -> tuple[tuple[str, str, bool], ...]:
        """Give the column of a coin; the rate of a currency is no price."""
        return () if self.currency in CURRENCIES else ((self.currency, base, False),)
