"""Commit a book, open it in part or whole, check what was opened, and prove a bound on its beta.

The records and the cryptography stand here and read no file, clock or random source. The functions that do, named
below, are of the face: they are loaded when they are first used.

>>> import trimtab as tt
>>> sorted(tt.attest.__all__)[:4]
['check', 'commit', 'countersign', 'key']
"""

from importlib import import_module
from typing import Any

_HOME = {
    "key": ("papers", "key"),
    "commit": ("books", "commit_book"),
    "countersign": ("books", "countersign"),
    "open": ("books", "open_book"),
    "check": ("checks", "check"),
    "state": ("checks", "state_opening"),
}

__all__ = sorted(_HOME)  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    if name in _HOME:
        module, function = _HOME[name]
        return getattr(import_module(f"trimtab.wiring.attesting.{module}"), function)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
