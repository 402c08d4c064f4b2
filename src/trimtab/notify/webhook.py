"""Alerts to a web address: a JSON document by POST, with the message's key as its idempotency key."""

import json
import urllib.error
import urllib.request
from http import HTTPStatus
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from trimtab.desk.outbox import DeliveryError, Message
from trimtab.errors import InputError

__all__ = ["WebhookChannel"]


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirected POST would become a GET without its body, and be taken for delivered."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class WebhookChannel:
    """Post messages to an address.

    Parameters
    ----------
    url
        http or https. Its path may be a secret, so it is never shown.
    timeout
        Seconds to wait.

    Raises
    ------
    InputError
        If it is no such address.
    """

    def __init__(self, url: str, *, timeout: float = 10.0) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise InputError(
                expected="an address that starts with https:// or http://",
                found=f"one with scheme {parts.scheme!r}",
                try_next="correct the url of the channel",
            )
        self._url, self._timeout = url, timeout
        self._opener = urllib.request.build_opener(_NoRedirect)

    def send(self, message: Message) -> None:
        """Post one message: schema trimtab.alert/1.

        Raises
        ------
        DeliveryError
            If the answer is not in the 200s.
        """
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
            with self._opener.open(request, timeout=self._timeout) as answer:
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
