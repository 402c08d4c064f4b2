"""Clocks that are set back, or show another zone: the order of entries is the journal's own."""

import datetime as dt
import os
import subprocess
import sys
from dataclasses import dataclass

import pytest

from trimtab.python.desk import Desk
from trimtab.store import journal as journals
from trimtab.wiring.alarming import check_alerts
from trimtab.wiring.workspace import open_workspace

NOON = dt.datetime(2026, 3, 29, 12, tzinfo=dt.UTC)
RULE = """
[[alerts.rules]]
name = "never sure"
kind = "band"
threshold = 0.6
clear = 0.5
"""


@dataclass
class Clock:
    """A clock that others set."""

    now: dt.datetime


@pytest.fixture
def clock(monkeypatch) -> Clock:
    """The clock of every journal that this process opens."""
    made = Clock(NOON)
    for work in (journals.open_journal, journals.create_journal):
        monkeypatch.setitem(work.__kwdefaults__, "clock", lambda: made.now)
    return made


def test_recorded_never_goes_backwards(tmp_path, files, clock):
    """Imports and reviews while the clock jumps by hours and years: numbers and times of recording both only grow."""
    place = tmp_path / "desk"
    workspace = files.new_desk(place)
    jumps = [0, 3600, -7200, 60, -86400 * 400, 5, 86400 * 30, -1]
    for number, step in enumerate(files.write_files(tmp_path / "in", 12)):
        clock.now += dt.timedelta(seconds=jumps[number % len(jumps)])
        files.take(workspace, step)
    clock.now -= dt.timedelta(days=1000)
    Desk(place).review()
    recorded = [e.recorded for e in workspace.journal.entries()]
    assert recorded == sorted(recorded)
    # From the jump back on, everything has the latest moment that was ever written.
    assert sorted(set(recorded)) == ["2026-03-29T12:00:00.000000Z", "2026-03-29T13:00:00.000000Z"]
    files.check_whole(workspace)


def test_what_was_known_stays_so_when_the_clock_was_set_back(tmp_path, files, clock):
    """A correction made at what the clock calls yesterday is not part of what was known before the last entry."""
    place = tmp_path / "desk"
    workspace = files.new_desk(place)
    *early, last = files.write_files(tmp_path / "in", 11)
    for step in early:
        files.take(workspace, step)
    asked, number = (NOON + dt.timedelta(minutes=30)).isoformat(), workspace.journal.head().seq
    before = Desk(place).at(known=asked)
    clock.now = NOON + dt.timedelta(hours=1)
    files.take(workspace, last)
    clock.now = NOON - dt.timedelta(days=1)
    late = tmp_path / "late.csv"
    late.write_text("date,SPX,AAA,BBB,CCC\n2024-01-03,99,99,99,99\n")
    assert files.take(workspace, files.Step(file=late, kind="prices", new=0)).preview.corrected == 4
    for known in (asked, number):
        assert Desk(place).at(known=known).origins == before.origins
    assert Desk(place).at().origins != before.origins


def test_alerts_survive_a_clock_that_was_set_back(tmp_path, files):
    """Evaluated at an earlier moment than before, alerts neither fail nor lose what they know."""
    place = tmp_path / "desk"
    workspace = files.new_desk(place)
    for step in files.write_files(tmp_path / "in", 12):
        files.take(workspace, step)
    settings = place / "trimtab.toml"
    settings.write_text(settings.read_text() + RULE)
    now = dt.datetime(2024, 5, 1, 12, tzinfo=dt.UTC)
    for moment in (now, now + dt.timedelta(hours=2), now + dt.timedelta(hours=1), now + dt.timedelta(hours=3)):
        check_alerts(open_workspace(place), moment)
    journal = open_workspace(place).journal
    # Raised once by each rule and at the first moment: neither again, nor cleared, by the step back.
    raised = [(e.body["rule"], e.body["event"], e.valid) for e in journal.entries("alert")]
    assert len(set(raised)) == len(raised)
    assert ("never sure", "raised", now.isoformat()) in raised
    assert {event for _, event, _ in raised} == {"raised"}
    moments = [e.valid for e in journal.entries("alert-state")]
    assert moments == sorted(moments)
    files.check_whole(open_workspace(place))


def test_the_zone_of_a_machine_does_not_matter(tmp_path, files):
    """The same files imported in Kiritimati (+14) and Pago Pago (-11) are the same desk; recorded is UTC in both."""
    found = []
    steps = files.write_files(tmp_path / "in", 3)
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        place = tmp_path / zone.partition("/")[2]
        files.new_desk(place).journal.close()
        done = subprocess.run(
            [sys.executable, "-m", "trimtab", "import", *(str(s.file) for s in steps), "-w", str(place), "--yes"],
            env={**os.environ, "TZ": zone}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        workspace = open_workspace(place)
        found.append(files.contents(workspace))
        last = dt.datetime.fromisoformat(workspace.journal.entries(newest=True, limit=1)[0].recorded)
        assert abs(last - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=30)
    assert found[0] == found[1]
