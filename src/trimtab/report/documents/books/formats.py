"""Which statements are read, as a document."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

__all__ = ["FormatsDocument", "formats_document"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementFormat:
    """A format that is read.

    Parameters
    ----------
    name, title
        What it is called in imports, and whose it is.
    holds
        What such a file holds.
    """

    name: str
    title: str
    holds: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatsDocument:
    """Which statements are read.

    Parameters
    ----------
    formats
        By title.
    """

    SCHEMA: ClassVar = "trimtab.formats/1"

    formats: tuple[StatementFormat, ...]


def formats_document(formats: Sequence[tuple[str, str, str]]) -> FormatsDocument:
    """Document of `trimtab formats`: schema trimtab.formats/1."""
    return FormatsDocument(
        formats=tuple(StatementFormat(name=name, title=title, holds=holds) for name, title, holds in formats)
    )
