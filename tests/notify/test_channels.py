"""Channels send to real sinks, say what failed, and never show a secret."""

# ruff: noqa: D101, D102 - small servers whose names say it
import base64
import datetime as dt
import email
import email.policy
import http.server
import io
import json
import logging
import shutil
import socketserver
import ssl
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest
from rich.console import Console

from trimtab.desk.watch.outbox import DeliveryError, Message
from trimtab.errors import InputError, MissingExtraError
from trimtab.monitor.alerts.quiet import Severity
from trimtab.notify.apprise_urls import AppriseChannel
from trimtab.notify.lines import FileChannel
from trimtab.notify.mail import MailChannel
from trimtab.notify.terminal import TerminalChannel
from trimtab.notify.unready import UnreadyChannel
from trimtab.notify.webhook import WebhookChannel

SECRET = "pa55-w0rd"  # noqa: S105 - what must not be shown

MESSAGE = Message(
    key="ab" * 32, channel="desk", portfolio="growth", rule="beta out", trigger="t-1", event="raised",
    severity=Severity.WARNING, at=dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC), value=0.97,
    title="[warning] growth: beta out raised", text="beta 1.080 ± 0.020 is outside its band [0.950, 1.050]",
)  # fmt: skip


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@contextmanager
def serving(server):
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Sink(socketserver.StreamRequestHandler):
    """Enough of an SMTP server to take a letter."""

    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):  # noqa: C901 - one case for each command
        server = self.server
        self.say("220 sink")
        while line := self.rfile.readline():
            words = line.decode().split()
            server.heard.append((line.decode().strip(), isinstance(self.request, ssl.SSLSocket)))
            match words[0].upper():
                case "EHLO":
                    self.say("250-sink")
                    if server.tls is not None and not isinstance(self.request, ssl.SSLSocket):
                        self.say("250-STARTTLS")
                    self.say("250 AUTH PLAIN")
                case "STARTTLS":
                    self.say("220 go ahead")
                    try:
                        self.request = server.tls.wrap_socket(self.request, server_side=True)
                    except OSError:
                        return  # the other side does not trust the certificate
                    self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)
                case "AUTH":
                    self.say(server.answer_auth)
                case "RCPT":
                    self.say("550 nobody here" if "nobody" in line.decode() else "250 fine")
                case "DATA":
                    self.say("354 go on")
                    letter = b""
                    while (part := self.rfile.readline()) != b".\r\n":
                        letter += part
                    server.letters.append(letter)
                    self.say("250 taken")
                case "QUIT":
                    self.say("221 bye")
                    return
                case _:
                    self.say("250 fine")

    def finish(self):
        super().finish()
        if isinstance(self.request, ssl.SSLSocket):
            self.request.close()


@contextmanager
def smtp(*, tls=None, answer_auth="235 welcome"):
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Sink)
    server.letters, server.heard, server.tls, server.answer_auth = [], [], tls, answer_auth
    with serving(server) as port:
        yield server, port


def mail(port, **given):
    return MailChannel(**{
        "host": "127.0.0.1", "port": port, "sender": "desk@example.org", "recipients": ["pm@example.org"],
        "security": "none", **given,
    })  # fmt: skip


def test_a_letter_arrives_as_it_was_written():
    """Subject, text, and the key that tells copies apart, all there."""
    with smtp() as (server, port):
        mail(port).send(MESSAGE)
    letter = email.message_from_bytes(server.letters[0], policy=email.policy.default)
    assert letter["Subject"] == MESSAGE.title
    assert MESSAGE.text in letter.get_content()
    assert letter["X-Idempotency-Key"] == MESSAGE.key


def test_a_server_that_cannot_encrypt_gets_neither_password_nor_letter():
    """With STARTTLS asked for, nothing is sent in the clear."""
    with smtp() as (server, port):
        channel = mail(port, security="starttls", username="desk", password=SECRET)
        with pytest.raises(DeliveryError, match="SMTPNotSupportedError"):
            channel.send(MESSAGE)
    assert server.letters == []
    assert [line for line, _ in server.heard if line.startswith(("AUTH", "MAIL"))] == []


def test_the_password_travels_encrypted(tmp_path):
    """After STARTTLS the account is given on the encrypted line, and the letter follows there."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl on this machine to make a certificate with")
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "2", "-subj",
         "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(cert, key)
    with smtp(tls=tls) as (server, port):
        trusting = ssl.create_default_context(cafile=cert)
        account = {"security": "starttls", "username": "desk", "password": SECRET}
        mail(port, **account, context=trusting).send(MESSAGE)
        with pytest.raises(DeliveryError, match="SSLCertVerificationError"):
            mail(port, **account).send(MESSAGE)
    assert len(server.letters) == 1
    told = [(base64.b64decode(line.split()[2]), safe) for line, safe in server.heard if line.startswith("AUTH")]
    assert told == [(f"\0desk\0{SECRET}".encode(), True)]


def test_what_a_mail_server_refuses_is_said_without_the_account():
    """The code is enough; the server's words may repeat user and password."""
    with smtp(answer_auth=f"535 desk/{SECRET} is wrong") as (_, port):
        with pytest.raises(DeliveryError, match="code 535") as caught:
            mail(port, username="desk", password=SECRET).send(MESSAGE)
        assert SECRET not in f"{caught.value}{caught.value.__cause__}"
        with pytest.raises(DeliveryError, match="1 of 2 recipients refused"):
            mail(port, recipients=["pm@example.org", "nobody@example.org"]).send(MESSAGE)


def test_a_password_is_not_sent_unencrypted_to_another_machine():
    """Such a channel cannot be made."""
    with pytest.raises(InputError, match="encrypted line"):
        mail(25, host="mail.example.org", username="desk", password=SECRET)


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), body))
        time.sleep(self.server.delay)
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    def do_GET(self):
        self.server.got.append((self.path, {}, b""))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


@contextmanager
def hook(status=200, delay=0.0):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    server.got, server.status, server.delay = [], status, delay
    with serving(server) as port:
        yield server, f"http://127.0.0.1:{port}/{SECRET}"


def test_a_web_address_gets_the_message_and_its_key():
    """A JSON document that names its schema, and a header by which a copy is known."""
    with hook() as (server, url):
        WebhookChannel(url).send(MESSAGE)
    (_, headers, body) = server.got[0]
    document = json.loads(body)
    assert document["schema"] == "trimtab.alert/1"
    assert Message.from_json({k: v for k, v in document.items() if k != "schema"}) == MESSAGE
    assert headers["Idempotency-Key"] == MESSAGE.key


@pytest.mark.parametrize("status", [302, 404, 500])
def test_an_answer_outside_the_200s_is_a_failure(status):
    """A redirect too: followed, it would lose the message and look delivered. The address stays hidden."""
    with hook(status=status) as (server, url), pytest.raises(DeliveryError, match=f"HTTP {status}") as caught:
        WebhookChannel(url).send(MESSAGE)
    assert len(server.got) == 1
    assert SECRET not in f"{caught.value}{caught.value.__cause__}"


def test_an_address_that_does_not_answer_is_a_failure():
    """Neither silence nor a closed door holds anybody up for long."""
    with hook(delay=0.5) as (_, url), pytest.raises(DeliveryError, match="[Tt]imeout"):
        WebhookChannel(url, timeout=0.05).send(MESSAGE)
    with pytest.raises(DeliveryError, match="ConnectionRefused"):
        WebhookChannel("http://127.0.0.1:9/", timeout=1).send(MESSAGE)


def test_only_the_web_is_a_web_address():
    """A file is not read by mistake, and the error does not show the address."""
    with pytest.raises(InputError) as caught:
        WebhookChannel(f"file:///etc/{SECRET}")
    assert SECRET not in str(caught.value)


def test_a_file_gets_one_line_for_each_message(tmp_path):
    """Lines are whole JSON documents, and a torn one does not spoil the next."""
    path = tmp_path / "logs" / "alerts.jsonl"
    FileChannel(path).send(MESSAGE)
    with path.open("a") as file:
        file.write('{"torn": ')
    FileChannel(path).send(MESSAGE)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [Message.from_json(json.loads(lines[i])) for i in (0, 2)] == [MESSAGE, MESSAGE]


def test_a_file_that_cannot_be_written_is_a_failure(tmp_path):
    """A folder is no file."""
    with pytest.raises(DeliveryError, match="Is a directory"):
        FileChannel(tmp_path).send(MESSAGE)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/dev/full is Linux's")
def test_a_full_disk_is_a_failure():
    """What did not reach the disk is not delivered."""
    with pytest.raises(DeliveryError, match="No space left"):
        FileChannel("/dev/full").send(MESSAGE)


def test_the_terminal_shows_title_and_text():
    """Brackets are text, not styling."""
    out = io.StringIO()
    TerminalChannel(Console(file=out, width=200)).send(MESSAGE)
    assert out.getvalue() == f"2026-01-05 12:00 UTC  {MESSAGE.title}: {MESSAGE.text}\n"


def test_the_terminal_channel_leaves_standard_output_alone(capsys):
    """Standard output is for data."""
    TerminalChannel().send(MESSAGE)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "beta out" in shown.err


def test_apprise_reaches_a_real_address_and_keeps_quiet_about_it(caplog):
    """What Apprise sends arrives; what it cannot send is said without the address."""
    pytest.importorskip("apprise")
    with caplog.at_level(logging.DEBUG):
        with hook() as (server, url):
            AppriseChannel([url.replace("http://", "json://")]).send(MESSAGE)
        assert MESSAGE.title in server.got[0][2].decode()
        with hook(status=500) as (_, url), pytest.raises(DeliveryError) as caught:
            AppriseChannel([url.replace("http://", "json://")]).send(MESSAGE)
        with pytest.raises(InputError, match="number 1 of 1") as refused:
            AppriseChannel([f"nonsense://{SECRET}"])
    assert SECRET not in f"{caught.value}{refused.value}{caplog.text}"


def test_without_apprise_the_extra_is_named(monkeypatch):
    """The message says what to install."""
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(MissingExtraError, match=r"trimtab\[alerts\]"):
        AppriseChannel(["json://localhost"])


def test_a_channel_that_is_not_set_up_says_why():
    """Its reason becomes the delivery's error."""
    why = InputError(expected="MAIL_PASSWORD", found="no such variable", try_next="set it")
    with pytest.raises(DeliveryError, match="not set up: no such variable"):
        UnreadyChannel(why).send(MESSAGE)
