"""What was acknowledged outlives its process, however that ends; what was not is whole or not there."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from effort import LONG, effort

from trimtab.store.journal import open_journal
from trimtab.store.verify import verify

SCRIPT = Path(__file__).with_name("crash_writers.py")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="killing forked writers needs a Unix"),
]


def run(*words: str) -> dict:
    done = subprocess.run([sys.executable, SCRIPT, *words], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def check(where, kills: int) -> None:
    """Kill writers, and compare the journal with what they were told."""
    done = run("kill", str(where), str(kills), "20260105")
    with open_journal(where) as journal:
        checked = verify(journal)
        entries = journal.entries("kill")
    assert checked.fault is None
    assert done["died alone"] == 0
    # Every acknowledged entry is there, under the number that was acknowledged.
    kept = {(int(e.subject), e.body["n"], e.seq) for e in entries}
    acknowledged = {tuple(line) for line in done["acknowledged"]}
    assert len(acknowledged) > kills  # there was something to lose
    assert acknowledged <= kept
    assert [e.seq for e in entries] == list(range(1, checked.entries + 1))
    # An append is all or none: each writer's entries are 0, 1, 2, ... and end with a whole append of 1, 2 or 3.
    for writer in {e.subject for e in entries}:
        numbers = [e.body["n"] for e in entries if e.subject == writer]
        assert numbers == list(range(len(numbers)))
        assert _is_whole(len(numbers))


def _is_whole(count: int) -> bool:
    total, size = 0, 1
    while total < count:
        total += size
        size = 1 + total % 3
    return total == count


def test_nothing_acknowledged_is_lost_when_writers_are_killed(tmp_path):
    """Kill -9 at a random moment (250 times in `make long`), two writers at work: all acknowledged is there."""
    check(tmp_path / "journal.sqlite", effort(60, 250))


def test_nothing_acknowledged_is_lost_on_postgresql(postgres_url):
    """The same with writers of a PostgreSQL server, whose connections break in the middle of things."""
    check(postgres_url, effort(15, 60))


def test_a_journal_is_made_whole_or_not_at_all(tmp_path):
    """Kill -9 while a journal is made (80 times in `make long`): it is there and works, or can be made anew."""
    times = effort(20, 80)
    done = run("create", str(tmp_path), str(times), "7")
    # Where the kills fall is chance; over 80 some come before and some after it is whole.
    assert (0 < done["whole"] < times) or not LONG
