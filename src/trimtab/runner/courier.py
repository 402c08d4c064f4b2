"""Delivery beside the loop: each channel is served by a thread of its own, so a slow one delays nobody.

The messages and who has claimed them stand in the journal (`trimtab.desk.watch.outbox`), so nothing here needs to be
kept: a thread that dies with the program leaves a message that is sent again after its claim.
"""

import datetime as dt
import threading
import time
from collections.abc import Callable, Collection, Mapping

from trimtab.desk.books.journal import Journal
from trimtab.desk.watch.outbox import Attempt, Channel, Delivered, Outbox, deliver, due_channels, read_outbox

__all__ = ["Courier"]


class Courier:
    """Sends what is due, each channel beside the others.

    Parameters
    ----------
    journal
        Where messages wait.
    channels
        Makes the channels, by name; asked only when something is due.
    now
        Gives the moment.
    owner
        Who sends, for the journal.

    Examples
    --------
    >>> from trimtab.store.memory import MemoryJournal
    >>> courier = Courier(MemoryJournal(), lambda: {}, lambda: dt.datetime(2026, 1, 5, tzinfo=dt.UTC))
    >>> courier.wake()
    >>> courier.finish(seconds=1.0).attempts
    ()
    """

    def __init__(
        self,
        journal: Journal,
        channels: Callable[[], Mapping[str, Channel]],
        now: Callable[[], dt.datetime],
        *,
        owner: str = "",
        outbox: Outbox | None = None,
    ) -> None:
        self._journal, self._channels, self._now, self._owner = journal, channels, now, owner
        self._outbox = outbox
        self._threads: dict[str, threading.Thread] = {}
        self._lock = threading.Lock()
        self._attempts: list[Attempt] = []
        self._raised: list[Exception] = []

    def wake(self) -> None:
        """See what is due, and begin to send it; returns at once.

        Raises
        ------
        TrimtabError
            If the journal could not be read or written, here or by a sender before.
        """
        self._wake(frozenset())

    def _wake(self, without: Collection[str]) -> None:
        self._raise()
        self._outbox = outbox = read_outbox(self._journal, self._outbox)
        idle = [c for c in due_channels(outbox, self._now()) if c not in without and not self._is_busy(c)]
        if not idle:
            return
        channels = self._channels()
        for name in idle:
            # A daemon: a channel that hangs does not keep the program from ending.
            thread = threading.Thread(target=self._serve, args=(name, channels, outbox), name=f"to {name}", daemon=True)
            self._threads[name] = thread
            thread.start()

    def finish(self, *, seconds: float) -> Delivered:
        """Send what is due now, and wait for it, though no longer than a time.

        Raises
        ------
        TrimtabError
            If the journal could not be read or written.
        """
        end = time.monotonic() + seconds
        self._wake(frozenset())
        self._join(end)
        # once more for what came of it: news that another channel was given up on; one that failed waits its turn
        self._wake({a.message.channel for a in self._made() if a.outcome != "sent"})
        self._join(end)
        self._raise()
        attempts = self._made()
        return Delivered(attempts=attempts, outbox=read_outbox(self._journal, self._outbox))

    def _made(self) -> tuple[Attempt, ...]:
        with self._lock:
            return tuple(self._attempts)

    def _join(self, end: float) -> None:
        for thread in self._threads.values():
            thread.join(max(0.0, end - time.monotonic()))

    def _is_busy(self, name: str) -> bool:
        return name in self._threads and self._threads[name].is_alive()

    def _serve(self, name: str, channels: Mapping[str, Channel], outbox: Outbox) -> None:
        try:
            done = deliver(self._journal, channels, self._now, owner=self._owner, outbox=outbox, only=name)
        except Exception as error:  # noqa: BLE001 - it is raised in the loop that woke us
            with self._lock:
                self._raised.append(error)
            return
        with self._lock:
            self._attempts.extend(done.attempts)

    def _raise(self) -> None:
        with self._lock:
            if self._raised:
                raise self._raised.pop(0)
