"""A busy service, four writers and two readers at one journal: nothing is lost, and nobody sees it locked."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "journal.py"


@pytest.mark.slow
def test_seven_processes_at_one_journal(where):
    """The short benchmark, on SQLite and on PostgreSQL: every acknowledged entry, no error, a whole chain."""
    command = [sys.executable, BENCHMARK, "--seconds", "5", "--json", "--url", str(where)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout, done.stderr
    found = json.loads(done.stdout)
    assert found["lock errors"] == []
    assert found["lost"] == 0
    assert found["chain holds"]
    assert found["entries"] == found["acknowledged"]
    # Every kind of process got its turn, and readers read while others wrote.
    assert all(times["count"] >= 5 for times in found["milliseconds"].values())
