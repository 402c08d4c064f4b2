"""Files that runs depend on (rates, contracts, funds), kept by their content so that a replay finds them unchanged."""

import hashlib
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from trimtab.errors import StorageError
from trimtab.store.files import sync_folder

__all__ = ["InputStore"]

#: How the name of a file begins while it is written.
_WRITING = ".writing-"
#: One that is older than this was left by a program that was killed.
_LEFT_SECONDS = 3600.0


class InputStore:
    r"""A folder of files, each under the SHA-256 of what is in it.

    Parameters
    ----------
    folder
        Where they lie; made when the first is kept.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     rates = Path(place, "rates.csv")
    ...     _ = rates.write_text("date,rate\n2022-01-03,0.01\n")
    ...     kept = InputStore(Path(place, "inputs")).keep(rates)
    >>> kept.endswith(".csv")
    True
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, file: Path) -> str:
        """Keep a copy of a file, and give the name it is found under again.

        Raises
        ------
        StorageError
            If the file cannot be read or the copy not written.
        """
        try:
            content = file.read_bytes()
        except OSError as error:
            raise StorageError(
                expected=f"to read {file}", found=str(error), try_next="correct its path in trimtab.toml"
            ) from error
        name = hashlib.sha256(content).hexdigest() + file.suffix.lower()
        target = self.folder / name
        if target.exists():
            return name
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._remove_left()
            self._write(content, target)
        except OSError as error:
            raise StorageError(
                expected=f"to keep a copy of {file.name} in {self.folder}",
                found=str(error),
                try_next="free disk space or permissions",
            ) from error
        return name

    def _write(self, content: bytes, target: Path) -> None:
        handle, temporary = tempfile.mkstemp(dir=self.folder, prefix=_WRITING)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(temporary, target)  # noqa: PTH105 - atomic, and the same on every system
        finally:
            Path(temporary).unlink(missing_ok=True)
        sync_folder(self.folder)  # the run that names it must not outlive it

    def _remove_left(self) -> None:
        """Remove what programs that were killed left half written; nobody takes so long to write a file."""
        for path in self.folder.glob(f"{_WRITING}*"):
            with suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > _LEFT_SECONDS:
                    path.unlink()

    def find(self, name: str) -> Path:
        """Give the path of a kept file, checked against its name.

        Raises
        ------
        StorageError
            If it is gone or has changed.
        """
        path = self.folder / name
        if not path.exists():
            raise StorageError(
                expected=f"the kept file {name}", found="it is gone", try_next="restore it from a backup"
            )
        if hashlib.sha256(path.read_bytes()).hexdigest() != name.partition(".")[0]:
            raise StorageError(
                expected=f"the kept file {name} as it was", found="its content has changed",
                try_next="restore it from a backup",
            )  # fmt: skip
        return path

    def check(self) -> int:
        """Verify every kept file against its name; give how many there are.

        Raises
        ------
        StorageError
            If one has changed.
        """
        names = [f.name for f in self.folder.glob("*") if not f.name.startswith(".")] if self.folder.is_dir() else []
        for name in names:
            self.find(name)
        return len(names)
