"""A folder as a feed: new files, and what is added to old ones."""

import datetime as dt
import os
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from stat import S_ISREG

from polars.exceptions import PanicException

from trimtab.desk.watch.quotes import Batch, Cursor, Tick
from trimtab.errors import FileFormatError, InputError
from trimtab.feeds.folder.growth import Start, Starts, added_ticks, hashes_to, start_of
from trimtab.feeds.folder.marks import Look, Mark, Marks
from trimtab.feeds.quotes import read_ticks
from trimtab.model.moments import later

__all__ = ["MOST_BYTES", "FolderFeed"]

#: Bytes of a file of quotes: some millions of rows.
MOST_BYTES = 128_000_000
_FIRST_WAIT, _LONGEST_WAIT = dt.timedelta(seconds=1), dt.timedelta(minutes=1)
#: A folder with more files is looked through at most a tenth of the time: a look is followed by nine times its length.
_MANY, _REST = 5_000, 9.0
_ENDINGS = (".csv", ".tsv", ".txt", ".parquet")


@dataclass(slots=True, kw_only=True)
class _Seen:
    """A file as it was when last looked at."""

    look: Look
    since: dt.datetime


@dataclass(slots=True, kw_only=True)
class _Trouble:
    """A file that could not be read, and when it is tried again."""

    why: str
    again: dt.datetime
    wait: dt.timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class _End:
    """How far a file is read after some of its quotes, and the cursor that says so."""

    cursor: Cursor
    mark: Mark | None
    settled: Look | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """The batch that was given last: whether it was taken, and how much of it, shows in the next cursor."""

    path: Path
    name: str
    ends: list[_End]


class FolderFeed:
    """Quotes of the files of a folder, by name.

    A file is known by its name and the hash of its content. One that has grown by further lines gives only those; one
    that was written anew gives all its rows, of which the watch leaves out what is older than it knows. A line without
    its end, and a Parquet file without its foot, are still being written: they are waited for, until the file has
    stood unchanged for `patience`; then the line is taken as it is, and the file set aside with its reason.

    What one file does concerns that file alone. One that may not be read is told of once, as a quote set aside, and
    tried again after 1, 2, 4, ... 60 seconds; one that is larger than `most_bytes` is told of and not opened.

    A poll is one look through the folder: its names are listed once, and the files taken one after the other. A folder
    of more than 5,000 files is looked through at most a tenth of the time. A cursor is of bounded size (see
    `trimtab.feeds.folder.marks`).

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
        self._marks, self._starts = Marks(), Starts()
        self._at: Cursor | None = None
        self._given: _Given | None = None
        self._queue: deque[Path] = deque()
        self._pass_began, self._no_pass_before, self._gave, self._is_long = 0.0, 0.0, False, False
        self.ended = False

    def read(self, cursor: Cursor | None) -> Batch | None:
        """Give the next rows of the first file that has any, of those not yet looked at in this pass."""
        self._go_to(cursor)
        if not self._queue and not self._start_pass():
            return None
        while self._queue:
            path = self._queue.popleft()
            batch = self._turn(path, _name(path))
            if batch is not None:
                self._gave = True
                return batch
        if not self._gave:
            # Nothing new: a long look is not made again at once. What it takes is the machine's time, not the feed's.
            self._no_pass_before = time.monotonic() + _REST * (time.monotonic() - self._pass_began)
        return None

    def _go_to(self, cursor: Cursor | None) -> None:
        """Stand where a cursor says: where the last batch ended, where it began, or anywhere else."""
        given, self._given = self._given, None
        if given is not None:
            end = next((end for end in given.ends if end.cursor is cursor or end.cursor == cursor), None)
            if end is not None:
                self._marks.put(given.name, end.mark, end.settled)
                self._at = end.cursor
                if end.mark is not None and end.mark.rows < end.mark.of:
                    self._queue.appendleft(given.path)
                if end.settled is not None:
                    self._seen.pop(given.name, None)
                return
            self._queue.appendleft(given.path)
        if cursor is self._at or cursor == self._at:
            return
        self._marks = Marks() if cursor is None else Marks.of(cursor, self._looks())
        self._at = cursor
        self._queue.clear()
        self._no_pass_before = 0.0

    def _start_pass(self) -> bool:
        """List the folder; False if it is long and was looked through just now."""
        now = time.monotonic()
        if now < self._no_pass_before and self._is_long:
            return False
        self._pass_began, self._gave = now, False
        paths = self._paths()
        self._is_long = len(paths) > _MANY
        names = {_name(path) for path in paths}
        self._marks.start_pass(names)
        for by_name in (self._troubles, self._seen):
            for name in [name for name in by_name if name not in names]:
                del by_name[name]
        self._queue.extend(paths)
        return True

    def _paths(self) -> list[Path]:
        """List the files that may hold quotes, by name."""
        if "/" in self._pattern:
            names = [str(path.relative_to(self._folder)) for path in self._folder.glob(self._pattern)]
        else:
            names = [name for name in os.listdir(self._folder) if fnmatchcase(name, self._pattern)]  # noqa: PTH208 - ten times as fast
        paths = (self._folder / name for name in sorted(names) if name.lower().endswith(_ENDINGS))
        return [path for path in paths if not path.name.startswith(".")]

    def _looks(self) -> dict[str, Look]:
        """Give what the files look like now."""
        looks = {}
        for path in self._paths():
            with suppress(OSError):
                facts = path.stat()
                if S_ISREG(facts.st_mode):
                    looks[_name(path)] = Look(size=facts.st_size, changed=facts.st_mtime_ns)
        return looks

    def _turn(self, path: Path, name: str) -> Batch | None:
        """Give what is new in a file, or news that it cannot be read; None if there is nothing."""
        if name in self._troubles and self._clock() < self._troubles[name].again:
            return None
        try:
            batch = self._look(path, name)
            self._troubles.pop(name, None)
        except FileNotFoundError:
            return None  # it has gone since the folder was listed
        except OSError as error:
            return self._put_off(path, name, error.strerror or type(error).__name__)
        return batch

    def _look(self, path: Path, name: str) -> Batch | None:
        """Give what is new in a file; None if nothing is."""
        facts = path.stat()
        look = Look(size=facts.st_size, changed=facts.st_mtime_ns)
        if not S_ISREG(facts.st_mode) or self._marks.is_settled(name, look):
            return None
        if facts.st_size > self._most:
            why = f"{name}: {facts.st_size:,} bytes, more than the {self._most:,} that are read; write several files"
            return self._batch(path, name, (_fault(why),), lambda _: (self._marks.mark(name), look))
        return self._rows(path, name, look)

    def _batch(
        self, path: Path, name: str, ticks: tuple[Tick, ...], after: Callable[[int], tuple[Mark | None, Look | None]]
    ) -> Batch:
        """Give quotes of a file; `after` says how far it is read, and whether through, after so many of them."""
        given = self._given = _Given(path=path, name=name, ends=[])

        def cursor(count: int) -> Cursor:
            mark, settled = after(count)
            end = _End(cursor=self._marks.after(name, mark, settled), mark=mark, settled=settled)
            given.ends.append(end)
            return end.cursor

        return Batch(ticks=ticks, after=cursor)

    def _put_off(self, path: Path, name: str, why: str) -> Batch | None:
        """Try a file again later; give a quote that tells of it, unless it was told."""
        before = self._troubles.get(name)
        wait = _FIRST_WAIT if before is None else min(_LONGEST_WAIT, before.wait * 2)
        self._troubles[name] = _Trouble(why=why, again=later(self._clock(), wait), wait=wait)
        if before is not None and before.why == why:
            return None
        return self._batch(
            path, name, (_fault(f"{name} cannot be read: {why}"),), lambda _: (self._marks.mark(name), None)
        )

    def _rows(self, path: Path, name: str, look: Look) -> Batch | None:
        old = self._marks.mark(name)
        with path.open("rb") as stream:
            content = stream.read(self._most)
        whole = self._whole(name, content, look)
        if whole is None:
            return None
        through = look if len(whole) == len(content) else None
        begun = self._starts.find(name, taken=0 if old is None else old.rows, size=len(whole))
        known = [before for before in (old, begun) if before is not None and before.size <= len(whole)]
        hashes = hashes_to(whole, {len(whole), *(before.size for before in known)})
        if any(hashes[before.size] != before.hash for before in known) or old not in known:
            old, begun = None, None  # written anew: another file
        if old is not None and old.size == len(whole) and old.rows == old.of:
            if through is not None:
                self._marks.put(name, old, through)
            return None
        read_before, ticks = self._ticks(name, whole, hashes[len(whole)], begun)
        start = 0 if old is None or _has_broken(ticks, old) else min(old.rows, read_before + len(ticks))
        mark = Mark(size=len(whole), hash=hashes[len(whole)], of=read_before + len(ticks), rows=start)
        rest = ticks[start - read_before :]

        def after(count: int) -> tuple[Mark, Look | None]:
            # nothing to take (a heading, blank lines) is taken whole, and not looked at again until the file grows
            return replace(mark, rows=start + count), through if count == len(rest) else None

        return self._batch(path, name, rest, after)

    def _ticks(self, name: str, whole: bytes, digest: str, begun: Start | None) -> tuple[int, tuple[Tick, ...]]:
        """Give the quotes of a file, and how many there are before them; a beginning that is known is not parsed."""
        try:
            added = None if begun is None else added_ticks(whole, begun, name=name)
            if begun is None or added is None:
                begun, added = None, read_ticks(whole, name=name)
        except FileFormatError as error:
            self._starts.note(name, None)
            return 0, (_fault(error.found),)
        except (Exception, PanicException) as error:  # noqa: BLE001 - whatever one file does, the others are read
            self._starts.note(name, None)
            return 0, (_fault(f"{name}, on which reading broke with {type(error).__name__}"),)
        before = 0 if begun is None else begun.ticks
        self._starts.note(name, start_of(whole, digest, before=begun, ticks=before + len(added)))
        return before, added

    def _whole(self, name: str, content: bytes, look: Look) -> bytes | None:
        """Give the part of a file that is finished; None if there is none yet."""
        now = self._clock()
        seen = self._seen.get(name)
        if seen is None or seen.look != look:
            seen = self._seen[name] = _Seen(look=look, since=now)
        written = dt.datetime.fromtimestamp(look.changed / 1e9, tz=dt.UTC)
        waited = max(now - seen.since, now - written) >= self._patience
        if name.lower().endswith(".parquet") or content[:4] == b"PAR1":
            complete = len(content) >= 12 and content[:4] == b"PAR1" and content[-4:] == b"PAR1"
            return content if complete or (waited and content) else None
        if waited:
            return content or None
        return content[: content.rfind(b"\n") + 1] or None


def _fault(why: str) -> Tick:
    """Make the quote that stands for a file which gives none."""
    return Tick(symbol="", price=float("nan"), at=0, fault=why)


def _has_broken(ticks: tuple[Tick, ...], before: Mark) -> bool:
    """Tell whether a file that gave quotes can no longer be read, which is told as a quote of its own."""
    return len(ticks) == 1 and ticks[0].fault is not None and not ticks[0].symbol and before.of > 1


def _name(path: Path) -> str:
    """Give the name of a file as it can be written down, whatever bytes it is made of."""
    return path.name.encode("utf-8", "backslashreplace").decode("utf-8")
