"""Files that arrive in folders: each is imported once, when it is whole and its format is known."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from trimtab.desk.books.intake import Imported, Outcome
from trimtab.desk.books.journal import Fact, Journal
from trimtab.errors import TrimtabError
from trimtab.model.moments import later

__all__ = ["MOST_UNASKED_BYTES", "ArrivalFolder", "Arrivals", "TakeFile"]

#: Entries that say which files need not be read again.
_KIND = "source-file"
_UNFINISHED = (".tmp", ".part")
#: A file that has stood unchanged so long is whole, if it ends as a whole one does; else it is waited for longer.
_QUIET, _PATIENCE = 2.0, 30.0
#: A larger file is imported by hand: it would hold up the watch, and may be no table at all.
MOST_UNASKED_BYTES = 256_000_000
_FIRST_WAIT, _LONGEST_WAIT = dt.timedelta(seconds=1), dt.timedelta(minutes=1)
_FOOT = {".parquet": b"PAR1", ".csv": b"\n", ".tsv": b"\n", ".txt": b"\n"}


@dataclass(frozen=True, slots=True)
class _Stamp:
    """A file as it lies there: it is looked at again when this changes."""

    size: int
    modified: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalFolder:
    """A folder in which files of one kind arrive.

    Parameters
    ----------
    name
        What it is called.
    folder, pattern
        Where, and which files of it.
    kind
        What they hold.
    label
        The word under which the formats of its files are known.
    """

    name: str
    folder: Path
    pattern: str
    kind: str
    label: str


#: Imports one file of a folder.
TakeFile = Callable[[Path, ArrivalFolder], Imported]


class Arrivals:
    """Folders looked at again and again.

    Parameters
    ----------
    clock
        Gives the time.
    """

    def __init__(self, clock: Callable[[], dt.datetime]) -> None:
        self._clock = clock
        self._settled: dict[Path, _Stamp] = {}
        self._waiting: dict[Path, str] = {}
        #: Files that could not be read: when they are tried again, and how long they were waited for.
        self._again: dict[Path, tuple[dt.datetime, dt.timedelta]] = {}
        self._formats = -1
        #: Why files wait, and what failed; for the screen.
        self.notices: tuple[str, ...] = ()

    def look(self, folders: Sequence[ArrivalFolder], journal: Journal, take: TakeFile) -> tuple[str, ...]:
        """Import what is new, and give what was kept, a sentence for each file."""
        formats = journal.entries("format", newest=True, limit=1)
        if (newest := formats[0].seq if formats else 0) != self._formats:
            # a format was accepted since: what waited for one is looked at again
            self._formats = newest
            for path in self._waiting:
                self._settled.pop(path, None)
        kept: list[str] = []
        missing: list[str] = []
        there: set[Path] = set()
        for source in folders:
            if not source.folder.is_dir():
                missing.append(f"source {source.name}: there is no folder {source.folder}")
                continue
            for path in sorted(source.folder.glob(source.pattern)):
                there.add(path)
                if not self._is_due(path):
                    continue
                try:
                    kept += self._take(source, path, journal, take)
                    self._again.pop(path, None)
                except (OSError, TrimtabError) as error:  # what one file does concerns that file alone
                    self._waiting[path] = _trouble(error)
                    self._put_off(path)
        self._waiting = {path: why for path, why in self._waiting.items() if path in there}
        self.notices = (*missing, *(f"{path.name} waits: {why}" for path, why in sorted(self._waiting.items())))
        return tuple(kept)

    def _is_due(self, path: Path) -> bool:
        """Tell whether a file is whole, and was not looked at as it is now."""
        try:
            facts = path.stat()
            if path.name.startswith(".") or path.suffix.lower() in _UNFINISHED or not path.is_file():
                return False
            stamp = _Stamp(facts.st_size, facts.st_mtime_ns)
            again = self._again.get(path)
            if self._settled.get(path) == stamp and (again is None or self._clock() < again[0]):
                return False
            age = abs(self._clock().timestamp() - facts.st_mtime)
            if not facts.st_size or age < (_QUIET if _ends_whole(path) else _PATIENCE):
                return False
        except FileNotFoundError:
            return False  # it has gone since the folder was listed
        except OSError as error:
            self._waiting[path] = _trouble(error)
            return False
        self._settled[path] = stamp
        return True

    def _put_off(self, path: Path) -> None:
        """Try a file again after 1, 2, 4, ... 60 seconds, although it stays as it is."""
        before = self._again.get(path)
        wait = _FIRST_WAIT if before is None else min(_LONGEST_WAIT, before[1] * 2)
        self._again[path] = (later(self._clock(), wait), wait)

    def _take(self, source: ArrivalFolder, path: Path, journal: Journal, take: TakeFile) -> Iterator[str]:
        if (size := path.stat().st_size) > MOST_UNASKED_BYTES:
            self._waiting[path] = f"{size:,} bytes, more than the {MOST_UNASKED_BYTES:,} that are taken unasked"
            return
        with path.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        subject = f"{source.name} {sha256}"
        self._waiting.pop(path, None)
        if journal.entries(_KIND, subject=subject, limit=1):
            return
        done = take(path, source)
        if done.outcome in {Outcome.KEPT, Outcome.NOTHING_NEW}:
            body = {"name": path.name, "outcome": done.outcome.value}
            journal.append([Fact(kind=_KIND, subject=subject, body=body)])
            if done.outcome is Outcome.KEPT:
                yield f"{path.name} imported ({source.kind} from {source.label})"
            return
        self._waiting[path] = _why(done, path, source.label)


def _trouble(error: OSError | TrimtabError) -> str:
    if isinstance(error, TrimtabError):
        return error.found
    return f"it cannot be read: {error.strerror or type(error).__name__}"


def _why(done: Imported, path: Path, label: str) -> str:
    if done.error is not None:
        return done.error.found
    what = "its format is new" if done.outcome is Outcome.NEW_FORMAT else "something about it is odd"
    return f"{what}; look with: trimtab import {path} --source {label}"


def _ends_whole(path: Path) -> bool:
    """Tell whether a file ends as a whole one does; of compressed text that cannot be told."""
    foot = _FOOT.get(path.suffix.lower())
    if foot is None:
        return False
    with path.open("rb") as stream:
        stream.seek(-min(len(foot), path.stat().st_size), 2)
        return stream.read() == foot
