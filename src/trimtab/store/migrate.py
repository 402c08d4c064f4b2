"""The tables of the journal through its versions, one migration each; making a journal is running them all.

A migration is history: once released it is never edited. Each gets the connection of one transaction that holds all
that are due, so a journal is at its old version or at its new one, and at nothing between.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from trimtab.errors import StorageError
from trimtab.store.schema import VERSIONS, version_of

__all__ = ["MIGRATIONS", "Migration", "apply_due", "check_known", "latest", "missing_guards"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One step from the version before to `version`.

    Parameters
    ----------
    version
        1, 2, 3, ...
    title
        What it brings, in a few words.
    apply
        Does it, on the connection of the transaction.
    """

    version: int
    title: str
    apply: Callable[[sa.Connection], None]


def latest(migrations: Sequence[Migration]) -> int:
    """Give the version that a list of migrations leads to."""
    return migrations[-1].version


def check_known(version: int, migrations: Sequence[Migration], name: str) -> None:
    """Refuse a journal from the future.

    Raises
    ------
    StorageError
        If the journal is newer than this code.
    """
    if version > latest(migrations):
        raise StorageError(
            expected=f"a journal of version {latest(migrations)} or older",
            found=f"version {version} in {name}: a newer trimtab has worked here",
            try_next="install that version of trimtab or a newer one; nothing was read or changed",
        )


def apply_due(connection: sa.Connection, migrations: Sequence[Migration], applied: str) -> None:
    """Run the migrations that are due, inside the caller's transaction.

    Raises
    ------
    StorageError
        If one fails; the caller's transaction must then be rolled back.
    """
    version = version_of(connection) or 0
    for step in migrations:
        if step.version <= version:
            continue
        try:
            step.apply(connection)
        except Exception as error:
            raise StorageError(
                expected=f"migration {step.version} ({step.title}) to succeed",
                found=f"{type(error).__name__}: {error}",
                try_next="the journal is as it was; keep it and report this message",
            ) from error
        connection.execute(VERSIONS.insert().values(version=step.version, title=step.title, applied=applied))


def _entries_in_a_chain(connection: sa.Connection) -> None:
    """Version 1: entries, their indexes, and triggers that keep every other statement than an append out."""
    statements = _SQLITE_1 if connection.dialect.name == "sqlite" else _POSTGRES_1
    for statement in statements:
        connection.exec_driver_sql(statement)


_INDEXES_1 = (
    "CREATE INDEX journal_entries_of ON journal_entries (kind, subject, seq)",
    "CREATE INDEX journal_entries_valid ON journal_entries (kind, valid)",
    "CREATE INDEX journal_entries_recorded ON journal_entries (recorded, seq)",
)
_SQLITE_1 = (
    "CREATE TABLE journal_versions (version INTEGER PRIMARY KEY, title TEXT NOT NULL, applied TEXT NOT NULL)",
    "CREATE TABLE journal_entries (seq INTEGER PRIMARY KEY, recorded TEXT NOT NULL, kind TEXT NOT NULL,"
    " subject TEXT NOT NULL, valid TEXT, body TEXT NOT NULL, hash TEXT NOT NULL)",
    *_INDEXES_1,
    "CREATE TRIGGER journal_entries_no_update BEFORE UPDATE ON journal_entries"
    " BEGIN SELECT RAISE(ABORT, 'the journal is append-only: no entry is changed'); END",
    "CREATE TRIGGER journal_entries_no_delete BEFORE DELETE ON journal_entries"
    " BEGIN SELECT RAISE(ABORT, 'the journal is append-only: no entry is removed'); END",
    # Also keeps INSERT OR REPLACE out, which removes a row without asking the trigger above.
    "CREATE TRIGGER journal_entries_in_order BEFORE INSERT ON journal_entries"
    " WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM journal_entries)"
    " BEGIN SELECT RAISE(ABORT, 'the journal is append-only: an entry goes at the end'); END",
)
# Text is compared by its code points, as SQLite and Python do, whatever the language of the server.
_POSTGRES_1 = (
    "CREATE TABLE journal_versions (version INTEGER PRIMARY KEY, title TEXT NOT NULL, applied TEXT NOT NULL)",
    'CREATE TABLE journal_entries (seq BIGINT PRIMARY KEY, recorded TEXT COLLATE "C" NOT NULL,'
    ' kind TEXT COLLATE "C" NOT NULL, subject TEXT COLLATE "C" NOT NULL, valid TEXT COLLATE "C",'
    ' body TEXT COLLATE "C" NOT NULL, hash TEXT COLLATE "C" NOT NULL)',
    *_INDEXES_1,
    "CREATE FUNCTION journal_entries_refuse() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION 'the journal is append-only: no entry is changed or removed'; END $$",
    "CREATE TRIGGER journal_entries_no_change BEFORE UPDATE OR DELETE ON journal_entries"
    " FOR EACH ROW EXECUTE FUNCTION journal_entries_refuse()",
    "CREATE TRIGGER journal_entries_no_truncate BEFORE TRUNCATE ON journal_entries"
    " FOR EACH STATEMENT EXECUTE FUNCTION journal_entries_refuse()",
    "CREATE FUNCTION journal_entries_last() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM journal_entries)"
    " THEN RAISE EXCEPTION 'the journal is append-only: an entry goes at the end'; END IF;"
    " RETURN NEW; END $$",
    "CREATE TRIGGER journal_entries_in_order BEFORE INSERT ON journal_entries"
    " FOR EACH ROW EXECUTE FUNCTION journal_entries_last()",
)

_SQLITE_GUARDS = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'journal_entries'")
_POSTGRES_GUARDS = sa.text(
    "SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid = 'journal_entries'::regclass AND NOT tgisinternal"
)


def missing_guards(connection: sa.Connection) -> tuple[str, ...]:
    """Name the triggers that keep entries from being changed, and are not there as they were made."""
    if connection.dialect.name == "sqlite":
        made = {statement.split()[2]: statement for statement in _SQLITE_1 if statement.startswith("CREATE TRIGGER")}
        there = {str(name): str(text) for name, text in connection.execute(_SQLITE_GUARDS)}
    else:
        made = {statement.split()[2]: "O" for statement in _POSTGRES_1 if statement.startswith("CREATE TRIGGER")}
        there = {str(name): str(enabled) for name, enabled in connection.execute(_POSTGRES_GUARDS)}
    return tuple(name for name, text in made.items() if there.get(name) != text)


MIGRATIONS: tuple[Migration, ...] = (Migration(version=1, title="entries in a hash chain", apply=_entries_in_a_chain),)
