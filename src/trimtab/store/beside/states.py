"""What a watch needs to go on, in files of their own: a journal that is never thinned holds only the hash of each.

A state is a file named by the SHA-256 of what is in it, in a folder for each watch. Only the last ones are kept: an
older entry still says what was seen, but nobody goes on from it.
"""

import hashlib
import json
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from trimtab.errors import StorageError
from trimtab.model.json import JsonObject
from trimtab.store.chain import canonical
from trimtab.store.files import keep as keep_file

__all__ = ["MemoryStates", "StateStore"]

_SUFFIX = ".json"


class MemoryStates:
    """States that live as long as their process; fills `trimtab.desk.watch.record.States`.

    Examples
    --------
    >>> states = MemoryStates()
    >>> name = states.keep("main", {"row": 3})
    >>> states.find("main", name)
    {'row': 3}
    >>> states.thin("main", ())
    >>> states.find("main", name) is None
    True
    """

    def __init__(self) -> None:
        self._texts: dict[tuple[str, str], str] = {}

    def keep(self, whose: str, state: JsonObject) -> str:
        """Keep a state, and give its SHA-256."""
        text = canonical(state)
        name = hashlib.sha256(text.encode()).hexdigest()
        self._texts[whose, name] = text
        return name

    def find(self, whose: str, name: str) -> JsonObject | None:
        """Give a state by its SHA-256; None if it is not kept any more."""
        text = self._texts.get((whose, name))
        if text is None:
            return None
        state: JsonObject = json.loads(text)
        return state

    def thin(self, whose: str, names: Collection[str]) -> None:
        """Forget every state of a watch but some."""
        self._texts = {key: text for key, text in self._texts.items() if key[0] != whose or key[1] in names}


class StateStore:
    """States in files.

    Parameters
    ----------
    folder
        The workspace's `data/watch`; made when the first state is kept.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, whose: str, state: JsonObject) -> str:
        """Keep a state on the disk, and give its SHA-256.

        Raises
        ------
        StorageError
            If it cannot be written.
        """
        content = canonical(state).encode()
        name = hashlib.sha256(content).hexdigest()
        target = self._path(whose, name)
        if target.exists():
            return name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            keep_file(target, lambda part: _write(part, content))
        except OSError as error:
            raise StorageError(
                expected=f"the state of a watch written into {target.parent}",
                found=str(error),
                try_next="free some space or give permission there; the watch goes on from the state before",
            ) from error
        return name

    def find(self, whose: str, name: str) -> JsonObject | None:
        """Give a state by its SHA-256; None if it is not kept any more, or is not what was kept."""
        try:
            content = self._path(whose, name).read_bytes()
        except OSError:
            return None
        if hashlib.sha256(content).hexdigest() != name:
            return None
        state: JsonObject = json.loads(content)
        return state

    def thin(self, whose: str, names: Collection[str]) -> None:
        """Remove every state of a watch but some; one that cannot be removed is left for the next time."""
        kept = {f"{name}{_SUFFIX}" for name in names}
        with suppress(OSError):
            for path in self._path(whose, "").parent.iterdir():
                if path.name not in kept:
                    with suppress(OSError):
                        path.unlink()

    def _path(self, whose: str, name: str) -> Path:
        # A watch is called anything, and a file system does not take anything for a name.
        return self.folder / hashlib.sha256(whose.encode()).hexdigest()[:16] / f"{name}{_SUFFIX}"


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)
