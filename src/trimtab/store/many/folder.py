"""The folder of a run over many accounts: each file whole or not at all, named by its run, and the manifest last.

checks/RUN-CHUNK.parquet    one chunk: a row an account
exceptions.parquet          accounts with a flag, worst first
manifest.json               what belongs to the run, with hashes; without it nothing here is finished
"""

from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

import polars as pl

from trimtab.errors import StorageError
from trimtab.store.files import keep

__all__ = ["MANIFEST", "FleetFolder", "open_folder"]

MANIFEST, EXCEPTIONS, CHECKS = "manifest.json", "exceptions.parquet", "checks"
#: How much of a run's name stands in its files' names.
_SHORT = 12
#: Signs of a SHA-256 in hexadecimal.
_DIGEST = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetFolder:
    """The folder of one run; it can be pickled.

    Parameters
    ----------
    folder
        Where.
    run
        Name of the run.
    """

    folder: Path
    run: str

    def key(self, chunk: str) -> str:
        """Name the file of a chunk by the digest of what it came from, or in a word."""
        place = chunk[:_SHORT] if len(chunk) == _DIGEST else chunk
        return f"{CHECKS}/{self.run[:_SHORT]}-{place}.parquet"

    def read(self, key: str) -> pl.DataFrame | None:
        """Give a file of the run; None if it was not written yet."""
        path = self.folder / key
        if not path.is_file():
            return None
        with path.open("rb") as stream:
            return pl.read_parquet(stream)

    def write(self, key: str, frame: pl.DataFrame) -> None:
        """Write a file of the run."""
        path = self.folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        keep(path, lambda part: frame.write_parquet(part, statistics=True))

    def digest(self, key: str) -> str:
        """Give the SHA-256 of a file of the run, in hexadecimal."""
        with (self.folder / key).open("rb") as stream:
            return file_digest(stream, "sha256").hexdigest()

    def write_exceptions(self, frame: pl.DataFrame) -> None:
        """Write the accounts with a flag."""
        self.write(EXCEPTIONS, frame)

    def finish(self, manifest: str) -> None:
        """Write the manifest: from now on the run is finished."""

        def write(part: Path) -> None:
            part.write_text(manifest + "\n", encoding="utf-8")

        keep(self.folder / MANIFEST, write)


def open_folder(folder: Path, run: str, *, resume: bool) -> FleetFolder:
    """Open the folder of a run: a new one, or that of the same run where it is gone on with.

    Raises
    ------
    StorageError
        If something else stands there.
    """
    there = sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()) if folder.exists() else []
    opened = FleetFolder(folder=folder, run=run)
    if not resume:
        if there or (folder.exists() and not folder.is_dir()):
            raise StorageError(
                expected="a new or empty folder (--out)",
                found=f"{folder} with {there[0] if there else 'a file of that name'}",
                try_next="name another folder, or go on with a run that was cut off: --resume",
            )
    else:
        mine = f"{CHECKS}/{run[:_SHORT]}-"
        others = [name for name in there if name.startswith(f"{CHECKS}/") and not name.startswith(mine)]
        others = [name for name in others if not name.endswith(".part")]
        if others:
            raise StorageError(
                expected=f"a run of the same question, files and version ({run[:_SHORT]}) to go on with",
                found=f"{others[0]} in {folder}",
                try_next="name a new folder (--out): a file or an option has changed since",
            )
    try:
        (folder / CHECKS).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            expected=f"to make the folder {folder}", found=str(error.strerror or error), try_next="choose another path"
        ) from error
    return opened
