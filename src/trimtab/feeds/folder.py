"""A folder as a feed: new files, and what is added to old ones."""

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trimtab.desk.quotes import Batch, Cursor, Tick
from trimtab.errors import FileFormatError, InputError
from trimtab.feeds.quotes import read_ticks

__all__ = ["FolderFeed"]

_ENDINGS = (".csv", ".tsv", ".txt", ".parquet")


@dataclass(slots=True, kw_only=True)
class _Seen:
    """A file as it was when last looked at."""

    size: int
    modified: int
    since: dt.datetime


class FolderFeed:
    """Quotes of the files of a folder, by name.

    A file is known by its name and the hash of its content. One that has grown by further lines gives only those; one
    that was written anew gives all its rows, of which the watch leaves out what is older than it knows. A line without
    its end, and a Parquet file without its foot, are still being written: they are waited for, until the file has
    stood unchanged for `patience`; then the line is taken as it is, and the file set aside with its reason.

    Parameters
    ----------
    folder
        Where files arrive; names that begin with a dot or end in .tmp or .part are passed over.
    clock
        Gives the time.
    patience
        How long an unfinished file may stand unchanged.
    pattern
        Which files are read, such as ``*.csv``.
    """

    def __init__(
        self,
        folder: Path | str,
        *,
        clock: Callable[[], dt.datetime],
        patience: dt.timedelta = dt.timedelta(seconds=30),
        pattern: str = "*",
    ) -> None:
        self._folder = Path(folder)
        if not self._folder.is_dir():
            raise InputError(
                expected="a folder in which files of quotes arrive", found=f"{folder}, which is none",
                try_next="make it first",
            )  # fmt: skip
        self._clock, self._patience, self._pattern = clock, patience, pattern
        self._seen: dict[str, _Seen] = {}
        self._finished: dict[str, tuple[int, int]] = {}
        self.ended = False

    def read(self, cursor: Cursor | None) -> Batch | None:
        """Give the next rows of the first file that has any."""
        done: dict[str, dict[str, Any]] = {} if cursor is None else dict(cursor["done"])
        for path in sorted(self._folder.glob(self._pattern)):
            if path.name.startswith(".") or path.suffix.lower() not in _ENDINGS or not path.is_file():
                continue
            found = path.stat()
            if self._finished.get(path.name) == (found.st_size, found.st_mtime_ns):
                continue
            batch = self._rows(path, found.st_size, found.st_mtime_ns, done)
            if batch is not None:
                return batch
        return None

    def _rows(self, path: Path, size: int, modified: int, done: Mapping[str, dict[str, Any]]) -> Batch | None:
        old = done.get(path.name)
        content = path.read_bytes()
        whole = self._whole(path.name, content, size, modified)
        if whole is None:
            return None
        if old is not None and old["size"] == len(whole) and old["hash"] == _hash(whole) and old["rows"] == old["of"]:
            if len(whole) == len(content):
                self._finished[path.name] = (size, modified)
            return None
        ticks = self._ticks(path.name, whole)
        start = 0
        if old is not None and len(whole) >= old["size"] and _hash(whole[: old["size"]]) == old["hash"]:
            start = min(int(old["rows"]), len(ticks))
        mark = {"size": len(whole), "hash": _hash(whole), "of": len(ticks)}
        rest = ticks[start:]
        if not rest:
            # a heading, or blank lines: nothing to take, and nothing to look at again until it grows
            return Batch(ticks=(), after=lambda _: {"done": {**done, path.name: {**mark, "rows": len(ticks)}}})
        return Batch(ticks=rest, after=lambda k: {"done": {**done, path.name: {**mark, "rows": start + k}}})

    def _ticks(self, name: str, whole: bytes) -> tuple[Tick, ...]:
        try:
            return read_ticks(whole, name=name)
        except FileFormatError as error:
            return (Tick(symbol="", price=float("nan"), at=0, fault=error.found),)

    def _whole(self, name: str, content: bytes, size: int, modified: int) -> bytes | None:
        """Give the part of a file that is finished; None if there is none yet."""
        now = self._clock()
        seen = self._seen.get(name)
        if seen is None or (seen.size, seen.modified) != (size, modified):
            seen = self._seen[name] = _Seen(size=size, modified=modified, since=now)
        written = dt.datetime.fromtimestamp(modified / 1e9, tz=dt.UTC)
        waited = max(now - seen.since, now - written) >= self._patience
        if name.lower().endswith(".parquet") or content[:4] == b"PAR1":
            complete = len(content) >= 12 and content[:4] == b"PAR1" and content[-4:] == b"PAR1"
            return content if complete or (waited and content) else None
        if waited:
            return content or None
        return content[: content.rfind(b"\n") + 1] or None


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
