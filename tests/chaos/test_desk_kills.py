"""A desk outlives kill -9 at any moment: nothing acknowledged is lost, nothing is there twice, and work goes on."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from effort import LONG, effort

HERE = Path(__file__).parent

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="killing forked processes needs a Unix"),
]


def run(script: str, *words: object) -> dict:
    """Run a script that kills; what it checks by assert is shown if it does not hold."""
    # Threads of the frame library cost more to start than these small files take.
    environment = {**os.environ, "POLARS_MAX_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, HERE / script, *map(str, words)],
        capture_output=True, text=True, check=False, timeout=600, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def test_importers_killed_at_random_moments(tmp_path):
    """Killed amid prices, holdings and trades (80 times in `make long`), a desk ends as one that nobody killed."""
    times = effort(16, 80)
    found = run("kill_moments.py", "moments", tmp_path, times, 20260105)
    assert found["kills"] == times
    if LONG:
        assert found["desks"] > 2
        # Some fell between writing down and saying so, some between a file of prices and its entry: chance, over 80.
        assert found["cut"] > 0
        assert found["orphans"] > 0


@pytest.mark.long
def test_real_import_commands_killed(tmp_path):
    """Killing `trimtab import` and giving the command again ends where one that was not killed does."""
    found = run("kill_moments.py", "commands", tmp_path, 4, 3)
    assert found["kills"] + found["ended"] == 4
    assert found["kills"] > 1


@pytest.mark.parametrize(
    ("what", "stride", "least"),
    [("init", 1, 15), ("import", 1, 35), ("review", 2, 8), ("backup", 3, 3), ("sample", 9, 4)],
)
def test_a_command_killed_before_each_step(tmp_path, what, stride, least):
    """Killed before a step on the disk and given again, a command leaves what it leaves when nobody kills it."""
    assert run("kill_steps.py", tmp_path, what, stride)["kills"] >= least
