"""Codes of money."""

__all__ = ["CURRENCIES", "minor_digits", "whole_currency"]

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
#: Money without a smaller unit, as ISO 4217 has it.
_WITHOUT_MINOR = frozenset(["JPY", "KRW", "CLP", "ISK", "VND", "PYG", "UGX", "XAF", "XOF", "XPF", "RWF", "KMF", "VUV"])
#: Money with a thousandth.
_THOUSANDTHS = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
_COINS = frozenset(["BTC", "XBT", "ETH", "SOL", "XRP", "ADA", "DOT", "LTC", "BNB", "BCH", "TRX", "XLM", "XMR"])
_COIN_DIGITS, _USUAL_DIGITS = 8, 2
_CODE_SIGNS = 3


def minor_digits(code: str) -> int:
    """Give the decimals of the smallest unit that money is written in: two, none (JPY), three (KWD), eight of a coin.

    Examples
    --------
    >>> [minor_digits(code) for code in ("USD", "JPY", "KWD", "USDT", "BTC")]
    [2, 0, 3, 2, 8]
    """
    if code in _WITHOUT_MINOR:
        return 0
    if code in _THOUSANDTHS:
        return 3
    # Three letters that are no coin are money of a state.
    return _USUAL_DIGITS if code in CURRENCIES or (len(code) == _CODE_SIGNS and code not in _COINS) else _COIN_DIGITS


def whole_currency(code: str) -> tuple[str, bool]:
    """Give the currency behind a code, and whether the code means hundredths of it.

    Examples
    --------
    >>> whole_currency("GBX"), whole_currency("GBP")
    (('GBP', True), ('GBP', False))
    """
    return (_HUNDREDTHS[code], True) if code in _HUNDREDTHS else (code, False)
