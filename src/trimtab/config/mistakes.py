"""Mistakes in settings: each with its place and what to try, all of them told at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from trimtab.config.origin import Origin, OriginKind
from trimtab.config.toml import Toml
from trimtab.errors import InputError

__all__ = ["Mistake", "error_of", "kind_told", "told"]

_LONGEST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One mistake.

    Parameters
    ----------
    origin
        Where the wrong value, key or section stands.
    path
        Dotted path of the setting or section; empty if the text itself cannot be read.
    expected, found, try_next
        As in every error.
    """

    origin: Origin
    path: str
    expected: str
    found: str
    try_next: str

    @property
    def where(self) -> str:
        """The place: ``folder/trimtab.toml:12``, a variable, or the command line."""
        if self.origin.kind is OriginKind.FILE:
            return f"{self.origin.file}:{self.origin.line}"
        return f"environment variable {self.origin.variable}" if self.origin.variable else str(self.origin)

    def __str__(self) -> str:
        """Return the mistake as one line."""
        what = f"{self.path}: " if self.path else ""
        return f"{self.where}: {what}expected {self.expected}, found {self.found}; {self.try_next}"


def error_of(mistakes: Sequence[Mistake]) -> InputError:
    """Make one error of all mistakes."""
    if len(mistakes) == 1:
        only = mistakes[0]
        what = f"{only.path}: " if only.path else ""
        return InputError(
            expected=f"{what}{only.expected}", found=f"{only.found}, at {only.where}", try_next=only.try_next
        )
    lines = "".join(f"\n  {mistake}" for mistake in mistakes)
    return InputError(
        expected="settings without mistakes",
        found=f"{len(mistakes)} mistakes:{lines}",
        try_next="correct them, then look again with: trimtab config check",
    )


def told(value: Toml, *, secret: bool = False) -> str:
    """Say what was found, in the words of the file, and never a secret.

    Examples
    --------
    >>> told(True), told("x"), told({"a": 1}), told("hunter2", secret=True)
    ('true', '"x"', 'a table', 'a value that is not shown')
    """
    if secret:
        return "a value that is not shown"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(item, dict) for item in value)):
        return kind_told(value)
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def kind_told(value: Toml) -> str:
    """Say what kind of thing was found where a table should be: what it holds might be a secret.

    Examples
    --------
    >>> kind_told([{"a": 1}]), kind_told("hunter2"), kind_told(3)
    ('a list of tables', 'a text', 'a single value')
    """
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list of tables" if any(isinstance(item, dict) for item in value) else "a list"
    return "a text" if isinstance(value, str) else "a single value"
