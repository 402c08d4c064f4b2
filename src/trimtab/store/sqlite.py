"""The journal's tables in an SQLite file.

Settings, and why. WAL: readers never wait for a writer. synchronous=FULL: a commit is on the disk before it is
acknowledged (in WAL mode NORMAL would lose the last ones when the power fails). BEGIN IMMEDIATE: a transaction that
will write says so first, because one that reads first is refused, without waiting, when somebody else wrote between.
One file lock around each write: SQLite's own waiting is not fair and gives up, and its versions 3.7.0 to 3.51.2 can
damage a file when one connection writes while another copies the log back a second time (the WAL-reset bug,
sqlite.org/wal.html#walresetbug); so the log is copied back only here, under the lock.
"""

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, closing, suppress
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import event, exc

from trimtab.errors import StorageError
from trimtab.store.database import close_with, storage_error
from trimtab.store.lock import FolderLock

__all__ = ["SqliteDatabase"]

T = TypeVar("T")
_BUSY_SECONDS = 30.0
#: The log is copied back into the file beyond this size.
_LOG_BYTES = 4 * 1024 * 1024
#: How long copying back waits for readers; it is tried again later.
_COPY_BACK_WAIT_MS = 50
#: Result codes where nothing can be written beside the file: read-only, a disk that refuses or is full, no permission.
_NOTHING_BESIDE = {8, 10, 13, 14}
#: Result codes that pass: busy, locked, and "locking protocol" (somebody is just opening or closing the file).
_PASSING = {5, 6, 15}


class SqliteDatabase:
    """An SQLite file under a file lock.

    Parameters
    ----------
    path
        The file; it need not be there yet.
    lock
        The lock that every process around this file uses.
    """

    def __init__(self, path: Path, lock: FolderLock) -> None:
        self.path = path
        self._lock = lock
        self._copy_back_at = _LOG_BYTES
        self._log = path.with_name(path.name + "-wal")
        self._beside = (self._log, path.with_name(path.name + "-shm"))
        self._lies_at_rest = False
        self._open()

    @property
    def name(self) -> str:
        """The path."""
        return str(self.path)

    def section(self) -> AbstractContextManager[None]:
        """Hold the file lock."""
        return self._lock.held()

    def read(self, work: Callable[[sa.Connection], T]) -> T:
        """Run work that only reads. SQLite may be busy for a moment while another process opens or closes the file."""
        give_up = time.monotonic() + _BUSY_SECONDS
        while True:
            try:
                with self._connection("DEFERRED") as connection, connection.begin():
                    return work(connection)
            except exc.DBAPIError as error:
                code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
                if code in _NOTHING_BESIDE and self._is_at_rest():
                    return self._read_at_rest(work)
                if code not in _PASSING or time.monotonic() > give_up:
                    raise storage_error(error, self.name) from error
            time.sleep(0.002)

    def _is_at_rest(self) -> bool:
        """Tell whether everything is in the file itself: nothing in a log beside it, and nobody connected.

        Whoever is connected has an index of the log, which is never empty.
        """
        try:
            return self.path.stat().st_size > 0 and not any(p.exists() and p.stat().st_size for p in self._beside)
        except OSError:
            return False

    def _read_at_rest(self, work: Callable[[sa.Connection], T]) -> T:
        """Read the file as it lies, on a disk that is full or can only be read.

        SQLite wants to put an index of its log beside the file. With no log there is nothing to index, and nobody
        writes where nothing can be written.
        """
        place = f"file:{quote(str(self.path))}?mode=ro&immutable=1"
        engine = sa.create_engine(
            "sqlite://", creator=lambda: sqlite3.connect(place, uri=True, timeout=_BUSY_SECONDS), poolclass=sa.NullPool
        )
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
        self._lies_at_rest = True
        try:
            with engine.connect() as connection, connection.begin():
                return work(connection)
        except exc.DBAPIError as error:
            raise storage_error(error, self.name) from error
        finally:
            engine.dispose()

    def write(self, work: Callable[[sa.Connection], T]) -> T:
        """Run work that writes; the caller holds the lock."""
        try:
            with self._connection("IMMEDIATE") as connection, connection.begin():
                return work(connection)
        except exc.DBAPIError as error:
            raise storage_error(error, self.name) from error

    def create(self) -> None:
        """Make the file, for its owner alone, if it is not there; what SQLite puts beside it is as private."""
        try:
            # Only a file that is new is opened here: closing another would drop the locks that this process has on it.
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except FileExistsError:
            return
        except OSError as error:
            raise StorageError(
                expected=f"a journal at {self.path}", found=error.strerror or str(error),
                try_next="check the path and the permissions of its folder",
            ) from error  # fmt: skip

    def start_log(self) -> None:
        """Switch the file to a write-ahead log; the caller holds the lock. The file remembers."""
        with self._raw() as raw:
            mode = self._asked(raw, "PRAGMA journal_mode=WAL")[0]
        if mode != "wal":
            raise StorageError(
                expected=f"a disk that supports SQLite's write-ahead log for {self.path}",
                found=f"journal mode {mode!r} instead",
                try_next="put the workspace on a local disk, or use PostgreSQL",
            )

    def has_log(self) -> bool:
        """Say whether the file is in write-ahead mode; a restored one is not yet."""
        # Never by looking into the file: closing it would drop the locks that this process has on it
        # (sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_).
        mode = self.read(lambda connection: connection.exec_driver_sql("PRAGMA journal_mode").scalar())
        return mode == "wal" or self._lies_at_rest

    def tidy(self) -> None:
        """Copy the log back into the file when it has grown; the caller holds the lock.

        A failure here is not the writer's: its entries are safe in the log, and the next writer tries again.
        """
        try:
            if self._log.stat().st_size < self._copy_back_at:
                return
        except OSError:
            return
        with suppress(StorageError), self._raw() as raw:
            self._asked(raw, f"PRAGMA busy_timeout={_COPY_BACK_WAIT_MS}")
            try:
                waited = self._asked(raw, "PRAGMA wal_checkpoint(TRUNCATE)")[0]
            finally:
                self._asked(raw, f"PRAGMA busy_timeout={int(_BUSY_SECONDS * 1000)}")
            # Readers in the way: come back after as much again, instead of waiting for them at each write.
            self._copy_back_at = self._log.stat().st_size + _LOG_BYTES if waited else _LOG_BYTES

    def copy_into(self, target: Path) -> None:
        """Write a consistent copy into a new file, without a log beside it; the caller holds the lock."""
        with closing(sqlite3.connect(target)) as copy:
            try:
                self._copy_pages(copy)
                copy.execute("PRAGMA journal_mode=DELETE").fetchone()
            except sqlite3.Error as error:
                raise _storage_error(error, str(target)) from error

    def _copy_pages(self, copy: sqlite3.Connection) -> None:
        try:
            with self._raw() as raw:
                raw.backup(copy)
        except (sqlite3.Error, StorageError):
            if not self._is_at_rest():
                raise
            with closing(sqlite3.connect(f"file:{quote(str(self.path))}?mode=ro&immutable=1", uri=True)) as raw:
                raw.backup(copy)

    def damage(self) -> str | None:
        """Let SQLite check its pages and indexes."""
        verdict = self.read(lambda connection: connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar())
        return None if verdict == "ok" else str(verdict)

    def close(self) -> None:
        """Close the connections.

        The last one to close copies the log back without our lock, and safely: SQLite does it only when it can lock
        the whole file, so nobody else is connected.
        """
        self._engine.dispose()

    def _open(self) -> None:
        self._process = os.getpid()
        url = sa.URL.create("sqlite", database=str(self.path))
        self._engine = sa.create_engine(url, connect_args={"timeout": _BUSY_SECONDS})
        event.listen(self._engine, "connect", _prepare)
        event.listen(self._engine, "begin", _begin)
        self._forgotten = close_with(self, self._engine)

    def _connection(self, begin: str) -> sa.Connection:
        self._check_process()
        return self._engine.connect().execution_options(sqlite_begin=begin)

    def _raw(self) -> "_Raw":
        self._check_process()
        return _Raw(self._engine, self.name)

    def _check_process(self) -> None:
        if os.getpid() != self._process:
            self._forgotten.detach()
            self._engine.dispose(close=False)  # a forked child must not touch its parent's connections
            self._open()

    def _asked(self, raw: sqlite3.Connection, statement: str) -> Any:
        try:
            return raw.execute(statement).fetchone()
        except sqlite3.Error as error:
            raise _storage_error(error, self.name) from error


class _Raw(AbstractContextManager[sqlite3.Connection]):
    """Lend a connection outside any transaction, for what SQLite only does there."""

    def __init__(self, engine: sa.Engine, name: str) -> None:
        self._engine = engine
        self._name = name

    def __enter__(self) -> sqlite3.Connection:
        try:
            self._lent = self._engine.raw_connection()
        except exc.DBAPIError as error:
            raise storage_error(error, self._name) from error
        connection = self._lent.driver_connection
        assert isinstance(connection, sqlite3.Connection)  # noqa: S101 - narrows the type
        return connection

    def __exit__(self, *_: object) -> None:
        self._lent.close()


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # BEGIN is ours
    # A byte that is no text any more must be found by the chain, not stop whoever looks for it.
    connection.text_factory = lambda value: value.decode("utf-8", "surrogateescape")
    for setting in ("synchronous=FULL", "fullfsync=ON", "wal_autocheckpoint=0"):
        connection.execute(f"PRAGMA {setting}").fetchone()


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('sqlite_begin', 'DEFERRED')}")


def _storage_error(error: sqlite3.Error, name: str) -> StorageError:
    return storage_error(exc.DBAPIError("", None, error), name)
