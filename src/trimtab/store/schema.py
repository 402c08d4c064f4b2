"""The table of entries: how it is queried, and how a database holds it. SQLAlchemy Core; no other module writes SQL.

What makes the tables is in `migrate`: those statements are history and never change, this description follows them.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from trimtab.desk.books.journal import Head
from trimtab.store.chain import EMPTY, Row

__all__ = [
    "ENTRIES",
    "VERSIONS",
    "find_rows",
    "insert_rows",
    "known_at",
    "newest_row",
    "next_rows",
    "opened_version",
    "version_of",
]

_DATA = sa.MetaData()
_SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

ENTRIES = sa.Table(
    "journal_entries",
    _DATA,
    sa.Column("seq", _SEQ, primary_key=True, autoincrement=False),
    sa.Column("recorded", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("valid", sa.Text),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
)
VERSIONS = sa.Table(
    "journal_versions",
    _DATA,
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("applied", sa.Text, nullable=False),
)
_E = ENTRIES.c
# Asked at every write, so put together once.
_NEWEST = sa.select(_E.seq, _E.hash, _E.recorded).order_by(_E.seq.desc()).limit(1)
_VERSION = sa.select(sa.func.max(VERSIONS.c.version))


def version_of(connection: sa.Connection) -> int | None:
    """Give the version of the tables; None if there is no journal here."""
    return opened_version(connection) if sa.inspect(connection).has_table(VERSIONS.name) else None


def opened_version(connection: sa.Connection) -> int | None:
    """Give the version of tables that are known to be there: quicker, for every write."""
    version = connection.execute(_VERSION).scalar()
    return None if version is None else int(version)


def newest_row(connection: sa.Connection) -> tuple[Head, str]:
    """Give the head and the moment it was recorded."""
    newest = connection.execute(_NEWEST).first()
    return (EMPTY, "") if newest is None else (Head(seq=newest.seq, hash=newest.hash), newest.recorded)


def insert_rows(connection: sa.Connection, rows: Sequence[Row]) -> None:
    """Add rows at the end."""
    names = ENTRIES.columns.keys()
    connection.execute(ENTRIES.insert(), [{name: getattr(row, name) for name in names} for row in rows])


def find_rows(
    connection: sa.Connection,
    *,
    kind: str | None,
    subject: str | None,
    after: int,
    known: int | None,
    valid_until: str | None,
    newest: bool,
    limit: int | None,
) -> tuple[Row, ...]:
    """Find the rows that `Journal.entries` asks for."""
    asked: list[Any] = [_E.seq > max(after, 0)]
    if kind is not None:
        asked.append(_E.kind == kind)
    if subject is not None:
        asked.append(_E.subject == subject)
    if known is not None:
        asked.append(_E.seq <= known)
    if valid_until is not None:
        asked.append(_E.valid <= valid_until)
    query = sa.select(ENTRIES).where(*asked).order_by(_E.seq.desc() if newest else _E.seq)
    if limit is not None:
        query = query.limit(max(limit, 0))
    return _as_rows(connection.execute(query))


def next_rows(connection: sa.Connection, *, after: int | None, limit: int) -> tuple[Row, ...]:
    """Give the next rows whatever they are; with `after` None from the very first, numbered below 1 or not."""
    query = sa.select(ENTRIES).order_by(_E.seq).limit(limit)
    return _as_rows(connection.execute(query if after is None else query.where(_E.seq > after)))


def known_at(connection: sa.Connection, moment: str) -> int:
    """Give the last number recorded at or before a moment written as the journal writes it."""
    query = sa.select(_E.seq).where(_E.recorded <= moment).order_by(_E.recorded.desc(), _E.seq.desc()).limit(1)
    return int(connection.execute(query).scalar() or 0)


def _as_rows(result: sa.CursorResult[Any]) -> tuple[Row, ...]:
    return tuple(Row(*tuple(row)) for row in result)
