"""What a backup says of itself: its files with their SHA-256, and the head of its journal."""

import json
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import TypedDict

from trimtab.desk.books.journal import Head
from trimtab.errors import StorageError

__all__ = ["JOURNAL", "MANIFEST", "SETTINGS", "Kept", "Manifest", "check_name", "read_manifest", "write_manifest"]

SCHEMA = "trimtab.backup/1"
MANIFEST, JOURNAL, SETTINGS = "manifest.json", "journal.sqlite", "trimtab.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A file of a backup.

    Parameters
    ----------
    path
        Its name in the backup, with slashes.
    size
        Bytes.
    sha256
        Of its content, in hexadecimal.
    """

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What is in a backup.

    Parameters
    ----------
    made
        When, UTC.
    head
        The last entry of its journal: note it elsewhere, `verify` can be asked about it.
    journal_name
        What the journal's file is called in the workspace.
    from_server
        Whether the journal was on a PostgreSQL server.
    files
        The files, the journal among them.
    """

    made: str
    head: Head
    journal_name: str
    from_server: bool
    files: tuple[Kept, ...]


class _WrittenHead(TypedDict):
    seq: int
    hash: str


class _WrittenFile(TypedDict):
    path: str
    size: int
    sha256: str


class _Written(TypedDict):
    """A manifest as it should be written; what is read may be anything, so each part is taken as what it must be."""

    schema: str
    made: str
    head: _WrittenHead
    journal_name: str
    from_server: bool
    files: list[_WrittenFile]


def write_manifest(manifest: Manifest) -> str:
    """Write it as JSON."""
    return json.dumps({"schema": SCHEMA, **asdict(manifest)}, indent=2) + "\n"


def read_manifest(text: bytes, where: str) -> Manifest:
    """Read it, and refuse what cannot be one.

    Raises
    ------
    StorageError
        If it is of another kind, or a name in it points outside the backup.
    """
    try:
        written: _Written = json.loads(text)
        if written["schema"] != SCHEMA:
            raise StorageError(
                expected=f"a backup of kind {SCHEMA}",
                found=f"{written['schema']!r} in {where}",
                try_next="restore it with the version of trimtab that made it",
            )
        manifest = Manifest(
            made=str(written["made"]),
            head=Head(seq=int(written["head"]["seq"]), hash=str(written["head"]["hash"])),
            journal_name=check_name(str(written["journal_name"]), where),
            from_server=bool(written["from_server"]),
            files=tuple(
                Kept(path=check_name(str(f["path"]), where), size=int(f["size"]), sha256=str(f["sha256"]))
                for f in written["files"]
            ),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise StorageError(
            expected=f"a readable {MANIFEST} in {where}", found=str(error), try_next="take another backup"
        ) from None
    return manifest


def check_name(name: str, where: str) -> str:
    r"""Refuse a name that would be written outside the folder.

    Examples
    --------
    >>> check_name("data/prices/a.parquet", "x.tar.gz")
    'data/prices/a.parquet'
    """
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts or "\\" in name or ":" in name or "\0" in name:
        raise StorageError(
            expected=f"only names inside the backup in {where}",
            found=repr(name),
            try_next="do not restore it: no backup of trimtab looks like this",
        )
    return path.as_posix()
