"""Codes of money."""

__all__ = ["CURRENCIES"]

#: Codes that stand for cash when they stand alone.
CURRENCIES = frozenset(
    [
        "USD", "EUR", "GBP", "JPY", "CHF", "CAD", "AUD", "NZD", "SEK", "NOK", "DKK", "HKD", "SGD", "CNY", "CNH", "INR",
        "KRW", "BRL", "MXN", "ZAR", "PLN", "CZK", "HUF", "ILS", "TRY", "THB", "TWD", "USDT", "USDC",
    ]
)  # fmt: skip
