"""Copy a workspace while it is in use: journal, data and settings, consistent with each other, whole or not at all."""

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from trimtab.desk.books.journal import Head
from trimtab.errors import InputError, StorageError
from trimtab.progress import each, step
from trimtab.store.archive import ArchiveWriter, FolderWriter
from trimtab.store.chain import Row, moment_text
from trimtab.store.database import Database
from trimtab.store.files import part_of, remove, sync_folder
from trimtab.store.journal import SqlJournal, create_journal, look_into
from trimtab.store.manifest import JOURNAL, MANIFEST, SETTINGS, Kept, Manifest, write_manifest
from trimtab.store.sqlite import SqliteDatabase
from trimtab.store.verify import Chained, verify

__all__ = ["ARCHIVES", "back_up", "batches_of", "left_outside"]

#: Endings that ask for one compressed file; anything else becomes a folder.
ARCHIVES = (".tar.gz", ".tgz")
_BATCH = 2000
#: Of the states of a watch only the last are kept: they may be gone before their turn.
_FLEETING = "data/watch/"


def _now() -> datetime:
    return datetime.now(UTC)


@step("copying the journal")
def back_up(
    journal: SqlJournal,
    data_dir: Path,
    target: Path,
    *,
    named: Sequence[Path] = (),
    clock: Callable[[], datetime] = _now,
) -> Manifest:
    """Copy journal, data folder, settings and the files that they name into one archive or folder.

    Writers wait while the journal is copied and the other files are listed; those are then copied beside them, for what
    is kept is never changed in its place. Where one was taken away meanwhile (prices were merged), all is copied once
    more while writers wait. Readers never wait. The copy appears under its name only when it is complete and on the
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
    plan = _Plan(journal=journal, data_dir=data_dir, named=tuple(named), made=moment_text(clock()))
    try:
        try:
            manifest = _copy(plan, part, target, keeps_writers_out=False)
        except _MovedError:
            manifest = _copy(plan, part, target, keeps_writers_out=True)
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


class _MovedError(Exception):
    """A file was taken away, or is another one, since it was listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What is to be copied, and the moment that the copy carries."""

    journal: SqlJournal
    data_dir: Path
    named: tuple[Path, ...]
    made: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    """A file as it was when it was listed: its name in the copy, where it is read, and how it looked."""

    name: str
    path: Path
    look: tuple[int, int, int]


def _copy(plan: _Plan, part: Path, target: Path, *, keeps_writers_out: bool) -> Manifest:
    """Copy everything under the name of what is not yet whole."""
    sink: ArchiveWriter | FolderWriter = ArchiveWriter(part) if target.name.endswith(ARCHIVES) else FolderWriter(part)
    with ExitStack() as stack:
        stack.enter_context(sink)
        passing = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=".trimtab-", dir=target.parent)))
        if keeps_writers_out:
            stack.enter_context(plan.journal.writing())
        with plan.journal.writing():
            _copy_journal(plan.journal, passing / JOURNAL)
            listed = _list(plan, passing)
        head = _checked_head(passing / JOURNAL)
        kept = [sink.add(JOURNAL, passing / JOURNAL)]
        (passing / JOURNAL).unlink()
        kept += [_add(sink, file, looks_again=not keeps_writers_out) for file in each(listed, "copying files")]
        database = plan.journal.database
        manifest = Manifest(
            made=plan.made,
            head=head,
            journal_name=_name_in(plan.data_dir.resolve().parent, database),
            from_server=not isinstance(database, SqliteDatabase),
            files=tuple(kept),
        )
        sink.close_with(write_manifest(manifest))
    return manifest


def _list(plan: _Plan, passing: Path) -> list[_Listed]:
    """List what is copied beside the journal; what is not kept for long is put by. Writers are kept out meanwhile."""
    data_dir = plan.data_dir
    # The journal was copied by its database. Opened as a file, this process would lose its locks on it.
    own = _own_files(plan.journal.database)
    settings = data_dir.parent / SETTINGS
    files = {SETTINGS: settings} if settings.is_file() else {}
    files |= {name: path for name, path in _beside_data(data_dir, plan.named).items() if path not in own}
    inside = (path for path in _data_files(data_dir) if path.resolve() not in own)
    files |= {f"data/{path.relative_to(data_dir).as_posix()}": path for path in inside}
    listed = []
    for number, (name, path) in enumerate(files.items()):
        place = path
        if name == SETTINGS or name.startswith(_FLEETING):
            place = passing / str(number)
            shutil.copyfile(path, place)
        listed.append(_Listed(name=name, path=place, look=_look(place)))
    return listed


def _add(sink: ArchiveWriter | FolderWriter, file: _Listed, *, looks_again: bool) -> Kept:
    """Copy a file; where writers are at work it must be the one that was listed, and not be written to meanwhile."""
    try:
        kept = sink.add(file.name, file.path)
        if not looks_again or _look(file.path) == file.look:
            return kept
    except FileNotFoundError:
        if not looks_again:
            raise
    raise _MovedError


def _look(path: Path) -> tuple[int, int, int]:
    facts = path.stat()
    return facts.st_ino, facts.st_size, facts.st_mtime_ns


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


def _copy_journal(journal: SqlJournal, target: Path) -> None:
    """Copy the journal into one SQLite file; the caller keeps writers out."""
    database = journal.database
    if isinstance(database, SqliteDatabase):
        database.copy_into(target)
    else:
        create_journal(target, rows=batches_of(journal)).close()


def _checked_head(copy: Path) -> Head:
    """Verify the copy of a journal, and give its last number and hash."""
    with look_into(copy) as journal:
        checked = verify(journal)
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
