"""Change one setting in trimtab.toml, after the whole file with it was checked."""

import itertools
import json
import re
import tomllib
from pathlib import Path

from trimtab.config.edit import Plain, begin_table, set_value
from trimtab.config.mistakes import error_of
from trimtab.config.read import FILE_NAME, find_mistakes, read_config
from trimtab.config.toml import Override

__all__ = ["set_setting"]

#: What a table may be called.
_TABLE = re.compile(r"[A-Za-z0-9_-]+")


def set_setting(folder: Path, path: str, words: str) -> int:
    """Set one setting.

    Parameters
    ----------
    folder
        The workspace.
    path
        The setting by its dotted path: ``mandates.core.band``; an alias of any name, ``aliases.BRK.B.symbol``.
    words
        Its value as the file writes it; words that are no TOML are taken as a text.

    Returns
    -------
    the line it stands on, counted from 1

    Raises
    ------
    InputError
        If the setting is not known, or the value is wrong for it or for the rest of the file; nothing is changed then.
    """
    place, name = _place(folder, path)
    value, written = _read(words)
    more: dict[str, Override] = {".".join((*place[:-1], "name")): name} if name else {}
    where = ".".join(place)
    mistakes = find_mistakes(folder, overrides={where: words, **more})
    if mistakes:
        raise error_of(mistakes)
    # A ticker of digits is a text all the same.
    if isinstance(value, int | float) and find_mistakes(folder, overrides={where: value, **more}):
        value, written = words, json.dumps(words)
    *table, key = place
    if not name:
        return set_value(folder / FILE_NAME, tuple(table), key, value, written)
    return begin_table(folder / FILE_NAME, tuple(table), ((key, value, written), ("name", name, json.dumps(name))))


def _place(folder: Path, path: str) -> tuple[tuple[str, ...], str]:
    """Give the place of a setting in the file, and what a table that is begun must be called there.

    An alias may be of any name (BRK.B, ^GSPC, SPX INDEX), and of such a name no table can be: the table that has it as
    its name is meant, else one is begun whose name is made of its letters.
    """
    parts = tuple(path.split("."))
    if parts[0] != "aliases" or len(parts) < 3:
        return parts, ""
    name = ".".join(parts[1:-1]).strip("\"'")
    if _TABLE.fullmatch(name):
        return ("aliases", name, parts[-1]), ""
    aliases = read_config(folder).aliases
    there = next((table for table, alias in aliases.items() if alias.name == name), None)
    if there is not None:
        return ("aliases", there, parts[-1]), ""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "_", name).strip("_") or "name"
    names = itertools.chain([plain], (f"{plain}_{n}" for n in itertools.count(2)))
    return ("aliases", next(each for each in names if each not in aliases), parts[-1]), name


def _read(words: str) -> tuple[Plain, str]:
    """Give a value, and how TOML writes it."""
    try:
        value = tomllib.loads(f"value = {words}")["value"]
    except (ValueError, RecursionError):  # no TOML, or a number or brackets without end
        return words, json.dumps(words)
    return value, words
