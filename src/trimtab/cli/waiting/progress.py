"""A bar on standard error for work that takes over a second, on a terminal; nothing is written into a pipe."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from threading import RLock, Timer
from typing import TYPE_CHECKING

from trimtab.progress import Work, told_to

if TYPE_CHECKING:
    from trimtab.cli.waiting.drawing import Drawing

__all__ = ["Bar", "on_terminal"]

#: Seconds that a command may take before anything is drawn.
PATIENCE = 1.0
#: Seconds that a piece of work must last to be worth drawing.
_BRIEF = 0.2


class Bar:
    """Shows the piece of work that began last, and takes itself away at its end.

    Parameters
    ----------
    patience
        Seconds from now in which nothing is drawn.
    """

    def __init__(self, patience: float = PATIENCE) -> None:
        self._quiet_until = time.monotonic() + patience
        self._file = sys.stderr  # as it is now: what runs inside may have its own
        self._lock = RLock()
        self._numbers = count()
        self._works: dict[int, Work] = {}
        self._timer: Timer | None = None
        self._drawing: Drawing | None = None
        self._drawings: list[Drawing] = []

    def begin(self, what: str, total: int | None) -> int:
        """Hear that a piece of work begins."""
        with self._lock:
            number = next(self._numbers)
            self._works[number] = Work(what, total)
            if self._drawing is None and self._timer is None:
                self._timer = Timer(max(_BRIEF, self._quiet_until - time.monotonic()), self._start)
                self._timer.daemon = True
                self._timer.start()
            return number

    def move(self, number: int, done: int, total: int | None = None, what: str | None = None) -> None:
        """Hear how far it is."""
        with self._lock:
            work = self._works.get(number)
            if work is None:
                return
            work.done, work.total, work.what = done, total or work.total, what or work.what

    def end(self, number: int) -> None:
        """Hear that it is over; with the last one the bar goes."""
        with self._lock:
            if self._works.pop(number, None) is None:
                return
            if self._works:
                return
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            drawing, self._drawing = self._drawing, None
        if drawing is not None:
            with suppress(OSError):
                drawing.stop()

    def close(self) -> None:
        """Take the bar away, whatever was not ended: after an error a loop's end may be told late."""
        with self._lock:
            for number in tuple(self._works):
                self.end(number)
            drawings, self._drawing = tuple(self._drawings), None
        # Ctrl-C may come while a bar is taken away: one that still draws when the interpreter goes aborts the process.
        for drawing in drawings:
            with suppress(OSError):
                drawing.stop()

    def _start(self) -> None:
        from trimtab.cli.waiting.drawing import Drawing

        with self._lock:
            if not self._works or self._drawing is not None:
                return
            self._drawing = Drawing(self._file, self._last)
            self._drawings.append(self._drawing)
            with suppress(OSError):
                self._drawing.start()

    def _last(self) -> Work | None:
        # Without the lock: who draws has one of its own, and whoever ends the drawing waits for it.
        works = tuple(self._works.values())
        return works[-1] if works else None


@contextmanager
def on_terminal() -> Iterator[None]:
    """Tell a bar of all work in this block, where standard error is a terminal that can draw one."""
    able = sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM", "").lower() not in {"dumb", ""}
    bar = Bar() if able else None
    try:
        with told_to(bar):
            yield
    finally:
        if bar is not None:
            bar.close()
