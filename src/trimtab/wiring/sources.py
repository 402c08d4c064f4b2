"""The files that an import names: files, the files of a folder, and what comes over standard input."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from trimtab.desk.books.intake import Imported, Outcome
from trimtab.errors import FileFormatError, StorageError, TrimtabError
from trimtab.store.files import passing_folder

__all__ = ["Source", "named_sources"]

_PIPED = "standard input"
#: Files that are being written, or are none of the person's.
_UNFINISHED = (".tmp", ".part", ".crdownload")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file of an import.

    Parameters
    ----------
    path
        Where it can be read.
    shown
        What it is called in messages; empty: its path.
    error
        Why there is nothing to read.
    """

    path: Path
    shown: str = ""
    error: TrimtabError | None = None

    def named(self, imported: Imported) -> Imported:
        """Give what became of it under the name that a person knows."""
        if not self.shown:
            return imported
        if imported.error is not None:
            imported.error.call({str(self.path): self.shown})
        return replace(imported, source=self.shown)

    @property
    def failed(self) -> Imported:
        """What becomes of one that cannot be read at all."""
        return Imported(source=self.shown or str(self.path), outcome=Outcome.FAILED, error=self.error)


@contextmanager
def named_sources(sources: Sequence[str | Path | bytes]) -> Iterator[tuple[Source, ...]]:
    """Give each file that is meant, in the order of the names: a folder means its files, by name.

    Parameters
    ----------
    sources
        Files and folders; bytes are what came over standard input.

    Raises
    ------
    StorageError
        If there is no room for what came over standard input.
    """
    with ExitStack() as rooms:
        named: list[Source] = []
        for source in sources:
            if isinstance(source, bytes):
                named.append(_spooled(rooms.enter_context(passing_folder()), source))
            elif Path(source).is_dir():
                named += _of_folder(Path(source))
            else:
                named.append(Source(path=Path(source)))
        yield tuple(named)


def _spooled(room: Path, data: bytes) -> Source:
    """Write standard input to a file, which is read more than once: to tell what it is, and then as that."""
    place = room / _PIPED
    try:
        place.write_bytes(data)
    except OSError as error:
        raise StorageError(
            expected="room for what came over standard input", found=error.strerror or str(error),
            try_next="free some space, let TMPDIR name a folder on another disk, or name the file itself",
        ) from error  # fmt: skip
    return Source(path=place, shown=_PIPED)


def _of_folder(folder: Path) -> list[Source]:
    files = sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith("."))
    whole = [p for p in files if p.suffix.lower() not in _UNFINISHED]
    if whole:
        return [Source(path=p) for p in whole]
    error = FileFormatError(
        expected="files in the folder", found=f"none in {folder}", try_next="give the folder in which they lie"
    )
    return [Source(path=folder, error=error)]
