"""Ask a web service: one deadline for everything, no redirect, no endless answer, no key in any message.

A service that is busy (429, 500-599) is asked again after the time it names, else after 1, 2 and 4 seconds, as long as
the deadline allows.
"""

import contextlib
import datetime as dt
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, urlsplit

from trimtab.errors import ServiceError

__all__ = ["Page", "Web"]

#: Bytes that an answer may have.
MOST = 64 * 1024 * 1024
_TRIES = 4
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_BUSY = 429


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An answer: status, headers by their names in small letters, and what it says."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """What it says, as text."""
        return self.body.decode("utf-8", errors="replace")

    @property
    def date(self) -> dt.datetime | None:
        """The service's clock; None if it does not say."""
        return _moment(self.headers.get("date", ""))


class Web:
    """A service as it is reached.

    Parameters
    ----------
    what
        Its name, for messages.
    seconds
        Until the deadline, from now on.
    base
        Address that takes the place of the scheme and host asked for; None keeps them.
    secrets
        Texts that no message may show.
    pause
        Waits so many seconds.
    """

    def __init__(
        self,
        *,
        what: str,
        seconds: float,
        base: str | None = None,
        secrets: tuple[str, ...] = (),
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._what, self._secrets, self._pause = what, tuple(s for s in secrets if s), pause
        self._base = None if base is None else urlsplit(base)
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds until the deadline; not below 0."""
        return max(0.0, self._end - time.monotonic())

    def send(
        self, url: str, method: str = "GET", headers: Mapping[str, str] | None = None, body: str | None = None
    ) -> Page:
        """Send a request, and again where the service is busy; give the answer, whatever its status.

        Raises
        ------
        ServiceError
            If there is no answer by the deadline, it is too long, cut off, a redirect, or the service stays busy.
        """
        target = self._target(url)
        for trial in range(_TRIES):
            page = self._once(target, method, headers or {}, body)
            if 300 <= page.status < 400:
                raise self.error(f"a redirect (HTTP {page.status}), which would take the keys along", "correct url")
            # What changes something is not sent twice, unless it was turned away before it was looked at.
            is_busy = page.status == _BUSY or (page.status >= 500 and method == "GET")
            if not is_busy:
                return page
            wait = _asked_to_wait(page)
            if trial + 1 == _TRIES or (wait if wait is not None else 2.0**trial) >= self.left:
                raise self.busy(f"HTTP {page.status} after {trial + 1} tries", wait)
            self._pause(2.0**trial if wait is None else wait)
        raise AssertionError  # the last try returns or raises

    def pause(self, seconds: float, why: str) -> None:
        """Wait for a service to make something ready, within the deadline."""
        if seconds >= self.left:
            raise self.busy(why, seconds)
        self._pause(seconds)

    def busy(self, found: str, wait: float | None) -> ServiceError:
        """Make the error of a service that should be left alone for a while."""
        when = "in a while" if wait is None else f"in {wait:.0f} seconds"
        return ServiceError(
            expected=f"an answer of {self._what}", found=self.hide(found), try_next=f"ask again {when}", wait=wait
        )

    def error(self, found: str, try_next: str) -> ServiceError:
        """Make the error of an answer that is not what it should be."""
        return ServiceError(expected=f"an answer of {self._what}", found=self.hide(found), try_next=try_next)

    def hide(self, text: str) -> str:
        """Take keys out of a text."""
        for secret in self._secrets:
            text = text.replace(secret, "(hidden)")
        return text

    def _target(self, url: str) -> SplitResult:
        """Give the address to ask: with the scheme and host that are set, and encrypted unless it is this machine."""
        asked = urlsplit(url)
        if self._base is not None:
            path = self._base.path.rstrip("/") + asked.path
            asked = asked._replace(scheme=self._base.scheme, netloc=self._base.netloc, path=path)
        if asked.hostname is None or (asked.scheme != "https" and asked.hostname not in _LOCAL):
            raise self.error("an address that is not encrypted, or none", "begin url with https://")
        return asked

    def _once(self, target: SplitResult, method: str, headers: Mapping[str, str], body: str | None) -> Page:
        """Send one request; a thread cuts the line at the deadline, however slowly it drips."""
        line = self._line(target)
        # Kept here: http.client forgets its socket once an answer has begun.
        kept: list[socket.socket] = []
        cut = threading.Timer(self.left, _cut, (kept,))
        cut.daemon = True
        cut.start()
        path = f"{target.path or '/'}?{target.query}" if target.query else target.path or "/"
        sent = {**headers, "Accept-Encoding": "identity", "Connection": "close"}
        try:
            line.connect()
            kept.append(line.sock)
            line.request(method, path, body=None if body is None else body.encode(), headers=sent)
            with line.getresponse() as answer:
                named = {name.lower(): value for name, value in answer.getheaders()}
                content = self._read(answer, named)
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = (
                "no whole answer by the deadline" if self.left == 0 else f"no whole answer ({type(error).__name__})"
            )
            # The error of before names the address, in which a key may stand.
            raise self.error(reason, "look whether the service is up, or set a longer deadline") from None
        finally:
            cut.cancel()
            line.close()
        return Page(status=answer.status, reason=answer.reason, headers=named, body=content)

    def _line(self, target: SplitResult) -> http.client.HTTPConnection:
        left = self.left
        if left == 0:
            raise self.error("nothing by the deadline", "set a longer deadline")
        host = target.hostname or ""
        if target.scheme == "https":
            return http.client.HTTPSConnection(host, target.port, timeout=left, context=ssl.create_default_context())
        return http.client.HTTPConnection(host, target.port, timeout=left)

    def _read(self, answer: http.client.HTTPResponse, headers: Mapping[str, str]) -> bytes:
        """Read an answer to its end, or refuse it."""
        if headers.get("content-encoding", "identity") != "identity":
            raise self.error("an answer that is packed, which was not asked for", "look whether url is the service's")
        parts, size = [], 0
        while part := answer.read(65_536):
            size += len(part)
            if size > MOST:
                raise self.error(f"more than {MOST // 1024**2} MiB", "ask for less: fewer symbols, a later day")
            parts.append(part)
        if self.left == 0:
            # A line that was cut looks like the end of an answer that does not state its length.
            raise self.error(
                "half an answer by the deadline", "look whether the service is up, or set a longer deadline"
            )
        stated = headers.get("content-length", "")
        if stated.isdecimal() and int(stated) != size:
            raise self.error(f"{size:,} of {int(stated):,} bytes: half an answer", "ask again")
        return b"".join(parts)


def _cut(kept: list[socket.socket]) -> None:
    """Close a line that somebody else is reading from."""
    for line in kept:
        with contextlib.suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)


def _asked_to_wait(page: Page) -> float | None:
    """Give the seconds that a service asks to be left alone for: a number of them, or a moment on its own clock."""
    stated = page.headers.get("retry-after", "").strip()
    if stated.isdecimal():
        return float(stated[:9])
    moment, now = _moment(stated), page.date or dt.datetime.now(dt.UTC)
    return None if moment is None else max(0.0, (moment - now).total_seconds())


def _moment(text: str) -> dt.datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=dt.UTC)
