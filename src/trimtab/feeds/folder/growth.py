"""Files that grow by lines: what was added is parsed alone, behind the line of headings.

A file of quotes that grows all day would else be parsed whole at each poll, which is quadratic. Its beginning is still
read and hashed, so that a file which was written anew is never taken for one that has grown.
"""

import hashlib
from dataclasses import dataclass

from trimtab.desk.watch.quotes import Tick
from trimtab.feeds.quotes import read_ticks

__all__ = ["Start", "Starts", "added_ticks", "hashes_to", "start_of"]

#: Files whose beginnings are remembered; another one is parsed whole once more.
_STARTS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """The beginning of a file that was parsed: its bytes and hash, lines and quotes in it, and its headings."""

    size: int
    hash: str
    lines: int
    ticks: int
    headings: bytes


class Starts:
    """The beginnings of files, by name: of each the last two, since quotes of the very last may not be taken yet."""

    def __init__(self) -> None:
        self._starts: dict[str, tuple[Start, ...]] = {}

    def note(self, name: str, start: Start | None) -> None:
        """Remember how far a file was parsed; None if it must be parsed whole the next time."""
        before = self._starts.pop(name, ())
        if start is None:
            return
        self._starts[name] = (*(s for s in before if s.size < start.size), start)[-2:]
        if len(self._starts) > _STARTS:
            del self._starts[next(iter(self._starts))]

    def find(self, name: str, *, taken: int, size: int) -> Start | None:
        """Give the longest beginning, of at most `size` bytes, of which every quote was taken."""
        fitting = (s for s in reversed(self._starts.get(name, ())) if s.ticks <= taken and s.size <= size)
        return next(fitting, None)


def hashes_to(content: bytes, sizes: set[int]) -> dict[int, str]:
    """Hash the beginnings of so many bytes in one pass.

    Examples
    --------
    >>> hashes_to(b"ab", {0, 2})[2] == hashlib.sha256(b"ab").hexdigest()
    True
    """
    digest, done, hashes, view = hashlib.sha256(), 0, {}, memoryview(content)
    for size in sorted(sizes):
        digest.update(view[done:size])
        done = size
        hashes[size] = digest.hexdigest()
    return hashes


def start_of(content: bytes, digest: str, *, before: Start | None, ticks: int) -> Start | None:
    r"""Note how far a file was parsed; None where what is added cannot be parsed alone.

    A quoted cell may hold a line's end, and an empty line is or is not a row: such files are parsed whole.

    Examples
    --------
    >>> start_of(b"time,A\n1700000000,1\n", "", before=None, ticks=1).lines
    1
    >>> start_of(b'time,"A"\n', "", before=None, ticks=0) is None
    True
    """
    new = content if before is None else content[before.size :]
    if not _is_plain(new):
        return None
    lines = new.count(b"\n") - 1 if before is None else before.lines + new.count(b"\n")
    headings = new[: new.find(b"\n") + 1] if before is None else before.headings
    return Start(size=len(content), hash=digest, lines=lines, ticks=ticks, headings=headings)


def added_ticks(content: bytes, start: Start, *, name: str) -> tuple[Tick, ...] | None:
    r"""Read the quotes of the lines behind a beginning; None where they cannot be parsed alone.

    Raises
    ------
    FileFormatError
        As `read_ticks`.

    Examples
    --------
    >>> whole = b"time,symbol,price\n1700000000,A,1\n1700000001,A,2\n"
    >>> start = start_of(whole[:33], "", before=None, ticks=1)
    >>> [tick.price for tick in added_ticks(whole, start, name="q.csv")]
    [2.0]
    """
    new = content[start.size :]
    if not new:
        return ()
    if not _is_plain(new):
        return None
    return read_ticks(start.headings + new, name=name, lines_before=start.lines)


def _is_plain(lines: bytes) -> bool:
    """Tell whether bytes are whole lines, none of them empty, without quoted cells."""
    odd = (b'"', b"\0", b"\n\n", b"\n\r")
    return lines.endswith(b"\n") and lines[:1] not in {b"\n", b"\r"} and not any(sign in lines for sign in odd)
