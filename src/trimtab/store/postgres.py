"""The journal's tables on a PostgreSQL server: for teams, and for several machines around one journal.

Writers are kept apart by an advisory lock of the server. A section holds it on the connection it works on, so that a
connection that breaks takes lock and unfinished work with it; each writing transaction takes it as well, so that an
append alone is safe even where a pooler changes connections between transactions. READ COMMITTED is set and not left to
the server: a snapshot taken before the lock was granted would not see the last entry.
"""

import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import event, exc

from trimtab.errors import MissingExtraError
from trimtab.store.database import close_with, storage_error
from trimtab.store.lock import WAIT_SECONDS

__all__ = ["PostgresDatabase"]

T = TypeVar("T")


class PostgresDatabase:
    """A PostgreSQL database, in the schema that its user's search path begins with.

    Parameters
    ----------
    url
        postgresql://user@host/database.

    Raises
    ------
    MissingExtraError
        If psycopg is not installed.
    """

    def __init__(self, url: sa.URL) -> None:
        self._url = url.set(drivername="postgresql+psycopg")
        self._open()
        self._key = _key(self.read(lambda c: str(c.execute(sa.select(sa.func.current_schema())).scalar())))

    @property
    def name(self) -> str:
        """The URL without its password."""
        shown = self._url.set(drivername="postgresql")
        hidden = {key: "***" for key in shown.query if "password" in key.lower()}
        return shown.update_query_dict(hidden).render_as_string(hide_password=True)

    @contextmanager
    def section(self) -> Iterator[None]:
        """Hold the advisory lock on one connection, which this thread then works on."""
        self._check_process()
        if self._mine() is not None:
            yield
            return
        with self._threads:
            try:
                connection = self._engine.connect()
            except exc.DBAPIError as error:
                raise storage_error(error, self.name) from error
            with connection:
                self._run(connection, lambda c: c.execute(sa.select(sa.func.pg_advisory_lock(self._key))))
                self._held.connection = connection
                try:
                    yield
                finally:
                    self._held.connection = None
                    self._unlock(connection)

    def read(self, work: Callable[[sa.Connection], T]) -> T:
        """Run work that only reads."""
        self._check_process()
        if (mine := self._mine()) is not None:
            return self._run(mine, work)
        try:
            with self._engine.connect() as connection:
                return self._run(connection, work)
        except exc.DBAPIError as error:
            raise storage_error(error, self.name) from error

    def write(self, work: Callable[[sa.Connection], T]) -> T:
        """Run work that writes, on the connection that holds the lock."""

        def locked(connection: sa.Connection) -> T:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(self._key)))
            return work(connection)

        with self.section():
            return self.read(locked)

    def tidy(self) -> None:
        """Leave housekeeping to the server."""

    def damage(self) -> str | None:
        """Leave checking of pages to the server."""
        return None

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()

    def _open(self) -> None:
        self._process = os.getpid()
        self._threads = threading.RLock()
        self._held = threading.local()
        try:
            self._engine = sa.create_engine(
                self._url,
                isolation_level="READ COMMITTED",
                connect_args={"client_encoding": "utf8", "connect_timeout": 10},
                pool_pre_ping=True,
            )
        except ModuleNotFoundError as error:
            raise MissingExtraError(
                expected="psycopg, which speaks to PostgreSQL",
                found="it is not installed",
                try_next='install it with: pip install "trimtab[postgres]"',
            ) from error
        event.listen(self._engine, "connect", _prepare)
        self._forgotten = close_with(self, self._engine)

    def _check_process(self) -> None:
        if os.getpid() != self._process:
            self._forgotten.detach()
            self._engine.dispose(close=False)  # a forked child must not touch its parent's connections
            self._open()

    def _mine(self) -> sa.Connection | None:
        return getattr(self._held, "connection", None)

    def _run(self, connection: sa.Connection, work: Callable[[sa.Connection], T]) -> T:
        try:
            with connection.begin():
                return work(connection)
        except exc.DBAPIError as error:
            raise storage_error(error, self.name) from error

    def _unlock(self, connection: sa.Connection) -> None:
        try:
            with connection.begin():
                connection.execute(sa.select(sa.func.pg_advisory_unlock(self._key)))
        except exc.SQLAlchemyError:
            connection.invalidate()  # never back into the pool with the lock on it


def _prepare(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{int(WAIT_SECONDS)}s'")
        cursor.execute("SHOW synchronous_commit")
        if cursor.fetchone()[0] == "off":  # the server's wish for speed; an acknowledged entry must outlive a crash
            cursor.execute("SET synchronous_commit = on")
    connection.commit()


def _key(schema: str) -> int:
    """Give each schema its own advisory lock: 63 bits of a hash, because these locks are numbers."""
    return int.from_bytes(hashlib.sha256(f"trimtab journal {schema}".encode()).digest()[:8], "big") >> 1
