"""Alerts by e-mail, over a line that is encrypted before a password is sent."""

import smtplib
import ssl
from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import partial
from mimetypes import guess_type
from pathlib import Path
from socket import socket
from typing import Literal

from trimtab.desk.watch.outbox import DeliveryError, Message
from trimtab.errors import InputError
from trimtab.notify.deadline import DEADLINE, Line, within

__all__ = ["MailChannel", "Security"]

Security = Literal["starttls", "tls", "none"]
#: A key is longer than the usual line; folded, some programs would not know it again. RFC 5322 allows 998.
_UNFOLDED = SMTP.clone(max_line_length=900)
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class _Kept(smtplib.SMTP):
    """A connection that can be cut from outside."""

    def __init__(self, line: Line, host: str, port: int, *, timeout: float) -> None:
        self._line = line
        super().__init__(host, port, timeout=timeout)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket:
        # What smtplib asks for the connection, before it encrypts it or waits for a greeting.
        connection: socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]  # not in its stubs
        return self._line.keep(connection)


class _KeptTls(smtplib.SMTP_SSL, _Kept):
    """The same, encrypted from the start."""

    def __init__(self, line: Line, host: str, port: int, *, timeout: float, context: ssl.SSLContext) -> None:
        self._line = line
        smtplib.SMTP_SSL.__init__(self, host, port, timeout=timeout, context=context)


class MailChannel:
    """Send messages by SMTP.

    Parameters
    ----------
    host, port
        The server.
    sender, recipients
        Addresses.
    security
        starttls: the line is encrypted after the greeting, and nothing is sent if the server cannot; tls: it is from
        the start; none.
    username, password
        Account; None if the server asks for none.
    timeout
        Seconds to wait for the server to say anything at all.
    deadline
        Seconds for the whole send.
    context
        Certificates to trust; the system's by default.

    Raises
    ------
    InputError
        If there is nobody to write to, or a password would travel unencrypted to another machine.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        sender: str,
        recipients: Sequence[str],
        security: Security = "starttls",
        username: str | None = None,
        password: str | None = None,
        timeout: float = 20.0,
        context: ssl.SSLContext | None = None,
        deadline: float = DEADLINE,
    ) -> None:
        if not recipients:
            raise InputError(expected="somebody to write to", found="no recipients", try_next="give recipients")
        if password is not None and security == "none" and host not in _LOOPBACK:
            raise InputError(
                expected="an encrypted line for a password",
                found=f'security "none" to {host}',
                try_next='set security to "starttls" or "tls"',
            )
        self._host, self._port, self._security = host, port, security
        self._sender, self._recipients = sender, tuple(recipients)
        self._username, self._password = username, password
        self._timeout, self._context, self._deadline = timeout, context, deadline

    def send(self, message: Message) -> None:
        """Send one message.

        Raises
        ------
        DeliveryError
            If the server did not take it for every recipient. The server's own words are left out: they may repeat
            the account.
        """
        within(self._deadline, partial(self._deliver, message), what=f"{self._host}:{self._port}", channel=self._sender)

    def _deliver(self, message: Message, line: Line) -> None:
        try:
            with self._connect(line) as server:
                if self._security == "starttls":
                    server.starttls(context=self._trusted())
                if self._username is not None and self._password is not None:
                    server.login(self._username, self._password)
                refused = server.send_message(self._written(message))
        except smtplib.SMTPRecipientsRefused as error:
            raise self._failed(f"{len(error.recipients)} recipient(s) refused") from None
        except smtplib.SMTPResponseException as error:
            raise self._failed(f"{type(error).__name__} with code {error.smtp_code}") from None
        except (smtplib.SMTPException, OSError) as error:
            raise self._failed(type(error).__name__) from None
        if refused:
            raise self._failed(f"{len(refused)} of {len(self._recipients)} recipients refused")

    def _connect(self, line: Line) -> smtplib.SMTP:
        if self._security == "tls":
            return _KeptTls(line, self._host, self._port, timeout=self._timeout, context=self._trusted())
        return _Kept(line, self._host, self._port, timeout=self._timeout)

    def _trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context() if self._context is None else self._context

    def _written(self, message: Message) -> EmailMessage:
        mail = EmailMessage(policy=_UNFOLDED)
        # A line break in a header would end it.
        mail["Subject"] = " ".join(message.title.split())
        mail["From"], mail["To"] = self._sender, ", ".join(self._recipients)
        mail["Date"] = format_datetime(message.at)
        # The same message has the same name, so that mail programs show one that came twice once.
        mail["Message-ID"] = f"<{message.key}@trimtab.invalid>"
        mail["X-Idempotency-Key"] = message.key
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(
            f"{message.text}\n\n{message.portfolio}, {message.rule} {message.subject}\n"
            f"{message.at:%Y-%m-%d %H:%M:%S} UTC\n"
        )
        if message.paper:
            self._attach(mail, Path(message.paper))
        return mail

    def _attach(self, mail: EmailMessage, paper: Path) -> None:
        try:
            content = paper.read_bytes()
        except OSError as error:
            raise DeliveryError(
                expected=f"the file that goes with the message, {paper.name}", found=type(error).__name__,
                try_next="make it again: trimtab report --out FILE",
            ) from None  # fmt: skip
        kind, _ = guess_type(paper.name)
        main, _, sub = (kind or "application/octet-stream").partition("/")
        mail.add_attachment(content, maintype=main, subtype=sub, filename=paper.name)

    def _failed(self, found: str) -> DeliveryError:
        return DeliveryError(
            expected="a mail server that takes the message",
            found=f"{found} from {self._host}:{self._port}",
            try_next="check host, port, security and account of the channel",
        )
