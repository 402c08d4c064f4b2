"""Files of prices: written whole or not at all, and refused if they are not what was written.

A file is written under a temporary name, forced to the disk and then renamed; only the journal entry that names it,
with its SHA-256, makes it count. So a crash between the two leaves a file that nobody reads.
"""

import hashlib
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO

import polars as pl

from trimtab.errors import StorageError

if sys.platform != "win32":  # where a file that is open cannot be removed anyway
    import fcntl

__all__ = ["ReadyFile", "digest", "read_rows", "stray_files", "verify", "write_ready"]

_ROWS_IN_GROUP = 100_000
#: How the name of a file ends while it is written.
_WRITING = ".tmp"


def digest(path: Path) -> str:
    """Give the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class ReadyFile:
    """Rows on the disk under a temporary name: to be placed under their own, or to go away again.

    Writing takes time, and placing does not, so only placing needs the lock. As long as this is open nobody takes the
    file for one that a crash left behind. Made by `write_ready`.
    """

    def __init__(self, stream: IO[bytes], path: Path) -> None:
        self._stream, self._path, self._is_placed = stream, path, False
        self.sha256 = digest(path)

    def place(self, target: Path) -> None:
        """Give the file its name, for good.

        Raises
        ------
        StorageError
            If that cannot be done.
        """
        if sys.platform == "win32":
            self._stream.close()  # where a file that is open cannot be renamed
        try:
            self._path.replace(target)
            _sync_folder(target.parent)
        except OSError as error:
            raise _unwritable(target, error) from error
        self._is_placed = True

    def close(self) -> None:
        """Let go of the file; one that was not placed is removed."""
        self._stream.close()
        if not self._is_placed:
            with suppress(OSError):  # what cannot be removed now is removed by the next import
                self._path.unlink()


def write_ready(rows: pl.DataFrame, folder: Path) -> ReadyFile:
    """Write a frame as Parquet under a temporary name and force it to the disk.

    Raises
    ------
    StorageError
        If it cannot be written; nothing is left behind then.
    """
    try:
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            _sync_folder(folder.parent)
        stream, written = _claimed(folder)
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        rows.write_parquet(stream, compression="zstd", row_group_size=_ROWS_IN_GROUP, statistics=True)
        stream.flush()
        os.fsync(stream.fileno())
        return ReadyFile(stream, written)
    except BaseException as error:
        stream.close()
        with suppress(OSError):
            written.unlink()
        if isinstance(error, OSError | pl.exceptions.PolarsError):
            raise _unwritable(folder, error) from error
        raise


def _claimed(folder: Path) -> tuple[IO[bytes], Path]:
    """Open a temporary file that others see is being written."""
    while True:
        handle, name = tempfile.mkstemp(dir=folder, prefix=".", suffix=_WRITING)
        stream = os.fdopen(handle, "w+b")
        if sys.platform == "win32":
            return stream, Path(name)
        fcntl.flock(handle, fcntl.LOCK_EX)
        # Between the two a cleaner may have taken it for left behind.
        if os.fstat(handle).st_nlink:
            return stream, Path(name)
        stream.close()


def _unwritable(target: Path, error: Exception) -> StorageError:
    return StorageError(
        expected=f"prices written to {target}",
        found=str(error),
        try_next="free disk space, check permissions, and import again: nothing of this file was kept",
    )


def read_rows(path: Path, *wanted: pl.Expr) -> pl.DataFrame:
    """Read the rows of a file that meet every condition.

    The file is opened here: a path given to polars is a pattern, and `desk[1]` would read the prices of `desk1`.

    Raises
    ------
    StorageError
        If it is no file of prices.
    """
    with path.open("rb") as stream:
        try:
            return pl.scan_parquet(stream).filter(*wanted).collect()
        except pl.exceptions.PolarsError as error:
            raise StorageError(
                expected=f"a Parquet file of prices in {path}",
                found=str(error).partition("\n")[0],
                try_next="restore it from a backup",
            ) from error


def _sync_folder(folder: Path) -> None:
    """Force a rename to the disk, where folders can be forced."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def verify(path: Path, sha256: str, seen: dict[Path, tuple[int, int, int, str]]) -> None:
    """Refuse a file that is missing or is not what was written.

    Parameters
    ----------
    path, sha256
        The file, and what the journal says of it.
    seen
        Files looked at before, with what the system said of them then; they are not read twice.

    Raises
    ------
    StorageError
        If it is missing or has changed.
    """
    try:
        state = path.stat()
        mark = (state.st_ino, state.st_size, state.st_mtime_ns, sha256)
        if seen.get(path) == mark:
            return
        digest_now = digest(path)
    except OSError as error:
        raise StorageError(
            expected=f"the prices that the journal names, in {path}",
            found=f"no file that can be read ({error.strerror or error})",
            try_next="restore it from a backup",
        ) from error
    if digest_now != sha256:
        raise StorageError(
            expected=f"the prices that the journal names, in {path} (SHA-256 {sha256[:12]}...)",
            found=f"a file that was changed since (SHA-256 {digest_now[:12]}...)",
            try_next="restore it from a backup",
        )
    seen[path] = mark


def stray_files(folder: Path, named: set[str]) -> tuple[Path, ...]:
    """Give the files in a folder that no journal entry names: what a crash left behind, or what was merged.

    What somebody is writing is not among them.
    """
    if not folder.is_dir():
        return ()
    ours = (p for p in folder.iterdir() if p.suffix in {".parquet", _WRITING} and p.is_file())
    return tuple(sorted(p for p in ours if p.name not in named and not _is_being_written(p)))


def _is_being_written(path: Path) -> bool:
    """Tell whether somebody holds a file; the system lets go of it when its writer dies, however it dies."""
    if sys.platform == "win32" or path.suffix != _WRITING:
        return False
    try:
        with path.open("rb") as stream:
            fcntl.flock(stream.fileno(), fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:  # held, or placed or gone meanwhile: nothing to remove
        return True
    return False
