"""Stable coins, and what the settings let them count as."""

__all__ = ["STABLE", "counted_as"]

#: Coins that are promised to be a dollar. They are counted as one where the settings say so, and nowhere else.
STABLE = frozenset({"USDT", "USDC", "DAI", "TUSD", "USDP", "FDUSD", "BUSD", "PYUSD", "USDE"})


def counted_as(coin: str, currency: str | None) -> str:
    """Give the currency that a coin counts as.

    Examples
    --------
    >>> counted_as("USDT", None), counted_as("USDT", "USD"), counted_as("BTC", "USD")
    ('USDT', 'USD', 'BTC')
    """
    return currency if currency is not None and coin in STABLE else coin
