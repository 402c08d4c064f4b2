"""What a folder feed has read, and how that is written down in few words, however many files there are.

In memory each file has its mark. A cursor holds the marks of the files that were read last; of the files before them
it holds sums over what they looked like (name, size, time of change), kept apart by day and by a part of their name's
hash. Who goes on from a cursor adds up the same sums over the folder: where they agree, those files were read; where
they do not, the files of that day and part are read again, and the watch leaves out what is older than it knows. So
nothing that was not read is ever taken for read.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from typing import TypeVar, cast

from trimtab.desk.watch.quotes import Cursor
from trimtab.model.json import Json

__all__ = ["Look", "Mark", "Marks"]

T = TypeVar("T")

#: Files whose marks a cursor holds, and files not read through that it names.
_MARKED = 256
#: Days, and parts of each day, that have a sum of their own.
_DAYS, _PARTS = 16, 8
_DAY_NS = 86_400_000_000_000
_WORD = 1 << 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How far a file was read: bytes and hash of what there was, quotes in it, and quotes taken."""

    size: int
    hash: str
    of: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a file looked like: its size, and when it was changed (nanoseconds since 1970)."""

    size: int
    changed: int


@dataclass(slots=True, kw_only=True)
class _Sums:
    """Sums over files, one for each day and part of the names; days before `floor` share one for each part."""

    by_key: dict[str, int] = field(default_factory=dict)
    floor: int = 0

    def copy(self) -> "_Sums":
        """Give sums of the same files, to go on from."""
        return _Sums(by_key=dict(self.by_key), floor=self.floor)

    def key(self, name: str, look: Look) -> str:
        """Name the sum that a file counts in."""
        part = hashlib.sha256(_bytes(name)).digest()[0] % _PARTS
        day = look.changed // _DAY_NS
        return f"{day if day >= self.floor else 'before'}.{part}"

    def replace(self, name: str, before: Look | None, after: Look | None) -> None:
        """Take a file out as it looked, and put it in as it looks."""
        if before is not None:
            self._add(self.key(name, before), -_print(name, before))
        if after is not None:
            self._add(self.key(name, after), _print(name, after))
            self._make_room()

    def _add(self, key: str, amount: int) -> None:
        total = (self.by_key.pop(key, 0) + amount) % _WORD
        if total:
            self.by_key[key] = total

    def _make_room(self) -> None:
        """Add the sums of the oldest days together, until no more days are kept apart than may be."""
        if len(self.by_key) <= _DAYS:
            return  # so few sums are of no more days
        days = {int(key.partition(".")[0]) for key in self.by_key if not key.startswith("before")}
        for day in sorted(days)[: max(0, len(days) - _DAYS)]:
            self.floor = day + 1
            for part in range(_PARTS):
                self._add(f"before.{part}", self.by_key.pop(f"{day}.{part}", 0))


class Marks:
    """How far each file of a folder was read.

    Examples
    --------
    >>> marks, look = Marks(), Look(size=9, changed=5)
    >>> cursor = marks.after("a.csv", Mark(size=9, hash="00", of=1, rows=1), look)
    >>> Marks.of(cursor, {"a.csv": look}).is_settled("a.csv", look)
    True
    >>> Marks.of(cursor, {"a.csv": look, "0.csv": look}).is_settled("0.csv", look)
    False
    """

    def __init__(self) -> None:
        self._marks: dict[str, Mark] = {}
        self._settled: dict[str, Look] = {}
        self._recent: dict[str, Json] = {}
        self._unread: dict[str, bool] = {}
        self._sums = _Sums()
        # Everything changed up to `_through` was looked at by an earlier pass, and in this pass everything up to the
        # name `_until` that was changed up to `_newest`.
        self._through, self._until, self._newest = 0, "", 0

    @classmethod
    def of(cls, cursor: Cursor, looks: Mapping[str, Look]) -> "Marks":
        """Go on from a cursor, with the folder as it looks now."""
        marks = cls()
        for name, mark in cast("Mapping[str, Json]", cursor.get("recent", cursor.get("done", {}))).items():
            marks._marks[name] = _mark_of(mark)
            marks._recent[name] = mark
        if "sums" not in cursor:
            return marks  # of a trimtab before sums: each file is opened once, and gives nothing
        marks._through, marks._newest = int(str(cursor["through"])), int(str(cursor["newest"]))
        marks._until = str(cursor["until"])
        marks._unread = {str(name): True for name in cast("list[Json]", cursor["unread"])}
        written = cast("Mapping[str, Json]", cursor["sums"])
        marks._sums.floor = int(str(cursor["floor"]))
        marks._settle_alike({key: int(str(n)) for key, n in written.items()}, looks)
        return marks

    def mark(self, name: str) -> Mark | None:
        """Give how far a file was read; None if it was not, or that is no longer known."""
        return self._marks.get(name)

    def is_settled(self, name: str, look: Look) -> bool:
        """Tell whether a file was read through as it looks."""
        return self._settled.get(name) == look

    def after(self, name: str, mark: Mark | None, settled: Look | None) -> Cursor:
        """Give the cursor that `put` would leave, and leave everything as it is."""
        recent, sums, unread = dict(self._recent), self._sums.copy(), dict(self._unread)
        _note(recent, name, None if mark is None else asdict(mark))
        _note(unread, name, None if settled is not None else True)
        sums.replace(name, self._settled.get(name), settled)
        return {
            "recent": recent, "unread": list(unread), "sums": cast("Json", sums.by_key), "floor": sums.floor,
            "through": self._through, "until": max(self._until, name),
            "newest": self._newest if settled is None else max(self._newest, settled.changed),
        }  # fmt: skip

    def put(self, name: str, mark: Mark | None, settled: Look | None) -> None:
        """Write down how far a file was read, and, where it was read through, what it looked like."""
        if mark is not None:
            self._marks[name] = mark
        _note(self._recent, name, None if mark is None else asdict(mark))
        _note(self._unread, name, None if settled is not None else True)
        self._sums.replace(name, self._settled.pop(name, None), settled)
        if settled is not None:
            self._settled[name] = settled
            self._newest = max(self._newest, settled.changed)
        self._until = max(self._until, name)

    def start_pass(self, names: Collection[str]) -> None:
        """Begin to look through the folder once more; what is no longer in it is forgotten."""
        self._through, self._until, self._newest = max(self._through, self._newest), "", 0
        for name in [name for name in self._settled if name not in names]:
            self._sums.replace(name, self._settled.pop(name), None)
        for by_name in (self._marks, self._recent, self._unread):
            for name in [name for name in by_name if name not in names]:
                del by_name[name]

    def _settle_alike(self, sums: Mapping[str, int], looks: Mapping[str, Look]) -> None:
        """Take for read what adds up to the sums."""
        groups: dict[str, dict[str, Look]] = {}
        for name, look in looks.items():
            in_pass = name <= self._until and look.changed <= self._newest
            if name not in self._unread and (look.changed <= self._through or in_pass):
                groups.setdefault(self._sums.key(name, look), {})[name] = look
        for key, files in groups.items():
            if sum(_print(name, look) for name, look in files.items()) % _WORD == sums.get(key):
                self._settled |= files
                self._sums.by_key[key] = sums[key]


def _note(noted: dict[str, T], name: str, what: T | None) -> None:
    """Note something of a file behind the others, in place of what was noted of it (None: nothing); drop the oldest."""
    noted.pop(name, None)
    if what is not None:
        noted[name] = what
    if len(noted) > _MARKED:
        del noted[next(iter(noted))]


def _mark_of(written: Json) -> Mark:
    mark = cast("Mapping[str, Json]", written)
    return Mark(
        size=int(str(mark["size"])), hash=str(mark["hash"]), of=int(str(mark["of"])), rows=int(str(mark["rows"]))
    )


def _print(name: str, look: Look) -> int:
    """Give a number for a file as it looks."""
    return int.from_bytes(hashlib.sha256(_bytes(f"{len(name)}:{name}:{look.size}:{look.changed}")).digest()[:8], "big")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")
