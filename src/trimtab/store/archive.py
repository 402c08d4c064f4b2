"""Where the files of a backup go: into a folder, or one after the other into one compressed file."""

import gzip
import hashlib
import io
import tarfile
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO, Self

from trimtab.store.attested import guard
from trimtab.store.files import copy_and_hash, open_private, remove, sync_file, sync_folder
from trimtab.store.manifest import MANIFEST, Kept

__all__ = ["ArchiveWriter", "FolderWriter"]


class FolderWriter:
    """A backup as a folder of files."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def __enter__(self) -> Self:
        remove(self._root)
        self._root.mkdir(mode=0o700)
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def add(self, name: str, source: Path) -> Kept:
        """Add a copy of a file."""
        target = self._root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as reading, target.open("xb") as writing:
            size, digest = copy_and_hash(reading, writing)
        guard(target, name)
        sync_file(target)
        return Kept(path=name, size=size, sha256=digest)

    def close_with(self, manifest: str) -> None:
        """Add the manifest, last of all: a copy that was cut off has none."""
        path = self._root / MANIFEST
        path.write_text(manifest, encoding="utf-8")
        sync_file(path)
        for folder in [*(p for p in self._root.rglob("*") if p.is_dir()), self._root]:
            sync_folder(folder)


class ArchiveWriter:
    """A backup as one compressed file; it carries no names or numbers of users."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Self:
        remove(self._path)
        self._stack = ExitStack()
        raw = self._stack.enter_context(open_private(self._path))
        # Level 1: Parquet is compressed already.
        packed = self._stack.enter_context(gzip.GzipFile(filename="", mode="wb", compresslevel=1, fileobj=raw, mtime=0))
        self._tar = self._stack.enter_context(tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT))
        return self

    def __exit__(self, *error: object) -> None:
        if error[0] is None:
            self._stack.close()
            sync_file(self._path)
        else:
            # Closing would write the end of an archive that has none, and may fail for the same reason.
            with suppress(OSError):
                self._stack.close()

    def add(self, name: str, source: Path) -> Kept:
        """Add a copy of a file."""
        size = source.stat().st_size
        with source.open("rb") as reading:
            hashing = _Hashing(reading)
            self._tar.addfile(_described(name, size), hashing)
        return Kept(path=name, size=size, sha256=hashing.hexdigest())

    def close_with(self, manifest: str) -> None:
        """Add the manifest, last of all: a copy that was cut off has none."""
        content = manifest.encode("utf-8")
        self._tar.addfile(_described(MANIFEST, len(content)), io.BytesIO(content))


class _Hashing:
    """Read a stream and hash what went through."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self._stream.read(size)
        self._digest.update(chunk)
        return chunk

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


def _described(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info
