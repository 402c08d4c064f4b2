"""Commit a book, open it in part or whole, check what was opened, and prove a bound on its beta.

The records and the cryptography stand here and read no file, clock or random source. The functions that do, named
below, are of the face: they are loaded when they are first used.

>>> import trimtab as tt
>>> sorted(tt.attest.__all__)[:4]
['ProveTerms', 'check', 'commit', 'countersign']
"""

from importlib import import_module
from typing import Any

_WIRING = "trimtab.wiring.attesting"
_HOME = {
    "ProveTerms": ("trimtab.desk.questions.attest", "ProveTerms"),
    "key": (f"{_WIRING}.papers", "key"),
    "commit": (f"{_WIRING}.books", "commit_book"),
    "countersign": (f"{_WIRING}.books", "countersign"),
    "open": (f"{_WIRING}.books", "open_book"),
    "check": (f"{_WIRING}.checks", "check"),
    "state": (f"{_WIRING}.checks", "state_opening"),
    "prove": (f"{_WIRING}.proofs", "prove_book"),
    "verify": (f"{_WIRING}.proofs", "verify_proof"),
}

__all__ = sorted(_HOME)  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    if name in _HOME:
        module, function = _HOME[name]
        return getattr(import_module(module), function)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
