"""What TOML can say, as types: a settings file before anything in it was checked."""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias, Union

__all__ = ["Override", "Toml", "TomlTable"]

#: A value of a settings file.
Toml: TypeAlias = Union[str, bool, int, float, dt.datetime, dt.date, dt.time, "Sequence[Toml]", "Mapping[str, Toml]"]
#: A table of it, whose keys nobody has looked at yet.
TomlTable: TypeAlias = Mapping[str, Toml]
#: A value that goes over the one in the file: as the file would hold it, or as text; paths; None counts as not given.
Override: TypeAlias = Toml | Path | Sequence[Path] | None
