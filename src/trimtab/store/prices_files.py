"""Files of prices: written whole or not at all, and refused if they are not what was written.

A file is written under a temporary name, forced to the disk and then renamed; only the journal entry that names it,
with its SHA-256, makes it count. So a crash between the two leaves a file that nobody reads.
"""

import hashlib
import os
from contextlib import suppress
from pathlib import Path

import polars as pl

from trimtab.errors import StorageError

__all__ = ["digest", "read_rows", "stray_files", "verify", "write_rows"]

_ROWS_IN_GROUP = 100_000


def digest(path: Path) -> str:
    """Give the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_rows(rows: pl.DataFrame, path: Path) -> str:
    """Write a frame as Parquet, whole or not at all, and give its SHA-256.

    Raises
    ------
    StorageError
        If it cannot be written; nothing is left behind then.
    """
    written = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        if not path.parent.is_dir():
            path.parent.mkdir(parents=True, exist_ok=True)
            _sync_folder(path.parent.parent)
        with written.open("wb") as stream:
            rows.write_parquet(stream, compression="zstd", row_group_size=_ROWS_IN_GROUP, statistics=True)
            stream.flush()
            os.fsync(stream.fileno())
        written_digest = digest(written)
        written.replace(path)
        _sync_folder(path.parent)
    except (OSError, pl.exceptions.PolarsError) as error:
        with suppress(OSError):  # what cannot be removed now is removed by the next import
            written.unlink()
        raise StorageError(
            expected=f"prices written to {path}",
            found=str(error),
            try_next="free disk space, check permissions, and import again: nothing of this file was kept",
        ) from error
    return written_digest


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
    """Give the files in a folder that no journal entry names: what a crash left behind, or what was merged."""
    if not folder.is_dir():
        return ()
    ours = (p for p in folder.iterdir() if p.suffix in {".parquet", ".tmp"} and p.is_file())
    return tuple(sorted(p for p in ours if p.name not in named))
