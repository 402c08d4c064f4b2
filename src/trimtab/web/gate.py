"""What answers before anything is worked out: whose request it is, from where, of what kind, and how many."""

import time
from collections import deque
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trimtab.web.keys import COOKIE, Keys

__all__ = ["HEADERS", "Gate"]

#: On every answer, refusals among them.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
#: Names under which this machine asks itself; any other is somebody else's name that points here (DNS rebinding).
_HOSTS = ("127.0.0.1", "localhost")
_OPEN = ("/healthz", "/sign-in", "/static/trimtab.css")
#: Bytes of a request's body, and requests in a number of seconds.
_BODY, _REQUESTS, _SECONDS = 65_536, 200, 10.0


class Gate:
    """The outermost layer of the server.

    Parameters
    ----------
    app
        What answers those that are let in.
    keys
        Who is signed in.
    port
        On which the server listens.
    """

    def __init__(self, app: ASGIApp, *, keys: Keys, port: int) -> None:
        self._app = app
        self._keys = keys
        self._hosts = {f"{host}:{port}" for host in _HOSTS}
        self._recent: deque[float] = deque()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        refused = self._refusal(scope)
        if refused is None:
            await self._app(scope, receive, with_headers)
        else:
            status, why = refused
            await PlainTextResponse(f"{why}\n", status_code=status)(scope, receive, with_headers)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        if headers.get("host") not in self._hosts:
            return 421, "This server answers to 127.0.0.1 and localhost with its port only."
        if self._too_many():
            return 429, "Too many requests: wait ten seconds."
        if scope["method"] not in {"GET", "HEAD"}:
            return self._write_refusal(headers)
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > _BODY or "transfer-encoding" in headers:
            return 413, "A question has no body."
        if scope["path"] not in _OPEN and not self._signed_in(headers):
            return 401, "Sign in with the address that `trimtab serve` printed; it works once."
        return None

    def _write_refusal(self, headers: Headers) -> tuple[int, str]:
        own = {f"http://{host}" for host in self._hosts}
        if headers.get("origin") not in own or headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return 403, "A write comes from this server's own pages only."
        return 405, "This server only reads; write with the command line."

    def _signed_in(self, headers: Headers) -> bool:
        cookies = SimpleCookie()
        try:
            cookies.load(headers.get("cookie", ""))
        except CookieError:
            return False
        return COOKIE in cookies and self._keys.knows(cookies[COOKIE].value)

    def _too_many(self) -> bool:
        now = time.monotonic()
        while self._recent and now - self._recent[0] > _SECONDS:
            self._recent.popleft()
        if len(self._recent) >= _REQUESTS:
            return True
        self._recent.append(now)
        return False
