"""Files, tables and rates that a question names: by a path, opened already in Python, or as copies that were kept."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from math import isfinite
from typing import Protocol, runtime_checkable

from trimtab.desk.questions.values import Value, several
from trimtab.model.json import Json

__all__ = ["File", "Files", "KeptFile", "PathLike", "Rates", "Table"]


@runtime_checkable
class PathLike(Protocol):
    """A path of the standard library, without importing what opens one."""

    def __fspath__(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A copy of a file that an answer came from, as the workspace keeps it.

    Parameters
    ----------
    file
        Its name among the kept copies: the digest of its content.
    name
        As it was called.
    """

    file: str
    name: str


class File(Value["str | KeptFile"]):
    """A file by its path, or the copy of it that was kept."""

    __slots__ = ()

    def __init__(self, example: str, *, unit: str = "FILE", expects: str = "the path of a file") -> None:
        super().__init__(unit, expects, example)

    def is_file(self, given: "str | KeptFile") -> bool:
        """Tell whether a value that was taken is a file, and not what stands in for one."""
        return isinstance(given, str | KeptFile)

    def read(self, words: Sequence[str]) -> "str | KeptFile":
        """Take the path."""
        return self.take(words[-1])

    def take(self, given: "str | PathLike | KeptFile | Mapping[str, str]") -> "str | KeptFile":
        """Take a path, or what `write` made of a kept copy."""
        if isinstance(given, KeptFile):
            return given
        if isinstance(given, Mapping):
            if set(given) != {"file", "name"}:
                raise ValueError(given)
            return KeptFile(file=given["file"], name=given["name"])
        path = ""
        if isinstance(given, str | PathLike):
            path = given if isinstance(given, str) else given.__fspath__()
        if not path.strip():
            raise ValueError(given)
        return path

    def write(self, value: "str | KeptFile") -> Json:
        """Write the path, or both names of a kept copy."""
        return {"file": value.file, "name": value.name} if isinstance(value, KeptFile) else value


class Table(File):
    """A file by its path; or, in Python, the same opened: a frame, a mapping, a record.

    What is open cannot be written down, so a workspace, which keeps what it was asked, does not take it.
    """

    __slots__ = ()

    def take(self, given: "str | PathLike | KeptFile | Mapping[str, str]") -> "str | KeptFile":
        """Leave what is open already as it is."""
        kept = isinstance(given, Mapping) and set(given) == {"file", "name"}
        opened = hasattr(given, "columns") or is_dataclass(given) or isinstance(given, Mapping)
        if opened and not kept and not isinstance(given, KeptFile | str):
            return given  # type: ignore[return-value]
        return super().take(given)

    def write(self, value: "str | KeptFile") -> Json:
        """Write a path or a kept copy; refuse what is open."""
        if not self.is_file(value):
            raise ValueError(f"a {type(value).__name__}")
        return super().write(value)


class Rates(Table):
    """An annual rate (0.04), rates by currency (USD=0.05,EUR=0.03), or a file of dated rates."""

    __slots__ = ()
    _WORDS = re.compile(r"(\s*[A-Za-z]{3}\s*=\s*[^,]+(,|$))+")

    def __init__(self) -> None:
        expects = "an annual rate as a decimal, rates by currency (USD=0.05,EUR=0.03), or a file of dated rates"
        super().__init__("0.04", unit="RATE|FILE", expects=expects)

    def is_file(self, given: "float | str | KeptFile") -> bool:
        """Tell a path from a number and from rates by currency."""
        return isinstance(given, KeptFile) or (isinstance(given, str) and not self._WORDS.fullmatch(given))

    def take(self, given: "float | str | PathLike | KeptFile | Mapping[str, str]") -> "str | KeptFile":
        """Give a number as one, however it came."""
        if isinstance(given, bool):
            raise ValueError(given)  # noqa: TRY004 - one kind of error, whatever is wrong
        try:
            number = float(given)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            return super().take(given)  # type: ignore[arg-type]
        if not isfinite(number):
            raise ValueError(given)
        return number  # type: ignore[return-value]

    def write(self, value: "str | KeptFile") -> Json:
        """Write a number or words as they are."""
        return value if isinstance(value, str | float) else super().write(value)


class Files(Value["tuple[str | KeptFile, ...]"]):
    """Files by their paths; the option may be given more than once."""

    __slots__ = ("of",)
    repeats = True

    def __init__(self, example: str) -> None:
        super().__init__("FILE", "paths of files", example)
        self.of = File(example)

    def read(self, words: Sequence[str]) -> "tuple[str | KeptFile, ...]":
        """Take each path."""
        return tuple(self.of.read([word]) for word in words)

    def take(self, given: "str | PathLike | Sequence[str | PathLike | KeptFile]") -> "tuple[str | KeptFile, ...]":
        """Take one path or several."""
        listed = [given] if isinstance(given, str) or hasattr(given, "__fspath__") else several(given)
        return tuple(self.of.take(one) for one in listed)

    def write(self, value: "tuple[str | KeptFile, ...]") -> Json:
        """Write a list."""
        return [self.of.write(one) for one in value]
