"""A send ends by its deadline, whatever the other side does, and a slow channel holds up nobody."""

import datetime as dt
import socket
import ssl
import threading
from contextlib import contextmanager

import pytest

from trimtab.desk.watch.outbox import DeliveryError, Message, facts_of, read_outbox
from trimtab.errors import InputError
from trimtab.monitor.alerts.quiet import Severity
from trimtab.monitor.alerts.state import AlertEvent, EventKind
from trimtab.notify.apprise_urls import AppriseChannel
from trimtab.notify.deadline import within
from trimtab.notify.mail import MailChannel
from trimtab.notify.webhook import WebhookChannel
from trimtab.runner.courier import Courier
from trimtab.store.memory import MemoryJournal

AT = dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC)
MESSAGE = Message(
    key="ab" * 32, channel="desk", portfolio="growth", rule="beta out", trigger="t-1", event="raised",
    severity=Severity.WARNING, at=AT, title="[warning] growth: beta out raised", text="beta 1.080 is outside its band",
)  # fmt: skip
#: Shorter than any patience of a socket below: only the deadline can end these sends.
DEADLINE = 0.3


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@contextmanager
def dripping(*, first=b"", drop=b"x", tls=None):
    """Serve one byte after another without end; the last thing it gives tells when the other side has gone."""
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(5.0)
    gone, stop = threading.Event(), threading.Event()

    def drip():
        try:
            connection, _ = server.accept()
        except TimeoutError:
            gone.set()  # on a busy machine the deadline was over before there was a connection
            return
        with connection:
            try:
                connection.sendall(first)
                while not stop.wait(0.01):
                    connection.sendall(drop)
            except OSError:
                gone.set()

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        yield server.getsockname()[1], gone
    finally:
        stop.set()
        thread.join()
        server.close()


def mail(port, **given):
    return MailChannel(
        host="127.0.0.1", port=port, sender="desk@example.org", recipients=["pm@example.org"], timeout=20,
        deadline=DEADLINE, **given,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("first", "drop"),
    [
        (b"", b""),  # silence
        (b"", b"x"),  # no end of the first line
        (b"HTTP/1.1 200 OK\r\n", b"x"),  # no end of a header
        (b"HTTP/1.1 200 OK\r\n", b"a: b\r\n"),  # headers without end
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),  # go on, go on
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_web_address_that_never_comes_to_an_end_is_given_up_on(first, drop, scheme):
    """The line is cut, so that the other side sees it too."""
    with dripping(first=first, drop=drop) as (port, gone):
        with pytest.raises(DeliveryError):
            WebhookChannel(f"{scheme}://127.0.0.1:{port}/", timeout=20, deadline=DEADLINE).send(MESSAGE)
        assert not drop or gone.wait(20)


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
@pytest.mark.parametrize(
    ("first", "drop"),
    [(b"", b""), (b"", b"2"), (b"220 hello\r\n", b"2"), (b"220-hello\r\n", b"220-and\r\n")],
)
def test_a_mail_server_that_greets_without_end_is_given_up_on(security, first, drop):
    """In each kind of encryption, before and after the greeting."""
    with dripping(first=first, drop=drop) as (port, gone):
        with pytest.raises(DeliveryError):
            mail(port, security=security, context=ssl.create_default_context()).send(MESSAGE)
        assert not drop or gone.wait(10)


def test_apprise_is_given_up_on():
    """Its service is slow; the send ends by the deadline."""
    pytest.importorskip("apprise")
    with dripping(first=b"HTTP/1.1 200 OK\r\n", drop=b"x") as (port, _), pytest.raises(DeliveryError, match=r"0\.3 s"):
        AppriseChannel([f"json://127.0.0.1:{port}/"], deadline=DEADLINE).send(MESSAGE)


def test_sends_that_hang_do_not_pile_up():
    """A channel whose sends cannot be cut is asked four times; then it is said why it is not asked again."""
    hold = threading.Event()
    try:
        for _ in range(4):
            with pytest.raises(DeliveryError, match="not done by then"):
                within(0.01, lambda _line: hold.wait(), what="a place of this test")
        with pytest.raises(DeliveryError, match="have not ended"):
            within(0.01, lambda _line: None, what="a place of this test")
    finally:
        hold.set()


@pytest.mark.parametrize("url", ["http://[x", "http://a:b/", "http://", "https://a:99999/", "ftp://a/"])
def test_what_is_no_address_is_refused_when_the_channel_is_made(url):
    """Not by a traceback, and not by the first message."""
    with pytest.raises(InputError):
        WebhookChannel(url)


class Box:
    """A channel that hangs, fails or takes what it gets."""

    def __init__(self, *, hold=None, fails=False):
        self.got, self.hold, self.fails, self.began = [], hold, fails, threading.Event()

    def send(self, message):
        """Take a message."""
        self.began.set()
        if self.hold is not None:
            self.hold.wait()
        if self.fails:
            raise DeliveryError(expected="x", found="it fails", try_next="y")
        self.got.append(message)


def event(number, channels):
    return AlertEvent(
        portfolio="growth", rule="beta out", subject="", trigger=f"t-{number}", kind=EventKind.RAISED, number=1,
        severity=Severity.WARNING, at=AT, value=1.0, words="out", channels=channels,
    )  # fmt: skip


def test_a_slow_channel_delays_neither_the_loop_nor_another_channel():
    """While one hangs, waking returns and the other gets this message and the next ones."""
    journal, hold = MemoryJournal(), threading.Event()
    slow, quick = Box(hold=hold), Box()
    courier = Courier(journal, lambda: {"slow": slow, "quick": quick}, lambda: AT)
    try:
        for number in range(3):
            journal.append(facts_of([event(number, ("slow", "quick"))]))
            courier.wake()
            courier._threads["quick"].join(10)
        assert slow.began.wait(10)
        assert [m.trigger for m in quick.got] == ["t-0", "t-1", "t-2"]
        assert slow.got == []
        assert len(read_outbox(journal).pending) == 3
    finally:
        hold.set()
    done = courier.finish(seconds=10)
    assert [m.trigger for m in slow.got] == ["t-0", "t-1", "t-2"]
    assert not done.outbox.pending
    assert len(done.attempts) == 6


def test_what_came_of_a_pass_is_sent_in_it_and_what_failed_waits():
    """News that a channel was given up on goes out at once; a failed channel is not asked twice in a pass."""
    journal, good, bad = MemoryJournal(), Box(), Box(fails=True)
    moment = [AT]
    for _ in range(12):
        journal.append(facts_of([event(0, ("bad",))]) if moment[0] == AT else [])
        done = Courier(journal, lambda: {"bad": bad, "good": good}, lambda: moment[0]).finish(seconds=10)
        moment[0] += dt.timedelta(hours=2)
    assert [a.outcome for a in done.attempts] == ["dead", "sent"]
    assert [m.event for m in good.got] == ["undelivered"]


def test_a_journal_that_fails_is_told_to_the_loop():
    """An error of a sender's thread is raised where it can end the watch, not swallowed."""

    class Broken(MemoryJournal):
        is_full = False

        def append(self, facts):
            if self.is_full:
                raise OSError("no space left")
            return super().append(facts)

    journal = Broken()
    journal.append(facts_of([event(0, ("a",))]))
    journal.is_full = True
    courier = Courier(journal, lambda: {"a": Box()}, lambda: AT)
    courier.wake()
    courier._threads["a"].join(10)
    with pytest.raises(OSError, match="no space left"):
        courier.wake()
