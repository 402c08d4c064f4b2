"""How a setting is declared: a field of its section with its check, its description and its key in the file."""

from dataclasses import field
from typing import Any, Final

from trimtab.config import checks as c

__all__ = ["setting"]

_REQUIRED: Final = object()


def setting(check: c.Check, doc: str, default: Any = _REQUIRED, *, key: str = "", secret: bool = False) -> Any:
    """Declare a setting; `key` is its name in the file where that is a word of Python."""
    metadata = {"check": check, "doc": doc, "key": key, "secret": secret}
    given = {} if default is _REQUIRED else {"default": default}
    return field(**given, metadata=metadata, repr=not secret)
