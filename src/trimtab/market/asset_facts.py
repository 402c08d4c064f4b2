"""What is known of assets before their returns are looked at: what kind of thing each is, what multiple it promises.

Estimators that draw betas towards a prior, or bound them, ask here where the prior lies and who belongs to it. Facts
come from holdings, fund and contract tables; where nothing is stated, the data and the names decide (see
`trimtab.beta.population`).
"""

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite

from trimtab.errors import InputError

__all__ = ["NO_FACTS", "AssetFacts", "AssetKind"]


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


#: Nothing is stated of any asset.
NO_FACTS = AssetFacts()
