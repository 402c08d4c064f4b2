"""Reports that were made: over which days, and what was written down of them.

A report adds no figure of its own. What is written down is which runs it is made of, so that each can be asked again,
and the day it reached to, from which the next one says what changed.
"""

import datetime as dt
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from trimtab.desk.books.journal import Entry, Fact, Journal
from trimtab.desk.watch.outbox import ALERT
from trimtab.monitor.alerts.state import EventJson, EventKind

__all__ = [
    "REPORT",
    "Period",
    "ReportMade",
    "due_moment",
    "happened_in",
    "last_report",
    "period_of",
    "record_report",
    "still_raised",
]

#: Kind of entry.
REPORT = "report"
_ENDED = (EventKind.CLEARED, EventKind.RESOLVED)
_MONTHS = {"month": 1, "quarter": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The days that a report is about.

    Parameters
    ----------
    name
        week, month, quarter, or days where both were stated.
    first, last
        The evening it starts from, and the last day in it.
    """

    name: str
    first: dt.date
    last: dt.date

    @property
    def is_open(self) -> bool:
        """Whether it reaches to today's knowledge: what happened after its last day with prices belongs to it."""
        return self.name != "days"


class Made(TypedDict):
    """A report as it is kept."""

    period: str
    first: str
    last: str
    runs: list[int]
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportMade:
    """A report that was written down.

    Parameters
    ----------
    seq, recorded
        Its number in the journal, and when it was written, UTC.
    first, last
        The days it was about.
    runs
        Numbers of the runs it is made of.
    """

    seq: int
    recorded: str
    first: dt.date
    last: dt.date
    runs: tuple[int, ...]


def period_of(words: str, last: dt.date) -> Period:
    """Give the days that a period means.

    Parameters
    ----------
    words
        week, month, quarter, or FROM:TO.
    last
        The last day with prices; FROM:TO has its own.

    Examples
    --------
    >>> period_of("month", dt.date(2022, 3, 31)).first
    datetime.date(2022, 2, 28)
    >>> period_of("2022-01-03:2022-03-31", dt.date(2022, 12, 28)).last
    datetime.date(2022, 3, 31)
    """
    if ":" in words:
        first, end = (dt.date.fromisoformat(part) for part in words.split(":"))
        return Period(name="days", first=first, last=end)
    if words in _MONTHS:
        return Period(name=words, first=_months_before(last, _MONTHS[words]), last=last)
    return Period(name="week", first=last - dt.timedelta(days=7), last=last)


def _months_before(day: dt.date, months: int) -> dt.date:
    """Give the same day of an earlier month, or the last one that month has."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def last_report(journal: Journal, account: str, before: dt.date) -> ReportMade | None:
    """Give the newest report of an account that reached to a day before this one; None if there is none."""
    for entry in journal.entries(REPORT, subject=account, newest=True):
        body = entry.read_as(Made)
        if dt.date.fromisoformat(body["last"]) < before:
            return ReportMade(
                seq=entry.seq, recorded=entry.recorded, first=dt.date.fromisoformat(body["first"]),
                last=dt.date.fromisoformat(body["last"]), runs=tuple(body["runs"]),
            )  # fmt: skip
    return None


def record_report(journal: Journal, account: str, period: Period, runs: Sequence[int], digest: str) -> int:
    """Write down that a report was made, and give its number."""
    body: Made = {
        "period": period.name, "first": period.first.isoformat(), "last": period.last.isoformat(), "runs": list(runs),
        "digest": digest,
    }  # fmt: skip
    (entry,) = journal.append([Fact(kind=REPORT, subject=account, valid=period.last.isoformat(), body=body)])
    return entry.seq


def happened_in(journal: Journal, kind: str, account: str, period: Period) -> tuple[Entry, ...]:
    """Give the entries of a kind that a period holds: those after its first evening, oldest first.

    An open period has what came after its last day with prices as well: a decision on Saturday belongs to the week.
    """
    first, last = period.first.isoformat(), period.last.isoformat()
    days = ((entry, (entry.valid or entry.recorded)[:10]) for entry in journal.entries(kind, subject=account))
    return tuple(entry for entry, day in days if day > first and (period.is_open or day <= last))


def still_raised(journal: Journal, account: str, period: Period) -> tuple[Entry, ...]:
    """Give the alerts that rang before a period and were not cleared up to its end, oldest first.

    What a period holds does not name them, and they say more than what came and went in it.
    """
    first, last = period.first.isoformat(), period.last.isoformat()
    standing: dict[tuple[str, str], Entry] = {}
    for entry in journal.entries(ALERT, subject=account):
        day, event = (entry.valid or entry.recorded)[:10], entry.read_as(EventJson)
        if event["event"] == EventKind.RAISED and day <= first:
            standing[event["rule"], event["subject"]] = entry
        elif event["event"] in _ENDED and (period.is_open or day <= last):
            standing.pop((event["rule"], event["subject"]), None)
    return tuple(standing.values())


def due_moment(now: dt.datetime, period: str, weekday: int, at: dt.time, zone: dt.tzinfo) -> dt.datetime:
    """Give the last moment up to now at which a report was to be sent.

    Parameters
    ----------
    now
        With its zone.
    period
        week: each week; month, quarter: the first such weekday of it.
    weekday, at, zone
        Monday is 0; the time of day, there.

    Examples
    --------
    >>> utc = dt.UTC
    >>> due_moment(dt.datetime(2026, 12, 1, 12, tzinfo=utc), "month", 0, dt.time(7), utc).isoformat()
    '2026-11-02T07:00:00+00:00'
    """
    local = now.astimezone(zone)
    day = local.date() - dt.timedelta(days=(local.weekday() - weekday) % 7)
    while (moment := dt.datetime.combine(day, at, tzinfo=zone)) > local or not _opens(day, period):
        day -= dt.timedelta(days=7)
    return moment


def _opens(day: dt.date, period: str) -> bool:
    """Tell whether a day is the first of its weekday in the period."""
    return period == "week" or (day.day <= 7 and (day.month - 1) % _MONTHS[period] == 0)
