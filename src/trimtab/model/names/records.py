"""What a name can say. A name that looks like a derivative and cannot be read is never a share: it is `Unread`."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from trimtab.model.instrument import OptionRight

__all__ = [
    "CashName", "CodeName", "CodeScheme", "FutureName", "Name", "OptionName", "PairName", "PerpetualName", "ShareName",
    "Unread",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionName:
    """A listed option.

    Parameters
    ----------
    underlying
        The share, index, coin or futures contract it is on, as written in the name.
    expiry
        Last day.
    right
        Call or put.
    strike
        In the unit of the underlying's price.
    month_only
        The name gives month and year alone; `expiry` is the third Friday of it.
    on_future
        The underlying is a futures contract.
    settlement
        Coin or currency that the premium is paid in, where the name says so (``BTC_USDC-...`` says USDC); None where
        it does not.
    """

    underlying: str
    expiry: dt.date
    right: OptionRight
    strike: Decimal
    month_only: bool = False
    on_future: bool = False
    settlement: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FutureName:
    """A futures contract, or the continuous series of its root.

    Parameters
    ----------
    root
        The family, for example ES.
    year, month
        Of delivery; both None for a continuous series.
    day
        Last day, where the name gives it; None otherwise.
    """

    root: str
    year: int | None
    month: int | None
    day: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PerpetualName:
    """A perpetual contract: the coin it follows, and what it is quoted and settled in where the name says so."""

    base: str
    quote: str | None = None
    settlement: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PairName:
    """One coin or currency in terms of another: units of `quote` per unit of `base`."""

    base: str
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareName:
    """A share, fund or index.

    Parameters
    ----------
    symbol
        The ticker, with a share class behind a dot (BRK.B), without exchange.
    exchange
        What the name says of the exchange: a suffix (DE, L) or a MIC in capitals (XCSE); None if it says nothing.
    index
        The name marks an index (^GSPC).
    """

    symbol: str
    exchange: str | None = None
    index: bool = False


class CodeScheme(StrEnum):
    """Whose code it is."""

    ISIN = "isin"
    CUSIP = "cusip"
    SEDOL = "sedol"
    WKN = "wkn"
    FIGI = "figi"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeName:
    """A security code whose check digit is right; a WKN has none."""

    scheme: CodeScheme
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CashName:
    """Money: its currency, or None where the name is a word for cash alone."""

    currency: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A name that could be a derivative, or a code whose check digit fails.

    Parameters
    ----------
    text
        As it was written.
    why
        What it looks like, and what is missing.
    """

    text: str
    why: str


Name = OptionName | FutureName | PerpetualName | PairName | ShareName | CodeName | CashName | Unread
