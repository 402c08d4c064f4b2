"""Exchanges of coins, through ccxt: daily closes, and what an account holds.

ccxt knows the exchanges; the requests themselves go through `trimtab.feeds.venues.web`, so that one deadline, one size
and one address hold for all of them. Its library is loaded when an exchange is first asked. Not tried live.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Protocol

from trimtab.desk.books.intake import Kind
from trimtab.desk.watch.fetching import Answer
from trimtab.errors import InputError, MissingExtraError, ServiceError, UnknownSymbolError
from trimtab.feeds.venues.bars import closes_of
from trimtab.feeds.venues.positions import holdings_of
from trimtab.feeds.venues.web import Web
from trimtab.model.json import Json, JsonObject
from trimtab.model.near import nearest

__all__ = ["CoinAccount", "CoinPrices", "Exchange", "Keys", "open_exchange"]

#: Days of prices where no first day is set.
_DAYS = 730
#: A clock that is further off than this shifts which bar is over.
_CLOCK = dt.timedelta(minutes=5)


class Exchange(Protocol):
    """What is used of an exchange of ccxt (its unified methods, as its manual describes them)."""

    id: str
    markets: Mapping[str, JsonObject]
    fetch: Callable[..., Any]

    def load_markets(self) -> Json:
        """Load its markets."""
        ...

    def fetch_ohlcv(self, symbol: str, timeframe: str, since: int) -> Sequence[Sequence[Any]]:
        """Give bars: stamp in milliseconds, open, high, low, close, volume."""
        ...

    def fetch_positions(self) -> Sequence[JsonObject]:
        """Give positions in derivatives."""
        ...

    def fetch_balance(self) -> JsonObject:
        """Give balances by currency."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Keys of an account; not shown."""

    key: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no message may show."""
        return tuple(text for text in (self.key, self.secret, self.password) if text)


def open_exchange(name: str, keys: Keys, web: Web, library: Any = None) -> Exchange:
    """Give an exchange whose requests go through `web`.

    Parameters
    ----------
    name
        As ccxt calls it.
    keys
        Of the account; empty for prices.
    web
        How it is reached.
    library
        ccxt; None loads it.

    Raises
    ------
    MissingExtraError
        If ccxt is not installed.
    UnknownSymbolError
        If it has no such exchange.
    """
    if library is None:
        try:
            library = import_module("ccxt")
        except ImportError as error:
            raise MissingExtraError(
                expected="ccxt, which knows the exchanges of coins", found="it is not installed",
                try_next="pip install 'trimtab[fetch]'",
            ) from error  # fmt: skip
    if name not in library.exchanges:
        raise UnknownSymbolError(
            expected="an exchange of ccxt", found=repr(name),
            try_next=nearest(name, library.exchanges, most=3) or "see the list in ccxt's manual",
        )  # fmt: skip
    made: Any = getattr(library, name)(
        {"apiKey": keys.key, "secret": keys.secret, "password": keys.password, "enableRateLimit": True}
    )
    made.fetch = _carrier(made, web)
    exchange: Exchange = made
    return exchange


def _carrier(exchange: Any, web: Web) -> Callable[..., Any]:
    """Give what sends an exchange's requests: ccxt signs and reads them, `web` carries them."""

    def carry(url: str, method: str = "GET", headers: Any = None, body: str | None = None) -> Any:
        sent = exchange.prepare_request_headers(headers)
        page = web.send(url, method, headers=sent, body=body)
        text = exchange.on_rest_response(page.status, page.reason, url, method, page.headers, page.text, sent, body)
        parsed = exchange.parse_json(text)
        exchange.handle_errors(page.status, page.reason, url, method, page.headers, text, parsed, sent, body)
        if page.status >= 400:
            raise web.error(f"HTTP {page.status}", "look whether the keys may do this, and whether the service is up")
        if page.date is not None and abs(dt.datetime.now(dt.UTC) - page.date) > _CLOCK:
            raise web.error(
                f"a clock that is {abs(dt.datetime.now(dt.UTC) - page.date)} away from this machine's",
                "set this machine's clock: which bar is over depends on it",
            )
        if parsed is None:
            raise web.error("something that is no JSON", "ask again; if it stays so, look whether url is the service's")
        return parsed

    return carry


def _asked(web: Web, exchange: str, ask: Callable[[], Any]) -> Any:
    """Ask through ccxt; its own errors become one of ours, without addresses and keys."""
    try:
        return ask()
    except (ServiceError, InputError):
        raise
    except Exception as error:  # noqa: BLE001 - a library's errors of any kind, with keys in their texts
        words = web.hide(" ".join(str(error).split("http")[0].split())[:160])
        reason = f"{type(error).__name__} of {exchange}" + (f": {words}" if words else "")
    # Outside the handler: the library's error must not travel along, its text holds the address that was signed.
    raise web.error(reason, "look whether the keys may read this, and whether the exchange offers it")


@dataclass(frozen=True, slots=True, kw_only=True)
class CoinPrices:
    """Daily closes of an exchange's markets.

    Parameters
    ----------
    exchange
        Where.
    web
        How it is reached.
    symbols
        Markets, as ccxt calls them: ``BTC/USDT``.
    since
        First day; None takes two years.
    currency
        What stable coins count as; None leaves them what they are.
    """

    exchange: Exchange
    web: Web
    symbols: tuple[str, ...]
    since: dt.date | None = None
    currency: str | None = None

    @property
    def label(self) -> str:
        """Where its facts come from."""
        return f"ccxt:{self.exchange.id}"

    def ask(self, now: dt.datetime) -> Answer:
        """Fetch the closes of bars that are over; a market that fails is told, and the others are given.

        Raises
        ------
        ServiceError
            If no market gives any.
        """
        since = self.since or now.date() - dt.timedelta(days=_DAYS)
        start = dt.datetime(since.year, since.month, since.day, tzinfo=dt.UTC)

        def page(symbol: str, stamp: int) -> Sequence[Sequence[Any]]:
            bars = _asked(self.web, self.exchange.id, lambda: self.exchange.fetch_ohlcv(symbol, "1d", stamp))
            return bars if isinstance(bars, list) else []

        return closes_of(self.symbols, page, start=start, now=now, currency=self.currency, what=self.label)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoinAccount:
    """What an account at an exchange holds: positions in derivatives, and coins.

    Parameters
    ----------
    exchange
        Where.
    web
        How it is reached.
    currency
        What stable coins count as; None leaves them what they are.
    """

    exchange: Exchange
    web: Web
    currency: str | None = None

    @property
    def label(self) -> str:
        """Where its facts come from."""
        return f"ccxt:{self.exchange.id}"

    def ask(self, now: dt.datetime) -> Answer:
        """Fetch the account as a table of holdings.

        Raises
        ------
        ServiceError
            If the exchange does not answer, or holds something whose size is not certain.
        """
        ex = self.exchange
        _asked(self.web, ex.id, ex.load_markets)
        positions = _asked(self.web, ex.id, ex.fetch_positions)
        balance = _asked(self.web, ex.id, ex.fetch_balance)
        content, notes, doubts = holdings_of(
            ex.id, positions, balance, ex.markets, day=now.date(), currency=self.currency
        )
        return Answer(content=content, suffix=".csv", kind=Kind.HOLDINGS, notes=notes, doubts=doubts)
