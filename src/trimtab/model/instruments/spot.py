"""Anything worth quantity x price."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from trimtab.errors import InputError
from trimtab.model.decimals import take_decimals, take_pairs
from trimtab.model.instruments.checks import check_currency, check_symbol
from trimtab.model.instruments.followed import Followed
from trimtab.model.instruments.kind import HUNDREDTH, ONE, InstrumentKind
from trimtab.model.instruments.terms import Terms

__all__ = ["Spot"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot(InstrumentKind):
    """Anything worth quantity x price: a share, fund, coin, or bond at price.

    Parameters
    ----------
    symbol
        The name in the price table.
    currency
        The currency of its price.
    leverage
        The daily multiple a leveraged fund promises (2, 3, -1); 1 for everything else. It is shown beside the
        measured beta, never multiplied into it.
    scale
        Money per unit of quoted price: 0.01 for prices in per cent of a nominal of 1; 1 otherwise.
    minor
        True if the holder says that its price is quoted in hundredths of the currency (pence). It speaks of a price
        column only where the price table itself states no currency: a stated one has been made whole already.
    constituents
        What a fund holds, as (symbol, weight of its value); its exposure then follows these, and what the weights
        leave over follows the fund itself. Empty for everything else.

    Examples
    --------
    >>> share = Spot(symbol="VOD", currency="GBP", minor=True)
    >>> share.key_on(dt.date(2024, 1, 2)), share.price_unit(dt.date(2024, 1, 2))
    ('spot VOD', Decimal('0.01'))
    """

    symbol: str
    currency: str
    leverage: Decimal = ONE
    scale: Decimal = ONE
    minor: bool = False
    constituents: tuple[tuple[str, Decimal], ...] = ()

    kind = assumed_as = "spot"
    formula = "delta exposure = quantity x price x FX"
    is_owned = True
    is_money = is_contract = settles_daily = keeps_entry = False
    quanto = inverse = premium_in_coin = obeys_parity = False
    terms = exercised_as = underlyings = written_on = rolls_with = ()
    expiry = strike = None
    delta_sign = 0

    def __post_init__(self) -> None:
        check_symbol(self.symbol)
        check_currency(self.currency)
        take_decimals(self, "leverage", "scale")
        take_pairs(self, "constituents")
        if not self.scale.is_finite() or self.scale <= 0:
            raise InputError(
                expected=f"a positive price scale for {self.symbol}",
                found=f"{self.scale}",
                try_next="give 0.01 for prices in per cent, 1 otherwise",
            )
        if any(not weight.is_finite() for _, weight in self.constituents):
            raise InputError(
                expected=f"finite weights in {self.symbol}", found="one that is not", try_next="correct the weights"
            )

    @property
    def family(self) -> str:
        """Its symbol."""
        return self.symbol

    def holding(self, constituents: tuple[tuple[str, Decimal], ...]) -> "Spot":
        """Give a fund with what it holds."""
        return replace(self, constituents=constituents)

    @property
    def contract(self) -> tuple[object, ...]:
        """Its symbol and currency."""
        return ("spot", self.symbol, self.currency)

    @property
    def paid_in(self) -> str:
        """The currency of its price."""
        return self.currency

    @property
    def dividend_payers(self) -> tuple[str, ...]:
        """Itself."""
        return (self.symbol,)

    @property
    def price_names(self) -> tuple[str, ...]:
        """Its symbol."""
        return (self.symbol,)

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
        """Its currency, itself and what a fund holds."""
        # In base currency; its own currency and its price there are wanted where a currency moves alone.
        names = (self.symbol, *(symbol for symbol, _ in self.constituents))
        money = Followed(symbol=None, currency=self.currency)
        return (money, *(Followed(symbol=s, currency=None) for s in names))

    @property
    def expiry_place(self) -> str:
        """Its symbol: it does not expire."""
        return self.symbol

    def key_on(self, day: dt.date) -> str:  # noqa: ARG002 - it has no terms that change
        """Give its kind and symbol."""
        return f"spot {self.symbol}"

    def with_own_name(self) -> "Spot":
        """Give it as it is."""
        return self

    def renamed(self, names: Mapping[str, str]) -> "Spot":
        """Give it under its new name."""
        return replace(self, symbol=names[self.symbol]) if self.symbol in names else self

    def with_terms(self, terms: tuple[Terms, ...]) -> "Spot":  # noqa: ARG002 - it has none
        """Give it as it is."""
        return self

    def price_unit(self, day: dt.date, *, minor: bool | None = None) -> Decimal:  # noqa: ARG002
        """Give the scale of its price, in hundredths where that is quoted in them."""
        pence = self.minor if minor is None else minor
        return self.scale * HUNDREDTH if pence else self.scale

    def cash_of_trade(self, quantity: Decimal, price: Decimal, day: dt.date) -> Decimal:  # noqa: ARG002
        """Give minus its price, whole."""
        return -quantity * price * self.scale / (100 if self.minor else 1)

    def splits_with(self, symbol: str) -> bool:
        """Tell whether the symbol is its own."""
        return symbol == self.symbol

    def on_split(self, price: Callable[[Decimal], Decimal], size: Callable[[Decimal], Decimal] | None) -> "Spot":  # noqa: ARG002
        """Give it as it is: its units change."""
        return self

    def readings(self, base: str) -> tuple[tuple[str, str, bool], ...]:  # noqa: ARG002
        """Give its own column, in its currency."""
        return ((self.symbol, self.currency, self.minor),)
