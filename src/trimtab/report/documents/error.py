"""An error as a document: what a program reads where a person reads three lines."""

from dataclasses import dataclass
from typing import ClassVar

from trimtab.errors import DefectError, TrimtabError, printable

__all__ = ["ErrorDocument", "error_document"]

_INPUT_OUTPUT = 74


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorDocument:
    """Why there is no answer.

    Parameters
    ----------
    kind
        Name of the error: InputError, NotEnoughDataError, StorageError, ...
    exit_code
        With which the command ends.
    expected, found, try_next
        What would have been right; what was there instead, and where; what to do about it.
    file, row
        Where, if it lies in a file; null where it does not, or is only told in words.
    report
        What to send along when it is a defect of the program; null if it is not.
    """

    SCHEMA: ClassVar = "trimtab.error/1"

    kind: str
    exit_code: int
    expected: str
    found: str
    try_next: str
    file: str | None = None
    row: int | None = None
    report: str | None = None


def error_document(error: Exception) -> ErrorDocument:
    """Document of an error: schema trimtab.error/1.

    Parameters
    ----------
    error
        One that trimtab raised on purpose, or a file that could not be read or written.

    Raises
    ------
    TypeError
        If it is neither: a defect is no answer.

    Examples
    --------
    >>> from trimtab.errors import InputError
    >>> error_document(InputError(expected="a day", found="noon", try_next="write 2026-01-05")).kind
    'InputError'
    """
    if isinstance(error, TrimtabError):
        return ErrorDocument(
            kind=type(error).__name__,
            exit_code=error.exit_code,
            expected=error.expected,
            found=error.found,
            try_next=error.try_next,
            report=error.report if isinstance(error, DefectError) else None,
        )
    if not isinstance(error, OSError):
        raise TypeError(f"not an error to answer with: {type(error).__name__}")
    return ErrorDocument(
        kind=type(error).__name__,
        exit_code=_INPUT_OUTPUT,
        expected="a file that can be read or written",
        found=printable(str(error)),
        try_next="free disk space and permissions",
        file=None if error.filename is None else str(error.filename),
    )
