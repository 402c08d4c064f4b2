"""What goes wrong around a desk, all of it decided by who holds this: the clock, kills, and a disk that is full.

A kill is a `KilledError` raised before a step on the disk or in the journal. From then on the process is dead:
whatever its own code still tries on the disk while it unwinds is refused, as a real process would not have tried it.
"""

import datetime as dt
import os
import resource
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from trimtab.store import journal as journals
from trimtab.store import schema, sqlite
from trimtab.store.lock import FolderLock

#: Calls after whose start a kill is a kill "before this step on the disk".
_CALLS = ("fsync", "replace", "rename", "unlink", "remove", "link", "mkdir", "open")


class KilledError(BaseException):
    """The process is gone: nothing catches this but who killed it."""


class Faults:
    """The clock, the kills and the room on the disk, of every session of this process."""

    def __init__(self, folder: Path, now: dt.datetime) -> None:
        self.now = now
        self.between: Callable[[], None] | None = None
        self._folder = folder
        self._kill_at = self._steps = self._locks = 0
        self._dead = self._is_armed = False

    def clock(self) -> dt.datetime:
        """Give the time."""
        return self.now

    def die(self) -> None:
        """Kill the process here."""
        self._dead = True
        raise KilledError

    @contextmanager
    def killing(self, at: int) -> Iterator[None]:
        """Kill what is done inside before its n-th step; 0 never."""
        self._kill_at, self._steps, self._is_armed = at, 0, True
        try:
            yield
        finally:
            self._dead = self._is_armed = False

    @contextmanager
    def pausing(self) -> Iterator[None]:
        """Let another session work: it has no fault of its own."""
        before, between, self._is_armed, self.between = self._is_armed, self.between, False, None
        try:
            yield
        finally:
            self._is_armed, self.between = before, between

    @contextmanager
    def room(self, left: int | None) -> Iterator[None]:
        """Let no file grow by more than so many bytes beyond the largest there is; 0: none is written at all."""
        if left is None:
            yield
            return
        largest = max((p.stat().st_size for p in self._folder.rglob("*") if p.is_file()), default=0)
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest + left if left else 0, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    @contextmanager
    def unlimited(self) -> Iterator[None]:
        """Look at the desk from outside, whatever room the disk has."""
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (before[1], before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Put this in place of the clock, the steps on the disk, and the taking of locks."""
        undo: list[Callable[[], None]] = []

        def put(owner: object, name: str, value: object) -> None:
            original = getattr(owner, name)
            setattr(owner, name, value)
            undo.append(lambda: setattr(owner, name, original))

        for name in _CALLS:
            put(os, name, self._before(getattr(os, name)))
        put(schema, "insert_rows", self._around(schema.insert_rows))
        put(sqlite.SqliteDatabase, "write", self._around(sqlite.SqliteDatabase.write))
        put(FolderLock, "held", self._locking(FolderLock.held))
        for work in (journals.open_journal, journals.create_journal):
            kept = dict(work.__kwdefaults__)
            undo.append(lambda work=work, kept=kept: work.__kwdefaults__.update(kept))
            work.__kwdefaults__["clock"] = self.clock
        try:
            yield
        finally:
            for back in reversed(undo):
                back()

    def _step(self) -> None:
        if threading.current_thread() is not threading.main_thread() or not self._is_armed:
            return
        if self._dead:
            raise KilledError
        self._steps += 1
        if self._steps == self._kill_at:
            self.die()

    def _before(self, work):
        def stepped(*arguments, **named):
            if not _is_of_the_cache(arguments):
                self._step()
            return work(*arguments, **named)

        return stepped

    def _around(self, work):
        def stepped(*arguments, **named):
            self._step()
            result = work(*arguments, **named)
            self._step()
            return result

        return stepped

    def _locking(self, held):
        @contextmanager
        def locked(lock: FolderLock) -> Iterator[None]:
            # Before a lock is taken, and only where none is held: there another process may come first.
            if self.between is not None and not self._locks:
                self.between()
            with held(lock):
                self._locks += 1
                try:
                    yield
                finally:
                    self._locks -= 1

        return locked


def _is_of_the_cache(arguments: tuple[object, ...]) -> bool:
    """Tell whether a step only keeps compiled code, which is done once and never again."""
    return any("__pycache__" in os.fspath(a) for a in arguments if isinstance(a, str | os.PathLike))
