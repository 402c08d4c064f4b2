"""One moment: which columns may serve as the price of a currency or a coin."""

from dataclasses import replace

import pytest

from trimtab.market.prices import PriceTable
from trimtab.market.snapshot import market_at

DAYS = ["2024-02-29", "2024-03-01"]


def moment(symbol: str, price: float, currency: str | None, base: str):
    table = PriceTable.of({symbol: [price, price]}, dates=DAYS)
    return market_at(replace(table, currencies=(currency,)), base=base)


def test_a_coins_column_is_its_rate_in_the_base():
    """A column named after the coin, or after the pair, prices it."""
    for symbol in ("BTC", "BTCUSD", "BTC-USD", "BTC/USD"):
        assert moment(symbol, 60_000.0, None, "USD").rate("BTC").value == 60_000.0


@pytest.mark.parametrize(
    ("symbol", "currency", "base", "asked"),
    [
        ("BTC", "USD", "EUR", "BTC"),  # a dollar price is no euro rate
        ("BTCUSD", None, "EUR", "BTC"),  # nor is a pair against another currency
        ("CAD", None, "USD", "CAD"),  # a share may be called like a currency
    ],
)
def test_a_column_in_another_currency_is_no_rate(symbol, currency, base, asked):
    """What is not a price in the base currency is refused, not taken as one."""
    assert moment(symbol, 60_000.0, currency, base).rate(asked) is None
