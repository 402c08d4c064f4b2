"""Copy a workspace while it is in use: journal, data and settings, consistent with each other, whole or not at all."""

import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from trimtab.desk.books.journal import Head
from trimtab.errors import InputError, StorageError
from trimtab.store.archive import ArchiveWriter, FolderWriter
from trimtab.store.chain import Row, moment_text
from trimtab.store.database import Database
from trimtab.store.files import part_of, remove, sync_folder
from trimtab.store.journal import SqlJournal, create_journal, look_into
from trimtab.store.manifest import JOURNAL, MANIFEST, SETTINGS, Manifest, write_manifest
from trimtab.store.sqlite import SqliteDatabase
from trimtab.store.verify import Chained, verify

__all__ = ["ARCHIVES", "back_up", "batches_of", "left_outside"]

#: Endings that ask for one compressed file; anything else becomes a folder.
ARCHIVES = (".tar.gz", ".tgz")
_BATCH = 2000


def _now() -> datetime:
    return datetime.now(UTC)


def back_up(
    journal: SqlJournal,
    data_dir: Path,
    target: Path,
    *,
    named: Sequence[Path] = (),
    clock: Callable[[], datetime] = _now,
) -> Manifest:
    """Copy journal, data folder, settings and the files that they name into one archive or folder.

    Writers wait while it works; readers do not. The copy appears under its name only when it is complete and on the
    disk.

    Parameters
    ----------
    journal
        The workspace's journal; one on PostgreSQL is copied into an SQLite file.
    data_dir
        The workspace's `data`. Everything in it is kept except names that begin with a dot, which are files half
        written. A `trimtab.toml` beside it is kept too, with whatever secrets it holds.
    target
        Where to: a name ending in .tar.gz or .tgz becomes an archive, any other a folder. It must not be there yet.
    named
        Files that the settings name. Those in the workspace are kept; `left_outside` gives the others.
    clock
        Gives the moment that the backup carries.

    Returns
    -------
    What was kept, and the head of the journal: note it elsewhere.

    Raises
    ------
    InputError
        If the target exists or is inside the data.
    StorageError
        If something cannot be read or written; nothing is left behind.
    """
    target = target.resolve()
    if target.exists():
        raise InputError(
            expected="a name for the backup that is not taken", found=f"{target} exists", try_next="choose another name"
        )
    if data_dir.resolve() in target.parents:
        raise InputError(
            expected="a backup outside the data that it copies", found=str(target), try_next="choose another folder"
        )
    part = part_of(target)
    try:
        sink: ArchiveWriter | FolderWriter = (
            ArchiveWriter(part) if target.name.endswith(ARCHIVES) else FolderWriter(part)
        )
        with sink:
            manifest = _fill(sink, journal, data_dir, named, moment_text(clock()), target.parent)
        part.rename(target)
        sync_folder(target.parent)
    except (OSError, sqlite3.Error) as error:
        remove(part)
        if isinstance(error, StorageError):
            raise
        raise StorageError(
            expected=f"a backup at {target}",
            found=str(error),
            try_next="free some space or give permission there; nothing was left behind",
        ) from error
    except BaseException:
        remove(part)
        raise
    return manifest


def batches_of(journal: Chained) -> Iterator[Sequence[Row]]:
    """Give all rows of a journal, a batch at a time."""
    after: int | None = None
    while batch := journal.rows(after=after, limit=_BATCH):
        yield batch
        after = batch[-1].seq


def left_outside(data_dir: Path, named: Sequence[Path]) -> tuple[Path, ...]:
    """Give the named files that lie outside a workspace: a backup does not hold them.

    Examples
    --------
    >>> left_outside(Path("/desk/data"), [Path("/desk/fx.csv"), Path("/rates/fx.csv")]) == (Path("/rates/fx.csv"),)
    True
    """
    home = data_dir.resolve().parent
    return tuple(path for path in named if home not in path.resolve().parents)


def _fill(
    sink: ArchiveWriter | FolderWriter,
    journal: SqlJournal,
    data_dir: Path,
    named: Sequence[Path],
    made: str,
    beside: Path,
) -> Manifest:
    database = journal.database
    on_file = isinstance(database, SqliteDatabase)
    with tempfile.TemporaryDirectory(prefix=".trimtab-", dir=beside) as folder, journal.writing():
        copy = Path(folder, JOURNAL)
        head = _copy_journal(journal, copy)
        kept = [sink.add(JOURNAL, copy)]
        copy.unlink()
        settings = data_dir.parent / SETTINGS
        if settings.is_file():
            kept.append(sink.add(SETTINGS, settings))
        # The journal was copied by its database. Opened as a file, this process would lose its locks on it.
        own = _own_files(database)
        kept += [sink.add(name, path) for name, path in _beside_data(data_dir, named).items() if path not in own]
        files = [path for path in _data_files(data_dir) if path.resolve() not in own]
        kept += [sink.add(f"data/{path.relative_to(data_dir).as_posix()}", path) for path in files]
        manifest = Manifest(
            made=made,
            head=head,
            journal_name=_name_in(data_dir.resolve().parent, database),
            from_server=not on_file,
            files=tuple(kept),
        )
        sink.close_with(write_manifest(manifest))
    return manifest


def _own_files(database: Database) -> frozenset[Path]:
    """Give the files that a database keeps, its log and the index of it among them."""
    if not isinstance(database, SqliteDatabase):
        return frozenset()
    path = database.path.resolve()
    return frozenset(path.with_name(path.name + end) for end in ("", "-wal", "-shm", "-journal"))


def _name_in(home: Path, database: Database) -> str:
    """Give the name of the journal's file in a workspace: with its folder where it lies in one."""
    if not isinstance(database, SqliteDatabase):
        return JOURNAL
    path = database.path.resolve()
    return path.relative_to(home).as_posix() if home in path.parents else path.name


def _copy_journal(journal: SqlJournal, target: Path) -> Head:
    """Copy the journal into one SQLite file; the caller keeps writers out."""
    database = journal.database
    if isinstance(database, SqliteDatabase):
        database.copy_into(target)
    else:
        create_journal(target, rows=batches_of(journal)).close()
    with look_into(target) as copy:
        checked = verify(copy)
    if checked.fault is not None:
        raise StorageError(
            expected="a journal whose chain holds",
            found=checked.fault.detail,
            try_next="run trimtab verify, and restore an earlier backup; a damaged journal is not backed up",
        )
    return checked.head


def _beside_data(data_dir: Path, named: Sequence[Path]) -> dict[str, Path]:
    """Give the named files of the workspace that are not in its data, by their names there."""
    home, data = data_dir.resolve().parent, data_dir.resolve()
    files = {}
    for path in (p.resolve() for p in named):
        if home in path.parents and data not in path.parents and path.is_file():
            files[path.relative_to(home).as_posix()] = path
    return {name: path for name, path in sorted(files.items()) if name not in {JOURNAL, MANIFEST, SETTINGS}}


def _data_files(data_dir: Path) -> list[Path]:
    """List what is in the data folder, in a fixed order, without what is hidden."""
    return sorted(
        path
        for path in data_dir.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(data_dir).parts)
    )
