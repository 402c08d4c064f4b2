"""A file of days that differ from a calendar: closed, open, or closed early."""

import csv
import datetime as dt
import re
from dataclasses import replace
from pathlib import Path

from trimtab.errors import FileFormatError, StorageError
from trimtab.model.calendar import Calendar

__all__ = ["with_overrides"]

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


def with_overrides(calendar: Calendar, path: Path) -> Calendar:
    """Put the days of a file over a calendar: ``date,session``, each closed, open, or the time of an early close.

    Raises
    ------
    StorageError, FileFormatError
        If the file cannot be read, or a line of it says something else.
    """
    closed, opened, early = set(calendar.holidays), set(calendar.extra), dict(calendar.early)
    for day, word in _overrides(path).items():
        early.pop(day, None)
        if word == "closed":
            closed.add(day)
            opened.discard(day)
            continue
        closed.discard(day)
        opened |= set() if day.weekday() in calendar.week else {day}
        if word != "open":
            early[day] = dt.time.fromisoformat(word)
    return replace(calendar, holidays=closed, extra=opened, early=early)


def _overrides(path: Path) -> dict[dt.date, str]:
    """Read the days of a file, each with its word."""
    days: dict[dt.date, str] = {}
    try:
        lines = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise StorageError(
            expected="a CSV file of days in UTF-8", found=f"{path}: {error}", try_next="mend or replace the file"
        ) from None
    head = [cell.strip().lower() for cell in lines[0]] if lines else []
    if head[:2] != ["date", "session"]:
        raise FileFormatError(
            expected="a first line that begins: date,session",
            found=f"{','.join(head) or 'nothing'} in {path}",
            try_next="write that line; below it each day as 2026-12-24,closed or ,open or ,13:00",
        )
    for number, line in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in line):
            continue
        day, word = _override(line)
        if day is None or day in days:
            raise FileFormatError(
                expected="a day, each once, as YYYY-MM-DD, and closed, open or a time such as 13:00",
                found=f"{','.join(line)} in line {number} of {path}",
                try_next="correct or remove the line",
            )
        days[day] = word
    return days


def _override(line: list[str]) -> tuple[dt.date | None, str]:
    """Read a line: its day and its word; no day where either is something else."""
    word = line[1].strip().lower() if len(line) > 1 else ""
    try:
        day = dt.datetime.strptime(line[0].strip(), "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None, word
    return (day, word) if word in {"closed", "open"} or _CLOCK.fullmatch(word) else (None, word)
