"""The journal in a database: SQLite by default, PostgreSQL by URL.

Importing this module imports SQLAlchemy; whatever opens no journal should not.
"""

import gzip
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import sqlalchemy as sa
from sqlalchemy import exc

from trimtab.desk.books.journal import Entry, Fact, Head
from trimtab.errors import InputError, StorageError
from trimtab.store import schema
from trimtab.store.chain import Row, checked, entry_of, moment_text, read_moment, seal
from trimtab.store.database import Database
from trimtab.store.files import keep, sync_folder
from trimtab.store.lock import FolderLock
from trimtab.store.migrate import MIGRATIONS, Migration, apply_due, check_known, latest, missing_guards
from trimtab.store.postgres import PostgresDatabase
from trimtab.store.sqlite import SqliteDatabase

__all__ = ["LOCK_NAME", "SqlJournal", "create_journal", "has_journal", "look_into", "open_journal"]

#: No entry is recorded from this year on.
_LAST_YEAR = 2200

#: The lock file beside a journal, unless another is given.
LOCK_NAME = ".trimtab.lock"


def _now() -> datetime:
    return datetime.now(UTC)


class SqlJournal:
    """Fill `trimtab.desk.books.journal.Journal` in a database. Made by `open_journal` and `create_journal`.

    Threads may share one; a forked child may go on using its parent's.
    """

    def __init__(self, database: Database, *, version: int, clock: Callable[[], datetime]) -> None:
        self.database = database
        self._version = version
        self._clock = clock

    def append(self, facts: Sequence[Fact]) -> tuple[Entry, ...]:
        """Write facts, all or none; when this returns they outlive a crash.

        Raises
        ------
        InputError
            If a fact is not storable; nothing is written.
        StorageError
            If the database cannot write; nothing is written.
        """
        prepared = checked(facts)
        if not prepared:
            return ()

        def work(connection: sa.Connection) -> tuple[Row, ...]:
            self._check_version(connection)
            head, last = schema.newest_row(connection)
            rows = seal(head, max(_stamp(self._clock()), last), prepared)
            schema.insert_rows(connection, rows)
            return rows

        with self.database.section():
            rows = self.database.write(work)
            self.database.tidy()
        return tuple(entry_of(row, fact) for row, (fact, _) in zip(rows, prepared, strict=True))

    def entries(
        self,
        kind: str | None = None,
        *,
        subject: str | None = None,
        after: int = 0,
        known: int | None = None,
        valid_until: str | None = None,
        newest: bool = False,
        limit: int | None = None,
    ) -> tuple[Entry, ...]:
        """Give entries in order of `seq`, newest first if asked."""
        rows = self.database.read(
            lambda connection: schema.find_rows(
                connection, kind=kind, subject=subject, after=after, known=known,
                valid_until=valid_until, newest=newest, limit=limit,
            )
        )  # fmt: skip
        return tuple(entry_of(row) for row in rows)

    def head(self) -> Head:
        """Give the last number and hash."""
        return self.database.read(schema.newest_row)[0]

    def known_at(self, moment: str) -> int:
        """Give the last number recorded at or before a UTC moment."""
        at = read_moment(moment)
        return self.database.read(lambda connection: schema.known_at(connection, at))

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Keep every other writer out, in this process and others, until the block ends; may be nested.

        What is read inside stays true until what is appended inside. Each append is a transaction of its own: if the
        block fails half way, what it appended before stays.
        """
        with self.database.section():
            yield

    def rows(self, *, after: int | None, limit: int) -> tuple[Row, ...]:
        """Give the next entries as they are stored, for checking and copying."""
        return self.database.read(lambda connection: schema.next_rows(connection, after=after, limit=limit))

    def damage(self) -> str | None:
        """Say what the database itself finds wrong with its file, None if nothing."""
        return self.database.damage()

    def missing_guards(self) -> tuple[str, ...]:
        """Name what should keep entries from being changed, and is not there."""
        return self.database.read(missing_guards)

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _check_version(self, connection: sa.Connection) -> None:
        if (opened_version := schema.opened_version(connection)) != self._version:
            raise StorageError(
                expected=f"the journal at version {self._version}, as it was opened",
                found=f"version {opened_version} in {self.database.name}: another trimtab has migrated it",
                try_next="start this program again, with that version of trimtab",
            )


def _stamp(moment: datetime) -> str:
    """Write the moment of recording; every later entry is stamped no earlier, so a clock gone mad is refused."""
    if moment.year >= _LAST_YEAR:
        raise StorageError(
            expected=f"a clock before the year {_LAST_YEAR}",
            found=f"{moment:%Y-%m-%d} on this machine",
            try_next="set the clock; nothing was written",
        )
    return moment_text(moment)


def create_journal(
    where: Path | str,
    *,
    lock: Path | None = None,
    clock: Callable[[], datetime] = _now,
    migrations: Sequence[Migration] = MIGRATIONS,
    rows: Iterable[Sequence[Row]] = (),
) -> SqlJournal:
    """Make a journal where there is none, and open it.

    Parameters
    ----------
    where
        Path of an SQLite file, or a URL: sqlite:///path or postgresql://user@host/database.
    lock
        The lock file; `.trimtab.lock` beside the SQLite file by default. PostgreSQL has its own lock.
    clock
        Gives the moment of recording.
    migrations
        The versions of the tables, oldest first; only tests give others.
    rows
        Entries of another journal, in batches, taken over as they are; for restoring. The journal is made with all of
        them or not at all.

    Raises
    ------
    InputError
        If there is a journal already.
    StorageError
        If it cannot be made.

    Examples
    --------
    >>> import tempfile
    >>> from trimtab.desk.books.journal import Fact
    >>> folder = Path(tempfile.mkdtemp())
    >>> with create_journal(folder / "journal.sqlite") as journal:
    ...     journal.append([Fact(kind="plan", subject="growth", valid="2026-01-05", body={"lots": -3})])[0].seq
    1
    >>> with open_journal(folder / "journal.sqlite") as journal:
    ...     journal.entries("plan", subject="growth")[0].body
    {'lots': -3}
    """
    database = _database(where, lock)
    try:
        with database.section():
            if isinstance(database, SqliteDatabase):
                database.create()
                database.start_log()
            _check_none(database)
            applied = moment_text(clock())

            def work(connection: sa.Connection) -> None:
                apply_due(connection, migrations, applied)
                for batch in rows:
                    schema.insert_rows(connection, batch)

            database.write(work)
            if isinstance(database, SqliteDatabase):
                sync_folder(database.path.parent)
    except BaseException:
        database.close()
        raise
    return SqlJournal(database, version=latest(migrations), clock=clock)


def open_journal(
    where: Path | str,
    *,
    lock: Path | None = None,
    clock: Callable[[], datetime] = _now,
    migrations: Sequence[Migration] = MIGRATIONS,
) -> SqlJournal:
    """Open a journal; an older one is brought up to date first, after a copy was put into the folder `backups`.

    Parameters
    ----------
    where, lock, clock, migrations
        As for `create_journal`. The folder `backups` is beside the lock.

    Raises
    ------
    InputError
        If there is no journal.
    StorageError
        If it is newer than this code, or cannot be read, or a migration failed (then it is as it was).
    """
    path = _path_of(where)
    if path is not None and not path.exists():
        raise _no_journal(str(path))
    database = _database(where, lock)
    try:
        version = _version_in(database)
        check_known(version, migrations, database.name)
        if isinstance(database, SqliteDatabase) and not database.has_log():
            with database.section():
                database.start_log()
        if version < latest(migrations):
            _migrate(database, migrations, clock, lock)
    except BaseException:
        database.close()
        raise
    return SqlJournal(database, version=latest(migrations), clock=clock)


def has_journal(where: Path | str) -> bool:
    """Say whether there is a journal; a file whose making was cut off is none, and may be made again.

    Parameters
    ----------
    where
        As for `create_journal`.

    Raises
    ------
    StorageError
        If the place cannot be read: then nobody knows.
    """
    path = _path_of(where)
    if path is not None and not path.exists():
        return False
    database = _database(where, None)
    try:
        return database.read(schema.version_of) is not None
    finally:
        database.close()


def look_into(path: Path) -> SqlJournal:
    """Open an SQLite journal only to read it, as it is: nothing is migrated, no log or lock is made beside it.

    Raises
    ------
    InputError
        If there is no journal.
    StorageError
        If it is newer than this code, or cannot be read.
    """
    database = SqliteDatabase(path.resolve(), FolderLock(path.with_name(LOCK_NAME)))
    try:
        version = _version_in(database)
        check_known(version, MIGRATIONS, database.name)
    except BaseException:
        database.close()
        raise
    return SqlJournal(database, version=version, clock=_now)


def _check_none(database: Database) -> None:
    if database.read(schema.version_of) is not None:
        raise InputError(
            expected="a place without a journal",
            found=f"there is one at {database.name}",
            try_next="open it, or choose another place",
        )


def _version_in(database: Database) -> int:
    version = database.read(schema.version_of)
    if version is None:
        raise _no_journal(database.name)
    return version


def _migrate(
    database: Database, migrations: Sequence[Migration], clock: Callable[[], datetime], lock: Path | None
) -> None:
    with database.section():
        version = database.read(schema.version_of)
        if version == latest(migrations):
            return  # another process was faster
        now = moment_text(clock())
        stem = f"journal-version-{version}-{now[:19].replace(':', '').replace('-', '')}Z"
        if isinstance(database, SqliteDatabase):
            folder = database.path.parent / "backups"
        elif lock is not None:
            folder = lock.parent / "backups"
        else:
            raise InputError(
                expected="a folder for the copy that is made before a migration",
                found=f"{database.name} was opened without one",
                try_next="give lock=FOLDER/.trimtab.lock: the copy goes to FOLDER/backups",
            )
        try:
            folder.mkdir(exist_ok=True)
            if isinstance(database, SqliteDatabase):
                keep(folder / f"{stem}.sqlite", database.copy_into)
            else:
                keep(folder / f"{stem}.jsonl.gz", lambda target: _export(database, target))
        except OSError as error:
            if isinstance(error, StorageError):
                raise
            raise StorageError(
                expected=f"a copy of the journal in {folder} before it is migrated",
                found=str(error),
                try_next="make room or give permission there; the journal is as it was",
            ) from error
        database.write(lambda connection: apply_due(connection, migrations, now))


def _export(database: Database, target: Path) -> None:
    """Write every row of every column, whatever version they are, one JSON object a line."""

    def work(connection: sa.Connection) -> None:
        table = sa.Table(schema.ENTRIES.name, sa.MetaData(), autoload_with=connection)
        with gzip.open(target, "wt", encoding="ascii") as file:
            for row in connection.execute(sa.select(table).order_by(table.c.seq)).mappings():
                file.write(json.dumps(dict(row), default=str) + "\n")

    database.read(work)


def _database(where: Path | str, lock: Path | None) -> Database:
    path = _path_of(where)
    if path is None:
        return PostgresDatabase(_url_of(str(where)))
    if not path.parent.is_dir():
        raise StorageError(
            expected=f"a folder {path.parent}", found="there is none", try_next="make it first, or correct the path"
        )
    return SqliteDatabase(path, FolderLock(path.with_name(LOCK_NAME) if lock is None else lock.resolve()))


def _path_of(where: Path | str) -> Path | None:
    """Give the path of an SQLite file; None if it is a PostgreSQL URL."""
    if isinstance(where, str) and "://" in where:
        url = _url_of(where)
        if url.get_backend_name() != "sqlite":
            return None
        if not url.database or url.database == ":memory:":
            raise InputError(
                expected="a file for the journal",
                found=where,
                try_next="name a file (sqlite:///journal.sqlite), or use MemoryJournal from Python",
            )
        where = url.database
    return Path(where).resolve()


def _url_of(text: str) -> sa.URL:
    try:
        url = sa.make_url(text.replace("postgres://", "postgresql://", 1) if text.startswith("postgres:") else text)
        backend = url.get_backend_name()
    except (exc.ArgumentError, ValueError):  # a port that is no number
        backend = ""
        url = sa.URL.create("none")
    if backend not in {"sqlite", "postgresql"}:
        # The text is not shown whole: it may hold a password.
        raise InputError(
            expected="a URL that begins with sqlite:/// or postgresql://",
            found=f"one that begins with {text.partition('://')[0]}:// and cannot be read",
            try_next="correct the URL of the journal",
        )
    return url


def _no_journal(name: str) -> InputError:
    return InputError(
        expected="a journal",
        found=f"none at {name}",
        try_next="make a workspace with trimtab init, or correct the path",
    )
