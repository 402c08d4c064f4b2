"""Names of coins, pairs and perpetuals, as venues and vendors write them."""

import re
from functools import lru_cache

from trimtab.model.currencies import CURRENCIES
from trimtab.model.names.records import PairName, PerpetualName

__all__ = ["COINS", "coin_of", "read_pair", "read_perpetual"]

#: Coins that are told from shares where a pair is written in one word (BTCUSDT), and by their other codes.
COINS = frozenset(
    [
        "BTC", "ETH", "SOL", "XRP", "BNB", "ADA", "DOGE", "TRX", "AVAX", "LINK", "DOT", "LTC", "BCH", "XLM", "UNI",
        "ATOM", "ETC", "XMR", "NEAR", "APT", "ARB", "OP", "FIL", "SUI", "TON", "SHIB", "MATIC", "POL", "AAVE", "ALGO",
    ]
)  # fmt: skip
#: Other codes of the same coin.
_OTHER = {"XBT": "BTC", "XXBT": "BTC", "XETH": "ETH", "XXRP": "XRP", "XLTC": "LTC", "XXLM": "XLM", "XXMR": "XMR",
          "XETC": "ETC", "XDG": "DOGE", "XXDG": "DOGE", "ETH2": "ETH"}  # fmt: skip
_MONEY = CURRENCIES | COINS


def coin_of(code: str) -> str:
    """Give the usual code of a coin or currency: XXBT is BTC, ZEUR is EUR, ETH2.S (staked) is ETH.

    Examples
    --------
    >>> [coin_of(c) for c in ("XXBT", "ZEUR", "ETH2.S", "ADA", "XBT")]
    ['BTC', 'EUR', 'ETH', 'ADA', 'BTC']
    """
    plain = re.sub(r"\.[A-Z]$", "", code.upper())
    if len(plain) == 4 and plain.startswith("Z") and plain[1:] in CURRENCIES:
        return plain[1:]
    return _OTHER.get(plain, plain)


@lru_cache(maxsize=20_000)
def read_pair(text: str) -> PairName | None:
    """Read a pair: EUR/USD, EURUSD, EURUSD=X, GBP.USD, BTC-USD, BTCUSDT, XXBTZUSD.

    Examples
    --------
    >>> read_pair("EURUSD=X"), read_pair("GBP.USD").base, read_pair("XXBTZUSD").base, read_pair("GOOGL")
    (PairName(base='EUR', quote='USD'), 'GBP', 'BTC', None)
    """
    plain = text.upper().strip().removesuffix("=X")
    apart = re.fullmatch(r"([A-Z0-9]{2,6})[/.\-_]([A-Z]{3,5})", plain)
    if apart is not None:
        return _paired(apart[1], apart[2])
    # Two codes in one word; of the ways to cut it, one in which both are known.
    for cut in range(3, len(plain) - 2):
        pair = _paired(plain[:cut], plain[cut:])
        if pair is not None:
            return pair
    return None


def _paired(first: str, second: str) -> PairName | None:
    base, quote = coin_of(first), coin_of(second)
    return PairName(base=base, quote=quote) if base in _MONEY and quote in _MONEY and base != quote else None


def read_perpetual(text: str) -> PerpetualName | None:
    """Read a perpetual: BTC-PERP, BTC-PERPETUAL, BTC_USDC-PERPETUAL, XBTUSD (BitMEX), BTC/USDT:USDT (ccxt).

    Examples
    --------
    >>> read_perpetual("BTC-PERPETUAL"), read_perpetual("ETH/USDT:USDT").settlement, read_perpetual("BTC-USD")
    (PerpetualName(base='BTC', quote=None, settlement=None), 'USDT', None)
    """
    plain = text.upper().strip()
    if plain == "XBTUSD":
        return PerpetualName(base="BTC", quote="USD", settlement="BTC")
    match = re.fullmatch(r"([A-Z0-9]{2,10})/([A-Z]{3,5}):([A-Z]{3,5})", plain)
    if match is not None:
        return PerpetualName(base=coin_of(match[1]), quote=match[2], settlement=coin_of(match[3]))
    match = re.fullmatch(r"([A-Z0-9]{2,10}?)(?:[-_/]?(USD[TC]?))?[-_ ](?:PERP(?:ETUAL)?|SWAP)(?:[.-][A-Z]+)?", plain)
    return None if match is None else PerpetualName(base=coin_of(match[1]), quote=match[2])
