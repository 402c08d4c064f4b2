"""Use case: watch a portfolio while quotes come in.

A `Watch` is a book that follows quotes, what was set aside on the way, and how beta came from where it was at the
start to where it is. It has no clock, no file and no journal: the same quotes at the same moments give the same sights,
and a watch restored from what it wrote down goes on as if it had never stopped.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any, cast

import numpy as np

from trimtab.desk.quotes import Rejected, Tick
from trimtab.exposure.expose import Exposure
from trimtab.exposure.live import LiveBook
from trimtab.exposure.live_drift import LiveDrift, split_live_drift
from trimtab.exposure.live_reading import LiveReading, LiveState
from trimtab.hedge.verdict import Verdict, judge
from trimtab.model.instrument import Future, Option
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio
from trimtab.monitor.observation import Dated, Observation

__all__ = ["Sight", "Watch", "observation_of"]

_SECOND = 1_000_000
_KEPT = 20
"""Rejected quotes that are shown; all of them are counted."""


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
    """

    def __init__(
        self, book: LiveBook, portfolio: Portfolio, mandate: Mandate, *, name: str, jump: float = 0.25
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
        self._unconfirmed: dict[str, float] = {}

    def take(self, ticks: Sequence[Tick], *, now: int | None = None) -> None:
        """Take quotes in order; those that cannot be right are set aside and counted.

        Parameters
        ----------
        ticks
            Quotes.
        now
            Microseconds since 1970: quotes from more than a minute ahead of it are set aside. None leaves time alone.
        """
        good: dict[str, list[Any]] = {"symbols": [], "prices": [], "moments": []}
        seen: dict[str, tuple[float, int]] = {}
        for tick in ticks:
            why = self._fault(tick, seen, now)
            if why is not None:
                self.set_aside(why)
                continue
            seen[tick.symbol] = (tick.price, tick.at)
            good["symbols"].append(tick.symbol)
            good["prices"].append(tick.price)
            good["moments"].append(tick.at)
        if good["symbols"]:
            self.book.quotes(good["symbols"], good["prices"], np.array(good["moments"], dtype=np.int64))

    def set_aside(self, why: Rejected) -> None:
        """Count a quote that is not used."""
        self.rejected[why.reason] = self.rejected.get(why.reason, 0) + 1
        self.last_rejected = [*self.last_rejected[1 - _KEPT :], why]

    def evaluate(self, at: dt.datetime) -> Sight:
        """Judge the portfolio as it stands.

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
            drift=split_live_drift(self.first, reading),
            rejected=dict(sorted(self.rejected.items())),
            last_rejected=tuple(self.last_rejected),
            trouble=self.trouble,
        )

    def state(self) -> dict[str, Any]:
        """Give what a watch of the same portfolio needs to go on, as JSON values."""
        return {
            "book": asdict(self.book.state()),
            "rejected": dict(sorted(self.rejected.items())),
            "last_rejected": [asdict(r) for r in self.last_rejected],
            "unconfirmed": dict(sorted(self._unconfirmed.items())),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state` gave."""
        given = dict(state["book"])
        given["prices"] = {name: (float(price), int(at)) for name, (price, at) in given["prices"].items()}
        self.book.restore(LiveState(**given))
        self.rejected = dict(state["rejected"])
        self.last_rejected = [Rejected(**r) for r in state["last_rejected"]]
        self._unconfirmed = dict(state["unconfirmed"])

    def _fault(  # noqa: PLR0911 - one for each reason
        self, tick: Tick, seen: Mapping[str, tuple[float, int]], now: int | None
    ) -> Rejected | None:
        """Say what is wrong with a quote; None if nothing is."""
        symbol, price = tick.symbol, tick.price
        if tick.fault is not None:
            return Rejected(symbol=symbol, reason="unreadable", detail=tick.fault)
        if not self.book.knows(symbol):
            return Rejected(symbol=symbol, reason="unknown_symbol", detail=f"{symbol!r} at {price:g}")
        if not (isfinite(price) and price > 0.0):
            return Rejected(symbol=symbol, reason="not_a_price", detail=f"{symbol} at {price:g}")
        if now is not None and tick.at > now + 60 * _SECOND:
            return Rejected(symbol=symbol, reason="future", detail=f"{symbol} of {_text(tick.at)}")
        last = seen.get(symbol)
        if last is None:
            known = self.book.last(symbol)
            last = None if known is None else (known[0], int(known[1].astype(np.int64)))
        if last is None:
            return None
        if tick.at < last[1]:
            return Rejected(symbol=symbol, reason="late", detail=f"{symbol} of {_text(tick.at)}")
        if abs(price / last[0] - 1.0) <= self.jump:
            self._unconfirmed.pop(symbol, None)
            return None
        waiting = self._unconfirmed.pop(symbol, None)
        if waiting is not None and abs(price / waiting - 1.0) <= self.jump:
            return None
        self._unconfirmed[symbol] = price
        return Rejected(symbol=symbol, reason="jump", detail=f"{symbol} from {last[0]:g} to {price:g}")


def observation_of(sight: Sight, portfolio: Portfolio) -> Observation:
    """Make what alert rules look at from a sight; while a position has no price, beta is not observed."""
    known = sight.reading.coverage.unpriced == 0
    today = sight.at.astimezone(dt.UTC).date()
    beta = sight.reading.beta
    dated = [
        (p.symbol, p.instrument.expiry)
        for p in portfolio.positions
        if isinstance(p.instrument, Future | Option) and p.quantity != 0
    ]
    oldest = sight.reading.oldest
    return Observation(
        at=sight.at,
        portfolio=sight.portfolio,
        beta=beta.value if known else None,
        stderr=beta.stderr if known else None,
        lower=sight.mandate.lower,
        upper=sight.mandate.upper,
        target=sight.mandate.target,
        coverage=min(1.0, max(0.0, sight.reading.coverage.share)),
        price_sessions=None if oldest is None else _sessions(oldest.astype("datetime64[D]"), today),
        price_seconds=sight.price_seconds,
        oldest=sight.reading.oldest_name,
        expiries=tuple(Dated(symbol=s, days=(e - today).days) for s, e in dated if e is not None),
    )


def _sessions(day: np.datetime64, today: dt.date) -> int:
    """Count sessions after a day and before today: today's own is not over yet."""
    mask = "1111111" if not np.is_busday(day) else "1111100"
    return max(0, int(np.busday_count(day + 1, np.datetime64(today, "D"), weekmask=mask)))


def _micro(moment: dt.datetime) -> int:
    return round((moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) / dt.timedelta(microseconds=1))


def _text(at: int) -> str:
    return str(np.datetime64(at, "us").astype("datetime64[s]")) + "Z"
