"""Where a setting came from."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

__all__ = ["Origin", "OriginKind"]


class OriginKind(StrEnum):
    """The four places, each overruling those before it."""

    DEFAULT = "default"
    FILE = "file"
    ENVIRONMENT = "environment"
    COMMAND_LINE = "command line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a setting came from.

    Parameters
    ----------
    kind
        Which of the four places.
    file, line
        The file and its line, counted from 1, if it was a file.
    variable
        The environment variable, if it was one.

    Examples
    --------
    >>> print(Origin(kind=OriginKind.FILE, file=Path("desk/trimtab.toml"), line=12))
    trimtab.toml:12
    """

    kind: OriginKind = OriginKind.DEFAULT
    file: Path | None = None
    line: int | None = None
    variable: str | None = None

    def __str__(self) -> str:
        """Return the place in a few letters."""
        if self.file is not None:
            return f"{self.file.name}:{self.line}"
        return self.variable or self.kind.value
