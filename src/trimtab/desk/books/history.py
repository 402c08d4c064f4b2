"""What a book really earned, day by day, whatever money came in or went out.

With the book at each close and the money that came from outside in between:

    r_t = (NAV_t - NAV_{t-1} - flow_t) / NAV_{t-1}

which counts trades at their own prices, fees, dividends and the daily settlement of futures, because all of them are in
the book's cash. Where the flow is not known (a new snapshot says what is held, and not how it came about), the day's
gain is that of what was held before:

    r_t = (V_t(held at t-1) - NAV_{t-1} + settled_t) / NAV_{t-1}

Returns are time-weighted either way. A day on which something held has no price that could be used has no return, and
says what was missing; so has each day after a suspected split that nobody recorded, until the quantity is stated anew.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trimtab.errors import Failure, InputError, NotEnoughDataError, Reason
from trimtab.exposure.kinds.of import by_kind
from trimtab.exposure.value import value_position
from trimtab.market.prices import Flag, PriceTable
from trimtab.market.rates.fx import FxRates
from trimtab.market.snapshot import Market, market_at
from trimtab.market.suspected import doubting, suspected_splits
from trimtab.model.decimals import exact
from trimtab.model.portfolio import Portfolio, Position
from trimtab.stats.arrays import Floats

__all__ = ["BookHistory", "book_history"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BookHistory:
    """What a book was worth and earned.

    Parameters
    ----------
    dates
        Days with prices, the first being the start, datetime64[s], shape (n_dates,).
    nav
        Net asset value of what was held at each close, base currency, shape (n_dates,); NaN where unknown.
    returns
        Of the day, decimal, shape (n_dates,); NaN on the first and where something had no price.
    failures
        The days without a return, and what was missing.
    """

    dates: NDArray[np.datetime64]
    nav: Floats
    returns: Floats
    failures: tuple[Failure, ...]

    def index(self, name: str) -> PriceTable:
        """Give the returns as an index that starts at 100, under a name, ready for `review_performance`.

        A day without a return carries none: the index goes on from the next known day.

        Raises
        ------
        NotEnoughDataError
            If no day has a return.
        """
        has_return = np.isfinite(self.returns)
        if not has_return.any():
            raise NotEnoughDataError(
                expected="at least one day on which the book's return is known",
                found="; ".join(str(f) for f in self.failures[:3]) or "a single day",
                try_next="import prices of what is held, or holdings from an earlier day",
            )
        level = 100.0 * np.cumprod(np.where(has_return, 1.0 + np.where(has_return, self.returns, 0.0), 1.0))
        keep = has_return | (np.arange(self.dates.size) == 0)
        return PriceTable.of({name: level[keep]}, dates=self.dates[keep])


def book_history(
    held_at: Callable[[dt.date], Portfolio],
    prices: PriceTable,
    *,
    start: dt.date,
    end: dt.date,
    base: str,
    fx: FxRates | None = None,
    flow: Callable[[dt.date, dt.date], float | None] | None = None,
    stated: Callable[[dt.date], Mapping[str, dt.date]] | None = None,
) -> BookHistory:
    """Give NAV and returns of a book over the days with prices from `start` to `end`.

    Parameters
    ----------
    held_at
        Gives what was held at the close of a day.
    prices
        Prices in their own currencies.
    start, end
        First and last day.
    base
        Currency to count in.
    fx
        Exchange rates, for foreign holdings.
    flow
        Gives the money that came in (positive) or went out after one day up to another, base currency; None where it
        is not known. Without it no day's is known.
    stated
        Gives the days on which the quantities held at the close of a day were stated, by symbol; without it those
        that the books themselves say.

    Examples
    --------
    >>> from trimtab.model.notation import parse_portfolio
    >>> table = PriceTable.of({"A": [100.0, 110.0, 99.0]}, dates=["2024-01-02", "2024-01-03", "2024-01-04"])
    >>> book = parse_portfolio("1 A, 100 USD", base="USD")
    >>> days = dict(start=dt.date(2024, 1, 2), end=dt.date(2024, 1, 4))
    >>> book_history(lambda day: book, table, base="USD", **days).returns.round(4).tolist()
    [nan, 0.05, -0.0524]
    """
    days = _days(prices, start, end)
    size = len(days)
    nav, returns = np.full(size, np.nan), np.full(size, np.nan)
    failures: list[Failure] = []
    splits = suspected_splits(prices)
    market = last_book = None
    for i, day in enumerate(days):
        now = market_at(prices, base=base, as_of=np.datetime64(day, "D"), fx=fx)
        book = held_at(day)
        try:
            since = None if stated is None or not splits else stated(day)
            nav[i] = sum(_worth(p, doubting(now, splits, _stated(since, p, book))) for p in book.positions)
            if market is not None and last_book is not None and np.isfinite(nav[i - 1]):
                came = None if flow is None else flow(days[i - 1], day)
                if came is None:
                    since = None if stated is None or not splits else stated(days[i - 1])
                    gain = sum(
                        _gain(p, market, doubting(now, splits, _stated(since, p, last_book)))
                        for p in last_book.positions
                    )
                else:
                    gain = nav[i] - nav[i - 1] - came
                returns[i] = _over(gain, nav[i - 1])
        except _UnknownError as unknown:
            failures.append(Failure(where=f"{day} {unknown.symbol}", reason=unknown.reason, detail="no return"))
        market, last_book = now, book
    return BookHistory(
        dates=np.array(days, dtype="datetime64[D]").astype("datetime64[s]"), nav=nav, returns=returns,
        failures=tuple(failures),
    )  # fmt: skip


class _UnknownError(Exception):
    """Something held could not be valued."""

    def __init__(self, symbol: str, reason: Reason) -> None:
        self.symbol, self.reason = symbol, reason
        super().__init__(symbol)


def _stated(since: Mapping[str, dt.date] | None, position: Position, book: Portfolio) -> dt.date | None:
    return book.stated_on if since is None else since.get(position.symbol)


def _days(prices: PriceTable, start: dt.date, end: dt.date) -> list[dt.date]:
    price_days = np.unique(prices.dates.astype("datetime64[D]"))
    days: list[dt.date] = price_days[(price_days >= np.datetime64(start)) & (price_days <= np.datetime64(end))].tolist()
    if not days:
        raise InputError(
            expected=f"prices between {start} and {end}", found="none", try_next="import prices of those days"
        )
    return days


def _worth(position: Position, market: Market) -> float:
    last = position.instrument.expiry
    if position.instrument.written_on and last is not None and market.day >= last:
        # From its last day on it is what exercise paid, whether or not the book says so yet.
        return _expired(position, last, market)
    valuation = value_position(position, market)
    # A price that its owner stated stands still: a return made from it would be a 0 that looks like a number.
    if valuation.value is None or Flag.PRICE_STATED in valuation.flags:
        raise _UnknownError(position.symbol, valuation.reason or Reason.NO_PRICE)
    return valuation.value


def _gain(position: Position, before: Market, now: Market) -> float:
    """Give what a position gained between two moments, base currency."""
    instrument = position.instrument
    if not instrument.settles_daily:
        return _worth(position, now) - _worth(position, before)
    if not instrument.keeps_entry:
        return _settled(position, before, now)
    price = value_position(position, before).price
    if price is None:
        raise _UnknownError(instrument.symbol, Reason.NO_PRICE)
    # Its gain since the close before is the value of one entered there.
    return _worth(replace(position, stated=replace(position.stated, entry=exact(price.value))), now)


def _settled(position: Position, before: Market, now: Market) -> float:
    """Give what a future settled between two moments; a price that its owner states would stand still."""
    future = position.instrument
    last = now if future.expiry is None or now.day <= future.expiry else _at(now, future.expiry)
    old, new = by_kind(position).mark(before), by_kind(position).mark(last)
    fx = now.rate(future.currency)
    if old is None or new is None:
        raise _UnknownError(future.symbol, Reason.NO_PRICE)
    if fx is None:
        raise _UnknownError(future.symbol, Reason.NO_RATE)
    multiplier = float(future.terms_on(last.day).multiplier)
    return float(position.quantity) * multiplier * (new.value - old.value) * fx.value


def _expired(position: Position, expiry: dt.date, now: Market) -> float:
    """Give what an option paid at expiry: what exercise was worth at the last price on or before that day."""
    option = position.instrument
    if now.doubts.keys() & {option.symbol, *option.underlyings}:
        raise _UnknownError(option.symbol, Reason.SPLIT_SUSPECTED)
    level = by_kind(position).mark(_at(now, expiry))
    fx = now.rate(option.currency)
    if level is None or fx is None:
        raise _UnknownError(option.symbol, Reason.NO_PRICE if level is None else Reason.NO_RATE)
    paid = max(option.delta_sign * (level.value - float(option.strike or 0)), 0.0)
    multiplier = float(option.terms_on(expiry).multiplier)
    return float(position.quantity) * multiplier * paid * fx.value


def _at(market: Market, day: dt.date) -> Market:
    return replace(market, as_of=np.datetime64(day, "s"), prices=market.prices.until(np.datetime64(day, "D")))


def _over(gain: float, nav: float) -> float:
    """Give a return; a book worth nothing or less has none."""
    if not nav > 0:
        raise _UnknownError("the book", Reason.NOT_POSITIVE)
    return gain / nav
