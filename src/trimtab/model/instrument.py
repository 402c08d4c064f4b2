"""The closed union of instruments: what can be held.

Contract terms are decimals with effective dates, because exchanges change them. Signs live in the
position, never in the instrument; multipliers and quotation are settled here, once.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from trimtab.errors import InputError
from trimtab.model.decimals import take_decimals, take_pairs

__all__ = [
    "Cash",
    "Exercise",
    "Future",
    "Instrument",
    "Option",
    "OptionRight",
    "Perpetual",
    "PerpetualPayoff",
    "Premium",
    "Spot",
    "Terms",
    "kind_of",
]

_ONE = Decimal(1)


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


class PerpetualPayoff(StrEnum):
    """How the profit of a perpetual contract is settled."""

    LINEAR = "linear"  # quantity x multiplier x (exit - entry), in quote currency
    INVERSE = "inverse"  # quantity x multiplier x (1/entry - 1/exit), in coin
    QUANTO = "quanto"  # quantity x multiplier x (exit - entry), in a third currency


def _check_symbol(symbol: str) -> None:
    if not symbol or symbol != symbol.strip():
        raise InputError(
            expected="a symbol without surrounding blanks",
            found=f"{symbol!r}",
            try_next="give the symbol as it stands in the price table",
        )


def _check_currency(currency: str) -> None:
    if not (2 <= len(currency) <= 10 and currency.isalnum() and currency == currency.upper()):
        raise InputError(
            expected="a currency code in capitals such as USD, EUR or BTC",
            found=f"{currency!r}",
            try_next="write the code in capitals; give pence as GBP with prices divided by 100",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Contract terms that hold from a date on.

    Parameters
    ----------
    multiplier
        Money (in the contract's currency) per contract for a price change of 1. Positive.
    tick
        Smallest price step, in price units. Positive.
    lot
        Smallest number of contracts that can be traded. Positive.
    valid_from
        First day these terms hold; None means since ever.
    """

    multiplier: Decimal
    tick: Decimal = Decimal("0.01")
    lot: Decimal = _ONE
    valid_from: dt.date | None = None

    def __post_init__(self) -> None:
        take_decimals(self, "multiplier", "tick", "lot")
        for name in ("multiplier", "tick", "lot"):
            value = getattr(self, name)
            if not value.is_finite() or value <= 0:
                raise InputError(
                    expected=f"a positive {name}", found=f"{value}", try_next=f"look up the contract's {name}"
                )


def _terms_on(terms: tuple[Terms, ...], day: dt.date | None) -> Terms:
    """Give the terms in force on a day: the last whose `valid_from` is not after it."""
    in_force = [t for t in terms if t.valid_from is None or (day is not None and t.valid_from <= day)]
    if not in_force:
        raise InputError(
            expected=f"contract terms in force on {day}",
            found=f"terms from {terms[0].valid_from} on only" if terms else "no terms",
            try_next="give terms with an earlier valid_from",
        )
    return max(in_force, key=lambda t: t.valid_from or dt.date.min)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
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
    """

    symbol: str
    currency: str
    leverage: Decimal = _ONE
    scale: Decimal = _ONE
    minor: bool = False
    constituents: tuple[tuple[str, Decimal], ...] = ()

    def __post_init__(self) -> None:
        _check_symbol(self.symbol)
        _check_currency(self.currency)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Future:
    """A dated future with a linear payoff, marked to market daily.

    Parameters
    ----------
    symbol
        The contract, for example ESZ6, or a root such as ES for the front contract.
    root
        The contract family in the contract table, for example ES.
    currency
        The currency of the multiplier's money.
    terms
        Multiplier, tick and lot with effective dates.
    underlying
        Symbols of the underlying in price tables, best first; empty if there is none.
    trackers
        Funds that hold the underlying: their beta may stand in for the future's, their price may not.
    siblings
        Roots of contracts of another size on the same underlying (ES for MES): they trade at the same price.
    expiry
        Last trading day; None if not known.
    minor
        True if its price is quoted in hundredths of the currency, where the price table states none (see `Spot`).
    quanto
        True if `underlying` is quoted in another currency and its points are paid in this one (NKD).
    """

    symbol: str
    root: str
    currency: str
    terms: tuple[Terms, ...]
    underlying: tuple[str, ...] = ()
    siblings: tuple[str, ...] = ()
    trackers: tuple[str, ...] = ()
    expiry: dt.date | None = None
    minor: bool = False
    quanto: bool = False

    def __post_init__(self) -> None:
        _check_symbol(self.symbol)
        _check_currency(self.currency)
        if not self.terms:
            raise InputError(
                expected=f"contract terms for {self.symbol}", found="none", try_next="give a multiplier in the holdings"
            )

    def terms_on(self, day: dt.date | None) -> Terms:
        """Give the contract terms in force on a day."""
        return _terms_on(self.terms, day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Perpetual:
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
    """

    symbol: str
    currency: str
    settlement: str
    payoff: PerpetualPayoff
    terms: tuple[Terms, ...]
    underlying: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_symbol(self.symbol)
        _check_currency(self.currency)
        _check_currency(self.settlement)
        if self.payoff is not PerpetualPayoff.LINEAR and self.settlement == self.currency:
            raise InputError(
                expected=f"the money {self.symbol} settles in, not its quote currency: it is {self.payoff.value}",
                found=self.settlement,
                try_next="add a column settlement, such as BTC; one that pays its quote currency has payoff linear",
            )
        if not self.terms:
            raise InputError(
                expected=f"contract terms for {self.symbol}", found="none", try_next="give a multiplier in the holdings"
            )

    def terms_on(self, day: dt.date | None) -> Terms:
        """Give the contract terms in force on a day."""
        return _terms_on(self.terms, day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
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

    def __post_init__(self) -> None:
        _check_symbol(self.symbol)
        _check_symbol(self.underlying)
        _check_currency(self.currency)
        take_decimals(self, "strike")
        if not self.strike.is_finite() or self.strike < 0:
            raise InputError(
                expected=f"a strike of zero or more for {self.symbol}",
                found=f"{self.strike}",
                try_next="give the strike in price units of the underlying",
            )
        if not self.terms:
            raise InputError(
                expected=f"contract terms for {self.symbol}", found="none", try_next="give a multiplier in the holdings"
            )

    def terms_on(self, day: dt.date | None) -> Terms:
        """Give the contract terms in force on a day."""
        return _terms_on(self.terms, day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cash:
    """Money in one currency; in the base currency its beta is 0 by definition."""

    currency: str

    def __post_init__(self) -> None:
        _check_currency(self.currency)

    @property
    def symbol(self) -> str:
        """The currency code, which names the position."""
        return self.currency


Instrument = Spot | Future | Perpetual | Option | Cash


def kind_of(instrument: Instrument) -> str:
    """Name the kind of an instrument as it is written in a holdings file.

    Examples
    --------
    >>> kind_of(Cash(currency="USD"))
    'cash'
    """
    return type(instrument).__name__.lower()
