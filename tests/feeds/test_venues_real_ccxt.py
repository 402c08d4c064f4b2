"""The library itself, against a local service that speaks as Deribit's documentation does.

Layouts: docs.deribit.com (public/get_instruments, public/get_tradingview_chart_data, private/get_positions,
private/get_account_summaries), as ccxt 4.5.90 quotes them; numbers invented.
"""

import datetime as dt

import pytest
from local_service import Said, as_json, serving

from trimtab.feeds.venues.ccxt import CoinAccount, CoinPrices, Keys, open_exchange
from trimtab.feeds.venues.web import Web

pytestmark = pytest.mark.long
NOW = dt.datetime(2026, 1, 31, 12, tzinfo=dt.UTC)
KEYS = Keys(key="k3y-of-nobody", secret="s3cret-of-nobody")  # noqa: S106
DAY, FIRST, DAYS = 86_400_000, 1_767_225_600_000, 31
INSTRUMENT = {
    "base_currency": "BTC", "contract_size": 10, "counter_currency": "USD", "creation_timestamp": 1534167754000,
    "expiration_timestamp": 32503708800000, "future_type": "reversed", "instrument_name": "BTC-PERPETUAL",
    "instrument_type": "reversed", "is_active": True, "kind": "future", "maker_commission": 0.0, "max_leverage": 50,
    "min_trade_amount": 10, "price_index": "btc_usd", "quote_currency": "USD", "settlement_currency": "BTC",
    "settlement_period": "perpetual", "taker_commission": 0.0005, "tick_size": 0.5,
}  # fmt: skip
POSITION = {
    "average_price": 7440.18, "direction": "sell", "floating_profit_loss": 0, "index_price": 7466.79,
    "initial_margin": 0.000197283, "instrument_name": "BTC-PERPETUAL", "kind": "future", "leverage": 34,
    "maintenance_margin": 0.000143783, "mark_price": 7476.65, "size": -50, "size_currency": -0.006687487,
}  # fmt: skip
SUMMARY = {
    "currency": "BTC", "equity": 1.5, "balance": 1.49, "available_funds": 1.4, "maintenance_margin": 0.0001,
    "options_value": 0.0,
}  # fmt: skip


def result(value: object) -> Said:
    """Give an answer in Deribit's envelope."""
    return as_json({"jsonrpc": "2.0", "result": value, "usIn": 1, "usOut": 2, "usDiff": 1, "testnet": False})


def test_prices_and_an_account_go_the_same_road_through_the_library() -> None:
    """The library signs and reads; requests go to the local service alone, and fifty dollars stay fifty dollars."""
    pytest.importorskip("ccxt", reason="the extra [fetch] is not installed")
    with serving() as service:
        flat = [1.0] * DAYS
        bars = {
            "ticks": [FIRST + i * DAY for i in range(DAYS)], "status": "ok", "open": flat, "low": flat, "high": flat,
            "cost": flat, "volume": flat, "close": [100.0 + i for i in range(DAYS)],
        }  # fmt: skip
        service.say("/api/v2/public/get_currencies", result([{"currency": "BTC", "currency_long": "Bitcoin"}]))
        service.say("/api/v2/public/get_instruments", result([INSTRUMENT]))
        service.say("/api/v2/public/get_tradingview_chart_data", result(bars))
        service.say("/api/v2/private/get_positions", result([POSITION]))
        service.say("/api/v2/private/get_account_summaries", result({"summaries": [SUMMARY]}))
        web = Web(what="deribit", seconds=60.0, base=service.url, secrets=KEYS.secrets)
        exchange = open_exchange("deribit", KEYS, web)
        prices = CoinPrices(exchange=exchange, web=web, symbols=("BTC/USD:BTC",), since=dt.date(2026, 1, 1)).ask(NOW)
        assert prices.content.decode().splitlines()[-1] == "2026-01-30,BTC/USD:BTC,129.0,USD"
        account = CoinAccount(exchange=exchange, web=web).ask(NOW)
        assert account.content.decode().splitlines()[1:] == [
            "BTC/USD:BTC,-50.0,perpetual,USD,7476.65,1,inverse,BTC,BTC,,,,,", "BTC,1.5,spot,,,,,,,,,,,",
        ]  # fmt: skip
        assert account.doubts == ()
        signed = [headers["Authorization"] for path, _, headers in service.asked if "/private/" in path]
        assert all(text.startswith("deri-hmac-sha256 id=k3y-of-nobody,ts=") for text in signed)
