"""Bars become closes of days that are over, positions holdings of a certain size; what is odd is told or refused."""

import datetime as dt
import traceback
from collections.abc import Iterator
from decimal import Decimal
from types import ModuleType
from typing import Any

import coin_exchange
import polars as pl
import pytest
from coin_exchange import MARKETS
from hypothesis import given, settings
from hypothesis import strategies as st
from local_service import Said, Service, as_json, serving

from trimtab.errors import MissingExtraError, ServiceError, UnknownSymbolError
from trimtab.feeds.venues.ccxt import CoinAccount, CoinPrices, Keys, open_exchange
from trimtab.feeds.venues.positions import size_of
from trimtab.feeds.venues.web import Web

DAY = 86_400_000
NOW = dt.datetime(2026, 1, 31, 12, tzinfo=dt.UTC)
START = dt.date(2026, 1, 1)
FIRST = 1_767_225_600_000  # 2026-01-01
KEYS = Keys(key="k3y-of-nobody", secret="s3cret-of-nobody")  # noqa: S106


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    """Serve on this machine."""
    with serving() as made:
        yield made


def web(service: Service) -> Web:
    """Reach it in place of the exchange."""
    return Web(what="deribit", seconds=20.0, base=service.url, secrets=KEYS.secrets, pause=lambda _: None)


def prices(service: Service, *symbols: str, currency: str | None = None) -> CoinPrices:
    """Ask for prices."""
    asked = web(service)
    exchange = open_exchange("deribit", KEYS, asked, coin_exchange)
    return CoinPrices(exchange=exchange, web=asked, symbols=symbols, since=START, currency=currency)


def account(service: Service, currency: str | None = None) -> CoinAccount:
    """Ask for an account."""
    asked = web(service)
    return CoinAccount(exchange=open_exchange("deribit", KEYS, asked, coin_exchange), web=asked, currency=currency)


def bar(number: int, close: float | str | None = None) -> list[Any]:
    """Give the bar of a day in January 2026, the first being 0."""
    return [FIRST + number * DAY, 1, 1, 1, 100.0 + number if close is None else close, 5]


def table(content: bytes) -> pl.DataFrame:
    """Read what was written, as text."""
    return pl.read_csv(content, infer_schema=False)


MONTH = [bar(i) for i in range(31)]


def test_closes_of_days_that_are_over(service: Service) -> None:
    """Thirty days in two pages; the bar of today is not over at noon; the stamp asked for goes on from the last bar."""
    service.say("/bars", as_json(MONTH[:20]), as_json(MONTH[20:]))
    answer = prices(service, "BTC/USDT").ask(NOW)
    rows = table(answer.content)
    assert rows["date"].to_list() == [f"2026-01-{day:02}" for day in range(1, 31)]
    assert rows.row(0) == ("2026-01-01", "BTC", "100.0", "USDT")
    assert answer.doubts == ()
    assert "BTC/USDT: the bar of a day that is not over was left out" in answer.notes
    since = [query["since"] for path, query, _ in service.asked if path == "/bars"]
    assert since == [str(FIRST), str(FIRST + 20 * DAY)]


def test_a_stable_coin_counts_as_money_only_where_the_settings_say_so(service: Service) -> None:
    """And the answer says it."""
    service.say("/bars", as_json(MONTH))
    answer = prices(service, "BTC/USDT", currency="USD").ask(NOW)
    assert set(table(answer.content)["currency"]) == {"USD"}
    assert any("USDT counts as USD" in note for note in answer.notes)


@pytest.mark.parametrize(
    ("bars", "found"),
    [
        ([], "no bar of BTC/USDT since 2026-01-01"),
        ([bar(0), bar(1), bar(1, 7)], "two closes of BTC/USDT of 2026-01-02"),
        ([bar(0), bar(40)], "which is to come"),
        ([bar(0, 0)], "no price: 0"),
        ([bar(0, -3)], "no price: -3"),
        ([bar(0, "NaN")], "cannot be read"),
        ([bar(0, 1e300)], "no price: 1E+300"),
        ([[FIRST // 1000, 1, 1, 1, 5.0]], "no bar of BTC/USDT since"),
        ([[FIRST * 1000, 1, 1, 1, 5.0]], "a bar of BTC/USDT of no day"),
        ([bar(0), [FIRST]], "cannot be read"),
        ([bar(0), None], "cannot be read"),
    ],
)
def test_bars_that_are_no_prices_are_refused(service: Service, bars: list[Any], found: str) -> None:
    """Nothing, one day with two closes, a day to come, no price, half a bar."""
    service.say("/bars", as_json(bars))
    with pytest.raises(ServiceError) as error:
        prices(service, "BTC/USDT").ask(NOW)
    assert found in error.value.found


def test_days_that_are_missing_are_doubted_and_bars_that_come_twice_are_told(service: Service) -> None:
    """Coins rest on no day: a hole, or an early end, is half an answer."""
    service.say("/bars", as_json([bar(5), *MONTH[5:10], *MONTH[12:25]]), as_json([]))
    answer = prices(service, "BTC/USDT").ask(NOW)
    assert answer.doubts == (
        "BTC/USDT: 2 days are missing: 2026-01-11, 2026-01-12",
        "BTC/USDT ends on 2026-01-25, and later days are over",
    )
    assert "BTC/USDT begins on 2026-01-06, not on 2026-01-01" in answer.notes
    assert "BTC/USDT: 1 bars came twice, with the same close" in answer.notes


def test_one_market_that_fails_leaves_the_others(service: Service) -> None:
    """It is told, and the answer is not kept without a look."""
    service.say("/bars", lambda query: as_json(MONTH if query["symbol"] == "BTC/USDT" else {"error": "no such market"}))
    answer = prices(service, "BTC/USDT", "XXX/USDT", "BTC/USD").ask(NOW)
    assert set(table(answer.content)["symbol"]) == {"BTC"}
    assert [doubt.partition(":")[0] for doubt in answer.doubts] == ["XXX/USDT is not there", "BTC/USD is not there"]


def test_an_exchange_that_never_ends_is_left(service: Service) -> None:
    """The same page again and again brings nothing new, and is not asked for forever."""
    before = len(service.asked)
    service.say("/bars", as_json(MONTH[:5]))
    prices(service, "BTC/USDT").ask(NOW)
    assert len(service.asked) - before == 2


def test_errors_of_the_library_are_told_without_address_or_key(service: Service) -> None:
    """Its texts hold both."""
    service.say("/bars", as_json({"error": f"bad request of {KEYS.key}"}))
    with pytest.raises(ServiceError) as error:
        prices(service, "BTC/USDT").ask(NOW)
    assert error.value.found == "ExchangeError of deribit: deribit bad request of (hidden)"
    assert KEYS.key not in "".join(traceback.format_exception(error.value))
    assert KEYS.key not in repr(KEYS)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (Said(b"<html>down</html>"), "no JSON"),
        (as_json([], status=403), "HTTP 403"),
        (as_json(MONTH, headers={"Date": "Mon, 05 Jan 2009 12:00:00 GMT"}), "a clock that is"),
    ],
)
def test_an_answer_of_another_kind_is_refused(service: Service, said: Said, found: str) -> None:
    """A page of words, a refusal without words, a clock that is years away."""
    service.say("/bars", said)
    with pytest.raises(ServiceError) as error:
        prices(service, "BTC/USDT").ask(NOW)
    assert found in error.value.found


def position(symbol: str, contracts: float, **more: Any) -> dict[str, Any]:
    """Give a position as ccxt does."""
    return {"symbol": symbol, "side": "long", "contracts": contracts, "contractSize": None, "info": {}, **more}


PERPETUAL = position("BTC/USD:BTC", 50.0, notional=0.006687487, markPrice=7476.65, entryPrice=7440.18, side="short")


def rows_of(service: Service, positions: list[Any], total: dict[str, float], **balance: Any) -> list[dict[str, str]]:
    """Give the rows of an account."""
    service.say("/markets", as_json(MARKETS))
    service.say("/positions", as_json(positions))
    service.say("/balance", as_json({"total": total, **balance}))
    return table(account(service).ask(NOW).content).to_dicts()


def test_dollars_that_are_called_contracts_are_not_multiplied_by_ten(service: Service) -> None:
    """In ccxt's Deribit `contracts` is a size in dollars, a market's contract ten of them; the value decides."""
    (row, coin) = rows_of(service, [PERPETUAL], {"BTC": 1.5, "ETH": 0.0})
    said = {name: row[name] for name in ("quantity", "multiplier", "payoff", "settlement", "currency", "underlying")}
    assert said == {
        "quantity": "-50.0", "multiplier": "1", "payoff": "inverse", "settlement": "BTC", "currency": "USD",
        "underlying": "BTC",
    }  # fmt: skip
    assert row["entry"] is None  # equity has the gain in it already
    assert (coin["symbol"], coin["quantity"], coin["kind"]) == ("BTC", "1.5", "spot")


def test_a_linear_contract_has_the_size_of_its_market(service: Service) -> None:
    """300 contracts of 0.01 ETH at 2,000 are 6,000 USDT."""
    row, money = rows_of(
        service, [position("ETH/USDT:USDT", 300.0, notional=6000.0, markPrice=2000.0)], {"USDT": 9000.0}
    )
    assert (row["quantity"], row["multiplier"], row["payoff"]) == ("300.0", "0.01", "linear")
    assert (money["symbol"], money["kind"]) == ("USDT", "cash")


@pytest.mark.parametrize(
    "wrong",
    [{"notional": None}, {"notional": 1.0}, {"markPrice": None}, {"symbol": "XXX/USD"}, {"side": None}],
)
def test_a_position_of_uncertain_size_is_refused(service: Service, wrong: dict[str, Any]) -> None:
    """No value stated, one that nothing comes to, no price, no market, no side: nothing is kept of the account."""
    with pytest.raises(ServiceError, match="what an account at deribit holds"):
        rows_of(service, [{**PERPETUAL, **wrong}], {"BTC": 1.5})


def test_an_option_in_coin_is_a_row_and_its_value_leaves_the_balance(service: Service) -> None:
    """Deribit's equity has the value of options in it."""
    option = position(
        "BTC/USD:BTC-261225-100000-C", 2.0, notional=2.0, markPrice=0.05, info={"index_price": 90000.0}
    )  # fmt: skip
    info = {"result": {"summaries": [{"currency": "BTC", "options_value": 0.1}]}}
    row, coin = rows_of(service, [option], {"BTC": 1.5}, info=info)
    said = [row[name] for name in ("kind", "right", "strike", "expiry", "premium", "multiplier", "price")]
    assert said == ["option", "call", "100000.0", "2026-12-25", "coin", "1.0", "0.05"]
    assert Decimal(coin["quantity"]) == Decimal("1.4")


def test_a_dated_future_paid_in_coin_is_doubted(service: Service) -> None:
    """Its payoff is that of a perpetual; its expiry is watched by nobody."""
    service.say("/markets", as_json(MARKETS))
    service.say("/positions", as_json([{**PERPETUAL, "symbol": "BTC/USD:BTC-261225"}]))
    service.say("/balance", as_json({"total": {"BTC": 1.0}}))
    (doubt,) = account(service).ask(NOW).doubts
    assert "expires on 2026-12-25" in doubt


def test_an_empty_account_is_told(service: Service) -> None:
    """Other keys than were meant, perhaps."""
    with pytest.raises(ServiceError, match="without a position or a balance"):
        rows_of(service, [], {})


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 5_000), st.sampled_from(["0.001", "0.01", "0.1", "1", "10", "100"]), st.integers(200, 150_000),
    st.booleans(), st.floats(-0.01, 0.01),
)  # fmt: skip
def test_the_size_is_the_one_that_comes_to_the_value_or_none(
    contracts: int, true: str, mark: int, inverse: bool, noise: float
) -> None:
    """Whatever else is stated for a size, and though the mark moved by a percent."""
    size, price = Decimal(true), Decimal(mark)
    value = contracts * size / price if inverse else contracts * size * price
    sizes = [size, Decimal(1)] if size != 1 else [Decimal(10), Decimal(1)]
    got = size_of(Decimal(contracts), sizes, mark=price, stated=value * Decimal(1 + noise), inverse=inverse)
    assert got in {size, None}
    assert size_of(Decimal(contracts), sizes, mark=price, stated=value * 3, inverse=inverse) in {size, None} - {size}


def test_without_the_library_and_without_such_an_exchange() -> None:
    """The extra is named; an exchange that is none is told with those that begin alike."""
    asked = Web(what="deribit", seconds=1.0)
    with pytest.raises(UnknownSymbolError, match="did you mean deribit"):
        open_exchange("deribt", KEYS, asked, coin_exchange)
    try:
        import ccxt  # noqa: F401
    except ImportError:
        with pytest.raises(MissingExtraError, match=r"trimtab\[fetch\]"):
            open_exchange("deribit", KEYS, asked)
    assert isinstance(coin_exchange, ModuleType)
