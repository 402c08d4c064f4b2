"""One writer at a time: a file lock that threads and processes share, and one thread may take again inside itself."""

import errno
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from trimtab.errors import StorageError

__all__ = ["WAIT_SECONDS", "FolderLock"]

#: How long a writer waits for the others before it gives up. Imports of years of prices take seconds, not minutes.
WAIT_SECONDS = 120.0
#: How often a waiting process looks again. Writes take about a millisecond, so a longer pause would be the whole wait.
_LOOK_AGAIN_SECONDS = 0.001


class FolderLock:
    """Hold a lock file while something is written.

    The operating system drops the lock when its holder dies, however it dies, so there is nothing to clean up. It works
    on local disks; network file systems differ in what they promise.

    Parameters
    ----------
    path
        The lock file. It is made if it is not there, and stays.
    wait_seconds
        How long to wait for other holders.
    """

    def __init__(self, path: Path, *, wait_seconds: float = WAIT_SECONDS) -> None:
        self.path = path
        self._wait_seconds = wait_seconds
        self._renew()

    def _renew(self) -> None:
        self._process = os.getpid()
        self._threads = threading.RLock()
        # The RLock already keeps threads apart, and knows how deep one of them is in.
        self._file = FileLock(self.path, thread_local=False)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep everybody else out until the block ends; the holder may enter again.

        Raises
        ------
        StorageError
            If others hold it for too long, or the file cannot be made.
        """
        if os.getpid() != self._process:
            self._renew()  # a forked child has its parent's lock objects, and none of its rights
        if not self._threads.acquire(timeout=self._wait_seconds):
            raise self._too_long("another thread of this process")
        try:
            self._take_file()
            try:
                yield
            finally:
                self._file.release()
        finally:
            self._threads.release()

    def _take_file(self) -> None:
        try:
            self._file.acquire(timeout=self._wait_seconds, poll_interval=_LOOK_AGAIN_SECONDS)
        except Timeout:
            raise self._too_long("another process") from None
        except (OSError, NotImplementedError) as error:
            if getattr(error, "errno", None) == errno.EROFS:
                return  # a disk that can only be read: nobody writes there, so nobody is to be kept out
            raise StorageError(
                expected=f"a lock file at {self.path}",
                found=f"{error}",
                try_next="check that the folder is there, that you may write in it, and that it is on a local disk",
            ) from error

    def _too_long(self, holder: str) -> StorageError:
        return StorageError(
            expected=f"the lock {self.path} to be free within {self._wait_seconds:g} seconds",
            found=f"{holder} holds it",
            try_next="wait for the other command (an import, a backup, a service that hangs?) or stop it",
        )
