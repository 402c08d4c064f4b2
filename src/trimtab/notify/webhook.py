"""Alerts to a web address: a JSON document by POST, with the message's key as its idempotency key."""

import json
import ssl
import urllib.error
import urllib.request
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from trimtab.desk.watch.outbox import DeliveryError, Message
from trimtab.errors import InputError
from trimtab.notify.deadline import DEADLINE, Line, within

__all__ = ["WebhookChannel"]


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirected POST would become a GET without its body, and be taken for delivered."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class _Kept(HTTPConnection):
    """A connection that can be cut from outside."""

    line: Line

    def connect(self) -> None:
        super().connect()
        self.line.keep(self.sock)


class _KeptTls(HTTPSConnection, _Kept):
    """The same, encrypted: `_Kept.connect` comes before the encryption is agreed on."""


class _Handler(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    def __init__(self, line: Line) -> None:
        super().__init__()
        self._line = line

    def http_open(self, req: urllib.request.Request) -> HTTPResponse:
        return self.do_open(partial(self._kept, _Kept), req)

    def https_open(self, req: urllib.request.Request) -> HTTPResponse:
        return self.do_open(partial(self._kept, _KeptTls, context=ssl.create_default_context()), req)

    def _kept(self, kind: type[_Kept], host: str, **given: Any) -> _Kept:
        connection = kind(host, **given)
        connection.line = self._line
        return connection


class WebhookChannel:
    """Post messages to an address.

    Parameters
    ----------
    url
        http or https. Its path may be a secret, so it is never shown.
    timeout
        Seconds to wait for the other side to say anything at all.
    deadline
        Seconds for the whole send.

    Raises
    ------
    InputError
        If it is no such address.
    """

    def __init__(self, url: str, *, timeout: float = 10.0, deadline: float = DEADLINE) -> None:
        try:
            parts = urlsplit(url)
            scheme, is_whole = parts.scheme, bool(parts.hostname) and parts.port != 0
        except ValueError:  # a bracket that is not closed, a port that is no number
            scheme, is_whole = "", False
        if scheme not in {"http", "https"} or not is_whole:
            raise InputError(
                expected="an address that starts with https:// or http://",
                found=f"one with scheme {scheme!r}" if scheme else "something that is no address",
                try_next="correct the url of the channel",
            )
        self._url, self._timeout, self._deadline = url, timeout, deadline

    def send(self, message: Message) -> None:
        """Post one message: schema trimtab.alert/1.

        Raises
        ------
        DeliveryError
            If the answer is not in the 200s, or not there by the deadline.
        """
        within(self._deadline, partial(self._post, message), what="a web address", channel=self._url)

    def _post(self, message: Message, line: Line) -> None:
        body = json.dumps({"schema": "trimtab.alert/1", **message.to_json()}, allow_nan=False).encode()
        request = urllib.request.Request(  # noqa: S310 - the scheme was checked above
            self._url,
            data=body,
            method="POST",
            headers={
                "Content-Type": "application/json",
                "Idempotency-Key": message.key,
                "User-Agent": "trimtab",
            },
        )
        try:
            opener = urllib.request.build_opener(_NoRedirect, _Handler(line))
            with opener.open(request, timeout=self._timeout) as answer:
                status = int(answer.status)
        except urllib.error.HTTPError as error:
            error.close()
            raise _failed(f"HTTP {error.code}") from None
        except urllib.error.URLError as error:
            raise _failed(type(error.reason).__name__) from None
        except (OSError, HTTPException, ValueError) as error:
            raise _failed(type(error).__name__) from None
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise _failed(f"HTTP {status}")


def _failed(found: str) -> DeliveryError:
    return DeliveryError(
        expected="an answer in the 200s", found=f"{found} from the web address", try_next="check the url of the channel"
    )
