"""One deadline for a whole send, whatever the other side does: answers a byte at a time, greets without end, is silent.

A time-out of a socket starts anew with each byte, so it bounds no send. Here the send runs in a thread of its own; when
its time is over it is given up on, and the lines that it opened are cut, which ends the thread.
"""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

from trimtab.desk.watch.outbox import DeliveryError

__all__ = ["DEADLINE", "Line", "within"]

#: Seconds for one send: name look-up, connection, encryption and every answer together.
DEADLINE = 30.0
#: Sends that were given up on and have not ended; with so many a channel is not asked again before one of them ends.
_MOST_UNENDED = 4
#: Those sends, by channel; a channel that is made anew from the same settings is the same.
_UNENDED: dict[str, list[threading.Thread]] = {}


class Line:
    """The connections of one send, so that somebody else may cut them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._is_cut = False

    def keep(self, connection: socket.socket) -> socket.socket:
        """Take note of a connection, and give it back."""
        # A copy of its handle: encryption takes the handle out of the object that it wraps.
        with self._lock:
            self._open.append(connection.dup())
            if self._is_cut:
                self._shut()
        return connection

    def cut(self) -> None:
        """End every connection, so that whoever waits for it goes on."""
        with self._lock:
            self._is_cut = True
            self._shut()

    def close(self) -> None:
        """Give the copies back; the connections belong to whoever opened them."""
        with self._lock:
            while self._open:
                self._open.pop().close()

    def _shut(self) -> None:
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


def within(seconds: float, send: Callable[[Line], None], *, what: str, channel: str = "") -> None:
    """Send within a time, or give up.

    Parameters
    ----------
    seconds
        For all of it.
    send
        Does it; what it connects it gives to `Line.keep`.
    what
        Names the channel's kind: "a web address", say.
    channel
        Tells it from others of its kind, which are counted apart; it may be a secret, and is shown nowhere.

    Raises
    ------
    DeliveryError
        If it has not ended by then, or too many earlier ones have not; else what `send` raises.
    """
    key = f"{what} {channel}"
    _UNENDED[key] = unended = [thread for thread in _UNENDED.get(key, ()) if thread.is_alive()]
    if len(unended) >= _MOST_UNENDED:
        raise DeliveryError(
            expected="earlier sends to end", found=f"{_MOST_UNENDED} sends to {what} that have not ended",
            try_next="check the channel; the message waits and is tried again",
        )  # fmt: skip
    line, raised = Line(), list[BaseException]()

    def work() -> None:
        try:
            send(line)
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            raised.append(error)
        finally:
            line.close()

    # A daemon: what cannot be cut (a look-up of a name) does not keep the program from ending.
    thread = threading.Thread(target=work, name=f"send to {what}", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        line.cut()
        unended.append(thread)
        raise DeliveryError(
            expected=f"the message to be taken within {seconds:g} s", found=f"{what} that was not done by then",
            try_next="check the channel; the message waits and is tried again",
        )  # fmt: skip
    if raised:
        raise raised[0]
