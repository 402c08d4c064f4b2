"""Perpetual contracts."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from trimtab.errors import InputError
from trimtab.model.instruments.checks import check_currency, check_symbol, check_terms
from trimtab.model.instruments.followed import Followed
from trimtab.model.instruments.kind import ONE
from trimtab.model.instruments.settling import Settling
from trimtab.model.instruments.terms import Terms

__all__ = ["Perpetual", "PerpetualPayoff"]


class PerpetualPayoff(StrEnum):
    """How the profit of a perpetual contract is settled."""

    LINEAR = "linear"  # quantity x multiplier x (exit - entry), in quote currency
    INVERSE = "inverse"  # quantity x multiplier x (1/entry - 1/exit), in coin
    QUANTO = "quanto"  # quantity x multiplier x (exit - entry), in a third currency


@dataclass(frozen=True, slots=True, kw_only=True)
class Perpetual(Settling):
    """A perpetual contract: a future without expiry, held near its index by funding.

    Parameters
    ----------
    symbol
        The name in the price table.
    currency
        The quote currency of the price (for example USD).
    settlement
        The currency that profit is paid in (the coin for inverse contracts, a third currency for quanto ones); the
        quote currency for linear contracts only.
    payoff
        Linear, inverse or quanto.
    terms
        Multiplier: quote money per contract for inverse, coins per contract for linear, settlement money per price
        unit for quanto.
    underlying
        Symbols of the underlying coin in price tables, best first.

    Examples
    --------
    >>> coin = Perpetual(
    ...     symbol="XBTUSD", currency="USD", settlement="BTC", payoff=PerpetualPayoff.INVERSE,
    ...     terms=(Terms(multiplier=Decimal(1)),), underlying=("BTC",),
    ... )  # fmt: skip
    >>> coin.paid_in, coin.follow_names, coin.inverse
    ('BTC', ('BTC', 'XBTUSD'), True)
    """

    symbol: str
    currency: str
    settlement: str
    payoff: PerpetualPayoff
    terms: tuple[Terms, ...]
    underlying: tuple[str, ...] = ()

    kind = assumed_as = "perpetual"
    formula = "delta exposure by payoff (linear, inverse, quanto); an unsettled gain is money in its currency"
    is_contract = settles_daily = keeps_entry = True
    is_money = is_owned = False
    minor = quanto = premium_in_coin = obeys_parity = False
    constituents = exercised_as = written_on = dividend_payers = rolls_with = ()
    expiry = strike = None
    delta_sign = 0
    leverage = ONE

    def __post_init__(self) -> None:
        check_symbol(self.symbol)
        check_currency(self.currency)
        check_currency(self.settlement)
        if self.payoff is not PerpetualPayoff.LINEAR and self.settlement == self.currency:
            raise InputError(
                expected=f"the money {self.symbol} settles in, not its quote currency: it is {self.payoff.value}",
                found=self.settlement,
                try_next="add a column settlement, such as BTC; one that pays its quote currency has payoff linear",
            )
        check_terms(self.symbol, self.terms)

    @property
    def follow_names(self) -> tuple[str, ...]:
        """Names of what it follows, best first: the underlying, then its own prices."""
        return tuple(dict.fromkeys((*self.underlying, self.symbol)))

    @property
    def underlyings(self) -> tuple[str, ...]:
        """Symbols of its coin."""
        return self.underlying

    @property
    def family(self) -> str:
        """Its symbol."""
        return self.symbol

    @property
    def inverse(self) -> bool:
        """Whether its gain goes with one over the price."""
        return self.payoff is PerpetualPayoff.INVERSE

    @property
    def pays_funding(self) -> bool:
        """True: longs pay shorts, or the reverse."""
        return True

    def notional(self, quantity: Decimal, price: Decimal, unit: Decimal) -> tuple[Decimal, str]:
        """Give quote money, the same at any price for an inverse contract; for a quanto one what it settles in."""
        return quantity * unit if self.inverse else quantity * price * unit, (
            self.settlement if self.payoff is PerpetualPayoff.QUANTO else self.currency
        )

    @property
    def contract(self) -> tuple[object, ...]:
        """Its symbol."""
        return ("perpetual", self.symbol)

    @property
    def paid_in(self) -> str:
        """The quote currency of a linear contract; the coin, or third currency, of the others."""
        return self.currency if self.payoff is PerpetualPayoff.LINEAR else self.settlement

    @property
    def price_names(self) -> tuple[str, ...]:
        """Its own prices, then its underlying's."""
        return tuple(dict.fromkeys((self.symbol, *self.underlying)))

    @property
    def settlement_names(self) -> tuple[str, ...]:
        """Its symbol."""
        return (self.symbol,)

    @property
    def moneys(self) -> tuple[str, ...]:
        """Its quote currency, and what gains are paid in."""
        return tuple(dict.fromkeys((self.currency, self.paid_in)))

    @property
    def followed(self) -> tuple[Followed, ...]:
        """What gains are paid in, its underlying and its own prices."""
        money = Followed(symbol=None, currency=self.paid_in, silent=self.currency)
        return (money, *(Followed(symbol=s, currency=self.currency) for s in self.follow_names))

    @property
    def expiry_place(self) -> str:
        """Its symbol: it does not expire."""
        return self.symbol

    def key_on(self, day: dt.date) -> str:  # noqa: ARG002 - terms that change leave it the same contract
        """Give its kind and symbol."""
        return f"perpetual {self.symbol}"

    def renamed(self, names: Mapping[str, str]) -> "Perpetual":
        """Give it under its new name."""
        return replace(self, symbol=names[self.symbol]) if self.symbol in names else self

    def with_terms(self, terms: tuple[Terms, ...]) -> "Perpetual":
        """Give it with other terms."""
        return replace(self, terms=terms)

    def readings(self, base: str) -> tuple[tuple[str, str, bool], ...]:  # noqa: ARG002
        """Give what it follows and, unless it is linear, the coin that it is paid in."""
        names = self.follow_names
        if self.payoff is not PerpetualPayoff.LINEAR:
            names = (*names, self.settlement)
        return tuple((name, self.currency, False) for name in dict.fromkeys(names))
