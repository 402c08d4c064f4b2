"""A library with the method signatures of ccxt, and one exchange that asks a service for what tests tell it to say.

ccxt itself is 74 MB with half as much again beside it; `tests/feeds/test_venues_real_ccxt.py` runs the same road
through it where it is installed.
"""

import json
from typing import Any
from urllib.parse import urlencode

PLACE = "https://api.coinbank.example.org"
MARKETS = {
    "BTC/USD:BTC": {
        "base": "BTC", "quote": "USD", "settle": "BTC", "inverse": True, "contractSize": 10.0, "swap": True,
        "expiry": 32503708800000,
    },
    "ETH/USDT:USDT": {"base": "ETH", "quote": "USDT", "settle": "USDT", "inverse": False, "contractSize": 0.01},
    "BTC/USD:BTC-261225": {
        "base": "BTC", "quote": "USD", "settle": "BTC", "inverse": True, "contractSize": 10.0, "expiry": 1798185600000,
    },
    "BTC/USD:BTC-261225-100000-C": {
        "base": "BTC", "quote": "USD", "settle": "BTC", "inverse": True, "contractSize": 1.0, "option": True,
        "expiry": 1798185600000, "strike": 100000.0, "optionType": "call",
    },
}  # fmt: skip


class ExchangeError(Exception):
    """What ccxt raises, with the address in its text."""


class deribit:  # noqa: N801 - as ccxt calls its exchanges
    """An exchange: ccxt's names, this project's answers."""

    id = "deribit"

    def __init__(self, config: dict[str, Any]) -> None:
        self.apiKey, self.secret, self.markets = config["apiKey"], config["secret"], {}

    def fetch(self, url: str, method: str = "GET", headers: Any = None, body: Any = None) -> Any:
        """Must be replaced: nothing of ccxt's own may go out."""
        raise AssertionError(url)

    def prepare_request_headers(self, headers: Any = None) -> dict[str, str]:
        """Add what ccxt adds."""
        return {"User-Agent": "ccxt", "Accept-Encoding": "gzip, deflate", **(headers or {})}

    def on_rest_response(self, code: int, reason: str, url: str, method: str, *rest: Any) -> str:
        """Give the body."""
        return str(rest[1]).strip()

    def parse_json(self, text: str) -> Any:
        """Give JSON, or nothing."""
        try:
            return json.loads(text)
        except ValueError:
            return None

    def handle_errors(self, code: int, reason: str, url: str, method: str, *rest: Any) -> None:
        """Raise what the exchange says."""
        parsed = rest[2]
        if isinstance(parsed, dict) and "error" in parsed:
            raise ExchangeError(f"{self.id} {parsed['error']} {url} {self.apiKey}")

    def _ask(self, path: str, **query: Any) -> Any:
        return self.fetch(f"{PLACE}{path}?{urlencode(query)}", "GET", {"Authorization": f"id={self.apiKey}"})

    def load_markets(self, reload: bool = False, params: Any = None) -> Any:
        """Load the markets."""
        self.markets = self._ask("/markets")

    def fetch_ohlcv(
        self, symbol: str, timeframe: str = "1m", since: Any = None, limit: Any = None, params: Any = None
    ) -> Any:
        """Give bars."""
        return self._ask("/bars", symbol=symbol, timeframe=timeframe, since=since)

    def fetch_positions(self, symbols: Any = None, params: Any = None) -> Any:
        """Give positions."""
        return self._ask("/positions", key=self.apiKey)

    def fetch_balance(self, params: Any = None) -> Any:
        """Give balances."""
        return self._ask("/balance", key=self.apiKey)


exchanges = ["deribit", "okx"]
