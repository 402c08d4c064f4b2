"""What is known of assets before their returns are looked at: what kind of thing each is, what multiple it promises.

Estimators that draw betas towards a prior, or bound them, ask here where the prior lies and who belongs to it. Facts
come from holdings, fund and contract tables; where nothing is stated, the data and the names decide (see
`trimtab.beta.population`).
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite

from trimtab.errors import InputError
from trimtab.model.currencies import CURRENCIES

__all__ = ["NO_FACTS", "AssetFacts", "AssetKind", "kind_by_name", "origin_of"]

#: Yields and volatilities as vendors name them: Yahoo's and CBOE's indices, FRED's series, benchmark bonds by country.
_RATE = re.compile(
    r"[\^.]?(VIX|VIX9D|VIX3M|VVIX|VXN|RVX|VXD|MOVE|OVX|GVZ|IRX|FVX|TNX|TYX)(\.INDX)?"
    r"|DGS\d{1,2}(MO)?|DTB\d{1,2}(WK|MO|YR)?|VIXCLS|SOFR|EFFR|FEDFUNDS|SONIA|ESTR|EURIBOR\w*"
    r"|(US|DE|GB|UK|JP|FR|IT|ES|CA|AU|CH|CN)\d{1,2}[YM]T?(=RR|=XX)?"
)
#: A continuous future as Yahoo names it: ES=F.
_FUTURE = re.compile(r"[A-Z0-9]{1,5}=F")


class AssetKind(StrEnum):
    """What an asset is, as far as its beta is concerned."""

    SHARE = "share"  # a share, a fund, a coin: anything worth quantity x price
    FUTURE = "future"  # a future or perpetual, or a price that stands in for one
    CURRENCY = "currency"  # an exchange rate, or money
    RATE = "rate"  # an interest rate or a volatility, quoted and not owned


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetFacts:
    """Facts by symbol.

    Parameters
    ----------
    kinds
        (symbol, kind); a symbol that is not named may be anything.
    multiples
        (symbol, daily multiple of its index that a fund promises): 3, 2, -1. Unnamed symbols promise nothing.

    Examples
    --------
    >>> facts = AssetFacts(kinds=(("ES", AssetKind.FUTURE),), multiples=(("SQQQ", -3.0),))
    >>> facts.kind("ES").value, facts.kind("AAPL"), facts.multiple("SQQQ"), facts.multiple("AAPL")
    ('future', None, -3.0, None)
    """

    kinds: tuple[tuple[str, AssetKind], ...] = ()
    multiples: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        for symbol, multiple in self.multiples:
            if not isfinite(multiple) or multiple == 0.0:
                raise InputError(
                    expected=f"a multiple of {symbol} that is a number other than 0",
                    found=f"{multiple}",
                    try_next="give for example 3 or -1",
                )

    def kind(self, symbol: str) -> AssetKind | None:
        """Give what a symbol is; None where it is not stated."""
        return dict(self.kinds).get(symbol)

    def multiple(self, symbol: str) -> float | None:
        """Give the multiple that a symbol promises; None where none is stated."""
        return dict(self.multiples).get(symbol)

    def with_(self, other: "AssetFacts | None") -> "AssetFacts":
        """Give these facts with others that go before them."""
        if other is None or other == NO_FACTS:
            return self
        kinds, multiples = dict(self.kinds) | dict(other.kinds), dict(self.multiples) | dict(other.multiples)
        return AssetFacts(kinds=tuple(sorted(kinds.items())), multiples=tuple(sorted(multiples.items())))

    def kinds_of(
        self, symbols: tuple[str, ...], outside: Collection[str] | None = None
    ) -> tuple[AssetKind | None, ...]:
        """Give what each series is: as stated, else as its name tells; None where neither does.

        An asset in another currency is what it is in its own (see `origin_of`).

        Examples
        --------
        >>> [str(kind) for kind in NO_FACTS.kinds_of(("AAPL", "ES=F", "EURUSD"))]
        ['None', 'future', 'currency']
        """
        stated = dict(self.kinds)
        pairs = ((s, origin_of(s, outside)) for s in symbols)
        return tuple(stated.get(s) or stated.get(o) or kind_by_name(o) for s, o in pairs)


#: Nothing is stated of any asset.
NO_FACTS = AssetFacts()


def kind_by_name(symbol: str) -> AssetKind | None:
    """Tell a currency pair, an interest rate or volatility, or a continuous future by its name; None for all else.

    A lone currency code, or a lone root of futures, may be a share's ticker (COP, ES, MET) and says nothing.

    Examples
    --------
    >>> [str(kind_by_name(symbol)) for symbol in ("EUR/USD", "C:EURUSD", "JPY=X", "^TNX", "ES=F", "COP", "ES")]
    ['currency', 'currency', 'currency', 'rate', 'future', 'None', 'None']
    """
    name = symbol.upper()
    letters = re.sub(r"=X$|[^A-Z]", "", name.split(":")[-1])
    if len(letters) == 6 and letters[:3] in CURRENCIES and letters[3:] in CURRENCIES:
        return AssetKind.CURRENCY
    if name.endswith("=X") and letters in CURRENCIES:
        return AssetKind.CURRENCY
    if _RATE.fullmatch(name):
        return AssetKind.RATE
    return AssetKind.FUTURE if _FUTURE.fullmatch(name) else None


def origin_of(symbol: str, outside: Collection[str] | None = None) -> str:
    """Give the asset behind a series that stands there a second time: "SX5E in EUR" is SX5E.

    Parameters
    ----------
    symbol
        Name of a series.
    outside
        Those that are such series; None goes by the name alone.
    """
    twin, _, currency = symbol.rpartition(" in ")
    if not twin or not (currency.isalnum() if outside is None else symbol in outside):
        return symbol
    return twin
