"""Files written whole or not at all: under another name, forced to the disk, then renamed."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from trimtab.errors import StorageError

__all__ = ["copy_and_hash", "keep", "open_private", "part_of", "passing_folder", "remove", "sync_file", "sync_folder"]

_CHUNK = 1024 * 1024
_NEW = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)


def open_private(path: Path) -> IO[bytes]:
    """Make a new file, its owner's alone, to be written."""
    return os.fdopen(os.open(path, _NEW, 0o600), "wb")


@contextmanager
def passing_folder() -> Iterator[Path]:
    """Give a folder that is gone afterwards.

    Raises
    ------
    StorageError
        If none can be made: the disk of temporary files is full, or may not be written.
    """
    try:
        room = tempfile.TemporaryDirectory(prefix="trimtab-")
    except OSError as error:
        raise StorageError(
            expected="room for files in passing", found=error.strerror or str(error),
            try_next="free some space there, or let TMPDIR name a folder on another disk",
        ) from error  # fmt: skip
    with room as place:
        yield Path(place)


def part_of(target: Path) -> Path:
    """Give the name under which a file or folder is made before it gets its own."""
    return target.with_name(f".{target.name}.{os.getpid()}.part")


def keep(target: Path, write: Callable[[Path], None]) -> None:
    """Let a file be written under another name, force it to the disk, and only then give it its own."""
    part = part_of(target)
    try:
        part.unlink(missing_ok=True)
        write(part)
        sync_file(part)
        part.replace(target)
        sync_folder(target.parent)
    finally:
        part.unlink(missing_ok=True)


def copy_and_hash(source: IO[bytes], target: IO[bytes], *, most: int | None = None) -> tuple[int, str]:
    """Copy a stream, and give its length and SHA-256; one that is longer than `most` is not copied to its end."""
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(_CHUNK):
        if most is not None and size + len(chunk) > most:
            return size + len(chunk), ""
        digest.update(chunk)
        target.write(chunk)
        size += len(chunk)
    return size, digest.hexdigest()


def sync_file(path: Path) -> None:
    """Force a file to the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Force a folder's list of names to the disk, where the system can."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def remove(path: Path) -> None:
    """Remove a file or a whole folder, if it is there."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
