"""Daily bars of an exchange, page by page, to a table of closes.

A bar counts once it is over, on the day (UTC) in which it ends. Pages are asked for until they bring nothing new. A bar
that comes twice with two closes is no price; a day that is missing between two others is told.
"""

import csv
import datetime as dt
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any

from trimtab.desk.books.intake import Kind
from trimtab.desk.watch.fetching import Answer
from trimtab.errors import ServiceError
from trimtab.feeds.venues.coins import counted_as
from trimtab.model.decimals import as_decimal, is_in_reach

__all__ = ["closes_of"]

_DAY, _LATE = 86_400_000, 3_600_000
#: Stamps of the years from 1970 to 2100, in milliseconds: others are seconds, nanoseconds or nonsense.
_EARLIEST, _LATEST = 0, 4_102_444_800_000
#: Pages of one market: fifty years of daily bars, a hundred at a time.
_PAGES = 200

Page = Callable[[str, int], Sequence[Sequence[Any]]]


@dataclass(kw_only=True)
class _Market:
    """The closes of a market, by the stamp of their bars."""

    closes: dict[int, Decimal] = field(default_factory=dict)
    twice: int = 0
    over: int = 0


def closes_of(
    symbols: Sequence[str], page: Page, *, start: dt.datetime, now: dt.datetime, currency: str | None, what: str
) -> Answer:
    """Give the closes of markets as a table: date, symbol, close, currency.

    Parameters
    ----------
    symbols
        As ccxt calls them.
    page
        Gives the bars of a market from a stamp (milliseconds) on.
    start, now
        First moment, and the present one.
    currency
        What stable coins count as; None leaves them what they are.
    what
        Where they come from, for messages.

    Raises
    ------
    ServiceError
        If no market gives a bar.
    """
    rows: list[tuple[str, str, str, str]] = []
    notes: list[str] = []
    doubts: list[str] = []
    names: dict[str, str] = {}
    for symbol in symbols:
        base, quote = _names(symbol)
        try:
            if base in names:
                raise _fault(what, f"two markets of {base}: {names[base]} and {symbol}", "name one of them")
            market = _all_pages(symbol, page, start=start, now=now, what=what)
        except ServiceError as error:
            if len(symbols) == 1:
                raise
            doubts.append(f"{symbol} is not there: {error.found}")
            continue
        names[base] = symbol
        money = counted_as(quote, currency)
        rows += [(_day_of(stamp), base, f"{close:f}", money) for stamp, close in sorted(market.closes.items())]
        notes += _told(symbol, market, start)
        doubts += _gaps(symbol, market, now)
        if money != quote:
            notes.append(f"{symbol}: {quote} counts as {money}, as the settings say")
    if not rows:
        raise _fault(what, f"no bar of {', '.join(symbols)}", "look whether the markets are called so, and since when")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("date", "symbol", "close", "currency"))
    writer.writerows(sorted(rows))
    return Answer(
        content=text.getvalue().encode(), suffix=".csv", kind=Kind.PRICES, notes=tuple(notes), doubts=tuple(doubts)
    )


def _all_pages(symbol: str, page: Page, *, start: dt.datetime, now: dt.datetime, what: str) -> _Market:
    """Ask for pages until one brings nothing new."""
    market, cursor, present = _Market(), int(start.timestamp()) * 1000, int(now.timestamp() * 1000)
    for _ in range(_PAGES):
        count, far = len(market.closes), cursor
        for bar in page(symbol, cursor):
            stamp, close = _bar(bar, symbol, what)
            far = max(far, stamp)
            if stamp > present + _DAY:
                raise _fault(what, f"a bar of {symbol} of {_day_of(stamp)}, which is to come", "set the clock right")
            if stamp + _DAY > present or stamp < cursor - _DAY:
                market.over += stamp + _DAY > present
                continue
            before = market.closes.get(stamp)
            if before is not None and before != close:
                raise _fault(
                    what, f"two closes of {symbol} of {_day_of(stamp)}: {before} and {close}", "ask again, or report it"
                )
            market.twice += before is not None
            market.closes[stamp] = close
        if len(market.closes) == count or far + _DAY >= present:
            break
        cursor = far + _DAY
    if not market.closes:
        raise _fault(what, f"no bar of {symbol} since {start:%Y-%m-%d}", "look whether the market is called so")
    return market


def _bar(bar: Sequence[Any], symbol: str, what: str) -> tuple[int, Decimal]:
    """Read the stamp and close of a bar."""
    try:
        stamp, close = int(bar[0]), as_decimal(bar[4], "a close")
    except (TypeError, ValueError, IndexError, OverflowError):
        raise _fault(what, f"a bar of {symbol} that cannot be read: {str(bar)[:80]}", "ask again") from None
    if not _EARLIEST <= stamp < _LATEST:
        raise _fault(what, f"a bar of {symbol} of no day: {stamp}", "ask again, or report it")
    if not is_in_reach(close) or close <= 0:
        raise _fault(what, f"a close of {symbol} of {_day_of(stamp)} that is no price: {close}", "ask again")
    return stamp, close


def _told(symbol: str, market: _Market, start: dt.datetime) -> list[str]:
    """Say what was left out, and where a history begins later than was asked."""
    first = min(market.closes)
    notes = [f"{symbol}: {len(market.closes):,} days, {_day_of(first)} to {_day_of(max(market.closes))}"]
    if first > start.timestamp() * 1000 + _DAY:
        notes.append(f"{symbol} begins on {_day_of(first)}, not on {start:%Y-%m-%d}")
    if market.over:
        notes.append(f"{symbol}: the bar of a day that is not over was left out")
    if market.twice:
        notes.append(f"{symbol}: {market.twice} bars came twice, with the same close")
    return notes


def _gaps(symbol: str, market: _Market, now: dt.datetime) -> list[str]:
    """Say which days are missing between the first and the present one: coins rest on none."""
    stamps = sorted(market.closes)
    missing = [stamp for before, after in pairwise(stamps) for stamp in range(before + _DAY, after, _DAY)]
    doubts = []
    if missing:
        days = ", ".join(_day_of(stamp) for stamp in missing[:3]) + (" ..." if len(missing) > 3 else "")
        doubts.append(f"{symbol}: {len(missing)} days are missing: {days}")
    if stamps[-1] + 2 * _DAY + _LATE < now.timestamp() * 1000:
        doubts.append(f"{symbol} ends on {_day_of(stamps[-1])}, and later days are over")
    return doubts


def _day_of(stamp: int) -> str:
    """Give the day in which a bar ends; one that begins at midnight ends in its own."""
    return str(dt.datetime.fromtimestamp((stamp + _DAY - 1) / 1000, tz=dt.UTC).date())


def _names(symbol: str) -> tuple[str, str]:
    """Give the name of a market's price and its currency: BTC of BTC/USDT, a contract's own name of BTC/USDT:USDT."""
    pair, colon, _ = symbol.partition(":")
    base, _, quote = pair.partition("/")
    return (symbol if colon else base), quote or "USD"


def _fault(what: str, found: str, try_next: str) -> ServiceError:
    return ServiceError(expected=f"daily bars of {what}", found=found, try_next=try_next)
