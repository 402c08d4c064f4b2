"""Codes of money."""

__all__ = ["CURRENCIES", "whole_currency"]

#: Codes that stand for cash when they stand alone.
CURRENCIES = frozenset(
    [
        "USD", "EUR", "GBP", "JPY", "CHF", "CAD", "AUD", "NZD", "SEK", "NOK", "DKK", "HKD", "SGD", "CNY", "CNH", "INR",
        "KRW", "BRL", "MXN", "ZAR", "PLN", "CZK", "HUF", "ILS", "TRY", "THB", "TWD", "USDT", "USDC",
    ]
)  # fmt: skip
#: Codes that mean a hundredth of a currency, as exchanges and brokers write them.
_HUNDREDTHS = {
    "GBX": "GBP", "GBp": "GBP", "GBpence": "GBP", "ZAc": "ZAR", "ZAC": "ZAR", "ILA": "ILS", "USX": "USD", "USc": "USD",
}  # fmt: skip


def whole_currency(code: str) -> tuple[str, bool]:
    """Give the currency behind a code, and whether the code means hundredths of it.

    Examples
    --------
    >>> whole_currency("GBX"), whole_currency("GBP")
    (('GBP', True), ('GBP', False))
    """
    return (_HUNDREDTHS[code], True) if code in _HUNDREDTHS else (code, False)
