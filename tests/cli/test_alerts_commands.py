"""`trimtab alerts` on a workspace of the bundled sample."""

import json

import pytest
from click.testing import CliRunner

from trimtab.cli.app import app
from trimtab.desk.watch.outbox import DeliveryError
from trimtab.errors import InputError, UnknownSymbolError, UsageError
from trimtab.wiring.creating import create_workspace

SECRET = "s3cret-token"  # noqa: S105 - what must not be shown

SETTINGS = """
[alerts.channels.log]
kind = "file"
path = "alerts.jsonl"

[alerts.channels.phone]
kind = "webhook"
url = "env:TRIMTAB_TEST_HOOK"

[[alerts.rules]]
name = "beta out"
kind = "band"
channels = ["log"]

[[alerts.rules]]
name = "old prices"
kind = "stale"
channels = ["phone"]
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A workspace with two channels and two rules, both of which fire."""
    place = tmp_path / "desk"
    create_workspace(place, sample=True)
    settings = place / "trimtab.toml"
    without_rules = settings.read_text(encoding="utf-8").partition("[[alerts.rules]]")[0]
    settings.write_text(without_rules + SETTINGS, encoding="utf-8")
    monkeypatch.setenv("TRIMTAB_WORKSPACE", str(place))
    monkeypatch.delenv("TRIMTAB_TEST_HOOK", raising=False)
    return place


def run(*words):
    """Run a command; give its exit code and what it printed."""
    done = CliRunner().invoke(app, ["alerts", *words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout


def document(*words):
    return json.loads(run(*words, "--json")[1])


def test_an_alert_is_raised_delivered_answered_and_told_of(folder):
    """Check raises and delivers once; ack, snooze and resolve are written down; list and history show it."""
    raised = document("check")["events"]
    assert [(e["rule"], e["event"]) for e in raised] == [("beta out", "raised"), ("old prices", "raised")]
    lines = [json.loads(line) for line in (folder / "alerts.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(line["rule"], line["event"]) for line in lines] == [("beta out", "raised")]
    assert document("check")["events"] == []
    assert "acknowledged" in run("ack", "beta out", "--by", "the desk", "--note", "on it")[1]
    assert "nothing open that is not acknowledged" in run("ack", "beta out")[1]
    run("snooze", "old prices", "--for", "2h")
    shown = {a["rule"]: a["status"] for a in document("list")["alerts"]}
    assert shown == {"beta out": "acknowledged", "old prices": "snoozed"}
    assert document() == document("list")
    run("resolve", "beta out", "--by", "the desk")
    events = [e["event"] for e in document("history")["events"]]
    assert events == ["cleared", "resolved", "snoozed", "acknowledged", "raised", "raised"]
    assert "the desk:" in run("history")[1]
    assert (folder / "alerts.jsonl").read_text(encoding="utf-8").count("\n") == 1
    run("deliver")
    assert (folder / "alerts.jsonl").read_text(encoding="utf-8").count("\n") == 2


def test_a_channel_without_its_secret_waits_and_says_so(folder, monkeypatch):
    """The other channel works, and the list says what is missing; no secret is in the journal or on the screen."""
    run("check")
    (waiting,) = document("list")["undelivered"]
    assert waiting["channel"] == "phone"
    assert "not set up" in waiting["error"]
    monkeypatch.setenv("TRIMTAB_TEST_HOOK", f"http://127.0.0.1:9/{SECRET}")
    with pytest.raises(DeliveryError) as caught:
        run("test", "phone")
    assert SECRET not in str(caught.value)
    assert SECRET.encode() not in b"".join(p.read_bytes() for p in folder.rglob("*") if p.is_file())


def test_a_check_whose_message_no_channel_took_ends_with_69(folder):
    """A timetable sees that an alert did not leave the house, in this check and in the next, until it does."""
    code, shown = run("check", "--json")
    assert code == 69
    assert json.loads(shown)["events"]
    assert run("check")[0] == 69
    assert run("deliver")[0] == 69
    settings = folder / "trimtab.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace('channels = ["phone"]', 'channels = ["log"]'))
    assert run("check", "--no-send")[0] == 0


def test_a_check_that_delivers_ends_with_0(folder):
    """Where every channel took its message the exit code is 0, also where nothing was to be said."""
    settings = folder / "trimtab.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace('channels = ["phone"]', 'channels = ["log"]'))
    assert [run("check")[0], run("check")[0]] == [0, 0]


def test_a_test_message_reaches_its_channel(folder):
    """It goes past the outbox, and says that it is a test."""
    assert run("test", "log")[0] == 0
    assert json.loads((folder / "alerts.jsonl").read_text(encoding="utf-8"))["event"] == "test"
    with pytest.raises(UnknownSymbolError, match="log, phone"):
        run("test", "fax")


def test_what_cannot_be_meant_is_refused(folder):
    """A rule that is not there, a length of time that is none, two ends at once."""
    with pytest.raises(UnknownSymbolError, match="beta out, old prices"):
        run("ack", "beta in")
    with pytest.raises(InputError, match="a length of time"):
        run("snooze", "beta out", "--for", "soon")
    with pytest.raises(UsageError, match="one of length"):
        run("snooze", "beta out", "--for", "2h", "--off")
