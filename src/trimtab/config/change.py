"""Change one setting in trimtab.toml, after the whole file with it was checked."""

import json
import tomllib
from pathlib import Path

from trimtab.config.edit import Plain, set_value
from trimtab.config.mistakes import error_of
from trimtab.config.read import FILE_NAME, find_mistakes

__all__ = ["set_setting"]


def set_setting(folder: Path, path: str, words: str) -> int:
    """Set one setting.

    Parameters
    ----------
    folder
        The workspace.
    path
        The setting by its dotted path: ``mandates.core.band``.
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
    mistakes = find_mistakes(folder, overrides={path: words})
    if mistakes:
        raise error_of(mistakes)
    *table, key = path.split(".")
    return set_value(folder / FILE_NAME, tuple(table), key, *_read(words))


def _read(words: str) -> tuple[Plain, str]:
    """Give a value, and how TOML writes it."""
    try:
        value = tomllib.loads(f"value = {words}")["value"]
    except tomllib.TOMLDecodeError:
        return words, json.dumps(words)
    return value, words
