"""A watching service, four writers and two readers at one desk: nobody is refused, nothing is lost."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "desk.py"

pytestmark = pytest.mark.slow


def check(*words: str) -> None:
    done = subprocess.run(
        [sys.executable, BENCHMARK, "--seconds", "8", "--json", *words],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.stdout, done.stderr[-3000:]
    found = json.loads(done.stdout)
    assert found["errors"] == []
    # Every entry that anybody was told of is there, and nobody wrote any other.
    assert (found["lost"], found["unknown"]) == (0, 0)
    assert found["acknowledged"] == found["entries"]
    assert found["chain holds"]
    assert found["stray files"] == 0
    assert found["replayed the same"] == found["replayed"] > 0
    # Everybody got his turn, and everything was written.
    assert all(rounds >= 3 for rounds in found["rounds"].values())
    assert {"prices", "transactions", "run", "decision", "alert-state", "watch"} <= set(found["by kind"])


def test_seven_processes_at_a_desk():
    """The short benchmark on SQLite: no error, no lock seen, every acknowledged entry, runs give the same bytes."""
    check()


@pytest.mark.long
def test_seven_processes_at_a_desk_on_postgresql(postgres_url):
    """The same with the journal on a server."""
    check("--url", postgres_url)
