"""Where the journal's tables are: an SQLite file or a PostgreSQL server, each with its way to keep writers apart.

Both offer the same: `read` and `write` run a piece of work in one transaction, `section` keeps every other writer out,
in this process and in others, until its block ends. What goes wrong comes out as `StorageError`.
"""

import os
import weakref
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy import exc

from trimtab.errors import StorageError

__all__ = ["Database", "close_with", "storage_error"]

T = TypeVar("T")
#: Words for what SQLite found (its primary result codes), and what to do.
_SQLITE_WORDS = {
    3: ("no permission", "change the permissions of the folder"),
    5: ("another program kept it locked", "close whatever else has the file open"),
    6: ("another program kept it locked", "close whatever else has the file open"),
    8: ("it can only be read", "change its permissions, or copy the workspace to where you may write"),
    10: ("the disk refused", "look at the free space and the health of the disk"),
    11: ("the file is damaged", "run trimtab verify, and restore a backup"),
    13: ("the disk is full", "free some space and try again; what was acknowledged before is kept"),
    14: ("it cannot be opened", "check the path and the permissions of its folder"),
    19: ("the journal refused the statement", "entries can only be added at the end"),
    26: ("it is no SQLite file", "check the path; restore a backup if it should be one"),
}
#: The same for PostgreSQL, by the first characters of its SQLSTATE.
_POSTGRES_WORDS = {
    "53100": ("the server's disk is full", "free some space there; what was acknowledged before is kept"),
    "55P03": ("another process kept the journal's lock", "wait for the other command or stop it"),
    "25006": ("the server only allows reading", "connect to the primary server"),
    "42501": ("no permission", "grant the user SELECT and INSERT on the journal's tables"),
    "28": ("the server did not let us in", "check user and password in the URL"),
    "3D": ("there is no such database", "create it, or correct the URL"),
    "P0001": ("the journal refused the statement", "entries can only be added at the end"),
    "08": ("the connection broke", "check that the server runs and is reachable"),
    "57": ("the server stopped the work", "check that the server runs"),
}


class Database(Protocol):
    """What `SqlJournal` asks of the place where its tables are."""

    @property
    def name(self) -> str:
        """Path, or URL without its password: for messages."""
        ...

    def read(self, work: Callable[[sa.Connection], T]) -> T:
        """Run work that only reads, in one transaction."""
        ...

    def write(self, work: Callable[[sa.Connection], T]) -> T:
        """Run work that writes, in one transaction, inside `section`; when this returns it outlives a crash."""
        ...

    def section(self) -> AbstractContextManager[None]:
        """Keep every other writer out; may be nested."""
        ...

    def tidy(self) -> None:
        """Do housekeeping after a write, inside `section`."""
        ...

    def damage(self) -> str | None:
        """Say what the storage itself finds wrong, None if nothing."""
        ...

    def close(self) -> None:
        """Let go of every connection."""
        ...


def close_with(owner: object, engine: sa.Engine) -> "weakref.finalize[[sa.Engine, int], object]":
    """Let an engine's connections be closed when its owner is forgotten without having been closed.

    Otherwise they stay open until some later collection of garbage, and a server has only so many. A forked child
    leaves its parent's connections alone.
    """
    return weakref.finalize(owner, _dispose, engine, os.getpid())


def _dispose(engine: sa.Engine, process: int) -> None:
    if os.getpid() == process:
        engine.dispose()


def storage_error(error: exc.SQLAlchemyError, name: str) -> StorageError:
    """Say in three parts what a database could not do."""
    # One line: servers add hints and positions in further ones.
    cause = str(getattr(error, "orig", None) or error).strip().split("\n")[0]
    words, try_next = _words(error)
    return StorageError(
        expected=f"a journal at {name} that can be read and written", found=f"{words} ({cause})", try_next=try_next
    )


def _words(error: exc.SQLAlchemyError) -> tuple[str, str]:
    cause = getattr(error, "orig", None)
    code = getattr(cause, "sqlite_errorcode", None)
    if code is not None:
        return _SQLITE_WORDS.get(code & 0xFF, ("it failed", "check the disk and the path"))
    state = getattr(cause, "sqlstate", None) or ""
    for length in (5, 2):
        if words := _POSTGRES_WORDS.get(state[:length]):
            return words
    if isinstance(error, exc.OperationalError) or getattr(error, "connection_invalidated", False):
        return ("no connection", "check that the server runs, and the URL")
    return ("it failed", "check the database")
