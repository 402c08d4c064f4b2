"""A folder as a feed: new files, and what is added to old ones."""

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from os import stat_result
from pathlib import Path
from stat import S_ISREG
from typing import cast

from polars.exceptions import PanicException

from trimtab.desk.watch.quotes import Batch, Cursor, Tick
from trimtab.errors import FileFormatError, InputError
from trimtab.feeds.quotes import read_ticks
from trimtab.model.json import Json

__all__ = ["MOST_BYTES", "FolderFeed"]

#: Bytes of a file of quotes: some millions of rows.
MOST_BYTES = 128_000_000
_FIRST_WAIT, _LONGEST_WAIT = dt.timedelta(seconds=1), dt.timedelta(minutes=1)
_ENDINGS = (".csv", ".tsv", ".txt", ".parquet")


@dataclass(slots=True, kw_only=True)
class _Seen:
    """A file as it was when last looked at."""

    size: int
    modified: int
    since: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    """How far a file was read: bytes and hash of what there was, quotes in it, and quotes taken."""

    size: int
    hash: str
    of: int
    rows: int


@dataclass(slots=True, kw_only=True)
class _Trouble:
    """A file that could not be read, and when it is tried again."""

    why: str
    again: dt.datetime
    wait: dt.timedelta


class FolderFeed:
    """Quotes of the files of a folder, by name.

    A file is known by its name and the hash of its content. One that has grown by further lines gives only those; one
    that was written anew gives all its rows, of which the watch leaves out what is older than it knows. A line without
    its end, and a Parquet file without its foot, are still being written: they are waited for, until the file has
    stood unchanged for `patience`; then the line is taken as it is, and the file set aside with its reason.

    What one file does concerns that file alone. One that may not be read is told of once, as a quote set aside, and
    tried again after 1, 2, 4, ... 60 seconds; one that is larger than `most_bytes` is told of and not opened.

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
    most_bytes
        Files larger than this are set aside.
    """

    def __init__(
        self,
        folder: Path | str,
        *,
        clock: Callable[[], dt.datetime],
        patience: dt.timedelta = dt.timedelta(seconds=30),
        pattern: str = "*",
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._folder = Path(folder)
        if not self._folder.is_dir():
            raise InputError(
                expected="a folder in which files of quotes arrive", found=f"{folder}, which is none",
                try_next="make it first",
            )  # fmt: skip
        self._clock, self._patience, self._pattern, self._most = clock, patience, pattern, most_bytes
        self._troubles: dict[str, _Trouble] = {}
        self._seen: dict[str, _Seen] = {}
        self._finished: dict[str, tuple[int, int]] = {}
        self.ended = False

    def read(self, cursor: Cursor | None) -> Batch | None:
        """Give the next rows of the first file that has any."""
        done = {} if cursor is None else _marks(cursor)
        for path in sorted(self._folder.glob(self._pattern)):
            if path.name.startswith(".") or path.suffix.lower() not in _ENDINGS:
                continue
            name = _name(path)
            if name in self._troubles and self._clock() < self._troubles[name].again:
                continue
            try:
                batch = self._look(path, name, done)
                self._troubles.pop(name, None)
            except FileNotFoundError:
                continue  # it has gone since the folder was listed
            except OSError as error:
                batch = self._put_off(name, error.strerror or type(error).__name__, done)
            if batch is not None:
                return batch
        return None

    def _look(self, path: Path, name: str, done: Mapping[str, _Mark]) -> Batch | None:
        """Give what is new in a file; None if nothing is."""
        facts = path.stat()
        if not S_ISREG(facts.st_mode) or self._finished.get(name) == (facts.st_size, facts.st_mtime_ns):
            return None
        if facts.st_size > self._most:
            self._finished[name] = (facts.st_size, facts.st_mtime_ns)
            why = f"{name}: {facts.st_size:,} bytes, more than the {self._most:,} that are read; write several files"
            return Batch(ticks=(_fault(why),), after=lambda _: _cursor(done))
        return self._rows(path, name, facts, done)

    def _put_off(self, name: str, why: str, done: Mapping[str, _Mark]) -> Batch | None:
        """Try a file again later; give a quote that tells of it, unless it was told."""
        before = self._troubles.get(name)
        wait = _FIRST_WAIT if before is None else min(_LONGEST_WAIT, before.wait * 2)
        self._troubles[name] = _Trouble(why=why, again=self._clock() + wait, wait=wait)
        if before is not None and before.why == why:
            return None
        return Batch(ticks=(_fault(f"{name} cannot be read: {why}"),), after=lambda _: _cursor(done))

    def _rows(self, path: Path, name: str, facts: stat_result, done: Mapping[str, _Mark]) -> Batch | None:
        size, modified = facts.st_size, facts.st_mtime_ns
        old = done.get(name)
        with path.open("rb") as stream:
            content = stream.read(self._most)
        whole = self._whole(name, content, size, modified)
        if whole is None:
            return None
        if old is not None and old.size == len(whole) and old.hash == _hash(whole) and old.rows == old.of:
            if len(whole) == len(content):
                self._finished[name] = (size, modified)
            return None
        ticks = self._ticks(name, whole)
        start = 0
        if old is not None and len(whole) >= old.size and _hash(whole[: old.size]) == old.hash:
            start = min(old.rows, len(ticks))
        mark = _Mark(size=len(whole), hash=_hash(whole), of=len(ticks), rows=len(ticks))
        rest = ticks[start:]
        if not rest:
            # a heading, or blank lines: nothing to take, and nothing to look at again until it grows
            return Batch(ticks=(), after=lambda _: _cursor({**done, name: mark}))
        return Batch(ticks=rest, after=lambda k: _cursor({**done, name: replace(mark, rows=start + k)}))

    def _ticks(self, name: str, whole: bytes) -> tuple[Tick, ...]:
        try:
            return read_ticks(whole, name=name)
        except FileFormatError as error:
            return (_fault(error.found),)
        except (Exception, PanicException) as error:  # noqa: BLE001 - whatever one file does, the others are read
            return (_fault(f"{name}, on which reading broke with {type(error).__name__}"),)

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


def _cursor(done: Mapping[str, _Mark]) -> Cursor:
    return {"done": {name: asdict(mark) for name, mark in done.items()}}


def _marks(cursor: Cursor) -> dict[str, _Mark]:
    done = cast("Mapping[str, Mapping[str, Json]]", cursor["done"])
    return {
        name: _Mark(
            size=int(str(mark["size"])), hash=str(mark["hash"]), of=int(str(mark["of"])), rows=int(str(mark["rows"]))
        )
        for name, mark in done.items()
    }


def _fault(why: str) -> Tick:
    """Make the quote that stands for a file which gives none."""
    return Tick(symbol="", price=float("nan"), at=0, fault=why)


def _name(path: Path) -> str:
    """Give the name of a file as it can be written down, whatever bytes it is made of."""
    return path.name.encode("utf-8", "backslashreplace").decode("utf-8")


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
