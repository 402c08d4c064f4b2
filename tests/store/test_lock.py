"""The file lock: one holder among threads and processes, who may enter again."""

import os
import subprocess
import sys
import threading

import pytest

from trimtab.errors import StorageError
from trimtab.store.lock import FolderLock

HOLD = """
import sys, time
from pathlib import Path
from trimtab.store.lock import FolderLock
with FolderLock(Path(sys.argv[1])).held():
    print("held", flush=True)
    sys.stdin.read()
"""


def hold(path) -> subprocess.Popen:
    """Let another process hold a lock."""
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout.readline() == "held\n"
    return other


def test_the_holder_may_enter_again_and_others_wait(tmp_path):
    """Nested sections of one thread are one section; another thread comes in after the outermost."""
    lock = FolderLock(tmp_path / "lock")
    order = []
    with lock.held():
        with lock.held():
            other = threading.Thread(target=lambda: _note(lock, order, "other"))
            other.start()
        order.append("still mine")
        other.join(0.05)
        order.append("mine")
    other.join(30)
    assert order == ["still mine", "mine", "other"]


def _note(lock, order, word):
    with lock.held():
        order.append(word)


def test_a_lock_held_for_too_long_is_an_error_that_says_by_whom(tmp_path):
    """Waiting ends with a message that names the file and the kind of holder."""
    path = tmp_path / "lock"
    other = hold(path)
    with (
        pytest.raises(StorageError, match="another process holds it") as caught,
        FolderLock(path, wait_seconds=0.05).held(),
    ):
        pass
    assert caught.value.exit_code == 74
    other.communicate()
    with FolderLock(path, wait_seconds=5).held():
        pass
    mine = FolderLock(path, wait_seconds=0.05)
    found = []
    with mine.held():
        thread = threading.Thread(target=lambda: found.append(_refused(mine)))
        thread.start()
        thread.join(30)
    assert "another thread" in str(found[0])


def _refused(lock):
    try:
        with lock.held():
            return None
    except StorageError as error:
        return error


def test_a_killed_holder_leaves_nothing_to_clean_up(tmp_path):
    """The system takes the lock back from a dead process."""
    other = hold(tmp_path / "lock")
    other.kill()
    other.communicate()
    with FolderLock(tmp_path / "lock", wait_seconds=5).held():
        pass


def test_a_section_that_raises_gives_the_lock_back(tmp_path):
    """An error inside does not keep the next one out."""
    lock = FolderLock(tmp_path / "lock", wait_seconds=5)
    with pytest.raises(ZeroDivisionError), lock.held():
        raise ZeroDivisionError
    found = []
    thread = threading.Thread(target=lambda: found.append(_refused(lock)))
    thread.start()
    thread.join(30)
    assert found == [None]


def test_a_folder_that_is_not_there(tmp_path):
    """A lock needs its folder, or a reason is given."""
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="lock file"), FolderLock(tmp_path / "file" / "lock").held():
        pass


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_does_not_have_its_parents_rights(tmp_path):
    """A child forked inside a section waits like everybody else."""
    lock = FolderLock(tmp_path / "lock", wait_seconds=0.2)
    with lock.held():
        child = os.fork()
        if child == 0:
            code = 1
            try:
                code = 0 if isinstance(_refused(lock), StorageError) else 2
            finally:
                os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    with lock.held():
        pass
