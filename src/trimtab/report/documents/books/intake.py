"""What importing files did, as a document."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from trimtab.desk.books.intake import Correction, Imported, Kind, Outcome, Preview
from trimtab.desk.watch.fetching import Fetched
from trimtab.errors import Failure
from trimtab.report.shape.fields import FLAT

__all__ = ["FetchDocument", "ImportDocument", "fetched_document", "imports_document"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingError:
    """Why a file could not be read.

    Parameters
    ----------
    expected, found, try_next
        What was expected, what was there, what to try.
    """

    expected: str
    found: str
    try_next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadColumn:
    """A column of the file.

    Parameters
    ----------
    header, read_as
        Its heading, and what it was read as; null if it was not read.
    """

    header: str
    read_as: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReading:
    """What a file says against what is known; these keys are there where it could be read.

    Parameters
    ----------
    new, same, corrected, aside
        Rows that say something new; that are known already; that correct a known fact; that were set aside.
    columns
        How each column was read.
    corrections, set_aside
        The first of them.
    doubts, notes
        Why a person should look, and what was decided.
    """

    new: int
    same: int
    corrected: int
    aside: int
    columns: tuple[ReadColumn, ...]
    corrections: tuple[Correction, ...]
    set_aside: tuple[Failure, ...]
    doubts: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedFile:
    """What became of one file.

    Parameters
    ----------
    source, outcome, kind, portfolio
        Its path; what became of it; what it holds (null if it could not be read), and of which portfolio.
    entries
        Numbers of the journal entries written.
    error
        Why it could not be read.
    """

    source: str
    outcome: Outcome
    kind: Kind | None
    portfolio: str | None
    entries: tuple[int, ...]
    error: ReadingError | None
    reading: FileReading | None = field(metadata=FLAT)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportDocument:
    """What importing files did.

    Parameters
    ----------
    files
        One for each.
    """

    SCHEMA: ClassVar = "trimtab.import/1"

    files: tuple[ImportedFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedAnswer:
    """What became of a service's answer.

    Parameters
    ----------
    name, label
        As in the settings, and where its facts come from.
    at, age_seconds
        When the service answered (UTC), and how long ago that was.
    was_kept
        Whether it is an answer of before, used again.
    notes, doubts
        What was decided in fetching, and why a person should look.
    file
        What became of it in the workspace.
    """

    name: str
    label: str
    at: str
    age_seconds: float
    was_kept: bool
    notes: tuple[str, ...]
    doubts: tuple[str, ...]
    file: ImportedFile


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchDocument:
    """What services gave.

    Parameters
    ----------
    services
        One for each that was asked.
    """

    SCHEMA: ClassVar = "trimtab.fetch/1"

    services: tuple[FetchedAnswer, ...]


def fetched_document(fetched: Sequence[Fetched]) -> FetchDocument:
    """Document of `trimtab fetch`: schema trimtab.fetch/1."""
    return FetchDocument(
        services=tuple(
            FetchedAnswer(
                name=one.name, label=one.label, at=f"{one.at:%Y-%m-%dT%H:%M:%SZ}", age_seconds=one.age.total_seconds(),
                was_kept=one.was_kept, notes=one.notes, doubts=one.doubts, file=_file(one.imported),
            )
            for one in fetched
        )
    )  # fmt: skip


def imports_document(imported: Sequence[Imported]) -> ImportDocument:
    """Document of `trimtab import`: schema trimtab.import/1."""
    return ImportDocument(files=tuple(_file(one) for one in imported))


def _file(one: Imported) -> ImportedFile:
    error, preview = one.error, one.preview
    return ImportedFile(
        source=one.source,
        outcome=one.outcome,
        kind=None if preview is None else preview.kind,
        portfolio=one.portfolio,
        entries=one.entries,
        error=None
        if error is None
        else ReadingError(expected=error.expected, found=error.found, try_next=error.try_next),
        reading=None if preview is None else _reading(preview),
    )


def _reading(preview: Preview) -> FileReading:
    return FileReading(
        new=preview.new,
        same=preview.same,
        corrected=preview.corrected,
        aside=preview.aside,
        columns=tuple(ReadColumn(header=header, read_as=what or None) for header, what in preview.columns),
        corrections=preview.corrections,
        set_aside=preview.failures,
        doubts=preview.doubts,
        notes=preview.notes,
    )
