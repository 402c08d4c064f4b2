"""Change one value in trimtab.toml and leave every other character, comments included, as it is."""

import os
import re
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from trimtab.config.scan import key_lines
from trimtab.errors import InputError, StorageError

__all__ = ["Plain", "begin_table", "set_number", "set_value"]

#: What one line of the file may hold.
Plain: TypeAlias = "str | bool | int | float | list[Plain]"


#: Sections whose tables a command may begin.
_BEGUN = ("mappings", "aliases")

#: A key with its value on one line: a text in quotes, a list, or a bare word.
_VALUE = r"""(\b{key}\s*=\s*)("[^"\n]*"|'[^'\n]*'|\[[^\]\n]*\]|[^\s#,}}]+)"""


def set_number(file: Path, table: tuple[str, ...], key: str, value: float) -> int:
    """Set a number in a table of a settings file, which is replaced at once or not at all.

    Parameters
    ----------
    file
        The settings file.
    table
        Path of the table, such as ``("mandates", "core")``; it must be there.
    key
        Its key; added under the table's header where it is missing.
    value
        The new value.

    Returns
    -------
    the line it stands on, counted from 1

    Raises
    ------
    InputError
        If the table is missing, or the value stands in a way that cannot be changed safely.
    StorageError
        If the file cannot be read or written.
    """
    return set_value(file, table, key, value, f"{value!r}")


def set_value(file: Path, table: tuple[str, ...], key: str, value: Plain, written: str) -> int:
    """Set a value as `set_number` does a number; `written` is how TOML writes it, on one line."""
    try:
        text = file.read_bytes().decode("utf-8")
        changed, line = _changed(text, table, key, written)
        before, after = tomllib.loads(text), tomllib.loads(changed)
    except OSError as error:
        raise StorageError(expected=f"to read {file}", found=str(error), try_next="check its permissions") from error
    except (ValueError, RecursionError) as error:  # no TOML, or a number or brackets without end
        raise _unsafe(file, table, key) from error
    place = before
    for name in table:
        place = place.setdefault(name, {})
    place[key] = value
    # Only this value may be another than before: anything else means that the text was not understood.
    if before != after:
        raise _unsafe(file, table, key)
    _replace(file, changed)
    return line


def begin_table(file: Path, table: tuple[str, ...], values: Sequence[tuple[str, Plain, str]]) -> int:
    """Add a table at the end: for each key its value and how TOML writes it; gives the line of the first."""
    try:
        text = file.read_bytes().decode("utf-8")
        start = text.rstrip("\n") + "\n\n" if text.strip() else ""
        lines = "".join(f"{key} = {written}\n" for key, _, written in values)
        changed = f"{start}[{'.'.join(table)}]\n{lines}"
        before, after = tomllib.loads(text), tomllib.loads(changed)
    except OSError as error:
        raise StorageError(expected=f"to read {file}", found=str(error), try_next="check its permissions") from error
    except (ValueError, RecursionError) as error:  # no TOML, or a number or brackets without end
        raise _unsafe(file, table, values[0][0]) from error
    place = before
    for name in table:
        place = place.setdefault(name, {})
    place.update({key: value for key, value, _ in values})
    if before != after:
        raise _unsafe(file, table, values[0][0])
    _replace(file, changed)
    return start.count("\n") + 2


def _changed(text: str, table: tuple[str, ...], key: str, value: str) -> tuple[str, int]:
    places = key_lines(text)
    if table not in places and table[0] in _BEGUN:
        start = text.rstrip("\n") + "\n\n" if text.strip() else ""
        return f"{start}[{'.'.join(table)}]\n{key} = {value}\n", start.count("\n") + 2
    if table not in places:
        raise InputError(
            expected=f"a table [{'.'.join(table)}]", found="none of that name",
            try_next="add it to trimtab.toml, or name another",
        )  # fmt: skip
    lines = text.splitlines(keepends=True)
    end = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    line = places.get((*table, key))
    if line is None:
        at = places[table]
        lines[at - 1] = lines[at - 1].rstrip("\r\n") + end
        lines.insert(at, f"{key} = {value}{end}")
        return "".join(lines), at + 1
    lines[line - 1] = re.sub(
        _VALUE.format(key=re.escape(key)), lambda match: match[1] + value, lines[line - 1], count=1
    )
    return "".join(lines), line


def _unsafe(file: Path, table: tuple[str, ...], key: str) -> InputError:
    return InputError(
        expected=f"a plain line `{key} = number` under [{'.'.join(table)}] in {file.name}",
        found="something that cannot be changed safely",
        try_next="change it by hand",
    )


def _replace(file: Path, text: str) -> None:
    try:
        handle, part = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(text.encode("utf-8"))
                stream.flush()
                os.fsync(stream.fileno())
            Path(part).chmod(file.stat().st_mode & 0o777)
            Path(part).replace(file)
        except OSError:
            Path(part).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise StorageError(
            expected=f"to write {file}", found=str(error), try_next="free disk space or permissions"
        ) from error
