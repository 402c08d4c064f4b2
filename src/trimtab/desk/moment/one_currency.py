"""Prices in one currency, or a refusal that says what to name."""

from trimtab.errors import InputError
from trimtab.market.prices import PriceTable
from trimtab.market.rates.currency import convert
from trimtab.market.rates.fx import FxRates
from trimtab.market.rates.in_prices import with_rates_in

__all__ = ["to_base"]


def to_base(prices: PriceTable, *, base: str | None, fx: FxRates | None) -> PriceTable:
    """Convert a table into one currency.

    Raises
    ------
    InputError
        If the table states several currencies and no base was given.
    """
    stated = sorted({c for c in prices.currencies if c})
    if base is None:
        if len(stated) > 1:
            raise InputError(
                expected="prices in one currency, or a base currency to convert them into",
                found=f"prices in {', '.join(stated)}",
                try_next="give --base, for example --base USD, and rates with --fx FILE",
            )
        return prices
    return convert(prices, base, with_rates_in(prices, fx)) if any(c != base for c in stated) else prices
