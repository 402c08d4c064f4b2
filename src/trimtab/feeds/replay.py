"""A recorded file as a feed, at any speed."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from trimtab.desk.watch.quotes import Batch, Cursor, Tick, row_of
from trimtab.errors import InputError
from trimtab.feeds.quotes import read_ticks
from trimtab.feeds.text import unreadable

__all__ = ["IteratedFeed", "ReplayFeed", "parse_speed"]

_MOST = 20_000
"""Quotes in a batch."""


def parse_speed(text: str) -> float:
    """Read ``60x`` (sixty times as fast as it was), ``1x``, or ``max``.

    Examples
    --------
    >>> parse_speed("60x"), parse_speed("max")
    (60.0, inf)
    """
    if text == "max":
        return float("inf")
    try:
        speed = float(text.removesuffix("x"))
    except ValueError:
        speed = 0.0
    if not speed > 0:
        raise InputError(expected="a speed such as 1x, 60x or max", found=f"{text!r}", try_next="write --speed 60x")
    return speed


class ReplayFeed:
    """Quotes of a file, in the order of their times.

    Parameters
    ----------
    path
        CSV or Parquet, long or wide.
    speed
        Times as fast as it was; infinite for as fast as it goes.
    clock
        Gives the time, for pacing.

    Raises
    ------
    FileFormatError
        If it is no file of quotes.
    StorageError
        If it cannot be read.
    """

    def __init__(self, path: Path | str, *, speed: float, clock: Callable[[], dt.datetime]) -> None:
        self._path = Path(path)
        try:
            content = self._path.read_bytes()
        except OSError as error:
            raise unreadable(self._path, error) from error
        ticks = read_ticks(content, name=self._path.name)
        # sorting keeps the order of quotes of one moment; unreadable ones stay behind the row before them
        moments, last = [], 0
        for tick in ticks:
            last = tick.at if tick.fault is None else last
            moments.append(last)
        order = sorted(range(len(ticks)), key=moments.__getitem__)
        self._ticks = tuple(ticks[i] for i in order)
        self._at = [moments[i] for i in order]
        self._digest = hashlib.sha256(content).hexdigest()
        self._speed, self._clock = speed, clock
        self._anchor: tuple[dt.datetime, int] | None = None
        self.ended = not ticks

    @property
    def first(self) -> int | None:
        """Moment of the first quote, microseconds since 1970."""
        return self._at[0] if self._at else None

    def read(self, cursor: Cursor | None) -> Batch | None:
        """Give the quotes whose time has come."""
        start = 0 if cursor is None else row_of(cursor)
        if cursor is not None and cursor["digest"] != self._digest:
            raise InputError(
                expected=f"the file that this replay began with ({str(cursor['digest'])[:12]})",
                found=f"{self._path.name} has changed ({self._digest[:12]})",
                try_next="put it back, or replay it under another name",
            )
        if start >= len(self._ticks):
            self.ended = True
            return None
        stop = self._reached(start)
        if stop == start:
            return None
        ticks = self._ticks[start:stop]
        return Batch(ticks=ticks, after=lambda k: {"digest": self._digest, "row": start + k})

    def _reached(self, start: int) -> int:
        most = min(len(self._ticks), start + _MOST)
        if self._speed == float("inf"):
            return most
        if self._anchor is None:
            self._anchor = (self._clock(), self._at[start])
        began, first = self._anchor
        passed = (self._clock() - began) / dt.timedelta(microseconds=1)
        limit = first + passed * self._speed
        stop = start
        while stop < most and self._at[stop] <= limit:
            stop += 1
        return stop


class IteratedFeed:
    """Any iterator of (symbol, price, time) as a feed.

    Parameters
    ----------
    source
        Gives quotes; time is microseconds since 1970 or a moment with a zone. It is asked for one quote at a time and
        may block; None means that there is nothing now.

    Notes
    -----
    What an iterator has given it does not give again: after a restart the watch has the prices it wrote down and goes
    on with whatever the source gives next.
    """

    def __init__(self, source: Iterable[tuple[str, float, int | dt.datetime] | None]) -> None:
        self._source: Iterator[tuple[str, float, int | dt.datetime] | None] = iter(source)
        self.ended = False

    def read(self, cursor: Cursor | None) -> Batch | None:
        """Give what the source has, at most one batch."""
        before = 0 if cursor is None else row_of(cursor)
        ticks: list[Tick] = []
        while len(ticks) < _MOST:
            try:
                item = next(self._source)
            except StopIteration:
                self.ended = True
                break
            if item is None:
                break
            symbol, price, when = item
            if isinstance(when, dt.datetime):
                when = round((when - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) / dt.timedelta(microseconds=1))
            ticks.append(Tick(symbol=symbol, price=float(price), at=int(when)))
        return Batch(ticks=tuple(ticks), after=lambda k: {"row": before + k}) if ticks else None
