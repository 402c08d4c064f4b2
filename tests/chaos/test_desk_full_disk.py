"""A desk on a full disk: what it cannot write it refuses in three parts, and it is whole all the while."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("full_disk.py")
WRITES = ("prices", "trades", "review", "backup", "folder", "init")

pytestmark = pytest.mark.slow


def mounted(folder: Path, command: str, *words: str) -> subprocess.CompletedProcess:
    """Run a command while a disk of 6 MB is mounted at a folder, seen by this command alone."""
    mount = f'mount -t tmpfs -o size=6m tmpfs "{folder}" && {command}'
    return subprocess.run(["unshare", "-m", "sh", "-c", mount, *words], capture_output=True, text=True, check=False)


def test_a_full_disk_under_a_desk(tmp_path):
    """Import, review, backup and init with less and less room: exit code 74, nothing by halves, later all goes on."""
    if not shutil.which("unshare") or mounted(tmp_path, "true").returncode != 0:
        pytest.skip("a disk of its own may not be mounted here (needs unshare and root)")
    done = mounted(tmp_path, '"$0" "$1" disk "$2"', sys.executable, str(SCRIPT), str(tmp_path))
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout)
    for what in WRITES:
        assert found["said"][f"{what} refused"] >= 2  # at the least where nothing at all was left
    assert found["commands"] == {"import": 74, "review": 74, "backup": 74, "init": 74, "journal": 0}


@pytest.mark.skipif(os.name != "posix", reason="limits of file sizes need a Unix")
def test_files_that_may_not_grow_under_a_desk(tmp_path):
    """The same under a limit of file sizes, which needs no rights."""
    command = [sys.executable, SCRIPT, "limit", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout)
    assert all(found["said"].get(f"{what} refused", 0) >= 1 for what in WRITES)
