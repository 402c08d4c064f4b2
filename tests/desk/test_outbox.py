"""Messages reach their channels at least once, one sender at a time, in order, and never fail in silence."""

# ruff: noqa: D101, D102 - small doubles whose names say it
import datetime as dt
import json
import subprocess
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.desk.books.journal import Fact
from trimtab.desk.watch.outbox import DeliveryError, Message, Outbox, Retry, deliver, facts_of, messages_of, read_outbox
from trimtab.monitor.alerts.quiet import Severity
from trimtab.monitor.alerts.state import AlertEvent, EventKind
from trimtab.store.journal import create_journal
from trimtab.store.memory import MemoryJournal

START = dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC)
SECRET = "token-5up3r"  # noqa: S105 - what must not be written down


class Clock:
    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now

    def wait(self, **length):
        self.now += dt.timedelta(**length)


class Box:
    """A channel that keeps what it gets, and fails as told."""

    def __init__(self, *, fails=0, breaks=None):
        self.got, self.fails, self.breaks = [], fails, breaks

    def send(self, message):
        if self.breaks is not None:
            raise self.breaks
        if self.fails > 0:
            self.fails -= 1
            raise DeliveryError(expected="an answer", found="HTTP 503", try_next="wait")
        self.got.append(message)


def event(kind=EventKind.RAISED, *, rule="out", trigger="t-1", channels=("a",), number=1):
    return AlertEvent(
        kind=kind, portfolio="growth", rule=rule, trigger=trigger, severity=Severity.WARNING, at=START,
        words="beta is outside", channels=channels, number=number, value=0.97,
    )  # fmt: skip


def filled(*events):
    journal = MemoryJournal()
    journal.append(facts_of(events))
    return journal


def statuses(journal):
    return [e.body["status"] for e in journal.entries("delivery")]


def test_a_message_is_sent_once_to_each_channel():
    """Every channel gets it, and a second pass has nothing to do."""
    journal, clock, a, b = filled(event(channels=("a", "b"))), Clock(), Box(), Box()
    first = deliver(journal, {"a": a, "b": b}, clock)
    again = deliver(journal, {"a": a, "b": b}, clock)
    assert [x.outcome for x in first.attempts] == ["sent", "sent"]
    assert (len(a.got), len(b.got), again.attempts) == (1, 1, ())


def test_what_is_written_twice_is_sent_once():
    """The key holds what makes a message the same, and a reminder is another message than the one before."""
    journal = filled(event(), event(), event(EventKind.REMINDED), event(EventKind.REMINDED, number=2))
    box = Box()
    deliver(journal, {"a": box}, Clock())
    assert [m.event for m in box.got] == ["raised", "reminded", "reminded"]
    journal.append(facts_of([event()]))
    assert deliver(journal, {"a": box}, Clock()).attempts == ()


def test_what_is_only_for_the_record_is_not_sent():
    """Acknowledging is written down, and no channel hears of it."""
    assert messages_of(event(EventKind.ACKNOWLEDGED)) == ()
    assert len(facts_of([event(EventKind.ACKNOWLEDGED)])) == 1


def test_waits_double_up_to_a_cap():
    """After each failure the wait is twice as long, and it is kept."""
    retry = Retry(first=dt.timedelta(seconds=30), longest=dt.timedelta(seconds=100), attempts=5)
    journal, clock, box = filled(event()), Clock(), Box(fails=4)
    waits = []
    for _ in range(4):
        assert [x.outcome for x in deliver(journal, {"a": box}, clock, retry=retry).attempts] == ["failed"]
        begun = clock.now
        while not deliver_is_due(journal, clock):
            clock.wait(seconds=1)
        waits.append((clock.now - begun).total_seconds())
    assert waits == [30, 60, 100, 100]
    assert [x.outcome for x in deliver(journal, {"a": box}, clock, retry=retry).attempts] == ["sent"]


def deliver_is_due(journal, clock):
    (item,) = read_outbox(journal).pending.values()
    return clock.now >= item.not_before


@given(failures=st.integers(1, 10_000), first=st.integers(1, 10**6), longest=st.integers(1, 10**6))
def test_a_wait_never_exceeds_its_cap_nor_falls_below_the_first(failures, first, longest):
    """However often it failed, the wait is a sane number."""
    retry = Retry(first=dt.timedelta(seconds=first), longest=dt.timedelta(seconds=longest))
    assert min(first, longest) <= retry.wait(failures).total_seconds() <= longest


def test_a_message_given_up_on_is_an_alert_of_its_own_and_the_other_channels_hear_of_it():
    """After the last attempt nothing is silent: the journal has a line, and every other channel a message."""
    journal, clock, dead, alive = filled(event()), Clock(), Box(fails=99), Box()
    channels = {"a": dead, "b": alive}
    for _ in range(3):
        done = deliver(journal, channels, clock, retry=Retry(attempts=3))
        clock.wait(hours=2)
    assert [m.event for m in alive.got] == ["undelivered"]
    assert "did not reach a" in alive.got[0].title
    assert "HTTP 503" in alive.got[0].text
    assert [e.body["event"] for e in journal.entries("alert")] == ["raised", "undelivered"]
    assert [p.message.channel for p in done.outbox.dead] == ["a"]
    assert deliver(journal, channels, clock).attempts == ()


def test_when_no_channel_works_the_news_of_it_does_not_multiply():
    """Two dead channels tell each other once, and are then left alone."""
    journal, clock = filled(event(channels=("a", "b"))), Clock()
    for _ in range(30):
        deliver(journal, {"a": Box(fails=99), "b": Box(fails=99)}, clock, retry=Retry(attempts=2))
        clock.wait(hours=2)
    assert read_outbox(journal).pending == {}
    assert len(journal.entries("message")) == 4


def test_a_channel_that_fails_delays_no_other():
    """The others get theirs in the same pass, whatever the first one does."""
    for broken in (Box(fails=99), Box(breaks=RuntimeError(SECRET)), Box(breaks=TimeoutError())):
        journal, box = filled(event(channels=("a", "b")), event(rule="more", channels=("a", "b"))), Box()
        deliver(journal, {"a": broken, "b": box}, Clock())
        assert len(box.got) == 2


def test_an_error_nobody_foresaw_is_written_without_its_text():
    """The text of an unknown error may hold an address with a token, so the journal has only its kind."""
    journal = filled(event())
    deliver(journal, {"a": Box(breaks=RuntimeError(SECRET))}, Clock())
    assert "RuntimeError" in journal.entries("delivery")[-1].body["error"]
    assert all(SECRET not in str(entry) for entry in journal.entries())


def test_a_message_to_a_channel_that_is_not_set_up_waits_and_then_dies_aloud():
    """A misspelt channel is found out."""
    journal, clock, box = filled(event(channels=("typo",))), Clock(), Box()
    for _ in range(2):
        deliver(journal, {"b": box}, clock, retry=Retry(attempts=2))
        clock.wait(hours=2)
    assert "no channel is called typo" in box.got[0].text


def test_the_end_is_not_told_before_the_beginning():
    """While the raise waits for its next attempt, the clear waits behind it; other matters do not."""
    journal, clock, box = filled(event()), Clock(), Box(fails=1)
    deliver(journal, {"a": box}, clock)
    journal.append(facts_of([event(EventKind.CLEARED), event(trigger="t-2", rule="other")]))
    deliver(journal, {"a": box}, clock)
    assert [(m.rule, m.event) for m in box.got] == [("other", "raised")]
    clock.wait(minutes=1)
    deliver(journal, {"a": box}, clock)
    assert [(m.rule, m.event) for m in box.got[1:]] == [("out", "raised"), ("out", "cleared")]


def test_a_crash_between_sending_and_writing_it_down_sends_once_more_when_the_claim_ran_out():
    """At least once: the second copy carries the same key."""
    journal, clock, box = filled(event()), Clock(), Box()

    class Dying(Box):
        def send(self, message):
            box.send(message)
            raise KeyboardInterrupt  # the process ends here

    with pytest.raises(KeyboardInterrupt):
        deliver(journal, {"a": Dying()}, clock)
    assert statuses(journal) == ["claimed"]
    assert deliver(journal, {"a": box}, clock).attempts == ()
    clock.wait(minutes=5)
    deliver(journal, {"a": box}, clock)
    assert len(box.got) == 2
    assert box.got[0].key == box.got[1].key
    assert statuses(journal) == ["claimed", "claimed", "sent"]


def test_several_senders_at_once_send_each_message_once():
    """A claim keeps the others off, however they interleave."""
    journal, box = filled(*(event(trigger=f"t-{i}") for i in range(60))), Box()
    senders = [threading.Thread(target=deliver, args=(journal, {"a": box}, Clock())) for _ in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert sorted(m.trigger for m in box.got) == sorted(f"t-{i}" for i in range(60))


def test_reading_only_what_is_new_gives_the_same_outbox():
    """An outbox carried on from pass to pass equals one read from the start."""
    journal, clock, box = filled(event()), Clock(), Box(fails=1)
    carried = deliver(journal, {"a": box}, clock).outbox
    journal.append([Fact(kind="note"), *facts_of([event(trigger="t-2")])])
    clock.wait(minutes=1)
    carried = deliver(journal, {"a": box}, clock, outbox=carried).outbox
    assert read_outbox(journal, carried) == read_outbox(journal)
    assert isinstance(carried, Outbox)


def test_a_message_is_read_back_as_it_was_written():
    """JSON keeps every field."""
    (message,) = messages_of(event())
    assert Message.from_json(message.to_json()) == message
    assert AlertEvent.from_json(event().to_json()) == event()


SENDER = """
import datetime as dt, sys
from pathlib import Path
from trimtab.desk.watch.outbox import deliver
from trimtab.notify.lines import FileChannel
from trimtab.store.journal import open_journal

where, path = sys.argv[1:]
with open_journal(Path(where)) as journal:
    deliver(journal, {"a": FileChannel(path)}, lambda: dt.datetime.now(dt.UTC))
"""


@pytest.mark.slow
def test_processes_that_deliver_at_once_send_each_message_once(tmp_path):
    """Three processes on one database: forty messages, forty lines."""
    where, path = tmp_path / "journal.db", tmp_path / "alerts.jsonl"
    with create_journal(where) as journal:
        journal.append(facts_of([event(trigger=f"t-{i}") for i in range(40)]))
    command = [sys.executable, "-c", SENDER, str(where), str(path)]
    senders = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(3)]
    errors = [sender.communicate(timeout=120)[1] for sender in senders]
    assert [sender.returncode for sender in senders] == [0, 0, 0], errors
    sent = [json.loads(line)["trigger"] for line in path.read_text(encoding="utf-8").splitlines()]
    assert sorted(sent) == sorted(f"t-{i}" for i in range(40))
