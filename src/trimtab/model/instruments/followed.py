"""One series that an instrument may follow, as a record."""

from dataclasses import dataclass

__all__ = ["Followed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """One series that an instrument may follow.

    Parameters
    ----------
    symbol
        Column of prices; None for the rate of a currency or coin.
    currency
        What the price is taken in (None: whatever it is quoted in); for a rate, the currency or coin itself.
    silent
        Currency in which a coin's column is read that states none, for a rate; None for the base currency.
    """

    symbol: str | None
    currency: str | None
    silent: str | None = None
