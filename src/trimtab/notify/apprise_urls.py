"""Alerts to whatever Apprise reaches: chat rooms, telephones, pagers, ninety services and more."""

import importlib
import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from trimtab.desk.watch.outbox import DeliveryError, Message
from trimtab.errors import InputError, MissingExtraError
from trimtab.notify.deadline import DEADLINE, Line, within

__all__ = ["AppriseChannel"]

_KINDS = {"info": "info", "warning": "warning", "critical": "failure"}
#: Apprise's own log, and that of what it sends with.
_LOGS = ("apprise", "urllib3.connectionpool")


class AppriseChannel:
    """Send messages with Apprise.

    Parameters
    ----------
    urls
        Apprise URLs. They hold tokens, so they are never shown.
    deadline
        Seconds for the whole send, to all of them.

    Raises
    ------
    MissingExtraError
        If Apprise is not installed.
    InputError
        If it does not understand one of them.
    """

    def __init__(self, urls: Sequence[str], *, deadline: float = DEADLINE) -> None:
        try:
            with _unheard():
                apprise: Any = importlib.import_module("apprise")
        except ImportError:
            raise MissingExtraError(
                expected="Apprise, for channels of kind apprise",
                found="it is not installed",
                try_next="pip install 'trimtab[alerts]'",
            ) from None
        self._out, self._deadline, self._named = apprise.Apprise(), deadline, "\n".join(urls)
        with _unheard():
            wrong = [place for place, url in enumerate(urls, start=1) if not self._out.add(url)]
        if wrong or not urls:
            which = ", ".join(map(str, wrong))
            raise InputError(
                expected="Apprise URLs",
                found=f"number {which} of {len(urls)} is none" if wrong else "none at all",
                try_next="correct the urls of the channel",
            )

    def send(self, message: Message) -> None:
        """Send one message to all of them.

        Raises
        ------
        DeliveryError
            If one of them did not take it, or not by the deadline.
        """
        # Its connections are its own, so a send that is given up on ends when its service lets go.
        within(self._deadline, partial(self._notify, message), what="Apprise", channel=self._named)

    def _notify(self, message: Message, _: Line) -> None:
        kind = "success" if message.event == "cleared" else _KINDS[str(message.severity)]
        with _unheard():
            taken = self._out.notify(title=message.title, body=message.text, notify_type=kind)
        if not taken:
            raise DeliveryError(
                expected="every service to take the message",
                found="Apprise says that one did not",
                try_next="check the urls of the channel; trimtab alerts test sends to it",
            )


@contextmanager
def _unheard() -> Iterator[None]:
    """Keep logs quiet that may name the addresses, and warnings of what Apprise imports."""
    logs = [logging.getLogger(name) for name in _LOGS]
    before = [log.disabled for log in logs]
    for log in logs:
        log.disabled = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            yield
    finally:
        for log, was in zip(logs, before, strict=True):
            log.disabled = was
