"""On which line each key of a TOML document stands.

`tomllib` gives values without places. This reads the same text a second time, only for places: it knows strings,
brackets and comments well enough to find keys, and leaves all judgement of validity to `tomllib`, which has accepted
the text before.
"""

import tomllib
from typing import Final

__all__ = ["KeyPath", "key_lines"]

#: Keys from the root; a number stands for an element of an array.
KeyPath = tuple[str | int, ...]

_BLANK: Final = " \t\r"
_SPACE: Final = " \t\r\n"
_AFTER_SCALAR: Final = ",]}#\n"


def key_lines(text: str) -> dict[KeyPath, int]:
    r"""Find the line of every key, table and array element.

    Parameters
    ----------
    text
        A TOML document that `tomllib` accepts.

    Returns
    -------
    dict
        Path to line, counted from 1. A table stands where its header is, or where it is first implied.

    Examples
    --------
    >>> key_lines("[a]\nb.c = [\n  {d = 1},\n]")
    {('a',): 1, ('a', 'b'): 2, ('a', 'b', 'c'): 2, ('a', 'b', 'c', 0): 3, ('a', 'b', 'c', 0, 'd'): 3}
    """
    return _Scan(text).document()


class _Scan:
    """A position in a text, and what was found up to it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self.found: dict[KeyPath, int] = {}
        self.arrays: dict[KeyPath, int] = {}  # arrays of tables: how many tables so far

    def document(self) -> dict[KeyPath, int]:
        table: KeyPath = ()
        while self._skip(_SPACE):
            if self._peek() == "[":
                table = self._header()
            else:
                self._pair(table)
        return self.found

    # ---- position

    def _peek(self, length: int = 1) -> str:
        return self.text[self.at : self.at + length]

    def _move(self, end: int) -> None:
        self.line += self.text.count("\n", self.at, end)
        self.at = end

    def _skip(self, blanks: str) -> bool:
        """Pass blanks and, where lines may end, comments; tell whether anything is left."""
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == "#" and "\n" in blanks:
                end = self.text.find("\n", self.at)
                self._move(len(self.text) if end < 0 else end)
            elif char in blanks:
                self._move(self.at + 1)
            else:
                return True
        return False

    # ---- keys

    def _header(self) -> KeyPath:
        line, many = self.line, self._peek(2) == "[["
        self._move(self.at + 1 + many)
        keys = self._keys()
        self._move(self.at + 1 + many)
        path = self._note(self._into((), keys[:-1], line), keys[-1], line)
        if not many:
            # The last of a list of tables is meant only by names that go further; this name is the table itself.
            self.found[path] = line
            return path
        index = self.arrays.get(path, 0)
        self.arrays[path] = index + 1
        self.found[(*path, index)] = line
        return (*path, index)

    def _into(self, table: KeyPath, keys: list[str], line: int) -> KeyPath:
        """Go through `keys`, and in each list of tables into its last."""
        for key in keys:
            table = self._note(table, key, line)
            if table in self.arrays:
                table = (*table, self.arrays[table] - 1)
        return table

    def _note(self, table: KeyPath, key: str, line: int) -> KeyPath:
        path = (*table, key)
        self.found.setdefault(path, line)
        return path

    def _keys(self) -> list[str]:
        """Read a dotted key; stand behind it and the blanks after it."""
        keys = []
        while True:
            self._skip(_BLANK)
            start = self.at
            if self._peek() in {'"', "'"}:
                self._string()
                keys.append(next(iter(tomllib.loads(f"{self.text[start : self.at]} = 0"))))
            else:
                while self._peek() not in {".", "=", "]", " ", "\t", ""}:
                    self.at += 1
                keys.append(self.text[start : self.at])
            self._skip(_BLANK)
            if self._peek() != ".":
                return keys
            self._move(self.at + 1)

    def _pair(self, table: KeyPath) -> None:
        line = self.line
        keys = self._keys()
        path = table
        for key in keys:
            path = self._note(path, key, line)
        self._move(self.at + 1)  # the equals sign
        self._value(path)

    # ---- values

    def _value(self, path: KeyPath) -> None:
        self._skip(_BLANK)
        char = self._peek()
        if char in {'"', "'"}:
            self._string()
        elif char == "[":
            self._list(path)
        elif char == "{":
            self._inline(path)
        else:
            while self.at < len(self.text) and self.text[self.at] not in _AFTER_SCALAR:
                self.at += 1

    def _string(self) -> None:
        """Pass a string of any of the four kinds."""
        quote = self._peek()
        long = self._peek(3) == quote * 3
        close = quote * 3 if long else quote
        at = self.at + len(close)
        while not self.text.startswith(close, at):
            at += 2 if self.text[at] == "\\" and quote == '"' else 1
        at += len(close)
        if long:  # up to two quotes may stand right before the closing three
            while self.text.startswith(quote, at):
                at += 1
        self._move(at)

    def _list(self, path: KeyPath) -> None:
        self._move(self.at + 1)
        index = 0
        while self._skip(_SPACE) and self._peek() != "]":
            if self._peek() == ",":
                self._move(self.at + 1)
                continue
            self.found[(*path, index)] = self.line
            self._value((*path, index))
            index += 1
        self._move(self.at + 1)

    def _inline(self, path: KeyPath) -> None:
        self._move(self.at + 1)
        while self._skip(_SPACE) and self._peek() != "}":
            if self._peek() == ",":
                self._move(self.at + 1)
            else:
                self._pair(path)
        self._move(self.at + 1)
