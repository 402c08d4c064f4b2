"""Files of attestations: written whole or not at all, never over another, and what is secret for its owner alone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trimtab.errors import InputError, StorageError
from trimtab.store.files import part_of, sync_folder

__all__ = ["LEAVES", "guard", "leaves_file", "new_file", "read_bytes", "read_text", "replace_file"]

#: Under a workspace's `data`: the leaves and salts of each commitment.
LEAVES = "attest"
_PRIVATE, _PUBLIC, _FOLDER = 0o600, 0o644, 0o700


def leaves_file(data: Path, root: str) -> Path:
    """Give where the leaves of a commitment are kept; the folder is its owner's alone."""
    folder = data / LEAVES
    folder.mkdir(mode=_FOLDER, exist_ok=True)
    return folder / f"{root}.json"


def guard(target: Path, name: str) -> None:
    """Keep a copy of a secret file for its owner alone; `name` is its path in the workspace."""
    if name.startswith(f"data/{LEAVES}/"):
        target.chmod(_PRIVATE)
        target.parent.chmod(_FOLDER)


@contextmanager
def new_file(path: Path, content: bytes, *, private: bool = False) -> Iterator[None]:
    """Write a file that was not there; it gets its name only when the block has ended well.

    Parameters
    ----------
    path
        Where to.
    content
        All of it.
    private
        Whether it may be read by its owner alone.

    Raises
    ------
    InputError
        If there is a file of that name.
    StorageError
        If it cannot be written.
    """
    if path.exists():
        raise InputError(
            expected=f"a new file {path}", found="one of that name: what was attested is never written over",
            try_next="choose another name, or move the old one away",
        )  # fmt: skip
    part = part_of(path)
    try:
        part.unlink(missing_ok=True)
        _write(part, content, _PRIVATE if private else _PUBLIC)
        yield
        part.replace(path)
        sync_folder(path.parent)
    except StorageError:
        raise
    except OSError as error:
        raise _unwritten(path, error) from error
    finally:
        part.unlink(missing_ok=True)


def replace_file(path: Path, content: bytes) -> None:
    """Write a file in place of the one that is there, whole or not at all."""
    part = part_of(path)
    try:
        part.unlink(missing_ok=True)
        _write(part, content, _PUBLIC)
        part.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise _unwritten(path, error) from error
    finally:
        part.unlink(missing_ok=True)


def read_bytes(path: Path, what: str) -> bytes:
    """Read a file.

    Raises
    ------
    StorageError
        If it cannot be read; `what` says what it should be.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise StorageError(
            expected=f"{what}: the file {path}", found=str(error.strerror or error), try_next="correct the path"
        ) from error


def read_text(path: Path, what: str) -> str:
    """Read a file of text.

    Raises
    ------
    InputError
        If it is no text.
    StorageError
        If it cannot be read.
    """
    try:
        return read_bytes(path, what).decode("utf-8")
    except UnicodeDecodeError:
        raise InputError(
            expected=f"{what}: the text file {path}", found="bytes that are no UTF-8", try_next="give another file"
        ) from None


def _write(part: Path, content: bytes, mode: int) -> None:
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _unwritten(path: Path, error: OSError) -> StorageError:
    return StorageError(
        expected=f"to write {path}", found=str(error.strerror or error), try_next="choose another path, or make room"
    )
