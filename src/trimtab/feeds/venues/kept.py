"""Answers of services on disk: used again while they are fresh, and a service that asked to be left alone is."""

import contextlib
import datetime as dt
import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

from trimtab.desk.books.intake import Kind
from trimtab.desk.watch.fetching import Answer, Service
from trimtab.errors import ServiceError, StorageError
from trimtab.model.json import Json, JsonObject

__all__ = ["Kept", "ask_or_take"]

#: Seconds for which an answer of before may still be read by another process.
_IN_USE = 3600.0
#: Least time that a service which failed is left alone for, where it does not say; it doubles with each failure.
_FIRST_WAIT, _LONGEST_WAIT = dt.timedelta(seconds=30), dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An answer on disk.

    Parameters
    ----------
    path
        Its file.
    answer
        What it is.
    at
        When the service gave it.
    was_kept
        Whether it was there before.
    """

    path: Path
    answer: Answer
    at: dt.datetime
    was_kept: bool


def ask_or_take(
    service: Service, folder: Path, question: str, *, now: dt.datetime, fresh: dt.timedelta, again: bool
) -> Kept:
    """Ask a service, or take its last answer to the same question while that is fresh.

    Parameters
    ----------
    service
        Who is asked.
    folder
        Where its answers are kept.
    question
        What it is asked, in words without a key: another question has another answer.
    now
        The moment, with its zone.
    fresh
        How old an answer may be to be taken again.
    again
        Ask, however fresh the last answer is.

    Raises
    ------
    ServiceError
        If the service fails, or failed lately and is to be left alone.
    StorageError
        If the folder cannot be used.
    """
    name = hashlib.sha256(question.encode()).hexdigest()[:16]
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        last = None if again else _last(folder, name, now, fresh)
        if last is not None:
            return last
        _leave_alone(folder, name, now, service.label)
    except OSError as error:
        raise _unusable(folder, error) from None
    try:
        answer = service.ask(now)
    except ServiceError as error:
        _failed(folder, name, now, error.wait)
        raise
    try:
        return _keep(folder, name, answer, now)
    except OSError as error:
        raise _unusable(folder, error) from None


def _last(folder: Path, name: str, now: dt.datetime, fresh: dt.timedelta) -> Kept | None:
    """Give the last answer, if it is whole and fresh; one of the future is neither."""
    note = _read(folder / f"{name}.json")
    try:
        path, at = folder / Path(str(note["file"])).name, dt.datetime.fromisoformat(str(note["at"]))
        content, kind = path.read_bytes(), note["kind"]
        is_whole = hashlib.sha256(content).hexdigest() == note["sha256"]
        if not is_whole or not dt.timedelta() <= now - at <= fresh:
            return None
        answer = Answer(
            content=content, suffix=path.suffix, kind=None if kind is None else Kind(str(kind)),
            notes=_texts(note["notes"]), doubts=_texts(note["doubts"]),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, OSError):
        return None  # a note that was touched, or the note of nothing
    return Kept(path=path, answer=answer, at=at, was_kept=True)


def _leave_alone(folder: Path, name: str, now: dt.datetime, label: str) -> None:
    note = _read(folder / f"{name}.wait.json")
    try:
        failures, until = int(str(note["failures"])), dt.datetime.fromisoformat(str(note["until"]))
        left = until - now
    except (KeyError, TypeError, ValueError):
        return
    # A clock that was set back must not keep a service from being asked for years.
    if dt.timedelta() < left <= _LONGEST_WAIT * 24:
        raise ServiceError(
            expected=f"an answer of {label}",
            found=f"it failed {failures} time(s), and is left alone until {until:%Y-%m-%d %H:%M:%S} UTC",
            try_next=f"ask again in {left.total_seconds():.0f} seconds",
        )


def _failed(folder: Path, name: str, now: dt.datetime, wait: float | None) -> None:
    """Write down that a service failed, and until when it is left alone."""
    before = str(_read(folder / f"{name}.wait.json").get("failures", 0))
    failures = int(before) + 1 if before.isdecimal() else 1
    usual = min(_FIRST_WAIT * 2 ** min(failures - 1, 10), _LONGEST_WAIT)
    until = now + (usual if wait is None else dt.timedelta(seconds=min(wait, 86_400.0)))
    try:
        _write(folder / f"{name}.wait.json", json.dumps({"failures": failures, "until": until.isoformat()}).encode())
    except OSError:
        return  # the failure itself is what is told


def _keep(folder: Path, name: str, answer: Answer, now: dt.datetime) -> Kept:
    """Write an answer down, and then that it is there."""
    # in its name is what is in it: a file that was imported is never another under the same name
    digest = hashlib.sha256(answer.content).hexdigest()
    path = folder / f"{folder.name}-{now:%Y%m%dT%H%M%S}-{digest[:8]}{answer.suffix}"
    _write(path, answer.content)
    note = {
        "file": path.name, "at": now.isoformat(), "sha256": digest,
        "kind": None if answer.kind is None else answer.kind.value,
        "notes": list(answer.notes), "doubts": list(answer.doubts),
    }  # fmt: skip
    _write(folder / f"{name}.json", json.dumps(note, ensure_ascii=False).encode())
    (folder / f"{name}.wait.json").unlink(missing_ok=True)
    _clear(folder, path)
    return Kept(path=path, answer=answer, at=now, was_kept=False)


def _clear(folder: Path, newest: Path) -> None:
    """Take away answers of before; not those of the last hour, which another process may be importing."""
    for old in folder.iterdir():
        if old != newest and re.fullmatch(r".+-\d{8}T\d{6}-\w{8}\.\w+", old.name):
            with contextlib.suppress(OSError):
                if newest.stat().st_mtime - old.stat().st_mtime > _IN_USE:
                    old.unlink()


def _read(path: Path) -> JsonObject:
    """Read a note; one that is no such says nothing."""
    try:
        note = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return note if isinstance(note, dict) else {}


def _texts(value: Json) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()


def _write(path: Path, content: bytes) -> None:
    """Put a file in its place whole, for its owner alone."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _unusable(folder: Path, error: OSError) -> StorageError:
    return StorageError(
        expected="a folder for what is fetched", found=f"{folder}: {error.strerror}",
        try_next="free disk space or permissions there",
    )  # fmt: skip
