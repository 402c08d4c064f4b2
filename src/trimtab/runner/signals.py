"""A stop asked for from outside: SIGINT and SIGTERM set a flag, and the loop ends after what it is doing."""

import datetime as dt
import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self, TypeAlias

__all__ = ["SystemPorts"]

#: What `signal.signal` gives and takes back; None for a handler that was not set from Python.
_Handler: TypeAlias = Callable[[int, FrameType | None], object] | int | signal.Handlers | None


class SystemPorts:
    """The system's clock and signals, as the loop wants them; use as a context, so that handlers are put back.

    A second signal is no different from the first: what is half done is finished.

    Examples
    --------
    >>> with SystemPorts() as ports:
    ...     ports.stopping(), ports.now().tzinfo is dt.UTC
    (False, True)
    """

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._before: dict[int, _Handler] = {}

    def __enter__(self) -> Self:
        """Take over the signals; outside the main thread, where that cannot be done, only `stop` works."""
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._asked)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the signals back."""
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _asked(self, _number: int, _frame: FrameType | None) -> None:
        self._stop.set()

    def stop(self) -> None:
        """Ask for a stop."""
        self._stop.set()

    def now(self) -> dt.datetime:
        """Give the time, UTC."""
        return dt.datetime.now(dt.UTC)

    def wait(self, seconds: float) -> None:
        """Wait, or return early if a stop is asked for."""
        self._stop.wait(seconds)

    def stopping(self) -> bool:
        """Tell whether a stop is asked for."""
        return self._stop.is_set()
