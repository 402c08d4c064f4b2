"""Use case: watch a portfolio while quotes come in.

A `Watch` is a book that follows quotes, what was set aside on the way, and how beta came from where it was at the
start to where it is. It has no clock, no file and no journal: the same quotes at the same moments give the same sights,
and a watch restored from what it wrote down goes on as if it had never stopped.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import NotRequired, TypedDict, cast

import numpy as np

from trimtab.beta.estimate import Betas
from trimtab.desk.watch.quotes import Rejected, Tick
from trimtab.errors import NotEnoughDataError, TrimtabError
from trimtab.exposure.expose import Exposure
from trimtab.exposure.live.book import LiveBook
from trimtab.exposure.live.drift import LiveDrift, Mover, join_drifts, split_live_drift, split_renewal
from trimtab.exposure.live.reading import LiveReading, LiveState
from trimtab.hedge.verdict import Verdict, judge
from trimtab.market.snapshot import Market
from trimtab.model.decimals import is_in_reach
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio

__all__ = ["Sight", "Watch", "WatchState"]

_SECOND = 1_000_000
#: A price beyond the limit that only repeats itself is taken after so long.
_STANDS = 60 * _SECOND
_KEPT = 20
"""Rejected quotes that are shown; all of them are counted."""


class _BookJson(TypedDict):
    """A live book as it is kept; see `LiveState`."""

    as_of: str
    prices: dict[str, tuple[float, int]]
    held: dict[str, float]
    quoted: dict[str, float]
    taken: int
    late: int


class _MoverJson(TypedDict):
    asset: str
    change: float


class _DriftJson(TypedDict):
    """The drift so far as it is kept; see `LiveDrift`."""

    total: float
    currency: float
    price: float
    gamma: float
    estimates: float
    trades: float
    movers: list[_MoverJson]


class _RejectedJson(TypedDict):
    symbol: str
    reason: str
    detail: str


class WatchState(TypedDict):
    """What a watch of the same portfolio needs to go on, as it is kept."""

    book: _BookJson
    rejected: dict[str, int]
    last_rejected: list[_RejectedJson]
    unconfirmed: dict[str, float | tuple[float, int]]
    made_of: NotRequired[str]
    drift: NotRequired[_DriftJson | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """The portfolio as it was evaluated.

    Parameters
    ----------
    at
        The moment, UTC.
    portfolio
        Its name.
    mandate
        What it is judged by.
    reading
        Beta, error, coverage, positions.
    verdict
        Inside, outside or undecided, with its reason.
    drift
        What moved beta since the watch began.
    rejected
        Quotes set aside so far, by reason.
    last_rejected
        The newest of them.
    trouble
        Why the feed cannot be read now; None if it can.
    unused
        Why the newest holdings, prices or settings are not in use; None if they are.
    notices
        What else somebody should know, such as files that wait.
    news
        What was taken in just before: files that were imported, and why the book was made again.
    """

    at: dt.datetime
    portfolio: str
    mandate: Mandate
    reading: LiveReading
    verdict: Verdict
    drift: LiveDrift
    rejected: Mapping[str, int]
    last_rejected: tuple[Rejected, ...]
    trouble: str | None
    unused: str | None = None
    notices: tuple[str, ...] = ()
    news: tuple[str, ...] = ()

    @property
    def price_seconds(self) -> float | None:
        """Age of the oldest price in use, seconds."""
        if self.reading.oldest is None:
            return None
        return max(0.0, _micro(self.at) / _SECOND - float(self.reading.oldest.astype(np.int64)) / _SECOND)

    @property
    def newest_seconds(self) -> float | None:
        """Age of the newest price in use, seconds."""
        if self.reading.newest is None:
            return None
        return max(0.0, _micro(self.at) / _SECOND - float(self.reading.newest.astype(np.int64)) / _SECOND)


class Watch:
    """A portfolio that is watched.

    Parameters
    ----------
    book
        Its live book.
    portfolio
        What is held, for the dates in it.
    mandate
        What it is judged by.
    name
        What it is called in the journal.
    jump
        A quote further than this from the last price of its symbol (0.25 = 25%) is set aside until a second one
        confirms it.
    made_of
        Names the holdings, prices and settings it was made from: drift goes on over a restart if they are the same.
    """

    def __init__(
        self,
        book: LiveBook,
        portfolio: Portfolio,
        mandate: Mandate,
        *,
        name: str,
        jump: float = 0.25,
        made_of: str = "",
    ) -> None:
        self.book = book
        self.portfolio = portfolio
        self.mandate = mandate
        self.name = name
        self.jump = jump
        self.first = book.read()
        self.rejected: dict[str, int] = {}
        self.last_rejected: list[Rejected] = []
        self.trouble: str | None = None
        self.unused: str | None = None
        self.notices: tuple[str, ...] = ()
        self.made_of = made_of
        self._before: LiveDrift | None = None
        self._unconfirmed: dict[str, tuple[float, int]] = {}

    @property
    def day(self) -> str:
        """The day that the book is of."""
        return self.book.day

    def take(self, ticks: Sequence[Tick], *, now: int | None = None) -> None:
        """Take quotes in order; those that cannot be right are set aside and counted.

        Parameters
        ----------
        ticks
            Quotes.
        now
            Microseconds since 1970: quotes from more than a minute ahead of it are set aside. None leaves time alone.
        """
        symbols: list[str] = []
        prices: list[float] = []
        moments: list[int] = []
        seen: dict[str, tuple[float, int]] = {}
        for tick in ticks:
            why = self._fault(tick, seen, now)
            if why is not None:
                self.set_aside(why)
                continue
            seen[tick.symbol] = (tick.price, tick.at)
            symbols.append(tick.symbol)
            prices.append(tick.price)
            moments.append(tick.at)
        if symbols:
            self.book.quotes(symbols, prices, np.array(moments, dtype=np.int64))

    def set_aside(self, why: Rejected) -> None:
        """Count a quote that is not used."""
        self.rejected[why.reason] = self.rejected.get(why.reason, 0) + 1
        self.last_rejected = [*self.last_rejected[1 - _KEPT :], why]

    def evaluate(self, at: dt.datetime, *, news: tuple[str, ...] = ()) -> Sight:
        """Judge the portfolio as it stands.

        Parameters
        ----------
        at
            The moment.
        news
            What was taken in just before.

        Raises
        ------
        NotEnoughDataError
            If NAV is not positive.
        """
        reading = self.book.read()
        return Sight(
            at=at,
            portfolio=self.name,
            mandate=self.mandate,
            reading=reading,
            # of an exposure the verdict takes beta and coverage, which a reading has in the same form
            verdict=judge(cast("Exposure", reading), self.mandate),
            drift=self._drift(reading),
            rejected=dict(sorted(self.rejected.items())),
            last_rejected=tuple(self.last_rejected),
            trouble=self.trouble,
            unused=self.unused,
            notices=self.notices,
            news=news,
        )

    def _drift(self, reading: LiveReading) -> LiveDrift:
        since = split_live_drift(self.first, reading)
        return since if self._before is None else join_drifts(self._before, since)

    def renew(
        self,
        portfolio: Portfolio,
        market: Market,
        betas: Betas,
        mandate: Mandate,
        *,
        made_of: str = "",
        units: Mapping[str, Decimal] | None = None,
    ) -> None:
        """Go on with other holdings, prices or betas; quotes that are newer than the prices stay.

        Parameters
        ----------
        units
            For each name whose units changed since its last quote, units now for one before (2 after a split of two
            for one): its quotes no longer count.

        Raises
        ------
        TrimtabError
            If the new book cannot be measured; then nothing has changed.

        Notes
        -----
        Drift goes on: what new betas, the prices that came with them, and trades did are steps of their own.
        """
        changed = units or {}
        was = self.book.state()
        book = LiveBook(portfolio, market, betas)
        book.succeed(was, self.book, without=changed)
        after = book.read()
        self._before = self._renewal(after, was, market, betas, changed)
        self.book, self.portfolio, self.mandate, self.first, self.made_of = book, portfolio, mandate, after, made_of

    def _renewal(
        self, after: LiveReading, was: LiveState, market: Market, betas: Betas, units: Mapping[str, Decimal]
    ) -> LiveDrift | None:
        """Give drift up to and with the jump from the old book to the new one; None if the old one has no beta."""
        try:
            before = self.book.read()
        except NotEnoughDataError:
            return None
        so_far = self._drift(before)
        moved = estimated = None
        # what was held may not be measurable any more: then its steps are not told apart
        with suppress(TrimtabError):
            old = LiveBook(_in_units(self.portfolio, market.base, units), market, betas)
            old.succeed(was, self.book, without=units)
            moved = old.read()
        with suppress(TrimtabError):
            self.book.with_betas(betas)
            estimated = self.book.read()
        if moved is not None and (estimated is None or moved.coverage.unpriced > before.coverage.unpriced):
            moved = None
        return join_drifts(so_far, split_renewal(before, estimated, moved, after))

    def state(self) -> WatchState:
        """Give what a watch of the same portfolio needs to go on, as JSON values."""
        return {
            "book": cast("_BookJson", asdict(self.book.state())),
            "rejected": dict(sorted(self.rejected.items())),
            "last_rejected": [cast("_RejectedJson", asdict(r)) for r in self.last_rejected],
            "unconfirmed": dict(sorted(self._unconfirmed.items())),
            "made_of": self.made_of,
            "drift": None if self._before is None else cast("_DriftJson", asdict(self._drift(self.book.read()))),
        }

    def restore(self, state: WatchState) -> None:
        """Go on from what `state` gave; where holdings, prices or settings are others now, drift starts anew."""
        book = state["book"]
        was = LiveState(
            as_of=book["as_of"],
            prices={name: (float(price), int(at)) for name, (price, at) in book["prices"].items()},
            held=book["held"],
            quoted=book["quoted"],
            taken=book["taken"],
            late=book["late"],
        )
        same = state.get("made_of", "") == self.made_of
        if same:
            self.book.restore(was)
        else:
            self.book.succeed(was)
        drift = state.get("drift")
        if same and drift is not None:
            self._before = LiveDrift(
                total=drift["total"],
                currency=drift["currency"],
                price=drift["price"],
                gamma=drift["gamma"],
                estimates=drift["estimates"],
                trades=drift["trades"],
                movers=tuple(Mover(**m) for m in drift["movers"]),
            )
            self.first = self.book.read()
        self.rejected = dict(state["rejected"])
        self.last_rejected = [Rejected(**r) for r in state["last_rejected"]]
        # a trimtab of before kept the price alone: any later quote is later than its moment
        self._unconfirmed = {
            symbol: (float(was), 0) if isinstance(was, int | float) else (float(was[0]), int(was[1]))
            for symbol, was in state["unconfirmed"].items()
        }

    def _fault(  # noqa: PLR0911 - one for each reason
        self, tick: Tick, seen: Mapping[str, tuple[float, int]], now: int | None
    ) -> Rejected | None:
        """Say what is wrong with a quote; None if nothing is."""
        symbol, price = tick.symbol, tick.price
        if tick.fault is not None:
            return Rejected(symbol=symbol, reason="unreadable", detail=tick.fault)
        if not self.book.knows(symbol):
            return Rejected(symbol=symbol, reason="unknown_symbol", detail=f"{symbol!r} at {price:g}")
        if not (price > 0.0 and is_in_reach(price)):
            return Rejected(symbol=symbol, reason="not_a_price", detail=f"{symbol} at {price:g}")
        if now is not None and tick.at > now + 60 * _SECOND:
            return Rejected(symbol=symbol, reason="future", detail=f"{symbol} of {_text(tick.at)}")
        last = seen.get(symbol)
        if last is None:
            last_quote = self.book.last(symbol)
            last = None if last_quote is None else (last_quote[0], int(last_quote[1].astype(np.int64)))
        if last is None:
            return None
        if tick.at < last[1]:
            return Rejected(symbol=symbol, reason="late", detail=f"{symbol} of {_text(tick.at)}")
        if abs(price / last[0] - 1.0) <= self.jump:
            self._unconfirmed.pop(symbol, None)
            return None
        waiting = self._unconfirmed.pop(symbol, None)
        if waiting is not None and _confirms(tick, waiting, self.jump):
            return None
        # A print that only comes again has stood since it first came.
        self._unconfirmed[symbol] = waiting if waiting is not None and waiting[0] == price else (price, tick.at)
        return Rejected(symbol=symbol, reason="jump", detail=f"{symbol} from {last[0]:g} to {price:g}")


def _confirms(tick: Tick, waiting: tuple[float, int], jump: float) -> bool:
    """Tell whether a quote confirms one that waits: later and near it; the very same price only after a minute.

    A source that sends one wrong print twice has not said it twice.
    """
    price, at = waiting
    if tick.at <= at or abs(tick.price / price - 1.0) > jump:
        return False
    return tick.price != price or tick.at - at >= _STANDS


def _in_units(portfolio: Portfolio, base: str, units: Mapping[str, Decimal]) -> Portfolio:
    positions = tuple(
        replace(p, quantity=p.quantity * units[p.symbol]) if p.symbol in units and p.instrument.is_owned else p
        for p in portfolio.positions
    )
    return replace(portfolio, positions=positions, base=base)


def _micro(moment: dt.datetime) -> int:
    return round((moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) / dt.timedelta(microseconds=1))


def _text(at: int) -> str:
    return str(np.datetime64(at, "us").astype("datetime64[s]")) + "Z"
